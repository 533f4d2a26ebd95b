"""Topics with cards, and what a browser sends of a review."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.library.models import Topic
from apps.mastery.models import Card, Source
from apps.mastery.record import record

# What a transaction is framed by is no query.
FRAME = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")
NEXT, LIST, UNDO = "/reviews/next/", "/reviews/", "/reviews/undo/"
ONE_DAY = dt.timedelta(days=1)


def today() -> dt.date:
    return timezone.now().date()


def learned(user: User, *topics: Topic, days_ago: int = 12, score: int = 90) -> None:
    """Let the learner have answered these topics so many days ago."""
    day = today() - dt.timedelta(days=days_ago)
    at = timezone.now() - dt.timedelta(days=days_ago)
    scores = [(topic.pk, score) for topic in topics]
    record(user, scores, source=Source.CHECK, source_id=uuid.uuid4(), at=at, day=day)


def failed(user: User, topic: Topic, times: int) -> None:
    """Let a topic have failed on so many days, the last one ten days ago."""
    for number in range(times):
        learned(user, topic, days_ago=10 + times - number, score=20)


def answer_of(topic: Topic) -> str:
    return f"/reviews/{topic.pk}/answer/"


def skip_of(topic: Topic) -> str:
    return f"/reviews/{topic.pk}/skip/"


def grade(score: object = 100, **fields: object) -> dict[str, Any]:
    """What the card sends with a grade."""
    return {"answer": str(uuid.uuid4()), "score": score, "seconds": "30"} | fields


def card_of(topic: Topic) -> Card:
    return Card.objects.get(topic=topic)


def queries(act: Callable[[], Any], status: int = 200) -> list[str]:
    """Return the statements that `act` runs, which must be answered with that status."""
    with CaptureQueriesContext(connection) as captured:
        answer = act()
    assert answer.status_code == status
    return [each["sql"] for each in captured if not each["sql"].startswith(FRAME)]


def page_of(client: Client, address: str = LIST) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def hidden(page: str, name: str) -> str:
    """The value of a hidden field of the card."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page)
    assert found
    return found[1]
