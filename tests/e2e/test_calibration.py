"""Felt against measured in a browser: clean, within the screen, one tab stop a drawing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from apps.accounts.clock import local_today
from apps.assessments.models import Assessment
from apps.assessments.record import AreaTotals, record_assessment
from tests.e2e.conftest import violations
from tests.mastery.factories import make_area

pytestmark = pytest.mark.browser

TITLES = ("Statistics and probability", "Language models in production", "Graphs")


def take(user: Any) -> None:
    areas = [make_area(title.split()[0].lower(), title=title) for title in TITLES]
    for times in range(3):
        record_assessment(
            user,
            kind=Assessment.Kind.COVERAGE if times else Assessment.Kind.QUESTIONS,
            title=f"Sitting {times + 1}, with a title of some length",
            day=local_today(user) - dt.timedelta(days=60 - 20 * times),
            at=timezone.now(),
            results=[
                AreaTotals(area.pk, high=3 + place, middle=4, low=3, felt=80 - 15 * times)
                for place, area in enumerate(areas)
            ],
        )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_is_clean(
    signed_in: Page, live_server: Any, learner: Any, width: int, scheme: Any
) -> None:
    page = signed_in
    take(learner)
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"{live_server.url}/readiness/calibration/")
    page.wait_for_load_state("networkidle")
    assert not violations(page)
    page.get_by_text("Table", exact=True).click()
    expect(page.get_by_role("row")).to_have_count(10)
    assert not violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    cut = "[...document.querySelectorAll('.scroll')].filter((e) => e.scrollWidth > e.clientWidth)"
    assert page.evaluate(f"{cut}.length") == 0
    drawn = page.locator("svg.dumbbells")
    assert drawn.evaluate("(each) => each.querySelectorAll('[tabindex], a').length") == 0
    # felt and measured differ in shape, and every drawn text lies inside the drawing
    fills = [
        drawn.locator(f".{kind}").first.evaluate("(each) => getComputedStyle(each).fill")
        for kind in ("felt", "measured")
    ]
    assert fills[0] == "none"
    assert fills[1] != "none"
    outside = drawn.evaluate(
        """(svg) => { const box = svg.getBoundingClientRect();
        return [...svg.querySelectorAll("text")].filter((each) => {
          const at = each.getBoundingClientRect();
          return at.left < box.left - 1 || at.right > box.right + 1 || at.bottom > box.bottom + 4;
        }).map((each) => each.textContent); }"""
    )
    assert outside == []


def test_by_keyboard_the_table_leads_to_an_assessment(
    signed_in: Page, live_server: Any, learner: Any
) -> None:
    page = signed_in
    take(learner)
    page.goto(f"{live_server.url}/readiness/calibration/")
    page.locator("svg.dumbbells").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")  # the table that scrolls
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sitting")


def test_a_figure_opens_the_table(signed_in: Page, live_server: Any, learner: Any) -> None:
    page = signed_in
    take(learner)
    page.goto(f"{live_server.url}/readiness/calibration/")
    page.locator(".facts").get_by_role("link").first.click()
    expect(page.get_by_role("row").first).to_be_visible()
