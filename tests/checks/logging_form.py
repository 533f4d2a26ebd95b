"""The form that logs a check, and a check that was logged."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.checks.log import Answered, log_result
from apps.checks.models import Check
from apps.library.models import Topic
from tests.checks.taking import today

LOG = "/checks/log/"


def form(*rows: tuple[str, object, bool], **fields: object) -> dict[str, Any]:
    """What a browser would send for these rows of topic, score, review."""
    data: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "day": today().isoformat(),
        "answers-TOTAL_FORMS": len(rows),
        "answers-INITIAL_FORMS": 0,
        **fields,
    }
    for number, (topic, score, review) in enumerate(rows):
        data[f"answers-{number}-topic"] = topic
        data[f"answers-{number}-score"] = score
        if review:
            data[f"answers-{number}-review"] = "on"
    return data


def logged(user: User, topic: Topic, score: int = 90, day: dt.date | None = None) -> Check:
    return log_result(
        user,
        day=day or today(),
        at=timezone.now(),
        answers=[Answered(topic.pk, score)],
    )
