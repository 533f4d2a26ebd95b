"""What the answers of a check add up to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from apps.mastery.bands import Band, advice, band, letter
from apps.mastery.rounding import half_up


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean of whole scores: their sum, and how many there are."""

    total: int
    n: int

    @property
    def exact(self) -> Fraction | None:
        return Fraction(self.total, self.n) if self.n else None

    @property
    def shown(self) -> Decimal | int | None:
        """To one decimal, halves up; None without any."""
        return half_up(self.exact, 1) if self.exact is not None else None


@dataclass(frozen=True, slots=True)
class Totals:
    """New and review apart, and all together; totals as they were told stand beside them. `of` is how
    many were to be answered; what is not `is_judged` has no letter and no advice."""

    new: Mean
    review: Mean
    said_total: Decimal | None = None
    said_new: Decimal | None = None
    said_review: Decimal | None = None
    of: int = 0
    is_judged: bool = True

    @property
    def overall(self) -> Mean:
        return Mean(self.new.total + self.review.total, self.new.n + self.review.n)

    @property
    def verdict(self) -> Fraction | Decimal | None:
        """The overall score that is judged: of the answers, else the total as it was told."""
        return self.said_total if self.overall.exact is None else self.overall.exact

    @property
    def shown(self) -> Decimal | int | None:
        """The judged overall score to one decimal."""
        return None if self.verdict is None else half_up(self.verdict, 1)

    @property
    def letter(self) -> str:
        return letter(self.verdict) if self.verdict is not None and self.is_judged else ""

    @property
    def band(self) -> Band | None:
        return None if self.verdict is None else band(self.verdict)

    @property
    def advice(self) -> str:
        return advice(self.verdict) if self.verdict is not None and self.is_judged else ""

    @property
    def not_asked(self) -> int:
        """How many of a check that was finished early were not asked."""
        return max(self.of - self.overall.n, 0)

    @property
    def told(self) -> list[tuple[str, Decimal, Decimal | int | None]]:
        """(name, as told, of the answers) for every total that came with the check."""
        pairs = (
            ("overall", self.said_total, self.overall.shown),
            ("new", self.said_new, self.new.shown),
            ("review", self.said_review, self.review.shown),
        )
        return [(name, said, shown) for name, said, shown in pairs if said is not None]


def totals(
    answers: Iterable[tuple[int, bool]],
    said_total: Decimal | None = None,
    said_new: Decimal | None = None,
    said_review: Decimal | None = None,
) -> Totals:
    """Return the totals of (score, is it a review) pairs, and the told ones beside them."""
    new: list[int] = []
    review: list[int] = []
    for score, is_review in answers:
        (review if is_review else new).append(score)
    return Totals(
        Mean(sum(new), len(new)), Mean(sum(review), len(review)), said_total, said_new, said_review
    )
