"""Rows that take another slug, and the old slugs that still lead to them."""

from __future__ import annotations

from typing import Any

from apps.library.addresses import MODELS
from apps.library.changes import Change, Changes
from apps.library.links import BATCH
from apps.library.models import Alias, SearchEntry
from apps.library.records import move_curated
from apps.library.source.items import Content


def rename_rows(changes: Changes) -> None:
    """Delete the rows that give way, and give the others their new slugs."""
    for kind, change in changes.kinds.items():
        for pk, kept in change.drop.items():
            move_curated(change.model, pk, kept)
        if change.drop:
            keys = [str(pk) for pk in change.drop]
            SearchEntry.objects.filter(kind=kind, key__in=keys).delete()
            change.model._default_manager.filter(pk__in=list(change.drop)).delete()
        rows = [
            MODELS[kind](pk=change.rows[old].pk, slug=new) for old, new in change.rename.items()
        ]
        change.model._default_manager.bulk_update(rows, ["slug"], batch_size=BATCH)


def write_aliases(changes: Changes, content: Content, collection: str) -> None:
    """Let every old slug lead to where its item is now; one that is live again leads nowhere
    else. Three queries at most."""
    rows = Alias.objects.filter(collection=collection)
    there = {(kind, slug): target for kind, slug, target in rows.values_list(*FIELDS)}
    live = {(kind, slug) for kind in changes.kinds for slug in _slugs(content, kind)}
    wanted = dict(there)
    for kind, change in changes.kinds.items():
        wanted.update({(kind, old): new for old, new in _new(change, content)})
    wanted = {key: target for key, target in wanted.items() if key not in live}
    made = {key: _last(wanted, key[0], target) for key, target in wanted.items()}
    new = [
        Alias(collection=collection, kind=kind, slug=slug, target_slug=target)
        for (kind, slug), target in made.items()
        if there.get((kind, slug)) != target
    ]
    Alias.objects.bulk_create(
        new,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["collection", "kind", "slug"],
        update_fields=["target_slug"],
    )
    gone = there.keys() - made.keys()
    for kind in {kind for kind, _ in gone}:
        rows.filter(kind=kind, slug__in=[slug for of, slug in gone if of == kind]).delete()


FIELDS = ("kind", "slug", "target_slug")


def _slugs(content: Content, kind: str) -> set[str]:
    return {item.slug for item in content.of(kind)}


def _new(change: Change, content: Content) -> list[tuple[str, str]]:
    written = [item for item in content.of(change.kind) if item.slug in change.write]
    declared = [(old, item.slug) for item in written for old in item.was]
    return [*change.rename.items(), *declared]


def _last(aliases: dict[tuple[str, str], Any], kind: str, slug: str) -> str:
    """Follow a slug to where it leads in the end."""
    seen: set[str] = set()
    while (kind, slug) in aliases and slug not in seen:
        seen.add(slug)
        slug = aliases[kind, slug]
    return slug
