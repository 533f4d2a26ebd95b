"""Knowledge checks in the admin: whose, which kind, when, whether finished, how many answers. Never
notes, scores, or what was answered."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.accounts.admin_tools import PrivateAdmin, count_of
from apps.checks.models import Answer, Check


@admin.register(Check)
class CheckAdmin(PrivateAdmin):
    list_display = ("day", "user", "kind", "finished", "answers")
    list_filter = ("kind", "day")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    fields = ("user", "kind", "day", "at", "finished_at", "answers")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        answers = Answer.objects.exclude(score=None)
        rows: QuerySet[Any] = (
            super()
            .get_queryset(request)
            .filter(deleted_at=None)
            .annotate(answer_count=count_of(answers, "check_taken"))
        )
        return rows

    @admin.display(boolean=True, ordering="finished_at")
    def finished(self, check: Check) -> bool:
        return check.kind != Check.Kind.TAKEN or check.finished_at is not None

    @admin.display(ordering="answer_count")
    def answers(self, check: Check) -> int:
        return int(getattr(check, "answer_count", 0))
