"""Each page: axe finds nothing, and nothing is wider than the screen."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from apps.accounts.clock import local_today
from apps.checks.models import Check
from apps.plans import changes, work
from apps.plans.models import Plan
from tests.e2e.conftest import violations

pytestmark = pytest.mark.browser

PAGES = [
    "/today/",
    "/week/",
    "/plan/",
    "/plan/new/",
    "/plan/new/small/",
    "/plan/history/",
    "/plan/reflow/",
    "/plan/tasks/add/",
    "/plans/",
    "/checks/",
    "/checks/log/",
    "/assessments/",
    "/readiness/",
    "/readiness/calibration/",
    "/library/",
    "/library/areas/classical-ml/",
    "/library/topics/k-nearest-neighbours/",
    "/settings/",
    "/settings/hours/",
    "/task/",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_and_width(
    signed_in: Page, live_server: Any, learner: Any, learner_plan: Plan, width: int, scheme: Any
) -> None:
    page = signed_in
    today = local_today(learner)
    task = learner_plan.tasks.get(key="read-adam")
    work.tick(learner, task.pk, today)
    work.save_note(learner, task.pk, "A note with `code` and $x^2$", "")
    changes.skip(learner_plan.tasks.get(key="check-1"), "known", today)
    Check.objects.create(user=learner, day=today, said_total=86.5)
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    problems = []
    for address in PAGES:
        page.goto(live_server.url + address.replace("/task/", f"/tasks/{task.pk}/"))
        page.wait_for_load_state("networkidle")
        problems += [f"{address} {line}" for line in violations(page)]
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            problems.append(f"{address} is {wide} wide")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("address", ["/", "/accounts/login/", "/accounts/signup/"])
def test_axe_before_sign_in(page: Page, live_server: Any, address: str) -> None:
    page.goto(live_server.url + address)
    assert not violations(page)


def test_an_open_panel_is_clean(signed_in: Page, live_server: Any, learner_plan: Plan) -> None:
    page = signed_in
    page.goto(f"{live_server.url}/today/")
    page.get_by_role("link", name="Minutes, note, move and more for Read about Adam").click()
    page.get_by_label("Move to").wait_for()
    assert not violations(page)
