"""A roadmap whose first week ends in a checkpoint, and evidence to meet it or not."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from apps.library.models import Roadmap, RoadmapDay, RoadmapTask, Topic
from apps.mastery.models import Source
from apps.mastery.record import record
from apps.plans import work
from apps.plans.models import Plan, PlanWeek
from tests.conftest import TODAY
from tests.mastery.factories import make_topic

BRANCHES = [  # id, day, criterion, task, minutes
    ("projects", "A classifier", "It runs", "Fine-tune a model", 45),
    ("projects", "A write-up", "A stranger can run it", "Write the README", 30),
    ("gaps", "More statistics", "Can choose a test", "Practise chi-square", 25),
    ("gaps", "More statistics", "Can choose a test", "Study ANOVA", 30),
]
RULE = {
    "title": "Are the critical gaps closed?",
    "areas": ["statistics", "classical-ml"],
    "threshold": 80,
    "branches": [
        {
            "id": "projects",
            "title": "Start the projects",
            "when": "met",
            "summary": "One image classifier.",
            "minutes": 75,
        },
        {
            "id": "gaps",
            "title": "Keep closing gaps",
            "when": "not_met",
            "summary": "Whatever is below the mark.",
            "minutes": 55,
        },
    ],
}


def with_checkpoint(roadmap: Roadmap) -> Roadmap:
    """Give the first week of a roadmap a checkpoint with two branches."""
    week = roadmap.weeks.get(number=1)
    week.checkpoint = RULE
    week.save()
    test = make_topic("chi-square", title="Chi-square test", category="must")
    for place, (branch, title, criterion, task, minutes) in enumerate(BRANCHES):
        day, _ = RoadmapDay.objects.get_or_create(
            week=week,
            branch=branch,
            title=title,
            defaults={"position": place, "criteria": [criterion], "goal": "Know it"},
        )
        made = RoadmapTask.objects.create(
            roadmap=roadmap,
            day=day,
            key=f"b-{place}",
            position=90 + place,
            title=task,
            session="practice",
            kind="project",
            priority="should",
            minutes=minutes,
            detail="How to.",
            links=[{"title": "Docs", "url": "https://example.com/", "site": "Example"}],
        )
        made.topics.add(test)
    return roadmap


def tell(user: Any, topic: Topic, score: int, day: dt.date = TODAY, **more: Any) -> None:
    """Write one piece of evidence."""
    at = dt.datetime.combine(day, dt.time(8), dt.UTC)
    source = more.pop("source", Source.CHECK)
    record(user, [(topic.pk, score)], source=source, source_id=None, at=at, day=day, **more)


def finish(plan: Plan, number: int = 1) -> PlanWeek:
    """Tick every task of a week and return the week."""
    week = plan.weeks.get(number=number)
    for task in plan.tasks.filter(day__week=week, status="todo").order_by("position"):
        work.tick(plan.owner, task.pk, timezone.now().date())
    return week
