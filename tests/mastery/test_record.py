from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.library.models import Topic
from apps.mastery.due import due_cards, due_count
from apps.mastery.models import Card, Evidence, Memory, Source
from apps.mastery.record import rebuild, record, restore, retract, snooze
from apps.mastery.standing import standings
from tests.mastery.factories import make_topic

DAY = dt.date(2025, 11, 1)


def at(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC)


def tell(
    user: User,
    scores: list[tuple[Topic, int]],
    day: int = 0,
    source: Source = Source.CHECK,
    source_id: uuid.UUID | None = None,
) -> list[Evidence]:
    date = DAY + dt.timedelta(days=day)
    items = [(topic.pk, score) for topic, score in scores]
    return record(user, items, source=source, source_id=source_id, at=at(date), day=date)


def rows(user: User) -> tuple[list[Any], list[Any]]:
    """All memories and cards of a learner, without their own ids."""
    memory = ("topic", "last_day", "score", "claimed", "times", "stability", "difficulty")
    card = ("topic", "easiness", "interval", "repetitions", "last_day", "due", "snoozed_until")
    return (
        list(Memory.objects.filter(user=user).order_by("topic").values(*memory)),
        list(Card.objects.filter(user=user).order_by("topic").values(*card)),
    )


def test_a_check_writes_evidence_memory_and_card(alice: User, topics: list[Topic]) -> None:
    written = tell(alice, [(topics[0], 95), (topics[1], 40)])
    assert [item.score for item in written] == [95, 40]
    memory = Memory.objects.get(user=alice, topic=topics[0])
    assert (memory.score, memory.claimed, memory.times, memory.last_day) == (95, False, 1, DAY)
    card = Card.objects.get(user=alice, topic=topics[0])
    assert (card.interval, card.repetitions, card.due) == (1, 1, DAY + dt.timedelta(days=1))
    assert not Memory.objects.filter(topic=topics[2]).exists()


@pytest.mark.parametrize("source", [Source.RATING, Source.QUESTION])
def test_an_assessment_writes_no_card(alice: User, topics: list[Topic], source: Source) -> None:
    tell(alice, [(topics[0], 100)], source=source)
    assert Memory.objects.get().claimed is (source == Source.RATING)
    assert not Card.objects.exists()


def test_a_rating_does_not_move_a_card(alice: User, topics: list[Topic]) -> None:
    tell(alice, [(topics[0], 95)])
    before = rows(alice)[1]
    tell(alice, [(topics[0], 0)], day=3, source=Source.RATING)
    assert rows(alice)[1] == before
    assert Memory.objects.get().score == 0


def test_a_card_moves_once_a_day_by_the_mean(alice: User, topics: list[Topic]) -> None:
    tell(alice, [(topics[0], 60)])
    tell(alice, [(topics[0], 100)])
    card = Card.objects.get()
    assert (card.repetitions, card.interval, card.easiness) == (1, 1, 2.36)
    assert Memory.objects.get().score == 80


def test_late_evidence_is_replayed_in_order(
    alice: User, charlie: User, topics: list[Topic]
) -> None:
    for day, score in ((0, 95), (1, 95), (7, 20)):
        tell(alice, [(topics[0], score)], day=day)
    for day, score in ((7, 20), (0, 95), (1, 95)):
        tell(charlie, [(topics[0], score)], day=day)
    assert rows(alice) == rows(charlie)


def test_retract_and_restore(alice: User, topics: list[Topic]) -> None:
    check = uuid.uuid4()
    tell(alice, [(topics[0], 95)])
    before = rows(alice)
    tell(alice, [(topics[0], 10), (topics[1], 50)], day=2, source_id=check)
    after = rows(alice)
    assert retract(alice, check) == 2
    assert rows(alice) == before
    assert retract(alice, check) == 0
    assert restore(alice, check) == 2
    assert rows(alice) == after
    assert restore(alice, check) == 0


def test_a_stranger_retracts_nothing(alice: User, charlie: User, topics: list[Topic]) -> None:
    check = uuid.uuid4()
    tell(alice, [(topics[0], 95)], source_id=check)
    assert retract(charlie, check) == 0
    assert Memory.objects.filter(user=alice).exists()


@pytest.mark.parametrize("score", [-1, 101, 10**9])
def test_a_bad_score_writes_nothing(alice: User, topics: list[Topic], score: int) -> None:
    with pytest.raises(ValueError, match="0 to 100"):
        tell(alice, [(topics[0], 50), (topics[1], score)])
    assert not Evidence.objects.exists()


def test_no_scores_do_nothing(alice: User) -> None:
    assert tell(alice, []) == []


def test_due_cards_most_overdue_first(alice: User, topics: list[Topic]) -> None:
    tell(alice, [(topics[0], 95)], day=2)
    tell(alice, [(topics[1], 95)], day=0)
    tell(alice, [(topics[2], 95)], day=5)
    today = DAY + dt.timedelta(days=3)
    assert [card.topic for card in due_cards(alice, today)] == [topics[1], topics[0]]
    assert [card.topic for card in due_cards(alice, today, limit=1)] == [topics[1]]
    assert due_count(alice, today) == 2


def test_snooze(alice: User, topics: list[Topic]) -> None:
    tell(alice, [(topics[0], 95)])
    until = DAY + dt.timedelta(days=5)
    assert snooze(alice, topics[0].pk, until)
    assert due_count(alice, until - dt.timedelta(days=1)) == 0
    assert due_count(alice, until) == 1
    rebuild(alice)
    assert Card.objects.get().snoozed_until == until
    tell(alice, [(topics[0], 20)], day=2)
    assert due_count(alice, DAY + dt.timedelta(days=3)) == 1
    assert not snooze(alice, topics[1].pk, until)


def test_retired_topics_are_not_due(alice: User, topics: list[Topic]) -> None:
    tell(alice, [(topics[0], 95)])
    Topic.objects.update(retired_at=at(DAY))
    assert due_cards(alice, DAY + dt.timedelta(days=9)) == []


def test_standings_in_scope(alice: User, charlie: User, topics: list[Topic]) -> None:
    own = make_topic("own", owner=alice, position=9)
    make_topic("theirs", owner=charlie)
    make_topic("principal", level_rank=3)
    make_topic("retired", retired_at=at(DAY))
    other = make_topic("elsewhere", "retrieval", category="specialisation")
    tell(alice, [(topics[0], 95)])
    tell(charlie, [(topics[1], 95)])
    with CaptureQueriesContext(connection) as queries:
        found = {item.slug: item for item in standings(alice, DAY)}
    assert len(queries) == 1
    assert set(found) == {"topic-0", "topic-1", "topic-2", own.slug, other.slug}
    assert (found["topic-0"].score, found["topic-0"].retention) == (95, 1)
    assert (found["topic-1"].score, found["topic-1"].last_day) == (None, None)
    assert found["elsewhere"].weight == 1
    only = standings(alice, DAY, [other.area_id])
    assert [item.slug for item in only] == ["elsewhere"]


def test_queries_do_not_grow_with_topics(alice: User) -> None:
    many = [make_topic(f"many-{number}") for number in range(60)]
    with CaptureQueriesContext(connection) as few:
        tell(alice, [(many[0], 80), (many[1], 80)])
    with CaptureQueriesContext(connection) as more:
        tell(alice, [(topic, 80) for topic in many], day=1)
    assert len(more) == len(few)


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("record"),
            st.integers(0, 3),
            st.integers(0, 20),
            st.lists(st.tuples(st.integers(0, 2), st.integers(0, 100)), max_size=4),
            st.sampled_from(list(Source)),
        ),
        st.tuples(st.sampled_from(["retract", "restore"]), st.integers(0, 3)),
    ),
    max_size=10,
)


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(STEPS)
def test_the_rows_are_always_a_fresh_rebuild(
    alice: User, topics: list[Topic], steps: list[tuple[Any, ...]]
) -> None:
    for model in (Evidence, Memory, Card):
        model.objects.all().delete()
    sources = [uuid.UUID(int=number + 1) for number in range(4)]
    for step in steps:
        if step[0] == "record":
            _, source, day, scores, kind = step
            items = [(topics[number], score) for number, score in scores]
            tell(alice, items, day=day, source=kind, source_id=sources[source])
        else:
            (retract if step[0] == "retract" else restore)(alice, sources[step[1]])
    kept = rows(alice)
    Memory.objects.all().delete()
    Card.objects.all().delete()
    rebuild(alice)
    assert rows(alice) == kept
    rebuild(alice)
    assert rows(alice) == kept
