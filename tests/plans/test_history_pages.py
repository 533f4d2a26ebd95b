"""The log of revisions: what it says, how it is narrowed down, and what leads back."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.plans import bending, changes, work
from apps.plans.bends import ToWeek
from apps.plans.bends_extend import Extend
from apps.plans.models import Plan, Revision, Task
from tests.conftest import TODAY

DAY = dt.timedelta(days=1)
NOTE = "/plan/history/note/"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def log(client: Client, **asked: str) -> str:
    answer = client.get("/plan/history/", asked)
    assert answer.status_code == 200
    return text(answer)


def extend(plan: Plan, days: int = 3, **why: Any) -> Revision:
    keys = frozenset([plan.tasks.get(key="kmeans").pk])
    today = plan.starts_on
    revision = bending.apply(plan, plan.owner, today, Extend(keys, days), version=None, **why)
    assert revision
    return revision


@pytest.fixture
def story(now: Any, plan: Plan, task: Task) -> dict[str, Revision]:
    """A skip, then an extension with its reason, then, next month, a task put off."""
    skipped = changes.skip(task, "Knew it", TODAY)
    extended = extend(plan, reason="82 % unknown", prompted_by="assessment: LLM systems 18 %")
    later = dt.date(2026, 12, 2)
    now.move_to(f"{later}T09:00:00Z")
    bend = ToWeek(frozenset([plan.tasks.get(key="code-knn").pk]), plan.weeks.get(number=2).pk)
    deferred = bending.apply(plan, plan.owner, later, bend, version=None)
    assert skipped
    assert deferred
    return {"skipped": skipped, "extended": extended, "deferred": deferred}


def test_it_reads_as_a_log(alice_client: Client, story: dict[str, Revision]) -> None:
    page = log(alice_client)
    order = [
        "December 2026",
        "Wed 2",
        "Deferred “Implement k-nearest neighbours” to Week 2",
        "November 2026",
        "Wed 18",
        "Extended “Implement k-means” from 1 to 3 study days",
        "82 % unknown",
        "Prompted by: assessment: LLM systems 18 %",
        "3 tasks moved",
        "Skipped “Read about Adam”",
        "Knew it",
        "1 left out",
        "Plan made from",
    ]
    places = [page.index(each) for each in order]
    assert places == sorted(places)
    assert page.count("Wed 18") == 1


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({}, {"skipped", "extended", "deferred"}),
        ({"kind": "all"}, {"skipped", "extended", "deferred"}),
        ({"kind": "decisions"}, {"extended", "deferred"}),
        ({"kind": "tasks"}, {"skipped"}),
        ({"reason": "1"}, {"skipped", "extended"}),
        ({"kind": "decisions", "reason": "1"}, {"extended"}),
        ({"q": "llm SYSTEMS"}, {"extended"}),
        ({"q": "k-nearest"}, {"deferred"}),
        ({"q": "nothing like it"}, set()),
        ({"kind": "no such", "reason": "x"}, {"skipped", "extended", "deferred"}),
        ({"q": "\x00"}, {"skipped", "extended", "deferred"}),
    ],
)
def test_it_is_narrowed_down(
    alice_client: Client, story: dict[str, Revision], asked: dict[str, str], shown: set[str]
) -> None:
    page = log(alice_client, **asked)
    assert {name for name, each in story.items() if f"/plan/history/{each.pk}/" in page} == shown
    if not shown:
        assert "No change fits that." in page


def test_pages_keep_what_was_asked_for(alice_client: Client, plan: Plan) -> None:
    kmeans = plan.tasks.get(key="kmeans")
    for number in range(60):
        changes.move(kmeans, TODAY + number * DAY, TODAY, reason="Again")
    page = log(alice_client, kind="tasks", reason="1", q="Moved")
    assert page.count('class="log-line') == 50
    assert "kind=tasks&amp;q=Moved&amp;reason=1&amp;page=2" in page
    second = log(alice_client, kind="tasks", reason="1", q="Moved", page="2")
    assert second.count('class="log-line') == 10
    assert "kind=tasks&amp;q=Moved&amp;reason=1&amp;page=1" in second
    whole = log(alice_client, kind="tasks", all="1")
    assert whole.count('class="log-line') == 60
    assert 'aria-label="Pages"' not in whole
    for odd in ("0", "-1", "x", "9999"):
        assert log(alice_client, page=odd)


def test_undo_is_offered_where_it_is_granted_and_else_says_why(
    alice_client: Client, plan: Plan
) -> None:
    first, second = extend(plan, 3), extend(plan, 2)
    page = log(alice_client)
    assert f"/plan/history/{second.pk}/undo/" in page
    assert f"/plan/history/{first.pk}/undo/" not in page
    assert f"/plan/history/{first.pk}/#undo" in page
    why = text(alice_client.get(f"/plan/history/{first.pk}/"))
    assert "First undo" in why
    assert f'<a href="/plan/history/{second.pk}/">{second.what}</a>' in why
    assert "/undo/" not in why
    again = alice_client.post(f"/plan/history/{second.pk}/undo/", {"next": "/plan/history/"})
    assert again["Location"] == "/plan/history/"
    page = log(alice_client)
    assert "Undone" in page
    assert f"/plan/history/{first.pk}/undo/" in page
    assert f"/plan/history/{first.pk}/undo/" in text(alice_client.get(f"/plan/history/{first.pk}/"))
    assert "This was undone." in text(alice_client.get(f"/plan/history/{second.pk}/"))


def test_undo_is_offered_in_a_filtered_list_by_all_that_came_later(
    alice_client: Client, plan: Plan
) -> None:
    first = extend(plan, 3)
    changes.move(plan.tasks.get(key="kmeans"), TODAY + 5 * DAY, TODAY)
    assert f"{first.pk}/undo/" not in log(alice_client, kind="decisions")


def test_one_revision_lists_its_dates(
    alice_client: Client, alice: Any, plan: Plan, story: dict[str, Revision]
) -> None:
    page = text(alice_client.get(f"/plan/history/{story['extended'].pk}/"))
    assert "Moved (3)" in page
    assert page.index("Implement k-means") < page.index("Read the ZeRO paper")
    assert "Thu 19 Nov" in page
    skipped = text(alice_client.get(f"/plan/history/{story['skipped'].pk}/"))
    assert "Left out (1)" in skipped
    made = text(alice_client.get(f"/plan/history/{plan.revisions.get(kind='create').pk}/"))
    assert "No task got another date." in made
    assert "Undo" not in made.partition("<main")[2].partition("</main>")[0].replace('="Undo"', "")


def test_what_was_finished_since_is_said(alice_client: Client, alice: Any, plan: Plan) -> None:
    task = plan.tasks.get(key="kmeans")
    moved = changes.move(task, TODAY + 3 * DAY, TODAY)
    assert moved
    work.tick(alice, task.pk, TODAY)
    page = text(alice_client.get(f"/plan/history/{moved.pk}/"))
    assert "All of it has been finished since." in page


def test_only_ones_own(
    alice_client: Client, charlie_client: Client, story: dict[str, Revision]
) -> None:
    address = f"/plan/history/{story['extended'].pk}/"
    assert charlie_client.get(address).status_code == 404
    assert alice_client.post(address).status_code == 405
    assert alice_client.get(f"/plan/history/{uuid.uuid4()}/").status_code == 404
    assert alice_client.post("/plan/history/").status_code == 405
    assert charlie_client.get("/plan/history/")["Location"] == "/plan/"


def test_a_decision_is_noted_once(alice_client: Client, plan: Plan) -> None:
    version = plan.version
    said = {
        "what": "No more papers until the mock interview",
        "reason": "Practice is what is missing",
        "prompted_by": "mock interview: 60 %",
    }
    for _ in range(2):
        answer = alice_client.post(NOTE, said)
        assert (answer.status_code, answer["Location"]) == (303, "/plan/history/")
    revision = plan.revisions.get(kind="decision")
    assert (revision.what, revision.reason, revision.prompted_by) == tuple(said.values())
    assert (revision.day, revision.version, revision.before) == (TODAY, version + 1, {})
    page = log(alice_client, kind="decisions")
    assert "Decision noted" in page
    assert said["prompted_by"] in page
    assert f"/plan/history/{revision.pk}/undo/" in page
    alice_client.post(f"/plan/history/{revision.pk}/undo/")
    assert f"/plan/history/{revision.pk}/undo/" not in log(alice_client)
    alice_client.post(NOTE, said)
    assert plan.revisions.filter(kind="decision", undone_at=None).count() == 1


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"what": ""}, "What did you decide?"),
        ({"what": "   "}, "What did you decide?"),
        ({"what": "x" * 301}, "At most 300 characters."),
        ({"what": "Fine", "reason": "x" * 301}, "At most 300 characters."),
    ],
)
def test_a_decision_that_does_not_do_is_said_and_kept(
    alice_client: Client, plan: Plan, typed: dict[str, str], message: str
) -> None:
    answer = alice_client.post(NOTE, {"reason": "kept words"} | typed)
    assert answer.status_code == 422
    assert message in text(answer)
    if "reason" not in typed:
        assert "kept words" in text(answer)
    assert not plan.revisions.filter(kind="decision").exists()


def test_a_decision_needs_a_plan(charlie_client: Client, alice_client: Client, plan: Plan) -> None:
    assert charlie_client.post(NOTE, {"what": "x"}).status_code == 404
    assert alice_client.get(NOTE).status_code == 405


def test_without_a_change_it_says_what_will_stand_here(alice_client: Client, plan: Plan) -> None:
    plan.revisions.all().delete()
    assert "Nothing was changed yet." in log(alice_client)


def test_queries_do_not_grow(alice_client: Client, plan: Plan) -> None:
    def look(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert alice_client.get(address).status_code == 200
        return len(captured)

    first = extend(plan, 3)
    addresses = ("/plan/history/", "/plan/history/?all=1", f"/plan/history/{first.pk}/")
    for address in addresses:
        look(address)
    few = [look(address) for address in addresses]
    for number in range(20):
        extend(plan, 2 + number % 3)
    assert [look(address) for address in addresses] == few
    assert max(few) <= 9
