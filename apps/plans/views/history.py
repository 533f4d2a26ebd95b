"""The log of revisions: what was changed and why, one of them, taking back, noting a decision."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.clock import local_today
from apps.accounts.http import LearnerRequest, safe_next, see_other
from apps.plans import revise
from apps.plans.access import active_plan_or_404, own_revision
from apps.plans.change_page import prompts
from apps.plans.history import TASK_KINDS, Moved, TaskMoved, Undoable, blocking, what_moved
from apps.plans.history_form import DecisionForm, HistoryFilter
from apps.plans.models import Plan, Revision, Task
from apps.plans.work import plan_of

A_PAGE = 50
MOST_AT_ONCE = 500
MOST_NAMED = 5  # of what is to be undone first


class Line(NamedTuple):
    """One revision in the log."""

    revision: Revision
    moved: str
    granted: bool
    has_rows: bool

    @property
    def is_key(self) -> bool:
        """Whether it is a decision about the plan."""
        return self.revision.kind not in TASK_KINDS


@require_safe
def history(request: LearnerRequest) -> HttpResponse:
    """What was changed in the active plan, newest first, by kind, reason and words; `all` shows
    up to 500 at once, to print. Six queries beside session and user."""
    current = plan_of(request.user)
    if current is None:
        return redirect("plans:plan")
    return _log(request, current, DecisionForm(), 200)


@require_POST
def note_decision(request: LearnerRequest) -> HttpResponse:
    """Keep a decision that moves no date. The same one, sent twice in a day, is kept once."""
    current, today = active_plan_or_404(request.user), local_today(request.user)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _log(request, current, form, 422)
    said = form.cleaned_data
    kind = Revision.Kind.DECISION
    with revise.revising(current, kind="", day=today, **said) as draft:
        same = current.revisions.filter(kind=kind, day=today, undone_at=None, **said)
        if not same.exists():
            draft.kind = kind
    messages.success(
        request, "The decision is noted." if draft.revision else "It is noted already."
    )
    return see_other("plans:history")


def _log(request: LearnerRequest, plan: Plan, form: DecisionForm, status: int) -> HttpResponse:
    asked = HistoryFilter.of(request.GET)
    found = asked.of_these(plan.revisions.order_by("-version").defer("before", "after"))
    is_all = request.GET.get("all") == "1"
    page = Paginator(found, MOST_AT_ONCE if is_all else A_PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    lines = list(_lines(plan, shown))
    context = {
        "plan": plan,
        "page": page,
        "months": [
            (month, [(day, list(each)) for day, each in groupby(group, _day)])
            for month, group in groupby(lines, lambda line: line.revision.day.replace(day=1))
        ],
        "asked": asked,
        "address": urlencode(asked.fields),
        "is_all": is_all,
        "form": form,
        "prompts": prompts(request),
        "today": local_today(request.user),
    }
    return render(request, "plans/history.html", context, status=status)


def _day(line: Line) -> dt.date:
    return line.revision.day


def _lines(plan: Plan, shown: list[Revision]) -> Iterator[Line]:
    """Yield the lines of these revisions, newest first. Two queries, of which the first reads all
    revisions that are as new; one row of them is held at a time."""
    if not shown:
        return
    undoable, wanted = Undoable(_done(plan)), {each.pk: each for each in shown}
    newer = plan.revisions.filter(version__gte=shown[-1].version).order_by("-version")
    for change in newer.defer("reason", "prompted_by").iterator(chunk_size=20):
        granted = undoable.asks(change)
        revision = wanted.get(change.pk)
        if revision is not None:
            moved = what_moved(change.before, change.after).words
            yield Line(revision, moved, granted, bool(change.before))


def _done(plan: Plan) -> set[str]:
    done = Task.objects.filter(plan=plan, status=Task.Status.DONE)
    return {str(pk) for pk in done.values_list("pk", flat=True)}


@require_safe
def revision(request: LearnerRequest, revision_id: uuid.UUID) -> HttpResponse:
    """One revision: the dates it moved, task by task, and whether it can be undone, or what is to
    be undone first. Five queries beside session and user."""
    change = own_revision(request.user, revision_id)
    plan, done = change.plan, _done(change.plan)
    later = plan.revisions.filter(version__gt=change.version, undone_at=None).order_by("-version")
    first = blocking(change, later.iterator(chunk_size=20), done)
    granted = not first and Undoable(done).asks(change)
    moved = what_moved(change.before, change.after)
    context = {
        "revision": change,
        "plan": plan,
        "moved": moved,
        "lists": _lists(plan, moved),
        "granted": granted,
        "first": first[:MOST_NAMED],
        "more": max(len(first) - MOST_NAMED, 0),
        "is_finished": bool(change.before) and not granted and not first,
    }
    return render(request, "plans/revision.html", context)


class Titled(NamedTuple):
    """A task of a revision, by its title."""

    title: str
    task: TaskMoved


def _lists(plan: Plan, moved: Moved) -> list[tuple[str, list[Titled]]]:
    """Return the tasks under headings. One query."""
    every = (*moved.moved, *moved.added, *moved.gone)
    own = Task.objects.filter(plan=plan)
    rows = own.filter(pk__in=[each.key for each in every]).values_list("pk", "title")
    titles = {str(pk): title for pk, title in rows}

    def titled(tasks: Iterable[TaskMoved]) -> list[Titled]:
        return [Titled(titles.get(each.key, "A task that is gone"), each) for each in tasks]

    lists = [("Moved", moved.moved), ("New", moved.added), ("Left out", moved.gone)]
    return [(heading, titled(tasks)) for heading, tasks in lists if tasks]


@require_POST
def undo(request: LearnerRequest, revision_id: uuid.UUID) -> HttpResponse:
    """Take one revision back, or say why it cannot be."""
    change = own_revision(request.user, revision_id)
    try:
        stayed = revise.undo(change, local_today(request.user))
    except revise.CannotUndo as why:
        messages.warning(request, f"Not undone. {why}")
    else:
        but = f" Finished since, and left as it is: {', '.join(stayed[:3])}." if stayed else ""
        messages.success(request, f"Undone: {change.what}.{but}")
    return HttpResponseRedirect(safe_next(request, "/plan/"))
