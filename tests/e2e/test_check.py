"""A knowledge check from start to result: by the keyboard alone, and without JavaScript."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.clock import local_today
from apps.checks.models import Answer, Check
from apps.library.models import Question
from apps.mastery.models import Evidence
from apps.plans.models import Part, Plan, Task, Work
from tests.e2e.conftest import grade, twice, violations
from tests.mastery.factories import make_topic

pytestmark = pytest.mark.browser

LONG = "".join(f"<p>Paragraph {n} of the model answer.</p>" for n in range(30))


@pytest.fixture
def task(learner: Any, learner_plan: Plan) -> Task:
    """Ten topics of today with a question each, and the check's own task."""
    today = local_today(learner)
    day = learner_plan.weeks.get(number=1).days.first()
    topics = [make_topic(f"topic-{n}", title=f"Topic {n}", position=n) for n in range(10)]
    for number, topic in enumerate(topics):
        Question.objects.create(
            slug=f"q-{number}",
            topic=topic,
            kind=("conceptual", "implementation", "applied")[number % 3],
            text=f"What of {number}?",
            text_html=f"<p>What of <code>{number}</code>?</p>",
            answer_html=f"<p>All of topic {number}.</p><pre><code>{'x' * 300}</code></pre>{LONG}",
        )
    Task.objects.all().delete()
    task = Task.objects.create(
        plan=learner_plan,
        day=day,
        position=90,
        title="The check",
        kind="check",
        session="check",
        minutes=20,
    )
    task.topics.set(topics)
    Part.objects.create(plan=learner_plan, task=task, day=today, minutes=20)
    return task


def at_question(page: Page, place: int) -> None:
    expect(page.locator("#asked")).to_have_text(f"Question {place} of 10")
    expect(page.locator("#asking[data-ready]")).to_be_attached()


def clean(page: Page) -> None:
    assert violations(page) == []


def test_ten_questions_with_the_keyboard_alone(
    signed_in: Page, live_server: Any, task: Task
) -> None:
    page = signed_in
    page.goto(f"{live_server.url}/today/")
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page).to_have_url(f"{live_server.url}/checks/")
    link = page.get_by_role("link", name="Start today’s check")
    while not link.evaluate("node => node === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{live_server.url}/checks/start/")
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_focused()
    clean(page)
    page.keyboard.press("Enter")
    at_question(page, 1)
    page.evaluate("window.stillHere = true")
    clean(page)

    # Think, look, grade.
    answer = page.locator("details[data-reveal]")
    expect(answer).not_to_have_attribute("open", "")
    page.keyboard.press("Space")
    expect(answer).to_have_attribute("open", "")
    clean(page)
    grade(page, "1")
    at_question(page, 2)
    expect(page.locator("#asked")).to_be_focused()
    expect(page.locator("#live")).to_contain_text("Question 2 of 10")
    expect(page.locator(".last-grade")).to_contain_text("100 %")

    # What was written is kept; keys in a text are letters.
    page.keyboard.press("w")
    page.keyboard.type("d1u is what I wrote")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    grade(page, "2")
    at_question(page, 3)
    assert Answer.objects.get(position=1).text == "d1u is what I wrote"

    # Undo, and another grade.
    page.keyboard.press("u")
    at_question(page, 2)
    expect(page.get_by_label("Your answer")).to_have_value("d1u is what I wrote")
    grade(page, "5")
    at_question(page, 3)

    # "I don't know" leaves the model answer to read.
    page.keyboard.press("d")
    at_question(page, 4)
    expect(page.locator(".last-grade")).to_contain_text("“I don’t know”")
    expect(page.locator(".last-grade .model-answer")).to_be_visible()
    expect(page.locator(".question .ask")).to_be_in_viewport()
    clean(page)

    # Any whole number, after one that is none.
    typed = page.get_by_label("Or any whole number")
    typed.focus()
    page.keyboard.type("101")
    page.keyboard.press("Enter")
    expect(page.locator("#grading-typed-error")).to_contain_text("from 0 to 100")
    expect(typed).to_be_focused()
    expect(typed).to_have_value("101")
    clean(page)
    page.keyboard.press("Control+a")
    page.keyboard.type("88")
    page.keyboard.press("Enter")
    at_question(page, 5)

    for place in range(5, 10):
        grade(page, "3")
        at_question(page, place + 1)
    grade(page, "4")
    expect(page.locator("#asked")).to_have_text("That was the last question")
    expect(page.locator("#asking[data-ready]")).to_be_attached()
    clean(page)
    assert page.evaluate("window.stillHere") is True

    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/checks/[0-9a-f-]{36}/$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("48.8 %, F")
    expect(page.locator("main")).to_contain_text("“The check” is ticked, with 1 minute.")
    clean(page)
    scores = list(Answer.objects.order_by("position").values_list("score", flat=True))
    assert scores == [100, 0, 25, 88, 50, 50, 50, 50, 50, 25]
    assert Evidence.objects.filter(retracted_at=None).count() == 10
    task.refresh_from_db()
    assert task.status == "done"
    assert Work.objects.get().minutes == 1


def test_a_key_pressed_twice_grades_one_question(
    signed_in: Page, live_server: Any, task: Task
) -> None:
    page = signed_in
    page.goto(f"{live_server.url}/checks/start/")
    page.keyboard.press("Enter")
    at_question(page, 1)
    page.keyboard.press("Space")
    for _ in range(3):
        page.keyboard.press("1")
    at_question(page, 2)
    assert Answer.objects.exclude(score=None).count() == 1


@pytest.mark.parametrize("gap", [20, 120, 300])
def test_a_double_click_grades_and_undoes_one(
    signed_in: Page, live_server: Any, task: Task, gap: int
) -> None:
    page = signed_in
    page.goto(f"{live_server.url}/checks/start/")
    page.keyboard.press("Enter")
    for place in (1, 2):
        at_question(page, place)
        grade(page, "1")
    at_question(page, 3)
    with page.expect_response("**/answers/**"):
        twice(page, page.get_by_role("button", name="100 Correct"), gap)
    at_question(page, 4)
    assert Answer.objects.exclude(score=None).count() == 3
    with page.expect_response("**/undo/"):
        twice(page, page.get_by_role("button", name="Undo"), gap)
    at_question(page, 3)
    assert Answer.objects.exclude(score=None).count() == 2


def test_a_refusal_by_a_button_is_where_the_focus_goes(
    signed_in: Page, live_server: Any, task: Task
) -> None:
    page = signed_in
    page.goto(f"{live_server.url}/checks/start/")
    page.keyboard.press("Enter")
    at_question(page, 1)
    page.get_by_label("Your answer").fill("x" * 10_001)
    page.get_by_role("button", name="100 Correct").click()
    expect(page.locator("#grading-text-error")).to_be_visible()
    expect(page.get_by_label("Your answer")).to_be_focused()
    expect(page.locator("#live")).to_contain_text("at most 10000 characters")
    clean(page)


def test_leave_and_resume_and_the_time_goes_on(
    signed_in: Page, live_server: Any, task: Task
) -> None:
    page = signed_in
    page.goto(f"{live_server.url}/checks/start/")
    page.keyboard.press("Enter")
    at_question(page, 1)
    expect(page.locator("[data-time]")).to_have_text("0:01")
    page.get_by_label("Your answer").fill("Half a thou")
    page.get_by_role("link", name="Leave").click()
    page.get_by_role("link", name="Resume").click()
    at_question(page, 1)
    expect(page.get_by_label("Your answer")).to_have_value("Half a thou")
    page.locator("h1").click()
    grade(page, "1")
    at_question(page, 2)
    assert Answer.objects.get(position=0).text == "Half a thou"


def test_a_question_of_ones_own_is_added(signed_in: Page, live_server: Any, task: Task) -> None:
    page = signed_in
    page.goto(f"{live_server.url}/checks/start/")
    page.keyboard.press("Enter")
    at_question(page, 1)
    page.get_by_role("link", name="Add a question of your own").click()
    topic = page.get_by_label("Topic", exact=True)
    expect(topic).to_be_focused()
    expect(topic).to_have_value(re.compile(r"Topic \d"))
    topic.fill("Topic 3")
    page.get_by_label("Question (Markdown)").fill("And then?")
    clean(page)
    page.get_by_role("button", name="Add it").click()
    expect(page.locator("#ask-own")).to_contain_text("as question 11")
    expect(page.locator("#asked")).to_have_text("Question 1 of 11")


def test_on_a_phone_the_next_question_stays_in_sight_below_the_model_answer(
    signed_in: Page, live_server: Any, task: Task
) -> None:
    page = signed_in
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/checks/start/")
    page.get_by_role("button", name="Start", exact=True).click()
    at_question(page, 1)
    page.get_by_role("button", name="I don’t know").click()
    at_question(page, 2)
    answer = page.locator(".last-grade .model-answer")
    expect(answer).to_be_in_viewport(ratio=1)
    expect(page.locator(".question .ask")).to_be_in_viewport(ratio=1)
    expect(page.get_by_label("Your answer")).to_be_in_viewport(ratio=1)
    expect(answer.get_by_text("Paragraph 29")).not_to_be_in_viewport()
    clean(page)
    page.get_by_text("Read on").click()
    answer.get_by_text("Paragraph 29").scroll_into_view_if_needed()
    expect(answer.get_by_text("Paragraph 29")).to_be_in_viewport()
    page.get_by_text("Show less").click()
    expect(page.locator(".question .ask")).to_be_in_viewport()
    # One that fits needs no more.
    Question.objects.update(answer_html="<p>Short.</p>")
    page.reload()
    expect(page.get_by_text("Short.").first).to_be_visible()
    expect(page.get_by_text("Read on")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_narrow_phone(signed_in: Page, live_server: Any, task: Task, scheme: Any) -> None:
    page = signed_in
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{live_server.url}/checks/start/")
    page.get_by_role("button", name="Start", exact=True).click()
    at_question(page, 1)
    page.get_by_text("Show the model answer").click()
    page.get_by_role("button", name="50 Partial").click()
    at_question(page, 2)
    page.get_by_text("Show the model answer").click()
    clean(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.get_by_role("button", name="Finish with 1 of 10").click()
    clean(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_without_javascript(without_javascript: Page, task: Task) -> None:
    page = without_javascript
    page.goto("/checks/start/")
    page.get_by_role("button", name="Start", exact=True).click()
    check = Check.objects.get()
    for place in range(1, 11):
        expect(page.locator("#asked")).to_have_text(f"Question {place} of 10")
        page.get_by_text("Show the model answer").click()
        expect(page.get_by_text("Paragraph 3 of").first).to_be_visible()
        if place == 1:
            page.get_by_label("Your answer").fill("As I see it")
            page.get_by_role("button", name="Save").last.click()
            expect(page.locator("#grading-typed-error")).to_contain_text("Give a score")
            expect(page.get_by_label("Your answer")).to_have_value("As I see it")
        page.get_by_role("button", name="75 Minor gaps").click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="I don’t know").click()
    expect(page.get_by_text("The model answer to")).to_be_visible()
    page.get_by_role("button", name="Finish and see the result").click()
    expect(page).to_have_url(re.compile(f"/checks/{uuid.UUID(str(check.pk))}/$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("70.0 %, C-")
    page.get_by_role("button", name="Undo it and go on").click()
    expect(page.locator("#asked")).to_have_text("Question 10 of 10")
