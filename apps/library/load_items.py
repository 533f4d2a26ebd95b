"""Areas, topics, questions, exercises, project ideas and references into the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from apps.accounts.models import LEVEL_RANK, Level
from apps.library import compose
from apps.library.addresses import MODELS, Addresses
from apps.library.changes import Changes
from apps.library.compose import Fields
from apps.library.links import BATCH, sync_links
from apps.library.models import Exercise, ProjectIdea, Reference, Topic
from apps.library.source.files import KINDS
from apps.library.source.items import Content, Item

WRITTEN_ALWAYS = ("slug", "digest", "position", "retired_at")


class Writer:
    """Writes the items of one load. `keys` are primary keys by slug, of what is live."""

    def __init__(self, content: Content, changes: Changes, collection: str) -> None:
        self.content = content
        self.changes = changes
        self.collection = collection
        self.addresses = Addresses(collection)
        self.keys: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
        self.fields: dict[str, dict[str, Fields]] = {kind: {} for kind in KINDS}

    def write(self) -> None:
        """Write all kinds but roadmaps."""
        self.areas()
        self.topics()
        self.questions()
        self.pages("exercise", Exercise.topics.through, "exercise_id")
        self.pages("project", ProjectIdea.topics.through, "projectidea_id")
        self.pages("reference", Reference.topics.through, "reference_id")

    def changed(self, kind: str) -> list[Item[Any]]:
        """The items of a kind that are to be written."""
        change = self.changes.kinds[kind]
        return [item for item in self.content.of(kind) if item.slug in change.write]

    def areas(self) -> None:
        for item in self.changed("area"):
            self.fields["area"][item.slug] = compose.area_fields(item.data)
        self.upsert("area")

    def topics(self) -> None:
        for item in self.changed("topic"):
            resolve = self.addresses.resolver(item)
            fields = compose.topic_fields(item.data, item.source.body, resolve)
            self.fields["topic"][item.slug] = fields | {
                "area_id": self.keys["area"][item.source.area],
                "level_rank": min(LEVEL_RANK[Level(level)] for level in item.data.levels),
            }
        self.upsert("topic")
        self.link(
            "topic", Topic.prerequisites.through, "from_topic_id", "to_topic_id", "prerequisites"
        )

    def questions(self) -> None:
        sources = {topic.slug: topic.data.source for topic in self.content.topics}
        for item in self.changed("question"):
            resolve = self.addresses.resolver(item)
            fields = compose.question_fields(item.data, sources[item.data.topic], resolve)
            self.fields["question"][item.slug] = fields | {
                "topic_id": self.keys["topic"][item.data.topic],
                "level_rank": LEVEL_RANK[Level(item.data.level)],
            }
        self.upsert("question")

    def pages(self, kind: str, through: Any, near: str) -> None:
        for item in self.changed(kind):
            resolve = self.addresses.resolver(item)
            if kind == "exercise":
                fields = compose.exercise_fields(item.data, resolve)
                fields["level_rank"] = LEVEL_RANK[Level(item.data.level)]
            elif kind == "project":
                fields = compose.project_fields(item.data, resolve)
            else:
                fields = compose.reference_fields(item.data, item.source.body, resolve)
            self.fields[kind][item.slug] = fields
        self.upsert(kind)
        self.link(kind, through, near, "topic_id", "topics")

    def upsert(self, kind: str) -> None:
        """Write the rows of a kind, and learn the keys of all that are live."""
        change = self.changes.kinds[kind]
        model = MODELS[kind]
        items = self.changed(kind)
        rows = []
        for item in items:
            made = model(
                collection=self.collection,
                slug=item.slug,
                digest=item.digest,
                position=item.position,
                **self.fields[kind][item.slug],
            )
            if item.slug in change.keep:
                made.pk = change.keep[item.slug]
            rows.append(made)
        if rows:
            columns = [name.removesuffix("_id") for name in self.fields[kind][items[0].slug]]
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
