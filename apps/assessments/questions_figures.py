"""The figures of a question assessment, and the order its questions are asked in. Pure.

What was not answered counts nowhere but in `asked`. Every figure is exact; pages round it.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import NamedTuple, Protocol, TypeVar

from apps.mastery.bands import STRONG_FROM, Band, band
from apps.mastery.readiness import Marks
from apps.mastery.rounding import half_up, percent

MINUTES_EACH = Fraction(5, 2)
BANDS = [band(score) for score in range(101)]  # of every score there is


class Asked(Protocol):
    """One question as it was asked: its score, None while it is not answered."""

    @property
    def score(self) -> int | None: ...


A = TypeVar("A", bound=Asked)
G = TypeVar("G", bound=Hashable)
Q = TypeVar("Q")
R = TypeVar("R")


def minutes_for(questions: int) -> int:
    """Return about how many minutes so many questions take."""
    return half_up(questions * MINUTES_EACH)


def mean(scores: Iterable[int]) -> Fraction | None:
    """Return the mean; None without any."""
    every = list(scores)
    return Fraction(sum(every), len(every)) if every else None


def counts_of(scores: Iterable[int | None]) -> Marks:
    """Return how many scores are strong, rusty, a gap; the total counts unanswered ones (None)."""
    every = list(scores)
    counts = Counter(BANDS[score] for score in every if score is not None)
    return Marks.of(counts[Band.STRONG], counts[Band.RUSTY], counts[Band.GAP], len(every))


def median_seconds(seconds: Iterable[int]) -> int | None:
    """Return the median of the times that were counted (above 0); None without any."""
    counted = [each for each in seconds if each > 0]
    return half_up(median(counted)) if counted else None


def time_words(seconds: int | None) -> str:
    """Return a time as a person says it: "45 s", "2 min", "1 min 35 s"; empty for none."""
    if seconds is None:
        return ""
    minutes, rest = divmod(seconds, 60)
    told = [f"{minutes} min"] if minutes else []
    return " ".join([*told, f"{rest} s"] if rest or not minutes else told)


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of some questions: `mean` is None when none of them was answered."""

    marks: Marks
    mean: Fraction | None

    @classmethod
    def of(cls, asked: Iterable[Asked]) -> Group:
        """Return the figures of these questions."""
        scores = [each.score for each in asked]
        return cls(counts_of(scores), mean(score for score in scores if score is not None))


def grouped(asked: Iterable[A], key: Callable[[A], G]) -> dict[G, list[A]]:
    """Return the questions by what `key` says of them, in the order in which each first comes."""
    groups: dict[G, list[A]] = defaultdict(list)
    for each in asked:
        groups[key(each)].append(each)
    return dict(groups)


class Weak(NamedTuple):
    """One topic whose mean is below strong; `lowest` is the place of its lowest answer."""

    topic: Hashable
    mean: Fraction
    n: int
    lowest: int


def weakest(answers: Sequence[tuple[Hashable, int]]) -> list[Weak]:
    """Return the topics that are not strong, lowest mean first; equal ones as they came.
    `answers` are topics with a score."""
    places: dict[Hashable, list[int]] = defaultdict(list)
    for place, (topic, _) in enumerate(answers):
        places[topic].append(place)
    found = []
    for topic, its in places.items():
        scores = [answers[place][1] for place in its]
        value = Fraction(sum(scores), len(scores))
        if half_up(value) < STRONG_FROM:
            found.append(Weak(topic, value, len(its), min(its, key=lambda at: answers[at][1])))
    return sorted(found, key=lambda weak: weak.mean)


@dataclass(frozen=True, slots=True)
class Change:
    """The same questions answered twice: both sides, and how many scores rose, stayed, fell."""

    before: Marks
    after: Marks
    mean_before: Fraction
    mean_after: Fraction
    better: int
    same: int
    worse: int

    @property
    def n(self) -> int:
        return self.after.total

    @property
    def now_strong(self) -> Fraction | None:
        """Strong now, in per cent of these questions: 25 of 30 gives 83.3."""
        return percent(self.after.high, self.n)


def change(pairs: Iterable[tuple[int | None, int | None]]) -> Change | None:
    """Return both sides of scores before and after, of the questions with both; None without."""
    both = [(old, new) for old, new in pairs if old is not None and new is not None]
    if not both:
        return None
    n = len(both)
    return Change(
        counts_of(old for old, _ in both),
        counts_of(new for _, new in both),
        Fraction(sum(old for old, _ in both), n),
        Fraction(sum(new for _, new in both), n),
        sum(new > old for old, new in both),
        sum(new == old for old, new in both),
        sum(new < old for old, new in both),
    )


def mixed(
    questions: Iterable[tuple[Q, Hashable, Hashable]], many: int | None, seed: str
) -> list[Q]:
    """Return the questions to ask, in order: all, or `many` of them that cover the areas evenly.

    A question comes with its area and its topic. Areas take turns, and within one its topics, so
    that whoever stops early was asked a bit of everything. The same seed gives the same order.
    """
    chance = random.Random(seed)  # noqa: S311 - an order of questions is no secret
    every = list(questions)
    chance.shuffle(every)
    areas = _split(every, lambda row: row[1]).values()
    of_areas = [_in_turn(list(_split(rows, lambda row: row[2]).values())) for rows in areas]
    taken = _split(_in_turn(of_areas)[:many], lambda row: row[1]).values()
    spread = [
        ((place + 0.5) / len(rows), number, row[0])
        for number, rows in enumerate(taken)
        for place, row in enumerate(rows)
    ]
    return [question for _, _, question in sorted(spread, key=lambda each: each[:2])]


def _split(rows: Iterable[R], key: Callable[[R], Hashable]) -> dict[Hashable, list[R]]:
    found: dict[Hashable, list[R]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return dict(found)


def _in_turn(lists: Sequence[Sequence[R]]) -> list[R]:
    """One of each list, then the second of each, and so on."""
    longest = max((len(each) for each in lists), default=0)
    return [each[turn] for turn in range(longest) for each in lists if turn < len(each)]
