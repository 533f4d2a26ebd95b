"""The result of an assessment, its deletion, and what is kept of it for the plan."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.clock import local_day
from apps.accounts.http import LearnerRequest, safe_next, see_other
from apps.accounts.models import User
from apps.assessments.coverage_result import LEAVE_OUT, STUDY, CoverageResult
from apps.assessments.keeping import Gone
from apps.assessments.models import AreaResult, Assessment, Rating
from apps.assessments.priorities import MOST_KEPT
from apps.assessments.questions_page import question_context
from apps.assessments.removal import delete_assessment, restore_assessment
from apps.assessments.result import WORDS, result
from apps.mastery import record as mastery
from apps.plans.pages import parse_uuid

ROWS = Prefetch("results", AreaResult.objects.select_related("area"))
MOST_NAMED = 5
NONE_CHOSEN = "Choose at least one topic."
TOO_MANY = f"At most {MOST_KEPT} topics of one sitting are kept for the plan."
NOTHING_LEFT = "None of these can be kept now."
IN_THE_WAY = "Another re-test of that sitting is open. Finish or delete it first; this one stays deleted until then."


def _own(user: User, assessment_id: uuid.UUID) -> Assessment:
    rows = Assessment.objects.prefetch_related(ROWS)
    return get_object_or_404(rows, pk=assessment_id, user=user)


@require_safe
def detail(request: LearnerRequest, assessment_id: uuid.UUID) -> HttpResponse:
    """The result of one assessment; of an open one, the page where it goes on."""
    assessment = _own(request.user, assessment_id)
    is_coverage = assessment.kind == Assessment.Kind.COVERAGE
    if assessment.finished_at is None and assessment.deleted_at is None:
        return redirect("assessments:rate" if is_coverage else "assessments:respond", assessment.pk)
    if assessment.origin == Assessment.Origin.TOLD:
        return render(request, "assessments/detail.html", _told(assessment))
    if not is_coverage:
        context = question_context(request, assessment)
        return render(request, "assessments/questions_result.html", context)
    return _coverage(request, assessment)


def _figures(assessment: Assessment) -> dict[str, Any]:
    """What every result page shows: totals and lines by area."""
    return {
        "assessment": assessment,
        "result": result(assessment.results.all()),
        "words": WORDS[Assessment.Kind(assessment.kind)],
        "is_coverage": assessment.kind == Assessment.Kind.COVERAGE,
    }


def _told(assessment: Assessment) -> dict[str, Any]:
    """The page of totals that came from elsewhere, with the topics that match ours."""
    ratings = assessment.ratings.select_related("topic__area").order_by(
        "topic__area__position", "topic__position", "topic__slug"
    )
    by_value = [
        (value.label, [rating.topic for rating in ratings if rating.value == value])
        for value in Rating.Value
    ]
    context = _figures(assessment)
    said = context["result"]
    areas = {rating.topic.area_id for rating in ratings}
    lines = [row for row in assessment.results.all() if row.area_id or row.title]
    asked = said.overall.marks.total if said.overall and said.overall.marks else 0
    return context | {
        "rated": [(label, topics) for label, topics in by_value if topics],
        "listed": len(ratings),
        "asked": max(asked, len(ratings)),
        "has_totals_alone": any(row.area_id not in areas for row in lines),
    }


def _coverage(
    request: LearnerRequest,
    assessment: Assessment,
    chosen: Collection[uuid.UUID] | None = None,
    refused: tuple[str, str] = ("", ""),
    status: int = 200,
) -> HttpResponse:
    """The result of a coverage check; `refused` is the kind of proposal that was not kept, and
    why, with what was `chosen` still there."""
    kind, why = refused
    found = CoverageResult(request.user, assessment)
    priorities = found.priorities(chosen if kind == STUDY else None)
    leave_out = found.leave_out(chosen if kind == LEAVE_OUT else None)
    is_placement = assessment.origin == Assessment.Origin.PLACEMENT
    context = _figures(assessment) | {
        "found": found,
        "first": priorities[:MOST_KEPT],
        "rest": priorities[MOST_KEPT:],
        "most": MOST_KEPT,
        "leave_out": leave_out,
        "doubts": list(found.doubts.values()),
        "has_plan": found.has_plan,
        "saved": sum(offer.minutes for offer in leave_out),
        "kept": found.kept(STUDY),
        "kept_out": found.kept(LEAVE_OUT),
        "can_study": found.kept(STUDY) < MOST_KEPT and any(not each.state for each in priorities),
        "can_leave_out": any(not each.state for each in leave_out),
        "study_error": why if kind == STUDY else "",
        "leave_out_error": why if kind == LEAVE_OUT else "",
        "wants_plan": is_placement and not found.has_plan,
    }
    return render(request, "assessments/coverage_result.html", context, status=status)


@require_POST
def keep_proposals(request: LearnerRequest, assessment_id: uuid.UUID) -> HttpResponse:
    """Keep topics of a finished coverage check as proposals for the plan."""
    assessment = _own(request.user, assessment_id)
    if assessment.kind != Assessment.Kind.COVERAGE:
        raise Http404("There is nothing to keep.")
    if assessment.finished_at is None or assessment.deleted_at is not None:
        return render(request, "assessments/closed.html", {"assessment": assessment}, status=409)
    kind = LEAVE_OUT if request.POST.get("kind") == LEAVE_OUT else STUDY
    chosen = [parse_uuid(said) for said in request.POST.getlist("topic")]
    found = CoverageResult(request.user, assessment)
    in_sitting = {topic.id for topic in found.topics}
    wanted = [pk for pk in dict.fromkeys(chosen) if pk in in_sitting]
    if len(wanted) < len(set(chosen)):
        raise Http404("That topic is not in this check.")
    try:
        not_kept = _keep(request.user, found, kind, wanted)
    except Refused as why:
        return _coverage(request, assessment, wanted, (kind, str(why)), why.status)
    except Gone:
        assessment.refresh_from_db()
        return render(request, "assessments/closed.html", {"assessment": assessment}, status=409)
    if not_kept:
        n = len(wanted) - len(not_kept)
        few = f"{n} of {len(wanted)} {'is' if n == 1 else 'are'} kept, under Proposals."
        messages.warning(request, f"{few} Not kept: {_named(found, kind, not_kept)}")
    return see_other(f"{reverse('assessments:detail', args=[assessment_id])}#{kind}")


class Refused(Exception):
    """Nothing is kept, for a reason the learner can read; the status of the answer."""

    def __init__(self, why: str, status: int = 422) -> None:
        super().__init__(why)
        self.status = status


@transaction.atomic
def _keep(user: User, found: CoverageResult, kind: str, wanted: list[uuid.UUID]) -> list[uuid.UUID]:
    """Keep what is wanted; return what of it cannot be kept. Raises Refused when that is all, and
    Gone."""
    mastery.lock(user)
    states = found.proposals[kind]
    new = [pk for pk in wanted if pk not in states]
    if not wanted:
        raise Refused(NONE_CHOSEN)
    if kind == STUDY and found.kept(STUDY) + len(new) > MOST_KEPT:
        raise Refused(TOO_MANY)
    now = timezone.now()
    keep = found.keep_priorities if kind == STUDY else found.keep_left_out
    held = {proposal.topic_id for proposal in keep(new, now, local_day(user, now))}
    not_kept = [pk for pk in new if pk not in held]
    if new and not held:
        raise Refused(f"{NOTHING_LEFT} {_named(found, kind, not_kept)}", 409)
    return not_kept


def _named(found: CoverageResult, kind: str, topics: list[uuid.UUID]) -> str:
    """What was not kept, and why: the first few by name."""
    titles = {topic.id: topic.title for topic in found.topics}
    told = [f"“{titles[pk]}”: {found.why_not(kind, pk)}" for pk in topics[:MOST_NAMED]]
    more = len(topics) - len(told)
    return f"{'; '.join(told)}{f'; and {more} more' if more else ''}."


@require_POST
def delete(request: LearnerRequest, assessment_id: uuid.UUID) -> HttpResponse:
    """Delete an assessment, open or finished, and take back its evidence; the message offers
    Undo."""
    assessment = get_object_or_404(Assessment, pk=assessment_id, user=request.user)
    delete_assessment(assessment)
    undo = reverse("assessments:restore", args=[assessment_id])
    what = f"“{assessment.title}” is deleted, and what it said of your topics is taken back."
    messages.success(request, what, extra_tags=f"undo-at:{undo}")
    return see_other(safe_next(request, reverse("assessments:index")))


@require_POST
def restore(request: LearnerRequest, assessment_id: uuid.UUID) -> HttpResponse:
    """Bring a deleted assessment back."""
    assessment = get_object_or_404(Assessment, pk=assessment_id, user=request.user)
    if restore_assessment(assessment):
        messages.success(request, "The assessment is back.")
    else:
        messages.warning(request, IN_THE_WAY)
    return see_other(safe_next(request, reverse("assessments:detail", args=[assessment_id])))
