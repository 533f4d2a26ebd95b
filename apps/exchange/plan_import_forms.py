"""What a learner sends to read a Markdown plan: its text or file, a title and a start."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.exchange.markdown_plan import MOST_BYTES, UnreadableFile, decode_plan, mend_pasted
from apps.exchange.plan_import import Incoming, Unreadable, take_in
from apps.exchange.plan_import_kept import (
    Carried,
    packed,
    storable,
    unpacked,
    with_unix_ends,
)
from apps.plans.forms import DATE, near_date

NO_TEXT = "Paste the plan, or choose its file."
AGAIN = "This form has lost its text on the way. Paste the plan again, or choose its file."
DIVIDE = "Divide it, or leave out what is no plan."
TOO_LONG = f"That is more than {MOST_BYTES / 1e6:.0f} MB of text. {DIVIDE}"
TOO_LARGE = f"This file has {{:.1f}} MB; a plan can have {MOST_BYTES / 1e6:.0f} MB. {DIVIDE}"


class TextField(forms.CharField):
    """A text as it was typed, without what databases refuse."""

    def to_python(self, value: Any) -> Any:
        return storable(super().to_python(value) or "")


class FileTextForm(forms.Form):
    """The text or file of a plan. `incoming` is what it says; a file comes before a pasted text.

    `kept` carries a text from step to step with its own line ends; it is taken where the pasted
    text says nothing else.
    """

    text = TextField(required=False, strip=False)
    file = forms.FileField(required=False, allow_empty_file=True)
    kept = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: dt.date, is_first: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.is_first = is_first  # of the steps, where the text can still be changed
        self.carried: Carried | None = None
        self.incoming: Incoming | None = None

    def clean_file(self) -> Carried | None:
        file: Any = self.cleaned_data["file"]
        if file is None:
            return None
        if (file.size or 0) > MOST_BYTES:
            raise ValidationError(TOO_LARGE.format(file.size / 1e6))
        try:
            text, mended = decode_plan(file.read())
        except UnreadableFile as why:
            raise ValidationError(str(why)) from None
        return Carried(storable(text), storable(str(file.name or ""))[:200], mended)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "file" not in cleaned or "text" not in cleaned:
            return cleaned
        where = "file" if cleaned["file"] else "text"
        self.carried = cleaned["file"] or self._typed(cleaned["text"], cleaned.get("kept", ""))
        if self.carried is None:
            return cleaned
        if not self.carried.text.strip():
            self.add_error(where, NO_TEXT)
        elif len(self.carried.text.encode()) > MOST_BYTES * 2:
            self.add_error(where, TOO_LONG)
        else:
            self._read(where)
        return cleaned

    def _typed(self, text: str, kept: str) -> Carried | None:
        held = unpacked(kept) if kept else None
        typed = with_unix_ends(text)
        if held is not None and (not self.is_first or typed == with_unix_ends(held.text)):
            return held
        if not typed.strip():
            self.add_error("text", NO_TEXT if self.is_first else AGAIN)
            return None
        if len(typed.encode()) > MOST_BYTES:
            self.add_error("text", TOO_LONG)
            return None
        mended, said = mend_pasted(typed)
        return Carried(mended, "", said)

    def _read(self, where: str) -> None:
        assert self.carried is not None
        text, name, mended = self.carried
        try:
            self.incoming = take_in(text, self.today, name=name, mended=mended)
        except Unreadable as why:
            self.add_error(where, str(why))

    @property
    def shown_text(self) -> str:
        """What stands in the field of the text: a file's text too, so that it is not lost."""
        if self.carried is not None:
            return self.carried.text
        return str(self["text"].value() or "")

    @property
    def packed(self) -> str:
        """The text for the next step."""
        return packed(self.carried) if self.carried else ""


class PlanForm(FileTextForm):
    """A new plan: its text, title and start."""

    title = TextField(
        required=False, max_length=200, error_messages={"max_length": "At most 200 characters."}
    )
    start = forms.DateField(
        widget=DATE,
        error_messages={
            "required": "When do you start?",
            "invalid": "That is not a date of the calendar.",
        },
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.initial.setdefault("start", today)

    def clean_start(self) -> dt.date:
        return near_date(self.cleaned_data["start"], self.today, days_back=60)

    @property
    def plan_title(self) -> str:
        """What the plan will be called."""
        assert self.incoming is not None
        said = " ".join(str(self.cleaned_data.get("title", "")).split())
        return (said or self.incoming.title)[:200]
