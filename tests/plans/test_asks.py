"""A task that another page does leads there while it is open."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.plans import work
from apps.plans.agenda import load_agenda
from apps.plans.models import Plan, Task
from tests.conftest import TODAY

HTMX = {"HX-Request": "true"}
KINDS = [
    ("check", "/checks/start/?task={}", "Take the check"),
    ("assess", "/assessments/", "Start an assessment"),
    ("review", "/reviews/", "Review"),
]


@pytest.fixture
def asking(plan: Plan) -> Task:
    return plan.tasks.get(key="check-1")


def link(task: Task, to: str, words: str) -> str:
    return f'href="{to.format(task.pk)}">{words}</a>'


@pytest.mark.parametrize(("kind", "to", "words"), KINDS)
def test_an_open_task_leads_to_where_it_is_done(
    alice_client: Client, alice: Any, now: Any, asking: Task, kind: str, to: str, words: str
) -> None:
    Task.objects.filter(pk=asking.pk).update(kind=kind)
    pages = (
        ("/today/", {}),
        (f"/tasks/{asking.pk}/", {}),
        (f"/tasks/{asking.pk}/?page=today", HTMX),
    )
    for address, headers in pages:
        page = alice_client.get(address, headers=headers).content.decode()
        assert page.count(link(asking, to, words)) == 1, address
    work.tick(alice, asking.pk, TODAY)
    for address, headers in pages:
        page = alice_client.get(address, headers=headers).content.decode()
        assert link(asking, to, words) not in page, address


def test_what_is_read_leads_nowhere_else(alice_client: Client, now: Any, plan: Plan) -> None:
    page = alice_client.get("/today/").content.decode()
    assert "Take the check" not in page
    assert "<span>Read</span>" in page
    row = load_agenda(plan, TODAY).rows[0]
    assert row.asks == ""
