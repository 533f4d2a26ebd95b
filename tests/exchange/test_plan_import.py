"""A Markdown plan becomes weeks, days, tasks and dates; its ticks stay."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.checks.models import Check
from apps.dashboard.views import days_in_a_row
from apps.exchange.models import FileBox, PlanFile
from apps.exchange.plan_import import Unreadable, Wish, create_from, take_in, topics_named
from apps.exchange.plan_import_scores import add_results, results_of
from apps.library.models import SearchEntry, Topic
from apps.plans.layout import NoStudyTime
from apps.plans.models import Part, Plan, PlanDay, Revision, Task, Work
from apps.plans.work import tick, untick
from tests.conftest import TODAY
from tests.exchange.plan_texts import TEXT, made
from tests.mastery.factories import make_topic
from tests.plans.conftest import now, plan, roadmap, topic

__all__ = ["now", "plan", "roadmap", "topic"]
DONE_ON = dt.date(2026, 11, 2)


def test_weeks_days_and_tasks_are_those_of_the_text(alice: Any, now: Any) -> None:
    plan = made(alice)
    assert (plan.title, plan.state, plan.starts_on) == ("My interview plan", "active", TODAY)
    weeks = list(plan.weeks.all())
    assert [(week.number, week.name, week.title) for week in weeks] == [
        (1, "Week 1", "Trees"),
        (2, "Weeks 11-12", "Nets"),
    ]
    assert weeks[0].phase.startswith("Phase 1: Foundations")
    assert weeks[0].goal == "Know trees."
    days = PlanDay.objects.filter(week__plan=plan).order_by("week__number", "position")
    assert [day.title for day in days] == [
        "Day 1: Decision trees",
        "Day 2: Forests 🌲 and the Gini index γ",
        "Days 1-2: Attention",
    ]
    rows = plan.tasks.order_by("position").values_list("title", "kind", "minutes", "status")
    assert list(rows) == [
        ("Read chapter 8", "read", 45, "done"),
        ("Implement CART from scratch", "code", 25, "done"),
        ("Test it on iris", "read", 25, "done"),
        ("Watch a video: https://example.com/trees (optional)", "watch", 25, "todo"),
        ("Derive the variance of a bagged mean", "derive", 30, "todo"),
        ("Write a cheat sheet", "write", 30, "todo"),
        ("Review attention", "read", 30, "todo"),
        ("Mock interview", "mock", 90, "todo"),
    ]


def test_what_stands_with_a_box_comes_along(alice: Any, now: Any) -> None:
    plan = made(alice)
    cart = plan.tasks.get(title__startswith="Implement CART")
    assert cart.detail == "- only NumPy"
    assert '<li dir="auto">only NumPy</li>' in cart.detail_html
    video = plan.tasks.get(kind="watch")
    assert video.priority == "optional"
    assert [(link["url"], link["site"]) for link in video.links] == [
        ("https://example.com/trees", "example.com")
    ]
    day = PlanDay.objects.get(title__startswith="Day 1:")
    assert "Knowledge Check: 86.5 %" in day.notes
    assert "86.5" in day.notes_html


def test_ticks_carry_the_files_date_and_no_minutes(alice: Any, now: Any) -> None:
    plan = made(alice)
    done = plan.tasks.filter(status="done")
    assert {task.done_on for task in done} == {DONE_ON}
    assert {task.done_at for task in done} == {None}
    parts = Part.objects.filter(task__in=done).order_by("task__position")
    assert list(parts.values_list("day", "minutes", "of")) == [
        (DONE_ON, 45, 1),
        (DONE_ON, 25, 1),
        (DONE_ON, 25, 1),
    ]
    assert not Work.objects.exists()


def test_a_tick_without_a_date_has_none_and_shows_on_no_day(
    alice: Any, alice_client: Client, now: Any
) -> None:
    plan = made(alice, "# P\n\n## Week 1\n\n- [x] Long done\n- [ ] Still open\n")
    done, open_ = plan.tasks.order_by("position")
    assert (done.status, done.done_on, done.first_planned_on) == ("done", None, None)
    assert not done.parts.exists()
    assert "Still open" in (today := alice_client.get("/today/").content.decode())
    assert "Long done" not in today
    assert "1 of 2 tasks done" in alice_client.get("/plan/").content.decode()
    assert alice_client.get(f"/tasks/{done.pk}/").status_code == 200
    assert open_.first_planned_on == TODAY


def test_a_tick_of_the_future_has_no_date_and_is_told(alice: Any, now: Any) -> None:
    text = "# P\n\n## Week 1\n\n### Day 1 (2026-12-24)\n- [x] A\n- [ ] B\n"
    incoming = take_in(text, TODAY)
    assert [str(each) for each in incoming.warnings] == [
        "line 6: 2026-12-24 is still to come, so the tick has no date"
    ]
    plan = made(alice, text)
    assert plan.tasks.get(title="A").done_on is None


def test_open_work_is_laid_out_from_the_start_and_done_work_uses_its_day_up(
    alice: Any, now: Any
) -> None:
    text = f"# P\n\n## Week 1\n\n### Day 1 ({TODAY})\n- [x] A (40 min)\n- [ ] B (30 min)\n- [ ] C (45 min)\n"
    plan = made(alice, text)
    parts = Part.objects.filter(plan=plan).order_by("day", "task__position")
    tomorrow = TODAY + dt.timedelta(days=1)
    assert list(parts.values_list("task__title", "day", "minutes")) == [
        ("A", TODAY, 40),
        ("B", TODAY, 15),
        ("B", tomorrow, 15),
        ("C", tomorrow, 45),
    ]
    assert {part.so_far for part in parts.filter(task__title="B")} == {15, 30}


def test_the_streak_counts_the_days_of_the_file(alice: Any, now: Any) -> None:
    yesterday = TODAY - dt.timedelta(days=1)
    made(alice, f"# P\n\n## Week 1\n\n### Day 1 ({yesterday})\n- [x] A\n- [ ] B\n")
    assert days_in_a_row(alice, TODAY) == 1


def test_the_former_plan_is_paused_and_the_making_is_logged(
    alice: Any, plan: Plan, now: Any
) -> None:
    new = made(alice)
    plan.refresh_from_db()
    assert (plan.state, new.state) == ("paused", "active")
    (revision,) = new.revisions.all()
    assert (revision.kind, revision.what) == (Revision.Kind.CREATE, "Plan read from “plan.md”")
    assert revision.after["tasks"] == 8


def test_the_file_and_its_boxes_are_kept(alice: Any, now: Any) -> None:
    plan = made(alice)
    file = PlanFile.objects.get(plan=plan)
    assert (file.text, file.name) == (TEXT, "plan.md")
    lines = TEXT.split("\n")
    for box in FileBox.objects.select_related("task"):
        assert box.title == box.task.title
        assert box.title.split(":")[0] in lines[box.line]
    assert file.boxes.count() == 8


def test_the_same_id_makes_no_second_plan_and_a_strangers_is_refused(
    alice: Any, charlie: Any, now: Any
) -> None:
    first = made(alice)
    incoming = take_in(TEXT, TODAY)
    wish = Wish(title="x", starts_on=TODAY, today=TODAY, plan_id=first.pk)
    again = create_from(alice, incoming, wish)
    assert (again.plan, again.is_new) == (first, False)
    with pytest.raises(Plan.DoesNotExist):
        create_from(charlie, incoming, wish)
    assert Plan.objects.count() == 1


def test_nothing_is_left_where_there_is_no_time(alice: Any, now: Any) -> None:
    alice.weekday_minutes = (0,) * 7
    alice.save()
    with pytest.raises(NoStudyTime):
        made(alice)
    assert not Plan.objects.exists()
    all_done = TEXT.replace("[ ]", "[x]")
    assert made(alice, all_done).tasks.filter(status="done").count() == 8


def test_a_text_without_boxes_and_one_with_too_many_are_refused() -> None:
    with pytest.raises(Unreadable, match="no box"):
        take_in("# Only words\n\nand more", TODAY)
    with pytest.raises(Unreadable, match="5,001 boxes"):
        take_in("- [ ] a\n" * 5_001, TODAY)


def test_skipped_boxes_are_skipped_and_not_laid_out(alice: Any, now: Any) -> None:
    plan = made(alice, "# P\n\n## Week 1\n\n- [ ] A - skipped\n- [ ] B\n")
    skipped = plan.tasks.get(status="skipped")
    assert skipped.skip_reason == "The file says so."
    assert not skipped.parts.exists()


def test_topics_that_titles_name_are_linked(alice: Any, charlie: Any, now: Any) -> None:
    attention = make_topic("attention", title="Attention")
    trees = make_topic("decision-tree", title="Cheat sheets", owner=alice, in_scope=False)
    theirs = make_topic("chapter-eight", title="Chapter 8", owner=charlie)
    incoming = take_in(TEXT, TODAY)
    topics = topics_named(alice, incoming.tasks)
    plan = made(alice, topics=topics)
    linked = Task.topics.through.objects.filter(task__plan=plan)
    assert set(linked.values_list("task__title", "topic")) == {
        ("Review attention", attention.pk),
        ("Write a cheat sheet", trees.pk),
    }
    assert not Task.topics.through.objects.filter(topic=theirs).exists()
    assert Topic.objects.get(pk=trees.pk).in_scope  # what is planned counts


def test_results_go_into_the_log_once(alice: Any, now: Any) -> None:
    said = take_in(TEXT, TODAY).said
    found = results_of(alice, said, TODAY)
    assert [(each.day, str(each.percent)) for each in found.new] == [(DONE_ON, "86.5")]
    made(alice, results=found.new)
    check = Check.objects.get()
    assert (check.kind, check.day, str(check.said_total)) == ("logged", DONE_ON, "86.5")
    assert "Knowledge Check" in check.note
    assert SearchEntry.objects.filter(key=str(check.pk)).exists()
    again = results_of(alice, said, TODAY)
    assert (again.new, again.there) == ([], 1)
    made(alice, results=found.new)
    assert Check.objects.count() == 1


def test_results_of_the_future_or_without_a_date_stay_out(alice: Any, now: Any) -> None:
    text = (
        "# P\n\n## Week 1\n\n### Day 1 (2026-12-24)\n- [ ] A\n\nKnowledge Check: 92.0 %\n\n"
        "### Day 2\n- [ ] B\n\nKnowledge Check: 93.0 %\n"
    )
    found = results_of(alice, take_in(text, TODAY).said, TODAY)
    assert (list(found.new), found.undated) == ([], 2)
    assert add_results(alice, found.new, made(alice, text)) == 0


def test_ticks_of_the_file_can_be_taken_back_and_set(alice: Any, now: Any) -> None:
    plan = made(alice)
    task = plan.tasks.get(title="Read chapter 8")
    untick(alice, task.pk)
    task.refresh_from_db()
    assert (task.status, task.done_on) == ("todo", None)
    tick(alice, task.pk, TODAY)
    assert Work.objects.get(task=task).minutes == 45


def test_a_tick_without_a_date_that_is_taken_back_is_planned_again(alice: Any, now: Any) -> None:
    plan = made(alice, "# P\n\n- [x] Read chapter 8 (90 min)\n- [ ] Review attention (45 min)\n")
    task, other = plan.tasks.order_by("position")
    assert (task.done_on, task.parts.count()) == (None, 0)
    untick(alice, task.pk)
    parts = [(part.day, part.minutes) for part in task.parts.order_by("number")]
    tomorrow = TODAY + dt.timedelta(days=1)
    assert parts == [(TODAY, 15), (tomorrow, 60), (tomorrow + dt.timedelta(days=1), 15)]
    assert list(other.parts.values_list("day", "minutes")) == [(TODAY, 45)]
    untick(alice, task.pk)
    assert task.parts.count() == 3
    tick(alice, task.pk, TODAY)
    untick(alice, task.pk)
    assert [(part.day, part.minutes) for part in task.parts.order_by("number")] == parts


def test_queries_do_not_grow_with_the_boxes(alice: Any, now: Any) -> None:
    counts = []
    for many in (5, 240):
        text = "# P\n\n## Week 1\n" + "".join(
            f"\n### Day {n}\n- [x] Done {n}\n- [ ] Open {n}\n" for n in range(1, many)
        )
        with CaptureQueriesContext(connection) as queries:
            incoming = take_in(text, TODAY)
            create_from(alice, incoming, Wish(title="P", starts_on=TODAY, today=TODAY))
        # SQLite takes few values at a time, so that many rows are several inserts there.
        counts.append(sum(not each["sql"].startswith("INSERT") for each in queries))
    assert counts[1] <= counts[0] + 2  # the second one pauses the first
