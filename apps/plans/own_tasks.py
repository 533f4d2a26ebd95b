"""Tasks a learner adds or edits. Each is one revision."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db.models import Max, Q

from apps.accounts.models import User
from apps.library.models import SearchEntry, Topic
from apps.library.own import rename_entry
from apps.library.render import render_note
from apps.library.writing.topics import set_scope
from apps.plans.build import STEP
from apps.plans.changes import place_on
from apps.plans.fitting import refit_overfull
from apps.plans.forms import TaskForm
from apps.plans.models import Part, Plan, PlanDay, PlanWeek, Revision, Task
from apps.plans.revise import revising
from apps.plans.schedule import minutes_left, numbered_parts, replace_parts

LIVE = Q(deleted_at=None, week__deleted_at=None)  # of a day of the outline


def form_for(user: User, today: dt.date, task: Task | None, data: Any) -> TaskForm:
    """Return the form for a new or an existing task. One query for an existing one."""
    initial: dict[str, Any] = {"minutes": 30, "on": today}
    if task is not None:
        topic = _main_topic(task)
        initial = {"topic": topic and topic.pk, "on": None, "version": task.plan.version}
    return TaskForm(data, instance=task, initial=initial, user=user, today=today)


def form_again(form: TaskForm, task: Task) -> TaskForm:
    """Return the form with what was typed and the plan's present version, and why it is back."""
    version = Plan.objects.values_list("version", flat=True).get(pk=task.plan_id)
    data = dict(form.data.items())
    data["version"] = str(version)
    again = TaskForm(
        data, instance=task, initial=form.initial, user=task.plan.owner, today=form.today
    )
    again.add_error(None, "The plan was changed in another window since. Look again, then save.")
    return again


def _main_topic(task: Task) -> Topic | None:
    links = Task.topics.through.objects.filter(task=task).order_by("pk")
    first = links.select_related("topic").first()
    return first.topic if first else None


def outline_day_for(plan: Plan, day: dt.date) -> PlanDay:
    """Return the outline day whose work lies on `day`, or the nearest before, or the first.

    Makes a day, and a week, when the plan has none. Up to six queries.
    """
    parts = Part.objects.filter(plan=plan, task__deleted_at=None).select_related("task__day")
    part = (
        parts.filter(day=day).order_by("task__position").first()
        or parts.filter(day__lt=day).order_by("-day", "-task__position").first()
    )
    if part:
        return part.task.day
    first = (
        PlanDay.objects.filter(LIVE, week__plan=plan).order_by("week__number", "position").first()
    )
    return first or _own_day(plan)


def _own_day(plan: Plan) -> PlanDay:
    """Make an outline day for own tasks in the first week; a week too, where there is none."""
    weeks = PlanWeek.objects.filter(plan=plan)
    week = weeks.filter(deleted_at=None).order_by("number").first()
    if week is None:
        last = weeks.aggregate(last=Max("number"))["last"] or 0
        week = PlanWeek.objects.create(plan=plan, number=last + 1, title="Own tasks")
    position = PlanDay.objects.filter(week=week).aggregate(last=Max("position"))["last"]
    place = 0 if position is None else position + 1
    return PlanDay.objects.create(week=week, position=place, title="Own tasks")


def add(
    plan: Plan,
    form: TaskForm,
    today: dt.date,
    outline_day: PlanDay | None,
    task_id: uuid.UUID | None = None,
) -> Revision | None:
    """Add the form's task on its day, pinned there, since the learner chose the day.

    None when there is a task of that `task_id`: the same form was sent before.
    """
    task: Task = form.save(commit=False)
    task.pk = task_id or task.pk
    day: dt.date = form.cleaned_data["on"] or today
    what = f"Added “{task.title}”"
    with revising(plan, kind=Revision.Kind.ADD, what=what, day=today) as draft:
        if task_id and Task.objects.filter(pk=task_id).exists():
            return None
        task.plan = draft.plan
        task.day = outline_day or outline_day_for(draft.plan, day)
        task.position = _position_after(task.day)
        task.detail_html = render_note(task.detail) if task.detail else ""
        task.save()
        _set_topic(task, form)
        place_on(task, day)
        draft.added(task)
    return draft.revision


def edit(task: Task, form: TaskForm, today: dt.date) -> Revision | None:
    """Store the form's changes; open work whose minutes changed has its parts resized.

    None when nothing changed. Raises StalePlan when the plan was changed since the form was
    shown, so that what another window stored is not written over.
    """
    form.instance.detail_html = render_note(form.instance.detail) if form.instance.detail else ""
    with revising(
        task.plan,
        kind=Revision.Kind.EDIT,
        what=f"Edited “{form.instance.title}”",
        day=today,
        version=form.cleaned_data["version"],
    ) as draft:
        draft.touch([task.pk])
        form.instance.save(update_fields=[*form.stored_fields, "detail_html"])
        rename_entry(SearchEntry.Kind.NOTE, task.pk, form.instance.title)
        _set_topic(task, form)
        if form.cleaned_data["on"] and task.status == Task.Status.TODO:
            place_on(task, form.cleaned_data["on"])
        elif "minutes" in form.changed_data:
            _resize(task)
            refit_overfull(draft.plan, task.plan.owner, [task.pk], today)
    return draft.revision


def _set_topic(task: Task, form: TaskForm) -> None:
    """Exchange the topic the form shows; further ones stay."""
    if "topic" not in form.changed_data:
        return
    main = _main_topic(task)
    others = [topic for topic in task.topics.all() if topic != main]
    chosen = form.cleaned_data["topic"]
    if chosen:
        set_scope(task.plan.owner, chosen, in_scope=True)  # what is planned counts
    task.topics.set([], clear=True)
    task.topics.add(*([chosen] if chosen else []), *others)


def _resize(task: Task) -> None:
    pieces = list(task.parts.order_by("number").values_list("day", "minutes"))
    left, spent = minutes_left(task)
    sized = []
    for number, (day, minutes) in enumerate(pieces, 1):
        take = left if number == len(pieces) else min(minutes, left)
        if take > 0:
            sized.append((day, take))
        left -= take
    replace_parts([task.pk], numbered_parts(task.plan_id, task.pk, sized, spent))


def _position_after(day: PlanDay) -> int:
    """Return a free position after the last task of an outline day; makes room where none is."""
    for _ in range(2):
        positions = list(
            Task.objects.filter(plan=day.week.plan_id)
            .order_by("position", "pk")
            .values_list("position", "day_id")
        )
        own = [number for number, (_, where) in enumerate(positions) if where == day.pk]
        last = own[-1] if own else len(positions) - 1
        before = positions[last][0] if positions else 0
        after = positions[last + 1][0] if last + 1 < len(positions) else before + 2 * STEP
        if after - before >= 2:
            return before + (after - before) // 2
        _renumber(day.week.plan_id)
    raise AssertionError("renumbering made room")


def _renumber(plan_id: uuid.UUID) -> None:
    tasks = list(Task.objects.filter(plan=plan_id).order_by("position", "pk").only("pk"))
    for number, task in enumerate(tasks, 1):
        task.position = number * STEP
    Task.objects.bulk_update(tasks, ["position"], batch_size=500)


def day_of_plan(plan: Plan, day_id: uuid.UUID | None) -> PlanDay | None:
    """Return that outline day of this plan, or None when it is not there or was deleted. One query
    when an id is given."""
    if day_id is None:
        return None
    return PlanDay.objects.filter(LIVE, pk=day_id, week__plan=plan).first()
