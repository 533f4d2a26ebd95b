"""Tick, timer, minutes, note, skip, move, delete: what a learner notices."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from apps.library.models import Topic
from apps.plans import work
from apps.plans.models import Plan, Revision, Task, Timer, Work
from tests.conftest import TODAY

POSTS = [
    ("tick", {"done": "1"}),
    ("timer", {"run": "1"}),
    ("minutes", {"minutes": "10"}),
    ("note", {"note": "x", "seen": ""}),
    ("skip", {"reason": "known"}),
    ("move", {"day": str(TODAY + dt.timedelta(days=3))}),
    ("delete", {}),
    ("reorder", {"by": "1"}),
    ("edit", {"title": "x", "minutes": "5"}),
]


def url(task: Task, action: str = "") -> str:
    return f"/tasks/{task.pk}/{action}/" if action else f"/tasks/{task.pk}/"


@pytest.mark.parametrize(("action", "data"), POSTS)
def test_a_stranger_gets_404_and_nothing_changes(
    charlie_client: Client, task: Task, action: str, data: dict[str, str]
) -> None:
    assert charlie_client.post(url(task, action), data).status_code == 404
    assert charlie_client.get(url(task)).status_code == 404
    task.refresh_from_db()
    assert (task.status, task.note, task.deleted_at) == ("todo", "", None)
    assert not Work.objects.exists()
    assert not Timer.objects.exists()
    assert Revision.objects.count() == 1


@pytest.mark.parametrize(("action", "data"), POSTS)
def test_wrong_method_bad_id_anonymous(
    client: Client, alice_client: Client, task: Task, action: str, data: dict[str, str]
) -> None:
    assert alice_client.put(url(task, action)).status_code == 405
    if action != "edit":
        assert alice_client.get(url(task, action)).status_code == 405
    assert alice_client.post(f"/tasks/{uuid.uuid4()}/{action}/", data).status_code == 404
    assert alice_client.post(f"/tasks/nonsense/{action}/", data).status_code == 404
    answer = client.post(url(task, action), data)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_a_tick_without_javascript_goes_back_to_the_page(alice_client: Client, task: Task) -> None:
    answer = alice_client.post(url(task, "tick"), {"done": "1", "next": "/week/2026-11-18/"})
    assert (answer.status_code, answer["Location"]) == (302, "/week/2026-11-18/")
    task.refresh_from_db()
    assert (task.status, task.done_on) == ("done", TODAY)
    assert [(row.minutes, row.day) for row in task.work.all()] == [(20, TODAY)]


def test_next_to_another_site_is_ignored(alice_client: Client, task: Task) -> None:
    answer = alice_client.post(url(task, "tick"), {"done": "1", "next": "//evil.example"})
    assert answer["Location"] == f"/today/#task-{task.pk}"


def test_a_tick_with_htmx_answers_the_row_and_the_totals(htmx: Any, task: Task) -> None:
    page = htmx(url(task, "tick"), {"done": "1", "page": "today"}).content.decode()
    assert page.count("data-task") == 1
    assert 'aria-checked="true"' in page
    assert "20 of 60 min" in page
    assert 'id="day-total" hx-swap-oob="true"' in page
    assert '<li class="part" id="dot-2026-11-18" hx-swap-oob="true">' in page
    page = htmx(url(task, "tick"), {"done": "0", "page": "today"}).content.decode()
    assert 'aria-checked="false"' in page
    assert "0 of 60 min" in page
    assert not Work.objects.exists()


def test_ticking_twice_writes_once(htmx: Any, task: Task) -> None:
    for _ in range(3):
        assert htmx(url(task, "tick"), {"done": "1"}).status_code == 200
    assert Work.objects.count() == 1


@pytest.mark.parametrize("done", ["", "2", "true", "toggle"])
def test_a_tick_says_what_it_wants(alice_client: Client, task: Task, done: str) -> None:
    assert alice_client.post(url(task, "tick"), {"done": done}).status_code == 400


def test_typed_minutes_count_and_the_tick_writes_what_remains(htmx: Any, task: Task) -> None:
    htmx(url(task, "minutes"), {"minutes": "15", "day": str(TODAY - dt.timedelta(days=1))})
    htmx(url(task, "tick"), {"done": "1"})
    rows = task.work.order_by("day").values_list("minutes", "day", "origin")
    assert list(rows) == [
        (15, TODAY - dt.timedelta(days=1), "typed"),
        (5, TODAY, "tick"),
    ]
    htmx(url(task, "tick"), {"done": "0"})
    assert task.work.get().minutes == 15


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"minutes": "-1"}, "At least 1 minute"),
        ({"minutes": "0"}, "At least 1 minute"),
        ({"minutes": "1000000000"}, "1,440"),
        ({"minutes": "ten"}, "whole number"),
        ({"minutes": ""}, "How many minutes"),
        ({"minutes": "5", "day": "2026-11-19"}, "still to come"),
        ({"minutes": "5", "day": "2020-01-01"}, "more than a year ago"),
        ({"minutes": "5", "day": "2026-02-31"}, "valid date"),
    ],
)
def test_bad_minutes_are_said_and_kept(
    htmx: Any, alice_client: Client, task: Task, data: dict[str, str], message: str
) -> None:
    answer = htmx(url(task, "minutes"), data)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert f'value="{data["minutes"]}"' in answer.content.decode()
    assert answer["HX-Retarget"] == f"#panel-{task.pk}"
    assert alice_client.post(url(task, "minutes"), data).status_code == 422
    assert not Work.objects.exists()


def test_minutes_can_be_taken_off_by_their_owner_only(
    alice_client: Client, charlie_client: Client, alice: Any, task: Task
) -> None:
    entry = work.log_minutes(alice, task.pk, 15, TODAY)
    assert charlie_client.post(f"/work/{entry.pk}/delete/").status_code == 404
    assert alice_client.get(f"/work/{entry.pk}/delete/").status_code == 405
    assert alice_client.post(f"/work/{entry.pk}/delete/").status_code == 302
    assert not Work.objects.exists()


def test_the_timer_logs_what_it_ran(htmx: Any, now: Any, task: Task) -> None:
    page = htmx(url(task, "timer"), {"run": "1"}).content.decode()
    assert "Stop the timer" in page
    htmx(url(task, "timer"), {"run": "1"})
    now.shift(25 * 60)
    htmx(url(task, "timer"), {"run": "0"})
    htmx(url(task, "timer"), {"run": "0"})
    assert [row.minutes for row in task.work.all()] == [25]
    assert not Timer.objects.exists()


def test_ticking_a_timed_task_takes_the_timer_as_the_time(htmx: Any, now: Any, task: Task) -> None:
    htmx(url(task, "timer"), {"run": "1"})
    now.shift(12 * 60)
    htmx(url(task, "tick"), {"done": "1"})
    assert [(row.minutes, row.origin) for row in task.work.all()] == [(12, "timer")]


def test_starting_another_timer_stops_the_first(
    htmx: Any, now: Any, plan: Plan, task: Task
) -> None:
    other = plan.tasks.get(key="code-knn")
    htmx(url(task, "timer"), {"run": "1"})
    now.shift(5 * 60)
    htmx(url(other, "timer"), {"run": "1"})
    assert Timer.objects.get().task == other
    assert task.work.get().minutes == 5


def test_a_timer_left_over_night_is_asked_about(htmx: Any, now: Any, task: Task) -> None:
    htmx(url(task, "timer"), {"run": "1"})
    now.shift(9 * 3600)
    answer = htmx(url(task, "timer"), {"run": "0"})
    assert answer.status_code == 409
    assert "ran for 540 min" in answer.content.decode()
    assert not Work.objects.exists()
    bad = htmx(url(task, "timer"), {"run": "0", "minutes": "99999"})
    assert bad.status_code == 422
    htmx(url(task, "timer"), {"run": "0", "minutes": "35"})
    assert task.work.get().minutes == 35


def test_a_note_is_rendered_and_harmless(htmx: Any, alice_client: Client, task: Task) -> None:
    text = "**bold** <script>alert(1)</script> مرحبا 🎉 ![x](https://evil.example/x.png)"
    page = htmx(url(task, "note"), {"note": text, "seen": ""}).content.decode()
    assert "<strong>bold</strong>" in page
    assert "<script>alert" not in page
    assert "مرحبا 🎉" in page
    assert "<img" not in page
    task.refresh_from_db()
    assert task.note == text


def test_a_note_too_long_is_said_and_kept(htmx: Any, task: Task) -> None:
    answer = htmx(url(task, "note"), {"note": "x" * 100_000, "seen": ""})
    assert answer.status_code == 422
    assert "100,000 characters; at most 20,000" in answer.content.decode()
    assert "x" * 100_000 in answer.content.decode()
    task.refresh_from_db()
    assert task.note == ""


def test_two_tabs_do_not_overwrite_each_others_note(htmx: Any, task: Task) -> None:
    htmx(url(task, "note"), {"note": "from the first tab", "seen": ""})
    answer = htmx(url(task, "note"), {"note": "from the second tab", "seen": ""})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "from the first tab" in page
    assert "from the second tab" in page
    task.refresh_from_db()
    assert task.note == "from the first tab"
    again = htmx(url(task, "note"), {"note": "both", "seen": "from the first tab"})
    assert again.status_code == 200


def test_line_ends_of_a_browser_are_no_change(htmx: Any, task: Task) -> None:
    htmx(url(task, "note"), {"note": "one\r\ntwo", "seen": ""})
    assert htmx(url(task, "note"), {"note": "three", "seen": "one\r\ntwo"}).status_code == 200


def test_skip_needs_no_reason_and_keeps_it(htmx: Any, alice_client: Client, task: Task) -> None:
    htmx(url(task, "skip"), {"reason": "Knew it already"})
    task.refresh_from_db()
    assert (task.status, task.skip_reason, task.skipped_on) == ("skipped", "Knew it already", TODAY)
    page = alice_client.get("/today/").content.decode()
    assert "0 of 40 min" in page  # skipped is neither planned nor progress
    revision = Revision.objects.get(kind="skip")
    assert revision.reason == "Knew it already"
    alice_client.post(f"/plan/history/{revision.pk}/undo/")
    task.refresh_from_db()
    assert (task.status, task.skip_reason) == ("todo", "")


def test_taking_a_skipped_task_up_again(htmx: Any, task: Task) -> None:
    htmx(url(task, "skip"), {"reason": ""})
    htmx(url(task, "skip"), {"skip": "0"})
    task.refresh_from_db()
    assert (task.status, task.skipped_on) == ("todo", None)


def test_a_moved_task_is_pinned_and_undo_puts_it_back(alice_client: Client, task: Task) -> None:
    day = TODAY + dt.timedelta(days=9)
    alice_client.post(url(task, "move"), {"day": str(day)})
    task.refresh_from_db()
    assert (task.pinned_on, task.parts.get().day) == (day, day)
    revision = Revision.objects.get(kind="move")
    page = alice_client.get("/today/").content.decode()
    assert f"/plan/history/{revision.pk}/undo/" in page
    alice_client.post(f"/plan/history/{revision.pk}/undo/")
    task.refresh_from_db()
    assert (task.pinned_on, task.parts.get().day) == (None, TODAY)


@pytest.mark.parametrize("day", ["2026-02-31", "2026-11-17", "2036-01-01", "", "soon"])
def test_a_move_to_no_day_is_said(htmx: Any, task: Task, day: str) -> None:
    answer = htmx(url(task, "move"), {"day": day})
    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    assert task.parts.get().day == TODAY


def test_delete_and_undo(alice_client: Client, htmx: Any, task: Task) -> None:
    page = htmx(url(task, "delete"), {"page": "today"}).content.decode()
    assert task.title not in page.split('id="messages"')[0]
    assert f"Deleted “{task.title}”" in page
    assert alice_client.get(url(task)).status_code == 404
    revision = Revision.objects.get(kind="delete")
    alice_client.post(f"/plan/history/{revision.pk}/undo/")
    assert task.title in alice_client.get("/today/").content.decode()


def test_a_tick_on_a_deleted_task_says_so(htmx: Any, alice_client: Client, task: Task) -> None:
    htmx(url(task, "delete"), {"page": "today"})
    answer = htmx(url(task, "tick"), {"done": "1", "page": "today"})
    assert answer.status_code == 200
    assert answer["HX-Retarget"] == "#agenda"
    assert "That task was deleted" in answer.content.decode()
    assert not Work.objects.exists()
    assert alice_client.post(url(task, "tick"), {"done": "1"}).status_code == 302


def test_reorder_swaps_neighbours(alice_client: Client, plan: Plan, task: Task) -> None:
    alice_client.post(url(task, "reorder"), {"by": "1"})
    keys = list(task.day.tasks.order_by("position").values_list("key", flat=True))
    assert keys == ["code-knn", "read-adam", "check-1"]
    alice_client.post(url(plan.tasks.get(key="code-knn"), "reorder"), {"by": "-1"})
    assert Revision.objects.filter(kind="reorder").count() == 1
    assert alice_client.post(url(task, "reorder"), {"by": "9"}).status_code == 400


def test_edit_keeps_what_was_done_and_is_one_revision(
    alice_client: Client, alice: Any, plan: Plan
) -> None:
    task = plan.tasks.get(key="zero")
    work.log_minutes(alice, task.pk, 25, TODAY)
    data = {"title": "ZeRO, sections 1-4", "minutes": "75", "session": "study", "kind": "read"}
    data |= {"priority": "should", "detail": "", "topic": "", "on": ""}
    assert alice_client.post(url(task, "edit"), data).status_code == 302
    task.refresh_from_db()
    assert (task.title, task.minutes) == ("ZeRO, sections 1-4", 75)
    assert [part.minutes for part in task.parts.all()] == [50]  # 25 of 75 are spent
    assert task.work.get().minutes == 25
    assert not task.topics.exists()
    revision = Revision.objects.get(kind="edit")
    alice_client.post(f"/plan/history/{revision.pk}/undo/")
    task.refresh_from_db()
    assert (task.title, task.topics.count()) == ("Read the ZeRO paper", 1)
    assert [part.minutes for part in task.parts.all()] == [60, 30]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": "  "}, "What is the task?"),
        ({"title": "x" * 201}, "At most 200"),
        ({"minutes": "-1"}, "Between 1 and 600"),
        ({"minutes": "601"}, "Between 1 and 600"),
        ({"minutes": "1000000000"}, "Between 1 and 600"),
        ({"topic": "nothing"}, "not in the library"),
        ({"session": "evening"}, "valid choice"),
        ({"on": "2026-02-31"}, "valid date"),
        ({"on": "2001-01-01"}, "in the past"),
    ],
)
def test_a_bad_task_is_said_and_kept(
    alice_client: Client, plan: Plan, change: dict[str, str], message: str
) -> None:
    good = {"title": "Own task", "minutes": "20", "session": "study", "kind": "read"}
    good |= {"priority": "must", "detail": "keep me", "topic": "", "on": str(TODAY)}
    answer = alice_client.post("/plan/tasks/add/", good | change)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert "keep me" in answer.content.decode()
    assert Task.objects.count() == 6


def test_an_own_task_appears_on_its_day_and_undo_removes_it(
    alice_client: Client, plan: Plan, topic: Topic
) -> None:
    data = {"title": "<b>Own</b> 🎯", "minutes": "20", "session": "practice", "kind": "code"}
    data |= {"priority": "must", "detail": "", "topic": str(topic.pk), "on": str(TODAY)}
    assert alice_client.post("/plan/tasks/add/", data).status_code == 302
    page = alice_client.get("/today/").content.decode()
    assert "&lt;b&gt;Own&lt;/b&gt; 🎯" in page
    assert "0 of 80 min" in page
    own = Task.objects.get(key="")
    assert own.topics.get().slug == "k-nearest-neighbours"
    revision = Revision.objects.get(kind="add")
    alice_client.post(f"/plan/history/{revision.pk}/undo/")
    assert "🎯" not in alice_client.get("/today/").content.decode().split("messages")[0]


def test_a_strangers_outline_day_is_not_used(
    charlie_client: Client, charlie: Any, plan: Plan, roadmap: Any
) -> None:
    from apps.plans.build import create_plan

    create_plan(charlie, roadmap, TODAY, TODAY)
    theirs = plan.weeks.get(number=1).days.get(position=0)
    data = {"title": "Mine", "minutes": "20", "session": "study", "kind": "read"}
    data |= {"priority": "must", "outline_day": str(theirs.pk), "on": str(TODAY)}
    charlie_client.post("/plan/tasks/add/", data)
    assert Task.objects.get(title="Mine").day.week.plan.owner == charlie


@pytest.mark.django_db(transaction=True)
def test_the_same_tick_ten_times_at_once_writes_once(alice: Any, plan: Plan) -> None:
    import threading

    task = plan.tasks.get(key="kmeans")
    gate, failures = threading.Barrier(10, timeout=20), []
    clients = [Client() for _ in range(10)]
    for client in clients:
        client.force_login(alice)

    def tick(client: Client) -> None:
        gate.wait()
        try:
            answer = client.post(url(task, "tick"), {"done": "1"})
            if answer.status_code != 302:
                failures.append(answer.status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=tick, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert [row.minutes for row in Work.objects.filter(task=task)] == [60]
