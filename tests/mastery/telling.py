"""Evidence told, and the rows it leads to."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from apps.accounts.models import User
from apps.library.models import Topic
from apps.mastery.models import Card, Evidence, Memory, Source
from apps.mastery.record import CARD_FIELDS, MEMORY_FIELDS, record

DAY = dt.date(2025, 11, 1)


def at(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC)


def tell(
    user: User,
    scores: list[tuple[Topic, int]],
    day: int = 0,
    source: Source = Source.CHECK,
    source_id: uuid.UUID | None = None,
) -> list[Evidence]:
    date = DAY + dt.timedelta(days=day)
    items = [(topic.pk, score) for topic, score in scores]
    return record(user, items, source=source, source_id=source_id, at=at(date), day=date)


def rows(user: User) -> tuple[list[Any], list[Any]]:
    """All memories and cards of a learner, without their own ids."""
    memory = ("topic", *MEMORY_FIELDS)
    card = ("topic", *CARD_FIELDS, "snoozed_until")
    return (
        list(Memory.objects.filter(user=user).order_by("topic").values(*memory)),
        list(Card.objects.filter(user=user).order_by("topic").values(*card)),
    )
