"""Topics that are good to know and not in the plan, for a learner who is ahead."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from django.db.models import Exists, OuterRef, Q

from apps.accounts.models import User
from apps.library.models import Category, Topic
from apps.plans.bends_whole import Insert
from apps.plans.models import Plan, Task
from apps.plans.sketch import Job, Made, Sketch, SketchDay, SketchWeek

MOST_TOPICS = 8
TITLE = "Good to know"


def good_to_know(plan: Plan, user: User) -> list[Topic]:
    """Return topics in scope that are good to know and that no task of the plan is about, with
    their areas: at most eight, those of the plan's areas first, in the library's order. One query.
    """
    tasks = Task.objects.filter(plan=plan, deleted_at=None)
    near = Exists(tasks.filter(topics__area=OuterRef("area")))
    found = (
        Topic.objects.visible_to(user)
        .live()
        .up_to_level(user.level_rank)
        .filter(in_scope=True, category=Category.GOOD)
        .exclude(Exists(tasks.filter(topics=OuterRef("pk"))))
        .annotate(is_near=near)
        .select_related("area")
        .order_by("-is_near", "area__position", "area__slug", "position", "slug")
    )
    return list(found[:MOST_TOPICS])


def visible_keys(user_id: uuid.UUID, keys: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return those of these ids that are topics the learner may see. One query."""
    found = Topic.objects.filter(Q(owner=None) | Q(owner=user_id), pk__in=keys)
    return set(found.values_list("pk", flat=True))


def add_topics(sketch: Sketch, topics: Sequence[Topic]) -> Insert:
    """Return the change that adds a task to study each topic behind everything else, in an outline
    day of its own in the last week. Does not query where their areas are not asked for."""
    weeks: tuple[SketchWeek, ...] = ()
    last = max(sketch.weeks, key=lambda week: week.number, default=None)
    if last is None:
        last = SketchWeek(uuid.uuid4(), 1, "Week 1", TITLE, is_new=True)
        weeks = (last,)
    position = 1 + max((day.position for day in sketch.days if day.week == last.key), default=-1)
    day = SketchDay(uuid.uuid4(), last.key, position, TITLE, is_new=True)
    jobs = tuple(
        Job(
            key=uuid.uuid4(),
            title=f"Study: {topic.title}"[:200],
            day=day.key,
            minutes=max(topic.minutes, 5),
            priority="should",
            weight=2,
            topics=frozenset([topic.pk]),
            made=Made(topics=(topic.pk,)),
        )
        for topic in topics
    )
    what = "topic that is" if len(jobs) == 1 else "topics that are"
    return Insert(
        ((None, jobs),), (day,), weeks, said=f"Added {len(jobs)} {what} good to know", as_kind="add"
    )
