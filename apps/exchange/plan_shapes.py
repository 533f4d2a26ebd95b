"""What a Markdown plan says, and what is wanted of its text, as values. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

MOST_TITLE = 200  # what a task's and a day's title hold
MOST_MINUTES = 6_000  # what a task holds


@dataclass(frozen=True, slots=True)
class Box:
    """One box of the text. `skipped` and `deferred` say what its line says, whatever its tick."""

    line: int  # from 0
    title: str
    detail: str  # the notes beneath it, Markdown, without the boxes nested in it
    minutes: int | None
    done: bool
    day: dt.date | None  # when it was done, as far as the text says it
    parent: int | None  # index of the box it is nested in
    links: tuple[tuple[str, str], ...]  # (text, address)
    mark: str  # what stands in the box
    skipped: bool = False
    deferred: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """Minutes that a heading states for the boxes beneath it: together, or for each of them."""

    minutes: int
    boxes: tuple[int, ...]  # indexes into PlanText.boxes
    is_each: bool = False


@dataclass(frozen=True, slots=True)
class ReadDay:
    """What stands under one day, or under a heading that serves as one."""

    line: int  # of its heading; of its week's where it has none
    title: str
    label: str = ""  # "Day 4", "Days 6-7", "Monday"
    numbers: tuple[int, int] | None = None
    goal: str = ""
    notes: str = ""
    date: dt.date | None = None
    weekday: int | None = None  # 0 is Monday
    minutes: int | None = None
    boxes: tuple[int, ...] = ()
    session_of: Mapping[int, str] = field(default_factory=dict)  # study, practice, check, reference
    shares: tuple[Share, ...] = ()  # of its sessions; none for the whole day


@dataclass(frozen=True, slots=True)
class ReadWeek:
    """A week, or a section beside the weeks that has boxes (then without label and numbers)."""

    line: int
    title: str
    label: str = ""  # "Week 3", "Weeks 11-12"
    numbers: tuple[int, int] | None = None
    phase: str = ""
    goal: str = ""
    notes: str = ""
    days: tuple[ReadDay, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """The total of a knowledge check that the text tells."""

    line: int
    day: dt.date | None
    percent: Decimal  # one place
    words: str  # what the text calls it
    strong: str = ""
    weak: str = ""


@dataclass(frozen=True, slots=True)
class Warning_:  # noqa: N801 - Warning is a name of Python's own
    """What could not be read as it stands, and where."""

    line: int  # from 0
    text: str

    def __str__(self) -> str:
        return f"line {self.line + 1}: {self.text}"


@dataclass(frozen=True, slots=True)
class PlanText:
    """A whole text. Every box is in one day of one week."""

    title: str
    goal: str
    weeks: tuple[ReadWeek, ...]
    boxes: tuple[Box, ...]
    scores: tuple[Score, ...]
    warnings: tuple[Warning_, ...]
    is_outline: bool  # it names no weeks; its headings serve as such

    @property
    def done(self) -> int:
        """How many boxes are ticked."""
        return sum(box.done for box in self.boxes)

    @property
    def days(self) -> int:
        """How many days the weeks have together."""
        return sum(len(week.days) for week in self.weeks)


class StaleText(ValueError):
    """What is wanted does not fit the text: it names a line that is no box of it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a task stands: behind a box, or under a day's or a week's line, or under a heading
    that is yet to be written at the end of that week, or of the text."""

    after: int | None = None
    under: int | None = None
    first: bool = False  # with `under`: before its boxes instead of behind them
    heading: str = ""
    day: str = ""  # with a heading at the end of the text: that of its day
    rank: int = 0  # of several at one place the least comes first, else what the text has already


@dataclass(frozen=True, slots=True)
class Wanted:
    """A box of the text and what is wanted of it now; None is as it stands."""

    line: int
    mark: str
    done: bool
    title: str | None = None
    minutes: int | None = None
    detail: str | None = None
    deleted: bool = False
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task that the text does not have yet."""

    title: str
    place: Place
    done: bool = False
    minutes: int | None = None
    detail: str = ""
