"""Topics of a learner's own."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.models import LEVEL_RANK, User
from apps.library.models import Question, SearchEntry, Topic, TopicNote
from apps.library.own import new_entry, put_entry, remove_entry
from apps.library.writing.base import (
    KIND,
    Foreign,
    digest_of,
    lock,
    refuse_if_changed,
    rendered,
    slug_base,
    store_new,
)
from apps.library.writing.notes import enter_note
from apps.library.writing.questions import enter_question

BATCH = 500


def digest_of_topic(topic: Topic) -> str:
    """Return what tells whether an own topic was changed. Does not query."""
    return digest_of(
        *(topic.title, topic.area_id, topic.category, topic.level_rank, topic.minutes),
        *(topic.summary, topic.body),
    )


WRITTEN = (
    *("title", "area", "category", "level_rank", "levels", "minutes", "summary"),
    *("body", "body_html", "digest", "retired_at"),
)


def _fill_topic(topic: Topic) -> None:
    """Set what follows from what was typed: it is asked at its level and above."""
    topic.levels = [level.value for level, rank in LEVEL_RANK.items() if rank >= topic.level_rank]
    topic.body_html = rendered(topic.body)
    topic.digest = digest_of_topic(topic)


def add_topic(user: User, topic: Topic) -> Topic:
    """Store a new own topic and return it; the same id again returns what it made.

    Raises Foreign when the id is taken by somebody else's.
    """
    _fill_topic(topic)
    with transaction.atomic():
        made = store_new(user, topic, topic.title, "topic")
        if made is None:
            _enter_topic(topic)
    return made or topic


def add_topics(user: User, topics: Sequence[Topic]) -> None:
    """Store new own topics, each with its area and without a text; ids that were stored before
    are passed over. Queries are constant in their number. Raises Foreign when an id is taken by
    somebody else's."""
    with transaction.atomic():
        lock(user)
        owners = dict(
            Topic.objects.filter(pk__in=[topic.pk for topic in topics]).values_list("pk", "owner")
        )
        if set(owners.values()) - {user.pk}:
            raise Foreign
        seen = Topic.objects.visible_to(user).order_by()
        used = set(seen.values_list("slug", flat=True))
        new = [topic for topic in topics if topic.pk not in owners]
        last: dict[str, int] = {}
        for topic in new:
            slug = base = slug_base(topic.title, "topic")
            while slug in used:
                last[base] = last.get(base, 1) + 1
                slug = f"{base}-{last[base]}"
            used.add(slug)
            topic.owner, topic.collection, topic.slug = user, "", slug
            _fill_topic(topic)
        Topic.objects.bulk_create(new, batch_size=BATCH)
        SearchEntry.objects.bulk_create(
            [
                new_entry(
                    user,
                    KIND.TOPIC,
                    topic.pk,
                    title=topic.title,
                    address=topic.get_absolute_url(),
                    place=topic.area.title,
                )
                for topic in new
            ],
            batch_size=BATCH,
        )


def edit_topic(topic: Topic, seen: str, *, bring_back: bool = False) -> None:
    """Store the changes of an own topic, given the digest it had; a deleted one comes back, with
    its own questions, if `bring_back` says so. Raises Changed."""
    user = topic.owner
    assert user is not None
    _fill_topic(topic)
    with transaction.atomic():
        lock(user)
        stored = Topic.objects.select_related("area").get(pk=topic.pk)
        differs = digest_of_topic(stored) not in (seen, topic.digest)
        refuse_if_changed(stored, differs=differs, bring_back=bring_back)
        topic.retired_at = None
        topic.save(update_fields=WRITTEN)
        _enter_topic(topic)
        note = TopicNote.objects.filter(user=user, topic=topic).first()
        if note is not None:
            enter_note(note, topic)
        if stored.retired_at is not None:
            _enter_questions(topic)
        _entries_of_questions(topic).update(place=topic.title[:200])


def set_scope(user: User, topic: Topic, *, in_scope: bool) -> None:
    """Count an own topic, or leave it outside: of readiness and of reviews. Curated ones always
    count. Idempotent; one query, none where nothing changes."""
    if topic.owner_id == user.pk and topic.in_scope != in_scope:
        Topic.objects.filter(pk=topic.pk).update(in_scope=in_scope)
        topic.in_scope = in_scope


@transaction.atomic
def retire_topic(topic: Topic) -> None:
    """Take an own topic out of the library; its page and what hangs on it stay. Idempotent."""
    Topic.objects.filter(pk=topic.pk, retired_at=None).update(retired_at=timezone.now())
    remove_entry(KIND.TOPIC, topic.pk)
    _entries_of_questions(topic).delete()


@transaction.atomic
def restore_topic(topic: Topic) -> None:
    """Bring an own topic back, with its own questions. Idempotent."""
    Topic.objects.filter(pk=topic.pk).update(retired_at=None)
    _enter_topic(topic)
    _enter_questions(topic)


def _enter_questions(topic: Topic) -> None:
    for question in _questions_of(topic).filter(retired_at=None).select_related("topic", "owner"):
        enter_question(question)


def _questions_of(topic: Topic) -> QuerySet[Question]:
    return Question.objects.filter(topic=topic, owner=topic.owner_id)


def _entries_of_questions(topic: Topic) -> QuerySet[SearchEntry]:
    keys = [str(pk) for pk in _questions_of(topic).values_list("pk", flat=True)]
    return SearchEntry.objects.filter(owner=topic.owner_id, kind=KIND.QUESTION, key__in=keys)


def _enter_topic(topic: Topic) -> None:
    assert topic.owner is not None
    put_entry(topic.owner, KIND.TOPIC, topic.pk, **entry_of_topic(topic))


def entry_of_topic(topic: Topic) -> dict[str, str]:
    """Return what the search says of an own topic, which comes with its area. Does not query."""
    return {
        "title": topic.title,
        "address": topic.get_absolute_url(),
        "text": f"{topic.summary}\n{topic.body}".strip(),
        "place": topic.area.title,
    }
