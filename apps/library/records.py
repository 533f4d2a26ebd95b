"""What hangs on a curated row: learners' records, and other curated rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import models
from django.db.models.fields.reverse_related import ManyToOneRel

from apps.library.models import Curated


def with_records(model: type[models.Model], keys: Sequence[Any]) -> set[Any]:
    """Return which of the rows something of a learner hangs on. One query a relation."""
    found: set[Any] = set()
    for relation in _relations(model):
        name = relation.field.name
        rows = _learners(relation.related_model, name)
        if rows is not None:
            found.update(rows.filter(**{f"{name}__in": keys}).values_list(name, flat=True))
    return found


def move_curated(model: type[models.Model], old: Any, new: Any) -> None:
    """Let the curated rows that hang on one row hang on another. Two queries a relation."""
    for relation in _relations(model):
        table, name = relation.related_model, relation.field.name
        rows = table._default_manager.filter(**{name: old})
        if table._meta.auto_created:
            other = _other_end(table, name)
            there = table._default_manager.filter(**{name: new}).values(other)
            rows = rows.exclude(**{f"{other}__in": there})
        elif not issubclass(table, Curated):
            continue  # parts of the row itself
        rows.update(**{name: new})


def _relations(model: type[models.Model]) -> Iterator[ManyToOneRel]:
    """Every foreign key to the model, those of many-to-many tables too."""
    for field in model._meta.get_fields(include_hidden=True):
        if isinstance(field, ManyToOneRel):
            yield field


def _other_end(table: type[models.Model], name: str) -> str:
    return next(
        field.name
        for field in table._meta.fields
        if isinstance(field, models.ForeignKey) and field.name != name
    )


def _learners(table: type[models.Model], name: str) -> models.QuerySet[Any] | None:
    """The rows of a table that belong to learners, or None where none can."""
    rows = table._default_manager.all()
    owner, path = table, ""
    if table._meta.auto_created:
        path = _other_end(table, name)
        owner = table._meta.get_field(path).related_model  # type: ignore[assignment] # a foreign key's, not "self"
        path += "__"
    if owner._meta.app_label != "library":
        return rows
    names = {field.name for field in owner._meta.fields}
    if "user" in names:
        return rows
    return rows.filter(**{f"{path}owner__isnull": False}) if "owner" in names else None
