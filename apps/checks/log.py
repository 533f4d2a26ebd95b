"""Writing a knowledge check down, taking it back, bringing it back."""

from __future__ import annotations

import datetime as dt
import uuid
import zoneinfo
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from apps.accounts.clock import local_day
from apps.accounts.models import User
from apps.checks.gaps import propose_gaps, withdraw_gaps
from apps.checks.leeches import Cause, follow
from apps.checks.models import Answer, Check
from apps.checks.take import tick_again, untick
from apps.library.models import SearchEntry
from apps.library.own import put_entry, remove_entry
from apps.library.render import render_note
from apps.mastery import record as mastery
from apps.mastery.models import Source
from apps.mastery.sm2 import FAILED, quality
from apps.plans.models import Task


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
    failed = {item.topic for item in items if quality(item.score) == FAILED}
    follow(user, {item.topic for item in items}, Cause(check.pk, at, day, failed))
    propose_gaps(user, check, at=at, day=day)
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
    rows = check.answers.order_by("position").values_list("topic", "score", "is_review")
    held = [
        Answered(topic, score, is_review) for topic, score, is_review in rows if score is not None
    ]
    return bool(check.deleted_at) or (check.day, check.note, held) != (day, note, list(answers))


@transaction.atomic
def delete_check(check: Check) -> Task | None:
    """Mark the check as deleted and take back its evidence, and the tick of its task, where that
    still stands: return that task. Idempotent."""
    mastery.lock(check.user)
    check = Check.objects.select_related("user").get(pk=check.pk)
    if check.deleted_at is not None:
        return None
    mastery.retract(check.user, check.pk)
    follow(check.user, _topics_of(check))
    withdraw_gaps(check.user, check)
    remove_entry(SearchEntry.Kind.NOTE, check.pk)
    opened = untick(check.user, check)
    # Stays marked as ticked only if restoring it is to tick the task again.
    Check.objects.filter(pk=check.pk).update(deleted_at=timezone.now(), ticked=opened is not None)
    return opened


def _topics_of(check: Check) -> set[uuid.UUID]:
    return set(check.answers.values_list("topic_id", flat=True))


def with_result(checks: QuerySet[Check, Check]) -> QuerySet[Check, Check]:
    """Return these checks but for reviews of which every answer was taken back. Does not query."""
    graded = Answer.objects.filter(check_taken=OuterRef("pk"), score__isnull=False)
    return checks.exclude(~Exists(graded), kind=Check.Kind.REVIEWS, note="")


class InTheWay(Exception):
    """The reviews of a day cannot come back beside other ones of that day."""


class Restored(NamedTuple):
    """What came of a check that is back: whether it is finished because another one is open, and
    the task that is ticked again."""

    is_closed: bool = False
    ticked: Task | None = None


@transaction.atomic
def restore_check(check: Check) -> Restored:
    """Bring a deleted check back, with its evidence, but for what was undone, and with the tick of
    its task if that is open. Idempotent.

    One that was open is finished when another is open by now. Raises InTheWay.
    """
    mastery.lock(check.user)
    check = Check.objects.select_related("user").get(pk=check.pk)
    if check.deleted_at is None:
        return Restored()
    others = Check.objects.filter(user=check.user, kind=check.kind, deleted_at=None)
    if check.kind == Check.Kind.REVIEWS:
        of_the_day = others.filter(day=check.day)
        if with_result(of_the_day).exists():
            raise InTheWay
        of_the_day.update(deleted_at=timezone.now())
    was_open = check.kind == Check.Kind.TAKEN and check.finished_at is None
    is_closed = was_open and others.filter(finished_at=None).exists()
    if is_closed:
        check.finished_at = timezone.now()
    mastery.restore(check.user, check.pk)
    now = timezone.now()
    cause = Cause(check.pk, now, local_day(check.user, now), None)
    follow(check.user, _topics_of(check), cause)
    if check.finished_at is not None or check.kind == Check.Kind.LOGGED:
        propose_gaps(check.user, check, at=now, day=cause.day)
    _index_note(check)
    ticked = tick_again(check.user, check) if check.ticked else None
    Check.objects.filter(pk=check.pk).update(
        deleted_at=None, finished_at=check.finished_at, ticked=ticked is not None
    )
    return Restored(is_closed, ticked)


def _index_note(check: Check) -> None:
    if check.note:
        put_entry(check.user, SearchEntry.Kind.NOTE, check.pk, **entry_of_check(check))


def entry_of_check(check: Check) -> dict[str, str]:
    """Return what the search says of the note on a check. Does not query."""
    return {
        "title": f"Check of {check.day.day} {check.day:%B %Y}",
        "place": "Note on a check",
        "address": reverse("checks:detail", args=[check.pk]),
        "text": check.note,
    }


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
