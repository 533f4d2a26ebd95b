"""The changes of a plan, each on a small sketch."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.plans.bends import (
    Ahead,
    Drop,
    LeaveOut,
    NothingToDo,
    PinTo,
    Reflow,
    Split,
    ToWeek,
    Unpin,
)
from apps.plans.bends_extend import Extend
from apps.plans.bends_whole import AddBreak, Decided, Hours, Insert, RemoveBreak, Several, Target
from apps.plans.layout import shared
from apps.plans.sketch import (
    Job,
    Made,
    Sketch,
    SketchDay,
    SketchWeek,
    compare,
    settle,
)

MONDAY = dt.date(2025, 11, 3)
HOURS = (60, 60, 60, 60, 0, 120, 120)
ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)  # weeks
A, B, C = (uuid.UUID(int=10 + n) for n in range(3))  # outline days


def key(number: int) -> uuid.UUID:
    return uuid.UUID(int=100 + number)


def job(number: int, day: uuid.UUID = A, minutes: int = 60, **more: object) -> Job:
    return Job(key(number), f"Task {number}", day, minutes, **more)  # type: ignore[arg-type] # fields by name


def sketch(*jobs: Job) -> Sketch:
    """Two weeks; the first has the days A and B, the second C. Laid out from Monday."""
    return settle(
        Sketch(
            today=MONDAY,
            starts_on=MONDAY,
            hours=HOURS,
            jobs=jobs or (job(1), job(2), job(3, B), job(4, C, 120)),
            days=(
                SketchDay(A, ONE, 0, "LLM systems"),
                SketchDay(B, ONE, 1, "Advanced RAG", "Know two kinds"),
                SketchDay(C, TWO, 0, "System design"),
            ),
            weeks=(
                SketchWeek(ONE, 1, "Week 1", "Foundations"),
                SketchWeek(TWO, 2, "Week 2", "Design"),
            ),
        )
    )


def days(of: Sketch) -> dict[str, list[tuple[int, int]]]:
    """Return, by title, days after Monday and minutes."""
    return {
        job.title: [((day - MONDAY).days, minutes) for day, minutes in job.parts] for job in of.jobs
    }


def test_the_sketch_is_laid_out_over_the_learners_hours() -> None:
    assert days(sketch()) == {
        "Task 1": [(0, 60)],
        "Task 2": [(1, 60)],
        "Task 3": [(2, 60)],
        "Task 4": [(3, 60), (5, 60)],
    }


def test_two_days_become_five_and_what_follows_moves() -> None:
    before = sketch()
    bend = Extend(frozenset({key(1), key(2)}), 5, "LLM systems")
    after = settle(bend(before))
    # Mon to Thu and Saturday: 4 x 60 + 120 minutes, shared by two tasks of an hour each.
    assert days(after)["Task 1"] == [(0, 60), (1, 60), (2, 60)]
    assert days(after)["Task 2"] == [(3, 60), (5, 120)]
    assert days(after)["Task 3"] == [(6, 60)]
    assert bend.what(before) == "Extended “LLM systems” from 2 to 5 study days"
    seen = compare(before, after)
    assert (seen.days_later, seen.minutes_after - seen.minutes_before) == (2, 240)
    assert [shift.title for shift in seen.shifts if shift.is_resized] == ["Task 1", "Task 2"]


def test_a_group_that_begins_in_the_middle_of_a_day_takes_the_days_it_was_given() -> None:
    before = sketch(job(1, minutes=30), job(2, minutes=60), job(3, B))
    after = settle(Extend(frozenset({key(2)}), 3)(before))
    assert days(before)["Task 2"] == [(0, 30), (1, 30)]
    assert days(after)["Task 2"] == [(0, 30), (1, 60), (2, 60)]
    assert Extend(frozenset({key(2)}), 3).what(after) == "Extended “Task 2” to 3 study days"


def test_a_check_keeps_its_minutes_when_its_day_grows() -> None:
    before = sketch(
        job(1), replace(job(2, minutes=10), kind="check"), replace(job(3), session="reference")
    )
    after = settle(Extend(frozenset({key(1), key(2), key(3)}), 4)(before))
    assert [each.minutes for each in after.jobs] == [170, 10, 60]
    alone = Extend(frozenset({key(2)}), 2)(before)
    assert alone.job(key(2)) != before.job(key(2))


def test_extending_keeps_what_was_spent_on_a_task() -> None:
    before = sketch(job(1, minutes=60, spent=45), job(2, B))
    after = Extend(frozenset({key(1)}), 2)(before)
    assert after.jobs[0].minutes == 45 + 120
    assert settle(after).jobs[0].parts == ((MONDAY, 60), (MONDAY + dt.timedelta(1), 60))


def test_a_day_is_deferred_to_another_week_with_its_outline() -> None:
    before = sketch()
    bend = ToWeek(frozenset({key(3)}), TWO, name="Advanced RAG")
    after = settle(bend(before))
    assert [job.title for job in after.jobs] == ["Task 1", "Task 2", "Task 4", "Task 3"]
    moved = next(day for day in after.days if day.key == B)
    assert (moved.title, moved.goal, moved.week, moved.position) == (
        "Advanced RAG",
        "Know two kinds",
        TWO,
        1,
    )
    assert after.jobs[-1].day == B
    assert bend.what(before) == "Deferred “Advanced RAG” to Week 2"
    assert bend.kind == "defer"


def test_a_later_day_is_pulled_before_the_open_work_of_a_week() -> None:
    before = sketch(job(1, status="done"), job(2), job(3, B), job(4, C))
    bend = ToWeek(frozenset({key(4)}), ONE, first=True)
    after = settle(bend(before))
    assert [job.title for job in after.jobs] == ["Task 1", "Task 4", "Task 2", "Task 3"]
    assert bend.what(before) == "Pulled “Task 4” to Week 1"
    assert bend.kind == "pull"


def test_deferring_into_its_own_week_is_refused() -> None:
    with pytest.raises(NothingToDo, match="in Week 1 already"):
        ToWeek(frozenset({key(3)}), ONE)(sketch())
    with pytest.raises(NothingToDo, match="not in the plan"):
        ToWeek(frozenset({key(3)}), uuid.uuid4())(sketch())


def test_a_day_with_finished_work_stays_where_it_is() -> None:
    before = sketch(job(1, B, status="done", parts=((MONDAY, 60),)), job(2, B))
    after = ToWeek(frozenset({key(1), key(2)}), TWO)(before)
    assert after.job(key(1)) == before.job(key(1))
    new = after.days[-1]
    assert (new.title, new.goal, new.week, new.is_new) == (
        *("Advanced RAG", "Know two kinds", TWO),
        True,
    )
    assert after.jobs[-1].day == new.key
    assert not any(day.is_deleted for day in after.days)


def test_a_task_is_done_next() -> None:
    after = settle(Ahead(frozenset({key(4)}))(sketch()))
    assert days(after)["Task 4"] == [(0, 60), (1, 60)]
    assert days(after)["Task 1"] == [(2, 60)]


def test_a_pin_beats_a_full_day_and_comes_off_again() -> None:
    saturday = MONDAY + dt.timedelta(5)
    pinned = settle(PinTo(frozenset({key(2)}), saturday)(sketch()))
    assert days(pinned)["Task 2"] == [(5, 60)]
    assert days(pinned)["Task 3"] == [(1, 60)]
    assert days(pinned)["Task 4"] == [(2, 60), (3, 60)]
    assert settle(Unpin(frozenset({key(2)}))(pinned)) == sketch()
    with pytest.raises(NothingToDo, match="pinned"):
        Unpin(frozenset({key(1)}))(pinned)


def test_a_task_is_split_in_two() -> None:
    before = sketch()
    bend = Split(key(4), 45, "Second half", new=key(9))
    after = bend(before)
    assert [(job.title, job.minutes) for job in after.jobs[-2:]] == [
        ("Task 4", 45),
        ("Second half", 75),
    ]
    assert after.jobs[-1].day == C
    assert bend.what(before) == "Split “Task 4” into 45 and 75 minutes"


@pytest.mark.parametrize("first", [0, 4, 118, 120, 500])
def test_a_half_that_is_too_short_is_refused(first: int) -> None:
    with pytest.raises(NothingToDo, match="Both halves"):
        Split(key(4), first)(sketch())


def test_what_is_left_out_is_skipped_and_the_rest_moves_up() -> None:
    before = sketch()
    after = settle(LeaveOut(frozenset({key(1), key(2)}), reason="known")(before))
    assert [job.status for job in after.jobs] == ["skipped", "skipped", "todo", "todo"]
    assert days(after)["Task 3"] == [(0, 60)]
    seen = compare(before, after)
    assert [shift.title for shift in seen.gone] == ["Task 1", "Task 2"]
    assert seen.days_later == -3


def test_what_is_dropped_leaves_the_plan_and_its_empty_day() -> None:
    after = Drop(frozenset({key(3)}), "Advanced RAG")(sketch())
    assert after.job(key(3)) is None
    assert [day.title for day in after.days if day.is_deleted] == ["Advanced RAG"]


def test_new_tasks_go_before_the_one_named_or_behind_everything() -> None:
    new = tuple(job(20 + n, C, made=Made()) for n in range(2))
    after = Insert(((key(3), new[:1]), (None, new[1:])))(sketch())
    assert [each.title for each in after.jobs] == [
        *("Task 1", "Task 2", "Task 20", "Task 3", "Task 4", "Task 21")
    ]
    gone = Insert(((uuid.uuid4(), new),))(sketch())
    assert [each.title for each in gone.jobs[-2:]] == ["Task 20", "Task 21"]
    with pytest.raises(NothingToDo):
        Insert(((None, ()),))(sketch())


def test_hours_breaks_and_dates() -> None:
    before = sketch()
    fewer = settle(Hours((30, 30, 30, 30, 0, 60, 60))(before))
    assert days(fewer)["Task 1"] == [(0, 30), (1, 30)]
    assert Hours((60,) * 7).what(before) == "Hours changed from 8 h to 7 h a week"
    away = AddBreak(MONDAY, MONDAY + dt.timedelta(4), "Flu")
    assert away.what(before) == "Break from 3 November to 7 November (Flu)"
    later = settle(away(before))
    assert days(later)["Task 1"] == [(5, 60)]
    assert settle(RemoveBreak(away.key)(later)) == before
    with pytest.raises(NothingToDo, match="gone already"):
        RemoveBreak(away.key).what(before)
    moved = Target(dt.date(2025, 12, 1), interview=True)
    assert moved.what(before) == "Interview set to 1 December 2025"
    both = Several((moved, Hours((30,) * 7)), "compress")(before)
    assert (both.target, both.hours) == (dt.date(2025, 12, 1), (30,) * 7)
    assert Several((moved, away), "compress").changes_learner


def test_what_ends_after_the_target_is_counted() -> None:
    after = settle(Target(MONDAY + dt.timedelta(2))(sketch()))
    seen = compare(sketch(), after)
    assert (seen.late_before, seen.late_after, seen.days_over) == (0, 1, 3)


def test_a_decision_takes_proposals_and_checkpoints_along() -> None:
    proposal = uuid.uuid4()
    bend = Decided(Reflow(), {proposal: "placed"}, {ONE: {"applied": {"branch": "a"}}})
    after = bend(sketch())
    assert after.proposals == {proposal: "placed"}
    assert after.weeks[0].checkpoint == {"applied": {"branch": "a"}}
    assert (bend.kind, bend.changes_learner) == ("reflow", False)


@pytest.mark.parametrize(
    "bend",
    [
        lambda keys: Extend(keys, 3),
        lambda keys: ToWeek(keys, TWO),
        lambda keys: Ahead(keys),
        lambda keys: PinTo(keys, MONDAY),
        lambda keys: Drop(keys),
    ],
)
@pytest.mark.parametrize("held", [{"status": "done"}, {"status": "skipped"}, {"pinned_on": MONDAY}])
def test_nothing_that_stays_is_moved(bend: object, held: dict[str, object]) -> None:
    made = bend(frozenset({key(1)}))  # type: ignore[operator] # one of the lambdas above
    stays = replace(job(1, parts=((MONDAY, 60),)), **held)  # type: ignore[arg-type] # fields by name
    with pytest.raises(NothingToDo, match="finished, skipped or pinned"):
        made(sketch(stays, job(2)))


def test_a_pin_that_lies_elsewhere_is_put_where_it_belongs() -> None:
    lost = replace(job(1), pinned_on=MONDAY + dt.timedelta(5))
    assert days(sketch(lost, job(2)))["Task 1"] == [(5, 60)]


@given(st.integers(5, 5_000), st.lists(st.integers(5, 600), min_size=1, max_size=40))
def test_shares_add_up_and_are_never_below_five(total: int, parts: list[int]) -> None:
    shares = shared(total, parts)
    assert min(shares) >= 5
    assert sum(shares) == max(total, 5 * len(parts))


def test_laying_out_changes_the_parts_and_nothing_else() -> None:
    every = job(
        1,
        spent=5,
        status="todo",
        kind="code",
        priority="should",
        pinned_on=MONDAY,
        weight=2,
        topics=frozenset({ONE}),
        skip_reason="no",
        made=Made(),
    )
    parts = ((MONDAY, 55),)
    assert every.laid(parts) == replace(every, parts=parts)
