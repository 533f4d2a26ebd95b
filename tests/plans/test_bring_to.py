"""Work that is done on another day than planned, with minutes and moments as they were."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.plans import changes, work
from apps.plans.models import Criterion, Plan, Revision, Task
from tests.conftest import TODAY

DAY = dt.timedelta(days=1)
AT = dt.datetime(2026, 11, 18, 19, 30, tzinfo=dt.UTC)


def lies(plan: Plan, key: str) -> list[tuple[int, int]]:
    rows = plan.parts.filter(task__key=key).order_by("number").values_list("day", "minutes")
    return [((day - TODAY).days, minutes) for day, minutes in rows]


def test_open_tasks_come_to_the_day_as_one_revision(plan: Plan) -> None:
    tasks = list(plan.tasks.filter(key__in=("read-adam", "kmeans", "zero")))
    revision = changes.bring_to(plan, tasks, TODAY, at=AT)
    assert revision is not None
    assert (revision.kind, revision.what) == ("move", "Moved 2 tasks to Wednesday, 18 November")
    assert (revision.reason, revision.at, revision.day) == ("Worked ahead.", AT, TODAY)
    assert lies(plan, "zero") == [(0, 90)]
    assert lies(plan, "kmeans") == [(0, 60)]
    assert not plan.tasks.exclude(pinned_on=None).exists()
    assert changes.bring_to(plan, tasks, TODAY) is None


def test_the_pace_is_the_reason_unless_there_is_one(plan: Plan) -> None:
    late = [plan.tasks.get(key="read-adam")]
    behind = changes.bring_to(plan, late, TODAY + DAY)
    assert behind is not None
    assert (behind.what, behind.reason) == (
        "Moved “Read about Adam” to Thursday, 19 November",
        "Caught up.",
    )
    both = list(plan.tasks.filter(key__in=("code-knn", "zero")))
    mixed = changes.bring_to(plan, both, TODAY + DAY)
    assert mixed is not None
    assert mixed.reason == "Caught up, and worked ahead."
    sheet = [plan.tasks.get(key="sheet")]
    told = changes.bring_to(plan, sheet, TODAY, reason="Needed it", prompted_by="A talk")
    assert told is not None
    assert (told.reason, told.prompted_by) == ("Needed it", "A talk")


def test_finished_and_skipped_tasks_stay(alice: Any, plan: Plan) -> None:
    kmeans = plan.tasks.get(key="kmeans")
    work.tick(alice, kmeans.pk, TODAY)
    changes.skip(plan.tasks.get(key="zero"), "Known", TODAY)
    assert changes.bring_to(plan, plan.tasks.filter(key__in=("kmeans", "zero")), TODAY) is None
    assert lies(plan, "kmeans") == [(1, 60)]


def test_its_queries_do_not_grow(plan: Plan) -> None:
    def queries(keys: list[str], day: dt.date) -> int:
        tasks = list(plan.tasks.filter(key__in=keys))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert changes.bring_to(plan, tasks, day)
        return len(captured)

    few = queries(["kmeans"], TODAY)
    assert queries(["read-adam", "code-knn", "zero", "sheet"], TODAY + 9 * DAY) == few


def test_a_tick_writes_the_minutes_it_is_told(alice: Any, plan: Plan, task: Task) -> None:
    work.tick(alice, task.pk, TODAY, AT, 5)
    assert [(row.minutes, row.at) for row in task.work.all()] == [(5, AT)]
    longer = plan.tasks.get(key="code-knn")
    work.log_minutes(alice, longer.pk, 25, TODAY, AT)
    work.tick(alice, longer.pk, TODAY, AT, 40)
    assert sorted(longer.work.values_list("minutes", "origin")) == [(15, "tick"), (25, "typed")]
    shorter = plan.tasks.get(key="kmeans")
    work.log_minutes(alice, shorter.pk, 25, TODAY, AT)
    work.tick(alice, shorter.pk, TODAY, AT, 25)
    assert list(shorter.work.values_list("minutes", "origin", "at")) == [(25, "typed", AT)]


def test_moments_can_be_told(alice: Any, charlie: Any, plan: Plan, task: Task) -> None:
    skipped = changes.skip(task, "Known", TODAY, AT)
    assert skipped is not None
    assert Revision.objects.get(pk=skipped.pk).at == AT
    assert work.save_day_log(alice, TODAY, "Much", "Good", None, AT).at == AT
    mine = list(Criterion.objects.filter(plan=plan).values_list("pk", flat=True))
    work.meet_criteria(charlie, mine, TODAY, AT)
    assert not Criterion.objects.exclude(met_on=None).exists()
    work.meet_criteria(alice, mine[:2], TODAY, AT)
    work.meet_criteria(alice, mine[:2], TODAY + DAY)
    met = Criterion.objects.exclude(met_on=None)
    assert set(met.values_list("met_on", "met_at")) == {(TODAY, AT)}
    assert met.count() == 2
