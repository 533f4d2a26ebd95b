"""A plan goes out as Markdown: the file it came from, with what changed since, or one of our own."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.exchange.models import PlanFile
from apps.exchange.plan_export import export_plan, file_name, rising
from apps.exchange.plan_import import take_in
from apps.plans import bending, changes, work
from apps.plans.bends import Drop, ToWeek
from apps.plans.bends_whole import Insert
from apps.plans.models import Plan, Task
from apps.plans.revise import undo
from apps.plans.sketch import Job, Made
from tests.conftest import TODAY
from tests.exchange.plan_texts import TEXT, made
from tests.plans.conftest import now, plan, roadmap, topic

__all__ = ["now", "plan", "roadmap", "topic"]


@pytest.fixture
def imported(alice: Any, now: Any) -> Plan:
    return made(alice)


def task_of(plan: Plan, title: str) -> Task:
    return plan.tasks.get(title__startswith=title, deleted_at=None)


def add(plan: Plan, title: str, day_of: str, **more: Any) -> Task:
    """Add a task behind all others of the outline day of that one."""
    there = task_of(plan, day_of)
    job = Job(uuid.uuid4(), title, there.day_id, 20, made=Made(**more))
    bend = Insert(((None, (job,)),))
    bending.apply(plan, plan.owner, TODAY, bend, version=None)
    return Task.objects.get(pk=job.key)


@pytest.mark.parametrize(
    "text", [TEXT, TEXT.replace("\n", "\r\n"), TEXT.rstrip("\n"), f"{TEXT}\n\n"]
)
def test_what_nobody_touched_comes_out_as_it_came_in(alice: Any, now: Any, text: str) -> None:
    assert export_plan(made(alice, text)) == text


def test_a_tick_changes_one_character_and_taking_it_back_restores_it(
    alice: Any, imported: Plan
) -> None:
    task = task_of(imported, "Derive")
    work.tick(alice, task.pk, TODAY)
    changed = export_plan(imported)
    assert changed == TEXT.replace("- [ ] Derive", "- [x] Derive")
    work.untick(alice, task.pk)
    assert export_plan(imported) == TEXT


def test_a_large_x_stays_large(alice: Any, imported: Plan) -> None:
    task = task_of(imported, "Implement CART")
    work.untick(alice, task.pk)
    assert export_plan(imported) == TEXT.replace("- [X] Implement", "- [ ] Implement")
    work.tick(alice, task.pk, TODAY)
    assert export_plan(imported) == TEXT


def test_new_titles_minutes_and_notes_are_written_where_they_stood(imported: Plan) -> None:
    task = task_of(imported, "Derive")
    task.title, task.minutes, task.detail = "Derive *both* variances", 45, "by hand"
    task.save()
    changed = export_plan(imported)
    again = take_in(changed, TODAY)
    (box,) = [box for box in again.said.boxes if box.title.startswith("Derive")]
    assert (box.title, box.minutes, box.detail) == ("Derive *both* variances", 45, "by hand")
    before, after = TEXT.split("\n"), changed.split("\n")
    line = before.index("- [ ] Derive the variance of a bagged mean (30 min)")
    assert (before[:line], before[line + 1 :]) == (after[:line], after[line + 2 :])


def test_a_new_task_stands_behind_the_last_one_of_its_day(imported: Plan) -> None:
    add(imported, "Tune a forest", "Write a cheat sheet", detail="with out-of-bag error")
    assert export_plan(imported) == TEXT.replace(
        "- [ ] Write a cheat sheet\n",
        "- [ ] Write a cheat sheet\n- [ ] Tune a forest (20 min)\n  with out-of-bag error\n",
    )


def test_a_deleted_task_is_gone_and_comes_back_with_undo(imported: Plan) -> None:
    revision = changes.delete(task_of(imported, "Write a cheat sheet"), TODAY)
    assert export_plan(imported) == TEXT.replace("- [ ] Write a cheat sheet\n", "")
    assert revision
    undo(revision)
    assert export_plan(imported) == TEXT


def test_a_task_moved_to_another_day_stands_there(imported: Plan) -> None:
    task, there = task_of(imported, "Write a cheat sheet"), task_of(imported, "Review attention")
    Task.objects.filter(pk=task.pk).update(day=there.day, position=there.position + 1)
    changed = export_plan(imported)
    assert "* [ ] Review attention\n" in changed
    titles = [box.title for box in take_in(changed, TODAY).said.boxes]
    assert titles.index("Write a cheat sheet") == titles.index("Review attention") + 1
    assert titles.count("Write a cheat sheet") == 1
    assert len(titles) == 8


def test_a_task_deferred_to_another_week_gets_a_heading_there(imported: Plan) -> None:
    task = task_of(imported, "Write a cheat sheet")
    week = imported.weeks.get(label="Weeks 11-12")
    bend = ToWeek(frozenset([task.pk]), week.pk, name="Catching up")
    bending.apply(imported, imported.owner, TODAY, bend, version=None)
    again = take_in(export_plan(imported), TODAY)
    assert len(again.tasks) == 8
    (moved,) = [each for each in again.tasks if each.box.title == "Write a cheat sheet"]
    nets = again.said.weeks[moved.week]
    assert nets.label == "Weeks 11-12"
    assert nets.days[moved.day].title == "Catching up"


def test_a_new_order_within_a_day_is_that_of_the_text(imported: Plan) -> None:
    first, second = task_of(imported, "Derive"), task_of(imported, "Write a cheat")
    Task.objects.filter(pk=first.pk).update(position=second.position + 1)
    titles = [box.title for box in take_in(export_plan(imported), TODAY).said.boxes]
    assert titles[4:6] == ["Write a cheat sheet", "Derive the variance of a bagged mean"]


def test_dropping_a_day_takes_only_its_boxes(imported: Plan) -> None:
    keys = imported.tasks.filter(day__title__startswith="Day 2").values_list("pk", flat=True)
    bending.apply(imported, imported.owner, TODAY, Drop(frozenset(keys)), version=None)
    changed = export_plan(imported)
    assert "Forests 🌲" in changed
    assert len(take_in(changed, TODAY).tasks) == 6


def test_rising_is_the_longest_run() -> None:
    assert rising([]) == set()
    assert rising([3, 1, 2, 9, 4, 5]) == {1, 2, 4, 5}


def test_the_page_hands_the_file_out(alice_client: Client, imported: Plan) -> None:
    PlanFile.objects.filter(plan=imported).update(name="../my “plan” γ.md")
    answer = alice_client.get(f"/plans/{imported.pk}/export.md")
    assert answer.content == TEXT.encode()
    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    said = answer["Content-Disposition"]
    assert said.startswith("attachment; filename*=utf-8''my%20")
    assert "/" not in said.replace("utf-8''", "")


@pytest.mark.parametrize(
    ("name", "title", "expected"),
    [
        ("plan.md", "T", "plan.md"),
        ("C:\\plans\\mine.txt", "T", "mine.txt"),
        ("a\r\nb.md", "T", "a b.md"),
        ("plan.exe", "My plan: 12 weeks", "my-plan-12-weeks.md"),
        ("", "🎉", "plan.md"),
        (".md", "Über", "uber.md"),
        ("x" * 90 + ".md", "T", "t.md"),
    ],
)
def test_the_name_of_the_file_is_safe(
    alice: Any, now: Any, name: str, title: str, expected: str
) -> None:
    plan = made(alice)
    Plan.objects.filter(pk=plan.pk).update(title=title)
    PlanFile.objects.filter(plan=plan).update(name=name)
    plan.refresh_from_db()
    assert file_name(plan) == expected


def test_strangers_and_wrong_methods(
    alice_client: Client, charlie_client: Client, imported: Plan
) -> None:
    address = f"/plans/{imported.pk}/export.md"
    assert charlie_client.get(address).status_code == 404
    assert alice_client.get(f"/plans/{uuid.uuid4()}/export.md").status_code == 404
    assert alice_client.get("/plans/nonsense/export.md").status_code == 404
    assert alice_client.post(address).status_code == 405
    assert alice_client.head(address).status_code == 200


def test_a_plan_from_a_roadmap_goes_out_and_comes_in_again(
    alice: Any, charlie: Any, plan: Plan, task: Task
) -> None:
    work.tick(alice, task.pk, TODAY)
    text = export_plan(plan)
    assert text.startswith("# Small roadmap\n\n## Foundations\n\n### Week 1: Week 1 title\n")
    assert "#### Day 0 of week 1" in text
    assert "- [x] Read about Adam (20 min)" in text
    again = made(charlie, text)
    columns = ("title", "minutes", "status", "session")
    old = plan.tasks.order_by("position").values_list(*columns)
    assert list(again.tasks.order_by("position").values_list(*columns)) == list(old)
    assert [week.name for week in again.weeks.all()] == ["Week 1", "Week 2"]


@pytest.fixture
def task(plan: Plan) -> Task:
    return plan.tasks.get(key="read-adam")


def test_queries_are_few_and_do_not_grow(alice: Any, now: Any) -> None:
    counts = []
    for many in (3, 60):
        text = "# P\n\n## Week 1\n" + "".join(
            f"\n### Day {n}\n- [ ] A {n}\n" for n in range(1, many)
        )
        plan = made(alice, text)
        with CaptureQueriesContext(connection) as queries:
            export_plan(plan)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 4
