"""What is loaded becomes findable: entries of the search for curated items."""

from __future__ import annotations

from typing import Any

from apps.library.links import BATCH
from apps.library.load_columns import FOUND
from apps.library.load_items import Writer
from apps.library.models import Question, SearchEntry, Topic, TopicNote
from apps.library.search_text import fold
from apps.library.source.items import Item

COLUMNS = ("title", "title_plain", "place", "text", "text_plain", "address", "collection")


def write_entries(writer: Writer) -> None:
    """Write an entry for each item that was written, take away those of what is retired."""
    rows = []
    for kind in FOUND:
        change = writer.changes.kinds[kind]
        rows += [
            SearchEntry(
                kind=kind,
                key=str(writer.keys[kind][item.slug]),
                collection=writer.collection,
                **writer.columns.entries[kind][item.slug],
            )
            for item in writer.changed(kind)
        ]
        keys = [str(pk) for pk in change.retire]
        for start in range(0, len(keys), BATCH):
            SearchEntry.objects.filter(kind=kind, key__in=keys[start : start + BATCH]).delete()
    SearchEntry.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["kind", "key"],
        update_fields=list(COLUMNS),
    )


def write_own_entries(writer: Writer) -> None:
    """Let learners' own entries follow topics and areas that took another title or slug."""
    topics = dict(_kept(writer, "topic"))
    areas = dict(_kept(writer, "area"))
    addresses = {pk: writer.columns.addresses.of("topic", item.slug) for pk, item in topics.items()}
    entries: dict[str, dict[str, str]] = {}
    for start in range(0, len(topics), BATCH):
        keys = list(topics)[start : start + BATCH]
        for pk, topic in TopicNote.objects.filter(topic__in=keys).values_list("pk", "topic"):
            title = topics[topic].data.title
            entries[str(pk)] = {
                "title": title,
                "title_plain": fold(title),
                "address": f"{addresses[topic]}#note",
            }
        own = Question.objects.filter(topic__in=keys, owner__isnull=False)
        for pk, topic in own.values_list("pk", "topic"):
            entries[str(pk)] = {"place": topics[topic].data.title}
    if areas:
        mine = Topic.objects.filter(area__in=list(areas), owner__isnull=False)
        for pk, area in mine.values_list("pk", "area"):
            entries[str(pk)] = {"place": areas[area].data.title}
    for key, columns in entries.items():
        SearchEntry.objects.filter(key=key, owner__isnull=False).exclude(**columns).update(
            **columns
        )


def _kept(writer: Writer, kind: str) -> list[tuple[Any, Item[Any]]]:
    """The rows of a kind that were there before and are written again."""
    keep = writer.changes.kinds[kind].keep
    return [(keep[item.slug], item) for item in writer.changed(kind) if item.slug in keep]
