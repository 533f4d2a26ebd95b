"""The project's settings, with what only tests need."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

# Settings refuse to start without a key.
os.environ.setdefault("SECRET_KEY", "tests-only-" * 5)

from studyplan.settings import *  # noqa: F403 - settings are taken over whole
from studyplan.settings import DATABASES, STORAGES

# The pool keeps threads alive that a test database cannot be dropped under.
DATABASES["default"].get("OPTIONS", {}).pop("pool", None)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as in production: several threads, WAL, real locks.
    _file = Path(tempfile.gettempdir()) / f"studyplan-test-{os.getpid()}.sqlite3"
    DATABASES["default"]["TEST"] = {"NAME": str(_file)}
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
WHITENOISE_AUTOREFRESH = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
