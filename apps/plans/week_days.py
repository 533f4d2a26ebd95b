"""The seven days of the week page: what is planned on each, and what it has room for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from apps.accounts.prepared import Prepared
from apps.accounts.prepared import day as on_day
from apps.plans.agenda import FIELDS, PARTS, DayTotal, Record, Row, week_of
from apps.plans.models import Plan

_WEEK_ROWS = Prepared(
    lambda: PARTS.filter(day__range=(on_day("monday"), on_day("sunday"))).values_list(*FIELDS)
)


@dataclass(slots=True)
class WeekDay:
    """One day of the week page."""

    total: DayTotal
    rows: list[Row]
    capacity: int
    on_break: str

    @property
    def day(self) -> dt.date:
        return self.total.day

    @property
    def is_over(self) -> bool:
        """Whether more is planned than the weekday has minutes for."""
        return self.total.planned > self.capacity


def load_week(
    plan: Plan,
    within: dt.date,
    weekday_minutes: tuple[int, ...],
    breaks: Iterable[tuple[dt.date, dt.date, str]],
) -> list[WeekDay]:
    """Return the seven days of the week with the day `within`, Monday first. One query."""
    monday, sunday = week_of(within)
    rows = _WEEK_ROWS(plan=plan.pk, monday=monday, sunday=sunday)
    spans = list(breaks)
    days = []
    for offset in range(7):
        date = monday + dt.timedelta(days=offset)
        label = next((text or "Break" for a, b, text in spans if a <= date <= b), "")
        capacity = 0 if label else weekday_minutes[date.weekday()]
        days.append(WeekDay(DayTotal(date), [], capacity, label))
    for record in [Record(*values) for values in rows]:
        where = days[(record.part_day - monday).days]
        row = Row(record, record.part_minutes)
        where.rows.append(row)
        where.total.add(row)
    return days
