"""What Today and the plan page say of the pace, and the pages of the ways out."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from apps.library.models import Topic
from apps.plans import work
from apps.plans.build import create_plan
from apps.plans.models import Plan, Revision, Task
from tests.conftest import TODAY
from tests.plans.test_queries import grow, queries

HX = {"HX-Request": "true"}
DAY = dt.timedelta(days=1)
ADDRESSES = [
    "/plan/pace/",
    "/plan/adjust/",
    "/plan/adjust/leave-out/",
    "/plan/adjust/later/",
    "/plan/adjust/unpin/",
    "/plan/adjust/pull/",
    "/plan/adjust/topics/",
    "/plan/interview/",
    "/plan/interview/debrief/",
]


def text(answer: Any) -> str:
    return " ".join(unescape(strip_tags(answer.content.decode())).split())


def interview(alice: Any, day: dt.date | None) -> None:
    alice.interview_on = day
    alice.save(update_fields=["interview_on"])


@pytest.fixture
def card(alice_client: Client) -> Callable[[], str]:
    return lambda: text(alice_client.get("/plan/pace/", headers=HX))


@pytest.fixture
def apply(alice_client: Client, plan: Plan) -> Callable[..., Any]:
    """Send a change with the plan's version."""

    def send(address: str, **data: Any) -> Any:
        plan.refresh_from_db()
        return alice_client.post(
            address, {"apply": "1", "version": plan.version, "reason": "Ill", **data}
        )

    return send


@pytest.fixture
def lesser(plan: Plan) -> Task:
    """A task that may be left out: optional, on a specialisation."""
    task = plan.tasks.get(key="zero")
    special = Topic.objects.create(
        slug="zero", title="ZeRO", area=Topic.objects.all()[0].area, category="specialisation"
    )
    task.topics.set([special])
    task.priority = "optional"
    task.save(update_fields=["priority"])
    return task


def finish(alice: Any, plan: Plan, *keys: str) -> None:
    for task in plan.tasks.filter(key__in=keys):
        work.tick(alice, task.pk, TODAY)


# What is said ----------------------------------------------------------------------------------


def test_today_and_the_plan_page_ask_for_it_and_lead_to_it(
    alice_client: Client, plan: Plan
) -> None:
    today = alice_client.get("/today/").content.decode()
    assert today.count('hx-get="/plan/pace/"') == 1
    assert today.index('hx-get="/plan/pace/"') < today.index('id="agenda"')  # above the tasks
    assert 'href="/plan/adjust/"' in today
    page = alice_client.get("/plan/").content.decode()
    assert 'hx-get="/plan/pace/?as=line"' in page
    assert 'href="/plan/adjust/"' in page


def test_the_card_and_the_line_say_how_the_plan_stands(
    alice_client: Client, alice: Any, now: Any, plan: Plan, card: Callable[[], str]
) -> None:
    assert "Ends on 21 November. There is no date to be ready by yet. Set the date." in card()
    interview(alice, TODAY + 9 * DAY)
    assert "On track: ends on 21 November, 6 days before your interview." in card()
    now.shift(DAY)
    assert "1 day behind, still ends 5 days before your interview." in card()
    line = alice_client.get("/plan/pace/?as=line", headers=HX)
    assert "1 day behind, still ends 5 days" in text(line)
    assert 'id="pace-line"' in line.content.decode()
    interview(alice, TODAY + 2 * DAY)
    assert "1 day behind, ends 2 days after your interview." in card()


def test_without_javascript_the_card_is_the_page(alice_client: Client, plan: Plan) -> None:
    answer = alice_client.get("/plan/pace/")
    assert (answer.status_code, answer["Location"]) == (302, "/plan/adjust/")


def test_without_a_plan_there_is_nothing_to_say(alice_client: Client) -> None:
    assert alice_client.get("/plan/pace/", headers=HX).content == b""
    for address in ADDRESSES[1:]:
        answer = alice_client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, "/plan/")


def test_a_paused_plan_of_somebody_else_is_not_told(charlie_client: Client, plan: Plan) -> None:
    assert charlie_client.get("/plan/pace/", headers=HX).content == b""
    assert charlie_client.get("/plan/adjust/")["Location"] == "/plan/"


@pytest.mark.parametrize("address", ADDRESSES)
def test_other_methods_are_refused(alice_client: Client, plan: Plan, address: str) -> None:
    assert alice_client.put(address).status_code == 405
    if address in ADDRESSES[:2]:
        assert alice_client.post(address).status_code == 405


def test_queries_are_few_and_do_not_grow(
    alice_client: Client, alice: Any, now: Any, plan: Plan, lesser: Task
) -> None:
    interview(alice, TODAY + 2 * DAY)
    now.shift(DAY)

    def counts() -> tuple[int, int]:
        alice_client.get("/plan/adjust/")
        return (
            len(queries(lambda: alice_client.get("/plan/pace/", headers=HX))),
            len(queries(lambda: alice_client.get("/plan/adjust/"))),
        )

    few = counts()
    assert few[0] <= 10
    assert few[1] <= 12
    grow(plan, 8)
    assert counts() == few


# Three ways out --------------------------------------------------------------------------------


def test_behind_comes_with_three_ways_out_and_what_each_comes_to(
    alice_client: Client, alice: Any, now: Any, plan: Plan, lesser: Task
) -> None:
    interview(alice, TODAY + 3 * DAY)
    now.shift(DAY)
    page = alice_client.get("/plan/adjust/")
    said = text(page)
    assert "1 day behind" in said
    assert "3 tasks from earlier days are still open, 1 h of work." in said
    assert "6 tasks are open in all, 4 h of work; your week has 7 h" in said
    assert "Three ways out" in said
    assert said.count("measured against 21 November, the day of your interview.") == 1
    assert "30 minutes more every study day, 3 h 30 a week" in said
    assert "1 task of little weight, 1 h 30" in said
    assert "Sunday, 22 November 2026 is the date: 1 day after your interview." in said
    body = page.content.decode()
    assert "/settings/hours/change/?next=/plan/adjust/&amp;monday=90" in body
    assert "/plan/adjust/leave-out/?looked=suggest" in body
    assert "/plan/adjust/later/?day=2026-11-22&amp;which=plan" in body


def test_without_a_target_all_is_measured_against_the_end_as_planned(
    alice_client: Client, now: Any, plan: Plan, lesser: Task
) -> None:
    now.shift(DAY)
    said = text(alice_client.get("/plan/adjust/"))
    assert "All three are measured against 21 November, where the plan was to end." in said
    assert "ends on Sunday, 22 November 2026, 1 day after that." in said


def test_the_end_as_first_planned_is_told_where_it_differs(
    alice_client: Client, now: Any, plan: Plan
) -> None:
    assert "First planned" not in text(alice_client.get("/plan/adjust/"))
    now.shift(DAY)
    first = "First planned to end on Saturday, 21 November 2026."
    assert first in text(alice_client.get("/plan/adjust/"))
    plan.revisions.filter(kind="create").update(after={"last": "None"})
    assert "First planned" not in text(alice_client.get("/plan/adjust/"))


def test_a_target_that_has_passed_leaves_today_as_the_measure(
    alice_client: Client, plan: Plan, lesser: Task
) -> None:
    Plan.objects.filter(pk=plan.pk).update(target_on=TODAY - DAY)
    said = text(alice_client.get("/plan/adjust/"))
    assert "measured against today, since your target, 17 November, has passed." in said
    assert "Saturday, 21 November 2026 is the date: 3 days after today." in said


def test_a_way_that_is_not_enough_says_so(
    alice_client: Client, alice: Any, plan: Plan, lesser: Task
) -> None:
    interview(alice, TODAY)
    said = text(alice_client.get("/plan/adjust/"))
    assert "That is not enough: still 1 day too late." in said
    assert "That is all there is, and not enough: still 2 days too late." in said


def test_nothing_but_musts_is_never_proposed_to_be_left_out(
    alice_client: Client, alice: Any, plan: Plan
) -> None:
    interview(alice, TODAY + DAY)
    assert "nothing is proposed to be left out" in text(alice_client.get("/plan/adjust/"))
    answer = alice_client.get("/plan/adjust/leave-out/")
    assert "There is nothing to choose at the moment." in text(answer)


def test_behind_but_in_time_is_laid_out_again(
    alice_client: Client, alice: Any, now: Any, plan: Plan
) -> None:
    interview(alice, TODAY + 9 * DAY)
    now.shift(DAY)
    page = alice_client.get("/plan/adjust/")
    said = text(page)
    assert "from today, the plan ends by then: " in said
    assert "All three are measured against 27 November, the day of your interview." in said
    assert "neither more minutes nor leaving some out is needed for that." in said
    assert "too late" not in said
    assert "Lay it out again" in said
    assert 'href="/plan/reflow/?next=/plan/adjust/"' in page.content.decode()


def test_the_hours_that_are_proposed_bring_the_plan_back_on_track(
    alice_client: Client, alice: Any, now: Any, plan: Plan, apply: Any, card: Callable[[], str]
) -> None:
    interview(alice, TODAY + 3 * DAY)
    now.shift(DAY)
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    more = dict.fromkeys(days, "90")
    address = "/settings/hours/change/"
    assert "21 November" in text(alice_client.get(address, more | {"next": "/plan/adjust/"}))
    answer = apply(address, next="/plan/adjust/", **more)
    assert (answer.status_code, answer["Location"]) == (303, "/plan/adjust/")
    assert "On track: ends on 21 November, on the day of your interview." in card()


def test_leaving_out_is_seen_first_changed_and_done_as_one_revision(
    alice_client: Client, alice: Any, now: Any, plan: Plan, lesser: Task, apply: Any
) -> None:
    interview(alice, TODAY + 3 * DAY)
    now.shift(DAY)
    address = "/plan/adjust/leave-out/"
    fresh = alice_client.get(address)
    assert f'value="{lesser.pk}" checked' in fresh.content.decode()
    assert "optional · specialisation" in text(fresh)
    shown = alice_client.get(address, {"looked": "suggest"})
    assert shown.status_code == 200
    assert "Left out “Read the ZeRO paper”" in text(shown)
    ends = "As it is, the plan ends on 22 November. With this it ends on 21 November."
    assert ends in text(shown)
    assert "later, on" not in text(shown)
    plain = alice_client.post(address, {"looked": "1", "chosen": [str(lesser.pk)]})
    assert "Left out “Read the ZeRO paper”" in text(plain)
    assert Revision.objects.filter(kind="leave_out").count() == 0
    answer = apply(address, looked="1", chosen=[str(lesser.pk)])
    assert (answer.status_code, answer["Location"]) == (303, "/plan/adjust/")
    lesser.refresh_from_db()
    assert (lesser.status, lesser.skip_reason) == ("skipped", "Ill")
    assert Revision.objects.filter(kind="leave_out", reason="Ill").count() == 1


def test_bad_choices_are_told_beside_the_list(
    alice_client: Client, alice: Any, plan: Plan, lesser: Task, apply: Any
) -> None:
    address = "/plan/adjust/leave-out/"
    none = alice_client.post(address, {"looked": "1"})
    assert none.status_code == 422
    assert "Choose one task at least." in text(none)
    odd = alice_client.post(address, {"looked": "1", "chosen": ["no-id"]})
    assert odd.status_code == 422
    assert "Choose from the list." in text(odd)
    must = plan.tasks.get(key="kmeans")
    assert alice_client.post(address, {"looked": "1", "chosen": [str(must.pk)]}).status_code == 422
    unsaid = apply(address, looked="1", chosen=[str(lesser.pk)], reason="")
    assert unsaid.status_code == 422
    assert "Say in a few words why." in text(unsaid)
    assert f'value="{lesser.pk}" checked' in unsaid.content.decode()


def test_a_strangers_task_in_the_form_is_a_404(
    alice_client: Client, charlie: Any, roadmap: Any, plan: Plan, lesser: Task
) -> None:
    theirs = create_plan(charlie, roadmap, TODAY, TODAY).tasks.all()[0]
    for key in (theirs.pk, uuid.uuid4()):
        for address in ("/plan/adjust/leave-out/", "/plan/adjust/pull/", "/plan/adjust/topics/"):
            data = {"looked": "1", "chosen": [str(key), str(lesser.pk)]}
            assert alice_client.post(address, data).status_code == 404
            assert alice_client.get(address, data).status_code == 404


def test_a_plan_that_moved_on_is_shown_again(
    alice_client: Client, plan: Plan, lesser: Task
) -> None:
    data = {"looked": "1", "chosen": [str(lesser.pk)], "reason": "Ill", "apply": "1"}
    stale = alice_client.post("/plan/adjust/leave-out/", {**data, "version": plan.version - 1})
    assert stale.status_code == 409
    assert "The plan has changed since this was shown." in text(stale)
    lesser.refresh_from_db()
    assert lesser.status == "todo"


def test_a_task_finished_meanwhile_in_another_tab_is_no_error_of_the_learners(
    alice_client: Client, alice: Any, plan: Plan, lesser: Task
) -> None:
    other = plan.tasks.get(key="sheet")
    other.priority = "optional"
    other.topics.clear()
    other.save(update_fields=["priority"])
    work.tick(alice, other.pk, TODAY)
    data = {"looked": "1", "chosen": [str(lesser.pk), str(other.pk)]}
    shown = alice_client.post("/plan/adjust/leave-out/", data)
    assert shown.status_code == 200
    assert "Left out “Read the ZeRO paper”" in text(shown)


def test_a_later_date_is_the_plans_own_or_the_interviews(
    alice_client: Client, alice: Any, now: Any, plan: Plan, apply: Any, card: Callable[[], str]
) -> None:
    interview(alice, TODAY + 2 * DAY)
    now.shift(DAY)
    address, day = "/plan/adjust/later/", "2026-11-22"
    assert "End of the plan moved from 20 November to 22 November 2026" in text(
        alice_client.get(address, {"day": day, "which": "plan"})
    )
    assert apply(address, day=day, which="plan").status_code == 303
    plan.refresh_from_db()
    alice.refresh_from_db()
    assert (plan.target_on, alice.interview_on) == (TODAY + 4 * DAY, TODAY + 2 * DAY)
    assert "On track: ends on 22 November, on the day of your target." in card()
    assert "the plan ends 2 days after it." in card()
    assert apply(address, day="2026-11-25", which="interview").status_code == 303
    alice.refresh_from_db()
    assert alice.interview_on == TODAY + 7 * DAY


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"day": "", "which": "plan"}, "Which day?"),
        ({"day": "2026-02-30", "which": "plan"}, "That is not a date of the calendar."),
        ({"day": "2026-11-01", "which": "plan"}, "That day is in the past."),
        ({"day": "9999-01-01", "which": "plan"}, "That is more than two years ahead."),
        ({"day": "2026-12-01", "which": "x"}, "Choose one of the two."),
        ({"day": "2026-11-19", "which": "plan"}, "That is the date already."),
    ],
)
def test_bad_dates_are_told_beside_the_field(
    alice_client: Client, alice: Any, plan: Plan, data: dict[str, str], said: str
) -> None:
    interview(alice, TODAY + DAY)
    answer = alice_client.get("/plan/adjust/later/", data)
    assert answer.status_code == 422
    assert said in text(answer)
    assert data["day"] in answer.content.decode()


def test_what_is_pinned_to_a_day_that_has_passed_can_move_again(
    alice_client: Client, now: Any, plan: Plan, task: Task, apply: Any, card: Callable[[], str]
) -> None:
    task.pinned_on = TODAY
    task.save(update_fields=["pinned_on"])
    now.shift(DAY)
    said = text(alice_client.get("/plan/adjust/"))
    assert "1 of the tasks from earlier days is pinned to a day that has passed" in said
    assert "Three ways out" in said  # others are late, too
    plan.tasks.exclude(pk=task.pk).filter(parts__day=TODAY).update(status="done")
    Task.objects.filter(pk=task.pk).update(minutes=60)
    task.parts.update(minutes=60)
    said = text(alice_client.get("/plan/adjust/"))
    assert "1 day behind" in said
    assert "All that is late is pinned to days that have passed." in said
    assert "Three ways out" not in said
    assert "Unpinned “Read about Adam”" in text(alice_client.get("/plan/adjust/unpin/"))
    assert apply("/plan/adjust/unpin/").status_code == 303
    freed = Task.objects.get(pk=task.pk)
    assert freed.pinned_on is None
    assert freed.parts.get().day == TODAY + DAY
    assert "behind" not in card()
    again = alice_client.get("/plan/adjust/unpin/")
    assert again.status_code == 422
    assert "Nothing there is pinned." in text(again)


def test_a_date_that_is_years_ahead_is_named_with_its_year_and_can_be_set(
    alice_client: Client, alice: Any, plan: Plan, apply: Any
) -> None:
    interview(alice, TODAY + DAY)
    alice.weekday_minutes = (0, 0, 0, 0, 0, 15, 0)
    alice.save()
    plan.tasks.update(minutes=500)
    page = alice_client.get("/plan/adjust/")
    (day,) = re.findall(r"later/\?day=([0-9-]+)&amp;which=plan", page.content.decode())
    assert day > "2028-11-18"
    assert f" {day[:4]} is the date" in text(page)
    assert alice_client.get(f"/plan/adjust/later/?day={day}&which=plan").status_code == 200
    assert apply("/plan/adjust/later/", day=day, which="plan").status_code == 303


def test_hours_that_hold_nothing_lead_to_the_hours(
    alice_client: Client, alice: Any, plan: Plan, card: Callable[[], str]
) -> None:
    alice.weekday_minutes = (0,) * 7
    alice.save()
    assert "No weekday has any minutes of study" in card()
    assert alice_client.get("/plan/adjust/").status_code == 200
    assert alice_client.get("/plan/interview/").status_code == 200
