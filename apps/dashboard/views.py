"""Today: what reads across plans, checks and mastery."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, NamedTuple

from django.db.models import Value
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.http import LearnerRequest
from apps.accounts.models import Break, User
from apps.mastery.due import due_short
from apps.plans import pages
from apps.plans.agenda import Agenda
from apps.plans.models import DayLog, Part, Plan, PlanDay, Task, Work
from apps.plans.streak import streak
from apps.plans.views.week import log_form
from apps.plans.work import plan_of

STREAK_WINDOW = dt.timedelta(days=400)


@require_safe
def today(request: LearnerRequest) -> HttpResponse:
    """What to do today, what is carried over, and how the day goes."""
    plan = plan_of(request.user)
    if plan is None:
        paused = Plan.objects.filter(owner=request.user, deleted_at=None)
        return render(request, "dashboard/no_plan.html", {"paused": paused})
    context = pages.today_context(request.user, plan)
    agenda, day = context["agenda"], context["today"]
    heading, criteria = _outline(agenda)
    log = DayLog.objects.filter(user=request.user, day=day).first()
    context |= {
        "heading": heading,
        "criteria": criteria,
        "day_log": log,
        "day_log_day": day,
        "log_form": log_form(log),
        "streak": days_in_a_row(request.user, day),
        "due": due_short(request.user, day, 5),
        "next_day": None if agenda.groups else _next_day(plan, day),
    }
    return render(request, "dashboard/today.html", context)


class Criterion(NamedTuple):
    """A success criterion as its fragment shows it."""

    pk: uuid.UUID
    text: str
    met_on: dt.date | None


class Heading(NamedTuple):
    """What the outline calls the day: week, title, goal."""

    week: int
    title: str
    goal: str


_DAYS = PlanDay.objects.order_by("criteria__position").values_list(
    "pk",
    "week__number",
    "title",
    "goal",
    "criteria__pk",
    "criteria__text",
    "criteria__met_on",
)


def _outline(agenda: Agenda) -> tuple[Heading | None, list[Criterion]]:
    """Return the heading of the day and its success criteria, from the outline days that lie on
    today. One query."""
    lead = agenda.lead
    if lead is None:
        return None, []
    days = {
        row.record.outline_day
        for row in agenda.rows
        if row.late_from is None and row.ahead_from is None
    }
    heading, criteria = None, []
    for pk, week, title, goal, *criterion in _DAYS.filter(pk__in=days):
        if pk == lead.record.outline_day:
            heading = Heading(week, title, goal)
        if criterion[0] is not None:
            criteria.append(Criterion._make(criterion))
    return heading, criteria


def days_in_a_row(user: User, today: dt.date) -> int:
    """Return the learner's streak. One query: days with work, days with ticks, and breaks."""
    since = today - STREAK_WINDOW
    worked: Any = Work.objects.filter(user=user, day__gte=since).order_by()
    breaks = Break.objects.filter(user=user).order_by()
    ticked = Task.objects.filter(plan__owner=user, done_on__gte=since).order_by()
    rows = worked.values_list(Value(0), "day", "day").union(
        ticked.values_list(Value(0), "done_on", "done_on"),
        breaks.values_list(Value(1), "first_day", "last_day"),
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
