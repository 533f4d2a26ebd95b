"""The main loop, in a browser: sign in, tick, see the total move, find it there tomorrow."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.clock import local_today
from apps.plans.models import Plan, Task, Work
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser


def box(page: Page, title: str) -> Any:
    return page.get_by_role("checkbox", name=title, exact=True)


def test_sign_in_tick_and_the_total_moves_without_a_page_load(
    page: Page, live_server: Any, learner_plan: Plan
) -> None:
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_label("E-mail").fill("alice@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(f"{live_server.url}/today/")
    page.evaluate("window.stillHere = true")
    total = page.locator("#day-total")
    expect(total).to_contain_text("0 of 60 min")
    box(page, "Read about Adam").click()
    expect(box(page, "Read about Adam")).to_have_attribute("aria-checked", "true")
    expect(total).to_contain_text("20 of 60 min")
    expect(page.locator("#nav-today")).to_contain_text("2")
    expect(box(page, "Read about Adam")).to_be_focused()
    assert page.evaluate("window.stillHere") is True
    page.reload()
    expect(box(page, "Read about Adam")).to_have_attribute("aria-checked", "true")
    box(page, "Read about Adam").click()
    expect(page.locator("#day-total")).to_contain_text(re.compile(r"^\s*0 of 60 min"))
    assert not Work.objects.exists()


def test_the_keyboard_alone(signed_in: Page, live_server: Any, learner_plan: Plan) -> None:
    page = signed_in
    page.goto(f"{live_server.url}/today/")
    page.keyboard.press("j")
    expect(box(page, "Read about Adam")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(box(page, "Implement k-nearest neighbours")).to_have_attribute("aria-checked", "true")
    page.keyboard.press("k")
    page.keyboard.press("n")
    note = page.get_by_label("Note (Markdown)")
    note.fill("**Bias** correction")
    page.get_by_role("button", name="Save the note").click()
    expect(page.locator(".task strong")).to_have_text("Bias")
    page.locator("body").press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(page).to_have_url(f"{live_server.url}/plan/")


def test_keys_can_be_switched_off(
    signed_in: Page, live_server: Any, learner: Any, learner_plan: Plan
) -> None:
    learner.keys_on = False
    learner.save()
    signed_in.goto(f"{live_server.url}/today/")
    signed_in.keyboard.press("j")
    expect(box(signed_in, "Read about Adam")).not_to_be_focused()


def test_a_failed_request_leaves_the_box_and_says_so(
    signed_in: Page, live_server: Any, learner_plan: Plan
) -> None:
    page = signed_in
    page.goto(f"{live_server.url}/today/")
    page.route("**/tick/", lambda route: route.abort())
    box(page, "Read about Adam").click()
    expect(page.get_by_role("alert")).to_contain_text("nothing was changed")
    expect(box(page, "Read about Adam")).to_have_attribute("aria-checked", "false")
    page.unroute("**/tick/")
    page.route("**/tick/", lambda route: route.fulfill(status=500, body="broken"))
    box(page, "Read about Adam").click()
    expect(page.locator("#live")).to_contain_text("nothing was changed")
    expect(box(page, "Read about Adam")).to_have_attribute("aria-checked", "false")


def test_a_session_that_ended_goes_to_sign_in_and_not_into_the_row(
    signed_in: Page, live_server: Any, learner_plan: Plan
) -> None:
    page = signed_in
    page.goto(f"{live_server.url}/today/")
    page.context.clear_cookies(name="sessionid")
    box(page, "Read about Adam").click()
    expect(page).to_have_url(f"{live_server.url}/accounts/login/?next=/today/")


def test_everything_without_javascript(
    without_javascript: Page, live_server: Any, learner_plan: Plan
) -> None:
    page = without_javascript
    page.goto("/today/")
    box(page, "Read about Adam").click()
    expect(page.locator("#day-total")).to_contain_text("20 of 60 min")
    page.get_by_role("link", name="Implement k-nearest neighbours", exact=True).click()
    page.get_by_label("Minutes spent").fill("12")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("12 min added")
    page.goto("/today/")
    page.get_by_role("link", name="Implement k-nearest neighbours", exact=True).click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Undo").click()
    page.goto("/today/")
    expect(
        page.get_by_role("link", name="Implement k-nearest neighbours", exact=True)
    ).to_be_visible()


def test_the_timer_counts_and_stops(signed_in: Page, live_server: Any, learner_plan: Plan) -> None:
    page = signed_in
    page.goto(f"{live_server.url}/today/")
    page.get_by_role("button", name="Start the timer of Read about Adam").click()
    stop = page.get_by_role("button", name="Stop the timer of Read about Adam")
    expect(stop).to_be_visible()
    expect(page.locator("[data-since]")).to_have_text("0 min")
    stop.click()
    expect(page.get_by_role("button", name="Start the timer of Read about Adam")).to_be_visible()


def test_the_panel_opens_shuts_moves_and_undoes(
    signed_in: Page, live_server: Any, learner: Any, learner_plan: Plan
) -> None:
    page = signed_in
    page.goto(f"{live_server.url}/today/")
    opener = page.get_by_role("link", name="Minutes, note, move and more for Read about Adam")
    opener.click()
    expect(page.get_by_label("Move to")).to_be_visible()
    expect(opener).to_have_attribute("aria-expanded", "true")
    opener.click()
    expect(page.get_by_label("Move to")).to_have_count(0)
    opener.click()
    page.get_by_label("Minutes spent").fill("-5")
    page.get_by_role("button", name="Add", exact=True).evaluate(
        "button => button.form.noValidate = true"
    )
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("At least 1 minute")).to_be_visible()
    expect(page.get_by_label("Minutes spent")).to_have_value("-5")
    day = local_today(learner) + dt.timedelta(days=5)
    page.get_by_label("Move to").fill(day.isoformat())
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("Moved “Read about Adam”")
    expect(page.get_by_role("link", name="Read about Adam", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="Read about Adam", exact=True)).to_be_visible()


def test_a_task_is_dragged_to_another_day(
    signed_in: Page, live_server: Any, learner: Any, learner_plan: Plan
) -> None:
    page = signed_in
    # The Monday after next: behind the plan, so that its days are empty whatever day it is.
    monday = local_today(learner) + dt.timedelta(days=14 - local_today(learner).weekday())
    task = learner_plan.tasks.get(key="sheet")
    from apps.plans import changes

    changes.move(task, monday, local_today(learner))
    page.goto(f"{live_server.url}/week/{monday}/")
    target = monday + dt.timedelta(days=2)
    page.get_by_role("link", name="Write a cheat sheet", exact=True).drag_to(
        page.locator(f"[data-day='{target}']")
    )
    expect(page.locator("#messages")).to_contain_text("Moved “Write a cheat sheet”")
    expect(page.locator(f"[data-day='{target}'] .task")).to_have_count(1)
    assert Task.objects.get(pk=task.pk).pinned_on == target


def test_weeks_of_the_plan_open_when_asked(
    signed_in: Page, live_server: Any, learner_plan: Plan
) -> None:
    page = signed_in
    page.goto(f"{live_server.url}/plan/")
    page.get_by_text("Week 2 title").click()
    expect(page.get_by_role("link", name="Write a cheat sheet", exact=True)).to_be_visible()
    box(page, "Write a cheat sheet").click()
    expect(box(page, "Write a cheat sheet")).to_have_attribute("aria-checked", "true")


def test_what_was_learned_is_saved_in_place(
    signed_in: Page, live_server: Any, learner_plan: Plan
) -> None:
    page = signed_in
    page.goto(f"{live_server.url}/today/")
    page.get_by_label("What did you learn?").fill("Adam corrects bias")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("Saved")
    page.reload()
    expect(page.get_by_label("What did you learn?")).to_have_value("Adam corrects bias")


def test_a_plan_from_nothing(signed_in: Page, live_server: Any, roadmap: Any) -> None:
    page = signed_in
    page.goto(f"{live_server.url}/today/")
    page.get_by_role("link", name="Choose a roadmap").click()
    page.get_by_role("link", name="Small roadmap", exact=True).click()
    page.get_by_role("button", name="Make this my plan").click()
    expect(page).to_have_url(f"{live_server.url}/today/")
    expect(page.locator("#day-total")).to_contain_text("0 of 60 min")
