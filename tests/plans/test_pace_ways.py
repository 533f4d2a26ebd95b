"""The ways out of being late, and what is offered when ahead: each does what it says."""

from __future__ import annotations

from hypothesis import assume, given

from apps.plans.bends import LeaveOut
from apps.plans.bends_whole import Hours
from apps.plans.pace import State, end_of, pace_of
from apps.plans.pace_ways import (
    KEPT_KINDS,
    beside_must,
    compressed_end,
    first_that_fit,
    leave_out,
    lesser,
    more_minutes,
    next_jobs,
    stuck,
    time_off,
)
from apps.plans.sketch import Job, Sketch, SketchBreak
from tests.mastery.timing import floor_of, seconds_of
from tests.plans.pacing import at, job, sketch, sketches


def task(title: str, priority: str = "must", weight: int = 3, kind: str = "read") -> Job:
    return job(60, (0, 60), title=title, priority=priority, weight=weight, kind=kind)


def titles(jobs: list[Job]) -> list[str]:
    return [each.title for each in jobs]


def test_the_least_addition_that_is_enough_is_proposed() -> None:
    plan = sketch([job(60 * 12, (0, 60))], hours=(60, 60, 60, 60, 60, 0, 0), interview=at(14))
    more = more_minutes(plan, pace_of(plan))  # eleven study days are left
    assert more
    assert (more.added, more.a_week, more.outcome.is_enough) == (15, 75, True)
    assert more.hours == (75, 75, 75, 75, 75, 0, 0)


def test_the_largest_addition_is_proposed_when_none_is_enough_and_says_so() -> None:
    plan = sketch([job(60 * 30, (0, 60))], interview=at(9))
    more = more_minutes(plan, pace_of(plan))
    assert more
    assert (more.added, more.outcome.over, more.outcome.short) == (60, 5, "5 days")


def test_days_that_are_full_get_no_more() -> None:
    full = sketch([job(6000, (0, 60))], hours=(960,) * 7, interview=at(1))
    assert more_minutes(full, pace_of(full)) is None
    nearly = sketch([job(6000, (0, 60))], hours=(950, 960, 0, 0, 0, 0, 0), interview=at(1))
    more = more_minutes(nearly, pace_of(nearly))
    assert more
    assert more.hours == (960, 960, 0, 0, 0, 0, 0)
    assert more.a_week == 10
    none = sketch([job(60, (0, 60))], hours=(0,) * 7, interview=at(1))
    assert more_minutes(none, pace_of(none)) is None


def test_what_may_be_left_out_and_in_which_order() -> None:
    plan = sketch(
        [
            task("should, good to know", "should", 2),
            task("a must on a specialisation", "must", 1),
            task("should, specialisation", "should", 1),
            task("optional, none", "optional", 0),
            task("optional, good to know", "optional", 2),
            task("optional, must topic", "optional", 3),
            task("optional, specialisation", "optional", 1),
            task("optional, specialisation, later", "optional", 1),
            *(task(kind, "optional", 1, kind) for kind in KEPT_KINDS),
            job(60, (0, 60), priority="optional", weight=1, pinned=at(0)),
            job(60, (0, 60), priority="optional", weight=1, status="done"),
        ]
    )
    assert titles(lesser(plan)) == [
        "optional, specialisation, later",
        "optional, specialisation",
        "optional, good to know",
        "optional, none",
        "should, specialisation",
        "should, good to know",
    ]


def test_longer_tasks_come_first_so_that_fewer_are_left_out() -> None:
    jobs = [job(size, (0, size), priority="optional", weight=1) for size in (20, 60, 40)]
    plan = sketch([*jobs, job(60, (0, 60))], interview=at(1))
    fewer = leave_out(plan, pace_of(plan))
    assert fewer
    assert [each.minutes for each in fewer.jobs] == [60]
    assert fewer.minutes == 60


def test_where_all_of_it_is_not_enough_that_is_said() -> None:
    plan = sketch([task("Optional", "optional", 1), job(300, (0, 300))], interview=at(1))
    fewer = leave_out(plan, pace_of(plan))
    assert fewer
    assert (len(fewer.jobs), fewer.outcome.over) == (1, 3)
    only_musts = sketch([job(300, (0, 300))], interview=at(1))
    assert leave_out(only_musts, pace_of(only_musts)) is None


@given(sketches())
def test_a_proposal_is_enough_and_no_smaller_one_is(plan: Sketch) -> None:
    pace = pace_of(plan)
    assume(pace.state == State.BEHIND and pace.goal)
    assert pace.goal
    if (more := more_minutes(plan, pace)) and more.outcome.is_enough:
        assert (end_of(Hours(more.hours)(plan)) or pace.goal) <= pace.goal
        less = tuple(max(minutes - 15, 0) if minutes else 0 for minutes in more.hours)
        if more.added > 15:
            assert (end_of(Hours(less)(plan)) or pace.goal) > pace.goal
    if fewer := leave_out(plan, pace):
        assert all(each.moves and each.priority != "must" for each in fewer.jobs)
        end = end_of(LeaveOut(frozenset(each.key for each in fewer.jobs))(plan))
        assert end == fewer.outcome.ends_on
        assert fewer.outcome.is_enough == (end is None or end <= pace.goal)
        if fewer.outcome.is_enough and len(fewer.jobs) > 1:
            kept = frozenset(each.key for each in fewer.jobs[:-1])
            assert (end_of(LeaveOut(kept)(plan)) or pace.goal) > pace.goal
        if not fewer.outcome.is_enough:
            assert len(fewer.jobs) == len(lesser(plan))


@given(sketches())
def test_compressed_keeps_musts_practice_and_what_is_pinned(plan: Sketch) -> None:
    out = beside_must(plan)
    for each in plan.jobs:
        is_kept = (
            not each.is_open
            or each.pinned_on is not None
            or each.kind in KEPT_KINDS
            or (each.priority == "must" and each.weight in (0, 3))
        )
        assert (each.key in out) != is_kept
    whole, less = end_of(plan), compressed_end(plan)
    assert whole or not less


def test_compressed_without_hours_has_no_end() -> None:
    assert compressed_end(sketch([job(60, (0, 60))], hours=(0,) * 7)) is None


def test_the_next_tasks_are_those_after_today_that_may_move() -> None:
    plan = sketch(
        [
            job(60, (0, 60), title="today"),
            job(60, (0, 30), (1, 30), title="begun today"),
            job(40, (1, 40), title="tomorrow"),
            job(40, (1, 40), title="pinned", pinned=at(1)),
            job(40, (2, 40), title="done", status="done"),
            job(90, (2, 90), title="then"),
            *(job(60, (day, 60), title="late") for day in range(3, 20)),
        ]
    )
    found = next_jobs(plan)
    assert titles(found[:3]) == ["tomorrow", "then", "late"]
    assert len(found) == 12
    assert titles(first_that_fit(found, 60)) == ["tomorrow"]
    assert titles(first_that_fit(found, 130)) == ["tomorrow", "then"]
    assert titles(first_that_fit(found[1:], 10)) == ["then"]
    assert first_that_fit([], 60) == []


def test_time_off_counts_study_days() -> None:
    weekdays = (60, 60, 60, 60, 0, 0, 0)  # today is a Wednesday
    plan = sketch([], hours=weekdays)
    assert time_off(plan, 1) == (at(1), at(1))
    assert time_off(plan, 3) == (at(1), at(6))
    assert time_off(sketch([], hours=(0,) * 7), 1) is None
    away = Sketch(
        today=plan.today,
        starts_on=plan.starts_on,
        hours=weekdays,
        jobs=(),
        breaks=(SketchBreak(job(5).key, at(0), at(5)),),
    )
    assert time_off(away, 1) == (at(6), at(6))


def test_what_is_stuck_is_open_and_pinned_before_today() -> None:
    late = job(60, (-1, 60), pinned=at(-1))
    others = [
        job(60, (0, 60), pinned=at(0)),
        job(60, (-1, 60)),
        job(60, (-1, 60), pinned=at(-1), status="done"),
    ]
    assert stuck(sketch([late, *others])) == {late.key}


def test_a_plan_of_thousands_is_told_quickly() -> None:
    priorities = ("must", "should", "optional")
    jobs = [
        job(30, (number // 2 - 30, 30), priority=priorities[number % 3], weight=1)
        for number in range(5000)
    ]
    plan = sketch(jobs, interview=at(1500))
    pace = pace_of(plan)
    assert pace.state == State.BEHIND
    allowed = max(floor_of(), 1)
    assert seconds_of(lambda: pace_of(plan)) < 0.15 * allowed
    assert seconds_of(lambda: (more_minutes(plan, pace), leave_out(plan, pace))) < 1.5 * allowed
