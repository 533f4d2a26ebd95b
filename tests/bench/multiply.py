"""From one learner to ten thousand, by INSERT ... SELECT.

Every row that hangs on the learner is copied. Its UUIDs get an ending that is the copy's own, by
which references between the copies hold, and by which a learner's rows lie scattered over the
indexes of identities as random UUIDs would. Whatever model an app adds later is copied as well. Of
some models only those who are signed in get their rows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models

from apps.accounts.models import User
from apps.assessments.models import Response
from tests.bench import outline

CHUNK = 250
# A multiplier that runs through all endings before it repeats one.
STRIDE, ENDINGS = 2_654_435_761, 2**32

Model = type[models.Model]
OF_THE_SIGNED_IN: frozenset[Model] = frozenset({Response})


def learners_models() -> list[Model]:
    """Return the models whose rows belong to a learner, those that others refer to first."""
    ours = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("apps.") and model._meta.app_label != "library"
    ]
    found: list[Model] = [User]
    while grown := [
        model
        for model in ours
        if model not in found
        and any(target in found for target in _targets(model))
        and not any(target in ours and target not in found for target in _targets(model))
    ]:
        found += grown
    return found


def _targets(model: Model) -> list[Any]:
    return [
        field.related_model
        for field in model._meta.concrete_fields
        if field.related_model and field.related_model is not model
    ]


def multiply(learners: int, say: Callable[[str], None]) -> None:
    """Copy the one learner there is until there are `learners`; indexes are built at the end."""
    owned = learners_models()
    with connection.cursor() as cursor:
        _prepare(cursor)
        cursor.execute(
            "CREATE TEMP TABLE bench_copies (n integer PRIMARY KEY, ending text, signed integer)"
        )
        signed_in = set(outline.signed_in(learners))
        rows = [(n, f"{n * STRIDE % ENDINGS:08x}", int(n in signed_in)) for n in range(1, learners)]
        cursor.executemany("INSERT INTO bench_copies VALUES (%s, %s, %s)", rows)
        for model in owned:
            _copy(cursor, model, owned, learners, say)
    _finish(say)


def _copy(
    cursor: Any, model: Model, owned: list[Model], learners: int, say: Callable[[str], None]
) -> None:
    table = model._meta.db_table
    cursor.execute(f'CREATE TEMP TABLE bench_rows AS SELECT * FROM "{table}"')
    cursor.execute("SELECT COUNT(*) FROM bench_rows")
    count = cursor.fetchone()[0]
    if count:
        begin = time.monotonic()
        indexes = list(_indexes(cursor, table)) if learners > CHUNK else []
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        columns = [column for column in _columns(model, owned) if column]
        names = ", ".join(f'"{name}"' for name, _ in columns)
        values = ", ".join(value for _, value in columns)
        who = "l.signed = 1" if model in OF_THE_SIGNED_IN else "1 = 1"
        copies = len(outline.signed_in(learners)) if model in OF_THE_SIGNED_IN else learners
        for start in range(1, learners, CHUNK):
            cursor.execute(
                f'INSERT INTO "{table}" ({names}) SELECT {values} FROM bench_copies l '
                f"CROSS JOIN bench_rows t WHERE l.n BETWEEN %s AND %s AND {who} ORDER BY l.n",
                [start, start + CHUNK - 1],
            )
        for _, definition in indexes:
            cursor.execute(definition)
        say(
            f"  {count * copies:>10,} {model._meta.verbose_name_plural}"
            f" ({time.monotonic() - begin:.0f} s)"
        )
    cursor.execute("DROP TABLE bench_rows")


def _columns(model: Model, owned: list[Model]) -> Iterator[tuple[str, str] | None]:
    """Yield (column, SQL of its value) for each column that is not counted up by the database."""
    for field in model._meta.concrete_fields:
        column = f't."{field.column}"'
        target = field.target_field if field.related_model else field
        if isinstance(field, models.AutoField):
            yield None
        elif isinstance(target, models.UUIDField) and (
            not field.related_model or field.related_model in owned
        ):
            yield field.column, _own(column)
        elif isinstance(field, models.EmailField):
            yield field.column, "'learner-' || l.n || '@bench.example'"
        else:
            yield field.column, column


def _own(column: str) -> str:
    if connection.vendor == "sqlite":
        return f"substr({column}, 1, 24) || l.ending"
    return f"(left({column}::text, 28) || l.ending)::uuid"


def _indexes(cursor: Any, table: str) -> Iterator[tuple[str, str]]:
    """Yield name and definition of the indexes that can be built afterwards."""
    if connection.vendor == "sqlite":
        cursor.execute(
            "SELECT name, sql FROM sqlite_master "
            "WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL",
            [table],
        )
    else:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND NOT EXISTS "
            "(SELECT 1 FROM pg_constraint WHERE conname = indexname)",
            [table],
        )
    yield from cursor.fetchall()


def _prepare(cursor: Any) -> None:
    """Switch off what only a database with data of worth needs."""
    if connection.vendor == "sqlite":
        for pragma in (
            "foreign_keys=OFF",
            "journal_mode=OFF",
            "synchronous=OFF",
            "cache_size=-1000000",
            "temp_store=MEMORY",
            "threads=2",
        ):
            cursor.execute(f"PRAGMA {pragma}")
    else:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("SET work_mem = '256MB'")
        cursor.execute("SET maintenance_work_mem = '512MB'")


def _finish(say: Callable[[str], None]) -> None:
    begin = time.monotonic()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA journal_mode=WAL")
        else:
            cursor.execute("VACUUM (ANALYZE)")
            cursor.execute("CHECKPOINT")
    connection.close()
    say(f"  swept up ({time.monotonic() - begin:.0f} s)")
