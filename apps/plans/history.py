"""The log of revisions: which of them can still be taken back. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, Protocol

Rows = dict[str, dict[str, Any] | None]


class Change(Protocol):
    """What is asked of a revision."""

    before: Rows
    after: Rows
    undone_at: Any


def can_undo(
    newest_first: Iterable[Change], later: Iterable[Rows], done: Collection[str]
) -> list[bool]:
    """Return, for each revision, whether taking it back would be granted.

    `later` are the `after` rows of revisions newer than these that stand; `done` are the ids of
    finished tasks. A later change of the same columns, or all of it finished since, forbids it.
    """
    touched: dict[str, set[str]] = defaultdict(set)
    for rows in later:
        _add(touched, rows)
    answers = []
    for change in newest_first:
        if change.undone_at or not change.before:
            answers.append(False)
            continue
        open_rows = [key for key, row in change.before.items() if not _stays(key, row, done)]
        clash = any(touched[key] & set(change.after.get(key) or ()) for key in open_rows)
        answers.append(bool(open_rows) and not clash)
        _add(touched, change.after)
    return answers


def _add(touched: dict[str, set[str]], rows: Rows) -> None:
    for key, row in rows.items():
        if isinstance(row, dict):
            touched[key] |= set(row)


def _stays(key: str, row: dict[str, Any] | None, done: Collection[str]) -> bool:
    return key in done and (row is None or "parts" in row)
