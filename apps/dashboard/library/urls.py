"""Addresses of the library. What is ours is named by its slug, another collection's with the name
of the collection, an own thing by its id."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from apps.dashboard.library.views import (
    home,
    notes,
    own_topics,
    pages,
    questions,
    references,
    roadmaps,
    topics,
)


def _named(kind: str, view: Callable[..., Any], name: str, *, own: bool) -> list[URLPattern]:
    routes = ["<slug:slug>", "<slug:collection>/<slug:slug>"]
    routes = ["<uuid:pk>", *routes] if own else routes
    return [path(f"library/{kind}/{route}/", view, name=name) for route in routes]


TOPIC = "library/topics/<uuid:pk>"
QUESTION = "library/questions/<uuid:pk>"
PAGE = "library/pages/<uuid:pk>"
CHECK = "check.py"

library_urls = [
    path("library/", home.home, name="library"),
    *_named("areas", home.area, "library_area", own=False),
    path("library/topics/", home.topics, name="library_topics"),
    path("library/topics/new/", own_topics.new_topic, name="library_new_topic"),
    path(f"{TOPIC}/star/", topics.star, name="library_star"),
    path(f"{TOPIC}/note/", topics.note, name="library_note"),
    path(f"{TOPIC}/note/restore/", notes.restore, name="library_restore_note"),
    path(f"{TOPIC}/plan/", topics.plan_topic, name="library_plan_topic"),
    path(f"{TOPIC}/know/", topics.know, name="library_know"),
    path(f"{TOPIC}/know/<str:day>/undo/", topics.unknow, name="library_unknow"),
    path(f"{TOPIC}/edit/", own_topics.change_topic, name="library_change_topic"),
    path(f"{TOPIC}/delete/", own_topics.delete_topic, name="library_delete_topic"),
    path(f"{TOPIC}/restore/", own_topics.restore, name="library_restore_topic"),
    path(f"{TOPIC}/scope/", own_topics.scope_topic, name="library_scope_topic"),
    *_named("topics", topics.topic, "library_topic", own=True),
    path("library/questions/", questions.questions, name="library_questions"),
    path("library/questions/new/", questions.new_question, name="library_new_question"),
    path(f"{QUESTION}/edit/", questions.change_question, name="library_change_question"),
    path(f"{QUESTION}/delete/", questions.delete_question, name="library_delete_question"),
    path(f"{QUESTION}/restore/", questions.restore, name="library_restore_question"),
    *_named("questions", questions.question, "library_question", own=True),
    path("library/references/", references.references, name="library_references"),
    *_named("references", references.reference, "library_reference", own=True),
    path("library/exercises/", references.exercises, name="library_exercises"),
    path(
        f"library/exercises/<slug:slug>/{CHECK}",
        references.exercise_check,
        name="library_exercise_check",
    ),
    path(
        f"library/exercises/<slug:collection>/<slug:slug>/{CHECK}",
        references.exercise_check,
        name="library_exercise_check",
    ),
    *_named("exercises", references.exercise, "library_exercise", own=False),
    path("library/projects/", references.projects, name="library_projects"),
    *_named("projects", references.project, "library_project", own=False),
    path("library/roadmaps/", roadmaps.roadmaps, name="library_roadmaps"),
    *_named("roadmaps", roadmaps.roadmap, "library_roadmap", own=False),
    path("library/pages/", pages.pages, name="library_pages"),
    path("library/pages/new/", pages.new_page, name="library_new_page"),
    path("library/pages/day/<str:day>/", pages.page_of_day, name="library_page_of_day"),
    path(f"{PAGE}/edit/", pages.change_page, name="library_change_page"),
    path(f"{PAGE}/delete/", pages.delete_page, name="library_delete_page"),
    path(f"{PAGE}/restore/", pages.restore, name="library_restore_page"),
]
