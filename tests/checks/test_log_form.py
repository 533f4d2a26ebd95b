"""The form that logs what was asked elsewhere."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.checks.models import Check
from apps.library.models import Topic
from apps.mastery.models import Evidence, Memory
from apps.plans.models import Part, Plan, PlanDay, PlanWeek, Task
from tests.checks.logging_form import LOG, form, logged
from tests.checks.taking import today
from tests.mastery.factories import make_topic


@pytest.fixture
def task(alice: User, topics: list[Topic]) -> Task:
    plan = Plan.objects.create(owner=alice, title="Plan", starts_on=today())
    week = PlanWeek.objects.create(plan=plan, number=1, title="One")
    day = PlanDay.objects.create(week=week, position=1, title="A day")
    task = Task.objects.create(plan=plan, day=day, position=1, title="Read", minutes=30)
    task.topics.set([topics[2], topics[1]])
    Part.objects.create(plan=plan, task=task, day=today(), minutes=30)
    return task


# The form ----------------------------------------------------------------------------------------


def test_the_form_starts_with_todays_topics(alice_client: Client, task: Task) -> None:
    page = alice_client.get(LOG).content.decode()
    assert 'value="ANOVA"' in page.split("<datalist")[0]
    assert 'value="KV cache"' in page.split("<datalist")[0]
    assert 'value="T-test"' not in page.split("<datalist")[0]


def test_the_form_starts_with_named_topics(alice_client: Client, topics: list[Topic]) -> None:
    page = alice_client.get(f"{LOG}?topic=t-test&topic=kv-cache&topic=nonsense").content.decode()
    rows = page.split("<datalist")[0]
    assert 'value="T-test"' in rows
    assert 'value="KV cache"' in rows
    assert "nonsense" not in rows


def test_the_form_starts_with_a_tasks_topics(alice_client: Client, task: Task) -> None:
    page = alice_client.get(f"{LOG}?task={task.pk}").content.decode().split("<datalist")[0]
    assert 'value="ANOVA"' in page


def test_a_strangers_task_is_404(charlie_client: Client, task: Task) -> None:
    assert charlie_client.get(f"{LOG}?task={task.pk}").status_code == 404
    assert charlie_client.get(f"{LOG}?task=nonsense").status_code == 404


def test_own_topics_of_others_are_not_offered(
    alice_client: Client, charlie: User, topics: list[Topic]
) -> None:
    make_topic("secret", owner=charlie, title="A secret topic")
    assert "A secret topic" not in alice_client.get(LOG).content.decode()
    answer = alice_client.post(LOG, form(("A secret topic", 80, False)))
    assert answer.status_code == 422


# Logging -----------------------------------------------------------------------------------------


def test_a_result_is_logged(alice_client: Client, alice: User, topics: list[Topic]) -> None:
    data = form(("T-test", 95, False), ("anova", 40, True), ("", "", False), note="*Hm*")
    answer = alice_client.post(LOG, data)
    check = Check.objects.get(user=alice)
    assert answer.status_code == 303
    assert answer["Location"] == reverse("checks:detail", args=[check.pk])
    assert str(check.pk) == data["id"]
    assert Memory.objects.get(topic=topics[0]).score == 95
    page = alice_client.get(answer["Location"]).content.decode()
    assert "67.5 %" in page
    assert "<em>Hm</em>" in page


def test_htmx_goes_to_the_check(alice_client: Client, topics: list[Topic]) -> None:
    answer = alice_client.post(LOG, form(("T-test", 95, False)), headers={"hx-request": "true"})
    assert answer.status_code == 204
    assert answer["HX-Redirect"].startswith("/checks/")


def test_a_total_alone(alice_client: Client) -> None:
    assert alice_client.post(LOG, form(said_total="86.5")).status_code == 303
    assert str(Check.objects.get().said_total) == "86.5"
    assert not Evidence.objects.exists()


def test_a_topic_without_a_score_was_not_asked(alice_client: Client, topics: list[Topic]) -> None:
    data = form(("T-test", 0, False), ("ANOVA", "", False))
    assert alice_client.post(LOG, data).status_code == 303
    assert Evidence.objects.get().score == 0


def test_next_stays_on_this_site(alice_client: Client, topics: list[Topic]) -> None:
    away = alice_client.post(LOG, form(said_total="80", next="//evil.example/"))
    assert away["Location"].startswith("/checks/")
    home = alice_client.post(LOG, form(said_total="80", next="/today/"))
    assert home["Location"] == "/today/"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (form(), "Give at least one topic"),
        (
            form(("Nonsense", 80, False)),
            "There is no such topic. Choose one from the list, or make it in the library.",
        ),
        (form(("Qqq" * 40_000, 80, False)), "There is no such topic"),
        (form(("T-test", 101, False)), "A score is at most 100"),
        (form(("T-test", -1, False)), "A score is at least 0"),
        (form(("T-test", 10**9, False)), "A score is at most 100"),
        (form(("T-test", "good", False)), "whole number from 0 to 100"),
        (form(("T-test", "88.5", False)), "whole number from 0 to 100"),
        (form(("", 80, False)), "Which topic is this score for?"),
        (form(("T-test", "", True)), "untick the review"),
        (form(said_total="100.1"), "A total is at most 100"),
        (form(said_total="86.55"), "one decimal"),
        (form(said_total="NaN"), "A total is a number"),
        (form(said_total="80", day="2026-02-31"), "not a date of the calendar"),
        (form(said_total="80", day=""), "On which day?"),
        (form(said_total="80", day="1976-01-01"), "more than a year ago"),
        (form(said_total="80", day="9999-12-31"), "still to come"),
        (form(said_total="80", id="nonsense"), "Open this form again"),
        (form(said_total="80", note="x" * 100_000), "100,000 characters"),
        (form(*[("T-test", 80, False)] * 41), "at most 40 answers"),
        (form(said_total="80") | {"answers-TOTAL_FORMS": 10**9}, "at most 40 answers"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_form_says_why_and_keeps_what_was_typed(
    alice_client: Client, topics: list[Topic], data: dict[str, Any], message: str
) -> None:
    answer = alice_client.post(LOG, data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert message in page
    assert not Check.objects.exists()
    for name in ("answers-0-topic", "answers-0-score", "said_total", "day"):
        if typed := data.get(name):
            assert f'value="{typed}"' in page


def test_a_bad_form_over_htmx_is_the_form_alone(alice_client: Client, topics: list[Topic]) -> None:
    data = form(("<script>", 80, False))
    answer = alice_client.post(LOG, data, headers={"hx-request": "true"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.lstrip().startswith("<form")
    assert "&lt;script&gt;" in page
    assert "<script>" not in page


def test_missing_management_fields_do_not_crash(alice_client: Client) -> None:
    data = {"id": str(uuid.uuid4()), "day": today().isoformat(), "said_total": "80"}
    assert alice_client.post(LOG, data).status_code == 422


def test_a_title_may_differ_in_case_and_spaces(alice_client: Client, topics: list[Topic]) -> None:
    data = form((" kv  CACHE ", 80, False), ("t-TEST", 70, False), ("KVcache", 90, True))
    assert alice_client.post(LOG, data).status_code == 303
    assert {memory.topic.slug for memory in Memory.objects.all()} == {"kv-cache", "t-test"}


def test_a_wrong_title_names_the_nearest_ones(alice_client: Client, charlie: User) -> None:
    make_topic("theirs", owner=charlie, title="Gradient of a stranger")
    for title in ("Boosting", "Policy gradient", "Gradient descent", "Gradient boosting"):
        make_topic(title.lower().replace(" ", "-"), title=title)
    make_topic("gradient-checking", title="Gradient checking")
    answer = alice_client.post(LOG, form(("gradient", 80, False), ("Bosting", 80, False)))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Did you mean Gradient descent, Gradient " in page
    assert "Did you mean Boosting?" in page or "Did you mean Boosting or " in page
    assert "stranger" not in page


def test_the_log_says_reported(alice_client: Client, topics: list[Topic]) -> None:
    alice_client.post(LOG, form(("T-test", 80, False), said_total="86.5"))
    alice_client.post(LOG, form(said_total="99.6"))
    page = alice_client.get("/checks/").content.decode()
    assert "reported 86.5 %" in page
    assert "as reported" in page
    assert "told" not in page


def test_an_ambiguous_title_asks_for_the_slug(alice_client: Client, alice: User) -> None:
    make_topic("first", title="Same name")
    own = make_topic("second", title="same  name", owner=alice)
    answer = alice_client.post(LOG, form(("Same Name", 80, False)))
    assert answer.status_code == 422
    assert "“first” or “second”" in answer.content.decode()
    assert alice_client.post(LOG, form(("second", 80, False))).status_code == 303
    assert Memory.objects.get().topic == own


@pytest.mark.parametrize("htmx", [True, False])
def test_a_row_is_added_and_nothing_is_lost(
    alice_client: Client, topics: list[Topic], htmx: bool
) -> None:
    data = form(("Half typ", 77, True), said_total="8x", note="So far") | {"add": "1"}
    headers = {"hx-request": "true"} if htmx else {}
    answer = alice_client.post(LOG, data, headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 200
    for typed in ('value="Half typ"', 'value="77"', " checked", 'value="8x"', "So far", data["id"]):
        assert typed in page
    assert 'name="answers-1-topic"' in page
    assert "There is no such topic" not in page
    assert not Check.objects.exists()


def test_rows_end_at_forty(alice_client: Client, topics: list[Topic]) -> None:
    data = form(*[("T-test", 80, False)] * 40) | {"add": "1"}
    page = alice_client.post(LOG, data).content.decode()
    assert "at most 40 answers" in page
    assert 'name="answers-40-topic"' not in page


def test_emoji_and_right_to_left_notes(alice_client: Client, topics: list[Topic]) -> None:
    note = "שלום 👋 <script>alert(1)</script>"
    answer = alice_client.post(LOG, form(("T-test", 80, False), note=note))
    page = alice_client.get(answer["Location"]).content.decode()
    assert "שלום 👋" in page
    assert "<script>alert" not in page


def test_going_back_and_sending_other_scores_asks_and_then_logs_another_check(
    alice_client: Client, topics: list[Topic]
) -> None:
    first = form((topics[0].title, 50, False))
    alice_client.post(LOG, first)
    answer = alice_client.post(LOG, first | {"answers-0-score": "95"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "logged before, with other scores" in page
    assert 'value="95"' in page
    assert first["id"] not in page
    fresh = page.split('name="id" value="')[1].split('"')[0]
    assert alice_client.post(LOG, first | {"answers-0-score": "95", "id": fresh}).status_code == 303
    assert sorted(Evidence.objects.values_list("score", flat=True)) == [50, 95]


def test_sending_the_form_of_a_deleted_check_does_not_claim_it_was_logged(
    alice_client: Client, topics: list[Topic]
) -> None:
    first = form((topics[0].title, 50, False))
    alice_client.post(LOG, first)
    alice_client.post(reverse("checks:delete", args=[first["id"]]))
    assert alice_client.post(LOG, first).status_code == 409


def test_the_same_form_twice_is_one_check(alice_client: Client, topics: list[Topic]) -> None:
    data = form(("T-test", 95, False))
    first, again = alice_client.post(LOG, data), alice_client.post(LOG, data)
    assert first["Location"] == again["Location"]
    assert Check.objects.count() == Evidence.objects.count() == 1


def test_a_strangers_check_id_is_404(
    alice_client: Client, charlie: User, topics: list[Topic]
) -> None:
    theirs = logged(charlie, topics[0])
    data = form(("T-test", 10, False), id=str(theirs.pk))
    assert alice_client.post(LOG, data).status_code == 404
    assert Memory.objects.get().score == 90


@pytest.mark.django_db(transaction=True)
def test_ten_posts_at_once_make_one_check(alice: User) -> None:
    if connection.vendor == "sqlite" and "mode=memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("a database in memory has no writers that wait")
    make_topic("t-test", title="T-test")
    data = form(("T-test", 95, False))

    def post(_: int) -> int:
        try:
            client = Client()
            client.force_login(alice)
            return client.post(LOG, data).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(post, range(10)))
    assert answers == [303] * 10
    assert Check.objects.count() == Evidence.objects.count() == 1
