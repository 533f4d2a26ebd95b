"""Topics of the learner's own: new, edited, deleted, brought back."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.http import LearnerRequest, safe_next, see_other
from apps.accounts.models import LEVEL_RANK, Level
from apps.dashboard.library.find import own_topic
from apps.dashboard.library.forms import OwnTopicForm
from apps.library.keys import split_area_key
from apps.library.models import Area, Topic
from apps.library.writing.base import Changed, Foreign
from apps.library.writing.topics import (
    add_topic,
    digest_of_topic,
    edit_topic,
    restore_topic,
    retire_topic,
    set_scope,
)
from apps.plans.keyed import key_of, with_key

LEVEL_OF = {rank: level for level, rank in LEVEL_RANK.items()}


@require_http_methods(["GET", "HEAD", "POST"])
def new_topic(request: LearnerRequest) -> HttpResponse:
    """A topic of the learner's own; `?area=` chooses its area. One that was made from this form
    already is changed instead."""
    key = key_of(request)
    if key and Topic.objects.filter(pk=key, owner=request.user).exists():
        return change_topic(request, key) if request.POST else _to_change(key)
    if request.method != "POST":
        if key is None:
            return with_key(request)
        collection, slug = split_area_key(request.GET.get("area", ""))
        area = Area.objects.filter(collection=collection, slug=slug).first()
        start = {"key": key, "area": area, "level": Level.MID, "minutes": 30}
        return _form(request, OwnTopicForm(initial=start, user=request.user), 200)
    form = OwnTopicForm(request.POST, user=request.user)
    if not form.is_valid():
        return _form(request, form, 422)
    form.instance.pk = form.cleaned_data["key"]
    try:
        made = add_topic(request.user, form.instance)
    except Foreign:
        raise Http404("That id is taken.") from None
    messages.success(request, f"“{made.title}” is in your library.")
    return see_other(made.get_absolute_url())


def _to_change(pk: uuid.UUID) -> HttpResponse:
    return redirect("dashboard:library_change_topic", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def change_topic(request: LearnerRequest, pk: uuid.UUID) -> HttpResponse:
    """Edit an own topic; what was typed is kept when it was changed or deleted elsewhere."""
    user, found = request.user, own_topic(request.user, pk)
    if request.method != "POST":
        if found.retired_at:
            return redirect(found)
        start = {"key": pk, "seen": digest_of_topic(found), "level": LEVEL_OF[found.level_rank]}
        form = OwnTopicForm(instance=found, initial=start, user=user)
        return _form(request, form, 200, topic=found)
    form = OwnTopicForm(request.POST, instance=found, user=user)
    if not form.is_valid():
        return _form(request, form, 422, topic=own_topic(request.user, pk))
    try:
        seen, back = form.cleaned_data["seen"], "bring_back" in request.POST
        edit_topic(form.instance, seen, bring_back=back)
    except Changed as other:
        again = request.POST.copy()
        again["seen"] = digest_of_topic(other.stored)
        form = OwnTopicForm(again, instance=own_topic(user, pk), user=user)
        elsewhere = other.stored if other.differs else None
        return _form(request, form, 409, topic=other.stored, elsewhere=elsewhere)
    messages.success(request, "Saved.")
    return see_other(found.get_absolute_url())


def _form(request: LearnerRequest, form: OwnTopicForm, status: int, **more: Any) -> HttpResponse:
    return render(request, "library/topic_form.html", {"form": form, **more}, status=status)


@require_POST
def delete_topic(request: LearnerRequest, pk: uuid.UUID) -> HttpResponse:
    """Take an own topic out of the library; the message offers Undo."""
    found = own_topic(request.user, pk)
    retire_topic(found)
    undo = reverse("dashboard:library_restore_topic", args=[pk])
    what = f"“{found.title}” is deleted. What you proved and planned on it stays."
    messages.success(request, what, extra_tags=f"undo-at:{undo}")
    return see_other(found.area.get_absolute_url())


@require_POST
def restore(request: LearnerRequest, pk: uuid.UUID) -> HttpResponse:
    """Bring a deleted topic back."""
    found = own_topic(request.user, pk)
    restore_topic(found)
    messages.success(request, f"“{found.title}” is back.")
    return see_other(safe_next(request, found.get_absolute_url()))


@require_POST
def scope_topic(request: LearnerRequest, pk: uuid.UUID) -> HttpResponse:
    """Count an own topic (scope=1) or leave it outside (scope=0); never "toggle"."""
    found, wanted = own_topic(request.user, pk), request.POST.get("scope")
    if wanted not in ("0", "1"):
        return HttpResponseBadRequest("scope is 1 or 0")
    set_scope(request.user, found, in_scope=wanted == "1")
    if wanted == "1":
        messages.success(request, f"“{found.title}” counts from now on, like any other topic.")
    else:
        what = f"“{found.title}” is left out of readiness and reviews. What you proved on it stays."
        messages.success(request, what)
    return see_other(safe_next(request, found.get_absolute_url()))
