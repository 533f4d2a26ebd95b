"""Turns tasks in order into dated parts. Pure: no clock, no database.

Work fills each study day in order. A task that does not fit the rest of its day goes on over the
next study days, in parts of 15 minutes or more; a shorter part is made only where a study day is
itself too short to be divided so. Pinned and finished work uses up its day first. A pin beats a
break and a full day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

LEAST_PART = 15
HORIZON_DAYS = 366 * 30
ONE_DAY = dt.timedelta(days=1)
LOOK_AHEAD = dt.timedelta(days=84)  # how far after the last planned day a free one is looked for


class NoStudyTime(ValueError):
    """There is no weekday, or no day before the horizon, on which work could be placed."""


@dataclass(frozen=True, slots=True)
class Item:
    """A task to place: minutes left, and the day it is pinned to, if any."""

    key: Hashable
    minutes: int
    pin: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A part: `minutes` of the task `key` on `day`."""

    key: Hashable
    day: dt.date
    minutes: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Parts in the order of the tasks, the last day used, and what ends after the target."""

    parts: tuple[Placed, ...]
    last_day: dt.date | None
    late: tuple[Hashable, ...]


class _Days:
    """Walks forward over the days that have room, keeping what is left of the current one."""

    def __init__(
        self,
        weekday_minutes: Sequence[int],
        breaks: Iterable[tuple[dt.date, dt.date]],
        first_day: dt.date,
        used: Mapping[dt.date, int],
    ) -> None:
        self.weekday_minutes = tuple(weekday_minutes)
        self.breaks = sorted(breaks)
        self.used = used
        self.next_break = 0
        self.horizon = first_day + dt.timedelta(days=HORIZON_DAYS)
        self.day = first_day
        self.fresh = True
        self.room = self._room_of(first_day)
        if self.room <= 0:
            self.advance()

    def _room_of(self, day: dt.date) -> int:
        while self.next_break < len(self.breaks) and self.breaks[self.next_break][1] < day:
            self.next_break += 1
        for first, last in self.breaks[self.next_break :]:
            if first > day:
                break
            if day <= last:
                return 0
        used = self.used.get(day, 0)
        self.fresh = not used
        return self.weekday_minutes[day.weekday()] - used

    def advance(self) -> None:
        while True:
            self.day += ONE_DAY
            if self.day > self.horizon:
                raise NoStudyTime("No study day is left before the horizon of 30 years.")
            self.room = self._room_of(self.day)
            if self.room > 0:
                return

    def take(self, minutes: int) -> None:
        self.room -= minutes
        self.fresh = False


def _piece(left: int, room: int, fresh: bool) -> int:
    """Return how many of `left` minutes go into `room`; 0 means: try the next study day."""
    if left <= room:
        return left
    if left - room >= LEAST_PART and room >= LEAST_PART:
        return room
    if left >= 2 * LEAST_PART and room >= LEAST_PART:
        return left - LEAST_PART
    return room if fresh else 0


def lay_out(
    items: Iterable[Item],
    weekday_minutes: Sequence[int],
    breaks: Iterable[tuple[dt.date, dt.date]] = (),
    *,
    first_day: dt.date,
    used: Mapping[dt.date, int] | None = None,
    target: dt.date | None = None,
) -> Layout:
    """Return the dated parts of `items`, in their order, from `first_day` on.

    `weekday_minutes` are seven numbers, Monday first; `breaks` are first and last days without
    study; `used` are minutes of a day that finished work has taken. Items without minutes get no
    part. Raises NoStudyTime when something is to be placed and every weekday is empty.
    """
    queue = [item for item in items if item.minutes > 0]
    taken: dict[dt.date, int] = dict(used or {})
    for item in queue:
        if item.pin is not None:
            taken[item.pin] = taken.get(item.pin, 0) + item.minutes
    parts: list[Placed] = []
    ends: dict[Hashable, dt.date] = {}
    days: _Days | None = None
    for item in queue:
        if item.pin is not None:
            parts.append(Placed(item.key, item.pin, item.minutes))
            ends[item.key] = item.pin
            continue
        if days is None:
            if not any(minutes > 0 for minutes in weekday_minutes):
                raise NoStudyTime("No weekday has any minutes.")
            days = _Days(weekday_minutes, breaks, first_day, taken)
        left = item.minutes
        while left:
            if days.room <= 0:
                days.advance()
            piece = _piece(left, days.room, days.fresh)
            if not piece:
                days.advance()
                continue
            parts.append(Placed(item.key, days.day, piece))
            days.take(piece)
            left -= piece
        ends[item.key] = days.day
    last_day = max(ends.values(), default=None)
    late = tuple(key for key, end in ends.items() if target is not None and end > target)
    return Layout(tuple(parts), last_day, late)


def shared(total: int, parts: Sequence[int]) -> list[int]:
    """Divide `total` minutes in proportion to `parts`, in steps of five, at least five each; the
    largest takes what is over. They add up to `total` unless that is less than five each."""
    whole = sum(parts)
    shares = [max(total * part // whole // 5 * 5, 5) for part in parts]
    over = sum(shares) - total
    while over > 0 and max(shares) > 5:
        largest = shares.index(max(shares))
        taken = min(over, shares[largest] - 5)
        shares[largest] -= taken
        over -= taken
    if over < 0:
        shares[shares.index(max(shares))] -= over
    return shares


def first_free(
    minutes: int,
    weekday_minutes: Sequence[int],
    breaks: Iterable[tuple[dt.date, dt.date]],
    planned: Mapping[dt.date, int],
    today: dt.date,
) -> dt.date | None:
    """Return the first day from today on with so many minutes left; what is longer than any day
    needs an empty one. None when there is none within twelve weeks after what is planned."""
    needed = min(minutes, max(weekday_minutes))
    away = list(breaks)
    day = today
    last = max((today, *planned)) + LOOK_AHEAD
    while needed and day <= last:
        room = weekday_minutes[day.weekday()] - planned.get(day, 0)
        if room >= needed and not any(first <= day <= last for first, last in away):
            return day
        day += ONE_DAY
    return None
