"""A form that starts a sitting carries its id, so that sending it twice starts one."""

from __future__ import annotations

import uuid
from typing import Any

from apps.accounts.models import User
from apps.assessments.models import Assessment


class Another(Exception):
    """What was started under this id is not what is wanted now: it asks something else, or it was
    deleted (`is_deleted`)."""

    def __init__(self, *, is_deleted: bool) -> None:
        super().__init__("Another assessment was started under this id.")
        self.is_deleted = is_deleted


def started(
    user: User, key: uuid.UUID, *, kind: str, origin: str, asked_for: dict[str, Any]
) -> Assessment | None:
    """Return the sitting that was started under this id before; None without one. One query.

    Raises Another, and Assessment.DoesNotExist when it is somebody else's.
    """
    found = Assessment.objects.filter(pk=key).first()
    if found is None:
        return None
    if found.user_id != user.pk:
        raise Assessment.DoesNotExist("That assessment belongs to somebody else.")
    if found.deleted_at or (found.kind, found.origin, found.asked_for) != (kind, origin, asked_for):
        raise Another(is_deleted=found.deleted_at is not None)
    return found
