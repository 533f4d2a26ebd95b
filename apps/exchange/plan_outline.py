"""A text's headings, and the weeks and days they make. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import NamedTuple

from apps.exchange.plan_headings import SUMMARY, Head, Look, Names, head_of
from apps.exchange.plan_scan import Kind, Scan, scan
from apps.exchange.plan_tree import Tree, grow


class Outline(NamedTuple):
    """The lines of a text, its headings by line, and its weeks with their days."""

    scanned: Scan
    heads: dict[int, Head]
    tree: Tree


def outline(text: str, near: dt.date | None = None) -> Outline:
    """Return a text's lines, headings, weeks and days; `near` is for dates that name no
    year."""
    scanned = scan(text)
    heads = _heads(scanned, near)
    return Outline(scanned, heads, grow(scanned, heads, near))


def _heads(scanned: Scan, near: dt.date | None) -> dict[int, Head]:
    """The headings by line. Weeks are those written most like headings; what is plain text is a
    day's heading only where no other is."""
    found: dict[int, Head] = {}
    level = 0.0
    for number, line in enumerate(scanned.lines):
        head = None
        if line.kind is Kind.HEADING:
            level = line.level
            head = head_of(line.text, number, level, Look.HEADING, near)
        elif line.kind is Kind.TEXT and not line.depth and not line.is_lazy:
            head = _in_text(scanned, number, level, near, is_below=number - 1 in found)
        if head is not None:
            found[number] = head
    best = {
        names: min(
            (list(Look).index(head.look) for head in found.values() if head.names is names),
            default=9,
        )
        for names in Names
    }
    kept = {}
    for number, head in found.items():
        look = list(Look).index(head.look)
        if head.look is Look.LINE and (look > best[head.names] or head.names is Names.OTHER):
            continue
        is_lesser = head.names is Names.WEEK and look > best[Names.WEEK]
        kept[number] = (
            replace(head, names=Names.OTHER, level=head.level + 0.25) if is_lesser else head
        )
    return kept


def _in_text(
    scanned: Scan, number: int, level: float, near: dt.date | None, *, is_below: bool
) -> Head | None:
    """The heading that a line of text is; `is_below` says that one stands on the line above."""
    text = scanned.lines[number].text
    if text.startswith("<"):
        summary = SUMMARY.match(text[:2_000])
        if not summary:
            return None
        said, tag = summary["text"].replace("*", ""), summary[1].lower()
        if tag == "summary":
            return head_of(f"**{said}**", number, level, Look.BOLD, near)
        return head_of(said, number, int(tag[1]), Look.HEADING, near)
    head = head_of(text, number, level, Look.BOLD, near)
    above = scanned.lines[number - 1] if number else None
    if head is None and (is_below or not above or above.kind is not Kind.TEXT or above.depth):
        head = head_of(text, number, level, Look.LINE, near)
    return head
