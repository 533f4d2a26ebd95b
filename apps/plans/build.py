"""From a roadmap to a learner's own plan."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.library.models import Roadmap, RoadmapDay, RoadmapTask, RoadmapWeek
from apps.library.render import render_note
from apps.plans.layout import Item, Layout, lay_out
from apps.plans.models import (
    Criterion,
    Plan,
    PlanDay,
    PlanWeek,
    Revision,
    Task,
)
from apps.plans.schedule import parts_of, replace_parts

STEP = 1000  # between two positions, so that a task can be put between them


@dataclass(frozen=True, slots=True)
class WeekPreview:
    """A week of the preview; dates are those of its parts."""

    number: int
    title: str
    goal: str
    tasks: int
    minutes: int
    first_day: dt.date | None
    last_day: dt.date | None
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a roadmap would be for a learner's own hours."""

    weeks: tuple[WeekPreview, ...]
    tasks: int
    minutes: int
    first_day: dt.date | None
    last_day: dt.date | None
    minutes_a_week: int
    interview_on: dt.date | None
    late: int

    @property
    def outline_weeks(self) -> int:
        """How many weeks the roadmap has work in, as it is written."""
        return sum(1 for week in self.weeks if week.tasks)

    @property
    def calendar_weeks(self) -> int:
        """How many weeks of the calendar it takes, the last one begun."""
        if self.first_day is None or self.last_day is None:
            return 0
        return (self.last_day - self.first_day).days // 7 + 1

    @property
    def before_interview(self) -> bool | None:
        """Whether the last day is on or before the interview; None without a date."""
        if self.interview_on is None or self.last_day is None:
            return None
        return self.last_day <= self.interview_on

    @property
    def days_over(self) -> int:
        """Days by which the plan ends after the interview; 0 when it does not."""
        if self.interview_on is None or self.last_day is None:
            return 0
        return max((self.last_day - self.interview_on).days, 0)


def main_tasks(roadmap: Roadmap) -> list[RoadmapTask]:
    """Return the roadmap's tasks in order, those of checkpoint branches left out. One query."""
    return list(
        roadmap.tasks.filter(day__branch="")
        .select_related("day__week")
        .order_by("day__week__number", "day__position", "position", "pk")
    )


def _lay_out(tasks: list[RoadmapTask], user: User, starts_on: dt.date) -> Layout:
    return lay_out(
        [Item(number, task.minutes) for number, task in enumerate(tasks)],
        user.weekday_minutes,
        user.breaks.values_list("first_day", "last_day"),
        first_day=starts_on,
        target=user.interview_on,
    )


def preview(roadmap: Roadmap, user: User, starts_on: dt.date) -> Preview:
    """Return the dates and hours this roadmap would take. Three queries. Raises NoStudyTime."""
    tasks = main_tasks(roadmap)
    layout = _lay_out(tasks, user, starts_on)
    days: dict[int, list[dt.date]] = defaultdict(list)
    for placed in layout.parts:
        days[tasks[placed.key].day.week_id].append(placed.day)  # type: ignore[call-overload] # a roadmap's task has a day
    by_week: dict[int, list[RoadmapTask]] = defaultdict(list)
    for task in tasks:
        by_week[task.day.week_id].append(task)
    weeks = tuple(
        WeekPreview(
            number=week.number,
            title=week.title,
            goal=week.goal,
            tasks=len(by_week[week.pk]),
            minutes=sum(task.minutes for task in by_week[week.pk]),
            first_day=min(days[week.pk], default=None),
            last_day=max(days[week.pk], default=None),
            checkpoint=(week.checkpoint or {}).get("title", ""),
        )
        for week in roadmap.weeks.all()
    )
    return Preview(
        weeks=weeks,
        tasks=len(tasks),
        minutes=sum(task.minutes for task in tasks),
        first_day=min((placed.day for placed in layout.parts), default=None),
        last_day=layout.last_day,
        minutes_a_week=sum(user.weekday_minutes),
        interview_on=user.interview_on,
        late=len(layout.late),
    )


class HasPlan(Exception):
    """The learner has a plan from this roadmap."""


def create_plan(
    user: User,
    roadmap: Roadmap,
    starts_on: dt.date,
    today: dt.date,
    at: dt.datetime | None = None,
    plan_id: uuid.UUID | None = None,
    *,
    again: bool = True,
) -> Plan:
    """Make the learner's own copy of a roadmap, dated, active; the plan that was active pauses.

    One transaction; about fifteen queries whatever the size. Made at `at` (now). The same
    `plan_id` sent again returns the plan it made. Raises NoStudyTime, and HasPlan for a second
    plan of the roadmap unless it is to be made `again`.
    """
    at = at or timezone.now()
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        made = Plan.objects.filter(pk=plan_id, owner=user).first() if plan_id else None
        if made:
            return made
        if not again and Plan.objects.owned_by(user).filter(roadmap=roadmap).exists():
            raise HasPlan
        tasks = main_tasks(roadmap)
        layout = _lay_out(tasks, user, starts_on)
        pause_active(user, today)
        plan = Plan.objects.create(
            pk=plan_id or uuid.uuid4(),
            owner=user,
            roadmap=roadmap,
            title=roadmap.title,
            starts_on=starts_on,
            created_at=at,
        )
        days = _copy_outline(plan, roadmap)
        copies = _copy_tasks(plan, tasks, days, layout)
        placed = parts_of(plan, layout)
        for part in placed:
            part.task_id = copies[part.task_id].pk
        replace_parts([], placed)
        Revision.objects.create(
            plan=plan,
            kind=Revision.Kind.CREATE,
            what=f"Plan made from “{roadmap.title}”",
            version=plan.version,
            after={"tasks": len(copies), "first": str(starts_on), "last": str(layout.last_day)},
            at=at,
            day=today,
        )
    return plan


def pause_active(user: User, today: dt.date) -> None:
    """Pause the learner's active plan, if there is one, with a revision."""
    for plan in Plan.objects.select_for_update(no_key=True).filter(
        owner=user, state=Plan.State.ACTIVE, deleted_at=None
    ):
        set_state(plan, Plan.State.PAUSED, today, "Plan paused")


def set_state(plan: Plan, state: Plan.State, today: dt.date, what: str) -> None:
    """Change the state of a plan the caller has locked, with a revision. Two queries."""
    plan.state = state
    plan.version += 1
    plan.save(update_fields=["state", "version"])
    Revision.objects.create(
        plan=plan, kind=Revision.Kind.STATE, what=what, version=plan.version, day=today
    )


def _copy_outline(plan: Plan, roadmap: Roadmap) -> dict[int, PlanDay]:
    weeks: dict[int, PlanWeek] = {}
    days: dict[int, PlanDay] = {}
    criteria: list[Criterion] = []
    source: list[RoadmapWeek] = list(roadmap.weeks.prefetch_related("days"))
    for week in source:
        weeks[week.pk] = PlanWeek(
            plan=plan,
            number=week.number,
            phase=week.phase,
            title=week.title,
            goal=week.goal,
            readiness_gain=week.readiness_gain,
            resources=week.resources,
            checkpoint=week.checkpoint,
        )
        criteria += _criteria(plan, weeks[week.pk], None, week.criteria)
        day: RoadmapDay
        for day in week.days.all():
            if day.branch:
                continue
            days[day.pk] = PlanDay(
                week=weeks[week.pk], position=day.position, title=day.title, goal=day.goal
            )
            criteria += _criteria(plan, weeks[week.pk], days[day.pk], day.criteria)
    PlanWeek.objects.bulk_create(weeks.values())
    PlanDay.objects.bulk_create(days.values())
    Criterion.objects.bulk_create(criteria)
    return days


def _criteria(plan: Plan, week: PlanWeek, day: PlanDay | None, texts: list[str]) -> list[Criterion]:
    return [
        Criterion(plan=plan, week=week, day=day, position=position, text=text)
        for position, text in enumerate(texts)
    ]


def _copy_tasks(
    plan: Plan, source: list[RoadmapTask], days: dict[int, PlanDay], layout: Layout
) -> dict[object, Task]:
    first: dict[object, dt.date] = {}
    for placed in layout.parts:
        first.setdefault(placed.key, placed.day)
    copies: dict[object, Task] = {}
    for number, task in enumerate(source):
        copies[number] = Task(
            plan=plan,
            day=days[task.day_id],
            key=task.key,
            position=(number + 1) * STEP,
            session=task.session,
            kind=task.kind,
            priority=task.priority,
            title=task.title,
            detail=task.detail,
            detail_html=render_note(task.detail) if task.detail else "",
            links=task.links,
            minutes=task.minutes,
            first_planned_on=first.get(number),
            created_at=plan.created_at,
        )
    Task.objects.bulk_create(copies.values(), batch_size=500)
    numbers = {task.pk: number for number, task in enumerate(source)}
    links = RoadmapTask.topics.through.objects.filter(roadmaptask_id__in=list(numbers)).order_by(
        "pk"
    )
    Task.topics.through.objects.bulk_create(
        [
            Task.topics.through(task_id=copies[numbers[task]].pk, topic_id=topic)
            for task, topic in links.values_list("roadmaptask_id", "topic_id")
        ],
        batch_size=2000,
    )
    return copies
