"""Days studied in a row. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

ONE_DAY = dt.timedelta(days=1)


def streak(
    studied: Collection[dt.date],
    today: dt.date,
    weekday_minutes: Sequence[int],
    breaks: Iterable[tuple[dt.date, dt.date]] = (),
) -> int:
    """Return how many days of study lie in a row up to today.

    A rest day (no minutes on that weekday) or a day of a break neither counts nor ends the row,
    unless work was done on it, when it counts. Today ends nothing: it is not over.
    """
    spans = list(breaks)
    first = min(studied, default=today)
    count, day = 0, today
    while day >= first:
        if day in studied:
            count += 1
        elif day != today and not _is_rest(day, weekday_minutes, spans):
            break
        day -= ONE_DAY
    return count


def _is_rest(
    day: dt.date, weekday_minutes: Sequence[int], breaks: list[tuple[dt.date, dt.date]]
) -> bool:
    if not weekday_minutes[day.weekday()]:
        return True
    return any(first <= day <= last for first, last in breaks)
