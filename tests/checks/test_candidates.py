from __future__ import annotations

import datetime as dt
import uuid

import pytest

from apps.accounts.models import User
from apps.checks import take
from apps.checks.candidates import WeakDay, due_topics, todays_topics, weak_before
from apps.checks.log import Answered, delete_check, log_result
from apps.checks.models import Check
from apps.checks.take import finish, start
from apps.library.models import Topic
from apps.mastery.models import Card
from apps.plans.models import Plan, PlanDay
from tests.checks.taking import NOON, YESTERDAY, ask_about, begun, day, graded, task_of
from tests.conftest import TODAY
from tests.mastery.factories import make_topic

__all__ = ["day"]


# What is asked -----------------------------------------------------------------------------------


def test_todays_topics_are_those_of_tasks_planned_or_ticked_today(
    alice: User, charlie: User, topics: list[Topic], day: PlanDay
) -> None:
    others = [make_topic(f"other-{n}", title=f"Other {n}", position=9 + n) for n in range(5)]
    own = make_topic("own", owner=alice)
    task_of(day, topics[0], own)
    task_of(day, topics[1], on=None, status="done", done_on=TODAY, done_at=NOON, position=2)
    task_of(day, others[0], status="skipped", skipped_on=TODAY)
    task_of(day, others[1], on=YESTERDAY)
    task_of(day, others[2], deleted_at=NOON)
    paused = Plan.objects.create(owner=alice, title="Old", starts_on=TODAY, state="paused")
    task_of(day, others[3], plan=paused)
    Topic.objects.filter(pk=topics[2].pk).update(retired_at=NOON)
    task_of(day, topics[2], make_topic("theirs", owner=charlie))
    assert set(todays_topics(alice, TODAY)) == {topics[0].pk, topics[1].pk, own.pk}


def test_weak_is_what_was_below_80_on_the_last_day_with_answers(
    alice: User, topics: list[Topic]
) -> None:
    def log(days: int, *scores: int) -> Check:
        answers = [Answered(t.pk, score) for t, score in zip(topics, scores, strict=False)]
        return log_result(alice, day=TODAY - dt.timedelta(days=days), at=NOON, answers=answers)

    assert weak_before(alice, TODAY).day is None
    log(9, 10)
    assert weak_before(alice, TODAY).day is None
    log(4, 79, 80, 20)
    weak = weak_before(alice, TODAY)
    assert [(each.topic, each.score) for each in weak.topics] == [
        (topics[2].pk, 20),
        (topics[0].pk, 79),
    ]
    assert weak.word(TODAY) == "on Saturday"
    deleted = log(2, 5)
    delete_check(deleted)
    assert weak_before(alice, TODAY) == weak
    log(1, 95, 30)
    assert weak_before(alice, TODAY).word(TODAY) == "yesterday"
    assert [each.topic for each in weak_before(alice, TODAY).topics] == [topics[1].pk]
    log(0, 0, 10)
    assert [each.topic for each in weak_before(alice, TODAY).topics] == [topics[1].pk]
    assert weak_before(alice, TODAY, still=True).topics == []


@pytest.mark.parametrize(
    ("days", "today", "then"),
    [
        (1, "yesterday", "the day before"),
        (2, "on Monday", "on 16 November"),
        (6, "on Thursday", "on 12 November"),
        (7, "on 11 November", "on 11 November"),
    ],
)
def test_which_day_it_was(days: int, today: str, then: str) -> None:
    weak = WeakDay(TODAY - dt.timedelta(days=days), [])
    assert (weak.word(TODAY), weak.word(TODAY, is_today=False)) == (today, then)
    assert WeakDay(None, []).word(TODAY) == ""


def test_due_is_what_is_awake_in_scope_and_not_retired(alice: User, topics: list[Topic]) -> None:
    topics += [make_topic(f"topic-{number}") for number in range(3, 8)]
    for number, topic in enumerate(topics):
        due = TODAY - dt.timedelta(days=number - 1)
        Card.objects.create(user=alice, topic=topic, last_day=YESTERDAY, due=due)
    Card.objects.filter(topic=topics[3]).update(snoozed_until=TODAY + dt.timedelta(days=1))
    Card.objects.filter(topic=topics[4]).update(snoozed_until=TODAY)
    Topic.objects.filter(pk=topics[5].pk).update(retired_at=NOON)
    Topic.objects.filter(pk=topics[6].pk).update(in_scope=False)
    found = {due.topic: due.overdue for due in due_topics(alice, TODAY)}
    assert found == {topics[1].pk: 0, topics[2].pk: 1, topics[4].pk: 3, topics[7].pk: 6}


def test_questions_are_visible_live_and_up_to_the_level(
    alice: User, charlie: User, topics: list[Topic]
) -> None:
    topic = topics[0]
    fits = {ask_about(topic).pk, ask_about(topic, owner=alice, level_rank=2).pk}
    ask_about(topic, owner=charlie)
    ask_about(topic, level_rank=3)
    ask_about(topic, retired_at=NOON)
    check = begun(alice, [topic])
    assert {answer.question_id for answer in check.answers.all()} == fits | {None}
    assert check.size == 3


def test_any_topic_can_be_explained(alice: User, topics: list[Topic]) -> None:
    own = make_topic("own", owner=alice, title="Own")
    check = begun(alice, [own])
    assert [(each.topic, each.question) for each in check.answers.all()] == [(own, None)]


def test_a_check_starts_with_todays_topics_and_the_size_of_the_settings(
    alice: User, day: PlanDay
) -> None:
    alice.check_size = 6
    many = [make_topic(f"many-{n}", title=f"Many {n}") for n in range(20)]
    task_of(day, *many)
    for number in range(9):
        topic = make_topic(f"due-{number}")
        Card.objects.create(user=alice, topic=topic, last_day=YESTERDAY, due=YESTERDAY)
    check = start(alice, day=TODAY, at=NOON, check_id=uuid.uuid4())
    sides = list(check.answers.values_list("is_review", flat=True))
    assert (len(sides), sum(sides), check.size, check.number) == (6, 2, 6, 1)


def test_the_question_asked_longest_ago_comes_first(alice: User, topics: list[Topic]) -> None:
    asked, fresh = ask_about(topics[0]), ask_about(topics[0])
    first = begun(alice, [topics[0]])
    first.answers.exclude(question=asked).delete()
    graded(alice, first)
    finish(alice, first, at=NOON, day=TODAY)
    others = [make_topic(f"more-{n}") for n in range(9)]
    second = begun(alice, [topics[0], *others], size=10)
    assert second.answers.get(topic=topics[0]).question == fresh


def test_nothing_to_ask(alice: User) -> None:
    with pytest.raises(take.NothingToAsk):
        start(alice, day=TODAY, at=NOON, check_id=uuid.uuid4())
    assert not Check.objects.exists()


def test_the_same_seed_asks_the_same(alice: User, topics: list[Topic]) -> None:
    """A check deleted and started anew has another number, so another draw."""
    many = [*topics, *(make_topic(f"many-{n}") for n in range(30))]

    def drawn(check: Check) -> list[uuid.UUID]:
        return [answer.topic_id for answer in check.answers.all()]

    first = begun(alice, many)
    kept = drawn(first)
    Check.objects.filter(pk=first.pk).delete()
    again = begun(alice, many)
    assert drawn(again) == kept
    delete_check(again)
    assert drawn(begun(alice, many)) != kept
