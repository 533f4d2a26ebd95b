"""The plan page: weeks with their progress, and one opened week with its tasks."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import (
    BooleanField,
    Count,
    ExpressionWrapper,
    Max,
    Min,
    Q,
    Sum,
)
from django.utils.safestring import SafeString

from apps.accounts.prepared import Param, Prepared
from apps.plans.models import Criterion, Plan, PlanDay, PlanWeek, Task

Day = dt.date | None
LONG_NOTES = 400  # characters from which notes are folded


class CriterionLine(NamedTuple):
    """A success criterion as its fragment shows it."""

    pk: uuid.UUID
    text: str
    met_on: dt.date | None


@dataclass(slots=True)
class WeekLine:
    """One week of the plan in one line."""

    pk: uuid.UUID
    number: int
    label: str
    phase: str
    title: str
    goal: str
    readiness_gain: int | None
    checkpoint: dict[str, Any] | None
    resources: list[dict[str, str]]
    is_deleted: bool = False
    planned: int = 0
    done: int = 0
    tasks: int = 0
    finished: int = 0
    skipped: int = 0
    first_day: dt.date | None = None
    last_day: dt.date | None = None

    @property
    def name(self) -> str:
        """ "Week 3", or what the learner's own file calls it."""
        return self.label or f"Week {self.number}"

    @property
    def percent(self) -> int:
        """Whole percent of the planned minutes, rounded down."""
        return self.done * 100 // self.planned if self.planned else 0

    @property
    def is_done(self) -> bool:
        return bool(self.tasks) and self.finished == self.tasks

    @property
    def left(self) -> int:
        """How many of its tasks are open."""
        return self.tasks - self.finished

    @property
    def is_over(self) -> bool:
        """Whether nothing in it is open any more: all of it is finished or skipped."""
        return self.finished == self.tasks and bool(self.tasks or self.skipped)

    def add(self, status: str, minutes: int | None, count: int, first: Day, last: Day) -> None:
        """Count the week's tasks of one status. Skipped work is neither planned nor progress."""
        self.first_day = min(filter(None, (self.first_day, first)), default=None)
        self.last_day = max(filter(None, (self.last_day, last)), default=None)
        if status == Task.Status.SKIPPED:
            self.skipped += count
            return
        self.planned += minutes or 0
        self.tasks += count
        if status == Task.Status.DONE:
            self.done += minutes or 0
            self.finished += count

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
    key: SafeString = field(init=False)

    def __post_init__(self) -> None:
        # A page names it a dozen times; there is nothing in it to escape.
        self.key = SafeString(self.pk)

    @property
    def when(self) -> str:
        """The first day it is planned for, as "Wed 19 Nov"; empty without one."""
        return f"{self.days[0]:%a} {self.days[0].day} {self.days[0]:%b}" if self.days else ""

    @property
    def more_days(self) -> int:
        """Days it is planned for beside the first."""
        return len(self.days) - 1

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
    notes: str = ""  # as HTML
    is_deleted: bool = False
    tasks: list[OutlineTask] = field(default_factory=list)
    criteria: list[CriterionLine] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether there is work that a change could move."""
        return any(not task.is_done and not task.is_skipped for task in self.tasks)

    @property
    def has_long_notes(self) -> bool:
        return len(self.notes) > LONG_NOTES


@dataclass(slots=True)
class OutlineWeek:
    """An opened week."""

    line: WeekLine
    days: list[OutlineDay]
    criteria: list[CriterionLine]


_FIRST_PART = Q(parts__number=1) | Q(parts=None)
_PROGRESS = (
    Task.objects.filter(deleted_at=None)
    .order_by()
    .values("day__week", "status")
    .annotate(
        planned=Sum("minutes", filter=_FIRST_PART),
        count=Count("pk", filter=_FIRST_PART),
        first=Min("parts__day"),
        last=Max("parts__day"),
    )
    .values_list("day__week", "status", "planned", "count", "first", "last")
)


IS_DELETED = ExpressionWrapper(Q(deleted_at__isnull=False), BooleanField())
_LINE = (
    *("pk", "number", "label", "phase", "title", "goal"),
    *("readiness_gain", "checkpoint", "resources"),
)
_WEEKS = Prepared(
    lambda: (
        PlanWeek.objects.filter(plan=Param("plan"))
        .order_by("number")
        .values_list(*_LINE, IS_DELETED)
    )
)
_PLAN_PROGRESS = Prepared(lambda: _PROGRESS.filter(plan=Param("plan")))
_WEEK_PROGRESS = Prepared(lambda: _PROGRESS.filter(plan=Param("plan"), day__week=Param("week")))


def load_weeks(plan: Plan) -> list[WeekLine]:
    """Return the plan's weeks with minutes, progress and dates, but deleted ones without a task.
    Two queries."""
    lines = {row[0]: WeekLine(*row) for row in _WEEKS(plan=plan.pk)}
    for week, *counted in _PLAN_PROGRESS(plan=plan.pk):
        lines[week].add(*counted)
    return [line for line in lines.values() if line.tasks or line.skipped or not line.is_deleted]


def load_line(week: PlanWeek) -> WeekLine:
    """Return one week, already loaded, with minutes, progress and dates. One query."""
    line = WeekLine(*(getattr(week, name) for name in _LINE))
    for _, *counted in _WEEK_PROGRESS(plan=week.plan_id, week=week.pk):
        line.add(*counted)
    return line


_TASKS = Prepared(
    lambda: (
        Task.objects.filter(day__week=Param("week"), deleted_at=None)
        .annotate(has_note=ExpressionWrapper(~Q(note=""), BooleanField()))
        .order_by("position", "parts__number")
        .values_list(
            "parts__day",
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
        )
    )
)
_DAYS = Prepared(
    lambda: (
        PlanDay.objects.filter(week=Param("week"))
        .order_by("position")
        .values_list("pk", "title", "goal", "notes_html", IS_DELETED)
    )
)


def _criteria() -> Any:
    """Those of the week, and those of its days: a day that was moved keeps its own."""
    columns = ("position", "day_id", "pk", "text", "met_on")
    own = Criterion.objects.filter(week=Param("week"), day=None)
    of_days = Criterion.objects.filter(day__week=Param("week"))
    rows = own.order_by().values_list(*columns)
    return rows.union(of_days.order_by().values_list(*columns), all=True)


_CRITERIA = Prepared(_criteria)


def load_outline(line: WeekLine) -> OutlineWeek:
    """Return one week with days, tasks, dates and criteria; a deleted day is left out, unless a
    task is in it. Three queries."""
    days = {row[0]: OutlineDay(*row) for row in _DAYS(week=line.pk)}
    tasks: dict[uuid.UUID, OutlineTask] = {}
    for planned_on, outline_day, *values in _TASKS(week=line.pk):
        task = tasks.get(values[0])
        if task is None:
            task = tasks[values[0]] = OutlineTask(*values)
            days[outline_day].tasks.append(task)
        if planned_on is not None:
            task.days.append(planned_on)
    own: list[CriterionLine] = []
    for _, outline_day, *criterion in sorted(_CRITERIA(week=line.pk), key=itemgetter(0)):
        (days[outline_day].criteria if outline_day else own).append(CriterionLine(*criterion))
    shown = [day for day in days.values() if day.tasks or not day.is_deleted]
    return OutlineWeek(line, shown, own)


def load_task(task: Task) -> OutlineTask:
    """Return the row of one task, already loaded, with its dates. One query."""
    return OutlineTask(
        task.pk,
        task.title,
        task.session,
        task.kind,
        task.priority,
        task.minutes,
        task.status,
        task.done_on,
        task.skip_reason,
        task.pinned_on,
        bool(task.note),
        list(task.parts.order_by("number").values_list("day", flat=True)),
    )
