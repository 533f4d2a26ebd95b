"""Taking everything away and bringing it in again, by hand and with axe on each page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.library.models import Roadmap, Topic
from apps.plans.models import Plan, Task
from tests.e2e.conftest import violations
from tests.exchange.archives import fill

pytestmark = pytest.mark.browser


def wide(page: Page) -> int:
    return int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )


@pytest.fixture
def full(learner: Any, roadmap: Roadmap, topic: Topic) -> Plan:
    return fill(learner, roadmap, topic)


def take_away(page: Page, live_server: Any, folder: Path) -> Path:
    """Download the JSON by its button, and return where it is."""
    page.goto(f"{live_server.url}/settings/")
    page.get_by_role("link", name="See your data").click()
    with page.expect_download() as begun:
        page.get_by_role("link", name="Download the JSON").click()
    file = folder / begun.value.suggested_filename
    begun.value.save_as(file)
    return file


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_out_and_in(
    signed_in: Page, live_server: Any, full: Plan, tmp_path: Path, width: int, scheme: Any
) -> None:
    page = signed_in
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    file = take_away(page, live_server, tmp_path)
    expect(page.get_by_role("heading", name="Your data")).to_be_visible()
    assert violations(page) == []
    assert wide(page) <= 0
    Task.objects.filter(key="kmeans").update(title="Another title")
    Plan.objects.exclude(deleted_at=None).delete()
    page.get_by_role("link", name="Bring an export in").click()
    assert violations(page) == []
    page.get_by_label("File of the export").set_input_files(file)
    page.get_by_role("button", name="Look what is in it").click()
    expect(page.get_by_role("heading", name="What is in the export")).to_be_visible()
    expect(page.get_by_text("The plan “Small roadmap” is not the same here")).to_be_visible()
    assert violations(page) == []
    assert wide(page) <= 0
    page.get_by_role("button", name="Bring it in").press("Enter")
    expect(page.get_by_text("records were brought in.")).to_be_visible()
    assert Plan.objects.count() == 2
    assert Task.objects.filter(title="Another title").count() == 1


def test_a_wrong_file_is_told_without_javascript(
    without_javascript: Page, full: Plan, tmp_path: Path
) -> None:
    page = without_javascript
    file = tmp_path / "other.json"
    file.write_text('{"format": "studyplan", "version": 9}')
    page.goto("/settings/data/import/")
    page.get_by_label("File of the export").set_input_files(file)
    page.get_by_role("button", name="Look what is in it").click()
    expect(page.get_by_text("This export has version 9 of its format")).to_be_visible()
