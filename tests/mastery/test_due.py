"""The queue as it is read from the database."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Break, User
from apps.library.models import Topic
from apps.mastery.due import load_ahead, load_queue
from apps.mastery.models import Source
from apps.mastery.record import choose_scheduler, snooze, withdraw
from tests.mastery.factories import make_topic
from tests.mastery.telling import DAY, at, tell


def on(days: int) -> dt.date:
    return DAY + dt.timedelta(days=days)


def topics_of(user: User, days: int, extra: int = 0) -> list[str]:
    """The slugs of what is to be reviewed that day, in order."""
    rows = load_queue(user, on(days), extra).today
    slugs = dict(Topic.objects.values_list("pk", "slug"))
    return [slugs[row.topic] for row in rows]


def test_what_is_due_today(alice: User, charlie: User, topics: list[Topic]) -> None:
    tell(alice, [(topics[0], 95)], day=2)
    tell(alice, [(topics[1], 20)], day=0)
    tell(alice, [(topics[2], 95)], day=5)
    tell(charlie, [(topics[2], 95)], day=0)
    assert topics_of(alice, 3) == ["topic-1", "topic-0"]
    row = load_queue(alice, on(3)).today[0]
    assert (row.due, row.is_early) == (on(1), False)
    assert 0 < row.retention < 1


def test_the_weight_of_a_topic_counts(alice: User, topics: list[Topic]) -> None:
    Topic.objects.filter(pk=topics[0].pk).update(category="specialisation")
    tell(alice, [(topics[0], 95), (topics[1], 95)])
    assert topics_of(alice, 3) == ["topic-1", "topic-0"]


def test_what_is_left_out(alice: User, topics: list[Topic]) -> None:
    own = make_topic("own", owner=alice)
    tell(alice, [(topic, 95) for topic in (*topics, own)])
    Topic.objects.filter(pk=topics[0].pk).update(retired_at=at(DAY))
    Topic.objects.filter(pk=own.pk).update(in_scope=False)
    tell(alice, [(make_topic("rated"), 95)], source=Source.RATING)
    snooze(alice, topics[1].pk, on(4))
    assert topics_of(alice, 3) == ["topic-2"]
    assert sorted(topics_of(alice, 4)) == ["topic-1", "topic-2"]
    assert load_queue(alice, on(3)).topics == 2


@pytest.mark.parametrize(
    ("source", "done"), [(Source.CHECK, 1), (Source.EXERCISE, 1), (Source.QUESTION, 0)]
)
def test_what_was_reviewed_today_uses_up_the_limit(
    alice: User, topics: list[Topic], source: Source, done: int
) -> None:
    alice.review_limit = 2
    alice.save()
    tell(alice, [(topic, 95) for topic in topics])
    tell(alice, [(topics[0], 95), (topics[0], 70)], day=3, source=source)
    tell(alice, [(make_topic("new"), 95)], day=3)  # no review: it has just started
    plan = load_queue(alice, on(3))
    assert plan.done_today == done
    assert len(plan.today) == 2 - done
    assert len(topics_of(alice, 3, extra=1)) == min(3 - done, 2 + (not done))
    assert load_queue(alice, on(4)).done_today == 0


def test_settings_and_breaks_change_the_plan_at_once(
    alice: User, charlie: User, topics: list[Topic]
) -> None:
    tell(alice, [(topic, 95) for topic in topics])
    assert load_queue(alice, on(3)).until is None
    alice.review_limit = 1
    alice.interview_on = on(30)
    alice.save()
    Break.objects.create(user=charlie, first_day=on(4), last_day=on(9))
    Break.objects.create(user=alice, first_day=on(-9), last_day=on(-4))
    plan = load_queue(alice, on(3))
    assert (plan.until, plan.breaks) == (on(5), [])
    assert plan.final is not None
    assert plan.final.topics == 3
    Break.objects.create(user=alice, first_day=on(4), last_day=on(9))
    plan = load_queue(alice, on(3))
    assert plan.until == on(11)
    assert [(each.first, each.last, each.topics) for each in plan.breaks] == [(on(4), on(9), 2)]
    Break.objects.filter(user=alice).delete()
    assert load_queue(alice, on(3)).until == on(5)


@pytest.mark.parametrize(
    ("scheduler", "score", "back"),
    [
        ("sm2", 95, {6: 2, 21: 2}),
        ("sm2", 40, dict.fromkeys(range(1, 30), 2)),
        ("fsrs", 79, {3: 2, 10: 2, 22: 2}),
    ],
)
def test_what_is_expected_to_come_back(
    alice: User, charlie: User, topics: list[Topic], scheduler: str, score: int, back: Any
) -> None:
    alice.scheduler = scheduler
    alice.save()
    tell(alice, [(topic, score) for topic in topics[:2]])
    tell(charlie, [(topic, 10) for topic in topics], day=1)
    plan = load_queue(alice, on(1))
    assert [day.planned for day in plan.forecast[:2]] == [2, 0]
    rows = load_ahead(alice, plan)
    assert {(row.day - on(1)).days: row.expected for row in rows if row.expected} == back


def test_what_comes_back_takes_one_query_or_none(alice: User, topics: list[Topic]) -> None:
    empty = load_queue(alice, on(3))
    tell(alice, [(topic, 95) for topic in topics])
    few = load_queue(alice, on(3))
    tell(alice, [(make_topic(f"more-{number}"), 95) for number in range(20)])
    counts = []
    for plan in (empty, few, load_queue(alice, on(3))):
        with CaptureQueriesContext(connection) as captured:
            load_ahead(alice, plan)
        counts.append(len(captured))
    assert counts == [0, 1, 1]
    for number in range(2):
        tell(alice, [(topics[number], 20)], day=2, source=Source.RATING)
        with CaptureQueriesContext(connection) as captured:
            load_ahead(alice, load_queue(alice, on(3)))
        assert len(captured) == 3  # with the plan itself


def test_one_query_however_many_topics(alice: User, topics: list[Topic]) -> None:
    tell(alice, [(topic, 95) for topic in topics])
    Break.objects.create(user=alice, first_day=on(4), last_day=on(9))
    load_queue(alice, on(3))
    counts = []
    for batch in ("few", "many"):
        with CaptureQueriesContext(connection) as captured:
            load_queue(alice, on(3))
        counts.append(len(captured))
        tell(alice, [(make_topic(f"{batch}-{number}"), 95) for number in range(20)])
    assert counts == [1, 1]


@pytest.mark.parametrize("scheduler", ["sm2", "fsrs"])
@pytest.mark.parametrize("source", [Source.RATING, Source.QUESTION])
def test_only_answers_that_move_the_card_are_expected_to_be_given_again(
    alice: User, topics: list[Topic], scheduler: str, source: Source
) -> None:
    choose_scheduler(alice, scheduler)
    alice.refresh_from_db()
    for day in (0, 1, 7):
        tell(alice, [(topics[0], 90)], day=day)
    before = load_ahead(alice, load_queue(alice, on(30)))
    tell(alice, [(topics[0], 0)], day=29, source=source)
    after = load_ahead(alice, load_queue(alice, on(30)))
    assert [day.expected for day in after] == [day.expected for day in before]


@pytest.mark.parametrize("scheduler", ["sm2", "fsrs"])
@pytest.mark.parametrize("score", [20, 70, 88, 100])
def test_answered_as_last_time_a_topic_comes_back_on_the_day_that_was_said(
    alice: User, topics: list[Topic], scheduler: str, score: int
) -> None:
    choose_scheduler(alice, scheduler)
    alice.refresh_from_db()
    tell(alice, [(topics[0], 95)], day=0)
    tell(alice, [(topics[0], score), (topics[0], score)], day=1)
    tell(alice, [(topics[0], 50)], day=3, source=Source.RATING)
    due = max(load_queue(alice, on(3)).next_day or on(3), on(3))
    rows = load_ahead(alice, load_queue(alice, due))
    tell(alice, [(topics[0], score)], day=(due - DAY).days)
    comes = load_queue(alice, due).next_day
    said = next((row.day for row in rows if row.expected), None)
    assert comes is not None
    assert said == (comes if (comes - due).days < 30 else None)


def test_a_skip_is_given_back_with_the_answer_that_is_taken_back(
    alice: User, topics: list[Topic]
) -> None:
    tell(alice, [(topics[0], 95)])
    snooze(alice, topics[0].pk, on(6))
    (answer,) = tell(alice, [(topics[0], 20)], day=5)
    assert topics_of(alice, 6) == ["topic-0"]  # it failed
    withdraw(alice, [answer.pk])
    assert topics_of(alice, 5) == []
    assert topics_of(alice, 6) == ["topic-0"]
