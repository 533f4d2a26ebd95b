"""A year's records: how long their file takes, out and in."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.checks.models import Answer, Check
from apps.exchange.archive_import import bring_in, look
from apps.exchange.archive_read import read_archive
from apps.exchange.archive_write import export_learner
from apps.library.models import Area, Question, Topic
from apps.mastery.models import Evidence
from apps.plans.models import Part, Plan, PlanDay, PlanWeek, Task, Work
from tests.conftest import TODAY
from tests.exchange.archives import MADE_AT, counts, newcomer
from tests.mastery.timing import floor_of, seconds_of

TASKS, SCORES, CHECKS, ANSWERS_EACH = 2_000, 4_000, 300, 10
BATCH = 500


@pytest.fixture
def year(alice: Any) -> Any:
    """Alice after a year: 2,000 tasks, 4,000 scores, 3,000 answers on 400 topics."""
    area = Area.objects.create(slug="statistics", title="Statistics")
    topics = Topic.objects.bulk_create(
        Topic(slug=f"topic-{n}", title=f"Topic {n}", area=area, body="Some words. " * 60)
        for n in range(400)
    )
    questions = Question.objects.bulk_create(
        Question(slug=f"q-{n}", text=f"Why {n}?", answer="Because. " * 30, topic=topics[n % 400])
        for n in range(1_500)
    )
    _plan(alice, topics)
    _scores(alice, topics, questions)
    return alice


def _plan(user: Any, topics: list[Topic]) -> None:
    plan = Plan.objects.create(owner=user, title="A year", starts_on=TODAY)
    weeks = PlanWeek.objects.bulk_create(
        PlanWeek(plan=plan, number=n + 1, title=f"Week {n}") for n in range(50)
    )
    days = PlanDay.objects.bulk_create(
        PlanDay(week=weeks[n // 5], position=n % 5, title=f"Day {n}") for n in range(250)
    )
    tasks = Task.objects.bulk_create(
        [
            Task(
                plan=plan, day=days[n // 8], position=n, title=f"Task {n}", minutes=30,
                detail="Read it, then *explain* it.", status="done", done_on=TODAY,
                note=f"What I learned from {n}." if n % 4 == 0 else "",
            )
            for n in range(TASKS)
        ],
        batch_size=BATCH,
    )  # fmt: skip
    Task.topics.through.objects.bulk_create(
        [Task.topics.through(task=task, topic=topics[n % 400]) for n, task in enumerate(tasks)],
        batch_size=BATCH,
    )
    Part.objects.bulk_create(
        [Part(plan=plan, task=task, day=TODAY, minutes=30) for task in tasks], batch_size=BATCH
    )
    Work.objects.bulk_create(
        [Work(user=user, task=it, minutes=30, origin="tick", day=TODAY) for it in tasks],
        batch_size=BATCH,
    )


def _scores(user: Any, topics: list[Topic], questions: list[Question]) -> None:
    checks = Check.objects.bulk_create(
        Check(user=user, kind="taken", number=n, day=TODAY, finished_at=timezone.now())
        for n in range(CHECKS)
    )
    sources = [checks[n // ANSWERS_EACH] for n in range(CHECKS * ANSWERS_EACH)]
    evidence = Evidence.objects.bulk_create(
        [
            Evidence(
                user=user, topic=topics[n % 400], source="check", score=n % 101,
                source_id=sources[n].pk if n < len(sources) else None,
                day=TODAY - dt.timedelta(days=n // 11),
            )
            for n in range(SCORES)
        ],
        batch_size=BATCH,
    )  # fmt: skip
    Answer.objects.bulk_create(
        [
            Answer(
                check_taken=check, topic=topics[n % 400], question=questions[n % 1_500],
                position=n, score=n % 101, evidence=evidence[n], text="What I said.", day=TODAY,
            )
            for n, check in enumerate(sources)
        ],
        batch_size=BATCH,
    )  # fmt: skip


def test_a_year_goes_out_within_a_second(year: Any) -> None:
    assert seconds_of(lambda: export_learner(year, MADE_AT)) < 1.0 * max(1.0, floor_of())


def test_a_year_comes_in(year: Any) -> None:
    data = export_learner(year, MADE_AT)
    before = counts()
    year.delete()
    bob = newcomer()
    archive = read_archive(data)
    assert seconds_of(lambda: look(bob, archive)) < 2.0 * max(1.0, floor_of())
    with CaptureQueriesContext(connection) as captured:
        report = bring_in(bob, archive)
    assert report.new > TASKS + SCORES + CHECKS * ANSWERS_EACH
    after = counts()
    assert after | {"Memory": 0, "Card": 0} == before | {"Memory": 0, "Card": 0}
    assert after["Memory"] == after["Card"] == 400
    # Rows are written some at a time; none has a query of its own.
    assert len(captured) < report.new / 10
