from __future__ import annotations

from django.urls import path

from apps.exchange import plan_views, views

app_name = "exchange"

urlpatterns = [
    path("assessments/import/", views.import_coverage, name="import_coverage"),
    path("plan/import/", plan_views.import_plan, name="import_plan"),
    path("plans/<uuid:plan_id>/export.md", plan_views.export_md, name="export_plan"),
]
