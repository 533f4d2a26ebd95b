"""The cells of a coverage table: how a row is divided, what a mark is, a title without markup.
Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from apps.library.search_text import fold

MOST_CELLS = 40
MOST_OF_A_CELL = 2_000  # characters that are looked at
MOST_OF_A_NAME = 40  # of a column

COLUMNS = {
    "know": {"know", "known", "i know", "i know it", "know it"},
    "unsure": {"unsure", "not sure", "partly", "partial", "rusty", "somewhat"},
    "dunno": {"dunno", "don t know", "dont know", "do not know", "i don t know", "unknown"},
}
VALUES = {name: value for value, names in COLUMNS.items() for name in names}
TICKED = {
    *("x", "✓", "✔", "✅", "☑", "☒", "yes", "true"),
    *(":white_check_mark:", ":heavy_check_mark:", ":ballot_box_with_check:"),
}
EMPTY = {"", "-", "–", "—", "☐", "⬜", "□", "·", "."}
NOT_TICKED = {*EMPTY, "no", "false"}

BAR = re.compile(r"(?<!\\)\|")
RULER = re.compile(r":?-+:?$")
NUMBER = re.compile(r"[#(]?\d[\d.,]*[.):]? ?%?$")
ANY_DASHES = re.compile(r"[ \t|:-]*$")
BOX_OF_A_LIST = re.compile(r"[-*+]\s+(?=\\?\[)")  # as in "- [x]"
BOX_OF_HTML = re.compile(r"<input\b[^<>]*>", re.IGNORECASE)
CHECKED = re.compile(r"\bchecked\b", re.IGNORECASE)
PICTURE = "\ufe0f"  # says that the sign before it is shown as a picture
BRACKETS = re.compile(r"\\?[\[(](.*?)\\?[\])]$")
IMAGE_OR_LINK = re.compile(r"(?<!\\)!?\[([^\[\]]*)\](?:\([^()]*\)|\[[^\[\]]*\])")
TAG = re.compile(r"</?[A-Za-z][^<>]*>")
CODE = re.compile(r"`+([^`]+)`+")
EMPHASIS = (
    re.compile(r"(?<![\w*\\])\*{1,3}+(?=\S)([^*]+)(?<=[^\s\\])\*{1,3}+(?![\w*])"),
    re.compile(r"(?<![\w\\])_{1,3}+(?=\S)([^_]+)(?<=[^\s\\])_{1,3}+(?!\w)"),
    re.compile(r"~~(?=\S)([^~]+)(?<=\S)~~"),
)
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def cells_of(text: str) -> list[str]:
    """Return the cells of a line; a bar after a backslash belongs to the text."""
    inside = text.strip()
    inside = inside.removeprefix("|")
    if inside.endswith("|") and not inside.endswith("\\|"):
        inside = inside[:-1]
    return [cell.strip().replace("\\|", "|") for cell in BAR.split(inside, MOST_CELLS)]


def is_ruler(cells: Sequence[str]) -> bool:
    """Whether these cells are the line of dashes below a header."""
    return bool(cells) and all(RULER.match(cell) for cell in cells)


def column_of(name: str) -> str:
    """Return which value a column of marks stands for, by its name; empty for any other."""
    if not name or len(name) > MOST_OF_A_NAME:
        return ""
    return VALUES.get(fold(plain_title(name)).strip(), "")


def is_ticked(cell: str) -> bool | None:
    """Return whether the cell holds a mark; None for what is neither a mark nor empty."""
    inside = _inside(cell)
    if inside in TICKED:
        return True
    return False if inside in NOT_TICKED else None


def is_number(cell: str) -> bool:
    """Whether the cell holds a number and nothing else."""
    return NUMBER.match(_inside(cell)) is not None


def status_of(cell: str) -> str | None:
    """Return the value a cell of a status names, with or without brackets; empty for an empty
    one, None for what is no status."""
    inside = _inside(cell)
    return "" if inside in EMPTY else VALUES.get(fold(inside).strip())


def _inside(cell: str) -> str:
    """The cell's text without emphasis, code and brackets, in lower case; of a box its mark."""
    text = cell[:MOST_OF_A_CELL].replace(PICTURE, "").strip().strip("*_`").strip()
    if BOX_OF_HTML.fullmatch(text):
        return "x" if CHECKED.search(text) else ""
    text = BOX_OF_A_LIST.sub("", text, count=1)
    found = BRACKETS.match(text)
    return (found[1] if found else text).strip().strip("*_`").strip().casefold()


def plain_title(cell: str) -> str:
    """Return the text of a cell without its markup: links, code, emphasis, tags, escapes."""
    text = cell[:MOST_OF_A_CELL]
    text = IMAGE_OR_LINK.sub(r"\1", text)
    text = TAG.sub(" ", text)
    text = CODE.sub(r"\1", text)
    for pattern in EMPHASIS:
        text = pattern.sub(r"\1", text)
    pieces = ESCAPED.split(text)  # every second one is an escaped sign
    text = "".join(each if n % 2 else html.unescape(each) for n, each in enumerate(pieces))
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
