"""What the pages that start a coverage check have in common: one form starts one sitting."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from apps.accounts.clock import local_day
from apps.accounts.http import LearnerRequest, see_other
from apps.assessments import coverage
from apps.assessments.coverage import Begun
from apps.assessments.models import Assessment
from apps.assessments.starting import Another
from apps.library.models.topics import TopicQuerySet
from apps.plans.keyed import with_key

OPEN = "This check is open already. Finish it, or leave it and start another."
DONE = "This check is finished. Below is its result."
DELETED = "What this form started was deleted since. Send it again to start anew."


def sent_before(request: LearnerRequest, key: uuid.UUID) -> HttpResponse | None:
    """Return the way to what a form with this key started, or to a new form where that was
    deleted; None when it started nothing."""
    found = Assessment.objects.filter(pk=key, user=request.user).first()
    if found is None:
        return None
    if found.deleted_at is not None:
        return with_key(request)
    messages.info(request, OPEN if found.finished_at is None else DONE)
    return redirect("assessments:detail", key)


def begin(
    request: LearnerRequest,
    form: forms.Form,
    key: uuid.UUID,
    begun: Begun,
    topics: TopicQuerySet,
    another: str,
    origin: Assessment.Origin = Assessment.Origin.SITTING,
) -> HttpResponse | None:
    """Open the sitting and return the way to it. None when the key started something else: the
    form then says so, with the words of `another`. Raises Http404 for a stranger's key."""
    now = timezone.now()
    day = local_day(request.user, now)
    try:
        coverage.start(request.user, key, begun, topics, at=now, day=day, origin=origin)
    except Assessment.DoesNotExist:
        raise Http404("That assessment belongs to somebody else.") from None
    except Another as why:
        form.add_error(None, DELETED if why.is_deleted else another)
        return None
    return see_other(reverse("assessments:rate", args=[key]))
