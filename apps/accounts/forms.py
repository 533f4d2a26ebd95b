"""What a learner says about themselves, and what is answered when it does not fit."""

from __future__ import annotations

import datetime as dt
import functools
import zoneinfo
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from apps.accounts.clock import local_day
from apps.accounts.models import (
    LEAST_CHECK,
    MOST_CHECK,
    MOST_MINUTES_A_DAY,
    MOST_REVIEWS_A_DAY,
    WEEKDAYS,
    Scheduler,
    User,
)

NOT_ZONES = {"Factory", "localtime"}
YEARS_AHEAD = 3


@dataclass(frozen=True)
class Preset:
    """A week to start from, after the curriculum's "Weekly Schedule Template"."""

    key: str
    what: str
    minutes: tuple[int, ...]

    @property
    def hours(self) -> str:
        """The sum of the week as a person says it, such as "8 h"."""
        return f"{sum(self.minutes) / 60:g} h"

    @property
    def joined(self) -> str:
        """The seven numbers with commas, Monday first."""
        return ",".join(map(str, self.minutes))


PRESETS = (
    Preset("calm", "Friday free", (60, 60, 60, 60, 0, 120, 120)),
    Preset("full", "every day", (60, 60, 60, 60, 60, 150, 150)),
)


@functools.cache
def zone_names() -> tuple[str, ...]:
    """Return the names of all time zones this machine knows, sorted. Reads files once."""
    return tuple(sorted(zoneinfo.available_timezones() - NOT_ZONES))


def latest_interview(today: dt.date) -> dt.date:
    """Return the last day an interview may be planned for: three years from today."""
    try:
        return today.replace(year=today.year + YEARS_AHEAD)
    except ValueError:  # 29 February
        return today.replace(year=today.year + YEARS_AHEAD, day=28)


class WeekdayMinutesFormMixin(forms.BaseForm):
    """For a ModelForm of User whose fields include WEEKDAYS: minutes of study per weekday.

    A field is a plain text input, since browsers throw away what is no number in the other kind.
    """

    weekdays = WEEKDAYS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in WEEKDAYS:
            field = self.fields[name]
            field.widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
            field.error_messages.update(
                required="How many minutes? 0 for a day without study.",
                invalid="Minutes are a whole number.",
                min_value="Minutes cannot be negative.",
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in WEEKDAYS:
            if cleaned.get(name, 0) > MOST_MINUTES_A_DAY:
                self.add_error(name, f"At most {MOST_MINUTES_A_DAY} minutes a day.")
        if all(cleaned.get(name) == 0 for name in WEEKDAYS):
            raise ValidationError("At least one weekday needs some minutes.", code="no_time")
        return cleaned


class LearnerForm(forms.ModelForm):  # type: ignore[type-arg] # generic only to mypy
    """Name, time zone, level and interview date; `now` decides which dates are past."""

    time_zone = forms.ChoiceField(
        label="Time zone",
        help_text="Decides when your day begins and ends. What is recorded keeps its day.",
        error_messages={
            "required": "Which time zone are you in?",
            "invalid_choice": "“%(value)s” is not a time zone we know.",
        },
    )

    class Meta:
        model = User
        fields: tuple[str, ...] = ("name", "time_zone", "level", "interview_on")
        labels = {"name": "Name", "interview_on": "Interview date", "level": "Level"}
        help_texts = {
            "name": "Optional.",
            "level": "Which questions and topics count for you: this level and those below.",
            "interview_on": (
                "Optional; move it at any time. In the last ten days before it, the topics you "
                "review come back once, as far as your reviews a day allow."
            ),
        }
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "level": forms.RadioSelect,
            "interview_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        error_messages = {
            "name": {"max_length": "At most %(limit_value)d characters."},
            "level": {"required": "Choose a level.", "invalid_choice": "Choose one of these."},
            "interview_on": {"invalid": "That is not a date of the calendar."},
        }

    def __init__(self, *args: Any, now: dt.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.interview_was = self.instance.interview_on
        names = {*zone_names(), self.instance.time_zone}
        zones = self.fields["time_zone"]
        assert isinstance(zones, forms.ChoiceField)
        zones.choices = [(name, name.replace("_", " ")) for name in sorted(names)]
        date = self.fields["interview_on"]
        assert isinstance(date, forms.DateField)
        date.input_formats = ["%Y-%m-%d"]

    def clean_interview_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["interview_on"]
        if day is None or day == self.interview_was:  # one that has passed may stay
            return day
        learner = User(time_zone=self.cleaned_data.get("time_zone", self.instance.time_zone))
        today = local_day(learner, self.now)
        if day < today:
            raise ValidationError("That day is in the past.")
        if day > latest_interview(today):
            raise ValidationError(f"That is more than {YEARS_AHEAD} years ahead.")
        return day


class WelcomeForm(WeekdayMinutesFormMixin, LearnerForm):
    """The first sign-in."""

    class Meta(LearnerForm.Meta):
        fields = ("name", "time_zone", *WEEKDAYS, "level", "interview_on")

    @classmethod
    def for_the_first_time(cls, user: User, now: dt.datetime) -> WelcomeForm:
        """Return the form with the first preset's hours; the browser may propose its zone."""
        hours = dict(zip(WEEKDAYS, PRESETS[0].minutes, strict=True))
        form = cls(instance=user, now=now, initial=hours)
        form.fields["time_zone"].widget.attrs["data-propose-zone"] = True
        return form

    @classmethod
    def with_preset(cls, posted: QueryDict, user: User, now: dt.datetime) -> WelcomeForm:
        """Return the form as it was typed, with the hours of the posted preset. Judges nothing."""
        typed: dict[str, Any] = {name: posted[name] for name in cls.Meta.fields if name in posted}
        for preset in PRESETS:
            if preset.key == posted.get("preset"):
                typed |= zip(WEEKDAYS, preset.minutes, strict=True)
        return cls(instance=user, now=now, initial=typed)


SCHEDULERS = (
    (
        Scheduler.SM2,
        "SM-2: after 1 day, after 6 days, then each time about 2½ times as long; a topic you score "
        "low on comes sooner.",
    ),
    (
        Scheduler.FSRS,
        "FSRS-6: on the day when your chance of recalling a topic is estimated to have fallen to "
        "90 %.",
    ),
)


OF_CHECKS = ("check_size", "review_limit", "scheduler")


def _whole_number(label: str, least: int, most: int, what: str) -> forms.IntegerField:
    """A plain text input, since browsers throw away what is no number in the other kind."""
    within = f"From {least} to {most} {what}."
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"}
        ),
        error_messages={
            "required": within,
            "invalid": f"A whole number. {within}",
            "min_value": within,
            "max_value": within,
        },
    )


class SettingsForm(LearnerForm):
    """What the learner changes later. A view that saves `scheduler` has the cards replayed."""

    check_size = _whole_number(
        "Questions in a knowledge check", LEAST_CHECK, MOST_CHECK, "questions"
    )
    review_limit = _whole_number("Reviews a day, at most", 1, MOST_REVIEWS_A_DAY, "reviews a day")
    scheduler = forms.ChoiceField(
        label="When a topic comes back",
        choices=SCHEDULERS,
        widget=forms.RadioSelect,
        help_text="A change replays your history: due dates move, what you scored stays.",
        error_messages={"required": "Choose one.", "invalid_choice": "Choose one of these."},
    )

    class Meta(LearnerForm.Meta):
        fields = ("name", "time_zone", "level", "interview_on", "theme", "keys_on", *OF_CHECKS)
        labels = {**LearnerForm.Meta.labels, "theme": "Colours", "keys_on": "Keyboard shortcuts"}
        help_texts = {
            **LearnerForm.Meta.help_texts,
            "keys_on": "Such as j, k and x on Today; ? on any page shows them all.",
        }
        widgets = {**LearnerForm.Meta.widgets, "theme": forms.RadioSelect}
        error_messages = {
            **LearnerForm.Meta.error_messages,
            "theme": {"required": "Choose one.", "invalid_choice": "Choose one of these."},
        }

    @property
    def about_you(self) -> list[forms.BoundField]:
        """The fields of the learner and the look of the pages."""
        return [field for field in self if field.name not in OF_CHECKS]

    @property
    def about_checks(self) -> list[forms.BoundField]:
        """The fields of checks and reviews."""
        return [self[name] for name in OF_CHECKS]


class DeleteForm(forms.Form):
    """The address, typed to confirm."""

    email = forms.CharField(
        label="Your e-mail address, to confirm",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
        error_messages={"required": "Type your e-mail address to confirm."},
    )

    def __init__(self, *args: Any, address: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = address

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email.casefold() != self.address.casefold():
            raise ValidationError("That is not the address of this account.")
        return email
