"""The log of revisions: what each moved, and which of them can still be taken back. Pure."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

Rows = dict[str, dict[str, Any] | None]
Span = tuple[dt.date, dt.date]

# Kinds that concern a task or two. All others are decisions about the plan.
TASK_KINDS = frozenset(
    {"add", "edit", "delete", "reorder", "move", "skip", "unskip", "split", "pin", "unpin"}
)
DECISIONS, TASKS, ALL = "decisions", "tasks", "all"


class Change(Protocol):
    """What is asked of a revision."""

    kind: str
    before: Rows
    after: Rows
    undone_at: Any


Later = TypeVar("Later", bound=Change)


class Undoable:
    """Which revisions taking back would be granted, asked newest first.

    `done` are the ids of finished tasks. A later change of the same columns that stands, or all
    of it finished since, forbids it.
    """

    def __init__(self, done: Collection[str]) -> None:
        self._done = done
        self._touched: dict[str, set[str]] = defaultdict(set)

    def asks(self, change: Change) -> bool:
        """Return whether `change` may be undone, and count it among the later ones."""
        if change.undone_at:
            return False
        if not change.before:
            return change.kind == "decision"
        rows = open_rows(change, self._done)
        is_finished = _is_finished(change, rows)
        clash = any(self._touched[key] & columns for key, columns in rows.items())
        for key, row in change.after.items():
            self._touched[key] |= _columns(row)
        return not (is_finished or clash)


def _columns(row: Any) -> set[str]:
    return set(row) if isinstance(row, dict) else set()


def open_rows(change: Change, done: Collection[str]) -> dict[str, set[str]]:
    """Return the columns that undoing would put back, by row: not those of finished work."""
    return {
        key: _columns(change.after.get(key))
        for key, row in change.before.items()
        if not (key in done and (row is None or "parts" in row))
    }


def _is_finished(change: Change, rows: Collection[str]) -> bool:
    """Whether all its tasks have been finished since."""
    tasks = [key for key in change.before if _is_task(key)]
    return bool(tasks) and not any(key in rows for key in tasks)


def blocking(change: Change, later: Iterable[Later], done: Collection[str]) -> list[Later]:
    """Return those of the later revisions that stand and changed the same columns, in the order
    given: they are to be undone first."""
    rows = open_rows(change, done)
    return [
        other
        for other in later
        if not other.undone_at
        and any(_columns(other.after.get(key)) & columns for key, columns in rows.items())
    ]


@dataclass(frozen=True, slots=True)
class TaskMoved:
    """One task in a revision: its days then and afterwards; None where it had, or has, none."""

    key: str
    before: Span | None
    after: Span | None


@dataclass(frozen=True, slots=True)
class Moved:
    """What a revision did to the dates, by the rows it kept."""

    moved: tuple[TaskMoved, ...] = ()
    added: tuple[TaskMoved, ...] = ()
    gone: tuple[TaskMoved, ...] = ()

    @property
    def last_before(self) -> dt.date | None:
        """The last day of the moved tasks before."""
        return max((each.before[1] for each in self.moved if each.before), default=None)

    @property
    def last_after(self) -> dt.date | None:
        """The last day of the moved tasks afterwards."""
        return max((each.after[1] for each in self.moved if each.after), default=None)

    @property
    def words(self) -> str:
        """Return "12 tasks moved; 2 new", or of one task also from when to when; empty when there
        is nothing of that kind."""
        said = []
        if self.moved:
            said.append(f"{_tasks(len(self.moved))} moved{self._ends()}")
        if self.added:
            said.append(f"{len(self.added)} new")
        if self.gone:
            said.append(f"{len(self.gone)} left out")
        return "; ".join(said)

    def _ends(self) -> str:
        first, last = self.last_before, self.last_after
        if len(self.moved) > 1 or first is None or last is None or first == last:
            return ""
        return f", from {_day(first, last)} to {_day(last, first)}"


def _tasks(count: int) -> str:
    return "1 task" if count == 1 else f"{count} tasks"


def _day(day: dt.date, other: dt.date | None = None) -> str:
    year = f" {day.year}" if other and other.year != day.year else ""
    return f"{day.day} {day:%b}{year}"


def what_moved(before: Rows, after: Rows) -> Moved:
    """Return the tasks a revision moved, added or took away, by date."""
    moved, added, gone = [], [], []
    for key, new in after.items():
        if not _is_task(key):
            continue
        old = before.get(key)
        then = _span(new)
        if old is None:
            added.append(TaskMoved(key, None, then))
        elif new is None or _goes(new):
            gone.append(TaskMoved(key, _span(old), None))
        elif _goes(old):
            added.append(TaskMoved(key, None, then))
        elif "parts" in new and _span(old) != then:
            moved.append(TaskMoved(key, _span(old), then))
    return Moved(_by_date(moved), _by_date(added), _by_date(gone))


def _is_task(key: str) -> bool:
    """Whether a row's name is the id of a task: others are named "day:ID", "learner", ..."""
    return len(key) == 36 and ":" not in key


def _goes(row: dict[str, Any]) -> bool:
    """Whether the row is that of a task that is skipped or deleted."""
    return bool(row.get("deleted_at") or row.get("skipped_on"))


def _span(row: dict[str, Any] | None) -> Span | None:
    days = [dt.date.fromisoformat(day) for day, _ in (row or {}).get("parts") or ()]
    return (min(days), max(days)) if days else None


def _by_date(tasks: list[TaskMoved]) -> tuple[TaskMoved, ...]:
    def first_day(task: TaskMoved) -> tuple[dt.date, str]:
        span = task.after or task.before
        return (span[0] if span else dt.date.max, task.key)

    return tuple(sorted(tasks, key=first_day))
