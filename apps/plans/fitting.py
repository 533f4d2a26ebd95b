"""Fits single tasks in where there is room, without moving any other."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Sum

from apps.accounts.models import User
from apps.plans.layout import Item, NoStudyTime, lay_out
from apps.plans.models import Part, Plan, Task, Work
from apps.plans.schedule import numbered_parts, replace_parts
from apps.plans.sketch import LEAST_LEFT


def fit(
    plan: Plan,
    user: User,
    task_ids: Iterable[uuid.UUID],
    today: dt.date,
    since: dt.date | None = None,
) -> None:
    """Lay these tasks, where open and unpinned, into what room the others leave from `since`
    (today) on, by minutes left. Six queries. Nothing moves where there is no time of study at all.
    """
    tasks = list(
        Task.objects.filter(
            pk__in=list(task_ids),
            plan=plan,
            deleted_at=None,
            status=Task.Status.TODO,
            pinned_on=None,
        )
        .order_by("position")
        .values_list("pk", "minutes")
    )
    if not tasks:
        return
    ids = [pk for pk, _ in tasks]
    first_day = max(since or today, today, plan.starts_on)
    spent = dict(
        Work.objects.filter(task__in=ids).order_by().values_list("task").annotate(Sum("minutes"))
    )
    breaks = list(user.breaks.values_list("first_day", "last_day"))
    try:
        layout = lay_out(
            [Item(pk, max(minutes - spent.get(pk, 0), LEAST_LEFT)) for pk, minutes in tasks],
            user.weekday_minutes,
            breaks,
            first_day=first_day,
            used=_taken(plan, first_day, ids),
        )
    except NoStudyTime:
        return
    pieces: dict[object, list[tuple[dt.date, int]]] = defaultdict(list)
    for part in layout.parts:
        pieces[part.key].append((part.day, part.minutes))
    replace_parts(
        ids,
        [part for pk in ids for part in numbered_parts(plan.pk, pk, pieces[pk], spent.get(pk, 0))],
    )


def _taken(plan: Plan, first_day: dt.date, without: Iterable[uuid.UUID]) -> dict[dt.date, int]:
    rows = (
        Part.objects.filter(plan=plan, day__gte=first_day, task__deleted_at=None)
        .exclude(task__status=Task.Status.SKIPPED)
        .exclude(task__in=list(without))
    )
    return dict(rows.order_by().values_list("day").annotate(Sum("minutes")))


def refit_overfull(
    plan: Plan, user: User, task_ids: Iterable[uuid.UUID] | None, today: dt.date
) -> None:
    """Fit those of these tasks (None: of all) in anew that lie, from today on, on a day that is
    over. A day with a pinned task may be over. Two queries where none is."""
    taken = _taken(plan, today, ())
    breaks = list(user.breaks.values_list("first_day", "last_day"))
    over = [
        day
        for day, minutes in taken.items()
        if minutes > user.weekday_minutes[day.weekday()]
        or any(first <= day <= last for first, last in breaks)
    ]
    if not over:
        return
    pinned = Task.objects.owned_by(user).filter(plan=plan, status=Task.Status.TODO)
    over = list(
        set(over) - set(pinned.filter(pinned_on__in=over).values_list("pinned_on", flat=True))
    )
    parts = Part.objects.filter(plan=plan, day__in=over)
    if task_ids is not None:
        parts = parts.filter(task__in=list(task_ids))
    fit(plan, user, set(parts.values_list("task_id", flat=True)), today)
