from __future__ import annotations

from django.urls import path

from apps.exchange import archive_views, calendar_views, plan_views, views
from apps.exchange.archive_csv import TABLES

app_name = "exchange"

urlpatterns = [
    path("assessments/import/", views.import_coverage, name="import_coverage"),
    path("plan/import/", plan_views.import_plan, name="import_plan"),
    path("plans/<uuid:plan_id>/export.md", plan_views.export_md, name="export_plan"),
    path("calendar/<str:token>.ics", calendar_views.calendar_feed, name="calendar_feed"),
    path("settings/calendar/", calendar_views.calendar, name="calendar"),
    path("settings/calendar/make/", calendar_views.make_calendar, name="make_calendar"),
    path("settings/calendar/entries/", calendar_views.choose_entries, name="choose_entries"),
    path("settings/calendar/stop/", calendar_views.revoke_calendar, name="revoke_calendar"),
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
