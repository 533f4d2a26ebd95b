"""What is deleted of the outline is not shown; weeks go by their names, days have notes."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.plans import bending, revise
from apps.plans.bends import Drop, ToWeek
from apps.plans.models import Plan, PlanDay, PlanWeek, Task
from apps.plans.own_tasks import day_of_plan, outline_day_for
from tests.conftest import TODAY


def text(answer: Any) -> str:
    return str(answer.content.decode())


def drop(plan: Plan, *keys: str) -> Any:
    tasks = frozenset(plan.tasks.filter(key__in=keys).values_list("pk", flat=True))
    return bending.apply(plan, plan.owner, TODAY, Drop(tasks), version=None)


def empty_week(plan: Plan, **fields: Any) -> PlanWeek:
    return PlanWeek.objects.create(plan=plan, number=9, title="The ninth", **fields)


def test_a_dropped_day_is_gone_until_it_is_undone(alice_client: Client, plan: Plan) -> None:
    revision = drop(plan, "kmeans")
    day = PlanDay.objects.get(title="Day 1 of week 1")
    assert day.deleted_at
    page = text(alice_client.get("/plan/"))
    assert "Day 1 of week 1" not in page
    assert "Day 0 of week 1" in page
    for address in ("/plan/change/extend/", "/plan/change/drop/"):
        assert alice_client.get(address, {"day": str(day.pk)}).status_code == 404
    revise.undo(revision, TODAY)
    assert "Day 1 of week 1" in text(alice_client.get("/plan/"))


def test_a_deleted_week_is_gone(alice_client: Client, plan: Plan) -> None:
    week = empty_week(plan, deleted_at=timezone.now())
    assert "The ninth" not in text(alice_client.get("/plan/"))
    address = f"/plan/weeks/{week.pk}/"
    assert alice_client.get(address).status_code == 404
    week.deleted_at = None
    week.save()
    assert "The ninth" in text(alice_client.get("/plan/"))
    assert alice_client.get(address).status_code == 302


def test_a_task_is_shown_even_where_its_day_was_deleted(alice_client: Client, plan: Plan) -> None:
    task = plan.tasks.get(key="kmeans")
    PlanDay.objects.filter(pk=task.day_id).update(deleted_at=timezone.now())
    PlanWeek.objects.filter(plan=plan).update(deleted_at=timezone.now())
    page = text(alice_client.get("/plan/"))
    assert "Implement k-means" in page
    assert "0 of 6 tasks done" in page
    week = alice_client.get(f"/plan/weeks/{task.day.week_id}/", headers={"HX-Request": "true"})
    assert "Implement k-means" in text(week)


def test_an_own_task_goes_into_no_deleted_day(plan: Plan) -> None:
    day = plan.tasks.get(key="kmeans").day
    assert day_of_plan(plan, day.pk) == day
    drop(plan, "kmeans")
    assert day_of_plan(plan, day.pk) is None
    assert day_of_plan(plan, uuid.uuid4()) is None
    drop(plan, *plan.tasks.values_list("key", flat=True))
    made = outline_day_for(plan, TODAY)
    assert (made.title, made.deleted_at, made.week.number) == ("Own tasks", None, 1)
    assert outline_day_for(plan, TODAY) == made


@pytest.mark.parametrize("deleted", [True, False])
def test_a_plan_without_a_week_gets_one(plan: Plan, deleted: bool) -> None:
    drop(plan, *plan.tasks.values_list("key", flat=True))
    if deleted:
        PlanWeek.objects.filter(plan=plan).update(deleted_at=timezone.now())
    else:
        PlanWeek.objects.filter(plan=plan).delete()
    made = outline_day_for(plan, TODAY)
    assert (made.week.title, made.week.number) == ("Own tasks", 3 if deleted else 1)
    assert made.week.deleted_at is None


def test_a_week_goes_by_its_name(alice_client: Client, plan: Plan, task: Task) -> None:
    PlanWeek.objects.filter(plan=plan, number=1).update(label="Weeks 11-12")
    for address in ("/plan/", "/today/", f"/tasks/{task.pk}/"):
        page = text(alice_client.get(address))
        assert "Weeks 11-12" in page, address
        assert "Week 1 ·" not in page, address
    assert "percent of Weeks 11-12 is done" in text(alice_client.get("/plan/"))
    moved = alice_client.get("/plan/change/week/", {"task": str(plan.tasks.get(key="zero").pk)})
    assert "Weeks 11-12: Week 1 title" in text(moved)
    topic = task.topics.get()
    assert "Weeks 11-12 ·" in text(alice_client.get(topic.get_absolute_url()))


@pytest.mark.parametrize(("length", "folded"), [(10, False), (2_000, True)])
def test_a_days_notes_are_shown_and_folded_when_long(
    alice_client: Client, plan: Plan, length: int, folded: bool
) -> None:
    day = plan.tasks.get(key="kmeans").day
    words = "Bring the book. " + "x" * length
    PlanDay.objects.filter(pk=day.pk).update(notes=words, notes_html=f"<p>{words}</p>")
    page = text(alice_client.get("/plan/"))
    assert f"<p>{words}</p>" in page
    assert ("<summary>Notes</summary>" in page) is folded


def test_criteria_of_a_dropped_day_go_with_it(alice_client: Client, plan: Plan) -> None:
    assert len(alice_client.get("/today/").context["criteria"]) == 1
    drop(plan, "read-adam", "code-knn", "check-1")
    criteria = alice_client.get("/today/").context["criteria"]
    assert [each.pk for each in criteria] == list(
        plan.criteria.filter(day__title="Day 1 of week 1").values_list("pk", flat=True)
    )
    assert alice_client.get("/plan/").status_code == 200


def test_a_deferred_day_brings_its_criteria_and_notes(alice_client: Client, plan: Plan) -> None:
    task, there = plan.tasks.get(key="kmeans"), plan.weeks.get(number=2)
    PlanDay.objects.filter(pk=task.day_id).update(notes_html="<p>Bring the book</p>")
    bend = ToWeek(frozenset([task.pk]), there.pk)
    assert bending.apply(plan, plan.owner, TODAY, bend, version=None)
    for week, is_there in ((1, False), (2, True)):
        address = f"/plan/?week={plan.weeks.get(number=week).pk}"
        answer = alice_client.get(address)
        days = {day.title: day for day in answer.context["week"].days}
        assert ("Day 1 of week 1" in days) is is_there
        assert ("Bring the book" in text(answer)) is is_there
        if is_there:
            assert [each.text for each in days["Day 1 of week 1"].criteria] == ["Can explain it"]
            assert [each.text for each in answer.context["week"].criteria] == ["The week went well"]
