"""What differs between a content folder and the database: what to write, to rename, to retire."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import models

from apps.library.addresses import MODELS
from apps.library.records import with_records
from apps.library.source.files import KINDS
from apps.library.source.items import Content, Item
from apps.library.source.marks import Fault


@dataclass(slots=True)
class Counts:
    """How many items of one kind were added, changed, and so on; left as they were."""

    added: int = 0
    changed: int = 0
    renamed: int = 0
    returned: int = 0
    retired: int = 0
    unchanged: int = 0

    def __str__(self) -> str:
        return (
            f"{self.added} added / {self.changed} changed / {self.renamed} renamed / "
            f"{self.returned} returned / {self.retired} retired / {self.unchanged} unchanged"
        )


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of a row before it is written."""

    pk: Any
    digest: str
    is_retired: bool


@dataclass(slots=True)
class Change:
    """What is to be done with one kind.

    `write` are slugs; `keep` the row that each slug had before, under this or an old slug;
    `rename` maps old slugs to new ones, `drop` the keys of rows that give way to another's.
    """

    kind: str
    rows: dict[str, Row]
    counts: Counts = field(default_factory=Counts)
    write: set[str] = field(default_factory=set)
    keep: dict[str, Any] = field(default_factory=dict)
    rename: dict[str, str] = field(default_factory=dict)
    drop: dict[Any, Any] = field(default_factory=dict)
    retire: list[Any] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def model(self) -> type[models.Model]:
        return MODELS[self.kind]

    @property
    def writes(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.write or self.retire or self.drop)


class Changes:
    """What differs, of every kind. Queries once per kind, and more only where rows compete."""

    def __init__(self, collection: str) -> None:
        self.kinds = {kind: Change(kind, _rows(kind, collection)) for kind in KINDS}

    def digests(self) -> set[str]:
        """Digests of items that were checked when they were loaded."""
        return {row.digest for change in self.kinds.values() for row in change.rows.values()}

    def compare(self, content: Content) -> None:
        """Sort the items into what is to be written, renamed and retired."""
        for kind, change in self.kinds.items():
            _compare(change, content, content.of(kind))
            if content.faults:
                # What cannot be read now may be there still: nothing is taken for gone.
                change.retire.clear()
                change.counts.retired = 0

    @property
    def write(self) -> dict[str, set[str]]:
        """The slugs that are to be written, by kind."""
        return {kind: change.write for kind, change in self.kinds.items()}

    @property
    def writes(self) -> bool:
        return any(change.writes for change in self.kinds.values())

    @property
    def faults(self) -> list[Fault]:
        """Renamings that are not possible."""
        return [fault for change in self.kinds.values() for fault in change.faults]


def _rows(kind: str, collection: str) -> dict[str, Row]:
    model = MODELS[kind]
    rows = model._default_manager.filter(collection=collection)
    if any(field.name == "owner" for field in model._meta.fields):
        rows = rows.filter(owner=None)
    values = rows.order_by().values_list("slug", "pk", "digest", "retired_at")
    return {slug: Row(pk, digest, retired is not None) for slug, pk, digest, retired in values}


def _compare(change: Change, content: Content, items: list[Item[Any]]) -> None:
    live = {item.slug for item in items} | content.kept[change.kind]
    gone = {slug for slug in change.rows if slug not in live}
    for item in items:
        _sort(change, item, gone)
    if change.kind in content.unread:
        return
    prefixes = tuple(f"{topic[:89].rstrip('-')}-q-" for topic in content.kept["topic"])
    for slug in gone:
        hidden = change.kind == "question" and prefixes and slug.startswith(prefixes)
        if not change.rows[slug].is_retired and not hidden:
            change.retire.append(change.rows[slug].pk)
    change.counts.retired = len(change.retire)


def _sort(change: Change, item: Item[Any], gone: set[str]) -> None:
    row = change.rows.get(item.slug)
    old = _old_slug(change, item, gone)
    if old is not None:
        gone.discard(old)
        change.rename[old] = item.slug
        change.keep[item.slug] = change.rows[old].pk
        change.counts.renamed += 1
    elif row is None:
        change.counts.added += 1
    else:
        change.keep[item.slug] = row.pk
        if row.is_retired:
            change.counts.returned += 1
        elif row.digest != item.digest:
            change.counts.changed += 1
        else:
            change.counts.unchanged += 1
            return
    change.write.add(item.slug)


def _old_slug(change: Change, item: Item[Any], gone: set[str]) -> str | None:
    """Return the slug of the row that becomes this item's, if it is not its own already.

    Rows that give way to it are noted; so is a fault where learners' records hang on several.
    """
    row = change.rows.get(item.slug)
    olds = [slug for slug in item.was if slug in gone]
    if not olds:
        return next((slug for slug in item.implied if slug in gone), None) if row is None else None
    rivals = [*olds, item.slug] if row else olds
    keeper = olds[0]
    if len(rivals) > 1:
        held = _held(change, rivals)
        if len(held) > 1:
            words = " and ".join(f"`{slug}`" for slug in held)
            message = f"{words} both have learners' records, which cannot become one"
            change.faults.append(item.fault("was", message))
            return None
        keeper = held[0] if held else keeper
        kept = change.rows[keeper].pk
        for slug in rivals:
            if slug != keeper:
                change.drop[change.rows[slug].pk] = kept
                gone.discard(slug)
    return keeper if keeper != item.slug else None


def _held(change: Change, slugs: list[str]) -> list[str]:
    keys = with_records(change.model, [change.rows[slug].pk for slug in slugs])
    return [slug for slug in slugs if change.rows[slug].pk in keys]
