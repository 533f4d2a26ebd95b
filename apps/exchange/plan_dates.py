"""Dates as people write them. Pure."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from typing import NamedTuple

FIRST_YEAR, LAST_YEAR = 2000, 2100
ANY_DAY = dt.date(2001, 7, 2)  # where it matters only that there is a date

# English, German, French, Spanish
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar jänner janvier enero",
            "february feb februar février fevrier febrero",
            "march mar märz mär mrz mars marzo",
            "april apr avril abril",
            "may mai mayo",
            "june jun juni juin junio",
            "july jul juli juillet julio",
            "august aug août aout agosto",
            "september sept sep septembre septiembre",
            "october oct oktober okt octobre octubre",
            "november nov novembre noviembre",
            "december dec dezember dez décembre decembre diciembre",
        ),
        1,
    )
    for name in names.split()
}
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
NOT_IN_NUMBER = r"(?<![\w/.-])"
ENDS = r"(?![\w/-])(?!\.\d)"
FORMS = re.compile(
    rf"{NOT_IN_NUMBER}(?:"
    rf"(?P<y1>\d{{4}})(?P<s1>[-/.])(?P<m1>\d{{1,2}})(?P=s1)(?P<d1>\d{{1,2}})(?:T[\d:.]+Z?)?"
    rf"|(?P<d2>\d{{1,2}})\.(?P<m2>\d{{1,2}})\.(?P<y2>\d{{4}})"
    rf"|(?P<a3>\d{{1,2}})/(?P<b3>\d{{1,2}})/(?P<y3>\d{{4}})"
    rf"|(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?\.?[ -]+(?:(?:of|de) +)?(?P<m4>{MONTH})\b\.?"
    rf"(?:,?[ -]+(?:de +)?(?P<y4>\d{{4}}))?"
    rf"|(?P<m5>{MONTH})\b\.? +(?P<d5>\d{{1,2}})(?:st|nd|rd|th)?(?:,? +(?P<y5>\d{{4}}))?"
    rf"){ENDS}",
    re.IGNORECASE,
)


class Dated(NamedTuple):
    """A date of a text, where it stands, and what is wrong with it, if anything."""

    date: dt.date | None
    start: int
    end: int
    wrong: str = ""


def dates_in(text: str, *, near: dt.date | None = None) -> list[Dated]:
    """Return the dates of a line in order; one that names no year is the one that is nearest to
    `near`. One that does not exist, is not clear or has no year has no date, and says why."""
    return [_dated(found, near) for found in FORMS.finditer(text)]


def first_date(text: str) -> dt.date | None:
    """Return the first whole date of a text, None without one."""
    for found in FORMS.finditer(text):
        date = _dated(found, None).date
        if date is not None:
            return date
    return None


def _nearest(month: int, day: int, near: dt.date) -> dt.date | None:
    """The date of that month and day that is nearest to another; None where there is none."""
    found = []
    for year in (near.year, near.year - 1, near.year + 1):
        with contextlib.suppress(ValueError):
            found.append(dt.date(year, month, day))
    return min(found, key=lambda date: abs(date - near), default=None)


def _dated(found: re.Match[str], near: dt.date | None) -> Dated:
    said, start, end = found[0], found.start(), found.end()

    def bad(why: str) -> Dated:
        return Dated(None, start, end, f"“{said}” {why}, so it is left out")

    part = found.groupdict()
    if part["a3"]:
        first, second = int(part["a3"]), int(part["b3"])
        if first <= 12 and second <= 12 and first != second:
            return bad("may be one of two dates; write it as 2025-11-04")
        month, day = (second, first) if first > 12 else (first, second)
        named = int(part["y3"])
    else:
        number = next(n for n in "1245" if part[f"d{n}"])
        day, whole = int(part[f"d{number}"]), part[f"m{number}"]
        month = int(whole) if whole.isdigit() else MONTHS[whole.lower()]
        if not part[f"y{number}"]:
            if near is None:
                return bad("names no year")
            date = _nearest(month, day, near)
            return Dated(date, start, end) if date else bad("is no date of the calendar")
        named = int(part[f"y{number}"])
    if not FIRST_YEAR <= named <= LAST_YEAR:
        return bad(f"is not between {FIRST_YEAR} and {LAST_YEAR}")
    try:
        return Dated(dt.date(named, month, day), start, end)
    except ValueError:
        return bad("is no date of the calendar")
