"""Which page a posted action came from, and the fragments that page shows.

The same loaders serve the page and the endpoint, so the two cannot disagree.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from apps.accounts.clock import local_today
from apps.accounts.http import LearnerRequest, safe_next
from apps.accounts.models import User
from apps.plans.access import own_week
from apps.plans.agenda import Row, load_agenda, load_week, monday_of
from apps.plans.models import Plan, PlanWeek, Task
from apps.plans.outline import load_outline
from apps.plans.work import plan_of


@dataclass(frozen=True, slots=True)
class Page:
    """`today`, `week` with its date, `plan` with the id of the week, or `task`."""

    kind: str
    argument: str = ""

    @classmethod
    def of(cls, text: str) -> Page:
        """Return the page named by a form's `page` field; anything else is Today."""
        kind, _, argument = text.partition(" ")
        if kind not in ("today", "week", "plan", "task"):
            return cls("today")
        return cls(kind, argument)

    def __str__(self) -> str:
        return f"{self.kind} {self.argument}".strip()

    @property
    def address(self) -> str:
        """The page itself, for a browser without JavaScript."""
        if self.kind == "week" and (day := parse_day(self.argument)):
            return reverse("plans:week", args=[day.isoformat()])
        if self.kind == "plan":
            return f"{reverse('plans:plan')}?week={self.argument}#week-{self.argument}"
        if self.kind == "task" and (task_id := parse_uuid(self.argument)):
            return reverse("plans:task", args=[task_id])
        return reverse("dashboard:today")


def parse_day(text: str) -> dt.date | None:
    """Return the date written as YYYY-MM-DD, or None."""
    try:
        return dt.date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def parse_uuid(text: str) -> uuid.UUID | None:
    """Return the UUID, or None."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def today_context(user: User, plan: Plan | None = None) -> dict[str, Any]:
    """Return what the tasks of Today need. Two queries with the plan given, else three."""
    today = local_today(user)
    plan = plan or plan_of(user)
    if plan is None:
        raise Http404("There is no active plan.")
    agenda = load_agenda(plan, today)
    return {
        "plan": plan,
        "agenda": agenda,
        "total": agenda.total,
        "page": Page("today"),
        "today": today,
    }


def week_context(user: User, day: dt.date) -> dict[str, Any]:
    """Return what the week page needs. Three queries."""
    plan = plan_of(user)
    monday = monday_of(day)
    breaks = list(user.breaks.values_list("first_day", "last_day", "label"))
    days = load_week(plan, day, user.weekday_minutes, breaks) if plan else []
    return {
        "plan": plan,
        "days": days,
        "monday": monday,
        "sunday": monday + dt.timedelta(days=6),
        "before": monday - dt.timedelta(days=7),
        "after": monday + dt.timedelta(days=7),
        "planned": sum(where.total.planned for where in days),
        "done": sum(where.total.done for where in days),
        "capacity": sum(where.capacity for where in days),
        "page": Page("week", monday.isoformat()),
        "today": local_today(user),
    }


def plan_week_context(user: User, week: PlanWeek) -> dict[str, Any]:
    """Return what one opened week of the plan page needs. Five queries."""
    return {
        "week": load_outline(week),
        "plan": week.plan,
        "page": Page("plan", str(week.pk)),
        "today": local_today(user),
    }


def section(request: LearnerRequest, page: Page, status: int = 200) -> HttpResponse:
    """Return the list of tasks of that page, as the page itself includes it."""
    template, context = _section(request.user, page)
    return render(request, template, context | {"oob_total": True}, status=status)


def _section(user: User, page: Page) -> tuple[str, dict[str, Any]]:
    if page.kind == "week":
        day = parse_day(page.argument) or local_today(user)
        return "plans/_week.html", week_context(user, day)
    if page.kind == "plan" and (week_id := parse_uuid(page.argument)):
        return "plans/_plan_week.html", plan_week_context(user, own_week(user, week_id))
    return "plans/_agenda.html", today_context(user)


def rows(request: LearnerRequest, page: Page, task_id: uuid.UUID) -> HttpResponse | None:
    """Return the task's row on that page and the totals it moved, or None if it is not there."""
    if page.kind == "week":
        return _week_rows(request, page, task_id)
    if page.kind == "plan":
        return _plan_row(request, page, task_id)
    context = today_context(request.user)
    row = context["agenda"].row(task_id)
    if row is None:
        return None
    return render(request, "plans/_task_answer.html", context | {"row": row})


def _week_rows(request: LearnerRequest, page: Page, task_id: uuid.UUID) -> HttpResponse | None:
    day = parse_day(page.argument) or local_today(request.user)
    context = week_context(request.user, day)
    found: list[tuple[Any, Row]] = [
        (where, row) for where in context["days"] for row in where.rows if row.id == task_id
    ]
    if not found:
        return None
    return render(request, "plans/_week_answer.html", context | {"found": found})


def _plan_row(request: LearnerRequest, page: Page, task_id: uuid.UUID) -> HttpResponse | None:
    week_id = parse_uuid(page.argument)
    if week_id is None:
        return None
    context = plan_week_context(request.user, own_week(request.user, week_id))
    for day in context["week"].days:
        for row in day.tasks:
            if row.pk == task_id:
                return render(request, "plans/_plan_answer.html", context | {"row": row})
    return None


def back(request: LearnerRequest, page: Page, task: Task | None = None) -> HttpResponse:
    """After a change: the page's section for htmx, a redirect for a plain form."""
    if request.htmx and page.kind != "task":
        response = section(request, page)
        response["HX-Retarget"] = f"#{SECTION_ID[page.kind]}{_week_suffix(page)}"
        response["HX-Reswap"] = "outerHTML"
        if task is not None:
            response["HX-Trigger-After-Settle"] = f'{{"focusRow": "task-{task.pk}"}}'
        return response
    return redirect(safe_next(request, page.address))


SECTION_ID = {"today": "agenda", "week": "week", "plan": "week-"}


def _week_suffix(page: Page) -> str:
    return page.argument if page.kind == "plan" else ""
