"""The changes a plan takes, each from one sketch to another, not laid out yet. Pure.

What is finished or pinned is never moved. A change that would do nothing raises NothingToDo with a
sentence for the learner.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Protocol

from apps.plans.sketch import SKIPPED, Job, Made, Sketch, SketchDay, SketchWeek

LEAST_SPLIT = 5


class NothingToDo(ValueError):
    """The change would do nothing; the message says why."""


class Bend(Protocol):
    """A change of a plan."""

    @property
    def kind(self) -> str:
        """The kind of the revision."""

    @property
    def changes_learner(self) -> bool:
        """Whether hours, breaks or the interview change."""

    def what(self, sketch: Sketch) -> str:
        """Return what is done, as the history says it."""

    def __call__(self, sketch: Sketch) -> Sketch:
        """Return the plan as it is to be, before it is laid out."""


def named(jobs: Sequence[Job]) -> str:
    """Return "“Title”", or "3 tasks"."""
    return f"“{jobs[0].title}”" if len(jobs) == 1 else f"{len(jobs)} tasks"


def day_long(day: dt.date) -> str:
    """Return "Tuesday, 24 November"."""
    return f"{day:%A}, {day.day} {day:%B}"


def chosen(sketch: Sketch, keys: Iterable[uuid.UUID]) -> list[Job]:
    """Return those of these tasks that may move, in order. Raises NothingToDo without any."""
    wanted = set(keys)
    found = [job for job in sketch.jobs if job.key in wanted and job.moves]
    if not found:
        raise NothingToDo("Nothing there can move: it is finished, skipped or pinned.")
    return found


def exchanged(sketch: Sketch, jobs: Iterable[Job]) -> Sketch:
    """Return the sketch with these tasks in the places of those of the same id."""
    new = {job.key: job for job in jobs}
    return replace(sketch, jobs=tuple(new.get(job.key, job) for job in sketch.jobs))


@dataclass(frozen=True, slots=True)
class Reflow:
    """Lay out the rest again from today."""

    kind: ClassVar[str] = "reflow"
    changes_learner: ClassVar[bool] = False

    def what(self, sketch: Sketch) -> str:
        return f"Re-flowed from {sketch.today.day} {sketch.today:%B}"

    def __call__(self, sketch: Sketch) -> Sketch:
        return sketch


def together(sketch: Sketch, jobs: Sequence[Job]) -> Sketch:
    """Return the sketch with these tasks one behind the other, where the first of them is."""
    keys = {job.key for job in jobs}
    first = jobs[0].key
    order: list[Job] = []
    for job in sketch.jobs:
        if job.key == first:
            order += jobs
        elif job.key not in keys:
            order.append(job)
    return replace(sketch, jobs=tuple(order))


@dataclass(frozen=True, slots=True)
class ToWeek:
    """Put tasks into another week of the plan, behind its last task or (`first`) before its first
    open one. They get an outline day there with the `name` of the one they came from."""

    keys: frozenset[uuid.UUID]
    week: uuid.UUID
    first: bool = False
    name: str = ""
    new_day: uuid.UUID = field(default_factory=uuid.uuid4)
    changes_learner: ClassVar[bool] = False

    @property
    def kind(self) -> str:
        return "pull" if self.first else "defer"

    def what(self, sketch: Sketch) -> str:
        jobs = chosen(sketch, self.keys)
        verb = "Pulled" if self.is_forward(sketch, jobs) else "Deferred"
        where = next((week.name for week in sketch.weeks if week.key == self.week), "")
        return f"{verb} {f'“{self.name}”' if self.name else named(jobs)} to {where}"

    def is_forward(self, sketch: Sketch, jobs: Sequence[Job]) -> bool:
        """Whether the week is before that of the first task."""
        there = next((week.number for week in sketch.weeks if week.key == self.week), 0)
        here = sketch.week_of(jobs[0])
        return here is not None and there < here.number

    def __call__(self, sketch: Sketch) -> Sketch:
        jobs = chosen(sketch, self.keys)
        week = next((week for week in sketch.weeks if week.key == self.week), None)
        if week is None:
            raise NothingToDo("That week is not in the plan.")
        jobs = [job for job in jobs if sketch.week_of(job) != week]
        if not jobs:
            raise NothingToDo(f"That is in {week.name} already.")
        keys = {job.key for job in jobs}
        rest = [job for job in sketch.jobs if job.key not in keys]
        days = {day.key: day for day in sketch.days}
        place = self._place(rest, days, week, sketch)
        position = 1 + max(
            (day.position for day in sketch.days if day.week == week.key), default=-1
        )
        left = {job.day for job in jobs}
        if len(left) == 1 and not any(job.day in left for job in rest):
            (source,) = left  # a day as a whole goes with its notes and criteria
            moved_day = replace(days[source], week=week.key, position=position)
            return replace(
                sketch,
                jobs=(*rest[:place], *jobs, *rest[place:]),
                days=tuple(moved_day if day.key == source else day for day in sketch.days),
            )
        first = days[jobs[0].day]
        new = SketchDay(
            self.new_day, week.key, position, (self.name or first.title)[:200], first.goal, True
        )
        moved = [replace(job, day=new.key) for job in jobs]
        kept_days = empty_days_deleted(sketch.days, rest, left)
        return replace(sketch, jobs=(*rest[:place], *moved, *rest[place:]), days=(*kept_days, new))

    def _place(
        self,
        rest: Sequence[Job],
        days: Mapping[uuid.UUID, SketchDay],
        week: SketchWeek,
        sketch: Sketch,
    ) -> int:
        inside = [n for n, job in enumerate(rest) if days[job.day].week == week.key]
        if self.first:
            opened = [n for n in inside if rest[n].moves]
            if opened:
                return opened[0]
        if inside:
            return inside[-1] + 1
        number = {each.key: each.number for each in sketch.weeks}
        before = [n for n, job in enumerate(rest) if number[days[job.day].week] <= week.number]
        return before[-1] + 1 if before else 0


def empty_days_deleted(
    days: Sequence[SketchDay], jobs: Iterable[Job], left: set[uuid.UUID]
) -> list[SketchDay]:
    """Return the days, those of `left` without a task marked as deleted."""
    used = {job.day for job in jobs}
    return [
        replace(day, is_deleted=True) if day.key in left and day.key not in used else day
        for day in days
    ]


@dataclass(frozen=True, slots=True)
class Ahead:
    """Pull tasks forward: they are done next, before all other open work."""

    keys: frozenset[uuid.UUID]
    kind: ClassVar[str] = "pull"
    changes_learner: ClassVar[bool] = False

    def what(self, sketch: Sketch) -> str:
        return f"Pulled {named(chosen(sketch, self.keys))} forward"

    def __call__(self, sketch: Sketch) -> Sketch:
        jobs = chosen(sketch, self.keys)
        keys = {job.key for job in jobs}
        rest = [job for job in sketch.jobs if job.key not in keys]
        place = next((n for n, job in enumerate(rest) if job.moves), len(rest))
        return replace(sketch, jobs=(*rest[:place], *jobs, *rest[place:]))


@dataclass(frozen=True, slots=True)
class PinTo:
    """Put tasks wholly on one day and keep them there, full or not."""

    keys: frozenset[uuid.UUID]
    day: dt.date
    kind: ClassVar[str] = "pin"
    changes_learner: ClassVar[bool] = False

    def what(self, sketch: Sketch) -> str:
        return f"Pinned {named(chosen(sketch, self.keys))} to {day_long(self.day)}"

    def __call__(self, sketch: Sketch) -> Sketch:
        jobs = chosen(sketch, self.keys)
        return exchanged(sketch, [replace(job, pinned_on=self.day) for job in jobs])


@dataclass(frozen=True, slots=True)
class Unpin:
    """Let pinned tasks move again."""

    keys: frozenset[uuid.UUID]
    kind: ClassVar[str] = "unpin"
    changes_learner: ClassVar[bool] = False

    def _pinned(self, sketch: Sketch) -> list[Job]:
        jobs = [
            job for job in sketch.jobs if job.key in self.keys and job.is_open and job.pinned_on
        ]
        if not jobs:
            raise NothingToDo("Nothing there is pinned.")
        return jobs

    def what(self, sketch: Sketch) -> str:
        return f"Unpinned {named(self._pinned(sketch))}"

    def __call__(self, sketch: Sketch) -> Sketch:
        return exchanged(sketch, [replace(job, pinned_on=None) for job in self._pinned(sketch)])


@dataclass(frozen=True, slots=True)
class Split:
    """Divide an open task in two: the first keeps `first` minutes (what was spent included), the
    second gets the rest and a title of its own."""

    key: uuid.UUID
    first: int
    title: str = ""
    new: uuid.UUID = field(default_factory=uuid.uuid4)
    kind: ClassVar[str] = "split"
    changes_learner: ClassVar[bool] = False

    def what(self, sketch: Sketch) -> str:
        (job,) = chosen(sketch, [self.key])
        return f"Split “{job.title}” into {self.first} and {job.minutes - self.first} minutes"

    def __call__(self, sketch: Sketch) -> Sketch:
        (job,) = chosen(sketch, [self.key])
        rest = job.minutes - self.first
        if rest < LEAST_SPLIT or self.first < max(LEAST_SPLIT, job.spent):
            raise NothingToDo(
                f"Both halves need {LEAST_SPLIT} minutes or more, and the first one at least the "
                f"{job.spent} minutes spent on it."
            )
        title = self.title or f"{job.title[:190]} (2)"
        second = replace(
            job,
            key=self.new,
            title=title[:200],
            minutes=rest,
            spent=0,
            parts=(),
            made=Made(topics=tuple(sorted(job.topics, key=str)), like=job.key),
        )
        place = sketch.jobs.index(job)
        return replace(
            sketch,
            jobs=(
                *sketch.jobs[:place],
                replace(job, minutes=self.first),
                second,
                *sketch.jobs[place + 1 :],
            ),
        )


@dataclass(frozen=True, slots=True)
class LeaveOut:
    """Skip open tasks, pinned ones too, and lay out what remains."""

    keys: frozenset[uuid.UUID]
    name: str = ""
    reason: str = ""
    kind: ClassVar[str] = "leave_out"
    changes_learner: ClassVar[bool] = False

    def _open(self, sketch: Sketch) -> list[Job]:
        jobs = [job for job in sketch.jobs if job.key in self.keys and job.is_open]
        if not jobs:
            raise NothingToDo("Nothing there is open.")
        return jobs

    def what(self, sketch: Sketch) -> str:
        jobs = self._open(sketch)
        return f"Left out {self.name or named(jobs)}"

    def __call__(self, sketch: Sketch) -> Sketch:
        jobs = self._open(sketch)
        return exchanged(
            sketch,
            [replace(job, status=SKIPPED, skip_reason=self.reason[:300]) for job in jobs],
        )


@dataclass(frozen=True, slots=True)
class Drop:
    """Take open tasks off the plan; Undo brings them back."""

    keys: frozenset[uuid.UUID]
    name: str = ""
    kind: ClassVar[str] = "drop"
    changes_learner: ClassVar[bool] = False

    def what(self, sketch: Sketch) -> str:
        jobs = chosen(sketch, self.keys)
        return f"Dropped {f'“{self.name}”' if self.name else named(jobs)}"

    def __call__(self, sketch: Sketch) -> Sketch:
        jobs = chosen(sketch, self.keys)
        keys = {job.key for job in jobs}
        rest = [job for job in sketch.jobs if job.key not in keys]
        days = empty_days_deleted(sketch.days, rest, {job.day for job in jobs})
        return replace(sketch, jobs=tuple(rest), days=tuple(days))
