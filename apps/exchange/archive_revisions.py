"""What the changes of a plan keep of rows, as a file has it: undoing one puts these rows back, so
they have to be rows of that plan, with values that their columns can hold."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Annotated, Any, Literal

from django.db import models
from pydantic import Field, StringConstraints, ValidationError, create_model
from pydantic_core import to_json

from apps.exchange.archive_schema import NAMED, OWN, Day, Strict, value_of
from apps.plans.revision_rows import LEARNER, PLAN, columns_of

MOST_PIECES = 3_000
Id = Annotated[str, StringConstraints(pattern=f"^{OWN}$")]
TopicName = Annotated[str, StringConstraints(pattern=f"^(?:topics:{NAMED}|{OWN})$")]
Piece = tuple[Day, Annotated[int, Field(ge=1, le=32_767)]]
COLUMNS = columns_of()
TASK = "task"
# Kinds of which a change makes rows, and those it deletes without a mark.
MADE = frozenset({"", "day", "week", "break"})
GONE = frozenset({"break"})
# What is kept of a plan that was made, beside no rows.
FACTS = frozenset({"tasks", "first", "last"})

Rows = Mapping[str, Any]


def check_rows(before: Rows, after: Rows) -> None:
    """Raise ValueError, in words, unless these are the rows of one change, before and after it.
    Does not query."""
    if not before:
        if after.keys() - FACTS or any(isinstance(it, list | dict) for it in after.values()):
            raise ValueError("rows stand after the change that did not stand before it")
        return
    if before.keys() != after.keys():
        raise ValueError("the rows before and after the change are not the same")
    for key, was in before.items():
        _check_row(kind_of(key), was, after[key])
    for rows in (before, after):
        _check_values(rows)


def kind_of(key: str) -> str:
    """Return the word before the id in a row's name, "" for a task."""
    return key if key in (PLAN, LEARNER) else key.rpartition(":")[0]


def _check_row(kind: str, was: Any, then: Any) -> None:
    if kind not in COLUMNS:
        raise ValueError("a row has no known name")
    if was is None and (then is None or kind not in MADE):
        raise ValueError("a row is new that cannot be")
    if then is None and (kind not in GONE or not _columns(was) >= {*COLUMNS[kind][1]}):
        raise ValueError("a row is gone and could not be made again")


def _columns(row: Any) -> set[str]:
    return set(row) if isinstance(row, dict) else set()


def _check_values(rows: Rows) -> None:
    by_kind: dict[str, dict[str, Any]] = {}
    for key, row in rows.items():
        by_kind.setdefault(kind_of(key) or TASK, {})[key.rpartition(":")[2]] = row
    try:
        _model().model_validate_json(to_json(by_kind))
    except ValidationError as why:
        first = why.errors(include_url=False, include_input=False, include_context=False)[0]
        where = [str(each)[:60] for each in first["loc"]] or ["?"]
        raise ValueError(f"“{where[-1]}” of a {where[0]}: {_said(first['msg'])}") from None


def _said(message: str) -> str:
    return message.removeprefix("Value error, ")[:100]


@cache
def _model() -> type[Strict]:
    """The rows of one side of a change, by kind and id."""
    found: dict[str, Any] = {}
    for kind, (model, columns) in COLUMNS.items():
        keys: Any = Literal[kind] if kind in (PLAN, LEARNER) else Id
        row: Any = _row(kind, model, columns)
        found[kind or TASK] = (dict[keys, row | None], Field(default_factory=dict))
    return create_model("Rows of a change", __base__=Strict, **found)


def _row(kind: str, model: type[models.Model], columns: Iterable[str]) -> type[Strict]:
    """The row of a kind: any of these columns. A new one names its id, too."""
    fields: dict[str, Any] = {
        name: (value_of(model._meta.get_field(name)), None)  # type: ignore[arg-type] # they are columns
        for name in columns
    }
    fields["pk"] = (Id, None)
    if not kind:
        fields["parts"] = (Annotated[list[Piece], Field(max_length=MOST_PIECES)], None)
        fields["topics"] = (list[TopicName], None)
    return create_model(f"Row of a {kind or TASK}", __base__=Strict, **fields)


def strays(rows: Rows, days: Collection[uuid.UUID], weeks: Collection[uuid.UUID]) -> bool:
    """Whether one of these rows stands in an outline day or week that is none of those of its
    plan. Does not query."""
    return any(
        uuid.UUID(row[name]) not in own
        for row in rows.values()
        if isinstance(row, dict)
        for name, own in (("day_id", days), ("week_id", weeks))
        if name in row
    )
