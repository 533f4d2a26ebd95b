"""The reviews of the coming days as bars: places on a drawing of 600 by 130. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from apps.mastery.returns import Ahead

WIDTH, HEIGHT = 600, 130
LEFT, RIGHT, TOP, BOTTOM = 34.0, 598.0, 10.0, 106.0
GAP = 3.0


class Bar(NamedTuple):
    """The bar of one day, and what it says: what is planned, and on top of it, from `back_y` down,
    what is expected back. A break has a mark at its foot instead."""

    x: float
    y: float
    width: float
    height: float
    back_y: float
    back_height: float
    title: str
    is_break: bool


class Mark(NamedTuple):
    """What stands where on an axis."""

    at: float
    text: str


class Chart:
    """The drawing: one bar a day, up to the limit a day or the highest bar."""

    width, height, left, right, bottom = WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM

    def __init__(self, days: Sequence[Ahead], limit: int) -> None:
        self.days, self.limit = days, limit
        self.top = max([limit, *(day.planned + day.expected for day in days)], default=1) or 1
        self.step = (RIGHT - LEFT) / max(len(days), 1)

    def _y(self, value: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * value / self.top, 1)

    @property
    def bars(self) -> list[Bar]:
        return [self._bar(at, day) for at, day in enumerate(self.days)]

    def _bar(self, at: int, day: Ahead) -> Bar:
        y, back_y = self._y(day.planned), self._y(day.planned + day.expected)
        return Bar(
            x=round(LEFT + at * self.step + GAP / 2, 1),
            y=y,
            width=round(self.step - GAP, 1),
            height=round(BOTTOM - y, 1),
            back_y=back_y,
            back_height=round(y - back_y, 1),
            title=f"{day.day:%a} {day.day.day} {day.day:%b}: {_told(day)}",
            is_break=day.is_break,
        )

    @property
    def levels(self) -> list[Mark]:
        """The foot, and the limit."""
        return [Mark(self._y(value), str(value)) for value in sorted({0, self.limit})]

    @property
    def dates(self) -> list[Mark]:
        """The first day, and each Monday that is not next to it."""
        return [
            Mark(round(LEFT + (at + 0.5) * self.step, 1), f"{day.day.day} {day.day:%b}")
            for at, day in enumerate(self.days)
            if at == 0 or (day.day.weekday() == 0 and at > 2)
        ]

    @property
    def expected(self) -> int:
        """How many are expected back in all these days."""
        return sum(day.expected for day in self.days)

    @property
    def summary(self) -> str:
        """The same for who does not see the drawing."""
        busy = [day for day in self.days if day.planned]
        total = sum(day.planned for day in busy)
        if not busy:
            return f"No review is planned in the next {len(self.days)} days."
        most = max(busy, key=lambda day: day.planned)
        return (
            f"{_reviews(total)} planned in the next {len(self.days)} days, on {len(busy)} of them; "
            f"the most on {most.day:%A}, {most.day.day} {most.day:%B}: {most.planned}."
            + (f" {_reviews(self.expected)} expected to come back." if self.expected else "")
        )


def _reviews(number: int) -> str:
    return "1 review is" if number == 1 else f"{number} reviews are"


def _told(day: Ahead) -> str:
    if not day.planned and not day.expected:
        return "a break" if day.is_break else "none"
    planned = [f"{day.planned} planned"] if day.planned else []
    return ", ".join(planned + ([f"{day.expected} expected back"] if day.expected else []))
