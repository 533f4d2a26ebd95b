"""How much curated content there is."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q

from apps.library.addresses import MODELS
from apps.library.models import (
    CHECK_KINDS,
    OURS,
    Area,
    Exercise,
    ProjectIdea,
    Question,
    QuestionKind,
    Reference,
    Roadmap,
    RoadmapTask,
    Topic,
)

Stats = dict[str, int | dict[str, int]]


def content_stats(collection: str = OURS) -> Stats:
    """Return counts of the live curated items of a collection. Nine queries.

    `questions` are those that a check can ask and that have a model answer.
    """
    named = Q(collection=collection, retired_at=None)
    asked = _asked(collection)
    return {
        "areas": Area.objects.filter(named).count(),
        "topics": Topic.objects.filter(named, owner=None).count(),
        "questions": asked["answered"],
        "questions_by_kind": {kind: asked[kind] for kind in QuestionKind.values},
        "questions_without_answer": asked["without"],
        "standing_questions": asked["standing"],
        "design_questions": asked["design"],
        "behavioural_questions": asked["behavioural"],
        "exercises": Exercise.objects.filter(named).count(),
        "projects": ProjectIdea.objects.filter(named).count(),
        "references": Reference.objects.filter(named, owner=None).count(),
        "roadmaps": Roadmap.objects.filter(named).count(),
        "roadmap_tasks": RoadmapTask.objects.filter(
            roadmap__collection=collection, roadmap__retired_at=None
        ).count(),
        "topics_by_area": _topics_by_area(named),
    }


def other_collections() -> list[str]:
    """Return the names of the collections beside ours that something is live of. Seven queries."""
    names: set[str] = set()
    for model in MODELS.values():
        rows = model._default_manager.filter(retired_at=None).exclude(collection=OURS)
        if any(field.name == "owner" for field in model._meta.fields):
            rows = rows.filter(owner=None)
        names.update(rows.order_by().values_list("collection", flat=True).distinct())
    return sorted(names)


def _asked(collection: str) -> dict[str, int]:
    has_answer = ~Q(answer="")
    counts = {kind: Count("pk", filter=Q(kind=kind) & has_answer) for kind in QuestionKind.values}
    made: dict[str, int] = (
        Question.objects.filter(owner=None, collection=collection)
        .live()
        .aggregate(
            answered=Count("pk", filter=Q(kind__in=CHECK_KINDS) & has_answer),
            without=Count("pk", filter=Q(answer="")),
            standing=Count("pk", filter=Q(is_standing=True)),
            **counts,
        )
    )
    return made


def _topics_by_area(named: Q) -> dict[str, int]:
    live = Q(topics__retired_at=None, topics__owner=None)
    areas: Any = Area.objects.filter(named).annotate(n=Count("topics", filter=live))
    return dict(areas.order_by("position", "slug").values_list("slug", "n"))
