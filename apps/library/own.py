"""What a learner writes becomes findable: entries of the search for own things.

Called in the transaction that stores the thing itself.
"""

from __future__ import annotations

import uuid
from typing import Any

from apps.accounts.models import User
from apps.library.models import SearchEntry
from apps.library.render import render_note
from apps.library.search_text import fold, fold_entry, plain_text

MOST_TITLE = 300
MOST_TEXT = 20_000


def put_entry(
    user: User,
    kind: SearchEntry.Kind,
    key: uuid.UUID,
    *,
    title: str,
    address: str,
    text: str,
    place: str = "",
) -> None:
    """Make one of the learner's own things findable, or what is found of it up to date.

    `text` is plain text or Markdown; of a very long one the beginning is kept. Two queries.
    """
    SearchEntry.objects.update_or_create(
        kind=kind, key=str(key), defaults=_said(user, kind, title, address, text, place)
    )


def new_entry(
    user: User,
    kind: SearchEntry.Kind,
    key: uuid.UUID,
    *,
    title: str,
    address: str,
    text: str = "",
    place: str = "",
) -> SearchEntry:
    """Return the entry of a new thing, to be stored with others. Does not query."""
    return SearchEntry(kind=kind, key=str(key), **_said(user, kind, title, address, text, place))


def _said(
    user: User, kind: SearchEntry.Kind, title: str, address: str, text: str, place: str
) -> dict[str, Any]:
    said = plain_text(render_note(text[:MOST_TEXT])) if text else ""
    return {
        "owner": user,
        "collection": "",
        "place": place[:200],
        "address": address,
        "title": title[:MOST_TITLE],
        "title_plain": fold(title)[:MOST_TITLE],
        "text": said,
        "text_plain": fold_entry(title, said, kind.label),
    }


def rename_entry(kind: SearchEntry.Kind, key: uuid.UUID, title: str) -> None:
    """Have it found under another title, if it is found at all. One query."""
    SearchEntry.objects.filter(kind=kind, key=str(key)).update(
        title=title[:MOST_TITLE], title_plain=fold(title)[:MOST_TITLE]
    )


def remove_entry(kind: SearchEntry.Kind, key: uuid.UUID) -> None:
    """Have it found no more. One query."""
    SearchEntry.objects.filter(kind=kind, key=str(key)).delete()
