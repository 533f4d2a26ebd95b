from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.mastery.sm2 import MOST_DAYS, Card, easier, quality, replay, review, strength
from tests.mastery.timing import floor_of, seconds_of

DAY = dt.date(2025, 11, 10)
ONE = dt.timedelta(days=1)


def in_time(scores: list[int]) -> list[Card]:
    """The card after each of these scores, from new, each review on the day it is due."""
    cards: list[Card] = []
    for score in scores:
        cards.append(review(cards[-1], score, cards[-1].due) if cards else review(None, score, DAY))
    return cards


def held(easiness: float, interval: int, repetitions: int, lapses: int = 0) -> Card:
    """A card that is due on DAY."""
    return Card(easiness, interval, repetitions, DAY - interval * ONE, DAY, lapses)


@pytest.mark.parametrize(
    ("score", "q"),
    [(0, 1), (60, 1), (60.4, 1), (60.5, 2), (61, 2), (79, 2), (80, 3), (90, 3), (91, 4), (99, 4),
     (99.5, 5), (100, 5)],
)  # fmt: skip
def test_quality(score: float, q: int) -> None:
    assert quality(score) == q


@pytest.mark.parametrize(
    ("easiness", "q", "expected"),
    [(2.5, 5, 2.6), (2.5, 4, 2.5), (2.5, 3, 2.36), (2.5, 2, 2.18), (2.5, 1, 1.96), (1.4, 1, 1.3),
     (1.3, 1, 1.3), (1.3, 4, 1.3), (1.3, 5, 1.4), (3.4, 5, 3.5)],
)  # fmt: skip
def test_easiness(easiness: float, q: int, expected: float) -> None:
    assert easier(easiness, q) == expected


@pytest.mark.parametrize(
    ("easiness", "word"),
    [(1.3, "struggling"), (1.79, "struggling"), (1.8, "moderate"), (2.2, "moderate"), (2.21, ""),
     (2.5, ""), (2.51, "strong")],
)  # fmt: skip
def test_what_an_easiness_is_called(easiness: float, word: str) -> None:
    assert strength(easiness) == word


def test_the_worked_case() -> None:
    before = Card(2.5, 6, 2, dt.date(2025, 11, 4), DAY)
    assert review(before, 95, DAY) == Card(2.5, 15, 3, DAY, dt.date(2025, 11, 25))


@pytest.mark.parametrize(
    ("scores", "intervals", "easiness"),
    [
        ([95] * 5, [1, 6, 15, 38, 95], [2.5] * 5),
        ([100] * 5, [1, 6, 17, 49, 147], [2.6, 2.7, 2.8, 2.9, 3.0]),
        ([85] * 4, [1, 6, 12, 23], [2.36, 2.22, 2.08, 1.94]),
        ([79] * 5, [1, 6, 9, 12, 16], [2.18, 1.86, 1.54, 1.3, 1.3]),
        ([0] * 4, [1, 1, 1, 1], [1.96, 1.42, 1.3, 1.3]),
        ([95, 95, 95, 60, 95, 95], [1, 6, 15, 1, 6, 12], [2.5, 2.5, 2.5, 1.96, 1.96, 1.96]),
    ],
)
def test_runs_from_new(scores: list[int], intervals: list[int], easiness: list[float]) -> None:
    cards = in_time(scores)
    assert [card.interval for card in cards] == intervals
    assert [card.easiness for card in cards] == easiness
    assert [card.due for card in cards] == [card.last_day + card.interval * ONE for card in cards]


@pytest.mark.parametrize(
    ("before", "score", "after"),
    [
        (held(2.5, 1, 1), 100, (2.6, 6, 2, 0)),
        (held(2.5, 6, 2), 100, (2.6, 16, 3, 0)),  # 6 x 2.6 = 15.6
        (held(2.5, 38, 4), 79, (2.18, 83, 5, 0)),  # weak, but not reset: 38 x 2.18 = 82.84
        (held(2.5, 38, 4), 61, (2.18, 83, 5, 0)),
        (held(2.5, 38, 4), 60, (1.96, 1, 1, 1)),  # reset
        (held(2.5, 38, 4), 0, (1.96, 1, 1, 1)),
        (held(1.3, 1, 1, 3), 25, (1.3, 1, 1, 4)),
        (held(2.5, 5, 2), 95, (2.5, 13, 3, 0)),  # 12.5: a half goes up
        (held(2.5, MOST_DAYS, 40), 100, (2.6, MOST_DAYS, 41, 0)),
    ],
)
def test_one_review(before: Card, score: int, after: tuple[float, int, int, int]) -> None:
    card = review(before, score, DAY)
    assert (card.easiness, card.interval, card.repetitions, card.lapses) == after
    assert (card.last_day, card.due) == (DAY, DAY + card.interval * ONE)


@pytest.mark.parametrize(
    ("score", "easiness", "lapses"), [(100, 2.6, 0), (95, 2.5, 0), (79, 2.18, 0), (20, 1.96, 1)]
)
def test_a_first_check_counts_as_the_first_review(score: int, easiness: float, lapses: int) -> None:
    assert review(None, score, DAY) == Card(easiness, 1, 1, DAY, DAY + ONE, lapses)


def test_failed_days_are_counted_over_the_whole_history() -> None:
    lapses = [card.lapses for card in in_time([20, 95, 60, 0, 61, 100, 59])]
    assert lapses == [1, 1, 2, 3, 3, 3, 4]


def test_an_early_review_moves_the_card() -> None:
    twice = Card(2.5, 6, 2, DAY, DAY + 6 * ONE)
    assert review(twice, 95, DAY + ONE).interval == 15


@pytest.mark.parametrize("days", [0, -1])
def test_a_card_moves_once_a_day_and_forward(days: int) -> None:
    with pytest.raises(ValueError, match="forward"):
        review(Card(2.5, 6, 2, DAY, DAY), 95, DAY + days * ONE)
    with pytest.raises(ValueError, match="forward"):
        replay([(DAY, 95), (DAY + days * ONE, 95)])


def test_replay_of_nothing_is_no_card() -> None:
    assert replay([]) is None


HISTORY = st.lists(
    st.tuples(st.integers(1, 400), st.integers(0, 100)), min_size=1, max_size=60
).map(
    lambda steps: [
        (DAY + sum(step for step, _ in steps[: number + 1]) * ONE, score)
        for number, (_, score) in enumerate(steps)
    ]
)


@given(HISTORY)
def test_any_history_keeps_the_card_in_range(days: list[tuple[dt.date, int]]) -> None:
    card = replay(days)
    assert card is not None
    assert card.easiness >= 1.3
    assert 1 <= card.interval <= MOST_DAYS
    assert card.due == card.last_day + card.interval * ONE
    assert 1 <= card.repetitions <= len(days)
    assert card.lapses == sum(score <= 60 for _, score in days)


@given(HISTORY)
def test_a_replay_is_one_review_after_another(days: list[tuple[dt.date, int]]) -> None:
    card = None
    for day, score in days:
        card = review(card, score, day)
    assert replay(days) == card


def test_ten_thousand_replays_take_a_fifth_of_a_second() -> None:
    days = [(DAY + number * ONE, 70 + 5 * number) for number in range(5)]
    taken = seconds_of(lambda: [replay(days) for _ in range(10_000)])
    assert taken < 0.2 * max(1, floor_of())
