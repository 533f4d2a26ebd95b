"""Proposals as placing sees them, read for one learner."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import F, Max, Prefetch, prefetch_related_objects

from apps.accounts.models import User
from apps.library.models import Exercise, Question, Reference, Topic
from apps.plans.models import Plan, PlanWeek, Proposal
from apps.plans.placing import Drill, Gap, Resource


def own_proposals(user: User, ids: Collection[uuid.UUID]) -> list[Proposal]:
    """Return those of these that are the learner's, whatever their state, by rank, each with its
    topic and area. One query."""
    rows = Proposal.objects.filter(user=user, pk__in=ids).select_related("topic__area")
    return list(rows.defer("topic__body", "topic__body_html").order_by("rank", "at", "pk"))


def add_resources(user: User, topics: Sequence[Topic]) -> None:
    """Give topics what there is to learn them from: `references`, curated ones first, and
    `exercises`. Two queries; none without topics."""
    if not topics:
        return
    shown = ("collection", "slug", "title", "position")
    pages = Reference.objects.visible_to(user).live().only(*shown, "owner")
    prefetch_related_objects(
        topics,
        Prefetch(
            "references", pages.order_by(F("owner").asc(nulls_first=True), "position", "slug")
        ),
        Prefetch(
            "exercises",
            Exercise.objects.filter(retired_at=None).only(*shown, "minutes", "level", "level_rank"),
        ),
    )


def gaps_of(user: User, proposals: Sequence[Proposal]) -> list[Gap]:
    """Return these proposals to study or relearn, in their order, with what there is to do so: pages,
    exercises up to the learner's level, questions. Three queries; none without proposals."""
    topics = [row.topic for row in proposals]
    if not topics:
        return []
    add_resources(user, topics)
    asked = Question.objects.visible_to(user).live().filter(level_rank__lte=user.level_rank)
    held = asked.filter(topic__in=topics).order_by().values_list("topic_id", flat=True)
    counts = Counter(held)
    return [_gap(user, row, counts[row.topic_id]) for row in proposals]


def _gap(user: User, row: Proposal, questions: int) -> Gap:
    topic: Any = row.topic
    return Gap(
        key=row.pk,
        topic=topic.pk,
        title=topic.title,
        address=topic.get_absolute_url(),
        minutes=row.minutes,
        weight=topic.weight,
        is_relearn=row.kind == Proposal.Kind.RELEARN,
        prompted_by=row.prompted_by,
        resources=tuple(
            Resource(each.title, each.get_absolute_url()) for each in topic.references.all()
        ),
        drills=tuple(
            Drill(each.pk, each.title, each.get_absolute_url(), each.minutes)
            for each in topic.exercises.all()
            if each.level_rank <= user.level_rank
        ),
        questions=questions,
    )


def free_week_number(plan: Plan) -> int:
    """Return the number behind all weeks of a plan, deleted ones counted. One query."""
    return (PlanWeek.objects.filter(plan=plan).aggregate(last=Max("number"))["last"] or 0) + 1
