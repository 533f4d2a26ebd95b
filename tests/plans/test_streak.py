from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.plans.streak import streak

WEDNESDAY = dt.date(2026, 11, 18)
EVERY_DAY = (60,) * 7
NO_WEEKEND = (60, 60, 60, 60, 60, 0, 0)


def days(*offsets: int) -> set[dt.date]:
    return {WEDNESDAY - dt.timedelta(days=offset) for offset in offsets}


@pytest.mark.parametrize(
    ("studied", "week", "breaks", "expected"),
    [
        (days(), EVERY_DAY, [], 0),
        (days(0), EVERY_DAY, [], 1),
        (days(1, 2), EVERY_DAY, [], 2),  # today is not over yet
        (days(0, 1, 2), EVERY_DAY, [], 3),
        (days(0, 2), EVERY_DAY, [], 1),  # yesterday was missed
        (days(0, 1, 2, 5), NO_WEEKEND, [], 4),  # Saturday and Sunday are rest
        (days(0, 1, 2, 3, 5), NO_WEEKEND, [], 5),  # worked on Sunday all the same
        (days(0, 5), EVERY_DAY, [(WEDNESDAY - dt.timedelta(4), WEDNESDAY - dt.timedelta(1))], 2),
    ],
)
def test_streak(
    studied: set[dt.date],
    week: tuple[int, ...],
    breaks: list[tuple[dt.date, dt.date]],
    expected: int,
) -> None:
    assert streak(studied, WEDNESDAY, week, breaks) == expected


@given(st.sets(st.integers(0, 60)), st.lists(st.sampled_from([0, 60]), min_size=7, max_size=7))
def test_a_streak_is_never_longer_than_the_days_studied(offsets: set[int], week: list[int]) -> None:
    studied = days(*offsets)
    count = streak(studied, WEDNESDAY, week)
    assert 0 <= count <= len(studied)
    assert streak(studied | {WEDNESDAY}, WEDNESDAY, week) >= count
