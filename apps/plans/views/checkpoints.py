"""Checkpoints: the figures against the rule and the ways on, and the rule of a week itself."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.clock import local_today
from apps.accounts.http import LearnerRequest, see_other
from apps.library.areas import area_options
from apps.plans.access import own_week
from apps.plans.bends import NothingToDo
from apps.plans.change_page import change_page
from apps.plans.checkpoint_forms import CheckpointForm, RuleForm, WithoutForm, initial_of
from apps.plans.checkpoint_rows import go_on_without, write_checkpoint
from apps.plans.checkpoints import Point, areas_of, areas_of_plan, digest, load_point
from apps.plans.models import PlanWeek
from apps.plans.pages import Page
from apps.plans.revise import StalePlan
from apps.plans.views.tasks import tell_undo


@require_http_methods(["GET", "POST"])
def checkpoint(request: LearnerRequest, week_id: uuid.UUID) -> HttpResponse:
    """How the learner stands against the rule; a branch, previewed and brought in."""
    week = own_week(request.user, week_id)
    if not week.checkpoint:
        return redirect("plans:edit_checkpoint", week.pk)
    point = load_point(request.user, week, local_today(request.user))
    return change_page(
        request,
        week.plan,
        CheckpointForm,
        heading=point.rule.title,
        lede="" if point.rule.applied else point.verdict.headline,
        back=_week_address(week),
        template="plans/checkpoint.html",
        verb=_verb(point, request.POST.get("branch") or request.GET.get("branch", "")),
        point=point,
    )


def _verb(point: Point, chosen: str) -> str:
    branch = point.branch(chosen)
    return "Add these tasks" if branch is None or branch.tasks else "Carry on"


def _week_address(week: PlanWeek) -> str:
    return Page("plan", str(week.pk)).address


@require_http_methods(["GET", "POST"])
def settle_checkpoint(request: LearnerRequest, week_id: uuid.UUID) -> HttpResponse:
    """Settle a checkpoint without a branch. Sent again, it says that it is settled."""
    week, today = own_week(request.user, week_id), local_today(request.user)
    if not week.checkpoint or week.checkpoint.get("applied"):
        return redirect("plans:checkpoint", week.pk)
    form = WithoutForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        point = load_point(request.user, week, today)
        try:
            revision = go_on_without(
                week,
                point.verdict.figures,
                today,
                reason=form.cleaned_data["reason"],
                prompted_by=point.prompt,
            )
        except NothingToDo as why:
            messages.info(request, str(why))
        else:
            tell_undo(request, revision)
        return see_other(_week_address(week))
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "week": week}
    return render(request, "plans/checkpoint_without.html", context, status=status)


@require_http_methods(["GET", "POST"])
def edit_checkpoint(request: LearnerRequest, week_id: uuid.UUID) -> HttpResponse:
    """The rule of a week and its two ways on: added or changed, as one revision."""
    week, today = own_week(request.user, week_id), local_today(request.user)
    point = load_point(request.user, week, today) if week.checkpoint else None
    form = _rule_form(week, point, request.POST if request.method == "POST" else None)
    if request.method == "GET":
        return _rule_page(request, week, point, form)
    if not form.is_valid():
        return _rule_page(request, week, point, form, 422)
    try:
        revision = write_checkpoint(
            week,
            form.checkpoint,
            today,
            seen=form.cleaned_data["seen"],
            reason=form.cleaned_data["reason"],
        )
    except StalePlan:
        data = request.POST.copy()
        data["seen"] = digest(week.checkpoint)
        again = _rule_form(week, point, data)
        return _rule_page(request, week, point, again, 409)
    tell_undo(request, revision)
    return see_other(_week_address(week))


def _rule_form(week: PlanWeek, point: Point | None, data: QueryDict | None) -> RuleForm:
    areas = [ref.key for ref in areas_of(week.pk, point.rule)] if point else []
    return RuleForm(
        data,
        initial=initial_of(point, areas, digest(week.checkpoint)),
        areas=area_options(),
        of_plan=areas_of_plan(week.plan),
        branches=point.branches if point else (),
    )


def _rule_page(
    request: LearnerRequest,
    week: PlanWeek,
    point: Point | None,
    form: RuleForm,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "week": week,
        "point": point,
        "has_one": point is not None,
        "conflict": status == 409,
        "seen": digest(week.checkpoint),
        "back": _week_address(week),
    }
    return render(request, "plans/checkpoint_rule.html", context, status=status)


@require_POST
def remove_checkpoint(request: LearnerRequest, week_id: uuid.UUID) -> HttpResponse:
    """Take the checkpoint of a week away; Undo brings it back. Sent again, it changes nothing."""
    week = own_week(request.user, week_id)
    if week.checkpoint:
        seen = request.POST.get("seen", "")
        try:
            tell_undo(request, write_checkpoint(week, None, local_today(request.user), seen=seen))
        except StalePlan:
            messages.warning(
                request,
                "Not removed: the checkpoint was changed in another window since. Look again.",
            )
            return redirect("plans:edit_checkpoint", week.pk)
    return see_other(_week_address(week))
