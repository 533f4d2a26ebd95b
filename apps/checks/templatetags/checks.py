"""What pages of other apps ask about checks."""

from __future__ import annotations

import uuid

from django import template

from apps.accounts.models import User
from apps.checks.models import Check
from apps.plans.models import Proposal

register = template.Library()


@register.simple_tag
def check_sources(user: User, proposal: Proposal | None = None) -> set[uuid.UUID]:
    """Return the checks that this proposal, else any proposal of the learner, comes from. One
    query."""
    rows = Proposal.objects.filter(user=user, kind=Proposal.Kind.STUDY)
    if proposal is not None:
        rows = rows.filter(pk=proposal.pk)
    checks = Check.objects.filter(user=user, pk__in=rows.order_by().values("source_id"))
    return set(checks.values_list("pk", flat=True))
