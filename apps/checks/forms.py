"""The form that logs the result of a check: a few rows of topic and score, or a total alone; and
the form that adds a question to one that is open."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from apps.accounts.models import User
from apps.checks.log import Answered
from apps.checks.topics import Choice, TopicNames
from apps.library.models import Question
from apps.plans.forms import DATE, MOST_NOTE, too_long, unix_lines

MOST_ROWS = 40
MOST_QUESTION = 2_000
ROWS = "answers"
SCORE_MESSAGES = {
    "invalid": "A score is a whole number from 0 to 100.",
    "min_value": "A score is at least 0.",
    "max_value": "A score is at most 100.",
}


def _total(label: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(100),
        max_digits=4,
        decimal_places=1,
        error_messages={
            "invalid": "A total is a number from 0 to 100.",
            "min_value": "A total is at least 0.",
            "max_value": "A total is at most 100.",
            "max_decimal_places": "A total has one decimal.",
        },
    )


class CheckForm(forms.Form):
    id = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"invalid": "Open this form again, please."}
    )
    day = forms.DateField(
        widget=DATE,
        label="Day",
        error_messages={
            "required": "On which day?",
            "invalid": "That is not a date of the calendar.",
        },
    )
    said_total = _total("Total")
    said_new = _total("New topics")
    said_review = _total("Review")
    note = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}), required=False, strip=False, label="Note"
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["day"]
        if day > self.today:
            raise ValidationError("That day is still to come.")
        if day < self.today - dt.timedelta(days=366):
            raise ValidationError("That is more than a year ago.")
        return day

    def clean_note(self) -> str:
        return too_long(unix_lines(self.cleaned_data["note"]).strip(), MOST_NOTE)


class AnswerForm(forms.Form):
    topic = forms.CharField(required=False, label="Topic")
    score = forms.IntegerField(
        required=False, min_value=0, max_value=100, label="Score", error_messages=SCORE_MESSAGES
    )
    review = forms.BooleanField(required=False, label="Review")

    def __init__(self, *args: Any, names: TopicNames, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names

    def clean_topic(self) -> Choice | None:
        text = self.cleaned_data["topic"]
        return self.names.find(text) if text else None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            scored = cleaned.get("score") is not None
            if scored and cleaned.get("topic") is None:
                self.add_error("topic", "Which topic is this score for?")
            elif cleaned.get("review") and not scored:
                self.add_error("score", "Give a score, or untick the review.")
        return cleaned


AnswerFormSet = forms.formset_factory(
    AnswerForm, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS + 1, validate_max=True
)


class LogForm:
    """The whole page's form: the check's own fields, and its rows."""

    def __init__(self, check: CheckForm, rows: forms.BaseFormSet[AnswerForm]) -> None:
        self.check = check
        self.rows = rows
        self.message = ""

    @classmethod
    def empty(cls, names: TopicNames, today: dt.date, topics: Iterable[Choice]) -> LogForm:
        """Return a form for today with these topics filled in, and a free row or three."""
        rows = [{"topic": topic.value} for topic in topics]
        rows += [{} for _ in range(max(1, 3 - len(rows)))]
        first = {"id": uuid.uuid4(), "day": today}
        return cls._unbound(names, today, first, rows)

    @classmethod
    def posted(cls, data: QueryDict, names: TopicNames, today: dt.date) -> LogForm:
        """Return the form as it was sent."""
        return cls(
            CheckForm(data, today=today),
            AnswerFormSet(data, prefix=ROWS, form_kwargs={"names": names}),
        )

    @classmethod
    def with_row_added(cls, data: QueryDict, names: TopicNames, today: dt.date) -> LogForm:
        """Return the form as it was typed so far, unchecked, with one more row."""
        typed = {name: data.get(name, "") for name in CheckForm.base_fields}
        sent = AnswerFormSet(data, prefix=ROWS, form_kwargs={"names": names})
        rows = [
            {
                "topic": data.get(form.add_prefix("topic"), ""),
                "score": data.get(form.add_prefix("score"), ""),
                "review": bool(data.get(form.add_prefix("review"))),
            }
            for form in sent.forms
        ]
        form = cls._unbound(names, today, typed, [*rows, {}][:MOST_ROWS])
        if len(rows) >= MOST_ROWS:
            form.message = f"A check has at most {MOST_ROWS} answers."
        else:
            form.rows.forms[-1].fields["topic"].widget.attrs["autofocus"] = True
        return form

    @classmethod
    def _unbound(
        cls, names: TopicNames, today: dt.date, first: dict[str, Any], rows: list[dict[str, Any]]
    ) -> LogForm:
        return cls(
            CheckForm(initial=first, today=today),
            AnswerFormSet(initial=rows, prefix=ROWS, form_kwargs={"names": names}),
        )

    @property
    def totals(self) -> list[forms.BoundField]:
        """The fields of the totals as they were told."""
        return [self.check[name] for name in ("said_total", "said_new", "said_review")]

    def is_valid(self) -> bool:
        """Check everything, so that all messages stand there at once."""
        valid = all([self.check.is_valid(), self._rows_valid()])
        if valid and not self.answers and self.check.cleaned_data["said_total"] is None:
            self.message = "Give at least one topic with its score, or a total."
        return valid and not self.message

    def _rows_valid(self) -> bool:
        valid = self.rows.is_valid()
        if self.rows.non_form_errors():
            self.message = f"A check has at most {MOST_ROWS} answers."
        return valid

    @property
    def answers(self) -> list[Answered]:
        """The rows with a score; a topic without one was not asked. Call after `is_valid`."""
        cleaned = [form.cleaned_data for form in self.rows.forms if form.is_valid()]
        return [
            Answered(row["topic"].id, row["score"], row["review"])
            for row in cleaned
            if row.get("score") is not None
        ]


class AskForm(forms.Form):
    """A question of the learner's own, added to a check that is open."""

    id = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"invalid": "Open this form again, please."}
    )
    topic = forms.CharField(
        label="Topic",
        error_messages={"required": "Which topic does it belong to?"},
        widget=forms.TextInput(attrs={"list": "topics", "autocomplete": "off", "autofocus": True}),
    )
    text = forms.CharField(
        label="Question (Markdown)",
        strip=False,
        error_messages={"required": "What do you want to be asked?"},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    answer = forms.CharField(
        label="Model answer (Markdown, optional)",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, names: TopicNames, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "ask-%s"} | kwargs)
        self.names = names

    def clean_topic(self) -> Choice:
        return self.names.find(self.cleaned_data["topic"])

    def clean_text(self) -> str:
        text = too_long(unix_lines(self.cleaned_data["text"]).strip(), MOST_QUESTION)
        if not text:
            raise ValidationError("What do you want to be asked?")
        return text

    def clean_answer(self) -> str:
        return too_long(unix_lines(self.cleaned_data["answer"]).strip(), MOST_NOTE)

    def question(self, user: User) -> Question:
        """Return the question that was written, not stored yet. Call after `is_valid`."""
        said = self.cleaned_data
        return Question(
            pk=said["id"],
            topic_id=said["topic"].id,
            level=user.level,
            text=said["text"],
            answer=said["answer"],
        )
