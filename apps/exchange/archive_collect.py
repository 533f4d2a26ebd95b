"""Everything a learner has, as rows of plain values, and the curated content it refers to."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from django.db import models

from apps.accounts.models import User
from apps.exchange.archive_kinds import CONTENT, CONTENT_COLUMNS, CONTENT_OF, KINDS, SETTINGS, Kind
from apps.exchange.archive_refs import UUID_SIGNS, is_curated, items_in, mapped, ref_of
from apps.library.models import Area, Question, Roadmap, Topic

Row = dict[str, Any]
Rows = dict[str, list[Row]]
Used = dict[str, set[str]]  # names of curated items, by list
CHUNK = 2_000
Item = TypeVar("Item")


class Names:
    """What the items that a learner may refer to are called in the file. Six queries."""

    def __init__(self, user: User) -> None:
        self.of: dict[type[models.Model], dict[Any, str]] = {}
        seen: dict[type[models.Model], Any] = {
            Topic: Topic.objects.visible_to(user),
            Question: Question.objects.visible_to(user),
        }
        for model, visible in seen.items():
            keys = visible.order_by().values_list("pk", "collection", "slug")
            own = set(visible.filter(owner=user).values_list("pk", flat=True))
            self.of[model] = {
                pk: str(pk) if pk in own else ref_of(collection, slug)
                for pk, collection, slug in keys
            }
        curated: type[models.Model]
        for curated in (Area, Roadmap):
            rows = curated._default_manager.order_by()
            self.of[curated] = {
                pk: ref_of(collection, slug)
                for pk, collection, slug in rows.values_list("pk", "collection", "slug")
            }
        self._marked = {
            str(pk): f"{CONTENT_OF[model]}:{ref}"
            for model in seen
            for pk, ref in self.of[model].items()
            if is_curated(ref)
        }

    def in_words(self, text: str) -> str:
        """Return a string of free JSON; the id of a curated item as the item's name."""
        return self._marked.get(text, text) if len(text) == UUID_SIGNS else text


def collect(user: User) -> tuple[Rows, Names]:
    """Return all rows of the learner by kind, in a stable order, and the names of items. Queries
    are constant in the number of rows: one a kind and one a many-to-many column, six for names."""
    names = Names(user)
    return {kind.name: list(_rows(kind, user, names)) for kind in KINDS}, names


def _rows(kind: Kind, user: User, names: Names) -> Iterator[Row]:
    rows = kind.model._default_manager.filter(**{kind.owner: user}, **kind.only)
    columns = [each.name for each in kind.columns]
    attributes = [each.attname for each in kind.columns]
    told: list[tuple[str, dict[Any, str]]] = [
        (name, names.of[model]) for name, model in kind.refs.items() if model in CONTENT_OF
    ]
    many = {name: _many(kind, name, user, names) for name in kind.many}
    for values in rows.order_by(*kind.order).values_list(*attributes):
        row: Row = dict(zip(columns, values, strict=True))
        for name, refs in told:
            if row[name] is not None:
                row[name] = refs[row[name]]
        for name in kind.blobs:
            row[name] = mapped(row[name], names.in_words)
        for name, links in many.items():
            row[name] = links.get(row["id"], [])
        yield row


def _many(kind: Kind, name: str, user: User, names: Names) -> dict[uuid.UUID, list[str]]:
    """The items of a many-to-many column, in the order in which they were added."""
    field: Any = kind.model._meta.get_field(name)
    near, far = field.m2m_field_name(), field.m2m_reverse_field_name()
    rows = field.remote_field.through._default_manager.filter(**{f"{near}__{kind.owner}": user})
    refs = names.of[field.related_model]
    found: dict[uuid.UUID, list[str]] = {}
    for one, other in rows.order_by("pk").values_list(f"{near}_id", f"{far}_id"):
        found.setdefault(one, []).append(refs[other])
    return found


def used(rows: Rows) -> Used:
    """Return which curated items the rows refer to, by list. Does not query."""
    found: Used = {name: set() for name in CONTENT}
    for kind in KINDS:
        lists = [(name, CONTENT_OF[it]) for name, it in kind.refs.items() if it in CONTENT_OF]
        for row in rows[kind.name]:
            for name, of in lists:
                if row[name] is not None and is_curated(row[name]):
                    found[of].add(row[name])
            for name in kind.many:
                found["topics"].update(filter(is_curated, row[name]))
            for name in kind.blobs:
                for of, ref in items_in(row[name]):
                    found[of].add(ref)
    return found


def content_of(needed: Used, names: Names) -> Rows:
    """Return the items that are needed, and what they belong to in turn, by list and in the order
    of their names. Four queries, and one more for each two thousand items."""
    content: Rows = {}
    wanted = {name: set(refs) for name, refs in needed.items()}
    for name, above, of in (("questions", "topic", "topics"), ("topics", "area", "areas")):
        content[name] = _items(name, wanted[name], names)
        wanted[of].update(row[above] for row in content[name])
    content["areas"] = _items("areas", wanted["areas"], names)
    content["roadmaps"] = _items("roadmaps", wanted["roadmaps"], names)
    return {name: content[name] for name in CONTENT}


def _items(name: str, refs: set[str], names: Names) -> list[Row]:
    model, columns = CONTENT[name], CONTENT_COLUMNS[name]
    above = {
        each: model._meta.get_field(each).related_model
        for each in ("area", "topic")
        if each in columns
    }
    keys = [pk for pk, ref in names.of[model].items() if ref in refs]
    found: list[Row] = []
    for some in chunks(keys):
        rows = model._default_manager.filter(pk__in=some).order_by()
        found += (dict(zip(columns, values, strict=True)) for values in rows.values_list(*columns))
    for row in found:
        for each, of in above.items():
            row[each] = names.of[of][row[each]]  # type: ignore[index] # a foreign key's, not "self"
    return sorted(found, key=lambda row: (row["collection"], row["slug"]))


def settings_of(user: User) -> Row:
    """Return the learner's settings. Does not query."""
    return {name: getattr(user, name) for name in SETTINGS}


def chunks(items: Iterable[Item]) -> Iterator[Sequence[Item]]:
    """Yield the items, as many at a time as a query takes."""
    held = list(items)
    for start in range(0, len(held), CHUNK):
        yield held[start : start + CHUNK]
