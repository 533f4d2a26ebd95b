"""“I know this”: a learner's own word for a topic, as a self-rating of 100, once a day."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from apps.accounts.models import User
from apps.mastery.models import Evidence, Source
from apps.mastery.record import lock, record, restore, retract

KNOWN = 100


def claim_id(user: User, topic: uuid.UUID, day: dt.date) -> uuid.UUID:
    """Return the source of that day's claim: the same each time. Does not query."""
    return uuid.uuid5(topic, f"{user.pk} {day.isoformat()}")


def is_claim(source_id: uuid.UUID) -> bool:
    """Whether evidence comes from a claim: sittings of an assessment have random ids."""
    return source_id.version == 5


@transaction.atomic
def claim(user: User, topic: uuid.UUID, *, at: dt.datetime, day: dt.date) -> None:
    """Write that the learner knows the topic. Idempotent within a day; a claim that was taken
    back counts again. Pass only a topic the learner may see."""
    source = claim_id(user, topic, day)
    lock(user)
    if Evidence.objects.filter(user=user, source_id=source).exists():
        restore(user, source)
    else:
        record(user, [(topic, KNOWN)], source=Source.RATING, source_id=source, at=at, day=day)


def unclaim(user: User, topic: uuid.UUID, day: dt.date) -> int:
    """Take that day's claim back; return how many pieces of evidence that were. Idempotent."""
    return retract(user, claim_id(user, topic, day))
