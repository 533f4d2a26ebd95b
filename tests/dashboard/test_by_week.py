from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.dashboard.charts.by_week import (
    AsOf,
    Chart,
    Told,
    Week,
    calendar_weeks,
    dates,
    finding,
    of_tested_on,
    weekly,
)
from apps.mastery.memory import Score, days_of, standing_on
from apps.mastery.readiness import credit

MONDAY = dt.date(2026, 11, 2)


def day(number: int) -> dt.date:
    return MONDAY + dt.timedelta(days=number)


def week(number: int, gain: int | None = None) -> Week:
    start = 7 * (number - 1)
    return Week(number, day(start), day(start + 5), gain)


def scored(number: int, score: int, *, rated: bool = False) -> tuple[dt.date, int, bool]:
    return day(number), score, rated


def told(topics: dict[str, list[tuple[dt.date, int, bool]]]) -> list[Told]:
    return [(topic, *item) for topic, items in topics.items() for item in items]


THREE = [week(1, 0), week(2, 3), week(3, 7)]


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (-1, [None, None, None]),
        (0, [0, None, None]),
        (5, [5, None, None]),
        (6, [5, None, None]),
        (7, [5, 7, None]),
        (30, [5, 12, 30]),
    ],
)
def test_as_of_which_day_a_week_counts(today: int, expected: list[int | None]) -> None:
    assert dates(THREE, day(today)) == [None if e is None else day(e) for e in expected]


def test_weeks_that_overlap_or_have_no_dates() -> None:
    weeks = [Week(1, day(0), day(20)), Week(2, None, None), Week(3, day(3), day(12))]
    assert dates(weeks, day(10)) == [day(10), None, None]
    assert dates(weeks, day(25)) == [day(20), None, day(25)]


def test_calendar_weeks() -> None:
    weeks = calendar_weeks(day(2), day(8))
    assert [(w.number, w.first, w.last) for w in weeks] == [
        (1, day(0), day(6)),
        (2, day(7), day(13)),
    ]
    many = calendar_weeks(day(0), day(7 * 40))
    assert (len(many), many[-1].number) == (26, 41)


def test_tested_on_replays_up_to_each_day() -> None:
    topics = {"a": [scored(1, 100), scored(8, 20)], "b": [scored(9, 60)], "out": [scored(1, 0)]}
    found = of_tested_on(told(topics), {"a": 3, "b": 1}, [day(0), day(5), day(8), day(12)])
    assert found == [None, AsOf(100, 1), AsOf(0, 1), AsOf(12.5, 2)]


def test_a_claim_counts_half_until_it_is_confirmed() -> None:
    topics = {"a": [scored(0, 100, rated=True), scored(7, 90)]}
    assert of_tested_on(told(topics), {"a": 1}, [day(0), day(7)]) == [AsOf(50, 1), AsOf(100, 1)]


@given(
    st.dictionaries(
        st.integers(0, 4),
        st.lists(
            st.builds(
                lambda d, s, r: Score(day(d), s, r),
                st.integers(0, 30),
                st.integers(0, 100),
                st.booleans(),
            ),
            min_size=1,
            max_size=8,
        ),
    ),
    st.sets(st.integers(0, 35), max_size=6),
)
def test_tested_on_is_what_a_replay_to_that_day_gives(
    evidence: dict[object, list[Score]], numbers: set[int]
) -> None:
    topics = {topic: days_of(scores) for topic, scores in evidence.items()}
    rows: list[Told] = [
        (topic, *item)
        for topic, scores in evidence.items()
        for item in sorted(scores, key=lambda item: item.day)
    ]
    weights: dict[object, int] = dict.fromkeys(range(4), 2)
    days = [day(number) for number in sorted(numbers)]
    for found, when in zip(of_tested_on(rows, weights, days), days, strict=True):
        known = [
            standing
            for topic, history in topics.items()
            if topic in weights and (standing := standing_on(history, when)) is not None
        ]
        if not known:
            assert found is None
        else:
            assert found is not None
            assert found.n == len(known)
            assert found.percent == pytest.approx(
                100 * sum(credit(*standing) for standing in known) / len(known)
            )


def test_targets_are_gains_over_the_first_assessment_up_to_95() -> None:
    weeks = [week(1, 0), week(2, 3), week(3, 30), week(4, None)]
    points = weekly(weeks, day(0), [], {}, Fraction(14100, 189))
    assert [point.target for point in points] == [75, 78, 95, None]


def test_without_an_assessment_targets_start_at_the_first_week() -> None:
    topics = {"a": [scored(1, 100)], "b": [scored(2, 10)]}
    points = weekly(THREE, day(20), told(topics), {"a": 1, "b": 1}, None)
    assert [point.value for point in points] == [50, 50, 50]
    assert [point.target for point in points] == [50, 53, 57]


def test_without_evidence_there_is_no_target() -> None:
    points = weekly(THREE, day(20), [], {}, None)
    assert [(point.value, point.target, point.n) for point in points] == [(None, None, 0)] * 3
    assert finding(points) == "Nothing was tested yet"
    chart = Chart(points)
    assert (chart.line, chart.under, chart.target_line, chart.now) == ("", "", "", None)


def test_the_title_states_the_finding() -> None:
    topics = {"a": [scored(1, 100), scored(8, 60)]}
    weights: dict[object, int] = {"a": 1}
    on = weekly(THREE[:1], day(3), told(topics), weights, 100)
    assert finding(on) == "100 % of what was tested holds, on the target of week 1"
    below = weekly(THREE, day(9), told(topics), weights, 75)
    assert finding(below) == "50 % of what was tested holds, 28 points below the target of week 2"
    above = weekly([week(1, 0)], day(3), told(topics), weights, 99)
    assert finding(above) == "100 % of what was tested holds, 1 point above the target of week 1"
    bare = weekly([week(1), week(2)], day(9), told(topics), weights, None)
    assert finding(bare) == "50 % of what was tested holds, 50 points less than a week before"


def test_the_drawing() -> None:
    chart = Chart(weekly(THREE, day(9), told({"a": [scored(1, 100)]}), {"a": 1}, 75))
    assert chart.line == "40,20 312.5,20"
    assert chart.under == "40,190 40,20 312.5,20 312.5,190"
    assert chart.target_line.startswith("40,62.5 312.5,57.4 585,")
    assert chart.dots[0].title == "Week 1: 100 %, n = 1"
    assert [mark.text for mark in chart.weeks] == ["1", "2", "3"]
    assert chart.now == (321.5, 24, "100 %", "start")
    assert "week 1 100 %, week 2 100 %" in chart.summary
    last = Chart(weekly(THREE, day(30), told({"a": [scored(1, 100)]}), {"a": 1}, 75))
    assert last.now is not None
    assert last.now[3] == "end"
