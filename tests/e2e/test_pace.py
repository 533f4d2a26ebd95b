"""Late, and back on track by one of the ways out; ahead; and an interview that is over."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.clock import local_today
from apps.library.models import Topic
from apps.plans import work
from apps.plans.build import create_plan
from apps.plans.models import Plan, Revision, Task
from tests.e2e.conftest import violations

pytestmark = pytest.mark.browser
DAY = dt.timedelta(days=1)


@pytest.fixture
def late(learner: Any, roadmap: Any) -> Plan:
    """A plan that began yesterday with nothing done, too late by a day; one task of it optional."""
    today = local_today(learner)
    plan = create_plan(learner, roadmap, today - DAY, today - DAY)
    special = Topic.objects.create(
        slug="zero", title="ZeRO", area=Topic.objects.all()[0].area, category="specialisation"
    )
    plan.tasks.filter(key="zero").update(priority="optional")
    plan.tasks.get(key="zero").topics.set([special])
    learner.interview_on = today + 2 * DAY
    learner.save(update_fields=["interview_on"])
    return plan


def fits(page: Page) -> None:
    assert violations(page) == []
    wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_late_then_some_left_out_then_on_track(
    signed_in: Page, live_server: Any, late: Plan, scheme: Any
) -> None:
    page = signed_in
    page.set_viewport_size({"width": 390, "height": 800})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"{live_server.url}/today/")
    card = page.locator("#pace-card")
    expect(card).to_contain_text("1 day behind, ends 1 day after your interview.")
    card.get_by_role("link", name="Ways out").click()
    expect(page.get_by_role("heading", name="1 day behind")).to_be_visible()
    fits(page)
    page.get_by_role("link", name="See what moves with some left out").click()
    expect(page.get_by_role("checkbox", name="Read the ZeRO paper")).to_be_checked()
    expect(page.get_by_role("heading", name="Left out “Read the ZeRO paper”")).to_be_visible()
    box = page.get_by_role("checkbox", name="Read the ZeRO paper")
    box.uncheck()
    expect(page.get_by_role("button", name="Leave these out")).to_be_disabled()
    expect(page.get_by_text("You changed something. See what moves first.")).to_be_visible()
    fits(page)
    box.check()
    expect(page.get_by_role("button", name="Leave these out")).to_be_enabled()
    fits(page)
    page.get_by_label("Why?").fill("A week in bed")
    page.get_by_role("button", name="Leave these out").click()
    expect(page.get_by_role("heading", name="On track")).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    fits(page)
    assert Revision.objects.get(kind="leave_out").reason == "A week in bed"
    page.goto(f"{live_server.url}/plan/")
    expect(page.locator("#pace-line")).to_contain_text("On track: ends on")
    fits(page)


def test_more_minutes_and_a_later_date(signed_in: Page, live_server: Any, late: Plan) -> None:
    page = signed_in
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{live_server.url}/plan/adjust/")
    page.get_by_role("link", name="See what moves with a later date").click()
    expect(page.get_by_role("heading", name="End of the plan moved from")).to_be_visible()
    fits(page)
    page.go_back()
    page.get_by_role("link", name="See what moves with more minutes").click()
    expect(page.get_by_role("heading", name="Hours changed from 7 h to")).to_be_visible()
    page.get_by_label("Why?").fill("I can get up earlier")
    page.get_by_role("button", name="Change the hours and the plan").click()
    expect(page.get_by_role("heading", name="On track")).to_be_visible()


def test_the_card_follows_what_is_ticked(
    signed_in: Page, live_server: Any, learner: Any, late: Plan
) -> None:
    page = signed_in
    learner.interview_on = local_today(learner) + 9 * DAY
    learner.save(update_fields=["interview_on"])
    page.goto(f"{live_server.url}/today/")
    card = page.locator("#pace-card")
    expect(card).to_contain_text("1 day behind, still ends")
    for task in Task.objects.filter(plan=late, key__in=["read-adam", "code-knn"]):
        page.locator(f"#task-{task.pk} [role=checkbox]").first.click()
        expect(page.locator(f"#task-{task.pk} [role=checkbox]").first).to_have_attribute(
            "aria-checked", "true"
        )
    expect(card).to_contain_text("On track: ends on")


def test_ahead_by_keyboard_without_javascript(
    without_javascript: Page, learner: Any, learner_plan: Plan
) -> None:
    page, today = without_javascript, local_today(learner)
    for task in learner_plan.tasks.filter(key__in=["read-adam", "code-knn", "check-1", "kmeans"]):
        work.tick(learner, task.pk, today)
    page.goto("/today/")
    page.locator("#pace-card").get_by_role("link", name="See it").press("Enter")
    expect(page.get_by_role("heading", name="1 day ahead")).to_be_visible()
    page.get_by_role("link", name="See what moves with the next tasks today").press("Enter")
    page.get_by_role("button", name="Do these today").press("Enter")
    expect(page.get_by_text("Pinned “Read the ZeRO paper” to")).to_be_visible()
    assert learner_plan.tasks.get(key="zero").pinned_on == today


def test_after_the_interview(
    signed_in: Page, live_server: Any, learner: Any, learner_plan: Plan
) -> None:
    page, today = signed_in, local_today(learner)
    learner.interview_on = today - DAY
    learner.save(update_fields=["interview_on"])
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{live_server.url}/today/")
    page.locator("#pace-card").get_by_role("link", name="Note how it went").click()
    page.get_by_label("Where was it thin?").fill("Sharding")
    fits(page)
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_text("Noted in the history. When is the next interview?")).to_be_visible()
    page.get_by_label("Interview on").fill(str(today + 20 * DAY))
    page.get_by_label("Change only the date").check()
    page.get_by_role("button", name="See what moves").click()
    expect(page.get_by_role("heading", name="Interview moved from")).to_be_visible()
    fits(page)
    page.get_by_label("Why?").fill("The next one")
    page.get_by_role("button", name="Set it so").click()
    expect(page.get_by_role("heading", name="On track")).to_be_visible()
