"""A Markdown plan becomes a learner's own plan: what is in the text, and writing it down."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.exchange.coverage_match import TopicName
from apps.exchange.markdown_plan import read_plan
from apps.exchange.models import FileBox, PlanFile
from apps.exchange.plan_import_scores import Result, add_results
from apps.exchange.plan_import_tasks import (
    MOST_BOXES,
    Drafted,
    Source,
    drafted,
    labels_of,
    notes_of,
)
from apps.exchange.plan_import_topics import TopicFinder
from apps.exchange.plan_shapes import PlanText, Warning_
from apps.library.models import OURS, Alias, Topic
from apps.library.render import render_note
from apps.plans.build import STEP, pause_active
from apps.plans.layout import Item, Layout, lay_out
from apps.plans.models import Part, Plan, PlanDay, PlanWeek, Revision, Task
from apps.plans.schedule import numbered_parts, parts_of

MOST_WARNINGS = 200
MOST_TITLE = 200
MOST_NAME = 200
NO_BOXES = (
    "There is no box in this text. A task is a line with a bullet and a box, such as "
    "“- [ ] Read chapter 3”."
)
SKIPPED = "The file says so."
BATCH = 500


class Unreadable(ValueError):
    """The text makes no plan; the message says why."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A text that came in, and what it says. `mended` is what was repaired in it, in words."""

    text: str
    name: str
    mended: str
    said: PlanText
    tasks: tuple[Drafted, ...]
    warnings: tuple[Warning_, ...]

    @property
    def title(self) -> str:
        """What the plan is called where the learner says nothing: the text's title, else the
        file's name."""
        stem = self.name.rpartition(".")[0] or self.name
        return (self.said.title or stem or "My plan")[:MOST_TITLE]

    @property
    def counts(self) -> dict[str, int]:
        """The figures that are shown and printed."""
        by_source = Counter(task.source for task in self.tasks)
        return {
            "weeks": len(self.said.weeks),
            "days": self.said.days,
            "tasks": len(self.tasks),
            "done": self.said.done,
            "skipped": sum(is_skipped(task) for task in self.tasks),
            "minutes": sum(task.minutes for task in self.tasks),
            "stated": by_source[Source.STATED],
            "shared": by_source[Source.SHARE],
            "assumed": by_source[Source.ASSUMED],
        }


def take_in(text: str, today: dt.date, *, name: str = "", mended: str = "") -> Incoming:
    """Return what a text says, read on that day. Raises Unreadable for one without boxes or with
    more than 5,000. Does not query."""
    said = read_plan(text, near=today)
    if not said.boxes:
        raise Unreadable(NO_BOXES)
    if len(said.boxes) > MOST_BOXES:
        raise Unreadable(
            f"There are {len(said.boxes):,} boxes in this text; a plan holds {MOST_BOXES:,}. "
            "Divide the file."
        )
    late = [
        Warning_(box.line, f"{box.day:%Y-%m-%d} is still to come, so the tick has no date")
        for box in said.boxes
        if box.done and box.day and box.day > today
    ]
    warnings = sorted([*said.warnings, *late], key=lambda each: each.line)[:MOST_WARNINGS]
    tasks = drafted(said)
    return Incoming(text, name[:MOST_NAME], mended[:300], said, tasks, tuple(warnings))


def is_skipped(task: Drafted) -> bool:
    """Whether the text says of an open box that it was skipped."""
    return task.box.skipped and not task.box.done


def done_on(task: Drafted, today: dt.date) -> dt.date | None:
    """Return when a task was done, as the text says; None where it does not, or cannot be."""
    day = task.box.day if task.box.done else None
    return day if day and day <= today else None


def topics_named(user: User, tasks: Iterable[Drafted]) -> dict[int, list[TopicName]]:
    """Return the topics that titles name, by the box's number. Two queries."""
    rows = Topic.objects.visible_to(user).live().order_by("area__position", "position", "slug")
    topics = [TopicName(*row) for row in rows.values_list("pk", "title", "slug", "area_id")]
    former = Alias.objects.filter(kind=Alias.Kind.TOPIC, collection=OURS)
    finder = TopicFinder(topics, dict(former.values_list("slug", "target_slug")))
    found = ((task.number, finder.find(task.box.title)) for task in tasks)
    return {number: [finder.topics[pk] for pk in pks] for number, pks in found if pks}


def laid_out(user: User, tasks: Sequence[Drafted], starts_on: dt.date, today: dt.date) -> Layout:
    """Return the dates of open tasks, by the box's number, for the learner's hours. One query.

    Work that was done on those days uses them up. Raises layout.NoStudyTime.
    """
    used: Counter[dt.date] = Counter()
    for task in tasks:
        day = done_on(task, today)
        if day and day >= starts_on:
            used[day] += task.minutes
    return lay_out(
        [
            Item(task.number, task.minutes)
            for task in tasks
            if not task.box.done and not is_skipped(task)
        ],
        user.weekday_minutes,
        user.breaks.values_list("first_day", "last_day"),
        first_day=starts_on,
        used=used,
        target=user.interview_on,
    )


@dataclass(frozen=True, slots=True)
class Wish:
    """How a text is to become a plan."""

    title: str
    starts_on: dt.date
    today: dt.date
    topics: Mapping[int, Sequence[TopicName]] = field(default_factory=dict)
    results: Sequence[Result] = ()
    at: dt.datetime | None = None
    plan_id: uuid.UUID | None = None


class Created(NamedTuple):
    """The plan, whether it was made just now, and how many results went into the check log."""

    plan: Plan
    is_new: bool
    results: int


def create_from(user: User, incoming: Incoming, wish: Wish) -> Created:
    """Make the plan, dated, active; the one that was active pauses. One transaction, whose queries
    do not grow with the text.

    The same `plan_id` sent again returns the plan it made. Raises layout.NoStudyTime, and
    Plan.DoesNotExist when the id is somebody else's.
    """
    at = wish.at or timezone.now()
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        made = Plan.objects.filter(pk=wish.plan_id).first() if wish.plan_id else None
        if made is not None:
            if made.owner_id != user.pk:
                raise Plan.DoesNotExist("That plan belongs to somebody else.")
            return Created(made, is_new=False, results=0)
        layout = laid_out(user, incoming.tasks, wish.starts_on, wish.today)
        pause_active(user, wish.today)
        plan = Plan.objects.create(
            pk=wish.plan_id or uuid.uuid4(),
            owner=user,
            title=wish.title[:MOST_TITLE],
            starts_on=wish.starts_on,
            created_at=at,
        )
        days = _write_outline(plan, incoming.said)
        tasks = _write_tasks(plan, incoming, wish, layout, days)
        _write_file(plan, incoming, tasks)
        source = f"“{incoming.name}”" if incoming.name else "a pasted text"
        Revision.objects.create(
            plan=plan,
            kind=Revision.Kind.CREATE,
            what=f"Plan read from {source}",
            version=plan.version,
            after={
                "tasks": len(tasks),
                "first": str(wish.starts_on),
                "last": str(layout.last_day or wish.starts_on),
            },
            at=at,
            day=wish.today,
        )
        count = add_results(user, wish.results, plan)
    return Created(plan, is_new=True, results=count)


def _write_outline(plan: Plan, said: PlanText) -> dict[tuple[int, int], PlanDay]:
    """Write weeks and days; return the days by their places. Two queries."""
    weeks: list[PlanWeek] = []
    days: dict[tuple[int, int], PlanDay] = {}
    labels = labels_of(said.weeks)
    for place, week in enumerate(said.weeks):
        weeks.append(
            PlanWeek(
                plan=plan,
                number=place + 1,
                label=labels[place],
                phase=week.phase[:200],
                title=week.title[:MOST_TITLE],
                goal=week.goal,
            )
        )
        for position, day in enumerate(week.days):
            notes = notes_of(week, position)
            days[place, position] = PlanDay(
                week=weeks[-1],
                position=position,
                title=day.title[:MOST_TITLE],
                goal=day.goal,
                notes=notes,
                notes_html=render_note(notes) if notes else "",
            )
    PlanWeek.objects.bulk_create(weeks, batch_size=BATCH)
    PlanDay.objects.bulk_create(days.values(), batch_size=BATCH)
    return days


def _write_tasks(
    plan: Plan,
    incoming: Incoming,
    wish: Wish,
    layout: Layout,
    days: Mapping[tuple[int, int], PlanDay],
) -> dict[int, Task]:
    """Write tasks, parts and topics; return the tasks by their boxes' numbers."""
    first: dict[object, dt.date] = {}
    for placed in layout.parts:
        first.setdefault(placed.key, placed.day)
    tasks: dict[int, Task] = {}
    parts: list[Part] = []
    for position, each in enumerate(incoming.tasks, 1):
        day = done_on(each, wish.today)
        task = tasks[each.number] = Task(
            plan=plan,
            day=days[each.week, each.day],
            position=position * STEP,
            first_planned_on=day or first.get(each.number),
            created_at=plan.created_at,
            **columns_of(each, wish.today),
        )
        if day:
            parts += numbered_parts(plan.pk, task.pk, [(day, each.minutes)])
    Task.objects.bulk_create(tasks.values(), batch_size=BATCH)
    placed_parts = parts_of(plan, layout)
    for part in placed_parts:
        part.task_id = tasks[part.task_id].pk  # type: ignore[index] # a layout's keys are the boxes' numbers
    Part.objects.bulk_create([*parts, *placed_parts], batch_size=2000)
    link_topics({tasks[number].pk: topics for number, topics in wish.topics.items()}, plan.owner)
    return tasks


def columns_of(each: Drafted, today: dt.date) -> dict[str, Any]:
    """Return what a box says of its task, by column. Does not query."""
    box, day = each.box, done_on(each, today)
    status = Task.Status.DONE if box.done else Task.Status.TODO
    return {
        "session": each.session,
        "kind": each.kind,
        "priority": each.priority,
        "title": box.title[:MOST_TITLE],
        "detail": box.detail,
        "detail_html": render_note(box.detail) if box.detail else "",
        "links": links_of(each),
        "minutes": each.minutes,
        "status": Task.Status.SKIPPED if is_skipped(each) else status,
        "done_on": day,
        "skipped_on": today if is_skipped(each) else None,
        "skip_reason": SKIPPED if is_skipped(each) else "",
    }


def links_of(each: Drafted) -> list[dict[str, str]]:
    """Return the links of a box as a task holds them: addresses of the web only."""
    links = []
    for text, url in each.box.links:
        try:
            site = urlsplit(url).hostname or ""
        except ValueError:
            continue
        if url.lower().startswith(("http://", "https://")) and site:
            links.append({"title": text or site, "url": url, "site": site.removeprefix("www.")})
    return links


def link_topics(topics: Mapping[uuid.UUID, Sequence[TopicName]], user: User) -> None:
    """Link tasks to topics; own topics that are planned count from then on. Two queries."""
    through = Task.topics.through
    through.objects.bulk_create(
        [
            through(task_id=task, topic_id=topic.id)
            for task, named in topics.items()
            for topic in named
        ],
        batch_size=2000,
    )
    wanted = {topic.id for named in topics.values() for topic in named}
    Topic.objects.filter(pk__in=wanted, owner=user, in_scope=False).update(in_scope=True)


def _write_file(plan: Plan, incoming: Incoming, tasks: Mapping[int, Task]) -> None:
    file = PlanFile.objects.create(
        plan=plan,
        name=incoming.name,
        text=incoming.text,
        mended=incoming.mended,
        warnings=[str(each) for each in incoming.warnings],
        at=plan.created_at,
    )
    FileBox.objects.bulk_create(
        [
            FileBox(
                file=file,
                task=tasks[each.number],
                line=each.box.line,
                title=tasks[each.number].title,
                detail=each.box.detail,
                minutes=each.minutes,
                day_id=tasks[each.number].day_id,
            )
            for each in incoming.tasks
        ],
        batch_size=BATCH,
    )
