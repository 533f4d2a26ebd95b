"""Tasks written one a line, "Title | minutes", as a learner types a few at once. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

MOST_LINES = 60
MOST_TITLE = 200
MOST_MINUTES = 600
USUAL_MINUTES = 30  # of a line that says none
_NUMBER = r"(\d{1,9}(?:[.,]\d{1,2})?)"
_UNIT = r"(m|min|mins|minutes?|h|hrs?|hours?)"
_MINUTES = re.compile(rf"{_NUMBER}\s*{_UNIT}?\.?", re.ASCII | re.IGNORECASE)
# Behind a comma, a dash, a blank, or in brackets.
_AT_THE_END = re.compile(
    rf"(?P<title>.*?\S)\s*(?:[,;:–—-]\s*|\(\s*|\s){_NUMBER}\s*{_UNIT}\.?\s*\)?",
    re.ASCII | re.IGNORECASE,
)


class TaskLine(NamedTuple):
    """A task as it is typed."""

    title: str
    minutes: int


class LineFaults(ValueError):
    """Some lines cannot be read; `faults` are sentences that name them."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


def read_task_lines(text: str) -> list[TaskLine]:
    """Return the tasks of these lines, empty lines left out; 30 minutes where a line says none.

    The last bar divides, so that a title may hold one; without a bar, minutes or hours at the end
    are read, if their unit is said. Raises LineFaults.
    """
    tasks: list[TaskLine] = []
    faults: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            tasks.append(_read(line))
        except ValueError as why:
            faults.append(f"Line {number}: {why}")
    if len(tasks) > MOST_LINES:
        faults.append(f"That is {len(tasks)} tasks; at most {MOST_LINES} fit here.")
    if faults:
        raise LineFaults(faults)
    return tasks


def _read(line: str) -> TaskLine:
    head, bar, tail = line.rpartition("|")
    title = (head if bar else tail).strip()
    if not title:
        raise ValueError("the title before the bar is missing.")
    said = _MINUTES.fullmatch(tail.strip()) if bar else _AT_THE_END.fullmatch(title)
    if bar and said is None:
        raise ValueError("after the bar there is a whole number of minutes, like “| 45”.")
    if said and not bar:
        title = said["title"]
    if len(title) > MOST_TITLE:
        raise ValueError(f"a title has at most {MOST_TITLE} characters; this has {len(title)}.")
    if said is None:
        return TaskLine(title, USUAL_MINUTES)
    *_, number, unit = said.groups()
    return TaskLine(title, _minutes(number, unit or ""))


def _minutes(number: str, unit: str) -> int:
    hours = unit.lower().startswith("h")
    minutes = round(float(number.replace(",", ".")) * (60 if hours else 1))
    if not hours and not number.isdecimal():
        raise ValueError("after the bar there is a whole number of minutes, like “| 45”.")
    if not 1 <= minutes <= MOST_MINUTES:
        raise ValueError(f"a task has 1 to {MOST_MINUTES} minutes; divide what is longer.")
    return minutes


def as_lines(tasks: Iterable[tuple[str, int]]) -> str:
    """Return the tasks as they are typed, one a line."""
    return "\n".join(f"{title} | {minutes}" for title, minutes in tasks)
