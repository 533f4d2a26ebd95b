"""What a learner may send to the library, and what is said when it does not fit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.html import format_html

from apps.accounts.models import LEVEL_RANK, Level, User
from apps.checks.topics import Choice, TopicNames
from apps.library.models import Area, Question, QuestionKind, Reference, Topic
from apps.plans.forms import DATE, MOST_OWN_MINUTES, near_date, too_long, unix_lines

MOST_TEXT = 20_000
MOST_QUESTION = 2_000
MOST_TITLE = 200
MOST_TOPICS = 12
FREE_ROWS = 2
MINUTES_MESSAGES = {
    "required": "How many minutes?",
    "invalid": "Minutes are a whole number.",
    "min_value": "Between 1 and 600 minutes.",
    "max_value": "Between 1 and 600 minutes.",
}
LEVEL_NAMES = [
    (Level.MID, "Mid-level"),
    (Level.SENIOR, "Senior"),
    (Level.PRINCIPAL, "Principal"),
]
HIDDEN_ID = {"invalid": "Open this form again, please."}


NAMED = ("collection", "slug", "title", "owner")


def plain_title(title: str) -> str:
    """Return a title as it is compared: without spaces and capitals."""
    return "".join(title.split()).casefold()


class LongText(forms.CharField):
    """A text of several lines: one kind of line end, at most so many characters."""

    widget = forms.Textarea

    def __init__(self, *, most: int, rows: int = 4, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)
        self.most = most
        self.widget.attrs["rows"] = rows

    def to_python(self, value: Any) -> str:
        return too_long(unix_lines(super().to_python(value) or "").strip(), self.most)


def _minutes() -> forms.IntegerField:
    return forms.IntegerField(
        min_value=1, max_value=MOST_OWN_MINUTES, error_messages=MINUTES_MESSAGES
    )


class TopicNoteForm(forms.Form):
    text = LongText(most=MOST_TEXT, required=False, label="Your note (Markdown)", rows=8)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**9)


class LookForm(forms.Form):
    """For how long, and on which other day perhaps: what is looked at before it is planned."""

    minutes = _minutes()
    minutes.widget.attrs["autofocus"] = True
    day = forms.DateField(
        widget=DATE,
        required=False,
        label="Another day",
        error_messages={"required": "Which day?", "invalid": "That is not a date."},
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_day(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["day"]
        return near_date(day, self.today) if day else None


class PlanTopicForm(LookForm):
    """For how long, and on which day, a topic is put into the plan: the day is a button's. The
    `key` becomes the task's id, so that the form sent again adds nothing."""

    key = forms.UUIDField(required=False, error_messages=HIDDEN_ID)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].required = True


class OwnTopicForm(forms.ModelForm):  # type: ignore[type-arg] # generic only to mypy
    key = forms.UUIDField(widget=forms.HiddenInput, error_messages=HIDDEN_ID)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    level = forms.ChoiceField(label="Asked from level", choices=LEVEL_NAMES)
    minutes = _minutes()
    summary = forms.CharField(
        required=False, label="In one sentence (optional)", max_length=400, strip=True
    )
    body = LongText(most=MOST_TEXT, required=False, label="Text (Markdown, optional)", rows=12)

    class Meta:
        model = Topic
        fields = ("title", "area", "category", "minutes", "summary", "body")
        error_messages = {
            "title": {"required": "What is the topic?", "max_length": "At most 200 characters."},
            "area": {
                "required": "Which area does it belong to?",
                "invalid_choice": "That area is not in the library.",
            },
        }

    field_order = ("title", "area", "category", "level", "minutes", "summary", "body")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        area = self.fields["area"]
        assert isinstance(area, forms.ModelChoiceField)
        mine = self.instance.area_id if self.instance.area_id else None
        area.queryset = Area.objects.filter(Q(retired_at=None) | Q(pk=mine))
        area.empty_label = None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "level" in cleaned:
            self.instance.level_rank = LEVEL_RANK[Level(cleaned["level"])]
        if same := self._same_title(cleaned):
            way = '“{}” is in your library already: <a href="{}">open it</a>, or choose another title.'
            error = ValidationError(format_html(way, same.title, same.get_absolute_url()))
            self.add_error("title", error)
        return cleaned

    def _same_title(self, cleaned: dict[str, Any]) -> Topic | None:
        """Return another topic the learner sees with this title, but for case and spaces; None
        where the title is not a new one. One query at most."""
        title = plain_title(cleaned.get("title", ""))
        is_new = self.instance._state.adding or title != plain_title(self.initial["title"])
        if not title or not is_new:
            return None
        rows = Topic.objects.visible_to(self.user).live().only(*NAMED)
        others = rows.exclude(pk__in=[self.instance.pk, cleaned.get("key")])
        return next((row for row in others if plain_title(row.title) == title), None)


class OwnQuestionForm(forms.ModelForm):  # type: ignore[type-arg] # generic only to mypy
    key = forms.UUIDField(widget=forms.HiddenInput, error_messages=HIDDEN_ID)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    text = LongText(
        most=MOST_QUESTION,
        label="Question (Markdown)",
        rows=3,
        error_messages={"required": "What is the question?"},
    )
    kind = forms.ChoiceField(choices=QuestionKind.choices)
    level = forms.ChoiceField(choices=LEVEL_NAMES)
    answer = LongText(most=MOST_TEXT, required=False, label="Answer (Markdown, optional)", rows=8)

    class Meta:
        model = Question
        fields = ("text", "kind", "level", "answer")


class PageForm(forms.ModelForm):  # type: ignore[type-arg] # generic only to mypy
    """An own page. Topics are typed by name, one a row; `rows` is how many rows there are."""

    key = forms.UUIDField(widget=forms.HiddenInput, error_messages=HIDDEN_ID)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**9)
    day = forms.DateField(
        widget=DATE,
        required=False,
        label="Day (optional)",
        error_messages={"invalid": "That is not a date of the calendar."},
    )
    body = LongText(most=MOST_TEXT, required=False, label="Text (Markdown)", rows=16)

    class Meta:
        model = Reference
        fields = ("title", "day", "body")
        error_messages = {
            "title": {"required": "What is it called?", "max_length": "At most 200 characters."},
        }

    def __init__(self, *args: Any, names: TopicNames, rows: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names
        self.rows = [f"topic_{number}" for number in range(min(rows, MOST_TOPICS))]
        for number, name in enumerate(self.rows, 1):
            self.fields[name] = forms.CharField(
                required=False,
                label=f"Topic {number}",
                widget=forms.TextInput(attrs={"list": "topics", "autocomplete": "off"}),
            )

    @property
    def topic_fields(self) -> list[forms.BoundField]:
        """The rows of topics."""
        return [self[name] for name in self.rows]

    def clean_day(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["day"]
        if day is not None and not 2000 <= day.year <= 2200:
            raise ValidationError("That is not a date of the calendar.")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        found: dict[str, Choice] = {}
        for name in self.rows:
            if text := cleaned.get(name, "").strip():
                try:
                    found[name] = self.names.find(text)
                except ValidationError as error:
                    self.add_error(name, error)
        cleaned["topics"] = list(dict.fromkeys(choice.id for choice in found.values()))
        return cleaned


def rows_of(data: Mapping[str, Any]) -> int:
    """Return how many rows of topics were sent."""
    return max((n + 1 for n in range(MOST_TOPICS) if f"topic_{n}" in data), default=0)
