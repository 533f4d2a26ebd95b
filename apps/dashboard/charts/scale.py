"""From values to places on a drawing, and from places to what SVG reads. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight scale: values from `low` to `high` lie between `start` and `end`.

    `start` may be above `end`, as it is for a vertical axis. With low == high all lie at `start`.
    """

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a value, to a tenth; values outside lie outside."""
        if self.high == self.low:
            return round(self.start, 1)
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)


@dataclass(frozen=True, slots=True)
class Mark:
    """A tick of an axis: where it is, and what stands there."""

    at: float
    text: str


def axis(scale: Scale, values: Iterable[float]) -> list[Mark]:
    """Return marks for these values, whole numbers without a decimal point."""
    return [Mark(scale(value), f"{value:g}") for value in values]


def thinned(count: int, most: int) -> range:
    """Return the places (from 0) of at most `most` labels, evenly spread, the first included."""
    return range(0, count, max(1, -(-count // most)))


def points(places: Iterable[tuple[float, float]]) -> str:
    """Return places as the `points` attribute of a polyline."""
    return " ".join(f"{x:g},{y:g}" for x, y in places)
