"""Hours and breaks with a plan: its dates are seen first, and follow as one change with a reason."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from apps.accounts.models import Break, User
from apps.library.models import Roadmap
from apps.plans.build import create_plan
from apps.plans.models import Plan, Revision, Task
from tests.conftest import TODAY
from tests.plans.test_hours import BREAKS, CHANGE, HOURS, PAGE, text, value
from tests.plans.test_queries import grow, queries

DAY = dt.timedelta(days=1)
AWAY = {"first_day": "2026-11-19", "last_day": "2026-11-20", "label": "Trip"}


def days(plan: Plan) -> dict[str, list[dt.date]]:
    """The days of each task."""
    found: dict[str, list[dt.date]] = {}
    for part in plan.parts.select_related("task").order_by("day"):
        found.setdefault(part.task.key, []).append(part.day)
    return found


def applied(plan: Plan, **said: str) -> dict[str, str]:
    return {"apply": "1", "version": str(plan.version), "reason": "A new job"} | said


def test_other_hours_show_what_moves_first(alice_client: Client, alice: User, plan: Plan) -> None:
    before = days(plan)
    answer = alice_client.post(PAGE, HOURS)
    assert answer.status_code == 303
    assert answer["Location"].startswith(f"{CHANGE}?monday=30&")
    page = text(alice_client.get(answer["Location"]))
    assert "Hours changed from 7 h to 3 h 30 min a week" in page
    assert "would end" in page
    assert "later" in page
    assert [value(page.split("<h2")[0], name) for name in HOURS] == ["30"] * 7
    alice.refresh_from_db()
    assert alice.weekday_minutes == (60,) * 7
    assert days(plan) == before


def test_hours_and_plan_change_together_with_a_reason_and_back(
    alice_client: Client, alice: User, plan: Plan
) -> None:
    before = days(plan)
    answer = alice_client.post(CHANGE, HOURS | applied(plan))
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    alice.refresh_from_db()
    assert alice.weekday_minutes == (30,) * 7
    assert days(plan) != before
    revision = Revision.objects.get(kind="hours")
    assert revision.reason == "A new job"
    assert "Hours changed from 7 h to 3 h 30 min" in text(alice_client.get(PAGE))
    alice_client.post(f"/plan/history/{revision.pk}/undo/")
    alice.refresh_from_db()
    assert alice.weekday_minutes == (60,) * 7
    assert days(plan) == before


def test_without_a_reason_nothing_changes(alice_client: Client, alice: User, plan: Plan) -> None:
    answer = alice_client.post(CHANGE, HOURS | applied(plan, reason=" "))
    assert answer.status_code == 422
    assert "Hours changed from 7 h" in text(answer)
    alice.refresh_from_db()
    assert alice.weekday_minutes == (60,) * 7


def test_against_an_old_preview_there_is_a_new_one(
    alice_client: Client, alice: User, plan: Plan
) -> None:
    old = applied(plan)
    Plan.objects.filter(pk=plan.pk).update(version=plan.version + 1)
    answer = alice_client.post(CHANGE, HOURS | old)
    assert answer.status_code == 409
    assert "has changed since" in text(answer)
    alice.refresh_from_db()
    assert alice.weekday_minutes == (60,) * 7


def test_what_was_shown_of_one_plan_does_not_change_another(
    alice_client: Client, alice: User, plan: Plan, roadmap: Roadmap
) -> None:
    shown = text(alice_client.get(CHANGE, HOURS))
    other = create_plan(alice, roadmap, TODAY, TODAY)  # in another tab
    assert other.version == plan.version
    answer = alice_client.post(CHANGE, HOURS | applied(plan) | {"plan": value(shown, "plan")})
    assert answer.status_code == 409
    alice.refresh_from_db()
    assert alice.weekday_minutes == (60,) * 7
    again = value(text(answer), "plan")
    assert alice_client.post(CHANGE, HOURS | applied(other) | {"plan": again}).status_code == 303


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (dict.fromkeys(HOURS, "60"), "These are your hours already."),
        (dict.fromkeys(HOURS, "0"), "At least one weekday"),
        ({"monday": "961"}, "At most 960"),
        ({"monday": "x"}, "whole number"),
    ],
)
def test_hours_that_change_nothing_or_are_wrong(
    alice_client: Client, plan: Plan, change: dict[str, str], message: str
) -> None:
    for answer in (
        alice_client.get(CHANGE, HOURS | change),
        alice_client.post(CHANGE, HOURS | change | applied(plan)),
    ):
        assert answer.status_code == 422
        assert message in text(answer)
    assert not Revision.objects.filter(kind="hours").exists()


def test_times_of_day_are_saved_at_once(alice_client: Client, alice: User, plan: Plan) -> None:
    before = days(plan)
    same = dict.fromkeys(HOURS, "60")
    answer = alice_client.post(PAGE, same | {"monday_at": "18:30"}, follow=True)
    assert answer.redirect_chain == [(PAGE, 303)]
    assert "Your times of day are saved." in text(answer)
    answer = alice_client.post(PAGE, HOURS | {"monday_at": "07:30"}, follow=True)
    assert "Your times of day are saved." in text(answer)
    alice.refresh_from_db()
    assert alice.weekday_times[0] == dt.time(7, 30)
    assert alice.weekday_minutes == (60,) * 7
    assert days(plan) == before


def test_a_break_shows_what_moves_first(alice_client: Client, alice: User, plan: Plan) -> None:
    answer = alice_client.get(BREAKS, AWAY)
    page = text(answer)
    assert answer.status_code == 200
    assert "Break from 19 November to 20 November (Trip)" in page
    assert "Implement k-means" in page
    assert not alice.breaks.exists()
    # A form that was sent as without a plan only shows it as well.
    assert alice_client.post(BREAKS, AWAY).status_code == 200
    assert not alice.breaks.exists()


def test_a_break_is_added_and_removed_with_the_plan(
    alice_client: Client, alice: User, plan: Plan
) -> None:
    before = days(plan)
    alice_client.post(BREAKS, AWAY | applied(plan))
    away = alice.breaks.get()
    assert (away.first_day, away.last_day, away.label) == (TODAY + DAY, TODAY + 2 * DAY, "Trip")
    assert days(plan)["kmeans"] == [TODAY + 3 * DAY]
    plan.refresh_from_db()
    # Sent again, the same form makes no second one.
    assert alice_client.post(BREAKS, AWAY | applied(plan)).status_code == 422
    page = text(alice_client.get(PAGE))
    address = f"{BREAKS}{away.pk}/"
    assert f'href="{address}"' in page
    shown = alice_client.get(address)
    assert "Took back the break from 19 November" in text(shown)
    assert alice.breaks.exists()
    answer = alice_client.post(address, applied(plan))
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    assert not alice.breaks.exists()
    assert days(plan) == before
    assert Revision.objects.filter(kind="break").count() == 2


def test_a_bad_break_is_said(alice_client: Client, plan: Plan) -> None:
    answer = alice_client.get(BREAKS, AWAY | {"last_day": "2026-11-01"})
    assert answer.status_code == 422
    assert "on or after its first day" in text(answer)
    assert alice_client.get(BREAKS).status_code == 200


def test_a_strangers_break_is_404_with_a_plan_too(
    charlie: User, alice_client: Client, plan: Plan
) -> None:
    away = Break.objects.create(user=charlie, first_day=TODAY, last_day=TODAY)
    for answer in (
        alice_client.get(f"{BREAKS}{away.pk}/"),
        alice_client.post(f"{BREAKS}{away.pk}/", applied(plan)),
    ):
        assert answer.status_code == 404
    assert Break.objects.exists()


# The picture -----------------------------------------------------------------------------------


def test_the_four_weeks_as_they_are(alice_client: Client, alice: User, plan: Plan) -> None:
    User.objects.filter(pk=alice.pk).update(interview_on=TODAY + 5 * DAY)
    Break.objects.create(user=alice, first_day=TODAY + DAY, last_day=TODAY + DAY, label="Trip")
    page = text(alice_client.get(PAGE))
    assert "Wed 18 Nov: 60 of 60 min" in page
    assert "Thu 19 Nov: 60 min, no room, Trip, 60 min too much" in page
    assert "1 day with more than fits." in page
    assert "Mon 23 Nov: 0 of 60 min, interview" in page
    assert page.count('class="chart four-weeks"') == 1
    assert "Nothing is saved yet." not in page


def test_the_four_weeks_under_other_hours(alice_client: Client, alice: User, plan: Plan) -> None:
    plan.tasks.filter(key="sheet").update(status="skipped")
    page = text(alice_client.post(PAGE, HOURS | {"look": "1"}))
    assert "Wed 18 Nov: 20 of 30 min" in page
    assert "Room for 14 h, 3 h 30 planned" in page
    assert "Nothing is saved yet." in page
    assert plan.parts.filter(day=TODAY).count() == 3


def test_hours_under_which_the_plan_never_ends(alice_client: Client, plan: Plan) -> None:
    plan.tasks.update(minutes=6000)
    tiny = dict.fromkeys(HOURS, "0") | {"monday": "1"}
    answer = alice_client.post(PAGE, tiny | {"look": "1"})
    assert answer.status_code == 422
    assert "would not end within thirty years" in text(answer)
    assert value(text(answer), "monday") == "1"


def test_a_preset_under_which_the_plan_never_ends(alice_client: Client, plan: Plan) -> None:
    day = plan.tasks.get(key="sheet").day
    Task.objects.bulk_create(
        Task(plan=plan, day=day, position=9_000 + n, title="Long", minutes=6_000)
        for n in range(170)
    )
    answer = alice_client.post(PAGE, {"preset": "calm"})
    assert answer.status_code == 422
    assert "would not end within thirty years" in text(answer)
    assert value(text(answer), "saturday") == "120"


def test_queries_do_not_grow_with_the_plan(alice_client: Client, plan: Plan) -> None:
    def counted() -> tuple[int, int]:
        page = queries(lambda: alice_client.get(PAGE))
        look = queries(lambda: alice_client.post(PAGE, HOURS | {"look": "1"}))
        return len(page), len(look)

    before = counted()
    grow(plan, 10)
    assert counted() == before
    assert before <= (7, 12)
