"""What holds for every page: caches, ended sessions, forged forms, pages of errors."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import DatabaseError, connection
from django.template.loader import get_template
from django.test import Client, RequestFactory
from django.views import defaults

from apps.accounts.http import SIGNED_OUT, page_behind, safe_next
from apps.accounts.models import User

HERE = "http://testserver"


def htmx(page: str = "/today/") -> dict[str, str]:
    return {"HX-Request": "true", "HX-Current-URL": HERE + page}


def next_of(address: str) -> str:
    parts = urlsplit(address)
    assert parts.path == "/accounts/login/"
    return parse_qs(parts.query)["next"][0]


# Landing ---------------------------------------------------------------------------------------


def test_the_first_page_is_for_strangers(client: Client, alice_client: Client) -> None:
    page = client.get("/").content.decode()
    assert "/accounts/login/" in page
    assert "/accounts/signup/" in page
    assert alice_client.get("/")["Location"] == "/today/"
    assert client.post("/").status_code == 405


# Caches ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/settings/", "/accounts/email/", "/", "/tasks/nothing/"])
def test_signed_in_pages_are_not_kept(alice_client: Client, path: str) -> None:
    answer = alice_client.get(path)
    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]


def test_the_open_first_page_may_be_kept(client: Client) -> None:
    assert "no-store" not in client.get("/").headers.get("Cache-Control", "")


# Ended sessions --------------------------------------------------------------------------------


def test_a_page_comes_back_after_sign_in(client: Client) -> None:
    assert next_of(client.get("/plan/?week=2")["Location"]) == "/plan/?week=2"


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_fragment_leads_to_sign_in_and_back_to_its_page(client: Client, method: str) -> None:
    answer = getattr(client, method)("/settings/", headers=htmx("/plan/?week=2"))
    assert (answer.status_code, answer.content) == (204, b"")
    assert next_of(answer["HX-Redirect"]) == "/plan/?week=2"


def test_a_posted_form_leads_back_to_the_page_it_was_on(client: Client) -> None:
    answer = client.post("/settings/", headers={"Referer": f"{HERE}/week/?day=3"})
    assert answer.status_code == 302
    assert next_of(answer["Location"]) == "/week/?day=3"


@pytest.mark.parametrize(
    "said", ["https://evil.example/x", f"{HERE}//evil.example/", "", "http://[", "nonsense"]
)
def test_a_strange_page_is_not_led_back_to(client: Client, said: str) -> None:
    by_form = client.post("/settings/", headers={"Referer": said})
    by_htmx = client.post("/settings/", headers={"HX-Request": "true", "HX-Current-URL": said})
    assert next_of(by_form["Location"]) == "/"
    assert next_of(by_htmx["HX-Redirect"]) == "/"


@pytest.mark.parametrize("headers", [{}, htmx("/plan/")])
def test_sign_in_says_once_that_the_session_has_ended(
    alice_client: Client, headers: dict[str, str]
) -> None:
    alice_client.session.flush()
    for _ in range(2):  # two clicks are one message
        answer = alice_client.post("/settings/", headers=headers)
    door = answer.headers.get("HX-Redirect") or answer["Location"]
    assert alice_client.get(door).content.decode().count(SIGNED_OUT) == 1
    assert SIGNED_OUT not in alice_client.get(door).content.decode()


def test_a_first_visit_is_told_nothing_of_it(client: Client) -> None:
    assert SIGNED_OUT not in client.get("/accounts/login/").content.decode()
    assert SIGNED_OUT not in client.get("/plan/", follow=True).content.decode()


def test_what_waits_to_be_said_is_said_beside_it(alice_client: Client) -> None:
    chosen = {"level": "senior", "time_zone": "UTC", "theme": "dark"}
    checks = {"check_size": "10", "review_limit": "10", "scheduler": "sm2"}
    assert alice_client.post("/settings/", chosen | checks).status_code == 303
    alice_client.session.flush()
    alice_client.cookies["sessionid"] = ""
    door = alice_client.post("/settings/")["Location"]
    page = alice_client.get(door).content.decode()
    assert "Your settings are saved." in page
    assert SIGNED_OUT in page


def test_htmx_learns_of_the_first_sign_in(newcomer_client: Client) -> None:
    answer = newcomer_client.get("/plan/", headers=htmx())
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/welcome/")


def test_page_behind_without_any_middleware() -> None:
    assert page_behind(RequestFactory().post("/x/"), "/week/") == "/week/"


@pytest.mark.parametrize(
    ("said", "goes"),
    [("/plan/", "/plan/"), ("//evil.example", "/d/"), ("", "/d/"), ("http://a/", "/d/")],
)
def test_safe_next(said: str, goes: str) -> None:
    assert safe_next(RequestFactory().post("/x/", {"next": said}), "/d/") == goes
    assert safe_next(RequestFactory().get("/x/", {"next": said}), "/d/") == goes


# Forged or old forms ---------------------------------------------------------------------------


@pytest.fixture
def strict(alice: User) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    return client


def test_an_old_form_says_so(strict: Client) -> None:
    answer = strict.post("/settings/", {"name": "x"}, headers={"Referer": f"{HERE}/settings/"})
    text = answer.content.decode()
    assert answer.status_code == 403
    assert "open too long" in text
    assert 'href="/settings/"' in text


def test_an_old_fragment_loads_its_page_again(strict: Client) -> None:
    answer = strict.post("/settings/", headers=htmx("/week/"))
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/week/")


# Pages of errors -------------------------------------------------------------------------------


def test_nothing_here(client: Client, alice_client: Client) -> None:
    for who in (client, alice_client):
        answer = who.get("/no/such/page/")
        assert answer.status_code == 404
        text = answer.content.decode()
        assert "There is nothing here" in text
        assert ('aria-label="Main"' in text) == (who is alice_client)
        assert ("no-store" in answer.headers.get("Cache-Control", "")) == (who is alice_client)


def test_not_understood() -> None:
    answer = defaults.bad_request(RequestFactory().get("/"), ValueError())
    assert "was not understood" in answer.content.decode()


def test_a_fault_asks_neither_database_nor_learner(alice: User, monkeypatch: Any) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise DatabaseError("down")

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", refuse)
        answer = defaults.server_error(RequestFactory().get("/"))
    text = answer.content.decode()
    assert answer.status_code == 500
    assert "Something went wrong here" in text
    assert "css/tokens.css" in text


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500"])
def test_pages_of_errors_need_nothing(name: str) -> None:
    text = get_template(f"{name}.html").render()
    assert '<main class="outside"' in text
    assert "<script>" not in text


def test_healthz(client: Client, monkeypatch: Any) -> None:
    assert client.get("/healthz").content == b"ok\n"

    def refuse(*_: Any) -> None:
        raise DatabaseError("down")

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", refuse)
        assert client.get("/healthz").status_code == 503
