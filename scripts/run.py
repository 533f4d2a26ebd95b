"""Sets everything up that is not yet, then serves: python -m scripts.run [--dev]

What is already done is left alone, so a second start takes a moment and touches no data.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import io
import json
import os
import secrets
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from scripts.common import (
    DEMO_EMAIL,
    ROOT,
    VAR,
    Problem,
    address,
    allowed_hosts,
    check_port,
    fail,
    join,
    say,
)

State = dict[str, Any]


# Files of our own ------------------------------------------------------------------------------


def write_private(path: Path, text: str) -> None:
    """Writes a file that only its owner can read, in one step."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as handle:
        handle.write(text)
    draft.replace(path)


def ensure_secret_key(var: Path = VAR) -> None:
    """The environment names a key afterwards; one that was made here is kept for the next start."""
    if os.environ.get("SECRET_KEY") or os.environ.get("SECRET_KEY_FILE"):
        return
    path = var / "secret-key"
    if not path.exists() or not path.read_text(encoding="utf-8").strip():
        write_private(path, secrets.token_urlsafe(64) + "\n")
    os.environ["SECRET_KEY_FILE"] = str(path)


def read_state(path: Path) -> State:
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


@contextlib.contextmanager
def only_one(var: Path = VAR) -> Iterator[None]:
    """Two starts at once take turns."""
    var.mkdir(mode=0o700, exist_ok=True)
    with (var / "setup.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another `make run` to finish its set-up ...")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def digest_of(*folders: Path) -> str:
    """One hash over the names and contents of all files below, but for what Python compiles."""
    total = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                total.update(f"{path.relative_to(folder)}\0".encode())
                total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


# The database ----------------------------------------------------------------------------------


def unknown_migrations(
    applied: Iterable[tuple[str, str]], known: Iterable[tuple[str, str]]
) -> list[str]:
    """Migrations of our apps that the database has and the code has not."""
    known = set(known)
    apps = {app for app, _ in known}
    return [
        f"{app}.{name}" for app, name in sorted(applied) if app in apps and (app, name) not in known
    ]


def database_name() -> str:
    """The database in words, without its password."""
    from django.db import connection

    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        path = Path(settings["NAME"])
        return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
    return f"{settings['NAME']} on {settings['HOST'] or 'this machine'}"


def database_identity() -> str:
    """Changes when another database takes the place of this one, so that nothing is taken for done in it."""
    from django.db import connection

    if connection.vendor == "sqlite":
        inode: object = Path(connection.settings_dict["NAME"]).stat().st_ino
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
            inode = cursor.fetchone()[0]
    return f"{connection.vendor} {database_name()} {connection.settings_dict['PORT']} {inode}"


def inspect_database() -> tuple[bool, bool]:
    """Whether the database is new, and whether it needs migrating. Changes nothing."""
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.migrations.recorder import MigrationRecorder

    try:
        if connection.vendor == "sqlite":
            # Only looking would make the file already.
            name = str(connection.settings_dict["NAME"])
            if not name.startswith((":memory:", "file:")) and not Path(name).exists():
                return True, True
        applied = set(MigrationRecorder(connection).applied_migrations())
        executor = MigrationExecutor(connection)
    except DatabaseError as error:
        raise Problem(f"the database {database_name()} cannot be used: {error}") from None
    known = set(executor.loader.disk_migrations) | set(executor.loader.graph.nodes)
    unknown = unknown_migrations(applied, known)
    if unknown:
        raise Problem(
            f"the database {database_name()} belongs to a newer version ({unknown[-1]} is unknown to this one); "
            "update Studyplan, or give another DATABASE_URL."
        )
    return not applied, bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def set_up_database(state: State, fixtures: Path, save: Any) -> None:
    from django.core.management import call_command
    from django.db import connection

    new, pending = inspect_database()
    if new or pending:
        say(f"{'Making' if new else 'Updating'} the database {database_name()} ...")
        if new and connection.vendor == "sqlite":
            connection.ensure_connection()
        if new:
            # Remembered until all is in: a set-up that was cut short goes on next time.
            state["unfinished"] = database_identity()
            save()
        call_command("migrate", interactive=False, verbosity=0)

    identity = database_identity()
    # The code that renders content counts too.
    digest = digest_of(fixtures, ROOT / "apps" / "library")
    loaded = state.setdefault("content", {})
    if new or pending or loaded.get(identity) != digest:
        say("Loading the content ...")
        try:
            call_command("load_content")
        except SystemExit as error:
            if error.code:
                raise Problem("the content has faults; they stand above.") from None
        loaded[identity] = digest
        save()
    if state.get("unfinished") == identity:
        say("Making the demo learner ...")
        call_command("create_demo", stdout=io.StringIO())
        del state["unfinished"]
        save()


def demo_can_sign_in(var: Path = VAR) -> bool:
    """Whether the kept password opens the demo learner's account in this database."""
    from django.contrib.auth import get_user_model

    try:
        password = (var / "demo-password").read_text(encoding="utf-8").strip()
    except OSError:
        return False
    demo = get_user_model().objects.filter(email=DEMO_EMAIL).first()
    return demo is not None and demo.check_password(password)


# Static files ----------------------------------------------------------------------------------


def static_digest() -> str:
    """Changes when a static file does: by name, size and time, as there are many from other packages."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders

    total = hashlib.sha256(str(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            total.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return total.hexdigest()


def set_up_static_files(state: State, save: Any) -> None:
    from django.conf import settings
    from django.core.management import call_command

    digest = static_digest()
    if state.get("static") == digest and (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        return
    say("Collecting the static files ...")
    call_command("collectstatic", interactive=False, verbosity=0)
    state["static"] = digest
    save()


# All of it -------------------------------------------------------------------------------------


def load_settings() -> None:
    """Django, with the settings of the environment; a bad variable is named in one line."""
    import django
    from django.core.exceptions import ImproperlyConfigured
    from environs import EnvError

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studyplan.settings")
    try:
        django.setup()
    except (EnvError, ImproperlyConfigured, OSError) as error:
        raise Problem(f"the settings cannot be read: {error}") from None


def prepare(dev: bool) -> bool:
    """Makes everything ready; whether the demo learner can sign in."""
    with only_one():
        ensure_secret_key()
        load_settings()
        from django.conf import settings
        from django.core.management import CommandError
        from django.db import DatabaseError, connection

        if connection.vendor == "postgresql":
            # One connection is enough here, and a server that is away is known at once.
            options = connection.settings_dict["OPTIONS"]
            options.pop("pool", None)
            options.setdefault("connect_timeout", 5)

        path = VAR / "state.json"
        state = read_state(path)

        def save() -> None:
            write_private(path, json.dumps(state, indent=1, sort_keys=True) + "\n")

        try:
            set_up_database(state, Path(settings.FIXTURES_DIR), save)
            if not dev:
                set_up_static_files(state, save)
            return demo_can_sign_in()
        except CommandError as error:
            raise Problem(error) from None
        except DatabaseError as error:
            raise Problem(f"the database {database_name()} cannot be used: {error}") from None
        finally:
            connection.close()


def main(arguments: list[str]) -> None:
    dev = "--dev" in arguments
    host, port = address()
    check_port(host, port)
    if not os.environ.get("ALLOWED_HOSTS"):
        os.environ["ALLOWED_HOSTS"] = allowed_hosts(host)
    os.chdir(ROOT)
    if dev:
        os.environ.setdefault("DEBUG", "True")
    demo = prepare(dev)
    sys.stdout.flush()
    if dev:
        if demo:
            password = (VAR / "demo-password").read_text(encoding="utf-8").strip()
            say(f"Sign in as {DEMO_EMAIL} / {password}")
        command = ["manage.py", "runserver", join(host, port)]
    else:
        command = ["-m", "scripts.serve", *(["--demo"] if demo else [])]
    # A fresh process in this one's place: what the set-up loaded is not kept for the life of the server.
    os.execv(sys.executable, [sys.executable, *command])  # noqa: S606 - this project's own server


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Problem as problem:
        fail(problem)
    except KeyboardInterrupt:
        fail("stopped.", 130)
