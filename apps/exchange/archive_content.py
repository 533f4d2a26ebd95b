"""The curated items that an archive refers to: found here, also under a newer slug, or to be made.

What is made is retired at once: nobody finds it, and only learners with records of it may read it.
When its collection is loaded here, the loader takes the row over. What is here is never changed.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import models

from apps.exchange.archive_collect import Row, Rows, Used, chunks
from apps.exchange.archive_kinds import CONTENT, CONTENT_OF, KINDS
from apps.exchange.archive_read import Refused
from apps.exchange.archive_refs import ITEM, is_curated, mapped, ref_of, split_ref
from apps.library.models import Alias, Area, Topic
from apps.library.render import render_curated

ALIAS = {"areas": "area", "topics": "topic", "questions": "question", "roadmaps": "roadmap"}
ABOVE = {"questions": ("topic", "topics"), "topics": ("area", "areas")}
HTML = {"topics": ("body",), "questions": ("text", "answer")}
# What belongs to another is made after it.
ORDER = ("areas", "topics", "questions", "roadmaps")
BATCH = 500


class Content:
    """What the items of an archive are here. `here` are keys by list and name; `names` is what an
    item of the file is called here, where its slug has moved on."""

    def __init__(self, described: Rows, wanted: Used) -> None:
        self.described = {
            name: {ref_of(row["collection"], row["slug"]): row for row in described[name]}
            for name in CONTENT
        }
        self.here: dict[str, dict[str, Any]] = {}
        self.names: dict[str, dict[str, str]] = {}
        refs = {name: set(found) for name, found in wanted.items()}
        for name, (above, of) in ABOVE.items():
            rows = (self.described[name].get(ref) for ref in refs[name])
            refs[of] |= {row[above] for row in rows if row}
        for name in CONTENT:
            self.here[name], self.names[name] = _found(name, refs[name])

    def localised(self, rows: Rows) -> Rows:
        """Return the rows with every item under the name it has here. Does not query."""
        return {
            kind.name: [self._localised(kind, row) for row in rows[kind.name]] for kind in KINDS
        }

    def _localised(self, kind: Any, row: Row) -> Row:
        made = dict(row)
        for name, model in kind.refs.items():
            if model in CONTENT_OF:
                made[name] = self.names[CONTENT_OF[model]].get(row[name], row[name])
        for name in kind.many:
            made[name] = list(
                dict.fromkeys(self.names["topics"].get(ref, ref) for ref in row[name])
            )
        for name in kind.blobs:
            made[name] = mapped(row[name], self._marked)
        return made

    def _marked(self, text: str) -> str:
        found = ITEM.fullmatch(text) if "/" in text else None
        if found is None:
            return text
        ref = self.names[found["list"]].get(found["ref"], found["ref"])
        return f"{found['list']}:{ref}"

    def missing(self, needed: Used) -> dict[str, list[str]]:
        """Return what has to be made of the items that are needed, by list. Does not query.

        Raises Refused for one that is neither here nor described in the file.
        """
        lacks = {
            name: {ref for ref in needed[name] if ref not in self.here[name]} for name in ORDER
        }
        for name, (above, of) in ABOVE.items():
            for ref in lacks[name]:
                up: str = self._described(name, ref)[above]
                up = self.names[of].get(up, up)
                if up not in self.here[of]:
                    lacks[of].add(up)
        for name, refs in lacks.items():
            for ref in refs:
                self._described(name, ref)
        return {name: sorted(refs) for name, refs in lacks.items()}

    def _described(self, name: str, ref: str) -> Row:
        row = self.described[name].get(ref)
        if row is None:
            raise Refused(
                f"This export is not whole: “{ref}” of its {name} is neither in this library nor "
                "described in the file."
            )
        return row

    def make(self, missing: dict[str, list[str]], now: dt.datetime) -> None:
        """Make these items, retired. One query a list and five hundred items."""
        for name in ORDER:
            model = CONTENT[name]
            rows = [self._instance(name, model, ref, now) for ref in missing[name]]
            for made in model._default_manager.bulk_create(rows, batch_size=BATCH):
                self.here[name][ref_of(made.collection, made.slug)] = made.pk  # type: ignore[attr-defined] # all are curated

    def _instance(self, name: str, model: type[models.Model], ref: str, now: dt.datetime) -> Any:
        fields = dict(self._described(name, ref))
        if name in ABOVE:
            above, of = ABOVE[name]
            up = fields.pop(above)
            fields[f"{above}_id"] = self.here[of][self.names[of].get(up, up)]
        for text in HTML.get(name, ()):
            fields[f"{text}_html"] = render_curated(fields[text]) if fields[text] else ""
        return model(**fields, retired_at=now)

    def key(self, model: type[models.Model], ref: str) -> Any:
        """Return the key here of what a reference names; an own item's is the reference itself."""
        return self.here[CONTENT_OF[model]][ref] if is_curated(ref) else uuid.UUID(ref)

    def key_in_json(self, text: str) -> str:
        """Return a string of free JSON with the key here in the place of an item's name."""
        found = ITEM.fullmatch(text) if "/" in text else None
        return str(self.here[found["list"]][found["ref"]]) if found else text


def _found(name: str, refs: set[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The keys of the items that are here, by the names they have here, and those names."""
    there = _keys(name, refs)
    moved: dict[str, str] = {}
    lost = {split_ref(ref)[1] for ref in refs - there.keys()}
    for some in chunks(sorted(lost)):
        rows = Alias.objects.filter(kind=ALIAS[name], slug__in=some)
        for collection, slug, target in rows.values_list("collection", "slug", "target_slug"):
            old = ref_of(collection, slug)
            if old in refs and old not in there:
                moved[old] = ref_of(collection, target)
    targets = _keys(name, set(moved.values())) if moved else {}
    moved = {old: new for old, new in moved.items() if new in targets}
    return there | targets, moved


def _keys(name: str, refs: Iterable[str]) -> dict[str, Any]:
    model, wanted = CONTENT[name], set(refs)
    whose = {} if model is Area or name == "roadmaps" else {"owner": None}
    found: dict[str, Any] = {}
    for some in chunks(sorted({split_ref(ref)[1] for ref in wanted})):
        rows = model._default_manager.filter(slug__in=some, **whose).order_by()
        for pk, collection, slug in rows.values_list("pk", "collection", "slug"):
            found[ref_of(collection, slug)] = pk
    return {ref: pk for ref, pk in found.items() if ref in wanted}


def topic_titles(refs: Iterable[str], content: Content) -> dict[str, str]:
    """Return the titles of topics by their names here, for messages. One query."""
    keys = {content.key(Topic, ref): ref for ref in refs if ref in content.here["topics"]}
    rows = Topic.objects.filter(pk__in=list(keys)).values_list("pk", "title")
    return {keys[pk]: title for pk, title in rows}
