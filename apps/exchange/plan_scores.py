"""Totals of knowledge checks that a plan's text tells, in lines and in log tables. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from apps.exchange.coverage_cells import cells_of, is_ruler
from apps.exchange.plan_dates import dates_in
from apps.exchange.plan_scan import Kind, Scan
from apps.exchange.plan_shapes import Score
from apps.exchange.plan_words import clean, plain

MOST_SCORES = 1_000
MOST_OF_A_LINE = 1_000
NUMBER = r"\d{1,4}(?:[.,]\d{1,3})?"
TELLS = re.compile(
    r"(?P<before>\w+\s+)?(?<![\w-])"
    r"(?P<words>knowledge[ -]checks?(?:\s+(?:results?|scores?))?|quiz(?:\s+score)?"
    r"|(?:check\s+)?score|wissenstest)"
    r"(?:\s*\((?P<aside>[^()]{1,30})\)|\s+(?:\d{4}-\d{2}-\d{2}|\d{1,2}\.\d{1,2}\.\d{4}))?"
    r"\s*[:=(–—-]{0,2}\s*\(?\s*(?P<part>(?:~\s*)?"
    rf"(?:(?P<percent>{NUMBER})\s*%|(?P<got>{NUMBER})\s*/\s*(?P<of>{NUMBER})(?!\w)"
    rf"(?:\s*[=(:→-]+\s*(?P<percent2>{NUMBER})\s*%)?))",
    re.IGNORECASE,
)
RATIO = re.compile(
    rf"(?P<got>{NUMBER})\s*/\s*(?P<of>{NUMBER})\s*[=:→(]+\s*(?P<percent>{NUMBER})\s*%"
)
# "Overall score: 66 %" is no knowledge check, "Target score" nothing that was reached.
NO_CHECK = {
    *("overall", "average", "mean", "target", "goal", "expected", "baseline", "readiness"),
    *("minimum", "min", "passing", "credit", "f1", "bleu", "silhouette", "total", "z", "t", "your"),
}
NO_RESULT = {"target", "goal", "expected", "minimum", "passing", "average", "mean"}
COLUMNS = {
    "date": re.compile(r"date|when", re.I),
    "day": re.compile(r"day\b", re.I),
    "score": re.compile(
        r"(?:overall\s+)?(?:score|result|percent\w*|%|knowledge check|mark)s?\b", re.I
    ),
    "strong": re.compile(r"strong|strength|good|well", re.I),
    "weak": re.compile(r"weak|gaps?\b|to review|missed|improve|wrong", re.I),
}


@dataclass
class Scores:
    """What was found, in the order of the text."""

    found: list[Score] = field(default_factory=list)
    warnings: list[tuple[int, str]] = field(default_factory=list)


def read_scores(
    scanned: Scan,
    day_of: Callable[[int], dt.date | None],
    is_check: Callable[[int], bool],
    near: dt.date | None,
) -> Scores:
    """Return the totals the text tells. `day_of` says which date a line stands under, `is_check`
    whether its session is a knowledge check. One that is told twice for a day counts once."""
    out = Scores()
    for header, rows in _tables(scanned):
        _read_table(out, scanned, header, rows, near)
    for number, line in enumerate(scanned.lines):
        if line.kind in (Kind.BLANK, Kind.CODE, Kind.HIDDEN, Kind.RULE) or "|" in line.text[:1]:
            continue
        if line.kind is Kind.BOX and scanned.boxes[line.owner].mark not in "xX":
            continue  # what is not done has no result yet
        if "%" in line.text or "/" in line.text:
            _read_line(out, number, line.text[:MOST_OF_A_LINE], day_of(number), is_check, near)
    seen: set[tuple[object, Decimal]] = set()
    kept = []
    for score in sorted(out.found, key=lambda score: score.line):
        key = (score.day or ("line", score.line), score.percent)
        if key not in seen:
            kept.append(score)
        seen.add(key)
    out.found = kept[:MOST_SCORES]
    return out


def _read_line(
    out: Scores,
    number: int,
    raw: str,
    day: dt.date | None,
    is_check: Callable[[int], bool],
    near: dt.date | None,
) -> None:
    text = plain(raw).replace("*", "").replace("_", " ")
    found = TELLS.search(text)
    while found and not _is_check(found):
        found = TELLS.search(text, found.end())
    words = clean(found["words"]) if found else "Knowledge Check"
    hit = found or (RATIO.search(text) if is_check(number) else None)
    if hit is None:
        return
    part = hit.groupdict()
    said = part.get("percent") or part.get("percent2")
    percent = _percent(said, part.get("got"), part.get("of"))
    if percent is None:
        out.warnings.append((number, f"“{clean(hit[0])[:60]}” is no score from 0 to 100 %"))
        return
    own = next((each.date for each in dates_in(text, near=near) if each.date), None)
    out.found.append(Score(number, own or day, percent, words))


def _is_check(found: re.Match[str]) -> bool:
    """Whether it is the result of a check: not another score, and not one to be reached."""
    before, aside = (found["before"] or "").strip().lower(), found["aside"] or ""
    return before not in NO_CHECK and NO_RESULT.isdisjoint(aside.lower().split())


def _percent(said: str | None, got: str | None, of: str | None) -> Decimal | None:
    """The percentage, with one place; None where it is none."""
    if said:
        value = Decimal(said.replace(",", "."))
    else:
        parts = [Decimal((each or "0").replace(",", ".")) for each in (got, of)]
        if not parts[1]:
            return None
        value = parts[0] * 100 / parts[1]
    if not 0 <= value <= 100:
        return None
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)


def _tables(scanned: Scan) -> Iterator[tuple[int, list[int]]]:
    """The tables with a line of dashes: the line of the header, and of the rows."""
    lines, number = scanned.lines, 0
    while number < len(lines) - 1:
        if _has_cells(scanned, number) and is_ruler(cells_of(lines[number + 1].text)):
            end = number + 2
            while end < len(lines) and _has_cells(scanned, end):
                end += 1
            if end > number + 2:
                yield number, list(range(number + 2, end))
            number = end
        else:
            number += 1


def _has_cells(scanned: Scan, number: int) -> bool:
    line = scanned.lines[number]
    return line.kind is Kind.TEXT and "|" in line.text


def _read_table(
    out: Scores, scanned: Scan, header: int, rows: Sequence[int], near: dt.date | None
) -> None:
    names = [plain(cell) for cell in cells_of(scanned.lines[header].text)]
    column = {
        what: next((n for n, name in enumerate(names) if pattern.match(name)), None)
        for what, pattern in COLUMNS.items()
    }
    when, score = column["date"], column["score"]
    if score is None or (when is None and column["day"] is None):
        return
    for number in rows:
        cells = [plain(cell) for cell in cells_of(scanned.lines[number].text)]

        def cell(at: int | None, cells: list[str] = cells) -> str:
            return cells[at] if at is not None and at < len(cells) else ""

        said = cell(score)
        if not re.search(r"\d", said):
            continue
        found = re.search(rf"({NUMBER})\s*%|({NUMBER})\s*/\s*({NUMBER})|^({NUMBER})\b", said)
        percent = _percent(found[1] or found[4], found[2], found[3]) if found else None
        if percent is None:
            out.warnings.append((number, f"“{said[:60]}” is no score from 0 to 100 %"))
            continue
        dated = dates_in(f"{cell(when)} {cell(column['day'])}".strip(), near=near)
        day = next((each.date for each in dated if each.date), None)
        out.warnings += [(number, each.wrong) for each in dated if each.wrong and day is None]
        strong, weak = cell(column["strong"]), cell(column["weak"])
        out.found.append(Score(number, day, percent, names[score], strong, weak))
