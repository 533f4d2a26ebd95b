"""The placement that a first sign-in offers: a coverage check over the must topics."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from apps.accounts.http import LearnerRequest
from apps.assessments import coverage
from apps.assessments.coverage import Begun
from apps.assessments.forms import PlacementForm
from apps.assessments.models import Assessment
from apps.assessments.open_sittings import open_sittings
from apps.assessments.views.starting import begin, sent_before
from apps.plans.keyed import key_of, with_key

NO_TOPICS = "No topic is in scope for your level, so there is nothing to place you by."
ANOTHER = "The library or your level has changed since this form was opened. Send it again."


@require_http_methods(["GET", "HEAD", "POST"])
def placement(request: LearnerRequest) -> HttpResponse:
    """What the placement is and how long it takes; posting it opens the sitting once."""
    user, key = request.user, key_of(request)
    if request.method != "POST":
        if key is None:
            return with_key(request)
        return sent_before(request, key) or _show(request, PlacementForm(), key)
    form = PlacementForm(request.POST)
    topics = coverage.placed_by(user)
    areas = coverage.areas_of(topics)
    if form.is_valid() and not areas:
        form.add_error(None, NO_TOPICS)
    if not form.is_valid():
        return _show(request, form, key, 422)
    what = Begun("Placement", areas, {}, form.cleaned_data["felt"])
    origin = Assessment.Origin.PLACEMENT
    begun = begin(request, form, key or uuid.uuid4(), what, topics, ANOTHER, origin)
    return begun or _show(request, form, uuid.uuid4(), 409)


def _show(
    request: LearnerRequest, form: PlacementForm, key: uuid.UUID | None, status: int = 200
) -> HttpResponse:
    topics = coverage.placed_by(request.user).count()
    waiting = open_sittings(request.user, [Assessment.Kind.COVERAGE])
    context = {
        "form": form,
        "key": key or uuid.uuid4(),
        "topics": topics,
        "minutes": coverage.minutes_for(topics),
        "open": [each for each in waiting if each.assessment.origin == "placement"],
    }
    return render(request, "assessments/placement.html", context, status=status)
