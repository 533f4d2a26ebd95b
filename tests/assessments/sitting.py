"""Coverage checks for tests: made and marked as the pages do it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import User
from apps.assessments import coverage
from apps.assessments.coverage import Begun
from apps.assessments.models import Assessment, Rating
from apps.library.models import Topic
from tests.mastery.factories import make_area, make_topic

DAY = dt.date(2026, 11, 3)
AT = dt.datetime(2026, 11, 3, 20, tzinfo=dt.UTC)
HTMX = {"HX-Request": "true"}


def make_topics(area: str, count: int, **fields: Any) -> list[Topic]:
    """Return so many topics of an area, in its order."""
    held = make_area(area)
    return [
        make_topic(f"{area}-{number}", held, position=number, **fields) for number in range(count)
    ]


def begin(user: User, *areas: str, felt: int | None = None, at: dt.datetime = AT) -> Assessment:
    """Open a sitting over these areas, or over all."""
    topics = coverage.scope_of(user)
    chosen = [area for area in coverage.areas_of(topics) if not areas or area.key in areas]
    begun = Begun("A check", chosen, {}, felt)
    return coverage.start(user, uuid.uuid4(), begun, topics, at=at, day=at.date())


def say(assessment: Assessment, values: Iterable[str], first: int = 1) -> None:
    """Mark the rows one after the other, as the sitting begins."""
    at = assessment.at
    for row, value in enumerate(values, first):
        coverage.mark(assessment.user, assessment.pk, row, value, at=at, day=at.date())


def take(
    user: User, values: Iterable[str], *areas: str, felt: int | None = None, at: dt.datetime = AT
) -> Assessment:
    """Return a finished sitting with these marks, in the order of its rows."""
    assessment = begin(user, *areas, felt=felt, at=at)
    say(assessment, values)
    assert coverage.finish(user, assessment, at)
    assessment.refresh_from_db()
    return assessment


def row(assessment: Assessment, number: int) -> Rating:
    return assessment.ratings.select_related("evidence").get(position=number)


def post(client: Client, assessment: Assessment, number: object, value: str, **more: Any) -> Any:
    """Post one mark."""
    address = f"/assessments/{assessment.pk}/rate/"
    return client.post(address, {"row": number, "value": value}, **more)


def text(answer: Any) -> str:
    """The answer's words with single spaces."""
    return " ".join(answer.content.decode().split())


FRAME = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")


def queries(act: Any) -> int:
    """How many queries this takes, without what a transaction is framed by."""
    with CaptureQueriesContext(connection) as captured:
        act()
    return sum(not each["sql"].startswith(FRAME) for each in captured)


def rate_address(assessment: Assessment) -> str:
    return reverse("assessments:rate", args=[assessment.pk])


def result_address(assessment: Assessment) -> str:
    return reverse("assessments:detail", args=[assessment.pk])


def delete(client: Client, assessment: Assessment) -> Any:
    """Delete it as the page does."""
    return client.post(reverse("assessments:delete", args=[assessment.pk]))
