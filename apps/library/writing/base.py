"""What the writers of own things share."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db.models import QuerySet
from django.utils.text import slugify

from apps.accounts.models import User
from apps.library.models import SearchEntry
from apps.library.render import render_note

MOST_SLUG = 90  # leaves room for a number at its end
KIND = SearchEntry.Kind


class Changed(Exception):
    """It was changed or deleted elsewhere since the form was opened; `stored` is what is there,
    `differs` is False when it was deleted only."""

    def __init__(self, stored: Any, *, differs: bool = True) -> None:
        super().__init__(stored)
        self.stored = stored
        self.differs = differs


class Foreign(Exception):
    """The id that was sent is taken by somebody else's."""


def lock(user: User) -> None:
    """Wait for the learner's row, so that two tabs come one after the other."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)


def refuse_if_changed(stored: Any, *, differs: bool, bring_back: bool) -> None:
    """Raise Changed when the stored row differs from what the form showed, or was deleted since
    and the learner did not say that they bring it back. Does not query."""
    if differs or (stored.retired_at is not None and not bring_back):
        raise Changed(stored, differs=differs)


def rendered(text: str) -> str:
    """Return a learner's Markdown as HTML."""
    return render_note(text) if text else ""


def digest_of(*texts: object) -> str:
    """Return what tells whether own content was changed since a form showed it."""
    return hashlib.sha256("\x00".join(str(text) for text in texts).encode()).hexdigest()


def free_slug(words: str, taken: QuerySet[Any], fallback: str) -> str:
    """Return the words as a slug that none of the rows has. One query."""
    base = slug_base(words, fallback)
    used = set(taken.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in used:
        return base
    return next(slug for n in range(2, len(used) + 3) if (slug := f"{base}-{n}") not in used)


def slug_base(words: str, fallback: str) -> str:
    """Return the words as a slug, with room for a number at its end. Does not query."""
    return slugify(words)[:MOST_SLUG].strip("-_") or fallback


def store_new(user: User, row: Any, words: str, fallback: str) -> Any | None:
    """Store a new own row, under a slug of its words, and return None; where its id was sent
    before, return what that made. In a transaction. Raises Foreign when the id is somebody else's.
    """
    rows = type(row)._default_manager
    lock(user)
    made = rows.filter(pk=row.pk).first()
    if made is not None:
        if made.owner_id != user.pk:
            raise Foreign
        return made
    row.owner, row.collection = user, ""
    row.slug = free_slug(words, rows.visible_to(user), fallback)
    row.save(force_insert=True)
    return None
