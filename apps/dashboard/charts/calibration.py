"""Felt against measured, area by area, sitting by sitting: in a sentence and as a drawing. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from apps.dashboard.charts.by_week import points_of
from apps.dashboard.charts.scale import Mark, Scale, axis
from apps.mastery.rounding import half_up

WELL = 5  # points off that are still a good judgement
LEAST_AREAS = 3  # of which something can be said about the learner, not about an area
OVERALL = "Overall"  # what was felt over everything asked, not over one area
MOST_DRAWN = 4  # sittings of one area

WIDTH = 600
LEFT, RIGHT, GAP_AT = 136.0, 530.0, 596.0
TOP, TITLE, ROW, BELOW = 30.0, 30.0, 27.0, 10.0


@dataclass(frozen=True, slots=True)
class Sitting:
    """One area in one assessment: felt before, measured after, both in per cent. `n` is how many
    `measured` was divided by, None where that was not reported."""

    area: str
    assessment: str
    title: str
    kind: str
    day: dt.date
    felt: int
    measured: Decimal | int
    n: int | None = None

    @property
    def exact(self) -> Fraction:
        """Points felt better (above 0) or worse than measured."""
        return self.felt - Fraction(self.measured)

    @property
    def gap(self) -> int:
        return half_up(self.exact)

    @property
    def gap_text(self) -> str:
        """ "+46", "−12" or "0"."""
        return f"{'+' if self.gap > 0 else '−'}{abs(self.gap)}" if self.gap else "0"

    @property
    def words(self) -> str:
        """ "46 points better", "1 point worse", or "as measured"."""
        if not self.gap:
            return "as measured"
        return f"{points_of(abs(self.gap))} {'better' if self.gap > 0 else 'worse'}"


@dataclass(frozen=True, slots=True)
class Gap:
    """The mean over areas, one sitting each: points felt better (above 0) or worse than measured,
    and points off to either side; and whether there are areas of both ways, too far off to be well."""

    mean: int
    off: int
    n: int
    both_ways: bool

    @classmethod
    def of(cls, sittings: Sequence[Sitting]) -> Gap:
        """Raises ZeroDivisionError without a sitting."""
        exact = [each.exact for each in sittings]
        return cls(
            half_up(sum(exact, Fraction()) / len(exact)),
            half_up(sum(map(abs, exact), Fraction()) / len(exact)),
            len(exact),
            any(each.gap > WELL for each in sittings)
            and any(each.gap < -WELL for each in sittings),
        )


class Calibration:
    """What felt and measured say of one learner. `sittings` come oldest first."""

    def __init__(self, sittings: Iterable[Sitting]) -> None:
        self.sittings = list(sittings)
        by_area: dict[str, list[Sitting]] = {}
        for each in self.sittings:
            by_area.setdefault(each.area, []).append(each)
        # The area that is furthest off today comes first.
        self.areas = sorted(by_area.items(), key=lambda item: (-abs(item[1][-1].exact), item[0]))

    @cached_property
    def latest(self) -> list[Sitting]:
        """The latest sitting of every area, furthest off first."""
        return [sittings[-1] for _, sittings in self.areas]

    @property
    def has_moved(self) -> bool:
        """Whether an area was measured more than once."""
        return len(self.sittings) > len(self.areas)

    @property
    def felt(self) -> int | None:
        """The mean felt over the areas' latest sittings; None without any."""
        return _mean([Fraction(each.felt) for each in self.latest])

    @property
    def measured(self) -> int | None:
        """The mean measured over the areas' latest sittings; None without any."""
        return _mean([Fraction(each.measured) for each in self.latest])

    @cached_property
    def line(self) -> str:
        """The finding in one line of words with its n; empty without a sitting."""
        if not self.areas:
            return ""
        now = Gap.of(self.latest)
        first = Gap.of([sittings[0] for _, sittings in self.areas]) if self.has_moved else None
        return f"{self._now(now)}{_at_first(now, first)}."

    @cached_property
    def note(self) -> str:
        """What else is to be said: what is missing, or that the gaps go both ways. May be empty."""
        missing = LEAST_AREAS - len(self.areas)
        if self.areas and missing > 0:
            more = "One more area" if missing == 1 else "Two more areas"
            return f"{more}, and this becomes a pattern."
        better = sum(each.gap > 0 for each in self.latest)
        worse = sum(each.gap < 0 for each in self.latest)
        if better and worse:
            return f"You rate yourself too high in {better} of them, too low in {worse}."
        return ""

    def _now(self, now: Gap) -> str:
        where, over = "You", f", over {now.n} areas (n = {now.n})"
        if now.n == 1:
            over = " (n = 1)"
            area = self.areas[0][0]
            where = "Overall, you" if area == OVERALL else f"In {area}, you"
        if now.off <= WELL:
            return f"{where} judge yourself well: {_off(now.off)}{over}"
        if abs(now.mean) > WELL and not now.both_ways:
            return f"{where} rate yourself {points_of(abs(now.mean))} {_side(now.mean)}{over}"
        return f"You are {_off(now.off)}, sometimes high, sometimes low{over}"


def _mean(values: Sequence[Fraction]) -> int | None:
    return half_up(sum(values, Fraction()) / len(values)) if values else None


def _off(points: int) -> str:
    return f"{points_of(points)} off"


def _at_first(now: Gap, first: Gap | None) -> str:
    """Return how it was at the same areas' first sittings, in the measure the sentence uses."""
    if first is None:
        return ""
    if now.off <= WELL or abs(now.mean) <= WELL or now.both_ways:
        return f"; at first you were {_off(first.off)}"
    if (first.mean > 0) == (now.mean > 0) or not first.mean:
        return f"; the gap was {abs(first.mean)} at first"
    return f"; at first it was {points_of(abs(first.mean))} {_side(first.mean)}"


def _side(points: int) -> str:
    return "too high" if points > 0 else "too low"


@dataclass(frozen=True, slots=True)
class Pair:
    """One sitting in the drawing: a ring where it was felt, a dot where it was measured."""

    y: float
    text_y: float
    day: str
    felt: float
    measured: float
    gap: str
    title: str


@dataclass(frozen=True, slots=True)
class Group:
    """One area in the drawing: its name, and its latest sittings, oldest first."""

    title: Mark
    pairs: list[Pair]


class Chart:
    """The drawing: 600 wide, as high as its rows; per cents from 0 to 100."""

    width, left, right, gap_at = WIDTH, LEFT, RIGHT, GAP_AT
    levels_y, most, well = 16, MOST_DRAWN, WELL

    def __init__(self, calibration: Calibration) -> None:
        self.calibration = calibration
        self.x = Scale(0, 100, LEFT, RIGHT)

    @cached_property
    def levels(self) -> list[Mark]:
        return axis(self.x, (0, 25, 50, 75, 100))

    @cached_property
    def groups(self) -> list[Group]:
        found, y = [], TOP
        for area, sittings in self.calibration.areas:
            title = Mark(y + 20, area)
            y += TITLE
            pairs = [
                self._pair(each, y + ROW * (number + 0.5))
                for number, each in enumerate(sittings[-MOST_DRAWN:])
            ]
            y += ROW * len(pairs) + BELOW
            found.append(Group(title, pairs))
        return found

    def _pair(self, sitting: Sitting, y: float) -> Pair:
        measured = self.x(float(sitting.measured))
        day = f"{sitting.day.day} {sitting.day:%b %Y}"
        told = f"{day}: felt {sitting.felt} %, measured {sitting.measured} %"
        return Pair(y, y + 5, day, self.x(sitting.felt), measured, sitting.gap_text, told)

    @cached_property
    def height(self) -> float:
        last = self.groups[-1].pairs[-1].y if self.groups else TOP
        return last + ROW / 2

    @cached_property
    def left_out(self) -> bool:
        """Whether an area has more sittings than are drawn."""
        return any(len(sittings) > MOST_DRAWN for _, sittings in self.calibration.areas)

    @cached_property
    def summary(self) -> str:
        """The same for who does not see the drawing."""
        told = ". ".join(
            f"{group.title.text}: {'; '.join(pair.title for pair in group.pairs)}"
            for group in self.groups
        )
        return f"{self.calibration.line} {told}." if told else ""
