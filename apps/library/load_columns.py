"""The columns of what a load writes. They come from the files alone, without a query, so that they
are made before the transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from apps.accounts.models import LEVEL_RANK, Level
from apps.library import compose
from apps.library.addresses import Addresses
from apps.library.compose import Fields
from apps.library.models import ProjectIdea, Reference, SearchEntry
from apps.library.source.files import KINDS
from apps.library.source.items import Content, Item

FOUND = ("topic", "question", "exercise", "project", "reference", "roadmap")


class Columns:
    """The columns of one load's items, each made once: `of` the items themselves by kind and slug,
    without keys of other rows; `entries` of the search, likewise; `details` of a roadmap's tasks
    by the roadmap's slug, then the task's id."""

    def __init__(self, content: Content, collection: str) -> None:
        self.content = content
        self.addresses = Addresses(collection)
        self.of: dict[str, dict[str, Fields]] = {kind: {} for kind in KINDS}
        self.entries: dict[str, dict[str, Fields]] = {kind: {} for kind in KINDS}
        self.details: dict[str, dict[str, str]] = {}
        self.areas = {area.slug: area.data.title for area in content.areas}
        self.topics = {topic.slug: topic.data for topic in content.topics}

    def make(self, write: Mapping[str, Collection[str]]) -> None:
        """Make the columns of the slugs of each kind that were not made before."""
        for kind, slugs in write.items():
            for item in self.content.of(kind):
                if item.slug in slugs and item.slug not in self.of[kind]:
                    self._make(item)

    def _make(self, item: Item[Any]) -> None:
        fields = self._fields(item)
        if item.kind in FOUND:
            self.entries[item.kind][item.slug] = self._entry(item, fields)
        fields.pop("words", None)
        self.of[item.kind][item.slug] = fields

    def _fields(self, item: Item[Any]) -> Fields:
        data, body = item.data, item.source.body
        resolve = self.addresses.resolver(item)
        match item.kind:
            case "area":
                return compose.area_fields(data)
            case "topic":
                rank = min(_rank(level) for level in data.levels)
                return compose.topic_fields(data, body, resolve) | {"level_rank": rank}
            case "question":
                source = self.topics[data.topic].source
                made = compose.question_fields(data, source, resolve)
                return made | {"level_rank": _rank(data.level)}
            case "exercise":
                made = compose.exercise_fields(data, resolve)
                return made | {"level_rank": _rank(data.level)}
            case "project":
                return compose.project_fields(data, resolve)
            case "reference":
                return compose.reference_fields(data, body, resolve)
            case _:
                self.details[item.slug] = compose.task_details(data, resolve)
                return compose.roadmap_fields(data)

    def _entry(self, item: Item[Any], fields: Fields) -> Fields:
        found = compose.found_of(item.kind, fields, self._place(item))
        made = compose.entry_fields(found, SearchEntry.Kind(item.kind).label)
        return made | {"address": self.addresses.of(item.kind, item.slug)}

    def _place(self, item: Item[Any]) -> str:
        """A word or two on where the item belongs."""
        data = item.data
        match item.kind:
            case "topic":
                return self.areas[item.source.area]
            case "question":
                return self.topics[data.topic].title
            case "exercise":
                return f"{data.minutes} minutes"
            case "project":
                first, last = data.hours
                return f"{ProjectIdea.Size(data.size).label}, {first}-{last} hours"
            case "reference":
                return str(Reference.Group(data.group).label)
            case _:
                weeks = sum(len(phase.weeks) for phase in data.phases)
                return f"{weeks} week{'s' if weeks > 1 else ''}"


def _rank(level: str) -> int:
    return LEVEL_RANK[Level(level)]
