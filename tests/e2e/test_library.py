"""The library in a browser: a topic's page by keyboard, the bank's filters, copy, axe."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from apps.accounts.clock import local_today
from apps.library.models import Question, Reference, Star, Topic, TopicNote
from apps.library.render import render_curated, render_note, render_page
from apps.library.writing.notes import save_note
from apps.mastery.models import Evidence
from apps.plans.models import Plan, Task
from tests.dashboard.library.factories import (
    make_exercise,
    make_project,
    make_question,
    make_reference,
    score,
)
from tests.e2e.conftest import violations
from tests.mastery.factories import make_topic

pytestmark = pytest.mark.browser

TOPIC = "/library/topics/k-nearest-neighbours/"
CODE = "import numpy as np\n\nx = np.arange(10)  # " + "long " * 40
BODY = f"""\
## Distances

$$d(x, y) = \\sqrt{{\\sum_{{i=1}}^{{n}} (x_i - y_i)^2}} + \\sum_a + \\sum_b + \\sum_c + \\sum_d + \\sum_e$$

| name | formula | when it is the right one | what breaks it | where it is asked |
|------|---------|--------------------------|----------------|-------------------|
| Euclidean | $\\lVert x - y \\rVert_2$ | features on one scale | many dimensions | everywhere |

```python
{CODE}
```

### Scaling

Words.

## Votes

- one
- two
"""


@pytest.fixture
def library(learner: Any, learner_plan: Plan) -> Topic:
    """A topic with everything around it."""
    topic = Topic.objects.get(slug="k-nearest-neighbours")
    topic.summary, topic.levels = "Votes of the nearest rows.", ["mid", "senior"]
    topic.body, topic.body_html = BODY, render_curated(BODY)
    topic.save()
    near = make_topic("distance", topic.area, title="Distance measures")
    far = make_topic("search", topic.area, title="Approximate search")
    topic.prerequisites.add(near)
    far.prerequisites.add(topic)
    score(learner, near, 95)
    score(learner, far, 30, local_today(learner) - dt.timedelta(days=40))
    answer = render_curated(BODY)
    make_question(topic, "why-scale", text="Why scale?", answer_html=answer)
    make_question(topic, "choose-k", kind="applied", level="senior", text="Which k?")
    make_question(topic, "bare", kind="", answer="", text="What is it?")
    make_question(far, "hnsw", kind="implementation", text="How does HNSW search?")
    make_exercise("knn", topic, starter_html=f"<pre><code>{CODE}</code></pre>")
    make_project("churn", topic)
    page = render_page(BODY)
    fields = {"title": "Distances", "body_html": page.html, "contents": page.contents}
    make_reference("distances", topic, **fields)
    return topic


def test_star_note_claim_and_undo_by_keyboard(
    signed_in: Page, live_server: Any, learner: Any, library: Topic
) -> None:
    page = signed_in
    page.goto(live_server.url + TOPIC)
    page.evaluate("window.stillHere = true")
    star = page.get_by_role("button", name="Star K-nearest neighbours")
    star.focus()
    page.keyboard.press("Enter")
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(star).to_be_focused()
    assert Star.objects.filter(user=learner, topic=library).exists()
    assert page.evaluate("window.stillHere") is True
    page.keyboard.press("Space")
    expect(star).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("window.stillHere") is True

    summary = page.locator("#note summary")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Scale **first**")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#note strong")).to_have_text("first")
    expect(page.locator("#note summary")).to_be_focused()
    expect(page.locator("#messages")).to_contain_text("Note saved.")
    assert page.evaluate("window.stillHere") is True
    assert TopicNote.objects.get().version == 1

    know = page.get_by_role("button", name="I know this", exact=True)
    know.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("claimed: you said you know it today")
    expect(page.locator("#live")).to_contain_text("claimed: you said you know it today")
    expect(page.locator(".meta", has_text="claimed: you said")).to_be_visible()
    undo = page.locator("#messages").get_by_role("button", name="Undo")
    undo.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="I know this", exact=True)).to_be_visible()
    assert Evidence.objects.filter(topic=library, retracted_at=None).count() == 0


def test_a_topic_goes_into_the_plan_and_out_again(
    signed_in: Page, live_server: Any, learner: Any, library: Topic
) -> None:
    page = signed_in
    other = Topic.objects.get(slug="search")
    page.goto(live_server.url + other.get_absolute_url())
    page.get_by_role("link", name="Add to my plan").focus()
    page.keyboard.press("Enter")
    minutes = page.get_by_label("Minutes", exact=True)
    expect(minutes).to_be_focused()
    page.keyboard.press("Escape")
    expect(minutes).to_have_count(0)
    expect(page.locator("#in-plans")).to_be_hidden()
    expect(page.get_by_role("link", name="Add to my plan")).to_be_focused()
    page.keyboard.press("Enter")
    expect(minutes).to_be_focused()
    page.evaluate("window.stillHere = true")
    days, day = page.locator("#plan-days li"), page.get_by_label("Another day")
    expect(days).to_have_count(2)
    expect(days.first).to_contain_text("60 of 60 min planned; this makes 90")
    day.fill("2020-01-01")
    expect(page.locator("#day-errors")).to_have_text("That day is in the past.")
    expect(day).to_be_focused()
    tomorrow = local_today(learner) + dt.timedelta(days=1)
    day.fill(tomorrow.isoformat())
    expect(days).to_have_count(3)
    expect(page.locator("#day-errors")).to_be_empty()
    expect(days.last).to_contain_text("60 of 60 min planned; this makes 90")
    expect(day).to_be_focused()
    minutes.fill("0")
    page.keyboard.press("Enter")
    expect(page.locator("#minutes-errors")).to_have_text("Between 1 and 600 minutes.")
    minutes.fill("25")
    page.keyboard.press("Enter")
    expect(days.last).to_contain_text("60 of 60 min planned; this makes 85")
    expect(minutes).to_have_value("25")
    assert not Task.objects.filter(title__startswith="Study").exists()
    days.last.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#in-plans")).to_contain_text("Study: Approximate search")
    expect(page.locator("#in-plans")).to_contain_text("25 min")
    expect(page.locator("#messages")).to_contain_text("now has 85 of 60 minutes")
    expect(minutes).to_have_count(0)
    assert Task.objects.get(title__startswith="Study").pinned_on == tomorrow
    assert page.evaluate("window.stillHere") is True
    page.locator("#messages").get_by_role("button", name="Undo").click()
    expect(page.locator("#in-plans")).to_be_hidden()
    assert Task.objects.get(title__startswith="Study").deleted_at is not None


def test_minutes_that_are_typed_and_not_looked_at_count(
    signed_in: Page, live_server: Any, learner: Any, library: Topic
) -> None:
    page = signed_in
    page.goto(f"{live_server.url}/library/topics/search/")
    page.get_by_role("link", name="Add to my plan").click()
    page.get_by_label("Minutes", exact=True).fill("37")
    page.get_by_role("button", name="Add today").click()
    expect(page.locator("#in-plans")).to_contain_text("37 min")
    assert Task.objects.get(title__startswith="Study").minutes == 37


def test_a_note_of_another_tab_is_not_written_over(
    signed_in: Page, live_server: Any, learner: Any, library: Topic
) -> None:
    page = signed_in
    page.goto(live_server.url + TOPIC)
    page.locator("#note summary").click()
    save_note(learner, library, "From the other tab", 0)
    page.get_by_label("Your note (Markdown)").fill("From this tab")
    page.get_by_role("button", name="Save the note").click()
    expect(page.locator("#note .elsewhere").first).to_contain_text("From the other tab")
    expect(page.get_by_label("Your note (Markdown)")).to_have_value("From this tab")
    page.get_by_role("button", name="Save the note").click()
    expect(page.locator("#note .prose")).to_have_text("From this tab")


def test_a_draft_survives_a_reload(signed_in: Page, live_server: Any, library: Topic) -> None:
    page = signed_in
    page.goto(live_server.url + TOPIC)
    page.locator("#note summary").click()
    page.get_by_label("Your note (Markdown)").fill("Not sav")
    page.keyboard.type("ed")
    page.reload()
    expect(page.get_by_label("Your note (Markdown)")).to_be_visible()
    expect(page.locator("#note")).to_contain_text("Not saved yet")


def test_answers_are_hidden_until_asked_for(
    signed_in: Page, live_server: Any, library: Topic
) -> None:
    page = signed_in
    page.goto(live_server.url + TOPIC)
    summary = page.locator("summary", has_text="Which k?")
    answer = page.get_by_text("The answer to choose-k.")
    expect(answer).to_be_hidden()
    summary.focus()
    page.keyboard.press("Enter")
    expect(answer).to_be_visible()
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(page.get_by_text("Distances", exact=True).last).to_be_visible()
    expect(page.locator(".rail")).to_be_hidden()
    closed = "document.querySelectorAll('main details.qa:not([open])').length"
    assert page.evaluate(closed) == 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(closed) == 1


def test_code_is_copied(signed_in: Page, live_server: Any, library: Topic) -> None:
    page = signed_in
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{live_server.url}/library/references/distances/")
    button = page.get_by_role("button", name="Copy this code")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_have_text("Copied.")
    expect(button).to_be_focused()
    assert page.evaluate("navigator.clipboard.readText()").strip() == CODE.strip()
    page.get_by_role("navigation", name="Contents").get_by_role("link", name="Votes").click()
    expect(page).to_have_url(re.compile(r"#h-votes$"))


def test_without_a_clipboard_the_old_way_copies(
    signed_in: Page, live_server: Any, library: Topic
) -> None:
    page = signed_in
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined });")
    page.goto(f"{live_server.url}/library/references/distances/")
    page.get_by_role("button", name="Copy this code").click()
    expect(page.locator("#live")).to_have_text("Copied.")


def test_the_banks_filters_stand_in_the_address(
    signed_in: Page, live_server: Any, library: Topic
) -> None:
    page = signed_in
    page.goto(f"{live_server.url}/library/questions/")
    page.evaluate("window.stillHere = true")
    expect(page.locator("[data-count]")).to_have_text("4 questions")
    page.get_by_label("Kind").select_option("applied")
    expect(page.locator("[data-count]")).to_have_text("1 of 4 questions")
    expect(page).to_have_url(f"{live_server.url}/library/questions/?kind=applied")
    expect(page.locator("#live")).to_have_text("1 of 4 questions")
    page.get_by_label("Its topic is").select_option("fading")
    expect(page.get_by_text("Nothing fits these filters.")).to_be_visible()
    assert page.evaluate("window.stillHere") is True
    page.go_back()
    expect(page.locator("[data-count]")).to_have_text("1 of 4 questions")
    expect(page.get_by_role("heading", name="Question bank")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Kind")).to_have_value("applied")
    page.get_by_role("link", name="Which k?").click()
    page.get_by_text("Show the answer").click()
    expect(page.get_by_text("The answer to choose-k.")).to_be_visible()


def test_next_stays_within_the_banks_filter(
    signed_in: Page, live_server: Any, library: Topic
) -> None:
    page = signed_in
    make_question(Topic.objects.get(slug="search"), "ivf", level="senior", text="What is IVF?")
    page.goto(f"{live_server.url}/library/questions/")
    page.get_by_label("Level").select_option("senior")
    expect(page.locator("[data-count]")).to_have_text("2 of 5 questions")
    page.locator(".bank .asked").first.click()
    expect(page.get_by_text("1 of 2: Senior")).to_be_visible()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("2 of 2: Senior")).to_be_visible()
    expect(page.get_by_role("link", name="Next")).to_have_count(0)
    page.get_by_role("link", name="Questions: Senior").click()
    expect(page.locator("[data-count]")).to_have_text("2 of 5 questions")


def test_an_emptied_note_and_an_opened_answer(
    signed_in: Page, live_server: Any, learner: Any, library: Topic
) -> None:
    page = signed_in
    save_note(learner, library, "Scale **first**", 0)
    page.goto(live_server.url + TOPIC)
    page.locator("#note summary").click()
    page.get_by_label("Your note (Markdown)").fill("")
    page.get_by_role("button", name="Save the note").click()
    expect(page.locator("#messages")).to_contain_text("The note is empty now.")
    page.locator("#messages").get_by_role("button", name="Undo").click()
    expect(page.locator("#note strong")).to_have_text("first")
    page.goto(f"{live_server.url}/library/questions/choose-k/")
    page.get_by_text("Show the answer").click()
    expect(page.get_by_text("Hide the answer")).to_be_visible()
    expect(page.get_by_text("Show the answer")).to_be_hidden()
    page.get_by_role("link", name="Log a score").click()
    expect(page.locator("[value='K-nearest neighbours']").first).to_be_visible()


def test_a_form_with_a_field_named_id_is_swapped(
    signed_in: Page, live_server: Any, library: Topic
) -> None:
    page, faults = signed_in, []
    page.on("pageerror", lambda error: faults.append(error.message))
    page.goto(f"{live_server.url}/checks/log/?topic={library.key}")
    rows = page.locator("[list='topics']")
    before = rows.count()
    page.get_by_role("button", name="Add a topic").click()
    expect(rows).to_have_count(before + 1)
    assert faults == []


def test_back_and_add_again_adds_no_second(
    signed_in: Page, live_server: Any, learner: Any, library: Topic
) -> None:
    page = signed_in
    page.goto(f"{live_server.url}{TOPIC}")
    page.get_by_role("link", name="Add your own").click()
    page.get_by_label("Question (Markdown)").fill("What is one?")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="What is one?")).to_be_visible()
    page.go_back()
    page.get_by_label("Question (Markdown)").fill("What are two?")
    page.get_by_role("button", name=re.compile("^(Add|Save)$")).click()
    expect(page.locator("main")).to_contain_text("What are two?")
    assert Question.objects.filter(owner=learner).count() == 1


def test_back_after_making_a_plan_makes_no_second(
    signed_in: Page, live_server: Any, learner: Any, roadmap: Any
) -> None:
    page = signed_in
    page.goto(f"{live_server.url}/plan/new/small/")
    page.get_by_role("button", name=re.compile("Make this my plan")).click()
    expect(page).to_have_url(f"{live_server.url}/today/")
    page.go_back()
    expect(page).to_have_url(f"{live_server.url}/today/")
    expect(page.locator("#messages")).to_contain_text("nothing was made twice")
    assert Plan.objects.count() == 1
    page.goto(f"{live_server.url}/plan/new/small/")
    expect(page.get_by_role("heading", name="You have a plan from this roadmap")).to_be_visible()
    page.get_by_role("button", name=re.compile("Make a second plan")).click()
    expect(page).to_have_url(f"{live_server.url}/today/")
    assert Plan.objects.count() == 2


def test_a_page_of_ones_own_is_previewed_and_saved(
    signed_in: Page, live_server: Any, learner: Any, library: Topic
) -> None:
    page = signed_in
    today = local_today(learner)
    page.goto(f"{live_server.url}/today/")
    page.get_by_role("link", name="Quick reference for today").click()
    page.get_by_label("Text (Markdown)").fill("## Votes\n\nOdd *k*.")
    expect(page.get_by_label("Topic 1")).to_have_value("K-nearest neighbours")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".preview em")).to_have_text("k")
    expect(page.get_by_role("heading", name="Preview")).to_be_focused()
    page.get_by_role("button", name="Another topic").click()
    expect(page.get_by_label("Topic 4")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Quick reference")).to_be_visible()
    assert Reference.objects.get(owner=learner).day == today
    page.get_by_role("button", name="Delete").click()
    page.locator("#messages").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="Quick reference")).to_be_visible()


def test_an_error_beside_a_topic_leaves_the_others_their_height(
    signed_in: Page, live_server: Any, library: Topic
) -> None:
    page = signed_in
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{live_server.url}/library/pages/new/")
    page.get_by_label("Title").fill("Sheet")
    page.get_by_label("Topic 1").fill("nothing like it")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".topic-rows .errorlist")).to_be_visible()
    bad = page.get_by_label("Topic 1").bounding_box()
    empty = page.get_by_label("Topic 2").bounding_box()
    assert bad
    assert empty
    assert (empty["y"], empty["height"]) == (bad["y"], bad["height"])


def test_everything_without_javascript(
    without_javascript: Page, live_server: Any, learner: Any, library: Topic
) -> None:
    page = without_javascript
    page.goto(TOPIC)
    page.get_by_role("button", name="Star K-nearest neighbours").click()
    expect(page.get_by_role("button", name="Star K-nearest neighbours")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.locator("#note summary").click()
    page.get_by_label("Your note (Markdown)").fill("Scale first")
    page.get_by_role("button", name="Save the note").click()
    expect(page.locator("#note .prose")).to_have_text("Scale first")
    page.get_by_role("link", name="Add to my plan").click()
    page.get_by_label("Another day").fill(local_today(learner).isoformat())
    page.get_by_label("Minutes", exact=True).fill("25")
    page.get_by_role("button", name="See how it fits").click()
    expect(page.locator("#plan-days")).to_contain_text("Another one, of 25 min:")
    expect(page.locator("#plan-days li").first).to_contain_text("min planned; this makes")
    page.get_by_role("button", name="Add again today").click()
    expect(page.locator("#in-plans")).to_contain_text("Study: K-nearest neighbours")
    assert Task.objects.get(title__startswith="Study").minutes == 25
    page.go_back()
    expect(page.get_by_role("button", name="See how it fits")).to_be_visible()
    page.go_back()
    page.go_back()
    expect(page.get_by_role("heading", name="K-nearest neighbours")).to_be_visible()
    page.get_by_role("button", name="I know this", exact=True).click()
    page.get_by_role("button", name="Take back “I know this”").click()
    page.goto("/library/questions/")
    page.get_by_label("Kind").select_option("applied")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("[data-count]")).to_have_text("1 of 4 questions")
    page.goto("/library/topics/new/?area=classical-ml")
    page.get_by_label("Title").fill("Voronoi cells")
    page.get_by_label("Minutes").fill("15")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Voronoi cells")).to_be_visible()
    page.get_by_role("link", name="Add your own").click()
    page.get_by_label("Question (Markdown)").fill("What is one?")
    page.get_by_role("button", name="Add", exact=True).click()
    assert Question.objects.filter(owner=learner).exists()


ADDRESSES = [
    "/library/",
    "/library/topics/",
    "/library/topics/?starred=1",
    "/library/areas/classical-ml/",
    TOPIC,
    "/library/topics/PK/plan/",
    "/library/topics/new/",
    "/library/questions/",
    "/library/questions/?standing=not-yet",
    "/library/questions/why-scale/",
    "/library/questions/why-scale/?level=mid",
    "/library/questions/bare/",
    "/library/questions/new/?topic=PK",
    "/library/references/",
    "/library/references/distances/",
    "/library/exercises/",
    "/library/exercises/knn/",
    "/library/projects/",
    "/library/projects/churn/",
    "/library/roadmaps/",
    "/library/roadmaps/small/",
    "/library/pages/",
    "/library/pages/new/",
    "/plan/new/",
    "/plan/new/small/",
]
OPEN = "document.querySelectorAll('main details').forEach((each) => { each.open = true; })"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_and_width(
    signed_in: Page, live_server: Any, learner: Any, library: Topic, width: int, scheme: Any
) -> None:
    page = signed_in
    note = f"Mine\n\n{BODY}"
    TopicNote.objects.create(user=learner, topic=library, text=note, html=render_note(note))
    Star.objects.create(user=learner, topic=library)
    own = make_topic("mine", library.area, owner=learner, collection="", title="Mine")
    gone = make_topic("gone", library.area, owner=learner, collection="", retired_at=timezone.now())
    sheet = make_reference("own", library, owner=learner, collection="", title="My page")
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    problems = []
    more = [each.get_absolute_url() for each in (own, gone, sheet)]
    more += [f"/library/topics/{own.pk}/edit/", f"/library/pages/{sheet.pk}/edit/"]
    for address in [*ADDRESSES, *more]:
        page.goto(live_server.url + address.replace("PK", str(library.pk)))
        page.wait_for_load_state("networkidle")
        page.evaluate(OPEN)
        page.wait_for_timeout(50)
        problems += [f"{address} {line}" for line in violations(page)]
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            problems.append(f"{address} is {wide} wide")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("width", [390, 1280])
def test_contents_beside_the_page_or_above_it(
    signed_in: Page, live_server: Any, library: Topic, width: int
) -> None:
    page = signed_in
    page.set_viewport_size({"width": width, "height": 600})
    page.goto(f"{live_server.url}/library/references/distances/")
    side, short = page.locator(".contents-side"), page.locator(".contents-short")
    if width == 390:
        expect(side).to_be_hidden()
        short.locator("summary").click()
        expect(short.get_by_role("link", name="Votes")).to_be_visible()
        return
    expect(short).to_be_hidden()
    before = side.bounding_box()
    page.mouse.wheel(0, 200)
    page.wait_for_timeout(200)
    after = side.bounding_box()
    assert before
    assert after
    assert after["y"] > 0


def test_a_title_without_spaces_breaks(
    signed_in: Page, live_server: Any, learner: Any, library: Topic
) -> None:
    page, title = signed_in, "W" * 200
    own = make_topic("mine", library.area, owner=learner, collection="", title=title)
    library.prerequisites.add(own)
    own.prerequisites.add(make_topic("more", owner=learner, collection="", title=title))
    make_question(own, "long", text=title, owner=learner, collection="")
    make_reference("sheet", own, owner=learner, collection="", title=title)
    save_note(learner, own, title, 0)
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(live_server.url + own.get_absolute_url())
    page.get_by_role("button", name="I know this", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("claimed")
    wide = []
    plan = f"/library/topics/{own.pk}/plan/"
    for address in (own.get_absolute_url(), plan, *ADDRESSES[:6]):
        page.goto(live_server.url + address.replace("PK", str(library.pk)))
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            wide.append(address)
    page.goto(live_server.url + plan)
    page.get_by_role("button", name="Add today").click()
    page.wait_for_load_state("networkidle")
    expect(page.locator("#in-plans")).to_contain_text("Study: WWW")
    if page.evaluate("document.documentElement.scrollWidth") > 390:
        wide.append("planned")
    assert not wide


def test_paper_has_no_empty_sheet_and_no_buttons(
    signed_in: Page, live_server: Any, library: Topic
) -> None:
    page = signed_in
    make_topic("short", library.area, title="Short")
    page.goto(f"{live_server.url}/library/topics/short/")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 1
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Your note")).to_be_hidden()
    page.set_viewport_size({"width": 700, "height": 900})  # a sheet between its margins
    for address in (TOPIC, "/library/references/distances/", "/library/questions/why-scale/"):
        page.goto(live_server.url + address)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= 700, address
        shown = "[...document.querySelectorAll('button')].filter((b) => b.offsetParent).length"
        assert page.evaluate(shown) == 0, address
        expect(page.get_by_text("Contents", exact=True).first).to_be_hidden()
        expect(page.get_by_text("Show the answer")).to_be_hidden()
