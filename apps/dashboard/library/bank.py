"""The question bank: what the filters ask of the database."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet

from apps.accounts.models import User
from apps.dashboard.library.filters import QuestionFilter
from apps.dashboard.library.topic_page import order_of
from apps.library.keys import split_area_key
from apps.library.models import Question
from apps.mastery.bands import STRONG_FROM
from apps.mastery.models import Card, Memory

# Scores are rounded half up before they are judged.
WEAK_BELOW = STRONG_FROM - 0.5


def questions_seen(user: User) -> QuerySet[Question]:
    """Return the query of live questions, on topics the learner sees. Does not query."""
    seen = Q(topic__owner=None) | Q(topic__owner=user)
    return Question.objects.visible_to(user).live().filter(seen)


def bank(user: User, today: dt.date, chosen: QuestionFilter) -> QuerySet[Question]:
    """Return the query of the questions the filters keep. Does not query."""
    rows = questions_seen(user)
    if chosen.area:
        collection, slug = split_area_key(chosen.area)
        rows = rows.filter(topic__area__collection=collection, topic__area__slug=slug)
    if chosen.category:
        rows = rows.filter(topic__category=chosen.category)
    if chosen.level:
        rows = rows.filter(level=chosen.level)
    if chosen.kind:
        rows = rows.filter(kind="" if chosen.kind == "bare" else chosen.kind)
    if chosen.state:
        rows = rows.filter(_in_state(user, today, chosen.state))
    return rows


def _in_state(user: User, today: dt.date, state: str) -> Q:
    memories = Memory.objects.filter(user=user, topic=OuterRef("topic"))
    if state == "never":
        return ~Q(Exists(memories))
    if state == "weak":
        return Q(Exists(memories.filter(score__lt=WEAK_BELOW)))
    awake = Q(snoozed_until=None) | Q(snoozed_until__lte=today)
    return Q(Exists(Card.objects.filter(awake, user=user, topic=OuterRef("topic"), due__lte=today)))


def with_state(user: User, rows: QuerySet[Question]) -> QuerySet[Question]:
    """Return the query with what a row of the bank says: topic, area, score, when it is due."""
    return (
        rows.select_related("topic__area")
        .annotate(
            held=FilteredRelation("topic__memories", condition=Q(topic__memories__user=user)),
            review=FilteredRelation("topic__cards", condition=Q(topic__cards__user=user)),
        )
        .annotate(score=F("held__score"), due=F("review__due"), snoozed=F("review__snoozed_until"))
        .defer("answer", "answer_html", "topic__body", "topic__body_html")
    )


def neighbours(user: User, question: Question) -> tuple[Any, Any, int, int]:
    """Return the question before and the one after, of the same topic, in the topic's order; and
    which of how many this is. One query."""
    rows = questions_seen(user).filter(topic=question.topic_id)
    ordered = sorted(
        rows.only("collection", "slug", "owner", "kind", "level_rank", "position"), key=order_of
    )
    keys: list[uuid.UUID] = [row.pk for row in ordered]
    if question.pk not in keys:
        return None, None, 0, len(keys)
    place = keys.index(question.pk)
    before = ordered[place - 1] if place else None
    after = ordered[place + 1] if place + 1 < len(ordered) else None
    return before, after, place + 1, len(keys)
