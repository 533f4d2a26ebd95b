from __future__ import annotations

from django.urls import path

from apps.dashboard import library_views, views
from apps.dashboard.readiness_urls import readiness_urls

app_name = "dashboard"

urlpatterns = [
    path("today/", views.today, name="today"),
    path("library/", library_views.library, name="library"),
    path("library/areas/<slug:slug>/", library_views.library_area, name="library_area"),
    path("library/topics/<slug:slug>/", library_views.library_topic, name="library_topic"),
    *readiness_urls,
]
