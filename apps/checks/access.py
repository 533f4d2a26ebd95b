"""Look-ups that answer 404 to strangers: each starts at the learner."""

from __future__ import annotations

import uuid

from django.shortcuts import get_object_or_404

from apps.accounts.models import User
from apps.checks.models import Check


def own_check(user: User, check_id: uuid.UUID) -> Check:
    """Return one of the learner's checks, deleted ones too. One query."""
    return get_object_or_404(Check, pk=check_id, user=user)
