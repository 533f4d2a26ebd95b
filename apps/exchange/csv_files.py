"""Tables as CSV files that a spreadsheet opens as they are meant. Pure.

UTF-8 with a BOM, rows that end as RFC 4180 says, and no text that a spreadsheet would run as a
formula: what begins like one gets an apostrophe before it.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

Cell = str | int | Decimal | dt.date | None
BOM = "\ufeff"
# Full-width signs count too, as do spaces and control signs that a program may pass over.
FORMULA = re.compile(r"[\s\x00-\x1f\ufeff\u200b-\u200f\u2060]*[=+\-@＝＋－＠﹢﹣﹦﹫−]|[\t\r\n]")


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a table as the bytes of a CSV file; dates as 2026-11-18, nothing as an empty cell."""
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([cell_text(cell) for cell in row] for row in rows)
    return (BOM + held.getvalue()).encode()


def cell_text(cell: Cell) -> str:
    """Return what stands in a cell. A number is no formula, also below 0."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if FORMULA.match(cell) else cell
    return cell.isoformat() if isinstance(cell, dt.date) else str(cell)
