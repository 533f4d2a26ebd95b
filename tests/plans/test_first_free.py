"""The first day on which another task fits."""

from __future__ import annotations

import datetime as dt

import pytest

from apps.plans.layout import LOOK_AHEAD, first_free

WED = dt.date(2026, 11, 18)
HOUR = (60,) * 7
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("minutes", "weekdays", "breaks", "planned", "days"),
    [
        (30, HOUR, [], {}, 0),
        (30, HOUR, [], {WED: 30}, 0),
        (30, HOUR, [], {WED: 31}, 1),
        (30, HOUR, [(WED, WED + DAY)], {}, 2),
        (30, (60, 0, 0, 0, 0, 0, 0), [], {}, 5),
        (90, HOUR, [], {WED: 5}, 1),  # longer than any day: an empty one
        (30, (0,) * 7, [], {}, None),
        (30, HOUR, [], {WED + days * DAY: 60 for days in range(200)}, 200),
        (30, HOUR, [(WED, WED + LOOK_AHEAD)], {}, None),
        (45, HOUR, [(WED + DAY, WED + LOOK_AHEAD)], {WED: 30}, None),
    ],
)
def test_first_free(
    minutes: int,
    weekdays: tuple[int, ...],
    breaks: list[tuple[dt.date, dt.date]],
    planned: dict[dt.date, int],
    days: int | None,
) -> None:
    expected = None if days is None else WED + days * DAY
    assert first_free(minutes, weekdays, breaks, planned, WED) == expected
