"""Reference pages of a learner's own."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.library.models import Reference, Topic
from apps.library.own import put_entry, remove_entry
from apps.library.render import render_page
from apps.library.writing.base import KIND, lock, refuse_if_changed, store_new

WRITTEN = (
    *("title", "day", "body", "body_html", "contents", "version", "updated_at", "retired_at"),
)


def _fill_page(page: Reference) -> None:
    made = render_page(page.body, note=True)
    page.body_html, page.contents = made.html, made.contents


def add_page(user: User, page: Reference, topics: Collection[uuid.UUID]) -> Reference:
    """Store a new own page and return it; the same id again returns what it made.

    Raises Foreign when the id is taken by somebody else's.
    """
    _fill_page(page)
    with transaction.atomic():
        made = store_new(user, page, page.title, "page")
        if made is None:
            page.topics.set(Topic.objects.filter(pk__in=topics))
            _enter_page(page)
    return made or page


def edit_page(
    page: Reference, topics: Collection[uuid.UUID], version: int, *, bring_back: bool = False
) -> None:
    """Store the changes of an own page, given the version the learner was shown; a deleted one
    comes back if `bring_back` says so. What is stored already is no change. Raises Changed."""
    assert page.owner is not None
    _fill_page(page)
    with transaction.atomic():
        lock(page.owner)
        stored = Reference.objects.get(pk=page.pk)
        is_same = _is_same(page, stored, topics)
        differs = stored.version != version and not is_same
        refuse_if_changed(stored, differs=differs, bring_back=bring_back)
        if is_same and stored.retired_at is None:
            return
        page.version, page.retired_at = stored.version + 1, None
        page.save(update_fields=WRITTEN)
        page.topics.set(Topic.objects.filter(pk__in=topics))
        _enter_page(page)


def _is_same(page: Reference, stored: Reference, topics: Collection[uuid.UUID]) -> bool:
    one, other = ((each.title, each.day, each.body) for each in (page, stored))
    return one == other and set(topics) == set(stored.topics.values_list("pk", flat=True))


@transaction.atomic
def retire_page(page: Reference) -> None:
    """Delete an own page, so that it can be brought back. Idempotent."""
    Reference.objects.filter(pk=page.pk, retired_at=None).update(retired_at=timezone.now())
    remove_entry(KIND.REFERENCE, page.pk)


@transaction.atomic
def restore_page(page: Reference) -> None:
    """Bring an own page back. Idempotent."""
    Reference.objects.filter(pk=page.pk).update(retired_at=None)
    _enter_page(page)


def _enter_page(page: Reference) -> None:
    assert page.owner is not None
    put_entry(page.owner, KIND.REFERENCE, page.pk, **entry_of_page(page))


def entry_of_page(page: Reference) -> dict[str, str]:
    """Return what the search says of an own page. Does not query."""
    return {
        "title": page.title,
        "address": page.get_absolute_url(),
        "text": page.body,
        "place": f"{page.day.day} {page.day:%B %Y}" if page.day else "Your page",
    }
