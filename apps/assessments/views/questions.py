"""Question assessments: what to ask, one question at a time, the weak ones kept and asked again."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.clock import local_day
from apps.accounts.http import LearnerRequest, see_other
from apps.assessments import questions
from apps.assessments.keeping import Gone, keep
from apps.assessments.models import Assessment, Response
from apps.assessments.open_sittings import open_sittings
from apps.assessments.questions import Given, InTheWay, Later, Outcome
from apps.assessments.questions_bank import Wanted, fitting, title_of, topics_named
from apps.assessments.questions_forms import RetestForm, StartForm
from apps.assessments.questions_page import question_context, weak_topics
from apps.assessments.questions_retest import Refused
from apps.assessments.questions_retest import retest as open_retest
from apps.assessments.questions_sitting import card, fit_context, waiting
from apps.assessments.starting import Another
from apps.assessments.views.result import ROWS
from apps.library.areas import area_options
from apps.mastery.grading import GradeForm
from apps.plans.models import Proposal
from apps.plans.pages import parse_uuid
from apps.plans.proposals import NewProposal

ANOTHER = (
    "This question was answered in the meantime, with another score or in other words. "
    "Undo takes that back."
)
ANOTHER_START = (
    "This form started another assessment before. Send it again to start one of these questions."
)
DELETED = "What this form started was deleted since. Send it again to start anew."
IN_THE_WAY = "Another re-test of that sitting is open. Finish or delete it first."
LATER = "Another answer came later; only the last one can be taken back."
OVER = "This sitting is finished. Taking back its last answer opens it again."


def _own(request: LearnerRequest, assessment_id: uuid.UUID) -> Assessment:
    """The learner's question assessment with its results, else a 404. Two queries."""
    return get_object_or_404(
        Assessment.objects.prefetch_related(ROWS),
        pk=assessment_id,
        user=request.user,
        kind=Assessment.Kind.QUESTIONS,
        deleted_at=None,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def start_questions(request: LearnerRequest) -> HttpResponse:
    """What to ask, and how it feels before; posting it opens the sitting once."""
    areas = area_options()
    keys = (request.POST if request.method == "POST" else request.GET).getlist("topic")
    topics = topics_named(request.user, keys)
    if request.method != "POST":
        return _start_page(request, StartForm.asked(request.GET, areas, topics))
    if set(keys) - {topic.key for topic in topics}:
        raise Http404("There is no such topic.")
    form = StartForm(request.POST, areas=areas, topics=topics)
    valid = form.is_valid()
    if "count" in request.POST or not valid:
        return _start_page(request, form, 200 if valid or request.htmx else 422)
    now, wanted = timezone.now(), form.wanted
    n = fit_context(request.user, wanted)["taken"]
    titles = [each.title for each in areas if each.key in wanted.areas]
    try:
        assessment = questions.start(
            request.user,
            wanted,
            title=title_of(wanted, n, titles, [topic.title for topic in topics]),
            felt=form.feelings,
            assessment_id=form.cleaned_data["id"],
            at=now,
            day=local_day(request.user, now),
        )
    except Assessment.DoesNotExist:
        raise Http404("That assessment belongs to somebody else.") from None
    except Another as why:
        again = request.POST.copy()
        again["id"] = str(uuid.uuid4())
        form = StartForm(again, areas=areas, topics=topics)
        form.add_error(None, DELETED if why.is_deleted else ANOTHER_START)
        return _start_page(request, form, 409)
    if assessment is None:
        form.add_error(None, "No question fits this. Tick more, or choose the whole bank.")
        return _start_page(request, form, 422)
    return see_other(reverse("assessments:respond", args=[assessment.pk]))


def _start_page(request: LearnerRequest, form: StartForm, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"form": form} | fit_context(request.user, form.wanted)
    if request.htmx:
        return render(request, "assessments/_questions_fit.html", context, status=status)
    context["fixed"] = fitting(request.user, Wanted(standing=True)).count()
    context["running"] = open_sittings(request.user, [Assessment.Kind.QUESTIONS])
    return render(request, "assessments/questions_start.html", context, status=status)


@require_safe
def respond(request: LearnerRequest, assessment_id: uuid.UUID) -> HttpResponse:
    """The next question of an open sitting."""
    assessment = _own(request, assessment_id)
    if assessment.finished_at is not None:
        return see_other(reverse("assessments:detail", args=[assessment_id]))
    last = questions.last_of(assessment)
    return _card(request, assessment, waiting(assessment), last)


def _card(
    request: LearnerRequest,
    assessment: Assessment,
    response: Response | None,
    last: Response | None = None,
    form: GradeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    template = "grading/_asking.html" if request.htmx else "assessments/questions_next.html"
    return render(request, template, card(assessment, response, last, form), status=status)


@require_POST
def answer(
    request: LearnerRequest, assessment_id: uuid.UUID, response_id: uuid.UUID
) -> HttpResponse:
    """Grade one question; the answer is the next one."""
    form = GradeForm(request.POST)
    if not form.is_valid():
        response = get_object_or_404(
            Response.objects.select_related("assessment", "question", "topic__area"),
            pk=response_id,
            assessment=assessment_id,
            assessment__user=request.user,
            assessment__deleted_at=None,
        )
        return _card(request, response.assessment, response, form=form, status=422)
    now, said = timezone.now(), form.cleaned_data
    given = Given(said["score"], said["unknown"], said["text"], said["note"], said["seconds"])
    try:
        response, outcome = questions.answer(
            request.user,
            assessment_id,
            response_id,
            given,
            at=now,
            day=local_day(request.user, now),
        )
    except Response.DoesNotExist:
        raise Http404("There is no such question in this assessment.") from None
    here = reverse("assessments:respond", args=[assessment_id])
    if outcome is Outcome.FINISHED:
        messages.warning(request, OVER)
        return see_other(reverse("assessments:detail", args=[assessment_id]))
    status = 200
    if outcome is Outcome.OTHER:
        messages.warning(request, ANOTHER)
        status = 409
    if not request.htmx and status == 200:
        return see_other(here)
    return _card(request, response.assessment, waiting(response.assessment), response, None, status)


@require_POST
def undo(request: LearnerRequest, assessment_id: uuid.UUID) -> HttpResponse:
    """Take the last answer back, which is named so that a second post takes no other; also of a
    finished sitting, which is then open again."""
    if (said := parse_uuid(request.POST.get("response", ""))) is None:
        raise Http404("There is no such answer.")
    try:
        response = questions.undo(request.user, assessment_id, said)
    except (Assessment.DoesNotExist, Response.DoesNotExist):
        raise Http404("There is no such answer.") from None
    except InTheWay:
        messages.warning(request, IN_THE_WAY)
        return see_other(reverse("assessments:detail", args=[assessment_id]))
    except Later:
        messages.warning(request, LATER)
        assessment = _own(request, assessment_id)
        last = questions.last_of(assessment)
        return _card(request, assessment, waiting(assessment), last, None, 409)
    if response is None or not request.htmx:
        return see_other(reverse("assessments:respond", args=[assessment_id]))
    return _card(request, response.assessment, response, questions.last_of(response.assessment))


@require_POST
def retest(request: LearnerRequest, assessment_id: uuid.UUID) -> HttpResponse:
    """Ask what scored below a mark again, in an assessment of its own."""
    form = RetestForm(request.POST)
    now = timezone.now()
    try:
        if not form.is_valid():
            raise Refused(form.errors["below"][0])
        made = open_retest(
            request.user,
            assessment_id,
            form.cleaned_data["below"],
            at=now,
            day=local_day(request.user, now),
        )
    except Assessment.DoesNotExist:
        raise Http404("There is no such assessment.") from None
    except Refused as reason:
        return _refused(
            request, assessment_id, below=request.POST.get("below", ""), below_error=str(reason)
        )
    if not made.is_new:
        messages.info(request, "This re-test is open already: go on with it.")
    return see_other(reverse("assessments:respond", args=[made.assessment.pk]))


@require_POST
def keep_weak(request: LearnerRequest, assessment_id: uuid.UUID) -> HttpResponse:
    """Keep weak topics as proposals for the plan, each with the question that prompted it."""
    assessment = _own(request, assessment_id)
    if assessment.finished_at is None:
        return see_other(reverse("assessments:respond", args=[assessment_id]))
    weak = weak_topics(request.user, assessment)
    try:
        chosen = {uuid.UUID(key) for key in request.POST.getlist("topic")}
    except ValueError:
        raise Http404("There is no such topic.") from None
    if chosen - weak.keys():
        raise Http404("That topic is not among the weak ones.")
    if not chosen:
        return _refused(request, assessment_id, weak_error="Tick at least one topic.")
    now = timezone.now()
    kept = [each for each in weak.values() if each.topic.id in chosen]
    items = [
        NewProposal(each.topic.id, each.topic.minutes, rank, each.question.id)
        for rank, each in enumerate(kept, start=1)
    ]
    day, kind = local_day(request.user, now), Proposal.Kind.STUDY
    try:
        keep(request.user, assessment, items, kind=kind, at=now, day=day)
    except Gone:
        assessment.refresh_from_db()
        return render(request, "assessments/closed.html", {"assessment": assessment}, status=409)
    topics = "1 topic is" if len(kept) == 1 else f"{len(kept)} topics are"
    messages.success(request, f"{topics} proposed for your plan.")
    return see_other(f"{reverse('assessments:detail', args=[assessment.pk])}#weak")


def _refused(request: LearnerRequest, assessment_id: uuid.UUID, **words: str) -> HttpResponse:
    """The result page again, with what was refused and why."""
    assessment = _own(request, assessment_id)
    context = question_context(request, assessment) | words
    return render(request, "assessments/questions_result.html", context, status=422)
