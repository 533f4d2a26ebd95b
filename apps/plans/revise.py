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
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from apps.accounts.clock import local_today
from apps.accounts.models import User
from apps.plans.fitting import refit_overfull
from apps.plans.models import Plan, Revision, Task
from apps.plans.revision_rows import (
    LEARNER,
    Row,
    Rows,
    are_rows,
    is_as,
    key_of,
    open_days_of,
    other_keys,
    proposed_again,
    restore_other,
    restore_tasks,
    snapshot,
    snapshot_tasks,
    task_ids,
    task_inside,
)
from apps.plans.sketch import Pieces


class StalePlan(Exception):
    """The plan has changed since the page was shown."""


class CannotUndo(Exception):
    """Something later depends on the revision; the message says what."""


class Draft:
    """The revision being written. `kind`, `what` and the rest may be said in its course."""

    def __init__(self, plan: Plan, kind: str, what: str) -> None:
        self.plan = plan
        self.kind = kind
        self.what = what
        self.before: Rows = {}
        self.laid: dict[str, tuple[Row, Row]] = {}
        self.revision: Revision | None = None

    def touch(self, ids: Iterable[uuid.UUID]) -> None:
        """Lock these tasks and remember them as they are now. Four queries."""
        wanted = [pk for pk in ids if str(pk) not in self.before]
        list(_locked(wanted).values_list("pk"))
        self.before.update(snapshot_tasks(wanted, self.plan))

    def lock_open(self) -> None:
        """Lock the plan's open tasks before the plan is looked at: who ticks one of them meanwhile
        or adds minutes to it waits, so that no finished work is moved. One query."""
        tasks = self.plan.tasks.filter(deleted_at=None, status=Task.Status.TODO)
        list(tasks.select_for_update(no_key=True).order_by("pk").values_list("pk"))

    def lay(self, moved: Mapping[uuid.UUID, tuple[Pieces, Pieces]]) -> None:
        """Remember these tasks, locked by `lock_open`, of which nothing but the parts changes: from
        these to those, which the caller stores. Does not query."""
        for pk, pair in moved.items():
            was, then = ({"parts": [[day.isoformat(), n] for day, n in each]} for each in pair)
            self.laid[str(pk)] = was, then

    def touch_others(self, keys: Iterable[str]) -> None:
        """Remember other rows, by their names in a revision, as they are now. A query a kind."""
        wanted = [key for key in keys if key not in self.before]
        found = snapshot(self.plan, wanted)
        self.before.update({key: found.get(key) for key in wanted})

    def added(self, *rows: Model) -> None:
        """Remember that these rows are new."""
        for row in rows:
            self.before[key_of(row)] = None


def lock_tasks(task_ids: Iterable[uuid.UUID]) -> list[Task]:
    """Lock tasks, always in the same order, and return them. One query."""
    return list(_locked(task_ids))


def _locked(task_ids: Iterable[uuid.UUID]) -> QuerySet[Task]:
    tasks = Task.objects.select_for_update(no_key=True).filter(pk__in=list(task_ids))
    return tasks.order_by("pk")


@contextmanager
def revising(
    plan: Plan,
    *,
    kind: str,
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
        draft = Draft(locked, kind, what)
        yield draft
        before, after = _changes(locked, draft.before)
        for key, (was, then) in draft.laid.items():
            before[key], after[key] = was, then
        if not before and draft.kind != Revision.Kind.DECISION:
            return
        locked.version += 1
        locked.save(update_fields=["version"])
        plan.version = locked.version
        draft.revision = Revision.objects.create(
            plan=locked,
            kind=draft.kind,
            what=draft.what[:300],
            reason=reason[:300],
            prompted_by=prompted_by[:300],
            version=locked.version,
            before=before,
            after=after,
            at=at or timezone.now(),
            day=day,
        )


def _changes(plan: Plan, remembered: Rows) -> tuple[Rows, Rows]:
    """Return, of each row that changed, the columns that did: before and after."""
    now = snapshot(plan, remembered)
    before: Rows = {}
    after: Rows = {}
    for key, old in remembered.items():
        new = now.get(key)
        if old == new:
            continue
        if old is None or new is None:
            before[key], after[key] = old, new
            continue
        names = [name for name in new if old[name] != new[name]]
        before[key] = {name: old[name] for name in names}
        after[key] = {name: new[name] for name in names}
    return before, after


def undo(revision: Revision, today: dt.date | None = None) -> list[str]:
    """Put back the rows as they were before `revision`, in one transaction.

    Of a revision of several tasks, those finished since stay as they are: returns their titles.
    Tasks put back on a day that is over by now are fitted in behind, from `today` on (the
    learner's).
    Raises CannotUndo when it was undone already, when all of it or half of a split task has been
    finished since, when a later change touched the same columns, when an added task has minutes or
    a note or an added day another task by now, when a proposal that would be open again was made
    anew, and when its rows are none.
    """
    try:
        return _undo(revision, today)
    except (IntegrityError, DataError):
        raise CannotUndo("Something else has taken its place by now.") from None


def _undo(revision: Revision, today: dt.date | None) -> list[str]:
    with transaction.atomic():
        if changes_learner(revision.before):
            User.objects.select_for_update(no_key=True).get(plans=revision.plan_id)
        plan = Plan.objects.select_for_update(no_key=True).get(pk=revision.plan_id)
        revision = Revision.objects.select_for_update().get(pk=revision.pk)
        if revision.undone_at:
            raise CannotUndo("That was undone already.")
        if not revision.before and revision.kind != Revision.Kind.DECISION:
            raise CannotUndo("There is nothing to put back.")
        if not are_rows(revision.before, revision.after):
            raise CannotUndo("What it changed cannot be read.")
        tasks = [task for task in lock_tasks(task_ids(revision.after)) if task.plan_id == plan.pk]
        finished = [task for task in tasks if _stays(task, revision.before[str(task.pk)])]
        kept = {str(task.pk) for task in finished}
        bound = finished if len(finished) == len(tasks) else _halves(revision, finished)
        if bound:
            raise CannotUndo(f"“{bound[0].title}” has been finished since. Untick it first.")
        _check_unchanged(plan, revision, kept)
        _put_back(plan, revision, tasks, kept, today)
        revision.undone_at = timezone.now()
        revision.save(update_fields=["undone_at"])
        plan.version += 1
        plan.save(update_fields=["version"])
    return [task.title for task in finished]


def _put_back(
    plan: Plan, revision: Revision, tasks: list[Task], kept: set[str], today: dt.date | None
) -> None:
    restored = [task for task in tasks if str(task.pk) not in kept]
    restore_tasks(plan, restored, revision.before)
    for key in other_keys(revision.before):
        restore_other(plan, key, revision.before[key])
    open_days_of(plan)
    if kept or plan.version != revision.version:  # else it is as it was
        owner = User.objects.get(pk=plan.owner_id)
        back = None if changes_learner(revision.before) else [task.pk for task in restored]
        refit_overfull(plan, owner, back, today or local_today(owner))


def changes_learner(rows: Rows) -> bool:
    """Whether hours, breaks or the interview are among these rows. Does not query."""
    return any(key == LEARNER or key.startswith("break:") for key in rows)


def _stays(task: Task, row: dict[str, Any] | None) -> bool:
    """Whether finished work would be moved or hidden."""
    return task.status == Task.Status.DONE and (row is None or "parts" in row)


def _halves(revision: Revision, tasks: list[Task]) -> list[Task]:
    """Those of these tasks that a split made: one half without the other would lose work, or
    double it."""
    if revision.kind != Revision.Kind.SPLIT:
        return []
    rows = [(task, revision.before[str(task.pk)]) for task in tasks]
    return [task for task, row in rows if row is None or "minutes" in row]


def _check_unchanged(plan: Plan, revision: Revision, kept: set[str]) -> None:
    keys = [key for key in revision.after if key not in kept]
    now = snapshot(plan, keys)
    for key in keys:
        if not is_as(key, now.get(key), revision.after[key]):
            raise CannotUndo(f"A later change depends on it: {_later(plan, revision, key)}")
    added = task_ids(key for key in keys if revision.before[key] is None)
    used = Task.objects.filter(pk__in=added).exclude(note="", work=None, timer=None).first()
    if used:
        raise CannotUndo(f"“{used.title}” has minutes or a note by now. Delete it instead.")
    if inside := task_inside(plan, revision.before):
        raise CannotUndo(f"“{inside}” is in it by now. Move or delete that first.")
    if again := proposed_again(plan, revision.before):
        raise CannotUndo(f"“{again}” is proposed again by now. Drop that proposal first.")


def _later(plan: Plan, revision: Revision, key: str) -> str:
    later = plan.revisions.filter(version__gt=revision.version, undone_at=None)
    return next(
        (other.what for other in later.order_by("-version") if key in other.after),
        "a later change",
    )
