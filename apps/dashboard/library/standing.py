"""Topics as the library lists them: how the learner stands in each, and what it takes."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet

from apps.accounts.models import LEVEL_RANK, User
from apps.library.keys import area_key, topic_address
from apps.library.models import Star, Topic
from apps.mastery.bands import Band
from apps.mastery.rounding import half_up
from apps.mastery.standing import TopicStanding, standing_rows, standings_of

EVERY_LEVEL = max(LEVEL_RANK.values())
STANDING = (
    *("id", "slug", "collection", "owner_id", "title", "area__slug", "area__title", "category"),
    *("held__score", "held__claimed", "held__stability", "held__last_day"),
)
MORE = (
    *("area_id", "area__collection", "level_rank", "levels", "minutes"),
    *("summary", "starred", "review__due", "review__snoozed_until"),
)
UNTESTED = "untested"


@dataclass(frozen=True)
class Shelved:
    """One topic with the learner's standing. `due` is when it is to be reviewed, if ever."""

    standing: TopicStanding
    area: int
    area_collection: str
    level_rank: int
    levels: list[str]
    minutes: int
    summary: str
    starred: bool
    due: dt.date | None

    @property
    def pk(self) -> uuid.UUID:
        return self.standing.id

    @property
    def is_own(self) -> bool:
        return self.standing.is_own

    @property
    def title(self) -> str:
        return self.standing.title

    @property
    def category(self) -> str:
        return self.standing.category

    @property
    def area_key(self) -> str:
        """What names its area in a filter."""
        return area_key(self.area_collection, self.standing.area_slug)

    @property
    def address(self) -> str:
        slug = self.standing.slug
        return topic_address(self.pk, slug, self.standing.collection, is_own=self.is_own)

    @property
    def key(self) -> str:
        """What names it in other addresses."""
        return self.standing.key

    @cached_property
    def label(self) -> Band | None:
        """The band of score times retention; None when untested."""
        return self.standing.label

    @property
    def state(self) -> str:
        """The label as the filters name it."""
        return UNTESTED if self.label is None else self.label.value

    @property
    def score(self) -> int | None:
        """The score in whole per cent."""
        return None if self.standing.score is None else half_up(self.standing.score)

    def is_due(self, today: dt.date) -> bool:
        return self.due is not None and self.due <= today


def shelf_rows(user: User, rows: QuerySet[Topic, Any] | None = None) -> QuerySet[Topic, Any]:
    """Return the query of the live topics the learner sees, of all levels, or of those among
    `rows` (a query of `standing_rows`). Does not query."""
    rows = standing_rows(user, EVERY_LEVEL) if rows is None else rows
    return rows.annotate(
        starred=Exists(Star.objects.filter(user=user, topic=OuterRef("pk"))),
        review=FilteredRelation("cards", condition=Q(cards__user=user)),
    ).values_list(*STANDING, *MORE)


def shelved(rows: Iterable[tuple[Any, ...]], today: dt.date) -> list[Shelved]:
    """Return the topics that rows of `shelf_rows` say, in their order."""
    every = list(rows)
    standings = standings_of((row[: len(STANDING)] for row in every), today)
    return [
        _shelved(standing, *row[len(STANDING) :])
        for standing, row in zip(standings, every, strict=True)
    ]


def _shelved(
    standing: TopicStanding,
    area: int,
    area_collection: str,
    level_rank: int,
    levels: list[str],
    minutes: int,
    summary: str,
    starred: bool,
    due: dt.date | None,
    snoozed: dt.date | None,
) -> Shelved:
    due = max(due, snoozed) if due and snoozed else due
    return Shelved(
        standing=standing,
        area=area,
        area_collection=area_collection,
        level_rank=level_rank,
        levels=levels,
        minutes=minutes,
        summary=summary,
        starred=starred,
        due=due,
    )
