"""From the boxes of a Markdown plan to tasks: kind, priority, session, minutes. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from apps.exchange.plan_shapes import MOST_MINUTES, Box, PlanText, ReadDay, ReadWeek, Share

ASSUMED = 30  # minutes of a box of which nothing is said
LEAST_SHARE = 5
MOST_LABEL = 40
MOST_BOXES = 5_000

# What a title says is done: the kind whose word comes first is taken.
KINDS = tuple(
    (kind, re.compile(rf"\b(?:{words})", re.IGNORECASE))
    for kind, words in (
        ("check", r"knowledge[- ]check|quiz"),
        ("assess", r"gap[- ](?:assessment|analysis)|self[- ]assess"),
        ("mock", r"mock\b"),
        (
            "apply",
            r"appl(?:y|ied) (?:to|for)|applications?\b|r[eé]sum[eé]s?\b|cv\b|linkedin|referral",
        ),
        ("setup", r"set(?:ting)?[- ]?up|install|configure|sign up"),
        ("watch", r"watch|videos?\b|lectures?\b|statquest|youtube"),
        ("derive", r"deriv|prove\b|proof"),
        ("calculate", r"calculat|by hand"),
        ("design", r"(?:re)?design(?!ed by)|whiteboard|architect"),
        ("project", r"projects?\b|deploy|build\b|built\b|portfolio"),
        ("code", r"(?:re-?)?implement|cod(?:e|ed|ing)\b|leetcode|program|debug|refactor|kaggle"),
        ("write", r"writ(?:e|ing|ten)\b|wrote|summar|cheat[- ]?sheet|blog|document|flash ?cards?"),
        ("read", r"(?:re-?)?read(?:ing)?\b|papers?\b|chapters?\b|skim|review|study|articles?\b"),
    )
)
OPTIONAL = re.compile(
    r"[(\[]optional[)\]]|^\W*(?:optional|bonus|stretch(?: goal)?)\b|\boptional\W*$", re.IGNORECASE
)


SECTION = re.compile(r"Section \d+")


class Source(StrEnum):
    """Where the minutes of a task come from."""

    STATED = "stated"
    SHARE = "share"  # of what is said of its session or day
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Drafted:
    """A box as the task it becomes. `week` and `day` are places in the text and in the week."""

    number: int
    box: Box
    week: int
    day: int
    session: str
    kind: str
    priority: str
    minutes: int
    source: Source


def drafted(plan: PlanText) -> tuple[Drafted, ...]:
    """Return a task for each box, in the order of weeks and days."""
    tasks: list[Drafted] = []
    for week_number, week in enumerate(plan.weeks):
        for day_number, day in enumerate(week.days):
            shares = minutes_of(plan, day)
            for number in day.boxes:
                box = plan.boxes[number]
                minutes, source = shares[number]
                tasks.append(
                    Drafted(
                        number=number,
                        box=box,
                        week=week_number,
                        day=day_number,
                        session=day.session_of.get(number, "study"),
                        kind=kind_of(box.title),
                        priority=_priority(box.title),
                        minutes=minutes,
                        source=source,
                    )
                )
    return tuple(tasks)


def minutes_of(plan: PlanText, day: ReadDay) -> dict[int, tuple[int, Source]]:
    """Return the minutes of a day's boxes: as they say, else their share of what their session's
    heading states, else of what that of the day leaves, else half an hour each."""
    found: dict[int, tuple[int, Source]] = {}
    for number in day.boxes:
        minutes = plan.boxes[number].minutes
        if minutes is not None:
            found[number] = (min(max(minutes, 1), MOST_MINUTES), Source.STATED)
    shares = [*day.shares, *([Share(day.minutes, day.boxes)] if day.minutes is not None else [])]
    for share in shares:
        silent = [number for number in share.boxes if number not in found]
        said = sum(found[number][0] for number in share.boxes if number in found)
        parts = _parts(share.minutes - said, len(silent))
        for number, part in zip(silent, parts, strict=True):
            minutes = share.minutes if share.is_each else part
            found[number] = (min(minutes, MOST_MINUTES), Source.SHARE)
    return {number: found.get(number, (ASSUMED, Source.ASSUMED)) for number in day.boxes}


def _parts(minutes: int, count: int) -> list[int]:
    """Minutes in so many parts, in fives: the first ones have five more where it does not go even."""
    fives, more = divmod(max(minutes, 0) // 5, count or 1)
    return [max(5 * (fives + (n < more)), LEAST_SHARE) for n in range(count)]


def kind_of(title: str) -> str:
    """Return the kind of task that a title names first; reading where it names none."""
    found = [
        (match.start(), place)
        for place, (_, words) in enumerate(KINDS)
        if (match := words.search(title))
    ]
    return KINDS[min(found)[1]][0] if found else "read"


def _priority(title: str) -> str:
    return "optional" if OPTIONAL.search(title) else "must"


def week_name(label: str, title: str) -> str:
    """Return what a week of the plan is called in the text: a section by its title only."""
    return title if SECTION.fullmatch(label) else label


def labels_of(weeks: tuple[ReadWeek, ...]) -> list[str]:
    """Return what each week is called: as the text says, and sections beside its weeks by number."""
    labels, sections = [], 0
    for week in weeks:
        sections += not week.label
        labels.append((week.label or f"Section {sections}")[:MOST_LABEL])
    return labels


def notes_of(week: ReadWeek, place: int) -> str:
    """Return the notes of a day of that week; what is said of the week itself stands with its
    first day."""
    day = week.days[place]
    return "\n\n".join(filter(None, (week.notes if not place else "", day.notes)))
