"""The plan page, adding tasks, the log of revisions, several plans, re-flow."""

from __future__ import annotations

import uuid
from itertools import groupby

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.clock import local_today
from apps.accounts.http import LearnerRequest, safe_next
from apps.accounts.models import User
from apps.plans import pages, revise
from apps.plans.access import active_plan_or_404, own_plan, own_revision, own_week
from apps.plans.build import pause_active, set_state
from apps.plans.models import Plan, Task
from apps.plans.outline import load_weeks
from apps.plans.own_tasks import add, day_of_plan, form_for
from apps.plans.views.tasks import page_of, tell_undo
from apps.plans.work import plan_of


@require_safe
def plan(request: LearnerRequest) -> HttpResponse:
    """All weeks with their progress; the one asked for, or the current one, is open."""
    current = plan_of(request.user)
    if current is None:
        return render(request, "plans/no_plan.html", {"plans": _plans(request)})
    today = local_today(request.user)
    lines = load_weeks(current)
    wanted = pages.parse_uuid(request.GET.get("week", ""))
    opened = next(
        (line for line in lines if line.pk == wanted),
        next(
            (line for line in lines if line.holds(today)),
            next((line for line in lines if not line.is_done), lines[0] if lines else None),
        ),
    )
    context = {
        "plan": current,
        "phases": [(name, list(group)) for name, group in groupby(lines, lambda x: x.phase)],
        "planned": sum(line.planned for line in lines),
        "done": sum(line.done for line in lines),
        "tasks": sum(line.tasks for line in lines),
        "finished": sum(line.finished for line in lines),
        "last_day": max((line.last_day for line in lines if line.last_day), default=None),
        "opened": None,
        "today": today,
    }
    if opened is not None:
        week = own_week(request.user, opened.pk)
        context |= pages.plan_week_context(request.user, week) | {"opened": opened.pk}
    return render(request, "plans/plan.html", context)


@require_safe
def plan_week(request: LearnerRequest, week_id: uuid.UUID) -> HttpResponse:
    """One week of the plan, opened: a fragment for htmx, else the plan page at that week."""
    week = own_week(request.user, week_id)
    if not request.htmx:
        return redirect(pages.Page("plan", str(week.pk)).address)
    context = pages.plan_week_context(request.user, week)
    return render(request, "plans/_plan_week.html", context)


@require_http_methods(["GET", "POST"])
def add_task(request: LearnerRequest) -> HttpResponse:
    """Add an own task to the active plan, on a day."""
    current = active_plan_or_404(request.user)
    today, page = local_today(request.user), page_of(request)
    form = form_for(request.user, today, None, request.POST or None)
    if request.method == "GET" and (day := pages.parse_day(request.GET.get("on", ""))):
        form.initial["on"] = max(day, today)
    outline_day = day_of_plan(
        current,
        pages.parse_uuid(request.POST.get("outline_day", request.GET.get("outline_day", ""))),
    )
    if request.method == "POST" and form.is_valid():
        tell_undo(request, add(current, form, today, outline_day))
        return redirect(safe_next(request, page.address))
    context = {"form": form, "page": page, "outline_day": outline_day}
    status = 422 if request.method == "POST" else 200
    return render(request, "plans/task_form.html", context, status=status)


@require_safe
def history(request: LearnerRequest) -> HttpResponse:
    """What was changed in the active plan, newest first."""
    current = plan_of(request.user)
    if current is None:
        return redirect("plans:plan")
    revisions = Paginator(current.revisions.order_by("-version"), 50)
    page = revisions.get_page(request.GET.get("page"))
    return render(request, "plans/history.html", {"plan": current, "revisions": page})


@require_POST
def undo(request: LearnerRequest, revision_id: uuid.UUID) -> HttpResponse:
    """Take one revision back, or say why it cannot be."""
    revision = own_revision(request.user, revision_id)
    try:
        revise.undo(revision)
    except revise.CannotUndo as why:
        messages.warning(request, f"Not undone. {why}")
    else:
        messages.success(request, f"Undone: {revision.what}")
    return redirect(safe_next(request, "/plan/"))


def _plans(request: LearnerRequest) -> list[Plan]:
    return list(Plan.objects.filter(owner=request.user, deleted_at=None).select_related("roadmap"))


@require_safe
def plans(request: LearnerRequest) -> HttpResponse:
    """All plans of the learner."""
    return render(request, "plans/plans.html", {"plans": _plans(request)})


@require_POST
def activate_plan(request: LearnerRequest, plan_id: uuid.UUID) -> HttpResponse:
    """Make a plan the active one; the one that was active pauses. Idempotent."""
    chosen, today = own_plan(request.user, plan_id), local_today(request.user)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=request.user.pk)
        chosen = Plan.objects.select_for_update().get(pk=chosen.pk)
        if chosen.state != Plan.State.ACTIVE or chosen.deleted_at:
            pause_active(request.user, today)
            chosen.deleted_at = None
            chosen.save(update_fields=["deleted_at"])
            set_state(chosen, Plan.State.ACTIVE, today, "Plan made active")
    messages.success(request, f"“{chosen.title}” is your active plan.")
    return redirect("plans:plan")


@require_POST
def delete_plan(request: LearnerRequest, plan_id: uuid.UUID) -> HttpResponse:
    """Mark a plan as deleted; everything in it stays, and it can be taken back."""
    chosen, today = own_plan(request.user, plan_id), local_today(request.user)
    with transaction.atomic():
        chosen = Plan.objects.select_for_update().get(pk=chosen.pk)
        if chosen.deleted_at is None:
            chosen.deleted_at = timezone.now()
            chosen.save(update_fields=["deleted_at"])
            set_state(chosen, Plan.State.PAUSED, today, "Plan deleted")
    messages.success(request, f"“{chosen.title}” was deleted.", extra_tags=f"restore:{chosen.pk}")
    return redirect("plans:plans")


@require_POST
def restore_plan(request: LearnerRequest, plan_id: uuid.UUID) -> HttpResponse:
    """Bring a deleted plan back, paused. Idempotent."""
    chosen, today = own_plan(request.user, plan_id), local_today(request.user)
    with transaction.atomic():
        chosen = Plan.objects.select_for_update().get(pk=chosen.pk)
        if chosen.deleted_at is not None:
            chosen.deleted_at = None
            chosen.save(update_fields=["deleted_at"])
            set_state(chosen, Plan.State.PAUSED, today, "Plan restored")
    messages.success(request, f"“{chosen.title}” is back, paused.")
    return redirect("plans:plans")


def open_tasks(plan: Plan) -> int:
    """Return how many tasks of a plan are open. One query."""
    return Task.objects.live().filter(plan=plan, status=Task.Status.TODO).count()
