from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.assessments.questions_figures import (
    Group,
    change,
    counts_of,
    grouped,
    mean,
    median_seconds,
    minutes_for,
    mixed,
    time_words,
    weakest,
)
from apps.mastery.rounding import half_up

SCORES = st.lists(st.none() | st.integers(0, 100), max_size=60)
ROWS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), max_size=60)


class Asked(NamedTuple):
    score: int | None
    area: str = ""


def test_the_189_questions() -> None:
    marks = counts_of([80] * 104 + [79] * 70 + [40] * 4 + [39] * 11)
    assert (marks.high, marks.middle, marks.low, marks.total) == (104, 74, 11, 189)
    assert marks.shares == [55, 39, 6]
    assert marks.readiness is not None
    assert str(half_up(marks.readiness, 1)) == "74.6"
    assert marks.from_shares is not None
    assert half_up(marks.from_shares) == 75


@pytest.mark.parametrize(
    ("scores", "high", "middle", "low", "unmarked"),
    [
        ([], 0, 0, 0, 0),
        ([None], 0, 0, 0, 1),
        ([0, 39, 40, 79, 80, 100], 2, 2, 2, 0),
        ([None, 25, None], 0, 0, 1, 2),
    ],
)
def test_bands(scores: list[int | None], high: int, middle: int, low: int, unmarked: int) -> None:
    marks = counts_of(scores)
    assert (marks.high, marks.middle, marks.low, marks.unmarked) == (high, middle, low, unmarked)


@pytest.mark.parametrize(
    ("scores", "expected"), [([], None), ([0], 0), ([50, 75], Fraction(125, 2)), ([100] * 3, 100)]
)
def test_the_mean(scores: list[int], expected: Fraction | None) -> None:
    assert mean(scores) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"), [([], None), ([0, 0], None), ([0, 30, 90], 60), ([1, 2], 2), ([7], 7)]
)
def test_the_median_time_leaves_out_what_was_not_counted(
    seconds: list[int], expected: int | None
) -> None:
    assert median_seconds(seconds) == expected


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, ""), (0, "0 s"), (45, "45 s"), (60, "1 min"), (95, "1 min 35 s"), (3600, "60 min")],
)
def test_a_time_in_words(seconds: int | None, words: str) -> None:
    assert time_words(seconds) == words


@pytest.mark.parametrize(("n", "minutes"), [(0, 0), (1, 3), (2, 5), (189, 473)])
def test_two_and_a_half_minutes_each(n: int, minutes: int) -> None:
    assert minutes_for(n) == minutes


def test_groups_keep_their_order_and_their_n() -> None:
    rows = [Asked(100, "b"), Asked(None, "a"), Asked(25, "b"), Asked(50, "a")]
    groups = {area: Group.of(its) for area, its in grouped(rows, lambda row: row.area).items()}
    assert list(groups) == ["b", "a"]
    assert groups["b"].mean == Fraction(125, 2)
    assert (groups["a"].mean, groups["a"].marks.marked, groups["a"].marks.total) == (50, 1, 2)
    assert Group.of([Asked(None)]).mean is None


def test_the_weakest_topics() -> None:
    answers = [("a", 60), ("b", 25), ("a", 40), ("c", 100), ("d", 25), ("e", 79), ("f", 80)]
    weak = weakest(answers)
    assert [each.topic for each in weak] == ["b", "d", "a", "e"]
    assert (weak[2].mean, weak[2].n, answers[weak[2].lowest]) == (50, 2, ("a", 40))
    # 79.5 is shown as 80, which is strong
    assert weakest([("x", 79), ("x", 80)]) == []


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 100)), max_size=40))
def test_weak_is_below_strong_and_sorted(answers: list[tuple[int, int]]) -> None:
    weak = weakest(answers)
    means = [each.mean for each in weak]
    assert means == sorted(means)
    assert all(half_up(value) < 80 for value in means)
    for each in weak:
        scores = [score for topic, score in answers if topic == each.topic]
        assert each.n == len(scores)
        assert answers[each.lowest] == (each.topic, min(scores))


def test_25_of_30_are_83_per_cent() -> None:
    told = change([(25, 90)] * 25 + [(50, 75)] * 3 + [(50, 50), (50, 40)])
    assert told is not None
    assert (told.n, told.after.high, told.better, told.same, told.worse) == (30, 25, 28, 1, 1)
    assert told.now_strong is not None
    assert half_up(told.now_strong) == 83
    assert told.before.high == 0
    assert told.mean_before == Fraction(25 * 25 + 50 * 5, 30)


def test_only_questions_with_both_scores_are_compared() -> None:
    assert change([]) is None
    assert change([(None, 80), (80, None)]) is None
    told = change([(None, 80), (40, 80), (80, None)])
    assert told is not None
    assert told.n == 1


@given(SCORES, SCORES)
def test_a_change_adds_up(before: list[int | None], after: list[int | None]) -> None:
    pairs = list(zip(before, after, strict=False))
    told = change(pairs)
    both = [pair for pair in pairs if None not in pair]
    if told is None:
        assert not both
        return
    assert told.better + told.same + told.worse == told.n == len(both)
    assert told.before.total == told.after.total == told.before.marked == told.n


def rows_of(pairs: list[tuple[int, int]]) -> list[tuple[int, int, tuple[int, int]]]:
    return [(number, area, (area, topic)) for number, (area, topic) in enumerate(pairs)]


@given(ROWS, st.none() | st.integers(1, 70), st.text(max_size=4))
def test_the_order_asks_each_once_and_covers_the_areas_evenly(
    pairs: list[tuple[int, int]], many: int | None, seed: str
) -> None:
    rows = rows_of(pairs)
    order = mixed(rows, many, seed)
    assert order == mixed(rows, many, seed)
    assert len(set(order)) == len(order) == min(len(rows), len(rows) if many is None else many)
    held = Counter(area for _, area, _ in rows)
    taken = Counter(rows[number][1] for number in order)
    # No area is asked twice more than one that has questions left.
    for area in held:
        for other in held:
            if taken[other] < held[other]:
                assert taken[area] <= taken[other] + 1


@given(ROWS, st.integers(1, 60))
def test_no_topic_comes_twice_while_its_area_has_another(
    pairs: list[tuple[int, int]], many: int
) -> None:
    rows = rows_of(pairs)
    order = mixed(rows, many, "seed")
    for area in {area for area, _ in pairs}:
        topics = {topic for _, its, topic in rows if its == area}
        asked = [rows[number][2] for number in order if rows[number][1] == area]
        first = asked[: len(topics)]
        assert len(set(first)) == len(first)


def test_whoever_stops_early_was_asked_a_bit_of_everything() -> None:
    rows = rows_of([(0, n) for n in range(40)] + [(1, n) for n in range(10)])
    first = [rows[number][1] for number in mixed(rows, None, "x")[:10]]
    assert Counter(first) == {0: 8, 1: 2}
    assert mixed(rows, None, "x") != mixed(rows, None, "y")
