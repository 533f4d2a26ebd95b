"""Tasks a learner adds or edits. Each is one revision."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db.models import Max

from apps.accounts.models import User
from apps.library.render import render_note
from apps.plans.build import STEP
from apps.plans.forms import TaskForm
from apps.plans.models import Part, Plan, PlanDay, PlanWeek, Revision, Task
from apps.plans.revise import revising
from apps.plans.schedule import numbered_parts, replace_parts
from apps.plans.work import place_on


def form_for(user: User, today: dt.date, task: Task | None, data: Any) -> TaskForm:
    """Return the form for a new or an existing task. One query for an existing one."""
    initial: dict[str, Any] = {"minutes": 30, "on": today}
    if task is not None:
        topic = task.topics.first()
        initial = {"topic": topic.slug if topic else None, "on": None}
    return TaskForm(data, instance=task, initial=initial, user=user, today=today)


def outline_day_for(plan: Plan, day: dt.date) -> PlanDay:
    """Return the outline day whose work lies on `day`, or the nearest before, or the first.

    Makes a week and a day when the plan has none. Up to four queries.
    """
    parts = Part.objects.filter(plan=plan, task__deleted_at=None).select_related("task__day")
    part = (
        parts.filter(day=day).order_by("task__position").first()
        or parts.filter(day__lt=day).order_by("-day", "-task__position").first()
    )
    if part:
        return part.task.day
    first = PlanDay.objects.filter(week__plan=plan).order_by("week__number", "position").first()
    if first:
        return first
    week, _ = PlanWeek.objects.get_or_create(plan=plan, number=1, defaults={"title": "Own tasks"})
    return PlanDay.objects.create(week=week, position=0, title="Own tasks")


def add(plan: Plan, form: TaskForm, today: dt.date, outline_day: PlanDay | None) -> Revision:
    """Add the form's task on its day, pinned there, since the learner chose the day."""
    task: Task = form.save(commit=False)
    day: dt.date = form.cleaned_data["on"] or today
    what = f"Added “{task.title}”"
    with revising(plan, kind=Revision.Kind.ADD, what=what, day=today) as draft:
        task.plan = draft.plan
        task.day = outline_day or outline_day_for(draft.plan, day)
        task.position = _position_after(task.day)
        task.detail_html = render_note(task.detail) if task.detail else ""
        task.save()
        _set_topic(task, form)
        place_on(task, day)
        draft.added(task)
    assert draft.revision is not None
    return draft.revision


def edit(task: Task, form: TaskForm, today: dt.date) -> Revision:
    """Store the form's changes; open work that changed its minutes changes its last part."""
    form.instance.detail_html = render_note(form.instance.detail) if form.instance.detail else ""
    what = f"Edited “{form.instance.title}”"
    with revising(task.plan, kind=Revision.Kind.EDIT, what=what, day=today) as draft:
        draft.touch([task.pk])
        form.instance.save(
            update_fields=[
                "title",
                "minutes",
                "session",
                "kind",
                "priority",
                "detail",
                "detail_html",
            ]
        )
        _set_topic(task, form)
        if "minutes" in form.changed_data and task.status != Task.Status.DONE:
            _resize(task)
        if form.cleaned_data["on"] and task.status == Task.Status.TODO:
            place_on(task, form.cleaned_data["on"])
    assert draft.revision is not None
    return draft.revision


def _set_topic(task: Task, form: TaskForm) -> None:
    if "topic" not in form.changed_data:
        return
    topic = form.cleaned_data["topic"]
    task.topics.set([topic] if topic else [])


def _resize(task: Task) -> None:
    pieces = list(task.parts.order_by("number").values_list("day", "minutes"))
    left, sized = task.minutes, []
    for number, (day, minutes) in enumerate(pieces, 1):
        take = left if number == len(pieces) else min(minutes, left)
        if take > 0:
            sized.append((day, take))
        left -= take
    replace_parts([task.pk], numbered_parts(task.plan_id, task.pk, sized))


def _position_after(day: PlanDay) -> int:
    last = Task.objects.filter(day=day).aggregate(last=Max("position"))["last"]
    if last is None:
        rest = Task.objects.filter(plan=day.week.plan_id)
        return int(rest.aggregate(last=Max("position"))["last"] or 0) + STEP
    following = (
        Task.objects.filter(plan=day.week.plan_id, position__gt=last)
        .order_by("position")
        .values_list("position", flat=True)
        .first()
    )
    if following is None:
        return int(last) + STEP
    return int(last) + max(int(following - last) // 2, 1)


def day_of_plan(plan: Plan, day_id: uuid.UUID | None) -> PlanDay | None:
    """Return that outline day of this plan, or None. One query when an id is given."""
    if day_id is None:
        return None
    return PlanDay.objects.filter(pk=day_id, week__plan=plan).first()
