"""Today: what reads across plans, checks and mastery."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Value
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.http import LearnerRequest
from apps.accounts.models import Break, User
from apps.mastery.due import due_short
from apps.plans import pages
from apps.plans.agenda import Agenda
from apps.plans.models import Criterion, DayLog, Part, Plan, Work
from apps.plans.streak import streak
from apps.plans.views.week import log_form
from apps.plans.work import plan_of

STREAK_WINDOW = dt.timedelta(days=400)


@require_safe
def today(request: LearnerRequest) -> HttpResponse:
    """What to do today, what is carried over, and how the day goes."""
    plan = plan_of(request.user)
    if plan is None:
        return render(request, "dashboard/no_plan.html", {})
    context = pages.today_context(request.user, plan)
    agenda, day = context["agenda"], context["today"]
    log = DayLog.objects.filter(user=request.user, day=day).first()
    context |= {
        "criteria": _criteria(agenda),
        "day_log": log,
        "day_log_day": day,
        "log_form": log_form(log),
        "streak": days_in_a_row(request.user, day),
        "due": due_short(request.user, day, 5),
        "next_day": None if agenda.groups else _next_day(plan, day),
    }
    return render(request, "dashboard/today.html", context)


def _criteria(agenda: Agenda) -> list[Criterion]:
    """Return the success criteria of the outline days that lie on today. One query."""
    days = {
        row.record.outline_day
        for row in agenda.rows
        if row.late_from is None and row.ahead_from is None
    }
    if not days:
        return []
    return list(Criterion.objects.filter(day__in=days).order_by("position"))


def days_in_a_row(user: User, today: dt.date) -> int:
    """Return the learner's streak. One query: days with work and breaks together."""
    since = today - STREAK_WINDOW
    worked: Any = Work.objects.filter(user=user, day__gte=since).order_by()
    breaks = Break.objects.filter(user=user).order_by()
    rows = worked.values_list(Value(0), "day", "day").union(
        breaks.values_list(Value(1), "first_day", "last_day")
    )
    studied = {first for is_break, first, _ in rows if not is_break}
    spans = [(first, last) for is_break, first, last in rows if is_break]
    return streak(studied, today, user.weekday_minutes, spans)


def _next_day(plan: Plan, today: dt.date) -> dt.date | None:
    """Return the next day with work. One query, only made when today has none."""
    return (
        Part.objects.filter(plan=plan, day__gt=today, task__deleted_at=None)
        .order_by("day")
        .values_list("day", flat=True)
        .first()
    )
