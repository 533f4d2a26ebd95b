"""First sign-in: every page leads to it once, bad input is kept and answered beside the field."""

from __future__ import annotations

import datetime as dt
import html
from typing import Any

import pytest
import time_machine
from django.test import Client

from apps.accounts.forms import PRESETS, latest_interview, zone_names
from apps.accounts.models import WEEKDAYS, User

GOOD = {
    "name": "Nora",
    "time_zone": "Europe/Berlin",
    "level": "principal",
    "interview_on": "2027-02-01",
    **dict.fromkeys(WEEKDAYS, "45"),
}
NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


def post(client: Client, **said: str) -> Any:
    return client.post("/welcome/", GOOD | said)


def stored(learner: User) -> User:
    learner.refresh_from_db()
    return learner


def test_a_newcomer_is_sent_here_from_everywhere(newcomer_client: Client) -> None:
    for path in ("/", "/plan/", "/plans/", "/week/", "/checks/"):
        assert newcomer_client.get(path)["Location"] == "/welcome/", path
    assert newcomer_client.get("/settings/").status_code == 200


def test_the_page_starts_with_an_honest_week(newcomer_client: Client) -> None:
    page = newcomer_client.get("/welcome/")
    form = page.context["form"]
    assert [form[day].value() for day in WEEKDAYS] == [60, 60, 60, 60, 0, 120, 120]
    text = page.content.decode()
    assert "data-propose-zone" in text
    assert "8 h a week" in text
    assert "10 h a week" in text


def test_presets_say_their_true_sum() -> None:
    assert [(preset.hours, sum(preset.minutes)) for preset in PRESETS] == [
        ("8 h", 480),
        ("10 h", 600),
    ]
    assert all(len(preset.minutes) == 7 for preset in PRESETS)


def test_what_is_said_is_stored_and_the_placement_comes_next(
    newcomer_client: Client, newcomer: User
) -> None:
    answer = post(newcomer_client)
    assert (answer.status_code, answer["Location"]) == (303, "/assessments/placement/")
    learner = stored(newcomer)
    assert learner.weekday_minutes == (45,) * 7
    assert (learner.time_zone, learner.level, learner.name) == (
        "Europe/Berlin",
        "principal",
        "Nora",
    )
    assert learner.interview_on == dt.date(2027, 2, 1)
    assert learner.onboarded_at == NOON
    page = newcomer_client.get("/assessments/placement/", follow=True)
    assert page.status_code == 200
    assert "/plan/new/" in page.content.decode()


def test_name_and_interview_may_be_left_out(newcomer_client: Client, newcomer: User) -> None:
    assert post(newcomer_client, name="", interview_on="").status_code == 303
    assert stored(newcomer).interview_on is None


def test_posting_twice_is_the_same_as_once(newcomer_client: Client, newcomer: User) -> None:
    post(newcomer_client)
    with time_machine.travel(NOON + dt.timedelta(hours=1)):
        assert post(newcomer_client).status_code == 303
    assert stored(newcomer).onboarded_at == NOON


def test_a_learner_who_was_here_goes_to_the_settings(alice_client: Client) -> None:
    assert alice_client.get("/welcome/")["Location"] == "/settings/"


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_work_without_javascript(
    newcomer_client: Client, newcomer: User, preset: Any
) -> None:
    page = post(newcomer_client, preset=preset.key, monday="abc", interview_on="2027-02-31")
    form = page.context["form"]
    assert page.status_code == 200
    assert tuple(form[day].value() for day in WEEKDAYS) == preset.minutes
    assert form["time_zone"].value() == "Europe/Berlin"
    text = page.content.decode()
    for kept in ('value="Nora"', 'value="2027-02-31"', "Europe/Berlin"):
        assert kept in text
    assert not form.errors
    assert "data-propose-zone" not in text
    assert stored(newcomer).onboarded_at is None


def test_an_unknown_preset_changes_nothing_typed(newcomer_client: Client) -> None:
    page = post(newcomer_client, preset="endless")
    assert page.context["form"]["monday"].value() == "45"


@pytest.mark.parametrize(
    ("field", "said", "message"),
    [
        ("monday", "-1", "cannot be negative"),
        ("tuesday", "1000000000", "At most 960 minutes"),
        ("tuesday", "9" * 5000, "whole number"),
        ("wednesday", "961", "At most 960 minutes"),
        ("thursday", "abc", "whole number"),
        ("friday", "1.5", "whole number"),
        ("saturday", "", "How many minutes?"),
        ("sunday", "١٢x", "whole number"),
        ("interview_on", "2027-02-31", "not a date of the calendar"),
        ("interview_on", "tomorrow", "not a date of the calendar"),
        ("interview_on", "02/03/2027", "not a date of the calendar"),
        ("interview_on", "2026-11-20", "in the past"),
        ("interview_on", "2029-11-22", "more than 3 years ahead"),
        ("interview_on", "9999-12-31", "more than 3 years ahead"),
        ("time_zone", "Mars/Olympus", "is not a time zone we know"),
        ("time_zone", "../../etc/passwd", "is not a time zone we know"),
        ("time_zone", "", "Which time zone"),
        ("level", "wizard", "Choose one of these"),
        ("level", "", "Choose a level"),
        ("name", "x" * 121, "At most 120 characters"),
        ("name", "a\x00b", "Null characters"),
    ],
)
def test_bad_input_is_kept_and_answered_beside_its_field(
    newcomer_client: Client, newcomer: User, field: str, said: str, message: str
) -> None:
    page = post(newcomer_client, **{field: said})
    form = page.context["form"]
    assert page.status_code == 422
    assert list(form.errors) == [field]
    assert message in form.errors[field][0]
    text = html.unescape(page.content.decode())
    assert f'id="id_{field}_error"' in text
    assert form[field].value() == said
    if field not in ("time_zone", "level"):  # no such choice to show
        assert not said or said in text
    for other in ("Nora", "2027-02-01", 'value="45"'):
        assert other in text or field in ("name", "interview_on")
    learner = stored(newcomer)
    assert (learner.onboarded_at, learner.time_zone, learner.name) == (None, "UTC", "")


@pytest.mark.parametrize("day", ["2026-11-21", "2029-11-21"])
def test_today_and_three_years_ahead_are_still_good(newcomer_client: Client, day: str) -> None:
    assert post(newcomer_client, interview_on=day).status_code == 303


def test_an_interview_today_counts_in_the_learners_own_zone(newcomer_client: Client) -> None:
    # At noon in London it is already the 22nd in Kiritimati (UTC+14).
    late = post(newcomer_client, time_zone="Pacific/Kiritimati", interview_on="2026-11-21")
    assert "in the past" in late.context["form"].errors["interview_on"][0]


def test_a_week_without_time_is_answered_beside_the_hours(newcomer_client: Client) -> None:
    page = post(newcomer_client, **dict.fromkeys(WEEKDAYS, "0"))
    assert page.status_code == 422
    text = page.content.decode()
    assert text.index("hours-error") < text.index("At least one weekday") < text.index("Level you")


def test_three_years_from_a_leap_day() -> None:
    assert latest_interview(dt.date(2028, 2, 29)) == dt.date(2031, 2, 28)


def test_every_offered_zone_can_be_stored(newcomer_client: Client, newcomer: User) -> None:
    names = zone_names()
    assert list(names) == sorted(names)
    assert {"UTC", "Europe/Berlin", "Asia/Kolkata"} <= set(names)
    for name in names:
        newcomer.time_zone = name
        newcomer.clean_fields()


def test_wrong_method(newcomer_client: Client) -> None:
    assert newcomer_client.put("/welcome/").status_code == 405
