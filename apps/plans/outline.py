"""The plan page: weeks with their progress, and one opened week with its tasks."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Max, Min, Q, Sum

from apps.plans.models import Criterion, Part, Plan, PlanWeek, Task

LIVE = Q(task__deleted_at=None)


@dataclass(slots=True)
class WeekLine:
    """One week of the plan in one line."""

    pk: uuid.UUID
    number: int
    phase: str
    title: str
    goal: str
    readiness_gain: int | None
    checkpoint: dict[str, Any] | None
    planned: int = 0
    done: int = 0
    tasks: int = 0
    finished: int = 0
    skipped: int = 0
    first_day: dt.date | None = None
    last_day: dt.date | None = None

    @property
    def percent(self) -> int:
        """Whole percent of the planned minutes, rounded down."""
        return self.done * 100 // self.planned if self.planned else 0

    @property
    def is_done(self) -> bool:
        return bool(self.tasks) and self.finished == self.tasks

    def holds(self, today: dt.date) -> bool:
        """Whether today lies within the week's dates."""
        return bool(self.first_day and self.last_day and self.first_day <= today <= self.last_day)


@dataclass(slots=True)
class OutlineTask:
    """A task in its outline day, with its dates."""

    pk: uuid.UUID
    title: str
    session: str
    kind: str
    priority: str
    minutes: int
    status: str
    done_on: dt.date | None
    skip_reason: str
    pinned_on: dt.date | None
    has_note: bool
    days: list[dt.date] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        return self.status == Task.Status.DONE

    @property
    def is_skipped(self) -> bool:
        return self.status == Task.Status.SKIPPED


@dataclass(slots=True)
class OutlineDay:
    """A day of the outline."""

    pk: uuid.UUID
    title: str
    goal: str
    tasks: list[OutlineTask] = field(default_factory=list)
    criteria: list[Criterion] = field(default_factory=list)


@dataclass(slots=True)
class OutlineWeek:
    """An opened week."""

    line: WeekLine
    resources: list[dict[str, str]]
    days: list[OutlineDay]
    criteria: list[Criterion]


def load_weeks(plan: Plan, only: uuid.UUID | None = None) -> list[WeekLine]:
    """Return the plan's weeks with minutes, progress and dates. Three queries."""
    weeks = PlanWeek.objects.filter(plan=plan)
    if only:
        weeks = weeks.filter(pk=only)
    lines = {
        values[0]: WeekLine(*values)
        for values in weeks.order_by("number").values_list(
            "pk", "number", "phase", "title", "goal", "readiness_gain", "checkpoint"
        )
    }
    tasks = Task.objects.filter(plan=plan, deleted_at=None)
    parts = Part.objects.filter(plan=plan, task__deleted_at=None)
    if only:
        tasks, parts = tasks.filter(day__week=only), parts.filter(task__day__week=only)
    for week, status, minutes, count in (
        tasks.order_by().values_list("day__week", "status").annotate(Sum("minutes"), Count("pk"))
    ):
        line = lines[week]
        if status == Task.Status.SKIPPED:
            line.skipped += count
            continue
        line.planned += minutes
        line.tasks += count
        if status == Task.Status.DONE:
            line.done += minutes
            line.finished += count
    for week, first, last in (
        parts.order_by().values_list("task__day__week").annotate(Min("day"), Max("day"))
    ):
        lines[week].first_day, lines[week].last_day = first, last
    return list(lines.values())


def load_outline(week: PlanWeek) -> OutlineWeek:
    """Return one week with days, tasks, dates and criteria. Seven queries."""
    line = load_weeks(week.plan, only=week.pk)[0]
    days = {
        row[0]: OutlineDay(*row)
        for row in week.days.order_by("position").values_list("pk", "title", "goal")
    }
    planned: dict[uuid.UUID, list[dt.date]] = defaultdict(list)
    for task, day in (
        Part.objects.filter(LIVE, task__day__week=week)
        .order_by("number")
        .values_list("task_id", "day")
    ):
        planned[task].append(day)
    tasks = (
        Task.objects.filter(day__week=week, deleted_at=None)
        .annotate(has_note=Count("pk", filter=~Q(note="")))
        .order_by("position")
    )
    row: Any
    for row in tasks.values_list(
        "day_id",
        "pk",
        "title",
        "session",
        "kind",
        "priority",
        "minutes",
        "status",
        "done_on",
        "skip_reason",
        "pinned_on",
        "has_note",
    ):
        day_id, *values = row
        task_row = OutlineTask(*values)
        task_row.days = planned[task_row.pk]
        days[day_id].tasks.append(task_row)
    own: list[Criterion] = []
    for criterion in Criterion.objects.filter(week=week).order_by("position"):
        (days[criterion.day_id].criteria if criterion.day_id else own).append(criterion)
    return OutlineWeek(line, week.resources, list(days.values()), own)
