"""Where a plan still has room for another task."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Sum

from apps.accounts.models import User
from apps.plans.layout import first_free
from apps.plans.models import Part, Plan, Task

Break = tuple[dt.date, dt.date]


class DayWith(NamedTuple):
    """A day, its name, and what one more task makes of it, in minutes; a `capacity` of 0 is a day
    free of study."""

    day: dt.date
    name: str
    planned: int
    capacity: int
    whole: int

    @property
    def over(self) -> int:
        """By how much it is more than the day has; 0 when it fits."""
        return max(self.whole - self.capacity, 0)


@dataclass(frozen=True, slots=True)
class Room:
    """The learner's minutes a weekday and breaks, and what the plan has on each day from today."""

    today: dt.date
    weekday_minutes: Sequence[int]
    breaks: Sequence[Break]
    planned: Mapping[dt.date, int]

    def first_free(self, minutes: int) -> dt.date | None:
        """Return the first day with so many minutes left; None when there is none."""
        return first_free(minutes, self.weekday_minutes, self.breaks, self.planned, self.today)

    def capacity(self, day: dt.date) -> int:
        """Return the minutes of a day; 0 when it is free of study."""
        if any(first <= day <= last for first, last in self.breaks):
            return 0
        return self.weekday_minutes[day.weekday()]

    def with_task(self, day: dt.date, minutes: int) -> DayWith:
        """Return what a task of so many minutes makes of a day."""
        planned = self.planned.get(day, 0)
        name = day_words(day, self.today)
        return DayWith(day, name, planned, self.capacity(day), planned + minutes)

    def complaint(self, day: dt.date, minutes: int) -> str:
        """Return what to say after the name of a day that so many more minutes do not fit:
        "which now has 90 of 60 minutes"; "" when they fit."""
        new = self.with_task(day, minutes)
        if not new.over:
            return ""
        said = (
            f"which now has {new.whole} of {new.capacity} minutes"
            if new.capacity
            else "which is free of study"
        )
        other = self.first_free(minutes)
        if other is None or other == day:
            return said
        return f"{said}; the first day with room is {day_words(other, self.today)}"


def day_words(day: dt.date, today: dt.date) -> str:
    """Return "Sat 21 Nov", or "Wed 1 Dec 2027" when it is not in this year."""
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day:%a} {day.day} {day:%b}{year}"


def room_of(plan: Plan, user: User, today: dt.date) -> Room:
    """Return what room a plan has from today on. Two queries."""
    planned = dict(
        Part.objects.filter(plan=plan, day__gte=today)
        .exclude(task__status=Task.Status.SKIPPED)
        .filter(task__deleted_at=None)
        .order_by()
        .values_list("day")
        .annotate(Sum("minutes"))
    )
    breaks = list(user.breaks.values_list("first_day", "last_day"))
    return Room(today, user.weekday_minutes, breaks, planned)
