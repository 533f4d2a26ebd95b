"""Settings, Hours and breaks, without a plan: all is saved at once."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import Break, User
from tests.conftest import TODAY

PAGE, CHANGE, BREAKS = "/settings/hours/", "/settings/hours/change/", "/settings/hours/breaks/"
HOURS = dict.fromkeys(
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), "30"
)
GOOD = {"first_day": "2026-12-24", "last_day": "2026-12-31", "label": "Holidays"}


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def value(page: str, name: str) -> str:
    """What stands in a field."""
    (tag,) = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page)
    found = re.search(r'value="([^"]*)"', tag)
    return found[1] if found else ""


def test_what_is_set_is_shown(alice_client: Client, alice: User, now: Any) -> None:
    User.objects.filter(pk=alice.pk).update(monday=45, monday_at=dt.time(18, 30))
    page = text(alice_client.get(PAGE))
    assert (value(page, "monday"), value(page, "monday_at")) == ("45", "18:30")
    assert (value(page, "sunday"), value(page, "sunday_at")) == ("60", "")
    assert "You have no plan yet" in page


def test_minutes_and_times_are_saved(alice_client: Client, alice: User) -> None:
    answer = alice_client.post(PAGE, HOURS | {"monday_at": "18:30", "friday_at": "07:05"})
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    alice.refresh_from_db()
    assert alice.weekday_minutes == (30,) * 7
    assert alice.weekday_times[0] == dt.time(18, 30)
    assert alice.weekday_times[4] == dt.time(7, 5)
    assert alice.weekday_times[1] is None
    assert "Your hours are saved." in text(alice_client.get(PAGE))
    alice_client.post(PAGE, HOURS | {"monday_at": ""})
    alice.refresh_from_db()
    assert alice.weekday_times == (None,) * 7


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (dict.fromkeys(HOURS, "0"), "At least one weekday"),
        ({"monday": "-1"}, "cannot be negative"),
        ({"monday": "1000000000"}, "At most 960"),
        ({"monday": "9" * 5000}, "whole number"),
        ({"monday": "an hour"}, "whole number"),
        ({"monday": ""}, "0 for a day without study"),
        ({"monday_at": "25:00"}, "A time of day looks like 18:30."),
        ({"monday_at": "evening"}, "A time of day looks like 18:30."),
    ],
)
@pytest.mark.parametrize("button", [{}, {"look": "1"}])
def test_bad_hours_are_said_and_kept(
    alice_client: Client,
    alice: User,
    change: dict[str, str],
    message: str,
    button: dict[str, str],
) -> None:
    answer = alice_client.post(PAGE, HOURS | change | button)
    page = text(answer)
    assert answer.status_code == 422
    assert message in page
    for name, typed in (HOURS | change).items():
        assert value(page, name) == typed
    alice.refresh_from_db()
    assert alice.weekday_minutes == (60,) * 7
    assert alice.weekday_times == (None,) * 7


@pytest.mark.parametrize(
    ("key", "minutes", "hours"),
    [("calm", "60 60 60 60 0 120 120", "8 h"), ("full", "60 60 60 60 60 150 150", "10 h")],
)
def test_a_preset_fills_and_draws_and_saves_nothing(
    alice_client: Client, alice: User, key: str, minutes: str, hours: str
) -> None:
    assert f"About {hours} a week" in text(alice_client.get(PAGE))
    answer = alice_client.post(PAGE, {"preset": key, "monday": "x", "tuesday_at": "19:00"})
    page = text(answer)
    assert answer.status_code == 200
    assert [value(page, name) for name in HOURS] == minutes.split()
    assert value(page, "tuesday_at") == "19:00"
    assert "Nothing is saved yet." in page
    weeks = sum(map(int, minutes.split())) * 4 // 60
    assert f"Room for {weeks} h" in page
    alice.refresh_from_db()
    assert alice.weekday_minutes == (60,) * 7


def test_a_look_draws_and_saves_nothing(alice_client: Client, alice: User) -> None:
    page = text(alice_client.post(PAGE, HOURS | {"look": "1"}))
    assert "Room for 14 h" in page
    assert "Nothing is saved yet." in page
    assert [value(page, name) for name in HOURS] == ["30"] * 7
    alice.refresh_from_db()
    assert alice.weekday_minutes == (60,) * 7


def test_the_page_of_a_change_needs_a_plan(alice_client: Client) -> None:
    for address in (CHANGE, BREAKS):
        answer = alice_client.get(address)
        assert (answer.status_code, answer["Location"]) == (303, PAGE)


def test_a_break_is_added_once_and_removed(alice_client: Client, alice: User, now: Any) -> None:
    for _ in range(2):
        answer = alice_client.post(BREAKS, GOOD)
        assert (answer.status_code, answer["Location"]) == (303, PAGE)
    away = alice.breaks.get()
    page = text(alice_client.get(PAGE))
    assert "24 Dec to 31 Dec 2026 · Holidays" in page
    assert f'action="{BREAKS}{away.pk}/"' in page
    # Only a form removes it.
    assert alice_client.get(f"{BREAKS}{away.pk}/").status_code == 303
    assert alice.breaks.exists()
    assert alice_client.post(f"{BREAKS}{away.pk}/").status_code == 303
    assert not alice.breaks.exists()
    assert alice_client.post(f"{BREAKS}{away.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"last_day": "2026-12-01"}, "on or after its first day"),
        ({"last_day": "2028-01-01"}, "a year at most"),
        ({"first_day": ""}, "From which day?"),
        ({"last_day": "2026-02-30"}, "That is not a date."),
        ({"first_day": "2026-01-01", "last_day": "2026-01-02"}, "ended more than 60 days ago"),
        ({"first_day": "9999-12-30", "last_day": "9999-12-31"}, "more than ten years ahead"),
        ({"label": "x" * 121}, "At most 120 characters"),
    ],
)
def test_a_bad_break_is_said_and_kept(
    alice_client: Client, alice: User, now: Any, change: dict[str, str], message: str
) -> None:
    answer = alice_client.post(BREAKS, GOOD | change)
    assert answer.status_code == 422
    assert message in text(answer)
    assert value(text(answer), "label") == (GOOD | change)["label"]
    assert not Break.objects.exists()


def test_a_strangers_break_is_404(alice: User, charlie_client: Client) -> None:
    away = Break.objects.create(user=alice, first_day=TODAY, last_day=TODAY)
    for method in (charlie_client.get, charlie_client.post):
        assert method(f"{BREAKS}{away.pk}/").status_code == 404
    assert charlie_client.get(f"{BREAKS}nonsense/").status_code == 404
    assert Break.objects.count() == 1


@pytest.mark.parametrize("address", [PAGE, CHANGE, BREAKS])
def test_other_methods_are_refused(alice_client: Client, address: str) -> None:
    assert alice_client.put(address).status_code == 405
    assert alice_client.delete(address).status_code == 405
