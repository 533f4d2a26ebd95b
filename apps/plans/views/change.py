"""The pages of the changes: each shows which dates move, then changes the plan."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps.accounts.http import LearnerRequest
from apps.library.models import Topic
from apps.plans.access import active_plan_or_404, own_outline_day, own_task
from apps.plans.change_forms import (
    AheadForm,
    BranchForm,
    DropForm,
    ExtendForm,
    LeaveOutForm,
    PinForm,
    ReflowForm,
    SplitForm,
    Target,
    TargetForm,
    ToWeekForm,
    UnpinForm,
)
from apps.plans.change_page import change_page
from apps.plans.keyed import key_of, with_key
from apps.plans.models import PlanDay
from apps.plans.pages import Page, parse_uuid
from apps.plans.work import plan_of

MOST_TRIES = 20  # how often the same form may add its branch after it was undone
TASK, DAY, TOPIC = "task", "day", "topic"


def asked_target(request: LearnerRequest, kinds: tuple[str, ...]) -> Target:
    """Return what is to change, from what was posted or else from the address. Two queries at
    most; 404 for a stranger's id, and when nothing is named."""
    for kind in kinds:
        said = request.POST.get(kind) or request.GET.get(kind)
        if said is None:
            continue
        key = parse_uuid(said)
        if key is None:
            raise Http404("That is no id.")
        return _target(request, kind, key)
    raise Http404("Nothing is named that could change.")


def _target(request: LearnerRequest, kind: str, key: uuid.UUID) -> Target:
    if kind == TASK:
        task = own_task(request.user, key)
        return Target(kind, key, task.title, task.plan, reverse("plans:task", args=[key]))
    if kind == DAY:
        day = own_outline_day(request.user, key)
        return Target(kind, key, day.title, day.week.plan, Page("plan", str(day.week_id)).address)
    topic = get_object_or_404(Topic.objects.visible_to(request.user), pk=key)
    return Target(kind, key, topic.title, active_plan_or_404(request.user))


def _change(
    request: LearnerRequest,
    form_class: type[TargetForm],
    heading: str,
    kinds: tuple[str, ...] = (TASK, DAY),
    **options: Any,
) -> HttpResponse:
    target = asked_target(request, kinds)
    return change_page(
        request,
        target.plan,
        form_class,
        heading=heading.format(f"“{target.title}”"),
        back=options.pop("back", target.back),
        target=target,
        **options,
    )


@require_http_methods(["GET", "POST"])
def extend(request: LearnerRequest) -> HttpResponse:
    """Give a task, a day or a topic more study days, or fewer."""
    return _change(request, ExtendForm, "Extend {}", (TASK, DAY, TOPIC), verb="Extend it")


@require_http_methods(["GET", "POST"])
def to_week(request: LearnerRequest) -> HttpResponse:
    """Defer a task or a day to a later week, or pull it forward to an earlier one."""
    return _change(request, ToWeekForm, "Defer or pull forward {}", verb="Move it")


@require_http_methods(["GET", "POST"])
def ahead(request: LearnerRequest) -> HttpResponse:
    """Do a task or a day next, before all other open work."""
    return _change(request, AheadForm, "Do {} next", preview_at_once=True, verb="Do it next")


@require_http_methods(["GET", "POST"])
def pin(request: LearnerRequest) -> HttpResponse:
    """Keep a task or a day's work on one date."""
    return _change(request, PinForm, "Pin {} to a day", verb="Pin it")


@require_http_methods(["GET", "POST"])
def unpin(request: LearnerRequest) -> HttpResponse:
    """Let pinned work move again."""
    return _change(request, UnpinForm, "Unpin {}", preview_at_once=True, verb="Unpin it")


@require_http_methods(["GET", "POST"])
def split(request: LearnerRequest) -> HttpResponse:
    """Divide a task in two."""
    return _change(request, SplitForm, "Split {}", (TASK,), verb="Split it")


@require_http_methods(["GET", "POST"])
def leave_out(request: LearnerRequest) -> HttpResponse:
    """Skip a task or a day; what follows moves up."""
    return _change(
        request,
        LeaveOutForm,
        "Leave out {}",
        lede="What is open stays in the plan, struck through as skipped with your reason, and can be "
        "taken up again one by one. What follows moves up.",
        preview_at_once=True,
        verb="Leave it out",
    )


@require_http_methods(["GET", "POST"])
def drop(request: LearnerRequest) -> HttpResponse:
    """Take a task or a day off the plan."""
    return _change(
        request,
        DropForm,
        "Drop {}",
        lede="What is open is taken off the plan; finished and pinned tasks stay. Undo brings it "
        "back.",
        back=reverse("plans:plan"),
        preview_at_once=True,
        verb="Drop it",
    )


@require_http_methods(["GET", "POST"])
def branch(request: LearnerRequest) -> HttpResponse:
    """Add tasks of the learner's own after a week. A form adds them once."""
    plan = active_plan_or_404(request.user)
    key = key_of(request)
    if key is None:
        return with_key(request)
    return change_page(
        request,
        plan,
        BranchForm,
        heading="Add a branch",
        lede="Some tasks that belong together, after a week of the plan. What follows moves.",
        verb="Add them",
        key=key,
        new_day=_new_day(plan.pk, key),
    )


def _new_day(plan_id: uuid.UUID, key: uuid.UUID) -> uuid.UUID | None:
    """Return the id of the outline day this form makes: another one after Undo, None when it was
    made already. One query."""
    ids = [uuid.uuid5(plan_id, f"{key} {number}") for number in range(MOST_TRIES)]
    deleted = dict(PlanDay.objects.filter(pk__in=ids).values_list("pk", "deleted_at"))
    if any(moment is None for moment in deleted.values()):
        return None
    return next((each for each in ids if each not in deleted), None)


@require_http_methods(["GET", "POST"])
def reflow(request: LearnerRequest) -> HttpResponse:
    """Lay out what is unfinished again from today on."""
    plan = plan_of(request.user)
    if plan is None:
        return redirect("plans:plan")
    return change_page(
        request,
        plan,
        ReflowForm,
        heading="Re-flow from today",
        lede="What is unfinished is laid out again from today over your hours. Finished, skipped "
        "and pinned work stays where it is.",
        preview_at_once=True,
        template="plans/reflow.html",
        verb="Move these dates",
    )
