"""References, exercises and project ideas: pages that show no standing."""

from __future__ import annotations

import uuid

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from apps.accounts.http import LearnerRequest
from apps.dashboard.library.exercise_page import needs
from apps.dashboard.library.find import find, is_live_or_own, shown_topics
from apps.library.models import Exercise, ProjectIdea, Reference

SIZES = list(ProjectIdea.Size)
MOST_OWN = 8


@require_safe
def references(request: LearnerRequest) -> HttpResponse:
    """The curated pages by group, and the newest of the learner's own. Three queries."""
    rows = Reference.objects.live().filter(owner=None).defer("body", "body_html")
    own = Reference.objects.live().filter(owner=request.user)
    by_group = {
        group: [row for row in rows if row.group == group.value] for group in Reference.Group
    }
    context = {
        "groups": [(group.label, found) for group, found in by_group.items() if found],
        "count": len(rows),
        "own": own.defer("body", "body_html").order_by("-created_at", "pk")[:MOST_OWN],
        "own_count": own.count(),
    }
    return render(request, "library/references.html", context)


@require_safe
def reference(
    request: LearnerRequest, slug: str = "", collection: str = "", pk: uuid.UUID | None = None
) -> HttpResponse:
    """One page, curated or own, with its contents beside it. Two queries."""
    rows = Reference.objects.visible_to(request.user).prefetch_related(shown_topics(request.user))
    found = find(rows, is_live_or_own, slug=slug, collection=collection, pk=pk)
    if request.path != found.get_absolute_url():
        return redirect(found)
    return render(request, "library/reference.html", {"reference": found})


@require_safe
def exercises(request: LearnerRequest) -> HttpResponse:
    """All exercises, the shorter before the longer of a level. Two queries."""
    shown = ("collection", "slug", "title", "summary", "level", "level_rank", "minutes")
    rows = (
        Exercise.objects.filter(retired_at=None)
        .only(*shown)
        .prefetch_related(shown_topics(request.user))
    )
    context = {"exercises": rows.order_by("level_rank", "minutes", "title")}
    return render(request, "library/exercises.html", context)


def _exercise(request: LearnerRequest, slug: str, collection: str) -> Exercise:
    rows = Exercise.objects.prefetch_related(shown_topics(request.user))
    found: Exercise = find(rows, slug=slug, collection=collection)
    return found


@require_safe
def exercise(request: LearnerRequest, slug: str, collection: str = "") -> HttpResponse:
    """One exercise: statement, starter, hints one by one, solution, check. Two queries."""
    found = _exercise(request, slug, collection)
    if request.path != found.get_absolute_url():
        return redirect(found)
    context = {"exercise": found, "needs": needs(found.check_code, found.solution)}
    return render(request, "library/exercise.html", context)


@require_safe
def exercise_check(request: LearnerRequest, slug: str, collection: str = "") -> HttpResponse:
    """The check of an exercise as a file: a program that imports `solution.py`."""
    found = _exercise(request, slug, collection)
    response = HttpResponse(found.check_code, content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="check_{found.slug}.py"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
def projects(request: LearnerRequest) -> HttpResponse:
    """All project ideas by size. Two queries."""
    rows = (
        ProjectIdea.objects.filter(retired_at=None)
        .defer("brief", "brief_html", "checklist")
        .annotate(topic_count=Count("topics", filter=Q(topics__retired_at=None)))
        .order_by("position", "title")
    )
    groups = [(size.label, [row for row in rows if row.size == size.value]) for size in SIZES]
    context = {"groups": [(label, found) for label, found in groups if found], "count": len(rows)}
    return render(request, "library/projects.html", context)


@require_safe
def project(request: LearnerRequest, slug: str, collection: str = "") -> HttpResponse:
    """One project idea: its brief and its five points. Two queries."""
    rows = ProjectIdea.objects.prefetch_related(shown_topics(request.user))
    found = find(rows, slug=slug, collection=collection)
    if request.path != found.get_absolute_url():
        return redirect(found)
    return render(request, "library/project.html", {"project": found})
