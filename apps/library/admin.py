"""Curated content in the admin: to look up. The files are where it is written."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.accounts.admin_tools import AnyAdmin, ShownOnlyAdmin, count_of
from apps.library.models import (
    Alias,
    Area,
    Exercise,
    ProjectIdea,
    Question,
    Reference,
    Roadmap,
    RoadmapTask,
    RoadmapWeek,
    Topic,
)

GONE = ("retired_at", admin.EmptyFieldListFilter)


@admin.register(Area)
class AreaAdmin(ShownOnlyAdmin):
    list_display = ("title", "slug", "collection", "topics", "retired_at")
    list_filter = ("collection", GONE)
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
    list_filter = ("category", "level_rank", "area", GONE)
    list_select_related = ("area",)
    search_fields = ("title", "slug", "summary", "skills")
    fields = (
        *("title", "slug", "collection", "area", "category", "levels", "skills", "minutes"),
        *("summary", "source", "needs", "asked", "body", "retired_at"),
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
        return topic.questions.filter(owner=None, retired_at=None).count()

    @admin.display(description="roadmap tasks", ordering="task_count")
    def tasks(self, topic: Topic) -> int:
        return int(getattr(topic, "task_count", 0))

    @admin.display(description="prerequisites")
    def needs(self, topic: Topic) -> str:
        return ", ".join(topic.prerequisites.values_list("title", flat=True)) or "none"


@admin.register(Roadmap)
class RoadmapAdmin(ShownOnlyAdmin):
    list_display = ("title", "slug", "collection", "level", "weeks", "tasks", "retired_at")
    list_filter = ("collection", "level", GONE)
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


class CuratedAdmin(ShownOnlyAdmin):
    """Curated rows only: what learners write for themselves is private."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).filter(owner=None)
        return rows


@admin.register(Question)
class QuestionAdmin(CuratedAdmin):
    list_display = ("text", "topic", "kind", "level", "is_standing", "retired_at")
    list_filter = ("kind", "level", "is_standing", "collection", "topic__area", GONE)
    list_select_related = ("topic",)
    search_fields = ("text", "slug", "topic__title")
    fields = (
        *("text", "slug", "collection", "topic", "kind", "level", "is_standing"),
        *("answer", "source", "retired_at"),
    )


@admin.register(Reference)
class ReferenceAdmin(CuratedAdmin):
    list_display = ("title", "group", "collection", "retired_at")
    list_filter = ("group", "collection", GONE)
    search_fields = ("title", "slug", "summary")
    fields = ("title", "slug", "collection", "group", "summary", "source", "body", "retired_at")


@admin.register(Exercise)
class ExerciseAdmin(ShownOnlyAdmin):
    list_display = ("title", "level", "minutes", "collection", "retired_at")
    list_filter = ("level", "collection", GONE)
    search_fields = ("title", "slug", "summary")
    fields = (
        *("title", "slug", "collection", "level", "minutes", "summary", "source"),
        *("statement", "starter", "hints", "solution", "check_code", "retired_at"),
    )


@admin.register(ProjectIdea)
class ProjectIdeaAdmin(ShownOnlyAdmin):
    list_display = ("title", "size", "collection", "retired_at")
    list_filter = ("size", "collection", GONE)
    search_fields = ("title", "slug", "summary")
    fields = (
        *("title", "slug", "collection", "size", "hours", "summary", "source"),
        *("brief", "checklist", "retired_at"),
    )


@admin.register(Alias)
class AliasAdmin(AnyAdmin):
    list_display = ("slug", "target_slug", "kind", "collection")
    list_filter = ("kind", "collection")
    search_fields = ("slug", "target_slug")
