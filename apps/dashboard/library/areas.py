"""Areas by name, and what the library holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Func, IntegerField, QuerySet, Subquery

from apps.accounts.models import User
from apps.dashboard.charts.bar import Segment, segments
from apps.dashboard.library.standing import Shelved
from apps.library.areas import area_options
from apps.library.models import (
    Area,
    Exercise,
    ProjectIdea,
    Question,
    Reference,
    Roadmap,
    Star,
)
from apps.mastery.readiness import Tally, tally


def area_choices() -> list[tuple[str, str]]:
    """Return the areas to choose from, ours first. One query."""
    return [(area.key, area.title) for area in area_options()]


@dataclass(frozen=True, slots=True)
class AreaLine:
    """One area of the library: its topics of all levels, and the bar of those in scope."""

    area: Area
    topics: int
    tested: int
    parts: list[Segment]

    @property
    def proven(self) -> int | None:
        """Whole per cents; None when no topic is in scope."""
        return self.parts[0].width if self.parts else None


def area_lines(areas: Sequence[Area], topics: Sequence[Shelved], rank: int) -> list[AreaLine]:
    """Return the areas with their standing; `rank` is the level up to which topics count. Does
    not query."""
    by_area: dict[int, list[Shelved]] = {area.pk: [] for area in areas}
    for topic in topics:
        by_area.setdefault(topic.area, []).append(topic)
    return [_line(area, by_area[area.pk], rank) for area in areas]


def _line(area: Area, topics: Sequence[Shelved], rank: int) -> AreaLine:
    counted: Tally = tally(
        topic.standing for topic in topics if topic.in_scope and topic.level_rank <= rank
    )
    whole = counted.readiness
    return AreaLine(
        area=area,
        topics=len(topics),
        tested=sum(1 for topic in topics if topic.score is not None),
        parts=segments(whole) if whole else [],
    )


def _count(rows: QuerySet[Any]) -> Subquery:
    counted = rows.order_by().annotate(n=Func(F("pk"), function="COUNT"))
    return Subquery(counted.values("n"), output_field=IntegerField())


def counts(user: User) -> dict[str, int]:
    """Return how many there are of each thing the library holds for the learner. One query."""
    live: dict[str, Any] = {"retired_at": None}
    numbers: Any = User.objects.filter(pk=user.pk).values(
        questions=_count(Question.objects.visible_to(user).live()),
        exercises=_count(Exercise.objects.filter(**live)),
        projects=_count(ProjectIdea.objects.filter(**live)),
        references=_count(Reference.objects.filter(owner=None, **live)),
        roadmaps=_count(Roadmap.objects.filter(**live)),
        pages=_count(Reference.objects.filter(owner=user, **live)),
        starred=_count(Star.objects.filter(user=user, topic__retired_at=None)),
    )[0]
    return dict(numbers)
