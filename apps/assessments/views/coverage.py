"""A coverage check: what to check, marking it topic by topic, the end of it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.clock import local_day
from apps.accounts.http import LearnerRequest, see_other
from apps.assessments import coverage, questions
from apps.assessments.coverage_page import (
    BUTTONS,
    Row,
    load_sitting,
    progress_of,
)
from apps.assessments.forms import CoverageForm
from apps.assessments.models import Assessment, Rating
from apps.assessments.open_sittings import open_sittings
from apps.assessments.views.starting import begin, sent_before
from apps.plans.keyed import key_of, with_key
from apps.plans.pages import parse_uuid

ANOTHER = "This form started another check before. Send it again to start one of these areas."
NOTHING = "Nothing is marked yet. Mark at least one topic, or leave: the check stays open."
CLOSED = "This check takes no more marks: it was finished or deleted. Nothing was changed."
UNKNOWN = "Mark it as know, unsure or don’t know. Nothing was changed."


@require_http_methods(["GET", "HEAD", "POST"])
def start_coverage(request: LearnerRequest) -> HttpResponse:
    """Which areas, and how much of each feels known; posting it opens the sitting once."""
    user, key = request.user, key_of(request)
    topics = coverage.scope_of(user)
    choices = coverage.areas_of(topics)
    if request.method != "POST":
        if key is None:
            return with_key(request)
        asked = {"areas": request.GET.getlist("area")}
        return sent_before(request, key) or _start(
            request, CoverageForm(choices, initial=asked), key
        )
    if "all" in request.POST:
        return _start(request, CoverageForm.with_all(choices, request.POST), key)
    form = CoverageForm(choices, request.POST)
    if not form.is_valid():
        return _start(request, form, key, 422)
    begun = begin(request, form, key or uuid.uuid4(), form.begun(), topics, ANOTHER)
    return begun or _start(request, form, uuid.uuid4(), 409)


def _start(
    request: LearnerRequest, form: CoverageForm, key: uuid.UUID | None, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "key": key or uuid.uuid4(),
        "open": open_sittings(request.user, [Assessment.Kind.COVERAGE]),
    }
    return render(request, "assessments/coverage_start.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: LearnerRequest, assessment_id: uuid.UUID) -> HttpResponse:
    """The open sitting, one row a topic; a posted mark answers with its row and the progress."""
    if request.method == "POST":
        return _mark(request, assessment_id)
    assessment = get_object_or_404(Assessment, pk=assessment_id, user=request.user)
    if _is_closed(assessment) or assessment.kind != Assessment.Kind.COVERAGE:
        return redirect("assessments:detail", assessment_id)
    return _sitting(request, assessment)


def _sitting(request: LearnerRequest, assessment: Assessment, status: int = 200) -> HttpResponse:
    context = {
        "assessment": assessment,
        "sitting": load_sitting(assessment),
        "buttons": BUTTONS,
    }
    return render(request, "assessments/coverage_rate.html", context, status=status)


def _mark(request: LearnerRequest, assessment_id: uuid.UUID) -> HttpResponse:
    row, value = _row(request), request.POST.get("value", "")
    user, now = request.user, timezone.now()
    refused, status = "", 200
    try:
        rating = coverage.mark(user, assessment_id, row, value, at=now, day=local_day(user, now))
    except Rating.DoesNotExist:
        raise Http404("There is no such row.") from None
    except ValueError:
        refused, status = UNKNOWN, 422
    except coverage.Closed:
        refused, status = CLOSED, 409
    if refused:
        rating = _found(request, assessment_id, row)
        messages.warning(request, refused)
    if not request.htmx:
        return _answer(request, rating, status)
    overall, here = progress_of(rating)
    context = {
        "row": Row(rating.position, rating.topic.title, rating.value),
        "buttons": BUTTONS,
        "area": rating.topic.area_id,
        "here": here,
        "overall": overall,
        "assessment": rating.assessment,
    }
    return render(request, "assessments/_rate_answer.html", context, status=status)


def _answer(request: LearnerRequest, rating: Rating, status: int) -> HttpResponse:
    """Without htmx: the page at this row; what was refused is said on it."""
    assessment = rating.assessment
    if status == 200:
        return see_other(f"{reverse('assessments:rate', args=[assessment.pk])}#t{rating.position}")
    if _is_closed(assessment):
        return render(request, "assessments/closed.html", {"assessment": assessment}, status=status)
    return _sitting(request, assessment, status)


def _row(request: LearnerRequest) -> uuid.UUID | int:
    """The row that was posted, or that the button's address names: its id or its number."""
    said = request.POST.get("row") or request.GET.get("row", "")
    if said.isascii() and said.isdigit() and len(said) <= 5:
        return int(said)
    if (found := parse_uuid(said)) is None:
        raise Http404("There is no such row.")
    return found


def _found(request: LearnerRequest, assessment_id: uuid.UUID, row: uuid.UUID | int) -> Rating:
    rows = Rating.objects.filter(assessment=assessment_id, assessment__user=request.user)
    rows = rows.select_related("assessment", "topic__area")
    return get_object_or_404(rows, **({"position": row} if isinstance(row, int) else {"pk": row}))


def _is_closed(assessment: Assessment) -> bool:
    return bool(assessment.finished_at or assessment.deleted_at)


@require_POST
def finish(request: LearnerRequest, assessment_id: uuid.UUID) -> HttpResponse:
    """Finish a sitting of either kind; one in which nothing was said stays open and says so."""
    user, now = request.user, timezone.now()
    assessment = get_object_or_404(Assessment, pk=assessment_id, user=user)
    if assessment.kind == Assessment.Kind.QUESTIONS:
        done = questions.finish(user, assessment, now)
        nothing = "Nothing is answered yet. Answer at least one question, or leave: it stays open."
    else:
        done, nothing = coverage.finish(user, assessment, now), NOTHING
    if not done:
        messages.warning(request, nothing)
    return see_other(reverse("assessments:detail", args=[assessment_id]))
