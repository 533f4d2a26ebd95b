"""Today: what reads across plans, checks and mastery."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from django.db.models import Value
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.http import LearnerRequest
from apps.accounts.models import Break, User
from apps.accounts.prepared import Param, Prepared, day
from apps.plans import pages
from apps.plans.agenda import Agenda
from apps.plans.models import DayLog, Part, Plan, PlanDay, Task, Work
from apps.plans.outline import CriterionLine
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
    agenda, date = context["agenda"], context["today"]
    heading, criteria = _outline(plan, agenda)
    context |= {
        "heading": heading,
        "criteria": criteria,
        "day_log_day": date,
        "log_form": log_form(_log(request.user, date)),
        "streak": days_in_a_row(request.user, date),
        "next_day": None if agenda.groups else _next_day(plan, date),
    }
    return render(request, "dashboard/today.html", context)


class Heading(NamedTuple):
    """What the outline calls the day: week, title, goal."""

    week: str
    title: str
    goal: str


_DAYS = Prepared(
    lambda: (
        PlanDay.objects.filter(
            pk__in=Part.objects.filter(
                plan=Param("plan"), day=day("today"), task__deleted_at=None
            ).values("task__day")
        )
        .order_by("criteria__position")
        .values_list(
            "pk",
            "week__number",
            "week__label",
            "title",
            "goal",
            "criteria__pk",
            "criteria__text",
            "criteria__met_on",
        )
    )
)


def _outline(plan: Plan, agenda: Agenda) -> tuple[Heading | None, list[CriterionLine]]:
    """Return the heading of the day and its success criteria, from the outline days that lie on
    today. One query."""
    lead = agenda.lead
    if lead is None:
        return None, []
    heading, criteria = None, []
    for pk, number, label, title, goal, *criterion in _DAYS(plan=plan.pk, today=agenda.today):
        if pk == lead.record.outline_day:
            heading = Heading(label or f"Week {number}", title, goal)
        if criterion[0] is not None:
            criteria.append(CriterionLine(*criterion))
    return heading, criteria


_LOG = Prepared(
    lambda: DayLog.objects.filter(user=Param("user"), day=day("day")).values_list(
        "learned", "result"
    )
)


def _log(user: User, date: dt.date) -> DayLog | None:
    """Return what was written on that day, not to be saved. One query."""
    rows = _LOG(user=user.pk, day=date)
    return DayLog(learned=rows[0][0], result=rows[0][1]) if rows else None


def _studied() -> Any:
    """Days with work, days with ticks, and breaks (with a 1)."""
    since = day("since")
    worked: Any = Work.objects.filter(user=Param("user"), day__gte=since)
    ticked = Task.objects.filter(plan__owner=Param("user"), done_on__gte=since)
    breaks = Break.objects.filter(user=Param("user"))
    return (
        worked.order_by()
        .values_list(Value(0), "day", "day")
        .union(
            ticked.order_by().values_list(Value(0), "done_on", "done_on"),
            breaks.order_by().values_list(Value(1), "first_day", "last_day"),
        )
    )


_STUDIED = Prepared(_studied)


def days_in_a_row(user: User, today: dt.date) -> int:
    """Return the learner's streak. One query."""
    rows = _STUDIED(user=user.pk, since=today - STREAK_WINDOW)
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
