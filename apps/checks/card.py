"""What the grading card of a check shows."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from apps.checks.models import Answer, Check
from apps.library.asking import ask_of
from apps.mastery.grading import GRADES, GradeForm, Last


def card_context(
    check: Check,
    asked: Answer | None,
    last: Last | None,
    form: GradeForm | None = None,
    answered: int | None = None,
) -> dict[str, Any]:
    """Return the context of grading/_asking.html: a question of the check, or that all are
    answered. One query when the answer came with topic, area and question; none when it is told how
    many are answered."""
    if answered is None:
        answered = check.answers.exclude(score=None).count()
    context: dict[str, Any] = {
        "check": check,
        "last": last,
        "leave": reverse("checks:index"),
        "finish": reverse("checks:finish", args=[check.pk]),
        "extra": "checks/_beside.html",
        "answered": answered,
    }
    if asked is None:
        return context | {
            "done_title": "That was the last question",
            "words": "The result says what to review before you go on.",
            "finish_label": "Finish and see the result",
        }
    return context | {
        "asked": asked,
        "ask": ask_of(asked.topic, asked.question),
        "form": form
        or GradeForm(
            initial={"text": asked.text, "note": asked.note, "seconds": asked.seconds or ""}
        ),
        "grades": GRADES,
        "action": reverse("checks:answer", args=[check.pk, asked.pk]),
        "place": asked.position + 1,
        "of": check.size,
        "tags": _tags(asked),
    }


def _tags(asked: Answer) -> list[str]:
    tags = ["review"] if asked.is_review else []
    if asked.is_added:
        tags.append("yours")
    if asked.topic.retired_at:
        tags.append("no longer in the library")
    return tags


def last_of(check: Check, answer: Answer | None) -> Last | None:
    """Return the line on the answer that was graded last. Does not query when the answer came with
    topic and question."""
    if answer is None or answer.score is None:
        return None
    shown = ""
    if answer.is_unknown:
        shown = (answer.question.answer_html if answer.question else "") or answer.topic.body_html
    return Last(
        title=answer.topic.title,
        score=answer.score,
        is_unknown=answer.is_unknown,
        answer_html=shown,
        undo=reverse("checks:undo", args=[check.pk]),
        undo_name="answer",
        undo_value=str(answer.pk),
    )
