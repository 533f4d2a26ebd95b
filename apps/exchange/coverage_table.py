"""Reading a coverage table: Markdown text in, sections of rows with their marks out. Pure.

Two shapes are read: columns Know, Unsure and Dunno of which one holds `[x]`, or one column that
holds `[know]`, `[unsure]` or `[dunno]`. Headings become sections, everything else is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from apps.exchange.coverage_cells import (
    ANY_DASHES,
    cells_of,
    column_of,
    is_number,
    is_ruler,
    is_ticked,
    plain_title,
    status_of,
)
from apps.exchange.coverage_columns import STATUSES, Columns, cell_at, short
from apps.exchange.damaged_text import without_control
from apps.library.search_text import fold

MOST_SIGNS = 1_000_000
MOST_LINES = 20_000
MOST_ROWS = 2_000
MOST_TITLE = 200  # what a topic's title holds
MOST_SAID = 300
MOST_WARNINGS = 200
SUMS = {"total", "totals", "sum", "overall", "in all"}

HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*))?$")
UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
FENCE = re.compile(r" {0,3}(`{3,}+|~{3,}+)([^`]*)$")
NO_COLUMNS = (
    "this table has no columns Know, Unsure and Dunno, and none with a status, so it is left out"
)
ONE_COLUMN = (
    "this table has only one of the columns Know, Unsure and Dunno, so it is left out; it needs at "
    "least two"
)
NO_HEADER = "these rows have no header that names their columns, so they are left out"
READ_THROUGH = {"markdown", "md"}  # a table that was handed over as a block of code


class Row(NamedTuple):
    """One row: `value` is know, unsure, dunno, or empty; `said` is the row as it was written."""

    line: int
    title: str
    value: str
    said: str


@dataclass(frozen=True)
class Section:
    """The rows below one heading; `above` are the headings it stands under, the nearest first."""

    title: str
    above: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)


class Warned(NamedTuple):
    """What could not be read as it stands, and where."""

    line: int
    words: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.words}"


@dataclass
class CoverageTable:
    """What a text says: sections that have rows, warnings in order, and its first title."""

    sections: list[Section] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)
    title: str = ""

    @property
    def rows(self) -> list[Row]:
        return [row for section in self.sections for row in section.rows]

    def count(self, value: str) -> int:
        """How many rows have that value."""
        return sum(row.value == value for row in self.rows)


class Line(NamedTuple):
    """One line with cells. `is_fresh` says that a blank line stands above it."""

    number: int
    cells: list[str]
    text: str
    is_fresh: bool


@dataclass
class _Table:
    """One table as it stands: its header, whether dashes follow it, its lines."""

    header: Line
    ruled: int | None  # how many cells the line of dashes has, None without one
    lines: list[Line] = field(default_factory=list)


def read_table(text: str) -> CoverageTable:
    """Return what the text says. Never raises; what is too long is cut, with a warning.

    The time it takes grows as the text does.
    """
    return _Reader(text).read()


class _Reader:
    """Goes through the lines once: headings make sections, tables are read when they end."""

    def __init__(self, text: str) -> None:
        self.found = CoverageTable()
        self.headings: list[tuple[int, str]] = []
        self.section = Section("")
        self.table: _Table | None = None
        self.was_blank = False
        self.kept = 0
        whole = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        lines = without_control(whole[:MOST_SIGNS]).split("\n")
        self.lines = lines[:MOST_LINES]
        if len(whole) > MOST_SIGNS:
            self._warn(len(lines), f"only the first {MOST_SIGNS:,} characters are read")
        if len(lines) > MOST_LINES:
            self._warn(MOST_LINES, f"only the first {MOST_LINES:,} lines are read")

    def read(self) -> CoverageTable:
        before = ""
        for number, text in self._outside_code():
            heading = HEADING.match(text)
            if heading:
                self._heading(len(heading[1]), heading[2] or "")
            elif before and not self.table and (under := UNDERLINE.match(text)):
                self._heading(1 if under[1][0] == "=" else 2, before)
            elif "|" in text:
                self._cells(Line(number, cells_of(text), text, self.was_blank))
            elif text.strip() and self.table and not ANY_DASHES.match(text):
                self._after_row(number, text)
            before = text.strip() if "|" not in text and not heading else ""
            self.was_blank = not text.strip()
        self._end_table()
        self._tell_twice()
        self.found.warnings.sort()
        return self.found

    def _outside_code(self) -> Iterator[tuple[int, str]]:
        """The lines with their numbers, without blocks of code, but for those of Markdown."""
        fence, opened, skips = "", 0, False
        for number, text in enumerate(self.lines, 1):
            mark = FENCE.match(text)
            if fence:
                if mark and mark[1].startswith(fence) and not mark[2].strip():
                    fence = ""
                elif not skips:
                    yield number, text
            elif mark:
                fence, opened = mark[1], number
                skips = mark[2].strip().lower() not in READ_THROUGH
            else:
                yield number, text
        if fence and skips:
            self._warn(opened, "a block of code begins here and does not end")

    def _warn(self, line: int, words: str) -> None:
        if len(self.found.warnings) < MOST_WARNINGS:
            self.found.warnings.append(Warned(line, words))

    def _heading(self, level: int, text: str) -> None:
        self._end_table()
        bare = text.rstrip().rstrip("#")  # a row of # may close a heading, but C# is a word
        title = plain_title(bare if bare[-1:] in ("", " ", "\t") else text)[:MOST_TITLE]
        if level == 1 and not self.found.title:
            self.found.title = title
        self.headings = [(depth, said) for depth, said in self.headings if depth < level]
        above = tuple(said for _, said in reversed(self.headings) if said)
        self.headings.append((level, title))
        self.section = Section(title, above)

    def _cells(self, line: Line) -> None:
        """A line with columns begins a table, is its line of dashes, or goes on with it, also
        below a blank line."""
        table = self.table
        if is_ruler(line.cells):
            if table:
                self._rule(table, len(line.cells))
            return
        is_apart = line.is_fresh and not line.text.lstrip().startswith("|")
        if table is None or is_apart or _is_header(line.cells):
            self._start(line)
        elif len(table.lines) <= MOST_ROWS:
            table.lines.append(line)

    def _rule(self, table: _Table, width: int) -> None:
        last = table.lines[-1] if table.lines else None
        if last is None:
            table.ruled = table.ruled or width
        elif last.is_fresh or (table.ruled is None and not _is_header(table.header.cells)):
            # What was taken for a row is the header of another table.
            self._start(table.lines.pop(), width)

    def _start(self, header: Line, ruled: int | None = None) -> None:
        self._end_table()
        self.table = _Table(header, ruled)

    def _after_row(self, number: int, text: str) -> None:
        """A line without columns: below a blank line it is text, else a broken row."""
        if self.was_blank or self.table is None or self.table.ruled is None:
            self._end_table()
        elif plain_title(text):  # a line of tags says nothing
            self._warn(number, f"“{short(text)}” has no columns, so it is left out")

    def _end_table(self) -> None:
        table, self.table = self.table, None
        if table is None:
            return
        header, width = table.header, len(table.header.cells)
        reading = Columns.of(header.cells, [line.cells for line in table.lines], table.ruled)
        if reading is None:
            self._pass_over(table)
            return
        if table.ruled is None:
            self._warn(header.number, "the line of dashes below the header is missing")
        elif table.ruled != width:
            self._warn(
                header.number, f"the header has {width} columns, the dashes below {table.ruled}"
            )
        for line in table.lines:
            self._row(reading, line)

    def _pass_over(self, table: _Table) -> None:
        every = [table.header, *table.lines]
        if table.ruled is not None:
            if table.lines:
                self._warn(table.header.number, _why_passed_over(table))
        elif any(is_ticked(cell) or status_of(cell) for line in every for cell in line.cells):
            self._warn(table.header.number, NO_HEADER)

    def _row(self, reading: Columns, line: Line) -> None:
        if not any(line.cells):
            return
        title = plain_title(cell_at(line.cells, reading.title))
        if not title:
            self._warn(line.number, "this row has no title, so it is left out")
            return
        if fold(title).strip() in SUMS and any(
            is_number(cell_at(line.cells, n)) for n in reading.values
        ):
            self._warn(line.number, "this row adds up others, so it is left out")
            return
        if self.kept == MOST_ROWS:
            self._warn(line.number, f"only the first {MOST_ROWS:,} rows are read")
        self.kept += 1
        if self.kept > MOST_ROWS:
            return
        if len(title) > MOST_TITLE:
            self._warn(line.number, f"the title is longer than {MOST_TITLE} characters and is cut")
        open_ended = line.text.rstrip().endswith("|") and not line.text.lstrip().startswith("|")
        value, wrong = reading.mark([*line.cells, ""] if open_ended else line.cells)
        if wrong:
            self._warn(line.number, f"in “{short(title)}” {wrong}")
        if not self.section.rows:
            self.found.sections.append(self.section)
        said = line.text.strip()[:MOST_SAID]
        self.section.rows.append(Row(line.number, title[:MOST_TITLE].rstrip(), value, said))

    def _tell_twice(self) -> None:
        for section in self.found.sections:
            first: dict[str, int] = {}
            for row in section.rows:
                line = first.setdefault(fold(row.title) or row.title, row.line)
                if line != row.line:
                    self._warn(row.line, f"“{short(row.title)}” stands on line {line} too")


def _why_passed_over(table: _Table) -> str:
    """What is wrong with a table that has a header, but none that can be read."""
    header = table.header.cells
    if any(column_of(cell) for cell in header):
        return ONE_COLUMN
    for column, name in enumerate(header):
        if fold(plain_title(name)).strip() in STATUSES:
            said = next(filter(None, (cell_at(line.cells, column) for line in table.lines)), "")
            if said:
                return (
                    f"the column “{short(plain_title(name))}” says “{short(said)}” and the like, "
                    "so this table is left out; write know, unsure or dunno there"
                )
    return NO_COLUMNS


def _is_header(cells: Sequence[str]) -> bool:
    """Whether these cells name the columns of marks: a table of its own begins."""
    return len({value for cell in cells if (value := column_of(cell))}) > 1
