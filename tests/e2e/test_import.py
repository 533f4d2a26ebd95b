"""Importing a coverage table, and what is proposed: by keyboard and by hand, with axe on each page."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from apps.accounts.clock import local_today
from apps.assessments.models import Assessment
from apps.library.models import Topic
from apps.plans.models import Proposal
from apps.plans.proposals import NewProposal, propose
from tests.e2e.conftest import violations
from tests.mastery.factories import make_topic

pytestmark = pytest.mark.browser

PAGE = "/assessments/import/"
HEAD = "| Topic | Know | Unsure | Dunno |\n|---|---|---|---|\n"
TEXT = f"""# Gaps

## Classical ML

{HEAD}| K-nearest neighbours | [x] | | |
| Nearest centroids | | [x] | |
| Two marks | [x] | [x] | |

## Serving

{HEAD}| Paged attention | | | [x] |
"""


def wide(page: Page) -> int:
    return int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_both_steps(
    signed_in: Page, live_server: Any, topic: Topic, width: int, scheme: Any
) -> None:
    page = signed_in
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(live_server.url + PAGE)
    page.get_by_text("What a table looks like").click()
    assert violations(page) == []
    assert wide(page) <= 0
    page.get_by_label("The table").fill(TEXT)
    page.get_by_role("button", name="Read the table").press("Enter")
    expect(page.get_by_role("heading", name="Check the rows")).to_be_visible()
    expect(page.get_by_text("two columns are marked")).to_be_visible()
    assert violations(page) == []
    assert wide(page) <= 0
    other = page.get_by_label("Title of the topic that “Two marks” is")
    expect(other).to_be_hidden()
    page.get_by_label("What “Two marks” is").select_option("other")
    expect(other).to_be_visible()
    other.fill("centroid")
    page.get_by_role("button", name="Import", exact=True).press("Enter")
    expect(page.get_by_text("Some rows need an answer")).to_be_visible()
    expect(page.get_by_text("There is no such topic")).to_be_visible()
    expect(page.get_by_text("In which area are its topics of your own?")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("What “Two marks” is").select_option("out")
    page.locator("#area-1").select_option(label="Classical ML")
    page.get_by_role("button", name="Import", exact=True).press("Enter")
    expect(page.get_by_role("heading", name="Gaps")).to_be_visible()
    made = Assessment.objects.get()
    assert page.url.endswith(f"/assessments/{made.pk}/")
    assert sorted(made.ratings.values_list("topic__title", "value")) == [
        ("K-nearest neighbours", "know"),
        ("Nearest centroids", "unsure"),
        ("Paged attention", "dunno"),
    ]


def test_without_javascript_from_a_file(
    without_javascript: Page, learner: Any, topic: Topic, tmp_path: Any
) -> None:
    page, file = without_javascript, tmp_path / "gaps.md"
    file.write_text(TEXT, encoding="utf-8")
    page.goto(PAGE)
    page.get_by_label("Or its file").set_input_files(file)
    page.get_by_role("button", name="Read the table").click()
    page.get_by_role("button", name="Change the text").click()
    assert page.get_by_label("The table").input_value().strip() == TEXT.strip()
    page.get_by_role("button", name="Read the table").click()
    page.locator("#area-1").select_option(label="Classical ML")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", name="Gaps")).to_be_visible()
    assert Assessment.objects.get().ratings.count() == 4
    assert Topic.objects.filter(owner=learner, in_scope=False).count() == 3


def test_dropping_a_proposal_and_taking_it_back(
    signed_in: Page, live_server: Any, learner: Any, topic: Topic
) -> None:
    page, day = signed_in, local_today(learner)
    topics = [topic, make_topic("anova", title="ANOVA")]
    for kind in ("study", "relearn", "leave_out"):
        propose(
            learner,
            [NewProposal(each.pk, 30, place) for place, each in enumerate(topics)],
            kind=kind,
            source_id=uuid.uuid4(),
            prompted_by="Coverage of Classical ML",
            at=timezone.now(),
            day=day,
        )
    page.goto(f"{live_server.url}/plan/proposals/")
    assert violations(page) == []
    study = page.get_by_role("region", name="Study")
    study.get_by_role("button", name="Drop: ANOVA").press("Enter")
    undo = study.get_by_role("button", name="Undo: ANOVA")
    expect(undo).to_be_focused()
    expect(study.get_by_text("1 topic, 30 min")).to_be_visible()
    assert Proposal.objects.get(topic=topics[1], kind="study").state == "dropped"
    assert violations(page) == []
    undo.press("Enter")
    expect(study.get_by_role("button", name="Drop: ANOVA")).to_be_focused()
    expect(study.get_by_text("2 topics, 1 h")).to_be_visible()
    assert Proposal.objects.get(topic=topics[1], kind="study").state == "open"
