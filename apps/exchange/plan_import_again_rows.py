"""What reading a file again writes beside the change of the plan: ticks, notes, the file itself."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils import timezone

from apps.exchange.models import FileBox, PlanFile
from apps.exchange.plan_import import SKIPPED, done_on, is_skipped
from apps.exchange.plan_import_bend import Merge
from apps.exchange.plan_import_merge import Difference, Held, Kind
from apps.exchange.plan_import_tasks import Drafted, labels_of, notes_of
from apps.library.models import SearchEntry
from apps.library.render import render_note
from apps.library.search_text import fold
from apps.plans.models import Part, Plan, PlanDay, PlanWeek, Task, Timer, Work
from apps.plans.revise import Draft, lock_tasks
from apps.plans.schedule import numbered_parts, replace_parts
from apps.plans.sketch import Sketch

if TYPE_CHECKING:
    from apps.exchange.plan_import_again import Reading

BATCH = 500


class TimerRuns(Exception):
    """A timer runs on a task that is to be ticked or taken off; the message names it."""


def write_ticks(
    plan: Plan, reading: Reading, taken: Sequence[Difference], marked: Sketch, today: dt.date
) -> None:
    """Tick and untick tasks as the file does: with its dates, and without minutes. `marked` is the
    plan as it is then. Raises TimerRuns. Eight queries at most."""
    ticks = {each.task: each for each in taken if each.kind is Kind.TICK}
    unticks = {each.task for each in taken if each.kind is Kind.UNTICK}
    gone = {each.task for each in taken if each.kind is Kind.GONE}
    timed = Timer.objects.filter(task__in=[*ticks, *gone]).select_related("task").first()
    if timed is not None:
        raise TimerRuns(f"A timer runs on “{timed.task.title}”. Stop it first.")
    if not ticks and not unticks:
        return
    jobs = {job.key: job for job in marked.jobs}
    parts: list[Part] = []
    tasks = lock_tasks(key for key in [*ticks, *unticks] if key is not None)
    for task in tasks:
        if task.pk in ticks:
            number = ticks[task.pk].number
            assert number is not None
            task.status = Task.Status.DONE
            task.done_on = done_on(reading.drafts[number], today)
            parts += numbered_parts(plan.pk, task.pk, jobs[task.pk].parts)
        else:
            task.status = Task.Status.SKIPPED if task.skipped_on else Task.Status.TODO
            task.done_on = task.done_at = None
    Task.objects.bulk_update(tasks, ["status", "done_on", "done_at"], batch_size=BATCH)
    replace_parts([key for key in ticks if key], parts)
    if unticks:
        Work.objects.filter(task__in=list(unticks), origin=Work.Origin.TICK).delete()


def finish_new(reading: Reading, made: Mapping[int, uuid.UUID], today: dt.date) -> None:
    """Give new tasks their ticks. One query."""
    tasks = []
    for number, key in made.items():
        each = reading.drafts[number]
        if each.box.done or is_skipped(each):
            tasks.append(
                Task(
                    pk=key,
                    status=Task.Status.DONE if each.box.done else Task.Status.SKIPPED,
                    done_on=done_on(each, today),
                    skipped_on=today if is_skipped(each) else None,
                    skip_reason=SKIPPED if is_skipped(each) else "",
                )
            )
    Task.objects.bulk_update(
        tasks, ["status", "done_on", "skipped_on", "skip_reason"], batch_size=BATCH
    )


def write_outline(
    reading: Reading, merge: Merge, days: Mapping[tuple[int, int], uuid.UUID]
) -> None:
    """Give weeks and days that are new what the text says of them, and those that hold the last
    file's notes the new ones. Three queries."""
    said = reading.incoming.said
    labels = labels_of(said.weeks)
    new_weeks = {(week.name, week.title): week.key for week in merge.weeks}
    weeks = [
        PlanWeek(pk=key, label=labels[place], phase=week.phase[:200], goal=week.goal)
        for place, week in enumerate(said.weeks)
        if (key := new_weeks.pop((labels[place], week.title), None))
    ]
    PlanWeek.objects.bulk_update(weeks, ["label", "phase", "goal"], batch_size=BATCH)
    new_days = {day.key for day in merge.days}
    held = dict(PlanDay.objects.filter(pk__in=list(days.values())).values_list("pk", "notes"))
    changed = []
    for (week, day), key in days.items():
        notes = notes_of(said.weeks[week], day)
        is_ours = key not in new_days and held.get(key) != reading.notes.get(key)
        if key in held and not is_ours and notes != held[key]:
            changed.append(
                PlanDay(pk=key, notes=notes, notes_html=render_note(notes) if notes else "")
            )
    PlanDay.objects.bulk_update(changed, ["notes", "notes_html"], batch_size=BATCH)


def write_notes(draft: Draft, reading: Reading, taken: Sequence[Difference], merge: Merge) -> None:
    """Store the notes of tasks that are taken over, and have renamed ones found by their new
    titles. Nine queries at most."""
    wanted = {
        each.task: reading.drafts[each.number].box.detail
        for each in taken
        if each.kind is Kind.DETAIL and each.task and each.number is not None
    }
    if wanted:
        draft.touch(wanted)
        tasks = [
            Task(pk=key, detail=text, detail_html=render_note(text) if text else "")
            for key, text in wanted.items()
        ]
        Task.objects.bulk_update(tasks, ["detail", "detail_html"], batch_size=BATCH)
    if merge.titles:
        titles = {str(key): title for key, title in merge.titles.items()}
        entries = list(SearchEntry.objects.filter(kind=SearchEntry.Kind.NOTE, key__in=titles))
        for entry in entries:
            entry.title = titles[entry.key]
            entry.title_plain = fold(entry.title)
        SearchEntry.objects.bulk_update(entries, ["title", "title_plain"], batch_size=BATCH)


def write_file(
    plan: Plan,
    reading: Reading,
    made: Mapping[int, uuid.UUID],
    days: Mapping[tuple[int, int], uuid.UUID],
) -> None:
    """Keep the text as the plan's file, and which box is which task. Five queries."""
    incoming = reading.incoming
    file, _ = PlanFile.objects.update_or_create(
        plan=plan,
        defaults={
            "name": incoming.name or (reading.file.name if reading.file else ""),
            "text": incoming.text,
            "mended": incoming.mended,
            "warnings": [str(each) for each in incoming.warnings],
            "at": timezone.now(),
        },
    )
    file.boxes.all().delete()
    now = {
        pk: (minutes, day)
        for pk, minutes, day in Task.objects.filter(plan=plan).values_list(
            "pk", "minutes", "day_id"
        )
    }
    boxes = []
    for task in incoming.tasks:
        there = reading.compared.matched.get(task.number)
        key = made.get(task.number) or (there.key if there else None)
        if key is None:
            continue
        minutes, day = now[key]
        boxes.append(
            FileBox(
                file=file,
                task_id=key,
                line=task.box.line,
                title=task.box.title,
                detail=task.box.detail,
                minutes=_minutes(task, there, minutes),
                day_id=days.get((task.week, task.day), day),
            )
        )
    FileBox.objects.bulk_create(boxes, batch_size=BATCH)


def _minutes(task: Drafted, there: Held | None, now: int) -> int:
    """The minutes that a box says, or that its task had when nothing was said: what differs from
    them is written into the text."""
    if task.box.minutes is not None:
        return task.minutes
    if there is not None and there.base is not None and there.base.stated is None:
        return there.base.minutes
    return now
