"""One more review, from what is remembered of a topic, says what a replay of all says."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.mastery.memory import (
    Day,
    held_after,
    held_again,
    held_through,
)

FIRST = dt.date(2025, 11, 10)
days_of = st.lists(
    st.tuples(st.integers(0, 3_000), st.integers(0, 100)),
    min_size=1,
    max_size=20,
    unique_by=lambda item: item[0],
).map(lambda items: [(FIRST + dt.timedelta(days=at), score) for at, score in sorted(items)])


def told(days: list[tuple[dt.date, int]]) -> list[Day]:
    return [Day(day, Fraction(score), False) for day, score in days]


@given(days_of, st.integers(1, 3_000), st.integers(0, 100))
def test_one_more_review_too(days: list[tuple[dt.date, int]], later: int, score: int) -> None:
    after = [*days, (days[-1][0] + dt.timedelta(days=later), score)]
    held = held_through(days)
    assert held_again(held.stability, held.difficulty, later, score) == held_after(told(after))


@pytest.mark.parametrize("days", [0, -1])
def test_one_more_review_is_a_day_later_at_least(days: int) -> None:
    with pytest.raises(ValueError, match="oldest first"):
        held_again(8.0, 5.0, days, 90)


def test_days_out_of_order_and_none_are_refused() -> None:
    with pytest.raises(ValueError, match="oldest first"):
        held_through([(FIRST, 90), (FIRST, 90)])
    with pytest.raises(ValueError, match="nothing to replay"):
        held_through([])
