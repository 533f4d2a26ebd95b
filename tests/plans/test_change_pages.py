"""The pages of the changes: what they ask, show and do, for the right learner only."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.library.models import Topic
from apps.plans import changes, work
from apps.plans.models import Plan, PlanDay, Revision, Task
from tests.conftest import TODAY
from tests.plans.test_queries import grow

DAY = dt.timedelta(days=1)
ASKED = {  # what each page asks for, beside what it is about
    "extend": {"days": "3"},
    "week": {"week": "second"},
    "next": {},
    "pin": {"on": str(TODAY + 3 * DAY)},
    "unpin": {},
    "split": {"first": "10"},
    "leave-out": {},
    "drop": {},
}
KIND = {
    "extend": "extend",
    "week": "defer",
    "next": "pull",
    "pin": "pin",
    "unpin": "unpin",
    "split": "split",
    "leave-out": "leave_out",
    "drop": "drop",
}


def text(answer: Any) -> str:
    return str(answer.content.decode())


def address(what: str) -> str:
    return f"/plan/change/{what}/"


def asked(plan: Plan, what: str) -> dict[str, str]:
    """What is typed on the page."""
    second = str(plan.weeks.get(number=2).pk)
    return {name: second if name == "week" else value for name, value in ASKED[what].items()}


def days_of(plan: Plan, key: str) -> list[dt.date]:
    return list(plan.tasks.get(key=key).parts.order_by("number").values_list("day", flat=True))


@pytest.mark.parametrize("what", ASKED)
def test_a_task_is_changed_after_its_dates_were_shown(
    alice_client: Client, plan: Plan, what: str
) -> None:
    task = plan.tasks.get(key="code-knn")
    if what == "unpin":
        changes.move(task, TODAY + 3 * DAY, TODAY)
    plan.refresh_from_db()
    data = {"task": str(task.pk), **asked(plan, what)}
    seen = alice_client.get(address(what), data)
    assert seen.status_code == 200
    assert 'name="apply"' in text(seen)
    assert f'name="version" value="{plan.version}"' in text(seen)
    assert f'name="task" value="{task.pk}"' in text(seen)
    count = plan.revisions.count()
    done = alice_client.post(address(what), data | {"apply": "1", "version": plan.version})
    assert (done.status_code, plan.revisions.count()) == (303, count + 1)
    revision = plan.revisions.first()
    assert revision
    assert revision.kind == KIND[what]
    page = text(alice_client.get("/plan/"))
    assert revision.what.split("“")[0].strip() in page
    assert f"/plan/history/{revision.pk}/undo/" in page


@pytest.mark.parametrize("what", [each for each in ASKED if each not in ("unpin", "split")])
def test_a_day_is_changed_with_a_reason(alice_client: Client, plan: Plan, what: str) -> None:
    day = plan.tasks.get(key="kmeans").day
    data = {"day": str(day.pk), **asked(plan, what)}
    assert "takes 1 study day now, 1 h." in text(alice_client.get(address(what), data))
    send = data | {"apply": "1", "version": plan.version}
    unsaid = alice_client.post(address(what), send)
    assert unsaid.status_code == 422
    assert "Say in a few words why" in text(unsaid)
    assert 'name="apply"' in text(unsaid)
    assert not plan.revisions.filter(kind=KIND[what]).exists()
    why = {"reason": "82 % unknown", "prompted_by": "assessment: LLM systems 18 %"}
    assert alice_client.post(address(what), send | why).status_code == 303
    revision = plan.revisions.get(kind=KIND[what])
    assert (revision.reason, revision.prompted_by) == tuple(why.values())


def test_extending_says_what_it_takes_now_and_then(alice_client: Client, plan: Plan) -> None:
    day = plan.tasks.get(key="kmeans").day
    page = text(alice_client.get(address("extend"), {"day": str(day.pk)}))
    assert "It takes 1 study day now, 1 h." in page
    assert 'name="apply"' not in page
    page = text(alice_client.get(address("extend"), {"day": str(day.pk), "days": "5"}))
    assert "Extended “Day 1 of week 1” from 1 to 5 study days" in page
    assert "Open work: 4 h now, 8 h then" in page
    assert "The plan would end 4 days later" in page


def test_a_topic_is_extended_with_all_its_open_tasks(
    alice_client: Client, alice: Any, plan: Plan, topic: Topic
) -> None:
    work.tick(alice, plan.tasks.get(key="read-adam").pk, TODAY)
    assert f"/plan/change/extend/?topic={topic.pk}" in text(
        alice_client.get(topic.get_absolute_url())
    )
    other = plan.tasks.get(key="sheet")
    other.topics.clear()
    data = {"topic": str(topic.pk), "days": "6"}
    page = text(alice_client.get(address("extend"), data))
    assert "Extended “K-nearest neighbours” from 4 to 6 study days" in page
    plan.refresh_from_db()
    send = data | {"apply": "1", "version": plan.version, "reason": "Unknown"}
    assert alice_client.post(address("extend"), send)["Location"] == "/plan/"
    other.refresh_from_db()
    assert other.minutes == 30
    assert plan.tasks.get(key="read-adam").minutes == 20
    assert plan.tasks.get(key="kmeans").minutes > 60


def test_a_day_is_pulled_forward_to_an_earlier_week(alice_client: Client, plan: Plan) -> None:
    day = plan.tasks.get(key="zero").day
    first = plan.weeks.get(number=1)
    form = text(alice_client.get(address("week"), {"day": str(day.pk)}))
    assert "Earlier weeks: it is pulled forward" in form
    assert "Week 1: Week 1 title, 18 Nov to 19 Nov" in form
    assert "Later weeks" not in form
    data = {"day": str(day.pk), "week": str(first.pk), "reason": "Asked for next week"}
    send = data | {"apply": "1", "version": plan.version}
    answer = alice_client.post(address("week"), send)
    assert answer["Location"] == f"/plan/?week={day.week_id}#week-{day.week_id}"
    assert plan.revisions.first().kind == "pull"  # type: ignore[union-attr] # one was just made
    assert days_of(plan, "zero")[0] == TODAY
    assert plan.tasks.get(key="zero").day.week == first


def test_what_cannot_move_is_said(alice_client: Client, alice: Any, plan: Plan) -> None:
    task = plan.tasks.get(key="kmeans")
    work.tick(alice, task.pk, TODAY)
    for what in ("extend", "week", "next", "pin", "split", "drop"):
        target = {"task": str(task.pk)} if what == "split" else {"day": str(task.day_id)}
        answer = alice_client.get(address(what), {**target, **asked(plan, what)})
        assert answer.status_code == 422, what
        assert "Nothing there can move: it is finished, skipped or pinned." in text(answer)
        assert 'name="apply"' not in text(answer)
    left = alice_client.get(address("leave-out"), {"day": str(task.day_id)})
    assert "Nothing there is open." in text(left)


@pytest.mark.parametrize(
    ("what", "typed", "message"),
    [
        ("extend", {"days": "0"}, "At least 1 study day."),
        ("extend", {"days": "31"}, "At most 30 study days."),
        ("extend", {"days": "two"}, "Days are a whole number."),
        ("extend", {"days": "9" * 5000}, "Days are a whole number."),
        ("week", {"week": "x"}, "That week is not in this plan."),
        ("week", {"week": str(uuid.uuid4())}, "That week is not in this plan."),
        ("pin", {"on": "2026-02-31"}, "That is not a date."),
        ("pin", {"on": "2026-11-01"}, "That day is in the past."),
        ("pin", {"on": "9999-12-31"}, "more than two years ahead"),
        ("split", {"first": "28"}, "Both halves need 5 minutes or more"),
        ("split", {"first": "10", "title": "x" * 201}, "At most 200 characters."),
        ("extend", {"days": "3", "reason": "x" * 301}, "At most 300 characters."),
    ],
)
def test_bad_input_is_said_and_kept(
    alice_client: Client, plan: Plan, what: str, typed: dict[str, str], message: str
) -> None:
    task = plan.tasks.get(key="code-knn")
    send = {"task": task.pk, "apply": "1", "version": plan.version, **typed}
    before = plan.revisions.count()
    answer = alice_client.post(address(what), send)
    assert answer.status_code == 422
    assert message in text(answer)
    if len(next(iter(typed.values()))) < 50 and what != "week":
        assert f'value="{next(iter(typed.values()))}"' in text(answer)
    assert plan.revisions.count() == before


def test_anothers_things_are_404(
    alice_client: Client, charlie_client: Client, plan: Plan, charlie: Any, topic: Topic
) -> None:
    task = plan.tasks.get(key="kmeans")
    theirs = Topic.objects.create(slug="theirs", title="Theirs", area=topic.area, owner=charlie)
    wanted: list[tuple[Client, dict[str, Any]]] = [
        (charlie_client, {"task": str(task.pk)}),
        (charlie_client, {"day": str(task.day_id)}),
        (alice_client, {"task": uuid.uuid4()}),
        (alice_client, {"task": "x"}),
        (alice_client, {}),
    ]
    count = Revision.objects.count()
    for what in ASKED:
        for client, target in wanted:
            send = {**target, **asked(plan, what), "apply": "1", "version": plan.version}
            for answer in (client.get(address(what), send), client.post(address(what), send)):
                assert answer.status_code == 404, (what, target)
        assert alice_client.put(address(what)).status_code == 405
    for client, key in ((alice_client, theirs.pk), (charlie_client, topic.pk)):
        assert client.get(address("extend"), {"topic": str(key), "days": "3"}).status_code == 404
    assert charlie_client.get("/plan/change/branch/").status_code == 404
    assert Revision.objects.count() == count


def test_a_week_of_another_plan_is_no_choice(
    alice_client: Client, charlie: Any, plan: Plan, roadmap: Any
) -> None:
    from apps.plans.build import create_plan

    other = create_plan(charlie, roadmap, TODAY, TODAY).weeks.get(number=2)
    data = {"task": plan.tasks.get(key="kmeans").pk, "week": other.pk}
    answer = alice_client.post(address("week"), data | {"apply": "1", "version": plan.version})
    assert answer.status_code == 422


def test_the_second_of_two_tabs_is_shown_what_it_would_do_now(
    alice_client: Client, plan: Plan
) -> None:
    day = plan.tasks.get(key="kmeans").day_id
    shown = plan.version
    first = {"day": day, "days": "3", "reason": "First tab", "apply": "1", "version": shown}
    assert alice_client.post(address("extend"), first).status_code == 303
    second = alice_client.post(address("extend"), first | {"days": "4", "reason": "Second tab"})
    assert second.status_code == 409
    page = text(second)
    assert "The plan has changed since this was shown" in page
    assert "from 3 to 4 study days" in page
    assert 'value="Second tab"' in page
    assert f'name="version" value="{shown + 1}"' in page
    assert plan.revisions.filter(kind="extend").count() == 1


def test_next_leads_back_and_stays_on_this_site(alice_client: Client, task: Task) -> None:
    data = {"task": task.pk, "days": "2", "apply": "1", "version": task.plan.version}
    for said, to in (("/today/", "/today/"), ("https://evil.example/", f"/tasks/{task.pk}/")):
        task.plan.refresh_from_db()
        send = data | {"next": said, "version": task.plan.version}
        assert alice_client.post(address("extend"), send)["Location"] == to
        data["days"] = "3"


def test_the_menus_lead_to_the_changes(
    alice_client: Client, htmx: Any, plan: Plan, alice: Any
) -> None:
    task = plan.tasks.get(key="kmeans")
    page = text(alice_client.get("/plan/"))
    for what in ("extend", "week", "leave-out", "drop"):
        assert f"/plan/change/{what}/?day={task.day_id}" in page
    panel = text(alice_client.get(f"/tasks/{task.pk}/"))
    for what in ("next", "week", "pin", "split", "extend"):
        assert f"/plan/change/{what}/?task={task.pk}&amp;next=%2Ftoday%2F" in panel
    changes.move(task, TODAY + DAY, TODAY)
    assert f"/plan/change/unpin/?task={task.pk}" in text(alice_client.get(f"/tasks/{task.pk}/"))
    work.tick(alice, task.pk, TODAY)
    assert f"?day={task.day_id}" not in text(alice_client.get("/plan/"))
    assert "/plan/change/" not in text(alice_client.get(f"/tasks/{task.pk}/"))


BRANCH = {
    "title": "Retrieval in depth",
    "tasks": "Read the survey | 45\r\n\r\nBuild a small index | 60\r\nWrite it up",
    "reason": "Asked for in the job's advert",
}


def branch_form(client: Client, plan: Plan) -> dict[str, Any]:
    """Open the form, which gets a key, and fill it in."""
    where = client.get(address("branch"))["Location"]
    key = where.partition("key=")[2]
    assert key in text(client.get(where))
    week = plan.weeks.get(number=1)
    return BRANCH | {"key": key, "after": str(week.pk), "version": plan.version, "apply": "1"}


def test_a_branch_comes_after_its_week(alice_client: Client, plan: Plan) -> None:
    data = branch_form(alice_client, plan)
    assert alice_client.post(address("branch"), data).status_code == 303
    day = PlanDay.objects.get(title="Retrieval in depth")
    rows = list(day.tasks.order_by("position").values_list("title", "minutes", "status"))
    assert rows == [
        ("Read the survey", 45, "todo"),
        ("Build a small index", 60, "todo"),
        ("Write it up", 30, "todo"),
    ]
    assert (day.week.number, day.position) == (1, 2)
    order = list(plan.tasks.order_by("position").values_list("title", flat=True))
    assert order.index("Implement k-means") < order.index("Read the survey")
    assert order.index("Write it up") < order.index("Read the ZeRO paper")
    assert days_of(plan, "zero")[0] == TODAY + 4 * DAY
    revision = plan.revisions.get(kind="branch")
    assert revision.what == "Added “Retrieval in depth” after Week 1"


def test_a_branch_is_shown_first_and_its_lines_are_checked(
    alice_client: Client, plan: Plan
) -> None:
    data = branch_form(alice_client, plan)
    del data["apply"]
    seen = alice_client.post(address("branch"), data)
    assert seen.status_code == 200
    assert "New (3)" in text(seen)
    bad = alice_client.post(address("branch"), data | {"tasks": "Fine | 20\nBad | many\n | 5"})
    assert bad.status_code == 422
    assert "Line 2:" in text(bad)
    assert "Line 3:" in text(bad)
    assert "Bad | many" in text(bad)
    for empty in ("title", "tasks", "after"):
        assert alice_client.post(address("branch"), data | {empty: ""}).status_code == 422
    assert not PlanDay.objects.filter(title="Retrieval in depth").exists()


def test_a_branch_is_added_once_and_again_after_undo(alice_client: Client, plan: Plan) -> None:
    data = branch_form(alice_client, plan)
    assert alice_client.post(address("branch"), data).status_code == 303
    plan.refresh_from_db()
    again = alice_client.post(address("branch"), data | {"version": plan.version})
    assert again.status_code == 422
    assert "This branch was added already." in text(again)
    revision = plan.revisions.get(kind="branch")
    alice_client.post(f"/plan/history/{revision.pk}/undo/")
    assert "Read the survey" not in text(alice_client.get("/plan/"))
    plan.refresh_from_db()
    back = alice_client.post(address("branch"), data | {"version": plan.version})
    assert back.status_code == 303
    assert text(alice_client.get("/plan/")).count("Retrieval in depth") >= 1
    live = PlanDay.objects.filter(title="Retrieval in depth", deleted_at=None)
    assert live.get().tasks.filter(deleted_at=None).count() == 3


def test_a_preview_takes_as_many_queries_however_many_tasks(
    alice_client: Client, plan: Plan
) -> None:
    day = plan.tasks.get(key="kmeans").day_id

    def look() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert (
                alice_client.get(address("extend"), {"day": str(day), "days": "3"}).status_code
                == 200
            )
        return len(captured)

    look()
    few = look()
    grow(plan, 8)
    assert look() == few
    assert few <= 12


def test_reflow_without_hours_says_where_to_set_them(
    alice_client: Client, alice: Any, plan: Plan
) -> None:
    from apps.accounts.models import WEEKDAYS

    for name in WEEKDAYS:
        setattr(alice, name, 0)
    alice.save()
    answer = alice_client.get("/plan/reflow/")
    assert answer.status_code == 422
    assert "No weekday has any minutes" in text(answer)
    assert "/settings/hours/" in text(answer)


def test_reflow_with_nothing_to_move_offers_the_way_back(alice_client: Client, plan: Plan) -> None:
    page = text(alice_client.get("/plan/reflow/"))
    assert "No date would move." in page
    assert 'name="apply"' not in page
