"""Processor time, and how slow the machine is just now."""

from __future__ import annotations

import time
from collections.abc import Callable

TRIES = 5
# What `_work` takes on the machine the budgets were set on.
USUAL = 0.035


def seconds_of(work: Callable[[], object]) -> float:
    """The processor time of a piece of work in seconds, the best of several tries."""
    best = float("inf")
    for _ in range(TRIES):
        begin = time.process_time()
        work()
        best = min(best, time.process_time() - begin)
    return best


def floor_of() -> float:
    """How many times slower than usual plain Python is, here and now."""
    return seconds_of(_work) / USUAL


def _work() -> int:
    return sum((number * number + 1) // 3 for number in range(400_000))
