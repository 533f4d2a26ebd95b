"""Leeches: topics that fail again and again. Another question helps less than another look at the
source, so a failed answer proposes to relearn them. The proposal follows the learner's history: it
goes when what made the topic a leech is taken back, and comes again with it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from apps.accounts.models import User
from apps.accounts.prepared import Param, Prepared
from apps.library.models import Exercise, Reference, Topic
from apps.mastery.memory import Score, days_of
from apps.mastery.models import Card
from apps.mastery.record import MOVES_CARD, evidence_of
from apps.mastery.sm2 import FAILED, quality
from apps.plans.models import Proposal
from apps.plans.proposals import NewProposal, open_proposals, propose

LAPSES = 4
_RELEARN = Proposal.Kind.RELEARN


class Cause(NamedTuple):
    """What may propose to relearn a topic: answers of a day, `failed` the topics that failed by
    one; or, where that is None, a check that came back."""

    source_id: uuid.UUID
    at: dt.datetime
    day: dt.date
    failed: Collection[uuid.UUID] | None


def leeches(user: User) -> QuerySet[Card, Card]:
    """Return the cards that failed so often, of live topics in scope. Does not query yet."""
    return Card.objects.filter(
        user=user, lapses__gte=LAPSES, topic__retired_at=None, topic__in_scope=True
    )


def follow(user: User, topics: Collection[uuid.UUID], cause: Cause | None = None) -> None:
    """Let the proposals to relearn these topics follow their cards. Call it after every change of
    what moves these, inside its transaction.

    Of a topic that has not failed `LAPSES` times (any more) the open one is dropped; decided by
    nobody, it comes back when the topic has. For one that has, it stays, with what prompted it told
    anew; if there is none, a failed answer or a check that came back makes one. One that the learner
    dropped is made again only when the topic failed since. One query; up to seven more where there is
    a leech or a proposal, however many.
    """
    if not topics or not _is_touched(user, topics):
        return
    rows = leeches(user).filter(topic__in=topics)
    minutes = dict(rows.values_list("topic_id", "topic__minutes"))
    failing = Card.objects.filter(user=user, lapses__gte=LAPSES, topic=OuterRef("topic"))
    waiting = open_proposals(user).filter(kind=_RELEARN, topic__in=topics)
    waiting.exclude(Exists(failing)).update(state=Proposal.State.DROPPED)
    if minutes:
        _keep_or_make(user, minutes, cause)


def _touched(user: Any, topics: Q) -> QuerySet[Any, Any]:
    """Return the query of those among the topics that are leeches, or proposed as such."""
    many = Card.objects.filter(topics, user=user, lapses__gte=LAPSES)
    waiting = Proposal.objects.filter(
        topics, user=user, kind=_RELEARN, state=Proposal.State.OPEN
    ).order_by()
    rows: QuerySet[Any, Any] = many.values_list("topic_id")
    return rows.union(waiting.values_list("topic_id"))


# Most often one question is answered, and the learner waits.
_TOUCHED = Prepared(lambda: _touched(Param("user"), Q(topic=Param("topic"))))


def _is_touched(user: User, topics: Collection[uuid.UUID]) -> bool:
    if len(topics) == 1:
        return bool(_TOUCHED(user=user.pk, topic=next(iter(topics))))
    return bool(_touched(user, Q(topic__in=topics))[:1])


def _keep_or_make(user: User, minutes: Mapping[uuid.UUID, int], cause: Cause | None) -> None:
    rows = Proposal.objects.filter(user=user, kind=_RELEARN, topic__in=minutes).order_by("at", "pk")
    latest = {each.topic_id: each for each in rows}
    latest |= {each.topic_id: each for each in rows if each.state == Proposal.State.OPEN}
    failures = _failures(user, minutes)
    kept, new = [], []
    for topic in minutes:
        last, failed = latest.get(topic), failures[topic]
        if last is not None and last.state == Proposal.State.OPEN:
            kept.append(last)
        elif cause is not None and _has_failed(cause, topic, failed):
            new.append(NewProposal(topic, minutes[topic], 0))
        elif last is not None and last.state == Proposal.State.DROPPED and not last.decided_at:
            last.state = Proposal.State.OPEN
            kept.append(last)
        elif cause is not None and cause.failed is None and _may_come_again(last, failed):
            new.append(NewProposal(topic, minutes[topic], 0))
    if cause is not None:
        source, at, day, _ = cause
        kept += propose(user, new, kind=_RELEARN, source_id=source, prompted_by="", at=at, day=day)
    for each in kept:
        each.prompted_by = _prompt(failures[each.topic_id])
    if kept:
        Proposal.objects.bulk_update(kept, ["state", "prompted_by"])


class _Failure(NamedTuple):
    """A day on which a topic failed, and when that was said."""

    day: dt.date
    at: dt.datetime


def _failures(user: User, topics: Collection[uuid.UUID]) -> dict[uuid.UUID, list[_Failure]]:
    """Return the days on which the topics failed, the last one last. One query."""
    heard: dict[uuid.UUID, list[Score]] = defaultdict(list)
    said: dict[tuple[uuid.UUID, dt.date], dt.datetime] = {}
    rows = evidence_of(user, topics).filter(source__in=MOVES_CARD).order_by("day", "at")
    for topic, day, score, at in rows.values_list("topic_id", "day", "score", "at"):
        heard[topic].append(Score(day, score, is_rating=False))
        said[topic, day] = at
    return {
        topic: [
            _Failure(each.day, said[topic, each.day])
            for each in days_of(heard[topic])
            if quality(each.mean) == FAILED
        ]
        for topic in topics
    }


def _has_failed(cause: Cause, topic: uuid.UUID, failures: Sequence[_Failure]) -> bool:
    """Whether an answer failed the topic, and the day with it."""
    return topic in (cause.failed or ()) and any(each.day == cause.day for each in failures)


def _may_come_again(last: Proposal | None, failures: Sequence[_Failure]) -> bool:
    """Whether a check that came back may propose the topic: not one that is in the plan, and one
    that the learner dropped only when it failed since."""
    if last is None:
        return True
    dropped_at = last.decided_at if last.state == Proposal.State.DROPPED else None
    return dropped_at is not None and any(each.at > dropped_at for each in failures)


def _prompt(failures: Sequence[_Failure]) -> str:
    last = failures[-1].day
    return f"Failed {len(failures)} times, last on {last.day} {last:%b}"


def topics_with_resources(user: User, topics: Collection[uuid.UUID]) -> dict[uuid.UUID, Topic]:
    """Return these topics with what there is to learn them from: `references`, `exercises`,
    `prerequisites`, and in `relearn` the proposals to do so, the latest first. Five queries; none for no
    topics."""
    if not topics:
        return {}
    shown = ("collection", "slug", "title", "position")
    pages: Any = Reference.objects.visible_to(user).live().only(*shown, "owner")
    before: Any = Topic.objects.visible_to(user).live().only(*shown, "owner")
    rows = (
        Topic.objects.visible_to(user)
        .filter(pk__in=topics)
        .only(*shown, "owner", "minutes")
        .prefetch_related(
            Prefetch(
                "references", pages.order_by(F("owner").asc(nulls_first=True), "position", "slug")
            ),
            Prefetch(
                "exercises",
                Exercise.objects.filter(retired_at=None).only(*shown, "minutes"),
            ),
            Prefetch("prerequisites", before.order_by("position", "slug")),
            Prefetch(
                "proposals",
                Proposal.objects.filter(user=user, kind=Proposal.Kind.RELEARN).order_by("-at"),
                to_attr="relearn",
            ),
        )
    )
    return {topic.pk: topic for topic in rows}
