"""Reading a changed file again into its plan: what differs, and taking over what was chosen."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from apps.accounts.models import User
from apps.exchange.markdown_plan import read_plan
from apps.exchange.models import FileBox, PlanFile
from apps.exchange.plan_export import with_links
from apps.exchange.plan_import import Incoming, done_on, is_skipped, links_of, topics_named
from apps.exchange.plan_import_again_rows import (
    TimerRuns,
    finish_new,
    write_file,
    write_notes,
    write_outline,
    write_ticks,
)
from apps.exchange.plan_import_bend import Merge, chosen, said
from apps.exchange.plan_import_merge import (
    Base,
    Compared,
    Difference,
    Held,
    Kind,
    compare,
    path_of,
)
from apps.exchange.plan_import_tasks import Drafted, labels_of, notes_of, week_name
from apps.plans import bending
from apps.plans.bending import Preview
from apps.plans.bending_rows import write
from apps.plans.models import Plan, PlanDay, Revision, Task
from apps.plans.revise import revising
from apps.plans.sketch import DONE, SKIPPED, TODO, Job, Made, Sketch, SketchDay, SketchWeek, settle
from apps.plans.sketch import compare as compare_sketches

__all__ = ["Reading", "TimerRuns", "apply_again", "preview_again", "read_into"]


@dataclass(frozen=True, slots=True)
class Reading:
    """A plan beside a text that is read into it."""

    plan: Plan
    incoming: Incoming
    compared: Compared
    file: PlanFile | None
    drafts: Mapping[int, Drafted]
    notes: Mapping[uuid.UUID, str]  # of the outline days, as the last file had them

    def taken(self, keys: frozenset[str]) -> list[Difference]:
        """Return the differences of these keys that can be taken over."""
        return chosen(self.compared, keys)


def read_into(plan: Plan, incoming: Incoming) -> Reading:
    """Return what differs between a plan and a text. Five queries."""
    file = PlanFile.objects.filter(plan=plan).first()
    boxes = {box.task_id: box for box in FileBox.objects.filter(file=file)} if file else {}
    days = [
        (day.pk, (week_name(day.week.name, day.week.title), day.title))
        for day in PlanDay.objects.filter(week__plan=plan, deleted_at=None)
        .select_related("week")
        .order_by("week__number", "position")
    ]
    bases, notes = _bases(file, boxes)
    paths = dict(days)
    held = [
        Held(
            key=task.pk,
            title=task.title,
            detail=task.detail,
            written=with_links(task),
            minutes=task.minutes,
            done=task.status == Task.Status.DONE,
            day=task.day_id,
            path=paths.get(task.day_id, ("", "")),
            moves=task.status == Task.Status.TODO and task.pinned_on is None,
            is_deleted=task.deleted_at is not None,
            base=bases.get(task.pk),
        )
        for task in Task.objects.filter(plan=plan).order_by("position", "pk")
        if task.deleted_at is None or task.pk in bases
    ]
    compared = compare(incoming.said, incoming.tasks, held, days, had_file=file is not None)
    drafts = {task.number: task for task in incoming.tasks}
    return Reading(plan, incoming, compared, file, drafts, notes)


def _bases(
    file: PlanFile | None, boxes: Mapping[uuid.UUID, FileBox]
) -> tuple[dict[uuid.UUID, Base], dict[uuid.UUID, str]]:
    """The tasks as the last file had them, and the notes of their outline days."""
    if file is None:
        return {}, {}
    old = read_plan(file.text, near=file.at.date())
    places = {
        old.boxes[number].line: (week_number, day_number, number)
        for week_number, week in enumerate(old.weeks)
        for day_number, day in enumerate(week.days)
        for number in day.boxes
    }
    found: dict[uuid.UUID, Base] = {}
    notes: dict[uuid.UUID, str] = {}
    for key, box in sorted(boxes.items(), key=lambda each: each[1].line):
        if box.line in places:
            week, day, number = places[box.line]
            was = old.boxes[number]
            notes.setdefault(box.day_id, notes_of(old.weeks[week], day))
            found[key] = Base(
                line=box.line,
                title=box.title,
                detail=box.detail,
                minutes=box.minutes,
                stated=was.minutes,
                done=was.done,
                day=box.day_id,
                path=path_of(old, week, day),
            )
    return found, notes


def merge_of(user: User, reading: Reading, keys: frozenset[str], sketch: Sketch) -> Merge:
    """Return the change that taking over these differences is. Two queries where tasks are new."""
    taken = reading.taken(keys)
    compared, today = reading.compared, sketch.today
    new = {each.number for each in taken if each.kind is Kind.NEW and each.number is not None}
    moved = {each.task for each in taken if each.kind is Kind.MOVE}
    outline = _Outline(reading, sketch)
    drafts = [task for task in reading.incoming.tasks if task.number in new]
    topics = topics_named(user, drafts) if drafts else {}
    follows: dict[uuid.UUID, uuid.UUID | None] = {}
    jobs: list[Job] = []
    moves: dict[uuid.UUID, uuid.UUID] = {}
    before: uuid.UUID | None = None
    for task in reading.incoming.tasks:
        there = compared.matched.get(task.number)
        if task.number in new:
            named = tuple(topic.id for topic in topics.get(task.number, ()))
            job = _job(task, outline.day(task.week, task.day), named, today)
            jobs.append(job)
            follows[job.key], before = before, job.key
        elif there is None or there.is_deleted:
            continue
        else:
            if there.key in moved:
                moves[there.key] = outline.day(task.week, task.day)
                follows[there.key] = before
            before = there.key

    def of(kind: Kind) -> Sequence[tuple[uuid.UUID, Drafted]]:
        return [
            (each.task, reading.drafts[each.number])
            for each in taken
            if each.kind is kind and each.task is not None and each.number is not None
        ]

    return Merge(
        what_is_said=said(taken),
        titles={key: task.box.title for key, task in of(Kind.TITLE)},
        minutes={key: task.minutes for key, task in of(Kind.MINUTES)},
        moves=moves,
        drops=frozenset(each.task for each in taken if each.kind is Kind.GONE and each.task),
        new=tuple(jobs),
        follows=follows,
        days=tuple(outline.days),
        weeks=tuple(outline.weeks),
        opens=any(each.kind is Kind.UNTICK for each in taken),
    )


class _Outline:
    """The plan's days by the text's; those that the plan has not are made when they are asked for."""

    def __init__(self, reading: Reading, sketch: Sketch) -> None:
        self.said = reading.incoming.said
        self.labels = labels_of(self.said.weeks)
        self.known = dict(reading.compared.days)
        self.week_of = {day.key: day.week for day in sketch.days}
        self.named = {(week.name, week.title): week.key for week in reversed(sketch.weeks)}
        self.number = max((week.number for week in sketch.weeks), default=0)
        self.position = {day.week: 0 for day in sketch.days}
        for each in sketch.days:
            self.position[each.week] = max(self.position[each.week], each.position + 1)
        self.days: list[SketchDay] = []
        self.weeks: list[SketchWeek] = []

    def day(self, week: int, day: int) -> uuid.UUID:
        """Return the outline day of a day of the text."""
        if (week, day) not in self.known:
            where = self._week(week)
            read = self.said.weeks[week].days[day]
            position = self.position.get(where, 0)
            self.position[where] = position + 1
            new = SketchDay(uuid.uuid4(), where, position, read.title, read.goal, is_new=True)
            self.days.append(new)
            self.known[week, day] = new.key
            self.week_of[new.key] = where
        return self.known[week, day]

    def _week(self, week: int) -> uuid.UUID:
        for day in range(len(self.said.weeks[week].days)):
            key = self.known.get((week, day))
            if key in self.week_of:
                return self.week_of[key]
        name = (self.labels[week], self.said.weeks[week].title)
        if name not in self.named:
            self.number += 1
            new = SketchWeek(uuid.uuid4(), self.number, *name, is_new=True)
            self.weeks.append(new)
            self.named[name] = new.key
        return self.named[name]


def _job(task: Drafted, day: uuid.UUID, topics: tuple[uuid.UUID, ...], today: dt.date) -> Job:
    on = done_on(task, today)
    status = SKIPPED if is_skipped(task) else DONE if task.box.done else TODO
    return Job(
        key=uuid.uuid4(),
        title=task.box.title,
        day=day,
        minutes=task.minutes,
        status=status,
        kind=task.kind,
        priority=task.priority,
        parts=((on, task.minutes),) if on else (),
        topics=frozenset(topics),
        made=Made(task.session, task.box.detail, tuple(links_of(task)), topics),
    )


def ticked(sketch: Sketch, reading: Reading, keys: frozenset[str]) -> Sketch:
    """Return the plan with the ticks that are taken over and taken back. Does not query."""
    state: dict[uuid.UUID, Job] = {}
    jobs = {job.key: job for job in sketch.jobs}
    for each in reading.taken(keys):
        if each.task not in jobs or each.number is None:
            continue
        job = jobs[each.task]
        if each.kind is Kind.TICK:
            on = done_on(reading.drafts[each.number], sketch.today)
            state[job.key] = replace(job, status=DONE, parts=parts_when_done(job, on, sketch.today))
        elif each.kind is Kind.UNTICK:
            state[job.key] = replace(job, status=TODO)
    return replace(sketch, jobs=tuple(state.get(job.key, job) for job in sketch.jobs))


def parts_when_done(
    job: Job, on: dt.date | None, today: dt.date
) -> tuple[tuple[dt.date, int], ...]:
    """Return the parts of a task that turns out to be done: on the day the file says; without one
    where it was planned up to today, and none of what is still to come."""
    if on is not None:
        return ((on, job.minutes),)
    return tuple((day, minutes) for day, minutes in job.parts if day <= today)


def preview_again(
    user: User, reading: Reading, keys: frozenset[str], today: dt.date
) -> Preview | None:
    """Return which dates move when these are taken over; None where the plan stays as it is but
    for ticks. Nine queries. Raises layout.NoStudyTime."""
    sketch = bending.load(reading.plan, user, today)
    merge = merge_of(user, reading, keys, sketch)
    if merge.is_empty:
        return None
    before = ticked(sketch, reading, keys)
    after = settle(merge(before))
    return Preview(
        reading.plan.version, merge.what_is_said, before, after, compare_sketches(sketch, after)
    )


def apply_again(
    user: User,
    plan: Plan,
    incoming: Incoming,
    keys: frozenset[str],
    today: dt.date,
    *,
    version: int,
    reason: str = "",
) -> tuple[Revision | None, str]:
    """Take these differences over as one revision, with the ticks, and keep the text as the plan's
    file; return the revision, if the plan changed, and what was done in words. All or nothing.

    Raises revise.StalePlan, TimerRuns, layout.NoStudyTime. Queries do not grow with the text.
    """
    with (
        transaction.atomic(),
        revising(
            plan,
            kind=Revision.Kind.MERGE,
            what="",
            day=today,
            reason=reason,
            version=version,
        ) as draft,
    ):
        draft.lock_open()
        reading = read_into(draft.plan, incoming)
        taken = reading.taken(keys)
        sketch = bending.load(draft.plan, user, today)
        merge = merge_of(user, reading, keys, sketch)
        draft.what = merge.what_is_said
        marked = ticked(sketch, reading, keys)
        write_ticks(draft.plan, reading, taken, marked, today)
        if not merge.is_empty:
            write(draft, user, marked, settle(merge(marked)))
        made = {
            task.number: job.key for task, job in zip(_new(reading, keys), merge.new, strict=True)
        }
        outline = dict(reading.compared.days) | _made_days(reading, made, merge)
        finish_new(reading, made, today)
        write_notes(draft, reading, taken, merge)
        write_outline(reading, merge, outline)
        write_file(draft.plan, reading, made, outline)
    return draft.revision, merge.what_is_said


def _new(reading: Reading, keys: frozenset[str]) -> list[Drafted]:
    new = {each.number for each in reading.taken(keys) if each.kind is Kind.NEW}
    return [task for task in reading.incoming.tasks if task.number in new]


def _made_days(
    reading: Reading, made: Mapping[int, uuid.UUID], merge: Merge
) -> dict[tuple[int, int], uuid.UUID]:
    """The outline days that were made, by the text's."""
    day_of = {job.key: job.day for job in merge.new} | dict(merge.moves)
    found: dict[tuple[int, int], uuid.UUID] = {}
    for task in reading.incoming.tasks:
        there = reading.compared.matched.get(task.number)
        key = made.get(task.number) or (there.key if there else None)
        if key in day_of:
            found.setdefault((task.week, task.day), day_of[key])
    return found
