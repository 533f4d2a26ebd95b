"""A re-test: the questions that scored low in an earlier sitting, asked again."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import NamedTuple

from django.db import transaction

from apps.accounts.models import User
from apps.assessments.models import MOST_TITLE, Assessment
from apps.assessments.questions import ask
from apps.library.models import Question
from apps.mastery import record as mastery


class Refused(Exception):
    """It cannot be done, for a reason the learner can read."""


def title_of(of: str, below: int) -> str:
    """Return what a re-test of the sitting called `of` is called; a long name is cut, no more."""
    rest = f"Re-test of “”, below {below}"
    return f"Re-test of “{of[: MOST_TITLE - len(rest)]}”, below {below}"


class Retest(NamedTuple):
    """A re-test, whether it was made now, and the retired questions it leaves out, in words."""

    assessment: Assessment
    is_new: bool
    left_out: list[str]


@transaction.atomic
def retest(
    user: User, assessment_id: uuid.UUID, below: int, *, at: dt.datetime, day: dt.date
) -> Retest:
    """Open a re-test of the questions that scored below `below`; while one of this sitting is open,
    return that one. Retired questions are left out and named.

    Raises Refused with words when there is nothing to ask, Assessment.DoesNotExist for one that is
    not the learner's. Queries are constant in the number of questions.
    """
    mastery.lock(user)
    before = Assessment.objects.get(
        pk=assessment_id, user=user, kind=Assessment.Kind.QUESTIONS, deleted_at=None
    )
    if before.finished_at is None:
        raise Refused("Finish this sitting first, then ask its weak questions again.")
    running = before.retests.filter(user=user, finished_at=None, deleted_at=None).first()
    if running is not None:
        return Retest(running, is_new=False, left_out=running.asked_for.get("left_out", []))
    low = list(
        before.responses.filter(score__lt=below)
        .order_by("position")
        .values_list(
            *("question_id", "question__topic_id", "question__topic__area_id", "pk"),
            *("question__text", "score", "day"),
        )
    )
    if not low:
        raise Refused(f"No answer of this sitting is below {below}.")
    live = set(
        Question.objects.visible_to(user)
        .live()
        .filter(pk__in=before.responses.values("question_id"))
        .values_list("pk", flat=True)
    )
    asked = [row[:4] for row in low if row[0] in live]
    left_out = [row[4] for row in low if row[0] not in live]
    if not asked:
        raise Refused(f"All that scored below {below} is retired by now.")
    of = before.asked_for.get("of", before.title)
    again = Assessment.objects.create(
        user=user,
        kind=Assessment.Kind.QUESTIONS,
        origin=Assessment.Origin.RETEST,
        title=title_of(of, below),
        day=day,
        at=at,
        before=before,
        below=below,
        asked_for={
            "of": of,
            "left_out": left_out,
            # What it is held against stays, also when those answers are taken back and given anew.
            "before": {
                str(row[0]): [row[5], str(row[6])] for row in low if row[0] in live and row[6]
            },
        },
    )
    ask(again, asked, {})
    return Retest(again, is_new=True, left_out=left_out)
