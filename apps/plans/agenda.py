"""The rows of a day and of a week: what was planned, what is carried over, what is finished."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from apps.library.models import Session, TaskKind
from apps.plans.models import Part, Plan, Task, Work

SESSION_ORDER = {value: number for number, value in enumerate(Session.values)}


class TopicLink(NamedTuple):
    """A topic a task teaches."""

    slug: str
    title: str
    area: str


class _Record(NamedTuple):
    part_day: dt.date
    part_minutes: int
    number: int
    of: int
    so_far: int
    task_id: uuid.UUID
    title: str
    session: str
    kind: str
    priority: str
    minutes: int
    status: str
    done_on: dt.date | None
    note_html: str
    position: int
    pinned_on: dt.date | None
    outline_day: uuid.UUID
    day_title: str
    day_goal: str
    week_number: int
    running_since: dt.datetime | None
    spent: int


_FIELDS = (
    "day",
    "minutes",
    "number",
    "of",
    "so_far",
    "task_id",
    "task__title",
    "task__session",
    "task__kind",
    "task__priority",
    "task__minutes",
    "task__status",
    "task__done_on",
    "task__note_html",
    "task__position",
    "task__pinned_on",
    "task__day_id",
    "task__day__title",
    "task__day__goal",
    "task__day__week__number",
    "task__timer__started_at",
    "spent",
)


@dataclass(slots=True)
class Row:
    """One task as a page shows it: on one day, with the minutes planned for that day."""

    record: _Record
    planned: int
    late_from: dt.date | None = None
    ahead_from: dt.date | None = None
    topics: list[TopicLink] = field(default_factory=list)

    @property
    def id(self) -> uuid.UUID:
        return self.record.task_id

    @property
    def title(self) -> str:
        return self.record.title

    @property
    def kind_label(self) -> str:
        return KIND_LABEL[self.record.kind]

    @property
    def more_topics(self) -> int:
        """Topics beside the one that is named."""
        return len(self.topics) - 1

    @property
    def is_done(self) -> bool:
        return self.record.status == Task.Status.DONE

    @property
    def is_skipped(self) -> bool:
        return self.record.status == Task.Status.SKIPPED

    @property
    def is_finished_here(self) -> bool:
        """Whether this day's part is finished: ticked, or its minutes spent."""
        if self.is_done:
            return True
        return self.record.of > 1 and self.record.spent >= self.record.so_far

    @property
    def part_label(self) -> str:
        return f"part {self.record.number} of {self.record.of}" if self.record.of > 1 else ""

    @property
    def minutes_label(self) -> str:
        """ "15 of 20 min" once something was spent, else "20 min"."""
        spent = self.record.spent
        if spent and spent != self.record.minutes:
            return f"{spent} of {self.record.minutes} min"
        return f"{self.planned} min"


@dataclass(slots=True)
class Group:
    """The rows of one session, or those carried over."""

    name: str
    title: str
    rows: list[Row]

    @property
    def minutes(self) -> int:
        return sum(row.planned for row in self.rows)


@dataclass(slots=True)
class DayTotal:
    """Planned minutes of a day and how many of them are of finished work."""

    day: dt.date
    planned: int = 0
    done: int = 0
    tasks: int = 0
    finished: int = 0
    spent: int = 0

    @property
    def percent(self) -> int:
        """Whole percent, rounded down, so that 100 means all of it."""
        return self.done * 100 // self.planned if self.planned else 0

    @property
    def state(self) -> str:
        """`done`, `part` or `none`, for the mark under the date."""
        if not self.planned or not self.done:
            return "none"
        return "done" if self.done >= self.planned else "part"

    @property
    def open(self) -> int:
        return self.tasks - self.finished

    def add(self, row: Row) -> None:
        """Count one row. Skipped work is neither planned nor progress."""
        if row.is_skipped:
            return
        self.planned += row.planned
        self.tasks += 1
        if row.is_finished_here:
            self.done += row.planned
            self.finished += 1


@dataclass(slots=True)
class Agenda:
    """Today: groups of rows, the total, and the week's days around it."""

    today: dt.date
    groups: list[Group]
    total: DayTotal
    week: list[DayTotal]

    def row(self, task_id: uuid.UUID) -> Row | None:
        """Return the row of that task if the page shows it."""
        for group in self.groups:
            for row in group.rows:
                if row.id == task_id:
                    return row
        return None

    @property
    def rows(self) -> list[Row]:
        return [row for group in self.groups for row in group.rows]

    @property
    def lead(self) -> Row | None:
        """The first row that is planned for today itself: it gives the page its heading."""
        planned = [row for row in self.rows if row.late_from is None and row.ahead_from is None]
        return planned[0] if planned else None


KIND_LABEL: dict[str, str] = dict(TaskKind.choices)


def monday_of(day: dt.date) -> dt.date:
    """Return the Monday of that date's week."""
    return day - dt.timedelta(days=day.weekday())


def _records(plan: Plan, where: Q) -> list[_Record]:
    spent = (
        Work.objects.filter(task=OuterRef("task"))
        .values("task")
        .annotate(total=Sum("minutes"))
        .values("total")
    )
    rows = (
        Part.objects.filter(where, plan=plan, task__deleted_at=None)
        .annotate(spent=Coalesce(Subquery(spent), 0))
        .order_by("day", "task__position")
        .values_list(*_FIELDS)
    )
    return [_Record._make(row) for row in rows]


def topics_of(task_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[TopicLink]]:
    """Return the topics of these tasks, in the order they were linked. One query."""
    found: dict[uuid.UUID, list[TopicLink]] = defaultdict(list)
    links = Task.topics.through.objects.filter(task_id__in=list(task_ids)).order_by("pk")
    for task, slug, title, area in links.values_list(
        "task_id", "topic__slug", "topic__title", "topic__area__title"
    ):
        found[task].append(TopicLink(slug, title, area))
    return found


def load_agenda(plan: Plan, today: dt.date) -> Agenda:
    """Return what Today shows: carried over, today's sessions, done ahead. Two queries."""
    monday = monday_of(today)
    sunday = monday + dt.timedelta(days=6)
    records = _records(
        plan,
        Q(day__range=(monday, sunday))
        | Q(day__lt=today, task__status=Task.Status.TODO)
        | Q(task__done_on=today),
    )
    return _with_topics(build_agenda(records, today))


def _with_topics(agenda: Agenda) -> Agenda:
    rows = agenda.rows
    topics = topics_of(row.id for row in rows)
    for row in rows:
        row.topics = topics.get(row.id, [])
    return agenda


def build_agenda(records: list[_Record], today: dt.date) -> Agenda:
    """Sort part records into groups. Pure."""
    monday = monday_of(today)
    week = [DayTotal(monday + dt.timedelta(days=offset)) for offset in range(7)]
    by_task: dict[uuid.UUID, list[_Record]] = defaultdict(list)
    for record in records:
        by_task[record.task_id].append(record)
        offset = (record.part_day - monday).days
        if 0 <= offset < 7:
            week[offset].add(Row(record, record.part_minutes))

    carried: list[Row] = []
    ahead: list[Row] = []
    sessions: dict[str, list[Row]] = defaultdict(list)
    for parts in by_task.values():
        here = next((part for part in parts if part.part_day == today), None)
        if here is not None:
            sessions[here.session].append(Row(here, here.part_minutes))
            continue
        last = parts[-1]
        is_open = last.status == Task.Status.TODO
        if last.part_day < today and last.number == last.of:
            if is_open or last.done_on == today:
                carried.append(Row(last, last.minutes, late_from=last.part_day))
        elif last.part_day > today and last.done_on == today:
            ahead.append(Row(last, last.minutes, ahead_from=last.part_day))

    groups = [Group("carried", "Carried over", carried)] if carried else []
    groups += [
        Group(name, Session(name).label, sessions[name])
        for name in sorted(sessions, key=SESSION_ORDER.__getitem__)
    ]
    if ahead:
        groups.append(Group("ahead", "Done ahead of its day", ahead))
    total = DayTotal(today)
    for group in groups:
        for row in group.rows:
            total.add(row)
            total.spent += row.record.spent
    return Agenda(today, groups, total, week)


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
    day: dt.date,
    weekday_minutes: tuple[int, ...],
    breaks: Iterable[tuple[dt.date, dt.date, str]],
) -> list[WeekDay]:
    """Return the seven days around `day`, Monday first. One query."""
    monday = monday_of(day)
    records = _records(plan, Q(day__range=(monday, monday + dt.timedelta(days=6))))
    spans = list(breaks)
    days = []
    for offset in range(7):
        date = monday + dt.timedelta(days=offset)
        label = next((text or "Break" for a, b, text in spans if a <= date <= b), "")
        capacity = 0 if label else weekday_minutes[date.weekday()]
        days.append(WeekDay(DayTotal(date), [], capacity, label))
    for record in records:
        where = days[(record.part_day - monday).days]
        row = Row(record, record.part_minutes)
        where.rows.append(row)
        where.total.add(row)
    return days
