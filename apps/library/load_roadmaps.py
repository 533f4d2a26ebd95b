"""Roadmaps into the database: week, day, task. A task keeps its row by its id in the file."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from apps.library.links import BATCH, sync_links
from apps.library.load_items import Writer
from apps.library.models import Roadmap, RoadmapDay, RoadmapTask, RoadmapWeek
from apps.library.source import schema
from apps.library.source.items import Item

WEEK_FIELDS = (
    *("phase", "title", "goal", "criteria", "resources", "readiness_gain", "checkpoint"),
)
DAY_FIELDS = ("title", "goal", "criteria")
TASK_FIELDS = (
    *("day", "position", "title", "session", "kind", "priority", "minutes", "detail", "links"),
)


@dataclass(frozen=True, slots=True)
class DayOf:
    """A study day with its place: the week's number, the branch ("" for none), from 1 on."""

    week: int
    branch: str
    position: int
    day: schema.Day

    @property
    def place(self) -> tuple[int, str, int]:
        return self.week, self.branch, self.position


def write_roadmaps(writer: Writer) -> None:
    """Write the changed roadmaps with all that belongs to them."""
    writer.upsert("roadmap")
    for item in writer.changed("roadmap"):
        roadmap = Roadmap(pk=writer.keys["roadmap"][item.slug])
        _write_outline(roadmap, item, writer)


def checkpoint_data(
    checkpoint: schema.Checkpoint | None, areas: Collection[str]
) -> dict[str, Any] | None:
    """Return the rule of a checkpoint and its branches, without their days; of its areas those
    that are there."""
    if checkpoint is None:
        return None
    return {
        "title": checkpoint.title,
        "areas": [area for area in checkpoint.areas if area in areas],
        "threshold": checkpoint.threshold,
        "branches": [
            {
                "id": branch.id,
                "title": branch.title,
                "when": branch.when,
                "summary": branch.summary,
                "minutes": sum(task.minutes for day in branch.days for task in day.tasks),
            }
            for branch in checkpoint.branches
        ],
    }


def _write_outline(roadmap: Roadmap, item: Item[schema.Roadmap], writer: Writer) -> None:
    areas = {area.slug for area in writer.content.areas}
    weeks = _write_weeks(roadmap, item.data, areas)
    outline = list(_days(item.data))
    days = _write_days(weeks, outline)
    _write_tasks(roadmap, outline, days, item, writer)
    # Only now: a task that moved hangs on its new day.
    RoadmapDay.objects.filter(week__roadmap=roadmap).exclude(pk__in=days.values()).delete()
    RoadmapWeek.objects.filter(roadmap=roadmap).exclude(pk__in=weeks.values()).delete()


def _write_weeks(roadmap: Roadmap, item: schema.Roadmap, areas: set[str]) -> dict[int, int]:
    RoadmapWeek.objects.bulk_create(
        [
            RoadmapWeek(
                roadmap=roadmap,
                number=week.number,
                phase=phase.title,
                title=week.title,
                goal=week.goal,
                criteria=week.criteria,
                resources=[link.model_dump() for link in week.resources],
                readiness_gain=week.readiness_gain,
                checkpoint=checkpoint_data(week.checkpoint, areas),
            )
            for phase in item.phases
            for week in phase.weeks
        ],
        update_conflicts=True,
        unique_fields=["roadmap", "number"],
        update_fields=WEEK_FIELDS,
    )
    numbers = {week.number for phase in item.phases for week in phase.weeks}
    weeks = roadmap.weeks.filter(number__in=numbers)
    return dict(weeks.values_list("number", "pk"))


def _days(item: schema.Roadmap) -> Iterator[DayOf]:
    """Every study day in order; those of a week's branches follow its own."""
    for week in (week for phase in item.phases for week in phase.weeks):
        for position, day in enumerate(week.days, 1):
            yield DayOf(week.number, "", position, day)
        for branch in week.checkpoint.branches if week.checkpoint else ():
            for position, day in enumerate(branch.days, 1):
                yield DayOf(week.number, branch.id, position, day)


def _write_days(weeks: dict[int, int], outline: list[DayOf]) -> dict[tuple[int, str, int], int]:
    RoadmapDay.objects.bulk_create(
        [
            RoadmapDay(
                week_id=weeks[place.week],
                branch=place.branch,
                position=place.position,
                title=place.day.title,
                goal=place.day.goal,
                criteria=place.day.criteria,
            )
            for place in outline
        ],
        update_conflicts=True,
        unique_fields=["week", "branch", "position"],
        update_fields=DAY_FIELDS,
    )
    rows = RoadmapDay.objects.filter(week__in=weeks.values()).values_list(
        "week__number", "branch", "position", "pk"
    )
    found = {(week, branch, position): pk for week, branch, position, pk in rows}
    return {place.place: found[place.place] for place in outline}


def _write_tasks(
    roadmap: Roadmap,
    outline: list[DayOf],
    days: dict[tuple[int, str, int], int],
    item: Item[schema.Roadmap],
    writer: Writer,
) -> None:
    details = writer.columns.details[item.slug]
    tasks = [(place, task) for place in outline for task in place.day.tasks]
    RoadmapTask.objects.bulk_create(
        [
            RoadmapTask(
                roadmap=roadmap,
                day_id=days[place.place],
                key=task.id,
                position=position,
                title=task.title,
                session=task.session,
                kind=task.kind,
                priority=task.priority,
                minutes=task.minutes,
                detail=details[task.id],
                links=[link.model_dump() for link in task.links],
            )
            for position, (place, task) in enumerate(tasks, 1)
        ],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["roadmap", "key"],
        update_fields=TASK_FIELDS,
    )
    rows = dict(roadmap.tasks.values_list("key", "pk"))
    there = {task.id for _, task in tasks}
    gone = [pk for key, pk in rows.items() if key not in there]
    for start in range(0, len(gone), BATCH):
        roadmap.tasks.filter(pk__in=gone[start : start + BATCH]).delete()
    sync_links(
        RoadmapTask.topics.through,
        "roadmaptask_id",
        "topic_id",
        {rows[task.id]: writer.topic_keys(task.topics) for _, task in tasks},
    )
