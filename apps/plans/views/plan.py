"""The plan page, adding tasks, several plans."""

from __future__ import annotations

import uuid
from itertools import groupby

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.clock import local_today
from apps.accounts.http import LearnerRequest, safe_next
from apps.accounts.models import User
from apps.plans import pages
from apps.plans.access import own_plan, own_week
from apps.plans.build import pause_active, set_state
from apps.plans.models import Plan, Task, Timer
from apps.plans.outline import load_weeks
from apps.plans.own_tasks import add, day_of_plan, form_for
from apps.plans.proposals import open_proposals
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
        "proposed": open_proposals(request.user).count(),
    }
    if opened is not None:
        context |= pages.plan_week_context(request.user, current, opened)
        context["opened"] = opened.pk
    return render(request, "plans/plan.html", context)


@require_safe
def plan_week(request: LearnerRequest, week_id: uuid.UUID) -> HttpResponse:
    """One week of the plan, opened: a fragment for htmx, else the plan page at that week."""
    if not request.htmx:
        own_week(request.user, week_id)
        return redirect(pages.Page("plan", str(week_id)).address)
    context = pages.one_week_context(request.user, week_id)
    return render(request, "plans/_plan_week.html", context)


@require_http_methods(["GET", "POST"])
def add_task(request: LearnerRequest) -> HttpResponse:
    """Add an own task to the active plan, on a day."""
    current = plan_of(request.user)
    if current is None:
        return redirect("plans:plan")
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
        return HttpResponseRedirect(safe_next(request, page.address))
    context = {"form": form, "page": page, "outline_day": outline_day}
    status = 422 if request.method == "POST" else 200
    return render(request, "plans/task_form.html", context, status=status)


def _plans(request: LearnerRequest, *, deleted: bool = False) -> list[Plan]:
    live = Q(tasks__deleted_at=None)
    plans = Plan.objects.filter(owner=request.user, deleted_at__isnull=not deleted)
    return list(
        plans.annotate(
            count=Count("tasks", filter=live),
            finished=Count("tasks", filter=live & Q(tasks__status=Task.Status.DONE)),
        )
    )


@require_safe
def plans(request: LearnerRequest) -> HttpResponse:
    """All plans of the learner, and those deleted, which can be brought back."""
    context = {"plans": _plans(request), "deleted": _plans(request, deleted=True)}
    return render(request, "plans/plans.html", context)


@require_POST
def activate_plan(request: LearnerRequest, plan_id: uuid.UUID) -> HttpResponse:
    """Make a plan the active one; the one that was active pauses. Idempotent."""
    chosen, today = own_plan(request.user, plan_id), local_today(request.user)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=request.user.pk)
        chosen = Plan.objects.select_for_update(no_key=True).get(pk=chosen.pk)
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
        chosen = Plan.objects.select_for_update(no_key=True).get(pk=chosen.pk)
        if Timer.objects.filter(task__plan=chosen).exists():
            messages.warning(request, "A timer runs on a task of this plan. Stop it first.")
            return redirect("plans:plans")
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
        chosen = Plan.objects.select_for_update(no_key=True).get(pk=chosen.pk)
        if chosen.deleted_at is not None:
            chosen.deleted_at = None
            chosen.save(update_fields=["deleted_at"])
            set_state(chosen, Plan.State.PAUSED, today, "Plan restored")
    messages.success(request, f"“{chosen.title}” is back, paused.")
    return redirect("plans:plans")
