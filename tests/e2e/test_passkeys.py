"""A passkey is added, signs in alone and is a second step: in a real browser, without any network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from playwright.sync_api import Browser, Page, Request, expect

from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _no_counted_attempts(transactional_db: None) -> None:
    cache.clear()


@pytest.fixture
def key(page: Page) -> Any:
    """A virtual key of this browser, always willing."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools, made["authenticatorId"]


@pytest.fixture
def site(signed_in: Page, live_server: Any) -> Iterator[str]:
    """The site, with Alice signed in; nothing may leave the machine."""
    strange: list[str] = []

    def watch(asked: Request) -> None:
        if not asked.url.startswith((live_server.url, "data:")):
            strange.append(asked.url)

    signed_in.on("request", watch)
    yield live_server.url
    assert strange == []


def add_passkey(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/2fa/webauthn/add/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name").fill("Work laptop")
    expect(page.get_by_label("Sign in with it alone")).to_be_checked()
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()


def sign_out(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{site}/")


def test_a_passkey_signs_in_alone(page: Page, key: Any, site: str) -> None:
    add_passkey(page, site)
    page.goto(f"{site}/accounts/2fa/webauthn/")
    expect(page.get_by_text("Work laptop")).to_be_visible()
    expect(page.get_by_text("Signs in alone")).to_be_visible()
    sign_out(page, site)
    page.goto(f"{site}/accounts/login/?next=/settings/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Settings", exact=True)).to_be_visible()
    assert page.url == f"{site}/settings/"


def test_a_passkey_is_the_second_step_after_the_password(page: Page, key: Any, site: str) -> None:
    add_passkey(page, site)
    sign_out(page, site)
    page.goto(f"{site}/accounts/login/?next=/settings/")
    page.get_by_label("E-mail address").fill("alice@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Settings", exact=True)).to_be_visible()


def test_a_passkey_that_is_not_there_is_said(page: Page, key: Any, site: str) -> None:
    devtools, authenticator = key
    add_passkey(page, site)
    sign_out(page, site)
    devtools.send(
        "WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False}
    )
    page.goto(f"{site}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("No passkey was used")
    assert page.url == f"{site}/accounts/login/"


def test_a_passkey_is_renamed_and_removed(page: Page, key: Any, site: str) -> None:
    add_passkey(page, site)
    page.goto(f"{site}/accounts/2fa/webauthn/")
    page.get_by_role("link", name="Rename Work laptop").click()
    page.get_by_label("Name").fill("Old laptop")
    page.get_by_role("button", name="Save the name").click()
    page.get_by_role("link", name="Remove Old laptop").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("You have none.")).to_be_visible()
    assert not Authenticator.objects.filter(type="webauthn").exists()


def test_without_javascript_no_passkey_is_offered(
    browser: Browser, live_server: Any, learner: Any
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/accounts/login/?next=/settings/")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    page.get_by_label("E-mail address").fill("alice@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile("^Settings$"))).to_be_visible()
    context.close()
