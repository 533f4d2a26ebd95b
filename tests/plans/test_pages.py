"""Today, Week, Plan, history, re-flow, hours: what the pages say."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.library.models import Topic
from apps.plans import changes, work
from apps.plans.agenda import topics_of
from apps.plans.models import Criterion, DayLog, Plan, PlanDay, Revision, Task
from tests.conftest import TODAY


def text(answer: Any) -> str:
    return answer.content.decode()


def test_today_shows_sessions_in_order(alice_client: Client, plan: Plan) -> None:
    page = text(alice_client.get("/today/"))
    places = [page.index(f"<h2>{name}</h2>") for name in ("Study", "Practice", "Knowledge check")]
    assert places == sorted(places)
    assert "Wednesday, 18 November" in page
    assert "Day 0 of week 1" in page
    assert "0 of 60 min" in page
    assert "Can explain it" in page


def test_what_was_not_done_is_carried_over_first_with_its_date(
    alice_client: Client, alice: Any, now: Any, plan: Plan, task: Task
) -> None:
    work.tick(alice, task.pk, TODAY)
    now.shift(86_400)
    page = text(alice_client.get("/today/"))
    assert page.index("Carried over") < page.index("Implement k-nearest") < page.index("k-means")
    assert page.count("from Wed 18") == 2
    assert "Read about Adam" not in page
    assert "0 of 100 min" in page
    late = plan.tasks.get(key="code-knn")
    work.tick(alice, late.pk, TODAY + dt.timedelta(days=1))
    page = text(alice_client.get("/today/"))
    assert "30 of 100 min" in page
    assert "Implement k-nearest" in page


def test_a_divided_task_is_late_only_after_its_last_part(
    alice_client: Client, alice: Any, now: Any, plan: Plan
) -> None:
    for key in ("read-adam", "code-knn", "check-1", "kmeans"):
        work.tick(alice, plan.tasks.get(key=key).pk, TODAY)
    now.shift(3 * 86_400)
    page = text(alice_client.get("/today/"))
    assert "part 2 of 2" in page
    assert "Carried over" not in page
    now.shift(86_400)
    assert "from Sat 21" in text(alice_client.get("/today/"))


def test_minutes_spent_finish_a_part(
    alice_client: Client, alice: Any, now: Any, plan: Plan
) -> None:
    now.shift(2 * 86_400)
    work.log_minutes(alice, plan.tasks.get(key="zero").pk, 60, TODAY + dt.timedelta(days=2))
    page = text(alice_client.get("/week/2026-11-20/"))
    assert "60 of 60 min" in page


def test_done_ahead_counts_today(alice_client: Client, alice: Any, plan: Plan) -> None:
    work.tick(alice, plan.tasks.get(key="kmeans").pk, TODAY)
    page = text(alice_client.get("/today/"))
    assert "Done ahead of its day" in page
    assert "60 of 120 min" in page


def test_without_a_plan_the_pages_say_what_to_do(alice_client: Client) -> None:
    for address in ("/today/", "/plan/", "/week/2026-11-18/", "/plans/"):
        page = text(alice_client.get(address))
        assert "/plan/new/" in page, address
    assert alice_client.get("/plan/history/").status_code == 302
    assert alice_client.get("/plan/reflow/")["Location"] == "/plan/"
    assert alice_client.get("/plan/tasks/add/")["Location"] == "/plan/"


def test_a_day_without_work_names_the_next_one(
    alice_client: Client, alice: Any, now: Any, plan: Plan
) -> None:
    for task in plan.tasks.all():
        changes.move(task, TODAY + dt.timedelta(days=5), TODAY)
    page = text(alice_client.get("/today/"))
    assert "Nothing is planned for today" in page
    assert "Monday, 23 November" in page


def test_the_week_has_seven_days_and_totals(alice_client: Client, plan: Plan) -> None:
    page = text(alice_client.get("/week/2026-11-18/"))
    assert page.count('class="day-column') == 7
    assert "Monday, 16 November" in page
    assert "0 of 60 min" in page
    assert "part 1 of 2" in page
    assert "4 h" in page
    assert text(alice_client.get("/week/2026-11-16/")).count('class="day-column') == 7


@pytest.mark.parametrize("day", ["2026-02-31", "2026-13-01", "today", "20261118", "1500-01-01"])
def test_a_week_of_no_day_is_404(alice_client: Client, plan: Plan, day: str) -> None:
    assert alice_client.get(f"/week/{day}/").status_code == 404


def test_an_overfull_day_is_shown(alice_client: Client, plan: Plan) -> None:
    changes.move(plan.tasks.get(key="kmeans"), TODAY, TODAY)
    page = text(alice_client.get("/week/2026-11-18/"))
    assert "60 min available" in page
    assert "pinned" in page


def test_a_break_is_named_in_the_week(alice_client: Client, alice: Any, plan: Plan) -> None:
    alice.breaks.create(first_day=TODAY, last_day=TODAY, label="Wedding")
    assert "Wedding" in text(alice_client.get("/week/2026-11-18/"))


def test_a_tick_in_the_week_moves_both_totals(htmx: Any, plan: Plan) -> None:
    task = plan.tasks.get(key="zero")
    page = text(htmx(f"/tasks/{task.pk}/tick/", {"done": "1", "page": "week 2026-11-16"}))
    assert page.count("data-task") == 2  # both of its parts
    assert page.count('hx-swap-oob="true"') >= 5
    assert "1 h 30 of 4 h" in page


def test_the_plan_shows_all_weeks_and_opens_the_current_one(
    alice_client: Client, alice: Any, plan: Plan, task: Task
) -> None:
    work.tick(alice, task.pk, TODAY)
    page = text(alice_client.get("/plan/"))
    assert "Foundations" in page
    assert "1 of 6 tasks done, 20 min of 4 h" in page
    assert page.count('<details class="plan-week"') == 2
    assert "Read about Adam" in page
    assert "Read the ZeRO paper" not in page
    second = plan.weeks.get(number=2)
    assert "Read the ZeRO paper" in text(alice_client.get(f"/plan/?week={second.pk}"))


def test_a_week_of_the_plan_as_a_fragment(
    alice_client: Client, charlie_client: Client, plan: Plan
) -> None:
    week = plan.weeks.get(number=2)
    address = f"/plan/weeks/{week.pk}/"
    page = text(alice_client.get(address, headers={"HX-Request": "true"}))
    assert "Read the ZeRO paper" in page
    assert "<html" not in page
    assert alice_client.get(address)["Location"].startswith("/plan/?week=")
    assert charlie_client.get(address).status_code == 404
    assert alice_client.get(f"/plan/weeks/{uuid.uuid4()}/").status_code == 404
    assert alice_client.post(address).status_code == 405


def test_a_tick_on_the_plan_moves_the_weeks_bar(htmx: Any, plan: Plan, task: Task) -> None:
    week = plan.weeks.get(number=1)
    page = text(htmx(f"/tasks/{task.pk}/tick/", {"done": "1", "page": f"plan {week.pk}"}))
    assert f'id="line-{week.pk}" hx-swap-oob="true"' in page
    assert "16 percent" in page


def test_a_strangers_week_in_the_page_field_is_404(
    charlie_client: Client, charlie: Any, plan: Plan, roadmap: Any
) -> None:
    from apps.plans.build import create_plan

    mine = create_plan(charlie, roadmap, TODAY, TODAY).tasks.get(key="kmeans")
    theirs = plan.weeks.get(number=1)
    answer = charlie_client.post(
        f"/tasks/{mine.pk}/tick/",
        {"done": "1", "page": f"plan {theirs.pk}"},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 404


def test_criteria(alice_client: Client, charlie_client: Client, htmx: Any, plan: Plan) -> None:
    criterion = Criterion.objects.filter(plan=plan, day__isnull=False).first()
    assert criterion
    address = f"/criteria/{criterion.pk}/"
    assert charlie_client.post(address, {"met": "1"}).status_code == 404
    assert alice_client.get(address).status_code == 405
    assert alice_client.post(address, {"met": "x"}).status_code == 400
    assert 'aria-checked="true"' in text(htmx(address, {"met": "1"}))
    criterion.refresh_from_db()
    assert criterion.met_on == TODAY
    assert alice_client.post(address, {"met": "0"}).status_code == 302
    criterion.refresh_from_db()
    assert criterion.met_on is None


def test_what_was_learned_belongs_to_the_day(
    alice_client: Client, htmx: Any, alice: Any, plan: Plan
) -> None:
    data = {"learned": "Adam **corrects** bias", "result": "Fine", "seen_learned": ""}
    assert htmx("/day/2026-11-18/log/", data).status_code == 200
    log = DayLog.objects.get(user=alice)
    assert (log.day, log.result) == (TODAY, "Fine")
    assert "<strong>corrects</strong>" in log.learned_html
    other = htmx("/day/2026-11-18/log/", data | {"learned": "second tab"})
    assert other.status_code == 409
    assert "second tab" in text(other)
    assert "corrects" in text(other)
    assert alice_client.get("/day/2026-11-18/log/").status_code == 405
    for day in ("2026-11-19", "2026-02-31", "x"):
        assert alice_client.post(f"/day/{day}/log/", data).status_code == 404


def test_a_result_too_long_is_said_and_kept(alice_client: Client, plan: Plan) -> None:
    answer = alice_client.post(
        "/day/2026-11-18/log/", {"learned": "keep this", "result": "x" * 301}
    )
    assert answer.status_code == 422
    assert "301 characters; at most 300" in text(answer)
    assert "keep this" in text(answer)
    assert not DayLog.objects.exists()


def test_the_history_names_changes_and_undo(
    alice_client: Client, charlie_client: Client, plan: Plan, task: Task
) -> None:
    changes.skip(task, "Knew it", TODAY)
    page = text(alice_client.get("/plan/history/"))
    assert "Skipped “Read about Adam”" in page
    assert "Knew it" in page
    revision = Revision.objects.get(kind="skip")
    address = f"/plan/history/{revision.pk}/undo/"
    assert charlie_client.post(address).status_code == 404
    assert alice_client.get(address).status_code == 405
    assert alice_client.post(f"/plan/history/{uuid.uuid4()}/undo/").status_code == 404


def test_undo_says_what_depends_on_it(alice_client: Client, alice: Any, task: Task) -> None:
    first = changes.move(task, TODAY + dt.timedelta(days=2), TODAY)
    task.refresh_from_db()
    changes.move(task, TODAY + dt.timedelta(days=3), TODAY)
    assert first
    answer = alice_client.post(f"/plan/history/{first.pk}/undo/", follow=True)
    assert "A later change depends on it: Moved" in text(answer)
    assert task.parts.get().day == TODAY + dt.timedelta(days=3)


def test_undo_never_moves_finished_work(alice_client: Client, alice: Any, task: Task) -> None:
    revision = changes.move(task, TODAY + dt.timedelta(days=2), TODAY)
    work.tick(alice, task.pk, TODAY)
    assert revision
    answer = alice_client.post(f"/plan/history/{revision.pk}/undo/", follow=True)
    assert "has been finished since" in text(answer)
    assert task.parts.get().day == TODAY + dt.timedelta(days=2)


def test_undo_twice_says_so(alice_client: Client, task: Task) -> None:
    revision = changes.delete(task, TODAY)
    alice_client.post(f"/plan/history/{revision.pk}/undo/")
    answer = alice_client.post(f"/plan/history/{revision.pk}/undo/", follow=True)
    assert "undone already" in text(answer)


def test_reflow_is_shown_first_then_moves_what_is_open(
    alice_client: Client, alice: Any, now: Any, plan: Plan, task: Task
) -> None:
    work.tick(alice, task.pk, TODAY)
    pinned = plan.tasks.get(key="sheet")
    changes.move(pinned, TODAY + dt.timedelta(days=3), TODAY)
    now.shift(2 * 86_400)
    page = text(alice_client.get("/plan/reflow/"))
    assert "Implement k-means" in page
    assert "Write a cheat sheet" not in page
    plan.refresh_from_db()
    before = list(plan.parts.order_by("pk").values_list("task", "day", "minutes"))
    data = {"version": plan.version, "apply": "1"}
    unsaid = alice_client.post("/plan/reflow/", data)
    assert (unsaid.status_code, "Say in a few words why" in text(unsaid)) == (422, True)
    assert alice_client.post("/plan/reflow/", data | {"reason": "Ill"}).status_code == 303
    later = TODAY + dt.timedelta(days=2)
    assert task.parts.get().day == TODAY
    assert pinned.parts.get().day == TODAY + dt.timedelta(days=3)
    assert plan.tasks.get(key="code-knn").parts.get().day == later
    revision = Revision.objects.get(kind="reflow")
    assert revision.reason == "Ill"
    alice_client.post(f"/plan/history/{revision.pk}/undo/")
    after = list(plan.parts.order_by("pk").values_list("task", "day", "minutes"))
    assert sorted(before, key=str) == sorted(after, key=str)


def test_reflow_against_an_old_preview_shows_a_new_one(
    alice_client: Client, plan: Plan, task: Task
) -> None:
    changes.move(task, TODAY + dt.timedelta(days=2), TODAY)
    answer = alice_client.post("/plan/reflow/", {"version": "1", "apply": "1", "reason": "Ill"})
    assert answer.status_code == 409
    assert "The plan has changed since" in text(answer)
    assert 'name="version" value="2"' in text(answer)
    assert not Revision.objects.filter(kind="reflow").exists()


def test_reflow_places_minutes_left(alice: Any, alice_client: Client, now: Any, plan: Plan) -> None:
    zero = plan.tasks.get(key="zero")
    work.log_minutes(alice, zero.pk, 60, TODAY)
    alice_client.post(
        "/plan/reflow/", {"version": plan.version, "apply": "1", "reason": "Half of it is done"}
    )
    assert sum(part.minutes for part in zero.parts.all()) == 30


def test_several_plans_one_active(
    alice_client: Client, charlie_client: Client, alice: Any, plan: Plan, roadmap: Any
) -> None:
    from apps.plans.build import create_plan

    second = create_plan(alice, roadmap, TODAY, TODAY)
    assert charlie_client.post(f"/plans/{plan.pk}/activate/").status_code == 404
    alice_client.post(f"/plans/{plan.pk}/activate/")
    alice_client.post(f"/plans/{plan.pk}/activate/")
    states = dict(Plan.objects.values_list("pk", "state"))
    assert states == {plan.pk: "active", second.pk: "paused"}
    assert Revision.objects.filter(plan=plan, kind="state").count() == 2


def test_a_deleted_plan_comes_back_whole(
    alice_client: Client, charlie_client: Client, alice: Any, plan: Plan, task: Task
) -> None:
    work.tick(alice, task.pk, TODAY)
    assert charlie_client.post(f"/plans/{plan.pk}/delete/").status_code == 404
    page = text(alice_client.post(f"/plans/{plan.pk}/delete/", follow=True))
    assert f"/plans/{plan.pk}/restore/" in page
    assert alice_client.get(f"/tasks/{task.pk}/").status_code == 404
    alice_client.post(f"/plans/{plan.pk}/restore/")
    alice_client.post(f"/plans/{plan.pk}/activate/")
    assert "20 of 60 min" in text(alice_client.get("/today/"))


def test_a_streak_is_shown(alice_client: Client, alice: Any, plan: Plan, task: Task) -> None:
    for back in range(3):
        work.log_minutes(alice, task.pk, 5, TODAY - dt.timedelta(days=back))
    assert "3 study days in a row" in text(alice_client.get("/today/"))


def test_another_time_zone_has_another_today(
    alice_client: Client, alice: Any, now: Any, plan: Plan
) -> None:
    User.objects.filter(pk=alice.pk).update(time_zone="Pacific/Kiritimati")
    now.shift(2 * 3600)  # 11:00 UTC: tomorrow already in Kiritimati
    assert "Thursday, 19 November" in text(alice_client.get("/today/"))


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 97])
def test_topics_of_lists_of_any_length(plan: Plan, topic: Topic, count: int) -> None:
    day = PlanDay.objects.filter(week__plan=plan).first()
    tasks = Task.objects.bulk_create(
        Task(plan=plan, day=day, position=number, title="Read", minutes=10) for number in range(100)
    )
    for task in tasks:
        task.topics.add(topic)
    wanted = [task.pk for task in tasks[:count]]
    found = topics_of(wanted)
    assert list(found) == wanted
    assert {link.title for links in found.values() for link in links} <= {topic.title}
    assert all(len(links) == 1 for links in found.values())
