"""Roadmaps: what is in them, and what they would be for the learner's own hours."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from apps.accounts.clock import local_today
from apps.accounts.http import LearnerRequest
from apps.dashboard.library.find import find, readable_roadmap, shown_topics
from apps.dashboard.library.roadmap_page import outline_of
from apps.library.models import Roadmap
from apps.plans.build import preview
from apps.plans.forms import StartForm
from apps.plans.layout import NoStudyTime
from apps.plans.views.setup import no_time


@require_safe
def roadmaps(request: LearnerRequest) -> HttpResponse:
    """All roadmaps with their size. One query."""
    main = Q(tasks__day__branch="")
    rows = (
        Roadmap.objects.filter(retired_at=None)
        .annotate(
            task_count=Count("tasks", filter=main), minutes=Sum("tasks__minutes", filter=main)
        )
        .order_by("position", "slug")
    )
    return render(request, "library/roadmaps.html", {"roadmaps": rows})


@require_safe
def roadmap(request: LearnerRequest, slug: str, collection: str = "") -> HttpResponse:
    """One roadmap: weeks, days and tasks, and its dates for the learner's hours (`?start=`)."""
    readable = readable_roadmap(request.user)
    found = find(Roadmap.objects.all(), readable, slug=slug, collection=collection)
    if request.path != found.get_absolute_url():
        return redirect(found)
    context = {"roadmap": found, "outline": outline_of(found, shown_topics(request.user))}
    context |= _preview(request, found)
    status = 422 if context["form"].errors else 200
    return render(request, "library/roadmap.html", context, status=status)


def _preview(request: LearnerRequest, found: Roadmap) -> dict[str, Any]:
    today = local_today(request.user)
    asked = request.GET if "start" in request.GET else None
    form = StartForm(asked, initial={"start": today}, today=today)
    if form.is_bound and not form.is_valid():
        return {"form": form}
    start = form.cleaned_data["start"] if form.is_bound else today
    try:
        return {"form": form, "start": start, "preview": preview(found, request.user, start)}
    except NoStudyTime:
        return {"form": form, "start": start, "no_time": no_time(request.user)}
