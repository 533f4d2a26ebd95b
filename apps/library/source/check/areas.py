"""Areas: the list in areas.yaml, or the folders of topics where there is none."""

from __future__ import annotations

from apps.library.source import schema
from apps.library.source.check.common import Draft, Entry, get
from apps.library.source.files import Source
from apps.library.source.marks import Document, Node


def check_areas(draft: Draft) -> None:
    """Note the areas and their faults."""
    if draft.folder.areas is not None:
        for slug, title in sorted(draft.folder.areas.items()):
            made = schema.Area.model_validate({"slug": slug, "title": title[:200] or slug})
            document = Document(f"topics/{slug}", {"slug": slug, "title": title}, Node(1, 1), [])
            draft.add(Entry("area", slug, Source(document, slug, body=" "), (), made))
        return
    for source in draft.folder.sources["area"]:
        document = source.document
        if not isinstance(document.data, list):
            draft.unread.add("area")
            if source.is_whole and not document.faults:
                document.faults.append(document.fault((), "must be a list of areas"))
            continue
        for position, raw in enumerate(document.data):
            item = schema.validate(schema.Area, document, (position,))
            slug = get(raw, "slug")
            draft.add(
                Entry("area", slug if isinstance(slug, str) else "", source, (position,), item)
            )
