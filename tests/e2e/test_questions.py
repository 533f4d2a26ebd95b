"""A question assessment by the keyboard alone, its result, and a re-test of what was weak."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.assessments.models import Assessment, Response
from apps.mastery.models import Evidence
from tests.assessments.asking import make_bank
from tests.e2e.conftest import violations

pytestmark = pytest.mark.browser


def heading(page: Page, words: str) -> Any:
    return page.get_by_role("heading", name=words, exact=True)


def test_five_questions_the_result_and_a_retest(
    signed_in: Page, live_server: Any, learner: Any
) -> None:
    make_bank(5)
    page = signed_in
    page.goto(f"{live_server.url}/assessments/questions/")
    fit = page.locator("#fit")
    expect(fit).to_contain_text("5 questions fit this")
    assert not violations(page)
    page.get_by_label("Nlp", exact=True).check()
    expect(fit).to_contain_text("1 question fits this")
    page.get_by_label("Nlp", exact=True).uncheck()
    expect(fit).to_contain_text("5 questions fit this")
    page.get_by_label("Felt overall, in per cent").fill("90")
    page.keyboard.press("Enter")

    expect(heading(page, "Question 1 of 5")).to_be_visible()
    page.evaluate("window.stillHere = true")
    assert not violations(page)
    page.keyboard.press("Space")
    expect(page.locator(".model-answer")).to_be_visible()
    for place, key in enumerate("1d345", start=1):
        expect(heading(page, f"Question {place} of 5")).to_be_visible()
        page.wait_for_selector("#asking[data-ready]")
        if key.isdigit() and place > 1:
            page.keyboard.press("Space")
        page.keyboard.press(key)
    expect(heading(page, "All 5 questions are answered")).to_be_visible()
    page.wait_for_selector("#asking[data-ready]")
    page.keyboard.press("u")
    expect(heading(page, "Question 5 of 5")).to_be_visible()
    page.wait_for_selector("#asking[data-ready]")
    page.keyboard.press("5")
    page.keyboard.press("5")
    expect(heading(page, "All 5 questions are answered")).to_be_visible()
    assert page.evaluate("window.stillHere") is True
    assert not violations(page)
    page.wait_for_selector("#asking[data-ready]")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Of 5 answered, 1 strong, 1 rusty, 3 gap")).to_be_visible()
    expect(page.get_by_text("felt 90 %, measured 30.0 %")).to_be_visible()
    assert not violations(page)
    scores = Response.objects.order_by("position").values_list("score", flat=True)
    assert list(scores) == [100, 25, 50, 25, 0]
    assert Evidence.objects.filter(retracted_at=None).count() == 5

    page.evaluate("window.stillHere = true")
    page.get_by_role("link", name="Gap 3").click()
    expect(page.locator("#answers tbody tr")).to_have_count(3)
    assert page.url.endswith("?band=gap")
    assert page.evaluate("window.stillHere") is True

    page.get_by_label("Scored below").fill("50")
    page.keyboard.press("Enter")
    for place in range(1, 4):
        expect(heading(page, f"Question {place} of 3")).to_be_visible()
        page.wait_for_selector("#asking[data-ready]")
        page.keyboard.press("1")
        page.keyboard.press("1")
    expect(heading(page, "All 3 questions are answered")).to_be_visible()
    page.wait_for_selector("#asking[data-ready]")
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_text("3 of 3 are now strong: 100 %.")).to_be_visible()
    expect(heading(page, "Before and now, the same 3 questions")).to_be_visible()
    assert not violations(page)
    assert Assessment.objects.count() == 2


def test_without_javascript(without_javascript: Page, learner: Any) -> None:
    make_bank(3)
    page = without_javascript
    page.goto("/assessments/questions/?area=nlp")
    expect(page.get_by_text("1 question fits this")).to_be_visible()
    page.get_by_label("Statistics", exact=True).check()
    page.get_by_role("button", name="Count").click()
    expect(page.get_by_text("2 questions fit this")).to_be_visible()
    page.get_by_role("button", name="Start").click()
    expect(heading(page, "Question 1 of 2")).to_be_visible()
    page.get_by_role("button", name="75 Minor gaps").click()
    expect(heading(page, "Question 2 of 2")).to_be_visible()
    page.get_by_role("button", name="Finish with 1 answer").click()
    expect(page.get_by_text("Of 1 answered, 0 strong, 1 rusty, 0 gap")).to_be_visible()
    page.get_by_role("button", name="Undo the last answer and go on").click()
    expect(heading(page, "Question 1 of 2")).to_be_visible()
