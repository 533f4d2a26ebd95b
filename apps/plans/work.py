"""What a learner does with a task: tick, time, minutes, note, skip, move, edit, delete.

Each function is one short transaction. The caller has fetched the task through its owner.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from apps.accounts.clock import local_day
from apps.accounts.models import User
from apps.library.render import render_note
from apps.plans.models import Criterion, DayLog, Part, Plan, Revision, Task, Timer, Work
from apps.plans.revise import Draft, revising
from apps.plans.schedule import numbered_parts, replace_parts

ASK_AFTER_MINUTES = 240


class TimerNeedsMinutes(Exception):
    """The timer ran so long that the learner is asked; `minutes` is what it shows."""

    def __init__(self, minutes: int) -> None:
        super().__init__(minutes)
        self.minutes = minutes


class NoteChanged(Exception):
    """The text was changed elsewhere since the form was opened; `stored` is what is there."""

    def __init__(self, stored: str) -> None:
        super().__init__(stored)
        self.stored = stored


class TaskGone(Exception):
    """The task was deleted, or is not the learner's."""


def _locked(user: User, task_id: uuid.UUID) -> Task:
    task = (
        Task.objects.select_for_update(of=("self",))
        .filter(pk=task_id, plan__owner=user, deleted_at=None)
        .first()
    )
    if task is None:
        raise TaskGone
    return task


def spent_on(task: Task) -> int:
    """Return the minutes spent on a task so far. One query."""
    return task.work.aggregate(total=Sum("minutes"))["total"] or 0


def tick(
    user: User,
    task_id: uuid.UUID,
    on: dt.date,
    at: dt.datetime | None = None,
    minutes: int | None = None,
) -> None:
    """Finish a task: idempotent. Writes the planned minutes that remain, on the day `on`.

    `minutes` is how long it took in all, if not as planned. A timer running on the task is stopped
    and says how long it took instead. Raises TaskGone.
    """
    now = at or timezone.now()
    with transaction.atomic():
        task = _locked(user, task_id)
        if task.status == Task.Status.DONE:
            return
        timed = _stop_timer(user, now, task)
        remaining = (task.minutes if minutes is None else minutes) - spent_on(task)
        Task.objects.filter(pk=task.pk).update(
            status=Task.Status.DONE, done_on=on, done_at=now, skipped_on=None, skip_reason=""
        )
        if not timed and remaining > 0:
            _add_work(user, task, Work.Origin.TICK, remaining, on, now)


def untick(user: User, task_id: uuid.UUID) -> None:
    """Open a task again: idempotent. Takes back the minutes its tick wrote, and only those."""
    with transaction.atomic():
        task = _locked(user, task_id)
        if task.status != Task.Status.DONE:
            return
        Task.objects.filter(pk=task.pk).update(status=Task.Status.TODO, done_on=None, done_at=None)
        task.work.filter(origin=Work.Origin.TICK).delete()


def _add_work(
    user: User, task: Task, origin: Work.Origin, minutes: int, on: dt.date, at: dt.datetime
) -> None:
    rows = []
    while minutes > 0:
        rows.append(
            Work(user=user, task=task, origin=origin, minutes=min(minutes, 1440), day=on, at=at)
        )
        minutes -= 1440
        origin = Work.Origin.TYPED if origin == Work.Origin.TICK else origin
    Work.objects.bulk_create(rows)


def log_minutes(
    user: User, task_id: uuid.UUID, minutes: int, on: dt.date, at: dt.datetime | None = None
) -> Work:
    """Add minutes the learner typed. They are rows: nothing is overwritten. Raises TaskGone."""
    with transaction.atomic():
        task = _locked(user, task_id)
        return Work.objects.create(
            user=user,
            task=task,
            origin=Work.Origin.TYPED,
            minutes=minutes,
            day=on,
            at=at or timezone.now(),
        )


def start_timer(user: User, task_id: uuid.UUID) -> None:
    """Start the learner's one timer on a task; one that runs elsewhere is stopped and logged.

    Idempotent. Raises TaskGone, and TimerNeedsMinutes when the other one ran too long.
    """
    now = timezone.now()
    with transaction.atomic():
        task = _locked(user, task_id)
        running = Timer.objects.select_for_update().filter(user=user).first()
        if running and running.task_id == task.pk:
            return
        if running:
            _stop_timer(user, now, None)
        Timer.objects.create(user=user, task=task, started_at=now)


def stop_timer(user: User, task_id: uuid.UUID, minutes: int | None = None) -> int:
    """Stop the timer if it runs on this task and log its minutes; 0 when it was not running.

    `minutes` is what the learner says it was. Raises TimerNeedsMinutes after four hours without.
    """
    with transaction.atomic():
        task = _locked(user, task_id)
        return _stop_timer(user, timezone.now(), task, minutes)


def _stop_timer(user: User, now: dt.datetime, task: Task | None, minutes: int | None = None) -> int:
    running = Timer.objects.select_for_update().filter(user=user)
    timer = (running.filter(task=task) if task else running).select_related("task").first()
    if timer is None:
        return 0
    elapsed = max(round((now - timer.started_at).total_seconds() / 60), 0)
    if minutes is None and elapsed > ASK_AFTER_MINUTES:
        raise TimerNeedsMinutes(elapsed)
    logged = elapsed if minutes is None else minutes
    if logged > 0:
        day = local_day(user, timer.started_at)
        _add_work(user, timer.task, Work.Origin.TIMER, logged, day, now)
    timer.delete()
    return logged


def save_note(user: User, task_id: uuid.UUID, text: str, seen: str) -> None:
    """Store a task's note. `seen` is the text the form was opened with.

    Raises NoteChanged when what is stored is neither that nor the new text, TaskGone.
    """
    with transaction.atomic():
        task = _locked(user, task_id)
        if task.note not in (seen, text):
            raise NoteChanged(task.note)
        Task.objects.filter(pk=task.pk).update(
            note=text, note_html=render_note(text) if text else ""
        )


def save_day_log(
    user: User,
    day: dt.date,
    learned: str,
    result: str,
    seen: tuple[str, str] | None,
    at: dt.datetime | None = None,
) -> DayLog:
    """Store what was learned on a day. `seen` are the two texts the form was opened with.

    Raises NoteChanged when another tab has changed them since.
    """
    with transaction.atomic():
        log, _ = DayLog.objects.select_for_update().get_or_create(user=user, day=day)
        stored = (log.learned, log.result)
        if seen is not None and stored not in (seen, (learned, result)):
            raise NoteChanged("\n\n".join(text for text in stored if text))
        log.learned, log.result = learned, result
        log.learned_html = render_note(learned) if learned else ""
        log.at = at or timezone.now()
        log.save()
    return log


def meet_criteria(
    user: User, criteria: Iterable[uuid.UUID], on: dt.date, at: dt.datetime | None = None
) -> None:
    """Set these success criteria of the learner met on that day. Idempotent. One query."""
    Criterion.objects.filter(plan__owner=user, pk__in=list(criteria), met_on=None).update(
        met_on=on, met_at=at or timezone.now()
    )


def _revising(
    task: Task,
    kind: Revision.Kind,
    what: str,
    today: dt.date,
    reason: str = "",
    at: dt.datetime | None = None,
) -> Any:
    return revising(task.plan, kind=kind, what=what, day=today, reason=reason, at=at)


def skip(task: Task, reason: str, today: dt.date, at: dt.datetime | None = None) -> Revision | None:
    """Skip an open task with a reason. Idempotent: None when it is not open."""
    if task.status != Task.Status.TODO:
        return None
    what = f"Skipped “{task.title}”"
    with _revising(task, Revision.Kind.SKIP, what, today, reason, at) as draft:
        draft.touch([task.pk])
        Task.objects.filter(pk=task.pk, status=Task.Status.TODO).update(
            status=Task.Status.SKIPPED, skipped_on=today, skip_reason=reason[:300]
        )
    return _revision(draft)


def unskip(task: Task, today: dt.date) -> Revision | None:
    """Take a skipped task up again. Idempotent: None when it is not skipped."""
    if task.status != Task.Status.SKIPPED:
        return None
    what = f"Took “{task.title}” up again"
    with _revising(task, Revision.Kind.UNSKIP, what, today) as draft:
        draft.touch([task.pk])
        Task.objects.filter(pk=task.pk, status=Task.Status.SKIPPED).update(
            status=Task.Status.TODO, skipped_on=None, skip_reason=""
        )
    return _revision(draft)


def move(task: Task, day: dt.date, today: dt.date, reason: str = "") -> Revision | None:
    """Put an open task on `day` and pin it there. None when it is finished."""
    if task.status == Task.Status.DONE:
        return None
    what = f"Moved “{task.title}” to {day:%A}, {day.day} {day:%B}"
    with _revising(task, Revision.Kind.MOVE, what, today, reason) as draft:
        draft.touch([task.pk])
        place_on(task, day)
    return _revision(draft)


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
        pieces = [numbered_parts(plan.pk, task.pk, [(day, task.minutes)]) for task in moved]
        replace_parts(keys, [part for parts in pieces for part in parts])
    return _revision(draft)


def _pace(day: dt.date, planned: Iterable[set[dt.date]]) -> str:
    days = {on for each in planned for on in each}
    ahead, behind = any(on > day for on in days), any(on < day for on in days)
    if ahead and behind:
        return "Caught up, and worked ahead."
    return "Worked ahead." if ahead else "Caught up." if behind else ""


def place_on(task: Task, day: dt.date) -> None:
    """Give a task one part, on `day`, and pin it there. Three queries; the caller revises."""
    task.pinned_on = day
    task.first_planned_on = task.first_planned_on or day
    task.save(update_fields=["pinned_on", "first_planned_on"])
    replace_parts([task.pk], numbered_parts(task.plan_id, task.pk, [(day, task.minutes)]))


def delete(task: Task, today: dt.date) -> Revision:
    """Mark a task as deleted; its minutes and note stay, and Undo brings it back."""
    with _revising(task, Revision.Kind.DELETE, f"Deleted “{task.title}”", today) as draft:
        draft.touch([task.pk])
        Task.objects.filter(pk=task.pk).update(deleted_at=timezone.now())
        Timer.objects.filter(task=task).delete()
    return _revision(draft)


def reorder(task: Task, direction: int, today: dt.date) -> Revision | None:
    """Swap a task with its neighbour in its outline day: -1 up, 1 down. None at the end."""
    neighbours = Task.objects.live().filter(day=task.day)
    other = (
        neighbours.filter(position__lt=task.position).order_by("-position").first()
        if direction < 0
        else neighbours.filter(position__gt=task.position).order_by("position").first()
    )
    if other is None:
        return None
    what = f"Put “{task.title}” {'before' if direction < 0 else 'after'} “{other.title}”"
    with _revising(task, Revision.Kind.REORDER, what, today) as draft:
        draft.touch([task.pk, other.pk])
        Task.objects.filter(pk=task.pk).update(position=other.position)
        Task.objects.filter(pk=other.pk).update(position=task.position)
    return _revision(draft)


def _revision(draft: Draft) -> Revision:
    assert draft.revision is not None
    return draft.revision


def plan_of(user: User) -> Plan | None:
    """Return the learner's active plan. One query."""
    return Plan.objects.filter(owner=user, state=Plan.State.ACTIVE, deleted_at=None).first()
