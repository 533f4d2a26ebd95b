"""What the pages before and during a question assessment show."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.urls import reverse

from apps.accounts.models import User
from apps.assessments.models import Assessment, Response
from apps.assessments.questions_bank import Wanted, fits
from apps.assessments.questions_figures import minutes_for
from apps.library.asking import ask_of
from apps.mastery.grading import GRADES, GradeForm, Last


def fit_context(user: User, wanted: Wanted) -> dict[str, Any]:
    """Return how many questions fit, area by area, how many are taken of them, and about how long
    that takes. One query."""
    found = fits(user, wanted)
    n = sum(fit.n for fit in found)
    taken = n if wanted.many is None else min(n, wanted.many)
    return {"fits": found, "n": n, "taken": taken, "minutes": minutes_for(taken)}


def waiting(assessment: Assessment) -> Response | None:
    """Return the next question that is not answered; None when all are. One query."""
    unanswered = assessment.responses.filter(score=None).order_by("position")
    return unanswered.select_related("question", "topic__area").first()


def card(
    assessment: Assessment,
    response: Response | None,
    last: Response | None = None,
    form: GradeForm | None = None,
) -> dict[str, Any]:
    """Return the context of the grading card: the question to ask, or without one how to finish.

    `last` is the answer given last, `form` a grade that was refused, to be shown as it was typed.
    One query.
    """
    counts = assessment.responses.aggregate(asked=Count("pk"), answered=Count("score"))
    asked, answered = counts["asked"], counts["answered"]
    finish = reverse("assessments:finish", args=[assessment.pk])
    base: dict[str, Any] = {
        "assessment": assessment,
        "last": _last(last) if last else None,
        "leave": reverse("assessments:index"),
        "asked": asked,
        "answered": answered,
        "left": asked - answered,
        "minutes": minutes_for(asked - answered),
    }
    if response is None:
        return base | {
            "done_title": "The question is answered"
            if asked == 1
            else f"All {asked} questions are answered",
            "words": "See what the answers say, area by area.",
            "finish": finish,
            "finish_label": "Finish",
            "leave_label": "Later",
        }
    first = {"text": response.text, "note": response.note}
    return base | {
        "ask": ask_of(response.topic, response.question),
        "form": form or GradeForm(initial=first),
        "grades": GRADES,
        "action": reverse("assessments:answer", args=[assessment.pk, response.pk]),
        "place": answered + 1,
        "of": asked,
        "tags": [response.question.level],
        "finish_early": finish,
        "extra": "assessments/_questions_finish.html",
    }


def _last(response: Response) -> Last:
    assert response.score is not None
    told = ask_of(response.topic, response.question)
    return Last(
        title=response.topic.title,
        score=response.score,
        is_unknown=response.is_unknown,
        answer_html=told.answer_html if response.is_unknown else "",
        undo=reverse("assessments:undo", args=[response.assessment_id]),
        undo_name="response",
        undo_value=str(response.pk),
    )
