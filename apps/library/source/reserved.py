"""Slugs that no item can have, as the library's addresses have something else there. Pure."""

from __future__ import annotations

import re

# By kind. tests/dashboard/library/test_addresses.py compares them with the addresses there are.
RESERVED = {"topic": {"new"}, "question": {"new"}}
# Of these, and in the place of a collection's name, an id names a learner's own thing.
BY_ID = {"topic", "question", "reference", "collection"}
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def is_reserved(kind: str, slug: str) -> bool:
    """Whether an item of that kind, or a "collection", cannot have that name."""
    return slug in RESERVED.get(kind, ()) or (kind in BY_ID and bool(ID.fullmatch(slug)))
