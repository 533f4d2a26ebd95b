from __future__ import annotations

from django.urls import path

from apps.assessments import views

app_name = "assessments"

urlpatterns = [
    path("assessments/", views.index, name="index"),
    path("assessments/<uuid:assessment_id>/", views.detail, name="detail"),
]
