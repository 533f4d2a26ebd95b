"""Roadmaps into the database: week, day, task. A task keeps its row by its id in the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from apps.library.links import BATCH, sync_links
from apps.library.models import Roadmap, RoadmapDay, RoadmapTask, RoadmapWeek
from apps.library.source import schema
from apps.library.source.check import RoadmapItem

ROADMAP_FIELDS = (
    *("title", "summary", "source", "digest", "retired_at"),
    *("level", "hours", "hours_per_week", "phases"),
)
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


def write_roadmaps(items: Sequence[RoadmapItem], topics: dict[str, Any], collection: str) -> None:
    """Write the roadmaps with all that belongs to them; `topics` are primary keys by slug."""
    for made in items:
        _write_roadmap(made, topics, collection)


def checkpoint_data(checkpoint: schema.Checkpoint | None) -> dict[str, Any] | None:
    """Return the rule of a checkpoint and its branches, without their days."""
    if checkpoint is None:
        return None
    return {
        "title": checkpoint.title,
        "areas": checkpoint.areas,
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


def _write_roadmap(made: RoadmapItem, topics: dict[str, Any], collection: str) -> None:
    item = made.item
    Roadmap.objects.bulk_create(
        [
            Roadmap(
                collection=collection,
                slug=item.slug,
                title=item.title,
                summary=item.summary,
                source=item.source,
                digest=made.digest,
                level=item.level,
                hours=item.hours,
                hours_per_week=item.hours_per_week,
                phases=[_phase_data(phase) for phase in item.phases],
            )
        ],
        update_conflicts=True,
        unique_fields=["collection", "slug"],
        update_fields=ROADMAP_FIELDS,
    )
    roadmap = Roadmap.objects.get(collection=collection, slug=item.slug)
    weeks = _write_weeks(roadmap, item)
    outline = list(_days(item))
    days = _write_days(weeks, outline)
    _write_tasks(roadmap, outline, days, topics)
    # Only now: a task that moved hangs on its new day.
    RoadmapDay.objects.filter(week__roadmap=roadmap).exclude(pk__in=days.values()).delete()
    RoadmapWeek.objects.filter(roadmap=roadmap).exclude(pk__in=weeks.values()).delete()


def _phase_data(phase: schema.Phase) -> dict[str, Any]:
    return {
        "title": phase.title,
        "goal": phase.goal,
        "hours": phase.hours,
        "deliverables": phase.deliverables,
        "weeks": [week.number for week in phase.weeks],
    }


def _write_weeks(roadmap: Roadmap, item: schema.Roadmap) -> dict[int, int]:
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
                checkpoint=checkpoint_data(week.checkpoint),
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
    topics: dict[str, Any],
) -> None:
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
                detail=task.detail.strip(),
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
        {rows[task.id]: [topics[slug] for slug in task.topics] for _, task in tasks},
    )
