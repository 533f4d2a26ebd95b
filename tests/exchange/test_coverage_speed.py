"""Reading a coverage table takes as long as its text is, whatever stands in it."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from apps.exchange.coverage_table import MOST_ROWS, read_table
from tests.exchange.test_coverage_table import HEADER, table

HOSTILE: dict[str, Callable[[int], str]] = {
    "bars": lambda n: "|" * n,
    "lines of bars": lambda n: "|\n" * (n // 2),
    "open brackets": lambda n: HEADER + "|" + "[" * n,
    "links": lambda n: HEADER + "|" + "[a](" * (n // 4),
    "stars": lambda n: HEADER + "|" + "*a" * (n // 2),
    "underscores": lambda n: HEADER + "|" + "_ a" * (n // 3),
    "spaces": lambda n: " " * n + "`",
    "tildes": lambda n: "~" * n + "`",
    "hashes": lambda n: "#" + " #" * (n // 2) + "x",
    "headings": lambda n: "# a\n" * (n // 4),
    "rulers": lambda n: "|-|\n" * (n // 4),
    "headers": lambda n: "| Know | Dunno |\n" * (n // 17),
    "columns": lambda n: "|s" * (n // 2) + "\n" + "|-" * (n // 2) + "\n",
    "fences": lambda n: "```\n" * (n // 4),
    "tags": lambda n: HEADER + "|" + "<a" * (n // 2),
    "dashes": lambda n: "a\n" + "-" * n + "x",
}


def seconds(text: str) -> float:
    """Return the least processor time of three readings."""
    times = []
    for _ in range(3):
        start = time.process_time()
        read_table(text)
        times.append(time.process_time() - start)
    return min(times)


@pytest.mark.parametrize("name", HOSTILE)
def test_reading_takes_as_long_as_the_text_is(name: str) -> None:
    make = HOSTILE[name]
    short, long = seconds(make(40_000)), seconds(make(320_000))
    assert long < 30 * short + 0.25, (short, long)


def test_a_large_table_is_read_soon() -> None:
    assert seconds(table(("know", MOST_ROWS))) < 1
