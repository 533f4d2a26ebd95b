"""A plan as its changes see it: the tasks in order, the outline, the learner's hours. Pure.

A change is a function from one sketch to another; `settle` lays the result out over the days, and
`compare` says which dates move. What is finished, skipped or pinned keeps its parts.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from apps.plans.layout import Item, Layout, lay_out

LEAST_LEFT = 5  # what an open task still takes, however much was spent on it
TODO, DONE, SKIPPED = "todo", "done", "skipped"
Span = tuple[dt.date, dt.date]
Pieces = tuple[tuple[dt.date, int], ...]


@dataclass(frozen=True, slots=True)
class Made:
    """What a task that is not stored yet is made with, beside what every job has. Session, detail
    and links are those of the task `like`, where there is one."""

    session: str = "study"
    detail: str = ""
    links: tuple[Mapping[str, str], ...] = ()
    topics: tuple[uuid.UUID, ...] = ()
    key: str = ""
    like: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A task: its outline day, minutes in all and spent, and its parts. `weight` is that of its
    heaviest topic (3 must, 2 good-to-know, 1 specialisation; 0 without one)."""

    key: uuid.UUID
    title: str
    day: uuid.UUID
    minutes: int
    spent: int = 0
    status: str = TODO
    kind: str = "read"
    priority: str = "must"
    pinned_on: dt.date | None = None
    parts: Pieces = ()
    weight: int = 0
    topics: frozenset[uuid.UUID] = frozenset()
    skip_reason: str = ""
    made: Made | None = None
    session: str = "study"

    @property
    def left(self) -> int:
        """Minutes it still takes."""
        return max(self.minutes - self.spent, LEAST_LEFT)

    @property
    def is_open(self) -> bool:
        return self.status == TODO

    @property
    def moves(self) -> bool:
        """Whether a change may move it: open and not pinned."""
        return self.status == TODO and self.pinned_on is None

    def laid(self, parts: Pieces) -> Job:
        """Return the task with other parts: what `replace` does, four times as quickly."""
        return Job(
            self.key,
            self.title,
            self.day,
            self.minutes,
            self.spent,
            self.status,
            self.kind,
            self.priority,
            self.pinned_on,
            parts,
            self.weight,
            self.topics,
            self.skip_reason,
            self.made,
            self.session,
        )

    @property
    def span(self) -> Span | None:
        """First and last day it is planned for."""
        return (self.parts[0][0], self.parts[-1][0]) if self.parts else None


@dataclass(frozen=True, slots=True)
class SketchDay:
    """A day of the outline."""

    key: uuid.UUID
    week: uuid.UUID
    position: int
    title: str
    goal: str = ""
    is_new: bool = False
    is_deleted: bool = False
    criteria: tuple[str, ...] = ()  # of a day that is new


@dataclass(frozen=True, slots=True)
class SketchWeek:
    """A week of the outline, as its `name` ("Week 3") says."""

    key: uuid.UUID
    number: int
    name: str
    title: str
    checkpoint: dict[str, Any] | None = None
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class SketchBreak:
    """Days without study."""

    key: uuid.UUID
    first: dt.date
    last: dt.date
    label: str = ""


@dataclass(frozen=True, slots=True)
class Sketch:
    """A plan at one moment. `jobs` are in the order they are laid out; deleted ones are left out."""

    today: dt.date
    starts_on: dt.date
    hours: tuple[int, ...]
    jobs: tuple[Job, ...]
    days: tuple[SketchDay, ...] = ()
    weeks: tuple[SketchWeek, ...] = ()
    breaks: tuple[SketchBreak, ...] = ()
    target_on: dt.date | None = None
    interview_on: dt.date | None = None
    proposals: Mapping[uuid.UUID, str] = field(
        default_factory=dict
    )  # state by id, where it changes

    @property
    def target(self) -> dt.date | None:
        """The date the plan is to end by: its own, else the interview that is still to come."""
        to_come = self.interview_on and self.interview_on >= self.today
        return self.target_on or (self.interview_on if to_come else None)

    @property
    def last_day(self) -> dt.date | None:
        """The last day that open work is planned for; where nothing is open, that finished work
        was."""
        planned = [job for job in self.jobs if job.parts and job.status != SKIPPED]
        still = [job.parts[-1][0] for job in planned if job.is_open]
        return max(still or [job.parts[-1][0] for job in planned], default=None)

    @property
    def late(self) -> int:
        """How many open tasks end after the target."""
        if self.target is None:
            return 0
        return sum(
            1 for job in self.jobs if job.is_open and job.parts and job.parts[-1][0] > self.target
        )

    def capacity(self, day: dt.date) -> int:
        """Return the minutes of study a day has: none on a day of a break."""
        if any(each.first <= day <= each.last for each in self.breaks):
            return 0
        return self.hours[day.weekday()]

    def job(self, key: uuid.UUID) -> Job | None:
        """Return the task of that id."""
        return next((job for job in self.jobs if job.key == key), None)

    def week_of(self, job: Job) -> SketchWeek | None:
        """Return the week of the outline a task is in."""
        day = next((day for day in self.days if day.key == job.day), None)
        return next((week for week in self.weeks if day and week.key == day.week), None)


def settle(sketch: Sketch) -> Sketch:
    """Return the sketch with everything that may move laid out from today (or the plan's start) on.

    Finished and pinned work uses up its day first. Raises layout.NoStudyTime.
    """
    placed: list[list[tuple[dt.date, int]]] = [[] for _ in sketch.jobs]
    for part in layout_of(sketch).parts:
        placed[part.key].append((part.day, part.minutes))  # type: ignore[call-overload] # a place
    jobs = []
    for job, pieces in zip(sketch.jobs, placed, strict=True):
        if job.moves:
            parts = tuple(pieces)
            if parts != job.parts:
                job = job.laid(parts)
        elif job.is_open and job.pinned_on and _is_stale(job):
            job = job.laid(((job.pinned_on, job.left),))
        jobs.append(job)
    return replace(sketch, jobs=tuple(jobs))


def _is_stale(job: Job) -> bool:
    """Whether a pinned task lies elsewhere than on its pin."""
    return {day for day, _ in job.parts} != {job.pinned_on}


def layout_of(sketch: Sketch) -> Layout:
    """Return the layout of what may move, each task by its place. Raises layout.NoStudyTime."""
    first_day = max(sketch.today, sketch.starts_on)
    used: dict[dt.date, int] = defaultdict(int)
    for job in sketch.jobs:
        if job.status == SKIPPED or job.moves:
            continue
        if job.is_open and job.pinned_on and _is_stale(job):
            used[job.pinned_on] += job.left
            continue
        for day, minutes in job.parts:
            if day >= first_day:
                used[day] += minutes
    return lay_out(
        [Item(place, job.left) for place, job in enumerate(sketch.jobs) if job.moves],
        sketch.hours,
        [(each.first, each.last) for each in sketch.breaks],
        first_day=first_day,
        used=used,
        target=sketch.target,
    )


@dataclass(frozen=True, slots=True)
class Shift:
    """One task as a change moves it: its days, and its minutes, now and then. `then` is None for
    what is skipped or dropped, `now` for what is new or has no date."""

    title: str
    now: Span | None
    then: Span | None
    minutes_now: int
    minutes_then: int

    @property
    def is_resized(self) -> bool:
        return bool(self.minutes_now and self.minutes_then) and (
            self.minutes_now != self.minutes_then
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a change does: tasks that move, come or go, and where the plan ends."""

    shifts: tuple[Shift, ...]
    added: tuple[Shift, ...]
    gone: tuple[Shift, ...]
    last_before: dt.date | None
    last_after: dt.date | None
    late_before: int
    late_after: int
    target: dt.date | None
    minutes_before: int
    minutes_after: int

    @property
    def days_later(self) -> int:
        """Days by which the plan ends later (negative: earlier)."""
        if self.last_before is None or self.last_after is None:
            return 0
        return (self.last_after - self.last_before).days

    @property
    def days_over(self) -> int:
        """Days by which the plan ends after its target then; 0 when it does not, or has none."""
        if self.target is None or self.last_after is None:
            return 0
        return max((self.last_after - self.target).days, 0)

    @property
    def moves_nothing(self) -> bool:
        return not (self.shifts or self.added or self.gone)


def compare(before: Sketch, after: Sketch) -> Comparison:
    """Return what differs between two sketches of a plan, by the dates that come of it."""
    old = {job.key: job for job in before.jobs}
    shifts, added, gone = [], [], []
    for job in after.jobs:
        was = old.pop(job.key, None)
        if was is None:
            added.append(Shift(job.title, None, job.span, 0, job.minutes))
        elif was is job:
            continue
        elif job.status == SKIPPED != was.status:
            gone.append(Shift(job.title, was.span, None, was.minutes, 0))
        elif (was.parts, was.minutes) != (job.parts, job.minutes):
            shifts.append(Shift(job.title, was.span, job.span, was.minutes, job.minutes))
    gone += [Shift(job.title, job.span, None, job.minutes, 0) for job in old.values()]
    return Comparison(
        shifts=_by_date(shifts),
        added=_by_date(added),
        gone=tuple(gone),
        last_before=before.last_day,
        last_after=after.last_day,
        late_before=before.late,
        late_after=after.late,
        target=after.target,
        minutes_before=minutes_left(before.jobs),
        minutes_after=minutes_left(after.jobs),
    )


def minutes_left(jobs: Iterable[Job]) -> int:
    """Return the minutes that open tasks still take."""
    return sum(job.left for job in jobs if job.is_open)


def _by_date(shifts: list[Shift]) -> tuple[Shift, ...]:
    """Those of one date stay in the plan's order."""
    last = (dt.date.max, dt.date.max)
    return tuple(sorted(shifts, key=lambda shift: shift.then or last))
