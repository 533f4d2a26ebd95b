"""What a learner sends to bring an export in: the file, then the same file once more, held in the
form as it came, compressed, so that nobody has to choose it twice."""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.exchange.archive_read import MOST_BYTES, TOO_LARGE, Archive, Refused, read_archive

# As long as a form may be, with room for its other fields.
MOST_HELD = 4_500_000
NO_FILE = "Choose the file of an export: it is named like studyplan-2026-11-18.json."
NOT_HELD = "The file did not come through whole. Choose it again."


class RestoreForm(forms.Form):
    """The file of an export, or what is held of it; `archive` is what was read."""

    file = forms.FileField(
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )
    held = forms.CharField(required=False, strip=False)
    settings = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.archive: Archive | None = None
        self.data_held = ""

    def clean_file(self) -> bytes | None:
        file: Any = self.cleaned_data["file"]
        if file is None:
            return None
        if (file.size or 0) > MOST_BYTES:
            raise ValidationError(TOO_LARGE.format(most=MOST_BYTES // 1_000_000))
        data: bytes = file.read()
        return data

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "file" not in cleaned:
            return cleaned
        data = cleaned["file"]
        try:
            if data is None and cleaned.get("held"):
                data = unpacked(cleaned["held"])
            if data is None:
                raise Refused(NO_FILE)
            self.archive = read_archive(data)
        except Refused as why:
            self.add_error("file", str(why))
        else:
            self.data_held = packed(data)
        return cleaned


def packed(data: bytes) -> str:
    """Return a file as it is held in a form, "" when it is too long for one."""
    text = base64.b64encode(zlib.compress(data, 6)).decode()
    return text if len(text) <= MOST_HELD else ""


def unpacked(text: str) -> bytes:
    """Return the file that is held in a form. Raises Refused, also when it grows too large."""
    try:
        reader = zlib.decompressobj()
        data = reader.decompress(base64.b64decode(text, validate=True), MOST_BYTES + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise Refused(NOT_HELD) from None
    if len(data) <= MOST_BYTES and not reader.eof:
        raise Refused(NOT_HELD)
    return data
