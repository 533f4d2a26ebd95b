"""Reading a plan written in Markdown: text in, weeks, days and boxes with their ticks out. Pure.

The lines are told apart by `plan_scan`, headings by `plan_headings`, weeks and days by `plan_tree`;
here the parts are put together. Every box the text has is read once, or a warning says why not.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Iterator

from apps.exchange.plan_bytes import MOST_BYTES, UnreadableFile, decode_plan, mend_pasted
from apps.exchange.plan_dates import Dated, dates_in, first_date
from apps.exchange.plan_headings import Head, Names
from apps.exchange.plan_outline import outline
from apps.exchange.plan_scan import Kind, Scan, columns, lead_of
from apps.exchange.plan_scores import read_scores
from apps.exchange.plan_shapes import Box, PlanText, ReadDay, ReadWeek, Score, Share, Warning_
from apps.exchange.plan_tree import DayDraft, Tree, WeekDraft
from apps.exchange.plan_words import (
    UNTITLED,
    is_deferred,
    is_skipped,
    links_in,
    shorten,
    title_of,
    with_whole,
)

__all__ = [
    "MOST_BYTES",
    "Box",
    "PlanText",
    "ReadDay",
    "ReadWeek",
    "Score",
    "UnreadableFile",
    "Warning_",
    "decode_plan",
    "mend_pasted",
    "read_plan",
]

MOST_WARNINGS = 200
MOST_OF_NOTES = 20_000
NO_HEADING = "Tasks"
NO_BOX = "this text has no boxes, so there are no tasks in it; write a task as “- [ ] task”"
NOT_DONE_THEN = re.compile(
    r"(?:[📅⏳🛫➕🗓]\ufe0f?|\b(?:due|by|until|before|deadline|from|start)\b:?)\s*$", re.I
)
DONE_THEN = re.compile(
    r"(?:[✅✔✓☑]\ufe0f?|\b(?:done|completed?|finished|read|on|at)\b:?|@|\()\s*$", re.I
)
NOTHING_BEHIND = re.compile(r"[\W_]*$")


def read_plan(text: str, *, near: dt.date | None = None) -> PlanText:
    """Return what the text says. Never raises, whatever the text; takes time as it is long.

    Dates that name no year are those nearest to the first whole date of the text, or to `near`.
    """
    known = first_date(text) or near
    scanned, heads, tree = outline(text, known)
    warnings = [*scanned.warnings, *tree.warnings]
    for head in heads.values():
        if head.names in (Names.DAY, Names.WEEK):
            warnings += [(head.line, each.wrong) for each in head.dates if each.wrong]
    day_of = _Places(tree, heads)
    boxes = _boxes(scanned, tree, known, warnings)
    scores = read_scores(scanned, day_of.date, day_of.is_check, known)
    weeks = [week for week in tree.weeks if _is_kept(week)]
    warnings += scores.warnings
    warnings += _order(weeks)
    if not boxes:
        warnings.append((0, NO_BOX))
    return PlanText(
        title=tree.title,
        goal=tree.goal,
        weeks=tuple(_week(week, tree.title) for week in weeks),
        boxes=tuple(boxes),
        scores=tuple(scores.found),
        warnings=tuple(Warning_(*each) for each in sorted(set(warnings))[:MOST_WARNINGS]),
        is_outline=not any(week.is_week for week in weeks),
    )


def _order(weeks: list[WeekDraft]) -> Iterator[tuple[int, str]]:
    """What is odd in the order of the weeks."""
    first: dict[str, int] = {}
    before: Head | None = None
    for week in weeks:
        head = week.head
        if not week.is_week or head is None or _numbers(week) is None:
            continue
        label, numbers = _label(week), _numbers(week) or (0, 0)
        line = first.setdefault(label, head.line)
        if line != head.line:
            yield head.line, f"“{label}” stands on line {line + 1} too; both are kept as they stand"
        elif before is not None and numbers[0] < (before.week or (before.numbers or (0,))[0]):
            yield head.line, f"“{label}” stands behind a later week; the order of the file is kept"
        before = head


class _Places:
    """Which date and which session a line stands under."""

    def __init__(self, tree: Tree, heads: dict[int, Head]) -> None:
        found: dict[int, dt.date | None] = {}
        for week in tree.weeks:
            found[week.line] = None
        for week in tree.weeks:
            for day in week.days:
                if day.head is not None or day.date is not None:
                    found[day.line] = day.date
        self.lines = sorted(found)
        self.dates = [found[line] for line in self.lines]
        self.heads = sorted(heads)
        self.sessions = [heads[line].session for line in self.heads]

    def date(self, line: int) -> dt.date | None:
        at = bisect_right(self.lines, line)
        return self.dates[at - 1] if at else None

    def is_check(self, line: int) -> bool:
        at = bisect_right(self.heads, line)
        return bool(at) and self.sessions[at - 1] == "check"


# Boxes


def _boxes(
    scanned: Scan, tree: Tree, near: dt.date | None, warnings: list[tuple[int, str]]
) -> list[Box]:
    notes = notes_of(scanned)
    dates: dict[int, dt.date | None] = {}
    for week in tree.weeks:
        for day in week.days:
            for index in day.boxes:
                dates[index] = day.dates.get(index, day.date)
    boxes = []
    for index, raw in enumerate(scanned.boxes):
        said = scanned.bodies[raw.line][raw.text_at :].rstrip()
        words = title_of(said)
        detail = notes.get(index, "")
        done = raw.mark in "xX"
        done_on = None
        if done:
            own = _own_date(said, near)
            if own is not None and own.wrong:
                warnings.append((raw.line, own.wrong))
            done_on = own.date if own is not None and own.date else dates.get(index)
        if not said:
            warnings.append((raw.line, f"this box has no words; its task is called “{UNTITLED}”"))
        boxes.append(
            Box(
                line=raw.line,
                title=words.title,
                detail=with_whole(words.whole, detail),
                minutes=words.minutes,
                done=done,
                day=done_on,
                parent=raw.parent if raw.parent >= 0 else None,
                links=links_in(f"{said}\n{detail}"),
                mark=raw.mark,
                skipped=is_skipped(said),
                deferred=is_deferred(said),
            )
        )
    return boxes


def notes_of(scanned: Scan) -> dict[int, str]:
    """Return the notes beneath each box that has some, as Markdown without their indentation."""
    own: dict[int, list[int]] = {}
    for number, line in enumerate(scanned.lines):
        if line.owner >= 0 and line.kind not in (Kind.BOX, Kind.BLANK):
            own.setdefault(line.owner, []).append(number)
    found = {}
    for index, numbers in own.items():
        wide = [scanned.lines[n].indent for n in numbers if not scanned.lines[n].is_lazy]
        base = min(wide, default=0)
        said: list[str] = []
        for place, number in enumerate(numbers):
            line, body = scanned.lines[number], scanned.bodies[number]
            if place and any(
                scanned.lines[n].kind is Kind.BLANK
                for n in range(max(numbers[place - 1], number - 3) + 1, number)
            ):
                said.append("")
            lead = lead_of(body)
            said.append(" " * max(0, columns(lead) - base) + body[len(lead) :].rstrip())
        found[index] = "\n".join(said).strip("\n")
    return found


def _own_date(said: str, near: dt.date | None) -> Dated | None:
    """The date a line says it was done on: behind a mark or a word for it, or at its end."""
    text = said[:2_000]
    best = None
    for each in dates_in(text, near=near):
        before = text[: each.start]
        if NOT_DONE_THEN.search(before[-12:]):
            continue
        if DONE_THEN.search(before[-12:]) or NOTHING_BEHIND.match(text, each.end):
            best = each
    return best


# Weeks and days


def _is_kept(week: WeekDraft) -> bool:
    """Whether a section is part of the plan: a week, or one that has boxes."""
    return week.is_week or any(day.boxes or (week.is_host and day.is_named) for day in week.days)


def _numbers(week: WeekDraft) -> tuple[int, int] | None:
    head = week.head
    if not week.is_week or head is None:
        return None
    return head.numbers if head.names is Names.WEEK else (head.week or 0, head.week or 0)


def _label(week: WeekDraft) -> str:
    head = week.head
    if not week.is_week or head is None:
        return ""
    return head.label if head.names is Names.WEEK else f"Week {head.week}"


def _week(week: WeekDraft, title: str) -> ReadWeek:
    head, label = week.head, _label(week)
    own = head.title if head is not None and head.names is Names.WEEK else ""
    if head is not None and not week.is_week:
        own = own or (week.title or head.text)
    name = shorten(own or label or week.title or title or NO_HEADING)
    status = head.status if head is not None and week.is_week else ""
    return ReadWeek(
        line=week.line,
        title=name,
        label=label,
        numbers=_numbers(week),
        phase=shorten(week.phase),
        goal=week.goal,
        notes=_notes([f"**{status}**", "", *week.notes] if status else week.notes),
        days=tuple(_day(day, name, _minutes(week, day)) for day in week.days),
    )


def _minutes(week: WeekDraft, day: DayDraft) -> int | None:
    """The minutes stated for a day; for a week, where its boxes stand under no day."""
    if day.head is not None:
        return None if day.head.is_each else day.head.minutes
    is_all = week.is_week and sum(bool(each.boxes) for each in week.days) == 1
    return week.head.minutes if is_all and week.head and not week.head.is_each else None


def _shares(day: DayDraft) -> Iterator[Share]:
    if day.head is not None and day.head.is_each and day.head.minutes is not None:
        among = {index for _, boxes in day.shares.values() for index in boxes}
        yield Share(day.head.minutes, tuple(n for n in day.boxes if n not in among), is_each=True)
    for head, boxes in day.shares.values():
        if head.minutes is not None:
            yield Share(head.minutes, tuple(boxes), head.is_each)


def _day(day: DayDraft, week_title: str, minutes: int | None) -> ReadDay:
    head = day.head
    status = head.status if head is not None else ""
    return ReadDay(
        line=day.line,
        title=shorten(_day_title(head, day.above) or week_title),
        label=head.label if head is not None else "",
        numbers=head.numbers if head is not None and head.names is Names.DAY else None,
        goal=day.goal,
        notes=_notes([f"**{status}**", "", *day.notes] if status else day.notes),
        date=day.date,
        weekday=head.weekday if head is not None else None,
        minutes=minutes,
        boxes=tuple(day.boxes),
        session_of=day.sessions,
        shares=tuple(_shares(day)),
    )


def _day_title(head: Head | None, above: str) -> str:
    if head is None:
        return ""
    if head.numbers is None or head.names is not Names.DAY:
        return ": ".join(filter(None, (above, head.title or head.text)))
    if not head.title:
        return head.label
    return (
        f"{head.label} {head.title}"
        if head.title.startswith("(")
        else f"{head.label}: {head.title}"
    )


def _notes(lines: list[str]) -> str:
    """Lines as Markdown: no blank ones at the ends, and one at most between two."""
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip("\n")[:MOST_OF_NOTES]
