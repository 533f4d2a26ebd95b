"""Which topics are due for review."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet, Window

from apps.accounts.models import User
from apps.accounts.prepared import Param, Prepared, day
from apps.library.keys import topic_key
from apps.mastery.models import Card


def due_cards(user: User, today: dt.date, limit: int | None = None) -> list[Card]:
    """Return the cards due today or earlier, most overdue first, with topic and area: one query.

    Retired topics and cards put off beyond today are left out.
    """
    cards = (
        _due(user, today).select_related("topic__area").order_by("due", "easiness", "topic__slug")
    )
    return list(cards if limit is None else cards[:limit])


def due_count(user: User, today: dt.date) -> int:
    """Return how many cards are due today or earlier: one query."""
    return _due(user, today).count()


def _due(user: User, today: dt.date) -> QuerySet[Card, Card]:
    awake = Q(snoozed_until=None) | Q(snoozed_until__lte=today)
    return Card.objects.filter(awake, user=user, due__lte=today, topic__retired_at=None)


MOST_SHORT = 5


class DueTopic(NamedTuple):
    """A topic that is due, what names it in an address, and for how many days it is due."""

    key: str
    title: str
    days_overdue: int


@dataclass(frozen=True, slots=True)
class DueShort:
    """How many topics are due, and the first of them."""

    count: int
    cards: list[DueTopic]


def _first_due() -> QuerySet[Card, Any]:
    awake = Q(snoozed_until=None) | Q(snoozed_until__lte=day("today"))
    return (
        Card.objects.filter(
            awake, user=Param("user"), due__lte=day("today"), topic__retired_at=None
        )
        .annotate(total=Window(Count("pk")))
        .order_by("due", "easiness", "topic__slug")
        .values_list(
            *("total", "topic_id", "topic__slug", "topic__collection", "topic__owner_id"),
            *("topic__title", "due"),
        )[:MOST_SHORT]
    )


_FIRST_DUE = Prepared(_first_due)


def due_short(user: User, today: dt.date, limit: int = MOST_SHORT) -> DueShort:
    """Return the number of due topics and the `limit` (5 at most) most overdue: one query."""
    rows = _FIRST_DUE(user=user.pk, today=today)
    cards = [
        DueTopic(
            topic_key(pk, slug, collection, is_own=owner is not None), title, (today - due).days
        )
        for _, pk, slug, collection, owner, title, due in rows[:limit]
    ]
    return DueShort(rows[0][0] if rows else 0, cards)
