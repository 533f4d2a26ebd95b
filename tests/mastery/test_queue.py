"""The plan of reviews: one day, a backlog, breaks."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from apps.mastery.memory import retention_after
from apps.mastery.queue import FORECAST_DAYS, queue
from tests.mastery.planning import GOOD, MUST, SPECIAL, TODAY, held, many, numbers, on, planned

# One day ------------------------------------------------------------------------------------------


def test_nothing_at_all() -> None:
    plan = queue([], TODAY, 10)
    assert (plan.today, plan.waiting, plan.until, plan.final) == ([], [], None, None)
    assert (plan.topics, plan.next_day, plan.has_more) == (0, None, False)
    assert len(plan.forecast) == FORECAST_DAYS


@pytest.mark.parametrize(
    ("fields", "today"),
    [
        ({"due": 0}, True),
        ({"due": -30}, True),
        ({"due": 1}, False),
        ({"due": -3, "put_off": 1}, False),
        ({"due": -3, "put_off": 0}, True),
        ({"due": 2, "put_off": 1}, False),
    ],
)
def test_what_is_due_today(fields: Any, today: bool) -> None:
    plan = queue([held(1, **fields)], TODAY, 10)
    assert bool(plan.today) is today
    assert plan.next_day == (None if today else on(max(fields["due"], fields.get("put_off", 0))))


def test_weight_times_what_was_forgotten_comes_first() -> None:
    cards = [
        held(1, weight=SPECIAL, stability=0.2),  # 45 % forgotten, counts once
        held(2, weight=MUST, stability=8),  # 11 %, three times
        held(3, weight=MUST, stability=1),  # 31 %, three times
        held(4, weight=GOOD, stability=0.2),  # 45 %, twice
    ]
    assert numbers(queue(cards, TODAY, 10).today) == [3, 4, 1, 2]


def test_the_same_value_goes_by_due_day_then_by_topic() -> None:
    cards = [held(3, due=-1), held(2, due=-1), held(1, due=-4)]
    assert numbers(queue(cards, TODAY, 10).today) == [1, 2, 3]


@pytest.mark.parametrize(("done", "left"), [(0, 3), (1, 2), (3, 0), (7, 0)])
def test_today_is_what_is_left_of_the_limit(done: int, left: int) -> None:
    plan = queue(many(9), TODAY, 3, done_today=done)
    assert len(plan.today) == left
    assert planned(plan)[1] == 3


@pytest.mark.parametrize("done", [3, 8])
def test_five_more_are_five_more(done: int) -> None:
    before = queue(many(20), TODAY, 3, done_today=done)
    assert (before.today, before.has_more) == ([], True)
    after = queue(many(20), TODAY, 3, done_today=done, extra=before.more)
    assert len(after.today) == 5
    # One answered later: four are left.
    later = queue(many(20)[1:], TODAY, 3, done_today=done + 1, extra=before.more)
    assert len(later.today) == 4


# A backlog ----------------------------------------------------------------------------------------


def test_a_backlog_is_spread_and_says_until_when_and_what_it_costs() -> None:
    plan = queue(many(7, due=-5), TODAY, 3)
    assert planned(plan)[:4] == [3, 3, 1, 0]
    assert [row.planned for row in plan.waiting] == [on(1), on(1), on(1), on(2)]
    assert plan.until == on(2)
    lost = [retention_after(10, 8) - retention_after(10 + days, 8) for days in (1, 1, 1, 2)]
    assert plan.points == pytest.approx(100 * sum(lost) / 4)
    assert plan.forecast[0].due == 7


def test_a_larger_limit_shortens_the_wait() -> None:
    cards = many(40, due=-5)
    assert queue(cards, TODAY, 20).until == on(1)
    assert queue(cards, TODAY, 5).until == on(7)
    assert queue(cards, TODAY, 40).until is None


def test_reviewed_as_planned_each_topic_has_its_turn() -> None:
    """A low value waits, but not for ever: it grows."""
    cards = {card.topic: card for card in many(30, due=-5, stability=2)}
    poor = held(99, due=-5, weight=SPECIAL, stability=20)
    cards[poor.topic] = poor
    for days in range(40):
        today = on(days)
        for row in queue(cards.values(), today, 4).today:
            if row.topic == poor.topic:
                return
            # Every other topic comes back after eight days.
            cards[row.topic] = cards[row.topic]._replace(
                last_day=today, reviewed=today, due=today + dt.timedelta(days=8)
            )
    pytest.fail("it never had its turn")


# Breaks -------------------------------------------------------------------------------------------


def test_a_break_moves_due_dates_behind_it_and_says_what_that_costs() -> None:
    cards = [held(1, due=3), held(2, due=5), held(3, due=6)]
    plan = queue(cards, TODAY, 1, breaks=[(on(3), on(5))])
    assert planned(plan)[:9] == [0, 0, 0, 0, 0, 0, 1, 1, 1]
    assert [day.is_break for day in plan.forecast[2:7]] == [False, True, True, True, False]
    (moved,) = plan.breaks
    assert (moved.first, moved.last, moved.topics) == (on(3), on(5), 3)
    assert moved.points > 0


def test_one_review_that_a_break_moves() -> None:
    plan = queue([held(1, due=3)], TODAY, 10, breaks=[(on(3), on(5))])
    lost = retention_after(13, 8) - retention_after(16, 8)
    assert plan.breaks[0].topics == 1
    assert plan.breaks[0].points == pytest.approx(100 * lost)
    assert plan.next_day == on(6)


@pytest.mark.parametrize(
    "breaks",
    [
        [(on(3), on(4)), (on(5), on(5))],
        [(on(3), on(5)), (on(4), on(4))],
        [(on(2), on(4)), (on(3), on(5))],
        [(on(3), on(5)), (on(3), on(5))],
    ],
)
def test_breaks_may_touch_and_overlap(breaks: Any) -> None:
    plan = queue([held(1, due=3)], TODAY, 10, breaks=breaks)
    assert plan.next_day == on(6)
    assert sum(each.topics for each in plan.breaks) == 1


def test_today_in_a_break_asks_nothing_unless_one_wants_to() -> None:
    breaks = [(on(-2), on(1))]
    plan = queue(many(4), TODAY, 3, breaks=breaks)
    assert (plan.today, plan.break_until, plan.has_more) == ([], on(1), True)
    assert planned(plan)[:4] == [0, 0, 3, 1]
    ahead = queue(many(4), TODAY, 3, breaks=breaks, extra=plan.more)
    assert len(ahead.today) == 4


def test_a_break_that_is_over_or_has_no_end() -> None:
    assert queue(many(2), TODAY, 3, breaks=[(on(-5), on(-1))]).breaks == []
    for end in (dt.date.max, on(3_000)):
        plan = queue([held(1, due=5)], TODAY, 3, breaks=[(on(2), end)])
        assert plan.next_day is not None
        assert plan.next_day >= end
