"""What must fit between the items of a folder. Pure; tolerant of items that are wrong themselves.

Every fault is found at once: look-ups across items read the raw data, so that one missing key does
not hide an unknown topic.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from apps.library.source import schema
from apps.library.source.files import Folder, Source, digest_of
from apps.library.source.marks import Document, Fault, Path
from apps.library.source.text import faults_of_text, is_web_address


@dataclass(frozen=True, slots=True)
class AreaItem:
    item: schema.Area
    position: int
    digest: str


@dataclass(frozen=True, slots=True)
class TopicItem:
    item: schema.Topic
    slug: str
    area: str
    body: str
    digest: str


@dataclass(frozen=True, slots=True)
class RoadmapItem:
    item: schema.Roadmap
    digest: str


@dataclass(slots=True)
class Content:
    """The valid items of a folder and its faults, sorted."""

    areas: list[AreaItem] = field(default_factory=list)
    topics: list[TopicItem] = field(default_factory=list)
    roadmaps: list[RoadmapItem] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def check(folder: Folder, known: Collection[str] = frozenset()) -> Content:
    """Return the items of the folder and every fault.

    The texts of items whose digest is `known` were checked when they were loaded, and are not
    looked at again.
    """
    content = Content(faults=list(folder.faults))
    areas = _areas(folder.areas, content)
    slugs = {source.slug for source in folder.topics}
    _topics(folder.topics, areas, slugs, content, known)
    content.faults += _cycles(folder.topics)
    _roadmaps(folder.roadmaps, areas, slugs, content, known)
    for source in folder.sources():
        content.faults += source.document.faults
    content.faults = sorted(set(content.faults))
    return content


def _areas(source: Source | None, content: Content) -> set[str]:
    if source is None:
        return set()
    document = source.document
    if not isinstance(document.data, list):
        if not document.faults:
            document.faults.append(document.fault((), "must be a list of areas"))
        return set()
    seen: dict[str, int] = {}
    for position, raw in enumerate(document.data):
        item = schema.validate(schema.Area, document, (position,))
        slug = raw.get("slug") if isinstance(raw, dict) else None
        if isinstance(slug, str):
            _once(document, (position, "slug"), slug, seen, "area")
        if item:
            data = json.dumps(item.model_dump(), sort_keys=True)
            content.areas.append(AreaItem(item, position, digest_of("area", str(position), data)))
    return set(seen)


def _once(document: Document, path: Path, slug: str, seen: dict[str, int], what: str) -> None:
    if slug in seen:
        message = f"duplicate {what} `{slug}` (first on line {seen[slug]})"
        document.faults.append(document.fault(path, message))
    else:
        seen[slug] = document.node(path).line


def _topics(
    sources: list[Source],
    areas: set[str],
    slugs: set[str],
    content: Content,
    known: Collection[str],
) -> None:
    files: dict[str, str] = {}
    for source in sources:
        document = source.document
        first = files.setdefault(source.slug, document.file)
        if first != document.file:
            message = f"duplicate topic `{source.slug}` (also in {first})"
            document.faults.append(Fault(document.file, 1, 1, message))
        if source.area not in areas:
            message = f"unknown area `{source.area}`: no such slug in areas.yaml"
            document.faults.append(Fault(document.file, 1, 1, message))
        if isinstance(document.data, dict):
            _levels(document)
            _prerequisites(source, slugs)
        item = None
        if document.data is not None or not document.faults:
            item = schema.validate(schema.Topic, document)
        if source.digest not in known:
            document.faults += _text_faults(document.file, source.body, source.body_line)
        if not source.body.strip():
            message = "a topic has a text after its front matter"
            document.faults.append(Fault(document.file, source.body_line, 1, message))
        if item:
            content.topics.append(
                TopicItem(item, source.slug, source.area, source.body, source.digest)
            )


def _levels(document: Document) -> None:
    """Each listed level has a question, and each level with questions is listed."""
    levels, questions = document.data.get("levels"), document.data.get("questions")
    if not isinstance(levels, list) or not isinstance(questions, dict):
        return
    for at, level in enumerate(levels):
        if not isinstance(level, str):
            continue
        if level in levels[:at]:
            fault = document.fault(("levels", at), f"level `{level}` is listed twice")
            document.faults.append(fault)
        elif level in schema.LEVELS and not questions.get(level):
            message = f"level `{level}` is listed, but has no question"
            document.faults.append(document.fault(("levels", at), message))
    for level in questions:
        if level in schema.LEVELS and level not in levels:
            message = f"level `{level}` has questions, but is not listed in `levels`"
            document.faults.append(document.fault(("questions", level), message, at_key=True))


def _prerequisites(source: Source, slugs: set[str]) -> None:
    document = source.document
    for path, slug in _texts(document.data.get("prerequisites"), ("prerequisites",)):
        if slug == source.slug:
            document.faults.append(document.fault(path, "a topic is not its own prerequisite"))
        elif slug not in slugs:
            document.faults.append(document.fault(path, f"unknown topic `{slug}`"))
    _no_twins(document, "prerequisites")
    _no_twins(document, "skills")


def _no_twins(document: Document, key: str) -> None:
    seen: set[str] = set()
    for path, text in _texts(document.data.get(key), (key,)):
        if text in seen:
            document.faults.append(document.fault(path, f"`{text}` is listed twice"))
        seen.add(text)


def _texts(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for at, entry in enumerate(value if isinstance(value, list) else ()):
        if isinstance(entry, str):
            yield (*path, at), entry


def _cycles(sources: list[Source]) -> Iterator[Fault]:
    by_slug = {source.slug: source for source in sources}
    graph = {
        slug: {
            needed
            for _, needed in _texts(_get(source.document.data, "prerequisites"), ())
            if needed in by_slug and needed != slug
        }
        for slug, source in by_slug.items()
    }
    while True:
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            # Each one is needed by the next; the last is the first again.
            cycle = list(reversed(error.args[1][1:]))
            at = cycle.index(min(cycle))
            cycle = cycle[at:] + cycle[:at]
            document = by_slug[cycle[0]].document
            needed = document.data["prerequisites"].index(cycle[1])
            words = " -> ".join([*cycle, cycle[0]])
            yield document.fault(("prerequisites", needed), f"prerequisite cycle: {words}")
            graph[cycle[0]].discard(cycle[1])
        else:
            return


def _get(data: Any, key: str) -> Any:
    return data.get(key) if isinstance(data, dict) else None


def _text_faults(file: str, text: str, first_line: int) -> Iterator[Fault]:
    for line, column, message in faults_of_text(text):
        yield Fault(file, first_line + line - 1, column, message)


def _roadmaps(
    sources: list[Source],
    areas: set[str],
    slugs: set[str],
    content: Content,
    known: Collection[str],
) -> None:
    for source in sources:
        document = source.document
        if document.data is None and document.faults:
            continue
        item = schema.validate(schema.Roadmap, document)
        slug = _get(document.data, "slug")
        if isinstance(slug, str) and slug != source.slug:
            message = f"the file of `{slug}` is named {slug.replace('-', '_')}.yaml"
            document.faults.append(document.fault(("slug",), message))
        _Outline(document, areas, slugs, with_texts=source.digest not in known).check()
        if item:
            content.roadmaps.append(RoadmapItem(item, source.digest))


class _Outline:
    """A walk over a roadmap's raw data: what it names must be there, what it numbers in order."""

    def __init__(
        self, document: Document, areas: set[str], slugs: set[str], *, with_texts: bool
    ) -> None:
        self.document = document
        self.areas = areas
        self.slugs = slugs
        self.with_texts = with_texts
        self.tasks: dict[str, int] = {}
        self.weeks = 0

    def check(self) -> None:
        self.walk(self.document.data, ())
        for path, value in self.ranges():
            if value[0] > value[1]:
                self.fault(path, f"`{path[-1]}` goes from the smaller to the larger number")

    def fault(self, path: Path, message: str) -> None:
        self.document.faults.append(self.document.fault(path, message))

    def walk(self, value: Any, path: tuple[str | int, ...]) -> None:
        if isinstance(value, dict):
            for key, entry in value.items():
                self.visit(key, entry, (*path, key))
                self.walk(entry, (*path, key))
        elif isinstance(value, list):
            for at, entry in enumerate(value):
                self.walk(entry, (*path, at))

    def visit(self, key: str, value: Any, path: tuple[str | int, ...]) -> None:
        parent = path[-3] if len(path) >= 3 else ""
        if key == "url" and isinstance(value, str) and not is_web_address(value):
            self.fault(path, f"only http and https links lead out of a page: `{value}`")
        elif key == "number" and parent == "weeks" and isinstance(value, int):
            self.weeks += 1
            if value != self.weeks:
                self.fault(path, f"weeks are numbered in order: {self.weeks} comes here")
        elif key == "id" and parent == "tasks" and isinstance(value, str):
            _once(self.document, path, value, self.tasks, "task")
        elif key == "topics" and parent == "tasks":
            self.names(value, path, self.slugs, "topic")
        elif key == "areas":
            self.names(value, path, self.areas, "area")
        elif key == "branches" and isinstance(value, list):
            self.branches(value, path)
        elif key == "detail" and self.with_texts and isinstance(value, str):
            self.detail(value, path)

    def names(self, value: Any, path: tuple[str | int, ...], known: set[str], what: str) -> None:
        seen: set[str] = set()
        for at, slug in _texts(value, path):
            if slug not in known:
                self.fault(at, f"unknown {what} `{slug}`")
            elif slug in seen:
                self.fault(at, f"`{slug}` is listed twice")
            seen.add(slug)

    def branches(self, value: list[Any], path: tuple[str | int, ...]) -> None:
        seen: dict[str, int] = {}
        for at, branch in enumerate(value):
            if isinstance(_get(branch, "id"), str):
                _once(self.document, (*path, at, "id"), branch["id"], seen, "branch")

    def detail(self, text: str, path: Path) -> None:
        """Faults of a text in YAML; in a block its lines follow the key, else it has one place."""
        node = self.document.node(path)
        for line, _column, message in faults_of_text(text):
            at = node.line + line if node.is_block else node.line
            self.document.faults.append(
                Fault(self.document.file, at, 1 if node.is_block else node.column, message)
            )

    def ranges(self) -> Iterator[tuple[tuple[str | int, ...], list[int]]]:
        data = self.document.data
        phases = _get(data, "phases")
        places: list[tuple[str | int, ...]] = [("hours",), ("hours_per_week",)]
        if isinstance(phases, list):
            places += [("phases", at, "hours") for at in range(len(phases))]
        for place in places:
            value = data
            for step in place:
                value = value[step] if isinstance(step, int) else _get(value, step)
            if (
                isinstance(value, list)
                and len(value) == 2
                and all(isinstance(number, int) for number in value)
            ):
                yield place, value
