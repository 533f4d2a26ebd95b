"""What a learner does with a task: tick, time, minutes, note. None of it is a revision.

Each function is one short transaction. Rows are locked without their keys (`no_key`), so that a
row of work written elsewhere, which points to a task or the learner, never waits for them.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from apps.accounts.clock import local_day, local_today
from apps.accounts.models import User
from apps.accounts.prepared import Param, Prepared
from apps.library.models import SearchEntry
from apps.library.own import put_entry, remove_entry
from apps.library.render import render_note
from apps.plans.fitting import fit
from apps.plans.models import Criterion, DayLog, Plan, Task, Timer, Work

ASK_AFTER_MINUTES = 240
MOST_MINUTES = 1440
TASK_NOTE = "Note on a task"
DAY_NOTE = "What you learned"


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
        Task.objects.owned_by(user)
        .select_for_update(of=("self",), no_key=True)
        .select_related("plan", "day__week")
        .filter(pk=task_id)
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
) -> Task:
    """Finish a task: idempotent. Writes the planned minutes that remain, on the day `on`.

    `minutes` is how long it took in all, if not as planned. A timer running on the task is stopped
    and says how long it took instead. Returns the task with its plan, day and week; four queries
    without a timer. Raises TaskGone.
    """
    now = at or timezone.now()
    with transaction.atomic():
        task = _locked(user, task_id)
        if task.status == Task.Status.DONE:
            return task
        timer, spent = _time_of(task)
        timed = _stop_timer(user, now, task) if timer else 0
        remaining = (task.minutes if minutes is None else minutes) - spent
        _set(task, status=Task.Status.DONE, done_on=on, done_at=now)
        if not timed and remaining > 0:
            _add_work(user, task, Work.Origin.TICK, remaining, on, now)
    return task


def _time_of(task: Task) -> tuple[object, int]:
    """Return the timer that runs on a task, and the minutes spent on it. One query."""
    rows = Task.objects.filter(pk=task.pk).order_by().values_list("timer__pk")
    timer, spent = rows.annotate(Sum("work__minutes")).get()
    return timer, spent or 0


def _set(task: Task, **values: Any) -> None:
    """Store these values of a task that is locked, and have them in the object. One query."""
    Task.objects.filter(pk=task.pk).update(**values)
    for name, value in values.items():
        setattr(task, name, value)


def untick(user: User, task_id: uuid.UUID) -> Task:
    """Open a task again: idempotent. Takes back the minutes its tick wrote, and only those.

    One that was skipped before it was ticked is skipped again, with its reason. One whose tick has
    no date, since a file brought it, was planned for no day: it is fitted in from today on.
    Returns the task with its plan, day and week. Three queries, nine with that. Raises TaskGone.
    """
    with transaction.atomic():
        task = _locked(user, task_id)
        if task.status == Task.Status.DONE:
            is_dated = task.done_on is not None
            before = Task.Status.SKIPPED if task.skipped_on else Task.Status.TODO
            _set(task, status=before, done_on=None, done_at=None)
            task.work.filter(origin=Work.Origin.TICK).delete()
            if not is_dated:
                fit(task.plan, user, [task.pk], local_today(user))
    return task


def _add_work(
    user: User, task: Task, origin: Work.Origin, minutes: int, on: dt.date, at: dt.datetime
) -> None:
    kept = min(minutes, MOST_MINUTES)
    Work.objects.create(user=user, task=task, origin=origin, minutes=kept, day=on, at=at)


def log_minutes(
    user: User,
    task_id: uuid.UUID,
    minutes: int,
    on: dt.date,
    at: dt.datetime | None = None,
    entry_id: uuid.UUID | None = None,
) -> Work:
    """Add minutes the learner typed. They are rows: nothing is overwritten. Raises TaskGone.

    The same `entry_id` sent again adds nothing.
    """
    with transaction.atomic():
        task = _locked(user, task_id)
        sent = Work.objects.filter(pk=entry_id, task=task).first() if entry_id else None
        return sent or Work.objects.create(
            pk=entry_id or uuid.uuid4(),
            user=user,
            task=task,
            origin=Work.Origin.TYPED,
            minutes=minutes,
            day=on,
            at=at or timezone.now(),
        )


def lock_timer(user: User) -> None:
    """Let one request at a time start or stop the learner's timer. One query."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


def start_timer(user: User, task_id: uuid.UUID) -> None:
    """Start the learner's one timer on a task; one that runs elsewhere is stopped and logged.

    Idempotent. Raises TaskGone, and TimerNeedsMinutes when the other one ran too long.
    """
    now = timezone.now()
    with transaction.atomic():
        lock_timer(user)
        task = _locked(user, task_id)
        running = Timer.objects.filter(user=user).first()
        if running and running.task_id == task.pk:
            return
        if running:
            _stop_timer(user, now, None)
        Timer.objects.create(user=user, task=task, started_at=now)


def stop_timer(user: User, task_id: uuid.UUID, minutes: int | None = None) -> int | None:
    """Stop the timer if it runs on this task and return its minutes; None when it did not run.

    `minutes` is what the learner says it was. Raises TimerNeedsMinutes after four hours without.
    """
    with transaction.atomic():
        lock_timer(user)
        return _stop_timer(user, timezone.now(), _locked(user, task_id), minutes)


def stop_timer_of(user: User, task: Task) -> None:
    """Stop and log a timer on a task that is about to be left. Raises TimerNeedsMinutes.

    The caller has a transaction open. One query when no timer runs.
    """
    _stop_timer(user, timezone.now(), task)


def _stop_timer(
    user: User, now: dt.datetime, task: Task | None, minutes: int | None = None
) -> int | None:
    running = Timer.objects.select_for_update(of=("self",)).filter(user=user)
    timer = (running.filter(task=task) if task else running).select_related("task").first()
    if timer is None:
        return None
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
        if text:
            put_entry(user, SearchEntry.Kind.NOTE, task.pk, **entry_of_note(task, text))
        else:
            remove_entry(SearchEntry.Kind.NOTE, task.pk)


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
        _index_day(user, log)
    return log


def _index_day(user: User, log: DayLog) -> None:
    entry = entry_of_day(log)
    if not entry["text"]:
        remove_entry(SearchEntry.Kind.NOTE, log.pk)
        return
    put_entry(user, SearchEntry.Kind.NOTE, log.pk, **entry)


def entry_of_note(task: Task, text: str) -> dict[str, str]:
    """Return what the search says of a note on a task. Does not query."""
    return {
        "title": task.title,
        "place": TASK_NOTE,
        "address": reverse("plans:task", args=[task.pk]),
        "text": text,
    }


def entry_of_day(log: DayLog) -> dict[str, str]:
    """Return what the search says of a day's log. Does not query."""
    return {
        "title": f"{log.day:%A} {log.day.day} {log.day:%B %Y}",
        "place": DAY_NOTE,
        "address": reverse("plans:week", args=[log.day.isoformat()]),
        "text": "\n".join(part for part in (log.learned, log.result) if part),
    }


def meet_criteria(
    user: User, criteria: Iterable[uuid.UUID], on: dt.date, at: dt.datetime | None = None
) -> None:
    """Set these success criteria of the learner met on that day. Idempotent. One query."""
    Criterion.objects.filter(plan__owner=user, pk__in=list(criteria), met_on=None).update(
        met_on=on, met_at=at or timezone.now()
    )


_PLAN_FIELDS = [field.attname for field in Plan._meta.concrete_fields]
_ACTIVE = Prepared(
    lambda: Plan.objects.filter(
        owner=Param("owner"), state=Plan.State.ACTIVE, deleted_at=None
    ).values_list(*_PLAN_FIELDS)[:1]
)


def plan_of(user: User) -> Plan | None:
    """Return the learner's active plan. One query."""
    rows = _ACTIVE(owner=user.pk)
    return Plan.from_db(DEFAULT_DB_ALIAS, _PLAN_FIELDS, rows[0]) if rows else None
