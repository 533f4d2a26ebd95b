"""Keeping topics of a finished assessment as proposals for the plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Protocol

from django.db import transaction

from apps.accounts.models import User
from apps.assessments.models import Assessment
from apps.mastery import record as mastery
from apps.plans.models import Proposal
from apps.plans.proposals import NewProposal, propose


class Gone(Exception):
    """The assessment was deleted, or opened again, in the meantime: it proposes nothing."""


class Asked(Protocol):
    """A topic of an assessment, as far as it matters here."""

    @property
    def owner(self) -> object: ...
    @property
    def in_scope(self) -> bool: ...
    @property
    def retired_at(self) -> dt.datetime | None: ...


def can_be_studied(topic: Asked) -> bool:
    """Return whether a topic may be proposed: it was not taken out of the library, and is in scope or
    the learner's own, which counts as soon as it is planned. Does not query."""
    return topic.retired_at is None and (topic.in_scope or topic.owner is not None)


@transaction.atomic
def keep(
    user: User,
    assessment: Assessment,
    items: Iterable[NewProposal],
    *,
    kind: str,
    at: dt.datetime,
    day: dt.date,
) -> list[Proposal]:
    """Propose these topics, and return what is open for them now. Raises Gone. Queries are constant
    in the number of items."""
    mastery.lock(user)
    held = Assessment.objects.filter(pk=assessment.pk, user=user, deleted_at=None)
    if not held.filter(finished_at__isnull=False).exists():
        raise Gone
    when = assessment.day
    return propose(
        user,
        items,
        kind=kind,
        source_id=assessment.pk,
        prompted_by=f"{assessment.title}, {when.day} {when:%B %Y}",
        at=at,
        day=day,
    )
