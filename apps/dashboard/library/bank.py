"""The question bank: what the filters ask of the database, and what its rows say."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.accounts.models import User
from apps.dashboard.library.filters import DUE, QuestionFilter
from apps.dashboard.library.parts import Part, part_of
from apps.dashboard.library.standing import with_memory
from apps.dashboard.library.topic_page import order_of
from apps.library.keys import split_area_key
from apps.library.models import Question
from apps.mastery.memory import retention_after
from apps.mastery.models import Card, Memory

# One place for each question, so that pages and neighbours agree.
ORDER = ("topic__area__position", "topic__slug", "position", "slug", "pk")


def questions_seen(user: User) -> QuerySet[Question]:
    """Return the query of live questions, on topics the learner sees. Does not query."""
    seen = Q(topic__owner=None) | Q(topic__owner=user)
    return Question.objects.visible_to(user).live().filter(seen)


def bank(user: User, today: dt.date, chosen: QuestionFilter) -> QuerySet[Question]:
    """Return the query of the questions the filters keep, in the bank's order. One query when the
    filters ask for proven, fading or not yet, else none."""
    return questions_seen(user).filter(_kept(user, today, chosen)).order_by(*ORDER)


def _kept(user: User, today: dt.date, chosen: QuestionFilter) -> Q:
    kept = Q()
    if chosen.area:
        collection, slug = split_area_key(chosen.area)
        kept &= Q(topic__area__collection=collection, topic__area__slug=slug)
    if chosen.category:
        kept &= Q(topic__category=chosen.category)
    if chosen.level:
        kept &= Q(level=chosen.level)
    if chosen.kind:
        kept &= Q(kind="" if chosen.kind == "bare" else chosen.kind)
    if chosen.standing:
        kept &= _of_standing(user, today, chosen.standing)
    return kept


def _of_standing(user: User, today: dt.date, standing: str) -> Q:
    if standing == DUE:
        awake = Q(snoozed_until=None) | Q(snoozed_until__lte=today)
        cards = Card.objects.filter(awake, user=user, topic=OuterRef("topic"), due__lte=today)
        return Q(Exists(cards))
    if standing == Part.UNTESTED:
        return ~Q(Exists(Memory.objects.filter(user=user, topic=OuterRef("topic"))))
    return Q(topic__in=_topics_that_are(user, today, Part(standing)))


def _topics_that_are(user: User, today: dt.date, part: Part) -> list[uuid.UUID]:
    """Return the tested topics of one part. One query."""
    rows = Memory.objects.filter(user=user).values_list(
        "topic_id", "score", "claimed", "stability", "last_day"
    )
    return [
        topic
        for topic, score, claimed, stability, last_day in rows
        if _part(today, score, claimed, stability, last_day) is part
    ]


def _part(
    today: dt.date,
    score: float | None,
    claimed: bool | None,
    stability: float,
    last_day: dt.date,
) -> Part:
    kept = 0.0 if score is None else retention_after((today - last_day).days, stability)
    return part_of(score, kept, claimed=bool(claimed))


def with_standing(user: User, rows: QuerySet[Question]) -> QuerySet[Question]:
    """Return the query with what a row of the bank says of its topic: title, area, how it is held,
    when it is due."""
    return (
        with_memory(user, rows, "topic__")
        .select_related("topic__area")
        .defer("answer", "answer_html", "topic__body", "topic__body_html")
    )


class BankLine(NamedTuple):
    """A question as the bank lists it; part and due date are those of its topic."""

    question: Any
    part: Part
    is_due: bool


def bank_lines(questions: Iterable[Any], today: dt.date) -> list[BankLine]:
    """Return the lines of questions of `with_standing`. Does not query beyond them."""
    return [
        BankLine(
            each,
            _part(today, each.score, each.is_claimed, each.stability, each.last_day),
            each.due is not None and max(each.due, each.snoozed or each.due) <= today,
        )
        for each in questions
    ]


class Neighbours(NamedTuple):
    """The questions before and after one; its place among so many, from 1, or 0 when it is none
    of them (any more)."""

    before: Question | None
    after: Question | None
    place: int
    among: int


def of_topic(user: User, question: Question) -> Neighbours:
    """Return the neighbours among the questions of the topic, in the topic's order. One query."""
    rows = questions_seen(user).filter(topic=question.topic_id)
    ordered = sorted(
        rows.only("collection", "slug", "owner", "kind", "level_rank", "position"), key=order_of
    )
    keys: list[uuid.UUID] = [row.pk for row in ordered]
    if question.pk not in keys:
        return Neighbours(None, None, 0, len(keys))
    place = keys.index(question.pk)
    return Neighbours(*_around(ordered, place), place + 1, len(keys))


def of_bank(user: User, question: Question, today: dt.date, chosen: QuestionFilter) -> Neighbours:
    """Return the neighbours in the bank among the questions the filters keep. One that they keep
    no longer, since it was answered, stays where it was between them. One to three queries."""
    kept, seen = _kept(user, today, chosen), questions_seen(user)
    rows = _names(seen.filter(kept))
    count, is_one = len(rows), any(row[0] == question.pk for row in rows)
    if not is_one:
        rows = _names(seen.filter(kept | Q(pk=question.pk)))
    keys = [row[0] for row in rows]
    if question.pk not in keys:
        return Neighbours(None, None, 0, count)
    place = keys.index(question.pk)
    before, after = _around(
        [_named(row) for row in rows[max(place - 1, 0) : place + 2]], min(place, 1)
    )
    return Neighbours(before, after, place + 1 if is_one else 0, count)


def _names(rows: QuerySet[Question]) -> list[tuple[Any, ...]]:
    return list(rows.order_by(*ORDER).values_list("pk", "owner_id", "collection", "slug"))


def _named(row: tuple[Any, ...]) -> Question:
    """Return a question that knows its address and nothing else."""
    pk, owner, collection, slug = row
    return Question(pk=pk, owner_id=owner, collection=collection, slug=slug)


def _around(rows: Sequence[Question], place: int) -> tuple[Question | None, Question | None]:
    before = rows[place - 1] if place else None
    return before, rows[place + 1] if place + 1 < len(rows) else None
