"""The lines of a Markdown text and what each is: box, heading, text, code. Pure.

This is a scanner of its own and no Markdown library: libraries stop at a depth of nesting and lose
what is deeper, and give neither the place of a box's mark in its line nor the end of what is
nested in it. Each line is looked at once, whatever stands in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from apps.exchange.plan_headings import breaks_text

# Signs of no width: direction, order of bytes, control signs.
UNSEEN = "\ufeff\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\x00-\x08\x0b\x0c\x0e-\x1f\x7f"
SPACE = rf"[ \t\xa0\u3000{UNSEEN}]"
LINE_END = re.compile(r"(\r\n|\n|\r)")
LEAD = re.compile(rf"{SPACE}*+(?:>{SPACE}*+)*+")
QUOTE = re.compile(r">[ ]?")
NO_WIDTH = re.compile(rf"[{UNSEEN}]")
BULLET = re.compile(rf"(?:[-*+]|\d{{1,9}}[.)])(?:{SPACE}++|$)")
MARK = re.compile(rf"\[([ \txX\xa0])\](?:{SPACE}++|$)")
RULE = re.compile(r"(?:(?:\*[ \t]*+){3,}|(?:-[ \t]*+){3,}|(?:_[ \t]*+){3,})$")
FENCE = re.compile(r"(`{3,}+|~{3,}+)(.*)$")
ATX = re.compile(r"(#{1,6})(?:[ \t]+(.*))?$")
UNDERLINE = re.compile(r"(=+|--+)[ \t]*$")
MOST_OF_FRONT = 100  # lines
FRONT = re.compile(r"[\w-]+:(?:\s|$)|[ \t]+\S|- \S|#")
BOXED = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+\[.\]")
OPENS = re.compile(r"<(pre|script|style|textarea)\b", re.IGNORECASE)
# What looks like a box and is none.
NEARLY = (
    (re.compile(r"(?:[-*+]|\d{1,9}[.)]) *\[\](?![(\[])"), "a box needs a space: write “- [ ]”"),
    (
        re.compile(r"(?:[-*+]|\d{1,9}[.)])\[[ xX]\](?![(\[:])"),
        "a box needs a space between the bullet and the bracket: write “- [ ]”",
    ),
    (
        re.compile(r"(?:[-*+]|\d{1,9}[.)]) +\[[ xX]\](?![(\[:])\S"),
        "a box needs a space behind the bracket: write “- [ ] text”",
    ),
    (
        re.compile(
            r"(?:[-*+]|\d{1,9}[.)]) +\[(?: {2,}| +[xX] *|[xX] +|[-/>?!~✓✔✅хХ])\](?![(\[:])"
        ),
        "only “[ ]” and “[x]” are read as boxes",
    ),
    (re.compile(r"\[[ xX]\] +\S"), "a box needs a bullet in front of it: write “- [ ]”"),
)
AS_CODE = "this box is indented like code, so it is no task; indent it less"


class Kind(StrEnum):
    """What a line is."""

    BLANK = "blank"
    HEADING = "heading"
    BOX = "box"
    ITEM = "item"
    TEXT = "text"
    RULE = "rule"
    CODE = "code"  # fenced, indented, or in tags that hold code
    HIDDEN = "hidden"  # a comment


@dataclass(slots=True)
class Line:
    """One line. `text` is what stands behind its indentation, bullet and mark."""

    kind: Kind
    text: str
    indent: int = 0  # columns
    level: int = 0  # of a heading
    owner: int = -1  # the innermost box it belongs to; a box's own line belongs to that box
    depth: int = 0  # of how many items of lists it is part
    is_lazy: bool = False  # it goes on with what stands above, without its indentation


@dataclass(slots=True)
class RawBox:
    """One box: its line, where its mark and its text begin, and where what it holds ends."""

    line: int
    mark_at: int
    text_at: int
    mark: str
    parent: int
    indent: int  # columns before its bullet
    bullet: str  # "-" or "1."
    is_behind: bool  # other bullets stand before its own in the line
    end: int = 0  # the first line behind it, its notes and its nested boxes
    inner: int = 0  # columns from which a line belongs to it


@dataclass(slots=True)
class _Item:
    """An open item of a list."""

    at: int
    inner: int  # columns from which a line belongs to it
    code: int  # columns from which a line behind a blank one is code
    box: int
    last: int  # the last line that is its own


@dataclass
class Scan:
    """All lines of a text."""

    bodies: list[str]
    ends: list[str]
    lines: list[Line] = field(default_factory=list)
    boxes: list[RawBox] = field(default_factory=list)
    warnings: list[tuple[int, str]] = field(default_factory=list)
    unclosed: int = -1  # the line of a comment or a block of code that does not end
    closer: str = ""  # what would end it


def split_lines(text: str) -> tuple[list[str], list[str]]:
    """Return the lines of a text and their ends; all of them joined are the text."""
    pieces = LINE_END.split(text)
    bodies, ends = pieces[::2], [*pieces[1::2], ""]
    if len(bodies) > 1 and not bodies[-1]:
        bodies.pop()
        ends.pop()
    return bodies, ends


def scan(text: str) -> Scan:
    """Return what each line of the text is. Never raises; takes time as the text is long."""
    return _Scanner(text).run()


def lead_of(body: str) -> str:
    """Return what a line begins with: spaces, tabs, marks of a quote."""
    found = LEAD.match(body)
    return found[0] if found else ""


def front_matter(bodies: list[str]) -> int:
    """Return how many lines at the start are what notes apps keep of a page, such as its tags."""
    if not bodies or bodies[0].rstrip() != "---":
        return 0
    for number, body in enumerate(bodies[1:MOST_OF_FRONT], 1):
        if body.rstrip() in ("---", "..."):
            return number + 1 if number > 1 else 0
        if not FRONT.match(body) or BOXED.match(body):
            return 0
    return 0


def columns(lead: str) -> int:
    """Return how wide an indentation is; a tab leads to the next column of four."""
    return len(NO_WIDTH.sub("", QUOTE.sub("", lead)).expandtabs(4))


class _Scanner:
    def __init__(self, text: str) -> None:
        bodies, ends = split_lines(text)
        self.out = Scan(bodies, ends)
        self.open: list[_Item] = []
        self.fence = ""  # the fence that is open
        self.fence_inner = 0
        self.fence_quotes = 0
        self.closes: str = ""  # what ends the comment or the tag that is open
        self.opened = 0
        self.in_text = False  # the line before is text that may go on

    def run(self) -> Scan:
        front = front_matter(self.out.bodies)
        for number, body in enumerate(self.out.bodies):
            lead = lead_of(body)
            rest = body[len(lead) :].rstrip(" \t")
            if number < front:
                line = self._make(Kind.HIDDEN, rest, 0)
            else:
                line = self._line(number, body, lead, rest)
            self.out.lines.append(line)
            self.in_text = line.kind in (Kind.TEXT, Kind.BOX, Kind.ITEM)
            if self.open and line.kind is not Kind.BLANK:
                self._own(number)
        if self.fence:
            self._warn(self.opened, "a block of code begins here and does not end")
        elif self.closes:
            what = "a comment" if self.closes == "-->" else "a block of code"
            self._warn(self.opened, f"{what} begins here and does not end")
        if self.fence or self.closes:
            self.out.unclosed, self.out.closer = self.opened, self.fence or self.closes
        self._leave(-1)
        return self.out

    def _warn(self, line: int, words: str) -> None:
        self.out.warnings.append((line, words))

    def _own(self, number: int) -> None:
        """Note that the line is the innermost item's; `_leave` hands it on to those around it."""
        self.open[-1].last = number

    def _leave(self, indent: int) -> None:
        """Close the items to which a line with that indentation does not belong."""
        while self.open and indent < self.open[-1].inner:
            item = self.open.pop()
            if item.box >= 0:
                self.out.boxes[item.box].end = item.last + 1
            if self.open:
                self.open[-1].last = max(self.open[-1].last, item.last)

    def _owner(self) -> int:
        return self.open[-1].box if self.open else -1

    def _make(self, kind: Kind, text: str, indent: int, level: int = 0) -> Line:
        return Line(kind, text, indent, level, self._owner(), len(self.open))

    def _line(self, number: int, body: str, lead: str, rest: str) -> Line:
        indent = columns(lead)
        if self.closes:
            return self._enclosed(body, rest, indent)
        if self.fence:
            inside = self._fenced(lead, rest, indent)
            if inside:
                return inside
        if not rest:
            return self._make(Kind.BLANK, "", 0)
        if not self.in_text and self._is_code(indent):
            if BULLET.match(rest) and MARK.match(rest, _bullet_end(rest, 0)):
                self._warn(number, AS_CODE)
            return self._make(Kind.CODE, rest, indent)
        special = self._special(number, lead, rest, indent)
        if special:
            return special
        if BULLET.match(rest):
            return self._item(number, body, lead, indent)
        return self._text(number, rest, indent)

    def _is_code(self, indent: int) -> bool:
        """Whether a line that goes on with no text is indented code where it stands."""
        for item in reversed(self.open):
            if indent >= item.inner:
                return indent >= item.code
        return indent >= 4

    def _enclosed(self, body: str, rest: str, indent: int) -> Line:
        kind = Kind.HIDDEN if self.closes == "-->" else Kind.CODE
        if self.closes in body.lower():
            self.closes = ""
        return self._make(kind, rest, indent)

    def _fenced(self, lead: str, rest: str, indent: int) -> Line | None:
        """The line as part of the open fence; None where the item or quote around it has ended."""
        if (rest and indent < self.fence_inner) or lead.count(">") < self.fence_quotes:
            self.fence = ""
            return None
        found = FENCE.match(rest)
        if found and found[1].startswith(self.fence) and not found[2].strip():
            self.fence = ""
        return self._make(Kind.CODE, rest, indent)

    def _special(self, number: int, lead: str, rest: str, indent: int) -> Line | None:
        """Fences, comments, rules and headings: they end text, and items that stand deeper."""
        first = rest[0]
        if first in "`~" and self._opens_fence(number, lead, rest, indent):
            return self._make(Kind.CODE, rest, indent)
        if first == "<" and self._opens_tag(number, rest):
            self._leave(indent)
            kind = Kind.HIDDEN if rest.startswith("<!--") else Kind.CODE
            return self._make(kind, rest, indent)
        under = UNDERLINE.match(rest) if first in "=-" else None
        above = self.out.lines[-1] if self.out.lines else None
        if under and above and self._is_title(above, indent):
            above.kind, above.level = Kind.HEADING, 1 if first == "=" else 2
            return self._make(Kind.RULE, "", indent)
        if first in "*-_" and RULE.match(rest):
            self._leave(indent)
            return self._make(Kind.RULE, "", indent)
        heading = ATX.match(rest) if first == "#" and indent < 4 else None
        if heading and (not self.open or indent < self.open[0].inner):
            self._leave(indent)
            text = (heading[2] or "").strip()
            bare = text.rstrip("#")  # a row of # may close a heading, but C# is a word
            if bare[-1:] in ("", " ", "\t"):
                text = bare.rstrip()
            return self._make(Kind.HEADING, text, indent, level=len(heading[1]))
        return None

    def _is_title(self, above: Line, indent: int) -> bool:
        """Whether the line above is text that a row of dashes below it makes a heading."""
        two_above = self.out.lines[-2].kind if len(self.out.lines) > 1 else Kind.BLANK
        return (
            above.kind is Kind.TEXT
            and not self.open
            and indent < 4
            and two_above is not Kind.TEXT
            and not above.is_lazy
            and above.text[-1:] not in ".,;"
            and "|" not in above.text
        )

    def _opens_fence(self, number: int, lead: str, rest: str, indent: int) -> bool:
        found = FENCE.match(rest)
        if not found or (found[1][0] == "`" and "`" in found[2]):
            return False
        self._leave(indent)
        self.fence, self.opened = found[1], number
        self.fence_inner = self.open[-1].inner if self.open else 0
        self.fence_quotes = lead.count(">")
        return True

    def _opens_tag(self, number: int, rest: str) -> bool:
        """Whether a comment or a tag that holds code begins the line."""
        if rest.startswith("<!--"):
            closes, behind = "-->", rest[4:]
        elif found := OPENS.match(rest):
            closes, behind = f"</{found[1].lower()}>", rest[found.end() :]
        else:
            return False
        if closes not in behind.lower():
            self.closes, self.opened = closes, number
        return True

    def _text(self, number: int, rest: str, indent: int) -> Line:
        lazy = bool(self.open) and self.in_text and indent < self.open[-1].inner
        if lazy and breaks_text(rest):
            lazy = False
        if not lazy:
            self._leave(indent)
        for pattern, words in NEARLY:
            if pattern.match(rest):
                self._warn(number, words)
                break
        line = self._make(Kind.TEXT, rest, indent)
        line.is_lazy = lazy
        return line

    def _item(self, number: int, body: str, lead: str, indent: int) -> Line:
        """A line with a bullet, or with several, of which the last may have a box."""
        self._leave(indent)
        at, outer = len(lead), self._owner()
        for pattern, words in NEARLY:
            if pattern.match(body, at):
                self._warn(number, words)
                break
        here, first, last = indent, indent, ""
        while found := BULLET.match(body, at):
            at, last = found.end(), found[0]
            behind = here + len(found[0].expandtabs(4))
            self.open.append(_Item(here, min(behind, here + 2), behind + 4, outer, number))
            indent, here = here, behind
        mark = MARK.match(body, at)
        if mark is None:
            rest = body[at:].strip()
            if rest[:1] in ("`", "~"):
                self._opens_fence(number, lead, rest, here)
            elif rest.startswith("<!--"):
                self._opens_tag(number, rest)
            return self._make(Kind.ITEM, rest, indent)
        item = self.open[-1]
        item.box = len(self.out.boxes)
        item.code += 4
        bullet, is_behind = NO_WIDTH.sub("", last).strip(), item.at != first
        box = RawBox(number, at + 1, mark.end(), mark[1], outer, item.at, bullet, is_behind)
        box.end, box.inner = number + 1, item.inner
        self.out.boxes.append(box)
        return self._make(Kind.BOX, body[mark.end() :].strip(), indent)


def _bullet_end(text: str, at: int) -> int:
    while found := BULLET.match(text, at):
        at = found.end()
    return at
