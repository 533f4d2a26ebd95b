"""YAML text to data, with the line and column of every key and value. Pure.

Written over the parser's events: they come without recursion, so that no text can crash it, and
aliases are seen before they are followed.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import yaml
from yaml import events

Path = Sequence[str | int]
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
RESOLVERS = yaml.SafeLoader.yaml_implicit_resolvers
MOST_DEPTH = 40
MOST_FAULTS = 100
# A character of a scalar as it is written, by its quotes; tag and anchor before it.
SIGN = re.compile(r"\S")
STYLES = {
    "'": re.compile(r"''|\S"),
    '"': re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[\s\S])|\S"),
}
AHEAD = re.compile(r"(?:[!&]\S*\s+)*")
WHITE_ESCAPES = "\n\t tnvfrN_LP"
MOST_MESSAGE = 1_000
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
TAG = "tag:yaml.org,2002:"
# What the parser takes for ends of lines, and no editor does.
NO_LINE_ENDS = re.compile("[\x85\u2028\u2029]")
STAND_INS = range(0xF0000, 0x10FFFE)


@dataclass(frozen=True, order=True, slots=True)
class Fault:
    """What is wrong, and where: lines and columns count from 1, `file` is inside the folder."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"

    def in_one_line(self) -> Fault:
        """Return it with words that fit into a line: what cannot be printed is escaped."""
        if self.message.isprintable() and len(self.message) <= MOST_MESSAGE:
            return self
        words = self.message[:MOST_MESSAGE] + ("…" if len(self.message) > MOST_MESSAGE else "")
        shown = "".join(
            sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in words
        )
        return Fault(self.file, self.line, self.column, shown)


@dataclass(slots=True)
class Node:
    """Where a value stands. `raw` is a plain scalar as it was written; `end` the line after it;
    `signs` what Document.place found out about it."""

    line: int
    column: int
    raw: str | None = None
    is_block: bool = False
    end: int = 0
    children: dict[str | int, Node] = field(default_factory=dict)
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)
    signs: list[int] | None = None


@dataclass(slots=True)
class Document:
    """The data of one YAML text, and where each part of it stands."""

    file: str
    data: Any
    root: Node
    faults: list[Fault]
    lines: list[str] = field(default_factory=list)
    first_line: int = 1
    _places: set[tuple[int, int]] = field(default_factory=set)
    _counted: int = 0

    def places_of_faults(self) -> set[tuple[int, int]]:
        """Return lines and columns that have a fault already, each counted once."""
        for fault in self.faults[self._counted :]:
            self._places.add((fault.line, fault.column))
        self._counted = len(self.faults)
        return self._places

    def node(self, path: Path) -> Node:
        """Return the mark of a value, or of the nearest one around it that is there."""
        node = self.root
        for step in path:
            if step not in node.children:
                break
            node = node.children[step]
        return node

    def fault(self, path: Path, message: str, *, at_key: bool = False) -> Fault:
        """Return a fault that points at a value, or at its key."""
        line, column = (node := self.node(path)).line, node.column
        if at_key and path:
            parent = self.node(path[:-1])
            line, column = parent.keys.get(str(path[-1]), (line, column))
        return Fault(self.file, line, column, message)

    def place(self, path: Path, text: str, line: int, column: int) -> tuple[int, int]:
        """Return where a place inside a text value is in the file; both count from 1.

        `text` is the value. In a block its lines are those of the file; in a folded or quoted text
        its characters are counted, and where that is not possible its beginning is the place.
        """
        node = self.node(path)
        written = text.split("\n")
        if node.is_block and text:
            at = node.line + line
            raw = self._line(at)
            value = written[line - 1] if line <= len(written) else ""
            if raw.endswith(value) and self._is_literal(node):
                return at, column + len(raw) - len(value)
        offset = sum(len(one) + 1 for one in written[: line - 1]) + column - 1
        return self._followed(node, text, offset)

    def _line(self, number: int) -> str:
        at = number - self.first_line
        return self.lines[at] if 0 <= at < len(self.lines) else ""

    def _is_literal(self, node: Node) -> bool:
        return self._line(node.line)[node.column - 1 : node.column] == "|"

    def _followed(self, node: Node, text: str, offset: int) -> tuple[int, int]:
        """White space may differ between a text and how it is written; what is between may not,
        so that its characters are counted."""
        first = node.line + node.is_block
        last = max(node.end, first + 1)
        raw = "\n".join(self._line(number) for number in range(first, last))
        if node.signs is None:
            count = len("".join(text.split()))
            node.signs = list(islice(_signs(raw, 0 if node.is_block else node.column - 1), count))
        before = len("".join(text[:offset].split()))
        is_sign = not text[offset : offset + 1].isspace() and before < len(node.signs)
        if is_sign:
            at = node.signs[before]
        elif 0 < before <= len(node.signs):
            at = node.signs[before - 1] + offset - len(text[:offset].rstrip()) + 1
            end = raw.find("\n", node.signs[before - 1])
            at = min(at, end if end != -1 else len(raw))
        else:
            return node.line, node.column
        return first + raw.count("\n", 0, at), at - raw.rfind("\n", 0, at)


def _signs(raw: str, start: int) -> Iterator[int]:
    """Yield where each character of a scalar that is no white space is written."""
    start = AHEAD.match(raw, start).end()  # type: ignore[union-attr] # it matches the empty text too
    style = STYLES.get(raw[start : start + 1], SIGN)
    for found in style.finditer(raw, start + (style is not SIGN)):
        escape = found.group()
        if len(escape) == 1 or escape == "''" or not _is_white(escape[1:]):
            yield found.start()


def _is_white(escape: str) -> bool:
    """Whether what stands behind a backslash is white space."""
    if len(escape) == 1:
        return escape in WHITE_ESCAPES
    code = int(escape[1:], 16)
    return code <= sys.maxunicode and chr(code).isspace()


class _TooDeep(Exception):
    pass


def read_yaml(text: str, file: str, first_line: int = 1) -> Document:
    """Return the document; what is wrong with it is in `faults`, and its data are what could be read.

    `first_line` is the line of the file on which the text begins.
    """
    signs = _stand_ins(text)
    reader = _Reader(file, first_line, {sign: own for own, sign in signs.items()})
    document = Document(
        file, None, Node(first_line, 1), reader.faults, text.split("\n"), first_line
    )
    try:
        stream = yaml.parse(text.translate(signs) if signs else text, Loader)
        for event in stream:
            if isinstance(event, events.DocumentStartEvent):
                if document.data is not None:
                    reader.fault(event, "a second document begins here")
                    break
                document.data, document.root = reader.value(next(stream), stream, 0)
    except _TooDeep:
        pass
    except yaml.reader.ReaderError as error:
        reader.faults.append(_unreadable(text, file, first_line, error))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        if line >= len(document.lines):  # the parser's end of a text whose last line has none
            line, column = len(document.lines) - 1, len(document.lines[-1])
        reader.faults.append(
            Fault(file, line + first_line, column + 1, error.problem or error.context or "no YAML")
        )
    return document


def _stand_ins(text: str) -> dict[int, int]:
    """Characters of no meaning that the text does not hold, for those that are no ends of lines.

    With them in their place the parser counts lines as editors do.
    """
    if not NO_LINE_ENDS.search(text):
        return {}
    free = (sign for sign in STAND_INS if chr(sign) not in text)
    return dict(zip((0x85, 0x2028, 0x2029), free, strict=False))


def _unreadable(text: str, file: str, first_line: int, error: yaml.reader.ReaderError) -> Fault:
    sign = chr(error.character) if isinstance(error.character, int) else ""
    before = text[: text.find(sign)] if sign and sign in text else ""
    line = before.count("\n")
    return Fault(
        file,
        line + first_line,
        len(before) - before.rfind("\n"),
        f"a character that YAML does not allow (U+{ord(sign or '?'):04X})",
    )


class _Reader:
    def __init__(self, file: str, first_line: int, stand_for: dict[int, int]) -> None:
        self.file = file
        self.first_line = first_line
        self.stand_for = stand_for
        self.faults: list[Fault] = []

    def fault(self, event: events.Event, message: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            line, column = self.position(event)
            self.faults.append(Fault(self.file, line, column, message))

    def position(self, event: events.Event) -> tuple[int, int]:
        mark = event.start_mark
        return (mark.line + self.first_line, mark.column + 1) if mark else (self.first_line, 1)

    def value(
        self, event: events.Event, stream: Iterator[events.Event], depth: int
    ) -> tuple[Any, Node]:
        node = Node(*self.position(event))
        if depth > MOST_DEPTH:
            self.fault(event, f"nested more than {MOST_DEPTH} deep")
            raise _TooDeep
        if isinstance(event, events.AliasEvent):
            self.fault(event, f"the alias *{event.anchor} is not allowed: write the value again")
            return None, node
        if isinstance(event, events.ScalarEvent):
            return self.scalar(event, node), node
        tag = event.tag if isinstance(event, events.CollectionStartEvent) else None
        if tag not in (None, f"{TAG}map", f"{TAG}seq"):
            self.fault(event, f"the tag {tag} is not allowed")
        if isinstance(event, events.SequenceStartEvent):
            return self.sequence(stream, node, depth), node
        return self.mapping(stream, node, depth), node

    def sequence(self, stream: Iterator[events.Event], node: Node, depth: int) -> list[Any]:
        made: list[Any] = []
        for event in stream:
            if isinstance(event, events.SequenceEndEvent):
                break
            value, child = self.value(event, stream, depth + 1)
            node.children[len(made)] = child
            made.append(value)
        return made

    def mapping(self, stream: Iterator[events.Event], node: Node, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for event in stream:
            if isinstance(event, events.MappingEndEvent):
                break
            key, _ = self.value(event, stream, depth + 1)
            value, child = self.value(next(stream), stream, depth + 1)
            if isinstance(event, events.AliasEvent):
                continue
            if not isinstance(key, str):
                self.fault(event, "a key must be text: put it in quotes")
            elif key in made:
                first = node.keys[key][0]
                self.fault(event, f"duplicate key `{key}` (first on line {first})")
            else:
                made[key] = value
                node.children[key] = child
                node.keys[key] = self.position(event)
        return made

    def scalar(self, event: events.ScalarEvent, node: Node) -> Any:
        text: str = event.value
        if self.stand_for:
            text = text.translate(self.stand_for)
        node.is_block = event.style in ("|", ">")
        node.end = event.end_mark.line + self.first_line + 1 if event.end_mark else 0
        if event.tag not in (None, "!", f"{TAG}str"):
            self.fault(event, f"the tag {event.tag} is not allowed")
            return text
        if CONTROL.search(text):
            self.fault(event, "a control character is not allowed in a text")
        if event.style or event.tag:
            return text
        node.raw = text
        try:
            return _plain(text)
        except ValueError as error:
            self.fault(event, str(error))
            return text


def _plain(text: str) -> Any:
    """The value of a scalar without quotes; raises ValueError where YAML would surprise."""
    tag = _tag(text)
    if tag is None:
        return text
    if tag == "null":
        return None
    if tag == "bool":
        if text.lower() in ("true", "false"):
            return text.lower() == "true"
        word = "true" if text.lower() in ("yes", "on") else "false"
        raise ValueError(f"YAML reads `{text}` as {word}: put it in quotes, or write {word}")
    if tag in ("int", "float"):
        return _number(text, tag)
    if tag == "timestamp" and len(text) == 10:
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"`{text}` is no date") from None
    raise ValueError(f"YAML does not read `{text}` as text: put it in quotes")


def _tag(text: str) -> str | None:
    for tag, pattern in RESOLVERS.get(text[:1], ()):
        if pattern.match(text):
            return str(tag).removeprefix(TAG)
    return None


def _number(text: str, tag: str) -> int | float:
    digits = text.lstrip("+-")
    leading_zero = len(digits) > 1 and digits[0] == "0" and digits[1] != "."
    if len(text) > 18 or not digits.replace(".", "", 1).isdecimal() or leading_zero:
        raise ValueError(f"YAML reads `{text}` as a number: put it in quotes, or write it plainly")
    return int(text) if tag == "int" else float(text)
