"""Roadmaps: what they name must be there, what they number in order."""

from __future__ import annotations

from typing import Any

from apps.library.source import schema
from apps.library.source.check.common import (
    Draft,
    Entry,
    Place,
    first_place,
    get,
    in_order,
    is_readable,
    names,
    walk,
)
from apps.library.source.items import Where
from apps.library.source.text import is_web_address


def collect_roadmaps(draft: Draft) -> None:
    """Note the roadmaps."""
    for source in draft.folder.sources["roadmap"]:
        item = None
        slug = get(source.document.data, "slug")
        if source.is_whole and is_readable(source.document):
            item = schema.validate(schema.Roadmap, source.document)
        entry = Entry("roadmap", slug if isinstance(slug, str) else source.slug, source, (), item)
        if entry.slug != source.slug:
            message = f"the file of `{slug}` is named {entry.slug.replace('-', '_')}.yaml"
            entry.fault(("slug",), message)
        draft.add(entry)


def check_roadmaps(draft: Draft) -> None:
    """Note what is wrong inside each roadmap."""
    for entry in draft.entries["roadmap"]:
        if entry.source.is_whole:
            _Outline(entry, draft).check()


class _Outline:
    """A walk over a roadmap's raw data."""

    def __init__(self, entry: Entry, draft: Draft) -> None:
        self.entry = entry
        self.draft = draft
        self.tasks: dict[str, Place] = {}
        self.weeks = 0

    def check(self) -> None:
        for path, value in walk(self.entry.raw):
            if isinstance(path[-1], str):
                self.visit(path[-1], value, path)

    def visit(self, key: str, value: Any, path: Where) -> None:
        parent = path[-3] if len(path) >= 3 else ""
        if key == "url" and isinstance(value, str) and not is_web_address(value):
            self.entry.fault(path, f"only http and https links lead out of a page: `{value}`")
        elif key == "number" and parent == "weeks" and isinstance(value, int):
            self.weeks += 1
            if value != self.weeks:
                self.entry.fault(path, f"weeks are numbered in order: {self.weeks} comes here")
        elif key == "id" and parent == "tasks" and isinstance(value, str):
            self.once(path, value, self.tasks, "task")
        elif key == "topics" and parent == "tasks":
            names(self.entry, value, path, self.draft.slugs["topic"], "topic")
        elif key == "areas" and "area" not in self.draft.unread:
            names(self.entry, value, path, self.draft.slugs["area"], "area")
        elif key == "branches" and isinstance(value, list):
            seen: dict[str, Place] = {}
            for at, branch in enumerate(value):
                if isinstance(get(branch, "id"), str):
                    self.once((*path, at, "id"), branch["id"], seen, "branch")
        elif key in ("hours", "hours_per_week"):
            in_order(self.entry, path, value)

    def once(self, path: Where, slug: str, seen: dict[str, Place], what: str) -> None:
        node = self.entry.document.node(path)
        here = node.line, node.column
        if slug in seen:
            first = first_place(seen[slug], here)
            self.entry.fault(path, f"duplicate {what} `{slug}` ({first})")
        else:
            seen[slug] = here
