"""Choosing a roadmap, and the preview of its plan."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.clock import local_today
from apps.accounts.http import LearnerRequest
from apps.accounts.models import User
from apps.library.models import OURS, Roadmap
from apps.plans.build import HasPlan, create_plan, preview
from apps.plans.change_page import NO_TIME, TOO_LITTLE
from apps.plans.forms import StartForm
from apps.plans.keyed import key_of, with_key
from apps.plans.layout import NoStudyTime
from apps.plans.models import Plan
from apps.plans.work import plan_of


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
