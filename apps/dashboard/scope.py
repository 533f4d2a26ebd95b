"""What the readiness pages read: the topics in scope, the plan's weeks, the dated evidence."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from django.db.models import Max, Min, Q

from apps.accounts.models import User
from apps.assessments.result import first_readiness
from apps.dashboard.charts.by_week import Chart, Told, Week, calendar_weeks, weekly
from apps.library.models import Topic
from apps.mastery.models import Source
from apps.mastery.readiness import Readiness, Tally, tally
from apps.mastery.record import evidence_of
from apps.mastery.standing import TopicStanding, standings
from apps.plans.models import Plan, PlanWeek


@dataclass(frozen=True, slots=True)
class AreaStanding:
    """One area in scope; it has at least one topic."""

    slug: str
    title: str
    tally: Tally


class Scope:
    """How one learner stands today: in the areas of the active plan, or in all of them without a
    plan, or when the plan's areas hold no topic in scope.

    `topics`, `weeks` and `chart` query, each once, at first use.
    """

    def __init__(self, user: User, today: dt.date) -> None:
        self.user = user
        self.today = today

    @cached_property
    def topics(self) -> list[TopicStanding]:
        """One query; two without a plan."""
        taught = Topic.objects.filter(
            plan_tasks__plan__owner=self.user,
            plan_tasks__plan__state=Plan.State.ACTIVE,
            plan_tasks__plan__deleted_at=None,
            plan_tasks__deleted_at=None,
        )
        areas = taught.order_by().values("area_id")
        return standings(self.user, self.today, areas) or standings(self.user, self.today)

    @cached_property
    def by_area(self) -> list[AreaStanding]:
        """The areas that have topics in scope, in the library's order."""
        return [
            AreaStanding(slug, title, tally(topics))
            for (slug, title), topics in groupby(self.topics, key=_area)
        ]

    @cached_property
    def overall(self) -> Readiness | None:
        return sum((area.tally for area in self.by_area), Tally()).readiness

    @cached_property
    def weeks(self) -> list[Week]:
        """The active plan's weeks, none without one. One query."""
        return plan_weeks(self.user)

    @cached_property
    def chart(self) -> Chart:
        """Readiness of what was tested by week: weeks of the plan, else of the calendar."""
        told = evidence_by_topic(self.user)
        weights: dict[object, int] = {topic.id: topic.weight for topic in self.topics}
        weeks, start = self.weeks, None
        if any(week.first for week in weeks):
            start = first_readiness(self.user)
        else:
            first = min((day for _, day, _, _ in told), default=self.today)
            weeks = calendar_weeks(min(first, self.today), self.today)
        return Chart(weekly(weeks, self.today, told, weights, start))


def _area(topic: TopicStanding) -> tuple[str, str]:
    return topic.area_slug, topic.area_title


def plan_weeks(user: User) -> list[Week]:
    """Return the weeks of the active plan with the first and last day of their parts. One query."""
    live = Q(days__tasks__deleted_at=None)
    rows = (
        PlanWeek.objects.filter(
            plan__owner=user, plan__state=Plan.State.ACTIVE, plan__deleted_at=None
        )
        .order_by("number")
        .values("number", "readiness_gain")
        .annotate(
            first=Min("days__tasks__parts__day", filter=live),
            last=Max("days__tasks__parts__day", filter=live),
        )
        .values_list("number", "first", "last", "readiness_gain")
    )
    return [Week(*row) for row in rows]


def evidence_by_topic(user: User) -> list[Told]:
    """Return all evidence of a learner, topic by topic, oldest first. One query."""
    rows = (
        evidence_of(user)
        .order_by("topic_id", "day")
        .values_list("topic_id", "day", "score", "source")
    )
    return [(topic, day, score, source == Source.RATING) for topic, day, score, source in rows]
