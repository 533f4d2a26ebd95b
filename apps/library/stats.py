"""How much curated content there is."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q

from apps.library.models import (
    CHECK_KINDS,
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


def content_stats() -> Stats:
    """Return counts of live curated items, of every collection. Nine queries.

    `questions` are those that a check can ask and that have a model answer.
    """
    asked = _asked()
    return {
        "areas": Area.objects.filter(retired_at=None).count(),
        "topics": Topic.objects.filter(retired_at=None, owner=None).count(),
        "questions": asked["answered"],
        "questions_by_kind": {kind: asked[kind] for kind in QuestionKind.values},
        "questions_without_answer": asked["without"],
        "standing_questions": asked["standing"],
        "design_questions": asked["design"],
        "behavioural_questions": asked["behavioural"],
        "exercises": Exercise.objects.filter(retired_at=None).count(),
        "projects": ProjectIdea.objects.filter(retired_at=None).count(),
        "references": Reference.objects.filter(retired_at=None, owner=None).count(),
        "roadmaps": Roadmap.objects.filter(retired_at=None).count(),
        "roadmap_tasks": RoadmapTask.objects.filter(roadmap__retired_at=None).count(),
        "topics_by_area": _topics_by_area(),
    }


def _asked() -> dict[str, int]:
    has_answer = ~Q(answer="")
    counts = {kind: Count("pk", filter=Q(kind=kind) & has_answer) for kind in QuestionKind.values}
    made: dict[str, int] = (
        Question.objects.filter(owner=None)
        .live()
        .aggregate(
            answered=Count("pk", filter=Q(kind__in=CHECK_KINDS) & has_answer),
            without=Count("pk", filter=Q(answer="")),
            standing=Count("pk", filter=Q(is_standing=True)),
            **counts,
        )
    )
    return made


def _topics_by_area() -> dict[str, int]:
    live = Q(topics__retired_at=None, topics__owner=None)
    areas: Any = Area.objects.filter(retired_at=None).annotate(n=Count("topics", filter=live))
    made: dict[str, int] = {}
    for slug, count in areas.values_list("slug", "n"):
        made[slug] = made.get(slug, 0) + count
    return made
