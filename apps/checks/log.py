"""Writing a knowledge check down, taking it back, bringing it back."""

from __future__ import annotations

import datetime as dt
import uuid
import zoneinfo
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from apps.accounts.clock import local_day
from apps.accounts.models import User
from apps.checks.models import Answer, Check
from apps.library.models import SearchEntry
from apps.library.own import put_entry, remove_entry
from apps.library.render import render_note
from apps.mastery import record as mastery
from apps.mastery.models import Source


class Answered(NamedTuple):
    """One answer: the topic's id, a score from 0 to 100, and whether it was a review."""

    topic: uuid.UUID
    score: int
    is_review: bool = False


@transaction.atomic
def log_result(
    user: User,
    *,
    day: dt.date,
    at: dt.datetime,
    answers: Iterable[Answered] = (),
    said_total: Decimal | None = None,
    said_new: Decimal | None = None,
    said_review: Decimal | None = None,
    note: str = "",
    check_id: uuid.UUID | None = None,
) -> Check:
    """Write a check with its answers and their evidence; return it. All or nothing.

    `check_id` makes this idempotent: a check of the learner with that id is returned as it is.
    Totals as they were told are kept, and are no evidence. Pass only topics the learner may see.
    Raises Check.DoesNotExist when the id is somebody else's, ValueError for a score out of range.
    The number of queries does not depend on the number of answers.
    """
    mastery.lock(user)
    check_id = check_id or uuid.uuid4()
    if (existing := Check.objects.filter(pk=check_id).first()) is not None:
        if existing.user_id != user.pk:
            raise Check.DoesNotExist("That check belongs to somebody else.")
        return existing
    check = Check.objects.create(
        id=check_id,
        user=user,
        day=day,
        at=at,
        said_total=said_total,
        said_new=said_new,
        said_review=said_review,
        note=note,
        note_html=render_note(note) if note else "",
    )
    _index_note(check)
    items = list(answers)
    evidence = mastery.record(
        user,
        [(item.topic, item.score) for item in items],
        source=Source.CHECK,
        source_id=check.pk,
        at=at,
        day=day,
    )
    Answer.objects.bulk_create(
        Answer(
            check_taken=check,
            topic_id=item.topic,
            position=position,
            score=item.score,
            is_review=item.is_review,
            evidence=proof,
        )
        for position, (item, proof) in enumerate(zip(items, evidence, strict=True))
    )
    return check


def is_another(
    user: User, check_id: uuid.UUID, *, day: dt.date, answers: Iterable[Answered], note: str
) -> bool:
    """Whether the learner logged something else under this id, or took it back. Two queries.

    A form sent again after going back in the browser may have changed: it is another check.
    """
    check = Check.objects.filter(pk=check_id, user=user).first()
    if check is None:
        return False
    held = [
        Answered(*row)
        for row in check.answers.order_by("position").values_list("topic", "score", "is_review")
    ]
    return bool(check.deleted_at) or (check.day, check.note, held) != (day, note, list(answers))


@transaction.atomic
def delete_check(check: Check) -> None:
    """Mark the check as deleted and take back its evidence. Idempotent."""
    mastery.retract(check.user, check.pk)
    remove_entry(SearchEntry.Kind.NOTE, check.pk)
    Check.objects.filter(pk=check.pk, deleted_at=None).update(deleted_at=timezone.now())


@transaction.atomic
def restore_check(check: Check) -> None:
    """Bring a deleted check back, with its evidence. Idempotent."""
    mastery.restore(check.user, check.pk)
    _index_note(check)
    Check.objects.filter(pk=check.pk).update(deleted_at=None)


def _index_note(check: Check) -> None:
    if check.note:
        put_entry(
            check.user,
            SearchEntry.Kind.NOTE,
            check.pk,
            title=f"Check of {check.day.day} {check.day:%B %Y}",
            place="Note on a check",
            address=reverse("checks:detail", args=[check.pk]),
            text=check.note,
        )


def moment_of(user: User, day: dt.date) -> dt.datetime:
    """Return when a check of that day took place: now if it is today, else noon over there."""
    now = timezone.now()
    if day == local_day(user, now):
        return now
    try:
        zone: dt.tzinfo = zoneinfo.ZoneInfo(user.time_zone)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        zone = dt.UTC
    return dt.datetime(day.year, day.month, day.day, 12, tzinfo=zone).astimezone(dt.UTC)
