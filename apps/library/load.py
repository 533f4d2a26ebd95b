"""Content files into the database: areas and topics here, roadmaps in load_roadmaps.py."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from apps.accounts.models import LEVEL_RANK, Level
from apps.library.links import BATCH, sync_links
from apps.library.load_roadmaps import write_roadmaps
from apps.library.models import OURS, Area, Curated, Roadmap, Topic
from apps.library.render import render_curated
from apps.library.source import read_content
from apps.library.source.check import AreaItem, Content, TopicItem
from apps.library.source.marks import Fault

LOCK = 7_283_004_116  # any number that no other program of this database uses
TOPIC_FIELDS = (
    *("title", "summary", "source", "digest", "retired_at", "area", "category", "level_rank"),
    *("levels", "skills", "questions", "minutes", "body", "body_html"),
)
AREA_FIELDS = ("title", "summary", "source", "position", "digest", "retired_at")


class FaultyContentError(Exception):
    """The folder has faults; nothing was written."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


@dataclass(slots=True)
class Counts:
    """How many items of one kind were added, changed, brought back, retired, left as they were."""

    added: int = 0
    changed: int = 0
    returned: int = 0
    retired: int = 0
    unchanged: int = 0

    def __str__(self) -> str:
        return (
            f"{self.added} added / {self.changed} changed / {self.returned} returned / "
            f"{self.retired} retired / {self.unchanged} unchanged"
        )

    @property
    def writes(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.added or self.changed or self.returned or self.retired)


@dataclass(slots=True)
class Report:
    areas: Counts = field(default_factory=Counts)
    topics: Counts = field(default_factory=Counts)
    roadmaps: Counts = field(default_factory=Counts)

    def __str__(self) -> str:
        return f"areas {self.areas}; topics {self.topics}; roadmaps {self.roadmaps}"


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of a row before it is written."""

    pk: Any
    digest: str
    is_retired: bool


@dataclass(slots=True)
class Change:
    """Slugs to write and to retire, of one kind."""

    counts: Counts = field(default_factory=Counts)
    rows: dict[str, Row] = field(default_factory=dict)
    write: set[str] = field(default_factory=set)
    retire: list[Any] = field(default_factory=list)


def load_content(root: Path, collection: str = OURS) -> Report:
    """Load a content folder in one transaction and return what changed.

    An unchanged folder takes three queries and writes nothing. Raises FaultyContentError before
    anything is written, and NotADirectoryError.
    """
    changes = _Changes(collection)
    content = read_content(root, changes.digests())
    if content.faults:
        raise FaultyContentError(content.faults)
    changes.compare(content)
    if changes.writes:
        with transaction.atomic():
            _lock()
            changes = _Changes(collection)  # another process may have loaded meanwhile
            changes.compare(content)
            _write(content, changes, collection)
    return changes.report()


class _Changes:
    """What differs between the database and a folder. Queries once per kind."""

    def __init__(self, collection: str) -> None:
        self.areas = Change(rows=_rows(Area.objects.filter(collection=collection)))
        self.topics = Change(rows=_rows(Topic.objects.filter(collection=collection, owner=None)))
        self.roadmaps = Change(rows=_rows(Roadmap.objects.filter(collection=collection)))

    def digests(self) -> set[str]:
        """Digests of items that were checked when they were loaded."""
        rows = (*self.topics.rows.values(), *self.roadmaps.rows.values())
        return {row.digest for row in rows}

    def compare(self, content: Content) -> None:
        """Sort the items into what is to be written and what is to be retired."""
        _compare(self.areas, {area.item.slug: area.digest for area in content.areas})
        _compare(self.topics, {topic.slug: topic.digest for topic in content.topics})
        _compare(self.roadmaps, {made.item.slug: made.digest for made in content.roadmaps})

    @property
    def writes(self) -> bool:
        return any(kind.counts.writes for kind in (self.areas, self.topics, self.roadmaps))

    def report(self) -> Report:
        return Report(self.areas.counts, self.topics.counts, self.roadmaps.counts)


def _rows(queryset: models.QuerySet[Any]) -> dict[str, Row]:
    values = queryset.order_by().values_list("slug", "pk", "digest", "retired_at")
    return {slug: Row(pk, digest, retired is not None) for slug, pk, digest, retired in values}


def _compare(change: Change, digests: dict[str, str]) -> None:
    for slug, digest in digests.items():
        row = change.rows.get(slug)
        if row is None:
            change.counts.added += 1
        elif row.is_retired:
            change.counts.returned += 1
        elif row.digest != digest:
            change.counts.changed += 1
        else:
            change.counts.unchanged += 1
            continue
        change.write.add(slug)
    for slug, row in change.rows.items():
        if slug not in digests and not row.is_retired:
            change.retire.append(row.pk)
    change.counts.retired = len(change.retire)


def _lock() -> None:
    """Let a second load wait. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _write(content: Content, changes: _Changes, collection: str) -> None:
    _write_areas(content.areas, changes.areas, collection)
    areas = dict(Area.objects.filter(collection=collection).values_list("slug", "pk"))
    _write_topics(content.topics, changes.topics, areas, collection)
    topics = dict(Topic.objects.filter(collection=collection, owner=None).values_list("slug", "pk"))
    changed = [topic for topic in content.topics if topic.slug in changes.topics.write]
    sync_links(
        Topic.prerequisites.through,
        "from_topic_id",
        "to_topic_id",
        {
            topics[topic.slug]: [topics[slug] for slug in topic.item.prerequisites]
            for topic in changed
        },
    )
    write_roadmaps(
        [made for made in content.roadmaps if made.item.slug in changes.roadmaps.write],
        topics,
        collection,
    )
    _retire(Area, changes.areas.retire)
    _retire(Topic, changes.topics.retire)
    _retire(Roadmap, changes.roadmaps.retire)


def _write_areas(items: Iterable[AreaItem], change: Change, collection: str) -> None:
    rows = [
        Area(
            collection=collection,
            slug=area.item.slug,
            title=area.item.title,
            summary=area.item.summary,
            source=area.item.source,
            position=area.position,
            digest=area.digest,
        )
        for area in items
        if area.item.slug in change.write
    ]
    Area.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["collection", "slug"],
        update_fields=AREA_FIELDS,
    )


def _write_topics(
    items: Iterable[TopicItem], change: Change, areas: dict[str, int], collection: str
) -> None:
    rows = []
    for topic in items:
        if topic.slug not in change.write:
            continue
        made = Topic(
            collection=collection,
            slug=topic.slug,
            title=topic.item.title,
            summary=topic.item.summary,
            source=topic.item.source,
            digest=topic.digest,
            area_id=areas[topic.area],
            category=topic.item.category,
            level_rank=min(LEVEL_RANK[Level(level)] for level in topic.item.levels),
            levels=topic.item.levels,
            skills=topic.item.skills,
            questions=topic.item.questions,
            minutes=topic.item.minutes,
            body=topic.body.strip(),
            body_html=render_curated(topic.body),
        )
        if topic.slug in change.rows:
            made.pk = change.rows[topic.slug].pk
        rows.append(made)
    # By the primary key: the slug is unique only among topics without an owner.
    Topic.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=TOPIC_FIELDS,
    )


def _retire(model: type[Curated], keys: list[Any]) -> None:
    for start in range(0, len(keys), BATCH):
        model._default_manager.filter(pk__in=keys[start : start + BATCH]).update(
            retired_at=timezone.now()
        )
