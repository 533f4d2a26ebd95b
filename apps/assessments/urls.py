from __future__ import annotations

from django.urls import path

from apps.assessments.question_urls import question_urls
from apps.assessments.views import coverage, index, placement, result

app_name = "assessments"

urlpatterns = [
    path("assessments/", index.index, name="index"),
    path("assessments/coverage/", coverage.start_coverage, name="start_coverage"),
    path("assessments/placement/", placement.placement, name="placement"),
    *question_urls,
    path("assessments/<uuid:assessment_id>/", result.detail, name="detail"),
    path("assessments/<uuid:assessment_id>/rate/", coverage.rate, name="rate"),
    path("assessments/<uuid:assessment_id>/finish/", coverage.finish, name="finish"),
    path(
        "assessments/<uuid:assessment_id>/proposals/",
        result.keep_proposals,
        name="keep_proposals",
    ),
    path("assessments/<uuid:assessment_id>/delete/", result.delete, name="delete"),
    path("assessments/<uuid:assessment_id>/restore/", result.restore, name="restore"),
]
