from __future__ import annotations

from django.urls import path

from apps.checks import take_views, views
from apps.checks.review_urls import review_urls

app_name = "checks"

urlpatterns = [
    path("checks/", views.index, name="index"),
    path("checks/log/", views.log, name="log"),
    path("checks/start/", take_views.start, name="start"),
    path("checks/<uuid:check_id>/", views.detail, name="detail"),
    path("checks/<uuid:check_id>/take/", take_views.take, name="take"),
    path("checks/<uuid:check_id>/answers/<uuid:answer_id>/", take_views.answer, name="answer"),
    path("checks/<uuid:check_id>/undo/", take_views.undo, name="undo"),
    path("checks/<uuid:check_id>/ask/", take_views.ask, name="ask"),
    path("checks/<uuid:check_id>/finish/", take_views.finish, name="finish"),
    path("checks/<uuid:check_id>/delete/", views.delete, name="delete"),
    path("checks/<uuid:check_id>/restore/", views.restore, name="restore"),
    *review_urls,
]
