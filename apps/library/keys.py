"""How topics and areas are named in addresses, for lists that read columns instead of rows."""

from __future__ import annotations

import uuid
from functools import cache

from django.urls import reverse

from apps.library.models.topics import OURS

TOPIC = "dashboard:library_topic"


def topic_address(pk: uuid.UUID, slug: str, collection: str, *, is_own: bool) -> str:
    """Return what `Topic.get_absolute_url` returns. Does not query."""
    if is_own:
        return str(reverse(TOPIC, kwargs={"pk": pk}))
    if collection == OURS:
        return f"{_topics()}{slug}/"
    return str(reverse(TOPIC, kwargs={"collection": collection, "slug": slug}))


@cache
def _topics() -> str:
    """What the address of each of our topics begins with: lists name dozens of them."""
    return str(reverse("dashboard:library_topics"))


def topic_key(pk: uuid.UUID, slug: str, collection: str, *, is_own: bool) -> str:
    """Return what `Topic.key` returns."""
    return slug if collection == OURS and not is_own else str(pk)


def area_key(collection: str, slug: str) -> str:
    """Return what names an area in a filter: the slug of ours, else with the collection's name."""
    return slug if collection == OURS else f"{collection}/{slug}"


def split_area_key(key: str) -> tuple[str, str]:
    """Return collection and slug of what names an area in a filter."""
    collection, _, slug = key.rpartition("/")
    return collection or OURS, slug
