"""No item can have a slug that an address of the library has for something else."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest
from django.core.management import CommandError
from django.urls import URLPattern

from apps.dashboard.urls import urlpatterns
from apps.library.addresses import MODELS
from apps.library.management.commands.load_content import check_name
from apps.library.source import read_content
from apps.library.source.reserved import is_reserved
from tests.library.conftest import QUESTIONS, Folder, folder, full

__all__ = ["folder", "full"]

KINDS = {model.page.removeprefix("dashboard:"): kind for kind, model in MODELS.items()}
SLUG = re.compile(r"[-a-zA-Z0-9_]+")
SOME_ID = "123e4567-e89b-42d3-a456-426614174000"
ROUTES = [
    (pattern.name, str(pattern.pattern).strip("/").split("/"))
    for pattern in urlpatterns
    if isinstance(pattern, URLPattern)
]


def taken() -> Iterator[tuple[str, str]]:
    """Yield (kind or "collection", name) where an item of that name would not be reached."""
    for page, route in ROUTES:
        for _, other in ROUTES if page in KINDS else ():
            if other is route or len(other) != len(route):
                continue
            found = list(_between(KINDS[str(page)], route, other))
            # An id stands for every name that reads as one: to refuse those is enough.
            by_id = [each for each in found if each[1] == SOME_ID]
            yield from by_id or found


def _between(kind: str, route: list[str], other: list[str]) -> Iterator[tuple[str, str]]:
    """What the other address takes from this one; nothing where they cannot be the same."""
    made = []
    for mine, its in zip(route, other, strict=True):
        named = {"<slug:slug>": kind, "<slug:collection>": "collection"}.get(mine)
        if named and its == "<uuid:pk>":
            made.append((named, SOME_ID))
        elif named and SLUG.fullmatch(its):
            made.append((named, its))
        elif not (mine == its or (named and its.startswith("<slug:"))):
            return
    yield from made


def test_every_name_that_is_taken_is_refused() -> None:
    found = set(taken())
    assert {("topic", "new"), ("question", "new"), ("reference", SOME_ID)} <= found
    assert [name for name in found if not is_reserved(*name)] == []


def test_no_other_name_is_refused() -> None:
    words = {(kind, name) for kind, name in taken() if name != SOME_ID}
    tried = {name for _, route in ROUTES for name in route if SLUG.fullmatch(name)}
    kinds = {*MODELS, "collection"}
    assert {(kind, name) for kind in kinds for name in tried if is_reserved(kind, name)} == words


def test_the_checker_names_them(full: Folder) -> None:
    for name in ("new", SOME_ID.replace("-", "_")):
        full.topic("nlp", name)
    full.topic("nlp", "news")
    asked = QUESTIONS.partition("- id: mean-explain")[0].replace("one outlier", "one number")
    full.write("questions/more.yaml", asked.replace("mean-outlier", "new"))
    assert [str(fault) for fault in read_content(full.root).faults] == [
        "questions/more.yaml:1:7: `new` is taken by an address of ours: no question can have it",
        f"topics/nlp/{SOME_ID.replace('-', '_')}.md:1:1: `{SOME_ID}` is taken by an address of "
        "ours: no topic can have it",
        "topics/nlp/new.md:1:1: `new` is taken by an address of ours: no topic can have it",
    ]


def test_an_item_that_was_called_so_gets_another_name(full: Folder) -> None:
    full.replace("topics/nlp/tokens.md", "category: must", "category: must\nwas: [new]")
    assert read_content(full.root).faults == []


def test_a_collection_is_not_called_like_an_id() -> None:
    with pytest.raises(CommandError, match="an address of ours"):
        check_name(str(uuid.uuid4()))
