from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.clock import local_today
from apps.accounts.http import LearnerRequest, safe_next
from apps.accounts.models import User
from apps.checks.forms import LogForm
from apps.checks.log import delete_check, is_another, log_result, moment_of, restore_check
from apps.checks.models import Answer, Check
from apps.checks.topics import TopicNames, slugs_of_day, slugs_of_task
from apps.checks.totals import Totals, totals
from apps.mastery.bands import band

PAGE = 50
ANOTHER = (
    "This form was logged before, with other scores. Send it again to log it as another check."
)


def _own_check(user: User, check_id: uuid.UUID) -> Check:
    return get_object_or_404(Check, pk=check_id, user=user)


def _see_other(address: str) -> HttpResponse:
    return HttpResponseRedirect(address, status=303)


def _answers(checks: Iterable[Check]) -> dict[uuid.UUID, list[tuple[int, bool]]]:
    found: dict[uuid.UUID, list[tuple[int, bool]]] = defaultdict(list)
    rows = Answer.objects.filter(check_taken__in=checks)
    for check_id, score, is_review in rows.values_list("check_taken_id", "score", "is_review"):
        found[check_id].append((score, is_review))
    return found


def _totals(check: Check, answers: Iterable[tuple[int, bool]]) -> Totals:
    return totals(answers, check.said_total, check.said_new, check.said_review)


@require_safe
def index(request: LearnerRequest) -> HttpResponse:
    """All checks that were not deleted, newest first."""
    checks = Check.objects.filter(user=request.user, deleted_at=None).defer("note", "note_html")
    page = Paginator(checks, PAGE).get_page(request.GET.get("page"))
    answers = _answers(list(page))
    rows = [(check, _totals(check, answers[check.pk])) for check in page]
    return render(request, "checks/index.html", {"rows": rows, "page": page})


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
    return _see_other(safe_next(request, reverse("checks:detail", args=[check.pk])))


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
    """One check: its totals, its answers, its note."""
    check = _own_check(request.user, check_id)
    answers = list(check.answers.select_related("topic__area"))
    result = _totals(check, ((answer.score, answer.is_review) for answer in answers))
    rows = [(answer, band(answer.score)) for answer in answers]
    context = {"check": check, "rows": rows, "totals": result}
    return render(request, "checks/detail.html", context)


@require_POST
def delete(request: LearnerRequest, check_id: uuid.UUID) -> HttpResponse:
    """Delete a check and take back its evidence; the message offers Undo."""
    check = _own_check(request.user, check_id)
    delete_check(check)
    what = f"The check of {check.day:%d %B %Y} is deleted, and what it proved is taken back."
    messages.success(request, what, extra_tags=f"restore-check:{check.pk}")
    return _see_other(safe_next(request, reverse("checks:index")))


@require_POST
def restore(request: LearnerRequest, check_id: uuid.UUID) -> HttpResponse:
    """Bring a deleted check back."""
    restore_check(_own_check(request.user, check_id))
    messages.success(request, "The check is back.")
    return _see_other(safe_next(request, reverse("checks:detail", args=[check_id])))
