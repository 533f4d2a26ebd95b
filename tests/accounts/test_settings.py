"""Settings and deletion."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Break, User
from apps.checks.models import Check
from apps.mastery.models import Card, Evidence, Source
from apps.mastery.record import record
from apps.plans.models import DayLog
from tests.conftest import PASSWORD
from tests.mastery.factories import make_topic

GOOD = {
    "name": "Alice",
    "time_zone": "UTC",
    "level": "senior",
    "interview_on": "",
    "theme": "system",
    "keys_on": "on",
    "check_size": "10",
    "review_limit": "10",
    "scheduler": "sm2",
}


def post(client: Client, **said: str) -> Any:
    return client.post("/settings/", GOOD | said)


def post_and_read(client: Client, **said: str) -> str:
    """The page after the redirect, with its message."""
    return str(client.post("/settings/", GOOD | said, follow=True).content.decode())


def make_records(user: User, day: dt.date, at: dt.datetime) -> None:
    """A day log, a knowledge check, evidence with memory and card, a break, a topic of one's own."""
    DayLog.objects.create(user=user, day=day, learned="Bayes", at=at)
    Check.objects.create(user=user, day=day, at=at)
    topic = make_topic(f"own-{user.pk}", owner=user)
    record(user, [(topic.pk, 80)], source="check", source_id=None, at=at, day=day)
    Break.objects.create(user=user, first_day=day, last_day=day)


# Settings --------------------------------------------------------------------------------------


def test_settings_are_saved(alice_client: Client, alice: User) -> None:
    answer = post(
        alice_client, name="Alice B.", level="mid", theme="dark", interview_on="2027-03-01"
    )
    assert (answer.status_code, answer["Location"]) == (303, "/settings/")
    alice.refresh_from_db()
    assert (alice.name, alice.level, alice.theme) == ("Alice B.", "mid", "dark")
    page = alice_client.get("/settings/").content.decode()
    assert 'data-theme="dark"' in page
    assert "Your settings are saved." in page
    assert "data-keys" in page


def test_keys_can_be_switched_off(alice_client: Client, alice: User) -> None:
    alice_client.post("/settings/", {key: said for key, said in GOOD.items() if key != "keys_on"})
    alice.refresh_from_db()
    assert not alice.keys_on
    assert "data-keys" not in alice_client.get("/settings/").content.decode()


def test_settings_show_the_ways_on(alice_client: Client) -> None:
    page = alice_client.get("/settings/").content.decode()
    for path in (
        "/settings/hours/",
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/settings/delete/",
    ):
        assert f'href="{path}"' in page
    assert "7 h a week" in page


@pytest.mark.parametrize(
    ("field", "said", "message"),
    [
        ("theme", "pink", "Choose one of these"),
        ("level", "wizard", "Choose one of these"),
        ("time_zone", "Mars/Olympus", "not a time zone"),
        ("interview_on", "2027-02-31", "not a date"),
        ("interview_on", "2020-01-01", "in the past"),
        ("name", "x" * 121, "At most 120"),
        *(("check_size", said, "From 5 to 30 questions") for said in ("4", "31", "", "-5", "ten")),
        *(("review_limit", said, "From 1 to 100 reviews a day") for said in ("0", "101", "7.5")),
        ("scheduler", "sm5", "Choose one of these"),
        ("scheduler", "", "Choose one."),
    ],
)
def test_bad_settings_are_answered_and_not_saved(
    alice_client: Client, alice: User, field: str, said: str, message: str
) -> None:
    page = (
        post(alice_client, name="Somebody", **{field: said})
        if field != "name"
        else post(alice_client, name=said)
    )
    assert page.status_code == 422
    assert message in page.context["form"].errors[field][0]
    assert f'id="id_{field}_error"' in page.content.decode()
    alice.refresh_from_db()
    assert (alice.name, alice.theme, alice.time_zone) == ("Alice", "system", "UTC")
    assert (alice.check_size, alice.review_limit, alice.scheduler) == (10, 10, "sm2")


def test_what_was_typed_stays_beside_the_fault(alice_client: Client, alice: User) -> None:
    page = post(
        alice_client, check_size="forty", review_limit="1000", scheduler="fsrs", name="Alicia"
    ).content.decode()
    for typed in ('value="forty"', 'value="1000"', 'value="Alicia"'):
        assert typed in page
    assert re.search(r'value="fsrs"[^>]* checked', page)
    alice.refresh_from_db()
    assert (alice.name, alice.scheduler) == ("Alice", "sm2")


@pytest.mark.parametrize(("size", "limit"), [("5", "1"), (" 30 ", "100")])
def test_checks_and_reviews_are_set(
    alice_client: Client, alice: User, size: str, limit: str
) -> None:
    answer = post(alice_client, check_size=size, review_limit=limit)
    assert (answer.status_code, answer["Location"]) == (303, "/settings/")
    alice.refresh_from_db()
    assert (alice.check_size, alice.review_limit) == (int(size), int(limit))


def test_another_scheduler_replays_the_history(alice_client: Client, alice: User) -> None:
    day = dt.date(2026, 11, 16)
    at = dt.datetime(2026, 11, 16, 12, tzinfo=dt.UTC)
    topics = [make_topic(f"topic-{number}") for number in range(3)]
    scores = [(topic.pk, score) for topic, score in zip(topics, (95, 85, 20), strict=True)]
    record(alice, scores, source=Source.CHECK, source_id=None, at=at, day=day)
    first = list(Card.objects.order_by("topic").values())
    page = alice_client.post("/settings/", GOOD | {"scheduler": "fsrs"}, follow=True)
    said = page.content.decode()
    assert "replayed with FSRS-6: 2 topics are due on another day." in said
    assert Card.objects.get(topic=topics[0]).due == day + dt.timedelta(days=8)
    assert "replayed" not in post_and_read(alice_client, scheduler="fsrs", name="Alicia")
    back = post_and_read(alice_client, time_zone="Asia/Tokyo")
    assert "replayed with SM-2: 2 topics are due on another day." in back
    assert "In Asia/Tokyo today is" in back
    assert list(Card.objects.order_by("topic").values()) == first


@pytest.mark.parametrize(("cards", "said"), [(0, "no topic is due"), (1, "1 topic is due")])
def test_the_number_of_moved_topics_is_said_in_words(
    alice_client: Client, alice: User, cards: int, said: str
) -> None:
    at = dt.datetime(2026, 11, 16, 12, tzinfo=dt.UTC)
    for number in range(cards):
        topic = make_topic(f"topic-{number}")
        record(alice, [(topic.pk, 95)], source=Source.CHECK, source_id=None, at=at, day=at.date())
    assert said in post_and_read(alice_client, scheduler="fsrs")


def test_nothing_is_saved_when_the_replay_fails(
    alice_client: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> None:
        raise RuntimeError("no replay")

    monkeypatch.setattr("apps.mastery.record._deal", fails)
    with pytest.raises(RuntimeError, match="no replay"):
        post(alice_client, scheduler="fsrs", name="Alicia")
    alice.refresh_from_db()
    assert (alice.name, alice.scheduler) == ("Alice", "sm2")


def test_saving_asks_no_more_with_more_topics(alice_client: Client, alice: User) -> None:
    at = dt.datetime(2026, 11, 16, 12, tzinfo=dt.UTC)
    counts = []
    for scheduler, number in (("fsrs", 1), ("sm2", 30)):
        scores = [(make_topic(f"{scheduler}-{n}").pk, 95) for n in range(number)]
        record(alice, scores, source=Source.CHECK, source_id=None, at=at, day=at.date())
        with CaptureQueriesContext(connection) as queries:
            assert post(alice_client, scheduler=scheduler).status_code == 303
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_page_says_what_each_choice_does(alice_client: Client) -> None:
    page = alice_client.get("/settings/").content.decode()
    assert "SM-2: after 1 day" in page
    assert "FSRS-6: on the day" in page
    assert "In the last ten days before it" in page
    assert re.search(r'value="sm2"[^>]* checked', page)


def test_an_interview_that_has_passed_does_not_stand_in_the_way(
    alice_client: Client, alice: User
) -> None:
    User.objects.filter(pk=alice.pk).update(interview_on=dt.date(2024, 5, 1))
    assert post(alice_client, interview_on="2024-05-01", name="Alicia").status_code == 303
    assert post(alice_client, interview_on="2024-05-02").status_code == 422


def test_other_fields_are_not_for_the_settings(alice_client: Client, alice: User) -> None:
    post(alice_client, is_staff="on", is_superuser="on", email="root@example.com", monday="5")
    alice.refresh_from_db()
    assert (alice.is_staff, alice.email, alice.monday) == (False, "alice@example.com", 60)


def test_a_new_time_zone_rewrites_no_stored_day(alice_client: Client, alice: User) -> None:
    at = dt.datetime(2026, 11, 18, 23, 30, tzinfo=dt.UTC)
    make_records(alice, at.date(), at)
    rows = [DayLog, Check, Evidence]
    before = [list(model._default_manager.values("pk", "day", "at")) for model in rows]
    with time_machine.travel(at, tick=False):
        answer = alice_client.post("/settings/", GOOD | {"time_zone": "Asia/Tokyo"}, follow=True)
    assert "In Asia/Tokyo today is Thursday, 19 November" in answer.content.decode()
    assert [list(model._default_manager.values("pk", "day", "at")) for model in rows] == before
    assert all(before)


def test_settings_ask_the_database_no_more_with_more_keys(
    alice_client: Client, alice: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        Authenticator.objects.create(
            user=alice, type="webauthn", data={"name": str(number), "credential": {}}
        )
    with django_assert_max_num_queries(4):
        page = alice_client.get("/settings/").content.decode()
    assert "5 passkeys" in page


@pytest.mark.parametrize("path", ["/settings/", "/settings/delete/"])
def test_wrong_method(alice_client: Client, path: str) -> None:
    assert alice_client.put(path).status_code == 405
    assert alice_client.delete(path).status_code == 405


# Deletion --------------------------------------------------------------------------------------


def test_everything_goes_and_nobody_elses(alice_client: Client, alice: User, charlie: User) -> None:
    at = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)
    for learner in (alice, charlie):
        make_records(learner, at.date(), at)
        Authenticator.objects.create(user=learner, type="totp", data={})
    owned = [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model is User
    ]

    def rows(pk: Any) -> dict[str, int]:
        return {
            f"{model.__name__}.{name}": model._default_manager.filter(**{name: pk}).count()
            for model, name in owned
        }

    charlies = rows(charlie.pk)
    assert sum(bool(count) for count in rows(alice.pk).values()) >= 7
    answer = alice_client.post("/settings/delete/", {"email": " Alice@Example.com "})
    assert (answer.status_code, answer["Location"]) == (303, "/settings/delete/done/")
    assert "The account is deleted" in alice_client.get(answer["Location"]).content.decode()
    assert not any(rows(alice.pk).values())
    assert rows(charlie.pk) == charlies
    assert list(User.objects.all()) == [charlie]
    assert "_auth_user_id" not in alice_client.session


@pytest.mark.parametrize("said", ["", "charlie@example.com", "alice"])
def test_a_wrong_address_deletes_nothing(
    alice_client: Client, alice: User, charlie: User, said: str
) -> None:
    page = alice_client.post("/settings/delete/", {"email": said})
    assert page.status_code == 422
    assert 'id="id_email_error"' in page.content.decode()
    assert User.objects.count() == 2


def test_looking_at_the_page_deletes_nothing(alice_client: Client, alice: User) -> None:
    page = alice_client.get("/settings/delete/", {"email": alice.email}).content.decode()
    assert "cannot be undone" in page
    assert User.objects.count() == 1


def test_another_device_is_signed_out_by_the_deletion(alice_client: Client, alice: User) -> None:
    phone = Client()
    phone.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    assert phone.get("/settings/").status_code == 200
    alice_client.post("/settings/delete/", {"email": alice.email})
    assert phone.get("/settings/")["Location"].startswith("/accounts/login/")
    again = phone.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    assert "not correct" in again.content.decode()


def test_the_settings_take_no_focus_and_name_the_second_step(alice_client: Client) -> None:
    page = alice_client.get("/settings/").content.decode()
    assert "autofocus" not in page
    assert "Change two-step sign-in" in page


def test_new_passwords_have_labels_like_others(alice_client: Client) -> None:
    page = alice_client.get("/accounts/password/change/").content.decode()
    assert ">New password</label>" in page
    assert "New Password" not in page
