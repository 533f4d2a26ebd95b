"""Answering the review queue: one topic at a time, each answer in the day's check of reviews.

What is written is written under the learner's lock, and nothing happens when it is sent again.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery

from apps.accounts.models import User
from apps.checks.leeches import LAPSES, Cause, follow
from apps.checks.models import Answer, Check
from apps.checks.take import FAILED, Graded
from apps.library.models import CHECK_KINDS, Question, Topic
from apps.mastery import record as mastery
from apps.mastery.models import Evidence, Source
from apps.plans.models import Proposal
from apps.plans.proposals import open_proposals

ONE_DAY = dt.timedelta(days=1)


class Reviewed(NamedTuple):
    """An answer to the queue, and the model answer to hold it against."""

    id: uuid.UUID
    topic: Topic
    score: int
    is_unknown: bool
    model_answer: str


class Asked(NamedTuple):
    """A topic and the question it is asked by; without one it is to be explained. `text` and `note`
    are what was written the last time, when that grade was taken back."""

    topic: Topic
    question: Question | None
    text: str = ""
    note: str = ""


class Gone(Exception):
    """The answer was stored, and the reviews it was in are deleted by now."""


def ask_topic(user: User, topic_id: uuid.UUID) -> Asked:
    """Return how the topic is asked this time: as when its grade was taken back, if it was, else by
    the question that was asked least recently, of those the learner may see at their level. One
    query, two for a topic without a question.

    Raises Topic.DoesNotExist for a topic the learner may not see.
    """
    kept = kept_answers(user).filter(topic=topic_id)
    of_question = kept.filter(question=OuterRef("pk"))
    mine = Q(answers__check_taken__user=user, answers__check_taken__deleted_at=None)
    seen = Q(topic__owner=None) | Q(topic__owner=user)
    question: Any = (
        Question.objects.visible_to(user)
        .live()
        .filter(seen, Q(kind__in=("", *CHECK_KINDS)) | Q(owner=user))
        .filter(topic=topic_id, level_rank__lte=user.level_rank)
        .annotate(
            asked=Max("answers__at", filter=mine),
            is_kept=Exists(of_question),
            kept_text=Subquery(of_question.values("text")[:1]),
            kept_note=Subquery(of_question.values("note")[:1]),
        )
        .order_by("-is_kept", F("asked").asc(nulls_first=True), "position", "slug", "pk")
        .select_related("topic__area")
        .first()
    )
    if question is not None:
        return Asked(question.topic, question, question.kept_text or "", question.kept_note or "")
    explained = kept.filter(question=None)
    topics: Any = Topic.objects.visible_to(user).select_related("area")
    topic = topics.annotate(
        kept_text=Subquery(explained.values("text")[:1]),
        kept_note=Subquery(explained.values("note")[:1]),
    ).get(pk=topic_id)
    return Asked(topic, None, topic.kept_text or "", topic.kept_note or "")


def kept_answers(user: User) -> QuerySet[Answer, Answer]:
    """Return the answers to the queue whose grade was taken back and whose text is kept, the latest
    first. Does not query yet."""
    kept = Answer.objects.filter(
        check_taken__user=user, check_taken__kind=Check.Kind.REVIEWS, score=None
    )
    return kept.order_by("-check_taken__day", "-position")


def asked_by(user: User, topic_id: uuid.UUID, question_id: uuid.UUID | None) -> Asked:
    """Return the topic with the question it was asked by: one query. Raises Topic.DoesNotExist,
    Question.DoesNotExist for what the learner may not see."""
    topics = Topic.objects.visible_to(user).select_related("area")
    if question_id is None:
        return Asked(topics.get(pk=topic_id), None)
    questions = Question.objects.visible_to(user).select_related("topic__area")
    question = questions.get(pk=question_id, topic__in=topics.filter(pk=topic_id).values("pk"))
    return Asked(question.topic, question)


@transaction.atomic
def store_review(
    user: User,
    topic_id: uuid.UUID,
    graded: Graded,
    *,
    answer_id: uuid.UUID,
    question_id: uuid.UUID | None,
    at: dt.datetime,
    day: dt.date,
) -> Reviewed:
    """Store the answer, its evidence and its card, in that day's check of reviews.

    An answer of the learner with that id is left as it is. Seven queries at most, one more for the
    first of the day or where a grade was taken back, and what a leech takes. Raises
    Topic.DoesNotExist, Question.DoesNotExist, Answer.DoesNotExist for what is not the learner's;
    Gone; ValueError for a score out of range.
    """
    scheduler = mastery.lock(user)
    topic: Any = _held(user, topic_id, answer_id, question_id, day).get()
    if question_id is not None and topic.model_answer is None:
        raise Question.DoesNotExist("The topic has no such question.")
    if topic.is_taken:
        return _stored(user, answer_id)
    if topic.is_kept:
        kept_answers(user).filter(topic=topic_id, question=question_id).delete()
    check_id = topic.check_id or _new_check(user, at, day)
    (evidence,) = mastery.record(
        user,
        [(topic_id, graded.score)],
        source=Source.CHECK,
        source_id=check_id,
        at=at,
        day=day,
        scheduler=scheduler,
    )
    Answer.objects.create(
        **graded._asdict(),
        id=answer_id,
        check_taken_id=check_id,
        topic=topic,
        question_id=question_id,
        position=0 if topic.position_before is None else topic.position_before + 1,
        is_review=True,
        evidence=evidence,
        at=at,
        day=day,
    )
    failed = [topic_id] if graded.score <= FAILED else []
    if topic.is_proposed or (failed and (topic.failed_days or 0) >= LAPSES - 1):
        follow(user, [topic_id], Cause(answer_id, at, day, failed))
    model_answer = topic.model_answer or topic.body_html
    return Reviewed(answer_id, topic, graded.score, graded.is_unknown, model_answer)


def _held(
    user: User,
    topic_id: uuid.UUID,
    answer_id: uuid.UUID,
    question_id: uuid.UUID | None,
    day: dt.date,
) -> Any:
    """Return the query of the topic with everything its answer depends on."""
    checks = Check.objects.filter(user=user, kind=Check.Kind.REVIEWS, day=day, deleted_at=None)
    answers = Answer.objects.filter(check_taken__in=checks.values("pk")).order_by("-position")
    asked = Question.objects.visible_to(user).filter(topic=OuterRef("pk"))
    asked = asked.none() if question_id is None else asked.filter(pk=question_id)
    failed = Evidence.objects.filter(
        user=user,
        topic=OuterRef("pk"),
        source__in=mastery.MOVES_CARD,
        retracted_at=None,
        score__lte=FAILED,
    )
    days = failed.order_by().values("topic").annotate(days=Count("day", distinct=True))
    proposed = open_proposals(user).filter(kind=Proposal.Kind.RELEARN, topic=OuterRef("pk"))
    kept = kept_answers(user).filter(topic=topic_id, question=question_id)
    topics = Topic.objects.visible_to(user).filter(pk=topic_id)
    return topics.annotate(
        check_id=Subquery(checks.values("pk")[:1]),
        position_before=Subquery(answers.values("position")[:1]),
        model_answer=Subquery(asked.values("answer_html")[:1]),
        failed_days=Subquery(days.values("days")),
        is_proposed=Exists(proposed),
        is_kept=Exists(kept),
        is_taken=Exists(Answer.objects.filter(pk=answer_id).exclude(pk__in=kept.values("pk"))),
    )


def _stored(user: User, answer_id: uuid.UUID) -> Reviewed:
    answer = find_answer(user, answer_id)
    if answer is None:
        raise Gone
    return reviewed(answer)


def reviewed(answer: Answer) -> Reviewed:
    """Return an answer of `find_answer` as it was stored. Does not query."""
    model_answer = (
        answer.question.answer_html if answer.question else ""
    ) or answer.topic.body_html
    return Reviewed(answer.pk, answer.topic, answer.score or 0, answer.is_unknown, model_answer)


def _new_check(user: User, at: dt.datetime, day: dt.date) -> uuid.UUID:
    return Check.objects.create(user=user, kind=Check.Kind.REVIEWS, at=at, day=day).pk


def find_answer(user: User, answer_id: uuid.UUID) -> Answer | None:
    """Return an answer to the queue with its topic and question; None when there is no such answer
    (any more): it was taken back, or deleted with its reviews. One query. Raises Answer.DoesNotExist
    when it is somebody else's, or another kind's.
    """
    answer = (
        Answer.objects.filter(pk=answer_id)
        .select_related("check_taken", "topic__area", "question")
        .first()
    )
    if answer is None:
        return None
    check = answer.check_taken
    if check.user_id != user.pk or check.kind != Check.Kind.REVIEWS:
        raise Answer.DoesNotExist("That is no answer to this learner's reviews.")
    return None if answer.score is None or check.deleted_at else answer


@transaction.atomic
def take_back(user: User, answer_id: uuid.UUID) -> Answer | None:
    """Take an answer back with its evidence. Return it as it was, None when there is none (any
    more). What was written is kept for the next time the topic is asked; its check stays for the
    answers to come, and is not in the log without one.

    Raises Answer.DoesNotExist when it is somebody else's, or another kind's.
    """
    scheduler = mastery.lock(user)
    answer = find_answer(user, answer_id)
    if answer is None:
        return None
    if answer.evidence_id is not None:
        mastery.withdraw(user, [answer.evidence_id], scheduler=scheduler)
    follow(user, [answer.topic_id])
    row = Answer.objects.filter(pk=answer_id)
    if answer.text or answer.note:
        row.update(score=None, is_unknown=False, evidence=None, at=None, day=None)
    else:
        row.delete()
    return answer


def put_off(user: User, topic_id: uuid.UUID, day: dt.date, *, skip: bool) -> Topic:
    """Put a topic off until the day after, or end that; return it. Idempotent, two queries and
    the lock. Raises Topic.DoesNotExist for a topic that is not in the learner's queue."""
    topic = Topic.objects.visible_to(user).get(pk=topic_id, cards__user=user)
    mastery.snooze(user, topic_id, day + ONE_DAY if skip else None)
    return topic
