"""How many queries the pages and a tick take: few, and the same with ten times the tasks."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.library.models import Topic
from apps.mastery.models import Source
from apps.mastery.record import record
from apps.plans import work
from apps.plans.agenda import load_agenda, load_ticked
from apps.plans.models import Criterion, Part, Plan, Task
from tests.conftest import TODAY

DAY = dt.timedelta(days=1)
MOST_OF_A_PAGE, MOST_OF_A_TICK = 10, 8
# What a transaction is framed by is no query.
FRAME = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")


def queries(act: Callable[[], Any]) -> list[str]:
    """Return the statements that `act` runs; its answer must be a page or a fragment."""
    with CaptureQueriesContext(connection) as captured:
        answer = act()
    assert answer.status_code == 200
    return [each["sql"] for each in captured if not each["sql"].startswith(FRAME)]


def grow(plan: Plan, times: int) -> None:
    """Give the plan so many times the tasks: on the same days, some of them done, with topics,
    minutes, notes, criteria and evidence."""
    topic = Topic.objects.get(slug="k-nearest-neighbours")
    tasks = list(plan.tasks.order_by("position"))
    for number in range(times - 1):
        for task in tasks:
            parts = list(task.parts.order_by("number"))
            copy = Task.objects.get(pk=task.pk)
            copy.pk, copy._state.adding = None, True
            copy.key, copy.note_html = f"{task.key}-{number}", "<p>Note</p>"
            copy.save()
            copy.topics.add(topic)
            Part.objects.bulk_create(
                Part(
                    plan=plan,
                    task=copy,
                    day=part.day,
                    minutes=part.minutes,
                    number=part.number,
                    of=part.of,
                    so_far=part.so_far,
                )
                for part in parts
            )
            if number % 2:
                work.tick(plan.owner, copy.pk, TODAY)
        other = Topic.objects.create(slug=f"other-{uuid.uuid4()}", title="Other", area=topic.area)
        at = dt.datetime.combine(TODAY, dt.time(8), dt.UTC)
        record(plan.owner, [(other.pk, 70)], source=Source.CHECK, source_id=None, at=at, day=TODAY)
        for day in {task.day for task in tasks}:
            Criterion.objects.create(plan=plan, week=day.week, day=day, text=f"Also {number}")


def pages(plan: Plan) -> list[str]:
    week = plan.weeks.get(number=2)
    return ["/today/", f"/week/{TODAY}/", "/plan/", f"/plan/?week={week.pk}", "/readiness/"]


def test_pages_take_few_queries_however_many_tasks(
    alice_client: Client, alice: Any, now: Any, plan: Plan, task: Task
) -> None:
    now.shift(DAY)  # so that something is carried over
    work.tick(alice, task.pk, TODAY)
    grow(plan, 2)
    for page in pages(plan):
        alice_client.get(page)  # what is made once is made
    few = {page: queries(lambda page=page: alice_client.get(page)) for page in pages(plan)}
    grow(plan, 10)
    for page, before in few.items():
        after = queries(lambda page=page: alice_client.get(page))
        assert len(before) <= MOST_OF_A_PAGE, "\n".join(before)
        assert len(after) == len(before), "\n".join(after)


@pytest.mark.parametrize("done", ["1", "0"])
@pytest.mark.parametrize("where", ["today", "week", "plan"])
def test_a_tick_takes_few_queries_however_many_tasks(
    htmx: Any, alice: Any, plan: Plan, task: Task, where: str, done: str
) -> None:
    page = {
        "today": "today",
        "week": f"week {TODAY - 2 * DAY}",
        "plan": f"plan {plan.weeks.get(number=1).pk}",
    }[where]

    def tick() -> list[str]:
        (work.untick if done == "1" else work.tick)(
            alice, task.pk, *([] if done == "1" else [TODAY])
        )
        return queries(lambda: htmx(f"/tasks/{task.pk}/tick/", {"done": done, "page": page}))

    before = tick()
    assert len(before) <= MOST_OF_A_TICK, "\n".join(before)
    grow(plan, 10)
    after = tick()
    assert len(after) == len(before), "\n".join(after)


def test_a_tick_counts_the_day_as_today_does(alice: Any, now: Any, plan: Plan) -> None:
    grow(plan, 4)
    for days in range(5):
        today = TODAY + days * DAY
        whole = load_agenda(plan, today)
        for row in whole.rows:
            agenda, found = load_ticked(plan, today, row.id)
            assert found == row
            assert agenda.total == whole.total
            assert agenda.dot == whole.dot
        for task in plan.tasks.filter(status="todo").order_by("position")[:3]:
            work.tick(alice, task.pk, today)
