"""What is expected to come back within the days of the forecast, after the reviews that are planned:
each topic as its scheduler would have it if it were answered as it was the last time.

The planned reviews keep their days. What comes back takes the room that they leave, by value as in
`spread.py`, and comes back again after that. A topic that is planned once more before an interview
does not come back within these last days before its turn there: that is its return.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from heapq import heappop, heappush
from typing import NamedTuple

from apps.mastery.queue import FORECAST_DAYS, Queue
from apps.mastery.rounding import Number, half_up
from apps.mastery.schedulers import Standing, preview
from apps.mastery.waiting import Slot


class Known(NamedTuple):
    """What a return follows from: a topic's weight, the last day that moved its card and the score
    of that day, and how the card stands after it."""

    weight: int
    last_day: dt.date
    score: Number
    standing: Standing


class Ahead(NamedTuple):
    """One day of the forecast, with how many are expected to come back beside what is planned."""

    day: dt.date
    planned: int
    expected: int
    due: int
    is_break: bool


def ahead(plan: Queue, known: Mapping[uuid.UUID, Known], scheduler: str) -> list[Ahead]:
    """Return the days of the plan's forecast with what is expected beside what is planned; both
    together are within the limit. A topic that is not `known` is not expected back."""
    run = _Run(plan, known, scheduler)
    return [
        Ahead(each.day, each.planned, run.fill(day), each.due, each.is_break)
        for day, each in enumerate(plan.forecast)
    ]


class _Run:
    """Days are whole numbers counted from the plan's."""

    def __init__(self, plan: Queue, known: Mapping[uuid.UUID, Known], scheduler: str) -> None:
        self.plan, self.known, self.scheduler = plan, known, scheduler
        self.standing: dict[uuid.UUID, Standing] = {}
        self.reviewed: dict[uuid.UUID, int] = {}
        self.coming: list[list[tuple[uuid.UUID, Slot]]] = [[] for _ in range(FORECAST_DAYS)]
        self.waiting: list[tuple[float, int, int, uuid.UUID, Slot]] = []
        # The last planned day of each topic, for those that are planned once more.
        self.turn = {topic: day for day, topics in enumerate(plan.reviews) for topic in topics}
        first = plan.final.first if plan.final else None
        self.since = FORECAST_DAYS if first is None else (first - plan.day).days

    def fill(self, day: int) -> int:
        """Plan the returns of one day; return how many they are."""
        for topic in self.plan.reviews[day]:
            self._review(topic, day)
        each = self.plan.forecast[day]
        if each.is_break:
            if day + 1 < FORECAST_DAYS:
                self.coming[day + 1] += self.coming[day]
            return 0
        for topic, slot in self.coming[day]:
            heappush(self.waiting, (-slot.value(day), slot.due, topic.int, topic, slot))
        room, count = self.plan.limit - each.planned, 0
        while self.waiting and count < room:
            *_, topic, slot = heappop(self.waiting)
            if self._is_wanted(topic, slot, day):
                self._review(topic, day)
                count += 1
        return count

    def _is_wanted(self, topic: uuid.UUID, slot: Slot, day: int) -> bool:
        """Whether it was not reviewed since, and does not wait for its turn before the interview."""
        is_latest = self.reviewed[topic] == slot.reviewed
        return is_latest and not self.since <= day < self.turn[topic]

    def _review(self, topic: uuid.UUID, day: int) -> None:
        """Let the topic be answered as it was the last time, and come back after that."""
        known = self.known.get(topic)
        if known is None or day + 1 >= FORECAST_DAYS:
            return
        last = self.reviewed.get(topic)
        if last is None:
            last = (known.last_day - self.plan.day).days
        before = self.standing.get(topic, known.standing)
        # A day of answers moves a card once, also where the clock has gone back since.
        after = preview(self.scheduler, before, max(day - last, 1), half_up(known.score))
        self.standing[topic], self.reviewed[topic] = after, day
        due = day + after.interval
        if due < FORECAST_DAYS:
            slot = Slot(due, due, known.weight, -day, after.stability, day)
            self.coming[due].append((topic, slot))
