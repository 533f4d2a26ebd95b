from __future__ import annotations

from django.urls import path

from apps.exchange import archive_views, plan_views, views
from apps.exchange.archive_csv import TABLES

app_name = "exchange"

urlpatterns = [
    path("assessments/import/", views.import_coverage, name="import_coverage"),
    path("plan/import/", plan_views.import_plan, name="import_plan"),
    path("plans/<uuid:plan_id>/export.md", plan_views.export_md, name="export_plan"),
    path("settings/data/", archive_views.data, name="data"),
    path("settings/data/export.json", archive_views.export_json, name="export_json"),
    path("settings/data/import/", archive_views.restore, name="restore"),
    *(
        path(
            f"settings/data/{table}.csv",
            archive_views.export_csv,
            {"table": table},
            name="export_csv",
        )
        for table in TABLES
    ),
]
