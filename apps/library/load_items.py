"""Areas, topics, questions, exercises, project ideas and references into the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Model

from apps.library.addresses import MODELS
from apps.library.changes import Changes
from apps.library.compose import Fields
from apps.library.links import BATCH, sync_links
from apps.library.load_columns import Columns
from apps.library.models import Exercise, ProjectIdea, Reference, Topic
from apps.library.source.files import KINDS
from apps.library.source.items import Content, Item

WRITTEN_ALWAYS = ("slug", "digest", "position", "retired_at")
# Kinds that name topics, with the table that links them and its key of them.
PAGES: tuple[tuple[str, type[Model], str], ...] = (
    ("exercise", Exercise.topics.through, "exercise_id"),
    ("project", ProjectIdea.topics.through, "projectidea_id"),
    ("reference", Reference.topics.through, "reference_id"),
)


class Writer:
    """Writes the items of one load. `keys` are primary keys by slug, of what is live."""

    def __init__(
        self, content: Content, changes: Changes, columns: Columns, collection: str
    ) -> None:
        self.content = content
        self.changes = changes
        self.columns = columns
        self.collection = collection
        self.keys: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}

    def write(self) -> None:
        """Write all kinds but roadmaps."""
        self.upsert("area")
        self.upsert("topic")
        self.link(
            "topic", Topic.prerequisites.through, "from_topic_id", "to_topic_id", "prerequisites"
        )
        self.upsert("question")
        for kind, through, near in PAGES:
            self.upsert(kind)
            self.link(kind, through, near, "topic_id", "topics")

    def changed(self, kind: str) -> list[Item[Any]]:
        """The items of a kind that are to be written."""
        change = self.changes.kinds[kind]
        return [item for item in self.content.of(kind) if item.slug in change.write]

    def fields(self, item: Item[Any]) -> Fields:
        """The columns of an item, with the keys of the rows it belongs to."""
        made = self.columns.of[item.kind][item.slug]
        if item.kind == "topic":
            return made | {"area_id": self.keys["area"][item.source.area]}
        if item.kind == "question":
            return made | {"topic_id": self.keys["topic"][item.data.topic]}
        return made

    def upsert(self, kind: str) -> None:
        """Write the rows of a kind, and learn the keys of all that are live."""
        change = self.changes.kinds[kind]
        model = MODELS[kind]
        rows = []
        fields: Fields = {}
        for item in self.changed(kind):
            fields = self.fields(item)
            made = model(
                collection=self.collection,
                slug=item.slug,
                digest=item.digest,
                position=item.position,
                **fields,
            )
            if item.slug in change.keep:
                made.pk = change.keep[item.slug]
            rows.append(made)
        if rows:
            columns = [name.removesuffix("_id") for name in fields]
            # By the primary key: the slug is unique only among rows without an owner.
            model._default_manager.bulk_create(
                rows,
                batch_size=BATCH,
                update_conflicts=True,
                unique_fields=["id"],
                update_fields=[*WRITTEN_ALWAYS, *columns],
            )
        self.learn_keys(kind)

    def learn_keys(self, kind: str) -> None:
        """Note the primary keys of the live items of a kind. One query where some are new."""
        change = self.changes.kinds[kind]
        slugs = {item.slug for item in self.content.of(kind)}
        keys = {slug: change.keep[slug] for slug in slugs & change.keep.keys()}
        if missing := slugs - keys.keys():
            rows = MODELS[kind]._default_manager.filter(collection=self.collection)
            if hasattr(MODELS[kind], "owner"):
                rows = rows.filter(owner=None)
            found = dict(rows.values_list("slug", "pk"))
            keys.update({slug: found[slug] for slug in missing})
        self.keys[kind] = keys

    def link(self, kind: str, through: Any, near: str, far: str, named: str) -> None:
        wanted = {
            self.keys[kind][item.slug]: self.topic_keys(getattr(item.data, named))
            for item in self.changed(kind)
        }
        if wanted:
            sync_links(through, near, far, wanted)

    def topic_keys(self, slugs: Iterable[str]) -> Sequence[Any]:
        """The primary keys of those topics that are live."""
        keys = self.keys["topic"]
        return [keys[slug] for slug in slugs if slug in keys]
