"""How a learner stands in every topic in scope: one query for topics and memories together."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from django.db.models import FilteredRelation, Q, QuerySet

from apps.accounts.models import User
from apps.library.keys import topic_key
from apps.library.models import WEIGHT, Category, Topic
from apps.mastery.bands import Band
from apps.mastery.memory import retention_after
from apps.mastery.readiness import credit, label

_WEIGHTS = {category.value: weight for category, weight in WEIGHT.items()}


class TopicStanding(NamedTuple):
    """One topic in scope: `score` is None, and `last_day` too, when it was never tested."""

    id: uuid.UUID
    slug: str
    collection: str
    is_own: bool
    title: str
    area_slug: str
    area_title: str
    category: str
    weight: int
    score: float | None
    claimed: bool
    retention: float
    last_day: dt.date | None

    @property
    def key(self) -> str:
        """What names it in an address: the slug of ours, else the id."""
        return topic_key(self.id, self.slug, self.collection, is_own=self.is_own)

    @property
    def label(self) -> Band | None:
        """The band of score times retention; None when untested."""
        return label(self.score, self.retention)

    @property
    def credit(self) -> float:
        """1, 1/2 or 0 by the band of the score, at most 1/2 when only claimed; 0 untested."""
        return 0.0 if self.score is None else credit(self.score, self.claimed)

    @property
    def category_name(self) -> str:
        return Category(self.category).label


def standing_rows(
    user: Any, rank: Any, areas: Any = None, *, outside: bool = False
) -> QuerySet[Topic, Any]:
    """Return the query of how a learner stands in every topic in scope, area by area.

    In scope are live topics the learner may see, asked at that level rank or below, in these areas
    (their ids, or a query of them) or in all; not their own ones that wait outside, unless
    `outside` wants these too. `user` and `rank` may be Params. Does not query.
    """
    scope = Topic.objects.visible_to(user).live().up_to_level(rank)
    if not outside:
        scope = scope.filter(in_scope=True)
    if areas is not None:
        scope = scope.filter(area__in=areas)
    return (
        scope.annotate(held=FilteredRelation("memories", condition=Q(memories__user=user)))
        .order_by("area__position", "area__slug", "position", "slug")
        .values_list(
            "id",
            "slug",
            "collection",
            "owner_id",
            "title",
            "area__slug",
            "area__title",
            "category",
            "held__score",
            "held__claimed",
            "held__stability",
            "held__last_day",
        )
    )


FIGURE: tuple[Any, ...] = (
    *("area_id", "area__slug", "area__title", "category"),
    *("held__topic_id", "held__score", "held__claimed", "held__stability", "held__last_day"),
)


class Figure(NamedTuple):
    """What the figures of a whole area need of one topic in scope. `topic` is None, and so is
    `score`, when it was never tested."""

    area: int
    area_slug: str
    area_title: str
    topic: uuid.UUID | None
    weight: int
    score: float | None
    claimed: bool
    retention: float


def figure_rows(user: Any, rank: Any, areas: Any = None) -> QuerySet[Topic, Any]:
    """Return the query of the topics of `standing_rows` with no more than their figures: read in
    three quarters of the time. Does not query."""
    rows = standing_rows(user, rank, areas).order_by("area__position", "area__slug", "area_id")
    return rows.values_list(*FIGURE)


def figures_of(rows: Iterable[tuple[Any, ...]], today: dt.date) -> list[Figure]:
    """Return the figures that rows of `figure_rows` say."""
    return [
        Figure(
            area,
            area_slug,
            area_title,
            topic,
            _WEIGHTS[category],
            score,
            bool(claimed),
            0.0 if score is None else retention_after((today - last).days, stability),
        )
        for area, area_slug, area_title, category, topic, score, claimed, stability, last in rows
    ]


def standings(
    user: User, today: dt.date, areas: Collection[int] | None = None
) -> list[TopicStanding]:
    """Return how the learner stands today in every topic in scope, area by area: one query."""
    return standings_of(standing_rows(user, user.level_rank, areas), today)


def standings_of(rows: Iterable[tuple[Any, ...]], today: dt.date) -> list[TopicStanding]:
    """Return the standings that rows of `standing_rows` say."""
    return [
        TopicStanding(
            pk,
            slug,
            collection,
            owner is not None,
            title,
            area_slug,
            area_title,
            category,
            _WEIGHTS[category],
            score,
            bool(claimed),
            0.0 if score is None else retention_after((today - last).days, stability),
            last,
        )
        for (
            pk,
            slug,
            collection,
            owner,
            title,
            area_slug,
            area_title,
            category,
            score,
            claimed,
            stability,
            last,
        ) in rows
    ]
