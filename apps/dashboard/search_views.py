"""Searching the library and the learner's own notes."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.http import LearnerRequest
from apps.accounts.models import User
from apps.library.find import Results, search
from apps.library.models import SearchEntry
from apps.library.search import Found, excerpt, mark, read_query
from apps.plans.models import Task
from apps.plans.work import TASK_NOTE

A_PAGE = 20
MOST_QUICK = 8


@require_safe
def library_search(request: LearnerRequest) -> HttpResponse:
    """What was found, page by page; for the box in the rail (`quick=1`) the first few."""
    query = read_query(request.GET.get("q", ""))
    kind = request.GET.get("kind", "")
    kind = kind if kind in SearchEntry.Kind.values else ""
    results = search(request.user, query, kind, keep=_without_lost_tasks(request.user))
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
    return {
        "address": one.address,
        "kind": SearchEntry.Kind(one.kind).label,
        "is_own": one.is_own,
        "place": one.place,
        "title": mark(one.title, results.query),
        "excerpt": excerpt(one.text, results.query),
    }


def _without_lost_tasks(user: User) -> Callable[[list[Found]], list[Found]]:
    """Return what leaves out notes on tasks that were deleted, or whose plan was: one query
    where notes on tasks were found."""

    def keep(found: list[Found]) -> list[Found]:
        keys = {uuid.UUID(one.key) for one in found if one.place == TASK_NOTE}
        if not keys:
            return found
        there = set(Task.objects.owned_by(user).filter(pk__in=keys).values_list("pk", flat=True))
        lost = {str(key) for key in keys - there}
        return [one for one in found if one.key not in lost]

    return keep
