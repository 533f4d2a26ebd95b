"""Importing a plan from Markdown: by keyboard, on a phone and without JavaScript, with axe."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.clock import local_today
from apps.exchange.models import PlanFile
from apps.plans.models import Plan, Task
from tests.e2e.conftest import violations

pytestmark = pytest.mark.browser

PAGE = "/plan/import/"
TEXT = """# Autumn plan

## Phase 1: Trees

### Week 1: Splits

**Day 1: Trees (2 hours)** (2026-01-05)
- [X] Read chapter 8 🌲 (45 min)
- [ ] Implement CART (30 min)
- [] not a box

Knowledge Check: 86.5 %

### Weeks 2-3: Forests

- [ ] Derive the variance of a mean (γ)
"""


def wide(page: Page) -> int:
    return int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )


def exported(page: Page, live_server: Any, plan: Plan) -> str:
    answer = page.request.get(f"{live_server.url}/plans/{plan.pk}/export.md")
    return answer.body().decode()


def test_paste_look_make_tick_and_save(signed_in: Page, live_server: Any, learner: Any) -> None:
    page = signed_in
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/plan/")
    page.get_by_role("link", name="Import a plan from Markdown").click()
    expect(page.get_by_role("heading", name="Import a plan")).to_be_visible()
    assert violations(page) == []
    assert wide(page) == 0
    page.get_by_label("The plan").fill(TEXT)
    page.get_by_role("button", name="Read the plan").press("Enter")
    expect(page.get_by_role("heading", name="Autumn plan")).to_be_visible()
    expect(page.get_by_text("Line 10: a box needs a space")).to_be_visible()
    expect(page.get_by_text("Read chapter 8 🌲")).to_be_visible()
    page.locator("summary").filter(has_text="Weeks 2-3: Forests").press("Enter")
    expect(page.get_by_text("Derive the variance of a mean (γ)")).to_be_visible()
    assert violations(page) == []
    assert wide(page) == 0
    page.get_by_label("Add 1 result to the check log").check()
    page.get_by_role("button", name="Make this my plan").press("Enter")
    expect(page.get_by_text("is your plan: 3 tasks, 1 of them done")).to_be_visible()
    plan = Plan.objects.get()
    assert exported(page, live_server, plan) == TEXT

    page.goto(f"{live_server.url}/today/")
    row = page.locator("[data-task]").filter(has_text="Implement CART")
    row.get_by_role("checkbox").click()
    expect(row.get_by_role("checkbox")).to_have_attribute("aria-checked", "true")
    task = Task.objects.get(title="Implement CART")
    assert (task.status, task.done_on) == ("done", local_today(learner))
    after = exported(page, live_server, plan)
    assert after == TEXT.replace("- [ ] Implement", "- [x] Implement")
    page.goto(f"{live_server.url}/checks/")
    expect(page.get_by_text("86.5")).to_be_visible()


def test_a_changed_file_is_read_again(signed_in: Page, live_server: Any, learner: Any) -> None:
    page = signed_in
    page.goto(f"{live_server.url}{PAGE}")
    page.get_by_label("The plan").fill(TEXT)
    page.get_by_role("button", name="Read the plan").click()
    page.get_by_role("button", name="Make this my plan").click()
    expect(page.get_by_text("is your plan")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/plans/")
    assert violations(page) == []
    assert wide(page) == 0
    page.get_by_role("link", name="Read the file of “Autumn plan” again").click()
    assert violations(page) == []
    text = f"{TEXT}- [ ] Tune a forest (3 hours)\n".replace("- [ ] Derive", "- [x] Derive")
    page.get_by_label("The plan").fill(text)
    page.get_by_role("button", name="Compare with the plan").press("Enter")
    expect(page.get_by_label("Add it: Tune a forest")).to_be_checked()
    expect(page.get_by_label("Tick it: Derive the variance")).to_be_checked()
    assert violations(page) == []
    assert wide(page) == 0
    page.get_by_label("Add it: Tune a forest").uncheck()
    page.get_by_role("button", name="See what moves").press("Enter")
    expect(page.get_by_label("Add it: Tune a forest")).not_to_be_checked()
    page.get_by_label("Add it: Tune a forest").check()
    page.get_by_role("button", name="Take over what is checked").press("Enter")
    expect(page.get_by_text("1 task added, 1 tick taken over")).to_be_visible()
    assert Task.objects.get(title__startswith="Derive").status == "done"
    assert exported(page, live_server, Plan.objects.get()) == text


def test_without_javascript_from_a_file(
    without_javascript: Page, learner: Any, tmp_path: Any
) -> None:
    page, file = without_javascript, tmp_path / "autumn.md"
    text = TEXT.replace("\n", "\r\n")
    file.write_bytes(text.encode())
    page.goto(PAGE)
    page.get_by_label("Or its file").set_input_files(file)
    page.get_by_role("button", name="Read the plan").click()
    page.get_by_role("button", name="Change the text").click()
    page.get_by_label("Title").fill("Mine")
    page.get_by_role("button", name="Read the plan").click()
    page.get_by_role("button", name="Make this my plan").click()
    expect(page.get_by_text("“Mine” is your plan")).to_be_visible()
    kept = PlanFile.objects.get()
    assert (kept.text, kept.name, kept.plan.title) == (text, "autumn.md", "Mine")
