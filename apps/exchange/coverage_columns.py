"""The columns of a coverage table: which holds the title, which the marks, and what a row's marks
say. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from apps.exchange.coverage_cells import (
    column_of,
    is_number,
    is_ticked,
    plain_title,
    status_of,
)
from apps.library.search_text import fold

TITLES = {"topic", "subtopic", "title", "concept", "item", "question", "skill", "subject"}
STATUSES = {"status", "rating", "mark", "answer", "self rating", "assessment", "coverage"}


def short(text: str) -> str:
    """Return what a warning quotes of a text."""
    text = text.strip()
    return text if len(text) <= 60 else f"{text[:57].rstrip()}…"


def cell_at(cells: Sequence[str], column: int) -> str:
    """Return the cell of that column, empty where the row is too short."""
    return cells[column] if column < len(cells) else ""


class Columns(NamedTuple):
    """Where a table holds what: the title, and either a column a value, or one with a status."""

    width: int
    title: int
    values: dict[int, str]
    status: int | None

    @classmethod
    def of(
        cls, header: Sequence[str], rows: Sequence[Sequence[str]], ruled: int | None
    ) -> Columns | None:
        """Return the columns of a coverage table; None for any other table. Without a line of
        dashes its header must say what it is."""
        values = {n: value for n, cell in enumerate(header) if (value := column_of(cell))}
        status = None
        if len(set(values.values())) < 2:
            values, status = {}, _status_column(header, rows, named=ruled is None)
            if status is None:
                return None
        names = [fold(plain_title(cell)).strip() for cell in header]
        others = [n for n in range(len(header)) if n not in values and n != status]
        named = [n for n in others if names[n] in TITLES or names[n].removesuffix("s") in TITLES]
        texts = [n for n in others if not _is_numbers(names[n], [cell_at(row, n) for row in rows])]
        if not (named or texts):
            return None
        return cls(len(header), (named or texts)[0], values, status)

    def mark(self, cells: Sequence[str]) -> tuple[str, str]:
        """Return a row's value, empty without one, and what is wrong with it, if anything."""
        beyond = cells[self.width :]
        strange = any(is_ticked(cell_at(cells, column)) is None for column in self.values)
        if any(beyond) or (beyond and strange):
            return "", (
                f"are {len(cells)} cells, the header has {self.width}, so its mark is not read; "
                "write a bar that belongs to the text as \\|"
            )
        wrong = ""
        if len(cells) < self.width:
            verb, noun = ("is", "cell") if len(cells) == 1 else ("are", "cells")
            wrong = (
                f"{verb} {len(cells)} {noun}, the header has {self.width}: "
                "those that are missing count as empty"
            )
        if self.status is not None:
            said = cell_at(cells, self.status)
            value = status_of(said)
            if value is None:
                return "", (
                    f"“{short(said)}” is not know, unsure or dunno, so the row stays unmarked"
                )
            return value, wrong
        return self._ticked(cells, wrong)

    def _ticked(self, cells: Sequence[str], wrong: str) -> tuple[str, str]:
        found = set()
        for column, value in self.values.items():
            ticked = is_ticked(cell_at(cells, column))
            if ticked is None:
                said = short(cell_at(cells, column))
                wrong = f"“{said}” is not counted; only [x] marks a column"
            elif ticked:
                found.add(value)
        if len(found) > 1:
            return "", "two columns are marked, so the row stays unmarked"
        return found.pop() if found else "", wrong


def _status_column(
    header: Sequence[str], rows: Sequence[Sequence[str]], *, named: bool
) -> int | None:
    """The column that holds a status: one that is named so, or whose cells mostly are one, unless
    it must be `named`."""
    shares = []
    for column, name in enumerate(header):
        filled = [cell for row in rows if (cell := cell_at(row, column)).strip()]
        known = sum(bool(status_of(cell)) for cell in filled)
        is_named = fold(plain_title(name)).strip() in STATUSES
        if known and (is_named or (not named and 2 * known >= len(filled))):
            shares.append((is_named, known, -column))
    return -max(shares)[2] if shares else None


def _is_numbers(name: str, cells: Sequence[str]) -> bool:
    """Whether a column numbers the rows."""
    filled = [cell for cell in cells if cell]
    if not filled:
        return name in {"", "no", "nr", "id"}
    return 2 * sum(is_number(cell) for cell in filled) > len(filled)
