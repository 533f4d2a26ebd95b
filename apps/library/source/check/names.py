"""Slugs that items had before: `was`."""

from __future__ import annotations

from apps.library.source.check.common import WORDS, Draft, texts
from apps.library.source.items import BareQuestion


def check_names(draft: Draft) -> None:
    """Note old slugs that another item has now, and those that two items claim."""
    for kind, entries in draft.entries.items():
        word = WORDS.get(kind, kind)
        claimed: dict[str, str] = {}
        for entry in entries:
            if isinstance(entry.data, BareQuestion):
                continue
            for path, old in texts(entry.get("was"), ("was",)):
                if old in draft.slugs[kind]:
                    entry.fault(path, f"`{old}` is the slug of a {word} that is there")
                elif old in claimed:
                    entry.fault(path, f"the old slug `{old}` is claimed by `{claimed[old]}` too")
                else:
                    claimed[old] = entry.slug
