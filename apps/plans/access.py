"""Look-ups that answer 404 to strangers: each starts at the learner."""

from __future__ import annotations

import uuid

from django.db.models import Exists, OuterRef, Q
from django.http import Http404
from django.shortcuts import get_object_or_404

from apps.accounts.models import User
from apps.plans.models import Criterion, Plan, PlanDay, PlanWeek, Revision, Task, Work
from apps.plans.work import plan_of

# What was deleted is gone, unless a task is still in it.
_SHOWN_WEEK = Q(deleted_at=None) | Exists(Task.objects.live().filter(day__week=OuterRef("pk")))
_SHOWN_DAY = Q(deleted_at=None) | Exists(Task.objects.live().filter(day=OuterRef("pk")))


def own_plan(user: User, plan_id: uuid.UUID) -> Plan:
    """Return one of the learner's plans, deleted ones too. One query."""
    return get_object_or_404(Plan, pk=plan_id, owner=user)


def active_plan_or_404(user: User) -> Plan:
    """Return the learner's active plan. One query."""
    plan = plan_of(user)
    if plan is None:
        raise Http404("There is no active plan.")
    return plan


def own_task(user: User, task_id: uuid.UUID) -> Task:
    """Return one of the learner's tasks that was not deleted, with its plan. One query."""
    tasks = Task.objects.owned_by(user).select_related("plan", "day__week")
    return get_object_or_404(tasks, pk=task_id)


def own_week(user: User, week_id: uuid.UUID) -> PlanWeek:
    """Return a week of one of the learner's plans, with the plan. One query."""
    weeks = PlanWeek.objects.select_related("plan")
    whose = {"plan__owner": user, "plan__deleted_at": None}
    return get_object_or_404(weeks, _SHOWN_WEEK, pk=week_id, **whose)


def own_outline_day(user: User, day_id: uuid.UUID) -> PlanDay:
    """Return a day of the outline of one of the learner's plans, with week and plan. One query."""
    days = PlanDay.objects.select_related("week__plan")
    whose = {"week__plan__owner": user, "week__plan__deleted_at": None}
    return get_object_or_404(days, _SHOWN_DAY, pk=day_id, **whose)


def own_criterion(user: User, criterion_id: uuid.UUID) -> Criterion:
    """Return one of the learner's success criteria. One query."""
    return get_object_or_404(Criterion, pk=criterion_id, plan__owner=user)


def own_revision(user: User, revision_id: uuid.UUID) -> Revision:
    """Return a revision of one of the learner's plans, with the plan. One query."""
    revisions = Revision.objects.select_related("plan")
    return get_object_or_404(revisions, pk=revision_id, plan__owner=user)


def own_work(user: User, work_id: uuid.UUID) -> Work:
    """Return one of the learner's entries of minutes, with its task. One query."""
    rows = Work.objects.select_related("task__plan")
    return get_object_or_404(rows, pk=work_id, user=user)
