"""Readiness: what is proven, fading, not yet, and untested; and the figures of an assessment.

For each topic in scope w = 3 / 2 / 1 by category, s = the mean of its scores on its latest day of
evidence, c = 1, 1/2 or 0 by the band of s (at most 1/2 while it is only claimed) and R = the chance
of recall today. In per cent of the sum of w: proven = w c R, fading = w c (1 - R), untested = w of
the topics without evidence, not yet = the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from apps.mastery.bands import Band, band
from apps.mastery.rounding import Number, percent, shares

CREDIT = {Band.STRONG: 1.0, Band.RUSTY: 0.5, Band.GAP: 0.0}
MOST_CLAIMED = 0.5


class Standing(Protocol):
    """How one topic stands: weight, score (None when untested), claimed, retention 0 to 1."""

    @property
    def weight(self) -> int: ...

    @property
    def score(self) -> float | None: ...

    @property
    def claimed(self) -> bool: ...

    @property
    def retention(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Readiness:
    """The four parts in per cent (they add to 100), and what they were counted from.

    `of_tested` is the same at full retention over the `tested` topics alone; None without any.
    """

    proven: float
    fading: float
    not_yet: float
    untested: float
    of_tested: float | None
    topics: int
    tested: int
    claimed: int

    @property
    def shares(self) -> list[int]:
        """Whole per cents of proven, fading, not yet, untested; together 100."""
        return shares((self.proven, self.fading, self.not_yet, self.untested))


def credit(score: Number, claimed: bool) -> float:
    """Return c: 1, 1/2 or 0 by the band of the score; at most 1/2 from a claim alone."""
    c = CREDIT[band(score)]
    return min(c, MOST_CLAIMED) if claimed else c


def label(score: float | None, retention: float) -> Band | None:
    """Return the band of score times retention; None for an untested topic."""
    return None if score is None else band(score * retention)


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums over topics, so that the whole is the sum of its areas: all in units of weight.

    `held` is what counts at full retention, `kept` what is recalled of it.
    """

    weighed: int = 0
    untested_weight: int = 0
    held: float = 0.0
    kept: float = 0.0
    topics: int = 0
    tested: int = 0
    claimed: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.weighed + other.weighed,
            self.untested_weight + other.untested_weight,
            self.held + other.held,
            self.kept + other.kept,
            self.topics + other.topics,
            self.tested + other.tested,
            self.claimed + other.claimed,
        )

    @property
    def readiness(self) -> Readiness | None:
        """The four parts, or None when there is no topic to weigh."""
        if not self.weighed:
            return None
        of_one = 100 / self.weighed
        tested_weight = self.weighed - self.untested_weight
        return Readiness(
            proven=self.kept * of_one,
            fading=(self.held - self.kept) * of_one,
            not_yet=max(0.0, tested_weight - self.held) * of_one,
            untested=self.untested_weight * of_one,
            of_tested=100 * self.held / tested_weight if tested_weight else None,
            topics=self.topics,
            tested=self.tested,
            claimed=self.claimed,
        )


def tally(standings: Iterable[Standing]) -> Tally:
    """Return the sums over these topics."""
    topics = tested = claimed = weighed = untested_weight = 0
    held = kept = 0.0
    for standing in standings:
        topics += 1
        weighed += standing.weight
        if standing.score is None:
            untested_weight += standing.weight
            continue
        tested += 1
        claimed += standing.claimed
        worth = standing.weight * credit(standing.score, standing.claimed)
        held += worth
        kept += worth * standing.retention
    return Tally(weighed, untested_weight, held, kept, topics, tested, claimed)


def readiness(standings: Iterable[Standing]) -> Readiness | None:
    """Return the four parts over these topics, or None when there is no topic to weigh."""
    return tally(standings).readiness


@dataclass(frozen=True, slots=True)
class Marks:
    """Counts of one sitting: high (strong, know), middle (rusty, unsure), low (gap, don't know).

    `total` also counts what was left unmarked. Figures are per question, unweighted, and exact.
    """

    high: int
    middle: int
    low: int
    total: int

    @classmethod
    def of(cls, high: int, middle: int, low: int, total: int | None = None) -> Marks:
        """Return the counts; ValueError below zero, or for a total below the sum of the marks."""
        marked = high + middle + low
        if min(high, middle, low) < 0 or (total is not None and total < marked):
            raise ValueError("Counts are not below zero, and a total is not below its parts.")
        return cls(high, middle, low, marked if total is None else total)

    @property
    def marked(self) -> int:
        return self.high + self.middle + self.low

    @property
    def unmarked(self) -> int:
        return self.total - self.marked

    @property
    def shares(self) -> list[int]:
        """Whole per cents of high, middle, low among the marked; together 100, or all 0."""
        return shares((self.high, self.middle, self.low))

    @property
    def readiness(self) -> Fraction | None:
        """Strong plus half of rusty, of the marked: 104 / 74 / 11 gives 74.6. None if nothing is."""
        return percent(Fraction(2 * self.high + self.middle, 2), self.marked)

    @property
    def from_shares(self) -> Fraction | None:
        """The same from the rounded shares: 55 / 39 / 6 gives 74.5, shown as 75."""
        if not self.marked:
            return None
        high, middle, _ = self.shares
        return Fraction(2 * high + middle, 2)

    @property
    def high_of_all(self) -> Fraction | None:
        """Known of everything asked: 8 of 43 gives 18.6."""
        return percent(self.high, self.total)

    @property
    def high_of_marked(self) -> Fraction | None:
        """Known of what was marked: 8 of 41 gives 19.5."""
        return percent(self.high, self.marked)
