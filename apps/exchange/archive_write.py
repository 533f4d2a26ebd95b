"""The file of everything a learner has: JSON, the same bytes for the same records."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import connection, models, transaction
from pydantic_core import to_json

from apps.accounts.models import User
from apps.exchange.archive_collect import Row, Rows, collect, content_of, settings_of, used
from apps.exchange.archive_kinds import KINDS

FORMAT, VERSION = "studyplan", 1


def archive_of(user: User, made_at: dt.datetime) -> dict[str, Any]:
    """Return everything the learner has, with the curated content it refers to. About forty
    queries, however much that is."""
    rows, names = collect(user)
    content = content_of(used(rows), names)
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_at": made_at,
        "learner": {"email": user.email, "name": user.name},
        "settings": settings_of(user),
        "content": content,
        **_numbers(rows),
    }


def written(archive: dict[str, Any]) -> bytes:
    """Return an archive as the bytes of its file."""
    return to_json(archive, indent=1) + b"\n"


def export_learner(user: User, made_at: dt.datetime) -> bytes:
    """Return the file of everything the learner has, all of it as it was at one moment: a task and
    the day it stands in are read by two queries, and a file with one of them is no whole one."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        # Else each query of PostgreSQL sees what was stored by then. SQLite lets nobody write.
        if is_outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        archive = archive_of(user, made_at)
    return written(archive)


def _numbers(rows: Rows) -> Rows:
    """The rows with decimals as numbers: JSON has no other."""
    for kind in KINDS:
        names = [each.name for each in kind.columns if isinstance(each, models.DecimalField)]
        for row in rows[kind.name] if names else ():
            row.update(_plain(row, names))
    return rows


def _plain(row: Row, names: list[str]) -> Row:
    return {name: float(row[name]) for name in names if isinstance(row[name], Decimal)}
