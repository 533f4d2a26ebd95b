"""Slugs that no item can have, and those that items had before: `was`."""

from __future__ import annotations

from apps.library.source.check.common import WORDS, Draft, Entry, texts
from apps.library.source.items import BareQuestion
from apps.library.source.reserved import is_reserved


def check_names(draft: Draft) -> None:
    """Note slugs that our addresses have for something else; old slugs that another item has
    now, and those that two items claim."""
    for kind, entries in draft.entries.items():
        word = WORDS.get(kind, kind)
        claimed: dict[str, Entry] = {}
        for entry in entries:
            if isinstance(entry.data, BareQuestion):
                continue
            if is_reserved(kind, entry.slug):
                message = f"`{entry.slug}` is taken by an address of ours: no {word} can have it"
                entry.fault_of_slug(message)
            for path, old in texts(entry.get("was"), ("was",)):
                if old in draft.slugs[kind]:
                    entry.fault(path, f"`{old}` is the slug of a {word} that is there")
                elif claimed.get(old) is entry:
                    entry.fault(path, f"`{old}` is listed twice")
                elif old in claimed:
                    other = claimed[old].slug
                    entry.fault(path, f"the old slug `{old}` is claimed by `{other}` too")
                else:
                    claimed[old] = entry
