"""The library with the learner's standing beside it: areas, an area, a topic."""

from __future__ import annotations

from django.db.models import Count, F, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from apps.accounts.http import LearnerRequest
from apps.library.models import OURS, Alias, Area, Topic
from apps.mastery.models import Memory
from apps.plans.models import Task


@require_safe
def library(request: LearnerRequest) -> HttpResponse:
    """The areas, with how many of their topics the learner has met. Two queries."""
    areas = Area.objects.filter(retired_at=None).annotate(
        topics_count=Count(
            "topics",
            filter=Q(topics__retired_at=None)
            & (Q(topics__owner=None) | Q(topics__owner=request.user)),
        )
    )
    met = dict(
        Memory.objects.filter(user=request.user, topic__retired_at=None)
        .order_by()
        .values_list("topic__area")
        .annotate(Count("pk"))
    )
    rows = [(area, met.get(area.pk, 0)) for area in areas]
    context = {"rows": rows, "topics": sum(area.topics_count for area in areas)}
    return render(request, "dashboard/library.html", context)


@require_safe
def library_area(request: LearnerRequest, slug: str) -> HttpResponse:
    """The topics of one area, with the learner's last score. Three queries."""
    area = get_object_or_404(Area, collection=OURS, slug=slug)
    topics = Topic.objects.visible_to(request.user).live().filter(area=area)
    scores = dict(
        Memory.objects.filter(user=request.user, topic__area=area).values_list("topic", "score")
    )
    rows = [(topic, scores.get(topic.pk)) for topic in topics.order_by("position", "slug")]
    return render(request, "dashboard/library_area.html", {"area": area, "rows": rows})


@require_safe
def library_topic(request: LearnerRequest, slug: str) -> HttpResponse:
    """One topic: what it is, where it leads, what the learner did with it. Six queries."""
    topics = Topic.objects.visible_to(request.user).select_related("area")
    topic = topics.filter(slug=slug).order_by(F("owner").asc(nulls_first=True)).first()
    if topic is None:
        alias = get_object_or_404(Alias, collection=OURS, kind="topic", slug=slug)
        return redirect("dashboard:library_topic", alias.target_slug)
    tasks = Task.objects.live().filter(
        plan__owner=request.user, plan__deleted_at=None, topics=topic
    )
    context = {
        "topic": topic,
        "prerequisites": topic.prerequisites.filter(retired_at=None).order_by("title"),
        "needed_by": topic.needed_by.filter(retired_at=None).order_by("title"),
        "memory": Memory.objects.filter(user=request.user, topic=topic).first(),
        "tasks": tasks.order_by("position")[:20],
    }
    return render(request, "dashboard/library_topic.html", context)
