"""Whether a plan is on time: behind, ahead or on track, and when it ends. Pure.

Overdue minutes are those of open tasks planned before today, as far as they are not spent already
or planned again for today or later. Minutes ahead are those of finished tasks that are planned
after today. The difference of the two is told in study days: divided by the minutes of a mean study
day (a week's minutes by the weekdays that have any), rounded half up when behind and down when
ahead, so that nobody is told more than they have done.

The end is the last day of open work once everything that may move is laid out again from today. It
is compared with the target: the plan's own date, else the interview while it is to come. An interview
that has passed is only told beside how the plan stands.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from apps.mastery.rounding import half_up
from apps.plans.layout import NoStudyTime
from apps.plans.sketch import DONE, Job, Sketch, layout_of


class State(StrEnum):
    """How a plan stands. `NO_TARGET`: neither behind nor ahead, without a date to be ready by.
    `NO_END`: with these hours the rest has no last day."""

    ON_TRACK = "on_track"
    BEHIND = "behind"
    AHEAD = "ahead"
    NO_TARGET = "no_target"
    FINISHED = "finished"
    NO_END = "no_end"


@dataclass(frozen=True, slots=True)
class Pace:
    """How a plan stands today. `planned_end` is where open work ends as it is laid out now,
    `ends_on` where it would end laid out again; None where nothing is open or there is no end."""

    state: State
    today: dt.date
    target: dt.date | None
    interview_on: dt.date | None
    is_interview: bool  # whether the target is the interview
    ends_on: dt.date | None
    planned_end: dt.date | None
    open_tasks: int
    open_minutes: int
    overdue_tasks: int
    overdue_minutes: int
    stuck_tasks: int  # overdue ones that are pinned to a day that has passed
    ahead_minutes: int
    study_day: Fraction  # minutes of a mean study day; 0 without any
    tasks: int

    @property
    def days_behind(self) -> int:
        """Study days' worth of work that is overdue, less what was done ahead."""
        owed = self.overdue_minutes - self.ahead_minutes
        return half_up(owed / self.study_day) if owed > 0 and self.study_day else 0

    @property
    def days_ahead(self) -> int:
        """Whole study days' worth of work that was done ahead, less what is overdue."""
        gained = self.ahead_minutes - self.overdue_minutes
        return int(gained / self.study_day) if gained > 0 and self.study_day else 0

    @property
    def study_day_minutes(self) -> int:
        """Whole minutes of a mean study day."""
        return half_up(self.study_day)

    @property
    def days_over(self) -> int:
        """Days by which the plan ends after its target; 0 in time, or without one of the two."""
        if self.ends_on is None or self.target is None:
            return 0
        return max((self.ends_on - self.target).days, 0)

    @property
    def days_early(self) -> int:
        """Days by which the plan ends before its target; 0 as above."""
        if self.ends_on is None or self.target is None:
            return 0
        return max((self.target - self.ends_on).days, 0)

    @property
    def is_interview_past(self) -> bool:
        """Whether the interview was before today."""
        return self.interview_on is not None and self.interview_on < self.today

    @property
    def goal(self) -> dt.date | None:
        """The one day all ways out are measured against: the target, or today where that has
        passed; without a target the day the plan was to end on."""
        return max(self.target, self.today) if self.target else self.planned_end

    @property
    def measure(self) -> str:
        """Return the goal, and which date that is, to follow "measured against"."""
        if self.goal is None:
            return ""
        if self.target and self.target < self.today:
            return f"today, since {self.target_name}, {self._date(self.target)}, has passed"
        if self.target:
            name = "the day of your interview" if self.is_interview else self.target_name
            return f"{self._date(self.goal)}, {name}"
        if self.goal == self.today:
            return "today, since the plan was to end by now"
        return f"{self._date(self.goal)}, where the plan was to end"

    @property
    def later_over(self) -> int:
        """Days by which the plan, laid out from today, ends after its goal."""
        return max((self.ends_on - self.goal).days, 0) if self.ends_on and self.goal else 0

    @property
    def is_stuck(self) -> bool:
        """Whether all that is overdue is pinned to days that have passed, and the plan still ends in
        time: then nothing but another pin, or none, makes up for it."""
        return 0 < self.overdue_tasks == self.stuck_tasks and not self.days_over

    @property
    def headline(self) -> str:
        """Return how the plan stands in a few words, for a heading; after the interview, that too."""
        if self.is_interview_past and self.tasks:
            return f"{self._past}{_lowered(self._heading)}."
        return self._heading

    @property
    def _heading(self) -> str:
        if self.state == State.BEHIND and not self.days_behind:
            return f"Ends after {self.target_name}"
        if self.state == State.NO_TARGET and self.is_interview_past:
            return "Neither behind nor ahead"
        words = {
            State.ON_TRACK: "On track",
            State.BEHIND: f"{days(self.days_behind)} behind",
            State.AHEAD: f"{days(self.days_ahead)} ahead",
            State.NO_TARGET: "No date to be ready by",
            State.FINISHED: "Nothing is open any more" if self.tasks else "No tasks yet",
            State.NO_END: "No end in sight",
        }
        return words[self.state]

    @property
    def said(self) -> str:
        """Return how the plan stands in one sentence or two, after that an interview has passed."""
        if not self.is_interview_past:
            return self.standing
        return self._past + _lowered(self.standing).replace(": ends", ", ends", 1)

    @property
    def _past(self) -> str:
        return f"Your interview was on {self._date(self.interview_on)}. Plan: "

    @property
    def standing(self) -> str:
        """Return how the plan stands, without a word of an interview that has passed."""
        end = self._date(self.ends_on)
        if self.state == State.FINISHED:
            return "Every task of this plan is done or skipped." if self.tasks else NO_TASKS
        if self.state == State.NO_END:
            return NO_END if self.study_day else NO_HOURS
        if self.state == State.NO_TARGET:
            asks = "" if self.is_interview_past else " There is no date to be ready by yet."
            return f"Ends on {end}.{asks}"
        if self.state == State.AHEAD:
            return f"{days(self.days_ahead)} ahead: ends on {end}{self._beside}."
        if self.state == State.ON_TRACK:
            return f"On track: ends on {end}{self._beside}."
        if not self.days_behind:
            return f"Ends on {end}{self._beside}."
        behind = f"{days(self.days_behind)} behind"
        if self.target is None:
            return f"{behind}, ends on {end}."
        still = "" if self.days_over else "still "
        return f"{behind}, {still}ends {self._beside.removeprefix(', ')}."

    @property
    def beyond_interview(self) -> str:
        """Return a sentence where the plan keeps its own target, yet ends after the interview."""
        if self.is_interview or self.interview_on is None or self.ends_on is None:
            return ""
        over = (self.ends_on - self.interview_on).days
        if over <= 0 or self.is_interview_past:
            return ""
        return f"Your interview is before that: the plan ends {days(over)} after it."

    @property
    def target_name(self) -> str:
        return "your interview" if self.is_interview else "your target"

    @property
    def _beside(self) -> str:
        """Where the end lies beside the target: ", 3 days after your target"; empty without."""
        if self.target is None:
            return ""
        if self.days_over:
            return f", {days(self.days_over)} after {self.target_name}"
        if self.days_early:
            return f", {days(self.days_early)} before {self.target_name}"
        return f", on the day of {self.target_name}"

    def _date(self, day: dt.date | None) -> str:
        return date_words(day, self.today) if day else ""


NO_TASKS = "There is no task in this plan yet."
NO_HOURS = "No weekday has any minutes of study, so the rest of the plan has no date."
NO_END = "With so few minutes a week the rest of the plan would not end within thirty years."


def pace_of(sketch: Sketch) -> Pace:
    """Return how a plan stands, as it is laid out in the sketch. Never raises NoStudyTime."""
    open_jobs = [job for job in sketch.jobs if job.is_open]
    overdue = [
        (job, minutes) for job in open_jobs if (minutes := overdue_minutes(job, sketch.today))
    ]
    study_days = [minutes for minutes in sketch.hours if minutes]
    try:
        ends_on, is_endless = end_of(sketch), False
    except NoStudyTime:
        ends_on, is_endless = None, True
    pace = Pace(
        state=State.ON_TRACK,
        today=sketch.today,
        target=sketch.target,
        interview_on=sketch.interview_on,
        is_interview=sketch.target is not None and sketch.target_on is None,
        ends_on=ends_on,
        planned_end=_not_before(sketch.today, (job.parts[-1][0] for job in open_jobs if job.parts)),
        open_tasks=len(open_jobs),
        open_minutes=sum(job.left for job in open_jobs),
        overdue_tasks=len(overdue),
        overdue_minutes=sum(minutes for _, minutes in overdue),
        stuck_tasks=sum(1 for job, _ in overdue if job.pinned_on),
        ahead_minutes=sum(
            minutes
            for job in sketch.jobs
            if job.status == DONE
            for day, minutes in job.parts
            if day > sketch.today
        ),
        study_day=Fraction(sum(study_days), len(study_days)) if study_days else Fraction(0),
        tasks=len(sketch.jobs),
    )
    return replace(pace, state=_state(pace, is_endless=is_endless))


def _state(pace: Pace, *, is_endless: bool) -> State:
    if not pace.open_tasks:
        return State.FINISHED
    if is_endless:
        return State.NO_END
    if pace.days_over or pace.days_behind:
        return State.BEHIND
    if pace.days_ahead:
        return State.AHEAD
    return State.ON_TRACK if pace.target else State.NO_TARGET


def overdue_minutes(job: Job, today: dt.date) -> int:
    """Return the minutes of an open task that were planned before today and are neither spent nor
    planned for today or later; 0 for one that is pinned to today or later."""
    past = sum(minutes for day, minutes in job.parts if day < today)
    if not past or not job.is_open or (job.pinned_on and job.pinned_on >= today):
        return 0
    later = sum(minutes for _, minutes in job.parts) - past
    return min(max(job.left - later, 0), past)


def end_of(sketch: Sketch) -> dt.date | None:
    """Return the last day of open work, laid out from today; None when nothing is open. Raises
    layout.NoStudyTime."""
    pins = [job.pinned_on for job in sketch.jobs if job.is_open and job.pinned_on]
    last = layout_of(sketch).last_day
    return _not_before(sketch.today, [*pins, *([last] if last else [])])


def _not_before(today: dt.date, found: Iterable[dt.date]) -> dt.date | None:
    """The last of these days; today where even that is past, since open work ends no earlier."""
    last = max(found, default=None)
    return max(last, today) if last else None


def days(number: int) -> str:
    """Return "1 day" or "3 days"."""
    return f"{number} day" if number == 1 else f"{number} days"


def _lowered(words: str) -> str:
    """The words with a small letter first, to stand within a sentence."""
    return words[:1].lower() + words[1:]


def date_words(day: dt.date, today: dt.date) -> str:
    """Return "12 December", with its year where that is not this year."""
    return f"{day.day} {day:%B}" + (f" {day.year}" if day.year != today.year else "")
