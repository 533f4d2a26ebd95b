"""A week is finished, its checkpoint looked at, the other branch brought in and taken back."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from apps.accounts.clock import local_today
from apps.library.models import Roadmap, Topic
from apps.mastery.models import Source
from apps.mastery.record import record
from apps.plans import work
from apps.plans.models import Plan
from tests.e2e.conftest import violations
from tests.plans.checkpoints import with_checkpoint

pytestmark = pytest.mark.browser


@pytest.fixture
def roadmap(roadmap: Roadmap) -> Roadmap:
    return with_checkpoint(roadmap)


@pytest.fixture
def almost_over(learner: Any, learner_plan: Plan) -> Plan:
    """All tasks of the first week done but the last; one area at the mark, one below."""
    today = local_today(learner)
    for slug, score in (("k-nearest-neighbours", 95), ("chi-square", 55)):
        topic = Topic.objects.get(slug=slug)
        record(
            learner,
            [(topic.pk, score)],
            source=Source.CHECK,
            source_id=None,
            at=timezone.now(),
            day=today,
        )
    *others, _ = learner_plan.tasks.filter(day__week__number=1).order_by("position")
    for task in others:
        work.tick(learner, task.pk, today)
    return learner_plan


def wide(page: Page) -> int:
    return int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )


def test_from_the_last_tick_to_the_history_and_back(
    signed_in: Page, live_server: Any, almost_over: Plan
) -> None:
    page, week = signed_in, almost_over.weeks.get(number=1)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/plan/?week={week.pk}")
    expect(page.get_by_text("After the week’s last task: every one of")).to_be_visible()
    page.get_by_role("checkbox", name="Implement k-means").click()
    expect(page.get_by_text("Not met: 1 of 2 areas is below 80 %.")).to_be_visible()
    expect(page.get_by_text("Statistics 50 % (n = 1), Classical ML 100 % (n = 1).")).to_be_visible()
    expect(page.get_by_text("Recommended: Keep closing gaps.")).to_be_visible()
    assert violations(page) == []
    page.goto(f"{live_server.url}/today/")
    page.get_by_role("link", name="Look at its checkpoint").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Are the critical gaps closed?")
    expect(page.get_by_role("heading", name="Recommended: Keep closing gaps")).to_be_visible()
    row = page.get_by_role("row", name="Statistics")
    expect(row).to_contain_text("n = 1 of 1")
    assert violations(page) == []
    assert wide(page) <= 0
    page.get_by_role("button", name="See what moves: Keep closing gaps").press("Enter")
    expect(page.get_by_role("heading", name="New (2)")).to_be_visible()
    expect(page.get_by_text("Read the ZeRO paper")).to_be_visible()
    prompt = "Checkpoint of Week 1: Statistics 50 % (n = 1), Classical ML 100 % (n = 1)"
    expect(page.get_by_label("What prompted it")).to_have_value(prompt)
    assert violations(page) == []
    assert wide(page) <= 0
    page.get_by_label("Why?").fill("Statistics needs another round")
    page.get_by_role("button", name="Add these tasks").press("Enter")
    said = "Checkpoint of Week 1: Keep closing gaps"
    expect(page.locator("#messages").get_by_text(said)).to_be_visible()
    opened = page.locator(f"#week-{week.pk}")
    expect(opened.get_by_text("Practise chi-square")).to_be_visible()
    expect(opened.get_by_text("Settled on")).to_be_visible()
    page.goto(f"{live_server.url}/plan/history/")
    expect(page.get_by_text(said)).to_be_visible()
    expect(page.get_by_text("Statistics needs another round")).to_be_visible()
    expect(page.get_by_text(prompt)).to_be_visible()
    page.goto(f"{live_server.url}/plan/checkpoints/{week.pk}/")
    expect(page.get_by_text("You chose “Keep closing gaps”.")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Undo the decision").press("Enter")
    expect(page.get_by_role("heading", name="Recommended: Keep closing gaps")).to_be_visible()
    assert not almost_over.tasks.filter(title="Practise chi-square", deleted_at=None).exists()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_how_it_looks(
    signed_in: Page, live_server: Any, almost_over: Plan, width: int, scheme: Any
) -> None:
    page, week = signed_in, almost_over.weeks.get(number=1)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    for address in (
        f"/plan/checkpoints/{week.pk}/",
        f"/plan/checkpoints/{week.pk}/?branch=projects",
        f"/plan/checkpoints/{week.pk}/settle/",
        f"/plan/weeks/{week.pk}/checkpoint/",
    ):
        page.goto(live_server.url + address)
        closed = page.locator("main details:not([open]) > summary")
        while closed.count():
            closed.first.click()
        assert violations(page) == [], address
        assert wide(page) <= 0, address


def test_an_own_checkpoint_without_javascript(
    without_javascript: Page, learner: Any, learner_plan: Plan
) -> None:
    page, week = without_javascript, learner_plan.weeks.get(number=2)
    page.goto(f"/plan/?week={week.pk}")
    page.get_by_role("link", name="Add a checkpoint").click()
    page.get_by_label("What is to be decided?").fill("Ready for more?")
    page.get_by_label("Classical ML").check()
    tasks = page.get_by_role("group", name="If not").get_by_label("Tasks, one a line")
    page.get_by_role("group", name="If not").get_by_label("What comes then?").fill("Once more")
    tasks.fill("Rework the weak topics | soon")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("Line 1: after the bar there is a whole number")).to_be_visible()
    tasks.fill("Rework the weak topics | 60")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("Checkpoint: Ready for more?")).to_be_visible()
    page.get_by_role("link", name="See how you stand").click()
    page.get_by_role("button", name="See what moves: Once more").click()
    page.get_by_role("button", name="Add these tasks").click()
    expect(page.locator(f"#week-{week.pk}").get_by_text("Rework the weak topics")).to_be_visible()
    assert learner_plan.tasks.filter(title="Rework the weak topics").count() == 1
