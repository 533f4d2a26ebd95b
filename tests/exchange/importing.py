"""What a learner sends to import a coverage table, and what the pages say."""

from __future__ import annotations

import re
from typing import Any

import pytest

from apps.assessments.models import Assessment
from apps.library.models import Topic
from tests.conftest import TODAY
from tests.mastery.factories import make_area, make_topic

PAGE = "/assessments/import/"
KEY = "5b1c1d0e-53f2-4a52-9a9d-6f5c0a1d7e11"
TEXT = """# My own check

## Statistics

| # | Topic | Know | Unsure | Dunno |
|---|-------|------|--------|-------|
| 1 | T-test | [x] | | |
| 2 | anova | | [x] | |
| 3 | Cook's distance | | | [x] |
| 4 | Leverage | | | |

## Serving

| Topic | Status |
|-------|--------|
| KV cache | [dunno] |
| Paged attention | [unsure] |
"""


@pytest.fixture
def topics(now: Any, db: None) -> dict[str, Topic]:
    return {
        "t": make_topic("t-test", title="T-test"),
        "anova": make_topic("anova", title="ANOVA"),
        "cook": make_topic("cooks-distances", title="Cook distances"),
        "kv": make_topic("kv-cache", "llm-systems", title="KV cache"),
    }


def sent(text: str = TEXT, **more: Any) -> dict[str, Any]:
    """Return what the first step sends."""
    return {"step": "read", "text": text, "title": "", "day": str(TODAY), "felt": "", **more}


def confirmed(text: str = TEXT, **more: Any) -> dict[str, Any]:
    """Return what the second step sends: rows as they are offered, areas given."""
    area = str(make_area("llm-systems").pk)
    more = {name.replace("_", "-"): value for name, value in more.items()}
    return sent(text) | {"step": "confirm", "id": KEY, "area-1": area} | more


def body(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def ratings(assessment: Assessment) -> list[tuple[str, str]]:
    rows = assessment.ratings.order_by("position").select_related("topic")
    return [(row.topic.title, row.value) for row in rows]


def chosen(page: str, line: int) -> str:
    """The words of the option that is chosen for a row."""
    select = page.split(f'name="row-{line}"')[1].split("</select>")[0]
    found = re.search(r"<option[^>]* selected>([^<]*)<", select)
    return found[1] if found else ""


def fields(answer: Any) -> dict[str, str]:
    """Return what a browser sends of the second page: its id and its selects as they stand."""
    page = answer.content.decode()
    (key,) = re.findall(r'name="id" value="([^"]+)"', page)
    found = {"id": key}
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        values = re.findall(r'<option value="([^"]*)"( selected)?', options)
        found[name] = next((value for value, chosen in values if chosen), values[0][0])
    return found
