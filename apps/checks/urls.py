from __future__ import annotations

from django.urls import path

from apps.checks import views

app_name = "checks"

urlpatterns = [
    path("checks/", views.index, name="index"),
    path("checks/log/", views.log, name="log"),
    path("checks/<uuid:check_id>/", views.detail, name="detail"),
    path("checks/<uuid:check_id>/delete/", views.delete, name="delete"),
    path("checks/<uuid:check_id>/restore/", views.restore, name="restore"),
]
