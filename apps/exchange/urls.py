from __future__ import annotations

from django.urls import path

from apps.exchange import views

app_name = "exchange"

urlpatterns = [
    path("assessments/import/", views.import_coverage, name="import_coverage"),
]
