"""The picture of the coming four weeks: days, bars, words."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.plans.schedule_chart import (
    BOTTOM,
    DAYS,
    LEFT,
    RIGHT,
    TOP,
    Away,
    Day,
    Picture,
    coming,
    span,
)
from tests.conftest import TODAY

DAY = dt.timedelta(days=1)
HOURS = (60, 60, 60, 90, 0, 120, 120)  # TODAY is a Wednesday


def test_each_day_has_the_minutes_of_its_weekday() -> None:
    days = coming(TODAY, HOURS, {TODAY: 45})
    assert len(days) == DAYS
    assert [day.room for day in days[:5]] == [60, 90, 0, 120, 120]
    assert (days[0].day, days[0].planned, days[1].planned) == (TODAY, 45, 0)


def test_a_break_takes_the_room_and_keeps_its_name() -> None:
    away = [Away(TODAY + DAY, TODAY + 3 * DAY, "Holidays"), Away(TODAY + 5 * DAY, TODAY + 5 * DAY)]
    days = coming(TODAY, HOURS, {TODAY + DAY: 30}, away)
    assert [day.room for day in days[:7]] == [60, 0, 0, 0, 120, 0, 60]
    assert [day.away for day in days[:6]] == ["", *["Holidays"] * 3, "", "break"]
    assert days[1].over == 30


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (Day(TODAY, 60, 60), "Wed 18 Nov: 60 of 60 min"),
        (Day(TODAY, 90, 60), "Wed 18 Nov: 90 of 60 min, 30 min too much"),
        (Day(TODAY, 0, 0), "Wed 18 Nov: no study"),
        (Day(TODAY, 0, 0, "Holidays"), "Wed 18 Nov: no study, Holidays"),
        (Day(TODAY, 20, 0, "break"), "Wed 18 Nov: 20 min, no room, break, 20 min too much"),
        (Day(TODAY, 0, 60, "", True), "Wed 18 Nov: 0 of 60 min, interview"),
    ],
)
def test_what_a_day_says(day: Day, words: str) -> None:
    assert day.words == words


def test_what_is_too_much_stands_on_what_fits() -> None:
    fits, over, none = Picture([Day(TODAY, 30, 60), Day(TODAY, 120, 60), Day(TODAY, 0, 0)]).bars
    assert (fits.room_y + fits.room_height, fits.fit_y + fits.fit_height) == (BOTTOM, BOTTOM)
    assert fits.room_height / fits.fit_height == pytest.approx(2, abs=0.05)
    assert fits.over_height == 0
    assert over.over_y == TOP
    assert over.over_y + over.over_height == pytest.approx(over.fit_y, abs=0.11)
    assert (none.room_height, none.fit_height, none.over_height) == (0, 0, 0)


@given(
    st.lists(st.integers(0, 960), min_size=7, max_size=7),
    st.dictionaries(st.integers(0, DAYS + 5), st.integers(1, 2000), max_size=12),
)
def test_all_of_it_is_within_the_drawing(hours: list[int], planned: dict[int, int]) -> None:
    by_day = {TODAY + at * DAY: minutes for at, minutes in planned.items()}
    picture = Picture(coming(TODAY, hours, by_day))
    for bar in picture.bars:
        assert bar.x >= LEFT
        assert bar.x + bar.width <= RIGHT
        for y, height in (
            (bar.room_y, bar.room_height),
            (bar.fit_y, bar.fit_height),
            (bar.over_y, bar.over_height),
        ):
            assert TOP - 0.1 <= y <= BOTTOM
            assert 0 <= height <= BOTTOM - TOP + 0.1
    assert picture.planned == sum(m for at, m in planned.items() if at < DAYS)


def test_the_summary_tells_all_of_it() -> None:
    away = [Away(TODAY + 7 * DAY, TODAY + 8 * DAY)]
    days = coming(TODAY, (60,) * 7, {TODAY: 90, TODAY + DAY: 60}, away, TODAY + 9 * DAY)
    assert Picture(days).summary == (
        "The next 28 days have room for 26 h; 2 h 30 are planned. 1 day has more than fits, the "
        "most on Wednesday, 18 November: 30 min. 2 days are free for a break. The interview is on "
        "Friday, 27 November."
    )
    assert Picture(coming(TODAY, (60,) * 7, {}), has_plan=False).summary == (
        "The next 28 days have room for 28 h."
    )


def test_the_dates_are_the_first_and_the_mondays() -> None:
    picture = Picture(coming(TODAY, HOURS, {}))
    assert [mark.text for mark in picture.dates] == [
        "18 Nov",
        "23 Nov",
        "30 Nov",
        "7 Dec",
        "14 Dec",
    ]
    assert picture.interview is None


@pytest.mark.parametrize(("minutes", "said"), [(45, "45 min"), (60, "1 h"), (430, "7 h 10")])
def test_minutes_as_people_say_them(minutes: int, said: str) -> None:
    assert span(minutes) == said
