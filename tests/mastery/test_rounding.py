from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.mastery.rounding import half_up, percent, shares


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (66.5, 0, 67),
        (67.5, 0, 68),
        (66.49, 0, 66),
        (0.285 * 100, 0, 29),
        (74.6, 1, Decimal("74.6")),
        (2.675, 2, Decimal("2.68")),
        (Fraction(141 * 100, 189), 1, Decimal("74.6")),
        (Fraction(149, 2), 0, 75),
        (Fraction(800, 43), 1, Decimal("18.6")),
        (Fraction(800, 41), 1, Decimal("19.5")),
        (Fraction(2500, 30), 0, 83),
        (Decimal("86.5"), 0, 87),
        (Decimal("99.95"), 1, Decimal("100.0")),
        (-2.5, 0, -3),
        (Fraction(-5, 2), 0, -3),
        (-0.04, 1, Decimal("0.0")),
        (7, 0, 7),
        (7, 1, Decimal("7.0")),
    ],
)
def test_halves_go_up(value: float, places: int, expected: object) -> None:
    rounded = half_up(value, places)
    assert rounded == expected
    assert str(rounded) == str(expected)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN")])
def test_no_figure_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="no figure"):
        half_up(value)


@given(st.fractions(min_value=-1000, max_value=1000), st.integers(0, 3))
def test_a_figure_is_never_further_than_half_a_step(value: Fraction, places: int) -> None:
    off = Fraction(half_up(value, places)) - value
    assert abs(off) <= Fraction(1, 2 * 10**places)
    if abs(off) == Fraction(1, 2 * 10**places):
        assert abs(value + off) > abs(value)


@given(st.integers(0, 10_000), st.integers(1, 400))
def test_means_of_whole_numbers_round_alike_as_float_and_fraction(total: int, n: int) -> None:
    assert half_up(total / n) == half_up(Fraction(total, n))


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((104, 74, 11), [55, 39, 6]),
        ((1, 1, 1), [34, 33, 33]),
        ((0, 0, 0, 0), [0, 0, 0, 0]),
        ((0.5, 0.5), [50, 50]),
        ((100, 0, 0, 0), [100, 0, 0, 0]),
        ((1, 999), [0, 100]),
        ((), []),
    ],
)
def test_shares(parts: tuple[float, ...], expected: list[int]) -> None:
    assert shares(parts) == expected


def test_a_share_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="below zero"):
        shares([1, -1])


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=8).filter(lambda parts: sum(parts) > 1e-3))
def test_shares_add_to_100_and_stay_next_to_the_truth(parts: list[float]) -> None:
    whole = shares(parts)
    assert sum(whole) == 100
    total = sum(parts)
    for part, share in zip(parts, whole, strict=True):
        assert abs(share - part * 100 / total) < 1 + 1e-6


def test_percent_of_nothing_is_unknown() -> None:
    assert percent(0, 0) is None
    assert percent(25, 30) == Fraction(250, 3)
