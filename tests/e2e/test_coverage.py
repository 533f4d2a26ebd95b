"""A coverage check in a browser: with the keyboard alone, with the mouse, without JavaScript."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from apps.assessments.models import Assessment, Rating
from apps.mastery.models import Evidence
from tests.assessments.sitting import begin, make_topics, say
from tests.e2e.conftest import violations

pytestmark = pytest.mark.browser

NAME = {"know": "Know", "unsure": "Unsure", "dunno": "Don’t know"}


def tab_to(page: Page, wanted: Locator, most: int = 60) -> None:
    """Press Tab until it has the focus."""
    for _ in range(most):
        if wanted.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Tab")
    expect(wanted).to_be_focused()


def radio(page: Page, title: str, value: str) -> Locator:
    group = page.get_by_role("radiogroup", name=title, exact=True)
    return group.get_by_role("radio", name=re.compile(f"{NAME[value]}$"))


def test_43_topics_with_the_keyboard_alone(signed_in: Page, live_server: Any, learner: Any) -> None:
    page = signed_in
    make_topics("statistics", 43)
    page.goto(f"{live_server.url}/assessments/")
    tab_to(page, page.get_by_role("link", name="Coverage check"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Coverage check")).to_be_visible()
    assert violations(page) == []
    tab_to(page, page.get_by_label("Statistics, felt, in %"))
    page.keyboard.type("65")
    expect(page.get_by_role("checkbox")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Coverage of Statistics")).to_be_visible()
    assert violations(page) == []

    expect(page.get_by_text("takes a mark back")).to_be_visible()
    page.evaluate("window.stillHere = true")
    expect(radio(page, "Statistics 0", "know")).to_be_focused()
    for key in ["1"] * 8 + ["2"] * 25 + ["3"] * 8:
        page.keyboard.press(key)
    expect(page.locator("#marked")).to_contain_text("41 of 43 marked")
    expect(page.get_by_text("41 of 43 marked")).to_have_count(2)
    expect(radio(page, "Statistics 40", "dunno")).to_have_attribute("aria-checked", "true")
    expect(radio(page, "Statistics 41", "know")).to_be_focused()
    assert page.evaluate("window.stillHere") is True
    assert Evidence.objects.filter(retracted_at=None).count() == 41

    page.keyboard.press("ArrowDown")
    expect(radio(page, "Statistics 42", "know")).to_be_focused()
    page.keyboard.press("j")
    expect(page.get_by_role("button", name="Finish")).to_be_focused()
    expect(page.get_by_text("2 of 43 are unmarked")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("18.6 % known: 8 of 43, 2 left unmarked")).to_be_visible()
    expect(page.get_by_text("Statistics: felt 65 %, measured 18.6 %")).to_be_visible()
    expect(page.get_by_role("link", name="Statistics 42", exact=True)).to_be_visible()
    assert violations(page) == []

    keep = page.get_by_role("button", name="Keep the chosen ones")
    tab_to(page, keep, 200)
    page.keyboard.press("Enter")
    expect(page.get_by_text("24 topics are kept.")).to_be_visible()
    assert violations(page) == []


def test_keys_change_clear_and_move(signed_in: Page, live_server: Any, learner: Any) -> None:
    page = signed_in
    make_topics("statistics", 3)
    sitting = begin(learner)
    say(sitting, ["know"])
    page.goto(f"{live_server.url}/assessments/{sitting.pk}/rate/")
    expect(radio(page, "Statistics 1", "know")).to_be_focused()  # the first that is unmarked
    page.keyboard.press("k")
    expect(radio(page, "Statistics 0", "know")).to_be_focused()
    page.keyboard.press("3")
    expect(radio(page, "Statistics 0", "dunno")).to_have_attribute("aria-checked", "true")
    page.keyboard.press("ArrowUp")
    expect(radio(page, "Statistics 0", "dunno")).to_be_focused()
    page.keyboard.press("0")
    expect(page.locator("#marked")).to_contain_text("0 of 3 marked")
    expect(radio(page, "Statistics 0", "know")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(radio(page, "Statistics 0", "unsure")).to_have_attribute("aria-checked", "true")
    expect(radio(page, "Statistics 0", "unsure")).to_be_focused()
    page.keyboard.press("Backspace")
    expect(page.locator("#marked")).to_contain_text("0 of 3 marked")
    # One tab stop for all rows.
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Finish")).to_be_focused()


def test_one_row_marked_again_before_the_answer_came(
    signed_in: Page, live_server: Any, learner: Any
) -> None:
    page = signed_in
    make_topics("statistics", 2)
    sitting = begin(learner)
    page.goto(f"{live_server.url}/assessments/{sitting.pk}/rate/")
    for key in ("1", "ArrowUp", "2", "ArrowUp", "3"):
        page.keyboard.press(key)
    expect(page.locator("#marked")).to_contain_text("1 of 2 marked")
    expect(radio(page, "Statistics 0", "dunno")).to_have_attribute("aria-checked", "true")
    assert Rating.objects.get(assessment=sitting, position=1).value == "dunno"


def test_the_mouse_and_keys_switched_off(signed_in: Page, live_server: Any, learner: Any) -> None:
    page = signed_in
    learner.keys_on = False
    learner.save()
    make_topics("statistics", 2)
    sitting = begin(learner)
    page.goto(f"{live_server.url}/assessments/{sitting.pk}/rate/")
    page.evaluate("window.stillHere = true")
    page.keyboard.press("1")
    page.keyboard.press("j")
    expect(radio(page, "Statistics 0", "know")).to_be_focused()
    radio(page, "Statistics 0", "unsure").click()
    expect(radio(page, "Statistics 0", "unsure")).to_have_attribute("aria-checked", "true")
    expect(page.locator("#marked")).to_contain_text("1 of 2 marked")
    page.get_by_role("button", name="Clear Statistics 0").click()
    expect(page.locator("#marked")).to_contain_text("0 of 2 marked")
    page.keyboard.press("ArrowDown")
    expect(radio(page, "Statistics 1", "know")).to_be_focused()
    assert page.evaluate("window.stillHere") is True


def test_a_failed_mark_leaves_the_row_and_says_so(
    signed_in: Page, live_server: Any, learner: Any
) -> None:
    page = signed_in
    make_topics("statistics", 3)
    sitting = begin(learner)
    page.goto(f"{live_server.url}/assessments/{sitting.pk}/rate/")
    for failure in (
        lambda route: route.abort(),
        lambda route: route.fulfill(status=500, body="broken"),
    ):
        page.route("**/rate/", failure)
        radio(page, "Statistics 0", "know").click()
        expect(page.locator("#live")).to_contain_text("nothing was changed")
        expect(radio(page, "Statistics 0", "know")).to_have_attribute("aria-checked", "false")
        page.unroute("**/rate/")
        page.evaluate("document.getElementById('live').textContent = ''")
    radio(page, "Statistics 0", "know").click()
    expect(radio(page, "Statistics 0", "know")).to_have_attribute("aria-checked", "true")


def test_finished_in_another_tab(signed_in: Page, live_server: Any, learner: Any) -> None:
    page = signed_in
    make_topics("statistics", 2)
    sitting = begin(learner)
    page.goto(f"{live_server.url}/assessments/{sitting.pk}/rate/")
    Assessment.objects.update(finished_at=sitting.at)
    page.keyboard.press("1")
    expect(page.locator("#messages")).to_contain_text("takes no more marks")
    expect(radio(page, "Statistics 0", "know")).to_have_attribute("aria-checked", "false")


def test_leave_resume_delete_and_undo(signed_in: Page, live_server: Any, learner: Any) -> None:
    page = signed_in
    make_topics("statistics", 30)
    sitting = begin(learner)
    say(sitting, ["know"] * 20)
    page.goto(f"{live_server.url}/assessments/")
    page.get_by_role("link", name="Resume A check").click()
    expect(radio(page, "Statistics 20", "know")).to_be_focused()
    expect(radio(page, "Statistics 20", "know")).to_be_in_viewport()
    page.get_by_role("button", name="Delete this check").click()
    expect(page.locator("#messages")).to_contain_text("is deleted")
    expect(page.get_by_role("link", name="Resume A check")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="Resume A check")).to_be_visible()


def test_everything_without_javascript(
    without_javascript: Page, live_server: Any, learner: Any
) -> None:
    page = without_javascript
    make_topics("statistics", 3)
    make_topics("llm", 1)
    page.goto("/assessments/coverage/")
    page.get_by_role("button", name="Choose all").click()
    expect(page.get_by_role("checkbox", name="Llm")).to_be_checked()
    page.get_by_role("checkbox", name="Llm").uncheck()
    page.get_by_role("button", name="Start", exact=True).click()
    radio(page, "Statistics 1", "unsure").click()
    expect(radio(page, "Statistics 1", "unsure")).to_have_attribute("aria-checked", "true")
    expect(page).to_have_url(re.compile(r"/rate/#t2$"))
    radio(page, "Statistics 0", "know").click()
    page.get_by_role("button", name="Clear Statistics 1").click()
    radio(page, "Statistics 2", "dunno").click()
    expect(page.locator("#marked")).to_contain_text("2 of 3 marked")
    expect(page.get_by_text("takes a mark back")).to_be_hidden()  # keys are the script's
    page.get_by_role("button", name="Finish").click()
    expect(
        page.get_by_text("You know 50.0 % of the 2 topics you marked. 1 is still unrated")
    ).to_be_visible()
    page.get_by_role("button", name="Keep the chosen ones").click()
    expect(page.get_by_text("1 topic is kept.")).to_be_visible()


@pytest.mark.parametrize("late", [True, False])
def test_a_lost_mark_keeps_the_check_open(
    signed_in: Page, live_server: Any, learner: Any, late: bool
) -> None:
    page = signed_in
    make_topics("statistics", 2)
    sitting = begin(learner)
    say(sitting, ["know"])
    page.goto(f"{live_server.url}/assessments/{sitting.pk}/rate/")
    held: list[Route] = []

    def fail(route: Route) -> None:
        if late:
            held.append(route)
        else:
            route.fulfill(status=502, body="bad gateway")

    page.route("**/rate/", fail)
    finish = page.get_by_role("button", name="Finish")
    with page.expect_request("**/rate/"):
        page.keyboard.press("2")
    if not late:
        expect(page.locator("#live")).to_contain_text("nothing was changed")
    finish.click()
    for route in held:
        route.fulfill(status=502, body="bad gateway")
    expect(page.locator("#live")).to_contain_text("the check was not finished")
    expect(radio(page, "Statistics 1", "know")).to_be_focused()
    assert Assessment.objects.get().finished_at is None
    finish.click()
    expect(page.get_by_text("You know 100.0 % of the 1 topic you marked.")).to_be_visible()
