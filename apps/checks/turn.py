"""Whose turn it is: the answer that is given, and the question after it, in one query made once."""

from __future__ import annotations

import uuid
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Case, Count, Model, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from apps.accounts.models import User
from apps.accounts.prepared import Param, Prepared
from apps.checks.models import Answer, Check
from apps.library.models import Area, Question, Topic


class Turn(NamedTuple):
    """An answer, and the next one to give, if any; both with check, topic, area and question. And how
    many others of the check have a score."""

    answer: Answer
    next: Answer | None
    others: int


_MODELS: dict[str, type[Model]] = {
    "": Answer,
    "check_taken": Check,
    "topic": Topic,
    "topic__area": Area,
    "question": Question,
}
_FIELDS = {
    path: [field.attname for field in model._meta.concrete_fields]
    for path, model in _MODELS.items()
}


def _turn() -> QuerySet[Answer, Any]:
    columns = [
        f"{path}__{name}" if path else name for path, names in _FIELDS.items() for name in names
    ]
    others = (
        Answer.objects.filter(check_taken=Param("check"), score__isnull=False)
        .exclude(pk=Param("answer"))
        .order_by()
        .values("check_taken")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return (
        Answer.objects.filter(
            check_taken=Param("check"),
            check_taken__user=Param("user"),
            check_taken__kind=Check.Kind.TAKEN,
        )
        .annotate(turn=Case(When(pk=Param("answer"), then=0), When(score=None, then=1), default=2))
        .filter(turn__lt=2)
        .order_by("turn", "position")
        .values_list(*columns, Coalesce(Subquery(others), 0))[:2]
    )


_TURN = Prepared(_turn)


def load_turn(user: User, check_id: uuid.UUID, answer_id: uuid.UUID) -> Turn:
    """Return an answer of the learner's check, and the first other one without a score. One query.

    Raises Answer.DoesNotExist.
    """
    found = _TURN(check=check_id, user=user.pk, answer=answer_id)
    rows = [_made(row) for row in found]
    if not rows or rows[0].pk != answer_id:
        raise Answer.DoesNotExist
    return Turn(rows[0], rows[1] if len(rows) > 1 else None, found[0][-1])


def _made(row: tuple[Any, ...]) -> Answer:
    made: dict[str, Any] = {}
    start = 0
    for path, names in _FIELDS.items():
        values = row[start : start + len(names)]
        start += len(names)
        held = values[names.index("id")] is not None
        made[path] = _MODELS[path].from_db(DEFAULT_DB_ALIAS, names, values) if held else None
    answer: Answer = made[""]
    answer.check_taken, answer.topic, answer.question = (
        made["check_taken"],
        made["topic"],
        made["question"],
    )
    answer.topic.area = made["topic__area"]
    return answer
