"""Where code and formulas are in a Markdown text: one reading for checking and for showing.

Pure and linear in the length of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

OPENING = re.compile(r"^(?P<indent> *)(?P<fence>`{3,}|~{3,}) *(?P<info>[^`]*)$")
RUN = re.compile(r"`+|\$+")
KINDS: dict[str, Literal["math", "display"]] = {"$": "math", "$$": "display"}
BLANK = re.compile(r"\n[ \t]*\n")


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block of code. `line` counts from 0 and is that of the opening fence."""

    line: int
    indent: int
    language: str
    code: str
    closed: bool


@dataclass(frozen=True, slots=True)
class Prose:
    """Everything between two fenced blocks. `line` counts from 0."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a prose: `text` is what is inside, `start` and `end` include the delimiters."""

    kind: Literal["code", "math", "display"]
    start: int
    end: int
    text: str


def split(text: str) -> list[Prose | Fence]:
    """Return the text as prose and fenced blocks in order."""
    pieces: list[Prose | Fence] = []
    lines = text.split("\n")
    start = number = 0
    while number < len(lines):
        opening = OPENING.match(lines[number])
        if not opening:
            number += 1
            continue
        if number > start:
            pieces.append(Prose(start, "\n".join(lines[start:number])))
        last = _closing(lines, number, opening["fence"])
        code = "\n".join(_dedented(lines[number + 1 : last], len(opening["indent"])))
        info = opening["info"].split()
        pieces.append(
            Fence(
                number,
                len(opening["indent"]),
                info[0].lower() if info else "",
                code,
                closed=last < len(lines),
            )
        )
        start = number = last + 1
    if start < len(lines):
        pieces.append(Prose(start, "\n".join(lines[start:])))
    return pieces


def spans(prose: str) -> Iterator[Span]:
    """Yield inline code, `$formulas$` and `$$displayed formulas$$` in order.

    A `$` opens a formula only before a character that is no space, and closes one only after such
    a character and not before a digit, so that "$5 and $10" stays money. The next `$` must close.
    """
    start = 0
    for blank in [*(found.start() for found in BLANK.finditer(prose)), len(prose)]:
        yield from _spans_of_paragraph(prose, start, blank)
        start = blank


def _closing(lines: list[str], opening: int, fence: str) -> int:
    for number in range(opening + 1, len(lines)):
        line = lines[number].strip()
        if len(line) >= len(fence) and not line.strip(fence[0]):
            return number
    return len(lines)


def _dedented(lines: list[str], indent: int) -> Iterator[str]:
    for line in lines:
        yield line[min(indent, len(line) - len(line.lstrip(" "))) :]


def _spans_of_paragraph(prose: str, start: int, end: int) -> Iterator[Span]:
    runs = list(RUN.finditer(prose, start, end))
    same: dict[str, list[int]] = {}
    for index, run in enumerate(runs):
        if run.group()[0] == "`" or not _is_escaped(prose, run.start()):
            same.setdefault(run.group() if run.group()[0] == "`" else "$", []).append(index)
    after = 0
    for index, run in enumerate(runs):
        mark = run.group()
        kind: Literal["code", "math", "display"] = KINDS.get(mark, "code")
        if index < after or (mark[0] == "$" and mark not in KINDS):
            continue
        others = same.get(mark if kind == "code" else "$", [])
        at = bisect_right(others, index)
        if at == len(others) or _is_escaped(prose, run.start()):
            continue
        closer = runs[others[at]]
        if kind != "code" and closer.group() != mark:
            continue
        if kind == "math" and not _is_formula(prose, run.end(), closer.start()):
            continue
        after = others[at] + 1
        yield Span(kind, run.start(), closer.end(), prose[run.end() : closer.start()])


def _is_escaped(prose: str, at: int) -> bool:
    before = at
    while before and prose[before - 1] == "\\":
        before -= 1
    return (at - before) % 2 == 1


def _is_formula(prose: str, start: int, end: int) -> bool:
    return not (
        prose[start].isspace() or prose[end - 1].isspace() or prose[end + 1 : end + 2].isdigit()
    )
