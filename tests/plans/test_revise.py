"""Revisions under any order of changes: undo gives back the rows, and nothing recorded is lost."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.plans import changes, revise, work
from apps.plans.models import Plan, Revision, Task, Timer, Work
from apps.plans.own_tasks import add, edit, form_for
from apps.plans.reflow import apply_reflow
from apps.plans.revision_rows import snapshot_tasks
from apps.plans.views.tasks import whole_number
from tests.conftest import TODAY

KINDS = ["add", "edit", "move", "skip", "unskip", "tick", "untick", "delete", "up", "down"]
KINDS += ["reflow", "bring", "log", "undo"]
STEPS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 7), st.integers(0, 4)), max_size=8
)


class RollBack(Exception):
    """Ends an example without a trace in the database."""


def rows(plan: Plan) -> dict[str, Any]:
    """Return all that revisions may change of the tasks that are not deleted."""
    every = snapshot_tasks(plan.tasks.values_list("pk", flat=True), plan)
    return {key: row for key, row in every.items() if row and not row["deleted_at"]}


def apply(plan: Plan, alice: Any, step: tuple[str, int, int]) -> Revision | None:
    kind, which, days = step
    day = TODAY + dt.timedelta(days=days)
    tasks = list(Task.objects.owned_by(alice).select_related("plan__owner").order_by("position"))
    typed = {"title": f"T{which}", "minutes": 20 + 20 * days, "session": "study", "kind": "read"}
    typed |= {"priority": "must", "detail": "", "topic": ""}
    if kind == "add":
        form = form_for(alice, TODAY, None, typed | {"on": str(day)})
        assert form.is_valid()
        return add(plan, form, TODAY, None)
    if kind == "reflow":
        return apply_reflow(plan, alice, day, None)
    if kind == "undo":
        for revision in plan.revisions.filter(undone_at=None)[which : which + 1]:
            with contextlib.suppress(revise.CannotUndo):
                revise.undo(revision)
        return None
    if not tasks:
        return None
    task = tasks[which % len(tasks)]
    if kind == "edit":
        form = form_for(alice, TODAY, task, typed | ({"on": str(day)} if which % 2 else {}))
        assert form.is_valid()
        return edit(task, form, TODAY)
    if kind == "tick":
        work.tick(alice, task.pk, TODAY)
    elif kind == "untick":
        work.untick(alice, task.pk)
    elif kind == "log":
        work.log_minutes(alice, task.pk, 5 + 10 * days, TODAY)
    else:
        return {
            "move": lambda: changes.move(task, day, TODAY),
            "skip": lambda: changes.skip(task, "known", TODAY),
            "unskip": lambda: changes.unskip(task, TODAY),
            "delete": lambda: changes.delete(task, TODAY),
            "up": lambda: changes.reorder(task, -1, TODAY),
            "down": lambda: changes.reorder(task, 1, TODAY),
            "bring": lambda: changes.bring_to(plan, tasks[: which % 3 + 1], day),
        }[kind]()
    return None


def check(plan: Plan) -> None:
    for task in Task.objects.filter(plan=plan).prefetch_related("parts"):
        parts = sorted(task.parts.all(), key=lambda part: part.number)
        assert [part.number for part in parts] == list(range(1, len(parts) + 1))
        assert {part.of for part in parts} <= {len(parts)}
        assert parts or task.deleted_at
        assert (task.status == "done") == (task.done_on is not None)
        assert task.skipped_on or task.status != "skipped"
        if task.pinned_on and task.status == "todo" and not task.deleted_at:
            assert [part.day for part in parts] == [task.pinned_on]
    places = list(Task.objects.filter(plan=plan).values_list("position", flat=True))
    assert len(places) == len(set(places))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STEPS)
def test_undo_at_once_gives_back_the_rows(
    plan: Plan, alice: Any, steps: list[tuple[str, int, int]]
) -> None:
    try:
        with transaction.atomic():
            for step in steps:
                before, typed = rows(plan), Work.objects.exclude(origin="tick").count()
                done = set(map(str, plan.tasks.filter(status="done").values_list("pk", flat=True)))
                revision = apply(plan, alice, step)
                check(plan)
                assert Work.objects.exclude(origin="tick").count() >= typed
                if revision and revision.before and not set(revision.before) & done:
                    point = transaction.savepoint()
                    assert revise.undo(revision) == []
                    assert rows(plan) == before
                    transaction.savepoint_rollback(point)
            raise RollBack
    except RollBack:
        pass


def test_deleting_finished_work_can_be_undone(alice: Any, plan: Plan, task: Task) -> None:
    work.tick(alice, task.pk, TODAY)
    work.save_note(alice, task.pk, "keep me", "")
    revision = changes.delete(task, TODAY)
    assert revision
    revise.undo(revision)
    task.refresh_from_db()
    assert (task.status, task.done_on, task.note) == ("done", TODAY, "keep me")
    assert (task.deleted_at, task.work.get().minutes) == (None, 20)


def test_undoing_a_reflow_leaves_what_was_finished_since(
    alice_client: Client, alice: Any, now: Any, plan: Plan
) -> None:
    later = TODAY + dt.timedelta(days=3)
    revision = apply_reflow(plan, alice, later, None)
    assert revision
    ticked, other = plan.tasks.get(key="kmeans"), plan.tasks.get(key="read-adam")
    day = ticked.parts.get().day
    work.tick(alice, ticked.pk, TODAY)
    page = alice_client.post(f"/plan/history/{revision.pk}/undo/", follow=True).content.decode()
    assert "Finished since, and left as it is: Implement k-means" in page
    assert (ticked.parts.get().day, other.parts.get().day) == (day, TODAY)


def test_undoing_an_add_is_refused_once_something_was_written_there(alice: Any, plan: Plan) -> None:
    revision = apply(plan, alice, ("add", 1, 1))
    own = Task.objects.get(key="")
    work.log_minutes(alice, own.pk, 10, TODAY)
    assert revision
    with pytest.raises(revise.CannotUndo, match="minutes or a note by now"):
        revise.undo(revision)
    assert Task.objects.owned_by(alice).filter(pk=own.pk).exists()


def test_a_skip_survives_a_tick_that_is_taken_back(alice: Any, task: Task) -> None:
    changes.skip(task, "knew it", TODAY)
    work.tick(alice, task.pk, TODAY)
    work.untick(alice, task.pk)
    task.refresh_from_db()
    assert (task.status, task.skip_reason) == ("skipped", "knew it")


def test_a_change_that_changes_nothing_is_no_revision(alice: Any, plan: Plan, task: Task) -> None:
    changes.skip(task, "", TODAY)
    apply_reflow(plan, alice, TODAY, None)
    count = Revision.objects.count()
    assert changes.skip(task, "again", TODAY) is None
    assert apply_reflow(plan, alice, TODAY, None) is None
    assert Revision.objects.count() == count


def test_deleting_stops_the_timer_and_keeps_its_minutes(alice: Any, now: Any, task: Task) -> None:
    work.start_timer(alice, task.pk)
    now.shift(20 * 60)
    changes.delete(task, TODAY)
    assert not Timer.objects.exists()
    assert task.work.get().minutes == 20


def test_a_long_timer_is_asked_about_before_a_task_is_deleted(
    alice: Any, htmx: Any, now: Any, task: Task
) -> None:
    work.start_timer(alice, task.pk)
    now.shift(9 * 3600)
    answer = htmx(f"/tasks/{task.pk}/delete/", {"page": "today"})
    assert answer.status_code == 409
    assert "How many minutes was it really?" in answer.content.decode()
    task.refresh_from_db()
    assert task.deleted_at is None


def test_parts_after_a_reflow_count_from_what_was_spent(
    alice_client: Client, alice: Any, now: Any, plan: Plan
) -> None:
    zero = plan.tasks.get(key="zero")
    work.log_minutes(alice, zero.pk, 20, TODAY)
    for task in plan.tasks.exclude(pk=zero.pk):
        changes.delete(Task.objects.select_related("plan__owner").get(pk=task.pk), TODAY)
    apply_reflow(plan, alice, TODAY, None)
    assert [(p.minutes, p.so_far) for p in zero.parts.order_by("number")] == [(55, 75), (15, 90)]
    assert "0 of 55 min" in alice_client.get("/today/").content.decode()
    work.log_minutes(alice, zero.pk, 55, TODAY)
    assert "55 of 55 min" in alice_client.get("/today/").content.decode()


def test_many_own_tasks_keep_their_order_and_stay_in_their_day(alice: Any, plan: Plan) -> None:
    for number in range(25):
        apply(plan, alice, ("add", number, 0))
    first_day = plan.tasks.get(key="read-adam").day
    titles = list(first_day.tasks.order_by("position").values_list("title", flat=True))
    assert titles[3:] == [f"T{number}" for number in range(25)]
    places = list(plan.tasks.order_by("position").values_list("position", flat=True))
    assert len(places) == len(set(places))
    assert plan.tasks.order_by("position").last().key == "sheet"  # type: ignore[union-attr] # there are tasks


def test_a_task_edited_in_two_windows_loses_nothing(
    alice_client: Client, plan: Plan, task: Task
) -> None:
    data = {"title": task.title, "minutes": "20", "session": "study", "kind": "read"}
    data |= {"priority": "must", "topic": "", "on": "", "version": str(plan.version)}
    url = f"/tasks/{task.pk}/edit/"
    assert alice_client.post(url, data | {"detail": "from A"}).status_code == 302
    answer = alice_client.post(url, data | {"detail": "from B"})
    assert answer.status_code == 409
    assert "changed in another window" in answer.content.decode()
    assert "from B" in answer.content.decode()
    task.refresh_from_db()
    assert task.detail == "from A"


def test_an_edit_keeps_a_topic_that_was_retired(
    alice_client: Client, plan: Plan, task: Task, topic: Any
) -> None:
    type(topic).objects.update(retired_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    page = alice_client.get(f"/tasks/{task.pk}/edit/").content.decode()
    assert f'value="{topic.pk}" selected' in page
    data = {"title": "New title", "minutes": "20", "session": "study", "kind": "read"}
    data |= {"priority": "must", "detail": "", "on": "", "topic": str(topic.pk)}
    assert alice_client.post(f"/tasks/{task.pk}/edit/", data).status_code == 302
    assert task.topics.get() == topic


def test_the_same_form_sent_twice_counts_once(
    now: Any, alice_client: Client, task: Task, roadmap: Any
) -> None:
    entry = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
    for _ in range(2):
        alice_client.post(f"/tasks/{task.pk}/minutes/", {"minutes": "10", "entry": entry})
        alice_client.post("/plan/new/small/", {"start": str(TODAY), "key": entry, "again": "1"})
    assert task.work.count() == 1
    assert Plan.objects.count() == 2


def test_minutes_taken_off_can_be_put_back(alice_client: Client, alice: Any, task: Task) -> None:
    entry = work.log_minutes(alice, task.pk, 15, TODAY)
    page = alice_client.post(f"/work/{entry.pk}/delete/", follow=True).content.decode()
    assert '<input type="hidden" name="minutes" value="15">' in page
    assert f'action="/tasks/{task.pk}/minutes/"' in page


def test_a_part_that_was_missed_is_carried_over_before_the_last_one(
    alice_client: Client, alice: Any, now: Any, plan: Plan
) -> None:
    zero = plan.tasks.get(key="zero")  # 60 on the third day, 30 on the fourth
    for task in plan.tasks.exclude(pk=zero.pk):
        work.tick(alice, task.pk, TODAY)
    zero.parts.filter(number=2).update(day=TODAY + dt.timedelta(days=6))
    now.shift(4 * 86_400)
    page = alice_client.get("/today/").content.decode()
    assert "from Fri 20" in page
    assert "0 of 60 min" in page


def test_minutes_of_today_are_those_of_today(
    alice_client: Client, alice: Any, plan: Plan, task: Task
) -> None:
    work.log_minutes(alice, task.pk, 15, TODAY - dt.timedelta(days=5))
    assert "min spent" not in alice_client.get("/today/").content.decode()
    work.log_minutes(alice, task.pk, 4, TODAY)
    assert "4 min spent" in alice_client.get("/today/").content.decode()


def test_a_deleted_plan_is_listed_and_its_tasks_take_no_tick(
    alice_client: Client, plan: Plan, task: Task
) -> None:
    alice_client.post(f"/plans/{plan.pk}/delete/")
    assert "Bring it back" in alice_client.get("/plans/").content.decode()
    alice_client.post(f"/tasks/{task.pk}/tick/", {"done": "1"})
    task.refresh_from_db()
    assert task.status == "todo"


@pytest.mark.parametrize("target", ["foo", "today", "1e400", "²", "//evil.example", "https:x"])
def test_next_that_is_no_path_is_ignored(alice_client: Client, task: Task, target: str) -> None:
    answer = alice_client.post(f"/tasks/{task.pk}/tick/", {"done": "1", "next": target})
    assert answer["Location"] == f"/today/#task-{task.pk}"


@pytest.mark.parametrize(
    "page", ["week 0001-01-01", "week 9999-12-31", "plan a\nb", "task x", "plan", "²"]
)
def test_a_page_that_is_none_is_today_or_the_plan(htmx: Any, task: Task, page: str) -> None:
    assert htmx(f"/tasks/{task.pk}/reorder/", {"by": "1", "page": page}).status_code < 400


@pytest.mark.parametrize("text", ["²", "9" * 5000, "-1", "", "1.5"])
def test_a_number_that_is_none(alice_client: Client, plan: Plan, task: Task, text: str) -> None:
    assert whole_number(text) is None
    data = {"version": text, "apply": "1", "reason": "Ill"}
    assert alice_client.post("/plan/reflow/", data).status_code == 409
    answer = alice_client.post(f"/tasks/{task.pk}/timer/", {"run": "0", "minutes": text})
    assert answer.status_code in (302, 422)


def test_the_history_offers_undo_only_where_it_would_work(
    alice_client: Client, alice: Any, plan: Plan, task: Task
) -> None:
    first = changes.move(task, TODAY + dt.timedelta(days=2), TODAY)
    second = changes.move(task, TODAY + dt.timedelta(days=3), TODAY)
    assert first
    assert second
    page = alice_client.get("/plan/history/").content.decode()
    assert f"{first.pk}/undo/" not in page
    assert f"{second.pk}/undo/" in page
    work.tick(alice, task.pk, TODAY)
    assert "/undo/" not in alice_client.get("/plan/history/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_timers_started_and_stopped_at_once_leave_one_or_none(alice: Any, plan: Plan) -> None:
    tasks = list(plan.tasks.order_by("position")[:4])
    clients, failures = [Client() for _ in range(12)], []
    for client in clients:
        client.force_login(alice)
    gate = threading.Barrier(len(clients), timeout=20)

    def post(number: int) -> None:
        task = tasks[number % 4]
        gate.wait()
        try:
            kind = ("timer", {"run": "1"}) if number % 3 else ("tick", {"done": "1"})
            answer = clients[number].post(f"/tasks/{task.pk}/{kind[0]}/", kind[1])
            if answer.status_code != 302:
                failures.append(answer.status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=post, args=(number,)) for number in range(len(clients))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert Timer.objects.filter(user=alice).count() <= 1
