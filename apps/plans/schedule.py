"""Between the layout and the rows: which items a plan has, and the parts that come of them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Sum

from apps.accounts.models import User
from apps.plans.layout import Item, Layout, lay_out
from apps.plans.models import Part, Plan, Task, Work


def parts_of(plan: Plan, layout: Layout, spent: Mapping[Any, int] | None = None) -> list[Part]:
    """Return unsaved parts, numbered within their task. Does not query.

    `spent` are the minutes behind each task already.
    """
    behind = spent or {}
    by_task: dict[object, list[tuple[dt.date, int]]] = defaultdict(list)
    for placed in layout.parts:
        by_task[placed.key].append((placed.day, placed.minutes))
    return [
        part
        for key, pieces in by_task.items()
        for part in numbered_parts(plan.pk, key, pieces, behind.get(key, 0))
    ]


LEAST_LEFT = 5  # what an open task still takes, however much was spent on it


def minutes_left(task: Task) -> tuple[int, int]:
    """Return the minutes a task still takes, and those spent on it. One query."""
    spent: int = task.work.aggregate(total=Sum("minutes"))["total"] or 0
    return max(task.minutes - spent, LEAST_LEFT), spent


def numbered_parts(
    plan_id: uuid.UUID, task_id: Any, pieces: Sequence[tuple[dt.date, int]], spent: int = 0
) -> list[Part]:
    """Return unsaved parts of one task from (day, minutes), in order. Does not query.

    `spent` are the minutes behind it already: a part is finished when what was spent reaches
    its `so_far`.
    """
    parts, so_far = [], spent
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


def reflow_layout(plan: Plan, user: User, today: dt.date) -> tuple[Layout, dict[uuid.UUID, int]]:
    """Lay out what is unfinished and unpinned, by minutes left, from `today` on.

    Returns the layout, and of each task it places the minutes spent. Finished, skipped and pinned
    work stays; finished and pinned work uses up its day first. Four queries. Raises NoStudyTime.
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
        Item(pk, max(minutes - spent.get(pk, 0), LEAST_LEFT))
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
    return layout, {pk: spent.get(pk, 0) for pk, _, pinned in tasks if pinned is None}
