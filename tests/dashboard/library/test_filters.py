"""What the filters of the library keep."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.dashboard.library.filters import (
    CATEGORIES,
    LEVELS,
    STANDINGS,
    QuestionFilter,
    TopicFilter,
    chosen,
)
from apps.dashboard.library.parts import Part

DAY = dt.date(2026, 11, 18)
AREAS = (("statistics", "Statistics"), ("acme/nlp", "NLP"))


@dataclass
class Row:
    category: str = "must"
    levels: list[str] = field(default_factory=lambda: ["mid"])
    area_key: str = "statistics"
    starred: bool = False
    part: Part = Part.UNTESTED
    due: bool = False

    def is_due(self, today: dt.date) -> bool:
        return self.due and today == DAY


def only(values: list[str]) -> list[str]:
    return [value for value in values if value]


@pytest.mark.parametrize(
    ("data", "row", "kept"),
    [
        ({}, Row(), True),
        ({"category": "must"}, Row(), True),
        ({"category": "specialisation"}, Row(), False),
        ({"level": "senior"}, Row(), False),
        ({"level": "senior"}, Row(levels=["mid", "senior"]), True),
        ({"standing": "untested"}, Row(), True),
        ({"standing": "proven"}, Row(part=Part.PROVEN), True),
        ({"standing": "not-yet"}, Row(part=Part.FADING), False),
        ({"standing": "due"}, Row(part=Part.PROVEN), False),
        ({"standing": "due"}, Row(part=Part.NOT_YET, due=True), True),
        ({"starred": "1"}, Row(), False),
        ({"starred": "1"}, Row(starred=True), True),
        ({"starred": "yes"}, Row(), True),
        ({"area": "acme/nlp"}, Row(), False),
        ({"area": "acme/nlp"}, Row(area_key="acme/nlp"), True),
        ({"area": "unknown"}, Row(), True),
    ],
)
def test_what_a_filter_keeps(data: dict[str, str], row: Row, kept: bool) -> None:
    assert TopicFilter.of(data, AREAS).keeps(row, DAY) is kept


def test_an_unknown_word_is_no_filter() -> None:
    assert chosen({"level": "chief"}, "level", LEVELS) == ""
    assert not TopicFilter.of({"category": "x"}).is_on
    assert TopicFilter.of({"category": "must"}).is_on
    assert not QuestionFilter.of({"standing": "asked", "kind": ""}, AREAS).is_on
    assert QuestionFilter.of({"standing": "untested"}, AREAS).is_on


def test_the_standing_is_told_in_the_four_words() -> None:
    names = [words for _, words in STANDINGS]
    assert names == ["Proven", "Fading", "Not yet", "Untested", "Due for review"]


def test_a_filter_is_carried_and_told() -> None:
    data = {"area": "acme/nlp", "standing": "not-yet", "level": "x"}
    chosen = QuestionFilter.of(data, AREAS)
    assert chosen.query == "?area=acme%2Fnlp&standing=not-yet"
    assert chosen.words(AREAS) == "NLP, topic not yet proven"
    due = QuestionFilter.of({"standing": "due", "level": "mid"}, AREAS)
    assert due.words(AREAS) == "Mid, topic due for review"
    assert (QuestionFilter().query, QuestionFilter().words(AREAS)) == ("", "")


def test_the_form_shows_what_was_chosen() -> None:
    selects = QuestionFilter.of({"kind": "design", "area": "acme/nlp"}, AREAS).selects(AREAS)
    assert [(each.name, each.chosen) for each in selects if each.chosen] == [
        ("area", "acme/nlp"),
        ("kind", "design"),
    ]
    names = [each.name for each in TopicFilter.of({}).selects()]
    assert names == ["category", "level", "standing"]


ROWS = st.builds(
    Row,
    category=st.sampled_from([key for key, _ in CATEGORIES]),
    levels=st.lists(st.sampled_from([key for key, _ in LEVELS]), unique=True),
    starred=st.booleans(),
    part=st.sampled_from(Part),
    due=st.booleans(),
)
WORDS = st.fixed_dictionaries(
    {},
    optional={
        "category": st.text(max_size=8) | st.sampled_from([key for key, _ in CATEGORIES]),
        "level": st.text(max_size=8) | st.sampled_from([key for key, _ in LEVELS]),
        "standing": st.text(max_size=8) | st.sampled_from([key for key, _ in STANDINGS]),
        "starred": st.text(max_size=2),
    },
)


@given(ROWS, WORDS)
def test_a_row_is_kept_when_each_filter_alone_keeps_it(row: Row, data: dict[str, str]) -> None:
    alone = [TopicFilter.of({name: value}).keeps(row, DAY) for name, value in data.items()]
    assert TopicFilter.of(data).keeps(row, DAY) is all(alone)
