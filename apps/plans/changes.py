"""What a learner changes of a plan, task by task: skip, move, delete, reorder. Each is a revision.

The caller has fetched the task through its owner. What a task is now is read again under its lock.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from contextlib import AbstractContextManager

from django.utils import timezone

from apps.plans.fitting import refit_overfull
from apps.plans.models import Part, Plan, Revision, Task
from apps.plans.revise import Draft, revising
from apps.plans.schedule import minutes_left, numbered_parts, replace_parts
from apps.plans.work import stop_timer_of


def _revising(
    task: Task,
    kind: Revision.Kind,
    what: str,
    today: dt.date,
    reason: str = "",
    at: dt.datetime | None = None,
) -> AbstractContextManager[Draft]:
    return revising(task.plan, kind=kind, what=what, day=today, reason=reason, at=at)


def skip(task: Task, reason: str, today: dt.date, at: dt.datetime | None = None) -> Revision | None:
    """Skip an open task with a reason; its timer stops. Idempotent: None when it is not open.

    Raises work.TimerNeedsMinutes when a timer ran on it for more than four hours.
    """
    what = f"Skipped “{task.title}”"
    with _revising(task, Revision.Kind.SKIP, what, today, reason, at) as draft:
        draft.touch([task.pk])
        stop_timer_of(task.plan.owner, task)
        Task.objects.filter(pk=task.pk, status=Task.Status.TODO).update(
            status=Task.Status.SKIPPED, skipped_on=today, skip_reason=reason[:300]
        )
    return draft.revision


def unskip(task: Task, today: dt.date) -> Revision | None:
    """Take a skipped task up again, where it was or, if that day is over by now, where there is
    room. Idempotent: None when it is not skipped."""
    what = f"Took “{task.title}” up again"
    with _revising(task, Revision.Kind.UNSKIP, what, today) as draft:
        draft.touch([task.pk])
        Task.objects.filter(pk=task.pk, status=Task.Status.SKIPPED).update(
            status=Task.Status.TODO, skipped_on=None, skip_reason=""
        )
        refit_overfull(task.plan, task.plan.owner, [task.pk], today)
    return draft.revision


def move(task: Task, day: dt.date, today: dt.date, reason: str = "") -> Revision | None:
    """Put an open task on `day` and pin it there. None when it is finished."""
    what = f"Moved “{task.title}” to {day:%A}, {day.day} {day:%B}"
    with _revising(task, Revision.Kind.MOVE, what, today, reason) as draft:
        draft.touch([task.pk])
        task.refresh_from_db(fields=["status", "minutes"])
        if task.status != Task.Status.DONE:
            place_on(task, day)
    return draft.revision


def place_on(task: Task, day: dt.date) -> None:
    """Give a task one part, of the minutes left, on `day`, and pin it there. Four queries; the
    caller revises."""
    task.pinned_on = day
    task.first_planned_on = task.first_planned_on or day
    task.save(update_fields=["pinned_on", "first_planned_on"])
    left, spent = minutes_left(task)
    replace_parts([task.pk], numbered_parts(task.plan_id, task.pk, [(day, left)], spent))


def bring_to(
    plan: Plan,
    tasks: Iterable[Task],
    day: dt.date,
    *,
    reason: str = "",
    prompted_by: str = "",
    at: dt.datetime | None = None,
) -> Revision | None:
    """Lay open tasks wholly on `day`, where they are being done, as one revision without pins.

    None when all of them lie there already. Seven queries or so, however many there are.
    """
    wanted = {task.pk: task for task in tasks if task.status == Task.Status.TODO}
    planned: dict[uuid.UUID, set[dt.date]] = {pk: set() for pk in wanted}
    for pk, on in Part.objects.filter(task__in=list(wanted)).values_list("task_id", "day"):
        planned[pk].add(on)
    moved = [task for pk, task in wanted.items() if planned[pk] != {day}]
    if not moved:
        return None
    named = f"“{moved[0].title}”" if len(moved) == 1 else f"{len(moved)} tasks"
    with revising(
        plan,
        kind=Revision.Kind.MOVE,
        what=f"Moved {named} to {day:%A}, {day.day} {day:%B}",
        day=day,
        reason=reason or _pace(day, (planned[task.pk] for task in moved)),
        prompted_by=prompted_by,
        at=at,
    ) as draft:
        keys = [task.pk for task in moved]
        draft.touch(keys)
        Task.objects.filter(pk__in=keys).update(pinned_on=None)
        pieces = [numbered_parts(plan.pk, task.pk, [(day, task.minutes)]) for task in moved]
        replace_parts(keys, [part for parts in pieces for part in parts])
    return draft.revision


def _pace(day: dt.date, planned: Iterable[set[dt.date]]) -> str:
    days = {on for each in planned for on in each}
    ahead, behind = any(on > day for on in days), any(on < day for on in days)
    if ahead and behind:
        return "Caught up, and worked ahead."
    return "Worked ahead." if ahead else "Caught up." if behind else ""


def delete(task: Task, today: dt.date) -> Revision | None:
    """Mark a task as deleted; its minutes and note stay, and Undo brings it back.

    A timer on it stops. Raises work.TimerNeedsMinutes when it ran for more than four hours.
    """
    with _revising(task, Revision.Kind.DELETE, f"Deleted “{task.title}”", today) as draft:
        draft.touch([task.pk])
        stop_timer_of(task.plan.owner, task)
        Task.objects.filter(pk=task.pk, deleted_at=None).update(deleted_at=timezone.now())
    return draft.revision


def reorder(task: Task, direction: int, today: dt.date) -> Revision | None:
    """Swap a task with its neighbour in its outline day: -1 up, 1 down. None at the end."""
    verb = "before" if direction < 0 else "after"
    with _revising(
        task, Revision.Kind.REORDER, f"Put “{task.title}” {verb} its neighbour", today
    ) as draft:
        order = list(Task.objects.live().filter(day=task.day_id).order_by("position", "pk"))
        place = next((n for n, each in enumerate(order) if each.pk == task.pk), None)
        other = None if place is None else place + direction
        if place is not None and other is not None and 0 <= other < len(order):
            draft.what = f"Put “{task.title}” {verb} “{order[other].title}”"
            draft.touch([each.pk for each in order])
            positions = sorted(each.position for each in order)
            if len(set(positions)) < len(positions):
                positions = [positions[0] + n for n in range(len(positions))]
            order[place], order[other] = order[other], order[place]
            for each, position in zip(order, positions, strict=True):
                each.position = position
            Task.objects.bulk_update(order, ["position"])
    return draft.revision
