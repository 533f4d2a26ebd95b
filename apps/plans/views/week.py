"""The week page, what was learned on a day, success criteria."""

from __future__ import annotations

import datetime as dt
import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.clock import local_today
from apps.accounts.http import LearnerRequest, safe_next
from apps.plans import pages, work
from apps.plans.access import own_criterion
from apps.plans.forms import DayLogForm
from apps.plans.models import Criterion, DayLog

YEAR = dt.timedelta(days=366)


@require_safe
def this_week(request: LearnerRequest) -> HttpResponse:
    return redirect("plans:week", local_today(request.user).isoformat())


@require_safe
def week(request: LearnerRequest, day: str) -> HttpResponse:
    """Seven days, Monday first, with totals."""
    date = pages.parse_day(day)
    if date is None:
        raise Http404("That is no day of the calendar.")
    return render(request, "plans/week.html", pages.week_context(request.user, date))


@require_POST
def meet_criterion(request: LearnerRequest, criterion_id: uuid.UUID) -> HttpResponse:
    """Set a success criterion met (met=1) or not (met=0)."""
    criterion = own_criterion(request.user, criterion_id)
    if request.POST.get("met") not in ("0", "1"):
        return HttpResponseBadRequest("met is 1 or 0")
    if request.POST["met"] == "1":
        work.meet_criteria(request.user, [criterion.pk], local_today(request.user))
    else:
        Criterion.objects.filter(pk=criterion.pk).update(met_on=None, met_at=None)
    if request.htmx:
        criterion.refresh_from_db()
        return render(request, "plans/_criterion.html", {"criterion": criterion})
    return HttpResponseRedirect(safe_next(request, reverse("dashboard:today")))


@require_POST
def save_day_log(request: LearnerRequest, day: str) -> HttpResponse:
    """Store what was learned on a day, and its result in one line."""
    date = pages.parse_day(day)
    today = local_today(request.user)
    if date is None or not today - YEAR <= date <= today:
        raise Http404("That day is not there yet.")
    form = DayLogForm(request.POST)
    context = {"day_log_day": date, "log_form": form}
    if not form.is_valid():
        return _log_answer(request, context, 422)
    text = form.cleaned_data
    try:
        log = work.save_day_log(
            request.user,
            date,
            text["learned"],
            text["result"],
            (text["seen_learned"], text["seen_result"]),
        )
    except work.NoteChanged as other:
        stored = DayLog.objects.get(user=request.user, day=date)
        again = log_form(stored, learned=text["learned"], result=text["result"])
        elsewhere = {"log_form": again, "log_elsewhere": other.stored}
        return _log_answer(request, context | elsewhere, 409)
    messages.success(request, "Saved.")
    if request.htmx:
        return _log_answer(
            request, {"day_log_day": date, "log_form": log_form(log), "day_log": log}
        )
    return HttpResponseRedirect(safe_next(request, reverse("dashboard:today")))


def _log_answer(
    request: LearnerRequest, context: dict[str, object], status: int = 200
) -> HttpResponse:
    template = "plans/_day_log.html" if request.htmx else "plans/day_log.html"
    return render(request, template, context, status=status)


def log_form(log: DayLog | None, **typed: str) -> DayLogForm:
    """Return the form for a day, with what is stored as `seen`. Does not query."""
    learned, result = (log.learned, log.result) if log else ("", "")
    initial = {"learned": learned, "result": result}
    return DayLogForm(initial=initial | typed | {"seen_learned": learned, "seen_result": result})
