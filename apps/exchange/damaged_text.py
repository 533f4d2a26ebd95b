"""Texts that were saved in one encoding and read in another. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from ftfy import fix_encoding

NOT_UTF_8 = (
    "This file is not written in UTF-8. Open it in your editor and save it with the encoding "
    "UTF-8, or paste its text into the field."
)
NO_TEXT = "This is no text file. Choose the Markdown file itself, or paste its text."

# Signs that no text needs, and some of which a database refuses; tab and line ends stay.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def _macs(codes: Iterable[int]) -> str:
    """The signs the Mac's encoding has for these bytes, for a class of a pattern."""
    return re.escape(bytes(codes).decode("mac_roman"))


MATHS = "¬√ƒ≈∆≠∞±≤≥µ∂∑∏π∫Ω°÷"
QUIET = "\xa0…«»–—“”‘’÷‹›"  # stand before a letter in right texts too
TWO, THREE, FOUR = _macs(range(0xC2, 0xE0)), _macs(range(0xE0, 0xF0)), _macs(range(0xF0, 0xF5))
NEXT = _macs(range(0x80, 0xC0))
LETTER = f"(?![{MATHS}])[{NEXT}]"
# What UTF-8 becomes when it is read as the Mac's encoding, and what nobody writes else.
TELLING = re.compile(
    f"[{THREE}][{NEXT}]{{2}}|[{FOUR}][{NEXT}]{{3}}"
    f"|(?![{MATHS}{QUIET}])[{TWO}][{NEXT}]"
    f"|[¬√ƒ≈∆]{LETTER}"
    f"|[{QUIET}][{NEXT}][{TWO}]{LETTER}|[{QUIET}]{LETTER}[{TWO}][{NEXT}]"
)
ONLY_MATHS = re.compile(rf"[\x00-\x7f{MATHS}]*")
# But R², 90°, mañana: these stand where mathematics does not.
IN_WORDS = re.compile(
    rf"(?:[\x00-\x7f]|(?<=[A-Za-z0-9])¬[{NEXT}]|(?<=[A-Za-z])√[{NEXT}](?=[a-z]{{2}}))*", re.ASCII
)


class Mended(NamedTuple):
    """A text, and how many of its lines had been read in a wrong encoding."""

    text: str
    lines: int


def text_of(data: bytes) -> str:
    """Return a file's text. Raises ValueError, in words for the learner, when it is none."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise ValueError(NO_TEXT if b"\x00" in data else NOT_UTF_8) from None
    if "\x00" in text:
        raise ValueError(NO_TEXT)
    return text


def without_control(text: str) -> str:
    """Return the text with a space for each control sign but tabs and line ends."""
    return CONTROL.sub(" ", text)


def mend(text: str) -> Mended:
    """Return the text with those lines put right that are UTF-8 read as another encoding, such as
    Windows' or the Mac's. A line that is right as it is does not change, least of all mathematics:
    “√π” could be a damaged “ù”, so the rest of the text must say so."""
    lines = text.split("\n")
    read = {line: _from_mac(line) for line in lines if not line.isascii()}
    tells = any(after is not None and TELLING.search(line) for line, after in read.items())
    whole = tells and all(
        after is not None or ONLY_MATHS.fullmatch(line) for line, after in read.items()
    )
    better = {line: _mended(line, after, whole=whole) for line, after in read.items()}
    mended = [better.get(line, line) for line in lines]
    changed = sum(before != after for before, after in zip(lines, mended, strict=True))
    return Mended("\n".join(mended), changed)


def _from_mac(line: str) -> str | None:
    """What the line was, if it was read as the Mac's encoding; None when it cannot have been."""
    try:
        return line.encode("mac_roman").decode("utf-8")
    except UnicodeError:
        return None


def _mended(line: str, after: str | None, *, whole: bool) -> str:
    """The line as it was meant; `whole` says that all of the text was read as the Mac's."""
    if ONLY_MATHS.fullmatch(line):
        is_macs = whole and IN_WORDS.fullmatch(line) is not None
        better = after if after is not None and is_macs else line
    elif after is not None and TELLING.search(line):
        better = after
    else:
        better = fix_encoding(line)  # which leaves most of the Mac's damage as it is
    added = set(CONTROL.findall(better)) - set(CONTROL.findall(line))
    return line if added else better
