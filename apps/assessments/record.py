"""Writing an assessment down: totals by area as they were told, and ratings as evidence."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction

from apps.accounts.models import User
from apps.assessments.models import AreaResult, Assessment, Rating
from apps.mastery import record as mastery
from apps.mastery.models import Source
from apps.mastery.readiness import Marks

RATED: dict[str, int] = {
    Rating.Value.KNOW: 100,
    Rating.Value.UNSURE: 50,
    Rating.Value.DUNNO: 0,
}


class AreaTotals(NamedTuple):
    """Totals of one area; without an area and a title, of everything asked.

    Counts are strong / rusty / gap, or know / unsure / don't know; `total` also counts what was
    left unmarked. `score` is in per cent with one decimal; `felt` was said before, in per cent.
    """

    area_id: int | None = None
    title: str = ""
    high: int | None = None
    middle: int | None = None
    low: int | None = None
    total: int | None = None
    score: Decimal | None = None
    felt: int | None = None


@transaction.atomic
def record_assessment(
    user: User,
    *,
    kind: Assessment.Kind,
    title: str,
    day: dt.date,
    at: dt.datetime,
    results: Iterable[AreaTotals] = (),
    ratings: Mapping[uuid.UUID, str] | None = None,
    said: Mapping[uuid.UUID, str] | None = None,
    origin: Assessment.Origin = Assessment.Origin.TOLD,
    said_overall: Decimal | None = None,
    said_readiness: Decimal | None = None,
    note: str = "",
    assessment_id: uuid.UUID | None = None,
) -> Assessment:
    """Write a finished assessment; return it. All or nothing, queries constant in its size.

    Totals are kept as they were told and are no evidence. Each rating (topic id to know, unsure
    or dunno, in order) is evidence of 100, 50 or 0 and starts no review; one left unmarked is "",
    and no evidence. `said` are the rows of a table as they were written, by topic. `assessment_id`
    makes this idempotent. Pass only topics the learner may see. Raises Assessment.DoesNotExist when
    the id is somebody else's, ValueError for counts that cannot be.
    """
    mastery.lock(user)
    assessment_id = assessment_id or uuid.uuid4()
    if (existing := Assessment.objects.filter(pk=assessment_id).first()) is not None:
        if existing.user_id != user.pk:
            raise Assessment.DoesNotExist("That assessment belongs to somebody else.")
        return existing
    assessment = Assessment.objects.create(
        id=assessment_id,
        user=user,
        kind=kind,
        title=title,
        origin=origin,
        day=day,
        at=at,
        finished_at=at,
        said_overall=said_overall,
        said_readiness=said_readiness,
        note=note,
    )
    AreaResult.objects.bulk_create(
        [_row(assessment, position, totals) for position, totals in enumerate(results)]
    )
    _rate(assessment, ratings or {}, said or {})
    return assessment


def _row(assessment: Assessment, position: int, totals: AreaTotals) -> AreaResult:
    if totals.high is not None:
        Marks.of(totals.high, totals.middle or 0, totals.low or 0, totals.total)
    return AreaResult(assessment=assessment, position=position, **totals._asdict())


def _rate(
    assessment: Assessment, ratings: Mapping[uuid.UUID, str], said: Mapping[uuid.UUID, str]
) -> None:
    marked = [(topic, RATED[value]) for topic, value in ratings.items() if value]
    evidence = mastery.record(
        assessment.user,
        marked,
        source=Source.RATING,
        source_id=assessment.pk,
        at=assessment.at,
        day=assessment.day,
    )
    proof = {topic: piece for (topic, _), piece in zip(marked, evidence, strict=True)}
    Rating.objects.bulk_create(
        Rating(
            assessment=assessment,
            topic_id=topic,
            value=value,
            position=position,
            said=said.get(topic, ""),
            at=assessment.at if value else None,
            day=assessment.day if value else None,
            evidence=proof.get(topic),
        )
        for position, (topic, value) in enumerate(ratings.items())
    )
