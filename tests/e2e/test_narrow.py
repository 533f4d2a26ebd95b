"""On a phone no table is cut, and an error under one weekday stretches no other box."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from apps.accounts.clock import local_today
from apps.accounts.models import User
from apps.assessments.models import Assessment
from apps.assessments.record import AreaTotals, record_assessment
from apps.checks.log import Answered, log_result
from apps.library.models import Topic
from tests.e2e.conftest import sign_in
from tests.mastery.factories import make_area, make_topic

pytestmark = pytest.mark.browser

CUT = """() => {
    document.querySelectorAll("details").forEach((each) => { each.open = true; });
    return [...document.querySelectorAll(".scroll")]
        .filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.ariaLabel);
}"""


@pytest.mark.parametrize("width", [360, 390, 700])
def test_no_table_is_cut(signed_in: Page, live_server: Any, learner: Any, width: int) -> None:
    page, today, now = signed_in, local_today(learner), timezone.now()
    area = make_area("probability", title="Statistics and probability")
    titles = ("Covariance and correlation", "Breusch-Pagan test")
    topics: list[Topic] = [
        make_topic(title.lower().replace(" ", "-"), "probability", title=title, position=number)
        for number, title in enumerate(titles)
    ]
    log_result(
        learner,
        day=today,
        at=now,
        answers=[Answered(topics[0].pk, 100), Answered(topics[1].pk, 100, is_review=True)],
        said_total="99.5",  # type: ignore[arg-type] # as a form gives it
    )
    sitting = record_assessment(
        learner,
        kind=Assessment.Kind.COVERAGE,
        title="Statistics",
        day=today,
        at=now,
        results=[AreaTotals(area.pk, high=8, middle=25, low=8, total=43, felt=65)],
    )
    page.set_viewport_size({"width": width, "height": 800})
    cut = []
    for address in (
        "/checks/",
        "/assessments/",
        f"/assessments/{sitting.pk}/",
        "/readiness/",
        "/readiness/topics/?part=proven",
        "/readiness/topic/breusch-pagan-test/",
    ):
        page.goto(live_server.url + address)
        assert page.locator(".scroll").count(), address
        cut += [f"{address}: {label}" for label in page.evaluate(CUT)]
    assert not cut
    page.goto(f"{live_server.url}/assessments/{sitting.pk}/")
    expect(page.get_by_text("know 8, unsure 25, don’t know 8, unmarked 2")).to_be_visible()


def test_one_bad_weekday_stretches_no_other(
    page: Page, live_server: Any, transactional_db: None
) -> None:
    newcomer = User.objects.create_user("nora@example.com", "seven quiet lamps")
    sign_in(page.context, newcomer, live_server.url)
    page.goto(f"{live_server.url}/welcome/")
    page.get_by_label("Monday").fill("abc")
    page.get_by_role("button", name="Go on", exact=True).click()
    expect(page.get_by_text("Minutes are a whole number.")).to_be_visible()
    boxes = [page.get_by_label(day, exact=True).bounding_box() for day in ("Monday", "Tuesday")]
    assert boxes[0]
    assert boxes[1]
    assert (boxes[0]["y"], boxes[0]["height"]) == (boxes[1]["y"], boxes[1]["height"])
    lefts = page.evaluate(
        """[...document.querySelectorAll("legend, label[for=id_time_zone], label[for=id_name]")]
        .map((each) => { const text = document.createRange(); text.selectNodeContents(each);
          return text.getBoundingClientRect().left; })"""
    )
    assert len(lefts) == 4
    assert len(set(lefts)) == 1
