"""What is proposed for the plan, and dropping it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import F, OuterRef, Subquery
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.http import LearnerRequest, safe_next, see_other
from apps.accounts.models import User
from apps.mastery.bands import Band, band
from apps.mastery.models import Memory
from apps.plans.models import Proposal
from apps.plans.placing import first_within
from apps.plans.placing_forms import HOW
from apps.plans.placing_rows import add_resources
from apps.plans.proposals import (
    drop,
    drop_all,
    open_proposals,
    take_back_drop,
    take_back_drop_of,
)
from apps.plans.taught import taught_topics
from apps.plans.views.tasks import whole_number

MOST_DROPPED = 50
HOURS_AT_ONCE = (4, 8)
ORDER = (Proposal.Kind.RELEARN, Proposal.Kind.STUDY, Proposal.Kind.LEAVE_OUT)
WHY = {
    Proposal.Kind.RELEARN: "Failed again and again in reviews: another look at the source helps "
    "more than another question.",
    Proposal.Kind.STUDY: "What is worth the most, first.",
    Proposal.Kind.LEAVE_OUT: "You hold these already. Leaving them out of the plan saves the "
    "minutes.",
}


class Group(NamedTuple):
    """The open proposals of one kind, by rank; each has the `latest` score on its topic, or None."""

    kind: Proposal.Kind
    why: str
    rows: list[Any]

    @property
    def minutes(self) -> int:
        return sum(row.minutes for row in self.rows)

    def settled(self, planned: Collection[uuid.UUID]) -> list[uuid.UUID]:
        """The proposals to study that have nothing left to do: in the plan, or known by now."""
        if self.kind != Proposal.Kind.STUDY:
            return []
        return [row.pk for row in self.rows if row.topic_id in planned or _is_known(row)]


@require_safe
def proposals(request: LearnerRequest) -> HttpResponse:
    """What is proposed, by kind, and what was dropped lately; `hours` ticks the first ones that fit
    into them. Six queries at most."""
    groups = _groups(request.user)
    _add_resources(request.user, [row for group in groups for row in group.rows])
    dropped = _rows(request.user, Proposal.State.DROPPED).order_by(
        F("decided_at").desc(nulls_last=True), "pk"
    )
    context: dict[str, Any] = {
        "groups": groups,
        "dropped": list(dropped[:MOST_DROPPED]),
        "hours_at_once": HOURS_AT_ONCE,
        "with_tasks": any(group.kind != Proposal.Kind.LEAVE_OUT for group in groups),
        "how": HOW,
    }
    context |= _by_now(request.user, groups)
    context["chosen"] = _first_of(groups, context["planned"], request.GET.get("hours", ""))
    return render(request, "plans/proposals.html", context)


@require_POST
def drop_proposal(request: LearnerRequest, proposal_id: uuid.UUID) -> HttpResponse:
    """Drop a proposal (drop=1) or take that back (drop=0); never "toggle"."""
    get_object_or_404(Proposal, pk=proposal_id, user=request.user)
    wanted = request.POST.get("drop", request.GET.get("drop"))
    if wanted not in ("0", "1"):
        return HttpResponseBadRequest("drop is 1 or 0")
    changed = (drop if wanted == "1" else take_back_drop)(request.user, proposal_id)
    row = _rows(request.user).get(pk=proposal_id)
    if request.htmx and changed:
        return _row(request, row)
    _tell(request, row, wanted)
    return see_other(safe_next(request, reverse("plans:proposals")))


def _rows(user: User, state: str = "") -> Any:
    rows = Proposal.objects.filter(user=user, **({"state": state} if state else {}))
    held = Memory.objects.filter(user=user, topic=OuterRef("topic")).values("score")[:1]
    rows = rows.annotate(latest=Subquery(held))
    return rows.select_related("topic__area", "question").defer("topic__body", "topic__body_html")


def _groups(user: User) -> list[Group]:
    """The groups that have a proposal. One query."""
    every: list[Any] = list(
        _rows(user, Proposal.State.OPEN).order_by(*open_proposals(user).query.order_by)
    )
    found = [Group(kind, WHY[kind], [row for row in every if row.kind == kind]) for kind in ORDER]
    return [group for group in found if group.rows]


def _add_resources(user: User, rows: Sequence[Proposal]) -> None:
    """Give the topics that are to be relearned what there is to learn them from. Two queries."""
    add_resources(user, [row.topic for row in rows if row.kind == Proposal.Kind.RELEARN])


def _first_of(
    groups: Sequence[Group], planned: Collection[uuid.UUID], asked: str
) -> set[uuid.UUID]:
    """The proposals to relearn and to study, best first, that fit into so many hours; each topic
    once, and none with nothing left to do."""
    hours = whole_number(asked)
    if hours not in HOURS_AT_ONCE:
        return set()
    settled = {pk for group in groups for pk in group.settled(planned)}
    best: dict[uuid.UUID, Any] = {}
    for group in groups:
        for row in group.rows:
            if group.kind != Proposal.Kind.LEAVE_OUT and row.pk not in settled:
                best.setdefault(row.topic_id, row)
    rows = sorted(best.values(), key=lambda row: row.rank)
    return {row.pk for row in rows[: first_within([row.minutes for row in rows], 60 * hours)]}


def _by_now(user: User, groups: Sequence[Group]) -> dict[str, Any]:
    """Which topics the plan teaches, which of those to study are strong by now, and how many
    proposals could go for it. One query."""
    planned = taught_topics(user) if groups else set()
    known = {row.topic_id for group in groups for row in group.rows if _is_known(row)}
    settled = sum(len(group.settled(planned)) for group in groups)
    return {"planned": planned, "known": known, "settled": settled}


def _is_known(row: Any) -> bool:
    """Whether the latest score on its topic is strong."""
    return row.latest is not None and band(row.latest) is Band.STRONG


@require_POST
def drop_settled(request: LearnerRequest) -> HttpResponse:
    """Drop what is proposed to study and is in the plan or known by now; with `at`, the moment of
    such a drop, take that one back. Idempotent."""
    user, back = request.user, reverse("plans:proposals")
    if said := request.GET.get("at"):
        if (at := _moment(said)) is None:
            return HttpResponseBadRequest("at is a moment")
        count = take_back_drop_of(user, at)
        if count:
            messages.success(request, f"{_topics(count)} proposed again.")
        return see_other(safe_next(request, back))
    groups, taught, now = _groups(user), taught_topics(user), timezone.now()
    gone = [pk for group in groups for pk in group.settled(taught)]
    if count := drop_all(user, gone, now):
        undo = f"{reverse('plans:drop_settled')}?{urlencode({'at': now.isoformat()})}"
        messages.success(request, f"{_topics(count)} dropped.", extra_tags=f"undo-at:{undo}")
    return see_other(safe_next(request, back))


def _moment(said: str) -> dt.datetime | None:
    try:
        at = parse_datetime(said)
    except ValueError:  # well formed, but no date there is
        return None
    return at if at and at.tzinfo else None


def _topics(count: int) -> str:
    return "1 topic is" if count == 1 else f"{count} topics are"


def _row(request: LearnerRequest, row: Proposal) -> HttpResponse:
    """The row as it stands now, with the totals of its kind."""
    _add_resources(request.user, [row])
    groups = _groups(request.user)
    context = {
        "row": row,
        "group": next((group for group in groups if group.kind == row.kind), None),
        "kind": Proposal.Kind(row.kind),
        "swapped": True,
    }
    context |= _by_now(request.user, groups)
    return render(request, "plans/_proposal_answer.html", context)


def _tell(request: LearnerRequest, row: Proposal, wanted: str) -> None:
    if row.state == Proposal.State.PLACED:
        messages.info(request, f"“{row.topic}” is in your plan already.")
    elif row.state == Proposal.State.OPEN:
        messages.success(request, f"“{row.topic}” is proposed.")
    elif wanted == "0":
        messages.info(request, f"“{row.topic}” is proposed again already, by something newer.")
    else:
        undo = f"{reverse('plans:drop_proposal', args=[row.pk])}?drop=0"
        messages.success(request, f"“{row.topic}” is dropped.", extra_tags=f"undo-at:{undo}")
