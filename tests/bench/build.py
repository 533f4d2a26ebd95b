"""Builds a database unless it is there: python -m tests.bench.build LEARNERS

The last line it prints is a JSON list of signed-in learners, for whom sessions are made each time.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"

import django

django.setup()

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from apps.accounts.models import User
from apps.assessments.models import Assessment
from apps.checks.models import Answer
from apps.plans.models import Task
from tests.bench import outline
from tests.bench.multiply import multiply
from tests.bench.template import make_learner


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def version(learners: int) -> str:
    """Return what a database was built from: the migrations, the outline, the number of learners."""
    total = hashlib.sha256(f"{outline.VERSION} {learners}".encode())
    for path in sorted(Path(settings.BASE_DIR).glob("apps/*/migrations/*.py")):
        total.update(path.read_bytes())
    return total.hexdigest()


def built_version() -> str:
    """Return the version the database says it has; empty when it was not finished."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT version FROM bench_version")
            return str(cursor.fetchone()[0])
    except DatabaseError:
        return ""
    finally:
        connection.close()


def make_empty() -> None:
    """Leave a database without any table."""
    if connection.vendor == "sqlite":
        name = Path(str(connection.settings_dict["NAME"]))
        name.parent.mkdir(parents=True, exist_ok=True)
        for suffix in ("", "-wal", "-shm"):
            name.with_name(name.name + suffix).unlink(missing_ok=True)
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    connection.close()


def build(learners: int) -> None:
    """Make the database anew."""
    begin = time.monotonic()
    say(f"Building {learners:,} learners in {connection.vendor}, once ...")
    make_empty()
    call_command("migrate", interactive=False, verbosity=0)
    make_learner()
    multiply(learners, say)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_version (version varchar(64))")
        cursor.execute("INSERT INTO bench_version VALUES (%s)", [version(learners)])
    say(f"  done in {time.monotonic() - begin:.0f} s")


def sign_in() -> Iterator[dict[str, Any]]:
    """Yield a session, an open task of today, the open check with its first question, and the
    finished assessment of learners from all over the database."""
    Session.objects.all().delete()
    learners = User.objects.in_bulk(
        [f"learner-{n}@bench.example" for n in outline.signed_in(User.objects.count())],
        field_name="email",
    )
    store = SessionStore()
    expires = timezone.now() + dt.timedelta(days=14)
    sessions = []
    for learner in learners.values():
        data = {
            SESSION_KEY: str(learner.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: learner.get_session_auth_hash(),
        }
        key = store._get_new_session_key()
        sessions.append(
            Session(session_key=key, session_data=store.encode(data), expire_date=expires)
        )
        task = Task.objects.filter(
            plan__owner=learner, status=Task.Status.TODO, parts__day=outline.TODAY
        ).order_by("position")
        asked = Answer.objects.filter(check_taken__user=learner, score=None).order_by("position")
        check, answer = asked.values_list("check_taken", "pk")[0]
        assessment = Assessment.objects.get(user=learner)
        yield {
            "session": key,
            "task": str(task.values_list("pk", flat=True)[0]),
            "check": str(check),
            "answer": str(answer),
            "assessment": str(assessment.pk),
        }
    Session.objects.bulk_create(sessions)


def main(learners: int) -> None:
    if built_version() != version(learners):
        build(learners)
    signed_in = list(sign_in())
    connection.close()
    print(json.dumps(signed_in))


if __name__ == "__main__":
    main(int(sys.argv[1]))
