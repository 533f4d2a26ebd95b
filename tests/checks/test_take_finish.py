from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.checks import take
from apps.checks.log import delete_check, restore_check
from apps.checks.models import Check
from apps.checks.take import finish, start, undo_last
from apps.library.models import Topic
from apps.mastery.models import Card, Evidence, Memory
from apps.plans import work
from apps.plans.models import PlanDay, Task, Timer, Work
from tests.checks.taking import NOON, YESTERDAY, begun, day, graded, task_of
from tests.conftest import TODAY
from tests.mastery.factories import make_topic

__all__ = ["day"]


# Undo --------------------------------------------------------------------------------------------


def test_undo_takes_back_the_last_grade_and_keeps_what_was_written(
    alice: User, topics: list[Topic]
) -> None:
    check = begun(alice, topics)
    first = graded(alice, check, at=NOON)
    last = graded(alice, check, 25, NOON + dt.timedelta(minutes=1), text="Hm", is_unknown=True)
    undone = undo_last(alice, check)
    assert undone == last
    last.refresh_from_db()
    assert (last.score, last.is_unknown, last.evidence, last.at, last.text) == (
        *(None, False, None, None),
        "Hm",
    )
    assert Memory.objects.get().topic_id == first.topic_id == Card.objects.get().topic_id
    assert undo_last(alice, check, last.pk) is None
    first.refresh_from_db()
    assert first.score == 90


def test_undo_with_nothing_graded(alice: User, topics: list[Topic]) -> None:
    assert undo_last(alice, begun(alice, topics)) is None


def test_undo_of_a_finished_check_opens_it_and_unticks_its_task(
    alice: User, topics: list[Topic], day: PlanDay
) -> None:
    task = task_of(day, kind="check")
    check = begun(alice, topics[:1])
    graded(alice, check, seconds=61)
    finish(alice, check, at=NOON, day=TODAY)
    undo_last(alice, check)
    check.refresh_from_db()
    task.refresh_from_db()
    assert (check.finished_at, check.ticked, task.status) == (None, False, "todo")
    assert not Work.objects.exists()
    graded(alice, check, seconds=61)
    assert finish(alice, check, at=NOON, day=TODAY).check.ticked


def test_undo_leaves_a_tick_that_was_set_again(
    alice: User, topics: list[Topic], day: PlanDay
) -> None:
    task = task_of(day, kind="check")
    check = begun(alice, topics[:1])
    graded(alice, check)
    finish(alice, check, at=NOON, day=TODAY)
    work.untick(alice, task.pk)
    work.tick(alice, task.pk, TODAY)
    undo_last(alice, check)
    task.refresh_from_db()
    assert task.status == "done"


def test_no_second_check_is_opened_by_undo(alice: User, topics: list[Topic]) -> None:
    first = begun(alice, topics)
    graded(alice, first)
    finish(alice, first, at=NOON, day=TODAY)
    begun(alice, topics)
    with pytest.raises(take.AnotherIsOpen):
        undo_last(alice, first)
    assert Evidence.objects.filter(retracted_at=None).count() == 1


# Finishing ---------------------------------------------------------------------------------------


def test_finishing_ticks_the_check_of_the_day_and_logs_its_minutes(
    alice: User, topics: list[Topic], day: PlanDay
) -> None:
    other = task_of(day, kind="check", on=YESTERDAY)
    task = task_of(day, kind="check", position=2)
    work.log_minutes(alice, task.pk, 7, TODAY)
    check = begun(alice, topics)
    graded(alice, check, seconds=61)
    graded(alice, check, seconds=60)
    done = finish(alice, check, at=NOON, day=TODAY)
    task.refresh_from_db()
    other.refresh_from_db()
    assert (task.status, task.done_on, other.status) == ("done", TODAY, "todo")
    assert work.spent_on(task) == 7 + 3
    assert (done.check.ticked, done.check.task) == (True, task)
    assert take.logged_minutes(done.check) == 3
    assert check.answers.filter(score=None).count() == check.size - 2
    again = finish(alice, check, at=NOON + dt.timedelta(hours=1), day=TODAY)
    assert again.check.finished_at == NOON
    assert work.spent_on(task) == 10


def test_the_task_it_was_started_from_is_ticked(
    alice: User, topics: list[Topic], day: PlanDay
) -> None:
    task_of(day, kind="check")
    mine = task_of(day, kind="review", on=YESTERDAY, position=2)
    check = begun(alice, topics[:1], size=1, task=mine)
    graded(alice, check)
    assert finish(alice, check, at=NOON, day=TODAY).check.task == mine
    assert [task.status for task in Task.objects.order_by("position")] == ["todo", "done"]


@pytest.mark.parametrize("how", ["deleted", "done"])
def test_a_task_that_is_gone_or_done_is_left(
    alice: User, topics: list[Topic], day: PlanDay, how: str
) -> None:
    task = task_of(day, kind="check")
    check = begun(alice, topics[:1], size=1, task=task)
    graded(alice, check)
    if how == "done":
        work.tick(alice, task.pk, TODAY)
    else:
        Task.objects.update(deleted_at=NOON)
    assert not finish(alice, check, at=NOON, day=TODAY).check.ticked
    undo_last(alice, check)
    task.refresh_from_db()
    assert task.status == ("done" if how == "done" else "todo")


def test_a_timer_that_ran_on_for_hours_is_not_guessed(
    alice: User, topics: list[Topic], day: PlanDay
) -> None:
    task = task_of(day, kind="check")
    Timer.objects.create(user=alice, task=task, started_at=NOON - dt.timedelta(hours=9))
    check = begun(alice, topics[:1], size=1)
    graded(alice, check)
    done = finish(alice, check, at=NOON, day=TODAY)
    assert done.timer_ran_on
    assert done.check.finished_at == NOON
    task.refresh_from_db()
    assert task.status == "todo"


def test_nothing_answered_is_nothing_to_finish(alice: User, topics: list[Topic]) -> None:
    check = begun(alice, topics)
    with pytest.raises(take.NothingAnswered):
        finish(alice, check, at=NOON, day=TODAY)
    assert take.open_check(alice) == check


def test_after_midnight_the_task_of_its_own_day_is_ticked(
    alice: User, topics: list[Topic], day: PlanDay
) -> None:
    tomorrow = TODAY + dt.timedelta(days=1)
    task_of(day, topics[0], kind="check")
    task_of(day, kind="check", on=tomorrow, position=2)
    check = start(alice, day=TODAY, at=NOON, check_id=uuid.uuid4())
    graded(alice, check, seconds=61)
    finish(alice, check, at=NOON + dt.timedelta(hours=13), day=tomorrow)
    assert [task.done_on for task in Task.objects.order_by("position")] == [tomorrow, None]
    assert Work.objects.get().day == tomorrow


def test_what_nobody_measured_took_as_long_as_planned(
    alice: User, topics: list[Topic], day: PlanDay
) -> None:
    task = task_of(day, kind="check", minutes=20)
    work.log_minutes(alice, task.pk, 7, TODAY)
    check = begun(alice, topics[:1], size=1)
    graded(alice, check)
    done = finish(alice, check, at=NOON, day=TODAY)
    assert take.logged_minutes(done.check) == 13
    assert work.spent_on(task) == 20


def test_what_a_timer_logged_is_not_counted_again(
    alice: User, topics: list[Topic], day: PlanDay
) -> None:
    task = task_of(day, kind="check")
    work.log_minutes(alice, task.pk, 3, TODAY)
    check = begun(alice, topics[:1], size=1)
    graded(alice, check, seconds=300)
    Timer.objects.create(
        user=alice, task=task, started_at=timezone.now() - dt.timedelta(minutes=10)
    )
    now = timezone.now()
    Check.objects.update(at=now - dt.timedelta(minutes=10))
    finish(alice, check, at=now, day=TODAY)
    assert work.spent_on(task) == 3 + 10
    undo_last(alice, check)
    graded(alice, check, seconds=300)
    finish(alice, check, at=now + dt.timedelta(minutes=1), day=TODAY)
    assert work.spent_on(task) == 3 + 10
    undo_last(alice, check)
    graded(alice, check, seconds=720)
    finish(alice, check, at=now + dt.timedelta(minutes=2), day=TODAY)
    assert work.spent_on(task) == 3 + 12


@pytest.mark.parametrize(("seconds", "minutes"), [(1, 1), (60, 1), (61, 2), (3600, 60)])
def test_seconds_are_whole_minutes_rounded_up(seconds: int, minutes: int) -> None:
    assert take.minutes_of(seconds) == minutes


# Deleting, restoring -----------------------------------------------------------------------------


def test_restoring_does_not_bring_back_what_was_undone(alice: User, topics: list[Topic]) -> None:
    check = begun(alice, topics)
    kept = graded(alice, check)
    graded(alice, check, at=NOON + dt.timedelta(minutes=1))
    undo_last(alice, check)
    delete_check(check)
    assert not Memory.objects.exists()
    restore_check(check)
    assert [memory.topic_id for memory in Memory.objects.all()] == [kept.topic_id]


def test_deleting_a_finished_check_unticks_its_task_and_restoring_ticks_it_again(
    alice: User, topics: list[Topic], day: PlanDay
) -> None:
    task = task_of(day, kind="check", minutes=20)
    check = begun(alice, topics[:1], size=1)
    graded(alice, check, seconds=61)
    finish(alice, check, at=NOON, day=TODAY)
    assert delete_check(check) == task
    assert delete_check(check) is None
    task.refresh_from_db()
    assert (task.status, Work.objects.count()) == ("todo", 0)
    assert restore_check(check).ticked == task
    task.refresh_from_db()
    assert (task.status, task.done_on, task.done_at) == ("done", TODAY, NOON)
    assert Work.objects.get().minutes == 2
    # It is the same tick, which undo takes back.
    undo_last(alice, check)
    task.refresh_from_db()
    assert task.status == "todo"


@pytest.mark.parametrize("how", ["before", "after"])
def test_a_tick_of_the_learners_own_is_left_by_deleting_and_restoring(
    alice: User, topics: list[Topic], day: PlanDay, how: str
) -> None:
    task = task_of(day, kind="check")
    check = begun(alice, topics[:1], size=1)
    graded(alice, check)
    finish(alice, check, at=NOON, day=TODAY)
    if how == "before":
        work.untick(alice, task.pk)
        work.tick(alice, task.pk, TODAY)
        assert delete_check(check) is None
    else:
        assert delete_check(check) == task
        work.tick(alice, task.pk, TODAY)
    mine = Task.objects.get().done_at
    assert restore_check(check).ticked is None
    undo_last(alice, check)
    assert (Task.objects.get().status, Task.objects.get().done_at) == ("done", mine)


def test_what_the_learner_unticked_is_not_ticked_by_restoring(
    alice: User, topics: list[Topic], day: PlanDay
) -> None:
    task = task_of(day, kind="check")
    check = begun(alice, topics[:1], size=1)
    graded(alice, check)
    finish(alice, check, at=NOON, day=TODAY)
    work.untick(alice, task.pk)
    assert delete_check(check) is None
    assert restore_check(check).ticked is None
    task.refresh_from_db()
    assert task.status == "todo"


@pytest.mark.parametrize(("answered", "is_ticked"), [(1, False), (2, True), (4, True)])
def test_less_than_half_ticks_no_task(
    alice: User, topics: list[Topic], day: PlanDay, answered: int, is_ticked: bool
) -> None:
    task = task_of(day, kind="check")
    check = begun(alice, [*topics, make_topic("fourth")], size=4)
    for _ in range(answered):
        graded(alice, check, seconds=61)
    assert finish(alice, check, at=NOON, day=TODAY).check.ticked == is_ticked
    task.refresh_from_db()
    assert (task.status == "done") == is_ticked
    assert Work.objects.exists() == is_ticked


def test_an_open_check_that_comes_back_beside_another_is_finished(
    alice: User, topics: list[Topic]
) -> None:
    first = begun(alice, topics)
    graded(alice, first)
    delete_check(first)
    second = begun(alice, topics)
    assert restore_check(first).is_closed
    assert not restore_check(first).is_closed
    first.refresh_from_db()
    assert first.finished_at
    assert take.open_check(alice) == second
