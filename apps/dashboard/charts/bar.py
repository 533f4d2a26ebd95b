"""The four parts of readiness as one bar. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from apps.mastery.readiness import Readiness
from apps.mastery.standing import TopicStanding


class Segment(NamedTuple):
    """One part of the bar, in whole per cents: its class, where it starts, how wide it is."""

    part: str
    word: str
    css: str
    start: int
    width: int


_PARTS = (
    ("proven", "proven", "is-strong"),
    ("fading", "fading", "is-fading"),
    ("not-yet", "not yet", "is-notyet"),
    ("untested", "untested", "is-untested"),
)

# Which topics stand behind a part: a topic can stand behind several. They add to proven and fading
# as much as each is recalled; the rest they are.
ADDS_TO = ("proven", "fading")
BEHIND: dict[str, tuple[str, Callable[[TopicStanding], bool]]] = {
    "proven": ("proven", lambda topic: topic.credit > 0),
    "fading": ("fading", lambda topic: topic.credit > 0 and topic.retention < 1),
    "not-yet": ("not yet proven", lambda topic: topic.score is not None and topic.credit < 1),
    "untested": ("never tested", lambda topic: topic.score is None),
    "tested": ("tested", lambda topic: topic.score is not None),
    "claimed": ("only claimed", lambda topic: topic.claimed),
}


def segments(readiness: Readiness) -> list[Segment]:
    """Return the four parts in order; their widths add to 100."""
    found, start = [], 0
    for (part, word, css), width in zip(_PARTS, readiness.shares, strict=True):
        found.append(Segment(part, word, css, start, width))
        start += width
    return found


def told(parts: Sequence[Segment]) -> str:
    """Return the bar in words: "62 percent proven, 9 fading, 12 not yet, 17 untested"."""
    first, *others = parts
    return ", ".join(
        [f"{first.width} percent {first.word}"] + [f"{p.width} {p.word}" for p in others]
    )
