"""A small roadmap: two weeks, three days, six tasks of an hour a day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from apps.library.models import Area, Roadmap, RoadmapDay, RoadmapTask, RoadmapWeek, Topic
from apps.plans.build import create_plan
from apps.plans.models import Plan, Task
from tests.conftest import TODAY

TASKS = [  # week, day, key, title, session, minutes
    (1, 0, "read-adam", "Read about Adam", "study", 20),
    (1, 0, "code-knn", "Implement k-nearest neighbours", "practice", 30),
    (1, 0, "check-1", "Knowledge check", "check", 10),
    (1, 1, "kmeans", "Implement k-means", "practice", 60),
    (2, 0, "zero", "Read the ZeRO paper", "study", 90),
    (2, 0, "sheet", "Write a cheat sheet", "reference", 30),
]


@pytest.fixture
def now() -> Iterator[Any]:
    with time_machine.travel(f"{TODAY}T09:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def topic(db: None) -> Topic:
    area = Area.objects.create(slug="classical-ml", title="Classical ML")
    return Topic.objects.create(
        slug="k-nearest-neighbours", title="K-nearest neighbours", area=area, category="must"
    )


@pytest.fixture
def roadmap(topic: Topic) -> Roadmap:
    roadmap = Roadmap.objects.create(slug="small", title="Small roadmap", summary="Two weeks.")
    weeks, days = {}, {}
    for week, day, key, title, session, minutes in TASKS:
        if week not in weeks:
            weeks[week] = RoadmapWeek.objects.create(
                roadmap=roadmap,
                number=week,
                phase="Foundations",
                title=f"Week {week} title",
                goal="A goal",
                criteria=["The week went well"],
                readiness_gain=3,
            )
        if (week, day) not in days:
            days[week, day] = RoadmapDay.objects.create(
                week=weeks[week],
                position=day,
                title=f"Day {day} of week {week}",
                goal="Know it",
                criteria=["Can explain it"],
            )
        task = RoadmapTask.objects.create(
            roadmap=roadmap,
            day=days[week, day],
            key=key,
            position=len(days) * 10 + minutes,
            title=title,
            session=session,
            kind="read",
            priority="must",
            minutes=minutes,
        )
        task.position = TASKS.index((week, day, key, title, session, minutes))
        task.save()
        task.topics.add(topic)
    return roadmap


@pytest.fixture
def plan(now: Any, alice: Any, roadmap: Roadmap) -> Plan:
    return create_plan(alice, roadmap, TODAY, TODAY)


@pytest.fixture
def task(plan: Plan) -> Task:
    return plan.tasks.get(key="read-adam")


@pytest.fixture
def htmx(alice_client: Client) -> Any:
    """Post as htmx does."""

    def post(url: str, data: dict[str, Any] | None = None, **extra: Any) -> Any:
        return alice_client.post(url, data or {}, headers={"HX-Request": "true"}, **extra)

    return post
