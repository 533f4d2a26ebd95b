"""The changes that concern the plan as a whole: new tasks, hours, breaks, dates, and several at once.
Pure; see `bends.py`."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

from apps.plans.bends import Bend, NothingToDo, named
from apps.plans.sketch import Job, Sketch, SketchBreak, SketchDay, SketchWeek, settle


@dataclass(frozen=True, slots=True)
class Insert:
    """Add new tasks (their `made` set), and the outline days and weeks they are in. Each list goes
    in before the open task `before` (None: behind everything)."""

    batches: tuple[tuple[uuid.UUID | None, tuple[Job, ...]], ...]
    days: tuple[SketchDay, ...] = ()
    weeks: tuple[SketchWeek, ...] = ()
    said: str = ""
    as_kind: str = "branch"
    changes_learner: ClassVar[bool] = False

    @property
    def kind(self) -> str:
        return self.as_kind

    def what(self, sketch: Sketch) -> str:
        jobs = [job for _, batch in self.batches for job in batch]
        return self.said or f"Added {named(jobs)}"

    def __call__(self, sketch: Sketch) -> Sketch:
        if not any(batch for _, batch in self.batches):
            raise NothingToDo("There is nothing to add.")
        before: dict[uuid.UUID | None, list[Job]] = {}
        present = {job.key for job in sketch.jobs}
        for key, batch in self.batches:
            before.setdefault(key if key in present else None, []).extend(batch)
        jobs: list[Job] = []
        for job in sketch.jobs:
            jobs += [*before.get(job.key, ()), job]
        jobs += before.get(None, ())
        return replace(
            sketch,
            jobs=tuple(jobs),
            days=(*sketch.days, *self.days),
            weeks=(*sketch.weeks, *self.weeks),
        )


@dataclass(frozen=True, slots=True)
class CarryOn:
    """A checkpoint's way on that adds nothing: no date moves."""

    said: str
    kind: ClassVar[str] = "checkpoint"
    changes_learner: ClassVar[bool] = False

    def what(self, sketch: Sketch) -> str:
        return self.said

    def __call__(self, sketch: Sketch) -> Sketch:
        return sketch


@dataclass(frozen=True, slots=True)
class Hours:
    """Study so many minutes on each weekday, Monday first."""

    minutes: tuple[int, ...]
    kind: ClassVar[str] = "hours"
    changes_learner: ClassVar[bool] = True

    def what(self, sketch: Sketch) -> str:
        return f"Hours changed from {hours(sum(sketch.hours))} to {hours(sum(self.minutes))} a week"

    def __call__(self, sketch: Sketch) -> Sketch:
        return replace(sketch, hours=self.minutes)


def hours(minutes: int) -> str:
    """Return "7 h", "7 h 30 min" or "45 min"."""
    whole, rest = divmod(minutes, 60)
    return " ".join([f"{whole} h"] * bool(whole) + [f"{rest} min"] * bool(rest or not whole))


@dataclass(frozen=True, slots=True)
class AddBreak:
    """Study nothing from `first` to `last`."""

    first: dt.date
    last: dt.date
    label: str = ""
    key: uuid.UUID = field(default_factory=uuid.uuid4)
    kind: ClassVar[str] = "break"
    changes_learner: ClassVar[bool] = True

    def what(self, sketch: Sketch) -> str:
        said = f" ({self.label})" if self.label else ""
        return (
            f"Break from {self.first.day} {self.first:%B} to {self.last.day} {self.last:%B}{said}"
        )

    def __call__(self, sketch: Sketch) -> Sketch:
        new = SketchBreak(self.key, self.first, self.last, self.label)
        return replace(sketch, breaks=(*sketch.breaks, new))


@dataclass(frozen=True, slots=True)
class RemoveBreak:
    """Study on those days after all."""

    key: uuid.UUID
    kind: ClassVar[str] = "break"
    changes_learner: ClassVar[bool] = True

    def what(self, sketch: Sketch) -> str:
        gone = next((each for each in sketch.breaks if each.key == self.key), None)
        if gone is None:
            raise NothingToDo("That break is gone already.")
        return f"Took back the break from {gone.first.day} {gone.first:%B}"

    def __call__(self, sketch: Sketch) -> Sketch:
        kept = tuple(each for each in sketch.breaks if each.key != self.key)
        return replace(sketch, breaks=kept)


@dataclass(frozen=True, slots=True)
class Target:
    """Let the plan end by another date; with `interview`, that is the interview's. Without
    `lays_out` the date changes and no task moves."""

    day: dt.date | None
    interview: bool = False
    lays_out: bool = True
    kind: ClassVar[str] = "target"
    changes_learner: ClassVar[bool] = True

    def what(self, sketch: Sketch) -> str:
        name = "Interview" if self.interview else "End of the plan"
        before = sketch.interview_on if self.interview else sketch.target
        then = f"{self.day.day} {self.day:%B %Y}" if self.day else "no date"
        if before is None:
            return f"{name} set to {then}"
        return f"{name} moved from {before.day} {before:%B} to {then}"

    def __call__(self, sketch: Sketch) -> Sketch:
        if self.interview:
            return replace(sketch, interview_on=self.day)
        return replace(sketch, target_on=self.day)


@dataclass(frozen=True, slots=True)
class Several:
    """One change after the other, as one revision of the kind that is given."""

    bends: tuple[Bend, ...]
    as_kind: str
    said: str = ""

    @property
    def kind(self) -> str:
        return self.as_kind

    @property
    def changes_learner(self) -> bool:
        return any(bend.changes_learner for bend in self.bends)

    def what(self, sketch: Sketch) -> str:
        return self.said or self.bends[0].what(sketch)

    def __call__(self, sketch: Sketch) -> Sketch:
        for bend in self.bends:
            sketch = bend(sketch)
        return sketch


@dataclass(frozen=True, slots=True)
class Decided:
    """Another change, and with it what becomes of proposals and of a week's checkpoint."""

    bend: Bend
    proposals: Mapping[uuid.UUID, str] = field(default_factory=dict)
    checkpoints: Mapping[uuid.UUID, dict[str, object]] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return self.bend.kind

    @property
    def changes_learner(self) -> bool:
        return self.bend.changes_learner

    def what(self, sketch: Sketch) -> str:
        return self.bend.what(sketch)

    def __call__(self, sketch: Sketch) -> Sketch:
        after = self.bend(sketch)
        weeks = tuple(
            replace(week, checkpoint=self.checkpoints[week.key])
            if week.key in self.checkpoints
            else week
            for week in after.weeks
        )
        return replace(after, weeks=weeks, proposals={**after.proposals, **self.proposals})


def outcome(bend: Bend, sketch: Sketch) -> Sketch:
    """Return the plan as a change leaves it: laid out from today on, unless only a date changes.
    Raises NothingToDo, layout.NoStudyTime."""
    after = bend(sketch)
    if isinstance(bend, Target) and not bend.lays_out:
        return after
    if isinstance(bend, Decided) and isinstance(bend.bend, CarryOn):
        return after
    return settle(after)
