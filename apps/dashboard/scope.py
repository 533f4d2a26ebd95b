"""What the readiness pages read: the topics in scope, the plan's weeks, the dated evidence."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db.models import Max, Min, PositiveSmallIntegerField

from apps.accounts.models import User
from apps.accounts.prepared import Param, Prepared
from apps.assessments.result import first_readiness
from apps.dashboard.charts.by_week import Chart, Told, Week, calendar_weeks, weekly
from apps.library.models import Topic
from apps.mastery.models import Evidence, Source
from apps.mastery.readiness import Readiness, Tally, tally
from apps.mastery.standing import (
    Figure,
    TopicStanding,
    figure_rows,
    figures_of,
    standing_rows,
    standings,
    standings_of,
)
from apps.plans.models import Part, Plan, PlanWeek
from apps.plans.work import plan_of


@dataclass(frozen=True, slots=True)
class AreaStanding:
    """One area in scope; it has at least one topic."""

    slug: str
    title: str
    tally: Tally


def _of_plan() -> tuple[Any, ...]:
    """The learner, their level, and the areas of the plan's tasks."""
    taught = Topic.objects.filter(plan_tasks__plan=Param("plan"), plan_tasks__deleted_at=None)
    rank = Param("rank", PositiveSmallIntegerField())
    return Param("user"), rank, taught.order_by().values("area_id")


_TOPICS_OF_PLAN = Prepared(lambda: standing_rows(*_of_plan()))
_FIGURES_OF_PLAN = Prepared(lambda: figure_rows(*_of_plan()))
_WEEKS = Prepared(
    lambda: (
        PlanWeek.objects.filter(plan=Param("plan"), deleted_at=None)
        .order_by("number")
        .values_list("pk", "number", "readiness_gain")
    )
)
# The plan is named of each table, so that the database may read them apart and then match them.
_DATES = Prepared(
    lambda: (
        Part.objects.filter(
            plan=Param("plan"),
            task__plan=Param("plan"),
            task__day__week__plan=Param("plan"),
            task__deleted_at=None,
        )
        .order_by()
        .values_list("task__day__week")
        .annotate(Min("day"), Max("day"))
    )
)
_EVIDENCE = Prepared(
    lambda: (
        Evidence.objects.filter(user=Param("user"), retracted_at=None)
        .order_by("topic_id", "day")
        .values_list("topic_id", "day", "score", "source")
    )
)


class Scope:
    """How one learner stands today: in the areas of the active plan, or in all of them without a
    plan, or when the plan's areas hold no topic in scope.

    `plan`, `topics`, `figures`, `weeks` and `chart` query, each once, at first use.
    """

    def __init__(self, user: User, today: dt.date) -> None:
        self.user = user
        self.today = today

    @cached_property
    def plan(self) -> Plan | None:
        return plan_of(self.user)

    @cached_property
    def topics(self) -> list[TopicStanding]:
        """One query; two when the plan's areas hold none."""
        found: list[TopicStanding] = []
        if self.plan is not None:
            rows = _TOPICS_OF_PLAN(plan=self.plan.pk, user=self.user.pk, rank=self.user.level_rank)
            found = standings_of(rows, self.today)
        return found or standings(self.user, self.today)

    @cached_property
    def figures(self) -> list[Figure]:
        """The same topics, as far as the bars need them. One query; two as above."""
        found: list[Figure] = []
        of_user = {"user": self.user.pk, "rank": self.user.level_rank}
        if self.plan is not None:
            rows = _FIGURES_OF_PLAN(plan=self.plan.pk, **of_user)
            found = figures_of(rows, self.today)
        return found or figures_of(figure_rows(*of_user.values()), self.today)

    @cached_property
    def by_area(self) -> list[AreaStanding]:
        """The areas that have topics in scope, in the library's order."""
        return [
            AreaStanding(slug, title, tally(topics))
            for (_, slug, title), topics in groupby(self.figures, key=_area)
        ]

    @cached_property
    def overall(self) -> Readiness | None:
        return sum((area.tally for area in self.by_area), Tally()).readiness

    @cached_property
    def weeks(self) -> list[Week]:
        """The active plan's weeks, none without one. Two queries."""
        return plan_weeks(self.plan) if self.plan is not None else []

    @cached_property
    def chart(self) -> Chart:
        """Readiness of what was tested by week: weeks of the plan, else of the calendar."""
        told = evidence_by_topic(self.user)
        weights: dict[object, int] = {each.topic: each.weight for each in self.figures}
        weeks, start = self.weeks, None
        if any(week.first for week in weeks):
            start = first_readiness(self.user)
        else:
            first = min((day for _, day, _, _ in told), default=self.today)
            weeks = calendar_weeks(min(first, self.today), self.today)
        return Chart(weekly(weeks, self.today, told, weights, start))


def _area(topic: Figure) -> tuple[int, str, str]:
    """Two collections may have areas of the same slug."""
    return topic.area, topic.area_slug, topic.area_title


def plan_weeks(plan: Plan) -> list[Week]:
    """Return a plan's weeks with the first and last day of their parts. Two queries."""
    dates = {week: (first, last) for week, first, last in _DATES(plan=plan.pk)}
    return [
        Week(number, *dates.get(week, (None, None)), gain)
        for week, number, gain in _WEEKS(plan=plan.pk)
    ]


def evidence_by_topic(user: User) -> list[Told]:
    """Return all evidence of a learner, topic by topic, oldest first. One query."""
    rows = _EVIDENCE(user=user.pk)
    return [(topic, day, score, source == Source.RATING) for topic, day, score, source in rows]
