"""What assessments and reviews propose for the plan. It waits here until it is placed in dates or
dropped; at most one of a kind waits for a topic."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from apps.accounts.models import User
from apps.plans.models import Proposal

MOST_PROMPT = 300  # characters that `prompted_by` holds
MOST_NUMBER = 32_767  # what a small number holds
BATCH = 500


class NewProposal(NamedTuple):
    """One topic to propose: minutes it takes (or saves), its place in the list, and the question
    that prompted it, if one did; `prompted_by` where it differs from that of the others."""

    topic_id: uuid.UUID
    minutes: int
    rank: int
    question_id: uuid.UUID | None = None
    prompted_by: str = ""


def propose(
    user: User,
    items: Iterable[NewProposal],
    *,
    kind: str,
    source_id: uuid.UUID,
    prompted_by: str,
    at: dt.datetime,
    day: dt.date,
) -> list[Proposal]:
    """Propose these topics, and return what is open for them now, by rank.

    A topic that has an open proposal of that kind keeps it as it is, whatever its source. Pass only
    topics and questions the learner may see. Queries are constant in the number of items.
    """
    wanted = {item.topic_id: item for item in reversed(list(items))}
    if not wanted:
        return []
    made = [
        Proposal(
            user=user,
            topic_id=item.topic_id,
            kind=Proposal.Kind(kind),
            rank=_small(item.rank),
            minutes=_small(item.minutes),
            source_id=source_id,
            prompted_by=(item.prompted_by or prompted_by)[:MOST_PROMPT],
            question_id=item.question_id,
            at=at,
            day=day,
        )
        for item in sorted(wanted.values(), key=lambda item: item.rank)
    ]
    with transaction.atomic():
        Proposal.objects.bulk_create(made, batch_size=BATCH, ignore_conflicts=True)
        return list(open_proposals(user).filter(kind=kind, topic__in=list(wanted)))


def _small(number: int) -> int:
    return min(max(number, 0), MOST_NUMBER)


def open_proposals(user: User) -> QuerySet[Proposal, Proposal]:
    """Return what is proposed and neither placed nor dropped, by rank. Does not query yet."""
    return Proposal.objects.filter(user=user, state=Proposal.State.OPEN).order_by(
        "rank", "at", "pk"
    )


def withdraw_of(user: User, source_id: uuid.UUID) -> int:
    """Drop what is still open of that source; return how many. Idempotent, one query."""
    return open_proposals(user).filter(source_id=source_id).update(**_dropped())


def drop(user: User, proposal_id: uuid.UUID) -> bool:
    """Drop one open proposal; False if it is not open, or not the learner's. One query."""
    return bool(open_proposals(user).filter(pk=proposal_id).update(**_dropped()))


def take_back_drop(user: User, proposal_id: uuid.UUID) -> bool:
    """Open a dropped proposal again; False if it is not dropped, not the learner's, or another
    open one has taken its place. One query."""
    dropped = Proposal.objects.filter(user=user, pk=proposal_id, state=Proposal.State.DROPPED)
    try:
        with transaction.atomic():
            return bool(dropped.update(state=Proposal.State.OPEN, decided_at=None))
    except IntegrityError:
        return False


def bring_back_of(user: User, source_id: uuid.UUID, since: dt.datetime) -> int:
    """Open again what was dropped of that source since that moment, unless another proposal of the
    kind waits for the topic by now; return how many. Idempotent, one query."""
    dropped = Proposal.objects.filter(
        user=user, source_id=source_id, state=Proposal.State.DROPPED, decided_at__gte=since
    )
    return _reopen(user, dropped)


def drop_all(user: User, proposals: Iterable[uuid.UUID], at: dt.datetime) -> int:
    """Drop those of these that are open, all at that moment; return how many. Idempotent, one
    query."""
    return open_proposals(user).filter(pk__in=list(proposals)).update(**_dropped(at))


def take_back_drop_of(user: User, at: dt.datetime) -> int:
    """Open again what was dropped at that moment, unless another proposal of the kind waits for the
    topic by now; return how many. Idempotent, one query."""
    dropped = Proposal.objects.filter(user=user, state=Proposal.State.DROPPED, decided_at=at)
    try:
        with transaction.atomic():
            return _reopen(user, dropped)
    except IntegrityError:  # another tab proposed one of them in between
        return _reopen(user, dropped)


def _reopen(user: User, dropped: QuerySet[Proposal, Proposal]) -> int:
    waiting = open_proposals(user).filter(topic=OuterRef("topic"), kind=OuterRef("kind"))
    return dropped.exclude(Exists(waiting)).update(state=Proposal.State.OPEN, decided_at=None)


def _dropped(at: dt.datetime | None = None) -> dict[str, object]:
    return {"state": Proposal.State.DROPPED, "decided_at": at or timezone.now()}
