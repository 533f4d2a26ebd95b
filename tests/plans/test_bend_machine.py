"""Any order of changes, ticks and undos: the parts of every task add up, what is finished or pinned
stays where it is, and no day that was filled is over."""

from __future__ import annotations

import contextlib
import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.plans import bending, changes, revise, work
from apps.plans.bends import (
    Ahead,
    Bend,
    Drop,
    LeaveOut,
    NothingToDo,
    PinTo,
    Reflow,
    Split,
    ToWeek,
    Unpin,
)
from apps.plans.bends_extend import Extend
from apps.plans.bends_whole import AddBreak, Hours, Insert, RemoveBreak, Several, Target
from apps.plans.layout import NoStudyTime
from apps.plans.models import Part, Plan, Task, Work
from apps.plans.sketch import Job, Made, Sketch
from tests.conftest import TODAY

BENDS = ["reflow", "extend", "week", "ahead", "pin", "unpin", "split", "leave", "drop", "insert"]
BENDS += ["hours", "break", "unbreak", "target", "several"]
OTHERS = ["tick", "untick", "log", "skip", "unskip", "delete", "undo", "undo", "next day"]
STEPS = st.lists(
    st.tuples(st.sampled_from(BENDS + OTHERS), st.integers(0, 9), st.integers(1, 4)), max_size=9
)


class RollBack(Exception):
    """Ends an example without a trace in the database."""


def bend(kind: str, sketch: Sketch, which: int, size: int) -> Bend:
    jobs = sketch.jobs
    keys = frozenset(job.key for job in jobs[which % max(len(jobs), 1) :][:size])
    key = next(iter(keys), uuid.uuid4())
    day = sketch.today + dt.timedelta(days=which)
    if not sketch.days:  # all of it was dropped
        return Reflow()
    new = Job(uuid.uuid4(), "New", sketch.days[0].key, 15 * size, made=Made())
    bends: dict[str, Callable[[], Bend]] = {
        "reflow": lambda: Reflow(),
        "extend": lambda: Extend(keys, size),
        "week": lambda: ToWeek(keys, sketch.weeks[which % len(sketch.weeks)].key, size % 2 == 0),
        "ahead": lambda: Ahead(keys),
        "pin": lambda: PinTo(keys, day),
        "unpin": lambda: Unpin(frozenset(job.key for job in jobs)),
        "split": lambda: Split(key, 5 * size),
        "leave": lambda: LeaveOut(keys),
        "drop": lambda: Drop(keys),
        "insert": lambda: Insert(((key, (new,)),)),
        "hours": lambda: Hours(tuple(30 * ((which + n) % 4) for n in range(7))),
        "break": lambda: AddBreak(day, day + dt.timedelta(days=size)),
        "unbreak": lambda: RemoveBreak(sketch.breaks[0].key if sketch.breaks else key),
        "target": lambda: Target(day, interview=size % 2 == 0),
        "several": lambda: Several((Target(day), Ahead(keys)), "target"),
    }
    return bends[kind]()


class Life:
    """A learner's days with a plan."""

    def __init__(self, plan: Plan, alice: Any) -> None:
        self.plan, self.alice, self.today = plan, alice, TODAY

    def step(self, kind: str, which: int, size: int) -> None:
        self.alice.refresh_from_db()
        if kind in BENDS:
            sketch = bending.load(self.plan, self.alice, self.today)
            with contextlib.suppress(NothingToDo, NoStudyTime):
                bending.apply(
                    self.plan,
                    self.alice,
                    self.today,
                    bend(kind, sketch, which, size),
                    version=None,
                )
        elif kind == "undo":
            for revision in self.plan.revisions.filter(undone_at=None)[which % 4 :][:1]:
                with contextlib.suppress(revise.CannotUndo):
                    revise.undo(revision, self.today)
        elif kind == "next day":
            self.today += dt.timedelta(days=size)
        else:
            self.act(kind, which, size)

    def act(self, kind: str, which: int, size: int) -> None:
        tasks = list(Task.objects.owned_by(self.alice).select_related("plan__owner"))
        if not tasks:
            return
        task = tasks[which % len(tasks)]
        if kind == "tick":
            work.tick(self.alice, task.pk, self.today)
        elif kind == "untick":
            work.untick(self.alice, task.pk)
        elif kind == "log":
            work.log_minutes(self.alice, task.pk, 5 * size, self.today)
        elif kind == "skip":
            changes.skip(task, "known", self.today)
        elif kind == "unskip":
            changes.unskip(task, self.today)
        else:
            changes.delete(task, self.today)


def places(plan: Plan) -> dict[uuid.UUID, list[tuple[dt.date, int]]]:
    found = defaultdict(list)
    for task, day, minutes in Part.objects.filter(plan=plan).values_list(
        "task_id", "day", "minutes"
    ):
        found[task].append((day, minutes))
    return found


def fixed(plan: Plan) -> set[uuid.UUID]:
    """What is finished or pinned."""
    live = plan.tasks.filter(deleted_at=None)
    done = live.filter(status="done") | live.filter(status="todo", pinned_on__isnull=False)
    return set(done.values_list("pk", flat=True))


def check(life: Life) -> None:
    plan = life.plan
    on_day: dict[dt.date, list[tuple[Task, int]]] = defaultdict(list)
    logged = set(Work.objects.filter(task__plan=plan).values_list("task_id", flat=True))
    for task in Task.objects.filter(plan=plan, deleted_at=None).prefetch_related("parts"):
        parts = sorted(task.parts.all(), key=lambda part: part.number)
        assert [part.number for part in parts] == list(range(1, len(parts) + 1))
        assert {part.of for part in parts} <= {len(parts)}
        if task.pk not in logged and task.status != "skipped":
            assert sum(part.minutes for part in parts) == task.minutes
        if parts:
            assert parts[-1].so_far - parts[0].so_far == sum(p.minutes for p in parts[1:])
        for part in parts:
            if task.skipped_on is None:  # one that was done all the same comes on top
                on_day[part.day].append((task, part.minutes))
    life.alice.refresh_from_db()
    for day, held in on_day.items():
        laid = [task for task, _ in held if task.status == "todo" and task.pinned_on is None]
        pinned = [task for task, _ in held if task.status == "todo" and task.pinned_on]
        if day < life.today or not laid or pinned:
            continue
        room = life.alice.weekday_minutes[day.weekday()]
        if any(each.first_day <= day <= each.last_day for each in life.alice.breaks.all()):
            room = 0
        assert sum(minutes for _, minutes in held) <= room, day
    positions = list(plan.tasks.filter(deleted_at=None).values_list("position", flat=True))
    assert len(positions) == len(set(positions))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STEPS)
def test_whatever_happens_the_plan_stays_whole(
    plan: Plan, alice: Any, steps: list[tuple[str, int, int]]
) -> None:
    try:
        with transaction.atomic():
            life = Life(plan, alice)
            for step in steps:
                still, before = fixed(plan), places(plan)
                life.step(*step)
                check(life)
                if step[0] in BENDS and step[0] != "unpin":
                    now = places(plan)
                    assert all(now[task] == before[task] for task in still & fixed(plan))
            raise RollBack
    except RollBack:
        pass
