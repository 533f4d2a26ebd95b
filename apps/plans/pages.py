"""Which page a posted action came from, and the fragments that page shows.

The same loaders serve the page and the endpoint, so the two cannot disagree.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from apps.accounts.clock import local_today
from apps.accounts.http import LearnerRequest, safe_next
from apps.accounts.models import Break, User
from apps.accounts.prepared import Param, Prepared
from apps.plans.access import active_plan_or_404, own_week
from apps.plans.agenda import Row, load_agenda, load_ticked, monday_of
from apps.plans.checkpoints import week_point
from apps.plans.models import Plan, Task
from apps.plans.outline import WeekLine, load_line, load_outline, load_task
from apps.plans.week_days import load_week
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
        if kind == "week" and (day := parse_day(argument)):
            return cls(kind, day.isoformat())
        if kind in ("plan", "task") and (thing := parse_uuid(argument)):
            return cls(kind, str(thing))
        return cls("plan") if kind == "plan" else cls("today")

    def __str__(self) -> str:
        return f"{self.kind} {self.argument}".strip()

    @property
    def quoted(self) -> str:
        """The page as an address carries it. Rows name it often: contexts hold it as `here`."""
        return quote(str(self))

    @property
    def address(self) -> str:
        """The page itself, for a browser without JavaScript."""
        if self.kind == "week" and (day := parse_day(self.argument)):
            return reverse("plans:week", args=[day.isoformat()])
        if self.kind == "plan" and not self.argument:
            return reverse("plans:plan")
        if self.kind == "plan":
            return f"{reverse('plans:plan')}?week={self.argument}#week-{self.argument}"
        if self.kind == "task" and (task_id := parse_uuid(self.argument)):
            return reverse("plans:task", args=[task_id])
        return reverse("dashboard:today")


TODAY = Page("today")
_BREAKS = Prepared(
    lambda: Break.objects.filter(user=Param("user")).values_list("first_day", "last_day", "label")
)


def parse_day(text: str) -> dt.date | None:
    """Return the date written as YYYY-MM-DD, between 2000 and 2200, or None."""
    try:
        day = dt.date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    return day if day and 2000 <= day.year <= 2200 else None


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
        "page": TODAY,
        "here": TODAY.quoted,
        "today": today,
    }


def week_context(user: User, day: dt.date, plan: Plan | None = None) -> dict[str, Any]:
    """Return what the week page needs. Two queries with the plan given, else three."""
    plan = plan or plan_of(user)
    monday = monday_of(day)
    page = Page("week", monday.isoformat())
    breaks = _BREAKS(user=user.pk)
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
        "page": page,
        "here": page.quoted,
        "today": local_today(user),
    }


def plan_week_context(user: User, plan: Plan, line: WeekLine) -> dict[str, Any]:
    """Return what one opened week of the plan page needs. Three queries, five where it has a
    checkpoint, six when that waits."""
    page, today = Page("plan", str(line.pk)), local_today(user)
    return {
        "week": load_outline(line),
        "week_id": line.pk,
        "point": week_point(user, line.pk, line.checkpoint, today, over=line.is_over),
        "plan": plan,
        "page": page,
        "here": page.quoted,
        "today": today,
    }


def one_week_context(user: User, week_id: uuid.UUID) -> dict[str, Any]:
    """Return the same for a week that is shown alone. Six queries, eight where it has a
    checkpoint, nine when that waits; 404 for a stranger's."""
    week = own_week(user, week_id)
    return plan_week_context(user, week.plan, load_line(week))


def section(request: LearnerRequest, page: Page, status: int = 200) -> HttpResponse:
    """Return the list of tasks of that page, as the page itself includes it."""
    template, context = _section(request.user, page)
    return render(request, template, context | {"oob_total": True}, status=status)


def _section(user: User, page: Page) -> tuple[str, dict[str, Any]]:
    if page.kind == "week":
        day = parse_day(page.argument) or local_today(user)
        return "plans/_week.html", week_context(user, day)
    if page.kind == "plan" and (week_id := parse_uuid(page.argument)):
        return "plans/_plan_week.html", one_week_context(user, week_id)
    return "plans/_agenda.html", today_context(user)


def rows(request: LearnerRequest, page: Page, task: Task) -> HttpResponse | None:
    """Return the task's row on that page and the totals it moved, or None if it is not there.

    The task comes with plan, outline day and week. Two queries.
    """
    if page.kind == "week":
        return _week_rows(request, page, task)
    if page.kind == "plan":
        return _plan_row(request, page, task)
    today = local_today(request.user)
    agenda, row = load_ticked(_active_plan(request.user, task), today, task.pk)
    if row is None:
        return None
    context = {
        "row": row,
        "total": agenda.total,
        "each": agenda.dot,
        "today": today,
        "here": TODAY.quoted,
    }
    return render(request, "plans/_task_answer.html", context)


def _active_plan(user: User, task: Task) -> Plan:
    """The active plan: the task's own, unless it was paused or deleted in the meantime."""
    if task.plan.state == Plan.State.ACTIVE and task.plan.deleted_at is None:
        return task.plan
    return active_plan_or_404(user)


def _week_rows(request: LearnerRequest, page: Page, task: Task) -> HttpResponse | None:
    day = parse_day(page.argument) or local_today(request.user)
    context = week_context(request.user, day, _active_plan(request.user, task))
    found: list[tuple[Any, Row]] = [
        (where, row) for where in context["days"] for row in where.rows if row.id == task.pk
    ]
    if not found:
        return None
    return render(request, "plans/_week_answer.html", context | {"found": found})


def _plan_row(request: LearnerRequest, page: Page, task: Task) -> HttpResponse | None:
    week_id = parse_uuid(page.argument)
    if week_id is None:
        return None
    if week_id != task.day.week_id or task.plan.deleted_at is not None:
        own_week(request.user, week_id)
        return None
    line, row = load_line(task.day.week), load_task(task)
    context: dict[str, Any] = {"row": row, "line": line, "here": page.quoted}
    if line.checkpoint and (line.is_over or (not row.is_done and line.left == 1)):
        # The tick ended the week, or opened it again: what its checkpoint says is another.
        today = local_today(request.user)
        point = week_point(request.user, line.pk, line.checkpoint, today, over=line.is_over)
        context |= {"point": point, "week_id": line.pk}
    return render(request, "plans/_plan_answer.html", context)


def back(request: LearnerRequest, page: Page, task: Task | None = None) -> HttpResponse:
    """After a change: the page's section for htmx, a redirect for a plain form."""
    if request.htmx and page.kind != "task":
        response = section(request, page)
        response["HX-Retarget"] = f"#{SECTION_ID[page.kind]}{_week_suffix(page)}"
        response["HX-Reswap"] = "outerHTML"
        if task is not None:
            response["HX-Trigger-After-Settle"] = f'{{"focusRow": "task-{task.pk}"}}'
        return response
    return HttpResponseRedirect(safe_next(request, page.address))


SECTION_ID = {"today": "agenda", "week": "week", "plan": "week-"}


def _week_suffix(page: Page) -> str:
    return page.argument if page.kind == "plan" else ""
