"""Proposals become tasks: which, where in the plan, and what moves for them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps.accounts.http import LearnerRequest, see_other
from apps.plans.change_page import change_page
from apps.plans.models import Proposal
from apps.plans.pages import parse_uuid
from apps.plans.placing_forms import PlaceForm
from apps.plans.placing_rows import free_week_number, gaps_of, own_proposals
from apps.plans.work import plan_of

MOST_AT_ONCE = 60
NOTHING = "Choose at least one proposal first."
TOO_MANY = f"Choose at most {MOST_AT_ONCE} proposals at once. Nothing was changed."
NO_PLAN = "Make a plan first. What is proposed waits until then."


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: LearnerRequest) -> HttpResponse:
    """What these proposals (`p`) would become in the plan, and when; posted with `apply`, the
    change. Six queries beside those of the page of a change. What is decided by now is said, and there
    is a new preview of the rest."""
    back, ids = reverse("plans:proposals"), _asked(request)
    rows = own_proposals(request.user, ids)
    if len(rows) != len(ids):
        raise Http404("There is no such proposal.")
    offers = [row for row in rows if row.state == Proposal.State.OPEN]
    if len(offers) < len(rows):
        messages.info(request, _decided(rows))
        return see_other(_address(request, offers) if offers else back)
    plan = plan_of(request.user)
    for is_wrong, why, where in (
        (not offers, NOTHING, back),
        (len(offers) > MOST_AT_ONCE, TOO_MANY, back),
        (plan is None, NO_PLAN, "plans:plan"),
    ):
        if is_wrong:
            messages.warning(request, why)
            return see_other(where)
    assert plan is not None  # said above
    gaps = gaps_of(request.user, [row for row in offers if row.kind != Proposal.Kind.LEAVE_OUT])
    return change_page(
        request,
        plan,
        PlaceForm,
        heading="Place proposals in the plan" if gaps else "Leave out what you know",
        back=back,
        preview_at_once=True,
        template="plans/proposals_place.html",
        verb="Place in the plan" if gaps else "Leave them out",
        offers=offers,
        gaps=gaps,
        week_number=free_week_number(plan),
    )


def _asked(request: LearnerRequest) -> list[uuid.UUID]:
    """The ids that were sent, none twice. Raises Http404 for what is none."""
    data = request.POST if request.method == "POST" else request.GET
    found = [parse_uuid(text) for text in data.getlist("p")]
    ids = [pk for pk in found if pk is not None]
    if len(ids) != len(found):
        raise Http404("That is no proposal.")
    return list(dict.fromkeys(ids))


def _address(request: LearnerRequest, offers: Sequence[Proposal]) -> str:
    """This page for those that are open."""
    data = request.POST if request.method == "POST" else request.GET
    asked = [("p", str(row.pk)) for row in offers]
    asked += [("how", how) for how in data.getlist("how")[:1]]
    return f"{reverse('plans:place_proposals')}?{urlencode(asked)}"


def _decided(rows: Sequence[Proposal]) -> str:
    """Which of them are not open any more, in words."""
    said = []
    for state, words in (
        (Proposal.State.PLACED, "in your plan already"),
        (Proposal.State.DROPPED, "dropped. Take that back first"),
    ):
        titles = [f"“{row.topic}”" for row in rows if row.state == state]
        if titles:
            are = "is" if len(titles) == 1 else "are"
            said.append(f"{', '.join(titles[:5])}{' …' * (len(titles) > 5)} {are} {words}.")
    return " ".join(said)
