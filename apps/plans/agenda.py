"""The rows of a day and of a week: what was planned, what is carried over, what is finished."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.safestring import SafeString

from apps.accounts.prepared import Param, Prepared, day
from apps.library.keys import topic_address
from apps.library.models import Session, TaskKind
from apps.plans.models import Part, Plan, Task, Work

SESSION_ORDER = {value: number for number, value in enumerate(Session.values)}


class TopicLink(NamedTuple):
    """A topic a task teaches."""

    title: str
    address: str


class Record(NamedTuple):
    part_day: dt.date
    part_minutes: int
    number: int
    of: int
    so_far: int
    task_id: uuid.UUID
    title: str
    session: str
    kind: str
    minutes: int
    status: str
    done_on: dt.date | None
    pinned_on: dt.date | None
    outline_day: uuid.UUID
    spent: int
    # Only Today shows these.
    note_html: str = ""
    running_since: dt.datetime | None = None
    spent_today: int | None = None  # on whatever task: the same in every row


FIELDS = (
    "day",
    "minutes",
    "number",
    "of",
    "so_far",
    "task_id",
    "task__title",
    "task__session",
    "task__kind",
    "task__minutes",
    "task__status",
    "task__done_on",
    "task__pinned_on",
    "task__day_id",
    "spent",
)
_SPENT = (
    Work.objects.filter(task=OuterRef("task"))
    .order_by()
    .values("task")
    .annotate(total=Sum("minutes"))
    .values("total")
)
PARTS = (
    Part.objects.filter(plan=Param("plan"), task__deleted_at=None)
    .annotate(spent=Coalesce(Subquery(_SPENT), 0))
    .order_by("day", "task__position")
)


def _rows_of_today(days: Q) -> QuerySet[Part, Any]:
    """The parts of these days, of what is late, and of what was done today."""
    # Lists of tasks, not a condition on the joined task: that would look up every task of the plan.
    tasks = Task.objects.filter(plan=Param("plan")).order_by().values("pk")
    late = Q(day__lt=day("today"), task__in=tasks.filter(status=Task.Status.TODO))
    done = Q(task__in=tasks.filter(done_on=day("today")))
    spent = Work.objects.filter(user=Param("owner"), day=day("today")).order_by().values("user")
    return (
        PARTS.filter(days | late | done)
        .annotate(spent_today=Subquery(spent.annotate(total=Sum("minutes")).values("total")))
        .values_list(*FIELDS, "task__note_html", "task__timer__started_at", "spent_today")
    )


_TODAY_ROWS = Prepared(lambda: _rows_of_today(Q(day__range=(day("monday"), day("sunday")))))
_TICKED_ROWS = Prepared(lambda: _rows_of_today(Q(day=day("today"))))
_TOPICS = Task.topics.through.objects.order_by("pk").values_list(
    *("task_id", "topic__title", "topic_id", "topic__slug", "topic__collection"),
    "topic__owner_id",
)
STEP, MOST_PLACES = 8, 96  # of a list of ids in a query that is made once


@dataclass(slots=True)
class Row:
    """One task as a page shows it: on one day, with the minutes planned for that day."""

    record: Record
    planned: int
    late_from: dt.date | None = None
    ahead_from: dt.date | None = None
    topics: list[TopicLink] = field(default_factory=list)
    id: uuid.UUID = field(init=False)
    key: SafeString = field(init=False)
    place: SafeString = field(init=False)
    title: str = field(init=False)

    def __post_init__(self) -> None:
        # A page names them a dozen times; there is nothing in them to escape. `place` is the row's
        # id in the week, where a task may stand on several days.
        self.id = self.record.task_id
        self.key = SafeString(self.id)
        self.place = SafeString(f"{self.key}-{self.record.part_day:%m%d}")
        self.title = self.record.title

    @property
    def topic(self) -> TopicLink | None:
        """The topic that is named."""
        return self.topics[0] if self.topics else None

    @property
    def kind_label(self) -> str:
        return KIND_LABEL[self.record.kind]

    @property
    def asks(self) -> str:
        """The kind of an open task that another page does: check, assess or review; else ""."""
        kind = self.record.kind
        return kind if kind in ASKING and self.record.status == Task.Status.TODO else ""

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
    def is_marked(self) -> bool:
        """Whether the week says more of it than title and minutes."""
        return self.record.of > 1 or self.record.pinned_on is not None

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
    def weekday(self) -> str:
        """Its name in three letters."""
        return f"{self.day:%a}"

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
    def dot(self) -> DayTotal:
        """Today among the week's days."""
        return self.week[self.today.weekday()]

    @property
    def lead(self) -> Row | None:
        """The first row that is planned for today itself: it gives the page its heading."""
        planned = [row for row in self.rows if row.late_from is None and row.ahead_from is None]
        return planned[0] if planned else None


KIND_LABEL: dict[str, str] = dict(TaskKind.choices)
ASKING = frozenset({TaskKind.CHECK.value, TaskKind.ASSESS.value, TaskKind.REVIEW.value})


def monday_of(day: dt.date) -> dt.date:
    """Return the Monday of that date's week."""
    return day - dt.timedelta(days=day.weekday())


def week_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """Return the Monday and the Sunday of that date's week."""
    monday = monday_of(day)
    return monday, monday + dt.timedelta(days=6)


def topics_of(task_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[TopicLink]]:
    """Return the topics of these tasks, in the order they were linked. One query."""
    found: dict[uuid.UUID, list[TopicLink]] = defaultdict(list)
    for task, title, *named, owner in _topic_rows(list(task_ids)):
        address = topic_address(*named, is_own=owner is not None)
        found[task].append(TopicLink(title, address))
    return found


def _topic_rows(task_ids: list[uuid.UUID]) -> Iterable[tuple[Any, ...]]:
    """As few queries as may be are made for lists of different lengths: the last id fills up."""
    if not task_ids:
        return []
    places = -len(task_ids) // STEP * -STEP
    filled = [*task_ids, *[task_ids[-1]] * (places - len(task_ids))]
    if places > MOST_PLACES:
        return _TOPICS.filter(task_id__in=task_ids)
    return _topics_of(places)(**{f"task_{place}": pk for place, pk in enumerate(filled)})


@cache
def _topics_of(places: int) -> Prepared:
    wanted: list[Any] = [Param(f"task_{place}") for place in range(places)]
    return Prepared(lambda: _TOPICS.filter(task__id__in=wanted))


def load_agenda(plan: Plan, today: dt.date) -> Agenda:
    """Return what Today shows: carried over, today's sessions, done ahead. Two queries."""
    monday, sunday = week_of(today)
    found = _TODAY_ROWS(
        plan=plan.pk, owner=plan.owner_id, today=today, monday=monday, sunday=sunday
    )
    agenda = build_agenda([Record(*row) for row in found], today)
    rows = agenda.rows
    topics = topics_of(row.id for row in rows)
    for row in rows:
        row.topics = topics.get(row.id, [])
    return agenda


def load_ticked(plan: Plan, today: dt.date, task_id: uuid.UUID) -> tuple[Agenda, Row | None]:
    """Return what a tick changes on Today: the totals, and that task's row. Two queries.

    The other rows have no topics, and of the week only today is counted.
    """
    found = _TICKED_ROWS(plan=plan.pk, owner=plan.owner_id, today=today)
    agenda = build_agenda([Record(*row) for row in found], today)
    row = agenda.row(task_id)
    if row is not None:
        row.topics = topics_of([task_id])[task_id]
    return agenda, row


def build_agenda(records: list[Record], today: dt.date) -> Agenda:
    """Sort part records into groups. Pure."""
    monday = monday_of(today)
    week = [DayTotal(monday + dt.timedelta(days=offset)) for offset in range(7)]
    by_task: dict[uuid.UUID, list[Record]] = defaultdict(list)
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
        past = [part for part in parts if part.part_day < today]
        if past and (missed := _missed(past, today)):
            carried.append(Row(past[-1], missed, late_from=past[-1].part_day))
        elif not past and parts[-1].done_on == today:
            ahead.append(Row(parts[-1], parts[-1].minutes, ahead_from=parts[-1].part_day))

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
    total.spent = (records[0].spent_today or 0) if records else 0
    return Agenda(today, groups, total, week)


def _missed(past: list[Record], today: dt.date) -> int:
    """Return the minutes that earlier days left to do, of a task with no part today; 0 for none.

    After the last part that is the whole task; before it, what is missing of the parts so far.
    """
    last = past[-1]
    if last.status != Task.Status.TODO:
        return last.minutes if last.done_on == today else 0
    if last.number == last.of:
        return last.minutes
    return min(max(last.so_far - last.spent, 0), sum(part.part_minutes for part in past))
