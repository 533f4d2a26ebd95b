"""Headings of a plan and what they name: phase, week, day, session or anything. Pure."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

from apps.exchange.plan_dates import ANY_DAY, Dated, dates_in
from apps.exchange.plan_words import clean, minutes_in, plain, session_in, without_hint

MOST_OF_A_HEADING = 2_000
COUNTED = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]
N = rf"(?:\d{{1,4}}|(?:{'|'.join(COUNTED)})\b)"
# Week and day in English, German, French, Spanish, Italian, Dutch, Russian, Hebrew, Arabic.
WEEKS = (
    r"weeks?|wk\.?|wochen?|semaines?|semanas?|settiman[ae]|weken|недел[яи]|שבוע(?:ות)?|(?:ال)?أسبوع"
)
DAYS = r"days?|tage?n?|jours?|d[ií]as?|giorn[oi]|dag(?:en)?|день|дни|(?:יום|ימים)|(?:ال)?يوم"
TO = r"(?:-|–|—|to|&|and|/|\+|,|bis|und)"
RANGE = rf"(?P<first>{N})(?:\s*{TO}\s*(?:(?:{WEEKS}|{DAYS})\s*)?(?P<last>{N}))?\+?"
WEEK = re.compile(rf"(?P<what>{WEEKS})\s*#?\s*{RANGE}(?!\w)(?P<rest>.*)", re.I | re.S)
DAY = re.compile(rf"(?P<what>{DAYS})\s*#?\s*{RANGE}(?!\w)(?P<rest>.*)", re.I | re.S)
PHASE = re.compile(
    rf"(?P<what>phase|part|month|stage|block|sprint|quarter|module?|unit|semester|monat|teil|mois"
    rf"|partie|mes|fase)\s*#?\s*"
    rf"(?:{N}|[IVX]{{1,4}}\b|[A-H]\b)(?!\w)(?P<rest>.*)",
    re.I | re.S,
)
WEEKDAY_NAME = (
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?s?\.?"
    r"|(?:mon|diens|donners|frei|sams|sonn)tags?|mittwochs?|sonnabends?)"
)
WEEKDAY = re.compile(
    rf"(?P<name>(?:{WEEKDAY_NAME}|weekend|wochenende))(?!\w)"
    rf"(?P<more>(?:\s*{TO}\s*{WEEKDAY_NAME}(?!\w))*)(?P<rest>.*)",
    re.I | re.S,
)
WEEKDAY_NUMBERS = {
    name: number
    for number, names in enumerate(
        ("mon", "tue die", "wed mit", "thu don", "fri fre", "sat sam", "sun son")
    )
    for name in names.split()
}
ENGLISH = re.compile(r"(?:week|wk|day)s?\.?", re.I)
EACH = re.compile(r"\b(?:each|apiece|je)\b", re.I)
UNTIL = re.compile(r"\b\d{1,2}\.?\s*(?:-|–|—|to|bis)\s*$")  # the "5 -" of "5 - 11 Jan"
WEEKS_SAID = re.compile(rf"\b(?:{WEEKS})\s*(\d{{1,3}})(?:\s*{TO}\s*(\d{{1,3}})\b)?", re.I)
# What may stand behind "Week 3" for it to be a heading of that week and not words about it.
PARTED = re.compile(r"\s*(?:$|[^\w\s'’])")
ABOUT = re.compile(
    r"\s*(?:final\s|key\s|expected\s|revised\s|plan\s|success\s|overall\s)*"
    r"(?:goals?|notes?|summary|results?|status|outcomes?|learnings?|criteria|targets?|review\s*$"
    r"|deliverables?|recap|retro(?:spective)?|revised|achievements?|takeaways?|reflections?)\b",
    re.I,
)
BOLD = re.compile(r"(?P<sign>\*\*|__)(?P<bold>(?:(?!(?P=sign)).)+)(?P=sign)(?P<behind>.*)$")
SIGNS_FIRST = re.compile(r"(?:[^\w\s!-/:-@\[-`{-~“”‘’«»]\s*)+")
INNER_BOLD = re.compile(r"\*\*[^*]*\*\*|__[^_]*__")
ROUND = re.compile(r"\([^()]*\)")
# "⚠️ **ADJUSTED**" behind a heading's own words.
STATUS_BEHIND = re.compile(r"(?<=\s)[^\w\s*_\"'’)(:,.;/&+-]\ufe0f?\s*\*\*([^*]+)\*\*\s*:?\s*$")
FINISHED = re.compile(
    r"[\s:·|]*(?:[✅✔✓☑🔄⏳⭐🚧⚠]\ufe0f?\s*)+(?:in progress|done|completed?|erledigt)?\s*:?\s*$",
    re.I,
)
SUMMARY = re.compile(
    r"(?:<details[^<>]*>\s*)?<(summary|h[1-6])\b[^<>]*>(?P<text>.*?)</(?:summary|h[1-6])>\s*$", re.I
)
BLOCK_TAG = re.compile(
    r"</?(?:details|summary|div|p|h[1-6]|ul|ol|table|hr|center|blockquote)\b[^<>]*>", re.I
)
DONE_WORDS = re.compile(
    r"\b(?:completed?|done|finished|in progress|not started|all achieved|achieved"
    r"|erledigt|abgeschlossen)\b",
    re.I,
)


class Names(StrEnum):
    """What a heading names."""

    WEEK = "week"
    DAY = "day"
    PHASE = "phase"
    OTHER = "other"


class Look(StrEnum):
    """How a heading is written, the plainest way last."""

    HEADING = "heading"
    BOLD = "bold"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Head:
    """One heading. `level` is 1 to 6; what is bold or plain stands between two levels."""

    line: int
    level: float
    look: Look
    names: Names
    text: str  # all its words, plain
    title: str  # without "Week 3:", times, dates and marks
    label: str = ""  # "Week 3", "Days 6-7", "Monday"
    numbers: tuple[int, int] | None = None
    week: int | None = None  # of a day that names its week too
    weekday: int | None = None
    status: str = ""  # what stands behind it in bold type: "ADJUSTED"
    minutes: int | None = None
    is_each: bool = False  # the minutes are those of each thing beneath it
    dates: tuple[Dated, ...] = ()
    session: str = ""

    @property
    def date(self) -> dt.date | None:
        """The first date it names."""
        return next((each.date for each in self.dates if each.date), None)

    @property
    def weeks(self) -> tuple[int, int] | None:
        """Which weeks a phase says it has."""
        found = WEEKS_SAID.search(self.text)
        if not found:
            return None
        return int(found[1]), int(found[2] or found[1])


def bold_label(text: str) -> tuple[str, str, str] | None:
    """Return what is bold at the start of a line, what stands behind it, and the bold words in
    that; None where no bold begins it."""
    found = BOLD.match(_bare(text[:MOST_OF_A_HEADING]))
    if not found or not plain(found["bold"]):
        return None
    status = " ".join(each.strip("*_") for each in INNER_BOLD.findall(found["behind"]))
    return found["bold"], found["behind"], status


def breaks_text(text: str) -> bool:
    """Whether a line without indentation ends the item above it, though no blank line does."""
    if text[:1] == "<":
        return BLOCK_TAG.match(text) is not None
    label = bold_label(text)
    if label:
        return _is_label(*label[:2]) or _kind(label[0], is_strict=True) is not None
    return len(text) < 120 and _kind(text, is_strict=True) is not None


def head_of(text: str, line: int, level: float, look: Look, near: dt.date | None) -> Head | None:
    """Return the heading a line is, None where it is text. `level` is that of the last heading
    proper for what is bold or plain."""
    text = text[:MOST_OF_A_HEADING]
    if look is Look.HEADING:
        aside = STATUS_BEHIND.search(text)
        title = text[: aside.start()] if aside else text
        return _head(title, text, aside[1] if aside else "", line, level, look, near)
    if look is Look.BOLD:
        label = bold_label(text)
        if label is None:
            return None
        bold, behind, status = label
        kind = _kind(bold, is_strict=True)
        if kind is None and not _is_label(bold, behind):
            return None
        title = bold
        if kind is not None:
            title = f"{bold.rstrip(' :')}{_rest_of(bold, behind)}"
        step = 0.75 if kind is None else 0.5
        return _head(title, text, status, line, level + step, look, near)
    if len(text) > 120 or _kind(text, is_strict=True) is None:
        return None
    return _head(text, text, "", line, level + 0.5, look, near)


def _bare(text: str) -> str:
    """The text without the pictures it begins with."""
    found = SIGNS_FIRST.match(text)
    return text[found.end() :] if found else text


def _rest_of(bold: str, behind: str) -> str:
    """What stands behind "**Day 3**:" as its title; nothing where the bold type holds one."""
    behind = INNER_BOLD.sub(" ", behind)
    words = ROUND.sub(" ", behind).strip(" :-–—")
    if not re.search(r"\w", words):
        return ""
    found = DAY.match(clean(bold)) or WEEK.match(clean(bold)) or PHASE.match(clean(bold))
    has_title = bool(found and found["rest"].strip(" :"))
    return "" if has_title else f": {behind.strip(' :-–—')}"


def _is_label(bold: str, behind: str) -> bool:
    """Whether bold words and what follows them are a heading and no sentence."""
    words = bold.strip()
    if words[-1:] in ".!?;," and len(words.split()) > 3:
        return False
    rest = ROUND.sub(" ", INNER_BOLD.sub(" ", behind))
    return not re.search(r"\w", rest)


def _kind(text: str, *, is_strict: bool) -> tuple[Names, re.Match[str] | None] | None:
    """What a heading names by its first words, None for anything. A strict one parts those from
    the rest: "Week 3: Trees", not "Week 3 was long"."""
    words = clean(_bare(plain(text)))
    for names, pattern in ((Names.WEEK, WEEK), (Names.DAY, DAY), (Names.PHASE, PHASE)):
        found = pattern.match(words)
        if found:
            return (names, found) if _parts(found["rest"], is_strict=is_strict) else None
    found = WEEKDAY.match(words)
    if found and (PARTED.match(found["rest"]) or _starts_with_date(found["rest"])):
        return (Names.DAY, found) if not ABOUT.match(found["rest"]) else None
    if _starts_with_date(words, is_strict=is_strict):
        return Names.DAY, None
    return None


def _parts(rest: str, *, is_strict: bool) -> bool:
    if ABOUT.match(rest):
        return False
    return bool(PARTED.match(rest)) or not is_strict or bool(_PROGRESS.match(rest))


_PROGRESS = re.compile(r"\s*(?:progress|continued|part \d)\b", re.I)


def _starts_with_date(text: str, *, is_strict: bool = True) -> bool:
    """Whether a date begins the words and is parted from the rest, or a weekday follows it. A whole
    date (2025-11-04) in a heading needs neither."""
    head = text.lstrip(" ,:-–—(")
    found = dates_in(head[:40], near=ANY_DAY)
    if not found or found[0].start != 0:
        return False
    rest = head[found[0].end :]
    if ABOUT.match(rest):
        return False
    is_whole = not is_strict and bool(dates_in(head[: found[0].end])[0].date)
    return bool(PARTED.match(rest)) or is_whole or bool(WEEKDAY.match(rest.lstrip()))


def _head(
    title: str, whole: str, status: str, line: int, level: float, look: Look, near: dt.date | None
) -> Head:
    """Make the heading of its parts."""
    text = clean(_bare(plain(whole)))
    kind = _kind(title, is_strict=look is not Look.HEADING)
    names, found = kind or (Names.OTHER, None)
    label, numbers, week, weekday = "", None, None, None
    words = clean(_bare(plain(title)))
    rest = words
    if found is not None and names in (Names.WEEK, Names.DAY) and "first" in found.groupdict():
        numbers, rest = _numbers(found), found["rest"]
        label = _label(found, numbers)
        inner = DAY.match(rest.lstrip(" ,:-–—(")) if names is Names.WEEK else None
        if inner and _parts(inner["rest"], is_strict=False) and "(" not in rest[:2]:
            names, week, numbers, rest = Names.DAY, numbers[0], _numbers(inner), inner["rest"]
            label = _label(inner, numbers)
    elif found is not None and names is Names.DAY:
        label, rest = clean(found["name"] + found["more"]).rstrip("."), words
        weekday = _weekday(found["name"].lower())
    minutes = minutes_in(words)
    if minutes is None:
        minutes = minutes_in(text)
    return Head(
        line=line,
        level=level,
        look=look,
        names=names,
        text=text,
        title=bare_title(rest),
        label=label,
        numbers=numbers,
        week=week,
        weekday=weekday,
        status=_status(status),
        minutes=minutes,
        is_each=EACH.search(words) is not None,
        dates=tuple(dates_in(text, near=near)),
        session=session_in(words) if names is Names.OTHER else "",
    )


def bare_title(text: str) -> str:
    """Return a title without times, dates in brackets, marks and colons around it."""
    text = ROUND.sub(lambda found: "" if _is_aside(found[0][1:-1]) else found[0], text)
    text = FINISHED.sub("", text)
    text = without_hint(text)
    return clean(text.strip(" :,;–—-·|⏳✅⚠️⭐🔄"))


def _is_aside(inside: str) -> bool:
    """Whether brackets hold a time or a date or a mark and nothing else."""
    left = inside
    for date in reversed(dates_in(inside, near=ANY_DAY)):
        left = UNTIL.sub("", left[: date.start]) + left[date.end :]
    if left != inside or DONE_WORDS.search(left):
        left = DONE_WORDS.sub("", left)
        return not re.search(r"[^\W_]", re.sub(WEEKDAY_NAME, "", left, flags=re.I))
    return without_hint(f"x ({inside})") == "x"


def _numbers(found: re.Match[str]) -> tuple[int, int]:
    first = _count(found["first"])
    last = _count(found["last"]) if found["last"] else first
    return (first, last) if last >= first else (first, first)


def _count(said: str) -> int:
    return int(said) if said.isdigit() else COUNTED.index(said.lower()) + 1


def _label(found: re.Match[str], numbers: tuple[int, int]) -> str:
    """ "Week 3" or "Days 6-7"; in another language with the heading's own word."""
    word, (first, last) = found["what"].capitalize(), numbers
    english = {"W": "Week", "D": "Day"}.get(word[0]) if ENGLISH.fullmatch(word) else None
    if english:
        word = english if first == last else f"{english}s"
    return f"{word} {first}" if first == last else f"{word} {first}-{last}"


def _weekday(name: str) -> int | None:
    """0 for Monday; None for the weekend."""
    return 5 if name.startswith("sonna") else WEEKDAY_NUMBERS.get(name[:3])


def _status(status: str) -> str:
    """The bold words behind a heading, without those that only say that it is done."""
    left = clean(DONE_WORDS.sub("", plain(status)).strip(" ()-–—:"))
    for date in reversed(dates_in(left, near=ANY_DAY)):
        left = left[: date.start] + left[date.end :]
    left = left.strip(" ()-–—:,.!")
    return (
        left
        if re.search(r"[^\W\d_]{3}", left) and not re.fullmatch(r"(?i)session \d+", left)
        else ""
    )
