"""A text as the page shows it before it becomes a plan: weeks, days, tasks. Does not query."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from apps.exchange.coverage_match import TopicName
from apps.exchange.plan_import import Incoming, done_on, is_skipped
from apps.exchange.plan_import_tasks import Drafted, Source, labels_of
from apps.plans.layout import Layout


class TaskLine(NamedTuple):
    """A task to be: `day` is when it was done, else the first day it would be planned for."""

    title: str
    minutes: int
    is_assumed: bool
    is_done: bool
    is_skipped: bool
    is_optional: bool
    is_nested: bool
    day: dt.date | None
    topics: tuple[str, ...]


class DayLine(NamedTuple):
    """A day of the outline."""

    title: str
    date: dt.date | None
    tasks: list[TaskLine]


@dataclass(slots=True)
class WeekLine:
    """A week of the outline, with its sums."""

    label: str
    title: str
    phase: str
    days: list[DayLine] = field(default_factory=list)

    @property
    def tasks(self) -> list[TaskLine]:
        return [task for day in self.days for task in day.tasks]

    @property
    def done(self) -> int:
        return sum(task.is_done for task in self.tasks)

    @property
    def minutes(self) -> int:
        return sum(task.minutes for task in self.tasks)


class Shown(NamedTuple):
    """What the preview shows. `late` counts open tasks that would end after the interview."""

    weeks: list[WeekLine]
    counts: dict[str, int]
    open_minutes: int
    last_day: dt.date | None
    late: int
    topic_tasks: int
    topic_names: list[str]


def shown(
    incoming: Incoming,
    topics: Mapping[int, Sequence[TopicName]],
    layout: Layout | None,
    today: dt.date,
) -> Shown:
    """Return the preview; `layout` is None where there is no time for study."""
    first: dict[object, dt.date] = {}
    for part in layout.parts if layout else ():
        first.setdefault(part.key, part.day)
    lines: dict[tuple[int, int], list[TaskLine]] = defaultdict(list)
    for task in incoming.tasks:
        lines[task.week, task.day].append(_line(task, topics, first, today))
    labels = labels_of(incoming.said.weeks)
    weeks = [
        WeekLine(
            labels[place],
            week.title,
            week.phase,
            [DayLine(day.title, day.date, lines[place, n]) for n, day in enumerate(week.days)],
        )
        for place, week in enumerate(incoming.said.weeks)
    ]
    names = {topic.id: topic.title for named in topics.values() for topic in named}
    return Shown(
        weeks=weeks,
        counts=incoming.counts,
        open_minutes=sum(part.minutes for part in layout.parts) if layout else 0,
        last_day=layout.last_day if layout else None,
        late=len(layout.late) if layout else 0,
        topic_tasks=len(topics),
        topic_names=sorted(names.values(), key=str.casefold),
    )


def _line(
    task: Drafted,
    topics: Mapping[int, Sequence[TopicName]],
    first: Mapping[object, dt.date],
    today: dt.date,
) -> TaskLine:
    return TaskLine(
        title=task.box.title,
        minutes=task.minutes,
        is_assumed=task.source != Source.STATED,
        is_done=task.box.done,
        is_skipped=is_skipped(task),
        is_optional=task.priority == "optional",
        is_nested=task.box.parent is not None,
        day=done_on(task, today) or first.get(task.number),
        topics=tuple(topic.title for topic in topics.get(task.number, ())),
    )
