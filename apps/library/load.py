"""Content files into the database, in one transaction, which only queries: what is stored is made
before it, so that learners do not wait while texts are rendered."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from apps.library.changes import Change, Changes, Counts
from apps.library.links import BATCH
from apps.library.load_columns import Columns
from apps.library.load_items import Writer
from apps.library.load_roadmaps import write_roadmaps
from apps.library.load_search import write_entries, write_own_entries
from apps.library.models import OURS
from apps.library.remember import remembering
from apps.library.renames import rename_rows, write_aliases
from apps.library.source import read_content
from apps.library.source.files import KINDS
from apps.library.source.items import Content
from apps.library.source.marks import Fault

LOCK = 7_283_004_116  # any number that no other program of this database uses


class FaultyContentError(Exception):
    """The folder has faults; nothing was written."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


@dataclass(slots=True)
class Report:
    """What was done with each kind; and, of a load that takes what is valid, what was not."""

    areas: Counts = field(default_factory=Counts)
    topics: Counts = field(default_factory=Counts)
    questions: Counts = field(default_factory=Counts)
    exercises: Counts = field(default_factory=Counts)
    projects: Counts = field(default_factory=Counts)
    references: Counts = field(default_factory=Counts)
    roadmaps: Counts = field(default_factory=Counts)
    faults: list[Fault] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join(f"{kind}s: {getattr(self, f'{kind}s')}" for kind in KINDS)


def load_content(root: Path, collection: str = OURS, *, partly: bool = False) -> Report:
    """Load a content folder in one transaction and return what changed.

    An unchanged folder takes seven queries and writes nothing. `partly` takes what is valid and
    names the rest in the report's faults; what was loaded before and is faulty now stays as it is.
    Raises FaultyContentError before anything is written (with `partly` only where nothing is
    valid, or where two rows with learners' records would have to become one), NotADirectoryError.
    """
    with _without_collector(), remembering():
        return _load(root, collection, partly=partly)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Inside, no search for cycles: a load makes many objects and few of those, and the search
    took a third of its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _load(root: Path, collection: str, *, partly: bool) -> Report:
    changes = Changes(collection)
    content = read_content(root, changes.digests())
    if content.faults and not (partly and any(content.every())):
        raise FaultyContentError(content.faults)
    if not any(content.every()):
        raise FaultyContentError([Fault(".", 1, 1, "no content here")])
    _compare(changes, content)
    if changes.writes:
        columns = Columns(content, collection)
        columns.make(changes.write)
        with transaction.atomic():
            _lock()
            changes = Changes(collection)  # another process may have loaded meanwhile
            _compare(changes, content)
            columns.make(changes.write)
            _write(content, changes, columns, collection)
    counts = {f"{kind}s": change.counts for kind, change in changes.kinds.items()}
    return Report(**counts, faults=sorted({*content.faults, *content.left_out}))


def _compare(changes: Changes, content: Content) -> None:
    changes.compare(content)
    if changes.faults:
        raise FaultyContentError(changes.faults)


def _lock() -> None:
    """Let a second load wait. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _write(content: Content, changes: Changes, columns: Columns, collection: str) -> None:
    rename_rows(changes)
    writer = Writer(content, changes, columns, collection)
    writer.write()
    write_roadmaps(writer)
    for change in changes.kinds.values():
        _retire(change)
    write_entries(writer)
    write_own_entries(writer)
    write_aliases(changes, content, collection)


def _retire(change: Change) -> None:
    for start in range(0, len(change.retire), BATCH):
        keys = change.retire[start : start + BATCH]
        change.model._default_manager.filter(pk__in=keys).update(retired_at=timezone.now())
