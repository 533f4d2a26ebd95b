"""Deleting an assessment, and bringing it back: with its evidence and what it proposes."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from apps.assessments.models import Assessment
from apps.assessments.questions import InTheWay, refuse_second_retest
from apps.mastery import record as mastery
from apps.plans.proposals import bring_back_of, withdraw_of


@transaction.atomic
def delete_assessment(assessment: Assessment) -> None:
    """Mark it as deleted, take back its evidence, drop what it proposes. Idempotent."""
    user = assessment.user
    mastery.lock(user)
    now = timezone.now()
    if Assessment.objects.filter(pk=assessment.pk, deleted_at=None).update(deleted_at=now):
        mastery.retract(user, assessment.pk)
        withdraw_of(user, assessment.pk)


@transaction.atomic
def restore_assessment(assessment: Assessment) -> bool:
    """Bring it back as it was. Idempotent. False, and it stays deleted, for an open re-test while
    another of the same sitting is open."""
    user = assessment.user
    mastery.lock(user)
    held = Assessment.objects.get(pk=assessment.pk)
    if held.deleted_at is not None:
        if held.finished_at is None:
            try:
                refuse_second_retest(held)
            except InTheWay:
                return False
        mastery.restore(user, held.pk)
        bring_back_of(user, held.pk, since=held.deleted_at)
        Assessment.objects.filter(pk=held.pk).update(deleted_at=None)
    return True
