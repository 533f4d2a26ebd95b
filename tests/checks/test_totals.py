from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from apps.checks.totals import totals
from apps.mastery.bands import Band


def test_new_review_and_overall_apart() -> None:
    result = totals([(100, False), (75, False), (50, True)])
    assert str(result.new.shown) == "87.5"
    assert str(result.review.shown) == "50.0"
    assert str(result.overall.shown) == "75.0"
    assert (result.new.n, result.review.n, result.overall.n) == (2, 1, 3)
    assert (result.letter, result.band) == ("C", Band.RUSTY)
    assert result.advice.startswith("Review the weak")


def test_a_told_total_stands_beside_what_the_answers_give() -> None:
    answers = [(98, False)] * 7 + [(95, True)] * 3
    result = totals(answers, Decimal("98.0"), None, Decimal("95.0"))
    assert str(result.shown) == "97.1"
    assert result.told == [
        ("overall", Decimal("98.0"), Decimal("97.1")),
        ("review", Decimal("95.0"), Decimal("95.0")),
    ]


def test_a_total_alone_is_judged() -> None:
    result = totals([], Decimal("86.5"))
    assert str(result.shown) == "86.5"
    assert result.letter == "B+"
    assert result.overall.shown is None


def test_nothing_at_all() -> None:
    result = totals([])
    assert (result.shown, result.letter, result.advice, result.band) == (None, "", "", None)


@given(st.lists(st.tuples(st.integers(0, 100), st.booleans()), min_size=1))
def test_overall_is_the_mean_of_the_answers(answers: list[tuple[int, bool]]) -> None:
    result = totals(answers)
    assert result.overall.total == sum(score for score, _ in answers)
    assert result.overall.n == len(answers)
