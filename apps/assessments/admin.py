"""Assessments in the admin: whose, which kind, when, whether finished, how many topics were rated and
questions answered. Never notes, scores, or what was answered."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.accounts.admin_tools import PrivateAdmin, count_of
from apps.assessments.models import AreaResult, Assessment, Rating, Response


@admin.register(Assessment)
class AssessmentAdmin(PrivateAdmin):
    list_display = (
        *("title", "user", "kind", "origin", "day", "finished"),
        *("areas", "ratings", "responses"),
    )
    list_filter = ("kind", "origin", "day")
    list_select_related = ("user",)
    search_fields = ("title", "user__email")
    fields = (
        *("title", "user", "kind", "origin", "day", "finished_at"),
        *("areas", "ratings", "responses"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = (
            super()
            .get_queryset(request)
            .filter(deleted_at=None)
            .annotate(
                area_count=count_of(AreaResult.objects.all(), "assessment"),
                rating_count=count_of(Rating.objects.exclude(value=""), "assessment"),
                response_count=count_of(Response.objects.exclude(score=None), "assessment"),
            )
        )
        return rows

    @admin.display(boolean=True, ordering="finished_at")
    def finished(self, assessment: Assessment) -> bool:
        return assessment.finished_at is not None

    @admin.display(description="area results", ordering="area_count")
    def areas(self, assessment: Assessment) -> int:
        return int(getattr(assessment, "area_count", 0))

    @admin.display(ordering="rating_count")
    def ratings(self, assessment: Assessment) -> int:
        return int(getattr(assessment, "rating_count", 0))

    @admin.display(description="questions answered", ordering="response_count")
    def responses(self, assessment: Assessment) -> int:
        return int(getattr(assessment, "response_count", 0))
