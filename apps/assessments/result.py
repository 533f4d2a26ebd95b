"""What an assessment's totals say: counts, shares, bands, felt beside measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from apps.accounts.models import User
from apps.accounts.prepared import Param, Prepared
from apps.assessments.models import AreaResult, Assessment
from apps.library.models import OURS
from apps.mastery.bands import Band, band
from apps.mastery.readiness import Marks
from apps.mastery.rounding import Number, half_up

WORDS = {
    Assessment.Kind.QUESTIONS: ("strong", "rusty", "gap"),
    Assessment.Kind.COVERAGE: ("know", "unsure", "don’t know"),
}
LEAST_ASKED = 30  # what is asked in a few questions says little of everything
LEAST_MARKED = 80
"""Per cent of the rows of a coverage check. With fewer marked, what was left unmarked is unrated
and says nothing: the check then measures the known share of the marked alone. From here on the few
unmarked count as not known: 8 of 43 with two unmarked stays 18.6 %."""


def _one(value: Number | None) -> Decimal | int | None:
    return None if value is None else half_up(value, 1)


@dataclass(frozen=True, slots=True)
class Line:
    """One area's totals, or those of everything asked. `area_slug` leads to the area's page, which
    only ours have."""

    title: str
    area_slug: str
    marks: Marks | None
    score: Decimal | None
    felt: int | None
    is_coverage: bool = False
    rest_untold: bool = False

    @property
    def measured(self) -> Decimal | int | None:
        """What was measured, in per cent with one decimal: the score as it was told, else what is
        `known` (coverage check), else strong plus half of rusty of the marked. None when nothing is
        known."""
        if self.score is not None:
            return self.score
        if self.is_coverage:
            return self.known
        return _one(self.marks.readiness) if self.marks else None

    @property
    def n(self) -> int | None:
        """How many `measured` was divided by: everything asked in a coverage check that is not
        `mostly_unmarked`, else what was marked. None where the counts were not reported."""
        if self.marks is None:
            return None
        if self.is_coverage and not self.mostly_unmarked:
            return self.marks.total
        return self.marks.marked

    @property
    def band(self) -> Band | None:
        return None if self.measured is None else band(self.measured)

    @property
    def felt_off(self) -> int | None:
        """By how many points the learner felt better (above 0) or worse than was measured."""
        if self.felt is None or self.measured is None:
            return None
        return half_up(self.felt - Fraction(self.measured))

    @property
    def felt_words(self) -> str:
        """How the feeling compares with what was measured, in words; empty when it cannot."""
        if self.felt_off is None:
            return ""
        if not self.felt_off:
            return "you felt just what was measured"
        points = f"{abs(self.felt_off)} point{'' if abs(self.felt_off) == 1 else 's'}"
        return f"you felt {points} {'above' if self.felt_off > 0 else 'below'} what was measured"

    @property
    def mostly_unmarked(self) -> bool:
        """Whether fewer than 80 % of the rows of a coverage check were marked. Never for rows that
        were told without a split: of these the rest is not known."""
        if not self.is_coverage or self.rest_untold or self.marks is None:
            return False
        return 100 * self.marks.marked < LEAST_MARKED * self.marks.total

    @property
    def known(self) -> Decimal | int | None:
        """What a coverage check found known: of the marked where it is mostly unmarked, else of
        everything asked; None where nothing was marked."""
        return self.known_of_marked if self.mostly_unmarked else self.known_of_all

    @property
    def known_of_all(self) -> Decimal | int | None:
        """Known, of everything asked; None where nothing was marked."""
        if self.marks is None or not (self.marks.marked or self.rest_untold):
            return None
        return _one(self.marks.high_of_all)

    @property
    def known_of_marked(self) -> Decimal | int | None:
        return _one(self.marks.high_of_marked) if self.marks else None

    @property
    def readiness(self) -> Decimal | int | None:
        return _one(self.marks.readiness) if self.marks else None

    @property
    def from_shares(self) -> int | None:
        """Readiness of tested as the rounded shares give it, a whole per cent."""
        exact = self.marks.from_shares if self.marks else None
        return None if exact is None else half_up(exact)


@dataclass(frozen=True, slots=True)
class Result:
    """The overall line (None when nothing was counted), and the areas' lines in order."""

    overall: Line | None
    lines: Sequence[Line]

    @property
    def with_counts(self) -> bool:
        """Whether any area was told with its counts."""
        return any(line.marks is not None for line in self.lines)

    @property
    def with_area_felt(self) -> bool:
        """Whether it was asked of any area how much felt known."""
        return any(line.felt is not None for line in self.lines)

    @property
    def with_felt(self) -> list[Line]:
        """The lines for which it was asked how the learner felt."""
        every = [*([self.overall] if self.overall else []), *self.lines]
        return [line for line in every if line.felt is not None]


def marks_of(row: AreaResult) -> Marks | None:
    """Return the counts of a row, or None where they are not known."""
    if row.high is None:
        return None
    return Marks.of(row.high, row.middle or 0, row.low or 0, row.total)


def add_up(marks: Iterable[Marks]) -> Marks | None:
    """Return the sum of the counts; None without any."""
    every = list(marks)
    if not every:
        return None
    return Marks(
        sum(each.high for each in every),
        sum(each.middle for each in every),
        sum(each.low for each in every),
        sum(each.total for each in every),
    )


def result(rows: Iterable[AreaResult]) -> Result:
    """Return what the rows of one assessment say. A row without area and title is the overall
    one; without it the areas' counts are added up. Does not query when areas are loaded."""
    overall: Line | None = None
    lines: list[Line] = []
    for row in rows:
        slug = row.area.slug if row.area and row.area.collection == OURS else ""
        is_coverage = row.assessment.kind == Assessment.Kind.COVERAGE
        untold = row.high is not None and row.middle is None and row.low is None
        line = Line(str(row), slug, marks_of(row), row.score, row.felt, is_coverage, untold)
        if row.area is None and not row.title:
            overall = line
        else:
            lines.append(line)
    if overall is None:
        added = add_up(line.marks for line in lines if line.marks is not None)
        if added is not None:
            kinds = {line.is_coverage for line in lines}
            untold = any(line.rest_untold for line in lines)
            overall = Line("Overall", "", added, None, None, kinds == {True}, untold)
    return Result(overall, lines)


def _rows_of_first() -> QuerySet[Assessment, Any]:
    answered = AreaResult.objects.filter(assessment=OuterRef("pk"), area=None, title="")
    enough = answered.filter(high__gte=LEAST_ASKED - F("middle") - F("low"))
    first = (
        Assessment.objects.filter(
            user=Param("user"),
            kind=Assessment.Kind.QUESTIONS,
            finished_at__isnull=False,
            deleted_at=None,
        )
        .filter(
            Q(origin=Assessment.Origin.TOLD) | Q(Exists(enough), origin=Assessment.Origin.SITTING)
        )
        .order_by("day", "at")
    )
    return Assessment.objects.filter(pk=Subquery(first.values("pk")[:1])).values_list(
        *(f"results__{name}" for name in ("area_id", "title", "high", "middle", "low", "total")),
        "said_readiness",
    )


_FIRST = Prepared(_rows_of_first)


def first_readiness(user: User) -> Fraction | Decimal | None:
    """Return the readiness of tested of the learner's first question assessment, in per cent:
    from its counts, else as it was told; None without one. One query.

    What counts is finished and not deleted: totals that were told, or a sitting in which at least
    30 questions were answered. A re-test never does: it asks what was weak.
    """
    overall: Marks | None = None
    areas: list[Marks] = []
    said: Decimal | None = None
    for area, title, high, middle, low, total, told in _FIRST(user=user.pk):
        said = told
        if high is None:
            continue
        marks = Marks.of(high, middle or 0, low or 0, total)
        if not area and not title:
            overall = marks
        else:
            areas.append(marks)
    counted = overall or add_up(areas)
    if counted is None or counted.readiness is None:
        return said
    return counted.readiness
