"""What a learner may do about a plan that is late or ahead, worked out from its sketch. Pure.

Each way out is tried on the sketch and laid out, so that what it says is what its preview shows.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apps.plans.bends import LeaveOut
from apps.plans.bends_whole import Hours
from apps.plans.layout import NoStudyTime
from apps.plans.pace import Pace, days, end_of
from apps.plans.sketch import Job, Sketch

STEP, MOST_MORE = 15, 60  # minutes more a study day that are proposed
MOST_A_DAY = 960
MOST_NEXT = 12  # tasks that are offered to be pulled in
MOST_TIME_OFF = 366
LOW = (
    1,
    2,
    0,
)  # weights of what may be left out, in this order: specialisation, good to know, none
LESSER = ("optional", "should")  # priorities of what may be left out, in this order
KEPT_KINDS = ("check", "assess", "mock", "review", "apply")  # never proposed to be left out


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a way out comes to: where the plan would end, and how that lies to the day it is to end
    by. `over` is the number of days after it, 0 in time."""

    ends_on: dt.date | None
    over: int

    @property
    def is_enough(self) -> bool:
        return self.over == 0

    @property
    def short(self) -> str:
        """Return "3 days"."""
        return days(self.over)


@dataclass(frozen=True, slots=True)
class MoreMinutes:
    """So many minutes more every study day, so many a week, and all seven then."""

    added: int
    a_week: int
    hours: tuple[int, ...]
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Fewer:
    """Tasks to leave out, in the order they are proposed."""

    jobs: tuple[Job, ...]
    outcome: Outcome

    @property
    def minutes(self) -> int:
        return sum(job.left for job in self.jobs)

    @property
    def keys(self) -> frozenset[uuid.UUID]:
        return frozenset(job.key for job in self.jobs)


def outcome_of(sketch: Sketch, goal: dt.date | None) -> Outcome:
    """Return where the plan of a changed sketch would end, against the day it is to end by.

    Raises layout.NoStudyTime.
    """
    end = end_of(sketch)
    return Outcome(end, max((end - goal).days, 0) if end and goal else 0)


def more_minutes(sketch: Sketch, pace: Pace) -> MoreMinutes | None:
    """Return the least equal addition to every weekday with study, in steps of 15 minutes and at
    most 60, with which the plan ends by its goal; the largest one where none is enough. None
    without a weekday to add to."""
    found = None
    for added in range(STEP, MOST_MORE + 1, STEP):
        hours = tuple(min(had + added, MOST_A_DAY) if had else 0 for had in sketch.hours)
        if hours == sketch.hours:
            return None
        try:
            outcome = outcome_of(Hours(hours)(sketch), pace.goal)
        except NoStudyTime:
            continue
        found = MoreMinutes(added, sum(hours) - sum(sketch.hours), hours, outcome)
        if outcome.is_enough:
            break
    return found


def lesser(sketch: Sketch) -> list[Job]:
    """Return the open tasks that may be proposed to be left out, in that order: optional ones, then
    should; of either specialisation, then good to know, then without a topic; the longest first,
    then the latest. Never what is a must, by priority or by topic, a check, an assessment, a mock
    interview, a review, an application, or pinned."""
    found = [
        (LESSER.index(job.priority), LOW.index(job.weight), -job.left, -place, job)
        for place, job in enumerate(sketch.jobs)
        if job.moves and job.priority in LESSER and job.weight in LOW and job.kind not in KEPT_KINDS
    ]
    return [job for *_, job in sorted(found, key=lambda row: row[:4])]


def leave_out(sketch: Sketch, pace: Pace) -> Fewer | None:
    """Return the fewest tasks from the front of `lesser` without which the plan ends by its goal;
    all of them where that is not enough. None when there is no such task."""
    return _fewest(sketch, lesser(sketch), pace.goal)


def _fewest(sketch: Sketch, jobs: Sequence[Job], goal: dt.date | None) -> Fewer | None:
    if not jobs:
        return None

    def without(number: int) -> Outcome:
        keys = frozenset(job.key for job in jobs[:number])
        return outcome_of(LeaveOut(keys)(sketch), goal)

    try:
        number = _least(1, len(jobs), lambda number: without(number).is_enough)
        return Fewer(tuple(jobs[:number]), without(number))
    except NoStudyTime:
        return None


def _least(low: int, high: int, is_enough: Callable[[int], bool]) -> int:
    """Return the least number that is enough and whose predecessor is not; `high` without one."""
    while low < high:
        middle = (low + high) // 2
        if is_enough(middle):
            high = middle
        else:
            low = middle + 1
    return low


def beside_must(sketch: Sketch) -> frozenset[uuid.UUID]:
    """Return what is left out when a plan is compressed to topics that are a must and to practice: all
    open tasks that are not pinned but those of priority must on a must topic or none, and checks,
    assessments, mock interviews, reviews and applications."""
    return frozenset(
        job.key
        for job in sketch.jobs
        if job.moves
        and job.kind not in KEPT_KINDS
        and not (job.priority == "must" and job.weight in (0, 3))
    )


def compressed_end(sketch: Sketch) -> dt.date | None:
    """Return the day open work would end on without `beside_must`; None when nothing is left, or
    without an end."""
    keys = beside_must(sketch)
    try:
        return end_of(LeaveOut(keys)(sketch) if keys else sketch)
    except NoStudyTime:
        return None


def next_jobs(sketch: Sketch) -> list[Job]:
    """Return the next tasks in order that may move and are not on today or before, at most 12."""
    found = [
        job
        for job in sketch.jobs
        if job.moves and job.parts and min(day for day, _ in job.parts) > sketch.today
    ]
    return found[:MOST_NEXT]


def of_today(sketch: Sketch) -> frozenset[uuid.UUID]:
    """Return the tasks that may move and lie wholly on today."""
    return frozenset(
        job.key
        for job in sketch.jobs
        if job.moves and {day for day, _ in job.parts} == {sketch.today}
    )


def first_that_fit(jobs: Sequence[Job], minutes: int) -> list[Job]:
    """Return the tasks from the front that together take at most so many minutes; one at least."""
    taken: list[Job] = []
    total = 0
    for job in jobs:
        total += job.left
        if taken and total > minutes:
            break
        taken.append(job)
    return taken


def time_off(sketch: Sketch, study_days: int) -> tuple[dt.date, dt.date] | None:
    """Return first and last day of a break of so many study days, from the first one after today
    on; None without any in the coming year."""
    coming = (sketch.today + dt.timedelta(days=number) for number in range(1, MOST_TIME_OFF))
    found = [day for day in coming if sketch.capacity(day)][: max(study_days, 1)]
    return (found[0], found[-1]) if found else None


def stuck(sketch: Sketch) -> frozenset[uuid.UUID]:
    """Return the open tasks that are pinned to a day that has passed."""
    return frozenset(
        job.key
        for job in sketch.jobs
        if job.is_open and job.pinned_on and job.pinned_on < sketch.today
    )
