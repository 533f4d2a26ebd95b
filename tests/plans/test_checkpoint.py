"""The rule of a checkpoint, its verdict, and the branch that comes in. Pure."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.plans.bends import NothingToDo
from apps.plans.checkpoint import (
    MET,
    NOT_MET,
    UNTESTED,
    AreaFigure,
    Branch,
    Rule,
    applied_mark,
    judge,
    rule_of,
)
from apps.plans.checkpoint_branch import (
    BranchDay,
    BranchPlan,
    BranchTask,
    decide,
    next_after,
    open_in_week,
    plan_of_branch,
    waiting_checkpoints,
)
from apps.plans.sketch import Job, Sketch, SketchDay, SketchWeek, settle
from apps.plans.task_lines import TaskLine
from tests.conftest import TODAY
from tests.plans.checkpoints import RULE

A, B = Branch("a", "Projects", MET), Branch("b", "Gaps", NOT_MET)


def rule(threshold: int = 80, *branches: Branch) -> Rule:
    return Rule("Closed?", ("x", "y"), threshold, branches or (A, B))


def area(title: str, percent: int | None, tested: int = 0, topics: int = 5, **more: Any) -> Any:
    return AreaFigure(title.lower(), title, percent, tested, topics, **more)


TABLE: list[tuple[list[Any], str, str]] = [
    ([area("X", 80, 5), area("Y", 100, 5)], MET, "Met: all 2 areas are at 80 % or more."),
    ([area("X", 80, 1)], MET, "Met: X is at 80 % or more."),
    ([area("X", 79, 5)], NOT_MET, "Not met: 1 of 1 area is below 80 %."),
    ([area("X", 0, 5), area("Y", 79, 5)], NOT_MET, "Not met: 2 of 2 areas are below 80 %."),
    ([area("X", 90, 5), area("Y", None)], NOT_MET, "Not met: 1 of 2 areas was never tested."),
    (
        [area("X", 50, 5), area("Y", None), area("Z", None)],
        NOT_MET,
        "Not met: 1 of 3 areas is below 80 %, and 2 were never tested.",
    ),
    (
        [area("X", None), area("Y", None)],
        UNTESTED,
        "Nothing of it was tested yet, so it counts as not met.",
    ),
    ([], UNTESTED, "There is no topic to measure it by, so it counts as not met."),
    ([area("X", 85, 5), area("Y", None, 0, 0)], MET, "Met: X is at 80 % or more."),
]


@pytest.mark.parametrize(("figures", "state", "headline"), TABLE)
def test_the_verdict(figures: list[Any], state: str, headline: str) -> None:
    verdict = judge(rule(), figures)
    assert (verdict.state, verdict.headline) == (state, headline)
    assert verdict.recommended == (A if state == MET else B)


def test_what_is_untested_and_claimed_is_said() -> None:
    figures = [
        area("X", 90, 2, 5, claimed=1, untested=("P", "Q", "R")),
        area("Y", None, 0, 4),
        area("Z", None, 0, 0),
    ]
    verdict = judge(rule(), figures)
    assert verdict.remarks == (
        "Nothing was tested in Y: it counts as not met.",
        "7 of 9 topics were never tested. An area counts by what was tested.",
        "1 tested topic is known only by your own rating, which counts half at most. "
        "A check confirms it.",
        "Z has no topic at your level and is left aside.",
    )
    assert verdict.untested == 3


def test_no_branch_for_the_case_recommends_none() -> None:
    assert judge(rule(80, B), [area("X", 90, 3)]).recommended is None
    assert judge(rule(80, A), [area("X", 10, 3)]).recommended is None


FIGURES = st.lists(
    st.builds(
        lambda percent, topics: area("X", percent if topics else None, min(topics, 3), topics),
        st.none() | st.integers(0, 100),
        st.integers(0, 6),
    ),
    max_size=6,
)


@given(FIGURES, st.integers(1, 99))
def test_a_higher_mark_is_never_easier(figures: list[Any], threshold: int) -> None:
    low, high = judge(rule(threshold), figures), judge(rule(threshold + 1), figures)
    assert not (high.state == MET and low.state != MET)


@given(FIGURES, st.integers(1, 100))
def test_met_is_when_every_area_with_topics_is_there(figures: list[Any], threshold: int) -> None:
    counted = [each for each in figures if each.topics]
    there = bool(counted) and all((each.percent or -1) >= threshold for each in counted)
    assert (judge(rule(threshold), figures).state == MET) == there


@given(FIGURES)
def test_every_per_cent_of_an_area_shows_its_n(figures: list[Any]) -> None:
    for each in figures:
        assert ("%" in each.stood) == (f"(n = {each.tested})" in each.stood)


def test_what_is_stored_is_read_with_what_was_decided() -> None:
    stored: dict[str, Any] = {**RULE, "applied": applied_mark("gaps", TODAY, [area("X", 61, 4)])}
    stored["branches"] = [*RULE["branches"], {"id": "own", "tasks": [{"title": "T", "minutes": 5}]}]  # type: ignore[misc] # a list of dicts
    read = rule_of(stored)
    assert read.areas == ("statistics", "classical-ml")
    assert [each.tasks for each in read.branches] == [None, None, (TaskLine("T", 5),)]
    assert read.chosen is not None
    assert read.chosen.title == "Keep closing gaps"
    assert read.applied is not None
    assert (read.applied.day, read.applied.stood) == (TODAY, "X 61 % (n = 4)")


def test_a_rule_with_almost_nothing_in_it_is_read() -> None:
    read = rule_of({"branches": [{}], "applied": {}})
    assert (read.threshold, read.areas, read.title) == (80, (), "Checkpoint")
    assert read.applied is not None
    assert read.applied.day is None
    assert rule_of({}).applied is None


# The branch -------------------------------------------------------------------------------------

WEEKS = [uuid.UUID(int=number) for number in range(1, 4)]
DAYS = [uuid.UUID(int=number) for number in range(11, 14)]
JOBS = [uuid.UUID(int=number) for number in range(21, 27)]
ROADMAP = [
    BranchDay("One", "Goal", ("Can do it",), (BranchTask("Read", 30, kind="watch", key="k1"),)),
    BranchDay("Two", "", (), (BranchTask("Write", 20, key="k2"), BranchTask("Rest", 10))),
]


def sketch(checkpoint: dict[str, Any] | None = None, order: str = "001122") -> Sketch:
    """Three weeks of a day each; `order` says in which week each task is."""
    return Sketch(
        today=TODAY,
        starts_on=TODAY,
        hours=(60,) * 7,
        jobs=tuple(
            Job(JOBS[place], f"T{place}", DAYS[int(week)], 60) for place, week in enumerate(order)
        ),
        days=tuple(SketchDay(DAYS[n], WEEKS[n], 4, f"Day {n}") for n in range(3)),
        weeks=tuple(
            SketchWeek(WEEKS[n], n + 1, f"Week {n + 1}", "", checkpoint if n == 0 else None)
            for n in range(3)
        ),
    )


def test_a_branch_comes_after_its_weeks_last_task_on_days_of_its_own() -> None:
    before = settle(sketch(dict(RULE)))
    figures = [area("X", 61, 4)]
    bend = decide(before, WEEKS[0], BranchPlan(B, tuple(ROADMAP)), figures)
    assert bend.kind == "checkpoint"
    assert bend.what(before) == "Checkpoint of Week 1: Gaps"
    after = settle(bend(before))
    titles = [job.title for job in after.jobs]
    assert titles == ["T0", "T1", "Read", "Write", "Rest", "T2", "T3", "T4", "T5"]
    new = [day for day in after.days if day.is_new]
    assert [(day.title, day.goal, day.position) for day in new] == [
        ("One", "Goal", 5),
        ("Two", "", 6),
    ]
    assert {day.week for day in new} == {WEEKS[0]}
    assert [day.criteria for day in new] == [("Can do it",), ()]
    made = after.jobs[2].made
    assert made is not None
    assert (after.jobs[2].kind, made.key) == ("watch", "k1")
    mark = after.weeks[0].checkpoint
    assert mark is not None
    assert mark["applied"]["branch"] == "b"
    assert mark["applied"]["figures"]["x"]["percent"] == 61
    assert mark["title"] == RULE["title"]
    assert after.last_day == before.last_day + dt.timedelta(days=1)  # type: ignore[operator] # it has work


@pytest.mark.parametrize(
    ("order", "week", "following"),
    [
        ("001122", 0, 2),
        ("001122", 2, None),
        ("010122", 0, 3),
        ("112200", 0, None),
        ("000222", 1, 3),
        ("111222", 0, 0),
        ("", 0, None),
    ],
)
def test_what_follows_the_week(order: str, week: int, following: int | None) -> None:
    each = sketch(order=order)
    found = next_after(each, each.weeks[week])
    assert found == (None if following is None else JOBS[following])


def test_open_tasks_of_a_week() -> None:
    assert open_in_week(sketch(), WEEKS[0]) == 2


@pytest.mark.parametrize(
    ("statuses", "applied", "waits"),
    [
        ("dd", None, True),
        ("ds", None, True),
        ("ss", None, True),
        ("dt", None, False),
        ("", None, False),
        ("dd", {"branch": ""}, False),
    ],
)
def test_which_checkpoints_wait(statuses: str, applied: Any, waits: bool) -> None:
    names = {"d": "done", "s": "skipped", "t": "todo"}
    each = sketch({**RULE, "applied": applied} if applied else dict(RULE), "0" * len(statuses))
    jobs = [replace(job, status=names[s]) for job, s in zip(each.jobs, statuses, strict=True)]
    found = waiting_checkpoints(replace(each, jobs=tuple(jobs)))
    assert [(w.week, w.name, w.title) for w in found] == (
        [(WEEKS[0], "Week 1", RULE["title"])] if waits else []
    )


def test_what_stayed_of_a_branch_does_not_come_in_again() -> None:
    """Taken, partly finished, undone or changed, and taken once more."""
    branch = BranchPlan(B, tuple(ROADMAP))
    taken = decide(sketch(dict(RULE)), WEEKS[0], branch, [])(sketch(dict(RULE)))
    open_again = replace(
        taken,
        jobs=tuple(job for job in taken.jobs if job.title not in ("Write", "Rest")),
        weeks=(replace(taken.weeks[0], checkpoint=dict(RULE)), *taken.weeks[1:]),
    )
    again = decide(open_again, WEEKS[0], branch, [])(open_again)
    titles = [job.title for job in again.jobs]
    assert titles == ["T0", "T1", "Read", "Write", "Rest", "T2", "T3", "T4", "T5"]
    full = replace(again, weeks=open_again.weeks)
    with pytest.raises(NothingToDo, match="in Week 1 already"):
        decide(full, WEEKS[0], branch, [])


def test_nothing_is_decided_twice_or_for_nothing() -> None:
    full = BranchPlan(B, tuple(ROADMAP))
    with pytest.raises(NothingToDo, match="settled"):
        decide(sketch({**RULE, "applied": {"branch": ""}}), WEEKS[0], full, [])
    with pytest.raises(NothingToDo, match="no checkpoint any more"):
        decide(sketch(), WEEKS[0], full, [])
    with pytest.raises(NothingToDo, match="no tasks for this any more"):
        decide(sketch(dict(RULE)), WEEKS[0], plan_of_branch(B, []), [])


def test_a_roadmaps_branch_has_its_days_or_says_that_they_are_gone() -> None:
    held = plan_of_branch(Branch("b", "Gaps", NOT_MET, minutes=99), ROADMAP, recommended=True)
    assert ([task.title for task in held.tasks], held.minutes) == (["Read", "Write", "Rest"], 60)
    assert held.is_recommended
    gone = plan_of_branch(Branch("b", "Gaps", NOT_MET, minutes=99), [])
    assert (gone.is_gone, gone.minutes, gone.tasks) == (True, 99, ())


def test_own_lines_keep_what_the_roadmap_knows_of_them() -> None:
    lines = (TaskLine("Own", 5), TaskLine("Read", 45), TaskLine("More", 7), TaskLine("Write", 20))
    held = plan_of_branch(Branch("b", "Gaps", NOT_MET, "For what", tasks=lines), ROADMAP)
    assert [(day.title, [task.title for task in day.tasks]) for day in held.days] == [
        ("Gaps", ["Own"]),
        ("One", ["Read", "More"]),
        ("Two", ["Write"]),
    ]
    assert held.days[0].goal == "For what"
    assert held.tasks[1] == BranchTask("Read", 45, kind="watch", key="k1")
    assert held.minutes == 77
    assert not held.is_gone
