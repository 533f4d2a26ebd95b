"""What the checks of all kinds share. Pure; tolerant of items that are wrong themselves.

Every fault is found at once: look-ups across items read the raw data, so that one missing key does
not hide an unknown topic.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from apps.library.source import schema
from apps.library.source.files import KINDS, Folder, Source
from apps.library.source.items import BareQuestion, Where
from apps.library.source.marks import Document, Fault

WORDS = {"project": "project idea"}
# Where the slug is not the file's name.
SLUG_KEYS = {"area": "slug", "question": "id", "roadmap": "slug"}
Place = tuple[int, int]


@dataclass(slots=True)
class Entry:
    """What may become an item: its place, its slug, its data where they are valid."""

    kind: str
    slug: str
    source: Source
    where: Where = ()
    data: schema.Item | BareQuestion | None = None

    @property
    def document(self) -> Document:
        return self.source.document

    @property
    def raw(self) -> Any:
        """What the file says of it."""
        value = self.document.data
        for step in self.where:
            value = value[step]
        return value

    @property
    def start(self) -> Place:
        """Line and column of its beginning."""
        node = self.document.node(self.where)
        return node.line, node.column

    def get(self, key: str) -> Any:
        """Return the raw value of a key, or None."""
        return get(self.raw, key)

    def fault(self, path: Where, message: str, *, at_key: bool = False) -> None:
        """Note a fault at a value of the item."""
        fault = self.document.fault((*self.where, *path), message, at_key=at_key)
        self.document.faults.append(fault)

    def fault_of_slug(self, message: str) -> None:
        """Note a fault where its slug stands; that of a file's name at the file's beginning."""
        if self.kind in SLUG_KEYS and isinstance(self.raw, dict):
            self.fault((SLUG_KEYS[self.kind],), message)
        elif self.where:
            self.fault((), message)
        else:
            self.fault_at(1, 1, message)

    def fault_at(self, line: int, column: int, message: str) -> None:
        """Note a fault at a place in the file."""
        self.document.faults.append(Fault(self.source.name, line, column, message))


@dataclass(slots=True)
class Draft:
    """A folder while it is checked: what was found, by kind and slug; the first of each slug.

    Without the topics of `closing` there is no circle of prerequisites.
    """

    folder: Folder
    entries: dict[str, list[Entry]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    slugs: dict[str, dict[str, Entry]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    unread: set[str] = field(default_factory=set)
    closing: list[Entry] = field(default_factory=list)

    def add(self, entry: Entry) -> bool:
        """Note an entry; False, and a fault, where its slug is taken."""
        self.entries[entry.kind].append(entry)
        if not entry.slug:
            return True
        first = self.slugs[entry.kind].setdefault(entry.slug, entry)
        if first is entry:
            return True
        where = f"also in {first.source.name}"
        if first.source is entry.source:
            where = first_place(first.start, entry.start)
        is_bare = isinstance(entry.data, BareQuestion)  # nobody wrote its slug
        named = "" if is_bare else f" `{entry.slug}`"
        entry.fault_of_slug(f"duplicate {WORDS.get(entry.kind, entry.kind)}{named} ({where})")
        return False


def first_place(first: Place, here: Place) -> str:
    """Return the words for where in the same file something came first."""
    column = f", column {first[1]}" if first[0] == here[0] else ""
    return f"first on line {first[0]}{column}"


def get(data: Any, key: str) -> Any:
    """Return the value of a key where the data are a mapping, else None."""
    return data.get(key) if isinstance(data, dict) else None


def is_readable(document: Document) -> bool:
    """Whether the document says anything, or is empty without a fault that explains it."""
    return document.data is not None or not document.faults


def texts(value: Any, path: Where) -> Iterator[tuple[Where, str]]:
    """Yield the texts of a list, each with its path."""
    for at, entry in enumerate(value if isinstance(value, list) else ()):
        if isinstance(entry, str):
            yield (*path, at), entry


def walk(value: Any, path: Where = ()) -> Iterator[tuple[Where, Any]]:
    """Yield every value inside with its path, in order."""
    waiting = _inside(value, path)
    while waiting:
        path, value = waiting.pop()
        yield path, value
        waiting += _inside(value, path)


def _inside(value: Any, path: Where) -> list[tuple[Where, Any]]:
    """What a value holds, the last of it first."""
    if isinstance(value, dict):
        return [((*path, step), inner) for step, inner in reversed(value.items())]
    if isinstance(value, list):
        return [((*path, step), inner) for step, inner in enumerate(value)][::-1]
    return []


def no_twins(entry: Entry, key: str) -> None:
    """Nothing is listed twice."""
    seen: set[str] = set()
    for path, text in texts(entry.get(key), (key,)):
        if text in seen:
            entry.fault(path, f"`{text}` is listed twice")
        seen.add(text)


def names(entry: Entry, value: Any, path: Where, known: Collection[str], what: str) -> None:
    """Every slug of a list is known, and listed once."""
    seen: set[str] = set()
    for at, slug in texts(value, path):
        if slug not in known:
            entry.fault(at, f"unknown {what} `{slug}`")
        elif slug in seen:
            entry.fault(at, f"`{slug}` is listed twice")
        seen.add(slug)


def in_order(entry: Entry, path: Where, value: Any) -> None:
    """A range goes from the smaller to the larger number."""
    if (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(number, int) for number in value)
        and value[0] > value[1]
    ):
        entry.fault(path, f"`{path[-1]}` goes from the smaller to the larger number")
