"""Hours, breaks and the calendar's address: axe on each page and state, and the way without
JavaScript."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.clock import local_today
from apps.accounts.models import Break, User
from apps.plans.models import Plan, Revision
from tests.e2e.conftest import violations

pytestmark = pytest.mark.browser

HOURS, CALENDAR = "/settings/hours/", "/settings/calendar/"


class Checked:
    """Notes what axe finds and what is wider than the screen."""

    def __init__(self, page: Page, width: int) -> None:
        self.page, self.width, self.problems = page, width, list[str]()

    def look(self, where: str) -> None:
        self.page.wait_for_load_state("networkidle")
        self.problems += [f"{where}: {line}" for line in violations(self.page)]
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > self.width:
            self.problems.append(f"{where} is {wide} wide")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_each_state_is_clean(
    signed_in: Page, live_server: Any, learner: Any, learner_plan: Plan, width: int, scheme: Any
) -> None:
    page, today = signed_in, local_today(learner)
    day = dt.timedelta(days=1)
    User.objects.filter(pk=learner.pk).update(interview_on=today + 9 * day)
    Break.objects.create(user=learner, first_day=today + day, last_day=today + 2 * day)
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    checked = Checked(page, width)
    page.goto(live_server.url + HOURS)
    expect(page.get_by_text("with more than fits")).to_be_visible()
    page.get_by_text("Table", exact=True).click()
    checked.look("hours")
    page.get_by_role("button", name=re.compile("About 8 h a week")).click()
    expect(page.get_by_text("Nothing is saved yet.")).to_be_visible()
    checked.look("preset")
    page.get_by_label("Monday, minutes").fill("x")
    page.get_by_label("Tuesday, from").fill("18:30")
    page.get_by_role("button", name="Save the schedule").click()
    expect(page.get_by_text("Minutes are a whole number.")).to_be_visible()
    expect(page.get_by_label("Tuesday, from")).to_have_value("18:30")
    checked.look("error")
    page.get_by_label("Monday, minutes").fill("15")
    page.get_by_role("button", name="Save the schedule").click()
    expect(page.get_by_role("heading", name="Change your hours")).to_be_visible()
    checked.look("change")
    page.goto(live_server.url + CALENDAR)
    checked.look("no address")
    page.get_by_role("button", name="Make the address").click()
    expect(page.get_by_label("Copy it now")).to_have_value(re.compile(r"/calendar/[\w-]{43}\.ics$"))
    checked.look("address")
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name=re.compile("Copied|Select it"))).to_be_visible()
    page.reload()
    expect(page.get_by_text("There is one since")).to_be_visible()
    checked.look("made")
    assert not checked.problems, "\n".join(checked.problems)


def test_the_picture_is_one_stop_of_the_tab_key(
    signed_in: Page, live_server: Any, learner_plan: Plan
) -> None:
    page = signed_in
    page.goto(live_server.url + HOURS)
    page.get_by_role("button", name="See the four weeks").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("img", name=re.compile("The next 28 days have room"))).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".schedule summary")).to_be_focused()


def test_hours_change_without_javascript(
    without_javascript: Page, learner: Any, learner_plan: Plan
) -> None:
    page = without_javascript
    page.goto(HOURS)
    page.get_by_role("button", name=re.compile("About 10 h a week")).click()
    page.get_by_label("Monday, from").fill("07:30")
    page.get_by_role("button", name="Save the schedule").click()
    page.get_by_label("Why?").fill("More time before the interview")
    page.get_by_role("button", name="Change the hours and the plan").click()
    expect(page.get_by_label("Saturday, minutes")).to_have_value("150")
    expect(page.get_by_label("Monday, from")).to_have_value("07:30")
    revision = Revision.objects.get(kind="hours")
    assert revision.reason == "More time before the interview"


def test_a_break_without_javascript(
    without_javascript: Page, learner: Any, learner_plan: Plan
) -> None:
    page, tomorrow = without_javascript, local_today(learner) + dt.timedelta(days=1)
    page.goto(HOURS)
    page.get_by_label("From", exact=True).fill(str(tomorrow))
    page.get_by_label("To", exact=True).fill(str(tomorrow))
    page.get_by_role("button", name="See what a break moves").click()
    page.get_by_label("Why?").fill("A wedding")
    page.get_by_role("button", name="Add the break").click()
    page.get_by_role("link", name=re.compile("Remove the break from")).click()
    page.get_by_label("Why?").fill("Called off")
    page.get_by_role("button", name="Remove the break").click()
    expect(page.get_by_text("None so far.")).to_be_visible()
    assert [each.reason for each in Revision.objects.filter(kind="break")] == [
        "Called off",
        "A wedding",
    ]
