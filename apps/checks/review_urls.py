"""Addresses of the review queue; part of `apps.checks.urls`."""

from __future__ import annotations

from django.urls import URLPattern, path

from apps.checks import reviews_views as views

review_urls: list[URLPattern] = [
    path("reviews/", views.reviews, name="reviews"),
    path("reviews/next/", views.next_review, name="next_review"),
    path("reviews/undo/", views.undo_review, name="undo_review"),
    path("reviews/card/", views.reviews_card, name="reviews_card"),
    path("reviews/<uuid:topic_id>/answer/", views.answer_review, name="answer_review"),
    path("reviews/<uuid:topic_id>/skip/", views.skip_review, name="skip_review"),
]
