"""The project's settings as `make run` has them, two pages more, and a clock that stands in November 2026.

The databases are built once and kept, so "today" must stay the day they were built for.
"""

from __future__ import annotations

import datetime as dt
import os

os.environ.setdefault("SECRET_KEY", "bench-only-" * 5)

from django.utils import timezone

from studyplan.settings import *  # noqa: F403 - settings are taken over whole
from studyplan.settings import BASE_DIR, TEMPLATES, VAR_DIR
from tests.bench.outline import TODAY

ROOT_URLCONF = "tests.bench.urls"
STATIC_ROOT = VAR_DIR / "bench" / "static"
TEMPLATES[0]["DIRS"].append(BASE_DIR / "tests" / "bench" / "templates")

_behind = timezone.now() - dt.datetime.combine(TODAY, dt.time(9), dt.UTC)
_now = timezone.now


def now() -> dt.datetime:
    """Return the time of day at which the learners study."""
    return _now() - _behind


timezone.now = now
