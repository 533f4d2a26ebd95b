"""Where batches of tasks go among planned work, and what a proposal becomes."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.checks.candidates import MOST_OF_ONE
from apps.plans.bends import NothingToDo
from apps.plans.layout import NoStudyTime
from apps.plans.placing import (
    DAY_TITLE,
    END,
    MIXED,
    MOST_QUESTIONS,
    NEXT,
    QUESTIONS_KEY,
    Drill,
    Gap,
    Place,
    Resource,
    drills_of,
    first_within,
    said,
    size_of,
    spared,
    spots,
    tasks_of,
)
from apps.plans.sketch import Job, Sketch, SketchBreak, SketchDay, SketchWeek, settle

MONDAY = dt.date(2026, 11, 16)
HOUR = (60,) * 7
WEEKS = [SketchWeek(uuid.uuid4(), number, f"Week {number}", "x") for number in (1, 2)]
DAYS = [SketchDay(uuid.uuid4(), week.key, 0, "x") for week in WEEKS]


def job(minutes: int = 30, week: int = 0, **fields: object) -> Job:
    values: dict[str, object] = {"title": "Planned", "day": DAYS[week].key, "minutes": minutes}
    return Job(uuid.uuid4(), **(values | fields))  # type: ignore[arg-type] # fields of a job


def plan(*jobs: Job, **fields: object) -> Sketch:
    values: dict[str, object] = {"hours": HOUR, "days": tuple(DAYS), "weeks": tuple(WEEKS)}
    return Sketch(MONDAY, MONDAY, jobs=jobs, **(values | fields))  # type: ignore[arg-type] # fields of a sketch


def gap(title: str = "ANOVA", minutes: int = 30, **fields: object) -> Gap:
    values: dict[str, object] = {"address": "/library/topics/x/", "minutes": minutes} | fields
    return Gap(uuid.uuid4(), uuid.uuid4(), title, **values)  # type: ignore[arg-type] # fields of a gap


def drill(title: str = "F test", minutes: int = 25) -> Drill:
    return Drill(uuid.uuid4(), title, "/library/exercises/f/", minutes)


# The tasks ---------------------------------------------------------------------------------------


def test_a_gap_becomes_reading_and_an_exercise() -> None:
    exercise = drill()
    each = gap(
        weight=3,
        prompted_by="Coverage check, 18 November",
        resources=(Resource("F [table]", "/library/references/f/"),),
        drills=(exercise,),
    )
    read, code = tasks_of(each, exercise, DAYS[0].key)
    assert (read.title, read.kind, read.minutes, read.priority) == (
        "Study ANOVA",
        *("read", 30, "must"),
    )
    assert read.made
    assert read.made.session == "study"
    assert read.made.topics == (each.topic,)
    assert "[F \\[table\\]](/library/references/f/)" in read.made.detail
    assert "[ANOVA](/library/topics/x/)" in read.made.detail
    assert "Proposed by: Coverage check, 18 November" in read.made.detail
    assert (code.title, code.kind, code.minutes) == ("Exercise: F test", "code", 25)
    assert code.made
    assert code.made.session == "practice"
    assert exercise.address in code.made.detail
    assert read.key != code.key


@pytest.mark.parametrize(
    ("questions", "title"),
    [
        (0, "Explain ANOVA"),
        (1, "Answer 2 questions on ANOVA"),
        (2, "Answer 3 questions on ANOVA"),
        (40, "Answer 3 questions on ANOVA"),
    ],
)
def test_without_an_exercise_it_becomes_reading_and_a_check(questions: int, title: str) -> None:
    read, check = tasks_of(gap(questions=questions, is_relearn=True), None, DAYS[0].key)
    assert read.title == "Learn ANOVA again"
    assert (check.title, check.kind, check.minutes) == (title, "check", 10)
    assert check.made
    assert (check.made.session, check.made.key) == ("check", QUESTIONS_KEY)


def test_a_check_on_one_topic_asks_as_many_as_the_task_says() -> None:
    assert MOST_QUESTIONS == MOST_OF_ONE


@pytest.mark.parametrize(
    ("weight", "priority"), [(3, "must"), (2, "should"), (1, "optional"), (0, "optional")]
)
def test_the_category_decides_the_priority(weight: int, priority: str) -> None:
    assert gap(weight=weight).priority == priority


def test_sizes_and_titles_fit_into_a_task() -> None:
    each = gap("x" * 300, minutes=32_767)
    read, check = tasks_of(each, None, DAYS[0].key)
    assert (read.minutes, len(read.title), len(check.title)) == (600, 200, 200)
    assert read.title.endswith("…")
    assert tasks_of(gap(minutes=0), None, DAYS[0].key)[0].minutes == 5
    assert size_of(each, drill(minutes=9_000)) == 1_200
    assert size_of(gap(minutes=30), None) == 40


def test_two_topics_do_not_get_the_same_exercise() -> None:
    one, two = drill("One"), drill("Two")
    gaps = [gap(drills=(one,)), gap(drills=(one, two)), gap(drills=(two, one)), gap()]
    assert drills_of(gaps) == [one, two, None, None]


# Where they go -----------------------------------------------------------------------------------


def test_next_is_before_everything_open_and_last_behind() -> None:
    jobs = [job(status="done"), job(pinned_on=MONDAY), job(), job()]
    assert spots(plan(*jobs), [40, 40], NEXT) == [jobs[2].key] * 2
    assert spots(plan(*jobs), [40, 40], END) == [None, None]
    assert spots(plan(jobs[0]), [40], NEXT) == [None]


def test_mixed_leaves_today_alone_and_alternates() -> None:
    jobs = [job() for _ in range(12)]  # two a day
    # Each takes forty minutes; at least as many of planned work come between.
    assert spots(plan(*jobs), [60, 60, 60], MIXED) == [jobs[n].key for n in (2, 4, 6)]
    assert spots(plan(*jobs), [40], MIXED) == [jobs[2].key]


def test_on_long_days_one_a_day() -> None:
    jobs = [job(60) for _ in range(12)]
    sketch = plan(*jobs, hours=(180,) * 7)  # three a day; with a gap of an hour, two
    assert spots(sketch, [60, 60, 60], MIXED) == [jobs[n].key for n in (3, 5, 7)]


def test_many_come_closer_so_that_four_weeks_hold_them() -> None:
    jobs = [job(60) for _ in range(60)]
    few, many = spots(plan(*jobs), [60] * 10, MIXED), spots(plan(*jobs), [60] * 27, MIXED)
    place = {each.key: number for number, each in enumerate(jobs)}
    assert [place[key] for key in few if key] == [1 + number for number in range(10)]
    assert place[many[-1] or jobs[0].key] <= 3
    assert spots(plan(*jobs), [60] * 40, MIXED) == [jobs[1].key] * 40


def test_what_is_left_of_a_short_plan_goes_behind_it() -> None:
    jobs = [job(), job(), job()]
    assert spots(plan(*jobs), [40, 40, 40], MIXED) == [jobs[2].key, None, None]
    assert spots(plan(), [40], MIXED) == [None]


def test_a_break_of_weeks_and_no_hours() -> None:
    away = SketchBreak(uuid.uuid4(), MONDAY + dt.timedelta(1), MONDAY + dt.timedelta(40))
    jobs = [job(), job(), job(), job()]
    assert spots(plan(*jobs, breaks=(away,)), [40, 40], MIXED) == [jobs[2].key] * 2
    with pytest.raises(NoStudyTime):
        spots(plan(*jobs, hours=(0,) * 7), [40], MIXED)


def test_each_week_it_comes_to_gets_one_outline_day() -> None:
    jobs = [job(60, 0), job(60, 0), job(60, 0), job(60, 1), job(60, 1)]
    insert = Place((gap("A", 50), gap("B", 50), gap("C", 50))).insert(plan(*jobs))
    assert [day.title for day in insert.days] == [DAY_TITLE] * 2
    assert [(day.week, day.position) for day in insert.days] == [
        (WEEKS[0].key, 1),
        (WEEKS[1].key, 1),
    ]
    where = {day.key: day.week for day in insert.days}
    held = [[where[each.day] for each in batch] for _, batch in insert.batches]
    assert held == [[WEEKS[0].key] * 2, [WEEKS[0].key] * 2, [WEEKS[1].key] * 2]
    assert insert.weeks == ()


def test_a_plan_without_weeks_gets_one() -> None:
    insert = Place((gap(),), week_number=3).insert(plan(days=(), weeks=()))
    assert [(week.number, week.title) for week in insert.weeks] == [(3, DAY_TITLE)]
    assert insert.days[0].week == insert.weeks[0].key


def test_a_finished_plan_takes_them_into_its_last_week() -> None:
    insert = Place((gap(),)).insert(plan(job(status="done"), job(week=1, status="done")))
    assert insert.days[0].week == WEEKS[1].key


def test_nothing_chosen_is_nothing_to_do() -> None:
    with pytest.raises(NothingToDo):
        Place(())(plan(job()))


@given(
    st.lists(st.integers(5, 400), max_size=30),
    st.lists(st.tuples(st.integers(0, 90), st.booleans()), min_size=1, max_size=12),
    st.sampled_from([MIXED, NEXT, END]),
    st.tuples(*[st.sampled_from([0, 20, 60, 240])] * 7).filter(any),
    st.integers(0, 40),
)
def test_every_gap_comes_once_in_order_and_no_day_is_over(
    planned: list[int],
    wanted: list[tuple[int, bool]],
    how: str,
    hours: tuple[int, ...],
    away: int,
) -> None:
    jobs = tuple(job(minutes, number % 2) for number, minutes in enumerate(planned))
    pause = SketchBreak(uuid.uuid4(), MONDAY, MONDAY + dt.timedelta(away))
    before = plan(*jobs, hours=hours, breaks=(pause,))
    gaps = tuple(
        gap(str(n), size, drills=(drill(),) * more) for n, (size, more) in enumerate(wanted)
    )
    after = settle(Place(gaps, how)(before))
    new = [each for each in after.jobs if each.made]
    assert [each.topics for each in new] == [frozenset((one.topic,)) for one in gaps for _ in "ab"]
    assert [each.key for each in after.jobs if not each.made] == [each.key for each in jobs]
    days = {day.key for day in after.days}
    assert len(days) == len(after.days)
    assert all(each.day in days for each in after.jobs)
    used: dict[dt.date, int] = defaultdict(int)
    for each in after.jobs:
        assert sum(minutes for _, minutes in each.parts) == each.left
        for day, minutes in each.parts:
            used[day] += minutes
    assert all(minutes <= hours[day.weekday()] for day, minutes in used.items())
    if how == MIXED:
        same = [(one, two) for one, two in zip(settle(before).jobs, jobs, strict=True)]
        today = [one.key for one, _ in same if one.parts and one.parts[0][0] == MONDAY]
        assert [each.key for each in after.jobs[: len(today)]] == today


@given(st.lists(st.integers(5, 300), min_size=2, max_size=40))
def test_mixed_spots_never_go_back(sizes: list[int]) -> None:
    jobs = [job(45) for _ in range(30)]
    place = {each.key: number for number, each in enumerate(jobs)}
    found = [place.get(key, 99) if key else 99 for key in spots(plan(*jobs), sizes, MIXED)]
    assert all(one <= two for one, two in itertools.pairwise(found))


# Leaving out, and words --------------------------------------------------------------------------


def test_only_tasks_on_what_is_known_alone_are_left_out() -> None:
    known, other = uuid.uuid4(), uuid.uuid4()
    alone = job(topics=frozenset((known,)))
    both = job(topics=frozenset((known, other)))
    asks = job(topics=frozenset((known,)), kind="check")
    done = job(topics=frozenset((known,)), status="done")
    sketch = plan(alone, both, asks, done, job())
    assert spared(sketch, [known], {"check"}) == ([alone], [both])
    assert spared(sketch, [known, other], {"check"}) == ([alone, both], [])
    assert spared(sketch, [], {"check"}) == ([], [])


@pytest.mark.parametrize(
    ("sizes", "minutes", "count"),
    [([], 60, 0), ([90, 10], 60, 1), ([30, 30, 1], 60, 2), ([30, 30], 600, 2)],
)
def test_the_first_that_fit(sizes: list[int], minutes: int, count: int) -> None:
    assert first_within(sizes, minutes) == count


def test_what_the_history_says() -> None:
    assert said([gap()]) == "Placed “ANOVA”"
    assert said([gap(), gap()], [job(), job()]) == "Placed 2 topics and left out 2 tasks"
    assert said([], [job()]) == "Left out “Planned”"
