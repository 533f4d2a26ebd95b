"""The log of all checks, one check, and logging what was asked elsewhere."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.clock import local_today
from apps.accounts.http import LearnerRequest, safe_next, see_other
from apps.accounts.models import User
from apps.checks.access import own_check
from apps.checks.candidates import weak_before
from apps.checks.card import last_of
from apps.checks.forms import LogForm
from apps.checks.gaps import waiting_of
from apps.checks.log import (
    InTheWay,
    delete_check,
    is_another,
    log_result,
    moment_of,
    restore_check,
    with_result,
)
from apps.checks.models import Answer, Check
from apps.checks.result import result_of, total_of
from apps.checks.take import logged_minutes, open_check
from apps.checks.topics import TopicNames, slugs_of_day, slugs_of_task
from apps.mastery.bands import Band, band

PAGE = 50
ANOTHER = (
    "This form was logged before, with other scores. Send it again to log it as another check."
)
CLOSED = "The check is back. Another one is open, so this one is finished."


def _answers(checks: Iterable[Check]) -> dict[uuid.UUID, list[tuple[int | None, bool]]]:
    found: dict[uuid.UUID, list[tuple[int | None, bool]]] = defaultdict(list)
    rows = Answer.objects.filter(check_taken__in=checks)
    for check_id, score, is_review in rows.values_list("check_taken_id", "score", "is_review"):
        found[check_id].append((score, is_review))
    return found


def _is_done(user: User, day: dt.date) -> bool:
    """Whether a check was finished that day. One query."""
    taken = Check.objects.filter(user=user, kind=Check.Kind.TAKEN, day=day, deleted_at=None)
    return taken.exclude(finished_at=None).exists()


def _is_open(check: Check) -> bool:
    return check.kind == Check.Kind.TAKEN and not (check.finished_at or check.deleted_at)


@require_safe
def index(request: LearnerRequest) -> HttpResponse:
    """All checks that were not deleted, the open one first, then the newest."""
    live = Check.objects.filter(user=request.user, deleted_at=None)
    mine = with_result(live).defer("note", "note_html")
    waiting = open_check(request.user)
    page = Paginator(mine.exclude(pk=waiting.pk) if waiting else mine, PAGE).get_page(
        request.GET.get("page")
    )
    answers = _answers([*page, waiting] if waiting else list(page))
    answered = sum(score is not None for score, _ in answers[waiting.pk]) if waiting else 0
    rows = [(check, total_of(check, answers[check.pk])) for check in page]
    context = {
        "rows": rows,
        "page": page,
        "open": waiting,
        "answered": answered,
        "is_done": waiting is None and _is_done(request.user, local_today(request.user)),
    }
    return render(request, "checks/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def log(request: LearnerRequest) -> HttpResponse:
    """The form; posting it logs the check once, however often it is sent."""
    names, today = TopicNames(request.user), local_today(request.user)
    if request.method != "POST":
        return _show(request, LogForm.empty(names, today, names.by_slugs(_asked(request))), names)
    if "add" in request.POST:
        return _show(request, LogForm.with_row_added(request.POST, names, today), names)
    form = LogForm.posted(request.POST, names, today)
    if not form.is_valid():
        return _show(request, form, names, status=422)
    said = form.check.cleaned_data
    if is_another(
        request.user, said["id"], day=said["day"], answers=form.answers, note=said["note"]
    ):
        again = request.POST.copy()
        again["id"] = str(uuid.uuid4())
        form = LogForm.posted(again, names, today)
        form.check.add_error("id", ANOTHER)
        return _show(request, form, names, status=409)
    try:
        check = log_result(
            request.user,
            day=said["day"],
            at=moment_of(request.user, said["day"]),
            answers=form.answers,
            said_total=said["said_total"],
            said_new=said["said_new"],
            said_review=said["said_review"],
            note=said["note"],
            check_id=said["id"],
        )
    except Check.DoesNotExist:
        raise Http404("That check belongs to somebody else.") from None
    messages.success(request, "The result is logged.")
    return see_other(safe_next(request, reverse("checks:detail", args=[check.pk])))


def _asked(request: LearnerRequest) -> list[str]:
    """The slugs of the topics the form starts with: named ones, a task's, or today's."""
    slugs = request.GET.getlist("topic")
    if task := request.GET.get("task"):
        try:
            slugs += slugs_of_task(request.user, uuid.UUID(task))
        except ValueError:
            raise Http404("That is not a task.") from None
    return slugs or slugs_of_day(request.user, local_today(request.user))


def _show(
    request: LearnerRequest, form: LogForm, names: TopicNames, status: int = 200
) -> HttpResponse:
    template = "checks/_form.html" if request.htmx else "checks/log.html"
    context = {"form": form, "names": names, "next": safe_next(request, "")}
    return render(request, template, context, status=status)


@require_safe
def detail(request: LearnerRequest, check_id: uuid.UUID) -> HttpResponse:
    """One check: its totals, its topics, its answers, its note. An open one goes on."""
    check = own_check(request.user, check_id)
    if _is_open(check):
        return redirect("checks:take", check.pk)
    result = result_of(check, check.answers.select_related("topic__area", "question"))
    context = {"check": check, "result": result, "totals": result.totals}
    if any(band(mean.score) is Band.GAP for mean in result.weak):
        context["proposed"] = waiting_of(request.user, check)
    if check.kind == Check.Kind.TAKEN:
        before = weak_before(request.user, check.day)
        context["before"] = before.word(check.day, is_today=check.day == local_today(request.user))
        context["again"] = result.again(before.topics)
        context["minutes"] = logged_minutes(check)
        context["last"] = None if check.deleted_at else last_of(check, result.last)
    return render(request, "checks/detail.html", context)


@require_POST
def delete(request: LearnerRequest, check_id: uuid.UUID) -> HttpResponse:
    """Delete a check and take back its evidence; the message offers Undo."""
    check = own_check(request.user, check_id)
    opened = delete_check(check)
    what = f"The check of {check.day.day} {check.day:%B %Y} is deleted, and what it proved is taken back."
    if _is_open(check) and not check.answers.exclude(score=None).exists():
        what = "The check is discarded."
    if opened is not None:
        what += f" “{opened.title}” is no longer ticked."
    messages.success(request, what, extra_tags=f"restore-check:{check.pk}")
    return see_other(safe_next(request, reverse("checks:index")))


@require_POST
def restore(request: LearnerRequest, check_id: uuid.UUID) -> HttpResponse:
    """Bring a deleted check back."""
    try:
        back = restore_check(own_check(request.user, check_id))
    except InTheWay:
        messages.warning(request, "There are other reviews of that day; delete those first.")
    else:
        what = CLOSED if back.is_closed else "The check is back."
        if back.ticked is not None:
            what += f" “{back.ticked.title}” is ticked again."
        messages.success(request, what)
    return see_other(safe_next(request, reverse("checks:detail", args=[check_id])))
