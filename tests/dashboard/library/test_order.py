"""In which order the topics of an area are listed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from apps.dashboard.library.order import by_area, learning_order, resting_counts
from apps.library.models import Topic
from tests.mastery.factories import make_area, make_topic


@dataclass
class Row:
    pk: int
    needs: set[int] = field(default_factory=set)
    category: str = "must"
    level_rank: int = 1
    title: str = "Title"
    area: int = 0


def order(*rows: Row) -> list[int]:
    return [row.pk for row in learning_order(rows)]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([], []),
        ([Row(1, title="b"), Row(2, title="A")], [2, 1]),
        ([Row(1, level_rank=2), Row(2)], [2, 1]),
        (
            [
                Row(1, category="specialisation"),
                Row(2, category="good-to-know"),
                Row(3, level_rank=3),
                Row(4, category="other"),
            ],
            [3, 2, 1, 4],
        ),
        ([Row(1, {2}, title="a"), Row(2, title="b")], [2, 1]),
        # What a must needs comes with the musts, right before the first that needs it.
        (
            [
                Row(1, {2}),
                Row(2, category="specialisation", level_rank=3),
                Row(3, category="good-to-know"),
            ],
            [2, 1, 3],
        ),
        ([Row(1, {2}), Row(2, {3}), Row(3, {9})], [3, 2, 1]),
        ([Row(1, {1})], [1]),
        ([Row(1, {2}), Row(2, {1})], [2, 1]),
        ([Row(1, {2, 4}), Row(2, {3}), Row(3, {2}), Row(4)], [3, 2, 4, 1]),
        # What more rest on, also through others, comes first; then titles.
        ([Row(1, title="a"), Row(2, title="b"), Row(3, {2}), Row(4, {3})], [2, 3, 1, 4]),
        ([Row(1, title="a"), Row(2, title="b"), Row(3, {2}, area=1)], [1, 2, 3]),
    ],
)
def test_learning_order(rows: list[Row], found: list[int]) -> None:
    assert order(*rows) == found
    assert order(*reversed(rows)) == found


@pytest.mark.parametrize(
    ("rows", "counts"),
    [
        ([Row(1), Row(2, {1}), Row(3, {2}), Row(4, {1, 3})], {1: 3, 2: 2, 3: 1, 4: 0}),
        ([Row(1, {2}), Row(2, {3}), Row(3, {1}), Row(4, {3})], {1: 3, 2: 3, 3: 3, 4: 0}),
        ([Row(1), Row(2, {1}, area=1), Row(3, {1, 9})], {1: 1, 2: 0, 3: 0}),
        ([Row(1, {1})], {1: 0}),
    ],
)
def test_how_many_rest_on_a_topic(rows: list[Row], counts: dict[int, int]) -> None:
    for each in (rows, rows[::-1]):
        assert resting_counts({row.pk: row for row in each}) == counts


NUMBERS = st.integers(0, 12)
ROWS = st.lists(
    st.builds(
        Row,
        pk=NUMBERS,
        needs=st.sets(NUMBERS, max_size=4),
        category=st.sampled_from(["must", "good-to-know", "specialisation"]),
        level_rank=st.integers(1, 3),
        title=st.sampled_from("abc"),
        area=st.integers(0, 1),
    ),
    unique_by=lambda row: row.pk,
)


def leads_back(rows: dict[int, Row], start: int, end: int) -> bool:
    """Whether `end` is needed by `start`, over however many topics."""
    seen, queue = set(), [start]
    while queue:
        here = queue.pop()
        if here == end:
            return True
        if here in rows and here not in seen:
            seen.add(here)
            queue += rows[here].needs
    return False


@given(ROWS)
def test_a_prerequisite_never_comes_after_what_needs_it(rows: list[Row]) -> None:
    found, by_pk = order(*rows), {row.pk: row for row in rows}
    assert sorted(found) == sorted(by_pk)
    for row in rows:
        for need in row.needs & by_pk.keys():
            in_a_circle = leads_back(by_pk, need, row.pk)
            assert in_a_circle or found.index(need) < found.index(row.pk)


@given(ROWS)
def test_resting_is_what_leads_back(rows: list[Row]) -> None:
    by_pk = {row.pk: row for row in rows}
    for row in rows:
        area = {pk: each for pk, each in by_pk.items() if each.area == row.area}
        resting = sum(leads_back(area, pk, row.pk) for pk in area if pk != row.pk)
        assert resting_counts(by_pk)[row.pk] == resting


@given(ROWS, st.randoms())
def test_the_order_does_not_depend_on_how_the_topics_came(rows: list[Row], random: Any) -> None:
    mixed = list(rows)
    random.shuffle(mixed)
    assert order(*mixed) == order(*rows)


@given(ROWS)
def test_areas_stay_together(rows: list[Row]) -> None:
    areas = [row.area for row in by_area(rows)]
    assert len(areas) == len(rows)
    assert areas == sorted(areas, key=list(dict.fromkeys(row.area for row in rows)).index)


def test_a_chain_of_thousands_is_no_trouble() -> None:
    rows = [Row(number, {number + 1}) for number in range(5_000)]
    assert order(*rows) == list(range(4_999, -1, -1))


def titles(page: str) -> list[str]:
    return re.findall(r'<h3><a href="[^"]*">([^<]*)</a></h3>', page)


def test_an_area_lists_what_is_needed_first(read: Any, alice: Any, db: None) -> None:
    abc = make_topic("abc", title="Abc")
    basics = make_topic("zz-basics", title="Zz basics", category="good-to-know")
    make_topic("nice", title="Nice", category="specialisation")
    make_topic("hard", title="Aa hard", level_rank=2)
    make_topic("also", title="Also", category="good-to-know")
    mine = make_topic("mine", owner=alice, collection="", title="Mine")
    abc.prerequisites.add(basics)
    basics.prerequisites.add(make_topic("gone", retired_at=timezone.now()))
    there = make_topic("there", make_area("other", 1), title="There")
    abc.prerequisites.add(there)
    found = ["Zz basics", "Abc", "Mine", "Aa hard", "Also", "Nice"]
    assert titles(read("/library/areas/statistics/")) == found
    assert titles(read("/library/topics/")) == [*found, "There"]
    assert titles(read("/library/areas/statistics/?category=must")) == ["Abc", "Mine", "Aa hard"]
    mine.prerequisites.add(abc)
    abc.prerequisites.add(mine)
    assert set(titles(read("/library/areas/statistics/"))) == set(found)


def test_the_order_takes_no_query_of_its_own(
    alice_client: Any, topics: list[Topic], django_assert_num_queries: Any
) -> None:
    topics[0].prerequisites.add(topics[1])
    with django_assert_num_queries(4):  # the session, the learner, the area, its topics
        page = alice_client.get("/library/areas/statistics/").content.decode()
    assert titles(page) == ["ANOVA", "T-test"]


def test_what_to_know_first_is_in_that_order_too(read: Any, topics: list[Topic]) -> None:
    t_test, anova, cache = topics
    cache.prerequisites.add(t_test, anova)
    anova.prerequisites.add(t_test)
    page = read("/library/topics/kv-cache/").split("Know first")[1]
    assert page.index("T-test") < page.index("ANOVA")
    t_test.prerequisites.add(anova)
    anova.prerequisites.clear()
    page = read("/library/topics/kv-cache/").split("Know first")[1]
    assert page.index("ANOVA") < page.index("T-test")
