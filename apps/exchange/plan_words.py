"""The words of one line of a plan: its title, minutes, links, and what it says of itself. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

from apps.exchange.coverage_cells import EMPHASIS, ESCAPED, IMAGE_OR_LINK
from apps.exchange.plan_shapes import MOST_MINUTES, MOST_TITLE

UNTITLED = "Untitled"
MOST_LINKS = 20
MOST_OF_A_LINE = 20_000  # characters in which links and minutes are looked for

CODE = re.compile(r"(?<!`)(`{1,3}+)(?!`)([^`]+)\1(?!`)")
MARKED = re.compile("[\\\\`*_<\\[~&\ue000\ue001]|==|%%")
KEPT = re.compile("\ue000(\\d+)\ue001")
AUTOLINK = re.compile(r"<(https?://[^\s<>]+)>")
# What notes apps write: [[page|words]], ==marked==, %%hidden%%, and a tag that says "a task".
PAGE = re.compile(r"(?<!\\)!?\[\[([^\[\]|]*\|)?([^\[\]|]+)\]\]")
MARKER = re.compile(r"(?<![\\=])==(?=[^\s=])([^=]+)(?<=[^\s\\])==(?!=)")
ASIDE_HIDDEN = re.compile(r"(?<!\\)%%[^%]*%%")
TASK_TAG = re.compile(r"#task\s+(?=\S)")
TAG = re.compile(
    r"</?(?:a|b|i|u|s|em|strong|kbd|sub|sup|br|span|mark|small|del|ins|font|summary|details)"
    r"(?:\s[^<>]*)?/?>|<!--.{0,400}?-->",
    re.IGNORECASE,
)
LINK = re.compile(
    r"\[([^\[\]]*)\]\(\s*<?(https?://[^\s<>()]+(?:\([^\s<>()]*\)[^\s<>()]*)*)[^()]*\)"
    r"|(https?://[^\s<>\"'`\]|*]+)",
    re.IGNORECASE,
)

NUMBER = r"\d{1,4}(?:[.,]\d{1,2})?½?|½"
UNIT = (
    r"hours?|hrs?|h|minutes?|mins?|min\.|m"
    r"|stunden?|std\.?|minuten|heures?|horas?|minutos?"
)
ABOUT = r"[~≈]\s?|<\s?|\u2264\s?|(?:about|around|approx\.?|circa|ca\.?|etwa|environ)\s"
SPAN = re.compile(
    rf"(?<![\w.,:/-])(?P<about>{ABOUT})?(?:(?P<times>\d{{1,2}})\s?[x×]\s?)?(?P<low>{NUMBER})"
    rf"(?:\s?(?:-|–|—|to)\s?(?P<high>{NUMBER}))?\+?\s?(?P<unit>{UNIT})(?![A-Za-z_-]|\s?/)"
    rf"(?:(?P<rest>\d{{2}})(?!\w)|\s?(?:and\s)?(?P<more>\d{{1,2}})\s?(?:min(?:ute)?s?|m)(?![\w-]))?"
    rf"(?!\d|\s?(?:/|per\b))",
    re.IGNORECASE,
)
SHORT = {"h", "m"}
BEFORE_HINT = re.compile(r"(?:[(\[,;:+/]|\s[-–—]|^)\s*\**$")
# A time that stands alone at the end: "(30 min)", "- 45 min", "⏱ 45m"; what else is there is kept.
AT_END = re.compile(
    r"\s*(?:\((?P<round>[^()]{1,30})\)|\[(?P<square>[^\[\]()]{1,30})\]|\s`(?P<code>[^`]{1,30})`"
    r"|\s[-–—]\s+(?P<dash>[^()–—]{1,30})"
    r"|\s(?:[⏱⏲⌛⏰🕒]\ufe0f?\s*|(?=[~≈]))(?P<clock>[^()–—]{1,20}))\s*$"
)
# What notes apps write behind a task: when it was done, made, begun, how urgent it is, its name.
STAMP = re.compile(
    r"(?:(?P<done>[✅✔✓☑])\ufe0f?\s*(?:\d{4}-\d{2}-\d{2})?"
    r"|[➕🛫⏳❌]\ufe0f?\s*\d{4}-\d{2}-\d{2}|[🔺⏫🔼🔽⏬]\ufe0f?|🔁\ufe0f?\s*[\w ]{1,30}"
    r"|(?P<due>[📅🗓]\ufe0f?\s*\d{4}-\d{2}-\d{2}|\[due::\s*\d{4}-\d{2}-\d{2}\])"
    r"|(?<=\s)\^[\w-]{1,40}|\[\w[\w-]{0,20}::[^\[\]]{0,40}\])\s*$"
)
LAST_STAMP = re.compile(r".*([✅✔✓☑➕🛫⏳❌🔺⏫🔼🔽⏬🔁📅🗓^\[])", re.DOTALL)
MOST_STAMPS = 8
ASIDE = r"(?:^|[-–—:;,(\[*_/]|[^\w\s'’])\s*\**"
SKIPPED = re.compile(rf"{ASIDE}(?:skipped|übersprungen)\b|⏭", re.IGNORECASE)
DEFERRED = re.compile(rf"{ASIDE}(?:deferred|postponed|verschoben)\b", re.IGNORECASE)

SESSIONS = (
    ("check", re.compile(r"knowledge[ -]?checks?|quiz|self[ -]?test|progress validation", re.I)),
    ("reference", re.compile(r"quick[ -]?reference|cheat[ -]?sheet", re.I)),
    (
        "practice",
        re.compile(
            r"\b(?:practi[cs]e|hands[ -]on|exercises?|(?:re-?)?implement\w*|coding|build|mocks?)\b",
            re.I,
        ),
    ),
    (
        "study",
        re.compile(r"\b(?:(?:pre-?)?study|learn(?:ing)?|theory|reading|read|watch|review)\b", re.I),
    ),
)
PURE = re.compile(
    r"(?:pre-?)?study|practi[cs]e|knowledge[ -]checks?|quick[ -]references?"
    r"|session(?:\s*\d{1,2})?(?:\s*[-–—:].*)?",
    re.IGNORECASE | re.DOTALL,
)


class Words(NamedTuple):
    """What a line says: a title of at most 200 characters, the whole where that is more."""

    title: str
    minutes: int | None
    whole: str  # empty where the title is all


def plain(text: str) -> str:
    """Return a line without its markup: emphasis, code marks, links, escapes, tags of type."""
    if not MARKED.search(text):
        return clean(text)
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found[2] if found.re is CODE else found[1])
        return f"\ue000{len(kept) - 1}\ue001"

    text = text.replace("\ue000", " ").replace("\ue001", " ")
    text = CODE.sub(keep, text)
    text = AUTOLINK.sub(keep, text)
    text = PAGE.sub(r"\2", ASIDE_HIDDEN.sub("", text))
    text = IMAGE_OR_LINK.sub(r"\1", text)
    text = TAG.sub("", text)
    for pattern in (*EMPHASIS, MARKER):
        text = pattern.sub(r"\1", text)
    pieces = ESCAPED.split(text)  # every second one is an escaped sign
    text = "".join(each if n % 2 else html.unescape(each) for n, each in enumerate(pieces))
    text = KEPT.sub(lambda found: kept[int(found[1])], text)
    return clean(text)


def clean(text: str) -> str:
    """Return the text in one line, with single spaces, without signs that cannot be seen."""
    if text.isprintable():
        return " ".join(text.split())
    return " ".join(
        "".join(
            sign if sign.isprintable() or sign in "\u200d\u200c\u200e\u200f" else " "
            for sign in text
        ).split()
    )


def title_of(raw: str) -> Words:
    """Return title and minutes of what stands behind a box or on a heading's line."""
    stripped = TASK_TAG.sub("", without_stamp(without_hint(raw)), count=1) or raw
    due = _due(raw)
    links = () if (title := plain(f"{stripped} {due}" if due else stripped)) else links_in(raw)
    title = title or (links[0][1] if links else clean(stripped) or clean(raw)) or UNTITLED
    minutes = minutes_in(raw)
    cut = shorten(title)
    return Words(cut, minutes, title if cut != title else "")


def with_whole(whole: str, notes: str) -> str:
    """Return what is read as a box's notes: words too long for its title come first."""
    return "\n\n".join(filter(None, (whole, notes)))


def shorten(title: str, most: int = MOST_TITLE) -> str:
    """Return the title, cut at a word where it is too long."""
    if len(title) <= most:
        return title
    head = title[: most - 1]
    at = head.rfind(" ")
    return f"{head[: at if at > most // 2 else len(head)].rstrip()}…"


def without_stamp(raw: str) -> str:
    """Return the line without the marks at its end that notes apps write there, such as that of
    being done with its date."""
    raw = raw.rstrip()
    for found in _stamps(raw):
        raw = raw[: found.start()].rstrip()
    return raw


def _stamps(raw: str) -> Iterator[re.Match[str]]:
    """The marks at the end of a line, the last one first."""
    raw = raw.rstrip()
    for _ in range(MOST_STAMPS):
        last = LAST_STAMP.match(raw, max(0, len(raw) - 60))
        found = STAMP.match(raw, last.start(1)) if last else None
        if not found:
            return
        yield found
        raw = raw[: found.start()].rstrip()


def _due(raw: str) -> str:
    """When a line that is not done says it is due, as it says it."""
    marks = [*_stamps(raw), *_stamps(without_hint(raw))]
    if any(mark["done"] for mark in marks):
        return ""
    return next((mark["due"] for mark in marks if mark["due"]), "")


def without_hint(raw: str) -> str:
    """Return the line without a time that stands alone at its end; as it is without one."""
    found = hint_at_end(raw)
    return raw[: found[0]] if found else raw


def hint_at_end(raw: str) -> tuple[int, int] | None:
    """Return where a time that stands alone at the end begins and ends, None without one."""
    text = without_stamp(raw)
    tail = max(0, len(text) - 40)
    found = AT_END.search(text, tail)
    while found:
        said = next(filter(None, found.groups())).strip().rstrip("*_")
        span = SPAN.fullmatch(said)
        if span and _minutes(span) and text[: found.start()].strip():
            return found.start(), found.end()
        found = AT_END.search(text, found.start() + 1)
    return None


def minutes_in(raw: str) -> int | None:
    """Return the minutes a line states: those that stand alone at its end, else those in brackets
    or behind a dash, else any; the mean of a range. None where it states none, or several."""
    text = raw[:MOST_OF_A_LINE]
    at_end = hint_at_end(text)
    if at_end:
        found = SPAN.search(text, at_end[0])
        return _minutes(found) if found else None
    alone: set[int] = set()
    first, end = None, len(without_stamp(text))
    for span in SPAN.finditer(text):
        minutes = _minutes(span)
        before = BEFORE_HINT.search(text[max(0, span.start() - 6) : span.start()])
        is_alone = bool(before or span["about"] or not text[span.end() : end].strip(" .)*_:"))
        is_short = span["unit"].lower() in SHORT
        if minutes is None or (is_short and not (is_alone and span["unit"].islower())):
            continue
        if is_alone:
            alone.add(minutes)
        first = first or minutes
    return first if not alone else alone.pop() if len(alone) == 1 else None


def _minutes(span: re.Match[str]) -> int | None:
    unit = 1.0 if span["unit"].lower().startswith("m") else 60.0
    low = _number(span["low"])
    high = _number(span["high"]) if span["high"] else low
    total = (low + high) / 2 * unit
    if span["high"] and total % 5:
        total = 5 * int(total / 5 + 0.5) or total
    if unit == 60.0:
        total += int(span["rest"] or span["more"] or 0)
    minutes = int(total + 0.5) * int(span["times"] or 1)
    return minutes if 1 <= minutes <= MOST_MINUTES else None


def _number(said: str) -> float:
    half = 0.5 if said.endswith("½") else 0.0
    return float(said.rstrip("½").replace(",", ".") or 0) + half


def links_in(text: str) -> tuple[tuple[str, str], ...]:
    """Return the links of a text, at most 20, each address once: their words and address."""
    found: dict[str, str] = {}
    for link in LINK.finditer(text[:MOST_OF_A_LINE]):
        url = (link[2] or link[3]).rstrip(".,;:!?…")
        if link[3] and url.endswith(")") and url.count("(") < url.count(")"):
            url = url.rstrip(")")
        if len(url) > 2000 or len(found) == MOST_LINKS:
            continue
        words = plain(link[1] or "") if link[2] else ""
        found.setdefault(url, words[:MOST_TITLE] or url)
    return tuple((words, url) for url, words in found.items())


def session_in(text: str) -> str:
    """Return which session of a day a heading names: study, practice, check, reference, or none.
    Of several the one that is named first."""
    starts = [
        (hit.start(), place, name)
        for place, (name, pattern) in enumerate(SESSIONS)
        if (hit := pattern.search(text))
    ]
    return min(starts)[2] if starts else ""


def is_session(text: str) -> bool:
    """Whether a heading names a session of a day and nothing else."""
    return PURE.fullmatch(text.strip()) is not None


def is_skipped(raw: str) -> bool:
    """Whether a line says that it is skipped."""
    return SKIPPED.search(raw[:MOST_OF_A_LINE]) is not None


def is_deferred(raw: str) -> bool:
    """Whether a line says that it is deferred."""
    return DEFERRED.search(raw[:MOST_OF_A_LINE]) is not None
