from __future__ import annotations

from django.urls import path

from apps.dashboard import search_views, settings_views, views
from apps.dashboard.library.urls import library_urls
from apps.dashboard.readiness_urls import readiness_urls

app_name = "dashboard"

urlpatterns = [
    path("today/", views.today, name="today"),
    path("library/search/", search_views.library_search, name="library_search"),
    path("settings/", settings_views.settings, name="settings"),
    *library_urls,
    *readiness_urls,
]
