"""Every question of an assessment with its answer, and the answer to the same question before.

Columns are read instead of rows: a result page shows two hundred of them.
"""

from __future__ import annotations

import datetime as dt
import uuid
from functools import cache
from typing import NamedTuple

from django.db.models import QuerySet
from django.urls import reverse

from apps.assessments.models import Assessment, Response
from apps.assessments.questions_figures import BANDS
from apps.library.keys import topic_address
from apps.library.models import OURS, WEIGHT, Category
from apps.mastery.bands import Band

UNKNOWN, UNANSWERED, BETTER, NOT_BETTER = "unknown", "unanswered", "better", "not-better"
QUESTION = "dashboard:library_question"


class Earlier(NamedTuple):
    """An earlier answer to the same question."""

    score: int
    day: dt.date


class Area(NamedTuple):
    """The area of a topic. `link` names its page; only ours have one."""

    id: int
    title: str
    slug: str
    collection: str
    position: int

    @property
    def link(self) -> str:
        return self.slug if self.collection == OURS else ""


class Topic(NamedTuple):
    """What a question is about."""

    id: uuid.UUID
    title: str
    slug: str
    collection: str
    owner: object
    category: str
    minutes: int
    in_scope: bool
    retired_at: dt.datetime | None
    area: Area

    @property
    def address(self) -> str:
        return topic_address(self.id, self.slug, self.collection, is_own=self.owner is not None)

    @property
    def weight(self) -> int:
        return WEIGHT[Category(self.category)]


class Question(NamedTuple):
    """What was asked."""

    id: uuid.UUID
    text: str
    text_html: str
    kind: str
    slug: str
    collection: str
    owner: object
    retired_at: dt.datetime | None

    @property
    def address(self) -> str:
        if self.owner is not None:
            return str(reverse(QUESTION, kwargs={"pk": self.id}))
        if self.collection == OURS:
            return f"{_questions()}{self.slug}/"
        return str(reverse(QUESTION, kwargs={"collection": self.collection, "slug": self.slug}))


@cache
def _questions() -> str:
    return str(reverse("dashboard:library_questions"))


class Row(NamedTuple):
    """One question of the sitting, its answer (score None while there is none) with the band of
    its score, and the answer to it before."""

    id: uuid.UUID
    position: int
    score: int | None
    is_unknown: bool
    text: str
    note: str
    seconds: int
    at: dt.datetime | None
    question: Question
    topic: Topic
    band: Band | None
    earlier: Earlier | None

    @property
    def risen(self) -> int | None:
        """By how many points the score changed; None without both."""
        if self.earlier is None or self.score is None:
            return None
        return self.score - self.earlier.score

    @property
    def pair(self) -> tuple[int | None, int | None]:
        """Score before and now."""
        return self.earlier.score if self.earlier else None, self.score

    @property
    def place(self) -> str:
        """Where the question belongs, in words."""
        gone = " · retired" if self.question.retired_at or self.topic.retired_at else ""
        return f"{self.topic.title} · {self.topic.area.title}{gone}"

    @property
    def said(self) -> str:
        """The score, in words."""
        return "I don’t know" if self.is_unknown else str(self.band or "")

    def is_in(self, chosen: str) -> bool:
        """Whether a filter keeps the row."""
        if chosen == UNKNOWN:
            return self.is_unknown
        if chosen == UNANSWERED:
            return self.score is None
        if chosen == BETTER:
            return (self.risen or 0) > 0
        if chosen == NOT_BETTER:
            return self.risen is not None and self.risen <= 0
        return not chosen or (self.band is not None and self.band == chosen)


_ANSWER = ("pk", "position", "score", "is_unknown", "text", "note", "seconds", "at")
_QUESTION = ("id", "text", "text_html", "kind", "slug", "collection", "owner_id", "retired_at")
_TOPIC = (
    *("id", "title", "slug", "collection", "owner_id", "category", "minutes", "in_scope"),
    "retired_at",
)
_AREA = ("id", "title", "slug", "collection", "position")
_COLUMNS = (
    *_ANSWER,
    *(f"question__{name}" for name in _QUESTION),
    *(f"topic__{name}" for name in _TOPIC),
    *(f"topic__area__{name}" for name in _AREA),
)
_TO_QUESTION = len(_ANSWER)
_TO_TOPIC = _TO_QUESTION + len(_QUESTION)
_TO_AREA = _TO_TOPIC + len(_TOPIC)


def rows_of(assessment: Assessment) -> list[Row]:
    """Return the questions with their answers, lowest score first, unanswered last. Two queries."""
    told = list(assessment.responses.order_by("position").values_list(*_COLUMNS))
    given = {each[_TO_QUESTION]: each[_TO_QUESTION - 1] or assessment.at for each in told}
    earlier = _earlier(assessment, given)
    rows = []
    for each in told:
        question = Question(*each[_TO_QUESTION:_TO_TOPIC])
        topic = Topic._make((*each[_TO_TOPIC:_TO_AREA], Area(*each[_TO_AREA:])))
        band = None if each[2] is None else BANDS[each[2]]
        parts = (question, topic, band, earlier.get(question.id))
        rows.append(Row._make((*each[:_TO_QUESTION], *parts)))
    return sorted(
        rows,
        key=lambda row: (
            101 if row.score is None else row.score,
            -row.topic.weight,
            row.topic.area.position,
            row.topic.title,
            row.position,
        ),
    )


def _earlier(
    assessment: Assessment, given: dict[uuid.UUID, dt.datetime]
) -> dict[uuid.UUID, Earlier]:
    """What the same questions scored before: what a re-test was made from, else the last answer
    that came before the one here (`given` is when). At most one query."""
    if kept := assessment.asked_for.get("before"):
        return {
            uuid.UUID(question): Earlier(score, dt.date.fromisoformat(day))
            for question, (score, day) in kept.items()
        }
    if assessment.origin == Assessment.Origin.RETEST:
        asked = Response.objects.filter(retests__assessment=assessment)
    else:
        asked = Response.objects.filter(
            assessment__in=_finished(assessment),
            question__in=assessment.responses.values("question"),
        )
    told = asked.filter(score__isnull=False, day__isnull=False, at__isnull=False)
    return {
        question: Earlier(score, day)
        for question, score, day, at in told.order_by("at", "position").values_list(
            "question_id", "score", "day", "at"
        )
        if score is not None and day is not None and at is not None and at < given[question]
    }


def _finished(assessment: Assessment) -> QuerySet[Assessment]:
    return Assessment.objects.filter(
        user=assessment.user_id,
        kind=Assessment.Kind.QUESTIONS,
        finished_at__isnull=False,
        deleted_at=None,
    ).exclude(pk=assessment.pk)


def sittings_before(assessment: Assessment) -> QuerySet[Assessment]:
    """Return the question assessments that were finished before this one. Does not query."""
    return _finished(assessment).filter(finished_at__lt=assessment.finished_at or assessment.at)
