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
from apps.plans.schedule import numbered_parts, replace_parts

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

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.before: Rows = {}
        self.revision: Revision | None = None

    def touch(self, task_ids: Iterable[uuid.UUID]) -> None:
        """Remember these tasks as they are now. Two or three queries."""
        ids = [pk for pk in task_ids if str(pk) not in self.before]
        self.before.update(snapshot(ids))

    def added(self, task: Task) -> None:
        """Remember that this task is new."""
        self.before[str(task.pk)] = None


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
    Nothing is written when the body raises.
    """
    with transaction.atomic():
        locked = Plan.objects.select_for_update().get(pk=plan.pk)
        if version is not None and locked.version != version:
            raise StalePlan
        draft = Draft(locked)
        yield draft
        after = snapshot(uuid.UUID(key) for key in draft.before)
        changed = [key for key, row in draft.before.items() if row != after.get(key)]
        locked.version += 1
        locked.save(update_fields=["version"])
        plan.version = locked.version
        draft.revision = Revision.objects.create(
            plan=locked,
            kind=kind,
            what=what[:300],
            reason=reason[:300],
            prompted_by=prompted_by[:300],
            version=locked.version,
            before={key: draft.before[key] for key in changed},
            after={key: after[key] for key in changed},
            at=at or timezone.now(),
            day=day,
        )


def undo(revision: Revision) -> None:
    """Put back the rows as they were before `revision`, in one transaction.

    Raises CannotUndo when it was undone already, when one of its tasks has been finished since,
    or when a later change touched the same tasks.
    """
    with transaction.atomic():
        plan = Plan.objects.select_for_update().get(pk=revision.plan_id)
        revision = Revision.objects.select_for_update().get(pk=revision.pk)
        if revision.undone_at:
            raise CannotUndo("That was undone already.")
        if not revision.before:
            raise CannotUndo("There is nothing to put back.")
        _check_unchanged(plan, revision)
        for key, row in revision.before.items():
            _restore(plan, uuid.UUID(key), row)
        revision.undone_at = timezone.now()
        revision.save(update_fields=["undone_at"])
        plan.version += 1
        plan.save(update_fields=["version"])


def _check_unchanged(plan: Plan, revision: Revision) -> None:
    now = snapshot(uuid.UUID(key) for key in revision.after)
    for key, row in revision.after.items():
        if now.get(key) != row:
            later = next(
                (
                    other.what
                    for other in plan.revisions.filter(
                        version__gt=revision.version, undone_at=None
                    ).order_by("-version")
                    if key in other.after
                ),
                "a later change",
            )
            raise CannotUndo(f"A later change depends on it: {later}")
    finished = Task.objects.filter(pk__in=list(revision.after), status=Task.Status.DONE).first()
    if finished:
        raise CannotUndo(f"“{finished.title}” has been finished since. Untick it first.")


def _restore(plan: Plan, task_id: uuid.UUID, row: dict[str, Any] | None) -> None:
    task = Task.objects.get(pk=task_id, plan=plan)
    if row is None:
        task.deleted_at = timezone.now()
        task.save(update_fields=["deleted_at"])
        return
    for name in FIELDS:
        value = row[name]
        if value is not None and name in DATES:
            value = dt.date.fromisoformat(value)
        elif value is not None and name == "deleted_at":
            value = dt.datetime.fromisoformat(value)
        elif name == "day_id":
            value = uuid.UUID(value)
        setattr(task, name, value)
    task.status = Task.Status.SKIPPED if task.skipped_on else Task.Status.TODO
    task.save()
    task.topics.set(Topic.objects.filter(pk__in=row["topics"]))
    pieces = [(dt.date.fromisoformat(day), minutes) for day, minutes in row["parts"]]
    replace_parts([task.pk], numbered_parts(plan.pk, task.pk, pieces))
