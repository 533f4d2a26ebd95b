"""Searching the library and the learner's own notes."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Replace
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.http import LearnerRequest
from apps.accounts.models import User
from apps.library.find import Narrow, Results, Rows, search
from apps.library.models import SearchEntry
from apps.library.search import Found, read_query
from apps.library.search_marks import excerpt, mark
from apps.plans.models import Task
from apps.plans.work import TASK_NOTE

A_PAGE = 20
MOST_QUICK = 8
OWN_PAGE = "Your page"  # what a reference of their own is called


@require_safe
def library_search(request: LearnerRequest) -> HttpResponse:
    """What was found, page by page; for the box in the rail (`quick=1`) the first few."""
    query = read_query(request.GET.get("q", ""))
    kind = request.GET.get("kind", "")
    kind = kind if kind in SearchEntry.Kind.values else ""
    results = search(request.user, query, kind, narrow=_without_lost_tasks(request.user))
    quick = bool(request.GET.get("quick"))
    pages = Paginator(results.found, MOST_QUICK if quick else A_PAGE)
    page = pages.get_page(request.GET.get("page", ""))
    context = {
        "results": results,
        "query": query,
        "kind": kind,
        "kinds": SearchEntry.Kind.choices,
        "page": page,
        "rows": [_row(one, results) for one in page],
    }
    return render(request, _template(request, quick=quick), context)


def _template(request: LearnerRequest, *, quick: bool) -> str:
    if quick:
        return "library/_quick.html"
    if request.htmx and request.htmx.target == "results":
        return "library/_results.html"
    return "library/search.html"


def _row(one: Found, results: Results) -> dict[str, object]:
    kind = SearchEntry.Kind(one.kind)
    named = OWN_PAGE if one.is_own and kind == SearchEntry.Kind.REFERENCE else kind.label
    return {
        "address": one.address,
        "kind": named,
        "is_yours": one.is_own and not named.startswith("Your "),
        "place": "" if one.place == named else one.place,
        "title": mark(one.title, results.marked),
        "excerpt": excerpt(one.text, results.marked),
    }


def _without_lost_tasks(user: User) -> Narrow:
    """Return what leaves out notes on tasks that were deleted, or whose plan was. Does not
    query."""

    def narrow(rows: Rows) -> Rows:
        there = Task.objects.owned_by(user).exclude(note="")
        on_task = Q(kind=SearchEntry.Kind.NOTE, place=TASK_NOTE)
        bare = rows.alias(bare_key=_bare("key"))
        return bare.exclude(on_task & ~Q(bare_key__in=there.values_list(_bare("pk"))))

    return narrow


def _bare(column: str) -> Replace:
    """An id as text without hyphens, which is how SQLite keeps it."""
    return Replace(Cast(column, CharField()), Value("-"), Value(""))
