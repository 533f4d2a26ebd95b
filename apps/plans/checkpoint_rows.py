"""Writes checkpoints: the rule of a week, and that it was settled without a branch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from apps.plans.bends import NothingToDo
from apps.plans.checkpoint import AreaFigure, applied_mark
from apps.plans.checkpoint_branch import SETTLED, settled
from apps.plans.checkpoints import digest
from apps.plans.models import PlanWeek, Revision
from apps.plans.revise import StalePlan, revising


def write_checkpoint(
    week: PlanWeek,
    checkpoint: Mapping[str, Any] | None,
    today: dt.date,
    *,
    seen: str,
    reason: str = "",
) -> Revision | None:
    """Store the rule of a week, None to take it away, as one revision; None when nothing changes.

    Raises StalePlan when the checkpoint is no longer the one of the digest `seen`.
    """
    with revising(
        week.plan, kind=Revision.Kind.CHECKPOINT, what="", day=today, reason=reason
    ) as draft:
        held = _held(week)
        if digest(held) != seen:
            raise StalePlan
        verb = "removed" if checkpoint is None else "changed" if held else "added"
        title = (checkpoint or held or {}).get("title", "")
        draft.what = f"Checkpoint of {week.name} {verb}: {title}"
        draft.touch_others([f"week:{week.pk}"])
        PlanWeek.objects.filter(pk=week.pk).update(checkpoint=checkpoint)
    return draft.revision


def go_on_without(
    week: PlanWeek, figures: Iterable[AreaFigure], today: dt.date, *, reason: str, prompted_by: str
) -> Revision | None:
    """Settle a checkpoint without a branch, as one revision; no date moves.

    Raises NothingToDo when it is settled or gone already.
    """
    with revising(
        week.plan,
        kind=Revision.Kind.CHECKPOINT,
        what=f"Checkpoint of {week.name}: going on without a branch",
        day=today,
        reason=reason,
        prompted_by=prompted_by,
    ) as draft:
        held = _held(week)
        if held is None or held.get("applied"):
            raise NothingToDo(SETTLED if held else "This week has no checkpoint any more.")
        draft.touch_others([f"week:{week.pk}"])
        mark = applied_mark("", today, figures)
        PlanWeek.objects.filter(pk=week.pk).update(checkpoint=settled(held, mark))
    return draft.revision


def _held(week: PlanWeek) -> dict[str, Any] | None:
    """The checkpoint as it is now, the plan being locked."""
    return PlanWeek.objects.values_list("checkpoint", flat=True).get(pk=week.pk)
