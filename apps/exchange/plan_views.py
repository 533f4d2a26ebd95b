"""Reading a Markdown plan, step by step, and handing a plan out as Markdown."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.clock import local_today
from apps.accounts.http import LearnerRequest, see_other
from apps.exchange.plan_export import export_plan, file_name
from apps.exchange.plan_import import Wish, create_from, laid_out, topics_named
from apps.exchange.plan_import_again_page import read_again
from apps.exchange.plan_import_forms import PlanForm
from apps.exchange.plan_import_page import shown
from apps.exchange.plan_import_scores import results_of
from apps.plans.access import own_plan
from apps.plans.layout import NoStudyTime
from apps.plans.models import Plan
from apps.plans.pages import parse_uuid
from apps.plans.views.setup import no_time
from apps.plans.work import plan_of

STEPS = ("preview", "create", "change")  # those whose form carries the text


@require_http_methods(["GET", "HEAD", "POST"])
def import_plan(request: LearnerRequest) -> HttpResponse:
    """The text (step "read"), what it says ("preview"), then the plan ("create"); nothing is
    stored before. With `?plan=` the text is read into that plan."""
    if "plan" in request.GET:
        return read_again(request, request.GET["plan"])
    today = local_today(request.user)
    if request.method != "POST":
        return _ask(request, PlanForm(today=today))
    step = request.POST.get("step", "read")
    form = PlanForm(request.POST, request.FILES, today=today, is_first=step not in STEPS)
    is_valid = form.is_valid()
    if "change" in request.POST or form.incoming is None:
        return _ask(request, form, 200 if is_valid else 422)
    if not is_valid and step not in STEPS:
        return _ask(request, form, 422)
    if step == "create" and is_valid:
        return _create(request, form)
    return _preview(request, form, 200 if is_valid else 422)


def _ask(request: LearnerRequest, form: PlanForm, status: int = 200) -> HttpResponse:
    return render(request, "exchange/plan_import.html", {"form": form}, status=status)


def _preview(request: LearnerRequest, form: PlanForm, status: int = 200) -> HttpResponse:
    incoming, user, today = form.incoming, request.user, form.today
    assert incoming is not None
    topics = topics_named(user, incoming.tasks)
    layout, why = None, ""
    try:
        layout = laid_out(user, incoming.tasks, form.cleaned_data.get("start", today), today)
    except NoStudyTime:
        why = no_time(user)
    sent = request.POST.get("step") in STEPS
    context: dict[str, Any] = {
        "form": form,
        "incoming": incoming,
        "shown": shown(incoming, topics, layout, today),
        "results": results_of(user, incoming.said, today),
        "key": parse_uuid(request.POST.get("id", "")) or uuid.uuid4(),
        "active": plan_of(user),
        "no_time": why,
        "take_topics": "topics" in request.POST or not sent,
        "take_results": "results" in request.POST,
    }
    return render(request, "exchange/plan_preview.html", context, status=status)


def _create(request: LearnerRequest, form: PlanForm) -> HttpResponse:
    incoming, user, today = form.incoming, request.user, form.today
    assert incoming is not None
    topics = topics_named(user, incoming.tasks) if "topics" in request.POST else {}
    results = results_of(user, incoming.said, today).new if "results" in request.POST else ()
    wish = Wish(
        title=form.plan_title,
        starts_on=form.cleaned_data["start"],
        today=today,
        topics=topics,
        results=results,
        plan_id=parse_uuid(request.POST.get("id", "")),
    )
    try:
        made = create_from(user, incoming, wish)
    except NoStudyTime:
        return _preview(request, form, 422)
    except Plan.DoesNotExist:
        raise Http404("That id is somebody else's.") from None
    plan = made.plan
    if not made.is_new:
        known = f"“{plan.title}” was made by this form before, so nothing was made twice."
        messages.info(request, known)
        return see_other("plans:plan" if plan_of(user) == plan else "plans:plans")
    counts = incoming.counts
    tasks = "1 task" if counts["tasks"] == 1 else f"{counts['tasks']} tasks"
    log = ""
    if made.results:
        log = f" {made.results} result{'s are' if made.results > 1 else ' is'} in the check log."
    messages.success(
        request, f"“{plan.title}” is your plan: {tasks}, {counts['done']} of them done.{log}"
    )
    return see_other("plans:plan")


@require_safe
def export_md(request: LearnerRequest, plan_id: uuid.UUID) -> HttpResponse:
    """A plan as a Markdown file."""
    plan = own_plan(request.user, plan_id)
    text = export_plan(plan)
    answer = HttpResponse(text.encode(), content_type="text/markdown; charset=utf-8")
    disposition = content_disposition_header(as_attachment=True, filename=file_name(plan))
    answer["Content-Disposition"] = str(disposition)
    return answer
