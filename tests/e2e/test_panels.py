"""Panels, drafts, dragging and messages, as a newcomer met them."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from apps.accounts.clock import local_today
from apps.plans import changes
from apps.plans.models import DayLog, Part, Plan, Task
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser

ADAM = "Read about Adam"


def opener(page: Page) -> Locator:
    return page.get_by_role("link", name=f"Minutes, note, move and more for {ADAM}")


def box(page: Page) -> Locator:
    return page.get_by_role("checkbox", name=ADAM, exact=True)


def note(page: Page) -> Locator:
    return page.get_by_label("Note (Markdown)")


def started(page: Page, live_server: Any, text: str = "half a note") -> None:
    """Open Today, the panel of a task, and begin a note."""
    page.goto(f"{live_server.url}/today/")
    opener(page).click()
    note(page).fill(text)


def kept(page: Page, text: str = "half a note") -> None:
    expect(note(page)).to_have_value(text)
    expect(page.locator(".panel .draft")).to_contain_text("Not saved yet")


def test_n_goes_into_the_note_and_words_are_no_commands(
    signed_in: Page, live_server: Any, learner_plan: Plan
) -> None:
    page = signed_in
    page.goto(f"{live_server.url}/today/")
    page.keyboard.press("j")
    page.keyboard.press("n")
    expect(note(page)).to_be_focused()
    page.keyboard.type("explain x")
    expect(note(page)).to_have_value("explain x")
    page.locator(".panel h3").focus()
    page.keyboard.type("explxj great")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)
    expect(page).to_have_url(f"{live_server.url}/today/")
    page.locator(".panel h3").focus()
    page.keyboard.press("n")
    expect(note(page)).to_be_focused()
    page.get_by_role("button", name="Close", exact=True).focus()
    page.keyboard.press("Escape")
    box(page).focus()
    page.keyboard.press("?")
    page.keyboard.type("jx")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)


def test_escape_shuts_the_panel_and_keeps_the_draft(
    signed_in: Page, live_server: Any, learner_plan: Plan
) -> None:
    page = signed_in
    started(page, live_server)
    page.keyboard.press("Escape")
    expect(note(page)).to_have_count(0)
    expect(opener(page)).to_be_focused()
    expect(opener(page)).to_have_attribute("aria-expanded", "false")
    opener(page).click()
    kept(page)


@pytest.mark.parametrize("what", ["another button", "a refused form", "tick", "close", "reload"])
def test_a_half_written_note_is_kept(
    signed_in: Page, live_server: Any, learner_plan: Plan, what: str
) -> None:
    page = signed_in
    started(page, live_server)
    if what == "another button":
        page.get_by_label("Minutes spent").fill("5")
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.locator("#messages")).to_contain_text("5 min added")
    elif what == "a refused form":
        page.get_by_label("Skip it, because").fill("")
        page.locator("form:has(> .field [name=minutes])").evaluate("f => f.noValidate = true")
        page.get_by_label("Minutes spent").fill("-5")
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.get_by_label("Minutes spent")).to_be_focused()
        kept(page)
        return
    elif what == "tick":
        box(page).click()
        expect(box(page)).to_have_attribute("aria-checked", "true")
    elif what == "close":
        page.get_by_role("button", name="Close", exact=True).click()
    else:
        page.reload()
    expect(note(page)).to_have_count(0)
    opener(page).click()
    kept(page)


def test_a_draft_outlives_an_ended_session_but_not_signing_out(
    signed_in: Page, live_server: Any, learner_plan: Plan
) -> None:
    page = signed_in
    started(page, live_server)
    page.get_by_label("Skip it, because").fill("too early")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save the note").click()
    expect(page).to_have_url(re.compile("/accounts/login/"))
    page.get_by_label("E-mail").fill("alice@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    opener(page).click()
    expect(note(page)).to_have_value("half a note")
    expect(page.get_by_label("Skip it, because")).to_have_value("too early")
    expect(page.locator(".panel .draft")).to_have_count(2)
    page.get_by_role("button", name="Sign out").click()
    expect(page).not_to_have_url(re.compile("/today/"))
    assert page.evaluate("Object.keys(sessionStorage).filter(k => k.startsWith('draft '))") == []


def test_a_saved_or_discarded_draft_is_forgotten(
    signed_in: Page, live_server: Any, learner_plan: Plan
) -> None:
    page = signed_in
    started(page, live_server)
    page.get_by_role("button", name="Save the note").click()
    expect(page.locator("#messages")).to_contain_text("Note saved")
    opener(page).click()
    expect(note(page)).to_have_value("half a note")
    expect(page.locator(".draft")).to_have_count(0)
    note(page).fill("worse")
    page.keyboard.press("Escape")
    opener(page).click()
    page.get_by_role("button", name="Discard").click()
    expect(note(page)).to_have_value("half a note")
    expect(page.locator(".draft")).to_have_count(0)
    page.reload()
    opener(page).click()
    expect(note(page)).to_have_value("half a note")
    expect(page.locator(".draft")).to_have_count(0)


def test_a_conflict_keeps_the_draft_and_shows_what_is_stored(
    signed_in: Page, live_server: Any, learner_plan: Plan
) -> None:
    page = signed_in
    started(page, live_server)
    Task.objects.filter(title=ADAM).update(note="from elsewhere")
    page.get_by_role("button", name="Save the note").click()
    expect(page.locator(".panel .elsewhere")).to_have_text("from elsewhere")
    expect(note(page)).to_have_value("half a note")
    page.keyboard.press("Escape")
    page.reload()
    opener(page).click()
    kept(page)
    expect(page.locator(".draft .elsewhere")).to_have_text("from elsewhere")
    expect(page.locator(".panel [name=seen]")).to_have_value("from elsewhere")
    page.get_by_role("button", name="Save the note").click()
    expect(page.locator("#messages")).to_contain_text("Note saved")
    assert Task.objects.get(title=ADAM).note == "half a note"


def test_the_day_in_your_words_is_kept(
    signed_in: Page, live_server: Any, learner_plan: Plan
) -> None:
    page = signed_in
    page.goto(f"{live_server.url}/today/")
    learned = page.get_by_label("What did you learn?")
    learned.fill("Adam corrects bias")
    page.reload()
    expect(learned).to_have_value("Adam corrects bias")
    expect(page.locator("#day-log .draft")).to_contain_text("Not saved yet")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("Saved")
    expect(page.locator("#day-log .draft")).to_have_count(0)
    page.reload()
    expect(page.locator("#day-log .draft")).to_have_count(0)
    assert DayLog.objects.get().learned == "Adam corrects bias"


def test_another_learner_in_the_same_tab_sees_no_draft(
    signed_in: Page, live_server: Any, learner_plan: Plan
) -> None:
    page = signed_in
    page.goto(f"{live_server.url}/today/")
    page.get_by_label("What did you learn?").fill("private")
    page.evaluate("sessionStorage.setItem('draft-of', '\"someone else\"')")
    page.reload()
    expect(page.get_by_label("What did you learn?")).to_have_value("")


def test_a_plain_form_forgets_its_draft_once_taken(
    signed_in: Page, live_server: Any, learner_plan: Plan
) -> None:
    page = signed_in
    address = f"{live_server.url}/plan/tasks/add/?page=today"
    page.goto(address)
    title = page.get_by_label("Title")
    title.fill("Read a paper")
    page.reload()
    expect(title).to_have_value("Read a paper")
    page.get_by_role("link", name="Cancel").click()
    page.goto(address)
    expect(title).to_have_value("")
    title.fill("Read a paper")
    page.get_by_label("Minutes").fill("0")
    page.locator("main form").evaluate("form => form.noValidate = true")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_label("Minutes")).to_be_focused()
    page.goto(address)
    expect(title).to_have_value("Read a paper")
    page.get_by_label("Minutes").fill("20")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page).not_to_have_url(re.compile("/tasks/add/"))
    page.goto(address)
    expect(title).to_have_value("")


def far_week(page: Page, live_server: Any, learner: Any, plan: Plan) -> dt.date:
    """Open next week with one task moved to its Monday."""
    today = local_today(learner)
    monday = today + dt.timedelta(days=7 - today.weekday())
    changes.move(plan.tasks.get(key="sheet"), monday, today)
    page.goto(f"{live_server.url}/week/{monday}/")
    return monday


def test_a_past_day_is_no_target(
    signed_in: Page, live_server: Any, learner: Any, learner_plan: Plan
) -> None:
    page = signed_in
    monday = far_week(page, live_server, learner, learner_plan)
    expect(page.locator("[data-past]")).to_have_count(0)
    day = page.locator(f"[data-day='{monday + dt.timedelta(days=2)}']")
    day.evaluate("day => day.setAttribute('data-past', '')")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("link", name="Write a cheat sheet", exact=True).drag_to(day)
    page.wait_for_timeout(300)
    assert not [url for url in asked if "/move/" in url]
    today = local_today(learner)
    page.goto(f"{live_server.url}/week/{today - dt.timedelta(days=7)}/")
    expect(page.locator("[data-past]")).to_have_count(7)


def test_a_refused_move_says_so(
    signed_in: Page, live_server: Any, learner: Any, learner_plan: Plan
) -> None:
    page = signed_in
    monday = far_week(page, live_server, learner, learner_plan)
    day = page.locator(f"[id='{monday + dt.timedelta(days=2)}']")
    past = local_today(learner) - dt.timedelta(days=3)
    day.evaluate("(day, past) => { day.dataset.day = past }", past.isoformat())
    page.get_by_role("link", name="Write a cheat sheet", exact=True).drag_to(day)
    expect(page.locator("#messages").get_by_role("alert")).to_be_visible()
    assert page.locator("#messages [role=alert] span").inner_text().strip()
    assert Part.objects.get(task__key="sheet").day == monday


def test_messages_without_undo_leave_unless_looked_at(
    signed_in: Page, live_server: Any, learner_plan: Plan
) -> None:
    page = signed_in
    page.clock.install()
    page.goto(f"{live_server.url}/today/")
    save = page.get_by_role("button", name="Save", exact=True)
    message = page.locator("#messages .message")
    save.click()
    expect(message).to_contain_text("Saved")
    page.clock.run_for(7000)
    expect(message).to_have_count(1)
    message.hover()
    page.clock.run_for(9000)
    expect(message).to_have_count(1)
    page.mouse.move(0, 0)
    page.clock.run_for(9000)
    expect(message).to_have_count(0)
    opener(page).click()
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.clock.run_for(20000)
    expect(page.get_by_role("button", name="Undo")).to_be_visible()


def test_on_a_phone(signed_in: Page, live_server: Any, learner_plan: Plan) -> None:
    page = signed_in
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/today/")
    page.get_by_role("button", name="Save", exact=True).click()
    message = page.locator("#messages .message").bounding_box()
    assert message
    assert message["y"] + message["height"] < 120
    opener(page).click()
    title = page.locator(".panel h3").bounding_box()
    close = page.get_by_role("button", name="Close", exact=True).bounding_box()
    assert title
    assert close
    assert close["y"] < title["y"] + title["height"]
    tops = [
        page.locator(f".panel label:text-is('{text}')").bounding_box()
        for text in ("Minutes spent", "On")
    ]
    assert tops[0]
    assert tops[1]
    assert abs(tops[0]["y"] - tops[1]["y"]) < 0.6
    page.goto(f"{live_server.url}/plan/")
    expect(page.locator(".plan-week .when").first).to_have_text(re.compile(r"Week 1 · \d"))
    add = page.get_by_role("link", name="Add a task to Day 0 of week 1").bounding_box()
    assert add
    assert add["height"] < 30
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto(f"{live_server.url}/plan/new/small/")
    shade = page.locator(".scroll").evaluate("node => getComputedStyle(node).backgroundAttachment")
    assert shade == "local, local, scroll, scroll"


def test_a_changed_start_is_previewed_before_it_is_taken(
    signed_in: Page, live_server: Any, learner: Any, roadmap: Any
) -> None:
    page = signed_in
    page.goto(f"{live_server.url}/plan/new/{roadmap.slug}/")
    start = page.get_by_label("Start on")
    day = local_today(learner) + dt.timedelta(days=9)
    start.fill(day.isoformat())
    expect(page).to_have_url(re.compile(f"start={day}"))
    expect(page.locator("main form[method=post] [name=start]")).to_have_value(day.isoformat())
    other = day + dt.timedelta(days=1)
    start.evaluate("(field, day) => { field.value = day }", other.isoformat())
    page.get_by_role("button", name=re.compile("Make this my plan")).click()
    expect(page).to_have_url(re.compile(f"start={other}"))
    assert not Plan.objects.exists()
    page.get_by_role("button", name=re.compile("Make this my plan")).click()
    expect(page).to_have_url(f"{live_server.url}/today/")
    assert Plan.objects.get().starts_on == other


def test_without_javascript_the_panel_page_still_saves(
    without_javascript: Page, live_server: Any, learner_plan: Plan
) -> None:
    page = without_javascript
    page.goto("/today/")
    page.get_by_role("link", name=ADAM, exact=True).click()
    note(page).fill("plain")
    page.get_by_role("button", name="Save the note").click()
    expect(page.locator("#messages")).to_contain_text("Note saved")
