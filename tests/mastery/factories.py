"""Areas and topics for tests of what learners know."""

from __future__ import annotations

from typing import Any

from apps.library.models import Area, Category, Topic


def make_area(slug: str = "statistics", position: int = 0, **fields: Any) -> Area:
    """Return the curated area with that slug, made if it is missing."""
    title = slug.replace("-", " ").capitalize()
    return Area.objects.get_or_create(
        slug=slug, defaults={"title": title, "position": position, **fields}
    )[0]


def make_topic(slug: str, area: Area | str = "statistics", **fields: Any) -> Topic:
    """Return a saved topic, curated unless an owner is given."""
    if isinstance(area, str):
        area = make_area(area)
    defaults = {
        "title": slug.replace("-", " ").capitalize(),
        "category": Category.MUST,
        "level_rank": 1,
    }
    return Topic.objects.create(slug=slug, area=area, **{**defaults, **fields})
