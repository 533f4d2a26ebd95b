"""A real Chromium against a live server, signed in by cookie."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, expect

from apps.accounts.clock import local_today
from apps.plans.build import create_plan
from apps.plans.models import Plan
from tests.conftest import make_learner
from tests.plans.conftest import roadmap, topic

__all__ = ["roadmap", "topic"]

MOST_TO_WAIT = 10.0  # seconds, for requests that are under way when a test ends
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"]}}


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {
        "executable_path": os.environ.get("CHROMIUM", "/usr/bin/chromium"),
        "args": ["--no-sandbox", "--disable-background-networking", "--disable-quic"],
    }


class InFlight:
    """Counts the requests that a live server is answering."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = threading.Lock()
        request_started.connect(self._begun)
        request_finished.connect(self._ended)

    def _begun(self, **_: object) -> None:
        with self._lock:
            self.count += 1

    def _ended(self, **_: object) -> None:
        with self._lock:
            self.count -= 1

    def stop(self) -> None:
        request_started.disconnect(self._begun)
        request_finished.disconnect(self._ended)


@pytest.fixture(autouse=True)
def nothing_in_flight(transactional_db: None, browser: Browser) -> Iterator[None]:
    """Lets requests end before the database is emptied: what a page asks for on its own may come
    when the test has ended, and its transaction would stand in the way."""
    requests = InFlight()
    yield
    for context in browser.contexts:
        for page in context.pages:
            with contextlib.suppress(Error):
                page.goto("about:blank")
    until = time.monotonic() + MOST_TO_WAIT
    while requests.count > 0 and time.monotonic() < until:
        time.sleep(0.02)
    requests.stop()


@pytest.fixture
def learner(transactional_db: None) -> Any:
    return make_learner("alice@example.com", name="Alice")


@pytest.fixture
def learner_plan(learner: Any, roadmap: Any) -> Plan:
    today = local_today(learner)
    return create_plan(learner, roadmap, today, today)


def sign_in(context: BrowserContext, user: Any, address: str) -> None:
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])


@pytest.fixture
def signed_in(page: Page, live_server: Any, learner: Any) -> Iterator[Page]:
    """A page of a signed-in learner; a script error or a refused resource fails the test."""
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console",
        lambda message: (
            problems.append(message.text) if "Content Security Policy" in message.text else None
        ),
    )
    sign_in(page.context, learner, live_server.url)
    yield page
    assert not problems


@pytest.fixture
def without_javascript(browser: Browser, live_server: Any, learner: Any) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    sign_in(context, learner, live_server.url)
    yield context.new_page()
    context.close()


def violations(page: Page) -> list[str]:
    """Return what axe finds, one line a rule."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{each['id']}: {each['help']} ({'; '.join(n['html'][:160] for n in each['nodes'][:3])})"
        for each in found
    ]


def twice(page: Page, button: Locator, gap: int = 150) -> None:
    """Click twice at the same place, whatever has come there meanwhile."""
    box = button.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.click(x, y, click_count=1)
    page.wait_for_timeout(gap)
    page.mouse.click(x, y, click_count=2)


def grade(page: Page, key: str) -> None:
    """Look at the model answer, then give the grade of that key."""
    expect(page.locator("#asking[data-ready]")).to_be_attached()
    answer = page.locator("details[data-reveal]")
    if answer.get_attribute("open") is None:
        page.keyboard.press("r")
    expect(answer).to_have_attribute("open", "")
    page.keyboard.press(key)
