"""The log of all checks, and one check."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.checks.models import Check
from apps.library.models import Topic
from apps.mastery.models import Memory
from tests.checks.logging_form import LOG, form, logged
from tests.checks.taking import today
from tests.mastery.factories import make_topic

# The log, one check, deleting --------------------------------------------------------------------


def test_the_log_shows_totals(alice_client: Client, alice: User, topics: list[Topic]) -> None:
    logged(alice, topics[0], 86)
    alice_client.post(LOG, form(said_total="99.6"))
    page = alice_client.get("/checks/").content.decode()
    assert "86.0 %" in page
    assert "n = 1" in page
    assert "99.6 %" in page
    assert "A minor review is enough." in page


def test_an_empty_log_says_what_to_do(alice_client: Client) -> None:
    page = alice_client.get("/checks/").content.decode()
    assert "No check is logged yet" in page
    assert LOG in page


def test_the_log_has_pages(alice_client: Client, alice: User) -> None:
    Check.objects.bulk_create(Check(user=alice, day=today()) for _ in range(60))
    assert "Page 1 of 2" in alice_client.get("/checks/").content.decode()
    assert "Page 2 of 2" in alice_client.get("/checks/?page=99999").content.decode()
    assert alice_client.get("/checks/?page=x").status_code == 200


def test_what_was_weak_the_day_before_an_older_check(
    alice: User, alice_client: Client, topics: list[Topic]
) -> None:
    days = [today() - dt.timedelta(days=ago) for ago in (21, 20)]
    logged(alice, topics[0], 20, days[0])
    check = Check.objects.create(user=alice, day=days[1], kind="taken", finished_at=timezone.now())
    page = alice_client.get(reverse("checks:detail", args=[check.pk])).content.decode()
    assert "Weak the day before" in page
    check.day = today() - dt.timedelta(days=18)
    check.save()
    page = alice_client.get(reverse("checks:detail", args=[check.pk])).content.decode()
    assert f"Weak on {days[0].day} {days[0]:%B}" in page


def test_delete_offers_undo(alice_client: Client, alice: User, topics: list[Topic]) -> None:
    check = logged(alice, topics[0])
    answer = alice_client.post(reverse("checks:delete", args=[check.pk]), follow=True)
    page = answer.content.decode()
    undo = reverse("checks:restore", args=[check.pk])
    assert f'action="{undo}"' in page
    assert "90.0 %" not in page
    assert not Memory.objects.exists()
    detail = alice_client.get(reverse("checks:detail", args=[check.pk])).content.decode()
    assert "This check is deleted" in detail
    assert "Delete this check" not in detail
    assert alice_client.post(undo).status_code == 303
    assert Memory.objects.get().score == 90
    assert "90.0 %" in alice_client.get("/checks/").content.decode()


def test_strangers_methods_and_bad_ids(
    alice: User, alice_client: Client, charlie_client: Client, topics: list[Topic]
) -> None:
    check = logged(alice, topics[0])
    for name, method in (("detail", "get"), ("delete", "post"), ("restore", "post")):
        address = reverse(f"checks:{name}", args=[check.pk])
        wrong = "post" if method == "get" else "get"
        assert getattr(charlie_client, method)(address).status_code == 404
        assert getattr(alice_client, wrong)(address).status_code == 405
        nobody = getattr(Client(), method)(address)
        assert (nobody.status_code, "/accounts/login/" in nobody["Location"]) == (302, True)
        missing = reverse(f"checks:{name}", args=[uuid.uuid4()])
        assert getattr(alice_client, method)(missing).status_code == 404
    assert Memory.objects.exists()
    assert alice_client.post("/checks/").status_code == 405
    assert alice_client.put(LOG).status_code == 405
    assert Client().get(LOG).status_code == 302
    assert alice_client.get("/checks/nonsense/").status_code == 404


def test_another_learners_checks_are_not_listed(
    alice: User, charlie_client: Client, topics: list[Topic]
) -> None:
    logged(alice, topics[0])
    assert "No check is logged yet" in charlie_client.get("/checks/").content.decode()


def test_queries_do_not_grow(alice_client: Client, alice: User, topics: list[Topic]) -> None:
    check = logged(alice, topics[0])
    addresses = ["/checks/", LOG, reverse("checks:detail", args=[check.pk])]
    counts = []
    for step in range(2):
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                alice_client.get(address)
            counts.append(len(queries))
        for number in range(20):
            topic = make_topic(f"more-{step}-{number}", title=f"More {step} {number}")
            logged(alice, topic, day=today() - dt.timedelta(days=number))
            item = logged(alice, topic, day=today())
            item.answers.update(check_taken=check, position=20 * step + number + 1)
    assert counts[:3] == counts[3:]
    assert max(counts) <= 10
