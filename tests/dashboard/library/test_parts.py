"""How a topic stands: one of four words, the same on every page of the library."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, NamedTuple

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from apps.dashboard.library.parts import Part, part_of
from apps.library.models import Topic
from apps.mastery.readiness import readiness
from tests.dashboard.library.factories import make_question, score
from tests.mastery.factories import make_topic

TAG = re.compile(r'<span class="tag part-[a-z-]+">([^<]*)</span>')


@pytest.mark.parametrize(
    ("score", "retention", "claimed", "part", "words"),
    [
        (None, 0.0, False, Part.UNTESTED, "untested"),
        (95, 1.0, False, Part.PROVEN, "proven"),
        (79.5, 1.0, False, Part.PROVEN, "proven"),
        (95, 0.8, False, Part.FADING, "fading"),
        (100, 0.1, False, Part.FADING, "fading"),
        (79, 1.0, False, Part.NOT_YET, "not yet"),
        (0, 1.0, False, Part.NOT_YET, "not yet"),
        (100, 1.0, True, Part.NOT_YET, "not yet"),
    ],
)
def test_part_of(
    score: float | None, retention: float, claimed: bool, part: Part, words: str
) -> None:
    found = part_of(score, retention, claimed=claimed)
    assert (found, found.words) == (part, words)


class Weighed(NamedTuple):
    weight: int
    score: float | None
    claimed: bool
    retention: float


@given(st.none() | st.floats(0, 100), st.booleans(), st.floats(0, 1))
def test_the_word_and_the_bar_agree(score: float | None, claimed: bool, kept: float) -> None:
    whole = readiness([Weighed(3, score, claimed and score is not None, kept)])
    assert whole
    part = part_of(score, kept, claimed=claimed)
    assert (part is Part.UNTESTED) == (whole.untested == 100)
    assert (part is Part.NOT_YET) == (whole.not_yet >= 50)
    if part is Part.PROVEN:
        assert whole.proven >= 79
    if part is Part.FADING:
        assert whole.fading > 0 or whole.proven == 100


@pytest.fixture
def known(alice: Any, topics: list[Topic]) -> list[Topic]:
    """One topic of each part, all around the first one: proven, fading, not yet, untested."""
    t_test, anova, _ = topics
    gap, never = make_topic("gap", title="Gap topic"), make_topic("never", title="Never topic")
    day = timezone.now().date()
    score(alice, t_test, 95)
    score(alice, anova, 95, day - dt.timedelta(days=300))
    score(alice, gap, 10)
    t_test.prerequisites.add(anova, gap, never)
    for topic in (t_test, anova, gap, never):
        make_question(topic, f"q-{topic.slug}")
    return [t_test, anova, gap, never]


def test_every_page_uses_the_same_four_words(read: Any, known: list[Topic]) -> None:
    words = ["proven", "fading", "not yet", "untested"]
    for address in ("/library/areas/statistics/", "/library/questions/?area=statistics"):
        assert sorted(TAG.findall(read(address))) == sorted(words), address
    assert sorted(TAG.findall(read("/library/topics/t-test/"))) == sorted(words)
    for topic, word in zip(known[:3], words, strict=False):
        assert TAG.findall(read(f"/readiness/topic/{topic.slug}/")) == [word]


def test_the_lists_are_filtered_by_the_words(read: Any, known: list[Topic]) -> None:
    for topic, part in zip(known, Part, strict=True):
        shelf = read(f"/library/areas/statistics/?standing={part}")
        assert re.findall(r'<h3><a href="[^"]*">([^<]*)<', shelf) == [topic.title]
        bank = read(f"/library/questions/?area=statistics&standing={part}")
        assert re.findall(r'class="asked" href="/library/questions/([^/]*)/', bank) == [
            f"q-{topic.slug}"
        ]


def test_a_claim_alone_is_never_called_proven(
    alice_client: Client, read: Any, alice: Any, topics: list[Topic]
) -> None:
    make_question(topics[0], "one")
    alice_client.post(f"/library/topics/{topics[0].pk}/know/")
    for address in (
        "/library/topics/t-test/",
        "/library/areas/statistics/?standing=not-yet",
        "/library/questions/",
        "/readiness/topic/t-test/",
    ):
        page = read(address)
        assert TAG.findall(page) == ["claimed"], address
        assert '<span class="tag band-strong">' not in page.split("<table")[0], address
    topics[1].prerequisites.add(topics[0])
    near = read("/library/topics/anova/").split("Know first")[1]
    assert 'part-not-yet">claimed</span>' in near
    assert "T-test" not in read("/library/areas/statistics/?standing=proven")
