"""What is taken over from a file that was read again, as one change of the plan. Pure."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from apps.exchange.plan_import_merge import Compared, Difference, Kind
from apps.plans.bends import empty_days_deleted
from apps.plans.sketch import Job, Sketch, SketchDay, SketchWeek

# How the history says each, for one and for several.
SAID = {
    Kind.NEW: ("{} task added", "{} tasks added"),
    Kind.GONE: ("{} task taken off", "{} tasks taken off"),
    Kind.TICK: ("{} tick taken over", "{} ticks taken over"),
    Kind.UNTICK: ("{} tick taken back", "{} ticks taken back"),
    Kind.TITLE: ("{} title changed", "{} titles changed"),
    Kind.MINUTES: ("minutes of {} task changed", "minutes of {} tasks changed"),
    Kind.DETAIL: ("notes of {} task changed", "notes of {} tasks changed"),
    Kind.MOVE: ("{} task moved to another day", "{} tasks moved to another day"),
}


def said(taken: Sequence[Difference]) -> str:
    """Return what was taken over in words: "Read the file again: 2 tasks added, 1 tick taken over"."""
    counts = Counter(each.kind for each in taken)
    words = [SAID[kind][counts[kind] > 1].format(counts[kind]) for kind in Kind if counts.get(kind)]
    return f"Read the file again: {', '.join(words) or 'nothing taken over'}"


@dataclass(frozen=True, slots=True)
class Merge:
    """Take these things over. `follows` says behind which task a new or moved one comes, by the
    file; None is the very front."""

    what_is_said: str
    titles: Mapping[uuid.UUID, str] = field(default_factory=dict)
    minutes: Mapping[uuid.UUID, int] = field(default_factory=dict)
    moves: Mapping[uuid.UUID, uuid.UUID] = field(default_factory=dict)
    drops: frozenset[uuid.UUID] = frozenset()
    new: tuple[Job, ...] = ()
    follows: Mapping[uuid.UUID, uuid.UUID | None] = field(default_factory=dict)
    days: tuple[SketchDay, ...] = ()
    weeks: tuple[SketchWeek, ...] = ()
    opens: bool = False  # a tick is taken back, so that there is something to lay out
    kind: ClassVar[str] = "merge"
    changes_learner: ClassVar[bool] = False

    @property
    def is_empty(self) -> bool:
        """Whether the plan stays as it is, but for ticks and notes."""
        return not (
            self.titles or self.minutes or self.moves or self.drops or self.new or self.opens
        )

    def what(self, sketch: Sketch) -> str:
        return self.what_is_said

    def __call__(self, sketch: Sketch) -> Sketch:
        left = {job.day for job in sketch.jobs if job.key in self.drops or job.key in self.moves}
        jobs = tuple(self._ordered(sketch))
        days = empty_days_deleted(sketch.days, jobs, left)
        return replace(
            sketch,
            jobs=jobs,
            days=(*days, *self.days),
            weeks=(*sketch.weeks, *self.weeks),
        )

    def _ordered(self, sketch: Sketch) -> Iterator[Job]:
        placed: dict[uuid.UUID | None, list[Job]] = defaultdict(list)
        present = {job.key for job in sketch.jobs if job.key not in self.drops}
        present |= {job.key for job in self.new}
        moved = {job.key: job for job in sketch.jobs if job.key in self.moves}
        made = {job.key: job for job in self.new}
        for key in self.follows:  # in the order of the file
            job = moved.get(key) or made.get(key)
            if job is not None and key not in self.drops:
                after = self.follows[key]
                placed[after if after in present else None].append(self._changed(job))
        fixed = [
            self._changed(job)
            for job in sketch.jobs
            if job.key not in self.drops and job.key not in self.follows
        ]
        waiting = [*reversed(fixed), *reversed(placed.pop(None, []))]
        while waiting:
            job = waiting.pop()
            yield job
            waiting += reversed(placed.pop(job.key, []))

    def _changed(self, job: Job) -> Job:
        return replace(
            job,
            title=self.titles.get(job.key, job.title),
            minutes=self.minutes.get(job.key, job.minutes),
            day=self.moves.get(job.key, job.day),
        )


def chosen(compared: Compared, keys: frozenset[str]) -> list[Difference]:
    """Return the differences of these keys that can be taken over."""
    return [each for each in compared.differences if each.key in keys and each.can_take]
