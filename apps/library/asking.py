"""How a topic is asked: by one of its questions, or “Explain it in two minutes”."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from apps.library.models import Question, Topic

EXPLAIN = "Explain it in two minutes"


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked, and what to hold an answer against: stored HTML, cleaned when it was written
    (templates print it with `trusted`). `html` is empty for “Explain it in two
    minutes”; without a model answer the topic's core ideas stand in its place."""

    topic_id: uuid.UUID
    topic: str
    topic_address: str
    area: str
    kind: str
    level: str
    html: str
    answer_html: str

    @property
    def is_explain(self) -> bool:
        return not self.html


def ask_of(topic: Topic, question: Question | None) -> Ask:
    """Return how this question, or without one the topic itself, is asked.

    Does not query when the topic came with its area.
    """
    return Ask(
        topic.pk,
        topic.title,
        topic.get_absolute_url(),
        topic.area.title,
        question.get_kind_display() if question and question.kind else "",
        question.level if question else "",
        question.text_html if question else "",
        (question.answer_html if question else "") or topic.body_html,
    )
