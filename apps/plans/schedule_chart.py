"""The coming four weeks as bars: what is planned on each day against the room it has. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

DAYS = 28
WIDTH, HEIGHT = 600, 150
LEFT, RIGHT, TOP, BOTTOM = 34.0, 598.0, 18.0, 126.0
GAP = 4.0
LEAST_TOP = 60  # minutes the drawing is high at least


class Away(NamedTuple):
    """Days without study, both ends included."""

    first: dt.date
    last: dt.date
    label: str = ""


class Day(NamedTuple):
    """One day: minutes planned, and minutes there is room for. `away` is the name of its break."""

    day: dt.date
    planned: int
    room: int
    away: str = ""
    is_interview: bool = False

    @property
    def over(self) -> int:
        """Minutes that are planned beyond the room."""
        return max(self.planned - self.room, 0)

    @property
    def note(self) -> str:
        """What is special about it; "" for nothing."""
        notes = ["interview"] if self.is_interview else []
        notes += [self.away] if self.away else []
        notes += [f"{self.over} min too much"] if self.over else []
        return ", ".join(notes)

    @property
    def words(self) -> str:
        """ "Wed 18 Nov: 60 of 60 min"."""
        if self.room:
            said = f"{self.planned} of {self.room} min"
        else:
            said = f"{self.planned} min, no room" if self.planned else "no study"
        note = f", {self.note}" if self.note else ""
        return f"{self.day:%a} {self.day.day} {self.day:%b}: {said}{note}"


class Bar(NamedTuple):
    """The drawing of one day: its room as an outline, what fits of what is planned, and on top of
    that what is too much."""

    day: Day
    x: float
    width: float
    room_y: float
    room_height: float
    fit_y: float
    fit_height: float
    over_y: float
    over_height: float

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


class Mark(NamedTuple):
    """What stands where on an axis."""

    at: float
    text: str


def coming(
    first: dt.date,
    minutes: Sequence[int],
    planned: Mapping[dt.date, int],
    breaks: Sequence[Away] = (),
    interview: dt.date | None = None,
) -> list[Day]:
    """Return the days of four weeks from `first` on; `minutes` are those of each weekday, Monday
    first."""
    days = []
    for offset in range(DAYS):
        day = first + dt.timedelta(days=offset)
        away = next((b.label or "break" for b in breaks if b.first <= day <= b.last), "")
        room = 0 if away else minutes[day.weekday()]
        days.append(Day(day, planned.get(day, 0), room, away, day == interview))
    return days


@dataclass(frozen=True, slots=True)
class Picture:
    """The drawing, and the same in words and numbers. `has_plan` says whether anything could be
    planned; `is_saved`, whether these are the hours that hold."""

    days: Sequence[Day]
    has_plan: bool = True
    is_saved: bool = True
    width: int = WIDTH
    height: int = HEIGHT
    left: float = LEFT
    right: float = RIGHT
    bottom: float = BOTTOM

    @property
    def top(self) -> int:
        """The minutes the drawing is high."""
        return max([LEAST_TOP, *(max(day.planned, day.room) for day in self.days)])

    @property
    def bars(self) -> list[Bar]:
        step = (RIGHT - LEFT) / max(len(self.days), 1)
        found = []
        for at, day in enumerate(self.days):
            fit = day.planned - day.over
            room_y, fit_y, over_y = (self._y(each) for each in (day.room, fit, day.planned))
            found.append(
                Bar(
                    day,
                    round(LEFT + at * step + GAP / 2, 1),
                    round(step - GAP, 1),
                    *(room_y, round(BOTTOM - room_y, 1)),
                    *(fit_y, round(BOTTOM - fit_y, 1)),
                    *(over_y, round(fit_y - over_y, 1)),
                )
            )
        return found

    def _y(self, minutes: int) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * minutes / self.top, 1)

    @property
    def levels(self) -> list[Mark]:
        """The foot, and the height of the drawing."""
        return [Mark(self._y(value), str(value)) for value in (0, self.top)]

    @property
    def dates(self) -> list[Mark]:
        """The first day, and each Monday that is not next to it."""
        return [
            Mark(bar.middle, f"{bar.day.day.day} {bar.day.day:%b}")
            for at, bar in enumerate(self.bars)
            if at == 0 or (bar.day.day.weekday() == 0 and at > 2)
        ]

    @property
    def interview(self) -> Bar | None:
        """The day of the interview, where it is one of these."""
        return next((bar for bar in self.bars if bar.day.is_interview), None)

    @property
    def planned(self) -> int:
        return sum(day.planned for day in self.days)

    @property
    def room(self) -> int:
        return sum(day.room for day in self.days)

    @property
    def full(self) -> list[Day]:
        """The days on which more is planned than fits."""
        return [day for day in self.days if day.over]

    @property
    def has_breaks(self) -> bool:
        return any(day.away for day in self.days)

    @property
    def summary(self) -> str:
        """The same for who does not see the drawing."""
        said = f"The next {len(self.days)} days have room for {span(self.room)}"
        said += f"; {span(self.planned)} are planned." if self.has_plan else "."
        if self.full:
            most = max(self.full, key=lambda day: day.over)
            days = "1 day has" if len(self.full) == 1 else f"{len(self.full)} days have"
            said += f" {days} more than fits, the most on {_named(most.day)}: {most.over} min."
        away = sum(bool(day.away) for day in self.days)
        if away:
            said += f" {away} {'day is' if away == 1 else 'days are'} free for a break."
        if self.interview:
            said += f" The interview is on {_named(self.interview.day.day)}."
        return said


def span(minutes: int) -> str:
    """Return "7 h", "7 h 30" or "45 min"."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02}" if rest else f"{hours} h"


def _named(day: dt.date) -> str:
    return f"{day:%A}, {day.day} {day:%B}"
