"""SM-2: when a topic is due again. The formulas are those of the seed's daily protocol."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from apps.mastery.rounding import Number, half_up

FIRST_EASINESS = 2.5
LEAST_EASINESS = 1.3
FIRST_INTERVAL = 1
SECOND_INTERVAL = 6
MOST_DAYS = 36_500  # a run of full marks would leave the calendar otherwise
FAILED = 1


@dataclass(frozen=True, slots=True)
class Card:
    """Easiness (at least 1.3), days to the next review, reviews in a row, last day, due day."""

    easiness: float
    interval: int
    repetitions: int
    last_day: dt.date
    due: dt.date


def quality(score: Number) -> int:
    """Return SM-2's quality of a score: up to 60 is 1 (failed), 79: 2, 90: 3, 99: 4, 100: 5."""
    whole = half_up(score)
    if whole <= 60:
        return FAILED
    if whole <= 79:
        return 2
    if whole <= 90:
        return 3
    return 4 if whole <= 99 else 5


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


def review(card: Card | None, score: Number, day: dt.date) -> Card:
    """Return the card after a review on `day`; without a card, the one a first check starts.

    The interval follows from the old number of repetitions. Raises ValueError for a review that
    is not later than the last one: late evidence is replayed in order instead.
    """
    if card is not None and day <= card.last_day:
        raise ValueError("A card moves once a day, and only forward.")
    q = quality(score)
    easiness = easier(card.easiness if card else FIRST_EASINESS, q)
    done = card.repetitions if card else 0
    if q == FAILED or card is None or done == 0:
        interval, repetitions = FIRST_INTERVAL, 1
    elif done == 1:
        interval, repetitions = SECOND_INTERVAL, 2
    else:
        interval, repetitions = half_up(card.interval * easiness), done + 1
    interval = min(interval, MOST_DAYS)
    return Card(easiness, interval, repetitions, day, day + dt.timedelta(days=interval))


def replay(days: Iterable[tuple[dt.date, Number]]) -> Card | None:
    """Return the card after one review a day, in order of day; None without any."""
    card: Card | None = None
    for day, score in days:
        card = review(card, score, day)
    return card
