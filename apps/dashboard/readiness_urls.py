from __future__ import annotations

from django.urls import path

from apps.dashboard import readiness_views as views

readiness_urls = [
    path("readiness/", views.readiness_page, name="readiness"),
    path("readiness/card/", views.readiness_card, name="readiness_card"),
    path("readiness/calibration/", views.calibration, name="calibration"),
    path("readiness/topics/", views.topics, name="topics"),
    path("readiness/area/<slug:slug>/", views.area, name="area"),
    path("readiness/topic/<uuid:pk>/", views.topic, name="topic"),
    path("readiness/topic/<slug:slug>/", views.topic, name="topic"),
]
