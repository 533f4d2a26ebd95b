"""A coverage check: what can be checked, its start, a mark, its end.

A mark is evidence at once (know = 100, unsure = 50, don't know = 0). While the sitting is open, a
changed mark corrects that piece of evidence, and a cleared one takes it back.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count

from apps.accounts.models import User
from apps.assessments.models import AreaResult, Assessment, Rating
from apps.assessments.record import RATED
from apps.assessments.starting import started
from apps.library.keys import area_key
from apps.library.models import OURS, Category, Topic
from apps.library.models.topics import TopicQuerySet
from apps.mastery import record as mastery
from apps.mastery.models import Source
from apps.mastery.rounding import half_up

SECONDS_A_TOPIC = 4
NOT_PLACED = ("interview-craft",)
"""Areas of ours that a placement leaves out: a portfolio, a resume or a mock interview is nothing
one knows or does not know."""
BATCH = 500


class Closed(Exception):
    """The sitting takes no more marks: it is finished, or was deleted."""


class AreaChoice(NamedTuple):
    """An area with topics in scope: its key in forms and addresses, and how many they are."""

    id: int
    key: str
    title: str
    topics: int

    @property
    def minutes(self) -> int:
        return minutes_for(self.topics)


class Begun(NamedTuple):
    """What was chosen at the start: areas by id, in order, and what was felt, in per cent."""

    title: str
    areas: Sequence[AreaChoice]
    felt: Mapping[int, int]
    felt_overall: int | None = None


def minutes_for(topics: int) -> int:
    """Return about how many minutes it takes to mark so many topics; at least one."""
    return max(half_up(topics * SECONDS_A_TOPIC / 60), 1)


def scope_of(user: User, *, must_only: bool = False) -> TopicQuerySet:
    """Return the topics the learner is asked, area by area in learning order. Does not query.

    They are live, visible to the learner, in scope, and asked at their level or below.
    """
    topics = Topic.objects.visible_to(user).live().up_to_level(user.level_rank)
    if must_only:
        topics = topics.filter(category=Category.MUST)
    return topics.filter(in_scope=True).order_by(
        "area__position", "area__slug", "area_id", "position", "slug", "pk"
    )


def placed_by(user: User) -> TopicQuerySet:
    """Return the topics a placement asks: the must topics in the learner's scope, but for those of
    areas that hold work to do rather than knowledge ("Interview craft"). Does not query."""
    topics = scope_of(user, must_only=True)
    return topics.exclude(area__collection=OURS, area__slug__in=NOT_PLACED)


def areas_of(topics: TopicQuerySet) -> list[AreaChoice]:
    """Return the areas of these topics, with how many they are. One query."""
    rows = (
        topics.order_by("area__position", "area__slug", "area_id")
        .values_list("area_id", "area__collection", "area__slug", "area__title")
        .annotate(Count("pk"))
    )
    return [
        AreaChoice(pk, area_key(collection, slug), title, count)
        for pk, collection, slug, title, count in rows
    ]


@transaction.atomic
def start(
    user: User,
    key: uuid.UUID,
    begun: Begun,
    topics: TopicQuerySet,
    *,
    at: dt.datetime,
    day: dt.date,
    origin: Assessment.Origin = Assessment.Origin.SITTING,
) -> Assessment:
    """Open a sitting over the topics of these areas, all of them unmarked, and return it.

    `key` makes this idempotent: the sitting with that id is returned as it is. Raises Another when
    it is about other areas or was deleted, and Assessment.DoesNotExist when it is somebody else's.
    The number of queries does not depend on the number of topics.
    """
    mastery.lock(user)
    asked_for = {"areas": [area.key for area in begun.areas]}
    kind = Assessment.Kind.COVERAGE
    if before := started(user, key, kind=kind, origin=origin, asked_for=asked_for):
        return before
    assessment = Assessment.objects.create(
        id=key,
        user=user,
        kind=kind,
        title=begun.title,
        at=at,
        day=day,
        origin=origin,
        asked_for=asked_for,
    )
    chosen = topics.filter(area__in=[area.id for area in begun.areas])
    asked = list(chosen.values_list("pk", "area_id"))
    AreaResult.objects.bulk_create(_results(assessment, begun, [area for _, area in asked]))
    Rating.objects.bulk_create(
        (
            Rating(assessment=assessment, topic_id=topic, position=place)
            for place, (topic, _) in enumerate(asked, 1)
        ),
        batch_size=BATCH,
    )
    return assessment


def _results(assessment: Assessment, begun: Begun, asked: list[int]) -> Iterable[AreaResult]:
    """The overall row, which has no area, then one an area."""
    yield AreaResult(assessment=assessment, position=0, total=len(asked), felt=begun.felt_overall)
    for place, area in enumerate(begun.areas, 1):
        yield AreaResult(
            assessment=assessment,
            area_id=area.id,
            position=place,
            total=asked.count(area.id),
            felt=begun.felt.get(area.id),
        )


@transaction.atomic
def mark(
    user: User,
    assessment_id: uuid.UUID,
    row: uuid.UUID | int,
    value: str,
    *,
    at: dt.datetime,
    day: dt.date,
) -> Rating:
    """Give a row, by its id or its number in the sitting, this value ("" clears it); return it.

    Idempotent. A mark that is changed on another day is dated anew, as if it had been cleared and
    given again. The topic and its area come along. Raises Rating.DoesNotExist for a row that is not
    in that sitting of the learner, ValueError for a value there is none of, and Closed.
    """
    if value and value not in RATED:
        raise ValueError(value)
    scheduler = mastery.lock(user)
    rows = Rating.objects.filter(assessment=assessment_id, assessment__user=user)
    rows = rows.filter(position=row) if isinstance(row, int) else rows.filter(pk=row)
    rating = rows.select_related("assessment", "topic__area").get()
    if rating.assessment.finished_at or rating.assessment.deleted_at:
        raise Closed
    if rating.value == value:
        return rating
    held = rating.evidence_id if value and rating.day == day else None
    if held is None or not mastery.amend(user, held, RATED[value], scheduler=scheduler):
        gone = [rating.evidence_id] if rating.evidence_id else []
        mastery.withdraw(user, gone, scheduler=scheduler)
        rating.evidence = rating.at = rating.day = None
        if value:
            [rating.evidence] = mastery.record(
                user,
                [(rating.topic_id, RATED[value])],
                source=Source.RATING,
                source_id=assessment_id,
                at=at,
                day=day,
                scheduler=scheduler,
            )
            rating.at, rating.day = at, day
    rating.value = value
    rating.save(update_fields=["value", "evidence", "at", "day"])
    return rating


@transaction.atomic
def finish(user: User, assessment: Assessment, at: dt.datetime) -> bool:
    """Write the counts by area into the results and close the sitting; False when nothing was
    marked: it then stays open. Idempotent. Six queries, however many topics."""
    mastery.lock(user)
    held = Assessment.objects.get(pk=assessment.pk, user=user)
    if held.finished_at or held.deleted_at:
        return True
    counts = _counts(held)
    if not any(sum(marks.values()) - marks.get("", 0) for marks in counts.values()):
        return False
    results: dict[int | None, AreaResult] = {row.area_id: row for row in held.results.all()}
    # An area that a topic moved to meanwhile has no row yet.
    missing = [area for area in counts if area not in results]
    for place, area in enumerate(missing, len(results)):
        results[area] = AreaResult(assessment=held, area_id=area, position=place)
    for of_area, row in results.items():
        every = list(counts.values()) if of_area is None else [counts.get(of_area, {})]
        row.high, row.middle, row.low = (
            sum(marks.get(value, 0) for marks in every) for value in Rating.Value.values
        )
        row.total = sum(sum(marks.values()) for marks in every)
    AreaResult.objects.bulk_create(
        results.values(),
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["high", "middle", "low", "total"],
    )
    Assessment.objects.filter(pk=held.pk).update(finished_at=at)
    return True


def _counts(assessment: Assessment) -> dict[int, dict[str, int]]:
    """How many topics of each area have each value. One query."""
    counts: dict[int, dict[str, int]] = {}
    rows = assessment.ratings.order_by("topic__area_id").values_list("topic__area_id", "value")
    for area, value, count in rows.annotate(Count("pk")):
        counts.setdefault(area, {})[value] = count
    return counts
