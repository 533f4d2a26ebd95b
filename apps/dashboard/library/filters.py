"""The filters of the library's lists: read from the address, and what they keep. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import NamedTuple, Protocol
from urllib.parse import urlencode

from apps.dashboard.library.parts import Part

CATEGORIES = (
    ("must", "Must"),
    ("good-to-know", "Good to know"),
    ("specialisation", "Specialisation"),
)
LEVELS = (("mid", "Mid"), ("senior", "Senior"), ("principal", "Principal"))
DUE = "due"
STANDINGS = (
    *((part.value, part.words.capitalize()) for part in Part),
    (DUE, "Due for review"),
)
KINDS = (
    ("conceptual", "Conceptual"),
    ("implementation", "Implementation"),
    ("applied", "Applied"),
    ("design", "Design"),
    ("behavioural", "Behavioural"),
    ("bare", "No model answer"),
)
Choices = Sequence[tuple[str, str]]


class Select(NamedTuple):
    """One filter as the form shows it."""

    name: str
    label: str
    every: str
    choices: Choices
    chosen: str


def chosen(data: Mapping[str, str], name: str, choices: Choices) -> str:
    """Return what the address chose, or "" for all: also for a word that is no choice."""
    value = data.get(name, "")
    return value if value in {key for key, _ in choices} else ""


@dataclass(frozen=True, slots=True)
class Filter:
    """What an address chose; "" is all. Its fields are the names in the address."""

    @property
    def is_on(self) -> bool:
        """Whether anything is filtered."""
        return bool(self._on())

    @property
    def query(self) -> str:
        """What an address ends with to ask for the same: "?level=senior"; "" for all."""
        return f"?{urlencode(self._on())}" if self.is_on else ""

    def _on(self) -> dict[str, str]:
        chosen = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in chosen.items() if value}


class Topic(Protocol):
    """A topic of a list, as far as filters look at it."""

    @property
    def category(self) -> str: ...
    @property
    def levels(self) -> Sequence[str]: ...
    @property
    def area_key(self) -> str: ...
    @property
    def starred(self) -> bool: ...
    @property
    def part(self) -> Part: ...
    def is_due(self, today: dt.date) -> bool: ...


@dataclass(frozen=True, slots=True)
class TopicFilter(Filter):
    """The filters of a list of topics."""

    area: str = ""
    category: str = ""
    level: str = ""
    standing: str = ""
    starred: str = ""

    @classmethod
    def of(cls, data: Mapping[str, str], areas: Choices = ()) -> TopicFilter:
        """Return what the address chose; `areas` are those to choose from, if any."""
        return cls(
            chosen(data, "area", areas),
            chosen(data, "category", CATEGORIES),
            chosen(data, "level", LEVELS),
            chosen(data, "standing", STANDINGS),
            chosen(data, "starred", (("1", ""),)),
        )

    @property
    def is_narrow(self) -> bool:
        """Whether anything but the standing is filtered."""
        return any((self.area, self.category, self.level, self.starred))

    def keeps(self, topic: Topic, today: dt.date) -> bool:
        """Whether a topic is shown."""
        return (
            self.area in ("", topic.area_key)
            and self.category in ("", topic.category)
            and (not self.level or self.level in topic.levels)
            and (not self.starred or topic.starred)
            and (topic.is_due(today) if self.standing == DUE else self.standing in ("", topic.part))
        )

    def selects(self, areas: Choices = ()) -> list[Select]:
        """Return the form's fields; that of areas only where there are some to choose from."""
        first = [Select("area", "Area", "All areas", areas, self.area)] if areas else []
        return [
            *first,
            Select("category", "Category", "All categories", CATEGORIES, self.category),
            Select("level", "Level", "All levels", LEVELS, self.level),
            Select("standing", "Standing", "Any standing", STANDINGS, self.standing),
        ]


@dataclass(frozen=True, slots=True)
class QuestionFilter(Filter):
    """The filters of the question bank. Scores are kept by topic, so the standing is that of the
    question's topic."""

    area: str = ""
    category: str = ""
    level: str = ""
    kind: str = ""
    standing: str = ""

    @classmethod
    def of(cls, data: Mapping[str, str], areas: Choices) -> QuestionFilter:
        """Return what the address chose."""
        return cls(
            chosen(data, "area", areas),
            chosen(data, "category", CATEGORIES),
            chosen(data, "level", LEVELS),
            chosen(data, "kind", KINDS),
            chosen(data, "standing", STANDINGS),
        )

    def selects(self, areas: Choices) -> list[Select]:
        """Return the form's fields."""
        return [
            Select("area", "Area", "All areas", areas, self.area),
            Select("category", "Category", "All categories", CATEGORIES, self.category),
            Select("level", "Level", "All levels", LEVELS, self.level),
            Select("kind", "Kind", "All kinds", KINDS, self.kind),
            Select("standing", "Its topic is", "Anything", STANDINGS, self.standing),
        ]

    @property
    def assess_query(self) -> str:
        """What an address ends with to be asked these questions in an assessment. How their topics
        stand is not asked for there: see `standing`."""
        return replace(self, standing="").query

    def words(self, areas: Choices) -> str:
        """Return what is chosen, in words: "Statistics, Senior, topic fading"; "" for all."""
        *others, standing = self.selects(areas)
        told = [dict(each.choices)[each.chosen] for each in others if each.chosen]
        if self.standing == Part.NOT_YET:
            told.append("topic not yet proven")
        elif self.standing:
            told.append(f"topic {dict(standing.choices)[self.standing].lower()}")
        return ", ".join(told)
