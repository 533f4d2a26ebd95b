from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.mastery.sm2 import MOST_DAYS, Card, easier, quality, replay, review

DAY = dt.date(2025, 11, 10)


@pytest.mark.parametrize(
    ("score", "q"),
    [(0, 1), (60, 1), (60.4, 1), (60.5, 2), (61, 2), (79, 2), (80, 3), (90, 3), (91, 4), (99, 4),
     (99.5, 5), (100, 5)],
)  # fmt: skip
def test_quality(score: float, q: int) -> None:
    assert quality(score) == q


@pytest.mark.parametrize(
    ("easiness", "q", "expected"),
    [(2.5, 5, 2.6), (2.5, 4, 2.5), (2.5, 3, 2.36), (2.5, 2, 2.18), (2.5, 1, 1.96), (1.4, 1, 1.3)],
)
def test_easiness(easiness: float, q: int, expected: float) -> None:
    assert easier(easiness, q) == expected


def test_the_worked_case() -> None:
    before = Card(2.5, 6, 2, dt.date(2025, 11, 4), DAY)
    assert review(before, 95, DAY) == Card(2.5, 15, 3, DAY, dt.date(2025, 11, 25))


def test_a_run_of_95s_from_new() -> None:
    card, day, intervals = None, DAY, []
    for _ in range(5):
        card = review(card, 95, day)
        day = card.due
        intervals.append(card.interval)
        assert card.easiness == 2.5
    assert intervals == [1, 6, 15, 38, 95]


@pytest.mark.parametrize(("score", "easiness"), [(100, 2.6), (95, 2.5), (20, 1.96)])
def test_a_first_check_counts_as_the_first_review(score: int, easiness: float) -> None:
    tomorrow = DAY + dt.timedelta(days=1)
    assert review(None, score, DAY) == Card(easiness, 1, 1, DAY, tomorrow)


def test_the_interval_follows_from_the_old_count() -> None:
    once = Card(2.5, 1, 1, DAY, DAY + dt.timedelta(days=1))
    assert review(once, 100, once.due).interval == 6
    twice = Card(2.5, 6, 2, DAY, DAY + dt.timedelta(days=6))
    assert review(twice, 100, twice.due).interval == 16  # 6 x 2.6 = 15.6


def test_failing_starts_over() -> None:
    good = Card(2.5, 38, 4, DAY, DAY + dt.timedelta(days=38))
    failed = review(good, 60, good.due)
    assert (failed.interval, failed.repetitions, failed.easiness) == (1, 1, 1.96)
    assert review(failed, 95, failed.due).interval == 6


def test_an_early_review_moves_the_card() -> None:
    twice = Card(2.5, 6, 2, DAY, DAY + dt.timedelta(days=6))
    assert review(twice, 95, DAY + dt.timedelta(days=1)).interval == 15


@pytest.mark.parametrize("days", [0, -1])
def test_a_card_moves_once_a_day_and_forward(days: int) -> None:
    with pytest.raises(ValueError, match="forward"):
        review(Card(2.5, 6, 2, DAY, DAY), 95, DAY + dt.timedelta(days=days))


def test_replay_of_nothing_is_no_card() -> None:
    assert replay([]) is None


@given(st.lists(st.tuples(st.integers(1, 400), st.integers(0, 100)), min_size=1, max_size=60))
def test_any_history_keeps_the_card_in_range(history: list[tuple[int, int]]) -> None:
    day, days = DAY, []
    for step, score in history:
        day += dt.timedelta(days=step)
        days.append((day, score))
    card = replay(days)
    assert card is not None
    assert card.easiness >= 1.3
    assert 1 <= card.interval <= MOST_DAYS
    assert card.due == card.last_day + dt.timedelta(days=card.interval)
    assert 1 <= card.repetitions <= len(days)
