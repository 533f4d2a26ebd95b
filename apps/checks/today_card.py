"""What Today says of checks and reviews, in a card that it loads by itself."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from django.db.models import Count, F, Q

from apps.accounts.models import User
from apps.checks.models import Check
from apps.library.keys import topic_key
from apps.library.models import Topic
from apps.mastery.due import load_queue
from apps.mastery.queue import Queue

MOST_NAMED = 2


class Named(NamedTuple):
    """A topic by its title, and what names it in an address."""

    key: str
    title: str


class TodayCard(NamedTuple):
    """The knowledge check that is open, else the last one finished today (`answered` of `of`
    questions), and the review queue with the first topics in it."""

    check: Any
    queue: Queue
    first: list[Named]


def load_card(user: User, today: dt.date) -> TodayCard:
    """Return the card's contents: three queries."""
    queue = load_queue(user, today)
    first = [each.topic for each in queue.today[:MOST_NAMED]]
    rows = Topic.objects.filter(pk__in=first).values_list(
        "pk", "slug", "collection", "owner_id", "title"
    )
    names = {
        pk: Named(topic_key(pk, slug, collection, is_own=owner is not None), title)
        for pk, slug, collection, owner, title in rows
    }
    named = [names[topic] for topic in first if topic in names]
    return TodayCard(_check(user, today), queue, named)


def _check(user: User, today: dt.date) -> Any:
    return (
        Check.objects.filter(
            Q(finished_at=None) | Q(day=today),
            user=user,
            kind=Check.Kind.TAKEN,
            deleted_at=None,
        )
        .annotate(
            answered=Count("answers", filter=Q(answers__score__isnull=False)), of=Count("answers")
        )
        .order_by(F("finished_at").desc(nulls_first=True))
        .first()
    )
