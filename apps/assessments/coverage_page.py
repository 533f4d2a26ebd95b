"""What the page of an open coverage check shows: its rows by area, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Count, Q

from apps.assessments.models import Assessment, Rating

BUTTONS = (("know", "Know"), ("unsure", "Unsure"), ("dunno", "Don’t know"))


class Row(NamedTuple):
    """One topic: its number in the sitting, its title, its value ("" while unmarked)."""

    position: int
    title: str
    value: str


@dataclass(slots=True)
class Progress:
    """How many of how many are marked."""

    marked: int = 0
    total: int = 0

    @property
    def left(self) -> int:
        return self.total - self.marked


@dataclass(slots=True)
class Group:
    """The rows of one area."""

    area: int
    title: str
    rows: list[Row] = field(default_factory=list)

    @property
    def progress(self) -> Progress:
        return Progress(sum(bool(row.value) for row in self.rows), len(self.rows))


@dataclass(slots=True)
class Sitting:
    """All rows of a sitting, area by area."""

    groups: list[Group]

    @property
    def progress(self) -> Progress:
        parts = [group.progress for group in self.groups]
        return Progress(sum(each.marked for each in parts), sum(each.total for each in parts))


def load_sitting(assessment: Assessment) -> Sitting:
    """Return the rows as they were asked. One query."""
    found = assessment.ratings.order_by("position", "pk").values_list(
        "topic__area_id", "topic__area__title", "position", "topic__title", "value"
    )
    groups: dict[int, Group] = {}
    for area, title, position, topic, value in found:
        group = groups.setdefault(area, Group(area, title))
        group.rows.append(Row(position, topic, value))
    return Sitting(list(groups.values()))


def progress_of(rating: Rating) -> tuple[Progress, Progress]:
    """Return how far the sitting of this row is, and its area. One query."""
    is_here = Q(topic__area=rating.topic.area_id)
    marked = ~Q(value="")
    figures = Rating.objects.filter(assessment=rating.assessment_id).aggregate(
        marked=Count("pk", filter=marked),
        total=Count("pk"),
        marked_here=Count("pk", filter=marked & is_here),
        total_here=Count("pk", filter=is_here),
    )
    return (
        Progress(figures["marked"], figures["total"]),
        Progress(figures["marked_here"], figures["total_here"]),
    )
