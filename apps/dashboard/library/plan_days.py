"""The days on which a topic may go into the plan, and what it makes of each."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from apps.plans.room import DayWith, Room


class DayChoice(NamedTuple):
    """One day to choose, with what the task makes of it. `is_main` is the day that is put
    forward."""

    new: DayWith
    is_today: bool
    is_first: bool
    is_main: bool
    after_interview: bool


def day_choices(
    room: Room, minutes: int, asked: dt.date | None, interview_on: dt.date | None
) -> list[DayChoice]:
    """Return today, the first day with room, if there is one, and the day asked for, if any; each
    once. The last two of them are put forward, the day asked for before the other. Does not
    query."""
    first = room.first_free(minutes)
    days = dict.fromkeys(day for day in (room.today, first, asked) if day)
    return [
        DayChoice(
            room.with_task(day, minutes),
            is_today=day == room.today,
            is_first=day == first,
            is_main=day == (asked or first),
            after_interview=interview_on is not None and day > interview_on,
        )
        for day in days
    ]
