"""Hours, times of day and breaks: what a learner may send, and the changes of a plan they make."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms

from apps.accounts.forms import PRESETS, Preset, WeekdayMinutesFormMixin
from apps.accounts.models import WEEKDAYS, User
from apps.plans.bends import Bend, NothingToDo
from apps.plans.bends_whole import AddBreak, Hours, RemoveBreak
from apps.plans.change_page import BendForm
from apps.plans.forms import DATE
from apps.plans.pace_forms import EndsForm
from apps.plans.sketch import Sketch

LONGEST_BREAK = 366
FARTHEST_BREAK = 3_653
TIMES = tuple(f"{day}_at" for day in WEEKDAYS)


class MinutesForm(WeekdayMinutesFormMixin, forms.Form):
    """Minutes of study per weekday."""

    monday = forms.IntegerField(min_value=0)
    tuesday = forms.IntegerField(min_value=0)
    wednesday = forms.IntegerField(min_value=0)
    thursday = forms.IntegerField(min_value=0)
    friday = forms.IntegerField(min_value=0)
    saturday = forms.IntegerField(min_value=0)
    sunday = forms.IntegerField(min_value=0)

    @property
    def minutes(self) -> tuple[int, ...]:
        """The minutes of a valid form, Monday first."""
        return tuple(self.cleaned_data[name] for name in WEEKDAYS)


def _time() -> forms.TimeField:
    return forms.TimeField(
        required=False,
        input_formats=["%H:%M", "%H:%M:%S"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": "A time of day looks like 18:30."},
    )


class ScheduleForm(MinutesForm):
    """Minutes per weekday, and when study begins on it."""

    monday_at = _time()
    tuesday_at = _time()
    wednesday_at = _time()
    thursday_at = _time()
    friday_at = _time()
    saturday_at = _time()
    sunday_at = _time()

    @classmethod
    def of(cls, user: User) -> ScheduleForm:
        """Return the form with the learner's own schedule."""
        return cls(initial={name: getattr(user, name) for name in (*WEEKDAYS, *TIMES)})

    @classmethod
    def with_preset(cls, preset: Preset, typed: dict[str, Any]) -> ScheduleForm:
        """Return the form with the minutes of a preset and the times as typed. Judges nothing."""
        minutes = dict(zip(WEEKDAYS, preset.minutes, strict=True))
        return cls(initial={name: typed.get(name, "") for name in TIMES} | minutes)

    @property
    def times(self) -> dict[str, dt.time | None]:
        """The times of day of a valid form, by the names of their fields."""
        return {name: self.cleaned_data[name] for name in TIMES}

    @property
    def rows(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """Each weekday's name, minutes and time of day."""
        return [(name.capitalize(), self[name], self[f"{name}_at"]) for name in WEEKDAYS]


def preset_of(key: str | None) -> Preset | None:
    """Return the preset of that key."""
    return next((preset for preset in PRESETS if preset.key == key), None)


class BreakForm(forms.Form):
    """Days without study; `today` decides which are long past."""

    first_day = forms.DateField(
        label="From",
        widget=DATE,
        error_messages={"required": "From which day?", "invalid": "That is not a date."},
    )
    last_day = forms.DateField(
        label="To",
        widget=DATE,
        error_messages={"required": "To which day?", "invalid": "That is not a date."},
    )
    label = forms.CharField(
        label="What for (optional)",
        required=False,
        max_length=120,
        error_messages={"max_length": "At most 120 characters."},
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", "A break ends on or after its first day.")
        elif first and last and (last - first).days > LONGEST_BREAK:
            self.add_error("last_day", "A break lasts a year at most.")
        elif last and (last - self.today).days > FARTHEST_BREAK:
            self.add_error("last_day", "That is more than ten years ahead.")
        elif last and last < self.today - dt.timedelta(days=60):
            self.add_error("last_day", "That break ended more than 60 days ago.")
        return cleaned


# With a plan -----------------------------------------------------------------------------------


class HoursChangeForm(MinutesForm, EndsForm):
    """Other minutes per weekday, and with them other dates."""

    def bend(self, sketch: Sketch) -> Bend:
        if self.minutes == sketch.hours:
            raise NothingToDo("These are your hours already.")
        return Hours(self.minutes)


class AddBreakForm(BreakForm, BendForm):
    """A break, and with it other dates."""

    def bend(self, sketch: Sketch) -> Bend:
        first, last = self.cleaned_data["first_day"], self.cleaned_data["last_day"]
        if any((each.first, each.last) == (first, last) for each in sketch.breaks):
            raise NothingToDo("There is a break on these days already.")
        return AddBreak(first, last, self.cleaned_data["label"])


class RemoveBreakForm(BendForm):
    """A break taken back, and with it other dates."""

    def __init__(self, *args: Any, break_id: uuid.UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.break_id = break_id

    def bend(self, sketch: Sketch) -> Bend:
        return RemoveBreak(self.break_id)
