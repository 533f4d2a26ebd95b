"""From an assessment's result to tasks in the plan, and back, in a browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from apps.library.models import Exercise
from apps.plans.models import Plan, Proposal, Task
from tests.assessments.sitting import make_topics, take
from tests.e2e.conftest import violations

pytestmark = pytest.mark.browser


def kept(page: Page, address: str, learner: Any) -> None:
    """Take a coverage check of five topics, and keep three of them for the plan."""
    topics = make_topics("statistics", 5, minutes=30)
    Exercise.objects.create(slug="f", title="Code the F test", minutes=25).topics.add(topics[0])
    values = ["dunno", "dunno", "unsure", "know", "know"]
    sitting = take(learner, values, "statistics", at=timezone.now())
    page.goto(f"{address}/assessments/{sitting.pk}/")
    page.get_by_role("button", name="Keep the chosen ones").first.click()
    expect(page.get_by_text("3 topics are kept.")).to_be_visible()


def test_two_of_three_are_placed_and_undone(
    signed_in: Page, live_server: Any, learner: Any, learner_plan: Plan
) -> None:
    page = signed_in
    kept(page, live_server.url, learner)
    page.get_by_role("link", name="See them under Proposals").click()
    expect(page.get_by_role("heading", name="Proposals", exact=True)).to_be_visible()
    assert violations(page) == []
    for title in ("Statistics 0", "Statistics 1"):
        page.get_by_role("checkbox", name=f"Choose {title}").check()
    page.get_by_role("button", name="See the dates").first.click()

    expect(page.get_by_role("heading", name="Placed 2 topics")).to_be_visible()
    for said in ("Study Statistics 0", "Exercise: Code the F test", "Explain Statistics 1"):
        expect(page.get_by_text(said)).to_be_visible()
    expect(page.get_by_label("Why?")).to_have_value("Closing gaps")
    expect(page.get_by_label("What prompted it (optional)")).to_have_value(re.compile("A check"))
    assert violations(page) == []
    assert not Task.objects.filter(title__startswith="Study").exists()

    place = page.get_by_role("button", name="Place in the plan")
    expect(place).to_be_enabled()
    page.get_by_role("radio", name=re.compile("^Next")).check()
    expect(place).to_be_disabled()
    expect(page.get_by_role("status").filter(has_text="You changed something.")).to_be_visible()
    page.get_by_role("button", name="See what moves").click()
    expect(page.get_by_role("heading", name=re.compile("^Moved"))).to_be_visible()
    page.get_by_role("button", name="Place in the plan").click()
    expect(page.locator("#messages")).to_contain_text("Placed 2 topics")
    expect(page.get_by_role("checkbox", name=re.compile("^Choose Statistics"))).to_have_count(1)
    assert violations(page) == []

    page.goto(f"{live_server.url}/plan/")
    expect(page.get_by_role("heading", name="Closing gaps")).to_be_visible()
    expect(page.get_by_text("Study Statistics 0")).to_be_visible()
    expect(page.get_by_text("Proposals (1)")).to_be_visible()
    page.goto(f"{live_server.url}/week/")
    expect(page.get_by_text("Study Statistics 0").first).to_be_visible()

    page.goto(f"{live_server.url}/plan/history/")
    page.get_by_role("button", name=re.compile("^Undo")).first.click()
    expect(page.locator("#messages")).to_contain_text("Undone: Placed 2 topics.")
    assert set(Proposal.objects.values_list("state", flat=True)) == {"open"}
    page.goto(f"{live_server.url}/plan/")
    expect(page.get_by_text("Proposals (3)")).to_be_visible()
    expect(page.get_by_text("Study Statistics 0")).to_have_count(0)


def test_the_first_hours_on_a_phone(
    signed_in: Page, live_server: Any, learner: Any, learner_plan: Plan
) -> None:
    page = signed_in
    page.set_viewport_size({"width": 360, "height": 740})
    kept(page, live_server.url, learner)
    page.goto(f"{live_server.url}/plan/proposals/")
    page.get_by_role("link", name="4 hours").click()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(3)
    page.get_by_role("button", name="Drop: Statistics 1").click()
    expect(page.get_by_text("“Statistics 1” is dropped.")).to_be_visible()
    page.get_by_role("button", name="See the dates").last.click()
    expect(page.get_by_role("heading", name="Placed 2 topics")).to_be_visible()
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert page.evaluate(wide) is False
    assert violations(page) == []


def test_one_is_placed_without_javascript(
    without_javascript: Page, live_server: Any, learner: Any, learner_plan: Plan
) -> None:
    page = without_javascript
    kept(page, live_server.url, learner)
    page.goto("/plan/proposals/")
    page.get_by_role("link", name="Place: Statistics 2").click()
    page.get_by_label("Why?").fill("The interview asks about it")
    page.get_by_role("button", name="Place in the plan").click()
    expect(page.get_by_text("Placed “Statistics 2”")).to_be_visible()
    revision = learner_plan.revisions.get(kind="place")
    assert revision.reason == "The interview asks about it"
    page.get_by_role("button", name=re.compile("^Undo")).first.click()
    assert Proposal.objects.filter(state="open").count() == 3
