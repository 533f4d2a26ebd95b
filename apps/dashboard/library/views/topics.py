"""The page of one topic, and what is done on it: star, note, claim, a task of the plan."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.clock import local_today
from apps.accounts.http import LearnerRequest, safe_next, see_other
from apps.dashboard.library.find import find, readable_topic, seen_topic
from apps.dashboard.library.forms import PlanTopicForm, TopicNoteForm
from apps.dashboard.library.topic_page import (
    evidence_of,
    tasks_of,
    topic_context,
    with_standing,
)
from apps.dashboard.library.views.notes import tell_saved
from apps.library.models import Topic, TopicNote
from apps.library.writing.base import Changed
from apps.library.writing.notes import save_note, set_star
from apps.mastery.claim import claim, unclaim
from apps.plans.forms import TaskForm
from apps.plans.models import Plan, Revision
from apps.plans.own_tasks import add
from apps.plans.pages import parse_day
from apps.plans.room import Room, day_words, room_of
from apps.plans.views.tasks import tell_undo
from apps.plans.work import plan_of


@require_safe
def topic(
    request: LearnerRequest, slug: str = "", collection: str = "", pk: uuid.UUID | None = None
) -> HttpResponse:
    """One topic: what it is, where it leads, what the learner did with it. Nine queries."""
    found = find(
        with_standing(request.user),
        readable_topic(request.user),
        slug=slug,
        collection=collection,
        pk=pk,
    )
    if request.path != found.get_absolute_url():
        return redirect(found)
    return render(request, "library/topic.html", _page(request, found))


def _page(request: LearnerRequest, found: Any, **more: Any) -> dict[str, Any]:
    context = topic_context(request.user, found, local_today(request.user))
    note = TopicNote(
        topic=found,
        text=found.note_text or "",
        html=found.note_html or "",
        version=found.note_version or 0,
    )
    return context | {"note": note, "note_form": note_form(note)} | more


def note_form(note: TopicNote) -> TopicNoteForm:
    """Return the form with what is stored. Does not query."""
    return TopicNoteForm(initial={"text": note.text, "version": note.version})


@require_POST
def star(request: LearnerRequest, pk: uuid.UUID) -> HttpResponse:
    """Star a topic (starred=1) or take the star off (starred=0); never "toggle"."""
    found, wanted = seen_topic(request.user, pk), request.POST.get("starred")
    if wanted not in ("0", "1"):
        return HttpResponseBadRequest("starred is 1 or 0")
    set_star(request.user, found, starred=wanted == "1")
    if not request.htmx:
        return see_other(safe_next(request, found.get_absolute_url()))
    context = {"pk": found.pk, "title": found.title, "starred": wanted == "1"}
    return render(request, "library/_star.html", context)


@require_POST
def note(request: LearnerRequest, pk: uuid.UUID) -> HttpResponse:
    """The learner's note on a topic: shown, and stored unless it was changed elsewhere."""
    found = seen_topic(request.user, pk)
    stored = TopicNote.objects.filter(user=request.user, topic=found).first()
    stored = stored or TopicNote(topic=found, version=0)
    form = TopicNoteForm(request.POST)
    if not form.is_valid():
        return _note(request, found, stored, form, 422)
    try:
        stored = save_note(
            request.user, found, form.cleaned_data["text"], form.cleaned_data["version"]
        )
    except Changed as other:
        typed = {"text": form.cleaned_data["text"], "version": other.stored.version}
        again = TopicNoteForm(initial=typed)
        return _note(request, found, other.stored, again, 409, elsewhere=other.stored.text)
    tell_saved(request, stored)
    if not request.htmx:
        return see_other(f"{found.get_absolute_url()}#note")
    return _note(request, found, stored, note_form(stored), 200)


def _note(
    request: LearnerRequest,
    found: Topic,
    stored: TopicNote,
    form: TopicNoteForm,
    status: int,
    elsewhere: str | None = None,
) -> HttpResponse:
    context = {
        "topic": found,
        "note": stored,
        "note_form": form,
        "elsewhere": elsewhere,
        "is_open": status != 200,
    }
    template = "library/_note.html" if request.htmx else "library/note.html"
    return render(request, template, context, status=status)


@require_POST
def know(request: LearnerRequest, pk: uuid.UUID) -> HttpResponse:
    """“I know this”: a self-rating of 100 today, once. The message offers Undo."""
    found, today = seen_topic(request.user, pk), local_today(request.user)
    claim(request.user, found.pk, at=timezone.now(), day=today)
    undo = reverse("dashboard:library_unknow", args=[found.pk, today.isoformat()])
    said = evidence_of(request.user, found, today).said
    messages.success(request, f"“{found.title}” {said}", extra_tags=f"undo-at:{undo}")
    return see_other(safe_next(request, found.get_absolute_url()))


@require_POST
def unknow(request: LearnerRequest, pk: uuid.UUID, day: str) -> HttpResponse:
    """Take that day's “I know this” back. Idempotent."""
    found, on = seen_topic(request.user, pk), parse_day(day)
    if on is None:
        raise Http404("That is no day of the calendar.")
    unclaim(request.user, found.pk, on)
    messages.success(request, f"“I know this” is taken back for “{found.title}”.")
    return see_other(safe_next(request, found.get_absolute_url()))


@require_http_methods(["GET", "HEAD", "POST"])
def plan_topic(request: LearnerRequest, pk: uuid.UUID) -> HttpResponse:
    """The form that puts a topic into the active plan (GET), and the doing of it (POST)."""
    found, plan = seen_topic(request.user, pk), plan_of(request.user)
    today = local_today(request.user)
    if plan is None:
        return _plans(request, found, 200, no_plan=True)
    if request.method != "POST":
        asked = parse_day(request.GET.get("on", ""))
        form = _empty_form(room_of(plan, request.user, today), found, asked)
        return _plans(request, found, 200, form=form)
    form = PlanTopicForm(request.POST, today=today)
    if not form.is_valid():
        return _plans(request, found, 422, form=form)
    room = room_of(plan, request.user, today)
    full = room.complaint(form.cleaned_data["on"], form.cleaned_data["minutes"])
    tell_undo(request, _add(request, plan, found, form, today), full)
    if request.htmx:
        return _plans(request, found, 200)
    return see_other(found.get_absolute_url())


def _empty_form(room: Room, found: Topic, asked: dt.date | None) -> PlanTopicForm:
    """Return the form, on the day asked for or else the first with room, and says which."""
    free = room.first_free(found.minutes)
    on = max(asked, room.today) if asked else free
    form = PlanTopicForm(initial={"on": on, "minutes": found.minutes}, today=room.today)
    if not asked and free > room.today:
        form.fields["on"].help_text = f"{day_words(free)} is the first day with room for it."
    return form


def _add(
    request: LearnerRequest, plan: Plan, found: Topic, form: PlanTopicForm, today: dt.date
) -> Revision | None:
    """Add the topic as a task of the learner's own, as one revision."""
    data = {
        "title": f"Study: {found.title}"[:200],
        "minutes": form.cleaned_data["minutes"],
        "on": form.cleaned_data["on"],
        "session": "study",
        "kind": "read",
        "priority": "must" if found.category == "must" else "should",
        "topic": found.pk,
    }
    task = TaskForm(data, user=request.user, today=today)
    if not task.is_valid():
        raise Http404("A topic that is retired is planned no more.")
    return add(plan, task, today, None)


def _plans(request: LearnerRequest, found: Topic, status: int, **more: Any) -> HttpResponse:
    context = {"topic": found, "lines": tasks_of(request.user, found), **more}
    template = "library/_in_plans.html" if request.htmx else "library/plan_topic.html"
    return render(request, template, context, status=status)
