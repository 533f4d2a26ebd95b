"""A plan that bends: extended, deferred, interrupted by a break, undone; the history tells it."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.clock import local_today
from apps.plans.models import Plan, PlanDay, PlanWeek
from tests.e2e.conftest import violations

pytestmark = pytest.mark.browser

WHY = "82 % unknown"
PROMPT = "assessment: LLM systems 18 %"


@pytest.fixture
def named(learner_plan: Plan) -> Plan:
    """The plan with a day about LLM systems, of two study days, one about retrieval, and a third
    week."""
    days = PlanDay.objects.filter(week__plan=learner_plan)
    days.filter(title="Day 0 of week 2").update(title="LLM systems")
    days.filter(title="Day 1 of week 1").update(title="Advanced RAG")
    PlanWeek.objects.create(plan=learner_plan, number=3, title="Retrieval")
    return learner_plan


def wide(page: Page) -> int:
    return int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )


def open_change(page: Page, address: str, plan: Plan, week: int, day: str, what: str) -> None:
    """Open a day's menu on the plan page with the keyboard, and follow one of its links."""
    page.goto(f"{address}/plan/?week={plan.weeks.get(number=week).pk}")
    section = page.locator(".session").filter(has=page.get_by_role("heading", name=day))
    section.locator("summary").press("Enter")
    link = section.get_by_role("link", name=what)
    expect(link).to_be_visible()
    assert violations(page) == []
    assert wide(page) <= 0
    link.press("Enter")


def apply(page: Page, verb: str, why: str, prompt: str = "") -> None:
    """Give the reason and change the plan."""
    assert violations(page) == []
    assert wide(page) <= 0
    page.get_by_label("Why?").fill(why)
    page.get_by_label("What prompted it").fill(prompt)
    page.get_by_role("button", name=verb, exact=True).press("Enter")


@pytest.mark.parametrize("width", [360, 1280])
def test_extend_defer_and_undo(
    signed_in: Page, live_server: Any, learner: Any, named: Plan, width: int
) -> None:
    page, today = signed_in, local_today(learner)
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(reduced_motion="reduce")

    open_change(page, live_server.url, named, 2, "LLM systems", "Extend")
    expect(page.get_by_text("It takes 2 study days now, 2 h.")).to_be_visible()
    page.get_by_label("Study days it is to take").fill("5")
    page.keyboard.press("Enter")
    said = "Extended “LLM systems” from 2 to 5 study days"
    expect(page.get_by_role("heading", name=said)).to_be_visible()
    expect(page.get_by_text("The plan would end 3 days later")).to_be_visible()
    page.get_by_role("button", name="Extend it").click()
    expect(page.get_by_text("Say in a few words why")).to_be_visible()
    apply(page, "Extend it", WHY, PROMPT)
    expect(page.locator("#messages")).to_contain_text(said)

    open_change(page, live_server.url, named, 1, "Advanced RAG", "Defer or pull forward")
    page.get_by_label("Week").select_option(label="Week 3: Retrieval")
    page.get_by_role("button", name="See what moves").click()
    deferred = "Deferred “Advanced RAG” to Week 3"
    expect(page.get_by_role("heading", name=deferred)).to_be_visible()
    apply(page, "Move it", "The basics of retrieval come first")
    expect(page.locator("#messages")).to_contain_text(deferred)

    page.goto(f"{live_server.url}/settings/hours/")
    first, last = today + dt.timedelta(days=2), today + dt.timedelta(days=4)
    page.locator("[name=first_day]").fill(first.isoformat())
    page.locator("[name=last_day]").fill(last.isoformat())
    page.get_by_role("button", name="See what a break moves").click()
    rest = f"Break from {first.day} {first:%B} to {last.day} {last:%B}"
    expect(page.get_by_role("heading", name=rest)).to_be_visible()
    page.get_by_label("Why?").fill("Ill")
    page.locator("button[name=apply]").click()
    expect(page.locator("#messages")).to_contain_text(rest)
    assert learner.breaks.count() == 1

    page.goto(f"{live_server.url}/plan/history/")
    assert violations(page) == []
    page.get_by_role("button", name=f"Undo: {rest}").press("Enter")
    expect(page.locator("#messages")).to_contain_text(f"Undone: {rest}")
    assert learner.breaks.count() == 0

    expect(page.locator(".log-what")).to_have_text(
        [rest, deferred, said, "Plan made from “Small roadmap”"]
    )
    lines = page.locator(".log-line")
    expect(lines.nth(0)).to_contain_text("Undone")
    expect(lines.nth(1)).to_contain_text("The basics of retrieval come first")
    expect(lines.nth(2)).to_contain_text(WHY)
    expect(lines.nth(2)).to_contain_text(f"Prompted by: {PROMPT}")
    expect(lines.nth(2)).to_contain_text("2 tasks moved")
    page.get_by_label("With a reason").check()
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".log-line")).to_have_count(3)
    assert violations(page) == []
    assert wide(page) <= 0

    page.get_by_role("link", name=said, exact=True).click()
    expect(page.get_by_role("heading", name="Moved (2)")).to_be_visible()
    assert violations(page) == []
    assert wide(page) <= 0


def test_extend_without_javascript(without_javascript: Page, named: Plan) -> None:
    page = without_javascript
    page.goto(f"/plan/?week={named.weeks.get(number=2).pk}")
    section = page.locator(".session").filter(has=page.get_by_role("heading", name="LLM systems"))
    section.locator("summary").click()
    section.get_by_role("link", name="Extend").click()
    page.get_by_label("Study days it is to take").fill("5")
    page.get_by_role("button", name="See what moves").click()
    expect(page.get_by_text("Open work: 4 h now, 7 h then")).to_be_visible()
    page.get_by_label("Why?").fill(WHY)
    page.get_by_label("What prompted it").fill(PROMPT)
    page.get_by_role("button", name="Extend it").click()
    expect(page.get_by_role("heading", name="Small roadmap")).to_be_visible()
    revision = named.revisions.get(kind="extend")
    assert (revision.reason, revision.prompted_by) == (WHY, PROMPT)
    page.locator("#messages").get_by_role("button", name="Undo").click()
    expect(page.locator("#messages")).to_contain_text("Undone: Extended “LLM systems”")
    assert named.tasks.get(key="zero").minutes == 90


CHANGED = "You changed something. See what moves first."


def held(page: Page, verb: str) -> None:
    """The change that was shown cannot be applied, by the pointer or by the keyboard."""
    button = page.get_by_role("button", name=verb, exact=True)
    expect(button).to_be_disabled()
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(page.get_by_role("status").filter(has_text=CHANGED)).to_be_visible()
    address = page.url
    page.get_by_label("Why?").press("Enter")
    assert page.url == address
    assert violations(page) == []


def free(page: Page, verb: str) -> None:
    button = page.get_by_role("button", name=verb, exact=True)
    expect(button).to_be_enabled()
    assert button.get_attribute("aria-disabled") is None
    expect(page.get_by_text(CHANGED)).to_have_count(0)


def test_what_was_typed_after_the_preview_is_shown_before_it_is_applied(
    signed_in: Page, live_server: Any, named: Plan
) -> None:
    page, day = signed_in, PlanDay.objects.get(title="Advanced RAG")
    page.goto(f"{live_server.url}/plan/change/extend/?day={day.pk}&days=3")
    expect(page.get_by_text("What would happen")).to_be_visible()
    days = page.get_by_label("Study days it is to take")
    free(page, "Extend it")
    days.fill("4")
    held(page, "Extend it")
    days.fill("3")
    free(page, "Extend it")
    days.fill("4")
    page.get_by_role("button", name="See what moves").click()
    expect(page.get_by_role("heading", name="to 4 study days")).to_be_visible()
    apply(page, "Extend it", WHY)
    expect(page.locator("#messages")).to_contain_text("to 4 study days")

    week = named.weeks.get(number=3).pk
    page.goto(f"{live_server.url}/plan/change/week/?day={day.pk}&week={week}")
    weeks = page.get_by_label("Week", exact=True)
    weeks.select_option(label="Choose a week")
    held(page, "Move it")
    weeks.select_option(value=str(week))
    free(page, "Move it")

    hours = "&".join(f"{day.lower()}=90" for day in calendar.day_name)
    page.goto(f"{live_server.url}/settings/hours/change/?{hours}")
    minutes = page.get_by_label("Tuesday")
    typed = minutes.input_value()
    verb = "Change the hours and the plan"
    free(page, verb)
    minutes.fill("15")
    held(page, verb)
    minutes.fill(typed)
    free(page, verb)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_menu_of_a_task_and_a_branch(
    signed_in: Page, live_server: Any, named: Plan, scheme: Any
) -> None:
    page = signed_in
    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    task = named.tasks.get(key="code-knn")
    page.goto(f"{live_server.url}/tasks/{task.pk}/")
    page.get_by_text("Change the plan…").press("Enter")
    assert violations(page) == []
    assert wide(page) <= 0
    page.get_by_role("link", name="Split").click()
    page.get_by_label("Minutes of the first half").fill("10")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="into 10 and 20 minutes")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Split it").click()
    expect(page.locator("#messages")).to_contain_text("Split “Implement k-nearest neighbours”")
    assert sorted(named.tasks.filter(title__startswith=task.title).values_list("minutes")) == [
        (10,),
        (20,),
    ]

    page.goto(f"{live_server.url}/plan/change/branch/")
    page.get_by_label("What is it called?").fill("Retrieval in depth")
    page.get_by_label("After which week").select_option(index=1)
    page.get_by_label("Tasks, one a line").fill("Read the survey | 45\nBuild an index | sixty")
    page.get_by_role("button", name="See what moves").click()
    expect(page.get_by_text("Line 2:")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("Tasks, one a line").fill("Read the survey | 45\nBuild an index | 60")
    page.get_by_role("button", name="See what moves").click()
    expect(page.get_by_role("heading", name="New (2)")).to_be_visible()
    assert wide(page) <= 0
    apply(page, "Add them", "The advert asks for it")
    expect(page.locator("#messages")).to_contain_text("Added “Retrieval in depth” after Week 1")
    made = PlanDay.objects.get(title="Retrieval in depth")
    assert list(made.tasks.order_by("position").values_list("title", "minutes")) == [
        ("Read the survey", 45),
        ("Build an index", 60),
    ]
