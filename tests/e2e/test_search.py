"""Searching as a learner does: a key, a word, the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from apps.library.load import load_content
from tests.e2e.conftest import violations

pytestmark = pytest.mark.browser


@pytest.fixture
def our_content(transactional_db: None) -> None:
    load_content(Path(settings.FIXTURES_DIR))


def test_slash_finds_durbin_watson_and_its_page_reads_well(
    our_content: None, signed_in: Page, live_server: Any
) -> None:
    page = signed_in
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{live_server.url}/today/")
    page.keyboard.press("/")
    page.keyboard.type("durbin")
    first = page.locator("#find-results a").first
    expect(first).to_contain_text("Durbin-Watson test")
    expect(first.locator("mark")).to_have_text("Durbin")
    assert not violations(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/library/topics/durbin-watson-test/")
    expect(page.locator("h1")).to_have_text("Durbin-Watson test")
    for width in (390, 1280):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type] # a parameter of the test
            assert not violations(page), (width, scheme)
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_slip_is_forgiven_while_typing(
    our_content: None, signed_in: Page, live_server: Any
) -> None:
    page = signed_in
    page.goto(f"{live_server.url}/library/search/")
    page.get_by_label("Words to look for").press_sequentially("backpropogation")
    expect(page.locator("#results h2").first).to_have_text("Backpropagation")
    expect(page.get_by_text("Shown for")).to_be_visible()
    assert page.url.endswith("q=backpropogation&kind=")
    page.get_by_label("Kind").select_option("exercise")
    expect(page.locator("#results .found-list p").first).to_contain_text("Exercise")


def test_escape_closes_and_a_phone_has_the_page(
    our_content: None, signed_in: Page, live_server: Any
) -> None:
    page = signed_in
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{live_server.url}/library/")
    page.locator("#find").press_sequentially("attention")
    expect(page.locator("#find-results a").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#find-results a")).to_have_count(0)
    page.set_viewport_size({"width": 390, "height": 800})
    page.get_by_role("link", name="Search", exact=True).click()
    page.get_by_label("Words to look for").fill("attention")
    expect(page.locator("#results h2").first).to_contain_text("ttention")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not violations(page)


def test_without_javascript_the_form_asks(
    our_content: None, without_javascript: Page, live_server: Any
) -> None:
    page = without_javascript
    page.goto("/library/search/")
    page.get_by_label("Words to look for").fill("durbin")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#results h2").first).to_have_text("Durbin-Watson test")
