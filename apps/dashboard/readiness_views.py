from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.accounts.clock import local_today
from apps.accounts.http import LearnerRequest
from apps.dashboard.calibration import calibration_of, finished_assessments
from apps.dashboard.charts.bar import ADDS_TO, BEHIND, segments
from apps.dashboard.charts.calibration import Chart
from apps.dashboard.evidence import Known, known_topic, latest_sources, topic_by_slug
from apps.dashboard.scope import Scope
from apps.library.models import OURS, Alias, Area, Topic
from apps.mastery.bands import Band
from apps.mastery.readiness import Readiness, readiness
from apps.mastery.rounding import half_up
from apps.mastery.standing import TopicStanding, standings

LABELS = (Band.GAP, Band.RUSTY, Band.STRONG, None)
STRONG_FIRST = (Band.STRONG, Band.RUSTY, Band.GAP)


def _figures(whole: Readiness | None) -> dict[str, Any]:
    """What the bar and its legend show of one readiness; empty without topics in scope."""
    if whole is None:
        return {}
    parts = segments(whole)
    return {
        "whole": whole,
        "parts": parts,
        "proven": parts[0].width,
        "fading": parts[1].width,
        "of_tested": None if whole.of_tested is None else half_up(whole.of_tested),
        "untested": whole.topics - whole.tested,
    }


@require_safe
def readiness_page(request: LearnerRequest) -> HttpResponse:
    """The bar overall and by area, readiness of what was tested, and how it went by week."""
    today = local_today(request.user)
    scope = Scope(request.user, today)
    overall = _figures(scope.overall)
    areas = [
        (area, _figures(area.tally.readiness), reverse("dashboard:area", args=[area.slug]))
        for area in scope.by_area
    ]
    least_known = max(areas, key=lambda item: item[1]["untested"], default=None)
    context = {
        "today": today,
        "overall": overall,
        "areas": areas,
        "least_known": least_known,
        "chart": scope.chart if overall else None,
    }
    return render(request, "dashboard/readiness.html", context)


@require_safe
def readiness_card(request: LearnerRequest) -> HttpResponse:
    """The bar alone, for Today to load; without htmx the whole page."""
    if not request.htmx:
        return redirect("dashboard:readiness")
    scope = Scope(request.user, local_today(request.user))
    return render(request, "dashboard/_readiness_card.html", {"overall": _figures(scope.overall)})


@require_safe
def calibration(request: LearnerRequest) -> HttpResponse:
    """What was felt before each assessment beside what it measured, and whether they come closer."""
    found = calibration_of(request.user)
    context = {
        "found": found,
        "chart": Chart(found) if found.areas else None,
        "finished": 0 if found.areas else finished_assessments(request.user),
    }
    return render(request, "dashboard/calibration.html", context)


@require_safe
def topics(request: LearnerRequest) -> HttpResponse:
    """All topics in scope, or those behind one part of the bar."""
    scope = Scope(request.user, local_today(request.user))
    return _topics(request, scope.topics, {"all_areas": True, "title": "All topics"})


@require_safe
def area(request: LearnerRequest, slug: str) -> HttpResponse:
    """The topics of one area, or those behind one part of its bar."""
    found = Area.objects.filter(slug=slug).order_by(F("retired_at").asc(nulls_first=True)).first()
    if found is None:
        alias = get_object_or_404(Alias, kind="area", slug=slug, collection=OURS)
        return redirect("dashboard:area", alias.target_slug, permanent=True)
    rows = standings(request.user, local_today(request.user), [found.pk])
    return _topics(request, rows, {"area": found, "title": found.title})


def _topics(
    request: LearnerRequest, rows: Sequence[TopicStanding], context: dict[str, Any]
) -> HttpResponse:
    part = request.GET.get("part", "")
    if part and part not in BEHIND:
        raise Http404("There is no such part.")
    shown = [row for row in rows if BEHIND[part][1](row)] if part else list(rows)
    sources = latest_sources(request.user, [row.id for row in shown if row.score is not None])
    groups = [
        (
            label,
            [Known.of(row, sources) for row in shown if row.label == label],
        )
        for label in (STRONG_FIRST if part in ADDS_TO else LABELS)
    ]
    context |= {
        "overall": _figures(readiness(rows)),
        "groups": [(label, known) for label, known in groups if known],
        "shown": len(shown),
        "all": len(rows),
        "part": part,
        "part_words": BEHIND[part][0] if part else "",
        "adds": part in ADDS_TO,
        "ways": [(name, words) for name, (words, _) in BEHIND.items()],
        "today": local_today(request.user),
    }
    return render(request, "dashboard/topics.html", context)


@require_safe
def topic(request: LearnerRequest, slug: str = "", pk: uuid.UUID | None = None) -> HttpResponse:
    """All evidence of one topic, and what follows from it."""
    if pk is not None:
        rows = Topic.objects.visible_to(request.user).select_related("area")
        found: Topic | None = get_object_or_404(rows, pk=pk)
    else:
        found = topic_by_slug(request.user, slug)
    if found is None:
        alias = get_object_or_404(Alias, kind="topic", slug=slug, collection=OURS)
        return redirect(reverse("dashboard:topic", args=[alias.target_slug]), permanent=True)
    context = known_topic(request.user, found, local_today(request.user))
    return render(request, "dashboard/topic.html", context)
