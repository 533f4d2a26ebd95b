"""Re-flow from today: what is unfinished and unpinned is laid out again, seen before it happens."""

from __future__ import annotations

import datetime as dt

from apps.accounts.models import User
from apps.plans import bending
from apps.plans.bends import Reflow
from apps.plans.models import Plan, Revision


def preview_reflow(plan: Plan, user: User, today: dt.date) -> bending.Preview:
    """Return what would move. Seven queries; nothing is written. Raises NoStudyTime."""
    return bending.preview(plan, user, today, Reflow())


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
    return bending.apply(
        plan,
        user,
        today,
        Reflow(),
        version=version,
        reason=reason,
        prompted_by=prompted_by,
        at=at,
    )
