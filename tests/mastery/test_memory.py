from __future__ import annotations

import datetime as dt
import random

import pytest
from fsrs import Card as FsrsCard
from fsrs import Rating, State
from hypothesis import given
from hypothesis import strategies as st

from apps.mastery.memory import (
    SCHEDULER,
    Score,
    days_of,
    rating,
    replay,
    retention,
    retention_after,
    standing_on,
)

DAY = dt.date(2025, 11, 1)


def on(day: int, score: int, *, rated: bool = False) -> Score:
    return Score(DAY + dt.timedelta(days=day), score, rated)


@pytest.mark.parametrize(
    ("score", "expected"),
    [(0, Rating.Again), (60, Rating.Again), (61, Rating.Hard), (79, Rating.Hard), (80, Rating.Good),
     (94, Rating.Good), (94.5, Rating.Easy), (95, Rating.Easy), (100, Rating.Easy)],
)  # fmt: skip
def test_ratings(score: float, expected: Rating) -> None:
    assert rating(score) is expected


def test_no_evidence_is_no_memory() -> None:
    assert replay([]) is None


def test_a_day_counts_once_by_its_mean() -> None:
    twice = replay([on(0, 60), on(0, 100)])
    assert twice == replay([on(0, 80)])
    assert twice is not None
    assert (twice.score, twice.times) == (80.0, 1)


def test_the_latest_day_gives_the_score() -> None:
    state = replay([on(0, 20), on(3, 90), on(3, 95)])
    assert state is not None
    assert (state.score, state.times, state.last_day) == (92.5, 2, DAY + dt.timedelta(days=3))


@pytest.mark.parametrize(
    ("evidence", "claimed"),
    [
        ([on(0, 100, rated=True)], True),
        ([on(0, 0, rated=True)], True),
        ([on(0, 100, rated=True), on(1, 100)], False),
        ([on(0, 100, rated=True), on(0, 90)], False),  # asked on the same day
        ([on(0, 95), on(1, 100, rated=True)], False),  # a strong answer came first
        ([on(0, 20), on(1, 100, rated=True)], True),  # a weak answer is not talked away
        ([on(0, 95), on(1, 20), on(2, 100, rated=True)], True),
        ([on(0, 20), on(1, 95), on(2, 100, rated=True)], False),
    ],
)
def test_claimed_until_a_question_confirms_it(evidence: list[Score], claimed: bool) -> None:
    state = replay(evidence)
    assert state is not None
    assert state.claimed is claimed


def test_retention_is_that_of_the_package() -> None:
    for days in (0, 1, 2, 7, 30, 365):
        for stability in (0.2, 2.3, 8.3, 120.0):
            moment = dt.datetime(2025, 11, 1, tzinfo=dt.UTC)
            card = FsrsCard(1, State.Review, None, stability, 5.0, moment, moment)
            theirs = SCHEDULER.get_card_retrievability(card, moment + dt.timedelta(days=days))
            assert retention_after(days, stability) == pytest.approx(theirs, abs=1e-12)


def test_retention_is_nine_tenths_after_one_stability() -> None:
    state = replay([on(0, 95)])
    assert state is not None
    assert retention_after(10, 10.0) == pytest.approx(0.9)
    assert retention(state, DAY) == 1
    assert retention(state, DAY - dt.timedelta(days=5)) == 1
    assert retention(state, DAY + dt.timedelta(days=30)) < 1


def test_standing_on_a_day_ignores_what_came_later() -> None:
    days = days_of([on(2, 100, rated=True), on(5, 40)])
    assert standing_on(days, DAY) is None
    assert standing_on(days, DAY + dt.timedelta(days=4)) == (100.0, True)
    assert standing_on(days, DAY + dt.timedelta(days=5)) == (40.0, False)


EVIDENCE = st.lists(
    st.builds(lambda d, s, r: on(d, s, rated=r), st.integers(0, 60), st.integers(0, 100),
              st.booleans()),
    min_size=1,
    max_size=25,
)  # fmt: skip


@given(EVIDENCE, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(evidence: list[Score], rnd: random.Random) -> None:
    shuffled = list(evidence)
    rnd.shuffle(shuffled)
    assert replay(shuffled) == replay(evidence)


@given(EVIDENCE, st.integers(0, 4000))
def test_states_are_in_range(evidence: list[Score], later: int) -> None:
    state = replay(evidence)
    assert state is not None
    assert state.stability > 0
    assert 1 <= state.difficulty <= 10
    assert 0 <= state.score <= 100
    assert 0 < retention(state, state.last_day + dt.timedelta(days=later)) <= 1


def test_a_rating_on_a_day_with_an_answer_is_left_out_of_the_days_mean() -> None:
    day = dt.date(2026, 11, 9)
    both = [Score(day, 0, True), Score(day, 99, False)]
    state = replay(both)
    assert state is not None
    assert (state.score, state.claimed, state.times) == (99.0, False, 1)
