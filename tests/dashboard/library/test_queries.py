"""How many queries the library's pages take: few, and the same with ten times of everything."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.library.models import Star, Topic
from apps.library.writing.notes import save_note
from tests.conftest import TODAY
from tests.dashboard.library.factories import (
    make_exercise,
    make_project,
    make_question,
    make_reference,
    score,
)
from tests.mastery.factories import make_topic
from tests.plans.test_queries import grow as grow_plan

MOST = 12
KEY = "5f0f2a52-9f3b-4c6f-8a43-0d5f6a3f9c11"


def grow(alice: Any, topic: Topic, first: int, count: int) -> None:
    """Put so much around one topic: what it needs, what needs it, questions and the rest."""
    for number in range(first, first + count):
        near = make_topic(f"near-{number}", topic.area, title=f"Near {number}")
        own = make_topic(f"own-{number}", topic.area, owner=alice, collection="")
        far = make_topic(f"far-{number}", f"area-{number}", title=f"Far {number}")
        topic.prerequisites.add(near, own)
        far.prerequisites.add(topic)
        for on in (topic, near, own, far):
            make_question(on, f"{on.slug}-{number}")
            score(alice, on, 60 + number, TODAY - dt.timedelta(days=number))
        Star.objects.get_or_create(user=alice, topic=near)
        make_exercise(f"exercise-{number}", topic, near, own)
        make_project(f"project-{number}", topic, near)
        make_reference(f"reference-{number}", topic, near)
        make_reference(f"own-{number}", topic, own, owner=alice, collection="", day=TODAY)
        gone = {"owner": alice, "collection": "", "retired_at": timezone.now()}
        make_reference(f"gone-{number}", topic, **gone)
        make_question(topic, f"gone-{number}", **gone)


def addresses(alice: Any, topic: Topic) -> list[str]:
    own = Topic.objects.get(slug="own-0")
    page = alice.own_references.get(slug="own-0")
    return [
        "/library/",
        "/library/topics/",
        "/library/topics/?starred=1&standing=due",
        f"/library/areas/{topic.area.slug}/",
        topic.get_absolute_url(),
        own.get_absolute_url(),
        f"/library/topics/{topic.pk}/plan/",
        f"/library/topics/{own.pk}/edit/",
        f"/library/topics/new/?key={KEY}",
        "/library/questions/",
        f"/library/questions/?area={topic.area.slug}&standing=not-yet&level=mid&kind=conceptual",
        "/library/questions/near-0-0/",
        f"/library/questions/near-0-0/?area={topic.area.slug}&standing=not-yet",
        f"/library/questions/new/?topic={topic.pk}&key={KEY}",
        "/library/references/",
        "/library/references/reference-0/",
        "/library/pages/",
        page.get_absolute_url(),
        f"/library/pages/{page.pk}/edit/",
        f"/library/pages/new/?day={TODAY}&key={KEY}",
        "/library/exercises/",
        "/library/exercises/exercise-0/",
        "/library/projects/",
        "/library/projects/project-0/",
        "/library/roadmaps/",
        "/library/roadmaps/small/",
    ]


def test_pages_take_few_queries_however_much_there_is(
    alice_client: Client, alice: Any, now: Any, plan: Any, topic: Topic
) -> None:
    save_note(alice, topic, "A note", 0)
    grow(alice, topic, 0, 1)

    def count() -> dict[str, int]:
        counts = {}
        for address in addresses(alice, topic):
            alice_client.get(address)  # what is made once is made
            with CaptureQueriesContext(connection) as queries:
                answer = alice_client.get(address)
            assert answer.status_code == 200, address
            counts[address] = len(queries)
        return counts

    few = count()
    grow(alice, topic, 1, 9)
    grow_plan(plan, 3)
    assert count() == few
    assert max(few.values()) <= MOST, few
