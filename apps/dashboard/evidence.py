"""What stands behind a topic's figures: evidence, memory, card."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, When
from django.urls import reverse

from apps.accounts.models import Scheduler, User
from apps.library.models import OURS, Category, Topic
from apps.mastery import sm2
from apps.mastery.bands import band
from apps.mastery.claim import is_claim
from apps.mastery.memory import DESIRED_RETENTION, retention
from apps.mastery.models import Card, Evidence, Memory, Source
from apps.mastery.readiness import credit, label
from apps.mastery.record import evidence_of
from apps.mastery.rounding import half_up
from apps.mastery.standing import TopicStanding

PAGES = {
    Source.CHECK: "checks:detail",
    Source.RATING: "assessments:detail",
    Source.QUESTION: "assessments:detail",
}


@dataclass(frozen=True, slots=True)
class From:
    """Where a score came from: in words, and its page if it has one."""

    words: str
    address: str


def where_from(source: str, source_id: uuid.UUID | None) -> From:
    """Return where evidence came from. Does not query."""
    kind = Source(source)
    if kind is Source.RATING and source_id and is_claim(source_id):
        return From("“I know this”", "")
    page = PAGES.get(kind)
    return From(kind.label, reverse(page, args=[source_id]) if page and source_id else "")


def latest_sources(user: User, topics: Collection[uuid.UUID]) -> dict[uuid.UUID, From]:
    """Return where each topic's latest score came from: of the last day the last that counts, which
    is a rating only where nothing else was said that day. One query, none without topics."""
    if not topics:
        return {}
    rows = (
        evidence_of(user, topics)
        .filter(topic__memories__user=user, day=F("topic__memories__last_day"))
        .order_by(Case(When(source=Source.RATING, then=0), default=1), "at")
        .values_list("topic_id", "source", "source_id")
    )
    return {topic: where_from(source, source_id) for topic, source, source_id in rows}


@dataclass(frozen=True, slots=True)
class Known:
    """One topic as the lists show it, in whole per cents."""

    topic: TopicStanding
    score: int | None
    retention: int | None
    source: From | None

    @classmethod
    def of(cls, topic: TopicStanding, sources: Mapping[uuid.UUID, From]) -> Known:
        if topic.score is None:
            return cls(topic, None, None, None)
        kept = half_up(100 * topic.retention)
        return cls(topic, half_up(topic.score), kept, sources.get(topic.id))


def topic_by_slug(user: User, slug: str) -> Topic | None:
    """Return the topic the learner sees under that slug, ours before an own one before another collection's; retired
    ones too, since their evidence stays. One query."""
    topics = Topic.objects.visible_to(user).filter(slug=slug).select_related("area")
    ours_first = Case(When(collection=OURS, owner=None, then=0), default=1)
    return topics.order_by(ours_first, F("owner").asc(nulls_last=True), "collection").first()


def known_topic(user: User, topic: Topic, today: dt.date) -> dict[str, Any]:
    """Return what the page of one topic shows. Three queries."""
    evidence = [
        (item, band(item.score), where_from(item.source, item.source_id))
        for item in Evidence.objects.filter(user=user, topic=topic).order_by("-day", "-at")
    ]
    memory = Memory.objects.filter(user=user, topic=topic).first()
    card = Card.objects.filter(user=user, topic=topic).first()
    context: dict[str, Any] = {
        "topic": topic,
        "category": Category(topic.category).label,
        "evidence": evidence,
        "counted": sum(1 for item, _, _ in evidence if item.retracted_at is None),
        "memory": memory,
        "card": card,
        "today": today,
    }
    if memory is not None:
        kept = retention(memory, today)
        worth = credit(memory.score, memory.claimed)
        context |= {
            "label": label(memory.score, kept),
            "score": half_up(memory.score, 1),
            "score_band": band(memory.score),
            "retention": half_up(100 * kept),
            "credit": {1.0: "1", 0.5: "½", 0.0: "0"}[worth],
            "weight": topic.weight,
            "proven": half_up(topic.weight * worth * kept, 2),
            "fading": half_up(topic.weight * worth * (1 - kept), 2),
            "stability": half_up(memory.stability, 1),
        }
    if card is not None:
        context |= {
            "overdue": (today - card.due).days,
            "held": sm2.strength(card.easiness),
            "easiness": half_up(card.easiness, 2),
            "scheduler": Scheduler(user.scheduler).label,
            # A fail starts SM-2's count at one, though nothing was passed.
            "passed": card.repetitions - (card.lapses > 0),
        }
        if user.scheduler == Scheduler.FSRS:
            context["aim"] = half_up(100 * DESIRED_RETENTION)
    return context
