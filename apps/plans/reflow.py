"""Re-flow from today: what is unfinished and unpinned is laid out again, seen before it happens."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from apps.accounts.models import User
from apps.plans.models import Part, Plan, Revision, Task
from apps.plans.revise import revising
from apps.plans.schedule import parts_of, reflow_layout, replace_parts

Span = tuple[dt.date, dt.date]


@dataclass(frozen=True, slots=True)
class Shift:
    """One task whose dates would change: its first and last day, now and then."""

    title: str
    before: Span | None
    after: Span


@dataclass(frozen=True, slots=True)
class ReflowPreview:
    """What re-flow would do to a plan of this version."""

    version: int
    shifts: tuple[Shift, ...]
    tasks: int
    last_before: dt.date | None
    last_after: dt.date | None
    late: int

    @property
    def days_later(self) -> int:
        """Days by which the plan ends later (negative: earlier)."""
        if self.last_before is None or self.last_after is None:
            return 0
        return (self.last_after - self.last_before).days


def preview_reflow(plan: Plan, user: User, today: dt.date) -> ReflowPreview:
    """Return what would move. Six queries; nothing is written. Raises NoStudyTime."""
    layout, ids = reflow_layout(plan, user, today)
    before: dict[uuid.UUID, tuple[dt.date, dt.date]] = {}
    titles: dict[uuid.UUID, str] = {}
    last_before: dt.date | None = None
    for task, title, day in (
        Part.objects.filter(plan=plan, task__deleted_at=None, task__status=Task.Status.TODO)
        .order_by("number")
        .values_list("task_id", "task__title", "day")
    ):
        last_before = max(last_before or day, day)
        if task in ids:
            before[task] = (before.get(task, (day, day))[0], day)
            titles[task] = title
    after: dict[object, tuple[dt.date, dt.date]] = {}
    for placed in layout.parts:
        first = after.get(placed.key, (placed.day, placed.day))[0]
        after[placed.key] = (first, placed.day)
    missing = [task for task in ids if task not in titles]
    if missing:
        titles |= dict(Task.objects.filter(pk__in=missing).values_list("pk", "title"))
    shifts = [
        Shift(titles[task], before.get(task), after[task])
        for task in after
        if isinstance(task, uuid.UUID) and before.get(task) != after[task]
    ]
    pinned_last = Part.objects.filter(
        plan=plan, task__deleted_at=None, task__status=Task.Status.TODO
    ).exclude(task__in=ids)
    ends = [layout.last_day] if layout.last_day else []
    ends += list(pinned_last.order_by("-day").values_list("day", flat=True)[:1])
    return ReflowPreview(
        version=plan.version,
        shifts=tuple(sorted(shifts, key=lambda shift: (shift.after, shift.title))),
        tasks=len(ids),
        last_before=last_before,
        last_after=max(ends, default=None),
        late=len(layout.late),
    )


def apply_reflow(
    plan: Plan,
    user: User,
    today: dt.date,
    version: int | None,
    reason: str = "",
    prompted_by: str = "",
    at: dt.datetime | None = None,
) -> Revision | None:
    """Lay out the rest of the plan from today on, as one revision.

    None when nothing moves. Raises StalePlan when the plan is no longer of that version,
    NoStudyTime.
    """
    what = f"Re-flowed from {today.day} {today:%B}"
    with revising(
        plan,
        kind=Revision.Kind.REFLOW,
        what=what,
        day=today,
        reason=reason,
        prompted_by=prompted_by,
        version=version,
        at=at,
    ) as draft:
        draft.touch(
            Task.objects.filter(
                plan=draft.plan, deleted_at=None, status=Task.Status.TODO
            ).values_list("pk", flat=True)
        )
        layout, spent = reflow_layout(draft.plan, user, today)
        replace_parts(spent, parts_of(draft.plan, layout, spent))
    return draft.revision
