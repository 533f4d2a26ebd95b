"""The review queue: which topics come back on which day. Nothing of it is stored, so that another
limit, break or interview date changes all of it at once. How it is spread: see `spread.py`.

What is planned is each topic's next review (and the one in the last days before an interview). What
follows from the scores of these is not known yet; `returns.py` says what to expect.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from apps.mastery.spread import MUST_WEIGHT, Breaks, Days, Spread, share_of, spread
from apps.mastery.waiting import Slot

FORECAST_DAYS = 30
FINAL_DAYS = 10
MORE = 5
MOST_A_DAY = 100  # that the settings take

Span = tuple[dt.date, dt.date]


class Held(NamedTuple):
    """A topic with a card: when the scheduler has it due, until when it was put off, its weight;
    last day and stability of its memory; and the day of its last review."""

    topic: uuid.UUID
    due: dt.date
    put_off: dt.date | None
    weight: int
    last_day: dt.date
    stability: float
    reviewed: dt.date


class Queued(NamedTuple):
    """A topic to review: since when it is due (after a skip), on which day it is planned, and its
    retention today, 0 to 1. Early is what the interview brings back before it is due."""

    topic: uuid.UUID
    due: dt.date
    planned: dt.date
    retention: float
    is_early: bool


class Forecast(NamedTuple):
    """One day: how many reviews are planned, and how many topics become due by the scheduler; the
    first day has what is overdue as well."""

    day: dt.date
    planned: int
    due: int
    is_break: bool


class Moved(NamedTuple):
    """A break, how many reviews come later for it than they would have, and what that costs each of
    these topics on average, in points of retention."""

    first: dt.date
    last: dt.date
    topics: int
    points: float


class Final(NamedTuple):
    """The last days before an interview, from `first` to `last`; `days` of them are still to come
    and no break. Of all `topics` some were `seen` in them already, some are `planned`, and the rest
    does not fit, must topics among it. With `enough` reviews a day all would; None where no limit
    helps, or none that may be chosen."""

    first: dt.date
    last: dt.date
    days: int
    topics: int
    seen: int
    planned: int
    left_out: int
    left_out_must: int
    enough: int | None


@dataclass(frozen=True, slots=True)
class Queue:
    """The plan of all reviews as of `day`.

    `today` is what to review today within what is left of the limit, in order. `waiting` is what is
    due and comes on a later day, in order: all of it by `until`, if nothing comes between, and each
    loses `points` of retention by it on average. `reviews` are the topics that are planned on each day of `forecast`.
    `break_until` is the last day of a break that runs today. With `extra` = `more` there are five
    more today; `has_more` says whether there is anything to take.
    """

    day: dt.date
    limit: int
    done_today: int
    topics: int
    today: list[Queued]
    waiting: list[Queued]
    until: dt.date | None
    points: float
    forecast: list[Forecast]
    reviews: list[list[uuid.UUID]]
    breaks: list[Moved]
    final: Final | None
    break_until: dt.date | None
    next_day: dt.date | None
    more: int
    has_more: bool


def queue(
    held: Iterable[Held],
    today: dt.date,
    limit: int,
    *,
    done_today: int = 0,
    breaks: Iterable[Span] = (),
    interview: dt.date | None = None,
    extra: int = 0,
) -> Queue:
    """Return the plan of all reviews: `limit` a day, of which `done_today` are done; `extra` allows
    so many more today, also in a break. The order of `held` and `breaks` does not matter."""
    cards = sorted(held, key=lambda card: card.topic.int)
    calendar = _Calendar(today, breaks, interview)
    slots = [calendar.slot(card) for card in cards]
    base = limit if calendar.breaks.last_of(0) is None else 0
    days = Days(
        limit=max(limit, 1),
        today=max(base + extra - done_today, 0),
        breaks=calendar.breaks,
        final=calendar.final,
        since=calendar.since,
        seen_today=min(done_today, sum(slot.reviewed == 0 for slot in slots)),
        extra=extra,
    )
    plan = spread(slots, days)
    without = plan.planned
    if calendar.spans:
        without = spread(slots, _without_breaks(days, limit + extra - done_today)).planned
    return _Told(cards, slots, plan, without, calendar, days).queue(base, done_today)


def _without_breaks(days: Days, room: int) -> Days:
    """Return the same days as if there were no break."""
    stretch = range(max(days.since, 0), days.since + FINAL_DAYS) if days.final else ()
    return replace(days, today=max(room, 0), breaks=Breaks(()), final=stretch)


class _Calendar:
    """Dates as days from today."""

    def __init__(self, today: dt.date, breaks: Iterable[Span], interview: dt.date | None) -> None:
        self.today, self.zero = today, today.toordinal()
        self.dates: dict[int, dt.date] = {}
        spans = {(self.day(first), self.day(last)) for first, last in breaks if first <= last}
        self.spans = sorted(spans)
        self.breaks = Breaks(self.spans)
        self.since, self.final = 0, list[int]()
        self.has_final = interview is not None and interview > today
        if interview is not None and self.has_final:
            self.since = self.day(interview) - FINAL_DAYS
            stretch = range(max(self.since, 0), self.since + FINAL_DAYS)
            self.final = [day for day in stretch if self.breaks.last_of(day) is None]

    def day(self, date: dt.date) -> int:
        return date.toordinal() - self.zero

    def date(self, day: int) -> dt.date:
        found = self.dates.get(day)
        if found is None:
            ordinal = min(max(self.zero + day, 1), dt.date.max.toordinal())
            found = self.dates[day] = dt.date.fromordinal(ordinal)
        return found

    def slot(self, card: Held) -> Slot:
        zero = self.zero
        due = card.due.toordinal() - zero
        if card.put_off is None:
            awake = 0
        else:
            awake = card.put_off.toordinal() - zero
            due = max(due, awake)
        age = zero - card.last_day.toordinal()
        reviewed = card.reviewed.toordinal() - zero
        return Slot(due, awake, card.weight, age, card.stability, reviewed)


class _Told:
    """A plan told in dates."""

    def __init__(
        self,
        cards: Sequence[Held],
        slots: Sequence[Slot],
        plan: Spread,
        without: Sequence[int],
        calendar: _Calendar,
        days: Days,
    ) -> None:
        self.cards, self.slots, self.plan, self.without = cards, slots, plan, without
        self.calendar, self.days = calendar, days
        self.now = [slot.kept(0) for slot in slots]

    def queue(self, base: int, done_today: int) -> Queue:
        calendar, plan = self.calendar, self.plan
        waits = [n for n, slot in enumerate(self.slots) if slot.due <= 0 < plan.planned[n]]
        waits.sort(key=self._lacking)
        waits.sort(key=plan.planned.__getitem__)
        coming = min((day for day in self._all_days() if day > 0), default=None)
        last = max((plan.planned[n] for n in waits), default=None)
        in_break = calendar.breaks.last_of(0)
        reviews = self._reviews()
        return Queue(
            day=calendar.today,
            limit=self.days.limit,
            done_today=done_today,
            topics=len(self.cards),
            today=[self._queued(n, 0) for n in plan.today],
            waiting=[self._queued(n, plan.planned[n]) for n in waits],
            until=None if last is None else calendar.date(last),
            points=_mean(100 * (self.now[n] - self.slots[n].kept(plan.planned[n])) for n in waits),
            forecast=self._forecast(reviews),
            reviews=reviews,
            breaks=self._moved(),
            final=self._final(done_today),
            break_until=None if in_break is None else calendar.date(in_break),
            next_day=None if coming is None else calendar.date(coming),
            more=max(done_today - base, -self._share_today(), 0) + MORE,
            has_more=bool(waits) or (self._is_final_today and self._more_before_interview()),
        )

    def _lacking(self, n: int) -> float:
        return -self.slots[n].weight * (1 - self.now[n])

    def _queued(self, n: int, day: int) -> Queued:
        card, slot = self.cards[n], self.slots[n]
        due, planned = self.calendar.date(slot.due), self.calendar.date(day)
        return Queued(card.topic, due, planned, self.now[n], slot.due > day)

    def _all_days(self) -> list[int]:
        """Return the day of every review that is planned."""
        again = [day for n, day in self.plan.final.items() if day != self.plan.planned[n]]
        return self.plan.planned + again

    def _reviews(self) -> list[list[uuid.UUID]]:
        found: list[list[uuid.UUID]] = [[] for _ in range(FORECAST_DAYS)]
        plan, cards = self.plan, self.cards
        for n, day in enumerate(plan.planned):
            if day < FORECAST_DAYS:
                found[day].append(cards[n].topic)
        for n, day in plan.final.items():
            if day < FORECAST_DAYS and day != plan.planned[n]:
                found[day].append(cards[n].topic)
        return found

    def _forecast(self, reviews: list[list[uuid.UUID]]) -> list[Forecast]:
        due = Counter(max(slot.due, 0) for slot in self.slots)
        calendar = self.calendar
        return [
            Forecast(
                calendar.date(day),
                len(reviews[day]),
                due[day],
                calendar.breaks.last_of(day) is not None,
            )
            for day in range(FORECAST_DAYS)
        ]

    def _moved(self) -> list[Moved]:
        lost: dict[tuple[int, int], list[float]] = {
            span: [] for span in self.calendar.spans if span[1] >= 0
        }
        if not lost:
            return []
        last = max(lost)
        moves = zip(self.slots, self.without, self.plan.planned, strict=True)
        for slot, would, will in moves:
            if will > would:
                cause = next((span for span in lost if span[1] >= would), last)
                lost[cause].append(100 * (slot.kept(would) - slot.kept(will)))
        date = self.calendar.date
        return [
            Moved(date(first), date(last), len(points), _mean(points))
            for (first, last), points in lost.items()
        ]

    def _final(self, done_today: int) -> Final | None:
        calendar, plan, days = self.calendar, self.plan, self.days
        if not calendar.has_final or not self.cards:
            return None
        left = plan.left_out if days.final else self._unseen()
        need = len(plan.final) + len(left)
        used = done_today if self._is_final_today else 0
        return Final(
            first=calendar.date(calendar.since),
            last=calendar.date(calendar.since + FINAL_DAYS - 1),
            days=len(days.final),
            topics=len(self.cards),
            seen=len(self.cards) - need,
            planned=len(plan.final),
            left_out=len(left),
            left_out_must=sum(self.slots[n].weight >= MUST_WEIGHT for n in left),
            enough=self._enough(need + used),
        )

    def _enough(self, need: int) -> int | None:
        days = len(self.days.final)
        enough = -(-need // days) if days else MOST_A_DAY + 1
        return enough if enough <= MOST_A_DAY else None

    def _unseen(self) -> list[int]:
        since = self.calendar.since
        return [
            n
            for n, slot in enumerate(self.slots)
            if slot.reviewed < since and self.plan.planned[n] != 0
        ]

    @property
    def _is_final_today(self) -> bool:
        return bool(self.days.final) and self.days.final[0] == 0

    def _share_today(self) -> int:
        """How many the interview asks for today; below 0 when more came than that."""
        if not self._is_final_today:
            return 0
        need = len(self.plan.final) + len(self.plan.left_out)
        return share_of(need, len(self.days.final), self.days.seen_today)

    def _more_before_interview(self) -> bool:
        later = (n for n, day in self.plan.final.items() if day > 0)
        return any(self.slots[n].awake <= 0 for n in (*later, *self.plan.left_out))


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 0.0
