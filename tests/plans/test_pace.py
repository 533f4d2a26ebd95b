"""How a plan stands: behind, ahead or on track, in days and words, and when it ends."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from apps.plans.pace import State, end_of, overdue_minutes, pace_of
from apps.plans.sketch import Job, Sketch, settle
from tests.conftest import TODAY
from tests.plans.pacing import at, job, sketch, sketches


def test_nothing_overdue_and_an_end_in_time_is_on_track() -> None:
    pace = pace_of(sketch([job(60, (0, 60)), job(60, (1, 60))], interview=at(10)))
    assert pace.state == State.ON_TRACK
    assert pace.headline == "On track"
    assert pace.said == "On track: ends on 19 November, 9 days before your interview."


@pytest.mark.parametrize(
    ("jobs", "dates", "state", "said"),
    [
        ([], {}, "finished", "There is no task in this plan yet."),
        ([job(60, (-1, 60), status="done")], {}, "finished", "Every task of this plan is done or skipped."),
        ([job(60, (0, 60))], {}, "no_target", "Ends on 18 November. There is no date to be ready by yet."),
        ([job(60, (0, 60))], {"interview": at(0)}, "on_track", "On track: ends on 18 November, on the day of your interview."),
        ([job(60, (0, 60))], {"target": at(1)}, "on_track", "On track: ends on 18 November, 1 day before your target."),
        ([job(60, (-1, 60))], {}, "behind", "1 day behind, ends on 18 November."),
        ([job(60, (-2, 60)), job(60, (-1, 60))], {"interview": at(-1)}, "behind", "Your interview was on 17 November. Plan: 2 days behind, ends on 19 November."),
        ([job(60, (-2, 60)), job(60, (-1, 60))], {"interview": at(4)}, "behind", "2 days behind, still ends 3 days before your interview."),
        ([job(60, (-2, 60)), job(60, (-1, 60)), job(180, (0, 180))], {"target": at(1)}, "behind", "2 days behind, ends 3 days after your target."),
        ([job(180, (0, 60), (1, 60), (2, 60))], {"interview": at(1)}, "behind", "Ends on 20 November, 1 day after your interview."),
        ([job(60, (1, 60), status="done"), job(60, (2, 60))], {}, "ahead", "1 day ahead: ends on 18 November."),
        ([job(60, (n, 60), status="done") for n in (1, 2, 3)] + [job(60, (4, 60))], {"target": at(4)}, "ahead", "3 days ahead: ends on 18 November, 4 days before your target."),
        ([job(60, (0, 60))], {"target": dt.date(2027, 1, 3), "interview": at(-3)}, "on_track", "Your interview was on 15 November. Plan: on track, ends on 18 November, 46 days before your target."),
    ],
)  # fmt: skip
def test_states_and_what_is_said(
    jobs: list[Job], dates: dict[str, Any], state: str, said: str
) -> None:
    pace = pace_of(sketch(jobs, **dates))
    assert (str(pace.state), pace.said) == (state, said)
    assert pace.headline


@pytest.mark.parametrize(
    ("jobs", "dates", "headline"),
    [
        ([job(60, (-2, 60)), job(60, (-1, 60))], {}, "2 days behind."),
        ([job(60, (0, 60))], {}, "neither behind nor ahead."),
        ([job(60, (1, 60), status="done"), job(60, (2, 60))], {}, "1 day ahead."),
        ([job(60, (-1, 60), status="done")], {}, "nothing is open any more."),
        ([job(60, (0, 60))], {"target": at(9)}, "on track."),
        ([job(300, (0, 300))], {"target": at(1)}, "ends after your target."),
    ],
)
def test_an_interview_that_has_passed_is_told_beside_how_the_plan_stands(
    jobs: list[Job], dates: dict[str, Any], headline: str
) -> None:
    pace = pace_of(sketch(jobs, interview=at(-1), **dates))
    assert pace.headline == f"Your interview was on 17 November. Plan: {headline}"
    assert pace.target == dates.get("target")  # the interview is not one any more
    assert "interview" not in pace.standing
    assert "no date" not in pace.said


def test_a_year_that_is_not_this_one_is_named() -> None:
    pace = pace_of(sketch([job(60 * 60, (0, 60))], interview=dt.date(2027, 1, 1)))
    assert pace.said == "Ends on 16 January 2027, 15 days after your interview."


def test_what_lies_beyond_the_interview_is_told_beside_a_later_target() -> None:
    late = pace_of(sketch([job(300, (0, 300))], interview=at(2), target=at(9)))
    assert late.state == State.ON_TRACK
    assert late.beyond_interview == (
        "Your interview is before that: the plan ends 2 days after it."
    )
    assert not pace_of(sketch([job(60, (0, 60))], interview=at(2), target=at(9))).beyond_interview
    assert not pace_of(sketch([job(300, (0, 300))], interview=at(2))).beyond_interview


def test_without_hours_there_is_no_end() -> None:
    empty = pace_of(sketch([job(60, (0, 60))], hours=(0,) * 7))
    assert (empty.state, empty.ends_on, empty.days_behind) == (State.NO_END, None, 0)
    assert "No weekday has any minutes" in empty.said
    tiny = pace_of(sketch([job(6000, (0, 6000))] * 3, hours=(1, 0, 0, 0, 0, 0, 0)))
    assert tiny.state == State.NO_END
    assert "thirty years" in tiny.said


@pytest.mark.parametrize(
    ("made", "overdue"),
    [
        (job(60, (-1, 60)), 60),
        (job(60, (0, 60)), 0),
        (job(60, (-1, 30), (0, 30)), 30),
        (job(60, (-1, 30), (0, 30), spent=20), 10),
        (job(60, (-1, 30), (0, 30), spent=30), 0),
        (job(60, (-2, 60), spent=60), 5),  # it is not ticked, so something of it is left
        (job(60, (-2, 60), status="done"), 0),
        (job(60, (-2, 60), status="skipped"), 0),
        (job(60, (-2, 60), pinned=at(-2)), 60),
        (job(60, (-2, 60), pinned=at(2)), 0),
        (job(60), 0),
    ],
)
def test_minutes_that_are_overdue(made: Job, overdue: int) -> None:
    assert overdue_minutes(made, TODAY) == overdue


def test_days_are_mean_study_days_of_the_learner() -> None:
    weekends = (0, 0, 0, 0, 0, 120, 240)  # three hours on a mean study day

    def behind(minutes: int) -> int:
        return pace_of(sketch([job(minutes, (-9, minutes))], hours=weekends)).days_behind

    assert [behind(minutes) for minutes in (5, 89, 90, 180, 269, 270)] == [0, 0, 1, 1, 1, 2]

    def ahead(minutes: int) -> int:
        done = job(minutes, (9, minutes), status="done")
        return pace_of(sketch([done, job(60, (12, 60))], hours=weekends)).days_ahead

    assert [ahead(minutes) for minutes in (90, 179, 180, 359, 360)] == [0, 0, 1, 1, 2]


def test_what_was_done_ahead_makes_up_for_what_is_overdue() -> None:
    pace = pace_of(sketch([job(60, (-1, 60)), job(60, (3, 60), status="done")], interview=at(9)))
    assert (pace.days_behind, pace.days_ahead, pace.state) == (0, 0, State.ON_TRACK)
    assert pace.overdue_tasks == 1


def test_finished_work_at_the_end_does_not_put_the_end_off() -> None:
    pace = pace_of(sketch([job(60, (0, 60)), job(60, (20, 60), status="done")], interview=at(5)))
    assert pace.ends_on == TODAY
    assert pace.state == State.AHEAD


def test_open_work_pinned_to_a_day_that_has_passed_is_told() -> None:
    pace = pace_of(sketch([job(60, (-3, 60), pinned=at(-3))]))
    assert (pace.stuck_tasks, pace.overdue_tasks, pace.ends_on) == (1, 1, TODAY)


def test_the_goal_is_the_target_or_without_one_the_end_as_planned() -> None:
    late = pace_of(sketch([job(300, (0, 300))], interview=at(2)))
    assert (late.goal, late.later_over) == (at(2), 2)
    assert late.measure == "20 November, the day of your interview"
    passed = pace_of(sketch([job(300, (0, 300))], target=at(-2)))
    assert (passed.goal, passed.days_over, passed.later_over) == (TODAY, 6, 4)
    assert passed.measure == "today, since your target, 16 November, has passed"
    in_time = pace_of(sketch([job(60, (-1, 60)), job(60, (0, 60))], interview=at(9)))
    assert (in_time.goal, in_time.ends_on, in_time.later_over) == (at(9), at(1), 0)
    own = pace_of(sketch([job(60, (-1, 60)), job(60, (0, 60))], target=at(9)))
    assert own.measure == "27 November, your target"
    free = [job(60, (-1, 60)), job(60, (0, 60)), job(60, (1, 60))]
    none = pace_of(sketch(free))
    assert (none.goal, none.ends_on, none.later_over) == (at(1), at(2), 1)
    assert none.measure == "19 November, where the plan was to end"
    assert pace_of(sketch(free[:2])).measure == "today, since the plan was to end by now"
    assert pace_of(sketch([])).measure == ""


# Laws ------------------------------------------------------------------------------------------


@given(sketches())
def test_on_track_is_nothing_owed_and_an_end_in_time(plan: Sketch) -> None:
    pace = pace_of(plan)
    if pace.state in (State.ON_TRACK, State.AHEAD):
        assert pace.days_behind == 0
        assert pace.target is None or (pace.ends_on and pace.ends_on <= pace.target)
    settled = settle(plan)
    if any(job.is_open for job in plan.jobs):
        again = pace_of(settled)
        unpinned = [each for each in settled.jobs if not each.pinned_on]
        assert not any(overdue_minutes(each, TODAY) for each in unpinned)
        assert again.ends_on == pace.ends_on  # laying it out changes nothing about the end
        if not again.stuck_tasks and again.days_over == 0 and not again.is_interview_past:
            assert again.state in (State.ON_TRACK, State.AHEAD, State.NO_TARGET)


@given(sketches(), st.data())
def test_finishing_something_never_puts_anybody_further_behind(plan: Sketch, data: Any) -> None:
    opened = [each for each in plan.jobs if each.is_open]
    assume(opened)
    one = data.draw(st.sampled_from(opened))
    after = replace(
        plan,
        jobs=tuple(replace(each, status="done") if each is one else each for each in plan.jobs),
    )
    was, now = pace_of(plan), pace_of(after)
    assert now.days_behind <= was.days_behind
    assert now.days_ahead >= was.days_ahead
    assert now.open_tasks == was.open_tasks - 1


@given(sketches())
def test_the_figures_agree_with_each_other(plan: Sketch) -> None:
    pace = pace_of(plan)
    assert not (pace.days_behind and pace.days_ahead)
    assert not (pace.days_over and pace.days_early)
    assert 0 <= pace.overdue_minutes <= pace.open_minutes
    assert pace.overdue_tasks <= pace.open_tasks <= pace.tasks
    assert pace.said.endswith(".")
    assert _end_of_open(plan) == pace.ends_on


def _end_of_open(plan: Sketch) -> dt.date | None:
    last = max((j.parts[-1][0] for j in settle(plan).jobs if j.is_open and j.parts), default=None)
    return max(last, plan.today) if last else None


def test_the_end_is_none_when_nothing_is_open() -> None:
    assert end_of(sketch([job(60, (4, 60), status="done")])) is None
