"""The doors: sign-up, sign-in, reset, and what a stranger learns from them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from tests.accounts.conftest import NEW_PASSWORD, link_in
from tests.conftest import PASSWORD

LOGIN, SIGNUP = "/accounts/login/", "/accounts/signup/"


def sign_in(client: Client, email: str, password: str, **more: Any) -> Any:
    return client.post(LOGIN, {"login": email, "password": password, **more})


def sign_up(client: Client, email: str = "nora@example.com", **more: Any) -> Any:
    said = {"email": email, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    return client.post(SIGNUP, said | more)


def plain(answer: Any) -> str:
    """The page without its token, which differs each time."""
    text: str = answer.content.decode()
    return text.replace(str(answer.context["csrf_token"]), "TOKEN")


# Sign-up ---------------------------------------------------------------------------------------


def test_sign_up_leads_to_the_welcome_page(client: Client) -> None:
    answer = sign_up(client, "Nora@Example.com")
    assert answer.status_code == 302
    assert client.get(answer["Location"])["Location"] == "/welcome/"
    learner = User.objects.get()
    assert (learner.email, learner.onboarded_at) == ("nora@example.com", None)


def test_sign_up_says_where_mail_goes_without_a_mail_server(client: Client) -> None:
    sign_up(client)
    assert "var/mail" in client.get("/welcome/").content.decode()


def test_sign_up_with_a_mail_server_says_nothing_of_files(client: Client, settings: Any) -> None:
    settings.EMAIL_URL = "smtp://mail.example"
    assert "var/mail" not in client.get(SIGNUP).content.decode()
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    page = client.post(
        SIGNUP,
        {"email": "nora@example.com", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
        follow=True,
    )
    assert page.request["PATH_INFO"] == "/accounts/confirm-email/"
    assert "var/mail" not in page.content.decode()
    confirm = link_in(str(mail.outbox[0].body))
    assert "nora@example.com" in client.get(confirm).content.decode()
    assert client.post(confirm).status_code == 302


def test_sign_up_of_a_known_address_looks_the_same_where_mail_is_verified(
    client: Client, alice: User, settings: Any
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    known, unknown = sign_up(client, alice.email), sign_up(Client(), "nobody@example.com")
    assert known.status_code == unknown.status_code == 302
    assert known["Location"] == unknown["Location"]
    assert "There is one already" in str(mail.outbox[0].body)
    assert User.objects.filter(email=alice.email).count() == 1


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"email": "no address"}, "valid email"),
        ({"email": ""}, "Type an e-mail address."),
        ({"password1": ""}, "Choose a password."),
        ({"password2": ""}, "Type the same password again."),
        ({"password1": "short", "password2": "short"}, "too short"),
        ({"password1": "password123", "password2": "password123"}, "too common"),
        ({"password1": "7493028475610", "password2": "7493028475610"}, "entirely numeric"),
        ({"password2": "another one here"}, "same password"),
    ],
)
def test_bad_sign_ups_say_why(client: Client, said: dict[str, str], message: str) -> None:
    page = client.post(
        SIGNUP,
        {"email": "nora@example.com", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD} | said,
    ).content.decode()
    assert message in page
    assert "This field is required" not in page
    assert 'class="errorlist" id="id_' in page
    assert 'aria-invalid="true"' in page
    assert not User.objects.exists()


def test_two_sign_ups_at_the_same_moment_make_one_account(
    client: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if the other request had saved its row between this one's check and its save.
    monkeypatch.setattr(
        "allauth.account.forms.BaseSignupForm.clean_email",
        lambda form: form.cleaned_data["email"],
    )
    answer = sign_up(client, alice.email)
    assert (answer.status_code, answer["Location"]) == (302, LOGIN)
    assert User.objects.count() == 1


# Sign-in ---------------------------------------------------------------------------------------


def test_sign_in_leads_to_today_or_where_one_was_going(client: Client, alice: User) -> None:
    assert sign_in(client, "ALICE@example.com", PASSWORD)["Location"] == "/today/"
    again = Client()
    assert sign_in(again, alice.email, PASSWORD, next="/plan/")["Location"] == "/plan/"


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_next_never_leaves_the_site(client: Client, alice: User, target: str) -> None:
    assert sign_in(client, alice.email, PASSWORD, next=target)["Location"] == "/today/"


def test_an_unknown_address_gets_the_same_answer_as_a_wrong_password(alice: User) -> None:
    pages = []
    for email in (alice.email, "nobody@example.com"):
        answer = sign_in(Client(), email, "wrong password")
        pages.append((answer.status_code, plain(answer).replace(email, "ADDRESS")))
    assert "not correct" in pages[0][1]
    assert pages[0] == pages[1]


@pytest.mark.parametrize("email", ["alice@example.com", "nobody@example.com"])
def test_the_sixth_wrong_password_is_one_too_many(alice: User, email: str) -> None:
    answers = [sign_in(Client(), email, f"wrong {n}") for n in range(8)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 3
    assert "Too many attempts" in answers[5].content.decode()
    assert "429.html" in [template.name for template in answers[5].templates]
    assert sign_in(Client(), email, PASSWORD).status_code == 429  # the right one has to wait too


def test_many_sign_ins_from_one_place_meet_the_same_page(client: Client) -> None:
    answers = [client.post(LOGIN, {"login": f"a{n}@example.com"}) for n in range(31)]
    assert answers[-1].status_code == 429
    assert "base_outside.html" in [template.name for template in answers[-1].templates]


def test_attempts_are_counted_where_every_process_sees_them(settings: Any) -> None:
    backend = settings.CACHES["default"]["BACKEND"]
    assert backend == "django.core.cache.backends.db.DatabaseCache"


def test_the_admin_has_the_same_door(client: Client, alice: User) -> None:
    to_login = client.get("/admin/login/?next=/admin/")
    assert to_login["Location"] == "/accounts/login/?next=%2Fadmin%2F"
    door = client.get("/admin/", follow=True)
    assert (door.request["PATH_INFO"], door.status_code) == (LOGIN, 200)
    assert 'name="next" value="/admin/"' in door.content.decode()
    client.force_login(alice)
    refused = client.get("/admin/login/")
    assert refused.status_code == 403
    assert "You may not see this page" in refused.content.decode()
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    assert client.get("/admin/").status_code == 200


def test_the_admin_form_takes_no_passwords(client: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    client.post("/admin/login/", {"username": alice.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_signing_out_asks_and_wants_a_post(alice_client: Client) -> None:
    assert alice_client.get("/accounts/logout/").status_code == 200
    assert "_auth_user_id" in alice_client.session
    assert alice_client.post("/accounts/logout/")["Location"] == "/"
    assert "_auth_user_id" not in alice_client.session


def test_an_empty_sign_in_says_what_is_missing(client: Client) -> None:
    page = sign_in(client, "", "").content.decode()
    assert "Type your e-mail address." in page
    assert "Type your password." in page
    assert "This field is required" not in page


# Forgotten password ----------------------------------------------------------------------------


def test_a_forgotten_password_is_replaced_by_mail(client: Client, alice: User) -> None:
    page = client.post("/accounts/password/reset/", {"email": alice.email}, follow=True)
    assert "var/mail" in page.content.decode()
    link = link_in(str(mail.outbox[0].body))
    form = client.get(link, follow=True)
    said = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert client.post(form.request["PATH_INFO"], said).status_code == 302
    assert sign_in(Client(), alice.email, NEW_PASSWORD).status_code == 302
    assert "used up" in Client().get(link, follow=True).content.decode()


def test_a_reset_does_not_tell_who_has_an_account(alice: User) -> None:
    pages = [
        Client().post("/accounts/password/reset/", {"email": email}, follow=True)
        for email in (alice.email, "nobody@example.com")
    ]
    assert plain(pages[0]) == plain(pages[1])
    assert [message.to for message in mail.outbox] == [[alice.email], ["nobody@example.com"]]
    assert "no account" in str(mail.outbox[1].body)


def test_mail_speaks_of_studyplan(client: Client, alice: User) -> None:
    client.post("/accounts/password/reset/", {"email": alice.email})
    assert mail.outbox[0].subject == "Studyplan: Choose a new password"
    assert "example.com!" not in str(mail.outbox[0].body)


# What is open without signing in ---------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_signup",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key_done",
        "account_email_verification_sent",
        "account_inactive",
        "accounts:landing",
        "accounts:deleted",
        "healthz",
    ],
)
def test_doors_are_open(client: Client, name: str) -> None:
    assert client.get(reverse(name)).status_code == 200


def test_the_passkey_door_is_open(client: Client) -> None:
    answer = client.get(reverse("mfa_login_webauthn"), headers={"Accept": "application/json"})
    assert answer.status_code == 200
    assert "challenge" in answer.json()["request_options"]["publicKey"]


@pytest.mark.parametrize(
    "name",
    [
        "accounts:welcome",
        "dashboard:settings",
        "accounts:delete",
        "account_email",
        "account_change_password",
        "account_reauthenticate",
        "mfa_index",
        "mfa_list_webauthn",
        "mfa_view_recovery_codes",
        "mfa_download_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_deactivate_totp",
    ],
)
def test_rooms_are_closed(client: Client, name: str) -> None:
    path = reverse(name)
    assert client.get(path)["Location"].startswith(LOGIN)


@pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_add_webauthn"])
def test_rooms_that_ask_again_are_closed_too(client: Client, name: str) -> None:
    assert client.get(reverse(name))["Location"].startswith(LOGIN)
