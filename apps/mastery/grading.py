"""How a learner grades an answer: five steps with a key each, or any whole number."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError

from apps.mastery.models import MOST_SECONDS
from apps.mastery.record import WHOLE


class Grade(NamedTuple):
    """One step of the scale: the key that gives it, its score, and what it means."""

    key: str
    score: int
    words: str


GRADES = (
    Grade("1", 100, "Correct and clear"),
    Grade("2", 75, "Minor gaps"),
    Grade("3", 50, "Partial"),
    Grade("4", 25, "Wrong"),
    Grade("5", 0, "Nothing at all"),
)
UNKNOWN = 25  # the protocol's score of “I don't know”
MOST_TEXT = 10_000
MOST_NOTE = 2_000


class Last(NamedTuple):
    """The answer graded last, for the quiet line above the next question.

    `answer_html` is the model answer to read after “I don't know”, else empty. `undo` is the
    address that takes the grade back; `undo_name` and `undo_value` go along, if it needs to be told.
    """

    title: str
    score: int
    is_unknown: bool
    answer_html: str
    undo: str
    undo_name: str = ""
    undo_value: str = ""


class GradeForm(forms.Form):
    """A score, or “I don't know”; what was written, a note, the seconds it took.

    `score` is posted by one of five buttons, `typed` by the field beside them.
    """

    score = forms.CharField(required=False)
    typed = forms.CharField(required=False)
    unknown = forms.BooleanField(required=False)
    text = forms.CharField(required=False, max_length=MOST_TEXT, strip=True)
    note = forms.CharField(required=False, max_length=MOST_NOTE, strip=True)
    seconds = forms.CharField(required=False)

    def clean_seconds(self) -> int:
        """Return the seconds the page counted, within bounds; 0 for what makes no sense."""
        try:
            return min(max(int(self.cleaned_data["seconds"]), 0), MOST_SECONDS)
        except ValueError:
            return 0

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("unknown"):
            cleaned["score"] = UNKNOWN
            return cleaned
        said = (cleaned.get("score") or cleaned.get("typed") or "").strip()
        try:
            cleaned["score"] = score_of(said)
        except ValidationError as error:
            self.add_error("typed", error)
        return cleaned


def score_of(text: str) -> int:
    """Return the score that was typed; ValidationError unless it is a whole number, 0 to 100."""
    if not text:
        raise ValidationError("Give a score, or say that you don’t know.")
    if not (text.isascii() and text.isdigit() and len(text) <= 3) or int(text) > 100:
        raise ValidationError(WHOLE)
    return int(text)
