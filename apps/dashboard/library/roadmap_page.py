"""The outline of a roadmap as its page shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from apps.library.models import Priority, Roadmap, RoadmapDay, RoadmapTask, RoadmapWeek

Minutes = list[tuple[str, int]]
ASKS = {
    Priority.MUST: "you must do",
    Priority.SHOULD: "you should do",
    Priority.OPTIONAL: "you may leave out",
}


@dataclass(frozen=True, slots=True)
class DayOutline:
    """A day of the outline. `branch` names the checkpoint's branch that brings it in, if any."""

    day: RoadmapDay
    branch: str
    tasks: list[RoadmapTask]
    minutes: int


@dataclass(frozen=True, slots=True)
class WeekOutline:
    """A week: its main days, then those of its checkpoint's branches; minutes are the main ones."""

    week: RoadmapWeek
    days: list[DayOutline]
    branches: list[DayOutline]
    minutes: int


@dataclass(frozen=True, slots=True)
class Outline:
    """A whole roadmap; minutes and tasks leave the branches out."""

    weeks: list[WeekOutline]
    minutes: int
    tasks: int
    by_priority: Minutes


def by_priority(tasks: Iterable[RoadmapTask]) -> Minutes:
    """Return the minutes of each priority that has any, after what it asks. Does not query."""
    counted: Counter[str] = Counter()
    for task in tasks:
        counted[task.priority] += task.minutes
    return [(ASKS[p], counted[p.value]) for p in Priority if counted[p.value]]


def outline_of(roadmap: Roadmap, topics: Prefetch[str]) -> Outline:
    """Return weeks, days and tasks, each task with its topics. Four queries."""
    tasks = RoadmapTask.objects.order_by("position", "pk").prefetch_related(topics)
    days = RoadmapDay.objects.order_by("branch", "position").prefetch_related(
        Prefetch("tasks", tasks)
    )
    weeks = [_week(week) for week in roadmap.weeks.prefetch_related(Prefetch("days", days))]
    main = [task for week in weeks for day in week.days for task in day.tasks]
    return Outline(weeks, sum(week.minutes for week in weeks), len(main), by_priority(main))


def _week(week: RoadmapWeek) -> WeekOutline:
    checkpoint: dict[str, Any] = week.checkpoint or {}
    titles = {each.get("id"): each.get("title", "") for each in checkpoint.get("branches", [])}
    every = [_day(day, titles.get(day.branch, day.branch)) for day in week.days.all()]
    main = [day for day in every if not day.day.branch]
    branches = [day for day in every if day.day.branch]
    return WeekOutline(week, main, branches, sum(day.minutes for day in main))


def _day(day: RoadmapDay, branch: str) -> DayOutline:
    tasks = list(day.tasks.all())
    return DayOutline(day, branch, tasks, sum(task.minutes for task in tasks))
