"""Readiness of what was tested by week, against the roadmap's target. Pure."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import itemgetter

from apps.dashboard.charts.scale import Mark, Scale, axis, points, thinned
from apps.mastery.readiness import credit
from apps.mastery.rounding import Number, half_up

WIDTH, HEIGHT = 600, 220
LEFT, RIGHT, TOP, BOTTOM = 40.0, 585.0, 20.0, 190.0
MOST_TARGET = 95
MOST_LABELS = 13
MOST_WEEKS = 26


# One piece of evidence: topic, day, score, whether it is the learner's own rating.
Told = tuple[object, dt.date, int, bool]


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the plan, or of the calendar: its number, its days, its gain over the start."""

    number: int
    first: dt.date | None
    last: dt.date | None
    gain: int | None = None


@dataclass(frozen=True, slots=True)
class AsOf:
    """Readiness of what was tested at the end of a day, in per cent, and of how many topics."""

    percent: float
    n: int


@dataclass(frozen=True, slots=True)
class Point:
    """One week of the chart, in whole per cents. Unknown is None."""

    week: Week
    as_of: dt.date | None
    value: int | None
    n: int
    target: int | None


def calendar_weeks(first: dt.date, today: dt.date) -> list[Week]:
    """Return the weeks from Monday to Sunday since `first`, the last 26 at most."""
    monday = first - dt.timedelta(days=first.weekday())
    count = (today - monday).days // 7 + 1
    starts = (monday + dt.timedelta(days=7 * number) for number in range(count))
    weeks = [
        Week(number, start, start + dt.timedelta(days=6)) for number, start in enumerate(starts, 1)
    ]
    return weeks[-MOST_WEEKS:]


def dates(weeks: Sequence[Week], today: dt.date) -> list[dt.date | None]:
    """Return as of which day each week counts: its last day; today for the week that runs, and
    for the last week when all are over; None for a week to come, or one without dates."""
    found: list[dt.date | None] = []
    end: dt.date | None = None  # weeks may overlap where work was pinned: only forward
    for week in weeks:
        if week.first is None or week.last is None:
            found.append(None)
            continue
        runs_from = week.first if end is None else max(week.first, end)
        end = week.last if end is None else max(week.last, end)
        found.append(min(end, today) if runs_from <= today else None)
    known = [number for number, day in enumerate(found) if day is not None]
    if known and known[-1] == len(weeks) - 1:
        found[known[-1]] = today
    return found


def of_tested_on(
    evidence: Iterable[Told], weights: Mapping[object, int], days: Sequence[dt.date]
) -> list[AsOf | None]:
    """Return readiness of what was tested at the end of each of these days, which ascend.

    `evidence` comes topic by topic, oldest first; topics without a weight are out of scope. None
    for a day before any evidence. A topic's score, credit and claim are those of mastery.memory
    and mastery.readiness, found here in one pass over plain numbers.
    """
    held = [0.0] * len(days)
    weighed = [0] * len(days)
    tested = [0] * len(days)
    for topic, told in groupby(evidence, key=itemgetter(0)):
        weight = weights.get(topic)
        if weight is None:
            continue
        steps = _credits(told)
        for number, (day, worth) in enumerate(steps):
            start = bisect_left(days, day)
            after = number + 1 < len(steps)
            stop = bisect_left(days, steps[number + 1][0]) if after else len(days)
            for place in range(start, stop):
                held[place] += weight * worth
                weighed[place] += weight
                tested[place] += 1
    return [
        AsOf(100 * held[place] / weighed[place], tested[place]) if weighed[place] else None
        for place in range(len(days))
    ]


def _credits(told: Iterable[Told]) -> list[tuple[dt.date, float]]:
    """Return (day, credit) for each day of one topic's evidence."""
    steps: list[tuple[dt.date, float]] = []
    proved = False
    for day, scores in groupby(told, key=itemgetter(1)):
        rated = ratings = asked = answers = 0
        for _, _, score, is_rating in scores:
            if is_rating:
                rated += score
                ratings += 1
            else:
                asked += score
                answers += 1
        if answers:
            worth = credit(asked / answers, claimed=False)
            proved = worth == 1
        else:
            worth = credit(rated / ratings, claimed=not proved)
        steps.append((day, worth))
    return steps


def weekly(
    weeks: Sequence[Week],
    today: dt.date,
    evidence: Iterable[Told],
    weights: Mapping[object, int],
    start: Number | None,
) -> list[Point]:
    """Return one point a week. `start` is what the targets' gains are added to, in per cent;
    without it the first known point is, and without that there is no target."""
    as_of = dates(weeks, today)
    days = sorted({day for day in as_of if day is not None})
    values = dict(zip(days, of_tested_on(evidence, weights, days), strict=True))
    found = [values[day] if day is not None else None for day in as_of]
    if start is None:
        start = next((value.percent for value in found if value is not None), None)
    return [
        Point(
            week=week,
            as_of=day,
            value=None if value is None else half_up(value.percent),
            n=0 if value is None else value.n,
            target=_target(start, week.gain),
        )
        for week, day, value in zip(weeks, as_of, found, strict=True)
    ]


def _target(start: Number | None, gain: int | None) -> int | None:
    if start is None or gain is None:
        return None
    return min(half_up(start) + gain, max(MOST_TARGET, half_up(start)))


def finding(series: Iterable[Point]) -> str:
    """Return what the chart shows, in one sentence."""
    known = [point for point in series if point.value is not None]
    if not known:
        return "Nothing was tested yet"
    last = known[-1]
    text = f"{last.value} % of what was tested holds"
    if last.target is not None and last.value is not None:
        off = last.value - last.target
        place = "on" if not off else f"{points_of(off)} {'above' if off > 0 else 'below'}"
        return f"{text}, {place} the target of week {last.week.number}"
    if len(known) > 1 and last.value is not None and known[-2].value is not None:
        off = last.value - known[-2].value
        if off:
            return f"{text}, {points_of(off)} {'more' if off > 0 else 'less'} than a week before"
    return text


def points_of(off: int) -> str:
    """Return "1 point" or "4 points"."""
    return "1 point" if abs(off) == 1 else f"{abs(off)} points"


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    title: str


class Chart:
    """The drawing of the weekly points: 600 by 220, per cents from 0 to 100."""

    width, height = WIDTH, HEIGHT
    left, right, bottom = LEFT, RIGHT, BOTTOM

    def __init__(self, series: Sequence[Point]) -> None:
        self.points = series
        self.x = Scale(0, max(1, len(series) - 1), LEFT, RIGHT)
        self.y = Scale(0, 100, BOTTOM, TOP)

    @cached_property
    def title(self) -> str:
        return finding(self.points)

    @cached_property
    def levels(self) -> list[Mark]:
        return axis(self.y, (0, 25, 50, 75, 100))

    @cached_property
    def weeks(self) -> list[Mark]:
        places = thinned(len(self.points), MOST_LABELS)
        return [Mark(self.x(at), str(self.points[at].week.number)) for at in places]

    @cached_property
    def dots(self) -> list[Dot]:
        return [
            Dot(
                self.x(at),
                self.y(point.value),
                f"Week {point.week.number}: {point.value} %, n = {point.n}",
            )
            for at, point in enumerate(self.points)
            if point.value is not None
        ]

    @cached_property
    def line(self) -> str:
        return points((dot.x, dot.y) for dot in self.dots)

    @cached_property
    def under(self) -> str:
        """The surface under the line."""
        if not self.dots:
            return ""
        first, last = self.dots[0], self.dots[-1]
        return f"{first.x:g},{BOTTOM:g} {self.line} {last.x:g},{BOTTOM:g}"

    @cached_property
    def targets(self) -> list[tuple[float, float]]:
        return [
            (self.x(at), self.y(point.target))
            for at, point in enumerate(self.points)
            if point.target is not None
        ]

    @cached_property
    def target_line(self) -> str:
        return points(self.targets)

    @cached_property
    def target_label(self) -> Mark | None:
        """Where the word "target" stands: just above the end of its line."""
        return Mark(self.targets[-1][1] - 8, "target") if self.targets else None

    @cached_property
    def now(self) -> tuple[float, float, str, str] | None:
        """Place, text and anchor of the latest value, kept inside the drawing."""
        if not self.dots:
            return None
        last = self.dots[-1]
        value = next(p.value for p in reversed(self.points) if p.value is not None)
        at_edge = last.x > RIGHT - 50
        x = last.x - 9 if at_edge else last.x + 9
        return round(x, 1), round(last.y + 4, 1), f"{value} %", "end" if at_edge else "start"

    @cached_property
    def summary(self) -> str:
        """The same for who does not see the drawing."""
        told = ", ".join(
            f"week {p.week.number} {p.value} %" for p in self.points if p.value is not None
        )
        return f"{self.title}. By week: {told}." if told else f"{self.title}."
