"""The forms of another date, of an interview's date, and of pins that have passed; those in which
tasks are chosen are in `pace_choices.py`, those of hours and breaks in `hours_forms.py`."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.functional import cached_property

from apps.plans import pace_ways
from apps.plans.bends import Bend, LeaveOut, NothingToDo, Unpin
from apps.plans.bends_whole import Several, Target
from apps.plans.change_page import BendForm
from apps.plans.forms import DATE, near_date
from apps.plans.layout import NoStudyTime
from apps.plans.pace import Pace, date_words, days, end_of, pace_of
from apps.plans.sketch import Sketch

ONLY_MUST = "The plan holds only topics that are a must, and practice, and the date is set."
DATE_ERRORS = {"required": "Which day?", "invalid": "That is not a date of the calendar."}


class EndsForm(BendForm):
    """A change whose preview tells the end against that of the plan laid out from today, and not
    against dates that have passed."""

    @cached_property
    def ends(self) -> str:
        """Return where the plan ends as it is, and with a change that is valid; empty where nothing
        is open, there is no end, or the dates as planned say so already. Does not query."""
        try:
            now = end_of(self.sketch)
            then = end_of(self.bend(self.sketch)(self.sketch))
        except (NoStudyTime, NothingToDo):
            return ""
        if now is None or then is None or now == self.sketch.last_day:
            return ""
        said = f"As it is, the plan ends on {date_words(now, self.sketch.today)}."
        if now == then:
            return f"{said} With this it ends on that day too."
        return f"{said} With this it ends on {date_words(then, self.sketch.today)}."


class PaceForm(EndsForm):
    """A change whose fields begin with what is suggested for the plan as it stands."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pace: Pace = pace_of(self.sketch)
        if not self.is_bound:
            self.initial = {**self.suggested(), **(self.initial or {})}

    def suggested(self) -> dict[str, Any]:
        """Return what the fields hold at first. Does not query."""
        return {}


class UnpinForm(PaceForm):
    """Let open tasks move again that are pinned to a day that has passed."""

    needs_reason = False

    def bend(self, sketch: Sketch) -> Bend:
        return Unpin(pace_ways.stuck(sketch))


class LaterForm(PaceForm):
    """A later date: of the plan, or of the interview."""

    PLAN, INTERVIEW = "plan", "interview"
    day = forms.DateField(widget=DATE, label="The new date", error_messages=DATE_ERRORS)
    which = forms.ChoiceField(
        label="What moves",
        choices=[
            (PLAN, "The date the plan is to end by; the interview stays"),
            (INTERVIEW, "The interview itself"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one.", "invalid_choice": "Choose one of the two."},
    )

    def suggested(self) -> dict[str, Any]:
        return {"day": self.pace.ends_on, "which": self.PLAN}

    def clean_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["day"]  # what is proposed may be far ahead
        return day if day == self.pace.ends_on else near_date(day, self.sketch.today)

    def bend(self, sketch: Sketch) -> Bend:
        day, interview = self.cleaned_data["day"], self.cleaned_data["which"] == self.INTERVIEW
        if day == (sketch.interview_on if interview else sketch.target):
            raise NothingToDo("That is the date already.")
        return Target(day, interview=interview)


class InterviewForm(PaceForm):
    """The interview's date, and what becomes of the plan."""

    COMPRESS, ONLY, NONE = "compress", "date", "none"
    day = forms.DateField(
        widget=DATE, label="Interview on", required=False, error_messages=DATE_ERRORS
    )
    how = forms.ChoiceField(
        label="And the plan",
        choices=[
            (COMPRESS, "Compress it to topics that are a must, checks and mock practice"),
            (ONLY, "Change only the date"),
            (NONE, "There is no interview date for now"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one.", "invalid_choice": "Choose one of the three."},
    )

    def suggested(self) -> dict[str, Any]:
        interview = None if self.pace.is_interview_past else self.sketch.interview_on
        return {"day": interview, "how": self.ONLY if self.fits(interview) else self.COMPRESS}

    def fits(self, day: dt.date | None) -> bool:
        """Whether everything ends by that day as it is; so does what has no date to end by."""
        return day is None or not (self.pace.ends_on and self.pace.ends_on > day)

    @property
    def left_out(self) -> int:
        """How many tasks compressing leaves out."""
        return len(pace_ways.beside_must(self.sketch))

    @property
    def compressed_end(self) -> dt.date | None:
        """Where the plan would end, compressed."""
        return pace_ways.compressed_end(self.sketch)

    @property
    def now(self) -> str:
        """Return that the plan ends after the interview even compressed, where it does."""
        asked = self.cleaned_data if self.is_bound and self.is_valid() else self.initial
        day, end = asked.get("day"), self.compressed_end
        if asked.get("how") != self.COMPRESS or not day or not end or end <= day:
            return ""
        over = f"{days((end - day).days)} after the interview"
        return f"Even compressed, the plan ends on {date_words(end, self.sketch.today)}, {over}."

    def clean_day(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["day"]
        if day is None or (day == self.sketch.interview_on and day >= self.sketch.today):
            return day  # the settings take one that is further ahead
        return near_date(day, self.sketch.today)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        is_missing = "day" not in self.errors and cleaned.get("day") is None
        if is_missing and cleaned.get("how") in (self.COMPRESS, self.ONLY):
            self.add_error("day", "When is the interview?")
        return cleaned

    def bend(self, sketch: Sketch) -> Bend:
        how = self.cleaned_data["how"]
        day: dt.date | None = None if how == self.NONE else self.cleaned_data["day"]
        bends: list[Bend] = []
        if day != sketch.interview_on:
            bends.append(Target(day, interview=True, lays_out=False))
        if how != self.COMPRESS or day is None:
            if not bends:
                raise NothingToDo(
                    f"The interview is on {date_words(day, sketch.today)} already."
                    if day
                    else "There is no interview date now."
                )
            return bends[0]
        said = f"Compressed for the interview on {date_words(day, sketch.today)}"
        if sketch.target_on and sketch.target_on > day:
            bends.append(Target(None))  # else the plan would still be held to its own later date
        keys = pace_ways.beside_must(sketch)
        if keys:
            bends.append(LeaveOut(keys, reason=said))
        if not bends:
            raise NothingToDo(ONLY_MUST)
        tasks = f"{len(keys)} task{'' if len(keys) == 1 else 's'}" if keys else "nothing"
        return Several(tuple(bends), "compress", f"{said}: {tasks} left out")
