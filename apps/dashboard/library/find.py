"""From an address to what it names: ours by slug, another collection's with its name, own by id.

A view redirects to `get_absolute_url()` when it was asked for by another address.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.db.models import Exists, Prefetch, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from apps.accounts.models import User
from apps.assessments.models import Rating, Response
from apps.checks.models import Answer
from apps.library.models import (
    OURS,
    Alias,
    Area,
    Curated,
    Exercise,
    ProjectIdea,
    Question,
    Reference,
    Roadmap,
    Star,
    Topic,
    TopicNote,
)
from apps.mastery.models import Evidence
from apps.plans.models import Plan, Proposal, Task

Item = TypeVar("Item", bound=Curated)
Readable = Callable[[Any], bool]
KINDS: dict[type[Curated], Alias.Kind] = {
    Area: Alias.Kind.AREA,
    Topic: Alias.Kind.TOPIC,
    Question: Alias.Kind.QUESTION,
    Exercise: Alias.Kind.EXERCISE,
    ProjectIdea: Alias.Kind.PROJECT,
    Reference: Alias.Kind.REFERENCE,
    Roadmap: Alias.Kind.ROADMAP,
}


def is_live(item: Curated) -> bool:
    """Whether an item is not retired."""
    return item.retired_at is None


def is_live_or_own(item: Any) -> bool:
    """Whether an item is not retired, or the learner's own: they may bring it back."""
    return item.retired_at is None or item.owner_id is not None


def find(
    rows: QuerySet[Any],
    readable: Readable = is_live,
    *,
    slug: str = "",
    collection: str = "",
    pk: uuid.UUID | None = None,
) -> Any:
    """Return the item an address names, among rows the learner may see; 404 without one.

    A slug alone is ours, else the learner's own, else an old one of ours, else of another
    collection. One query, two or three for old slugs.
    """
    if pk is not None:
        found = [row for row in rows.filter(pk=pk) if readable(row)]
    elif collection:
        found = _curated(rows, readable, collection, slug)
    else:
        found = _by_slug(rows, readable, slug)
    if not found:
        raise Http404("There is no such thing in the library.")
    return found[0]


def _by_slug(rows: QuerySet[Any], readable: Readable, slug: str) -> list[Any]:
    same = [row for row in rows.filter(slug=slug) if readable(row)]
    known = sorted((row for row in same if _rank(row) < 2), key=_rank)
    if known:
        return known[:1]
    return _renamed(rows, readable, OURS, slug) or sorted(same, key=lambda row: row.collection)


def _rank(row: Any) -> int:
    if getattr(row, "owner_id", None) is not None:
        return 1
    return 0 if row.collection == OURS else 2


def _curated(rows: QuerySet[Any], readable: Readable, collection: str, slug: str) -> list[Any]:
    named = rows.filter(collection=collection, slug=slug)
    if any(field.name == "owner" for field in rows.model._meta.fields):
        named = named.filter(owner=None)
    return [row for row in named if readable(row)] or _renamed(rows, readable, collection, slug)


def _renamed(rows: QuerySet[Any], readable: Readable, collection: str, slug: str) -> list[Any]:
    alias = Alias.objects.filter(collection=collection, kind=KINDS[rows.model], slug=slug).first()
    if alias is None or alias.target_slug == slug:
        return []
    now = rows.filter(collection=collection, slug=alias.target_slug)
    return [row for row in now if readable(row)]


def readable_topic(user: User) -> Readable:
    """Return whether the learner may read a topic: a live one, an own one, or a retired one that
    they have records of. Queries once for a retired one."""

    def readable(topic: Topic) -> bool:
        return is_live_or_own(topic) or has_records(user, topic)

    return readable


# A question that was left open when its sitting was finished is nothing that was said.
LEFT_OPEN: dict[type[Any], Q] = {
    Answer: Q(score=None, check_taken__finished_at__isnull=False),
    Rating: Q(value="", assessment__finished_at__isnull=False),
    Response: Q(score=None, assessment__finished_at__isnull=False),
}


def _asked(user: User, **of: Any) -> tuple[QuerySet[Any], ...]:
    """The learner's answers, responses and proposals of a topic or a question."""
    return (
        Answer.objects.filter(check_taken__user=user, **of).exclude(LEFT_OPEN[Answer]),
        Response.objects.filter(assessment__user=user, **of).exclude(LEFT_OPEN[Response]),
        Proposal.objects.filter(user=user, **of),
    )


def _any_of(hanging: Iterable[QuerySet[Any]]) -> Q:
    found = Q()
    for rows in hanging:
        found |= Q(Exists(rows))
    return found


def has_records(user: User, topic: Topic) -> bool:
    """Whether anything of the learner hangs on the topic. One query."""
    hanging: tuple[QuerySet[Any], ...] = (
        Evidence.objects.filter(user=user, topic=topic),
        Task.objects.filter(plan__owner=user, topics=topic),
        TopicNote.objects.filter(user=user, topic=topic).exclude(text=""),
        Star.objects.filter(user=user, topic=topic),
        *_asked(user, topic=topic),
        Rating.objects.filter(assessment__user=user, topic=topic).exclude(LEFT_OPEN[Rating]),
        Question.objects.filter(owner=user, topic=topic),
    )
    return Topic.objects.filter(_any_of(hanging), pk=topic.pk).exists()


def readable_question(user: User) -> Readable:
    """Return whether the learner may read a question: a live one, an own one, or a retired one that
    they were asked. Queries once for a retired one."""

    def readable(question: Question) -> bool:
        if is_live_or_own(question):
            return True
        asked = _any_of(_asked(user, question=question))
        return Question.objects.filter(asked, pk=question.pk).exists()

    return readable


def readable_roadmap(user: User) -> Readable:
    """Return whether the learner may read a roadmap: a live one, or one of their plans'."""

    def readable(roadmap: Roadmap) -> bool:
        return is_live(roadmap) or Plan.objects.filter(owner=user, roadmap=roadmap).exists()

    return readable


def shown_topics(user: User) -> Prefetch[str]:
    """Return what fetches the topics of items that the learner may open, as `shown_topics`."""
    rows = Topic.objects.visible_to(user).live().order_by("title")
    return Prefetch(
        "topics", rows.only("collection", "slug", "title", "owner"), to_attr="shown_topics"
    )


def seen_topic(user: User, pk: uuid.UUID) -> Topic:
    """Return a topic the learner may read, with its area; 404 without one. One query."""
    topics = Topic.objects.visible_to(user).select_related("area", "owner")
    topic: Topic = find(topics, readable_topic(user), pk=pk)
    return topic


def own_topic(user: User, pk: uuid.UUID) -> Topic:
    """Return one of the learner's own topics, retired ones too. One query."""
    return get_object_or_404(Topic.objects.select_related("area", "owner"), pk=pk, owner=user)


def own_question(user: User, pk: uuid.UUID) -> Question:
    """Return one of the learner's own questions, with its topic, deleted ones too. One query."""
    rows = Question.objects.select_related("topic__area", "owner")
    return get_object_or_404(rows, pk=pk, owner=user)


def own_page(user: User, pk: uuid.UUID) -> Reference:
    """Return one of the learner's own pages, deleted ones too. One query."""
    return get_object_or_404(Reference.objects.select_related("owner"), pk=pk, owner=user)
