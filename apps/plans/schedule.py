"""Between the layout and the rows: which items a plan has, and the parts that come of them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Sum

from apps.plans.layout import Layout
from apps.plans.models import Part, Plan, Task
from apps.plans.sketch import LEAST_LEFT


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
