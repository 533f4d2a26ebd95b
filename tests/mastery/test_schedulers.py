from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction

import pytest
from fsrs import Card as FsrsCard
from fsrs import Scheduler as FsrsScheduler
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.models import Scheduler
from apps.mastery import sm2
from apps.mastery.memory import (
    DESIRED_RETENTION,
    Day,
    held_after,
    rating,
    replay_days,
    retention_after,
)
from apps.mastery.schedulers import FSRS, SM2, Standing, preview, replay
from tests.mastery.timing import floor_of, seconds_of

DAY = dt.date(2025, 11, 10)
ONE = dt.timedelta(days=1)


def days(*items: tuple[int, float]) -> list[Day]:
    """Days of a history: how many after DAY, and the mean."""
    return [Day(DAY + after * ONE, Fraction(mean), False) for after, mean in items]


HISTORY = st.lists(
    st.tuples(st.integers(0, 2000), st.integers(0, 100)),
    min_size=1,
    max_size=30,
    unique_by=lambda item: item[0],
).map(lambda items: days(*sorted(items)))


def test_every_choice_of_a_learner_is_a_scheduler() -> None:
    assert set(Scheduler.values) == {SM2, FSRS}
    with pytest.raises(ValueError, match="no scheduler"):
        replay("sm5", days((0, 95)))


@pytest.mark.parametrize("scheduler", [SM2, FSRS])
def test_no_days_are_no_card(scheduler: str) -> None:
    assert replay(scheduler, []) is None


@pytest.mark.parametrize("scheduler", [SM2, FSRS])
@pytest.mark.parametrize("second", [0, -1])
def test_days_out_of_order_are_refused(scheduler: str, second: int) -> None:
    wrong = days((0, 95), (second, 95))
    with pytest.raises(ValueError, match="forward"):
        replay(scheduler, wrong)
    with pytest.raises(ValueError, match="oldest first"):
        held_after(wrong)


def test_nothing_is_held_after_nothing() -> None:
    with pytest.raises(ValueError, match="Without a day"):
        held_after([])


@pytest.mark.parametrize(
    ("score", "interval"),
    # The first stability of FSRS-6 for Again, Hard, Good and Easy, in whole days, one at least.
    [(60, 1), (61, 1), (79, 1), (80, 2), (94, 2), (95, 8), (100, 8)],
)
def test_the_first_interval_of_fsrs(score: int, interval: int) -> None:
    card = replay(FSRS, days((0, score)))
    assert card is not None
    assert (card.interval, card.due) == (interval, DAY + interval * ONE)


@given(HISTORY)
def test_sm2_is_sm2(history: list[Day]) -> None:
    assert replay(SM2, history) == sm2.replay((day.day, day.mean) for day in history)


@given(HISTORY)
def test_fsrs_decides_the_date_and_nothing_else(history: list[Day]) -> None:
    ours, theirs = replay(SM2, history), replay(FSRS, history)
    assert ours is not None
    assert theirs is not None
    assert replace(theirs, interval=ours.interval, due=ours.due) == ours
    assert 1 <= theirs.interval <= sm2.MOST_DAYS
    assert theirs.due == theirs.last_day + theirs.interval * ONE


@given(HISTORY)
def test_fsrs_is_the_package_with_steps_of_days(history: list[Day]) -> None:
    package = FsrsScheduler(enable_fuzzing=False, learning_steps=(), relearning_steps=())
    card = FsrsCard(card_id=1)
    for day in history:
        moment = dt.datetime.combine(day.day, dt.time(), dt.UTC)
        card, _ = package.review_card(card, rating(day.mean), moment)
    ours = replay(FSRS, history)
    assert ours is not None
    assert ours.due == card.due.date()


@given(HISTORY)
def test_a_topic_comes_back_when_recall_falls_to_the_wish(history: list[Day]) -> None:
    card, state = replay(FSRS, history), replay_days(history)
    assert card is not None
    assert state is not None
    if 1 < card.interval < sm2.MOST_DAYS:
        before, after = (retention_after(card.interval + step, state.stability) for step in (-1, 1))
        assert before > DESIRED_RETENTION > after


def test_a_long_run_of_full_marks_stays_in_the_calendar() -> None:
    day, card = DAY, None
    history: list[Day] = []
    for _ in range(30):
        history.append(Day(day, Fraction(100), False))
        card = replay(FSRS, history)
        assert card is not None
        day += min(card.interval, 3650) * ONE
    assert card is not None
    assert card.interval == sm2.MOST_DAYS


def test_ten_thousand_reviews_take_less_than_a_second() -> None:
    history = days(*((number, 50 + 5 * number) for number in range(10)))
    taken = seconds_of(lambda: [replay(FSRS, history) for _ in range(1_000)])
    assert taken < max(1, floor_of())


# One more review ----------------------------------------------------------------------------------


def standing_after(scheduler: str, history: list[Day]) -> Standing:
    card, state = replay(scheduler, history), replay_days(history)
    assert card is not None
    assert state is not None
    return Standing(
        card.easiness, card.interval, card.repetitions, state.stability, state.difficulty
    )


@pytest.mark.parametrize("scheduler", [SM2, FSRS])
@given(HISTORY, st.integers(1, 400), st.integers(0, 100))
def test_a_preview_is_what_a_replay_will_say(
    scheduler: str, history: list[Day], later: int, score: int
) -> None:
    after = [*history, Day(history[-1].day + later * ONE, Fraction(score), False)]
    before = standing_after(scheduler, history)
    assert preview(scheduler, before, later, score) == standing_after(scheduler, after)


def test_a_preview_of_nonsense_is_refused() -> None:
    before = standing_after(SM2, days((0, 95)))
    with pytest.raises(ValueError, match="no scheduler"):
        preview("sm5", before, 1, 95)
    for scheduler in (SM2, FSRS):
        with pytest.raises(ValueError, match="oldest first"):
            preview(scheduler, before, 0, 95)
