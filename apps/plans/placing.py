"""Where proposals go in a plan, and the tasks they become. Pure; see `bends.py`.

A proposal to study or relearn becomes one batch: reading the topic, then an exercise or questions
on it. Mixed in, batches alternate with planned work over the coming weeks; the first ones first.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from apps.plans.bends import NothingToDo, named
from apps.plans.bends_whole import Insert
from apps.plans.sketch import Job, Made, Sketch, SketchDay, SketchWeek, settle

MIXED, NEXT, END = "mixed", "next", "end"
WINDOW = 28  # days over which mixed batches are spread
DAY_TITLE = "Closing gaps"
DAY_GOAL = "What assessments, checks and reviews have found."
QUESTIONS_KEY = "gap-questions"  # of a task whose check asks about its own topics alone
MOST_QUESTIONS = 3  # that such a check asks on a topic
QUESTIONS_MINUTES = 10
LEAST_MINUTES, MOST_MINUTES = 5, 600
MOST_TITLE = 200
SPECIAL = re.compile(r"([\\`*_\[\]<>#|~!])")


@dataclass(frozen=True, slots=True)
class Resource:
    """A page of the library."""

    title: str
    address: str


@dataclass(frozen=True, slots=True)
class Drill:
    """An exercise of the library."""

    key: uuid.UUID
    title: str
    address: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A proposal to study or relearn a topic, and what there is to do so."""

    key: uuid.UUID
    topic: uuid.UUID
    title: str
    address: str
    minutes: int
    weight: int = 2
    is_relearn: bool = False
    prompted_by: str = ""
    resources: tuple[Resource, ...] = ()
    drills: tuple[Drill, ...] = ()
    questions: int = 0

    @property
    def priority(self) -> str:
        return {3: "must", 2: "should"}.get(self.weight, "optional")


Ids = Callable[[], uuid.UUID]


def drills_of(gaps: Sequence[Gap]) -> list[Drill | None]:
    """Return the exercise of each gap: its first that no gap before it has."""
    used: set[uuid.UUID] = set()
    found = []
    for gap in gaps:
        drill = next((each for each in gap.drills if each.key not in used), None)
        used |= {drill.key} if drill else set()
        found.append(drill)
    return found


def tasks_of(
    gap: Gap, drill: Drill | None, day: uuid.UUID, ids: Ids = uuid.uuid4
) -> tuple[Job, Job]:
    """Return what closes a gap, in that outline day: reading, then the exercise; without one, a
    check on the topic."""
    verb = f"Learn {gap.title} again" if gap.is_relearn else f"Study {gap.title}"
    read = Job(
        key=ids(),
        title=shortened(verb),
        day=day,
        minutes=_fitted(gap.minutes),
        priority=gap.priority,
        weight=gap.weight,
        topics=frozenset((gap.topic,)),
        made=Made(detail=_detail(gap), topics=(gap.topic,)),
    )
    return read, _exercise(gap, read, drill, ids) if drill else _questions(gap, read, ids)


def size_of(gap: Gap, drill: Drill | None) -> int:
    """Return the minutes of both tasks."""
    return _fitted(gap.minutes) + (_fitted(drill.minutes) if drill else QUESTIONS_MINUTES)


def _fitted(minutes: int) -> int:
    return min(max(minutes, LEAST_MINUTES), MOST_MINUTES)


def _exercise(gap: Gap, read: Job, drill: Drill, ids: Ids) -> Job:
    return replace(
        read,
        key=ids(),
        title=shortened(f"Exercise: {drill.title}"),
        kind="code",
        minutes=_fitted(drill.minutes),
        made=Made(
            session="practice",
            detail=f"{_link(drill.title, drill.address)}, on {_plain(gap.title)}.",
            topics=(gap.topic,),
        ),
    )


def _questions(gap: Gap, read: Job, ids: Ids) -> Job:
    # What the check asks: the topic's questions, and to explain it.
    count = min(gap.questions + 1, MOST_QUESTIONS)
    words = f"Answer {count} questions on {gap.title}" if count > 1 else f"Explain {gap.title}"
    return replace(
        read,
        key=ids(),
        title=shortened(words),
        kind="check",
        minutes=QUESTIONS_MINUTES,
        made=Made(session="check", topics=(gap.topic,), key=QUESTIONS_KEY),
    )


def _detail(gap: Gap) -> str:
    pages = [f"- {_link(each.title, each.address)}" for each in gap.resources]
    lines = [*pages, f"- {_link(gap.title, gap.address)}, the topic’s own page"]
    if gap.prompted_by:
        lines += ["", f"Proposed by: {_plain(gap.prompted_by)}"]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """The text so that Markdown leaves it as it is."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _link(title: str, address: str) -> str:
    return f"[{_plain(title)}]({address})"


def shortened(title: str) -> str:
    """Return a title as long as a task's may be."""
    return title if len(title) <= MOST_TITLE else f"{title[: MOST_TITLE - 1].rstrip()}…"


def spots(sketch: Sketch, sizes: Sequence[int], how: str) -> list[uuid.UUID | None]:
    """Return the open task that each batch of so many minutes goes before (None: behind all), in
    their order.

    Mixed: today stays as it is; from the next study day on, as many minutes of planned work as the
    batch takes, and no less than the rest of a usual day, come before the next batch; less of it,
    down to none, where the batches would else not all fit into the coming four weeks. Raises
    layout.NoStudyTime.
    """
    first = next((job.key for job in sketch.jobs if job.moves), None)
    if how == END or first is None:
        return [None] * len(sizes)
    if how == NEXT:
        return [first] * len(sizes)
    waiting = [job for job in settle(sketch).jobs if job.moves]
    later = [job for job in waiting if job.parts and job.parts[0][0] > sketch.today]
    gaps = _between(sketch, sizes)
    found: list[uuid.UUID | None] = []
    place, behind, wanted = 0, 0.0, 0.0
    for gap in gaps:
        while place < len(later) and behind + later[place].left / 2 < wanted:
            behind += later[place].left
            place += 1
        found.append(later[place].key if place < len(later) else None)
        wanted += gap
    return found


def _between(sketch: Sketch, sizes: Sequence[int]) -> list[float]:
    """Minutes of planned work behind each batch."""
    first = max(sketch.today + dt.timedelta(days=1), sketch.starts_on)
    days = [sketch.capacity(first + dt.timedelta(days=number)) for number in range(WINDOW)]
    study = [minutes for minutes in days if minutes]
    if not study:
        return [0.0] * len(sizes)
    usual = sum(study) / len(study)
    wishes = [max(float(size), usual - size) for size in sizes]
    room = max(sum(study) - sum(sizes), 0)
    share = min(1.0, room / max(sum(wishes[:-1]), 1.0))
    return [wish * share for wish in wishes]


@dataclass(frozen=True, slots=True)
class Place:
    """Make tasks of these proposals, in their order. `week_number` is free for a new week, where
    the plan has none yet."""

    gaps: tuple[Gap, ...]
    how: str = MIXED
    week_number: int = 1
    kind: ClassVar[str] = "place"
    changes_learner: ClassVar[bool] = False

    def what(self, sketch: Sketch) -> str:
        return said(self.gaps)

    def __call__(self, sketch: Sketch) -> Sketch:
        if not self.gaps:
            raise NothingToDo("Choose at least one proposal.")
        return self.insert(sketch)(sketch)

    def insert(self, sketch: Sketch, ids: Ids = uuid.uuid4) -> Insert:
        """Return the new tasks where they go, with an outline day in each week they come to."""
        drills = drills_of(self.gaps)
        sizes = [size_of(gap, drill) for gap, drill in zip(self.gaps, drills, strict=True)]
        weeks = [] if sketch.weeks else [_new_week(self.week_number, ids)]
        inside = _Weeks((*sketch.weeks, *weeks), sketch)
        days: dict[uuid.UUID, SketchDay] = {}
        batches = []
        places = spots(sketch, sizes, self.how)
        for gap, drill, spot in zip(self.gaps, drills, places, strict=True):
            week = inside.week_at(spot)
            if week not in days:
                days[week] = SketchDay(
                    ids(), week, inside.next_position(week), DAY_TITLE, DAY_GOAL, is_new=True
                )
            batches.append((spot, tasks_of(gap, drill, days[week].key, ids)))
        return Insert(
            tuple(batches), tuple(days.values()), tuple(weeks), said(self.gaps), self.kind
        )


def _new_week(number: int, ids: Ids) -> SketchWeek:
    return SketchWeek(ids(), number, f"Week {number}", DAY_TITLE, is_new=True)


class _Weeks:
    """In which week of the outline a batch lands."""

    def __init__(self, weeks: Sequence[SketchWeek], sketch: Sketch) -> None:
        week_of = {day.key: day.week for day in sketch.days}
        self.sketch = sketch
        self.of_job = {job.key: week_of[job.day] for job in sketch.jobs if job.day in week_of}
        behind = [job.key for job in sketch.jobs if job.key in self.of_job]
        self.last = self.of_job[behind[-1]] if behind else weeks[-1].key

    def week_at(self, spot: uuid.UUID | None) -> uuid.UUID:
        """Return the week of that task; of the last one for None."""
        return self.of_job.get(spot, self.last) if spot else self.last

    def next_position(self, week: uuid.UUID) -> int:
        """Return the position behind the week's days."""
        return 1 + max((day.position for day in self.sketch.days if day.week == week), default=-1)


def spared(
    sketch: Sketch, topics: Collection[uuid.UUID], asks: Collection[str]
) -> tuple[list[Job], list[Job]]:
    """Return the open tasks that teach these topics alone, and those that teach others, too. Tasks
    of the kinds that only `ask` teach nothing."""
    wanted = frozenset(topics)
    teaching = [
        job for job in sketch.jobs if job.is_open and job.kind not in asks and job.topics & wanted
    ]
    goes = [job for job in teaching if job.topics <= wanted]
    return goes, [job for job in teaching if not job.topics <= wanted]


def first_within(sizes: Sequence[int], minutes: int) -> int:
    """Return how many of the first fit into so many minutes; at least one, if there is any."""
    total = 0
    for number, size in enumerate(sizes):
        total += size
        if total > minutes:
            return max(number, 1)
    return len(sizes)


def said(gaps: Sequence[Gap], left_out: Sequence[Job] = ()) -> str:
    """Return what placing these and leaving out those tasks is called in the history."""
    words = []
    if gaps:
        one = f"“{gaps[0].title}”" if len(gaps) == 1 else f"{len(gaps)} topics"
        words.append(f"placed {one}")
    if left_out:
        words.append(f"left out {named(left_out)}")
    text = " and ".join(words)
    return text[:1].upper() + text[1:]
