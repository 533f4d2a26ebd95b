"""One task: its page, tick, timer, minutes, note, skip, move, edit, delete."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseRedirect,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.clock import local_today
from apps.accounts.http import LearnerRequest, safe_next
from apps.plans import changes, pages, work
from apps.plans.access import own_task, own_work
from apps.plans.agenda import topics_of
from apps.plans.forms import MinutesForm, MoveForm, NoteForm, SkipForm
from apps.plans.models import Revision, Task
from apps.plans.own_tasks import edit, form_again, form_for
from apps.plans.pages import Page
from apps.plans.revise import StalePlan


def page_of(request: HttpRequest) -> Page:
    return Page.of(request.POST.get("page") or request.GET.get("page") or "today")


def tell_undo(request: HttpRequest, revision: Revision | None, more: str = "") -> None:
    """Queue a message that names the change, says what more there is to say, and offers Undo."""
    if revision is not None:
        what = f"{revision.what}. {more}" if more else revision.what
        messages.success(request, what, extra_tags=f"undo:{revision.pk}")


def panel_id(request: LearnerRequest, task: Task) -> str:
    """Return the id of the element that holds the panel: a week shows a task more than once."""
    said = request.POST.get("panel") or request.htmx.target or ""
    return said if said.startswith(f"panel-{task.pk}") else f"panel-{task.pk}"


def panel_context(request: LearnerRequest, task: Task, page: Page, **forms: Any) -> dict[str, Any]:
    """Return what the panel of a task shows; forms given replace the fresh ones."""
    today = local_today(request.user)
    return {
        "task": task,
        "page": page,
        "panel": panel_id(request, task),
        "topics": topics_of([task.pk])[task.pk],
        "parts": list(task.parts.order_by("number")),
        "entries": list(task.work.order_by("at")),
        "timer": getattr(task, "timer", None),
        "minutes_form": MinutesForm(initial={"day": today}, today=today),
        "entry": uuid.uuid4(),
        "note_form": NoteForm(initial={"note": task.note, "seen": task.note}),
        "skip_form": SkipForm(),
        "move_form": MoveForm(initial={"day": today + dt.timedelta(days=1)}, today=today),
        "today": today,
    } | forms


def panel(
    request: LearnerRequest, task: Task, page: Page, status: int, **forms: Any
) -> HttpResponse:
    """Render the panel for htmx, the task's page otherwise, with what was typed still there."""
    context = panel_context(request, task, page, **forms)
    if not request.htmx:
        return render(request, "plans/task.html", context, status=status)
    response = render(request, "plans/_panel.html", context, status=status)
    response["HX-Retarget"] = f"#{context['panel']}"
    response["HX-Reswap"] = "innerHTML"
    return response


@require_GET
def task(request: LearnerRequest, task_id: uuid.UUID) -> HttpResponse:
    """The task's own page, or its panel inside a row."""
    return panel(request, own_task(request.user, task_id), page_of(request), 200)


@require_POST
def tick_task(request: LearnerRequest, task_id: uuid.UUID) -> HttpResponse:
    """Set a task done (done=1) or open (done=0); never "toggle"."""
    wanted = request.POST.get("done")
    if wanted not in ("0", "1"):
        own_task(request.user, task_id)
        return HttpResponseBadRequest("done is 1 or 0")
    page = page_of(request)
    try:
        if wanted == "1":
            ticked = work.tick(request.user, task_id, local_today(request.user))
        else:
            ticked = work.untick(request.user, task_id)
    except work.TaskGone:
        return gone(request, page)
    except work.TimerNeedsMinutes as long:
        return ask_minutes(request, task_id, page, long.minutes)
    return after_tick(request, ticked, page)


def after_tick(request: LearnerRequest, task: Task, page: Page) -> HttpResponse:
    """Return the row and the totals it moved, or send the browser back to its page."""
    if request.htmx and page.kind != "task":
        answer = pages.rows(request, page, task)
        if answer is not None:
            return answer
        return pages.back(request, page)
    return HttpResponseRedirect(safe_next(request, f"{page.address}#task-{task.pk}"))


def gone(request: LearnerRequest, page: Page) -> HttpResponse:
    """Answer for a task that was deleted: 404 to strangers, a word to its owner."""
    task_id = request.resolver_match.kwargs["task_id"]  # type: ignore[union-attr] # a view was resolved
    if not Task.objects.filter(pk=task_id, plan__owner=request.user).exists():
        raise Http404
    messages.warning(request, "That task was deleted, so nothing was changed.")
    if page.kind == "task":
        page = Page("today")
    return pages.back(request, page)


def ask_minutes(
    request: LearnerRequest, task_id: uuid.UUID, page: Page, minutes: int
) -> HttpResponse:
    """Ask how long it really was when a timer ran for more than four hours."""
    found = own_task(request.user, task_id)
    timer = getattr(request.user, "timer", None)
    running = own_task(request.user, timer.task_id) if timer else found
    if request.htmx and page.kind == "week":  # a week shows a task more than once, or not at all
        return redirect("plans:task", running.pk)
    return panel(request, found, page, 409, asked=minutes, running=running)


@require_POST
def run_timer(request: LearnerRequest, task_id: uuid.UUID) -> HttpResponse:
    """Start (run=1) or stop (run=0) the timer; `minutes` says how long it was."""
    page = page_of(request)
    said = request.POST.get("minutes", "")
    try:
        if request.POST.get("run") == "1":
            work.start_timer(request.user, task_id)
        else:
            minutes = whole_number(said)
            if said and (minutes is None or minutes > work.MOST_MINUTES):
                return panel(
                    request,
                    own_task(request.user, task_id),
                    page,
                    422,
                    asked=said,
                    running=own_task(request.user, task_id),
                    asked_error="A whole number of minutes, 1,440 at most.",
                )
            tell_timer(request, work.stop_timer(request.user, task_id, minutes))
    except work.TaskGone:
        return gone(request, page)
    except work.TimerNeedsMinutes as long:
        return ask_minutes(request, task_id, page, long.minutes)
    return pages.back(request, page, own_task(request.user, task_id))


def whole_number(text: str) -> int | None:
    """Return the number of up to six digits that the text is, or None."""
    return int(text) if len(text) <= 6 and text.isascii() and text.isdigit() else None


def tell_timer(request: HttpRequest, minutes: int | None) -> None:
    """Say what stopping the timer added."""
    if minutes:
        messages.success(request, f"Timer stopped: {minutes} min added.")
    elif minutes == 0:
        messages.info(request, "Timer stopped: less than a minute, nothing added.")


@require_POST
def log_minutes(request: LearnerRequest, task_id: uuid.UUID) -> HttpResponse:
    """Add minutes to a task, on a day."""
    found, page = own_task(request.user, task_id), page_of(request)
    form = MinutesForm(request.POST, today=local_today(request.user))
    if not form.is_valid():
        return panel(request, found, page, 422, minutes_form=form)
    work.log_minutes(
        request.user,
        task_id,
        form.cleaned_data["minutes"],
        form.cleaned_data["day"],
        entry_id=form.cleaned_data["entry"],
    )
    messages.success(request, f"{form.cleaned_data['minutes']} min added to “{found.title}”.")
    return pages.back(request, page, found)


@require_POST
def delete_minutes(request: LearnerRequest, work_id: uuid.UUID) -> HttpResponse:
    """Take back an entry of minutes that was typed or timed wrongly."""
    entry = own_work(request.user, work_id)
    entry.delete()
    said = f"{entry.minutes} min taken off “{entry.task.title}”."
    again = f"minutes:{entry.task_id}:{entry.day}:{entry.minutes}"
    messages.success(request, said, extra_tags=again)
    return HttpResponseRedirect(safe_next(request, reverse("plans:task", args=[entry.task_id])))


@require_POST
def save_note(request: LearnerRequest, task_id: uuid.UUID) -> HttpResponse:
    """Store the note; if it was changed elsewhere, show both and lose neither."""
    found, page = own_task(request.user, task_id), page_of(request)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return panel(request, found, page, 422, note_form=form)
    try:
        work.save_note(request.user, task_id, form.cleaned_data["note"], form.cleaned_data["seen"])
    except work.NoteChanged as other:
        form = NoteForm(initial={"note": form.cleaned_data["note"], "seen": other.stored})
        return panel(request, found, page, 409, note_form=form, note_elsewhere=other.stored)
    messages.success(request, "Note saved.")
    return pages.back(request, page, found)


@require_POST
def skip_task(request: LearnerRequest, task_id: uuid.UUID) -> HttpResponse:
    """Skip a task with a reason (skip=1) or take it up again (skip=0)."""
    found, page = own_task(request.user, task_id), page_of(request)
    today = local_today(request.user)
    if request.POST.get("skip") == "0":
        tell_undo(request, changes.unskip(found, today))
        return pages.back(request, page, found)
    form = SkipForm(request.POST)
    if not form.is_valid():
        return panel(request, found, page, 422, skip_form=form)
    try:
        tell_undo(request, changes.skip(found, form.cleaned_data["reason"], today))
    except work.TimerNeedsMinutes as long:
        return ask_minutes(request, task_id, page, long.minutes)
    return pages.back(request, page, found)


@require_POST
def move_task(request: LearnerRequest, task_id: uuid.UUID) -> HttpResponse:
    """Put a task on another day and pin it there."""
    found, page = own_task(request.user, task_id), page_of(request)
    today = local_today(request.user)
    form = MoveForm(request.POST, today=today)
    if not form.is_valid():
        return panel(request, found, page, 422, move_form=form)
    tell_undo(request, changes.move(found, form.cleaned_data["day"], today))
    return pages.back(request, page, found)


@require_POST
def delete_task(request: LearnerRequest, task_id: uuid.UUID) -> HttpResponse:
    """Mark a task as deleted; Undo brings it back."""
    found, page = own_task(request.user, task_id), page_of(request)
    try:
        tell_undo(request, changes.delete(found, local_today(request.user)))
    except work.TimerNeedsMinutes as long:
        return ask_minutes(request, task_id, page, long.minutes)
    return pages.back(request, Page("today") if page.kind == "task" else page)


@require_POST
def reorder_task(request: LearnerRequest, task_id: uuid.UUID) -> HttpResponse:
    """Put a task before (by=-1) or after (by=1) its neighbour."""
    found, page = own_task(request.user, task_id), page_of(request)
    if request.POST.get("by") not in ("-1", "1"):
        return HttpResponseBadRequest("by is -1 or 1")
    revision = changes.reorder(found, int(request.POST["by"]), local_today(request.user))
    if revision is None:
        end = "first" if request.POST["by"] == "-1" else "last"
        messages.info(request, f"It is the {end} of its day already.")
    tell_undo(request, revision)
    return pages.back(request, page, found)


@require_http_methods(["GET", "POST"])
def edit_task(request: LearnerRequest, task_id: uuid.UUID) -> HttpResponse:
    """Change a task's title, minutes, session, kind, priority, details, topic."""
    found, page = own_task(request.user, task_id), page_of(request)
    today = local_today(request.user)
    form = form_for(request.user, today, found, request.POST or None)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            tell_undo(request, edit(found, form, today))
        except StalePlan:
            form = form_again(form, found)
            status = 409
        else:
            return HttpResponseRedirect(safe_next(request, page.address))
    context = {"form": form, "task": own_task(request.user, task_id), "page": page}
    return render(request, "plans/task_form.html", context, status=status)
