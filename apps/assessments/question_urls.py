"""Addresses of question assessments; part of `apps.assessments.urls`."""

from __future__ import annotations

from django.urls import URLPattern, path

from apps.assessments.views import questions

ONE = "assessments/<uuid:assessment_id>"

question_urls: list[URLPattern] = [
    path("assessments/questions/", questions.start_questions, name="start_questions"),
    path(f"{ONE}/next/", questions.respond, name="respond"),
    path(f"{ONE}/responses/<uuid:response_id>/", questions.answer, name="answer"),
    path(f"{ONE}/undo/", questions.undo, name="undo"),
    path(f"{ONE}/retest/", questions.retest, name="retest"),
    path(f"{ONE}/weak/", questions.keep_weak, name="keep_weak"),
]
