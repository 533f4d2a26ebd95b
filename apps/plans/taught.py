"""What the active plan still teaches."""

from __future__ import annotations

import uuid
from collections import defaultdict
from typing import NamedTuple

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from apps.accounts.models import User
from apps.library.models import TaskKind
from apps.plans.models import Plan, Task, Work
from apps.plans.sketch import LEAST_LEFT

# A task of these kinds asks for what is known, or has little to do with it.
TEACHES_NOTHING = (
    TaskKind.CHECK,
    TaskKind.ASSESS,
    TaskKind.MOCK,
    TaskKind.APPLY,
    TaskKind.SETUP,
)


class Taught(NamedTuple):
    """An open task, the minutes it still takes, and the topics it teaches."""

    task_id: uuid.UUID
    title: str
    minutes: int
    topics: frozenset[uuid.UUID]


def taught_topics(user: User) -> set[uuid.UUID]:
    """Return the topics that open tasks of the active plan teach: what is "in your plan". One
    query."""
    return {topic for task in open_tasks(user) for topic in task.topics}


def open_tasks(user: User) -> list[Taught]:
    """Return the open tasks of the active plan that teach a topic, in the plan's order; none
    without a plan. One query."""
    spent = (
        Work.objects.filter(task=OuterRef("pk"))
        .order_by()
        .values("task")
        .annotate(total=Sum("minutes"))
        .values("total")
    )
    rows = (
        Task.objects.owned_by(user)
        .filter(plan__state=Plan.State.ACTIVE, status=Task.Status.TODO, topics__isnull=False)
        .exclude(kind__in=TEACHES_NOTHING)
        .annotate(spent=Coalesce(Subquery(spent), 0))
        .order_by("position", "pk")
        .values_list("pk", "title", "minutes", "spent", "topics")
    )
    found: dict[uuid.UUID, tuple[str, int]] = {}
    topics: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for pk, title, minutes, behind, topic in rows:
        found[pk] = title, max(minutes - behind, LEAST_LEFT)
        topics[pk].add(topic)
    return [
        Taught(pk, title, minutes, frozenset(topics[pk])) for pk, (title, minutes) in found.items()
    ]
