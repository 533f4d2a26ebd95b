"""Which area a section of a coverage table means, and which topic a row. Pure.

A row that is a topic's title or slug, but for case, spaces and signs, is that topic. What is only
near is offered, and never taken.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz, process

from apps.exchange.coverage_table import Section
from apps.library.search_text import fold_words

NEAR = 75  # of 100, how alike titles must be to be offered
MOST_NEAR = 3
MOST_COMPARED = 100  # characters
SAME_AREA = 10  # points ahead
FILLERS = {"and", "the", "of", "for", "in", "a", "coverage", "topics", "section", "part", "area"}


class AreaName(NamedTuple):
    id: int
    title: str
    slug: str


class TopicName(NamedTuple):
    id: uuid.UUID
    title: str
    slug: str
    area: int


class Match(NamedTuple):
    """The topic a row is, if it is one, and those it may mean, the likeliest first."""

    exact: TopicName | None
    near: list[TopicName]


def _key(text: str) -> str:
    return " ".join(fold_words(text.replace("&", " and ")))


def _telling(text: str) -> frozenset[str]:
    """The words of a name that tell it from others."""
    return frozenset(word for word in fold_words(text) if not word.isdigit()) - FILLERS


class AreaMatcher:
    """Finds the area a section is about."""

    def __init__(self, areas: Sequence[AreaName]) -> None:
        self._keys: dict[str, set[int]] = defaultdict(set)
        self._words: list[tuple[frozenset[str], int]] = []
        for area in areas:
            for name in (area.title, area.slug):
                self._keys[_key(name)].add(area.id)
                if words := _telling(name):
                    self._words.append((words, area.id))

    def match(self, section: Section) -> int | None:
        """Return the area that the section's heading, or one above it, names; else the one area
        all of whose words it has, or that has all of its words; None when none is alone."""
        headings = [heading for heading in (section.title, *section.above) if _key(heading)]
        for heading in headings:
            named = self._keys.get(_key(heading), set())
            if len(named) == 1:
                return next(iter(named))
        return next(filter(None, map(self._by_words, headings)), None)

    def _by_words(self, heading: str) -> int | None:
        words = _telling(heading)
        if not words:
            return None
        inside = [(len(name), area) for name, area in self._words if name <= words]
        if inside:
            longest = max(inside)[0]
            found = {area for size, area in inside if size == longest}
        else:
            found = {area for name, area in self._words if words <= name}
        return found.pop() if len(found) == 1 else None


class TopicMatcher:
    """Finds topics by what a row says. `aliases` are former slugs and what they are now."""

    def __init__(self, topics: Iterable[TopicName], aliases: Mapping[str, str]) -> None:
        self.topics = list(topics)
        former: dict[str, list[str]] = defaultdict(list)
        for old, new in aliases.items():
            former[new].append(old)
        self._by_key: dict[str, list[TopicName]] = defaultdict(list)
        for topic in self.topics:
            names = (topic.title, topic.slug, *former[topic.slug])
            for key in {_key(name) for name in names} - {""}:
                self._by_key[key].append(topic)
        self._titles = [_key(topic.title)[:MOST_COMPARED] for topic in self.topics]

    def match(self, title: str, area: int | None) -> Match:
        """Return what a row of a section on that area means."""
        key = _key(title)
        same = self._by_key.get(key, [])
        if len(same) > 1:
            same = [topic for topic in same if topic.area == area] or same
        if len(same) == 1:
            return Match(same[0], [])
        return Match(None, same[:MOST_NEAR] or self._near(key[:MOST_COMPARED], area))

    def _near(self, key: str, area: int | None) -> list[TopicName]:
        if not key:
            return []
        found = process.extract(
            key, self._titles, scorer=fuzz.token_ratio, score_cutoff=NEAR, limit=3 * MOST_NEAR
        )
        scored = [
            (score + SAME_AREA * (self.topics[place].area == area), -place)
            for _, score, place in found
        ]
        return [self.topics[-place] for _, place in sorted(scored, reverse=True)[:MOST_NEAR]]
