"""How well a topic is held: its evidence, replayed day by day through FSRS.

A day counts once, by the mean of its scores; on a day on which a question was answered, the
learner's own rating of that day (mostly given before studying) is left out of the mean. The score
that stands is that of the latest day.
It is *claimed* while nothing but the learner's own rating speaks for it: the latest day holds
self-ratings only, and the last day with anything else, if there is one, was not strong. So rating
oneself high after a weak check cannot prove a topic, and rating oneself high after a strong check
does not take the proof away.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple, Protocol

from fsrs import Card as FsrsCard
from fsrs import Rating, Scheduler
from fsrs import State as FsrsState
from fsrs.scheduler import DEFAULT_PARAMETERS

from apps.mastery.bands import Band, band
from apps.mastery.rounding import Number, half_up
from apps.mastery.sm2 import MOST_DAYS

DESIRED_RETENTION = 0.9
# Fuzzing would make a replay differ from the last one; steps of minutes mean nothing by the day.
SCHEDULER = Scheduler(
    desired_retention=DESIRED_RETENTION,
    learning_steps=(),
    relearning_steps=(),
    maximum_interval=MOST_DAYS,
    enable_fuzzing=False,
)
DECAY = -DEFAULT_PARAMETERS[20]
FACTOR = 0.9 ** (1 / DECAY) - 1
_SOME_DAY = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


class Score(NamedTuple):
    """One piece of evidence: its day, its score, whether it is the learner's own rating."""

    day: dt.date
    score: int
    is_rating: bool


@dataclass(frozen=True, slots=True)
class Day:
    """What one day of evidence says about a topic: the mean, and whether it is ratings only."""

    day: dt.date
    mean: Fraction
    is_rating: bool


@dataclass(frozen=True, slots=True)
class State:
    """How a topic stands after its latest day. Stability is in days."""

    last_day: dt.date
    score: float
    claimed: bool
    times: int
    stability: float
    difficulty: float


class Held(Protocol):
    """Anything with a latest day and a stability: a State or a Memory row."""

    @property
    def last_day(self) -> dt.date: ...

    @property
    def stability(self) -> float: ...


def days_of(evidence: Iterable[Score]) -> list[Day]:
    """Return the evidence of one topic by day, oldest first."""
    ordered = sorted(evidence, key=lambda item: item.day)
    days = []
    for day, group in groupby(ordered, key=lambda item: item.day):
        every = list(group)
        scores = [item for item in every if not item.is_rating] or every
        mean = Fraction(sum(item.score for item in scores), len(scores))
        days.append(Day(day, mean, all(item.is_rating for item in scores)))
    return days


def is_claimed(days: Sequence[Day]) -> bool:
    """Return whether the latest score rests on the learner's word alone (see the module)."""
    if not days or not days[-1].is_rating:
        return False
    asked = next((day for day in reversed(days) if not day.is_rating), None)
    return asked is None or band(asked.mean) is not Band.STRONG


def rating(score: Number) -> Rating:
    """Return the FSRS rating of a score: up to 60 Again, 79 Hard, 94 Good, else Easy."""
    whole = score if isinstance(score, int) else half_up(score)
    if whole <= 60:
        return Rating.Again
    if whole <= 79:
        return Rating.Hard
    return Rating.Good if whole <= 94 else Rating.Easy


def replay(evidence: Iterable[Score]) -> State | None:
    """Return how a topic stands after all its evidence, in any order given; None without any."""
    return replay_days(days_of(evidence))


def replay_days(days: Sequence[Day]) -> State | None:
    """Return how a topic stands after its days of evidence, oldest first; None without any."""
    if not days:
        return None
    held = held_after(days)
    return State(
        last_day=days[-1].day,
        score=float(days[-1].mean),
        claimed=is_claimed(days),
        times=len(days),
        stability=held.stability,
        difficulty=held.difficulty,
    )


class HeldAfter(NamedTuple):
    """What FSRS says after a day: stability in days, difficulty 1 to 10, and the whole days until
    recall is likely to have fallen to the desired retention."""

    stability: float
    difficulty: float
    interval: int


def held_after(days: Iterable[Day]) -> HeldAfter:
    """Return what FSRS says after these days, oldest first. Raises ValueError without any, and for
    days out of order, which the package would take in silence."""
    return held_through((day.day, day.mean) for day in days)


def held_through(days: Iterable[tuple[dt.date, Number]]) -> HeldAfter:
    """Return the same for days and their scores."""
    card = FsrsCard(card_id=1)  # without an id the package sleeps a millisecond to make one
    last: dt.date | None = None
    for day, score in days:
        if last is not None and day <= last:
            raise ValueError("Days are replayed once each, oldest first.")
        last = day
        moment = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
        card, _ = SCHEDULER.review_card(card, rating(score), moment)
    return _said(card)


def held_again(stability: float, difficulty: float, days: int, score: Number) -> HeldAfter:
    """Return what FSRS says after one more review, so many days after the last one: what
    `held_after` says with that day at its end. Raises ValueError for less than a day."""
    if days < 1:
        raise ValueError("Days are replayed once each, oldest first.")
    card = FsrsCard(
        card_id=1,
        state=FsrsState.Review,
        stability=stability,
        difficulty=difficulty,
        last_review=_SOME_DAY,
    )
    moment = _SOME_DAY + dt.timedelta(days=days)
    return _said(SCHEDULER.review_card(card, rating(score), moment)[0])


def _said(card: FsrsCard) -> HeldAfter:
    if card.stability is None or card.difficulty is None or card.last_review is None:
        raise ValueError("Without a day there is nothing to replay.")
    return HeldAfter(card.stability, card.difficulty, (card.due - card.last_review).days)


def retention(memory: Held, day: dt.date) -> float:
    """Return the chance, 0 to 1, that the topic is recalled on `day` (FSRS-6); 1 before and on
    the latest day of evidence."""
    return retention_after((day - memory.last_day).days, memory.stability)


def retention_after(days: int, stability: float) -> float:
    """Return the chance of recall so many days after the latest evidence (FSRS-6)."""
    if days <= 0:
        return 1.0
    return float((1 + FACTOR * days / stability) ** DECAY)


def standing_on(days: Sequence[Day], day: dt.date) -> tuple[float, bool] | None:
    """Return score and claimed as they were at the end of `day`; None if there was nothing yet."""
    known = [item for item in days if item.day <= day]
    return (float(known[-1].mean), is_claimed(known)) if known else None
