"""How an archive names things. Pure.

A curated item is `collection/slug`, so that another instance finds its own; what is the learner's
own is its id. In free JSON an item is marked with its list, `topics:collection/slug`, since nothing
else there tells what an id leads to.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

UUID_SIGNS = 36
ITEM = re.compile(r"(?P<list>topics|questions):(?P<ref>[^/\s]+/[^/\s]+)")
SIGNS = 32  # of an id, without its hyphens


def ref_of(collection: str, slug: str) -> str:
    """Return what names a curated item."""
    return f"{collection}/{slug}"


def split_ref(ref: str) -> tuple[str, str]:
    """Return collection and slug of what names a curated item."""
    collection, _, slug = ref.partition("/")
    return collection, slug


def is_curated(ref: str) -> bool:
    """Whether a reference names a curated item, not one of the learner's own."""
    return "/" in ref


def mapped(value: Any, change: Callable[[str], str]) -> Any:
    """Return JSON with every string in it changed, names of members too."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [mapped(each, change) for each in value]
    if isinstance(value, dict):
        return {change(name): mapped(each, change) for name, each in value.items()}
    return value


def strings(value: Any) -> Iterator[str]:
    """Yield every string in JSON, names of members too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from strings(each)


def ids_in(value: Any) -> Iterator[str]:
    """Yield every id in JSON as it is usually written: those that stand alone and those with a word
    before, `day:ID`. Whatever may be taken for an id is one, with or without its hyphens."""
    for each in strings(value):
        for text in {each, each.partition(":")[2]} if len(each) >= SIGNS else ():
            bare = text.replace("urn:", "").replace("uuid:", "").strip("{}").replace("-", "")
            if len(bare) == SIGNS:  # as `UUID` reads it
                with suppress(ValueError):
                    yield str(uuid.UUID(bare))


def items_in(value: Any) -> Iterator[tuple[str, str]]:
    """Yield (list, `collection/slug`) of every curated item that JSON names."""
    for each in strings(value):
        found = ITEM.fullmatch(each) if "/" in each else None
        if found:
            yield found["list"], found["ref"]
