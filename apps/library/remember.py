"""Results that are kept as long as a larger piece of work lasts. Pure."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec

Given = ParamSpec("Given")

_memory: ContextVar[dict[tuple[Any, ...], str] | None] = ContextVar("memory", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Inside, `remembered` functions do not work out the same thing twice."""
    token = _memory.set({})
    try:
        yield
    finally:
        _memory.reset(token)


def remembered(function: Callable[Given, str]) -> Callable[Given, str]:
    """Return the function with a memory inside `remembering`; what it raises is not kept."""

    @functools.wraps(function)
    def asked(*args: Given.args, **options: Given.kwargs) -> str:
        memory = _memory.get()
        if memory is None:
            return function(*args, **options)
        key = (function.__qualname__, args, *options.items())
        if key not in memory:
            memory[key] = function(*args, **options)
        return memory[key]

    return asked
