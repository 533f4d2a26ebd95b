"""Sections are areas and rows are topics where their names say so; the near is only offered."""

from __future__ import annotations

import time
import uuid

import pytest

from apps.exchange.coverage_match import (
    MOST_NEAR,
    AreaMatcher,
    AreaName,
    TopicMatcher,
    TopicName,
)
from apps.exchange.coverage_table import Section

AREAS = [
    AreaName(1, "Statistics and probability", "statistics"),
    AreaName(2, "LLM systems", "llm-systems"),
    AreaName(3, "LLM applications", "llm-applications"),
    AreaName(4, "Retrieval and RAG", "retrieval"),
    AreaName(5, "ML fundamentals", "ml-fundamentals"),
]


def topic(title: str, slug: str = "", area: int = 1) -> TopicName:
    slug = slug or title.lower().replace(" ", "-")
    return TopicName(uuid.uuid5(uuid.NAMESPACE_OID, f"{slug} {area}"), title, slug, area)


TOPICS = [
    topic("Durbin-Watson test"),
    topic("Bias & variance", "bias-variance"),
    topic("Variance inflation factor", "vif"),
    topic("Evaluation", "evaluation", 2),
    topic("Evaluation", "evaluation-2", 4),
    topic("Bootstrap"),
    topic("Bootstrap confidence intervals"),
    topic("KV cache", "kv-cache", 2),
]
MATCHER = TopicMatcher(TOPICS, {"variance-inflation": "vif", "gone": "nowhere"})


@pytest.mark.parametrize(
    ("title", "above", "area"),
    [
        ("Statistics and probability", (), 1),
        ("statistics  &  PROBABILITY", (), 1),
        ("statistics", (), 1),
        ("Statistics coverage (43 topics)", (), 1),
        ("2. LLM systems", (), 2),
        ("llm-applications", (), 3),
        ("LLM", (), None),
        ("RAG", (), 4),
        ("Regression", ("Statistics", "LLM systems"), 1),
        ("Regression", ("Section 4", "Statistics gaps"), 1),
        ("Serving", (), None),
        ("", (), None),
        ("", ("Retrieval",), 4),
        ("and the", (), None),
        ("Systems of LLMs", (), None),
    ],
)
def test_which_area_a_section_is(title: str, above: tuple[str, ...], area: int | None) -> None:
    assert AreaMatcher(AREAS).match(Section(title, above)) == area


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("Durbin-Watson test", 0),
        ("durbin watson  TEST", 0),
        ("Bias and Variance", 1),
        ("VIF", 2),
        ("variance inflation", 2),
        ("Bootstrap", 5),
    ],
)
def test_a_row_that_is_a_topic(said: str, place: int) -> None:
    assert MATCHER.match(said, None) == (TOPICS[place], [])


def test_one_name_of_two_topics_is_that_of_the_sections_area_or_offered() -> None:
    assert MATCHER.match("Evaluation", 4).exact == TOPICS[4]
    assert MATCHER.match("evaluation", 2).exact == TOPICS[3]
    found = MATCHER.match("Evaluation", 1)
    # The slug is that of one, the title of both: neither is taken.
    assert found.exact is None
    assert found.near == [TOPICS[3], TOPICS[4]]


def test_what_is_near_is_offered_and_not_taken() -> None:
    found = MATCHER.match("Durbin-Watson statistic test", 1)
    assert found.exact is None
    assert found.near[0] == TOPICS[0]
    found = MATCHER.match("Bootstrap intervals", None)
    assert found.exact is None
    assert TOPICS[6] in found.near
    assert len(found.near) <= MOST_NEAR
    assert MATCHER.match("Paged attention", 2) == (None, [])
    assert MATCHER.match("¿?", 2) == (None, [])


def test_the_sections_area_comes_first() -> None:
    both = [topic("Scaling law", area=2), topic("Scaling laws", area=3)]
    assert TopicMatcher(both, {}).match("Scaling lawt", 2).near[0] == both[0]
    assert TopicMatcher(both, {}).match("Scaling lawt", 3).near[0] == both[1]


def test_many_rows_are_matched_soon() -> None:
    matcher = TopicMatcher([topic(f"Topic of number {n} and more") for n in range(800)], {})
    start = time.process_time()
    for number in range(500):
        matcher.match(f"Row about number {number} of a topic", 1)
    assert time.process_time() - start < 3
