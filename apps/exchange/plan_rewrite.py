"""The words of a box written anew, so that reading them gives what was wanted. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

from apps.exchange.plan_scan import columns, lead_of, scan
from apps.exchange.plan_words import (
    UNTITLED,
    clean,
    hint_at_end,
    minutes_in,
    shorten,
    title_of,
    without_stamp,
)

SIGNS = re.compile(r"([\\`*_\[\]<>~&()#|!=%-])")
FEW_SIGNS = re.compile(r"([\\`*_\[\]<>~&])")


def marked(mark: str, *, done: bool) -> str:
    """Return the sign that stands in a box: the file's own where that says the same."""
    if done == (mark in "xX"):
        return mark
    return "x" if done else " "


def reworded(said: str, title: str | None, minutes: int | None) -> str:
    """Return the words of a box with another title or other minutes. What they say already stays
    as it is written, markup and all."""
    words = title_of(said)
    if title is not None and clean(title) not in ("", words.title, words.whole):
        said = _retitled(said, words.title, clean(title))
    if minutes is not None and minutes != minutes_in(said):
        said = _retimed(said, minutes)
    return said


def written(title: str, minutes: int | None) -> str:
    """Return the words of a new box, so that reading them gives this title and these minutes."""
    said = escaped(clean(title) or UNTITLED)
    return said if minutes is None or minutes == minutes_in(said) else _retimed(said, minutes)


def escaped(title: str) -> str:
    """Return a title as Markdown that is read as just this title."""
    by_number = SIGNS.sub(lambda found: f"&#{ord(found[0])};", title)  # also in front of backticks
    for said in (title, FEW_SIGNS.sub(r"\\\1", title), SIGNS.sub(r"\\\1", title), by_number):
        if title_of(said).title == shorten(title):
            return said
    return SIGNS.sub(r"\\\1", title[:-1]) + f"&#{ord(title[-1])};"


def _retitled(said: str, before: str, title: str) -> str:
    if said.count(before) == 1:
        changed = said.replace(before, escaped(title))
        if title_of(changed).title == shorten(title):
            return changed
    hint = hint_at_end(said)
    behind = said[hint[0] :] if hint else ""
    return f"{escaped(title)}{behind}"


def _retimed(said: str, minutes: int) -> str:
    said = said if said.strip() else UNTITLED
    hint = hint_at_end(said)
    if hint is None:
        bare = without_stamp(said)
        return f"{bare} ({minutes} min){said[len(bare) :]}"
    return f"{said[: hint[0]]} ({minutes} min){said[hint[1] :]}"


def trimmed(detail: str) -> str:
    """Return notes without blanks at the ends of lines, and blank lines at their ends."""
    return "\n".join(line.rstrip() for line in detail.splitlines()).strip("\n")


def note_lines(detail: str, lead: str) -> list[str]:
    """Return notes as lines beneath a box: none of them a box, none that hides what follows."""
    if not detail.strip():
        return []
    lines = [f"  {line}" if line else "" for line in trimmed(detail).split("\n")]
    for _ in range(2):
        found = scan("\n".join(["- [ ] task", *lines]))
        for box in found.boxes[1:]:
            line = lines[box.line - 1]
            lines[box.line - 1] = f"{line[: box.mark_at - 1]}\\{line[box.mark_at - 1 :]}"
    if found.unclosed >= 0:
        lines.append(f"  {found.closer}")
    return [f"{lead}{line[2:]}" if line else "" for line in lines]


class Shift(NamedTuple):
    """Lines that began with `old` shall begin with `new`."""

    old: str
    new: str


def shifted(body: str, shift: Shift | None) -> str:
    """Return a line with another beginning, as wide as it was beyond the old one."""
    if shift is None or shift.old == shift.new or not body.strip():
        return body
    if body.startswith(shift.old):
        return shift.new + body[len(shift.old) :]
    lead = lead_of(body)
    return f"{shift.new}{' ' * max(0, columns(lead) - columns(shift.old))}{body[len(lead) :]}"
