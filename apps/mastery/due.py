"""Which topics are due for review."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet, Window

from apps.accounts.models import User
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


class DueTopic(NamedTuple):
    """A topic that is due, and for how many days."""

    slug: str
    title: str
    days_overdue: int


@dataclass(frozen=True, slots=True)
class DueShort:
    """How many topics are due, and the first of them."""

    count: int
    cards: list[DueTopic]


def due_short(user: User, today: dt.date, limit: int) -> DueShort:
    """Return the number of due topics and the `limit` most overdue: one query for both."""
    rows = list(
        _due(user, today)
        .annotate(total=Window(Count("pk")))
        .order_by("due", "easiness", "topic__slug")
        .values_list("total", "topic__slug", "topic__title", "due")[:limit]
    )
    cards = [DueTopic(slug, title, (today - due).days) for _, slug, title, due in rows]
    return DueShort(rows[0][0] if rows else 0, cards)
