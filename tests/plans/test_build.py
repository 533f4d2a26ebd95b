from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from apps.library.models import Roadmap
from apps.plans.build import HasPlan, create_plan, preview
from apps.plans.models import Plan, Task
from tests.conftest import TODAY


def dates(plan: Plan) -> list[tuple[str, int, int]]:
    """(key, days after today, minutes) of every part."""
    rows = plan.parts.order_by("day", "task__position", "number")
    return [
        (key, (day - TODAY).days, minutes)
        for key, day, minutes in rows.values_list("task__key", "day", "minutes")
    ]


def test_a_plan_is_the_roadmap_with_dates(plan: Plan) -> None:
    assert dates(plan) == [
        ("read-adam", 0, 20),
        ("code-knn", 0, 30),
        ("check-1", 0, 10),
        ("kmeans", 1, 60),
        ("zero", 2, 60),
        ("zero", 3, 30),
        ("sheet", 3, 30),
    ]
    assert plan.weeks.count() == 2
    assert plan.criteria.count() == 5
    assert [part.of for part in plan.parts.filter(task__key="zero")] == [2, 2]
    assert plan.tasks.get(key="code-knn").topics.get().slug == "k-nearest-neighbours"
    assert plan.tasks.get(key="sheet").first_planned_on == TODAY + dt.timedelta(days=3)
    assert plan.revisions.get().kind == "create"


def test_the_preview_says_what_the_plan_will_be(alice: Any, roadmap: Roadmap) -> None:
    alice.interview_on = TODAY + dt.timedelta(days=2)
    shown = preview(roadmap, alice, TODAY)
    assert (shown.tasks, shown.minutes) == (6, 240)
    assert shown.last_day == TODAY + dt.timedelta(days=3)
    assert shown.before_interview is False
    assert (shown.days_over, shown.late) == (1, 2)
    assert [(week.first_day, week.last_day) for week in shown.weeks] == [
        (TODAY, TODAY + dt.timedelta(days=1)),
        (TODAY + dt.timedelta(days=2), TODAY + dt.timedelta(days=3)),
    ]


def test_a_second_plan_pauses_the_first(plan: Plan, alice: Any, roadmap: Roadmap) -> None:
    second = create_plan(alice, roadmap, TODAY, TODAY)
    plan.refresh_from_db()
    assert (plan.state, second.state) == ("paused", "active")
    assert plan.tasks.count() == 6


def test_two_active_plans_are_refused_by_the_database(plan: Plan, alice: Any) -> None:
    with pytest.raises(IntegrityError):
        Plan.objects.create(owner=alice, title="Second", starts_on=TODAY)


def test_breaks_are_kept_free(now: Any, alice: Any, roadmap: Roadmap) -> None:
    tomorrow = TODAY + dt.timedelta(days=1)
    alice.breaks.create(first_day=tomorrow, last_day=tomorrow + dt.timedelta(days=6))
    plan = create_plan(alice, roadmap, TODAY, TODAY)
    assert not plan.parts.filter(day__range=(tomorrow, tomorrow + dt.timedelta(days=6))).exists()


def test_query_count_of_making_a_plan_does_not_grow(
    now: Any, alice: Any, roadmap: Roadmap, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(30):
        create_plan(alice, roadmap, TODAY, TODAY)


def test_choose_preview_and_create(now: Any, alice_client: Client, roadmap: Roadmap) -> None:
    assert b"Small roadmap" in alice_client.get("/plan/new/").content
    asked = alice_client.get("/plan/new/small/", {"start": "2026-11-23"}, follow=True)
    page = asked.content.decode()
    assert "23 Nov" in page
    assert "26 Nov" in page
    answer = alice_client.post("/plan/new/small/", {"start": "2026-11-23"})
    assert answer.status_code == 302
    assert Plan.objects.get().starts_on == dt.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ("2026-02-31", "not a date of the calendar"),
        ("1976-11-18", "more than 60 days ago"),
        ("2076-11-18", "more than two years ahead"),
        ("", "When do you start?"),
        ("soon", "not a date of the calendar"),
    ],
)
def test_a_bad_start_is_said_beside_the_field(
    now: Any, alice_client: Client, roadmap: Roadmap, start: str, message: str
) -> None:
    for method in (alice_client.get, alice_client.post):
        answer = method("/plan/new/small/", {"start": start}, follow=True)
        assert answer.status_code == 422
        assert message in answer.content.decode()
    assert not Plan.objects.exists()


def test_all_weekdays_zero_is_said_before_a_plan_is_made(
    now: Any, alice: Any, alice_client: Client, roadmap: Roadmap
) -> None:
    alice.weekday_minutes = (0,) * 7
    alice.save()
    page = alice_client.get("/plan/new/small/", follow=True).content.decode()
    assert "Set your hours" in page
    answer = alice_client.post("/plan/new/small/", {"start": str(TODAY)})
    assert answer.status_code == 422
    assert not Plan.objects.exists()


def test_unknown_and_retired_roadmaps_are_404(
    now: Any, alice_client: Client, roadmap: Roadmap
) -> None:
    assert alice_client.get("/plan/new/nothing/").status_code == 404
    Roadmap.objects.update(retired_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert alice_client.post("/plan/new/small/", {"start": str(TODAY)}).status_code == 404


def test_a_failure_in_the_middle_leaves_the_old_plan(
    plan: Plan, alice: Any, roadmap: Roadmap, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("apps.plans.build.replace_parts", fail)
    with pytest.raises(RuntimeError):
        create_plan(alice, roadmap, TODAY, TODAY)
    plan.refresh_from_db()
    assert plan.state == "active"
    assert Task.objects.count() == 6


def test_a_plan_is_not_made_again_behind_the_learners_back(
    now: Any, alice: Any, charlie: Any, roadmap: Roadmap
) -> None:
    create_plan(charlie, roadmap, TODAY, TODAY)
    first = create_plan(alice, roadmap, TODAY, TODAY, again=False)
    with pytest.raises(HasPlan):
        create_plan(alice, roadmap, TODAY, TODAY, plan_id=uuid.uuid4(), again=False)
    assert create_plan(alice, roadmap, TODAY, TODAY, plan_id=first.pk, again=False) == first
    assert Plan.objects.get(owner=alice).state == Plan.State.ACTIVE
    assert create_plan(alice, roadmap, TODAY, TODAY, again=True) != first
