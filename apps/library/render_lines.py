"""What is done to the lines of a Markdown text before python-markdown reads them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apps.library import markup
from apps.library.render_held import Held

LIST_ITEM = re.compile(r"(?:[-*+]|[0-9]{1,9}\.) +\S")
LIST_START = re.compile(r"(?:[-*+]|1\.) +\S")
RULE = re.compile(r"([-*_])(?: *\1){2,} *$")
HEADING_LINE = re.compile(r"#{1,6}[ \t]")
UNDERLINE = re.compile(r"(?:=+|-+) *$")
ESCAPE = re.compile(r"\\([\\`*_{}\[\]()>#+\-.!$|~<])")
PARAGRAPHS = re.compile(r"(\n[ \t]*\n)")
QUOTES = re.compile(r"^((?:> ?){10})[> ]*", re.MULTILINE)
EMPHASIS = re.compile(r"[*_](?!\s)")
# Bounds on what python-markdown takes quadratic time for, or nests without end.
MOST_EMPHASIS = 500_000_000  # signs * and _ in a paragraph, times its length
MOST_DEPTH = 20


def prepare(lines: list[str], held: Held) -> list[str]:
    """Return the lines as python-markdown shall read them, with marks for what is held."""
    made: list[str] = []
    for piece in markup.split("\n".join(lines)):
        if isinstance(piece, markup.Fence):
            made += ["", " " * piece.indent + held.fence(piece), ""]
        else:
            made += _prose(piece.text, held).split("\n")
    return list(_lists_by_two(made))


def _prose(prose: str, held: Held) -> str:
    """The prose without code and formulas, which never go on after a blank line."""
    text = "".join([_paragraph(part, held) for part in PARAGRAPHS.split(prose)])
    return QUOTES.sub(r"\1", text) if ">" in text else text


def _paragraph(text: str, held: Held) -> str:
    if "`" not in text and "$" not in text:
        return _bounded(ESCAPE.sub(_escaped, text))
    parts: list[str] = []
    last = 0
    for span in markup.spans(text):
        parts.append(ESCAPE.sub(_escaped, text[last : span.start]))
        parts.append(held.span(text[span.start : span.end], span))
        last = span.end
    parts.append(ESCAPE.sub(_escaped, text[last:]))
    return _bounded("".join(parts))


def _escaped(found: re.Match[str]) -> str:
    """A sign as python-markdown itself keeps it until the end."""
    return f"\x02{ord(found.group()[-1])}\x03"


def _bounded(paragraph: str) -> str:
    """The paragraph; its * and _ are plain signs where they would take too long to pair."""
    signs = paragraph.count("*") + paragraph.count("_")
    if signs * len(paragraph) > MOST_EMPHASIS:
        return EMPHASIS.sub(_escaped, paragraph)
    return paragraph


def _lists_by_two(lines: list[str]) -> Iterator[str]:
    """The lines, with lists nested by exactly two spaces and apart from the paragraph before.

    What is indented by two spaces or more under an item belongs to it, so that lists nested by
    two, three or four spaces all read alike.
    """
    open_items: list[int] = []  # how far each open item was indented
    before = ""
    in_paragraph = False  # of an item, after a blank line
    for line in lines:
        text = line.lstrip(" ")
        indent = len(line) - len(text)
        is_item = bool(LIST_ITEM.match(text)) and not RULE.match(text)
        apart = not before.strip()
        before = line
        if not text or (not open_items and not is_item):
            yield from _apart(text)
            continue
        if not is_item and not apart:
            yield "  " * len(open_items) + text  # goes on with the item's text
            continue
        if not open_items and not apart:
            if not LIST_START.match(text):
                yield text
                continue
            yield ""
        if is_item and in_paragraph and not apart:
            yield ""
        in_paragraph = not is_item
        while open_items and indent < open_items[-1] + 2:
            open_items.pop()
        yield "  " * len(open_items) + text
        if is_item and len(open_items) < MOST_DEPTH:
            open_items.append(indent)


def _apart(text: str) -> tuple[str, ...]:
    """The line; a heading gets blank lines around it, so that it is a block of its own."""
    if HEADING_LINE.match(text):
        return "", text, ""
    return (text, "") if UNDERLINE.match(text) else (text,)
