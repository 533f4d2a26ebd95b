"""A file that changed elsewhere is read again: what differs is shown, and chosen."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.exchange.models import PlanFile
from apps.exchange.plan_export import export_plan
from apps.plans import changes, work
from apps.plans.models import Part, Plan, PlanDay, Revision, Task, Timer, Work
from apps.plans.revise import undo
from tests.conftest import TODAY
from tests.exchange.importing import body
from tests.exchange.plan_texts import PAGE, TEXT, fields, made, sent
from tests.plans.conftest import now, plan, roadmap, topic

__all__ = ["now", "plan", "roadmap", "topic"]


@pytest.fixture
def imported(alice: Any, now: Any) -> Plan:
    return made(alice)


def address(plan: Plan) -> str:
    return f"{PAGE}?plan={plan.pk}"


def task_of(plan: Plan, title: str) -> Task:
    return plan.tasks.get(title__startswith=title, deleted_at=None)


def compared(client: Client, plan: Plan, text: str) -> Any:
    """Return the page that shows what differs."""
    answer = client.post(address(plan), sent(text))
    assert answer.status_code == 200, answer.content.decode()
    return answer


def read_again(client: Client, plan: Plan, text: str, **more: Any) -> Any:
    """Read a text into the plan, with what is checked unasked or as `more` says."""
    data = fields(compared(client, plan, text)) | more
    answer = client.post(address(plan), data)
    plan.refresh_from_db()
    return answer


def changed(*pairs: tuple[str, str]) -> str:
    """Return the text with these pieces exchanged."""
    text = TEXT
    for before, after in pairs:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


def test_the_first_page_names_the_plan(alice_client: Client, imported: Plan) -> None:
    page = body(alice_client.get(address(imported)))
    assert "Read the file again" in page
    assert "“My interview plan”" in page
    assert "Go on from" not in page


def test_the_same_file_differs_in_nothing(alice_client: Client, imported: Plan) -> None:
    assert "The file and the plan say the same." in body(compared(alice_client, imported, TEXT))
    assert read_again(alice_client, imported, TEXT).status_code == 303
    assert not Revision.objects.filter(kind="merge").exists()
    assert imported.version == 1
    assert export_plan(imported) == TEXT


def test_a_file_of_another_plan_is_said_to_be_one(alice_client: Client, imported: Plan) -> None:
    warning = "No box of this file is a task of this plan."
    other = "# Cooking\n\n## Week 1\n\n- [ ] Boil an egg\n- [ ] Peel it\n"
    assert warning in body(compared(alice_client, imported, other))
    assert warning not in body(compared(alice_client, imported, TEXT))


def test_new_boxes_are_added_in_their_place(alice_client: Client, imported: Plan) -> None:
    text = changed(
        ("- [ ] Write a cheat sheet\n", "- [ ] Tune a forest (20 min)\n- [ ] Write a cheat sheet\n")
    )
    page = body(compared(alice_client, imported, text))
    assert "differ in 1 place." in page
    assert 'Add it<span class="visually-hidden">: Tune a forest' in page
    assert not Task.objects.filter(title="Tune a forest").exists()
    assert read_again(alice_client, imported, text, reason="Boosting first").status_code == 303
    new = task_of(imported, "Tune a forest")
    order = list(imported.tasks.order_by("position").values_list("title", flat=True))
    assert order[4:7] == [
        "Derive the variance of a bagged mean",
        "Tune a forest",
        "Write a cheat sheet",
    ]
    assert (new.minutes, new.day) == (20, task_of(imported, "Derive").day)
    assert sum(part.minutes for part in new.parts.all()) == 20
    (revision,) = Revision.objects.filter(kind="merge")
    assert revision.what == "Read the file again: 1 task added"
    assert revision.reason == "Boosting first"
    assert export_plan(imported) == text
    undo(revision)
    assert not imported.tasks.filter(title="Tune a forest", deleted_at=None).exists()
    assert export_plan(imported) == TEXT


def test_what_is_not_checked_is_not_added_and_stays_in_the_file(
    alice_client: Client, imported: Plan
) -> None:
    text = f"{TEXT}- [ ] Something else\n"
    read_again(alice_client, imported, text, take=[])
    assert not imported.tasks.filter(title="Something else").exists()
    assert not Revision.objects.filter(kind="merge").exists()
    assert export_plan(imported) == text
    assert "Something else" in body(compared(alice_client, imported, text))


def test_ticks_of_the_file_are_taken_over_with_its_date(
    alice_client: Client, imported: Plan
) -> None:
    text = changed(("- [ ] Watch a video", "- [x] Watch a video"))
    task = task_of(imported, "Watch")
    assert read_again(alice_client, imported, text).status_code == 303
    task.refresh_from_db()
    assert (task.status, task.done_on, task.done_at) == ("done", dt.date(2026, 11, 2), None)
    assert list(task.parts.values_list("day", "minutes")) == [(dt.date(2026, 11, 2), 25)]
    assert not Work.objects.exists()
    assert not Revision.objects.filter(kind="merge").exists()  # ticks are no revision
    assert export_plan(imported) == text
    assert "1 tick taken over" in body(alice_client.get("/plan/"))


def test_a_tick_without_a_date_leaves_no_plan_for_it(alice_client: Client, imported: Plan) -> None:
    later = task_of(imported, "Mock interview")
    assert later.parts.filter(day__gt=TODAY).exists()
    read_again(alice_client, imported, changed(("[ ] Mock interview", "[x] Mock interview")))
    later.refresh_from_db()
    assert (later.status, later.done_on) == ("done", None)
    assert not later.parts.filter(day__gt=TODAY).exists()


def test_ticks_made_here_stay(alice: Any, alice_client: Client, imported: Plan) -> None:
    task = task_of(imported, "Derive")
    work.tick(alice, task.pk, TODAY)
    page = body(compared(alice_client, imported, TEXT))
    assert "Untick it" in page
    assert 'value="untick-18"' in page
    assert 'value="untick-18" checked' not in page
    read_again(alice_client, imported, TEXT)
    task.refresh_from_db()
    assert task.status == "done"
    read_again(alice_client, imported, TEXT, take=["untick-18"])
    task.refresh_from_db()
    assert (task.status, task.done_on) == ("todo", None)
    assert not Work.objects.exists()
    assert task.parts.exists()


def test_a_tick_taken_back_here_is_not_set_again_unasked(
    alice: Any, alice_client: Client, imported: Plan
) -> None:
    task = task_of(imported, "Read chapter 8")
    work.untick(alice, task.pk)
    page = body(compared(alice_client, imported, TEXT))
    assert "Tick it" in page
    read_again(alice_client, imported, TEXT)
    task.refresh_from_db()
    assert task.status == "todo"


def test_titles_and_minutes_follow_the_file_where_nobody_touched_them(
    alice_client: Client, imported: Plan
) -> None:
    task, other = task_of(imported, "Derive"), task_of(imported, "Write a cheat")
    Task.objects.filter(pk=other.pk).update(title="Write a one-page sheet")
    text = changed(
        (
            "Derive the variance of a bagged mean (30 min)",
            "Derive the variance of bagging (50 min)",
        ),
        ("Write a cheat sheet", "Write a cheat sheet on forests"),
    )
    assert read_again(alice_client, imported, text).status_code == 303
    task.refresh_from_db()
    other.refresh_from_db()
    assert (task.title, task.minutes) == ("Derive the variance of bagging", 50)
    assert sum(task.parts.values_list("minutes", flat=True)) == 50
    assert other.title == "Write a one-page sheet"  # changed here: stays
    assert "Write a one-page sheet" in export_plan(imported)


def test_gone_boxes_stay_unless_they_are_taken_off(alice_client: Client, imported: Plan) -> None:
    text = changed(("- [ ] Write a cheat sheet\n", ""), ("- [x] Read chapter 8 (45 min)\n", ""))
    page = body(compared(alice_client, imported, text))
    assert "It stays" in page  # what is done
    gone = task_of(imported, "Write a cheat sheet")
    read_again(alice_client, imported, text)
    gone.refresh_from_db()
    assert gone.deleted_at is None
    assert "- [ ] Write a cheat sheet (30 min)\n" in export_plan(
        imported
    )  # it is the plan's own now
    PlanFile.objects.get(plan=imported).boxes.get(task__title__startswith="Derive")


def test_gone_boxes_are_taken_off_where_that_is_chosen(
    alice_client: Client, imported: Plan
) -> None:
    gone = task_of(imported, "Write a cheat sheet")
    text = changed(("- [ ] Write a cheat sheet\n", ""))
    assert read_again(alice_client, imported, text, take=[f"gone-{gone.pk}"]).status_code == 303
    gone.refresh_from_db()
    assert gone.deleted_at is not None
    assert export_plan(imported) == text


def test_what_was_deleted_here_does_not_come_back(alice_client: Client, imported: Plan) -> None:
    changes.delete(task_of(imported, "Write a cheat sheet"), TODAY)
    imported.refresh_from_db()
    page = body(compared(alice_client, imported, TEXT))
    assert (
        "1 box of the file belongs to a task that you took off the plan here. It stays off." in page
    )
    read_again(alice_client, imported, TEXT)
    assert imported.tasks.filter(title="Write a cheat sheet").count() == 1
    assert "Write a cheat sheet" not in export_plan(imported)


def test_the_plans_own_export_reads_again_without_a_difference(
    alice: Any, alice_client: Client, imported: Plan
) -> None:
    task = task_of(imported, "Derive")
    work.tick(alice, task.pk, TODAY)
    Task.objects.filter(pk=task_of(imported, "Review").pk).update(title="Review *all* of it")
    text = export_plan(imported)
    assert "The file and the plan say the same." in body(compared(alice_client, imported, text))


def test_new_weeks_and_days_are_made(alice_client: Client, imported: Plan) -> None:
    text = f"{TEXT}\n### Week 13: Rest\n\n**Day 1: Sleep** (2026-11-10)\nBring a pillow.\n- [x] Sleep (60 min)\n"
    assert read_again(alice_client, imported, text).status_code == 303
    week = imported.weeks.get(label="Week 13")
    assert (week.number, week.title, week.phase) == (3, "Rest", "Phase 2: Depth")
    day = PlanDay.objects.get(week=week)
    assert (day.title, day.notes) == ("Day 1: Sleep", "Bring a pillow.")
    task = task_of(imported, "Sleep")
    assert (task.status, task.done_on, task.day) == ("done", dt.date(2026, 11, 10), day)
    assert list(Part.objects.filter(task=task).values_list("day", flat=True)) == [task.done_on]
    assert export_plan(imported) == text
    assert alice_client.get("/plan/").status_code == 200


def test_a_renamed_day_keeps_its_tasks_and_a_box_moves_with_the_file(
    alice_client: Client, imported: Plan
) -> None:
    text = changed(
        ("**Day 2: Forests 🌲 and the Gini index γ**", "**Day 2: Forests**"),
        ("- [ ] Write a cheat sheet\n", ""),
        ("* [ ] Review attention\n", "* [ ] Review attention\n* [ ] Write a cheat sheet\n"),
    )
    moved = task_of(imported, "Write a cheat sheet")
    page = body(compared(alice_client, imported, text))
    assert "differ in 1 place." in page
    assert "Move it" in page
    assert read_again(alice_client, imported, text).status_code == 303
    moved.refresh_from_db()
    assert moved.day == task_of(imported, "Review attention").day
    assert export_plan(imported) == text


def test_notes_of_boxes_and_days_follow(alice_client: Client, imported: Plan) -> None:
    text = changed(
        ("  - only NumPy\n", "  - NumPy and no pandas\n"),
        ("Knowledge Check: 86.5 %", "All went well."),
    )
    assert read_again(alice_client, imported, text).status_code == 303
    task = task_of(imported, "Implement CART")
    assert task.detail == "- NumPy and no pandas"
    assert "no pandas" in task.detail_html
    assert "All went well." in PlanDay.objects.get(title__startswith="Day 1:").notes
    (revision,) = Revision.objects.filter(kind="merge")
    undo(revision)
    task.refresh_from_db()
    assert task.detail == "- only NumPy"


def test_see_what_moves_stores_nothing(alice_client: Client, imported: Plan) -> None:
    text = changed(
        ("- [ ] Write a cheat sheet\n", "- [ ] Long one (5 hours)\n- [ ] Write a cheat sheet\n")
    )
    first = compared(alice_client, imported, text)
    assert "days later" in body(first)
    answer = alice_client.post(address(imported), fields(first) | {"look": "1", "take": []})
    assert answer.status_code == 200
    assert "days later" not in body(answer)
    assert not imported.tasks.filter(title="Long one").exists()


def test_a_plan_that_moved_on_is_shown_anew(alice_client: Client, imported: Plan) -> None:
    text = f"{TEXT}- [ ] Something else\n"
    data = fields(compared(alice_client, imported, text))
    changes.skip(task_of(imported, "Review"), "no time", TODAY)
    answer = alice_client.post(address(imported), data)
    assert answer.status_code == 409
    assert "The plan has changed since" in body(answer)
    assert not imported.tasks.filter(title="Something else").exists()
    assert alice_client.post(address(imported), fields(answer)).status_code == 303
    assert imported.tasks.filter(title="Something else").count() == 1


def test_a_running_timer_is_told(alice: Any, alice_client: Client, imported: Plan) -> None:
    task = task_of(imported, "Derive")
    Timer.objects.create(user=alice, task=task)
    text = f"{changed(('- [ ] Derive', '- [x] Derive'))}- [ ] Something else\n"
    answer = read_again(alice_client, imported, text)
    assert answer.status_code == 409
    assert "A timer runs on “Derive the variance of a bagged mean”. Stop it first." in body(answer)
    assert not imported.tasks.filter(title="Something else").exists()
    assert export_plan(imported) == TEXT


def test_bad_input(alice: Any, alice_client: Client, imported: Plan) -> None:
    there = address(imported)
    assert alice_client.post(there, sent("no boxes")).status_code == 422
    data = fields(compared(alice_client, imported, f"{TEXT}- [ ] Something else\n"))
    assert alice_client.post(there, data | {"reason": "x" * 301}).status_code == 422
    assert alice_client.post(there, data | {"kept": "x"}).status_code == 422
    assert alice_client.post(there, data | {"version": "x"}).status_code == 409
    assert alice_client.post(there, data | {"take": [f"gone-{uuid.uuid4()}"]}).status_code == 404
    alice.weekday_minutes = (0,) * 7
    alice.save()
    answer = alice_client.post(there, data)
    assert answer.status_code == 422
    assert "Set your hours first" in body(answer)
    assert not imported.tasks.filter(title="Something else").exists()


def test_strangers_and_ids_that_are_none(
    alice_client: Client, charlie_client: Client, imported: Plan
) -> None:
    for method in (charlie_client.get, charlie_client.post):
        assert method(address(imported)).status_code == 404
    assert alice_client.get(f"{PAGE}?plan=nonsense").status_code == 404
    assert alice_client.get(f"{PAGE}?plan={uuid.uuid4()}").status_code == 404
    Plan.objects.filter(pk=imported.pk).update(deleted_at="2026-11-18T00:00:00Z")
    assert alice_client.get(address(imported)).status_code == 404


def test_a_plan_from_a_roadmap_takes_its_edited_export_in(
    alice: Any, alice_client: Client, plan: Plan
) -> None:
    text = export_plan(plan).replace(
        "- [ ] Implement k-means (60 min)",
        "- [x] Implement k-means (60 min)\n- [ ] Own idea (20 min)",
    )
    assert read_again(alice_client, plan, text).status_code == 303
    assert plan.tasks.get(title="Implement k-means").status == "done"
    assert plan.tasks.get(title="Own idea").day == plan.tasks.get(title="Implement k-means").day
    assert plan.tasks.count() == 7
    assert export_plan(plan) == text


def test_queries_do_not_grow(alice: Any, alice_client: Client, now: Any) -> None:
    counts = []
    for many in (4, 80):
        text = "# P\n\n## Week 1\n" + "".join(
            f"\n### Day {n}\n- [ ] Task {n} of day\n- [ ] More {n}\n" for n in range(1, many)
        )
        plan = made(alice, text)
        other = text.replace("- [ ] More", "- [x] New\n- [ ] Renamed more").replace(
            "- [ ] Task", "- [x] Task"
        )
        with CaptureQueriesContext(connection) as queries:
            assert read_again(alice_client, plan, other).status_code == 303
        counts.append(sum(not each["sql"].startswith("INSERT") for each in queries))
    assert counts[1] <= counts[0] + 2, counts
