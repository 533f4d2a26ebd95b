"""Exercises, project ideas and references: one file each."""

from __future__ import annotations

from apps.library.source import schema
from apps.library.source.check.common import Draft, Entry, in_order, is_readable, names

MODELS: dict[str, type[schema.Item]] = {
    "exercise": schema.Exercise,
    "project": schema.Project,
    "reference": schema.Reference,
}


def collect_pages(draft: Draft) -> None:
    """Note exercises, project ideas and references."""
    for kind, model in MODELS.items():
        for source in draft.folder.sources[kind]:
            item = None
            if source.is_whole and is_readable(source.document):
                item = schema.validate(model, source.document)
            draft.add(Entry(kind, source.slug, source, (), item))


def check_pages(draft: Draft) -> None:
    """Note what does not fit: unknown topics, hours the wrong way round, a page without a text."""
    for kind in MODELS:
        for entry in draft.entries[kind]:
            if not entry.source.is_whole:
                continue
            names(entry, entry.get("topics"), ("topics",), draft.slugs["topic"], "topic")
            in_order(entry, ("hours",), entry.get("hours"))
            if kind == "reference" and not entry.source.body.strip():
                message = "a reference has a text after its front matter"
                entry.fault_at(entry.source.body_line, 1, message)
