"""What to study first after an assessment, and what may be left out. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

FULL = 100
MOST_KEPT = 24


@dataclass(frozen=True, slots=True)
class Measured:
    """A topic with its score: weight 3 / 2 / 1 by category, score 0 to 100, and whether an open
    task of the plan teaches it."""

    key: uuid.UUID
    weight: int
    score: float
    is_planned: bool

    @property
    def gap(self) -> float:
        return FULL - self.score

    @property
    def worth(self) -> float:
        """Weight times gap."""
        return self.weight * self.gap


def ranked(topics: Iterable[Measured]) -> list[Measured]:
    """Return the topics with a gap: those the plan does not teach first, then by weight times gap;
    of the same rank those that came first."""
    return sorted(
        (topic for topic in topics if topic.gap > 0),
        key=lambda topic: (topic.is_planned, -topic.worth),
    )


class Saved(NamedTuple):
    """A topic that may be left out, and the minutes of the tasks that go with it."""

    key: uuid.UUID
    minutes: int


def left_out(
    known: Iterable[uuid.UUID],
    tasks: Iterable[tuple[Collection[uuid.UUID], int]],
    kept: Collection[uuid.UUID] = (),
) -> list[Saved]:
    """Return which of the known topics may be left out, in their order, and what that saves.

    A task (its topics, minutes left) may go when every topic of it is known. Its minutes count
    once: with the first of its topics that is not among those `kept` before, so that topics kept
    one after the other save together what they save at once. A topic whose tasks all teach
    something else too stays.
    """
    order = list(dict.fromkeys(known))
    place = {key: (key in kept, number) for number, key in enumerate(order)}
    saved: dict[uuid.UUID, int] = {}
    for topics, minutes in tasks:
        if not topics or any(key not in place for key in topics):
            continue
        first = min(topics, key=place.__getitem__)
        for key in topics:
            saved[key] = saved.get(key, 0) + (minutes if key == first else 0)
    return [Saved(key, saved[key]) for key in order if key in saved]


class Moved(NamedTuple):
    """What became of each topic since it was rated before; `new` were not rated before."""

    better: list[uuid.UUID]
    worse: list[uuid.UUID]
    same: list[uuid.UUID]
    new: list[uuid.UUID]


def moved(now: Mapping[uuid.UUID, int], before: Mapping[uuid.UUID, int]) -> Moved:
    """Return how the scores of these topics moved, in their order."""
    found: Moved = Moved([], [], [], [])
    for key, score in now.items():
        if key not in before:
            found.new.append(key)
        elif score == before[key]:
            found.same.append(key)
        else:
            (found.better if score > before[key] else found.worse).append(key)
    return found
