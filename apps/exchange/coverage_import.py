"""A coverage table becomes a coverage check: what its rows mean, and writing it down."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.db import transaction

from apps.accounts.models import User
from apps.assessments.models import Assessment
from apps.assessments.record import AreaTotals, record_assessment
from apps.checks.log import moment_of
from apps.exchange.coverage_match import AreaMatcher, AreaName, Match, TopicMatcher, TopicName
from apps.exchange.coverage_table import CoverageTable, Row, Section
from apps.library.models import OURS, Alias, Area, Category, Topic
from apps.library.search_text import fold
from apps.library.writing.topics import add_topics
from apps.mastery import record as mastery

LOWER = {"dunno": 0, "unsure": 1, "know": 2, "": 3}


class Deleted(Exception):
    """The table was imported under this id before, and that assessment was deleted."""


class Another(Exception):
    """Something else stands under this id: another table, other answers, another assessment."""


class Known:
    """The areas and topics a learner's table may name. Three queries."""

    def __init__(self, user: User) -> None:
        self.user = user
        areas = Area.objects.filter(retired_at=None).order_by("position", "slug")
        self.areas = [AreaName(*row) for row in areas.values_list("pk", "title", "slug")]
        rows = Topic.objects.visible_to(user).live().order_by("area__position", "position", "slug")
        topics = [TopicName(*row) for row in rows.values_list("pk", "title", "slug", "area_id")]
        self.topics = {topic.id: topic for topic in topics}
        self.title_of = {area.id: area.title for area in self.areas}
        former = Alias.objects.filter(kind=Alias.Kind.TOPIC, collection=OURS)
        aliases = dict(former.values_list("slug", "target_slug"))
        self._area_for = AreaMatcher(self.areas).match
        self._match = TopicMatcher(topics, aliases).match

    @cached_property
    def retired(self) -> set[uuid.UUID]:
        """The topics the learner could name once. One query."""
        rows = Topic.objects.visible_to(self.user).exclude(retired_at=None)
        return set(rows.order_by().values_list("pk", flat=True))

    def read(self, table: CoverageTable) -> list[tuple[Section, int | None, list[Match]]]:
        """Return each section with its area, if it is one of ours, and what its rows mean. Does
        not query."""
        found = []
        for section in table.sections:
            area = self._area_for(section)
            matches = [self._match(row.title, area) for row in section.rows]
            found.append((section, area, matches))
        return found


class Kept(NamedTuple):
    """One row as the learner confirmed it: a topic of the library, or without one a topic of
    their own, to be made in this area."""

    row: Row
    topic: uuid.UUID | None
    area: int

    @property
    def target(self) -> object:
        """What it says something of: rows with the same one are one."""
        return self.topic or (self.area, fold(self.row.title) or self.row.title)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What is to be imported."""

    key: uuid.UUID
    title: str
    day: dt.date
    felt: int | None
    rows: Sequence[Kept]


def lowest(rows: Iterable[Kept]) -> dict[object, Kept]:
    """Return one row for each topic: of several the one with the lowest mark, an unmarked one
    only when none is marked, the first of equals."""
    found: dict[object, Kept] = {}
    for kept in rows:
        before = found.get(kept.target)
        if before is None or LOWER[kept.row.value] < LOWER[before.row.value]:
            found[kept.target] = kept
    return found


@transaction.atomic
def write_coverage(user: User, said: Confirmed) -> tuple[Assessment, int]:
    """Write the coverage check with its ratings, evidence, totals and the topics of the learner's
    own that it needs; return it, and how many topics were made. All or nothing.

    Sent again, it returns what is there. Raises Assessment.DoesNotExist when the id is somebody
    else's, Deleted, Another, and ValueError when no row is marked. Queries are constant in the
    rows.
    """
    mastery.lock(user)
    there = Assessment.objects.filter(pk=said.key).first()
    if there is not None and there.user_id != user.pk:
        raise Assessment.DoesNotExist("That assessment belongs to somebody else.")
    if there is not None and there.deleted_at:
        raise Deleted
    rows = list(lowest(_with_own(user, said)).values())
    if not any(kept.row.value for kept in rows):
        raise ValueError("No row is marked.")
    if there is not None:
        if _is_another(there, said, rows):
            raise Another
        return there, 0
    made = _own_topics(said, rows)
    add_topics(user, list(made.values()))
    topics = [kept.topic or made[kept.target].pk for kept in rows]
    assessment = record_assessment(
        user,
        kind=Assessment.Kind.COVERAGE,
        origin=Assessment.Origin.IMPORT,
        title=said.title,
        day=said.day,
        at=moment_of(user, said.day),
        results=_totals(rows, said.felt),
        ratings={topic: kept.row.value for topic, kept in zip(topics, rows, strict=True)},
        said={topic: kept.row.said for topic, kept in zip(topics, rows, strict=True)},
        assessment_id=said.key,
    )
    return assessment, len(made)


def _with_own(user: User, said: Confirmed) -> list[Kept]:
    """The rows, those for a topic of one's own with that topic where it is there already: made by
    this form, or of the same name in that area. One query, none without such rows."""
    areas = {kept.area for kept in said.rows if kept.topic is None}
    if not areas:
        return list(said.rows)
    rows = Topic.objects.filter(owner=user, area__in=areas).order_by("position", "slug")
    by_name: dict[object, uuid.UUID] = {}
    every = set()
    for pk, title, area, retired_at in rows.values_list("pk", "title", "area", "retired_at"):
        every.add(pk)
        if retired_at is None:
            by_name.setdefault((area, fold(title) or title), pk)

    def found(kept: Kept) -> uuid.UUID | None:
        made = _key(said, kept)
        return kept.topic or (made if made in every else by_name.get(kept.target))

    return [kept._replace(topic=found(kept)) for kept in said.rows]


def _is_another(there: Assessment, said: Confirmed, rows: Sequence[Kept]) -> bool:
    """Whether an assessment says something else than this form. Two queries."""
    if (there.kind, there.origin) != (Assessment.Kind.COVERAGE, Assessment.Origin.IMPORT):
        return True
    felt = there.results.filter(area=None, title="").values_list("felt", flat=True).first()
    held = list(there.ratings.order_by("position").values_list("topic", "value"))
    sent = [(kept.topic, kept.row.value) for kept in rows]
    return (there.title, there.day, felt, held) != (said.title, said.day, said.felt, sent)


def _key(said: Confirmed, kept: Kept) -> uuid.UUID:
    """The id of the topic that a row makes: the same whenever the form is sent."""
    return uuid.uuid5(said.key, str(kept.target))


def _own_topics(said: Confirmed, rows: Sequence[Kept]) -> dict[object, Topic]:
    """The topics to make. One query."""
    own = [kept for kept in rows if kept.topic is None]
    areas = Area.objects.in_bulk({kept.area for kept in own})
    return {
        kept.target: Topic(
            pk=_key(said, kept),
            title=kept.row.title,
            area=areas[kept.area],
            category=Category.GOOD,
            level_rank=1,
            in_scope=False,
        )
        for kept in own
    }


def _totals(rows: Sequence[Kept], felt: int | None) -> list[AreaTotals]:
    """The overall counts, then those of each area, in the order of the table."""
    by_area: dict[int, list[str]] = {}
    for kept in rows:
        by_area.setdefault(kept.area, []).append(kept.row.value)
    every = [kept.row.value for kept in rows]
    return [
        _counted(every, felt=felt),
        *(_counted(values, area=area) for area, values in by_area.items()),
    ]


def _counted(
    values: Sequence[str], *, area: int | None = None, felt: int | None = None
) -> AreaTotals:
    high, middle, low = (values.count(value) for value in ("know", "unsure", "dunno"))
    return AreaTotals(area, high=high, middle=middle, low=low, total=len(values), felt=felt)
