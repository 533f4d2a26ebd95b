from __future__ import annotations

import datetime as dt
import itertools
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.checks.pick import (
    EXPLAIN,
    KIND_SHARES,
    OTHER,
    Due,
    Option,
    Picked,
    ask,
    assign_kinds,
    choose,
    pick,
)

CONCEPT, CODE, APPLIED = KIND_SHARES
SHARE = {5: (4, 1), 7: (5, 2), 10: (7, 3), 12: (8, 4), 15: (11, 4), 30: (21, 9)}


def topic(number: int) -> UUID:
    return UUID(int=number)


def topics(*numbers: int) -> list[UUID]:
    return [topic(number) for number in numbers]


def question(number: int, kind: str = CONCEPT, asked: int | None = None) -> Option:
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=asked) if asked else None
    return Option(UUID(int=10_000 + number), kind, at)


def sides(picked: Picked) -> tuple[int, int]:
    reviews = sum(item.is_review for item in picked.items)
    return len(picked.items) - reviews, reviews


# Shares ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "wanted"), SHARE.items())
def test_seventy_per_cent_are_todays_halves_up(size: int, wanted: tuple[int, int]) -> None:
    due = [Due(topic(100 + number), number) for number in range(40)]
    picked = pick(topics(*range(40)), [], due, {}, size, "seed")
    assert sides(picked) == wanted
    assert (picked.missing_new, picked.missing_reviews, picked.missing) == (0, 0, 0)


@pytest.mark.parametrize(
    ("today", "due", "asked", "missing"),
    [
        (4, 20, (4, 6), (3, 0, 0)),
        (20, 1, (9, 1), (0, 2, 0)),
        (0, 20, (0, 10), (7, 0, 0)),
        (20, 0, (10, 0), (0, 3, 0)),
        (3, 2, (3, 2), (4, 1, 5)),
        (0, 0, (0, 0), (7, 3, 10)),
    ],
)
def test_a_side_that_is_short_is_filled_by_the_other(
    today: int, due: int, asked: tuple[int, int], missing: tuple[int, int, int]
) -> None:
    cards = [Due(topic(100 + number), number) for number in range(due)]
    picked = pick(topics(*range(today)), [], cards, {}, 10, "seed")
    assert sides(picked) == asked
    assert (picked.missing_new, picked.missing_reviews, picked.missing) == missing


def test_what_was_weak_yesterday_comes_first_among_the_reviews() -> None:
    due = [Due(topic(100 + number), 900 + number) for number in range(20)]
    for seed in range(20):
        picked = pick(topics(*range(9)), topics(50, 51), due, {}, 10, str(seed))
        reviews = [item for item in picked.items if item.is_review]
        assert [item.topic for item in reviews[:2]] == topics(50, 51)
        assert [item.is_weak for item in reviews] == [True, True, False]


def test_what_was_weak_and_is_todays_is_asked_once_and_takes_no_share_of_todays() -> None:
    """With five of today's, all five are needed there; with nine, two can be spared."""
    few = pick(topics(*range(5)), topics(0, 1), [], {}, 10, "seed")
    assert sides(few) == (5, 0)
    assert {item.topic for item in few.items if item.is_weak} == set(topics(0, 1))
    many = pick(topics(*range(9)), topics(0, 1), [], {}, 10, "seed")
    assert sides(many) == (7, 2)
    assert {item.topic for item in many.items if item.is_review} == set(topics(0, 1))


def test_one_twice_as_overdue_comes_first_and_others_sometimes() -> None:
    due = [Due(topic(1), 1), Due(topic(2), 2), Due(topic(9), 9)]
    firsts = Counter(choose([], [], due, 1, str(seed), 0).topics[0] for seed in range(50))
    assert firsts == {topic(9): 50}
    seconds = Counter(choose([], [], due, 2, str(seed), 0).topics[1] for seed in range(200))
    assert seconds[topic(2)] > seconds[topic(1)] > 0


# Mixing, repeats ---------------------------------------------------------------------------------


def test_new_and_review_are_mixed() -> None:
    due = [Due(topic(100 + number), number) for number in range(3)]
    picked = pick(topics(*range(7)), [], due, {}, 10, "seed")
    marks = "".join("r" if item.is_review else "n" for item in picked.items)
    assert marks == "nrnnrnnnrn" or all(len(run) <= 3 for run in marks.split("r"))
    assert marks[0] == "n"


def test_topics_come_again_only_when_there_are_too_few() -> None:
    pool = {topic(1): [question(n) for n in range(3)], topic(2): [question(9)]}
    picked = pick(topics(1, 2), [], [], pool, 10, "seed")
    asked = Counter(item.topic for item in picked.items)
    assert asked == {topic(1): 4, topic(2): 2}  # each question once, and explained once
    assert picked.missing == 4
    questions = [(item.topic, item.question) for item in picked.items]
    assert len(set(questions)) == len(questions)


def test_a_side_repeats_its_own_topics_up_to_its_share() -> None:
    pool = {topic(n): [question(10 * n + k) for k in range(10)] for n in (1, 2, 50)}
    picked = pick(topics(1, 2), [], [Due(topic(50), 3)], pool, 10, "seed")
    assert sides(picked) == (7, 3)
    assert picked.missing_new == picked.missing_reviews == 0


# Kinds and questions -----------------------------------------------------------------------------


def test_ten_questions_of_a_full_pool_are_four_four_two() -> None:
    pool = {
        topic(n): [question(10 * n + k, kind) for k, kind in enumerate(KIND_SHARES)]
        for n in range(10)
    }
    picked = pick(topics(*range(10)), [], [], pool, 10, "seed")
    assert Counter(item.kind for item in picked.items) == {CONCEPT: 4, CODE: 4, APPLIED: 2}


def test_a_topic_gives_way_so_that_kinds_fit() -> None:
    """Nine topics can be asked in code; the one that can only be explained in code keeps it."""
    pool = {topic(n): [question(10 * n, CODE), question(10 * n + 1, CONCEPT)] for n in range(5)}
    pool |= {topic(n): [question(10 * n, CODE)] for n in range(5, 9)}
    pool[topic(9)] = [question(90, APPLIED)]
    picked = pick(topics(*range(10)), [], [], pool, 10, "seed")
    kinds = Counter(item.kind for item in picked.items)
    assert kinds[APPLIED] == 1
    assert abs(kinds[CONCEPT] - kinds[CODE]) <= 1


def test_what_nothing_else_fits_is_explained() -> None:
    pool = {topic(1): [question(1, "")], topic(2): [question(2, "design")]}
    picked = pick(topics(1, 2, 3), [], [], pool, 3, "seed")
    asked = {item.topic: item.question for item in picked.items}
    assert asked[topic(1)] == question(1).question
    assert asked[topic(2)] == question(2).question
    assert asked[topic(3)] is None


def test_never_asked_first_then_the_longest_ago() -> None:
    held = [question(1, asked=9), question(2, asked=3), question(3)]
    chosen = choose(topics(1), [], [], 5, "seed")
    for seed in range(10):
        order = [item.question for item in ask(chosen, {topic(1): held}, str(seed)).items]
        assert order[:3] == [question(3).question, question(2).question, question(1).question]


# Properties --------------------------------------------------------------------------------------


ids = st.integers(0, 30).map(topic)
some = st.lists(ids, max_size=12)
cards = st.lists(st.builds(Due, ids, st.integers(0, 60)), max_size=20)
kinds = st.sampled_from([*KIND_SHARES, "", "design"])
seeds = st.integers(0, 10**6).map(str)
pools = st.dictionaries(ids, st.lists(kinds, max_size=4), max_size=31).map(
    lambda found: {
        each: [question(100 * each.int + n, kind) for n, kind in enumerate(held)]
        for each, held in found.items()
    }
)


@settings(max_examples=150, deadline=None)
@given(some, some, cards, pools, st.integers(5, 30), seeds)
def test_a_check_keeps_its_rules(
    today: list[UUID],
    weak: list[UUID],
    due: list[Due],
    pool: dict[UUID, list[Option]],
    size: int,
    seed: str,
) -> None:
    picked = pick(today, weak, due, pool, size, seed)
    known = {*today, *weak, *(card.topic for card in due)}
    most = sum(len(pool.get(each, ())) + 1 for each in known)
    asked = Counter(item.topic for item in picked.items)
    assert len(picked.items) == min(size, most) == size - picked.missing
    assert set(asked) <= known
    assert len(known) < size or max(asked.values()) == 1
    assert len(known) >= size or set(asked) == known
    pairs = [(item.topic, item.question) for item in picked.items]
    assert len(set(pairs)) == len(pairs)
    for item in picked.items:
        options = {option.question: option.kind for option in pool.get(item.topic, ())}
        assert item.question is None or options[item.question] == item.kind
        assert item.topic in today or item.is_review
        assert item.topic in {*weak, *(card.topic for card in due)} or not item.is_review

    new, reviews = sides(picked)
    wanted = (size * 7 + 5) // 10
    assert picked.missing_new == max(wanted - new, 0)
    assert picked.missing_reviews == max(size - wanted - reviews, 0)
    for length in range(len(picked.items) + 1):
        so_far = sum(item.is_review for item in picked.items[:length])
        assert abs(so_far - length * reviews / max(len(picked.items), 1)) <= 0.5 + 1e-9


@settings(max_examples=100, deadline=None)
@given(some, some, cards, pools, st.integers(5, 30), seeds, st.randoms())
def test_the_same_seed_gives_the_same_check_in_whatever_order_it_was_loaded(
    today: list[UUID],
    weak: list[UUID],
    due: list[Due],
    pool: dict[UUID, list[Option]],
    size: int,
    seed: str,
    chance: object,
) -> None:
    due = list({card.topic: card for card in due}.values())
    first = pick(today, weak, due, pool, size, seed)
    shuffled = [list(today), list(due), *map(list, pool.values())]
    for each in shuffled:
        chance.shuffle(each)  # type: ignore[attr-defined] # hypothesis' Random
    again = dict(reversed(list(zip(pool, shuffled[2:], strict=True))))
    assert pick(shuffled[0], weak, shuffled[1], again, size, seed) == first  # type: ignore[arg-type] # lists of two kinds


def test_another_number_of_the_day_gives_another_check() -> None:
    due = [Due(topic(100 + number), 5) for number in range(40)]
    checks = {
        tuple(item.topic for item in pick(topics(*range(30)), [], due, {}, 10, f"day {n}").items)
        for n in range(10)
    }
    assert len(checks) > 5


def deviation(found: Sequence[str], size: int) -> tuple[int, int, int, int]:
    """What assign_kinds makes least, written down again: all parts of it, in hundredths."""
    count = Counter(found)
    off = sum(abs(100 * count[kind] - share * size) for kind, share in KIND_SHARES.items())
    off += 100 * (count[OTHER] + count[EXPLAIN])
    even = sum((100 * count[kind] - share * size) ** 2 for kind, share in KIND_SHARES.items())
    return off, count[EXPLAIN], count[OTHER], even


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.dictionaries(st.sampled_from([*KIND_SHARES, OTHER]), st.integers(1, 2), max_size=4),
        min_size=1,
        max_size=4,
    ),
    st.data(),
)
def test_kinds_are_as_near_as_any_other_way(
    rooms: list[dict[str, int]], data: st.DataObject
) -> None:
    room: Mapping[UUID, Mapping[str, int]] = {
        topic(n): each | {EXPLAIN: 1} for n, each in enumerate(rooms)
    }
    places: list[UUID] = []
    for each, held in room.items():
        places += [each] * data.draw(st.integers(1, min(sum(held.values()), 2)))
    found = assign_kinds(places, room, len(places))

    def fits(way: Sequence[str]) -> bool:
        used = Counter(zip(places, way, strict=True))
        return all(n <= room[each].get(kind, 0) for (each, kind), n in used.items())

    assert fits(found)
    ways = filter(fits, itertools.product([*KIND_SHARES, OTHER, EXPLAIN], repeat=len(places)))
    best = min(deviation(way, len(places)) for way in ways)
    assert deviation(found, len(places)) == best


# Speed -------------------------------------------------------------------------------------------


def test_picking_from_5000_due_cards_takes_less_than_50_ms() -> None:
    due = [Due(topic(number), number % 300) for number in range(5_000)]
    today = topics(*range(6_000, 6_040))
    pool = {
        each: [question(10 * each.int + n, kind) for n, kind in enumerate(KIND_SHARES)]
        for each in [*today, *(card.topic for card in due)]
    }
    spent = []
    for size in (10, 30, 10, 30, 10, 30):
        begun = time.process_time()
        pick(today, topics(1, 2, 3), due, pool, size, "seed")
        spent.append(time.process_time() - begun)
    assert min(spent[::2]) < 0.05
    assert min(spent[1::2]) < 0.05
