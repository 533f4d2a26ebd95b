"""What must be right in a folder, and between its items. Pure."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator
from operator import itemgetter
from typing import Any

from apps.library.source.check.areas import check_areas
from apps.library.source.check.common import Draft, Entry, Place, walk
from apps.library.source.check.links import Links
from apps.library.source.check.names import check_names
from apps.library.source.check.pages import check_pages, collect_pages
from apps.library.source.check.questions import bare_slug, check_questions, collect_questions
from apps.library.source.check.roadmaps import check_roadmaps, collect_roadmaps
from apps.library.source.check.texts import check_links, check_texts
from apps.library.source.check.topics import check_topics, collect_topics
from apps.library.source.files import KINDS, Folder, digest_of
from apps.library.source.items import BareQuestion, Content, Item
from apps.library.source.version import code_version

HALF = 32


def check_folder(folder: Folder, known: Collection[str] = frozenset()) -> Content:
    """Return the valid items of the folder and every fault.

    `known` are digests of items that were loaded before: what their files say was checked then,
    and is not looked at again.
    """
    draft = Draft(folder)
    check_areas(draft)
    collect_topics(draft)
    collect_questions(draft)
    collect_pages(draft)
    collect_roadmaps(draft)
    check_topics(draft)
    check_questions(draft)
    check_pages(draft)
    check_roadmaps(draft)
    check_names(draft)
    return _Sorting(draft, {digest[:HALF] for digest in known}).content()


class _Sorting:
    """Sorts a draft into valid items and those that are left out."""

    def __init__(self, draft: Draft, known: set[str]) -> None:
        self.draft = draft
        self.known = known
        self.made = Content(unread=draft.unread)
        self.items: list[tuple[Entry, Item[object]]] = []

    def content(self) -> Content:
        links = Links(self.draft)
        version = code_version()
        for kind in KINDS:
            for entry in self.draft.entries[kind]:
                self.look(entry, links, version)
        self.collect_faults()
        self.sort()
        self.finish()
        return self.made

    def look(self, entry: Entry, links: Links, version: str) -> None:
        if not entry.source.is_whole:
            return
        digest = digest_of(version, entry.kind, *_said(entry))[:HALF]
        targets = check_links(entry, links)
        if digest not in self.known:
            check_texts(entry)
        if entry.data is not None:
            item = Item(
                entry.kind,
                entry.slug,
                entry.data,
                entry.source,
                entry.where,
                was=tuple(getattr(entry.data, "was", ())),
                links=targets,
                digest=digest,
            )
            self.items.append((entry, item))

    def collect_faults(self) -> None:
        faults = set(self.draft.folder.faults)
        for source in self.draft.folder.every():
            faults.update(source.document.faults)
        self.made.faults = sorted({fault.in_one_line() for fault in faults})

    def sort(self) -> None:
        """Keep what has no fault, and what it cannot be without."""
        faulty = self.faulty()
        good = {id(entry) for entry, _ in self.items} - faulty
        for entry in self.draft.closing:
            if id(entry) in good:
                good.discard(id(entry))
                self.leave_out(entry, "it closes a circle of prerequisites")
        areas = self.slugs("area", good)
        for entry, _ in self.items:
            if entry.kind == "topic" and id(entry) in good and entry.source.area not in areas:
                good.discard(id(entry))
                self.leave_out(entry, f"its area `{entry.source.area}` is left out")
        if self.draft.folder.areas is not None:
            self.drop_empty_areas(good)
        topics = self.slugs("topic", good)
        for entry, item in self.items:
            topic = getattr(item.data, "topic", None)
            if entry.kind == "question" and id(entry) in good and topic not in topics:
                good.discard(id(entry))
                if not isinstance(item.data, BareQuestion):
                    self.leave_out(entry, f"its topic `{topic}` is left out")
        for kind in KINDS:
            for entry in self.draft.entries[kind]:
                if id(entry) not in good:
                    self.made.kept[kind].add(entry.slug)
        for entry, item in self.items:
            if id(entry) in good:
                self.made.of(entry.kind).append(item)

    def drop_empty_areas(self, good: set[int]) -> None:
        """A folder is an area for the sake of its topics."""
        entries = [entry for entry, _ in self.items if id(entry) in good]
        needed = {entry.source.area for entry in entries if entry.kind == "topic"}
        good -= {
            id(entry) for entry in entries if entry.kind == "area" and entry.slug not in needed
        }

    def faulty(self) -> set[int]:
        """Ids of the entries that a fault stands in. A file of one item is that item."""
        starts: dict[str, list[tuple[Place, Entry]]] = defaultdict(list)
        for entries in self.draft.entries.values():
            for entry in entries:
                if not isinstance(entry.data, BareQuestion):
                    start = entry.start if entry.where else (0, 0)
                    starts[entry.source.name].append((start, entry))
        for there in starts.values():
            there.sort(key=itemgetter(0))
        found: set[int] = set()
        for fault in self.made.faults:
            there = starts.get(fault.file, [])
            at = bisect_right(there, (fault.line, fault.column), key=itemgetter(0)) - 1
            if there:
                found.add(id(there[max(at, 0)][1]))
        return found

    def slugs(self, kind: str, good: set[int]) -> set[str]:
        return {entry.slug for entry, _ in self.items if entry.kind == kind and id(entry) in good}

    def leave_out(self, entry: Entry, because: str) -> None:
        place = entry.document.fault(entry.where, f"left out, as {because}")
        self.made.left_out.append(place)

    def finish(self) -> None:
        """Positions, old slugs that follow from others, and the second half of the digests."""
        made = self.made
        there = {kind: {item.slug for item in made.of(kind)} for kind in KINDS}
        for position, area in enumerate(made.areas):
            area.position = position
        by_topic: dict[str, int] = defaultdict(int)
        topics = {topic.slug: topic for topic in made.topics}
        for asked in made.questions:
            topic = topics[asked.data.topic]
            asked.position = by_topic[topic.slug]
            by_topic[topic.slug] += 1
            olds = [topic.slug, *topic.was]
            asked.implied = tuple(
                slug for old in olds if (slug := bare_slug(old, asked.data.text)) != asked.slug
            )
        titles = {area.slug: area.data.title for area in made.areas}
        for item in made.every():
            item.links = {
                address: target
                for address, target in item.links.items()
                if target[1] in there[target[0]]
            }
            leans = [str(item.position), json.dumps(item.links, sort_keys=True)]
            if item.kind == "topic":
                leans += [item.source.area, titles[item.source.area]]
            elif item.kind == "question":
                topic = topics[item.data.topic]
                leans += [topic.data.title, topic.data.source]
            leans += [f"{kind} {slug}" for kind, slug in _named(item) if slug in there[kind]]
            item.digest += digest_of(*leans)[:HALF]


def _said(entry: Entry) -> list[str]:
    """What the file says of an item."""
    if isinstance(entry.data, BareQuestion):
        return [entry.data.text, entry.data.level, entry.data.topic]
    raw = json.dumps(entry.raw, sort_keys=True, default=str)
    return [raw, entry.source.body] if entry.kind in ("topic", "reference") else [raw]


def _named(item: Item[Any]) -> Iterator[tuple[str, str]]:
    """Yield kind and slug of what an item names."""
    if item.kind == "roadmap":
        for path, value in walk(item.source.document.data):
            named = path[-2] if len(path) > 1 else ""
            if isinstance(value, str) and named in ("topics", "areas"):
                yield str(named).removesuffix("s"), value
    else:
        for key in ("topics", "prerequisites"):
            for slug in getattr(item.data, key, ()):
                yield "topic", slug
