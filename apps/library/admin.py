"""Curated content in the admin: to look up. The files are where it is written."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.accounts.admin_tools import AnyAdmin, ShownOnlyAdmin, count_of
from apps.library.models import Alias, Area, Roadmap, RoadmapTask, RoadmapWeek, Topic


@admin.register(Area)
class AreaAdmin(ShownOnlyAdmin):
    list_display = ("title", "slug", "collection", "topics", "retired_at")
    list_filter = ("collection", ("retired_at", admin.EmptyFieldListFilter))
    search_fields = ("title", "slug", "summary")
    fields = ("title", "slug", "collection", "summary", "source", "topics", "retired_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        curated = Topic.objects.filter(owner=None, retired_at=None)
        rows: QuerySet[Any] = (
            super().get_queryset(request).annotate(topic_count=count_of(curated, "area"))
        )
        return rows

    @admin.display(ordering="topic_count")
    def topics(self, area: Area) -> int:
        return int(getattr(area, "topic_count", 0))


@admin.register(Topic)
class TopicAdmin(ShownOnlyAdmin):
    """Curated topics only: a learner's own topics are private."""

    list_display = ("title", "area", "category", "level", "minutes", "asked", "tasks", "retired_at")
    list_filter = ("category", "level_rank", "area", ("retired_at", admin.EmptyFieldListFilter))
    list_select_related = ("area",)
    search_fields = ("title", "slug", "summary", "skills")
    fields = (
        *("title", "slug", "collection", "area", "category", "levels", "skills", "minutes"),
        *("summary", "source", "needs", "questions", "body", "retired_at"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        links = RoadmapTask.topics.through._default_manager.all()
        rows: QuerySet[Any] = (
            super()
            .get_queryset(request)
            .filter(owner=None)
            .annotate(task_count=count_of(links, "topic"))
        )
        return rows

    @admin.display(ordering="level_rank")
    def level(self, topic: Topic) -> str:
        return ", ".join(topic.levels)

    @admin.display(description="questions")
    def asked(self, topic: Topic) -> int:
        return sum(len(questions) for questions in topic.questions.values())

    @admin.display(description="roadmap tasks", ordering="task_count")
    def tasks(self, topic: Topic) -> int:
        return int(getattr(topic, "task_count", 0))

    @admin.display(description="prerequisites")
    def needs(self, topic: Topic) -> str:
        return ", ".join(topic.prerequisites.values_list("title", flat=True)) or "none"


@admin.register(Roadmap)
class RoadmapAdmin(ShownOnlyAdmin):
    list_display = ("title", "slug", "collection", "level", "weeks", "tasks", "retired_at")
    list_filter = ("collection", "level", ("retired_at", admin.EmptyFieldListFilter))
    search_fields = ("title", "slug", "summary")
    fields = (
        *("title", "slug", "collection", "level", "summary", "source"),
        *("hours", "hours_per_week", "weeks", "tasks", "retired_at"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = (
            super()
            .get_queryset(request)
            .annotate(
                week_count=count_of(RoadmapWeek.objects.all(), "roadmap"),
                task_count=count_of(RoadmapTask.objects.all(), "roadmap"),
            )
        )
        return rows

    @admin.display(ordering="week_count")
    def weeks(self, roadmap: Roadmap) -> int:
        return int(getattr(roadmap, "week_count", 0))

    @admin.display(ordering="task_count")
    def tasks(self, roadmap: Roadmap) -> int:
        return int(getattr(roadmap, "task_count", 0))


@admin.register(Alias)
class AliasAdmin(AnyAdmin):
    list_display = ("slug", "target_slug", "kind", "collection")
    list_filter = ("kind", "collection")
    search_fields = ("slug", "target_slug")
