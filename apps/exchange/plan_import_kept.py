"""A file's text as a form carries it from one step to the next: browsers change line ends. Pure."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from typing import NamedTuple

# Room for the text, its name and what JSON adds.
MOST_SIGNS = 16_000_000


class Carried(NamedTuple):
    """A text with its file's name and what was mended in it."""

    text: str
    name: str = ""
    mended: str = ""


def packed(carried: Carried) -> str:
    """Return the text as letters and figures that no browser changes."""
    return base64.b64encode(zlib.compress(json.dumps(carried).encode("ascii"), 6)).decode("ascii")


def unpacked(said: str) -> Carried | None:
    """Return what was packed; None for anything else, however large it would become."""
    try:
        stream = zlib.decompressobj()
        data = stream.decompress(base64.b64decode(said, validate=True), MOST_SIGNS)
        if not stream.eof:
            return None
        values = json.loads(data)
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        return None
    if not isinstance(values, list) or len(values) != len(Carried._fields):
        return None
    if not all(isinstance(value, str) and is_storable(value) for value in values):
        return None
    return Carried(*values)


def is_storable(text: str) -> bool:
    """Whether databases take the text: no NUL, no half of a pair."""
    return "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def storable(text: str) -> str:
    """Return the text without what databases refuse."""
    if is_storable(text):
        return text
    return "".join(sign for sign in text if sign != "\x00" and not "\ud800" <= sign <= "\udfff")


def with_unix_ends(text: str) -> str:
    """Return the text with one kind of line end."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
