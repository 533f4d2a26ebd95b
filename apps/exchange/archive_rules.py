"""The rules of the tables, asked of rows that are not stored yet.

They are the models' own constraints, read here instead of by the database, so that a file that
breaks one is refused in words, and before anything is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, cast

from django.db import models
from django.db.models import F, Q

from apps.accounts.models import User

Row = Mapping[str, Any]
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "gte": lambda one, other: one >= other,
    "lte": lambda one, other: one <= other,
    "gt": lambda one, other: one > other,
    "lt": lambda one, other: one < other,
    "in": lambda one, other: one in other,
    "exact": lambda one, other: one == other,
}


def holds(rule: Q, row: Row) -> bool:
    """Whether a condition holds for a row. One with an empty value compared holds, as in SQL.

    Raises NotImplementedError for a look-up that no constraint of ours has.
    """
    parts = (_part(child, row) for child in rule.children)
    found = any(parts) if rule.connector == Q.OR else all(parts)
    return found != rule.negated


def _part(child: Any, row: Row) -> bool:
    if isinstance(child, Q):
        return holds(child, row)
    name, _, look_up = child[0].partition("__")
    value, other = row[name], child[1]
    if isinstance(other, F):
        other = row[_column(other)]
        if other is None:
            return True
    if look_up == "isnull":
        return (value is None) is bool(other)
    if other is None:
        return value is None
    if look_up not in COMPARE and look_up:
        raise NotImplementedError(child[0])
    return value is None or COMPARE[look_up or "exact"](value, other)


def broken(model: type[models.Model], row: Row) -> str:
    """Return the name of the first condition of the table that a row breaks, else "". Those on
    columns that the row does not have are passed over."""
    for rule in model._meta.constraints:
        if not isinstance(rule, models.CheckConstraint) or not isinstance(rule.condition, Q):
            continue
        if columns_of(rule.condition) <= row.keys() and not holds(rule.condition, row):
            return rule.name
    return ""


def columns_of(rule: Q) -> set[str]:
    """Return the columns that a condition is about."""
    found: set[str] = set()
    for child in rule.children:
        if isinstance(child, Q):
            found |= columns_of(child)
        else:
            name, other = cast("tuple[str, Any]", child)
            found.add(name.partition("__")[0])
            found |= {_column(other)} if isinstance(other, F) else set()
    return found


def _column(named: F) -> str:
    return str(named.name)  # type: ignore[attr-defined] # it has one, which the stubs leave out


def doubled(model: type[models.Model], rows: Iterable[Row]) -> str:
    """Return the columns in which two of one learner's rows must differ and do not, else ""."""
    rows = list(rows)
    for names, condition in _unique(model):
        seen = set()
        for row in rows:
            if condition is not None and not holds(condition, row):
                continue
            value = tuple(row.get(name) for name in names)
            if None in value:
                continue
            if value in seen:
                return ", ".join(names) or "learner"
            seen.add(value)
    return ""


def _unique(model: type[models.Model]) -> Iterator[tuple[tuple[str, ...], Q | None]]:
    """The columns that are unique together, without the learner, and when they have to be."""
    whose = {each.name for each in model._meta.concrete_fields if each.related_model is User}
    for column in model._meta.concrete_fields:
        if column.unique:
            yield tuple({column.name} - whose), None
    for rule in model._meta.constraints:
        if not isinstance(rule, models.UniqueConstraint) or not rule.fields:
            continue
        condition = rule.condition
        if condition is not None and columns_of(condition) & whose:
            condition = None  # it tells own rows from curated ones, and these are the learner's
            if not whose & set(rule.fields):
                continue
        yield tuple(name for name in rule.fields if name not in whose), condition
