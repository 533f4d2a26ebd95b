"""Evidence in, memory and cards out. Nothing else writes these three tables.

Every function here joins the caller's transaction, takes the learner's row first (so that two tabs
come one after the other), and needs the same number of queries for one topic and for many. Who may
see a topic is the caller's question: pass only topics found through `Topic.visible_to(user)`.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.models import User
from apps.mastery import memory, sm2
from apps.mastery.models import Card, Evidence, Memory, Source

# A rating or an assessment is evidence only; a card starts with what follows study.
MOVES_CARD = frozenset({Source.CHECK, Source.EXERCISE, Source.MOCK})
BATCH = 500

TopicScore = tuple[uuid.UUID, int]


@transaction.atomic
def record(
    user: User,
    scores: Iterable[TopicScore],
    *,
    source: Source,
    source_id: uuid.UUID | None,
    at: dt.datetime,
    day: dt.date,
) -> list[Evidence]:
    """Write one piece of evidence per (topic id, score 0 to 100); return them in that order.

    Memory and card of the touched topics are replayed, also when `day` is not the latest. A topic
    may come twice: the day counts by its mean. Raises ValueError for a score out of range, before
    anything is written.
    """
    items = list(scores)
    if any(not 0 <= score <= 100 for _, score in items):
        raise ValueError("A score is a whole number from 0 to 100.")
    if not items:
        return []
    lock(user)
    written = Evidence.objects.bulk_create(
        [
            Evidence(
                user=user,
                topic_id=topic,
                score=score,
                source=source,
                source_id=source_id,
                at=at,
                day=day,
            )
            for topic, score in items
        ],
        batch_size=BATCH,
    )
    topics = {topic for topic, _ in items}
    _replay(user, topics)
    if source in MOVES_CARD:
        # Who answers a topic that was put off has taken it up again.
        Card.objects.filter(
            user=user, topic__in=topics, last_day=day, snoozed_until__isnull=False
        ).update(snoozed_until=None)
    return written


@transaction.atomic
def retract(user: User, source_id: uuid.UUID) -> int:
    """Take back all evidence of one source; return how many pieces. Idempotent."""
    return _set_retracted(user, source_id, retracted_at=timezone.now())


@transaction.atomic
def restore(user: User, source_id: uuid.UUID) -> int:
    """Let retracted evidence of one source count again; return how many pieces. Idempotent."""
    return _set_retracted(user, source_id, retracted_at=None)


@transaction.atomic
def snooze(user: User, topic: uuid.UUID, until: dt.date | None) -> bool:
    """Keep a card out of the queue before `until` (None ends that); False if there is no card."""
    lock(user)
    return bool(Card.objects.filter(user=user, topic=topic).update(snoozed_until=until))


@transaction.atomic
def rebuild(user: User, topics: Collection[uuid.UUID] | None = None) -> None:
    """Replay memory and cards of these topics, or of all, from the evidence. Keeps snoozes."""
    lock(user)
    _replay(user, topics)


def lock(user: User) -> None:
    """Wait for the learner's row. On SQLite the transaction itself lets one writer in at a time."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)


def _set_retracted(user: User, source_id: uuid.UUID, retracted_at: dt.datetime | None) -> int:
    lock(user)
    rows = Evidence.objects.filter(
        user=user, source_id=source_id, retracted_at__isnull=retracted_at is not None
    )
    topics = set(rows.values_list("topic_id", flat=True))
    if not topics:
        return 0
    changed = rows.update(retracted_at=retracted_at)
    _replay(user, topics)
    return changed


def evidence_of(
    user: User, topics: Collection[uuid.UUID] | None = None
) -> QuerySet[Evidence, Evidence]:
    """Return the learner's evidence that counts, of these topics or of all. Does not query yet."""
    rows = Evidence.objects.filter(user=user, retracted_at=None)
    return rows if topics is None else rows.filter(topic__in=topics)


def _replay(user: User, topics: Collection[uuid.UUID] | None) -> None:
    heard: dict[uuid.UUID, list[memory.Score]] = defaultdict(list)
    moves: dict[uuid.UUID, list[memory.Score]] = defaultdict(list)
    rows = evidence_of(user, topics).order_by("day", "at")
    for topic, day, score, source in rows.values_list("topic_id", "day", "score", "source"):
        item = memory.Score(day, score, source == Source.RATING)
        heard[topic].append(item)
        if source in MOVES_CARD:
            moves[topic].append(item)

    _forget(user, topics, set(heard), set(moves))
    _remember(user, {topic: memory.replay(items) for topic, items in heard.items()})
    _deal(
        user,
        {
            topic: sm2.replay((day.day, day.mean) for day in memory.days_of(items))
            for topic, items in moves.items()
        },
    )


def _forget(
    user: User,
    topics: Collection[uuid.UUID] | None,
    heard: set[uuid.UUID],
    moved: set[uuid.UUID],
) -> None:
    """Delete the rows of topics that have no evidence left."""
    memories = Memory.objects.filter(user=user)
    cards = Card.objects.filter(user=user)
    if topics is None:
        memories.exclude(topic__in=heard).delete()
        cards.exclude(topic__in=moved).delete()
        return
    if silent := set(topics) - heard:
        memories.filter(topic__in=silent).delete()
    if unmoved := set(topics) - moved:
        cards.filter(topic__in=unmoved).delete()


def _remember(user: User, states: dict[uuid.UUID, memory.State | None]) -> None:
    Memory.objects.bulk_create(
        [
            Memory(
                user=user,
                topic_id=topic,
                last_day=state.last_day,
                score=state.score,
                claimed=state.claimed,
                times=state.times,
                stability=state.stability,
                difficulty=state.difficulty,
            )
            for topic, state in states.items()
            if state is not None
        ],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["user", "topic"],
        update_fields=["last_day", "score", "claimed", "times", "stability", "difficulty"],
    )


def _deal(user: User, cards: dict[uuid.UUID, sm2.Card | None]) -> None:
    Card.objects.bulk_create(
        [
            Card(
                user=user,
                topic_id=topic,
                easiness=card.easiness,
                interval=card.interval,
                repetitions=card.repetitions,
                last_day=card.last_day,
                due=card.due,
            )
            for topic, card in cards.items()
            if card is not None
        ],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["user", "topic"],
        update_fields=["easiness", "interval", "repetitions", "last_day", "due"],
    )
