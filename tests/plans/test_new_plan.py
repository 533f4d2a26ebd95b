"""A form makes one plan; a second plan of a roadmap is a choice of its own."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.test import Client

from apps.library.models import Roadmap
from apps.plans.models import Plan
from tests.conftest import TODAY

NEW = "/plan/new/small/"
SECOND = "Make a second plan from"


def form_of(client: Client, address: str = NEW) -> tuple[str, dict[str, str]]:
    """Open the page as a browser does; return its address and what its form would send."""
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    at = answer.redirect_chain[-1][0] if answer.redirect_chain else address
    posted = answer.content.decode().split('<form class="form" method="post">')[1]
    fields = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', posted.split("</form>")[0])
    return at, {name: value for name, value in fields if name != "csrfmiddlewaretoken"}


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_a_double_click_makes_one_plan(now: Any, alice_client: Client, roadmap: Roadmap) -> None:
    address, data = form_of(alice_client)
    for _ in range(2):
        answer = alice_client.post(address, data, follow=True)
        assert answer.redirect_chain[-1][0] == "/today/"
    assert Plan.objects.count() == 1
    assert "“Small roadmap” was made by this form before, so nothing was made twice." in text(
        answer
    )


def test_back_leads_on_to_the_plan(now: Any, alice_client: Client, roadmap: Roadmap) -> None:
    address, data = form_of(alice_client, f"{NEW}?start=2026-11-23")
    assert data["key"] in address
    assert "start=2026-11-23" in address
    alice_client.post(address, data)
    answer = alice_client.get(address, follow=True)  # Back asks for the page again
    assert answer.redirect_chain[-1][0] == "/today/"
    assert "nothing was made twice" in text(answer)
    assert Plan.objects.count() == 1


def test_the_key_stays_when_another_start_is_previewed(
    now: Any, alice_client: Client, roadmap: Roadmap
) -> None:
    address, data = form_of(alice_client)
    page = alice_client.get(address).content.decode()
    preview = page.split('method="get"')[1].split("</form>")[0]
    assert f'name="key" value="{data["key"]}"' in preview
    _, other = form_of(alice_client, f"{NEW}?key={data['key']}&start=2026-11-23")
    assert other == {"key": data["key"], "start": "2026-11-23"}


@pytest.mark.parametrize("state", ["active", "paused"])
def test_a_second_plan_is_a_clear_choice(alice_client: Client, plan: Plan, state: str) -> None:
    Plan.objects.update(state=state)
    assert "you have a plan from it" in text(alice_client.get("/plan/new/"))
    address, data = form_of(alice_client)
    page = text(alice_client.get(address))
    assert "You have a plan from this roadmap" in page
    assert f"“Small roadmap” from 18 Nov 2026, {state}" in page
    assert SECOND in page
    assert alice_client.post(address, data).status_code == 302
    assert sorted(Plan.objects.values_list("state", flat=True)) == ["active", "paused"]
    assert "have 2 plans from this roadmap" in text(alice_client.get(NEW, follow=True))


def test_it_says_what_another_active_plan_means(alice_client: Client, plan: Plan) -> None:
    Roadmap.objects.create(slug="other", title="Other")
    kept = "“Small roadmap” is then paused and keeps everything."
    figures = "Readiness counts the topics of the active plan’s areas, so its figures change"
    other = text(alice_client.get("/plan/new/other/", follow=True))
    assert other.index(kept) < other.index(figures) < other.index("Make this my plan from")
    same = text(alice_client.get(NEW, follow=True))
    assert kept in same
    assert figures not in same  # the same areas: the figures stay
    Plan.objects.update(state="paused")
    assert "is then paused" not in text(alice_client.get("/plan/new/other/", follow=True))


def test_a_form_opened_before_the_first_plan_asks(
    now: Any, alice_client: Client, roadmap: Roadmap
) -> None:
    address, data = form_of(alice_client)
    other, first = form_of(alice_client)
    alice_client.post(other, first)
    answer = alice_client.post(address, data)
    assert answer.status_code == 409
    assert "Nothing was made: you have a plan from this roadmap" in text(answer)
    assert f'value="{data["start"]}"' in text(answer)
    assert Plan.objects.count() == 1
    assert alice_client.post(address, data | {"again": "1"}).status_code == 302
    assert Plan.objects.count() == 2


def test_another_roadmap_and_a_deleted_plan_are_not_in_the_way(
    alice_client: Client, charlie_client: Client, plan: Plan
) -> None:
    Roadmap.objects.create(slug="other", title="Other")
    other = text(alice_client.get("/plan/new/other/", follow=True))
    assert "You have a plan" not in other
    assert "You have a plan" not in text(charlie_client.get(NEW, follow=True))
    alice_client.post(f"/plans/{plan.pk}/delete/")
    address, data = form_of(alice_client)
    assert "again" not in data
    assert alice_client.post(address, data).status_code == 302


def test_a_form_whose_plan_was_deleted_or_paused_says_so(
    now: Any, alice_client: Client, roadmap: Roadmap
) -> None:
    address, data = form_of(alice_client)
    alice_client.post(address, data)
    Plan.objects.update(state="paused")
    for method in (alice_client.get, alice_client.post):
        answer = method(address, data, follow=True)
        assert answer.redirect_chain[-1][0] == "/plans/"
        assert "It is paused now." in text(answer)
    alice_client.post(f"/plans/{data['key']}/delete/")
    answer = alice_client.post(address, data, follow=True)
    assert "You deleted it since; it can be brought back below." in text(answer)
    assert Plan.objects.count() == 1


def test_a_strangers_key_is_404(charlie_client: Client, plan: Plan) -> None:
    data = {"start": str(TODAY), "key": str(plan.pk)}
    assert charlie_client.get(NEW, data).status_code == 404
    assert charlie_client.post(NEW, data).status_code == 404


def test_keys_that_are_none(now: Any, alice_client: Client, roadmap: Roadmap) -> None:
    assert uuid.UUID(alice_client.get(f"{NEW}?key=x")["Location"].partition("key=")[2])
    answer = alice_client.post(NEW, {"start": str(TODAY), "key": "x"})
    assert answer.status_code == 422
    assert "Open this form again, please." in answer.content.decode()
    assert not Plan.objects.exists()
