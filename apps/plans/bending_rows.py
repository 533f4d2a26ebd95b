"""Writes what differs between two sketches of a plan into its rows, in bulk."""

from __future__ import annotations

import datetime as dt
import uuid
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import WEEKDAYS, Break, User
from apps.library.render import render_note
from apps.plans.bends import NothingToDo
from apps.plans.models import Criterion, Part, Plan, PlanDay, PlanWeek, Proposal, Task, Timer
from apps.plans.revise import Draft
from apps.plans.revision_rows import LEARNER, PLAN
from apps.plans.schedule import numbered_parts, replace_parts
from apps.plans.sketch import SKIPPED, Job, Made, Sketch, SketchWeek

STEP = 1000  # between two positions, so that a task can be put between them
BATCH = 500
COLUMNS = (
    *("position", "day_id", "title", "minutes", "pinned_on", "first_planned_on"),
    *("status", "skip_reason", "skipped_on"),
)


def write(
    draft: Draft, user: User, before: Sketch, after: Sketch, at: dt.datetime | None = None
) -> None:
    """Store the differences, remembered by the draft. Queries do not grow with the plan."""
    now = at or timezone.now()
    old = {job.key: job for job in before.jobs}
    new = [job for job in after.jobs if job.key not in old]
    stored = [job for job in after.jobs if job.key in old]
    positions = _positions(draft.plan, after.jobs)
    kept = {job.key for job in stored}
    gone = [key for key in old if key not in kept]
    changed = [job for job in stored if job is not old[job.key] and job != old[job.key]]
    moved = {key for key, (was, now_at) in positions.items() if was != now_at}
    differ = {job.key for job in changed if job.laid(()) != old[job.key].laid(())}
    differ |= moved - {job.key for job in new}
    draft.touch([*differ, *gone])
    draft.lay(
        {
            job.key: (old[job.key].parts, job.parts)
            for job in changed
            if job.key not in differ and job.parts != old[job.key].parts
        }
    )
    _write_outline(draft, before, after, now)
    _write_others(draft, user, before, after, now)
    _make(draft, new, positions, now)
    _stop_at_timers([*gone, *(job.key for job in changed if job.status == SKIPPED)])
    if gone:
        Task.objects.filter(pk__in=gone, deleted_at=None).update(deleted_at=now)
    _update(changed, differ, positions, before.today)
    pieces = [job for job in changed if _is_laid_out_anew(job, old[job.key])]
    replace_parts(
        [job.key for job in pieces],
        [part for job in [*pieces, *new] for part in _parts(draft.plan, job)],
    )


def _stop_at_timers(keys: Sequence[uuid.UUID]) -> None:
    timer = Timer.objects.filter(task__in=keys).select_related("task").first() if keys else None
    if timer:
        raise NothingToDo(f"A timer runs on “{timer.task.title}”. Stop it first.")


def _is_laid_out_anew(job: Job, was: Job) -> bool:
    return job.status != SKIPPED and (
        job.parts != was.parts or job.minutes != was.minutes or job.spent != was.spent
    )


def _parts(plan: Plan, job: Job) -> list[Part]:
    return numbered_parts(plan.pk, job.key, job.parts, job.spent)


def _positions(plan: Plan, jobs: Sequence[Job]) -> dict[uuid.UUID, tuple[int | None, int]]:
    """Return each task's position now (None: it is new) and then. As few as can be change; where
    there is no room between two, all do. One query."""
    now = dict(Task.objects.filter(plan=plan, deleted_at=None).values_list("pk", "position"))
    held = [now.get(job.key) for job in jobs]
    fixed = _rising(held)
    following: list[int | None] = [None] * len(held)  # the next place that keeps its position
    for place in range(len(held) - 2, -1, -1):
        following[place] = place + 1 if place + 1 in fixed else following[place + 1]
    then: list[int] = []
    for place, position in enumerate(held):
        later, low = following[place], then[-1] if then else 0
        if place in fixed and position is not None:
            then.append(position)
        elif later is None:
            then.append(low + STEP)
        elif (step := ((held[later] or 0) - low) // (later - place + 1)) >= 1:
            then.append(low + step)
        else:
            then = [number * STEP for number in range(1, len(jobs) + 1)]
            break
    return {job.key: pair for job, pair in zip(jobs, zip(held, then, strict=True), strict=True)}


def _rising(numbers: Sequence[int | None]) -> set[int]:
    """Return the places of a longest rising run among these numbers."""
    tails: list[int] = []
    places: list[int] = []
    before: dict[int, int | None] = {}
    for place, number in enumerate(numbers):
        if number is None:
            continue
        at = bisect_left(tails, number)
        before[place] = places[at - 1] if at else None
        if at == len(tails):
            tails.append(number)
            places.append(place)
        else:
            tails[at], places[at] = number, place
    run: set[int] = set()
    place_or_none: int | None = places[-1] if places else None
    while place_or_none is not None:
        run.add(place_or_none)
        place_or_none = before[place_or_none]
    return run


def _update(
    changed: Sequence[Job],
    differ: set[uuid.UUID],
    positions: dict[uuid.UUID, tuple[int | None, int]],
    today: dt.date,
) -> None:
    """Store the columns that differ; a task whose parts alone move has none."""
    by_key = {job.key: job for job in changed}
    rows: list[Task] = []
    columns: set[str] = set()
    dateless = Q(pk__in=list(by_key), first_planned_on=None)
    for task in Task.objects.filter(Q(pk__in=list(differ)) | dateless):
        held = {name: getattr(task, name) for name in COLUMNS}
        task.position = positions[task.pk][1]
        if job := by_key.get(task.pk):
            _take_over(task, job, today)
        names = {name for name in COLUMNS if getattr(task, name) != held[name]}
        if names:
            rows.append(task)
            columns |= {name.removesuffix("_id") for name in names}
    if rows:
        Task.objects.bulk_update(rows, sorted(columns), batch_size=BATCH)


def _take_over(task: Task, job: Job, today: dt.date) -> None:
    task.day_id, task.title, task.minutes = job.day, job.title, job.minutes
    task.pinned_on = job.pinned_on
    if job.parts and task.first_planned_on is None:
        task.first_planned_on = job.parts[0][0]
    if job.status == SKIPPED and task.status == Task.Status.TODO:
        task.skipped_on, task.skip_reason = today, job.skip_reason
        task.status = Task.Status.SKIPPED
    elif job.is_open and task.status == Task.Status.SKIPPED:
        task.skipped_on, task.skip_reason, task.status = None, "", Task.Status.TODO


def _make(
    draft: Draft,
    new: Sequence[Job],
    positions: dict[uuid.UUID, tuple[int | None, int]],
    now: dt.datetime,
) -> None:
    tasks, links = [], []
    models = Task.objects.in_bulk([job.made.like for job in new if job.made and job.made.like])
    for job in new:
        made = job.made or Made()
        if made.like in models:
            model = models[made.like]
            made = replace(
                made, session=model.session, detail=model.detail, links=tuple(model.links)
            )
        tasks.append(
            Task(
                pk=job.key,
                plan=draft.plan,
                day_id=job.day,
                key=made.key,
                position=positions[job.key][1],
                session=made.session,
                kind=job.kind,
                priority=job.priority,
                title=job.title[:200],
                detail=made.detail,
                detail_html=render_note(made.detail) if made.detail else "",
                links=[dict(link) for link in made.links],
                minutes=job.minutes,
                pinned_on=job.pinned_on,
                first_planned_on=job.parts[0][0] if job.parts else None,
                created_at=now,
            )
        )
        links += [Task.topics.through(task_id=job.key, topic_id=topic) for topic in made.topics]
    Task.objects.bulk_create(tasks, batch_size=BATCH)
    Task.topics.through.objects.bulk_create(links, batch_size=2000)
    draft.added(*tasks)


def _write_outline(draft: Draft, before: Sketch, after: Sketch, now: dt.datetime) -> None:
    old_weeks = {week.key: week for week in before.weeks}
    numbers = _week_numbers(draft.plan, [w for w in after.weeks if w.key not in old_weeks])
    new_weeks = [
        PlanWeek(
            pk=week.key,
            plan=draft.plan,
            number=numbers[week.key],
            title=week.title[:200],
            checkpoint=week.checkpoint,
        )
        for week in after.weeks
        if week.key not in old_weeks
    ]
    changed = [week for week in after.weeks if old_weeks.get(week.key, week) != week]
    draft.touch_others(f"week:{week.key}" for week in changed)
    for week in changed:
        PlanWeek.objects.filter(pk=week.key).update(
            title=week.title[:200], checkpoint=week.checkpoint
        )
    PlanWeek.objects.bulk_create(new_weeks)
    old_days = {day.key: day for day in before.days}
    deleted = [
        day.key
        for day in after.days
        if day.is_deleted and day.key in old_days and not old_days[day.key].is_deleted
    ]
    moved = [
        day for day in after.days if day.key in old_days and day.week != old_days[day.key].week
    ]
    draft.touch_others(f"day:{key}" for key in [*deleted, *(day.key for day in moved)])
    if deleted:
        PlanDay.objects.filter(pk__in=deleted).update(deleted_at=now)
    taken = Taken(day.week for day in after.days if day.key not in old_days or day in moved)
    for day in moved:
        PlanDay.objects.filter(pk=day.key).update(
            week=day.week, position=taken.next(day.week, day.position)
        )
    new_days = [
        PlanDay(
            pk=day.key,
            week_id=day.week,
            position=taken.next(day.week, day.position),
            title=day.title[:200],
            goal=day.goal,
        )
        for day in after.days
        if day.key not in old_days
    ]
    PlanDay.objects.bulk_create(new_days)
    Criterion.objects.bulk_create(
        Criterion(plan=draft.plan, week_id=day.week, day_id=day.key, position=n, text=text[:300])
        for day in after.days
        if day.key not in old_days
        for n, text in enumerate(day.criteria)
    )
    draft.added(*new_weeks, *new_days)


def _week_numbers(plan: Plan, new: Sequence[SketchWeek]) -> dict[uuid.UUID, int]:
    """Return the number of each new week: its own, or the one behind all where a week of the plan, a
    deleted one too, has it. One query where there is a new week."""
    held = (
        set(PlanWeek.objects.filter(plan=plan).values_list("number", flat=True)) if new else set()
    )
    found = {}
    for week in new:
        found[week.key] = week.number if week.number not in held else max(held) + 1
        held.add(found[week.key])
    return found


class Taken:
    """The positions that days of these weeks have, deleted days counted. One query."""

    def __init__(self, weeks: Iterable[uuid.UUID]) -> None:
        self.positions: dict[uuid.UUID, set[int]] = defaultdict(set)
        rows = PlanDay.objects.filter(week__in=list(weeks))
        for week, position in rows.values_list("week_id", "position"):
            self.positions[week].add(position)

    def next(self, week: uuid.UUID, position: int) -> int:
        """Return that position, or the one behind all where it is taken."""
        held = self.positions[week]
        free = position if position not in held else max(held) + 1
        held.add(free)
        return free


def _write_others(
    draft: Draft, user: User, before: Sketch, after: Sketch, now: dt.datetime
) -> None:
    if after.target_on != before.target_on:
        draft.touch_others([PLAN])
        draft.plan.target_on = after.target_on
        draft.plan.save(update_fields=["target_on"])
    learner: dict[str, Any] = {}
    if after.hours != before.hours:
        learner |= dict(zip(WEEKDAYS, after.hours, strict=True))
    if after.interview_on != before.interview_on:
        learner["interview_on"] = after.interview_on
    if learner:
        draft.touch_others([LEARNER])
        User.objects.filter(pk=user.pk).update(**learner)
    held = {each.key: each for each in before.breaks}
    kept = {each.key for each in after.breaks}
    removed = [key for key in held if key not in kept]
    if removed:
        draft.touch_others(f"break:{key}" for key in removed)
        Break.objects.filter(pk__in=removed, user=user).delete()
    made = [
        Break(pk=each.key, user=user, first_day=each.first, last_day=each.last, label=each.label)
        for each in after.breaks
        if each.key not in held
    ]
    Break.objects.bulk_create(made)
    draft.added(*made)
    if after.proposals:
        _hold_open(user, after.proposals)
        draft.touch_others(f"proposal:{key}" for key in after.proposals)
        for state in set(after.proposals.values()):
            ids = [key for key, value in after.proposals.items() if value == state]
            Proposal.objects.filter(pk__in=ids, user=user, state=Proposal.State.OPEN).update(
                state=state, decided_at=now
            )


def _hold_open(user: User, proposals: Collection[uuid.UUID]) -> None:
    """Lock these proposals. Raises NothingToDo unless all of them are open: another tab may have
    dropped one, or placed it in another plan, since they were read. One query."""
    rows = Proposal.objects.select_for_update(no_key=True).filter(
        user=user, pk__in=list(proposals), state=Proposal.State.OPEN
    )
    if len(rows.order_by("pk").values_list("pk")) < len(proposals):
        raise NothingToDo("One of these proposals was decided meanwhile.")
