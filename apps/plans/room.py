"""Where a plan still has room for another task."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Sum

from apps.accounts.models import User
from apps.plans.layout import first_free
from apps.plans.models import Part, Plan, Task

Break = tuple[dt.date, dt.date]


@dataclass(frozen=True, slots=True)
class Room:
    """The learner's minutes a weekday and breaks, and what the plan has on each day from today."""

    today: dt.date
    weekday_minutes: Sequence[int]
    breaks: Sequence[Break]
    planned: Mapping[dt.date, int]

    def first_free(self, minutes: int) -> dt.date:
        """Return the first day with so many minutes left; today when there is none."""
        return first_free(minutes, self.weekday_minutes, self.breaks, self.planned, self.today)

    def capacity(self, day: dt.date) -> int:
        """Return the minutes of a day; 0 when it is free of study."""
        if any(first <= day <= last for first, last in self.breaks):
            return 0
        return self.weekday_minutes[day.weekday()]

    def complaint(self, day: dt.date, minutes: int) -> str:
        """Return what to say when so many more minutes do not fit a day; "" when they do."""
        capacity, whole = self.capacity(day), self.planned.get(day, 0) + minutes
        if whole <= capacity:
            return ""
        said = (
            f"{day_words(day)} now has {whole} of {capacity} minutes"
            if capacity
            else f"{day_words(day)} is free of study"
        )
        other = self.first_free(minutes)
        if other == day or self.capacity(other) - self.planned.get(other, 0) <= 0:
            return f"{said}."
        return f"{said}; the first day with room is {day_words(other)}."


def day_words(day: dt.date) -> str:
    """Return "Sat 21 Nov"."""
    return f"{day:%a} {day.day} {day:%b}"


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
