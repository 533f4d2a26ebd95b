"""Which topics of the library the titles of tasks name. Pure.

A title names a topic when all words of the topic's title, slug or former slug stand in it one after
the other, but for case, signs and a plural's s. A single word counts only when it is a long one.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping

from apps.exchange.coverage_match import TopicName
from apps.library.search_text import fold_words

LEAST_WORD = 6  # letters of a topic's only word
MOST_TOPICS = 3  # of one task
MOST_WORDS = 60  # of a title that are looked at


def _words(text: str) -> tuple[str, ...]:
    return tuple(
        word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
        for word in fold_words(text)
    )


class TopicFinder:
    """Finds the topics that titles name. `aliases` are former slugs and what they are now."""

    def __init__(self, topics: Iterable[TopicName], aliases: Mapping[str, str]) -> None:
        former: dict[str, list[str]] = defaultdict(list)
        for old, new in aliases.items():
            former[new].append(old)
        self._names: dict[tuple[str, ...], set[uuid.UUID]] = defaultdict(set)
        self._longest: dict[str, int] = defaultdict(int)
        self.topics: dict[uuid.UUID, TopicName] = {}
        for topic in topics:
            self.topics[topic.id] = topic
            for name in (topic.title, topic.slug, *former[topic.slug]):
                words = _words(name)
                if len(words) > 1 or (words and len(words[0]) >= LEAST_WORD):
                    self._names[words].add(topic.id)
                    self._longest[words[0]] = max(self._longest[words[0]], len(words))

    def find(self, title: str) -> list[uuid.UUID]:
        """Return the topics a title names, in its order: the longest name at each place, and none
        where two topics share it."""
        words = _words(title)[:MOST_WORDS]
        found: dict[uuid.UUID, None] = {}
        place = 0
        while place < len(words) and len(found) < MOST_TOPICS:
            for size in range(min(self._longest.get(words[place], 0), len(words) - place), 0, -1):
                named = self._names.get(words[place : place + size])
                if named:
                    if len(named) == 1:
                        found.setdefault(next(iter(named)))
                    place += size
                    break
            else:
                place += 1
        return list(found)
