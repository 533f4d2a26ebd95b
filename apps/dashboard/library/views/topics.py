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
from apps.dashboard.library.forms import LookForm, PlanTopicForm, TopicNoteForm
from apps.dashboard.library.plan_days import day_choices
from apps.dashboard.library.topic_page import (
    evidence_of,
    planned_words,
    topic_context,
    with_standing,
)
from apps.dashboard.library.views.notes import tell_saved
from apps.library.models import Topic, TopicNote
from apps.library.writing.base import Changed
from apps.library.writing.notes import save_note, set_star
from apps.mastery.claim import claim, unclaim
from apps.plans.forms import TaskForm
from apps.plans.models import Plan, Revision, Task
from apps.plans.own_tasks import add
from apps.plans.pages import parse_day
from apps.plans.room import Room, day_words, room_of
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
    """The days a topic may go into the active plan on (GET `?minutes=&day=`), and the doing of it
    (POST)."""
    found, plan = seen_topic(request.user, pk), plan_of(request.user)
    today = local_today(request.user)
    if plan is None:
        return _plans(request, found, 200, no_plan=True)
    room = room_of(plan, request.user, today)
    if request.method != "POST":
        return _offer(request, found, room, _look(request, found, room))
    data = request.POST.copy()
    data.setdefault("minutes", data.get("shown", ""))  # typed, which htmx sends along, or shown
    form = PlanTopicForm(data, today=today)
    if not form.is_valid():
        return _offer(request, found, room, form)
    day, minutes = form.cleaned_data["day"], form.cleaned_data["minutes"]
    full = room.complaint(day, minutes)
    made = _add(request, plan, found, form, today)
    _tell_added(request, made, day_words(day, today), full)
    if request.htmx:
        return _plans(request, found, 200)
    return see_other(found.get_absolute_url())


def _look(request: LearnerRequest, found: Topic, room: Room) -> LookForm:
    """Return the form as the address says it; without minutes or a day in it, a fresh one."""
    typed = request.GET if request.GET.keys() & {"minutes", "day"} else None
    return LookForm(typed, initial={"minutes": found.minutes}, today=room.today)


def _offer(request: LearnerRequest, found: Topic, room: Room, look: LookForm) -> HttpResponse:
    """The form with the days to choose, for what was typed as far as it is right."""
    errors = look.errors
    right = look.cleaned_data if look.is_bound else {}
    minutes = right.get("minutes", found.minutes)
    context = {
        "look": look,
        "minutes": minutes,
        "key": uuid.uuid4(),
        "days": day_choices(room, minutes, right.get("day"), request.user.interview_on),
    }
    return _plans(request, found, 422 if errors else 200, **context)


def _tell_added(request: LearnerRequest, made: Revision | None, name: str, full: str) -> None:
    """Queue a message that says on which day the task is, what that makes of the day, and offers
    Undo; or that the form was sent before."""
    if made is None:
        messages.info(request, "That is in your plan already, so nothing was added twice.")
    else:
        said = f"{made.what} on {name}, {full}." if full else f"{made.what} on {name}."
        messages.success(request, said, extra_tags=f"undo:{made.pk}")


def _add(
    request: LearnerRequest, plan: Plan, found: Topic, form: PlanTopicForm, today: dt.date
) -> Revision | None:
    """Add the topic as a task of the learner's own, as one revision; None for a form that was
    sent before. 404 for a stranger's key."""
    key = form.cleaned_data["key"]
    if Task.objects.filter(pk=key).exclude(plan__owner=request.user).exists():
        raise Http404("That id is taken.")
    data = {
        "title": f"Study: {found.title}"[:200],
        "minutes": form.cleaned_data["minutes"],
        "on": form.cleaned_data["day"],
        "session": "study",
        "kind": "read",
        "priority": "must" if found.category == "must" else "should",
        "topic": found.pk,
    }
    task = TaskForm(data, user=request.user, today=today)
    if not task.is_valid():
        raise Http404("A topic that is retired is planned no more.")
    return add(plan, task, today, None, key)


def _plans(request: LearnerRequest, found: Topic, status: int, **more: Any) -> HttpResponse:
    today = local_today(request.user)
    context = {"topic": found, **planned_words(request.user, found, today), **more}
    template = "library/_in_plans.html" if request.htmx else "library/plan_topic.html"
    return render(request, template, context, status=status)
