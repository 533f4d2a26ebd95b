"""First sign-in in a browser: its time zone is proposed, presets fill the hours without a page load."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from apps.accounts.models import WEEKDAYS, User
from tests.e2e.conftest import sign_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("javascript", [True, False])
def test_presets_and_time_zone(
    browser: Browser, live_server: Any, transactional_db: None, javascript: bool
) -> None:
    newcomer = User.objects.create_user("nora@example.com", "seven quiet lamps")
    context = browser.new_context(java_script_enabled=javascript, timezone_id="Asia/Tokyo")
    sign_in(context, newcomer, live_server.url)
    page = context.new_page()
    loads: list[str] = []
    page.on(
        "request",
        lambda asked: loads.append(asked.method) if asked.is_navigation_request() else None,
    )
    page.goto(f"{live_server.url}/welcome/")
    zone = page.get_by_label("Time zone")
    expect(zone).to_have_value("Asia/Tokyo" if javascript else "UTC")
    zone.select_option("Europe/Berlin")
    page.get_by_role("button", name="10 h a week").click()
    expect(page.get_by_label("Sunday")).to_have_value("150")
    assert [page.locator(f"#id_{day}").input_value() for day in WEEKDAYS] == [
        "60",
        "60",
        "60",
        "60",
        "60",
        "150",
        "150",
    ]
    expect(zone).to_have_value("Europe/Berlin")
    assert loads == (["GET"] if javascript else ["GET", "POST"])
    page.get_by_role("button", name="Go on", exact=True).click()
    expect(page).to_have_url(re.compile(r"/assessments/placement/\?key="))
    page.get_by_role("link", name="Go on to the roadmaps").click()
    expect(page).to_have_url(f"{live_server.url}/plan/new/")
    newcomer.refresh_from_db()
    assert (sum(newcomer.weekday_minutes), newcomer.time_zone) == (600, "Europe/Berlin")
    context.close()
