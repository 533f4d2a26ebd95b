"""Topics as the library lists them: how the learner stands in each, and what it takes."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import (
    Exists,
    F,
    FilteredRelation,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
)

from apps.accounts.models import LEVEL_RANK, User
from apps.dashboard.library.parts import Part, part_of
from apps.library.keys import area_key, topic_address
from apps.library.models import Star, Topic
from apps.mastery.rounding import half_up
from apps.mastery.standing import TopicStanding, standing_rows, standings_of

EVERY_LEVEL = max(LEVEL_RANK.values())
STANDING = (
    *("id", "slug", "collection", "owner_id", "title", "area__slug", "area__title", "category"),
    *("held__score", "held__claimed", "held__stability", "held__last_day"),
)
MORE = (
    *("area_id", "area__collection", "level_rank", "levels", "minutes"),
    *("summary", "in_scope", "starred", "needs", "review__due", "review__snoozed_until"),
)


@dataclass(frozen=True)
class Shelved:
    """One topic with the learner's standing. `due` is when it is to be reviewed, if ever; `needs`
    are the ids of its prerequisites. One that is not `in_scope` is listed, but neither counted nor
    reviewed."""

    standing: TopicStanding
    area: int
    area_collection: str
    level_rank: int
    levels: list[str]
    minutes: int
    summary: str
    in_scope: bool
    starred: bool
    needs: frozenset[uuid.UUID]
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
    def part(self) -> Part:
        """How the learner stands in it, in the house's four words."""
        held = self.standing
        return part_of(held.score, held.retention, claimed=held.claimed)

    @property
    def claimed(self) -> bool:
        """Whether only the learner's own word speaks for it."""
        return self.standing.claimed

    @property
    def score(self) -> int | None:
        """The score in whole per cent."""
        return None if self.standing.score is None else half_up(self.standing.score)

    def is_due(self, today: dt.date) -> bool:
        return self.due is not None and self.due <= today


class _Joined(Func):
    """The values of a column in one text, with commas between them; None without any."""

    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "STRING_AGG(%(expressions)s::text, ',')"
        return self.as_sql(compiler, connection, template=template, **context)


def _needs() -> Subquery:
    rows: Any = Topic.prerequisites.through.objects.filter(from_topic=OuterRef("pk")).order_by()
    return Subquery(rows.annotate(ids=_Joined("to_topic")).values("ids"))


def shelf_rows(user: User, rows: QuerySet[Topic, Any] | None = None) -> QuerySet[Topic, Any]:
    """Return the query of all live topics the learner sees, of all levels, or of those among
    `rows` (a query of `standing_rows`). Does not query."""
    rows = standing_rows(user, EVERY_LEVEL, outside=True) if rows is None else rows
    return rows.annotate(
        starred=Exists(Star.objects.filter(user=user, topic=OuterRef("pk"))),
        needs=_needs(),
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
    in_scope: bool,
    starred: bool,
    needs: str | None,
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
        in_scope=in_scope,
        starred=starred,
        needs=frozenset(uuid.UUID(pk) for pk in needs.split(",")) if needs else frozenset(),
        due=due if in_scope else None,
    )


def with_memory(user: User, rows: QuerySet[Any], topic: str = "") -> QuerySet[Any]:
    """Return the query with how the learner holds each row's topic, and when it is due. `topic` is
    the way to the topic, such as "topic__"; "" for topics themselves. Does not query."""

    def own(relation: str) -> FilteredRelation:
        return FilteredRelation(
            f"{topic}{relation}", condition=Q(**{f"{topic}{relation}__user": user})
        )

    related: QuerySet[Any] = rows.annotate(held=own("memories"), review=own("cards"))
    found: QuerySet[Any] = related.annotate(
        score=F("held__score"),
        is_claimed=F("held__claimed"),
        stability=F("held__stability"),
        last_day=F("held__last_day"),
        due=F("review__due"),
        snoozed=F("review__snoozed_until"),
    )
    return found
