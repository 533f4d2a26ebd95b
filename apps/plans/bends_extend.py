"""More study days for a task, a day or a topic, or fewer. Pure; see `bends.py`."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from apps.plans.bends import NothingToDo, chosen, exchanged, named, together
from apps.plans.layout import shared
from apps.plans.sketch import SKIPPED, Job, Sketch, settle

AS_LONG_AS_THEY_ARE = frozenset({"check", "assess", "review", "mock", "apply", "setup"})
MOST_MINUTES = 6_000  # a task holds


@dataclass(frozen=True, slots=True)
class Extend:
    """Give tasks `days` study days: their minutes grow or shrink in proportion to fill what the
    work before them leaves of these days. Checks, mocks, quick references and their like keep
    their minutes, unless there is nothing else.

    `name` is what they are together: an outline day's or a topic's title.
    """

    keys: frozenset[uuid.UUID]
    days: int
    name: str = ""
    kind: ClassVar[str] = "extend"
    changes_learner: ClassVar[bool] = False

    def what(self, sketch: Sketch) -> str:
        jobs = chosen(sketch, self.keys)
        before = study_days(jobs)
        said = f" from {before} to" if before and before != self.days else " to"
        unit = "study day" if self.days == 1 else "study days"
        return f"Extended {f'“{self.name}”' if self.name else named(jobs)}{said} {self.days} {unit}"

    def __call__(self, sketch: Sketch) -> Sketch:
        jobs = chosen(sketch, self.keys)
        side_by_side = settle(together(sketch, jobs))
        growing = [job for job in jobs if not _keeps_minutes(job)] or jobs
        kept = sum(job.left for job in jobs) - sum(job.left for job in growing)
        room = room_of_days(side_by_side, self.keys, self.days) - kept
        while room >= 5 * len(growing):
            sized = _sized(growing, room)
            after = exchanged(side_by_side, sized)
            if study_days(chosen(settle(after), self.keys)) <= self.days:
                return after
            room -= 5  # no part is shorter than a quarter of an hour, so that some room stays free
        raise NothingToDo(
            f"These days have {room + kept} minutes of study, and that is too little for "
            f"{len(jobs)} tasks. Give them more days."
        )


def _keeps_minutes(job: Job) -> bool:
    return job.kind in AS_LONG_AS_THEY_ARE or job.session == "reference"


def _sized(jobs: Sequence[Job], room: int) -> list[Job]:
    shares = shared(room, [job.left for job in jobs])
    if any(job.spent + share > MOST_MINUTES for job, share in zip(jobs, shares, strict=True)):
        raise NothingToDo(
            f"A task has {MOST_MINUTES:,} minutes at most, and these days have more. Give it "
            "fewer days, or split it first."
        )
    return [
        replace(job, minutes=job.spent + share) for job, share in zip(jobs, shares, strict=True)
    ]


def study_days(jobs: Iterable[Job]) -> int:
    """Return on how many days these tasks are planned."""
    return len({day for job in jobs for day, _ in job.parts})


def room_of_days(sketch: Sketch, keys: frozenset[uuid.UUID], days: int) -> int:
    """Return the minutes that so many study days leave to these tasks, from the first one they are
    on: without what is finished or pinned there, and what comes before them on the first."""
    first = min(day for job in sketch.jobs if job.key in keys for day, _ in job.parts)
    ahead, taken = True, dict[dt.date, int]()
    for job in sketch.jobs:
        ahead = ahead and job.key not in keys
        if job.key in keys or job.status == SKIPPED or (job.moves and not ahead):
            continue
        for day, minutes in job.parts:
            taken[day] = taken.get(day, 0) + minutes
    total, found, day = 0, 0, first
    for _ in range(366 * 2):
        minutes = sketch.capacity(day) - taken.get(day, 0)
        if minutes > 0:
            total, found = total + minutes, found + 1
            if found == days:
                break
        day += dt.timedelta(days=1)
    return total
