"""The one place that knows what day it is for a learner."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import TYPE_CHECKING

from django.utils import timezone

if TYPE_CHECKING:
    from apps.accounts.models import User


def local_day(user: User, at: dt.datetime) -> dt.date:
    """Return the date on the learner's calendar at the moment `at`. Does not query."""
    try:
        zone: dt.tzinfo = zoneinfo.ZoneInfo(user.time_zone)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        zone = dt.UTC
    return at.astimezone(zone).date()


def local_today(user: User) -> dt.date:
    """Return today's date on the learner's calendar. Does not query."""
    return local_day(user, timezone.now())
