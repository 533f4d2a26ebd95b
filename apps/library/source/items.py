"""What was read of a folder: its items, each with its place, and its faults. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from apps.library.source import schema
from apps.library.source.files import KINDS, Source
from apps.library.source.marks import Fault

Data = TypeVar("Data", covariant=True)
Where = tuple[str | int, ...]
# Kind and slug of an item, and a place on its page.
Target = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class BareQuestion:
    """A question of a topic's front matter: a string, without kind or answer."""

    text: str
    level: schema.Level
    topic: str


@dataclass(slots=True)
class Item(Generic[Data]):
    """One thing of a folder. `where` leads to it in its file; `position` is its place among
    others of its list.

    `was` are slugs it had, as the file says; `implied` are those that follow from another's.
    `links` are the targets of links in its texts. The first half of `digest` stands for what the
    file says of it, the second for what it leans on.
    """

    kind: str
    slug: str
    data: Data
    source: Source
    where: Where = ()
    position: int = 0
    was: tuple[str, ...] = ()
    implied: tuple[str, ...] = ()
    links: dict[str, Target] = field(default_factory=dict)
    digest: str = ""

    @property
    def place(self) -> Fault:
        """Where it begins, as a fault without words."""
        node = self.source.document.node(self.where)
        return Fault(self.source.name, node.line, node.column, "")

    def fault(self, key: str, message: str) -> Fault:
        """Return a fault that points at a value of it."""
        return self.source.document.fault((*self.where, key), message)


Asked = schema.Question | BareQuestion


@dataclass(slots=True)
class Content:
    """The valid items of a folder, and its faults, sorted.

    `left_out` says what is missing only because of another's fault. `kept` are slugs of items that
    are there but faulty, `unread` kinds of which some slugs are unknown: neither is gone.
    """

    areas: list[Item[schema.Area]] = field(default_factory=list)
    topics: list[Item[schema.Topic]] = field(default_factory=list)
    questions: list[Item[Asked]] = field(default_factory=list)
    exercises: list[Item[schema.Exercise]] = field(default_factory=list)
    projects: list[Item[schema.Project]] = field(default_factory=list)
    references: list[Item[schema.Reference]] = field(default_factory=list)
    roadmaps: list[Item[schema.Roadmap]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    left_out: list[Fault] = field(default_factory=list)
    kept: dict[str, set[str]] = field(default_factory=lambda: {kind: set() for kind in KINDS})
    unread: set[str] = field(default_factory=set)

    def of(self, kind: str) -> list[Item[Any]]:
        """Return the items of a kind."""
        lists: dict[str, list[Any]] = {
            "area": self.areas,
            "topic": self.topics,
            "question": self.questions,
            "exercise": self.exercises,
            "project": self.projects,
            "reference": self.references,
            "roadmap": self.roadmaps,
        }
        return lists[kind]

    def every(self) -> Iterator[Item[Any]]:
        """Every item."""
        for kind in KINDS:
            yield from self.of(kind)
