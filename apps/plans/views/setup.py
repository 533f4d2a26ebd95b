"""Choosing a roadmap, the preview, hours and breaks, re-flow from today."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.clock import local_today
from apps.accounts.http import LearnerRequest
from apps.accounts.models import Break
from apps.library.models import OURS, Roadmap
from apps.plans.access import active_plan_or_404
from apps.plans.build import create_plan, preview
from apps.plans.forms import BreakForm, HoursForm, StartForm
from apps.plans.layout import NoStudyTime
from apps.plans.models import Plan
from apps.plans.reflow import apply_reflow, preview_reflow
from apps.plans.revise import StalePlan
from apps.plans.work import plan_of

NO_TIME = "No weekday has any minutes. Set your hours first."


@require_safe
def choose_roadmap(request: LearnerRequest) -> HttpResponse:
    """The roadmaps to choose from."""
    roadmaps = Roadmap.objects.filter(retired_at=None).order_by("position", "slug")
    return render(request, "plans/choose.html", {"roadmaps": roadmaps})


@require_http_methods(["GET", "POST"])
def new_plan(request: LearnerRequest, slug: str) -> HttpResponse:
    """The preview for the learner's own hours (GET ?start=), and the making of it (POST)."""
    roadmap = get_object_or_404(Roadmap, collection=OURS, slug=slug, retired_at=None)
    today = local_today(request.user)
    data = request.POST if request.method == "POST" else request.GET
    form = StartForm(data if "start" in data else None, initial={"start": today}, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            plan = create_plan(request.user, roadmap, form.cleaned_data["start"], today)
        except NoStudyTime:
            form.add_error(None, NO_TIME)
        else:
            messages.success(request, f"“{plan.title}” is your plan.")
            return redirect("dashboard:today")
    context = {"roadmap": roadmap, "form": form, "active": plan_of(request.user)}
    if form.is_bound and not form.is_valid():
        return render(request, "plans/new.html", context, status=422)
    start = form.cleaned_data["start"] if form.is_bound else today
    try:
        context["preview"] = preview(roadmap, request.user, start)
    except NoStudyTime:
        context["no_time"] = NO_TIME
    context["start"] = start
    return render(request, "plans/new.html", context)


@require_http_methods(["GET", "POST"])
def hours(request: LearnerRequest) -> HttpResponse:
    """Minutes per weekday and breaks. They belong to the learner; the plan follows if asked."""
    form = HoursForm(request.POST or None, instance=request.user)
    if request.method == "POST":
        if form.is_valid():
            form.instance.save(update_fields=list(form.Meta.fields))
            messages.success(request, "Your hours are saved.")
            return redirect("plans:reflow" if plan_of(request.user) else "plans:hours")
        request.user.refresh_from_db()
    context = {"form": form, "break_form": BreakForm(), "breaks": request.user.breaks.all()}
    return render(request, "plans/hours.html", context, status=422 if form.errors else 200)


@require_POST
def add_break(request: LearnerRequest) -> HttpResponse:
    """Add days without study."""
    form = BreakForm(request.POST)
    if form.is_valid():
        form.instance.user = request.user
        form.save()
        messages.success(request, "The break is saved.")
        return redirect("plans:reflow" if plan_of(request.user) else "plans:hours")
    context = {
        "form": HoursForm(instance=request.user),
        "break_form": form,
        "breaks": request.user.breaks.all(),
    }
    return render(request, "plans/hours.html", context, status=422)


@require_POST
def delete_break(request: LearnerRequest, break_id: uuid.UUID) -> HttpResponse:
    """Take a break back."""
    get_object_or_404(Break, pk=break_id, user=request.user).delete()
    messages.success(request, "The break is gone.")
    return redirect("plans:reflow" if plan_of(request.user) else "plans:hours")


@require_http_methods(["GET", "POST"])
def reflow(request: LearnerRequest) -> HttpResponse:
    """Show which dates would move from today on, then move them against the shown version."""
    plan: Plan = active_plan_or_404(request.user)
    today = local_today(request.user)
    if request.method == "POST":
        shown = request.POST.get("version", "")
        try:
            revision = apply_reflow(plan, request.user, today, int(shown) if shown.isdigit() else 0)
        except StalePlan:
            messages.warning(request, "The plan has changed since; here is the preview again.")
            return redirect("plans:reflow")
        except NoStudyTime:
            messages.warning(request, NO_TIME)
            return redirect("plans:hours")
        messages.success(request, revision.what, extra_tags=f"undo:{revision.pk}")
        return redirect("dashboard:today")
    try:
        shown_preview = preview_reflow(plan, request.user, today)
    except NoStudyTime:
        messages.warning(request, NO_TIME)
        return redirect("plans:hours")
    return render(request, "plans/reflow.html", {"plan": plan, "preview": shown_preview})
