"""The weekly schedule: hours, times of day and breaks. With a plan, its dates follow, and are seen
first; without one all is saved at once."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps.accounts.clock import local_today
from apps.accounts.forms import PRESETS
from apps.accounts.http import LearnerRequest, see_other
from apps.accounts.models import WEEKDAYS, Break, User
from apps.plans import bending
from apps.plans.change_page import NO_TIME, TOO_LITTLE, change_page
from apps.plans.hours_forms import (
    AddBreakForm,
    BreakForm,
    HoursChangeForm,
    RemoveBreakForm,
    ScheduleForm,
    preset_of,
)
from apps.plans.layout import NoStudyTime
from apps.plans.models import Plan
from apps.plans.room import room_of
from apps.plans.schedule_chart import Away, Picture, coming
from apps.plans.sketch import SKIPPED, settle
from apps.plans.work import plan_of

PAGE = "plans:hours"
SAVED, SAVED_TIMES = "Your hours are saved.", "Your times of day are saved."


@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: LearnerRequest) -> HttpResponse:
    """Minutes and times per weekday, breaks, and the coming four weeks under them.

    A preset or `look` fills and draws, and saves nothing. Times of day are saved at once; with a
    plan, other minutes lead to what they would move.
    """
    user, plan = request.user, plan_of(request.user)
    if request.method != "POST":
        return _page(request, plan, ScheduleForm.of(user))
    if preset := preset_of(request.POST.get("preset")):
        form = ScheduleForm.with_preset(preset, request.POST.dict())
        return _page(request, plan, form, preset.minutes)
    form = ScheduleForm(request.POST)
    if not form.is_valid():
        return _page(request, plan, form, status=422)
    if "look" in request.POST:
        return _page(request, plan, form, form.minutes)
    return _save(user, plan, form, request)


def _save(
    user: User, plan: Plan | None, form: ScheduleForm, request: LearnerRequest
) -> HttpResponse:
    minutes = dict(zip(WEEKDAYS, form.minutes, strict=True))
    moves = plan is not None and form.minutes != user.weekday_minutes
    is_timed = any(getattr(user, name) != at for name, at in form.times.items())
    User.objects.filter(pk=user.pk).update(**form.times, **({} if plan else minutes))
    if moves:
        if is_timed:
            messages.success(request, SAVED_TIMES)
        return see_other(f"{reverse('plans:change_hours')}?{urlencode(minutes)}")
    messages.success(request, SAVED_TIMES if is_timed and plan else SAVED)
    return see_other(PAGE)


def _page(
    request: LearnerRequest,
    plan: Plan | None,
    form: ScheduleForm,
    minutes: tuple[int, ...] | None = None,
    break_form: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    today, breaks, trouble = local_today(request.user), list(request.user.breaks.all()), ""
    try:
        picture = _picture(request.user, plan, today, breaks, minutes)
    except NoStudyTime:
        trouble = TOO_LITTLE if any(minutes or ()) else NO_TIME
        picture, status = _picture(request.user, plan, today, breaks), 422
    context = {
        "form": form,
        "trouble": trouble,
        "plan": plan,
        "presets": PRESETS,
        "break_form": break_form or BreakForm(today=today),
        "breaks": breaks,
        "picture": picture,
    }
    return render(request, "plans/hours.html", context, status=status)


def _picture(
    user: User,
    plan: Plan | None,
    today: dt.date,
    breaks: Sequence[Break],
    minutes: tuple[int, ...] | None = None,
) -> Picture:
    """Return the coming four weeks; under other minutes, with the dates these would bring. Two
    queries with a plan, seven under other minutes. Raises NoStudyTime."""
    planned: dict[dt.date, int] = {}
    is_saved = minutes is None or minutes == user.weekday_minutes
    if plan and is_saved:
        planned = dict(room_of(plan, user, today).planned)
    elif plan and minutes:
        planned = _planned_under(plan, user, today, minutes)
    away = [Away(each.first_day, each.last_day, each.label) for each in breaks]
    held = minutes or user.weekday_minutes
    days = coming(today, held, planned, away, user.interview_on)
    return Picture(days, has_plan=plan is not None, is_saved=is_saved)


def _planned_under(
    plan: Plan, user: User, today: dt.date, minutes: tuple[int, ...]
) -> dict[dt.date, int]:
    sketch = settle(replace(bending.load(plan, user, today), hours=minutes))
    planned: dict[dt.date, int] = defaultdict(int)
    for job in sketch.jobs:
        for day, part in job.parts if job.status != SKIPPED else ():
            planned[day] += part
    return planned


@require_http_methods(["GET", "HEAD", "POST"])
def change_hours(request: LearnerRequest) -> HttpResponse:
    """What other minutes per weekday move, then the change of both."""
    plan = plan_of(request.user)
    if plan is None:
        return see_other(PAGE)
    return change_page(
        request,
        plan,
        HoursChangeForm,
        heading="Change your hours",
        lede="The plan follows your hours. See what moves, then change both.",
        back=reverse(PAGE),
        initial=dict(zip(WEEKDAYS, request.user.weekday_minutes, strict=True)),
        template="plans/hours_change.html",
        verb="Change the hours and the plan",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def add_break(request: LearnerRequest) -> HttpResponse:
    """Add days without study; with a plan, after a look at what moves."""
    user, plan, today = request.user, plan_of(request.user), local_today(request.user)
    if plan:
        return change_page(
            request,
            plan,
            AddBreakForm,
            heading="Add a break",
            lede="No study is planned on these days. What was planned there moves.",
            back=reverse(PAGE),
            verb="Add the break",
            today=today,
        )
    if request.method != "POST":
        return see_other(PAGE)
    form = BreakForm(request.POST, today=today)
    if not form.is_valid():
        return _page(request, plan, ScheduleForm.of(user), break_form=form, status=422)
    _keep_break(user, form)
    messages.success(request, "The break is saved.")
    return see_other(PAGE)


def _keep_break(user: User, form: BreakForm) -> None:
    """Store the break, unless the same form did. Three queries."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        said = form.cleaned_data
        if not Break.objects.filter(user=user, **said).exists():
            Break.objects.create(user=user, **said)


@require_http_methods(["GET", "HEAD", "POST"])
def delete_break(request: LearnerRequest, break_id: uuid.UUID) -> HttpResponse:
    """Take a break back; with a plan, after a look at what moves."""
    taken = get_object_or_404(Break, pk=break_id, user=request.user)
    plan = plan_of(request.user)
    if plan:
        return change_page(
            request,
            plan,
            RemoveBreakForm,
            heading="Remove the break",
            lede="Its days are study days again.",
            back=reverse(PAGE),
            preview_at_once=True,
            verb="Remove the break",
            break_id=taken.pk,
        )
    if request.method == "POST":
        taken.delete()
        messages.success(request, "The break is gone.")
    return see_other(PAGE)
