"""What holds of every plan of reviews."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.mastery.queue import FINAL_DAYS, Held, queue
from tests.mastery.planning import MUST, SPECIAL, TODAY, cards_of, days_off, held, on, spans
from tests.mastery.timing import floor_of, seconds_of


@given(
    cards_of,
    st.integers(1, 8),
    st.integers(0, 9),
    spans,
    days_off,
    st.sampled_from([0, 0, 5]),
)
def test_what_holds_of_every_plan(
    cards: list[Held],
    limit: int,
    done: int,
    breaks: list[Any],
    interview: dt.date | None,
    extra: int,
) -> None:
    options: Any = {
        "done_today": done,
        "breaks": breaks,
        "interview": interview,
        "extra": extra,
    }
    plan = queue(cards, TODAY, limit, **options)
    in_break = {day.day for day in plan.forecast if day.is_break}

    # Deterministic, whatever the order.
    shuffled = random.Random(1).sample(cards, len(cards))
    assert queue(shuffled, TODAY, limit, **options) == plan

    # Today is never longer than what is left; no other day than the limit; none in a break.
    left = max((0 if TODAY in in_break else limit) + extra - done, 0)
    assert len(plan.today) <= left
    for day in plan.forecast[1:]:
        assert day.planned <= (0 if day.is_break else limit)
    assert plan.forecast[0].planned == len(plan.today)

    # None lost, none doubled: what is due is asked today or waits for one day.
    due = {card.topic for card in cards if max(card.due, card.put_off or card.due) <= TODAY}
    asked = Counter(row.topic for row in [*plan.today, *plan.waiting])
    assert not asked or max(asked.values()) == 1
    assert {row.topic for row in [*plan.today, *plan.waiting] if not row.is_early} == due
    assert sum(day.due for day in plan.forecast) <= len(cards)

    # All within a bounded number of days.
    if plan.waiting:
        assert plan.until is not None
        off = sum((last - first).days + 1 for first, last in breaks)
        assert plan.until <= on(len(cards) * 2 // limit + off + FINAL_DAYS + 2)
        assert plan.until == max(row.planned for row in plan.waiting)
    assert 0 <= plan.points <= 100

    # Each tracked topic is accounted for before the interview.
    if plan.final is not None:
        final = plan.final
        assert final.seen + final.planned + final.left_out == len(cards) == final.topics
        assert final.left_out_must <= final.left_out
        assert final.planned <= limit * final.days + extra
    # Nothing is early but for it; and nothing that was put off comes before its day.
    assert plan.final is not None or not any(row.is_early for row in plan.today)
    put_off = {card.topic for card in cards if card.put_off and card.put_off > TODAY}
    assert not put_off & {row.topic for row in plan.today}


@given(cards_of, st.integers(1, 5), st.integers(1, 10))
def test_must_topics_come_before_others_in_the_last_days(
    cards: list[Held], limit: int, days: int
) -> None:
    plan = queue(cards, TODAY, limit, interview=on(days))
    weight = {card.topic: card.weight for card in cards}
    since = on(days - FINAL_DAYS)
    reviewed = {card.topic for card in cards if card.reviewed >= since}
    unseen = [row.topic for row in plan.today if row.topic not in reviewed]
    ranks = [weight[topic] == MUST for topic in unseen]
    assert ranks == sorted(ranks, reverse=True)
    if plan.final is not None and plan.final.left_out:
        left_must = plan.final.left_out_must
        awake = [card for card in cards if not (card.put_off and card.put_off > TODAY)]
        if left_must and len(awake) == len(cards):
            assert all(ranks)


@given(cards_of, st.integers(1, 8))
def test_today_is_the_most_valuable(cards: list[Held], limit: int) -> None:
    plan = queue(cards, TODAY, limit)
    by_topic = {card.topic: card for card in cards}

    def value(row: Any) -> float:
        return by_topic[row.topic].weight * (1 - row.retention)

    values = [value(row) for row in plan.today]
    assert values == sorted(values, reverse=True)
    if plan.waiting:
        assert len(plan.today) == limit
        assert values[-1] >= max(value(row) for row in plan.waiting)


def followed(cards: list[Held], limit: int, breaks: Any) -> dict[uuid.UUID, dt.date]:
    """The day on which each topic is reviewed by who does each day what the plan of that day says,
    with nothing new coming in."""
    left, day, seen = cards, TODAY, {}
    while left:
        seen |= {row.topic: day for row in queue(left, day, limit, breaks=breaks).today}
        left = [card for card in left if card.topic not in seen]
        day += dt.timedelta(days=1)
    return seen


@given(cards_of, st.integers(1, 5), spans)
def test_a_plan_that_is_followed_comes_true(
    cards: list[Held], limit: int, breaks: list[Any]
) -> None:
    plan = queue(cards, TODAY, limit, breaks=breaks)
    seen = followed(cards, limit, breaks)
    waits = {row.topic: row.planned for row in plan.waiting}
    assert {topic: seen[topic] for topic in waits} == waits
    assert plan.until == max((seen[topic] for topic in waits), default=None)
    for day, topics in zip(plan.forecast, plan.reviews, strict=True):
        assert {topic for topic, on_day in seen.items() if on_day == day.day} == set(topics)


def test_a_low_value_that_grows_overtakes_what_comes_new_every_day() -> None:
    """One that is forgotten more and more, and a must topic that becomes due each day."""
    poor = held(99, due=-1, weight=SPECIAL, last=-3, stability=3)
    cards = [poor, *(held(day, day, last=day - 6, stability=6) for day in range(60))]
    (waits,) = queue(cards, TODAY, 1).waiting
    assert waits.planned == on(25) == followed(cards, 1, [])[poor.topic]


@pytest.mark.parametrize("stability", [8.0, None])
def test_thousands_that_are_forgotten_alike_take_no_longer(stability: float | None) -> None:
    cards = [
        held(n, -5, last=-20 - n % 5, stability=stability or 8 + n * 0.0001) for n in range(5_000)
    ]
    seconds = seconds_of(lambda: queue(cards, TODAY, 1))
    assert seconds < 0.4 * max(floor_of(), 1)


@pytest.mark.parametrize(
    ("options", "budget"),
    [
        ({}, 0.075),
        ({"interview": on(20)}, 0.12),
        ({"interview": on(5)}, 0.12),
        ({"breaks": [(on(3), on(9))]}, 0.12),
    ],
    ids=["plain", "interview", "last-days", "break"],
)
def test_five_thousand_cards_are_planned_in_no_time(options: Any, budget: float) -> None:
    """In 40 ms, with a break twice; with half as much again for a machine that has more to do."""
    source = random.Random(7)
    cards = []
    for number in range(5_000):
        last = -source.randint(1, 60)
        stability = source.choice([0.2, 1.3, 2.3, 8.3, 30.0])
        due = last + source.choice([1, 6, 15, 38])
        cards.append(
            held(number, due, weight=source.choice([1, 2, 3]), last=last, stability=stability)
        )
    seconds = seconds_of(lambda: queue(cards, TODAY, 10, **options))
    assert seconds < budget * max(floor_of(), 1)
