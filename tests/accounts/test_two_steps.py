"""Authenticator app and recovery codes; passkeys need a browser: tests/e2e/test_passkeys.py."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.test import Client

from apps.accounts.models import User
from tests.conftest import PASSWORD

ACTIVATE = "/accounts/2fa/totp/activate/"


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


@pytest.fixture
def signed_in(alice: User) -> Client:
    """Alice, who has just shown again that it is her: what comes next asks for nothing more."""
    client = Client()
    client.force_login(alice)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


@pytest.fixture
def secret(signed_in: Client) -> str:
    """Alice has set up an app; this is its key."""
    page = signed_in.get(ACTIVATE).content.decode()
    found = re.search(r'id="authenticator_secret">(\w+)<', page)
    assert found
    answer = signed_in.post(ACTIVATE, {"code": code_for(found[1])})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    return found[1]


def second_step(email: str) -> Client:
    """A browser that has given the right password."""
    client = Client()
    answer = client.post("/accounts/login/", {"login": email, "password": PASSWORD})
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/settings/")["Location"].startswith("/accounts/login/")
    return client


def test_the_page_shows_a_picture_that_the_policy_allows(signed_in: Client) -> None:
    answer = signed_in.get(ACTIVATE)
    assert 'src="data:image/svg+xml;base64,' in answer.content.decode()
    assert "img-src 'self' data:" in answer["Content-Security-Policy"]


def test_a_wrong_code_sets_nothing_up(signed_in: Client, alice: User) -> None:
    page = signed_in.post(ACTIVATE, {"code": "000000"}).content.decode()
    assert "Incorrect code" in page
    assert 'aria-invalid="true"' in page
    assert not Authenticator.objects.exists()


def test_sign_in_with_a_code(alice: User, secret: str) -> None:
    client = second_step(alice.email)
    assert (
        "Incorrect code"
        in client.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode()
    )
    cache.clear()  # the app's code was used a moment ago, and each works once
    answer = client.post("/accounts/2fa/authenticate/", {"code": code_for(secret)})
    assert answer["Location"] == "/today/"
    assert client.get("/settings/").status_code == 200


def test_a_recovery_code_signs_in_once(signed_in: Client, alice: User, secret: str) -> None:
    page = signed_in.get("/accounts/2fa/recovery-codes/")
    codes: list[Any] = page.context["unused_codes"]
    assert len(codes) == 10
    assert all(code in page.content.decode() for code in codes)
    assert codes[0] in signed_in.get("/accounts/2fa/recovery-codes/download/").content.decode()
    path = "/accounts/2fa/authenticate/"
    assert second_step(alice.email).post(path, {"code": codes[0]})["Location"] == "/today/"
    assert second_step(alice.email).post(path, {"code": codes[0]}).status_code == 200
    assert "9 of 10" in signed_in.get("/accounts/2fa/").content.decode()


def test_new_codes_end_the_old_ones(signed_in: Client, alice: User, secret: str) -> None:
    old = signed_in.get("/accounts/2fa/recovery-codes/").context["unused_codes"][0]
    asked = signed_in.get("/accounts/2fa/recovery-codes/generate/").content.decode()
    assert "10 unused codes" in asked
    signed_in.post("/accounts/2fa/recovery-codes/generate/")
    answer = second_step(alice.email).post("/accounts/2fa/authenticate/", {"code": old})
    assert answer.status_code == 200


def test_the_app_can_be_given_up(signed_in: Client, alice: User, secret: str) -> None:
    assert signed_in.get("/accounts/2fa/totp/deactivate/").status_code == 200
    signed_in.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.exists()
    answer = Client().post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    assert answer["Location"] == "/today/"


def test_a_session_is_asked_again_before_the_steps_change(alice_client: Client) -> None:
    answer = alice_client.get(ACTIVATE)
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    page = alice_client.get(answer["Location"])
    assert "Is it you?" in page.content.decode()
    back = alice_client.post(answer["Location"], {"password": PASSWORD})
    assert back["Location"] == ACTIVATE
    assert alice_client.get(ACTIVATE).status_code == 200


def test_a_second_address_and_the_password(signed_in: Client, alice: User) -> None:
    page = signed_in.post(
        "/accounts/email/", {"action_add": "", "email": "alice@home.example"}, follow=True
    ).content.decode()
    assert "alice@home.example" in page
    assert "not confirmed" in page
    said = {"oldpassword": "wrong", "password1": "x", "password2": "y"}
    page = signed_in.post("/accounts/password/change/", said).content.decode()
    assert 'id="id_oldpassword_error"' in page
    new = "seven quiet lamps"
    said = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert signed_in.post("/accounts/password/change/", said).status_code == 302
    alice.refresh_from_db()
    assert alice.check_password(new)


def test_a_strangers_passkey_is_not_there(signed_in: Client, charlie: User) -> None:
    theirs = Authenticator.objects.create(user=charlie, type="webauthn", data={"name": "Key"})
    for action in ("edit", "remove"):
        path = f"/accounts/2fa/webauthn/keys/{theirs.pk}/{action}/"
        assert signed_in.get(path).status_code == 404
        assert signed_in.post(path, {"name": "Mine"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.data == {"name": "Key"}
