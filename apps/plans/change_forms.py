"""What each change of a plan asks for, and the bend it makes of it."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.accounts.templatetags.studyplan import day_month, minutes
from apps.plans.bends import (
    Ahead,
    Bend,
    Drop,
    LeaveOut,
    NothingToDo,
    PinTo,
    Reflow,
    Split,
    ToWeek,
    Unpin,
)
from apps.plans.bends_extend import Extend
from apps.plans.bends_whole import Insert
from apps.plans.change_page import BendForm
from apps.plans.checkpoint_branch import next_after
from apps.plans.forms import DATE, near_date, unix_lines
from apps.plans.models import Plan
from apps.plans.sketch import Job, Made, Sketch, SketchDay, SketchWeek
from apps.plans.task_lines import LineFaults, TaskLine, read_task_lines

MOST_STUDY_DAYS = 30
MOST_LINES_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Target:
    """What is to change: a task, a day of the outline, or the tasks that teach a topic."""

    kind: str  # "task", "day" or "topic", as the address names it
    key: uuid.UUID
    title: str
    plan: Plan
    back: str = ""

    @property
    def name(self) -> str:
        """What its tasks are together; empty for one task, which has a title of its own."""
        return "" if self.kind == "task" else self.title

    def jobs(self, sketch: Sketch) -> list[Job]:
        """Return its tasks, finished and skipped ones too."""
        if self.kind == "task":
            return [job for job in sketch.jobs if job.key == self.key]
        if self.kind == "day":
            return [job for job in sketch.jobs if job.day == self.key]
        return [job for job in sketch.jobs if self.key in job.topics]

    def keys(self, sketch: Sketch) -> frozenset[uuid.UUID]:
        """Return the ids of its tasks."""
        return frozenset(job.key for job in self.jobs(sketch))


class TargetForm(BendForm):
    """A change of a task, a day of the outline or a topic. A single task needs no reason."""

    def __init__(self, *args: Any, target: Target, **kwargs: Any) -> None:
        self.target = target
        super().__init__(*args, **kwargs)
        self.fields[target.kind] = forms.UUIDField(
            widget=forms.HiddenInput, required=False, initial=target.key
        )

    @property
    def wants_reason(self) -> bool:
        return self.target.kind != "task"

    @property
    def now(self) -> str:
        """What they take now, in a sentence or two; empty when nothing of it can move."""
        jobs = self.target.jobs(self.sketch)
        moving = [job for job in jobs if job.moves]
        if not moving:
            return ""
        days = {day for job in moving for day, _ in job.parts}
        unit = "study day" if len(days) == 1 else "study days"
        left = minutes(sum(job.left for job in moving))
        said = f"It takes {len(days)} {unit} now, {left}."
        pinned = sum(1 for job in jobs if job.is_open and not job.moves)
        if pinned:
            tasks = "1 pinned task of it stays" if pinned == 1 else f"{pinned} pinned tasks stay"
            said += f" {tasks} where it is." if pinned == 1 else f" {tasks} where they are."
        return said


class ExtendForm(TargetForm):
    """Whole study days for a task, a day or a topic."""

    days = forms.IntegerField(
        min_value=1,
        max_value=MOST_STUDY_DAYS,
        label="Study days it is to take",
        help_text="Its tasks grow or shrink in proportion to fill these days; checks, mocks and "
        "quick references keep their minutes.",
        error_messages={
            "required": "How many study days?",
            "invalid": "Days are a whole number.",
            "min_value": "At least 1 study day.",
            "max_value": f"At most {MOST_STUDY_DAYS} study days.",
        },
    )

    def bend(self, sketch: Sketch) -> Bend:
        return Extend(self.target.keys(sketch), self.cleaned_data["days"], self.target.name)


class ToWeekForm(TargetForm):
    """Another week: a later one defers, an earlier one pulls forward."""

    week = forms.TypedChoiceField(
        label="Week",
        coerce=uuid.UUID,
        error_messages={
            "required": "Which week?",
            "invalid_choice": "That week is not in this plan.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["week"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = self._choices()

    def here(self, sketch: Sketch) -> SketchWeek | None:
        """Return the week its first task that can move is in."""
        first = next((job for job in self.target.jobs(sketch) if job.moves), None)
        return sketch.week_of(first) if first else None

    def _choices(self) -> list[Any]:
        here = self.here(self.sketch)
        number = here.number if here else 0
        names = week_names(self.sketch)
        others = weeks_left(self.sketch, here)
        groups = (
            ("Later weeks: it is deferred", [week for week in others if week.number > number]),
            (
                "Earlier weeks: it is pulled forward",
                [week for week in others if week.number < number],
            ),
        )
        found = [
            (label, [(str(week.key), names[week.key]) for week in weeks])
            for label, weeks in groups
            if weeks
        ]
        return [("", "Choose a week"), *found]

    def bend(self, sketch: Sketch) -> Bend:
        chosen: uuid.UUID = self.cleaned_data["week"]
        here = self.here(sketch)
        there = next((week.number for week in sketch.weeks if week.key == chosen), 0)
        is_earlier = here is not None and there < here.number
        return ToWeek(self.target.keys(sketch), chosen, first=is_earlier, name=self.target.name)


def weeks_left(sketch: Sketch, here: SketchWeek | None = None) -> list[SketchWeek]:
    """Return the weeks but `here`, by number, without those that are over: all their days are past
    and nothing in them is open. If all are over, return them all."""
    of_day = {day.key: day.week for day in sketch.days}
    opened = {of_day.get(job.day) for job in sketch.jobs if job.is_open}
    days = days_of_weeks(sketch)
    others = sorted((week for week in sketch.weeks if week != here), key=lambda week: week.number)
    left = [
        week
        for week in others
        if week.key in opened or max(days.get(week.key, ()), default=sketch.today) >= sketch.today
    ]
    return left or others


def days_of_weeks(sketch: Sketch) -> dict[uuid.UUID, list[dt.date]]:
    """Return the dates of the tasks of each week that has some."""
    of_day = {day.key: day.week for day in sketch.days}
    days: dict[uuid.UUID, list[dt.date]] = {}
    for job in sketch.jobs:
        if job.parts and job.day in of_day:
            days.setdefault(of_day[job.day], []).extend(day for day, _ in job.parts)
    return days


def week_names(sketch: Sketch) -> dict[uuid.UUID, str]:
    """Return, by week, "Week 3: Title, 30 Nov to 6 Dec"; without dates where it has none."""
    of_week = days_of_weeks(sketch)
    names = {}
    for week in sketch.weeks:
        said = f"{week.name}: {week.title}" if week.title else week.name
        days = of_week.get(week.key)
        if days:
            said += f", {day_month(min(days))} to {day_month(max(days))}"
        names[week.key] = said
    return names


class PinForm(TargetForm):
    """The day a task or a day's work is kept on."""

    on = forms.DateField(
        widget=DATE,
        label="Day",
        help_text="It stays on that day, full or not, whatever else moves.",
        error_messages={"required": "Which day?", "invalid": "That is not a date."},
    )

    def clean_on(self) -> dt.date:
        return near_date(self.cleaned_data["on"], self.sketch.today)

    def bend(self, sketch: Sketch) -> Bend:
        return PinTo(self.target.keys(sketch), self.cleaned_data["on"])


class UnpinForm(TargetForm):
    """Nothing is asked: pinned work may move again."""

    def bend(self, sketch: Sketch) -> Bend:
        return Unpin(self.target.keys(sketch))


class AheadForm(TargetForm):
    """Nothing is asked: it is done next."""

    def bend(self, sketch: Sketch) -> Bend:
        return Ahead(self.target.keys(sketch))


class SplitForm(TargetForm):
    """How much of a task stays in its first half, and what the second one is called."""

    first = forms.IntegerField(
        min_value=1,
        max_value=6_000,
        label="Minutes of the first half",
        error_messages={
            "required": "How many minutes?",
            "invalid": "Minutes are a whole number.",
            "min_value": "At least 5 minutes.",
            "max_value": "A task has 6,000 minutes at most.",
        },
    )
    title = forms.CharField(
        label="Title of the second half (optional)",
        required=False,
        max_length=200,
        error_messages={"max_length": "At most 200 characters."},
    )

    @property
    def now(self) -> str:
        job = self.sketch.job(self.target.key)
        if job is None or not job.moves:
            return ""
        spent = f", {minutes(job.spent)} of them spent" if job.spent else ""
        return f"It has {minutes(job.minutes)} in all{spent}."

    def bend(self, sketch: Sketch) -> Bend:
        data = self.cleaned_data
        return Split(self.target.key, data["first"], data["title"].strip())


class LeaveOutForm(TargetForm):
    """Nothing is asked but why: open work is skipped."""

    def bend(self, sketch: Sketch) -> Bend:
        name = f"“{self.target.name}”" if self.target.name else ""
        return LeaveOut(self.target.keys(sketch), name, self.cleaned_data.get("reason", ""))


class DropForm(TargetForm):
    """Nothing is asked but why: open work leaves the plan."""

    def bend(self, sketch: Sketch) -> Bend:
        return Drop(self.target.keys(sketch), self.target.name)


class ReflowForm(BendForm):
    """Nothing is asked but why."""

    def bend(self, sketch: Sketch) -> Bend:
        return Reflow()


class BranchForm(BendForm):
    """New tasks as a day of the outline, behind a week's last task."""

    title = forms.CharField(
        label="What is it called?",
        max_length=200,
        error_messages={
            "required": "What is it called?",
            "max_length": "At most 200 characters.",
        },
    )
    after = forms.TypedChoiceField(
        label="After which week",
        coerce=uuid.UUID,
        error_messages={
            "required": "After which week?",
            "invalid_choice": "That week is not in this plan.",
        },
    )
    tasks = forms.CharField(
        label="Tasks, one a line",
        widget=forms.Textarea(attrs={"rows": 6, "placeholder": "Read the paper | 45"}),
        max_length=MOST_LINES_TEXT,
        help_text="A bar, then the minutes: “Read the paper | 45”. Without a bar it is 30 minutes.",
        error_messages={
            "required": "Which tasks? One a line.",
            "max_length": "At most 20,000 characters.",
        },
    )
    by_post = True  # the preview too: an address is too short for many lines

    def __init__(
        self, *args: Any, key: uuid.UUID, new_day: uuid.UUID | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"] = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=key)
        self.new_day = new_day
        field = self.fields["after"]
        assert isinstance(field, forms.TypedChoiceField)
        names = week_names(self.sketch)
        weeks = [(str(week.key), names[week.key]) for week in self.sketch.weeks]
        field.choices = [("", "Choose a week"), *weeks]

    def clean_tasks(self) -> list[TaskLine]:
        try:
            return read_task_lines(unix_lines(self.cleaned_data["tasks"]))
        except LineFaults as why:
            raise ValidationError(why.faults) from None

    def bend(self, sketch: Sketch) -> Bend:
        if self.new_day is None:
            raise NothingToDo("This branch was added already. Open the form again for another.")
        data = self.cleaned_data
        week = next(week for week in sketch.weeks if week.key == data["after"])
        position = 1 + max(
            (day.position for day in sketch.days if day.week == week.key), default=-1
        )
        day = SketchDay(self.new_day, week.key, position, data["title"], is_new=True)
        jobs = tuple(
            Job(
                key=uuid.uuid5(self.new_day, str(number)),
                title=line.title,
                day=day.key,
                minutes=line.minutes,
                made=Made(),
            )
            for number, line in enumerate(data["tasks"])
        )
        said = f"Added “{data['title']}” after {week.name}"
        return Insert(((next_after(sketch, week), jobs),), (day,), said=said)
