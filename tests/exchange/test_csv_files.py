"""Tables for a spreadsheet: what a cell holds, and that none of them runs."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from apps.exchange.archive_csv import TABLES, table_bytes
from apps.exchange.csv_files import cell_text, csv_bytes
from apps.library.models import Roadmap, Topic
from apps.plans.models import Plan, Task
from tests.conftest import TODAY
from tests.exchange.archives import fill
from tests.plans.conftest import now, roadmap, topic

__all__ = ["now", "roadmap", "topic"]


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠x"),
        *(" =1", "\u00a0=1", "\ufeff=1", "\u200b=1", "−1", "﹦1", "=cmd|' /C calc'!A0"),
    ],
)
def test_a_text_that_could_run_has_an_apostrophe(text: str) -> None:
    assert cell_text(text) == f"'{text}"


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("Read about Adam", "Read about Adam"),
        ("a=b", "a=b"),
        ("’tis", "’tis"),
        ("", ""),
        (None, ""),
        (-5, "-5"),
        (Decimal("86.5"), "86.5"),
        (dt.date(2026, 11, 18), "2026-11-18"),
    ],
)
def test_other_cells_stay_as_they_are(cell: Any, said: str) -> None:
    assert cell_text(cell) == said


def test_a_file_is_as_the_standard_says() -> None:
    made = csv_bytes(["a", "b"], [["x, y", 'say "hi"'], ["two\nlines", None], ["π 🙂", 3]])
    assert made == ('\ufeffa,b\r\n"x, y","say ""hi"""\r\n"two\nlines",\r\nπ 🙂,3\r\n'.encode())


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=5))
def test_what_is_written_is_read_again(rows: list[tuple[str, str]]) -> None:
    text = csv_bytes(["a", "b"], rows).decode("utf-8-sig")
    _, *found = csv.reader(io.StringIO(text, newline=""))
    assert [[cell.removeprefix("'") for cell in row] for row in found] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]
    assert all(cell[:1] not in set("=+-@\t\r\n") for row in found for cell in row)


def table(user: Any, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table_bytes(user, name).decode("utf-8-sig"))))


@pytest.fixture
def full(now: Any, alice: Any, roadmap: Roadmap, topic: Topic) -> Any:
    fill(alice, roadmap, topic)
    return alice


def test_tasks(full: Any) -> None:
    Task.objects.filter(key="zero").update(title="=HYPERLINK(1)")
    rows = table(full, "tasks")
    assert len(rows) == 6  # those of the deleted plan are not among them
    assert rows[0] == {
        "plan": "Small roadmap",
        "week": "Week 1",
        "day": "Day 0 of week 1",
        "task": "Read about Adam",
        "minutes": "20",
        "spent": "20",
        "status": "Done",
        "planned on": str(TODAY + dt.timedelta(days=1)),
        "done on": str(TODAY),
        "topics": "K-nearest neighbours",
        "note": "Momentum and **scale**.",
    }
    assert [row["task"] for row in rows if "HYPER" in row["task"]] == ["'=HYPERLINK(1)"]


def test_checks(full: Any) -> None:
    rows = table(full, "checks")
    assert [(row["topic"], row["score"], row["said total"]) for row in rows] == [
        ("K-nearest neighbours", "40", ""),
        ("Tea ceremony", "80", ""),
        ("Tea ceremony", "60", "86.5"),
        ("K-nearest neighbours", "", "86.5"),
    ]
    assert rows[2]["question"] == "How hot?"
    assert rows[0]["note"] == "It went *well*."


def test_evidence_assessments_and_work(full: Any) -> None:
    assert {row["source"] for row in table(full, "evidence")} == {
        *("Self-rating", "Knowledge check", "Assessment question"),
    }
    (area,) = table(full, "assessments")
    assert (area["assessment"], area["area"], area["felt before"]) == (
        "Coverage",
        "Classical ML",
        "70",
    )
    assert area["said overall"] == "55.5"
    work = [(row["task"], row["minutes"], row["written by"]) for row in table(full, "work")]
    assert sorted(work) == [
        ("Read about Adam", "15", "Written by the tick"),
        ("Read about Adam", "5", "Typed"),
    ]


def test_a_learner_without_records_has_the_headers(alice: Any) -> None:
    for name, each in TABLES.items():
        assert table_bytes(alice, name).decode("utf-8-sig") == ",".join(each.header) + "\r\n"


def test_queries_do_not_grow(full: Any, roadmap: Roadmap) -> None:
    def cost() -> dict[str, int]:
        costs = {}
        for name in TABLES:
            with CaptureQueriesContext(connection) as captured:
                table_bytes(full, name)
            costs[name] = len(captured)
        return costs

    before = cost()
    plan = Plan.objects.get(deleted_at=None)
    day = plan.tasks.all()[0].day
    Task.objects.bulk_create(
        Task(plan=plan, day=day, position=n, title=f"More {n}", minutes=5) for n in range(30)
    )
    assert cost() == before == dict.fromkeys(TABLES, 1) | {"tasks": 4}


def test_the_pages_answer_with_files(alice_client: Client, full: Any) -> None:
    for name in TABLES:
        answer = alice_client.get(f"/settings/data/{name}.csv")
        assert answer.status_code == 200
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert answer["Content-Disposition"] == f'attachment; filename="{name}.csv"'
        assert "no-store" in answer["Cache-Control"]
        assert answer.content.startswith(b"\xef\xbb\xbf")
        assert alice_client.post(f"/settings/data/{name}.csv").status_code == 405
    assert alice_client.get("/settings/data/users.csv").status_code == 404


def test_a_stranger_gets_their_own(charlie_client: Client, full: Any) -> None:
    text = charlie_client.get("/settings/data/tasks.csv").content.decode()
    assert text.count("\r\n") == 1
