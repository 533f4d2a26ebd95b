"""Importing a coverage table: the text, then what its rows mean, then the coverage check."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps.accounts.clock import local_today
from apps.accounts.http import LearnerRequest, see_other
from apps.assessments.models import Assessment
from apps.assessments.result import Line
from apps.checks.topics import TopicNames
from apps.exchange.coverage_import import Another, Confirmed, Deleted, Known, write_coverage
from apps.exchange.forms import Confirmation, TableForm
from apps.library.writing.base import Foreign
from apps.mastery.readiness import Marks

DELETED = "This was imported before and then deleted. Send it again to import it as a new check."
ANOTHER = (
    "This page was imported before with other answers, and that check stays as it is. Send it again "
    "to import these answers as a new check."
)


@require_http_methods(["GET", "HEAD", "POST"])
def import_coverage(request: LearnerRequest) -> HttpResponse:
    """The text (step "read"), then its rows to confirm (step "confirm"); nothing is stored before
    they are. `change` goes back to the text."""
    today = local_today(request.user)
    if request.method != "POST":
        return _ask(request, TableForm(today=today))
    form = TableForm(request.POST, request.FILES, today=today)
    if not form.is_valid():
        return _ask(request, form, 422)
    if "change" in request.POST:
        return _ask(request, form)
    names, known = TopicNames(request.user), Known(request.user)
    if request.POST.get("step") != "confirm":
        return _confirm(request, form, Confirmation(form.table, known, names))
    try:
        found = Confirmation(form.table, known, names, request.POST)
    except LookupError:
        raise Http404("There is no such topic.") from None
    if not found.is_valid:
        return _confirm(request, form, found, 422)
    return _store(request, form, found)


def _ask(request: LearnerRequest, form: TableForm, status: int = 200) -> HttpResponse:
    return render(request, "exchange/import_coverage.html", {"form": form}, status=status)


def _confirm(
    request: LearnerRequest, form: TableForm, found: Confirmation, status: int = 200
) -> HttpResponse:
    values = found.values
    know, unsure, dunno = (values.count(value) for value in ("know", "unsure", "dunno"))
    marks = Marks.of(know, unsure, dunno, len(values))
    context = {
        "form": form,
        "found": found,
        "names": found.names,
        "line": Line("", "", marks, None, None, is_coverage=True),
        "sent": status != 200,
    }
    return render(request, "exchange/confirm_coverage.html", context, status=status)


def _store(request: LearnerRequest, form: TableForm, found: Confirmation) -> HttpResponse:
    said = Confirmed(
        found.key, form.name, form.cleaned_data["day"], form.cleaned_data["felt"], found.kept
    )
    try:
        assessment, made = write_coverage(request.user, said)
    except (Assessment.DoesNotExist, Foreign):
        raise Http404("That id is somebody else's.") from None
    except (Deleted, Another) as why:
        found.key, found.error = uuid.uuid4(), DELETED if isinstance(why, Deleted) else ANOTHER
        return _confirm(request, form, found, 409)
    own = ""
    if made:
        topics = "1 topic of your own was" if made == 1 else f"{made} topics of your own were"
        own = f" {topics} made. They wait outside readiness until you count or plan them."
    messages.success(request, f"“{assessment.title}” is imported as a coverage check.{own}")
    return see_other(reverse("assessments:detail", args=[assessment.pk]))
