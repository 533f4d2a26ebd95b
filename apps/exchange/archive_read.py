"""From the bytes of a file to an archive that can be brought in, or the one thing that is wrong."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import from_json

from apps.exchange.archive_collect import Row, Rows
from apps.exchange.archive_kinds import CONTENT, KINDS
from apps.exchange.archive_revisions import check_rows
from apps.exchange.archive_schema import archive_model
from apps.exchange.archive_write import FORMAT, VERSION

MOST_BYTES = 30_000_000
# Ten years of a learner who does a lot.
MOST_ROWS = 150_000
TOO_MANY = "This export has more than {most:,} records, which is more than one learner makes."
TOO_LARGE = "This file has more than {most} MB, which is more than an export of one learner has."
NOT_JSON = (
    "This file is not whole, or is no JSON: it cannot be read {where}. Choose the file as it was "
    "downloaded."
)
TOO_DEEP = "The brackets of this JSON are nested deeper than those of any export of Studyplan."
DEEP = "recursion limit"
NOT_OURS = "This JSON is not an export of Studyplan."
OTHER_VERSION = (
    "This export has version {version} of its format, and only version {ours} can be read here. "
    "Bring both instances of Studyplan up to date and export again."
)
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
PLACE = re.compile(r"at line (\d+) column (\d+)$")


class Refused(Exception):
    """Why a file is not brought in, in words for the learner. Nothing was written."""


class Archive(NamedTuple):
    """A file that was read: every value is what its column holds."""

    made_at: dt.datetime
    email: str
    settings: Row
    content: Rows
    rows: Rows


def read_archive(data: bytes) -> Archive:
    """Return what the file holds. Raises Refused with the one thing that is wrong; does not query."""
    if len(data) > MOST_BYTES:
        raise Refused(TOO_LARGE.format(most=MOST_BYTES // 1_000_000))
    data = data.removeprefix(b"\xef\xbb\xbf")
    _look(data)
    try:
        read = archive_model().model_validate_json(data)
    except ValidationError as why:
        raise Refused(_words(why)) from None
    rows = _plain(read, [kind.name for kind in KINDS])
    _check_changes(rows["revisions"])
    content = _plain(read.content, CONTENT)  # type: ignore[attr-defined] # see archive_model
    return Archive(
        made_at=read.made_at,  # type: ignore[attr-defined] # see archive_model
        email=read.learner.email,  # type: ignore[attr-defined] # see archive_model
        settings=_set(read.settings),  # type: ignore[attr-defined] # see archive_model
        content=content,
        rows=rows,
    )


def _look(data: bytes) -> None:
    """Refuse what is no JSON of ours before its parts are looked at."""
    try:
        found = from_json(data, allow_inf_nan=False)
    except ValueError as why:
        if DEEP in str(why):
            raise Refused(TOO_DEEP) from None
        place = PLACE.search(str(why))
        where = f"from line {place[1]}, sign {place[2]}, on" if place else "as text"
        raise Refused(NOT_JSON.format(where=where)) from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise Refused(NOT_OURS)
    version = found.get("version")
    if version != VERSION or isinstance(version, bool):
        said = version if isinstance(version, int | str) else "?"
        raise Refused(OTHER_VERSION.format(version=str(said)[:20], ours=VERSION))
    if sum(len(rows) for rows in found.values() if isinstance(rows, list)) > MOST_ROWS:
        raise Refused(TOO_MANY.format(most=MOST_ROWS))
    if NUL.search(data):
        raise Refused("This file holds a NUL sign in a text, which cannot be stored.")


def _check_changes(rows: list[Row]) -> None:
    for number, row in enumerate(rows, 1):
        try:
            check_rows(row["before"], row["after"])
        except ValueError as why:
            raise Refused(
                f"This export cannot be read: entry {number} in “revisions” is not as it should be "
                f"({why})."
            ) from None


def _plain(read: object, names: Any) -> Rows:
    return {name: [dict(row.__dict__) for row in getattr(read, name)] for name in names}


def _set(settings: Any) -> Row:
    """The settings that the file names."""
    if isinstance(settings, dict):
        return {}
    return {name: getattr(settings, name) for name in settings.model_fields_set}


def _words(why: ValidationError) -> str:
    first = why.errors(include_url=False, include_input=False, include_context=False)[0]
    message = str(first["msg"]).removeprefix("Value error, ").replace("Input should", "it should")
    *where, last = first["loc"] or ("the file",)
    if first["type"] == "extra_forbidden":
        message = "nothing of that name belongs there"
    if first["type"] == "missing":
        message = "it is missing"
    place = ", ".join(f"entry {at + 1}" if isinstance(at, int) else f"“{at}”" for at in where)
    named = f"entry {last + 1}" if isinstance(last, int) else f"“{str(last)[:60]}”"
    return (
        f"This export cannot be read: {named}{f' in {place}' if place else ''} is not as it should "
        f"be ({message[:160]})."
    )
