from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Scheduler, User
from apps.library.models import Topic
from apps.mastery.due import load_queue
from apps.mastery.models import Card, Evidence, Memory, Source
from apps.mastery.record import (
    lock,
    rebuild,
    record,
    restore,
    retract,
    snooze,
    withdraw,
)
from apps.mastery.standing import standings
from tests.conftest import make_learner
from tests.mastery.factories import make_topic
from tests.mastery.telling import DAY, at, rows, tell


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


def test_snooze(alice: User, topics: list[Topic]) -> None:
    tell(alice, [(topics[0], 95)])
    until = DAY + dt.timedelta(days=5)
    assert snooze(alice, topics[0].pk, until)
    assert len(load_queue(alice, until - dt.timedelta(days=1)).today) == 0
    assert len(load_queue(alice, until).today) == 1
    rebuild(alice)
    assert Card.objects.get().snoozed_until == until
    assert snooze(alice, topics[0].pk, None)
    assert len(load_queue(alice, until - dt.timedelta(days=1)).today) == 1
    assert not snooze(alice, topics[1].pk, until)


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


# One answer, and how little it asks of the database -----------------------------------------------


def asked(user: User, topic: Topic, day: int, **said: Any) -> int:
    """How many queries one answer makes in a transaction that is already open."""
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        if said.pop("is_locked", False):
            said["scheduler"] = Scheduler(user.scheduler)
        date = DAY + dt.timedelta(days=day)
        record(
            user,
            [(topic.pk, 80)],
            **{"source": Source.CHECK, "source_id": None, "at": at(date), "day": date} | said,
        )
    return len(queries)


@pytest.mark.parametrize("earlier", [0, 1, 8])
def test_an_answer_makes_five_queries(alice: User, topics: list[Topic], earlier: int) -> None:
    for day in range(earlier):
        tell(alice, [(topics[0], 80)], day=day)
    assert asked(alice, topics[0], 20) == 5
    assert asked(alice, topics[0], 21, is_locked=True) == 4
    assert asked(alice, topics[0], 22, source=Source.QUESTION) == 4
    assert asked(alice, topics[0], 10) == 5


def test_an_answer_leaves_a_skip_which_counts_no_more(alice: User, topics: list[Topic]) -> None:
    """Skipped until tomorrow and answered all the same, a topic is due no sooner; when the answer
    is taken back, it is skipped as before."""
    tell(alice, [(topics[0], 80)])
    skipped_on = 5
    until = DAY + dt.timedelta(days=skipped_on + 1)
    snooze(alice, topics[0].pk, until)
    before = rows(alice)
    (item,) = tell(alice, [(topics[0], 10)], day=skipped_on)
    assert Card.objects.get().due >= until
    withdraw(alice, [item.pk])
    assert rows(alice) == before
    assert Card.objects.get().snoozed_until == until


def test_an_answer_to_many_may_be_the_latest_for_some_only(
    alice: User, topics: list[Topic]
) -> None:
    tell(alice, [(topics[0], 80)], day=9)
    tell(alice, [(topic, 60) for topic in topics])
    tell(alice, [(topic, 90) for topic in topics], day=3)
    found = {card.topic: card for card in Card.objects.all()}
    assert [found[topic].repetitions for topic in topics] == [3, 2, 2]
    assert [found[topic].lapses for topic in topics] == [1, 1, 1]


def test_a_lock_needs_a_transaction_and_a_learner(transactional_db: None) -> None:
    nora = make_learner("nora@example.com")
    with pytest.raises(transaction.TransactionManagementError):
        lock(nora)
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        assert lock(nora) is Scheduler.SM2
    assert len(queries) == 1
    waits = "FOR NO KEY UPDATE" in queries[0]["sql"]
    assert waits is connection.features.has_select_for_update
    User.objects.update(scheduler=Scheduler.FSRS)  # behind the object's back
    with transaction.atomic():
        assert lock(nora) is Scheduler.FSRS
    User.objects.all().delete()
    with pytest.raises(User.DoesNotExist), transaction.atomic():
        lock(nora)
