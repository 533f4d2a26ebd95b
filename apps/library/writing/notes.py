"""Stars and notes on topics."""

from __future__ import annotations

from django.db import transaction

from apps.accounts.models import User
from apps.library.models import Star, Topic, TopicNote
from apps.library.own import put_entry, remove_entry
from apps.library.writing.base import KIND, Changed, lock, rendered


@transaction.atomic
def set_star(user: User, topic: Topic, *, starred: bool) -> None:
    """Star a topic, or take the star off. Idempotent."""
    if starred:
        Star.objects.get_or_create(user=user, topic=topic)
    else:
        Star.objects.filter(user=user, topic=topic).delete()


def save_note(user: User, topic: Topic, text: str, version: int) -> TopicNote:
    """Store what the learner wrote about a topic, given the version they were shown (0: none).

    The topic comes with its area. The same text again changes nothing. A note that is emptied
    keeps what it held as `former`. Raises Changed.
    """
    made = rendered(text)
    with transaction.atomic():
        lock(user)
        note = TopicNote.objects.filter(user=user, topic=topic).first()
        note = note or TopicNote(user=user, topic=topic, version=0)
        if text == note.text:
            return note
        if version != note.version:
            raise Changed(note)
        note.former = "" if text else note.text
        _put(note, topic, text, made)
    return note


def restore_note(user: User, topic: Topic) -> TopicNote | None:
    """Put back what an emptied note held, and return the note; None if there never was anything.

    A note that was written anew since stays as it is: its `former` is empty then. Idempotent.
    """
    with transaction.atomic():
        lock(user)
        note = TopicNote.objects.filter(user=user, topic=topic).first()
        if note is None or not (note.text or note.former):
            return None
        if not note.text:
            _put(note, topic, note.former, rendered(note.former))
    return note


def _put(note: TopicNote, topic: Topic, text: str, made: str) -> None:
    note.text, note.html, note.version = text, made, note.version + 1
    note.save()
    enter_note(note, topic)


def enter_note(note: TopicNote, topic: Topic) -> None:
    if not note.text:
        remove_entry(KIND.NOTE, note.pk)
        return
    put_entry(note.user, KIND.NOTE, note.pk, **entry_of_note(note, topic))


def entry_of_note(note: TopicNote, topic: Topic) -> dict[str, str]:
    """Return what the search says of a note; the topic comes with its area. Does not query."""
    return {
        "title": topic.title,
        "address": f"{topic.get_absolute_url()}#note",
        "text": note.text,
        "place": topic.area.title,
    }
