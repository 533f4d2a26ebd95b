"""What every value of an archive has to be, derived from the columns it comes from."""

from __future__ import annotations

import datetime as dt
import math
import re
import uuid
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError as NotValid
from django.db import models
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    FailFast,
    Field,
    StringConstraints,
    create_model,
)

from apps.accounts.models import User, validate_time_zone
from apps.exchange.archive_kinds import CONTENT, CONTENT_COLUMNS, CONTENT_OF, KINDS, SETTINGS, Kind
from apps.library.clean import clean
from apps.library.models import Question, Topic
from apps.plans.checkpoint import is_checkpoint

# The calendar that plans are made in; year 9999 is a slip, and has no day after its last.
FIRST, LAST = dt.date(1990, 1, 1), dt.date(2200, 12, 31)
BEGIN, END = (dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC) for day in (FIRST, LAST))
MOST_TEXT = 5_000_000
MOST_DEEP = 24
MOST_NUMBER = 2**53
SLUG = r"^[-a-zA-Z0-9_]{1,100}$"
COLLECTION = r"^[-a-z0-9]{1,60}$"
NAMED = r"[-a-z0-9]{1,60}/[-a-zA-Z0-9_]{1,100}"
OWN = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
QUESTION = re.compile(rf"questions:{NAMED}|{OWN}")
SCHEME = re.compile(r"[\s\x00-\x1f]*([a-z][a-z0-9+.-]*)\s*:", re.IGNORECASE)
SCHEMES = {"http", "https", "mailto"}
RANGES: tuple[tuple[type[models.Field[Any, Any]], int, int], ...] = (
    (models.PositiveSmallIntegerField, 0, 32_767),
    (models.PositiveIntegerField, 0, 2_147_483_647),
)
COUNTED = {"number", "position", "version"}


class Strict(BaseModel):
    """A part of the file: nothing is converted, and nothing is passed over."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)


Day = Annotated[dt.date, Field(ge=FIRST, le=LAST)]
Moment = Annotated[AwareDatetime, Field(ge=BEGIN, le=END)]
Curated = Annotated[str, StringConstraints(pattern=f"^{NAMED}$")]
CuratedOrOwn = Annotated[str, StringConstraints(pattern=f"^(?:{NAMED}|{OWN})$")]


def _json(value: Any, deep: int = 0) -> Any:
    """Return JSON that can be stored and shown, HTML in it cleaned. Refuses what is too deep,
    numbers that are too large, links to scripts."""
    if deep > MOST_DEEP:
        raise ValueError("it is nested too deep")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a number is too large")
    if isinstance(value, int) and abs(value) > MOST_NUMBER:
        raise ValueError("a number is too large")
    if isinstance(value, list):
        for each in value:
            _json(each, deep + 1)
    elif isinstance(value, dict):
        for name, each in value.items():
            if name == "url":
                _address(each)
            if name.endswith("_html") and isinstance(each, str):
                # A revision keeps HTML beside its Markdown, and undoing it puts that back.
                value[name] = clean(each).strip()
            _json(each, deep + 1)
    return value


def _address(value: object) -> None:
    if not isinstance(value, str):
        raise ValueError("an address is not text")
    scheme = SCHEME.match(value)
    if scheme and scheme[1].lower() not in SCHEMES:
        raise ValueError("an address is not one of the web")


def _decimal(value: float) -> Decimal:
    made = Decimal(str(value))
    if made != round(made, 1) or abs(made) >= 1_000:
        raise ValueError("it has more than one decimal, or is too large")
    return made


def _zone(name: str) -> str:
    try:
        validate_time_zone(name)
    except NotValid as why:
        raise ValueError(why.messages[0]) from None
    return name


def _text(column: models.Field[Any, Any]) -> Any:
    if column.choices:
        values = [value for value, _ in column.flatchoices]
        return Literal[tuple([*values, ""] if column.blank else values)]
    if isinstance(column, models.SlugField):
        return Annotated[str, StringConstraints(pattern=SLUG)]
    return Annotated[str, StringConstraints(max_length=column.max_length or MOST_TEXT)]


def _rule(value: Any) -> Any:
    """Return the rule of a checkpoint. Refuses one that no page could show."""
    if not is_checkpoint(value):
        raise ValueError("it is no rule of a checkpoint")
    return value


def _asked_for(value: dict[str, Any]) -> dict[str, Any]:
    """Return what a sitting was begun for. Refuses what a re-test could not be read from."""
    try:
        for name, (_score, day) in value.get("before", {}).items():
            dt.date.fromisoformat(day)
            if not QUESTION.fullmatch(name):
                raise ValueError
    except (AttributeError, TypeError, ValueError):
        raise ValueError("what it is held against cannot be read") from None
    if not isinstance(value.get("of", ""), str) or not isinstance(value.get("left_out", []), list):
        raise ValueError("what it asks again cannot be read")
    return value


SHAPES: dict[str, Any] = {
    "links": list[dict[str, str]],
    "resources": list[dict[str, str]],
    "warnings": list[str],
    "checkpoint": Annotated[Any, AfterValidator(_rule)],
    "asked_for": Annotated[dict[str, Any], AfterValidator(_asked_for)],
}


def _blob(column: models.Field[Any, Any]) -> Any:
    """JSON of the shape that its readers need; else of the one that its default has, anything where
    it has none."""
    shape = {list: list[Any], dict: dict[str, Any]}.get(column.default, Any)
    return Annotated[SHAPES.get(column.name, shape), AfterValidator(_json)]


SIMPLE: tuple[tuple[type[models.Field[Any, Any]], Any], ...] = (
    (models.UUIDField, uuid.UUID),
    (models.DateTimeField, Moment),
    (models.DateField, Day),
    (models.TimeField, dt.time),
    (models.BooleanField, bool),
    (models.DecimalField, Annotated[float, AfterValidator(_decimal)]),
)
MAKERS: tuple[tuple[type[models.Field[Any, Any]], Callable[[Any], Any]], ...] = (
    (models.JSONField, _blob),
    (models.CharField, _text),
    (models.TextField, _text),
)


def _kind_of_value(column: models.Field[Any, Any]) -> Any:
    if column.is_relation:
        if column.related_model in (Topic, Question):
            return CuratedOrOwn
        return Curated if column.related_model in CONTENT_OF else uuid.UUID
    for of, least, most in RANGES:
        if isinstance(column, of):
            # The next one has to fit, too.
            most -= most // 16 if column.name in COUNTED else 0
            return Annotated[int, Field(ge=least, le=most)]
    for of, value in SIMPLE:
        if isinstance(column, of):
            return value
    return next(make(column) for of, make in MAKERS if isinstance(column, of))


def _default(column: models.Field[Any, Any]) -> Any:
    """What stands for a column that a file of an older version does not have; `...` for none."""
    if column.null:
        return None
    if column.default in (list, dict):
        return Field(default_factory=column.default)
    if column.has_default() and not callable(column.default):
        return column.default
    return "" if column.blank and isinstance(column, models.CharField | models.TextField) else ...


def value_of(column: models.Field[Any, Any]) -> Any:
    """Return what a value of a column has to be."""
    value = _kind_of_value(column)
    return value | None if column.null else value


def _field(column: models.Field[Any, Any]) -> tuple[Any, Any]:
    return value_of(column), _default(column)


def _row(kind: Kind) -> type[Strict]:
    fields = {column.name: _field(column) for column in kind.columns}
    many: dict[str, Any] = {
        name: (list[CuratedOrOwn], Field(default_factory=list)) for name in kind.many
    }
    return create_model(f"Row of {kind.name}", __base__=Strict, **fields, **many)  # type: ignore[call-overload, no-any-return] # made from columns


def _item(name: str) -> type[Strict]:
    """An item of the curated content: its own texts, and the name of what it belongs to."""
    model = CONTENT[name]
    fields = {each: _field(model._meta.get_field(each)) for each in CONTENT_COLUMNS[name]}  # type: ignore[arg-type] # they are columns
    above = {each: (Curated, ...) for each in ("topic", "area") if each in fields}
    collection = {"collection": (Annotated[str, StringConstraints(pattern=COLLECTION)], ...)}
    return create_model(f"Item of {name}", __base__=Strict, **(fields | above | collection))  # type: ignore[call-overload, no-any-return] # made from columns


def _settings() -> type[Strict]:
    fields = {name: _field(User._meta.get_field(name)) for name in SETTINGS}  # type: ignore[arg-type] # they are columns
    fields["time_zone"] = (Annotated[str, AfterValidator(_zone)], "UTC")
    return create_model("Settings", __base__=Strict, **fields)  # type: ignore[call-overload, no-any-return] # made from columns


class Learner(Strict):
    """Whose records they are, to be shown; nothing hangs on it."""

    email: Annotated[str, StringConstraints(max_length=254)]
    name: Annotated[str, StringConstraints(max_length=120)] = ""


def _list(of: type[Strict]) -> tuple[Any, Any]:
    # The first fault is enough, and a file of faults is refused as fast as one of records.
    return Annotated[list[of], FailFast()], Field(default_factory=list)  # type: ignore[valid-type] # made from columns


@cache
def archive_model() -> type[Strict]:
    """Return the model of a whole file."""
    content = create_model(
        "Content",
        __base__=Strict,
        **{name: _list(_item(name)) for name in CONTENT},  # type: ignore[call-overload] # made from columns
    )
    return create_model(  # type: ignore[call-overload, no-any-return] # made from columns
        "Archive",
        __base__=Strict,
        format=(Literal["studyplan"], ...),
        version=(Literal[1], ...),
        made_at=(Moment, ...),
        learner=(Learner, ...),
        settings=(_settings(), Field(default_factory=dict)),
        content=(content, Field(default_factory=content)),
        **{kind.name: _list(_row(kind)) for kind in KINDS},
    )
