"""Settings, Calendar: the address is made, shown once, renewed and stopped."""

from __future__ import annotations

import datetime as dt
import html
import re
import uuid
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.exchange.calendar_feed import digest_of, make_feed
from apps.exchange.models import CalendarFeed
from tests.plans.conftest import now

__all__ = ["now"]

PAGE, MAKE = "/settings/calendar/", "/settings/calendar/make/"
ENTRIES, STOP = "/settings/calendar/entries/", "/settings/calendar/stop/"
NOW = dt.datetime(2026, 11, 18, 9, tzinfo=dt.UTC)


def body(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def make(client: Client, key: uuid.UUID | None = None) -> Any:
    answer = client.post(MAKE, {"key": str(key or uuid.uuid4())})
    assert answer.status_code == 303
    assert answer["Location"] == PAGE
    return answer


def address(page: str) -> str:
    found = re.search(r'id="address" value="http://testserver(/calendar/[\w-]{43}\.ics)"', page)
    assert found, "no address on the page"
    return found[1]


def test_settings_lead_to_it(alice_client: Client) -> None:
    assert f'href="{PAGE}"' in body(alice_client.get("/settings/"))


def test_it_is_made_and_shown_once(alice_client: Client) -> None:
    assert "There is no address yet" in body(alice_client.get(PAGE))
    make(alice_client)
    page = body(alice_client.get(PAGE))
    path = address(page)
    assert f'href="webcal://testserver{path}"' in page
    assert "From URL" in page
    assert Client().get(path).status_code == 200
    again = body(alice_client.get(PAGE))
    assert path not in again
    assert "There is one since" in again
    token = path.split("/")[2].removesuffix(".ics")
    assert CalendarFeed.objects.get().digest == digest_of(token)
    assert token not in str(CalendarFeed.objects.values())


def test_a_look_at_the_head_does_not_use_it_up(alice_client: Client) -> None:
    make(alice_client)
    alice_client.head(PAGE)
    assert address(body(alice_client.get(PAGE)))


def test_the_cookie_that_carries_it_is_kept_close(alice_client: Client) -> None:
    cookie = make(alice_client).cookies["calendar-address"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie["path"] == PAGE
    assert int(cookie["max-age"]) <= 120


def test_a_forged_or_foreign_cookie_shows_nothing(
    alice_client: Client, charlie_client: Client
) -> None:
    make(alice_client)
    make(charlie_client)
    charlie_client.cookies["calendar-address"] = alice_client.cookies["calendar-address"].value
    assert 'id="address"' not in body(charlie_client.get(PAGE))
    charlie_client.cookies["calendar-address"] = "forged:x:y"
    assert 'id="address"' not in body(charlie_client.get(PAGE))


def test_an_address_on_this_computer_says_what_that_means(
    alice_client: Client, settings: Any
) -> None:
    make(alice_client)
    page = body(alice_client.get(PAGE, SERVER_NAME="localhost"))
    assert "only programs on this computer can read it" in page


def test_the_same_form_makes_one(alice_client: Client) -> None:
    key = uuid.uuid4()
    make(alice_client, key)
    path = address(body(alice_client.get(PAGE)))
    make(alice_client, key)
    assert "nothing was made twice" in body(alice_client.get(PAGE))
    assert CalendarFeed.objects.count() == 1
    assert Client().get(path).status_code == 200


def test_without_a_key_it_is_made_too(alice_client: Client) -> None:
    assert alice_client.post(MAKE).status_code == 303
    assert CalendarFeed.objects.count() == 1


def test_a_strangers_key_is_404(alice_client: Client, charlie_client: Client) -> None:
    key = uuid.uuid4()
    make(alice_client, key)
    assert charlie_client.post(MAKE, {"key": str(key)}).status_code == 404
    assert CalendarFeed.objects.filter(revoked_at=None).count() == 1


def test_a_new_one_stops_the_old_one_and_keeps_what_stands_in_it(alice_client: Client) -> None:
    make(alice_client)
    old = address(body(alice_client.get(PAGE)))
    alice_client.post(ENTRIES, {"entry": "session"})
    make(alice_client)
    new = address(body(alice_client.get(PAGE)))
    assert Client().get(old).status_code == 404
    assert Client().get(new).status_code == 200
    assert CalendarFeed.objects.get(revoked_at=None).entry == "session"


def test_it_is_stopped(alice_client: Client) -> None:
    make(alice_client)
    path = address(body(alice_client.get(PAGE)))
    answer = alice_client.post(STOP, follow=True)
    assert answer.redirect_chain == [(PAGE, 303)]
    assert "The address has stopped" in body(answer)
    assert "There is no address yet" in body(answer)
    assert Client().get(path).status_code == 404
    assert alice_client.post(STOP).status_code == 303


def test_what_stands_in_it(alice: User, alice_client: Client) -> None:
    make_feed(alice, uuid.uuid4(), NOW)
    answer = alice_client.post(ENTRIES, {"entry": "session"}, follow=True)
    assert 'value="session" checked' in body(answer)
    wrong = alice_client.post(ENTRIES, {"entry": "hour"})
    assert wrong.status_code == 422
    assert "Choose one of the two." in body(wrong)
    assert CalendarFeed.objects.get().entry == "session"


def test_without_a_feed_there_is_nothing_to_choose(
    alice: User, alice_client: Client, charlie_client: Client
) -> None:
    make_feed(alice, uuid.uuid4(), NOW)
    assert charlie_client.post(ENTRIES, {"entry": "session"}).status_code == 404
    charlie_client.post(STOP)
    feed = CalendarFeed.objects.get()
    assert (feed.entry, feed.revoked_at) == ("day", None)


def test_when_a_calendar_last_read_it(alice: User, alice_client: Client, now: Any) -> None:
    token = make_feed(alice, uuid.uuid4(), NOW)
    assert "No calendar has read it yet" in body(alice_client.get(PAGE))
    Client().get(f"/calendar/{token}.ics")
    assert "A calendar last read it on 18 Nov 2026" in body(alice_client.get(PAGE))


@pytest.mark.parametrize("address", [MAKE, ENTRIES, STOP])
def test_only_forms_change_anything(alice_client: Client, address: str) -> None:
    assert alice_client.get(address).status_code == 405
    assert alice_client.post(PAGE).status_code == 405
