"""Changes at their edges: halves of a task, days too few or too many, timers, ticks meanwhile."""

from __future__ import annotations

import datetime as dt
import re
import threading
import uuid
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from apps.plans import bending, revise, work
from apps.plans.bends import Drop, NothingToDo, Split
from apps.plans.bends_extend import Extend
from apps.plans.bends_whole import Insert
from apps.plans.layout import NoStudyTime
from apps.plans.models import Plan, Revision, Task
from apps.plans.sketch import Job, Made, Sketch
from tests.conftest import TODAY


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", unescape(answer.content.decode()))


def in_two(plan: Plan, owner: Any) -> tuple[Revision, Task, Task]:
    """Divide a task of 90 minutes; return the revision and both halves."""
    task = plan.tasks.get(key="zero")
    revision = bending.apply(plan, owner, TODAY, Split(task.pk, 40, "The rest"), version=None)
    assert revision
    return revision, task, plan.tasks.get(title="The rest")


@pytest.mark.parametrize("half", [0, 1])
def test_a_split_of_which_one_half_is_finished_stays(alice: Any, plan: Plan, half: int) -> None:
    """The other half would be lost, or done twice."""
    revision, *halves = in_two(plan, alice)
    work.tick(alice, halves[half].pk, TODAY)
    with pytest.raises(revise.CannotUndo, match="has been finished since"):
        revise.undo(revision, TODAY)
    live = plan.tasks.filter(deleted_at=None)
    assert sum(task.minutes for task in live) == 240
    work.untick(alice, halves[half].pk)
    assert revise.undo(revision, TODAY) == []
    assert plan.tasks.get(key="zero").minutes == 90


def test_a_split_is_undone_though_other_work_it_moved_is_finished(alice: Any, plan: Plan) -> None:
    sheet = plan.tasks.get(key="sheet")
    sheet.parts.update(day=TODAY + dt.timedelta(days=10))
    revision, _, rest = in_two(plan, alice)
    assert str(sheet.pk) in revision.after
    work.tick(alice, sheet.pk, TODAY)
    assert revise.undo(revision, TODAY) == ["Write a cheat sheet"]
    rest.refresh_from_db()
    assert rest.deleted_at


def test_the_second_half_has_what_the_task_says(alice: Any, plan: Plan) -> None:
    links = [{"title": "Paper", "url": "https://example.org/", "site": "example"}]
    plan.tasks.filter(key="zero").update(links=links, detail="*How*", session="practice")
    _, task, rest = in_two(plan, alice)
    assert (rest.links, rest.detail, rest.session) == (links, "*How*", "practice")
    assert "<em>How</em>" in rest.detail_html
    assert list(rest.topics.all()) == list(task.topics.all())


def test_days_that_do_not_fit_are_said(alice: Any, plan: Plan) -> None:
    keys = frozenset(plan.tasks.values_list("pk", flat=True))
    sketch = bending.load(plan, alice, TODAY)
    many = Extend(keys, 1)
    short = replace(sketch, hours=(20,) * 7)
    with pytest.raises(NothingToDo, match="These days have 20 minutes of study, and that is too"):
        many(short)
    with pytest.raises(NoStudyTime):
        many(replace(sketch, hours=(0,) * 7))
    long = replace(sketch, hours=(480,) * 7)
    with pytest.raises(NothingToDo, match="A task has 6,000 minutes at most"):
        Extend(frozenset({sketch.jobs[0].key}), 30)(long)


def test_what_is_new_on_one_day_is_told_in_the_plans_order(alice: Any, plan: Plan) -> None:
    day = plan.tasks.get(key="zero").day_id
    titles = ["Read it", "Do the exercise", "Ask yourself"]
    jobs = tuple(Job(uuid.uuid4(), title, day, 5, made=Made()) for title in titles)
    shown = bending.preview(plan, alice, TODAY, Insert(((None, jobs),)))
    assert [shift.title for shift in shown.comparison.added] == titles


def test_a_running_timer_is_said_and_the_change_can_be_made_afterwards(
    alice_client: Client, alice: Any, plan: Plan, task: Task
) -> None:
    work.start_timer(alice, task.pk)
    send = {"task": task.pk, "apply": "1", "version": plan.version}
    answer = alice_client.post("/plan/change/drop/", send)
    assert answer.status_code == 422
    assert "A timer runs on “Read about Adam”. Stop it first." in text(answer)
    assert "The plan has changed since" not in text(answer)
    work.stop_timer(alice, task.pk)
    assert alice_client.post("/plan/change/drop/", send).status_code == 303


def test_a_plan_without_open_work_does_not_end_as_before(alice_client: Client, plan: Plan) -> None:
    days = list(dict.fromkeys(plan.tasks.values_list("day", flat=True)))
    for place, day in enumerate(days, 1):
        plan.refresh_from_db()
        shown = text(alice_client.get("/plan/change/drop/", {"day": str(day)}))
        assert ("No open work would be left." in shown) is (place == len(days))
        assert ("would end as before" in shown) is False
        send = {"day": day, "apply": "1", "version": plan.version, "reason": "Over"}
        assert alice_client.post("/plan/change/drop/", send).status_code == 303


def test_the_button_stands_before_a_long_list_which_is_folded(
    alice_client: Client, plan: Plan
) -> None:
    day = plan.tasks.get(key="sheet").day
    Task.objects.bulk_create(
        Task(plan=plan, day=day, title=f"Paper {n}", minutes=30, position=9_000 + n)
        for n in range(20)
    )
    few = plan.tasks.get(key="sheet")
    page = text(alice_client.get("/plan/change/leave-out/", {"task": str(few.pk)}))
    order = ["would end", 'name="reason"', 'name="apply"', "Left out (1)", "Moved (20)"]
    places = [page.index(words) for words in order]
    assert places == sorted(places)
    assert "<h3>Left out (1)</h3>" in page
    assert '<details class="change-list"><summary>Moved (20)</summary>' in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("drops", [True, False])
def test_who_ticks_a_task_waits_until_the_change_is_made(
    alice: Any, plan: Plan, monkeypatch: pytest.MonkeyPatch, drops: bool
) -> None:
    """Else what was finished a moment ago would be moved, or taken off the plan."""
    task = plan.tasks.get(key="zero")
    load, done, threads = bending.load, list[str](), list[threading.Thread]()

    def tick() -> None:
        try:
            work.tick(alice, task.pk, TODAY)
            done.append("tick")
        except work.TaskGone:
            done.append("gone")
        finally:
            connection.close()

    def look(*args: Any) -> Sketch:
        found = load(*args)
        threads.append(threading.Thread(target=tick))
        threads[0].start()
        threads[0].join(0.5)
        return found

    monkeypatch.setattr(bending, "load", look)
    keys = frozenset({task.pk})
    bend = Drop(keys) if drops else Extend(keys, 3)
    bending.apply(plan, alice, TODAY, bend, version=None)
    done.append("change")
    threads[0].join(20)
    assert done == ["change", "gone" if drops else "tick"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"zzz": {"minutes": 5}}, {"zzz": {"minutes": 5}}),
        ({"week:abc": {"title": "x"}}, {"week:abc": {"title": "x"}}),
        ({f"odd:{uuid.UUID(int=1)}": None}, {f"odd:{uuid.UUID(int=1)}": None}),
        ({"learner": 5}, {"learner": 5}),
        ({"plan": {"target_on": None}}, {}),
    ],
)
def test_a_revision_of_a_file_that_makes_no_sense_cannot_be_undone(
    alice_client: Client, plan: Plan, before: Any, after: Any
) -> None:
    revision = Revision.objects.create(
        plan=plan, kind="edit", what="Odd", version=9, before=before, after=after, day=TODAY
    )
    assert alice_client.get("/plan/history/").status_code == 200
    answer = alice_client.post(f"/plan/history/{revision.pk}/undo/", follow=True)
    assert "Not undone. What it changed cannot be read." in text(answer)
