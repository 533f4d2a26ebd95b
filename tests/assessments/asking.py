"""Question assessments for tests: a small bank, sittings, answers."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import User
from apps.assessments import questions
from apps.assessments.models import Assessment, Response
from apps.assessments.questions import Given
from apps.assessments.questions_bank import Wanted
from apps.library.models import Question
from tests.dashboard.library.factories import make_question
from tests.mastery.factories import make_area, make_topic

DAY = dt.date(2026, 11, 18)
AT = dt.datetime(2026, 11, 18, 9, tzinfo=dt.UTC)
START = "/assessments/questions/"
HTMX = {"hx-request": "true"}
# What a transaction is framed by is no query.
FRAME = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")
AREAS = ("statistics", "llm-systems", "nlp")


def make_bank(n: int = 9, areas: Sequence[str] = AREAS, start: int = 0) -> list[Question]:
    """Return so many standing questions, each on a topic of its own, over these areas in turn."""
    made = []
    for number in range(start, start + n):
        slug = areas[number % len(areas)]
        area = make_area(slug, position=list(areas).index(slug))
        topic = make_topic(f"topic-{number}", area, title=f"Topic {number}", position=number)
        made.append(make_question(topic, f"question-{number}", is_standing=True))
    return made


def sit(user: User, wanted: Wanted | None = None, **fields: object) -> Assessment:
    """Return an open sitting of the standing questions, or of what is wanted."""
    given: dict[str, object] = {
        "title": "Standing questions",
        "felt": {},
        "assessment_id": uuid.uuid4(),
        "at": AT,
        "day": DAY,
    }
    made = questions.start(user, wanted or Wanted(standing=True), **(given | fields))  # type: ignore[arg-type] # a mixed dict
    assert made is not None
    return made


def give(
    user: User,
    response: Response,
    score: int,
    *,
    minute: int | None = None,
    at: dt.datetime = AT,
    day: dt.date = DAY,
    **fields: object,
) -> questions.Outcome:
    """Answer one question, each a minute after the one before it."""
    moment = at + dt.timedelta(minutes=response.position if minute is None else minute)
    given = Given(score, **fields)  # type: ignore[arg-type] # a mixed dict
    return questions.answer(user, response.assessment_id, response.pk, given, at=moment, day=day)[1]


def give_all(user: User, assessment: Assessment, scores: Iterable[int], **fields: object) -> None:
    """Answer the first questions with these scores, and finish."""
    for response, score in zip(assessment.responses.order_by("position"), scores, strict=False):
        give(user, response, score, **fields)  # type: ignore[arg-type] # a mixed dict
    at = fields.get("at", AT)
    assert isinstance(at, dt.datetime)
    assert questions.finish(user, assessment, at)


def words(answer: Any) -> str:
    """The answer's words with single spaces."""
    return " ".join(answer.content.decode().split())


def at(name: str, *args: object) -> str:
    """The address of one of the pages."""
    return reverse(f"assessments:{name}", args=args)


def form(**fields: object) -> dict[str, Any]:
    """What the start page posts: the standing questions, and what is said besides."""
    return {"id": str(uuid.uuid4()), "standing": "1", **fields}


def nth(sitting: Assessment, number: int) -> Response:
    return sitting.responses.get(position=number)


def grade_at(response: Response) -> str:
    """Where the answer to this question is posted."""
    return at("answer", response.assessment_id, response.pk)


def queries(act: Callable[[], Any]) -> list[str]:
    """The queries this takes, without what a transaction is framed by."""
    with CaptureQueriesContext(connection) as captured:
        answer = act()
    assert answer.status_code == 200
    return [each["sql"] for each in captured if not each["sql"].startswith(FRAME)]
