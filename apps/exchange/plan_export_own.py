"""A plan that came from no file, as Markdown that our own reader takes in again. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.exchange.plan_rewrite import escaped, written
from apps.exchange.plan_words import UNTITLED, clean, shorten, title_of

SESSIONS = {
    "study": "Study",
    "practice": "Practice",
    "check": "Knowledge check",
    "reference": "Quick reference",
}
# A box, behind whatever bullets.
BOX = re.compile(r"^((?:[^\w\[\n`]|\d+[.)])*)\[(?=[ xX\t\xa0]\])", re.MULTILINE)
FENCE = re.compile(r"^\s*(`{3,}|~{3,})", re.MULTILINE)
RAW = re.compile(r"<(?=!--|/?(?:pre|script|style|textarea|details|summary)\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OwnTask:
    """A task as the text tells it."""

    title: str
    minutes: int
    done: bool
    session: str = "study"
    detail: str = ""
    note: str = ""
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A day of the outline; criteria with whether they are met."""

    title: str
    goal: str
    notes: str
    tasks: Sequence[OwnTask]
    criteria: Sequence[tuple[str, bool]] = ()


@dataclass(frozen=True, slots=True)
class OwnWeek:
    """A week of the outline."""

    name: str
    title: str
    phase: str
    goal: str
    days: Sequence[OwnDay]
    criteria: Sequence[tuple[str, bool]] = ()
    checkpoint: Mapping[str, Any] | None = None


def own_text(title: str, weeks: Iterable[OwnWeek]) -> str:
    """Return the plan: "# title", "## phase", "### Week 1: title", "#### day", "- [ ] task"."""
    blocks = [f"# {_words(title)}"]
    phase = ""
    for week in weeks:
        if week.phase and week.phase != phase:
            blocks.append(f"## {_words(week.phase)}")
        phase = week.phase
        blocks.append(f"### {_words(week.name)}: {_words(week.title)}")
        if week.goal:
            blocks.append(f"Goal: {prose(week.goal)}")
        for day in week.days:
            blocks += _day(day)
        blocks += _criteria("The week has succeeded when", week.criteria)
        if week.checkpoint:
            blocks.append(_checkpoint(week.checkpoint))
    return "\n\n".join(blocks) + "\n"


def _day(day: OwnDay) -> list[str]:
    blocks = [f"#### {_words(day.title)}"]
    blocks += [f"Goal: {prose(day.goal)}"] * bool(day.goal)
    blocks += [prose(day.notes)] * bool(day.notes)
    session = "study"
    lines: list[str] = []
    for task in day.tasks:
        if task.session != session:
            if lines:
                blocks.append("\n".join(lines))
            blocks.append(f"**{SESSIONS[task.session]}**:")
            session, lines = task.session, []
        lines.append(_task(task))
    blocks += ["\n".join(lines)] * bool(lines)
    return blocks + _criteria("The day has succeeded when", day.criteria)


def _task(task: OwnTask) -> str:
    lines = [f"- [{'x' if task.done else ' '}] {_box(task)}"]
    for text in (task.detail, task.note):
        if text:
            lines += [f"  {line}".rstrip() for line in prose(text).split("\n")]
    return "\n".join(lines)


def _box(task: OwnTask) -> str:
    """The words of a box. Where signs at the end would be read as something else, all stand by
    their numbers."""
    said, title = written(task.title, task.minutes), clean(task.title)
    words = title_of(said)
    if (words.title, words.minutes) == (shorten(title), task.minutes):
        return said
    by_number = (each if each.isalnum() or each == " " else f"&#{ord(each)};" for each in title)
    return f"{''.join(by_number) or UNTITLED} ({task.minutes} min)"


def _criteria(words: str, criteria: Sequence[tuple[str, bool]]) -> list[str]:
    if not criteria:
        return []
    lines = [prose(f"- {'✅ ' if met else ''}{_words(text)}") for text, met in criteria]
    return [f"{words}:", "\n".join(lines)]


def _checkpoint(checkpoint: Mapping[str, Any]) -> str:
    words = _words(str(checkpoint.get("title") or "Checkpoint"))
    threshold = checkpoint.get("threshold")
    areas = ", ".join(_words(str(area)) for area in checkpoint.get("areas", ()))
    rule = f": every one of {areas} at {threshold} % or more" if areas and threshold else ""
    return f"Checkpoint “{words}”{rule}."


def _words(text: str) -> str:
    """Words as one line of Markdown that is read as just these words."""
    return escaped(clean(text)) if clean(text) else UNTITLED


def prose(text: str) -> str:
    """Return Markdown of the learner's without what would be read as tasks, or would hide them."""
    unix = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    unix = RAW.sub("&lt;", BOX.sub(r"\1\\[", unix))
    opened = ""
    for fence in FENCE.findall(unix):
        if not opened:
            opened = fence
        elif fence[0] == opened[0] and len(fence) >= len(opened):
            opened = ""
    return f"{unix}\n{opened}" if opened else unix
