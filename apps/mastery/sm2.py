"""SM-2: when a topic is due again. The formulas are those of the seed's daily protocol."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from apps.mastery.rounding import Number, half_up

FIRST_EASINESS = 2.5
LEAST_EASINESS = 1.3
FIRST_INTERVAL = 1
SECOND_INTERVAL = 6
MOST_DAYS = 36_500  # a run of full marks would leave the calendar otherwise
FAILED = 1


@dataclass(frozen=True, slots=True)
class Card:
    """Easiness (at least 1.3), days to the next review, reviews in a row, last day, due day, and
    on how many days of the whole history the topic was failed."""

    easiness: float
    interval: int
    repetitions: int
    last_day: dt.date
    due: dt.date
    lapses: int = 0


def quality(score: Number) -> int:
    """Return SM-2's quality of a score: up to 60 is 1 (failed), 79: 2, 90: 3, 99: 4, 100: 5."""
    whole = score if isinstance(score, int) else half_up(score)
    if whole <= 60:
        return FAILED
    if whole <= 79:
        return 2
    if whole <= 90:
        return 3
    return 4 if whole <= 99 else 5


@lru_cache(maxsize=4096)
def easier(easiness: float, q: int) -> float:
    """Return EF' = max(1.3, EF + 0.1 - (5 - q)(0.08 + (5 - q) 0.02)), exact to hundredths."""
    changed = easiness + 0.1 - (5 - q) * (0.08 + (5 - q) * 0.02)
    return max(LEAST_EASINESS, round(changed, 2))


def strength(easiness: float) -> str:
    """Return what an easiness is called: struggling below 1.8, moderate to 2.2, strong above 2.5;
    nothing in between."""
    if easiness < 1.8:
        return "struggling"
    if easiness <= 2.2:
        return "moderate"
    return "strong" if easiness > 2.5 else ""


class Step(NamedTuple):
    """A card between two reviews, without its dates: all that the next review asks of it."""

    easiness: float
    interval: int
    repetitions: int
    lapses: int = 0


_NEW = Step(FIRST_EASINESS, 0, 0, 0)


def reviewed(before: Step, score: Number) -> Step:
    """Return the card after one more review, whenever that is. The interval follows from the old
    number of repetitions and the new easiness."""
    q = quality(score)
    easiness = easier(before.easiness, q)
    if q == FAILED:
        return Step(easiness, FIRST_INTERVAL, 1, before.lapses + 1)
    if before.repetitions == 0:
        interval = FIRST_INTERVAL
    elif before.repetitions == 1:
        interval = SECOND_INTERVAL
    else:
        interval = min(half_up(before.interval * easiness), MOST_DAYS)
    return Step(easiness, interval, before.repetitions + 1, before.lapses)


def replay_steps(scores: Iterable[Number]) -> Step:
    """Return the card after reviews with these scores, one a day, without its dates."""
    step = _NEW
    for score in scores:
        step = reviewed(step, score)
    return step


def review(card: Card | None, score: Number, day: dt.date) -> Card:
    """Return the card after a review on `day`; without a card, the one a first check starts.

    The interval follows from the old number of repetitions. Raises ValueError for a review that
    is not later than the last one: late evidence is replayed in order instead.
    """
    if card is None:
        return _card(reviewed(_NEW, score), day)
    _only_forward(card.last_day, day)
    before = Step(card.easiness, card.interval, card.repetitions, card.lapses)
    return _card(reviewed(before, score), day)


def replay(days: Iterable[tuple[dt.date, Number]]) -> Card | None:
    """Return the card after one review a day, in order of day; None without any. Raises ValueError
    for days out of order."""
    step, last = _NEW, None
    for day, score in days:
        if last is not None:
            _only_forward(last, day)
        step, last = reviewed(step, score), day
    return None if last is None else _card(step, last)


def _only_forward(last: dt.date, day: dt.date) -> None:
    if day <= last:
        raise ValueError("A card moves once a day, and only forward.")


def _card(step: Step, day: dt.date) -> Card:
    due = day + dt.timedelta(days=step.interval)
    return Card(step.easiness, step.interval, step.repetitions, day, due, step.lapses)
