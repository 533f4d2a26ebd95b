"""Every change of a plan goes through here: locked, counted, and kept with rows before and after.

    with revising(plan, kind=..., what=..., day=today) as draft:
        draft.touch([task.pk])
        ...change tasks and parts...
    draft.revision

Ticks, minutes and notes are no revisions.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.library.models import Topic
from apps.plans.models import Part, Plan, Revision, Task
from apps.plans.schedule import minutes_left, numbered_parts, replace_parts

# What a revision may change of a task. What the learner did (ticks, notes) is not among it.
FIELDS = (
    "day_id",
    "position",
    "session",
    "kind",
    "priority",
    "title",
    "detail",
    "detail_html",
    "links",
    "minutes",
    "pinned_on",
    "skipped_on",
    "skip_reason",
    "deleted_at",
)
DATES = {"pinned_on", "skipped_on"}
Rows = dict[str, dict[str, Any] | None]


class StalePlan(Exception):
    """The plan has changed since the page was shown."""


class CannotUndo(Exception):
    """Something later depends on the revision; the message says what."""


class Draft:
    """The revision being written."""

    def __init__(self, plan: Plan, what: str) -> None:
        self.plan = plan
        self.what = what
        self.before: Rows = {}
        self.revision: Revision | None = None

    def touch(self, task_ids: Iterable[uuid.UUID]) -> None:
        """Lock these tasks and remember them as they are now. Four queries."""
        ids = [pk for pk in task_ids if str(pk) not in self.before]
        lock_tasks(ids)
        self.before.update(snapshot(ids))

    def added(self, task: Task) -> None:
        """Remember that this task is new."""
        self.before[str(task.pk)] = None


def lock_tasks(task_ids: Iterable[uuid.UUID]) -> list[Task]:
    """Lock tasks, always in the same order, and return them. One query."""
    tasks = Task.objects.select_for_update(no_key=True).filter(pk__in=list(task_ids))
    return list(tasks.order_by("pk"))


def snapshot(task_ids: Iterable[uuid.UUID]) -> Rows:
    """Return fields, topics and parts of these tasks, ready for JSON. Three queries."""
    ids = list(task_ids)
    rows: Rows = {}
    for values in Task.objects.filter(pk__in=ids).values("pk", *FIELDS):
        key = str(values.pop("pk"))
        rows[key] = {name: _plain(value) for name, value in values.items()}
    parts: dict[str, list[list[Any]]] = defaultdict(list)
    for task, day, minutes in (
        Part.objects.filter(task__in=ids)
        .order_by("number")
        .values_list("task_id", "day", "minutes")
    ):
        parts[str(task)].append([day.isoformat(), minutes])
    topics: dict[str, list[str]] = defaultdict(list)
    through = Task.topics.through.objects.filter(task_id__in=ids).order_by("pk")
    for task, topic in through.values_list("task_id", "topic_id"):
        topics[str(task)].append(str(topic))
    for key, row in rows.items():
        assert row is not None
        row["parts"] = parts[key]
        row["topics"] = topics[key]
    return rows


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value


@contextmanager
def revising(
    plan: Plan,
    *,
    kind: Revision.Kind,
    what: str,
    day: dt.date,
    reason: str = "",
    prompted_by: str = "",
    version: int | None = None,
    at: dt.datetime | None = None,
) -> Iterator[Draft]:
    """Lock the plan, let the caller change it, and write one revision, made at `at` (now).

    `version` is the one the learner was shown: raises StalePlan when the plan has moved on.
    Nothing is written when the body raises, and no revision when it changed nothing (but a
    decision, which is only noted).
    """
    with transaction.atomic():
        locked = Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
        if version is not None and locked.version != version:
            raise StalePlan
        draft = Draft(locked, what)
        yield draft
        before, after = _changes(draft.before)
        if not before and kind != Revision.Kind.DECISION:
            return
        locked.version += 1
        locked.save(update_fields=["version"])
        plan.version = locked.version
        draft.revision = Revision.objects.create(
            plan=locked,
            kind=kind,
            what=draft.what[:300],
            reason=reason[:300],
            prompted_by=prompted_by[:300],
            version=locked.version,
            before=before,
            after=after,
            at=at or timezone.now(),
            day=day,
        )


def _changes(remembered: Rows) -> tuple[Rows, Rows]:
    """Return, of each task that changed, the columns that did: before and after."""
    now = snapshot(uuid.UUID(key) for key in remembered)
    before: Rows = {}
    after: Rows = {}
    for key, old in remembered.items():
        new = now.get(key)
        if old == new or new is None:
            continue
        names = [name for name in new if old is None or old[name] != new[name]]
        before[key] = None if old is None else {name: old[name] for name in names}
        after[key] = {name: new[name] for name in names}
    return before, after


def undo(revision: Revision) -> list[str]:
    """Put back the rows as they were before `revision`, in one transaction.

    Of a revision of several tasks, those finished since stay as they are: returns their titles.
    Raises CannotUndo when it was undone already, when all of it has been finished since, when a
    later change touched the same columns, or when an added task has minutes or a note by now.
    """
    with transaction.atomic():
        plan = Plan.objects.select_for_update(no_key=True).get(pk=revision.plan_id)
        revision = Revision.objects.select_for_update().get(pk=revision.pk)
        if revision.undone_at:
            raise CannotUndo("That was undone already.")
        if not revision.before:
            raise CannotUndo("There is nothing to put back.")
        tasks = lock_tasks(uuid.UUID(key) for key in revision.after)
        finished = [task for task in tasks if _stays(task, revision.before[str(task.pk)])]
        kept = {str(task.pk) for task in finished}
        if len(kept) == len(tasks):
            raise CannotUndo(f"“{finished[0].title}” has been finished since. Untick it first.")
        _check_unchanged(plan, revision, kept)
        for task in tasks:
            if str(task.pk) not in kept:
                _restore(task, revision.before[str(task.pk)])
        revision.undone_at = timezone.now()
        revision.save(update_fields=["undone_at"])
        plan.version += 1
        plan.save(update_fields=["version"])
    return [task.title for task in finished]


def _stays(task: Task, row: dict[str, Any] | None) -> bool:
    """Whether finished work would be moved or hidden."""
    return task.status == Task.Status.DONE and (row is None or "parts" in row)


def _check_unchanged(plan: Plan, revision: Revision, kept: set[str]) -> None:
    keys = [key for key in revision.after if key not in kept]
    now = snapshot(uuid.UUID(key) for key in keys)
    for key in keys:
        held = now.get(key) or {}
        if any(held.get(name) != value for name, value in (revision.after[key] or {}).items()):
            raise CannotUndo(f"A later change depends on it: {_later(plan, revision, key)}")
    added = [key for key in keys if revision.before[key] is None]
    used = Task.objects.filter(pk__in=added).exclude(note="", work=None, timer=None).first()
    if used:
        raise CannotUndo(f"“{used.title}” has minutes or a note by now. Delete it instead.")


def _later(plan: Plan, revision: Revision, key: str) -> str:
    later = plan.revisions.filter(version__gt=revision.version, undone_at=None)
    return next(
        (other.what for other in later.order_by("-version") if key in other.after),
        "a later change",
    )


def _restore(task: Task, row: dict[str, Any] | None) -> None:
    if row is None:
        task.deleted_at = timezone.now()
        task.save(update_fields=["deleted_at"])
        return
    names = [name for name in FIELDS if name in row]
    for name in names:
        setattr(task, name, _parsed(name, row[name]))
    if task.status != Task.Status.DONE:
        task.status = Task.Status.SKIPPED if task.skipped_on else Task.Status.TODO
    task.save(update_fields=[*names, "status"])
    if "topics" in row:
        task.topics.set(Topic.objects.filter(pk__in=row["topics"]))
    if "parts" in row:
        pieces = [(dt.date.fromisoformat(day), minutes) for day, minutes in row["parts"]]
        left, spent = minutes_left(task)
        behind = spent if sum(minutes for _, minutes in pieces) == left else 0
        replace_parts([task.pk], numbered_parts(task.plan_id, task.pk, pieces, behind))


def _parsed(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in DATES:
        return dt.date.fromisoformat(value)
    if name == "deleted_at":
        return dt.datetime.fromisoformat(value)
    return uuid.UUID(value) if name == "day_id" else value
