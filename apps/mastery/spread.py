"""Reviews spread over days, within a limit a day. Days are whole numbers counted from today (0).

What waits comes by its *value*: weight x what was forgotten (1 - retention). That is what a review
on that day brings back, and so what each further day of waiting goes without; it grows while a topic
waits, so that every topic has its turn. (What the next day alone takes away would be no such
measure: it shrinks with time, and what was forgotten most would wait for ever.) Each day goes by the
values of that day, so that a plan that is followed stays as it is: what comes back in the meantime,
or is new, is all that moves it.

In the days before an interview each topic comes back once, due or not: must topics first, then by
the value on the first of these days, and no more of them a day than it takes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from apps.mastery.memory import retention_after
from apps.mastery.waiting import Slot, Waiting

MUST_WEIGHT = 3


class Breaks:
    """The days without reviews, from spans of first and last day."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self.firsts: list[int] = []
        self.lasts: list[int] = []
        for first, last in sorted(spans):
            if self.lasts and first <= self.lasts[-1] + 1:
                self.lasts[-1] = max(self.lasts[-1], last)
            else:
                self.firsts.append(first)
                self.lasts.append(last)

    def last_of(self, day: int) -> int | None:
        """Return the last day of the break around that day; None when it is in none."""
        at = bisect_right(self.firsts, day) - 1
        return self.lasts[at] if at >= 0 and day <= self.lasts[at] else None

    def free_from(self, day: int) -> int:
        """Return that day, or the first one after the break around it."""
        last = self.last_of(day)
        return day if last is None else last + 1


@dataclass(slots=True)
class Days:
    """What there is room for: `limit` a day, `today` today. `final` are the days (no breaks) in
    which each topic comes back once before an interview, of the stretch that began on `since`;
    `seen_today` topics have done so today, and `extra` more may."""

    limit: int
    today: int
    breaks: Breaks
    final: Sequence[int] = ()
    since: int = 0
    seen_today: int = 0
    extra: int = 0


@dataclass(slots=True)
class Spread:
    """Where each slot is planned, by its place; what comes today, in order; on which of the final
    days those come that come back in them, and what does not fit in there."""

    planned: list[int]
    today: list[int]
    final: dict[int, int]
    left_out: list[int]


def share_of(need: int, days: int, seen: int = 0) -> int:
    """Return how many of `need` reviews one day of `days` takes, when it has seen some of them
    already; below 0 when it has seen more than its share."""
    return -(-(need + seen) // days) - seen


def spread(slots: Sequence[Slot], days: Days) -> Spread:
    """Return the plan: every slot on one day of its own choosing by value, never before it is due
    (but for the final days), never more than there is room for."""
    run = _Run(slots, days)
    day: int | None = 0
    while day is not None:
        run.fill(day)
        day = run.day_after(day)
    planned = [day for day in run.planned if day is not None]
    return Spread(planned, run.today, run.final, run.left_out)


@dataclass(slots=True)
class _Run:
    slots: Sequence[Slot]
    days: Days
    planned: list[int | None] = field(init=False)
    arrivals: list[tuple[int, int]] = field(init=False)
    arrived: int = 0
    waiting: Waiting = field(init=False)
    unseen: list[int] = field(default_factory=list)
    kept_back: Collection[int] = frozenset()
    today: list[int] = field(default_factory=list)
    final: dict[int, int] = field(default_factory=dict)
    left_out: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        free = self.days.breaks.free_from
        self.waiting = Waiting(self.slots)
        self.planned = [None] * len(self.slots)
        self.arrivals = sorted(
            (free(slot.due) if slot.due > 0 else 0, place) for place, slot in enumerate(self.slots)
        )

    def fill(self, day: int) -> None:
        """Plan the reviews of one day."""
        room = self.days.limit if day else self.days.today
        final = self.days.final
        if final and day == final[0]:
            self._open(day)
        self._arrive(day)
        if self.unseen:
            room -= self._fill_final(day, room)
        for place in self.waiting.take(day, room):
            self._plan(place, day)
        if final and day == final[-1]:
            self._close(day)

    def day_after(self, day: int) -> int | None:
        """Return the next day on which there is something to plan."""
        while self.arrived < len(self.slots) and self.planned[self._next] is not None:
            self.arrived += 1
        final = self.days.final
        if self.waiting or self.unseen:
            return self.days.breaks.free_from(day + 1)
        coming = [self.arrivals[self.arrived][0]] if self.arrived < len(self.slots) else []
        if final and self.slots and day < final[0]:
            coming.append(final[0])
        return min(coming, default=None)

    @property
    def _next(self) -> int:
        return self.arrivals[self.arrived][1]

    def _arrive(self, day: int) -> None:
        while self.arrived < len(self.slots) and self.arrivals[self.arrived][0] <= day:
            place = self._next
            self.arrived += 1
            if self.planned[place] is None and place not in self.kept_back:
                self.waiting.add(place)

    def _plan(self, place: int, day: int) -> None:
        if self.planned[place] is None:
            self.planned[place] = day
        if day == 0:
            self.today.append(place)

    def _open(self, day: int) -> None:
        """Gather what was not yet seen in the stretch, in the order in which it comes back."""
        order = []
        for place, slot in enumerate(self.slots):
            before = self.planned[place]
            if max(slot.reviewed, slot.reviewed if before is None else before) >= self.days.since:
                continue
            kept = (
                slot.kept(day) if before is None else retention_after(day - before, slot.stability)
            )
            order.append((slot.weight < MUST_WEIGHT, -slot.weight * (1 - kept), slot.due, place))
        self.unseen = [place for *_, place in sorted(order)]
        self.kept_back = frozenset(self.unseen)
        self.waiting.drop(self.kept_back)

    def _fill_final(self, day: int, room: int) -> int:
        left = len(self.days.final) - self.days.final.index(day)
        share = share_of(len(self.unseen), left, 0 if day else self.days.seen_today)
        room = max(room, 0)
        awake = (place for place in self.unseen if self.slots[place].awake <= day)
        due = (p for p in self.unseen if self.planned[p] is None and self.slots[p].due <= day)
        count = max(share + (0 if day else self.days.extra), sum(1 for _ in islice(due, room)), 0)
        taken = list(islice(awake, min(room, count)))
        for place in taken:
            self.final[place] = day
            self._plan(place, day)
        gone = set(taken)
        self.unseen = [place for place in self.unseen if place not in gone]
        return len(taken)

    def _close(self, day: int) -> None:
        """What did not come back waits like everything else."""
        self.left_out, self.unseen, self.kept_back = self.unseen, [], frozenset()
        for place in self.left_out:
            if self.planned[place] is None and self._arrival(place) <= day:
                self.waiting.add(place)

    def _arrival(self, place: int) -> int:
        slot = self.slots[place]
        return self.days.breaks.free_from(slot.due) if slot.due > 0 else 0
