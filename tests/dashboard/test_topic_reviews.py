"""What the page of a topic's evidence says of its reviews."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from apps.accounts.models import Scheduler, User
from apps.dashboard.evidence import latest_sources
from apps.mastery.models import Source
from apps.mastery.record import choose_scheduler, record
from tests.mastery.factories import make_topic

DAY = dt.date(2026, 11, 2)
SM2, FSRS = "SM-2", "FSRS-6, which aims at 90 % recall"


@pytest.mark.parametrize(
    ("scores", "by_sm2", "by_fsrs"),
    [
        ([95], "comes 1 day after the last, by {}. Easiness 2.50; passed 1 time in a row.",
         "comes 8 days after the last, by {}. Easiness 2.50; passed 1 time in a row."),
        ([95, 95], "comes 6 days after", "passed 2 times in a row."),
        ([20], "by {}. Easiness 1.96 (moderate); passed 0 times in a row, failed 1 time.",
         "comes 1 day after the last, by {}. Easiness 1.96 (moderate); passed 0 times"),
        ([0, 60, 90, 70], "passed 2 times in a row, failed 2 times.",
         "passed 2 times in a row, failed 2 times."),
    ],
)  # fmt: skip
def test_reviews_in_words(
    alice_client: Client, alice: User, scores: list[int], by_sm2: str, by_fsrs: str
) -> None:
    topic = make_topic("t-test")
    for number, score in enumerate(scores):
        day = DAY + dt.timedelta(days=number)
        at = dt.datetime.combine(day, dt.time(12), dt.UTC)
        record(alice, [(topic.pk, score)], source=Source.CHECK, source_id=None, at=at, day=day)
    assert by_sm2.format(SM2) in page(alice_client)
    choose_scheduler(alice, Scheduler.FSRS)
    assert by_fsrs.format(FSRS) in page(alice_client)


def page(client: Client) -> str:
    return " ".join(client.get("/readiness/topic/t-test/").content.decode().split())


@pytest.mark.parametrize("first", [Source.CHECK, Source.RATING])
def test_the_source_is_that_of_the_score_that_counts(alice: User, first: Source) -> None:
    """A rating of a day with a check is left out of its mean, whichever came first."""
    topic = make_topic("t")
    sources = {Source.CHECK: 40, Source.RATING: 100}
    for hour, source in enumerate(sorted(sources, key=lambda each: each != first)):
        at = dt.datetime(2026, 11, 2, 12 + hour, tzinfo=dt.UTC)
        record(
            alice, [(topic.pk, sources[source])], source=source, source_id=topic.pk, at=at, day=DAY
        )
    assert latest_sources(alice, [topic.pk])[topic.pk].words == "Knowledge check"
    at += dt.timedelta(days=1)
    day = DAY + dt.timedelta(days=1)
    record(alice, [(topic.pk, 80)], source=Source.RATING, source_id=topic.pk, at=at, day=day)
    assert latest_sources(alice, [topic.pk])[topic.pk].words == "Self-rating"
