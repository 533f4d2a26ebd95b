"""Changes of a plan between the rows and the sketch: loaded, previewed, applied as one revision.

shown = preview(plan, user, today, bend)          # nothing is written
apply(plan, user, today, bend, version=shown.version, reason="...")
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Sum

from apps.accounts.models import User
from apps.library.models import WEIGHT, Category
from apps.plans.bending_rows import write
from apps.plans.bends import Bend
from apps.plans.bends_whole import outcome
from apps.plans.models import Part, Plan, PlanDay, PlanWeek, Revision, Task, Work
from apps.plans.revise import revising
from apps.plans.sketch import (
    Comparison,
    Job,
    Sketch,
    SketchBreak,
    SketchDay,
    SketchWeek,
    compare,
)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do to a plan of this version."""

    version: int
    what: str
    before: Sketch
    after: Sketch
    comparison: Comparison


def load(plan: Plan, user: User, today: dt.date) -> Sketch:
    """Return the plan as its changes see it. Seven queries."""
    topics: dict[uuid.UUID, list[tuple[uuid.UUID, str]]] = defaultdict(list)
    for task, topic, category in Task.topics.through.objects.filter(
        task__plan=plan, task__deleted_at=None
    ).values_list("task_id", "topic_id", "topic__category"):
        topics[task].append((topic, category))
    parts: dict[uuid.UUID, list[tuple[dt.date, int]]] = defaultdict(list)
    for task, day, minutes in (
        Part.objects.filter(plan=plan, task__deleted_at=None)
        .order_by("number")
        .values_list("task_id", "day", "minutes")
    ):
        parts[task].append((day, minutes))
    spent = dict(Work.objects.filter(task__plan=plan).values_list("task").annotate(Sum("minutes")))
    rows = (
        Task.objects.filter(plan=plan, deleted_at=None)
        .order_by("position", "pk")
        .values_list(
            *("pk", "title", "day_id", "minutes", "status", "kind", "priority", "pinned_on"),
            *("skip_reason", "session"),
        )
    )
    jobs = tuple(
        Job(
            key=pk,
            title=title,
            day=day,
            minutes=minutes,
            spent=spent.get(pk, 0),
            status=status,
            kind=kind,
            priority=priority,
            pinned_on=pinned,
            parts=tuple(parts.get(pk, ())),
            weight=max((WEIGHT[Category(each)] for _, each in topics.get(pk, ())), default=0),
            topics=frozenset(topic for topic, _ in topics.get(pk, ())),
            skip_reason=reason,
            session=session,
        )
        for pk, title, day, minutes, status, kind, priority, pinned, reason, session in rows
    )
    held = {job.day for job in jobs}
    weeks = PlanWeek.objects.filter(plan=plan).order_by("number")
    days = PlanDay.objects.filter(week__plan=plan).order_by("week__number", "position")
    every = [
        SketchDay(pk, week, position, title, goal, is_deleted=deleted is not None)
        for pk, week, position, title, goal, deleted in days.values_list(
            "pk", "week_id", "position", "title", "goal", "deleted_at"
        )
    ]
    return Sketch(
        today=today,
        starts_on=plan.starts_on,
        hours=user.weekday_minutes,
        jobs=jobs,
        days=tuple(day for day in every if day.key in held or not day.is_deleted),
        weeks=tuple(
            SketchWeek(week.pk, week.number, week.name, week.title, week.checkpoint)
            for week in weeks
            if week.deleted_at is None or any(d.week == week.pk and d.key in held for d in every)
        ),
        breaks=tuple(
            SketchBreak(*row)
            for row in user.breaks.values_list("pk", "first_day", "last_day", "label")
        ),
        target_on=plan.target_on,
        interview_on=user.interview_on,
    )


def preview(
    plan: Plan, user: User, today: dt.date, bend: Bend, sketch: Sketch | None = None
) -> Preview:
    """Return what a change would do; nothing is written. Seven queries, none with the sketch given.

    Raises bends.NothingToDo, layout.NoStudyTime.
    """
    before = sketch or load(plan, user, today)
    what = bend.what(before)
    after = outcome(bend, before)
    return Preview(plan.version, what, before, after, compare(before, after))


def apply(
    plan: Plan,
    user: User,
    today: dt.date,
    bend: Bend,
    *,
    version: int | None,
    reason: str = "",
    prompted_by: str = "",
    at: dt.datetime | None = None,
) -> Revision | None:
    """Change the plan, and lay out the rest of it from today on, as one revision; all or nothing.

    None when nothing changes. Raises revise.StalePlan when the plan is no longer of that `version`
    (None: whatever it is), bends.NothingToDo, layout.NoStudyTime. Queries do not grow with the plan.
    """
    with transaction.atomic():
        if bend.changes_learner:
            user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        with revising(
            plan,
            kind=bend.kind,
            what="",
            day=today,
            reason=reason,
            prompted_by=prompted_by,
            version=version,
            at=at,
        ) as draft:
            draft.lock_open()
            before = load(draft.plan, user, today)
            draft.what = bend.what(before)
            after = outcome(bend, before)
            write(draft, user, before, after, at)
        plan.target_on = draft.plan.target_on
    return draft.revision


def open_keys(sketch: Sketch, days: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Return the tasks of these outline days that may move. Does not query."""
    return frozenset(job.key for job in sketch.jobs if job.day in days and job.moves)
