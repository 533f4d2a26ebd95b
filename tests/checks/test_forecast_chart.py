"""The drawing of the coming days: what is planned below, what is expected back on top."""

from __future__ import annotations

import datetime as dt

import pytest

from apps.checks.forecast_chart import BOTTOM, TOP, Chart
from apps.mastery.returns import Ahead

DAY = dt.date(2026, 11, 18)


def chart(*days: tuple[int, int], limit: int = 10, breaks: tuple[int, ...] = ()) -> Chart:
    """A drawing of days with so many planned and expected."""
    rows = [
        Ahead(DAY + dt.timedelta(days=at), planned, expected, 0, at in breaks)
        for at, (planned, expected) in enumerate(days)
    ]
    return Chart(rows, limit)


def test_what_is_expected_stands_on_what_is_planned() -> None:
    both, planned, expected, none = chart((6, 4), (3, 0), (0, 5), (0, 0)).bars
    assert (both.y + both.height, both.back_y + both.back_height) == (BOTTOM, both.y)
    assert both.back_y == TOP
    assert both.height / both.back_height == pytest.approx(6 / 4, abs=0.01)
    assert (planned.back_height, planned.back_y) == (0, planned.y)
    assert (expected.height, expected.back_y + expected.back_height) == (0, BOTTOM)
    assert (none.height, none.back_height) == (0, 0)


def test_the_highest_bar_fits() -> None:
    assert min(bar.back_y for bar in chart((12, 5), (1, 1)).bars) == TOP


@pytest.mark.parametrize(
    ("planned", "expected", "is_break", "words"),
    [
        (3, 0, False, "3 planned"),
        (3, 2, False, "3 planned, 2 expected back"),
        (0, 2, False, "2 expected back"),
        (0, 0, False, "none"),
        (0, 0, True, "a break"),
        (5, 0, True, "5 planned"),
    ],
)
def test_a_bar_says_both_numbers(planned: int, expected: int, is_break: bool, words: str) -> None:
    (bar,) = chart((planned, expected), breaks=(0,) if is_break else ()).bars
    assert bar.title == f"Wed 18 Nov: {words}"


def test_the_summary_tells_both() -> None:
    assert chart((3, 0), (1, 1)).summary == (
        "4 reviews are planned in the next 2 days, on 2 of them; the most on Wednesday, "
        "18 November: 3. 1 review is expected to come back."
    )
    assert chart((1, 0), (0, 0)).summary.endswith("18 November: 1.")
    assert chart((0, 0), (0, 0)).summary == "No review is planned in the next 2 days."
