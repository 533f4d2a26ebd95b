"""Choosing a roadmap, the preview, hours and breaks, re-flow from today."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.clock import local_today
from apps.accounts.http import LearnerRequest
from apps.accounts.models import Break, User
from apps.library.models import OURS, Roadmap
from apps.plans.build import HasPlan, create_plan, preview
from apps.plans.forms import BreakForm, HoursForm, StartForm
from apps.plans.keyed import key_of, with_key
from apps.plans.layout import NoStudyTime
from apps.plans.models import Plan
from apps.plans.reflow import apply_reflow, preview_reflow
from apps.plans.revise import StalePlan
from apps.plans.views.tasks import tell_undo, whole_number
from apps.plans.work import plan_of

NO_TIME = "No weekday has any minutes. Set your hours first."
TOO_LITTLE = "With so few minutes the plan would not end within thirty years. Set more hours."


def no_time(user: User) -> str:
    """Say why nothing could be placed."""
    return TOO_LITTLE if any(user.weekday_minutes) else NO_TIME


@require_safe
def choose_roadmap(request: LearnerRequest) -> HttpResponse:
    """The roadmaps to choose from, and of which of them the learner has a plan. Two queries."""
    roadmaps = Roadmap.objects.filter(retired_at=None).order_by("position", "slug")
    taken = set(Plan.objects.owned_by(request.user).values_list("roadmap_id", flat=True))
    return render(request, "plans/choose.html", {"roadmaps": roadmaps, "taken": taken})


@require_http_methods(["GET", "POST"])
def new_plan(request: LearnerRequest, slug: str, collection: str = OURS) -> HttpResponse:
    """The preview for the learner's own hours (GET ?start=), and the making of it (POST).

    A form makes one plan: sent again, it leads to that plan. A second plan of a roadmap is made by
    a form that says so (`again`).
    """
    roadmap = get_object_or_404(Roadmap, collection=collection, slug=slug, retired_at=None)
    key = key_of(request)
    if key and (made := Plan.objects.filter(pk=key).first()):
        return _made_already(request, made)
    if request.method == "GET" and key is None:
        return with_key(request)
    today = local_today(request.user)
    data = request.POST if request.method == "POST" else request.GET
    form = StartForm(data if "start" in data else None, initial={"start": today}, today=today)
    context: dict[str, Any] = {
        "roadmap": roadmap,
        "form": form,
        "key": key or uuid.uuid4(),
        "active": plan_of(request.user),
        "others": _others(request.user, roadmap, key),
    }
    if request.method == "POST" and form.is_valid():
        start, again = form.cleaned_data["start"], "again" in request.POST
        try:
            plan = create_plan(request.user, roadmap, start, today, plan_id=key, again=again)
        except HasPlan:
            context["others"] = _others(request.user, roadmap, key)
            return _new_plan(request, context, 409)
        except NoStudyTime:
            form.add_error(None, no_time(request.user))
        else:
            messages.success(request, f"“{plan.title}” is your plan.")
            return redirect("dashboard:today")
    return _new_plan(request, context, 422 if form.errors else 200)


def _others(user: User, roadmap: Roadmap, key: uuid.UUID | None) -> list[Plan]:
    """Return the learner's plans from a roadmap; not the one this form is just making."""
    plans = Plan.objects.owned_by(user).filter(roadmap=roadmap)
    return [plan for plan in plans if plan.pk != key]


def _new_plan(request: LearnerRequest, context: dict[str, Any], status: int) -> HttpResponse:
    form: StartForm = context["form"]
    if not form.errors:
        start = form.cleaned_data["start"] if form.is_bound else form.initial["start"]
        context["start"] = start
        try:
            context["preview"] = preview(context["roadmap"], request.user, start)
        except NoStudyTime:
            context["no_time"] = no_time(request.user)
    context["asks"] = status == 409
    return render(request, "plans/new.html", context, status=status)


def _made_already(request: LearnerRequest, made: Plan) -> HttpResponse:
    """Lead a form that was sent before to the plan it made; 404 for a stranger's plan."""
    if made.owner_id != request.user.pk:
        raise Http404("That id is taken.")
    known = f"“{made.title}” was made by this form before, so nothing was made twice."
    if made.deleted_at:
        messages.info(request, f"{known} You deleted it since; it can be brought back below.")
        return redirect("plans:plans")
    if made.state != Plan.State.ACTIVE:
        messages.info(request, f"{known} It is paused now.")
        return redirect("plans:plans")
    messages.info(request, f"{known} Here it is.")
    return redirect("dashboard:today")


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
    context = {
        "form": form,
        "break_form": BreakForm(today=local_today(request.user)),
        "breaks": request.user.breaks.all(),
    }
    return render(request, "plans/hours.html", context, status=422 if form.errors else 200)


@require_POST
def add_break(request: LearnerRequest) -> HttpResponse:
    """Add days without study."""
    form = BreakForm(request.POST, today=local_today(request.user))
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
    plan = plan_of(request.user)
    if plan is None:
        return redirect("plans:plan")
    today = local_today(request.user)
    if request.method == "POST":
        shown = request.POST.get("version", "")
        try:
            revision = apply_reflow(plan, request.user, today, whole_number(shown) or 0)
        except StalePlan:
            messages.warning(request, "The plan has changed since; here is the preview again.")
            return redirect("plans:reflow")
        except NoStudyTime:
            messages.warning(request, no_time(request.user))
            return redirect("plans:hours")
        tell_undo(request, revision)
        return redirect("dashboard:today")
    try:
        shown_preview = preview_reflow(plan, request.user, today)
    except NoStudyTime:
        messages.warning(request, no_time(request.user))
        return redirect("plans:hours")
    return render(request, "plans/reflow.html", {"plan": plan, "preview": shown_preview})
