"""What the pages of the changes say: that nothing is done yet, whether a reason is needed, which
weeks there are to choose."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client

from apps.plans.change_forms import weeks_left
from apps.plans.models import Plan
from apps.plans.sketch import Comparison, Job, Shift, Sketch, SketchDay, SketchWeek

MONDAY = dt.date(2026, 11, 16)
DAY = dt.timedelta(days=1)
WEEKS = tuple(uuid.UUID(int=number) for number in range(1, 5))


def page_of(client: Client, what: str, **data: Any) -> str:
    return client.get(f"/plan/change/{what}/", data).content.decode()


def test_a_preview_says_that_nothing_is_done_yet(alice_client: Client, plan: Plan) -> None:
    task = plan.tasks.get(key="code-knn")
    page = page_of(alice_client, "leave-out", task=task.pk)
    assert page.index("What would happen") < page.index('<h2 id="preview">')
    task.refresh_from_db()
    assert task.skipped_on is None


def test_whether_a_reason_is_needed_is_said(alice_client: Client, plan: Plan) -> None:
    task = plan.tasks.get(key="code-knn")
    of_task = page_of(alice_client, "leave-out", task=task.pk)
    assert "Why? (optional)" in of_task
    assert "Needed for a change" not in of_task
    of_day = page_of(alice_client, "leave-out", day=task.day_id)
    assert "Why? (optional)" not in of_day
    assert "Needed for a change of several tasks. The history keeps it." in of_day


def test_leaving_out_and_dropping_are_told_apart(alice_client: Client, plan: Plan) -> None:
    task = plan.tasks.get(key="code-knn")
    left_out = page_of(alice_client, "leave-out", task=task.pk)
    assert "stays in the plan, struck through as skipped with your reason" in left_out
    assert "is taken off the plan" in page_of(alice_client, "drop", task=task.pk)


def sketch(*weeks: tuple[int, str]) -> Sketch:
    """A week for each: the days from Monday to its one task, and the task's status."""
    keys = WEEKS[: len(weeks)]
    return Sketch(
        today=MONDAY,
        starts_on=MONDAY - 30 * DAY,
        hours=(60,) * 7,
        jobs=tuple(
            Job(
                uuid.uuid5(key, "task"),
                "Read",
                uuid.uuid5(key, "day"),
                30,
                status=status,
                parts=((MONDAY + after * DAY, 30),),
            )
            for key, (after, status) in zip(keys, weeks, strict=True)
        ),
        days=tuple(SketchDay(uuid.uuid5(key, "day"), key, 0, "Day") for key in keys),
        weeks=tuple(
            SketchWeek(key, number, f"Week {number}", "") for number, key in enumerate(keys, 1)
        ),
    )


@pytest.mark.parametrize(
    ("weeks", "left"),
    [
        ([(-7, "done"), (-1, "todo"), (0, "done"), (7, "todo")], [2, 3, 4]),
        ([(7, "todo"), (-1, "skipped")], [1]),
        ([(-7, "done")], [1]),  # all are over
        ([(-7, "done"), (-2, "done")], [1, 2]),
    ],
)
def test_weeks_that_are_over_are_not_offered(weeks: list[tuple[int, str]], left: list[int]) -> None:
    assert [week.number for week in weeks_left(sketch(*weeks))] == left


def test_the_week_it_is_in_is_not_offered_and_one_without_tasks_is() -> None:
    of = sketch((0, "todo"), (7, "todo"))
    empty = SketchWeek(WEEKS[3], 0, "Week 0", "")
    here, other = of.weeks
    all_weeks = Sketch(
        today=of.today,
        starts_on=of.starts_on,
        hours=of.hours,
        jobs=of.jobs,
        days=of.days,
        weeks=(*of.weeks, empty),
    )
    assert weeks_left(all_weeks, here) == [empty, other]


def test_what_moves_and_what_only_gets_other_minutes_are_counted_apart() -> None:
    first, later = (MONDAY, MONDAY), (MONDAY + DAY, MONDAY + DAY)
    comparison = Comparison(
        shifts=(
            Shift("Moves", first, later, 30, 30),
            Shift("Grows", first, first, 30, 45),
            Shift("Is shared out", (MONDAY, MONDAY + DAY), (MONDAY, MONDAY + DAY), 60, 60),
        ),
        added=(),
        gone=(),
        last_before=MONDAY,
        last_after=MONDAY,
        late_before=0,
        late_after=0,
        target=None,
        minutes_before=120,
        minutes_after=135,
    )
    lists = Template('{% include "plans/_change_lists.html" %}').render(Context({"c": comparison}))
    moved, kept = lists.split("On the same days with other minutes (2)")
    assert "Moved (1)" in moved
    assert "Moves" in moved
    assert "30 min → 45 min" in kept
    assert "Is shared out" in kept
