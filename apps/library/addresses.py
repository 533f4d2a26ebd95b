"""Where the page of a curated item is, without asking the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from apps.library.models import (
    OURS,
    Area,
    Exercise,
    ProjectIdea,
    Question,
    Reference,
    Roadmap,
    Topic,
)
from apps.library.source.items import Item

MODELS: dict[str, type[Any]] = {
    "area": Area,
    "topic": Topic,
    "question": Question,
    "exercise": Exercise,
    "project": ProjectIdea,
    "reference": Reference,
    "roadmap": Roadmap,
}
ANY = "any-slug"


class Addresses:
    """The addresses of a collection's pages, as `get_absolute_url` gives them; each kind's is
    looked up once."""

    def __init__(self, collection: str) -> None:
        self.other = {} if collection == OURS else {"collection": collection}
        self.patterns: dict[str, str] = {}

    def of(self, kind: str, slug: str) -> str:
        """Return the address of an item."""
        if kind not in self.patterns:
            page = MODELS[kind].page
            self.patterns[kind] = reverse(page, kwargs={**self.other, "slug": ANY})
        return self.patterns[kind].replace(ANY, slug)

    def resolver(self, item: Item[object]) -> Callable[[str], str | None]:
        """Return what turns the relative addresses in an item's texts into those of pages."""

        def resolve(address: str) -> str | None:
            target = item.links.get(address)
            if target is None:
                return None
            kind, slug, anchor = target
            return self.of(kind, slug) + (f"#{anchor}" if anchor else "")

        return resolve
