"""Between the layout and the rows: which items a plan has, and the parts that come of them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Sum

from apps.accounts.models import User
from apps.plans.layout import Item, Layout, lay_out
from apps.plans.models import Part, Plan, Task, Work


def parts_of(plan: Plan, layout: Layout) -> list[Part]:
    """Return unsaved parts, numbered within their task. Does not query."""
    by_task: dict[object, list[tuple[dt.date, int]]] = defaultdict(list)
    for placed in layout.parts:
        by_task[placed.key].append((placed.day, placed.minutes))
    return [
        part for key, pieces in by_task.items() for part in numbered_parts(plan.pk, key, pieces)
    ]


def numbered_parts(
    plan_id: uuid.UUID, task_id: Any, pieces: Sequence[tuple[dt.date, int]]
) -> list[Part]:
    """Return unsaved parts of one task from (day, minutes), in order. Does not query."""
    parts, so_far = [], 0
    for number, (day, minutes) in enumerate(pieces, 1):
        so_far += minutes
        parts.append(
            Part(
                plan_id=plan_id,
                task_id=task_id,
                day=day,
                minutes=minutes,
                number=number,
                of=len(pieces),
                so_far=so_far,
            )
        )
    return parts


def replace_parts(task_ids: Iterable[object], parts: Iterable[Part]) -> None:
    """Give these tasks these parts and no others. Two queries."""
    Part.objects.filter(task_id__in=list(task_ids)).delete()
    Part.objects.bulk_create(parts, batch_size=2000)


def reflow_layout(plan: Plan, user: User, today: dt.date) -> tuple[Layout, set[uuid.UUID]]:
    """Lay out what is unfinished and unpinned, by minutes left, from `today` on.

    Returns the layout and the ids of the tasks it places. Finished, skipped and pinned work stays
    and uses up its day first. Four queries. Raises NoStudyTime.
    """
    tasks = list(
        Task.objects.filter(plan=plan, deleted_at=None, status=Task.Status.TODO)
        .order_by("position")
        .values_list("pk", "minutes", "pinned_on")
    )
    spent = dict(
        Work.objects.filter(task__plan=plan, task__status=Task.Status.TODO)
        .values_list("task")
        .annotate(Sum("minutes"))
    )
    used: dict[dt.date, int] = defaultdict(int)
    fixed = Part.objects.filter(plan=plan, day__gte=today, task__deleted_at=None)
    for day, minutes, status, pinned in fixed.values_list(
        "day", "minutes", "task__status", "task__pinned_on"
    ):
        if status == Task.Status.DONE or (pinned and status == Task.Status.TODO):
            used[day] += minutes
    items = [
        Item(pk, max(minutes - spent.get(pk, 0), 5))
        for pk, minutes, pinned in tasks
        if pinned is None
    ]
    breaks = list(user.breaks.values_list("first_day", "last_day"))
    layout = lay_out(
        items,
        user.weekday_minutes,
        breaks,
        first_day=max(today, plan.starts_on),
        used=used,
        target=plan.target_on or user.interview_on,
    )
    return layout, {item.key for item in items}  # type: ignore[misc]
