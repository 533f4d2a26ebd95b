from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.dashboard.charts.scale import Mark, Scale, axis, points, thinned


@pytest.mark.parametrize(("value", "place"), [(0, 190), (100, 20), (50, 105), (33, 133.9)])
def test_a_vertical_scale(value: float, place: float) -> None:
    assert Scale(0, 100, 190, 20)(value) == place


def test_a_scale_of_one_value_does_not_divide_by_zero() -> None:
    assert Scale(5, 5, 40, 585)(5) == 40


def test_axis_and_points() -> None:
    assert axis(Scale(0, 100, 100, 0), (0, 50)) == [Mark(100, "0"), Mark(50, "50")]
    assert points([(1.0, 2.5), (3.2, 4.0)]) == "1,2.5 3.2,4"


@given(st.integers(0, 500), st.integers(1, 30))
def test_labels_are_thinned(count: int, most: int) -> None:
    places = thinned(count, most)
    assert len(places) <= most
    assert not count or places[0] == 0


@given(st.floats(0, 100), st.floats(0, 100))
def test_order_is_kept(one: float, other: float) -> None:
    scale = Scale(0, 100, 0, 1000)
    assert (scale(one) <= scale(other)) or one > other
