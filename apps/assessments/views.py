from __future__ import annotations

import uuid

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from apps.accounts.http import LearnerRequest
from apps.assessments.models import AreaResult, Assessment, Rating
from apps.assessments.result import WORDS, result

ROWS = Prefetch("results", AreaResult.objects.select_related("area"))


@require_safe
def index(request: LearnerRequest) -> HttpResponse:
    """All finished assessments, newest first."""
    done = Assessment.objects.filter(user=request.user, finished_at__isnull=False)
    rows = [
        (assessment, result(assessment.results.all()).overall)
        for assessment in done.prefetch_related(ROWS)
    ]
    return render(request, "assessments/index.html", {"rows": rows})


@require_safe
def detail(request: LearnerRequest, assessment_id: uuid.UUID) -> HttpResponse:
    """The result of one assessment."""
    assessment = get_object_or_404(
        Assessment.objects.prefetch_related(ROWS), pk=assessment_id, user=request.user
    )
    ratings = assessment.ratings.select_related("topic__area").order_by(
        "topic__area__position", "topic__position", "topic__slug"
    )
    by_value = [
        (value, [rating.topic for rating in ratings if rating.value == value])
        for value in Rating.Value
    ]
    said = result(assessment.results.all())
    areas = {rating.topic.area.slug for rating in ratings}
    asked = said.overall.marks.total if said.overall and said.overall.marks else 0
    context = {
        "assessment": assessment,
        "result": said,
        "words": WORDS[Assessment.Kind(assessment.kind)],
        "is_coverage": assessment.kind == Assessment.Kind.COVERAGE,
        "rated": [(value, topics) for value, topics in by_value if topics],
        "listed": len(ratings),
        "asked": max(asked, len(ratings)),
        "has_totals_alone": any(line.area_slug not in areas for line in said.lines),
    }
    return render(request, "assessments/detail.html", context)
