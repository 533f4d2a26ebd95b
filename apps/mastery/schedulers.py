"""The schedulers a learner may choose from. Each says when a topic is due again; easiness, repetitions
and lapses are SM-2's whichever it is, so that a topic is called hard for the same reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from apps.mastery import sm2
from apps.mastery.memory import Day, held_after, held_again, held_through
from apps.mastery.rounding import Number

SM2 = "sm2"
FSRS = "fsrs"


class Standing(NamedTuple):
    """What the next review finds of a topic: SM-2's easiness and repetitions, the days it was given
    until then, and FSRS's stability (in days) and difficulty."""

    easiness: float
    interval: int
    repetitions: int
    stability: float
    difficulty: float


def replay(scheduler: str, days: Sequence[Day]) -> sm2.Card | None:
    """Return the card after the days that move one (not those of ratings), oldest first; None
    without any. Raises ValueError for another scheduler and for days out of order."""
    _only_known(scheduler)
    card = sm2.replay((day.day, day.mean) for day in days)
    if card is None or scheduler == SM2:
        return card
    interval = _within(held_after(days).interval)
    return replace(card, interval=interval, due=card.last_day + dt.timedelta(days=interval))


def standing_of(scheduler: str, days: Sequence[tuple[dt.date, Number]]) -> Standing:
    """Return how a topic stands after these days and their scores, oldest first: what `replay` says,
    in less time. Raises ValueError for another scheduler, without any days and for days out of
    order."""
    _only_known(scheduler)
    held = held_through(days)
    step = sm2.replay_steps(score for _, score in days)
    interval = step.interval if scheduler == SM2 else _within(held.interval)
    return Standing(step.easiness, interval, step.repetitions, held.stability, held.difficulty)


def preview(scheduler: str, before: Standing, days: int, score: Number) -> Standing:
    """Return how a topic would stand after one more review with that score, so many days after the
    last one; its `interval` is the next one. Raises ValueError for another scheduler and for less
    than a day."""
    _only_known(scheduler)
    held = held_again(before.stability, before.difficulty, days, score)
    step = sm2.reviewed(sm2.Step(before.easiness, before.interval, before.repetitions), score)
    interval = step.interval if scheduler == SM2 else _within(held.interval)
    return Standing(step.easiness, interval, step.repetitions, held.stability, held.difficulty)


def _only_known(scheduler: str) -> None:
    if scheduler not in (SM2, FSRS):
        raise ValueError(f"There is no scheduler “{scheduler}”.")


def _within(interval: int) -> int:
    return min(max(interval, sm2.FIRST_INTERVAL), sm2.MOST_DAYS)
