"""An emptied note, put back."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.accounts.http import LearnerRequest, safe_next, see_other
from apps.dashboard.library.find import seen_topic
from apps.library.models import TopicNote
from apps.library.writing.notes import restore_note


def tell_saved(request: LearnerRequest, note: TopicNote) -> None:
    """Say that a note is saved; one that is emptied offers Undo. Does not query."""
    if note.text or not note.former:
        messages.success(request, "Note saved." if note.text else "The note is empty.")
        return
    undo = reverse("dashboard:library_restore_note", args=[note.topic_id])
    messages.success(request, "The note is empty now.", extra_tags=f"undo-at:{undo}")


@require_POST
def restore(request: LearnerRequest, pk: uuid.UUID) -> HttpResponse:
    """Put back what an emptied note held; one that was written anew since stays."""
    found = seen_topic(request.user, pk)
    note = restore_note(request.user, found)
    if note is None:
        raise Http404("There was no note.")
    is_back = note.text == note.former
    said = "Your note is back." if is_back else "The note was written anew since; it stays."
    messages.success(request, said)
    return see_other(safe_next(request, f"{found.get_absolute_url()}#note"))
