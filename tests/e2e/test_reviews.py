"""The review queue in a browser: by keyboard alone, without JavaScript, axe."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import Break
from apps.checks.models import Answer
from apps.library.models import Topic
from apps.mastery.models import Card
from apps.plans.models import Plan
from tests.checks.reviewing import card_of, failed, learned, today
from tests.dashboard.library.factories import make_question
from tests.e2e.conftest import grade, twice, violations
from tests.mastery.factories import make_topic

pytestmark = pytest.mark.browser


@pytest.fixture
def due(learner: Any) -> list[Topic]:
    """Five topics that are due, each with a question; the first one has failed most."""
    topics = [make_topic(f"topic-{number}", position=number) for number in range(5)]
    for days, topic in enumerate(topics):
        make_question(topic, f"on-{topic.slug}")
        learned(learner, topic, days_ago=30 - days)
    return topics


def test_three_reviews_a_skip_and_an_undo_by_keyboard(
    signed_in: Page, live_server: Any, learner: Any, due: list[Topic]
) -> None:
    page = signed_in
    learner.review_limit = 4
    learner.save()
    page.goto(f"{live_server.url}/reviews/")
    assert violations(page) == []
    start = page.get_by_role("link", name="Start", exact=True)
    start.focus()
    page.keyboard.press("Enter")
    heading = page.locator("#asked")
    expect(heading).to_have_text("Question 1 of 4")
    assert violations(page) == []

    for number, key in enumerate(("1", "2"), 1):
        page.keyboard.press("Space")
        expect(page.locator("[data-reveal]")).to_have_attribute("open", "")
        expect(page.locator("#asking[data-ready]")).to_have_count(1)
        page.keyboard.press(key)
        expect(heading).to_have_text(f"Question {number + 1} of 4")
        expect(heading).to_be_focused()
    assert sorted(Answer.objects.values_list("score", flat=True)) == [75, 100]

    expect(page.locator("#asking[data-ready]")).to_have_count(1)
    page.keyboard.press("u")
    expect(heading).to_have_text("Question 2 of 4")
    assert list(Answer.objects.values_list("score", flat=True)) == [100]
    expect(page.locator("#asking[data-ready]")).to_have_count(1)
    grade(page, "3")
    expect(heading).to_have_text("Question 3 of 4")

    asked = page.locator("p.soft").filter(has_text="conceptual").inner_text().split(" · ")[0]
    expect(page.locator("#asking[data-ready]")).to_have_count(1)
    page.keyboard.press("s")
    expect(page.locator("#messages")).to_contain_text(
        f"“{asked}” comes back tomorrow; another takes its place."
    )
    expect(page.locator(".last-grade")).to_contain_text("50 %")
    assert card_of(Topic.objects.get(title=asked)).snoozed_until is not None

    for number in (3, 4):
        expect(heading).to_have_text(f"Question {number} of 4")
        expect(page.locator("#asking[data-ready]")).to_have_count(1)
        page.keyboard.press("d")
    expect(heading).to_have_text("Today’s reviews are done.")
    expect(page.get_by_text("Five more")).to_have_count(0)
    assert violations(page) == []
    expect(page.locator("#asking[data-ready]")).to_have_count(1)
    page.get_by_role("link", name="See the queue").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/reviews/")
    expect(page.get_by_role("heading", name="Today’s reviews are done")).to_be_visible()
    page.get_by_role("button", name=f"Undo: {asked}").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("is back in the queue")
    expect(page.get_by_role("link", name="Five more")).to_be_visible()
    assert violations(page) == []


def test_the_full_page_of_the_queue_is_accessible_and_narrow(
    signed_in: Page, live_server: Any, learner: Any, due: list[Topic]
) -> None:
    page = signed_in
    failed(learner, due[0], 4)
    learner.interview_on = today() + dt.timedelta(days=9)
    learner.review_limit = 1
    learner.save()
    soon = today() + dt.timedelta(days=2)
    Break.objects.create(user=learner, first_day=soon, last_day=soon)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{live_server.url}/reviews/")
    for summary in page.locator("details > summary").all():
        summary.click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="Skip to tomorrow").first.click()
    expect(page.get_by_role("heading", name="Skipped")).to_be_visible()
    expect(page.locator("#due-title")).to_be_focused()


def test_reviews_without_javascript(
    without_javascript: Page, learner: Any, due: list[Topic]
) -> None:
    page = without_javascript
    page.goto("/reviews/")
    page.get_by_role("button", name="Skip to tomorrow").first.click()
    expect(page.get_by_role("heading", name="4 reviews today")).to_be_visible()
    page.get_by_role("button", name="Undo:").click()
    page.get_by_role("link", name="Start", exact=True).click()
    page.get_by_role("button", name="75 Minor gaps").click()
    expect(page.locator("#asked")).to_have_text("Question 2 of 5")
    page.get_by_role("button", name="Undo this grade").click()
    expect(page.locator("#asked")).to_have_text("Question 1 of 5")
    assert not Answer.objects.exists()
    page.get_by_label("Or any whole number").fill("101")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator("#grading-typed-error")).to_be_visible()


def test_the_card_on_today(
    signed_in: Page, live_server: Any, learner_plan: Plan, due: list[Topic]
) -> None:
    page = signed_in
    page.goto(f"{live_server.url}/today/")
    card = page.locator("#reviews-card")
    expect(card.get_by_role("link", name="5 reviews")).to_be_visible()
    assert violations(page) == []
    card.get_by_role("link", name="5 reviews").click()
    expect(page.locator("#asked")).to_have_text("Question 1 of 5")


def test_the_card_on_today_without_javascript(
    without_javascript: Page, learner_plan: Plan, due: list[Topic]
) -> None:
    page = without_javascript
    page.goto("/today/")
    page.locator("#reviews-card").get_by_role("link", name="Reviews").click()
    expect(page.get_by_role("heading", name="5 reviews today")).to_be_visible()


@pytest.mark.parametrize("address", ["/reviews/next/", "/reviews/"])
def test_a_double_click_skips_one(
    signed_in: Page, live_server: Any, due: list[Topic], address: str
) -> None:
    page = signed_in
    page.goto(f"{live_server.url}{address}")
    expect(page.locator("#asking[data-ready], #reviews").first).to_be_visible()
    with page.expect_response("**/skip/"):
        twice(page, page.get_by_role("button", name="Skip to tomorrow").first)
    expect(page.locator("[data-settle][data-ready]")).to_have_count(1)
    assert Card.objects.exclude(snoozed_until=None).count() == 1
    # What has settled works again.
    with page.expect_response("**/skip/"):
        page.get_by_role("button", name="Skip to tomorrow").first.click()
    assert Card.objects.exclude(snoozed_until=None).count() == 2
