"""Evidence in, memory and cards out. Nothing else writes these three tables.

Every function here joins the caller's transaction, takes the learner's row first (so that two tabs
come one after the other), and needs the same number of queries for one topic and for many. Who may
see a topic is the caller's question: pass only topics found through `Topic.visible_to(user)`.
A caller that took the row itself may pass on what `lock` returned, which saves taking it again.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.models import Scheduler, User
from apps.accounts.prepared import Param, Prepared
from apps.mastery import memory, schedulers
from apps.mastery.models import Card, Evidence, Memory, Source

# A rating or an assessment is evidence only; a card starts with what follows study.
MOVES_CARD = frozenset({Source.CHECK, Source.EXERCISE, Source.MOCK})
BATCH = 500
WHOLE = "A score is a whole number from 0 to 100."

MEMORY_FIELDS = ("last_day", "score", "claimed", "times", "stability", "difficulty")
CARD_FIELDS = ("easiness", "interval", "repetitions", "lapses", "last_day", "due")

TopicScore = tuple[uuid.UUID, int]
Heard = dict[uuid.UUID, list[memory.Score]]


def record(
    user: User,
    scores: Iterable[TopicScore],
    *,
    source: Source,
    source_id: uuid.UUID | None,
    at: dt.datetime,
    day: dt.date,
    scheduler: Scheduler | None = None,
) -> list[Evidence]:
    """Write one piece of evidence per (topic id, score 0 to 100); return them in that order.

    Memory and card of the touched topics are replayed, also when `day` is not the latest. A topic
    may come twice: the day counts by its mean. Raises ValueError for a score out of range, before
    anything is written.
    Five queries, four when `scheduler` (what `lock` returned) is passed, one less for what moves no
    card.
    """
    items = list(scores)
    if any(not 0 <= score <= 100 for _, score in items):
        raise ValueError(WHOLE)
    if not items:
        return []
    with transaction.atomic(savepoint=False):
        scheduler = scheduler or lock(user)
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
        heard, moves = _read(user, {topic for topic, _ in items})
        _remember(user, heard)
        if source in MOVES_CARD:
            _deal(user, moves, scheduler)
    return written


@transaction.atomic(savepoint=False)
def retract(user: User, source_id: uuid.UUID) -> int:
    """Take back all evidence of one source; return how many pieces. Idempotent."""
    return _set_retracted(user, source_id, retracted_at=timezone.now())


@transaction.atomic(savepoint=False)
def restore(user: User, source_id: uuid.UUID) -> int:
    """Let retracted evidence of one source count again; return how many pieces. Idempotent."""
    return _set_retracted(user, source_id, retracted_at=None)


@transaction.atomic(savepoint=False)
def withdraw(
    user: User, evidence: Collection[uuid.UUID], *, scheduler: Scheduler | None = None
) -> int:
    """Take back single pieces of evidence for good; return how many. Idempotent.

    They leave their source, so that `restore` of that source does not bring them back.
    """
    scheduler = scheduler or lock(user)
    rows = Evidence.objects.filter(user=user, pk__in=evidence, retracted_at=None)
    topics = set(rows.values_list("topic_id", flat=True))
    if not topics:
        return 0
    changed = rows.update(retracted_at=timezone.now(), source_id=None)
    _replay(user, topics, scheduler)
    return changed


def amend(
    user: User, evidence: uuid.UUID, score: int, *, scheduler: Scheduler | None = None
) -> bool:
    """Let a piece of evidence say another score, as a sitting that is still open may correct
    itself; False when there is no such piece that counts. Raises ValueError for a score out of
    range, before anything is written."""
    if not 0 <= score <= 100:
        raise ValueError(WHOLE)
    with transaction.atomic(savepoint=False):
        scheduler = scheduler or lock(user)
        rows = Evidence.objects.filter(user=user, pk=evidence, retracted_at=None)
        found = rows.values_list("topic_id", "source").first()
        if found is None:
            return False
        topic, source = found
        rows.update(score=score)
        heard, moves = _read(user, [topic])
        _remember(user, heard)
        if source in MOVES_CARD:
            _deal(user, moves, scheduler)
    return True


@transaction.atomic(savepoint=False)
def snooze(user: User, topic: uuid.UUID, until: dt.date | None) -> bool:
    """Keep a card out of the queue before `until` (None ends that); False if there is no card.

    Answers neither end it nor are needed to: with `until` tomorrow, a topic answered today is due
    no sooner anyway, and one whose answer is taken back is put off as it was.
    """
    lock(user)
    return bool(Card.objects.filter(user=user, topic=topic).update(snoozed_until=until))


@transaction.atomic(savepoint=False)
def rebuild(user: User, topics: Collection[uuid.UUID] | None = None) -> None:
    """Replay memory and cards of these topics, or of all, from the evidence. Keeps snoozes."""
    _replay(user, topics, lock(user))


def choose_scheduler(user: User, scheduler: str) -> int:
    """Let this scheduler say when topics are due, and replay the learner's cards by it; return how
    many are due on another day than before. Memory and snoozes stay. Raises ValueError for a
    scheduler there is none of, before anything is written. Five queries."""
    chosen = Scheduler(scheduler)
    with transaction.atomic(savepoint=False):
        lock(user)
        User.objects.filter(pk=user.pk).update(scheduler=chosen)
        before = dict(Card.objects.filter(user=user).values_list("topic_id", "due"))
        cards = _deal(user, _read(user, None).moves, chosen)
    return sum(before.get(card.topic_id) != card.due for card in cards)


_LOCKED = Prepared(
    lambda: (
        User.objects.select_for_update(no_key=True)
        .filter(pk=Param("user"))
        .values_list("scheduler")
    )
)


def lock(user: User) -> Scheduler:
    """Wait for the learner's row; return the scheduler it names by then. One query.

    On SQLite the transaction itself lets one writer in at a time. Raises TransactionManagementError
    outside a transaction, User.DoesNotExist for a learner who was deleted meanwhile.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A row is locked until a transaction ends.")
    rows = _LOCKED(user=user.pk)
    if not rows:
        raise User.DoesNotExist("This learner was deleted.")
    return Scheduler(rows[0][0])


def _set_retracted(user: User, source_id: uuid.UUID, retracted_at: dt.datetime | None) -> int:
    scheduler = lock(user)
    rows = Evidence.objects.filter(
        user=user, source_id=source_id, retracted_at__isnull=retracted_at is not None
    )
    topics = set(rows.values_list("topic_id", flat=True))
    if not topics:
        return 0
    changed = rows.update(retracted_at=retracted_at)
    _replay(user, topics, scheduler)
    return changed


def evidence_of(
    user: User, topics: Collection[uuid.UUID] | None = None
) -> QuerySet[Evidence, Evidence]:
    """Return the learner's evidence that counts, of these topics or of all. Does not query yet."""
    rows = Evidence.objects.filter(user=user, retracted_at=None)
    return rows if topics is None else rows.filter(topic__in=topics)


def _replay(user: User, topics: Collection[uuid.UUID] | None, scheduler: Scheduler) -> None:
    evidence = _read(user, topics)
    _forget(user, topics, evidence)
    _remember(user, evidence.heard)
    _deal(user, evidence.moves, scheduler)


class _Evidence(NamedTuple):
    """What counts, by topic: everything that was heard, and of that what moves a card."""

    heard: Heard
    moves: Heard


_READ = ("topic_id", "day", "score", "source")
# Most often one question is answered, and the learner waits.
_READ_ONE = Prepared(
    lambda: (
        Evidence.objects.filter(user=Param("user"), topic=Param("topic"), retracted_at=None)
        .order_by("day", "at")
        .values_list(*_READ)
    )
)


def _read(user: User, topics: Collection[uuid.UUID] | None) -> _Evidence:
    evidence = _Evidence(defaultdict(list), defaultdict(list))
    rows: Iterable[tuple[uuid.UUID, dt.date, int, str]]
    if topics is not None and len(topics) == 1:
        rows = _READ_ONE(user=user.pk, topic=next(iter(topics)))
    else:
        rows = evidence_of(user, topics).order_by("day", "at").values_list(*_READ)
    for topic, day, score, source in rows:
        item = memory.Score(day, score, source == Source.RATING)
        evidence.heard[topic].append(item)
        if source in MOVES_CARD:
            evidence.moves[topic].append(item)
    return evidence


def _forget(user: User, topics: Collection[uuid.UUID] | None, evidence: _Evidence) -> None:
    """Delete the rows of topics that have no evidence left."""
    memories = Memory.objects.filter(user=user)
    cards = Card.objects.filter(user=user)
    if topics is None:
        memories.exclude(topic__in=evidence.heard).delete()
        cards.exclude(topic__in=evidence.moves).delete()
        return
    if silent := set(topics) - set(evidence.heard):
        memories.filter(topic__in=silent).delete()
    if unmoved := set(topics) - set(evidence.moves):
        cards.filter(topic__in=unmoved).delete()


def _remember(user: User, heard: Heard) -> None:
    states = {topic: memory.replay(items) for topic, items in heard.items()}
    Memory.objects.bulk_create(
        [
            Memory(user=user, topic_id=topic, **_columns(state, MEMORY_FIELDS))
            for topic, state in states.items()
            if state is not None
        ],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["user", "topic"],
        update_fields=MEMORY_FIELDS,
    )


def _deal(user: User, moves: Heard, scheduler: Scheduler) -> list[Card]:
    """Write the cards, all but what they are put off until, and return them."""
    cards = {
        topic: schedulers.replay(scheduler, memory.days_of(items)) for topic, items in moves.items()
    }
    rows = [
        Card(user=user, topic_id=topic, **_columns(card, CARD_FIELDS))
        for topic, card in cards.items()
        if card is not None
    ]
    return Card.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["user", "topic"],
        update_fields=CARD_FIELDS,
    )


def _columns(state: object, names: Iterable[str]) -> Mapping[str, object]:
    return {name: getattr(state, name) for name in names}
