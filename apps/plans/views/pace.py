"""Whether the plan is on time, and the pages of the ways out: when late, when ahead, and around an
interview."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.clock import local_today
from apps.accounts.http import LearnerRequest, see_other
from apps.plans import bending, pace_ways
from apps.plans.change_page import BendForm, change_page
from apps.plans.checkpoint_branch import waiting_checkpoints
from apps.plans.models import Plan, Revision
from apps.plans.pace import Pace, State, pace_of
from apps.plans.pace_choices import LeaveOutForm, PullForm, TopicsForm
from apps.plans.pace_debrief import DebriefForm, is_noted, note_debrief
from apps.plans.pace_forms import InterviewForm, LaterForm, UnpinForm
from apps.plans.pace_topics import good_to_know
from apps.plans.revise import StalePlan
from apps.plans.sketch import Sketch
from apps.plans.work import plan_of

PlanView = Callable[[LearnerRequest, Plan], HttpResponse]
PARTS = {"card": "plans/_pace_card.html", "line": "plans/_pace_line.html"}


def of_plan(view: PlanView) -> Callable[[LearnerRequest], HttpResponse]:
    """Give a view the active plan; without one the answer is the plan page."""

    @wraps(view)
    def inner(request: LearnerRequest) -> HttpResponse:
        plan = plan_of(request.user)
        return redirect("plans:plan") if plan is None else view(request, plan)

    return inner


@require_safe
def pace(request: LearnerRequest) -> HttpResponse:
    """How the plan stands, for Today (`card`) and the plan page (`?as=line`) to load; without htmx
    the whole page. Ten queries with session and user, eleven after an interview."""
    if not request.htmx:
        return redirect("plans:adjust")
    plan = plan_of(request.user)
    if plan is None:
        return HttpResponse()
    sketch = bending.load(plan, request.user, local_today(request.user))
    template = PARTS.get(request.GET.get("as", ""), PARTS["card"])
    found = pace_of(sketch)
    context = {"pace": found, "waiting": waiting_checkpoints(sketch), "noted": _noted(plan, found)}
    return render(request, template, context)


def _noted(plan: Plan, found: Pace) -> bool:
    """Whether it is noted how the last interview went. One query, only after an interview."""
    past = found.interview_on if found.is_interview_past else None
    return past is not None and is_noted(plan, past)


def _first_end(plan: Plan) -> dt.date | None:
    """The day the plan was to end on when it was made, where that is known. One query."""
    made = plan.revisions.filter(kind=Revision.Kind.CREATE).values_list("after", flat=True).first()
    try:
        return dt.date.fromisoformat(str((made or {}).get("last")))
    except ValueError:
        return None


@require_safe
@of_plan
def adjust(request: LearnerRequest, plan: Plan) -> HttpResponse:
    """What is late or ahead, and what can be done about it. Eleven queries; one more when ahead, and
    one after an interview."""
    sketch = bending.load(plan, request.user, local_today(request.user))
    found = pace_of(sketch)
    context = {"pace": found, "plan": plan, "hours": sum(sketch.hours)}
    first = _first_end(plan)
    context |= {
        "waiting": waiting_checkpoints(sketch),
        "noted": _noted(plan, found),
        "first_end": first if first != found.ends_on else None,
        "compressible": bool(pace_ways.beside_must(sketch)),
    }
    if found.state == State.BEHIND:
        context |= _ways_out(sketch, found)
    elif found.state == State.AHEAD:
        context |= _when_ahead(request, plan, sketch, found)
    return render(request, "plans/adjust.html", context)


def _ways_out(sketch: Sketch, found: Pace) -> dict[str, Any]:
    more = pace_ways.more_minutes(sketch, found)
    fewer = pace_ways.leave_out(sketch, found)
    is_enough = any(way and way.outcome.is_enough for way in (more, fewer))
    return {"more": more, "fewer": fewer, "later": found.ends_on, "is_enough": is_enough}


def _when_ahead(request: LearnerRequest, plan: Plan, sketch: Sketch, found: Pace) -> dict[str, Any]:
    coming = pace_ways.next_jobs(sketch)
    return {
        "coming": coming,
        "pulled": pace_ways.first_that_fit(coming, int(found.study_day)),
        "topics": good_to_know(plan, request.user),
        "off": pace_ways.time_off(sketch, found.days_ahead),
    }


def _change(
    request: LearnerRequest, plan: Plan, form: type[BendForm], heading: str, **more: Any
) -> HttpResponse:
    more.setdefault("back", reverse("plans:adjust"))
    return change_page(request, plan, form, heading=heading, **more)


@require_http_methods(["GET", "POST"])
@of_plan
def leave_out(request: LearnerRequest, plan: Plan) -> HttpResponse:
    """Leave out tasks of little weight."""
    return _change(
        request,
        plan,
        LeaveOutForm,
        "Leave some out",
        lede="Optional tasks come first, then those you should do; of either, specialisations, then "
        "what is good to know, then what has no topic. What is left out is skipped and stays in "
        "the plan, so that you can take it up again.",
        template="plans/adjust_choose.html",
        verb="Leave these out",
    )


@require_http_methods(["GET", "POST"])
@of_plan
def later(request: LearnerRequest, plan: Plan) -> HttpResponse:
    """Another date to be ready by."""
    return _change(
        request,
        plan,
        LaterForm,
        "A later date",
        lede="The plan may have a date of its own to end by, beside the interview.",
        verb="Set this date",
    )


@require_http_methods(["GET", "POST"])
@of_plan
def unpin(request: LearnerRequest, plan: Plan) -> HttpResponse:
    """Let tasks move that are pinned to a day that has passed."""
    return _change(
        request,
        plan,
        UnpinForm,
        "Let them move again",
        lede="These tasks are open and pinned to a day that has passed. Unpinned, they are laid out "
        "again from today.",
        preview_at_once=True,
        verb="Unpin them",
    )


@require_http_methods(["GET", "POST"])
@of_plan
def pull(request: LearnerRequest, plan: Plan) -> HttpResponse:
    """Do the next tasks today."""
    return _change(
        request,
        plan,
        PullForm,
        "Pull the next tasks in",
        lede="What you choose comes to today on top of what is planned. All of today's tasks are "
        "pinned, so that none moves on.",
        template="plans/adjust_choose.html",
        verb="Do these today",
    )


@require_http_methods(["GET", "POST"])
@of_plan
def topics(request: LearnerRequest, plan: Plan) -> HttpResponse:
    """Add topics that are good to know."""
    return _change(
        request,
        plan,
        TopicsForm,
        "Add what is good to know",
        lede="Topics that are in scope for you and not in this plan, eight at a time. Each becomes a "
        "task behind the last one.",
        template="plans/adjust_choose.html",
        verb="Add these",
        topics=good_to_know(plan, request.user),
    )


@require_http_methods(["GET", "POST"])
@of_plan
def interview(request: LearnerRequest, plan: Plan) -> HttpResponse:
    """The interview's date, with the plan compressed to what counts most or as it is."""
    return _change(
        request,
        plan,
        InterviewForm,
        "Interview on",
        template="plans/adjust_interview.html",
        verb="Set it so",
    )


@require_http_methods(["GET", "POST"])
@of_plan
def debrief(request: LearnerRequest, plan: Plan) -> HttpResponse:
    """Note how the interview went, as a decision in the history; then ask for the next date."""
    today, status = local_today(request.user), 200
    on = request.user.interview_on
    if on is None or on > today:
        return see_other("plans:interview")
    form = DebriefForm(
        request.POST if request.method == "POST" else None, initial={"version": plan.version}
    )
    if request.method == "POST":
        if form.is_valid():
            try:
                is_new = note_debrief(plan, form, on, today)
            except StalePlan:
                plan.refresh_from_db()
                data = {**request.POST.dict(), "version": str(plan.version)}
                form, status = DebriefForm(data), 409
                form.add_error(
                    None, "The plan has changed meanwhile. Your words are kept: send again."
                )
            else:
                said = "Noted in the history." if is_new else "That is noted already."
                messages.success(request, f"{said} When is the next interview?")
                return see_other("plans:interview")
        else:
            status = 422
    context = {"form": form, "plan": plan, "on": on}
    return render(request, "plans/adjust_debrief.html", context, status=status)
