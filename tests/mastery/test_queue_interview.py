"""The plan of reviews in the last days before an interview."""

from __future__ import annotations

import datetime as dt

import pytest

from apps.accounts.models import MOST_REVIEWS_A_DAY
from apps.mastery.queue import MOST_A_DAY, queue
from tests.mastery.planning import GOOD, MUST, SPECIAL, TODAY, held, many, numbers, on, planned


def test_each_topic_comes_back_once_in_the_last_ten_days() -> None:
    plan = queue(many(20, due=90), TODAY, 10, interview=on(15))
    assert planned(plan)[:16] == [0] * 5 + [2] * 10 + [0]
    assert plan.final is not None
    assert (plan.final.first, plan.final.last) == (on(5), on(14))
    assert (plan.final.topics, plan.final.planned, plan.final.left_out) == (20, 20, 0)
    assert plan.final.enough == 2


def test_what_is_due_before_comes_then_and_once_more() -> None:
    plan = queue([held(1, due=2)], TODAY, 10, interview=on(15))
    assert [day for day, count in enumerate(planned(plan)) if count] == [2, 5]


def test_must_topics_first_then_by_value() -> None:
    cards = [
        held(1, due=90, weight=GOOD, stability=0.2),
        held(2, due=90, weight=MUST, stability=50),
        held(3, due=90, weight=MUST, stability=1),
        held(4, due=90, weight=SPECIAL, stability=0.2),
    ]
    plan = queue(cards, TODAY, 4, interview=on(1))
    assert numbers(plan.today) == [3, 2, 1, 4]
    assert all(row.is_early for row in plan.today)


def test_what_does_not_fit_is_said_with_numbers() -> None:
    cards = many(25, due=90) + [held(100 + n, due=90, weight=GOOD) for n in range(10)]
    plan = queue(cards, TODAY, 2, interview=on(30))
    final = plan.final
    assert final is not None
    assert (final.days, final.planned, final.left_out, final.left_out_must) == (10, 20, 15, 5)
    assert final.enough == 4
    enough = queue(cards, TODAY, final.enough, interview=on(30)).final
    assert enough is not None
    assert enough.left_out == 0
    short = queue(cards, TODAY, final.enough - 1, interview=on(30)).final
    assert short is not None
    assert short.left_out > 0


def test_what_came_back_in_these_days_is_not_forced_again() -> None:
    cards = [held(1, due=40, last=-2), held(2, due=40, last=-20)]
    plan = queue(cards, TODAY, 10, interview=on(5))
    assert plan.final is not None
    assert (plan.final.seen, plan.final.planned) == (1, 1)
    assert sum(planned(plan)[:5]) == 1


def test_what_failed_in_these_days_comes_when_it_is_due() -> None:
    plan = queue([held(1, due=1, last=0)], TODAY, 10, interview=on(5))
    assert planned(plan)[:6] == [0, 1, 0, 0, 0, 0]


@pytest.mark.parametrize("interview", [None, on(0), on(-3)])
def test_nothing_is_forced_without_an_interview_to_come(interview: dt.date | None) -> None:
    plan = queue(many(5, due=90), TODAY, 10, interview=interview)
    assert (plan.today, plan.final) == ([], None)


def test_breaks_are_left_out_of_the_last_days() -> None:
    plan = queue(many(10, due=90), TODAY, 3, interview=on(12), breaks=[(on(3), on(10))])
    assert planned(plan)[:13] == [0, 0, 3, *[0] * 8, 3, 0]
    assert plan.final is not None
    assert (plan.final.days, plan.final.left_out, plan.final.enough) == (2, 4, 5)
    gone = queue(many(10, due=90), TODAY, 3, interview=on(12), breaks=[(on(1), on(13))]).final
    assert gone is not None
    assert (gone.days, gone.left_out, gone.enough) == (0, 10, None)


def test_a_days_share_does_not_grow_while_it_is_answered() -> None:
    cards = many(20, due=90)
    for done in range(3):
        answered = [card._replace(reviewed=TODAY, last_day=TODAY) for card in cards[:done]]
        plan = queue(answered + cards[done:], TODAY, 10, done_today=done, interview=on(10))
        assert len(plan.today) == 2 - done
        assert plan.final is not None
        assert plan.final.seen == done
    assert plan.has_more
    more = queue(answered + cards[2:], TODAY, 10, done_today=2, interview=on(10), extra=plan.more)
    assert len(more.today) == 5


def test_five_more_come_also_after_more_than_the_days_share() -> None:
    seen = [card._replace(reviewed=TODAY, last_day=TODAY) for card in many(7, due=90)]
    cards = seen + many(20, due=90)[7:]
    plan = queue(cards, TODAY, 10, done_today=7, interview=on(10))
    assert (plan.today, plan.has_more) == ([], True)
    more = queue(cards, TODAY, 10, done_today=7, interview=on(10), extra=plan.more)
    assert len(more.today) == 5


@pytest.mark.parametrize(("topics", "enough"), [(900, 90), (1_000, 100), (1_001, None)])
def test_no_more_is_named_than_the_settings_take(topics: int, enough: int | None) -> None:
    final = queue(many(topics, due=90), TODAY, 10, interview=on(10)).final
    assert final is not None
    assert final.left_out
    assert final.enough == enough
    assert MOST_A_DAY == MOST_REVIEWS_A_DAY
