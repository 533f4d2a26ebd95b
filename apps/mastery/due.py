"""The review queue of a learner: read in one query, planned anew each time."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    DateField,
    Exists,
    FloatField,
    OuterRef,
    Value,
    When,
)

from apps.accounts.models import Break, User
from apps.accounts.prepared import Param, Prepared, day
from apps.library.models import WEIGHT
from apps.mastery.models import Card, Evidence
from apps.mastery.queue import Held, Queue, queue
from apps.mastery.record import MOVES_CARD, evidence_of
from apps.mastery.returns import Ahead, Known, ahead
from apps.mastery.rounding import Number
from apps.mastery.schedulers import Standing, standing_of

_WEIGHTS = {category.value: weight for category, weight in WEIGHT.items()}
_BREAK = ""  # what stands in a break's row for the category


def _rows() -> Any:
    """Cards of topics in scope with their memory, and whether they were reviewed today; and breaks,
    whose first and last day stand where a card has its due day and its last one."""
    before: Any = Evidence.objects.filter(
        user=Param("user"),
        topic=OuterRef("topic"),
        source__in=MOVES_CARD,
        retracted_at=None,
        day__lt=day("today"),
    )
    cards = Card.objects.filter(
        user=Param("user"),
        topic__in_scope=True,
        topic__retired_at=None,
        topic__memories__user=Param("user"),
    ).annotate(
        again=Case(
            When(last_day=day("today"), then=Exists(before)),
            default=Value(False),
            output_field=BooleanField(),
        )
    )
    breaks = Break.objects.filter(user=Param("user"), last_day__gte=day("today"))
    return cards.values_list(
        "topic_id",
        "topic__category",
        "due",
        "last_day",
        "snoozed_until",
        "topic__memories__last_day",
        "topic__memories__stability",
        "again",
    ).union(
        breaks.order_by().values_list(
            "pk",
            Value(_BREAK, CharField()),
            "first_day",
            "last_day",
            Value(None, DateField()),
            "last_day",
            Value(0.0, FloatField()),
            Value(False, BooleanField()),
        ),
        all=True,
    )


_ROWS = Prepared(_rows)


def load_queue(user: User, today: dt.date, extra: int = 0) -> Queue:
    """Return the plan of the learner's reviews as of today, with so many extra ones today: one
    query.

    Retired topics and those out of scope are left out. What was reviewed today is each topic that
    moved its card today and had one before.
    """
    held, breaks, done_today = [], [], 0
    for topic, category, due, last_day, put_off, remembered, stability, again in _ROWS(
        user=user.pk, today=today
    ):
        if category == _BREAK:
            breaks.append((due, last_day))
            continue
        weight = _WEIGHTS[category]
        held.append(Held(topic, due, put_off, weight, remembered, stability, last_day))
        done_today += bool(again)
    return queue(
        held,
        today,
        user.review_limit,
        done_today=done_today,
        breaks=breaks,
        interview=user.interview_on,
        extra=extra,
    )


def load_ahead(user: User, plan: Queue) -> list[Ahead]:
    """Return the days of the plan's forecast with what is expected to come back on them: one
    query, one more where a planned topic was rated or assessed; none where nothing is planned.

    What was answered last, and how each topic stands, is what moved its card: a rating of one's own
    is no answer. Where all evidence moves the card, the memory holds the same. Planning 5,000 topics
    and what comes back takes 40 ms at up to 30 reviews a day, beside reading the rows; at the 100
    that are allowed at most, 55 ms.
    """
    topics = {topic for day in plan.reviews for topic in day}
    if not topics:
        return ahead(plan, {}, user.scheduler)
    known, rated = {}, {}
    for topic, category, last_day, score, is_rated, *standing in _cards(user, topics):
        if is_rated:
            rated[topic] = _WEIGHTS[category]
        else:
            known[topic] = Known(_WEIGHTS[category], last_day, score, Standing(*standing))
    if rated:
        rows = evidence_of(user, rated).filter(source__in=MOVES_CARD).order_by("topic", "day")
        answers = rows.values_list("topic_id", "day", "score")
        for topic, those in groupby(answers, key=itemgetter(0)):
            known[topic] = _known(rated[topic], those, user.scheduler)
    return ahead(plan, known, user.scheduler)


def _cards(user: User, topics: Collection[uuid.UUID]) -> Any:
    """Return the query of these topics' cards with their memory, and whether that rests on more
    than what moves the card."""
    more = evidence_of(user).filter(topic=OuterRef("topic")).exclude(source__in=MOVES_CARD)
    cards = Card.objects.filter(user=user, topic__in=topics, topic__memories__user=user)
    return cards.annotate(is_rated=Exists(more)).values_list(
        *("topic_id", "topic__category", "topic__memories__last_day", "topic__memories__score"),
        *("is_rated", "easiness", "interval", "repetitions"),
        *("topic__memories__stability", "topic__memories__difficulty"),
    )


def _known(weight: int, answers: Iterable[tuple[Any, ...]], scheduler: str) -> Known:
    days: list[tuple[dt.date, Number]] = []
    for on, those in groupby(answers, key=itemgetter(1)):
        scores = [score for *_, score in those]
        mean = scores[0] if len(scores) == 1 else Fraction(sum(scores), len(scores))
        days.append((on, mean))
    last_day, score = days[-1]
    return Known(weight, last_day, score, standing_of(scheduler, days))
