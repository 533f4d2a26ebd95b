"""Assessments in the admin: whose, which kind, when, how many ratings. Never notes or scores."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.accounts.admin_tools import PrivateAdmin, count_of
from apps.assessments.models import AreaResult, Assessment, Rating


@admin.register(Assessment)
class AssessmentAdmin(PrivateAdmin):
    list_display = ("title", "user", "kind", "day", "areas", "ratings")
    list_filter = ("kind", "day")
    list_select_related = ("user",)
    search_fields = ("title", "user__email")
    fields = ("title", "user", "kind", "day", "finished_at", "areas", "ratings")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = (
            super()
            .get_queryset(request)
            .annotate(
                area_count=count_of(AreaResult.objects.all(), "assessment"),
                rating_count=count_of(Rating.objects.all(), "assessment"),
            )
        )
        return rows

    @admin.display(description="area results", ordering="area_count")
    def areas(self, assessment: Assessment) -> int:
        return int(getattr(assessment, "area_count", 0))

    @admin.display(ordering="rating_count")
    def ratings(self, assessment: Assessment) -> int:
        return int(getattr(assessment, "rating_count", 0))
