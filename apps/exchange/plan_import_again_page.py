"""The pages on which a changed file is read again: its text, what differs, what is taken over."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from apps.accounts.clock import local_today
from apps.accounts.http import LearnerRequest, see_other
from apps.exchange.plan_import_again import (
    Reading,
    TimerRuns,
    apply_again,
    preview_again,
    read_into,
)
from apps.exchange.plan_import_forms import FileTextForm
from apps.plans.change_page import MOST_REASON, STALE
from apps.plans.layout import NoStudyTime
from apps.plans.models import Plan
from apps.plans.pages import parse_uuid
from apps.plans.revise import StalePlan
from apps.plans.views.setup import no_time
from apps.plans.views.tasks import tell_undo, whole_number
from apps.plans.work import plan_of

STEPS = ("compare", "apply", "change")  # those whose form carries the text
TOO_LONG = f"At most {MOST_REASON} characters."


def read_again(request: LearnerRequest, plan_id: str) -> HttpResponse:
    """The text (step "read"), what differs ("compare"), then the change ("apply")."""
    plans = Plan.objects.owned_by(request.user)
    plan = get_object_or_404(plans, pk=_uuid_or_404(plan_id))
    today = local_today(request.user)
    if request.method != "POST":
        return _ask(request, plan, FileTextForm(today=today))
    step = request.POST.get("step", "read")
    form = FileTextForm(request.POST, request.FILES, today=today, is_first=step not in STEPS)
    is_valid = form.is_valid()
    if "change" in request.POST or not is_valid or form.incoming is None:
        return _ask(request, plan, form, 200 if is_valid else 422)
    reading = read_into(plan, form.incoming)
    keys = reading.compared.defaults
    if step in STEPS:
        keys = frozenset(request.POST.getlist("take"))
    if step == "apply" and "look" not in request.POST:
        return _apply(request, form, reading, keys)
    return _compare(request, form, reading, keys)


def _uuid_or_404(said: str) -> Any:
    key = parse_uuid(said)
    if key is None:
        raise Http404("That is no id.")
    return key


def _ask(
    request: LearnerRequest, plan: Plan, form: FileTextForm, status: int = 200
) -> HttpResponse:
    context = {"form": form, "plan": plan}
    return render(request, "exchange/plan_import.html", context, status=status)


def _compare(
    request: LearnerRequest,
    form: FileTextForm,
    reading: Reading,
    keys: frozenset[str],
    status: int = 200,
    error: str = "",
) -> HttpResponse:
    preview = None
    try:
        preview = preview_again(request.user, reading, keys, form.today)
    except NoStudyTime:
        error = error or no_time(request.user)
    context = {
        "form": form,
        "plan": reading.plan,
        "incoming": reading.incoming,
        "compared": reading.compared,
        "keys": keys,
        "preview": preview,
        "error": error,
        "reason": request.POST.get("reason", "")[: MOST_REASON * 2],
    }
    return render(request, "exchange/plan_again.html", context, status=status)


def _apply(
    request: LearnerRequest, form: FileTextForm, reading: Reading, keys: frozenset[str]
) -> HttpResponse:
    user, plan = request.user, reading.plan
    reason = request.POST.get("reason", "").strip()
    version = whole_number(request.POST.get("version", "")) or 0
    if version != plan.version:
        return _compare(request, form, reading, reading.compared.defaults, 409, STALE)
    if keys - set(reading.compared.by_key):
        raise Http404("There is no such difference.")
    if len(reason) > MOST_REASON:
        return _compare(request, form, reading, keys, 422, TOO_LONG)
    try:
        revision, what = apply_again(
            user, plan, reading.incoming, keys, form.today, version=version, reason=reason
        )
    except StalePlan:
        plan.refresh_from_db()
        reading = read_into(plan, reading.incoming)
        return _compare(request, form, reading, reading.compared.defaults, 409, STALE)
    except TimerRuns as why:
        return _compare(request, form, reading, keys, 409, str(why))
    except NoStudyTime:
        return _compare(request, form, reading, keys, 422)
    if revision is not None:
        tell_undo(request, revision)
    else:
        messages.success(request, f"{what}.")
    return see_other("plans:plan" if plan_of(user) == plan else "plans:plans")
