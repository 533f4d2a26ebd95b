from __future__ import annotations

import uuid
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.assessments.priorities import Measured, Saved, left_out, moved, ranked

A, B, C, D = (uuid.UUID(int=number) for number in range(4))
KEYS = [uuid.UUID(int=number) for number in range(8)]
TOPIC = st.tuples(
    st.integers(1, 3), st.sampled_from([0, 50, 100]) | st.integers(0, 100), st.booleans()
)


def measured(key: uuid.UUID, weight: int, score: float, is_planned: bool = False) -> Measured:
    return Measured(key, weight, score, is_planned)


@pytest.mark.parametrize(
    ("topics", "order"),
    [
        ([], []),
        ([measured(A, 3, 100)], []),
        ([measured(A, 1, 0), measured(B, 3, 0)], [B, A]),
        ([measured(A, 3, 50), measured(B, 2, 0)], [B, A]),  # 150, 200
        ([measured(A, 2, 50), measured(B, 1, 0)], [A, B]),  # 100 each: as they came
        ([measured(B, 1, 0), measured(A, 2, 50)], [B, A]),
        ([measured(A, 3, 0, True), measured(B, 1, 99)], [B, A]),  # what is not planned comes first
        ([measured(A, 3, 0, True), measured(B, 3, 0, True), measured(C, 1, 50)], [C, A, B]),
    ],
)
def test_the_order(topics: list[Measured], order: list[uuid.UUID]) -> None:
    assert [topic.key for topic in ranked(topics)] == order


@given(st.lists(TOPIC, max_size=8))
def test_nothing_is_lost_and_nobody_is_overtaken(rows: list[tuple[int, int, bool]]) -> None:
    topics = [measured(KEYS[number], *row) for number, row in enumerate(rows)]
    found = ranked(topics)
    assert {topic.key for topic in found} == {topic.key for topic in topics if topic.score < 100}
    for first, second in pairwise(found):
        assert (first.is_planned, -first.worth) <= (second.is_planned, -second.worth)
        if (first.is_planned, first.worth) == (second.is_planned, second.worth):
            assert KEYS.index(first.key) < KEYS.index(second.key)


@pytest.mark.parametrize(
    ("known", "tasks", "saved"),
    [
        ([], [({A}, 30)], []),
        ([A], [], []),
        ([A], [({A}, 30)], [Saved(A, 30)]),
        ([A], [({A}, 30), ({A}, 20)], [Saved(A, 50)]),
        ([A], [({A, B}, 30)], []),  # it teaches B too
        ([A], [({A, B}, 30), ({A}, 10)], [Saved(A, 10)]),
        ([A, B], [({A, B}, 30)], [Saved(A, 30), Saved(B, 0)]),  # once, with the first of them
        ([B, A], [({A, B}, 30)], [Saved(B, 30), Saved(A, 0)]),
        ([A, A], [({A}, 30)], [Saved(A, 30)]),
        ([A], [(set(), 30)], []),
        ([A, C, B], [({C, B}, 5), ({B}, 7), ({D}, 9)], [Saved(C, 5), Saved(B, 7)]),
    ],
)
def test_what_may_be_left_out(
    known: list[uuid.UUID], tasks: list[tuple[set[uuid.UUID], int]], saved: list[Saved]
) -> None:
    assert left_out(known, tasks) == saved


@given(
    st.permutations(KEYS),
    st.lists(st.tuples(st.sets(st.sampled_from(KEYS), max_size=3), st.integers(1, 90)), max_size=9),
)
def test_kept_one_after_the_other_they_save_the_same(
    order: list[uuid.UUID], tasks: list[tuple[set[uuid.UUID], int]]
) -> None:
    total, kept = 0, []
    for key in order:
        found = left_out([*kept, key], tasks, kept)
        total += sum(each.minutes for each in found if each.key == key)
        kept.append(key)
    assert total == sum(each.minutes for each in left_out(KEYS, tasks))


@given(
    st.lists(st.sampled_from(KEYS), max_size=8),
    st.lists(st.tuples(st.sets(st.sampled_from(KEYS), max_size=3), st.integers(1, 90)), max_size=9),
)
def test_no_task_counts_twice(
    known: list[uuid.UUID], tasks: list[tuple[set[uuid.UUID], int]]
) -> None:
    saved = left_out(known, tasks)
    whole = sum(minutes for topics, minutes in tasks if topics and topics <= set(known))
    assert sum(each.minutes for each in saved) == whole
    assert {each.key for each in saved} <= set(known)


@given(
    st.dictionaries(st.sampled_from(KEYS), st.sampled_from([0, 50, 100])),
    st.dictionaries(st.sampled_from(KEYS), st.sampled_from([0, 50, 100])),
)
def test_every_topic_moved_one_way(now: dict[uuid.UUID, int], before: dict[uuid.UUID, int]) -> None:
    found = moved(now, before)
    assert sorted(key for keys in found for key in keys) == sorted(now)
    assert all(now[key] > before[key] for key in found.better)
    assert all(now[key] < before[key] for key in found.worse)
    assert all(now[key] == before[key] for key in found.same)
    assert not set(found.new) & set(before)
