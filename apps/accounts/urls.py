from __future__ import annotations

from django.urls import path

from apps.accounts import views

app_name = "accounts"

urlpatterns = [
    path("", views.landing, name="landing"),
    path("welcome/", views.welcome, name="welcome"),
    path("settings/delete/", views.delete, name="delete"),
    path("settings/delete/done/", views.deleted, name="deleted"),
]
