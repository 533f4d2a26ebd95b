"""All assessments of a learner."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.http import LearnerRequest
from apps.assessments.models import Assessment
from apps.assessments.open_sittings import open_sittings
from apps.assessments.result import result
from apps.assessments.views.result import ROWS

ORIGINS = {
    Assessment.Origin.PLACEMENT: "placement",
    Assessment.Origin.RETEST: "re-test",
    Assessment.Origin.IMPORT: "from a table",
}


@require_safe
def index(request: LearnerRequest) -> HttpResponse:
    """What is open, the ways to begin, and all finished assessments, newest first."""
    done = Assessment.objects.filter(user=request.user, finished_at__isnull=False, deleted_at=None)
    told = [
        (assessment, result(assessment.results.all())) for assessment in done.prefetch_related(ROWS)
    ]
    waiting = open_sittings(request.user, Assessment.Kind.values)
    context = {
        "rows": [
            (assessment, said.overall, ORIGINS.get(Assessment.Origin(assessment.origin), ""))
            for assessment, said in told
        ],
        "open": waiting,
        "felt": sum(bool(said.with_felt) for _, said in told),
        "offers_placement": not told and not waiting,
    }
    return render(request, "assessments/index.html", context)
