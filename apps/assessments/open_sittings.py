"""What is open: sittings of either kind, and how far each is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Count, Min, Q

from apps.accounts.models import User
from apps.assessments.coverage_page import Progress
from apps.assessments.models import Assessment


class Open(NamedTuple):
    """An open assessment, how far it is, and the number of its first unmarked row."""

    assessment: Assessment
    progress: Progress
    is_coverage: bool
    resume: int | None


def open_sittings(user: User, kinds: Sequence[str]) -> list[Open]:
    """Return the learner's open assessments of these kinds, newest first. One query."""
    rows = Assessment.objects.filter(
        user=user, kind__in=kinds, finished_at=None, deleted_at=None
    ).annotate(
        rows=Count("ratings", distinct=True),
        marked=Count("ratings", filter=~Q(ratings__value=""), distinct=True),
        asked=Count("responses", distinct=True),
        resume=Min("ratings__position", filter=Q(ratings__value="")),
        answered=Count("responses", filter=Q(responses__score__isnull=False), distinct=True),
    )
    return [
        Open(
            each,
            Progress(each.marked + each.answered, each.rows + each.asked),
            each.kind == Assessment.Kind.COVERAGE,
            each.resume,
        )
        for each in rows
    ]
