"""The library's home, and its lists of topics."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from apps.accounts.clock import local_today
from apps.accounts.http import LearnerRequest
from apps.dashboard.library.areas import area_choices, area_lines, counts
from apps.dashboard.library.filters import DUE, TopicFilter
from apps.dashboard.library.find import find
from apps.dashboard.library.order import by_area
from apps.dashboard.library.standing import EVERY_LEVEL, Shelved, shelf_rows, shelved
from apps.library.models import OURS, Area
from apps.mastery.standing import standing_rows

A_PAGE = 100


def is_fragment(request: LearnerRequest) -> bool:
    """Whether htmx asks for the list alone: going back in the browser wants the whole page."""
    return bool(request.htmx) and not request.htmx.history_restore_request


@require_safe
def home(request: LearnerRequest) -> HttpResponse:
    """The areas with the learner's standing, the ways in, the learner's own topics. Three
    queries."""
    areas = sorted(
        Area.objects.filter(retired_at=None),
        key=lambda area: (area.collection != OURS, area.collection),
    )
    today = local_today(request.user)
    topics = shelved(shelf_rows(request.user), today)
    lines = area_lines(areas, topics, request.user.level_rank)
    context = {
        "lines": lines,
        "topics": len(topics),
        "tested": sum(line.tested for line in lines),
        "counts": counts(request.user),
        "due": sum(topic.is_due(today) for topic in topics),
        "own": [topic for topic in topics if topic.is_own],
    }
    return render(request, "library/home.html", context)


@require_safe
def area(request: LearnerRequest, slug: str, collection: str = "") -> HttpResponse:
    """The topics of one area, filtered by the address. Two queries."""
    found = find(Area.objects.all(), lambda _: True, slug=slug, collection=collection)
    if request.path != found.get_absolute_url():
        return redirect(found)
    rows = standing_rows(request.user, EVERY_LEVEL, [found.pk], outside=True)
    topics = shelved(shelf_rows(request.user, rows), local_today(request.user))
    if found.retired_at and not topics:
        raise Http404("That area is not in the library any more.")
    return _shelf(request, topics, {"area": found})


@require_safe
def topics(request: LearnerRequest) -> HttpResponse:
    """All topics, filtered by the address: the starred ones, what is due. Two queries."""
    rows = shelved(shelf_rows(request.user), local_today(request.user))
    return _shelf(request, rows, {"areas": area_choices()})


def next_due(topics: list[Shelved], chosen: TopicFilter) -> Shelved | None:
    """Return the topic that is due first of those the filters keep, whenever it is; None when
    the filters do not ask for what is due. Does not query."""
    if chosen.standing != DUE:
        return None
    others = replace(chosen, standing="")
    dated = [(topic.due, topic) for topic in topics if topic.due and others.keeps(topic, topic.due)]
    return min(dated, key=lambda pair: pair[0])[1] if dated else None


def _shelf(request: LearnerRequest, topics: list[Shelved], context: dict[str, Any]) -> HttpResponse:
    today, areas = local_today(request.user), context.get("areas", ())
    chosen = TopicFilter.of(request.GET, areas)
    shown = [topic for topic in by_area(topics) if chosen.keeps(topic, today)]
    context |= {
        "filter": chosen,
        "selects": chosen.selects(areas),
        "page": Paginator(shown, A_PAGE).get_page(request.GET.get("page")),
        "shown": len(shown),
        "every": len(topics),
        "today": today,
        "next_due": None if shown else next_due(topics, chosen),
    }
    template = "library/_shelf.html" if is_fragment(request) else "library/shelf.html"
    return render(request, template, context)
