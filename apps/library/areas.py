"""The areas to choose from."""

from __future__ import annotations

from typing import NamedTuple

from apps.library.keys import area_key
from apps.library.models import OURS, Area


class AreaOption(NamedTuple):
    """One area to choose from."""

    pk: int
    key: str
    title: str


def area_options() -> list[AreaOption]:
    """Return the areas to choose from, ours first. One query."""
    rows = Area.objects.filter(retired_at=None).order_by("position", "slug")
    return [
        AreaOption(
            pk,
            area_key(collection, slug),
            title if collection == OURS else f"{title} ({collection})",
        )
        for pk, collection, slug, title in sorted(
            rows.values_list("pk", "collection", "slug", "title"),
            key=lambda row: (row[1] != OURS, row[1]),
        )
    ]
