"""A plan of one day, questions, a check that is taken."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.checks.models import Answer, Check
from apps.checks.take import Graded, finish, grade, planned_check, start
from apps.library.models import Question, Topic
from apps.plans.models import Part, Plan, PlanDay, PlanWeek, Task
from tests.conftest import TODAY

NOON = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)
YESTERDAY = TODAY - dt.timedelta(days=1)
KINDS = ("conceptual", "implementation", "applied")


def ask_about(topic: Topic, kind: str = "conceptual", **fields: Any) -> Question:
    slug = f"{topic.slug}-{uuid.uuid4().hex[:8]}"
    html = f"<p>{topic.title}, {kind}?</p>"
    return Question.objects.create(
        slug=slug, topic=topic, kind=kind, text=f"{topic.title}?", text_html=html, **fields
    )


@pytest.fixture
def day(alice: User) -> PlanDay:
    plan = Plan.objects.create(owner=alice, title="Plan", starts_on=TODAY)
    week = PlanWeek.objects.create(plan=plan, number=1, title="One")
    return PlanDay.objects.create(week=week, position=1, title="A day")


def task_of(day: PlanDay, *topics: Topic, on: dt.date | None = TODAY, **fields: Any) -> Task:
    task = Task.objects.create(
        **{"plan": day.week.plan, "day": day, "position": 1, "title": "Read", "minutes": 30}
        | fields
    )
    task.topics.set(topics)
    if on:
        Part.objects.create(plan=task.plan, task=task, day=on, minutes=task.minutes)
    return task


def begun(user: User, topics: list[Topic], **fields: Any) -> Check:
    """Start a check on these topics which ticks what one on today's topics would tick."""
    ids = [topic.pk for topic in topics]
    given = {"day": TODAY, "at": NOON, "check_id": uuid.uuid4(), "topics": ids, "size": 5} | fields
    task = planned_check(user, given["day"])
    return start(user, **{"task": task} | given)


def graded(
    user: User, check: Check, score: int = 90, at: dt.datetime = NOON, **said: Any
) -> Answer:
    """Grade the next question."""
    asked = check.answers.filter(score=None).first()
    assert asked
    return grade(user, check.pk, asked.pk, Graded(score, **said), at=at, day=at.date()).answer


HTMX = {"hx-request": "true"}


def today() -> dt.date:
    return timezone.now().date()


def check_of(user: User, topics: list[Topic], **fields: Any) -> Check:
    return begun(user, topics, day=today(), at=timezone.now(), **fields)


def score(user: User, check: Check, value: int = 90, **said: Any) -> Answer:
    return graded(user, check, value, at=timezone.now(), **said)


def at(name: str, check: Check, *more: object) -> str:
    return reverse(f"checks:{name}", args=[check.pk, *more])


def next_answer(check: Check) -> Answer:
    found = check.answers.filter(score=None).first()
    assert found
    return found


def done(user: User, check: Check) -> Check:
    return finish(user, check, at=timezone.now(), day=today()).check
