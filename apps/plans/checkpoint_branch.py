"""The days and tasks of a checkpoint's branch, and the change that brings them in. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from apps.plans.bends import NothingToDo
from apps.plans.bends_whole import CarryOn, Decided, Insert
from apps.plans.checkpoint import AreaFigure, Branch, applied_mark, rule_of
from apps.plans.sketch import Job, Made, Sketch, SketchDay, SketchWeek
from apps.plans.task_lines import TaskLine

SETTLED = "This checkpoint is settled. Undo that first to choose again."


@dataclass(frozen=True, slots=True)
class BranchTask:
    """A task of a branch; of a learner's own one only title and minutes are said."""

    title: str
    minutes: int
    session: str = "study"
    kind: str = "read"
    priority: str = "must"
    detail: str = ""
    links: tuple[Mapping[str, str], ...] = ()
    topics: tuple[uuid.UUID, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class BranchDay:
    """A study day of a branch."""

    title: str
    goal: str = ""
    criteria: tuple[str, ...] = ()
    tasks: tuple[BranchTask, ...] = ()


@dataclass(frozen=True, slots=True)
class BranchPlan:
    """A branch with its days. `is_gone` when the roadmap has no such days any more."""

    branch: Branch
    days: tuple[BranchDay, ...] = ()
    is_gone: bool = False
    is_recommended: bool = False
    tasks: tuple[BranchTask, ...] = field(init=False)
    minutes: int = field(init=False)

    def __post_init__(self) -> None:
        tasks = tuple(task for day in self.days for task in day.tasks)
        minutes = sum(task.minutes for task in tasks) if tasks else self.branch.minutes
        object.__setattr__(self, "tasks", tasks)
        object.__setattr__(self, "minutes", minutes)


def plan_of_branch(
    branch: Branch, roadmap_days: Sequence[BranchDay], *, recommended: bool = False
) -> BranchPlan:
    """Return the branch with its days: the roadmap's, or those of the learner's own lines."""
    if branch.tasks is None:
        return BranchPlan(branch, tuple(roadmap_days), not roadmap_days, recommended)
    days = _own_days(branch, branch.tasks, roadmap_days)
    return BranchPlan(branch, tuple(days), is_recommended=recommended)


def _own_days(
    branch: Branch, lines: Sequence[TaskLine], roadmap_days: Sequence[BranchDay]
) -> list[BranchDay]:
    """A line with the title of a roadmap's task is that task, with other minutes perhaps; what
    stands below it is of its day."""
    known = {task.title: (day, task) for day in roadmap_days for task in day.tasks}
    own = BranchDay(branch.title, branch.summary)
    day, found = own, dict[str, tuple[BranchDay, list[BranchTask]]]()
    for line in lines:
        task = BranchTask(line.title, line.minutes)
        if line.title in known:
            day, held = known[line.title]
            task = BranchTask(
                line.title,
                line.minutes,
                held.session,
                held.kind,
                held.priority,
                held.detail,
                held.links,
                held.topics,
                held.key,
            )
        found.setdefault(day.title, (day, []))[1].append(task)
    return [
        BranchDay(day.title, day.goal, day.criteria, tuple(tasks)) for day, tasks in found.values()
    ]


def decide(
    sketch: Sketch, week_id: uuid.UUID, chosen: BranchPlan, figures: Sequence[AreaFigure]
) -> Decided:
    """Return the change that brings a branch in behind the week's last task and settles its
    checkpoint; a branch that was written without tasks settles it alone.

    Raises NothingToDo when it is settled already, or when there is no task to bring in.
    """
    week = next((each for each in sketch.weeks if each.key == week_id), None)
    if week is None or week.checkpoint is None:
        raise NothingToDo("This week has no checkpoint any more.")
    if week.checkpoint.get("applied"):
        raise NothingToDo(SETTLED)
    said = f"Checkpoint of {week.name}: {chosen.branch.title}"
    settled_now = {
        week.key: settled(week.checkpoint, applied_mark(chosen.branch.id, sketch.today, figures))
    }
    if chosen.branch.tasks == ():
        return Decided(CarryOn(said), checkpoints=settled_now)
    if not chosen.tasks:
        raise NothingToDo(
            "The roadmap has no tasks for this any more. Change the checkpoint to write your own."
        )
    there = titles_in(sketch, week)
    wanted = [
        replace(day, tasks=tuple(task for task in day.tasks if task.title not in there))
        for day in chosen.days
    ]
    days, jobs = _made(sketch, week, [day for day in wanted if day.tasks])
    if not jobs:
        raise NothingToDo(f"All tasks of this branch are in {week.name} already.")
    insert = Insert(
        batches=((next_after(sketch, week), tuple(jobs)),),
        days=tuple(days),
        said=said,
        as_kind="checkpoint",
    )
    return Decided(insert, checkpoints=settled_now)


def titles_in(sketch: Sketch, week: SketchWeek) -> set[str]:
    """Return the titles of the tasks a week has: what stayed of a branch that was taken before."""
    days = {day.key for day in sketch.days if day.week == week.key}
    return {job.title for job in sketch.jobs if job.day in days}


def settled(checkpoint: Mapping[str, Any], mark: Mapping[str, Any]) -> dict[str, Any]:
    """Return the checkpoint with the mark of what was decided."""
    return {**checkpoint, "applied": dict(mark)}


def next_after(sketch: Sketch, week: SketchWeek) -> uuid.UUID | None:
    """Return the task that follows the last one of the week, or of the weeks before it where it has
    none; None at the end of the plan."""
    number = {each.key: each.number for each in sketch.weeks}
    of_day = {day.key: number.get(day.week, 0) for day in sketch.days}
    numbers = [of_day.get(job.day, 0) for job in sketch.jobs]
    own = [place for place, found in enumerate(numbers) if found == week.number]
    before = [place for place, found in enumerate(numbers) if found <= week.number]
    following = (own or before or [-1])[-1] + 1
    return sketch.jobs[following].key if following < len(sketch.jobs) else None


def _made(
    sketch: Sketch, week: SketchWeek, days: Sequence[BranchDay]
) -> tuple[list[SketchDay], list[Job]]:
    position = 1 + max((day.position for day in sketch.days if day.week == week.key), default=-1)
    new_days, jobs = [], []
    for number, day in enumerate(days, position):
        new = SketchDay(
            uuid.uuid4(),
            week.key,
            number,
            day.title,
            day.goal,
            is_new=True,
            criteria=day.criteria,
        )
        new_days.append(new)
        jobs += [_job(task, new.key) for task in day.tasks]
    return new_days, jobs


def _job(task: BranchTask, day: uuid.UUID) -> Job:
    return Job(
        key=uuid.uuid4(),
        title=task.title,
        day=day,
        minutes=task.minutes,
        kind=task.kind,
        priority=task.priority,
        topics=frozenset(task.topics),
        made=Made(task.session, task.detail, task.links, task.topics, task.key),
    )


def open_in_week(sketch: Sketch, week_id: uuid.UUID) -> int:
    """Return how many tasks of the week are still open."""
    days = {day.key for day in sketch.days if day.week == week_id}
    return sum(1 for job in sketch.jobs if job.day in days and job.is_open)


class Waiting(NamedTuple):
    """A checkpoint whose week is over and about which nothing was decided."""

    week: uuid.UUID
    name: str
    title: str


def waiting_checkpoints(sketch: Sketch) -> list[Waiting]:
    """Return the plan's checkpoints that wait: all tasks of the week are finished or skipped, and
    there is one."""
    week_of = {day.key: day.week for day in sketch.days}
    used = {week_of.get(job.day) for job in sketch.jobs}
    opened = {week_of.get(job.day) for job in sketch.jobs if job.is_open}
    return [
        Waiting(week.key, week.name, rule_of(week.checkpoint).title)
        for week in sketch.weeks
        if week.checkpoint
        and not week.checkpoint.get("applied")
        and week.key in used
        and week.key not in opened
    ]
