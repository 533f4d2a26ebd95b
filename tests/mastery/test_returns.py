"""What is expected to come back after the planned reviews: tables, and what holds of every one."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.mastery.queue import FORECAST_DAYS, Held, Queue, queue
from apps.mastery.returns import Ahead, Known, ahead
from apps.mastery.schedulers import FSRS, SM2, Standing
from tests.mastery.planning import (
    GOOD,
    MUST,
    SPECIAL,
    TODAY,
    cards_of,
    days_off,
    held,
    many,
    on,
    spans,
)
from tests.mastery.timing import floor_of, seconds_of

NEW = Standing(2.5, 1, 1, 8.0, 5.0)


def known(cards: list[Held], score: float = 95, standing: Standing = NEW) -> dict[uuid.UUID, Known]:
    """All these topics, with that latest score."""
    return {card.topic: Known(card.weight, card.last_day, score, standing) for card in cards}


def expected(plan: Queue, facts: Any, scheduler: str = SM2) -> list[int]:
    return [day.expected for day in ahead(plan, facts, scheduler)]


def days(rows: list[int]) -> list[int]:
    """The days on which something is expected back."""
    return [day for day, count in enumerate(rows) if count]


@pytest.mark.parametrize(
    ("score", "standing", "back"),
    [
        (95, NEW, [6, 21]),  # 6, then 15, then 38
        (95, NEW._replace(interval=6, repetitions=2), [15]),
        (100, NEW, [6, 22]),  # 6, then 6 x 2.7
        (79, NEW, [6, 17]),  # it does not fail, but gets harder: 6, then 6 x 1.86
        (70.5, NEW, [6, 17]),
        (60.5, NEW, [6, 17]),
        (60, NEW, list(range(1, 30))),  # failed every day
        (95, NEW._replace(interval=40, repetitions=5), []),
    ],
)
def test_a_topic_comes_back_as_sm2_has_it(score: float, standing: Standing, back: Any) -> None:
    cards = [held(1)]
    plan = queue(cards, TODAY, 10)
    assert days(expected(plan, known(cards, score, standing))) == back


def test_a_topic_comes_back_after_its_planned_day() -> None:
    cards = [held(1, due=4)]
    assert days(expected(queue(cards, TODAY, 10), known(cards))) == [10, 25]
    late = [held(1, due=27)]
    assert days(expected(queue(late, TODAY, 10), known(late))) == []
    never = [held(1, due=400)]
    assert days(expected(queue(never, TODAY, 10), known(never))) == []


@pytest.mark.parametrize(
    ("score", "back"),
    # Stability 8 and difficulty 5, reviewed ten days after: Again, Hard, Good, Easy.
    [(60, list(range(1, 30))), (79, [21]), (94, [29]), (95, [])],
)
def test_a_topic_comes_back_as_fsrs_has_it(score: float, back: list[int]) -> None:
    cards = [held(1)]
    assert days(expected(queue(cards, TODAY, 10), known(cards, score), FSRS)) == back


def test_a_topic_of_which_nothing_is_known_is_not_expected() -> None:
    assert sum(expected(queue([held(1)], TODAY, 10), {})) == 0
    with pytest.raises(ValueError, match="no scheduler"):
        ahead(queue([held(1)], TODAY, 10), known([held(1)]), "sm5")


def test_a_rating_given_today_does_not_stop_a_topic_from_coming_back() -> None:
    cards = [held(1, last=0, reviewed=-10)]
    for scheduler in (SM2, FSRS):
        assert days(expected(queue(cards, TODAY, 10), known(cards, 79), scheduler))


# Behind what is planned ---------------------------------------------------------------------------


def test_what_comes_back_queues_behind_what_is_planned() -> None:
    cards = many(7)  # at two a day they take four days, with room for one on the last
    plan = queue(cards, TODAY, 2)
    facts = known(cards, 20)
    rows = ahead(plan, facts, SM2)
    assert [row.planned for row in rows[:5]] == [2, 2, 2, 1, 0]
    assert [row.expected for row in rows[:6]] == [0, 0, 0, 1, 2, 2]


def test_what_comes_back_comes_by_value() -> None:
    """Two would be back on the second day, which has room for one: the must topic, which is back
    on the third again. The other way about the third day would have one."""
    cards = [held(1, weight=SPECIAL), held(2, weight=MUST), held(3, due=1)]
    plan = queue(cards, TODAY, 2)
    assert [day.planned for day in plan.forecast[:3]] == [2, 1, 0]
    facts = known(cards, 95, NEW._replace(interval=100, repetitions=9))
    special, must = (card.topic for card in cards[:2])
    facts[special] = Known(SPECIAL, on(-10), 95, NEW._replace(interval=0, repetitions=0))
    facts[must] = Known(MUST, on(-10), 20, NEW)
    assert expected(plan, facts)[:4] == [0, 1, 2, 1]


def test_nothing_comes_back_in_a_break() -> None:
    cards = many(3)
    plan = queue(cards, TODAY, 3, breaks=[(on(5), on(8))])
    rows = ahead(plan, known(cards), SM2)
    assert [row.expected for row in rows[5:10]] == [0, 0, 0, 0, 3]
    assert [row.is_break for row in rows[4:10]] == [False, True, True, True, True, False]
    endless = queue(cards, TODAY, 3, breaks=[(on(5), on(90))])
    assert sum(expected(endless, known(cards))) == 0


def test_a_topic_waits_for_its_turn_before_the_interview() -> None:
    """Reviewed on day 2, it would be back on day 8; before the interview its turn is on day 10."""
    cards = [held(1, due=2), *(held(number, due=90) for number in range(2, 12))]
    plan = queue(cards, TODAY, 2, interview=on(15))
    turn = [day for day, topics in enumerate(plan.reviews) if cards[0].topic in topics]
    assert turn[0] == 2
    assert 8 < turn[1] < 15
    facts = {cards[0].topic: known(cards)[cards[0].topic]}
    found = days(expected(plan, facts))
    assert found
    assert min(found) > turn[1]


def test_a_turn_before_the_interview_puts_off_what_would_come_after_it() -> None:
    """Reviewed on day 2, it would be back on day 22; reviewed on day 14 once more, it is not."""
    cards = [held(1, due=2), *(held(number, due=90) for number in range(2, 12))]
    topic = cards[0].topic
    facts = known(cards[:1], 95, NEW._replace(interval=8, repetitions=2))
    assert days(expected(queue(cards, TODAY, 2), facts)) == [22]
    plan = queue(cards, TODAY, 2, interview=on(15))
    assert [day for day, topics in enumerate(plan.reviews) if topic in topics] == [2, 14]
    assert days(expected(plan, facts)) == []


# What holds of every one --------------------------------------------------------------------------

standings = st.builds(
    Standing,
    st.sampled_from([1.3, 1.96, 2.5, 2.8]),
    st.sampled_from([1, 6, 15, 95]),
    st.integers(1, 4),
    st.sampled_from([0.2, 1.3, 8.3, 40.0]),
    st.sampled_from([1.0, 5.3, 10.0]),
)
facts_of = st.lists(
    st.tuples(st.sampled_from([0, 60, 74.5, 79, 88, 95, 100]), standings), min_size=40, max_size=40
)


@given(
    cards_of,
    facts_of,
    st.integers(1, 8),
    st.integers(0, 9),
    spans,
    days_off,
    st.sampled_from([0, 0, 5]),
    st.sampled_from([SM2, FSRS]),
)
def test_what_holds_of_every_forecast(
    cards: list[Held],
    facts: list[Any],
    limit: int,
    done: int,
    breaks: list[Any],
    interview: dt.date | None,
    extra: int,
    scheduler: str,
) -> None:
    options: Any = {
        "done_today": done,
        "breaks": breaks,
        "interview": interview,
        "extra": extra,
    }
    plan = queue(cards, TODAY, limit, **options)
    all_known = {
        card.topic: Known(card.weight, card.last_day, *fact)
        for card, fact in zip(cards, facts, strict=False)
    }
    rows = ahead(plan, all_known, scheduler)

    # The same whatever the order, and the plan is as it was.
    assert ahead(plan, dict(reversed(all_known.items())), scheduler) == rows
    assert plan == queue(cards, TODAY, limit, **options)
    assert [(row.day, row.planned, row.due, row.is_break) for row in rows] == plan.forecast
    assert [len(topics) for topics in plan.reviews] == [day.planned for day in plan.forecast]
    assert len(rows) == FORECAST_DAYS

    # Within the limit, outside breaks, none before something was reviewed, none today.
    _within_the_limit(rows, limit)
    reviewed = 0
    for row in rows:
        assert reviewed or not row.expected
        reviewed += row.planned

    # Once a day at most: not more of them than topics that were reviewed before.
    before: set[uuid.UUID] = set()
    for row, topics in zip(rows, plan.reviews, strict=True):
        assert row.expected <= len(before - set(topics))
        before |= set(topics)


def _within_the_limit(rows: list[Ahead], limit: int) -> None:
    assert rows[0].expected == 0
    for row in rows[1:]:
        assert row.planned + row.expected <= (0 if row.is_break else limit)


@given(cards_of, st.integers(1, 6))
def test_failed_every_time_all_room_is_taken(cards: list[Held], limit: int) -> None:
    """A topic that fails is back the next day, so that each day has what there is, or is full."""
    plan = queue(cards, TODAY, limit)
    rows = ahead(plan, known(cards, 10), SM2)
    before: set[uuid.UUID] = set()
    for row, topics in zip(rows, plan.reviews, strict=True):
        assert row.planned + row.expected == min(limit, len(before | set(topics)))
        before |= set(topics)


@pytest.mark.parametrize("scheduler", [SM2, FSRS])
@pytest.mark.parametrize("options", [{}, {"interview": on(20)}, {"breaks": [(on(3), on(9))]}])
def test_five_thousand_cards_with_what_comes_back(scheduler: str, options: Any) -> None:
    source = random.Random(7)
    cards, facts = [], {}
    for number in range(5_000):
        last = -source.randint(1, 60)
        standing = Standing(
            source.choice([1.3, 1.96, 2.5, 2.7]),
            source.choice([1, 6, 15, 38]),
            source.choice([1, 2, 3]),
            source.uniform(0.2, 30),
            source.uniform(1, 10),
        )
        weight = source.choice([SPECIAL, GOOD, MUST])
        card = held(
            number, last + standing.interval, weight=weight, last=last, stability=standing.stability
        )
        cards.append(card)
        facts[card.topic] = Known(weight, card.last_day, source.randint(0, 100), standing)
    for limit in (10, 30):
        plan = queue(cards, TODAY, limit, **options)
        assert sum(day.planned for day in plan.forecast) > 200
        alone = seconds_of(lambda: ahead(plan, facts, scheduler))  # noqa: B023 - called at once
        assert alone < 0.0015 * limit * max(floor_of(), 1)
        if not options:
            plans = seconds_of(lambda: queue(cards, TODAY, limit))  # noqa: B023 - called at once
            # Within 50 ms, with half as much again for a machine that has more to do.
            assert alone + plans < 0.075 * max(floor_of(), 1)
