"""What a learner may send, and what is said when it does not fit."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from apps.accounts.models import User
from apps.library.models import Topic
from apps.plans.models import Task

MOST_NOTE = 20_000
MOST_OWN_MINUTES = 600
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def too_long(text: str, most: int) -> str:
    """Return the text, or raise a message that says how long it is and may be."""
    if len(text) > most:
        raise ValidationError(f"That is {len(text):,} characters; at most {most:,} fit here.")
    if "\x00" in text:
        raise ValidationError("There is a character in it that cannot be stored.")
    return text


class MinutesForm(forms.Form):
    minutes = forms.IntegerField(
        min_value=1,
        max_value=1440,
        error_messages={
            "required": "How many minutes?",
            "invalid": "Minutes are a whole number.",
            "min_value": "At least 1 minute.",
            "max_value": "A day has 1,440 minutes.",
        },
    )
    day = forms.DateField(widget=DATE, required=False, label="On")
    entry = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["day"] or self.today
        if day > self.today:
            raise ValidationError("That day is still to come.")
        if day < self.today - dt.timedelta(days=366):
            raise ValidationError("That is more than a year ago.")
        return day


class NoteForm(forms.Form):
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), required=False, strip=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)

    def clean_note(self) -> str:
        return too_long(unix_lines(self.cleaned_data["note"]).strip(), MOST_NOTE)

    def clean_seen(self) -> str:
        return unix_lines(self.cleaned_data["seen"])


class DayLogForm(forms.Form):
    learned = forms.CharField(
        label="What did you learn today?",
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        strip=False,
    )
    result = forms.CharField(label="The day in one line", required=False)
    seen_learned = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)
    seen_result = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)

    def clean_learned(self) -> str:
        return too_long(unix_lines(self.cleaned_data["learned"]).strip(), MOST_NOTE)

    def clean_result(self) -> str:
        return too_long(self.cleaned_data["result"], 300)

    def clean_seen_learned(self) -> str:
        return unix_lines(self.cleaned_data["seen_learned"])


def unix_lines(text: str) -> str:
    """Return the text with one kind of line end: browsers post CR LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class SkipForm(forms.Form):
    reason = forms.CharField(required=False, label="Why? (optional)")

    def clean_reason(self) -> str:
        return too_long(self.cleaned_data["reason"], 300)


class MoveForm(forms.Form):
    day = forms.DateField(
        widget=DATE,
        label="Move to",
        error_messages={"required": "Which day?", "invalid": "That is not a date."},
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_day(self) -> dt.date:
        return near_date(self.cleaned_data["day"], self.today)


def near_date(day: dt.date, today: dt.date, *, days_back: int = 0) -> dt.date:
    """Return the date, or raise a message: between `days_back` ago and two years ahead."""
    if day < today - dt.timedelta(days=days_back):
        back = f"more than {days_back} days ago" if days_back else "in the past"
        raise ValidationError(f"That day is {back}.")
    if day > today + dt.timedelta(days=731):
        raise ValidationError("That is more than two years ahead.")
    return day


class TopicField(forms.ModelChoiceField):  # type: ignore[type-arg] # generic only to mypy
    """A topic by its id; what is no id at all is told in the same words."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except ValidationError:
            raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice") from None


class TaskForm(forms.ModelForm):  # type: ignore[type-arg] # generic only to mypy
    """A learner's task: added or edited."""

    minutes = forms.IntegerField(
        min_value=1,
        max_value=MOST_OWN_MINUTES,
        error_messages={
            "required": "How many minutes?",
            "invalid": "Minutes are a whole number.",
            "min_value": "Between 1 and 600 minutes.",
            "max_value": "Between 1 and 600 minutes; divide what is longer.",
        },
    )
    on = forms.DateField(widget=DATE, label="Day", required=False)
    topic = TopicField(
        queryset=Topic.objects.none(),
        required=False,
        empty_label="No topic",
        error_messages={"invalid_choice": "That topic is not in the library."},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, max_value=10**9)

    class Meta:
        model = Task
        fields = ("title", "minutes", "session", "kind", "priority", "detail")
        widgets = {"detail": forms.Textarea(attrs={"rows": 3})}
        labels = {"detail": "Details (Markdown)"}
        error_messages = {
            "title": {"required": "What is the task?", "max_length": "At most 200 characters."},
        }

    def __init__(self, *args: Any, user: User, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        field = self.fields["topic"]
        assert isinstance(field, forms.ModelChoiceField)
        usable = Q(retired_at=None) | Q(pk=self.initial.get("topic"))
        topics = Topic.objects.visible_to(user).filter(usable).select_related("area")
        field.queryset = topics
        groups: dict[str, list[tuple[uuid.UUID, str]]] = {}
        for topic in topics.order_by("area__position", "title"):
            groups.setdefault(topic.area.title, []).append((topic.pk, topic.title))
        field.widget.choices = [("", "No topic"), *groups.items()]
        if self.instance.status == Task.Status.DONE:
            for name in ("minutes", "on"):
                self.fields[name].disabled = True
                self.fields[name].help_text = "Finished work keeps its day and its minutes."

    @property
    def stored_fields(self) -> tuple[str, ...]:
        """The columns of a task that this form writes."""
        return tuple(self.Meta.fields)

    def clean_title(self) -> str:
        return too_long(self.cleaned_data["title"].strip(), 200)

    def clean_detail(self) -> str:
        return too_long(unix_lines(self.cleaned_data["detail"]), MOST_NOTE)

    def clean_on(self) -> dt.date | None:
        day = self.cleaned_data["on"]
        return near_date(day, self.today) if day else None


class StartForm(forms.Form):
    start = forms.DateField(
        widget=DATE,
        label="Start on",
        error_messages={
            "required": "When do you start?",
            "invalid": "That is not a date of the calendar.",
        },
    )
    key = forms.UUIDField(
        required=False, error_messages={"invalid": "Open this form again, please."}
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_start(self) -> dt.date:
        return near_date(self.cleaned_data["start"], self.today, days_back=60)
