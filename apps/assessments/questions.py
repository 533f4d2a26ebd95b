"""A question assessment: start it, answer it, take an answer back, finish it.

Every write takes the learner's row first, so that two tabs come one after the other. An answer is
evidence at once; `Response.evidence` says which, and an answer that is taken back takes it along.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, NamedTuple

from django.db import transaction

from apps.accounts.models import User
from apps.assessments.models import AreaResult, Assessment, Response
from apps.assessments.questions_bank import Wanted, fitting
from apps.assessments.questions_figures import counts_of, mixed
from apps.assessments.starting import started
from apps.library.models import Area
from apps.mastery import record as mastery
from apps.mastery.models import Source

BATCH = 500


class Given(NamedTuple):
    """An answer as it was graded: score 0 to 100, “I don't know”, what was written, a note, the
    seconds it took."""

    score: int
    is_unknown: bool = False
    text: str = ""
    note: str = ""
    seconds: int = 0


class Outcome(Enum):
    """What became of an answer: `SAVED`, also when the same was sent before; `OTHER` when the
    question already has another score, or another text or note; `FINISHED` when the sitting is over."""

    SAVED = "saved"
    OTHER = "other"
    FINISHED = "finished"


@transaction.atomic
def start(
    user: User,
    wanted: Wanted,
    *,
    title: str,
    felt: Mapping[int | None, int],
    assessment_id: uuid.UUID,
    at: dt.datetime,
    day: dt.date,
) -> Assessment | None:
    """Open an assessment of the questions that fit; None when nothing does. Idempotent by its id.

    `felt` is in per cent by area id, None for overall; that of areas that are not asked is left out.
    Raises Another when that id started something else or was deleted, Assessment.DoesNotExist when
    it is somebody else's. Seven queries, whatever the number of questions.
    """
    mastery.lock(user)
    kind, origin = Assessment.Kind.QUESTIONS, Assessment.Origin.SITTING
    asked_for = wanted.stored
    if before := started(user, assessment_id, kind=kind, origin=origin, asked_for=asked_for):
        return before
    rows = list(
        fitting(user, wanted).order_by("pk").values_list("pk", "topic_id", "topic__area_id")
    )
    topics = {question: (topic, area) for question, topic, area in rows}
    order = mixed(
        ((question, area, topic) for question, topic, area in rows),
        wanted.many,
        str(assessment_id),
    )
    if not order:
        return None
    assessment = Assessment.objects.create(
        id=assessment_id,
        user=user,
        kind=kind,
        origin=origin,
        title=title,
        day=day,
        at=at,
        asked_for=asked_for,
    )
    ask(assessment, [(question, *topics[question], None) for question in order], felt)
    return assessment


Asked = tuple[uuid.UUID, uuid.UUID, int, uuid.UUID | None]


def ask(assessment: Assessment, asked: Iterable[Asked], felt: Mapping[int | None, int]) -> None:
    """Write the open questions (question, topic, area, answer before) and the areas' rows."""
    totals: dict[int, int] = defaultdict(int)
    responses = []
    for position, (question, topic, area, before) in enumerate(asked, start=1):
        totals[area] += 1
        responses.append(
            Response(
                assessment=assessment,
                question_id=question,
                topic_id=topic,
                position=position,
                before_id=before,
            )
        )
    Response.objects.bulk_create(responses, batch_size=BATCH)
    areas = Area.objects.filter(pk__in=totals).order_by("position", "slug")
    overall = AreaResult(assessment=assessment, total=len(responses), felt=felt.get(None))
    AreaResult.objects.bulk_create(
        [
            overall,
            *(
                AreaResult(
                    assessment=assessment,
                    area_id=area,
                    position=position,
                    total=totals[area],
                    felt=felt.get(area),
                )
                for position, area in enumerate(areas.values_list("pk", flat=True), start=1)
            ),
        ]
    )


@transaction.atomic
def answer(
    user: User,
    assessment_id: uuid.UUID,
    response_id: uuid.UUID,
    given: Given,
    *,
    at: dt.datetime,
    day: dt.date,
) -> tuple[Response, Outcome]:
    """Write an answer and its evidence; return it as it stands, and what became of it. Idempotent:
    the first answer to a question stays until it is taken back; the same score sent again may bring
    the text or the note that it had none of.

    Raises Response.DoesNotExist for a question that is not in this assessment of the learner's.
    """
    scheduler = mastery.lock(user)
    response = Response.objects.select_related("assessment", "question", "topic__area").get(
        pk=response_id,
        assessment=assessment_id,
        assessment__user=user,
        assessment__deleted_at=None,
    )
    if response.score is not None:
        return response, _again(response, given)
    if response.assessment.finished_at is not None:
        return response, Outcome.FINISHED
    (evidence,) = mastery.record(
        user,
        [(response.topic_id, given.score)],
        source=Source.QUESTION,
        source_id=assessment_id,
        at=at,
        day=day,
        scheduler=scheduler,
    )
    written: dict[str, Any] = {**given._asdict(), "at": at, "day": day, "evidence": evidence}
    for name, value in written.items():
        setattr(response, name, value)
    response.save(update_fields=list(written))
    return response, Outcome.SAVED


def _again(response: Response, given: Given) -> Outcome:
    """Hold a second answer against the one there is, and add the words that it lacks."""
    added = {
        name: said
        for name, said in (("text", given.text), ("note", given.note))
        if said and said != getattr(response, name)
    }
    is_same = (response.score, response.is_unknown) == (given.score, given.is_unknown)
    if not is_same or any(getattr(response, name) for name in added):
        return Outcome.OTHER
    for name, said in added.items():
        setattr(response, name, said)
    if added:
        response.save(update_fields=list(added))
    return Outcome.SAVED


def last_of(assessment: Assessment) -> Response | None:
    """Return the answer that was given last, with its question and topic. One query."""
    answered = assessment.responses.filter(score__isnull=False)
    return answered.select_related("question", "topic__area").order_by("at", "position").last()


class Later(Exception):
    """Another answer was given after the one that was to be taken back."""


class InTheWay(Exception):
    """Another re-test of the same sitting is open, so that this one cannot be open too."""


def refuse_second_retest(assessment: Assessment) -> None:
    """Raise InTheWay when this is a re-test and another of the same sitting is open. One query for
    a re-test."""
    if assessment.before_id is None:
        return
    others = Assessment.objects.filter(before=assessment.before_id, user=assessment.user_id)
    if others.exclude(pk=assessment.pk).filter(finished_at=None, deleted_at=None).exists():
        raise InTheWay


@transaction.atomic
def undo(
    user: User, assessment_id: uuid.UUID, response_id: uuid.UUID | None = None
) -> Response | None:
    """Take the last answer back, and its evidence for good; open a finished sitting again. Return
    the question, with what was written, to be graded anew; None when nothing was answered.

    `response_id` says which answer is meant; one that is open already stays so. Raises Later when
    it is not the last one, InTheWay when a finished re-test cannot open again,
    Assessment.DoesNotExist or Response.DoesNotExist for what is not the learner's.
    """
    scheduler = mastery.lock(user)
    assessment = Assessment.objects.get(
        pk=assessment_id, user=user, kind=Assessment.Kind.QUESTIONS, deleted_at=None
    )
    last = last_of(assessment)
    if response_id is not None and (last is None or last.pk != response_id):
        named = assessment.responses.select_related("question", "topic__area").get(pk=response_id)
        if named.score is not None:
            raise Later
        return named
    if last is None:
        return None
    if assessment.finished_at is not None:
        refuse_second_retest(assessment)
    if last.evidence_id is not None:
        mastery.withdraw(user, [last.evidence_id], scheduler=scheduler)
    last.score, last.is_unknown, last.at, last.day, last.evidence = None, False, None, None, None
    last.save(update_fields=["score", "is_unknown", "at", "day", "evidence"])
    if assessment.finished_at is not None:
        Assessment.objects.filter(pk=assessment.pk).update(finished_at=None)
        assessment.results.update(high=None, middle=None, low=None)
    return last


@transaction.atomic
def finish(user: User, assessment: Assessment, at: dt.datetime) -> bool:
    """Finish the sitting and write its counts by area: strong, rusty, gap of what was answered,
    and how many were asked. False when nothing was answered: it then stays open.

    Idempotent. Six queries, whatever the number of answers.
    """
    mastery.lock(user)
    stored = Assessment.objects.get(pk=assessment.pk, user=user)
    if stored.finished_at is not None or stored.deleted_at is not None:
        return True
    scores: dict[int | None, list[int | None]] = defaultdict(list)
    for its_area, score in stored.responses.values_list("topic__area_id", "score"):
        scores[its_area].append(score)
        scores[None].append(score)
    if all(score is None for score in scores[None]):
        return False
    rows = {row.area_id: row for row in stored.results.filter(title="")}
    for area in scores.keys() - rows.keys():  # a topic may have moved to another area
        rows[area] = AreaResult(assessment=stored, area_id=area, position=len(rows))
    for area_id, row in rows.items():
        marks = counts_of(scores[area_id])
        row.high, row.middle, row.low, row.total = marks.high, marks.middle, marks.low, marks.total
    AreaResult.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["high", "middle", "low", "total"],
    )
    assessment.finished_at = stored.finished_at = at
    stored.save(update_fields=["finished_at"])
    return True
