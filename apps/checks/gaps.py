"""Gaps that a knowledge check found: topics that scored less than 40 in it are proposed to be
studied, once it is finished. The proposals go with the check, and come again with it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import NamedTuple

from django.db.models import Q

from apps.accounts.models import User
from apps.checks.models import Check
from apps.mastery.bands import Band, band
from apps.mastery.record import evidence_of
from apps.mastery.rounding import half_up
from apps.plans.models import Proposal
from apps.plans.proposals import NewProposal, open_proposals, propose

MOST_TITLE = 200
_STUDY, _RELEARN = Proposal.Kind.STUDY, Proposal.Kind.RELEARN


class Found(NamedTuple):
    """A topic, its minutes, what its answers in a check come to, and how many they are."""

    topic: uuid.UUID
    title: str
    minutes: int
    score: int
    answers: int


def gaps_in(check: Check) -> tuple[list[Found], dt.date]:
    """Return the topics in scope that scored less than 40 in a check, the lowest first, and the
    last day it was answered on. One query."""
    rows = check.answers.exclude(score=None).filter(topic__retired_at=None, topic__in_scope=True)
    scores: dict[tuple[uuid.UUID, str, int], list[int]] = defaultdict(list)
    last = check.day
    for topic, title, minutes, score, day in rows.order_by("position").values_list(
        "topic_id", "topic__title", "topic__minutes", "score", "day"
    ):
        scores[topic, title, minutes].append(score or 0)
        last = max(last, day or last)
    found = [
        Found(*topic, half_up(Fraction(sum(each), len(each))), len(each))
        for topic, each in scores.items()
    ]
    gaps = [each for each in found if band(each.score) is Band.GAP]
    return sorted(gaps, key=lambda each: each.score), last


def propose_gaps(user: User, check: Check, *, at: dt.datetime, day: dt.date) -> None:
    """Propose to study the topics that scored less than 40 in a finished check, if nothing was said
    about them on a later day. Call it inside the transaction that finishes the check, or brings it
    back. Idempotent.

    A topic that is proposed already, or was dropped or placed as a proposal of this check, stays as
    it is. One query; up to six more where there is a gap, however many.
    """
    if check.kind == Check.Kind.REVIEWS:  # what fails again and again there is a leech
        return
    found, last = gaps_in(check)
    if not found:
        return
    topics = [each.topic for each in found]
    later = evidence_of(user, topics).filter(day__gt=last).values_list("topic_id", flat=True)
    settled = set(later)
    _keep_or_make(user, check, [each for each in found if each.topic not in settled], at, day)


def _keep_or_make(
    user: User, check: Check, found: Sequence[Found], at: dt.datetime, day: dt.date
) -> None:
    own, others = _held(user, check, [each.topic for each in found])
    kept, new = [], []
    for each in found:
        row = own.get(each.topic)
        if row is None and each.topic not in others:
            new.append(NewProposal(each.topic, each.minutes, 0, prompted_by=prompt_of(check, each)))
        elif row is not None and _may_wait(row, is_taken=each.topic in others):
            row.state, row.prompted_by = Proposal.State.OPEN, prompt_of(check, each)
            kept.append(row)
    if kept:
        Proposal.objects.bulk_update(kept, ["state", "prompted_by"])
    if new:
        propose(user, new, kind=_STUDY, source_id=check.pk, prompted_by="", at=at, day=day)


def _held(
    user: User, check: Check, topics: Collection[uuid.UUID]
) -> tuple[dict[uuid.UUID, Proposal], set[uuid.UUID]]:
    """The proposals of this check by topic, and the topics that others wait for. One query."""
    is_own = Q(source_id=check.pk, kind=_STUDY)
    waits = Q(state=Proposal.State.OPEN, kind__in=(_STUDY, _RELEARN))
    rows = list(Proposal.objects.filter(is_own | waits, user=user, topic__in=topics))
    own = {row.topic_id: row for row in rows if row.source_id == check.pk and row.kind == _STUDY}
    return own, {row.topic_id for row in rows if row is not own.get(row.topic_id)}


def _may_wait(row: Proposal, *, is_taken: bool) -> bool:
    """Whether a proposal is open, or was withdrawn, not dropped, and nothing has taken its place."""
    if row.state == Proposal.State.OPEN:
        return True
    return row.state == Proposal.State.DROPPED and row.decided_at is None and not is_taken


def prompt_of(check: Check, found: Found) -> str:
    """Return what prompted the proposal: "Knowledge check 21 Nov: ANOVA 25 %, 2 answers"."""
    answers = "1 answer" if found.answers == 1 else f"{found.answers} answers"
    title = found.title[:MOST_TITLE]
    when = f"{check.day.day} {check.day:%b}"
    return f"Knowledge check {when}: {title} {found.score} %, {answers}"


def waiting_of(user: User, check: Check) -> int:
    """Return how many proposals of a check wait to be placed. One query."""
    return open_proposals(user).filter(source_id=check.pk, kind=_STUDY).count()


def withdraw_gaps(user: User, check: Check) -> None:
    """Withdraw what is still open of a check that is deleted, or opened again: decided by nobody,
    it may come back with it. One query."""
    waiting = open_proposals(user).filter(source_id=check.pk, kind=_STUDY)
    waiting.update(state=Proposal.State.DROPPED)
