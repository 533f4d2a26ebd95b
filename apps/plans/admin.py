"""Plans in the admin: whose, in what state, how much. Never tasks, notes, days or revisions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.accounts.admin_tools import PrivateAdmin, count_of
from apps.plans.models import Plan, PlanWeek, Task


@admin.register(Plan)
class PlanAdmin(PrivateAdmin):
    list_display = ("title", "owner", "state", "roadmap", "weeks", "tasks", "done", "created_at")
    list_filter = ("state", "roadmap")
    list_select_related = ("owner", "roadmap")
    search_fields = ("title", "owner__email")
    fields = (
        *("title", "owner", "state", "roadmap", "starts_on", "target_on"),
        *("weeks", "tasks", "done", "created_at"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        tasks = Task.objects.filter(deleted_at=None)
        rows: QuerySet[Any] = (
            super()
            .get_queryset(request)
            .filter(deleted_at=None)
            .annotate(
                week_count=count_of(PlanWeek.objects.all(), "plan"),
                task_count=count_of(tasks, "plan"),
                done_count=count_of(tasks.filter(status=Task.Status.DONE), "plan"),
            )
        )
        return rows

    @admin.display(ordering="week_count")
    def weeks(self, plan: Plan) -> int:
        return int(getattr(plan, "week_count", 0))

    @admin.display(ordering="task_count")
    def tasks(self, plan: Plan) -> int:
        return int(getattr(plan, "task_count", 0))

    @admin.display(description="tasks done", ordering="done_count")
    def done(self, plan: Plan) -> int:
        return int(getattr(plan, "done_count", 0))
