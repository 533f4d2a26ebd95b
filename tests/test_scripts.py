"""The set-up and server scripts: what they refuse, what they skip, what they say."""

from __future__ import annotations

import ast
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from scripts import check, common, health, run, serve, setup
from scripts import test as test_script

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOST", "PORT", "PYTHON", "ALLOWED_HOSTS", "CHROMIUM"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def one_line(text: str) -> str:
    """What was said, which must be one line."""
    assert text.count("\n") == 1, text
    assert text.startswith("studyplan: ")
    return text


# Python and .venv ------------------------------------------------------------------------------


def test_setup_can_be_read_by_an_old_python() -> None:
    ast.parse((ROOT / "scripts/setup.py").read_text(), feature_version=(3, 4))


def test_old_python_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4, "final", 0))
    with pytest.raises(SystemExit) as end:
        setup.main(["run"], root=str(tmp_path))
    assert end.value.code == 2
    line = one_line(capsys.readouterr().err)
    assert "Python 3.11 or newer is needed, this is 3.10.4" in line
    assert list(tmp_path.iterdir()) == []


def test_missing_venv_module_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SystemExit) as end:
        setup.main(["run"], root=str(tmp_path))
    assert end.value.code == 2
    assert "apt-get install python3-venv" in one_line(capsys.readouterr().err)


def test_taken_port_is_said_before_anything_is_installed(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    taken_port: int,
) -> None:
    monkeypatch.setenv("PORT", str(taken_port))
    with pytest.raises(SystemExit) as end:
        setup.main(["run", "--port"], root=str(tmp_path))
    assert end.value.code == 2
    assert f"port {taken_port} is taken" in one_line(capsys.readouterr().err)
    assert list(tmp_path.iterdir()) == []


def fake_python(folder: Path, name: str, *, version: str, venv: bool) -> Path:
    """A program that answers python.sh's questions as a Python of that version would."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    new = "true" if version >= "3.11" else "false"
    path.write_text(
        "#!/bin/sh\n"
        f'case "$2" in *ensurepip*) {new} && {str(venv).lower()}; exit;; esac\n'
        f'case "$2" in *version_info*) {new}; exit;; pass) exit 0;; esac\n'
        f'echo {name} {version} "$@"\n'
    )
    path.chmod(0o755)
    return path


def find_python(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", ROOT / "scripts/python.sh", "setup.py", "run"],
        env={"PATH": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_first_python_that_is_new_enough_is_taken(tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    fake_python(folder, "python3", version="3.09", venv=True)
    fake_python(folder, "python3.12", version="3.12", venv=False)
    fake_python(folder, "python3.11", version="3.11", venv=True)
    assert find_python(folder).stdout == "python3.11 3.11 setup.py run\n"


def test_a_python_that_cannot_make_environments_is_better_than_none(tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    fake_python(folder, "python3", version="3.09", venv=True)
    fake_python(folder, "python3.12", version="3.12", venv=False)
    assert find_python(folder).stdout == "python3.12 3.12 setup.py run\n"


def test_an_old_python_gets_to_say_so(tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    fake_python(folder, "python3", version="3.09", venv=True)
    assert find_python(folder).stdout == "python3 3.09 setup.py run\n"


def test_python_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    fake_python(folder, "python3", version="3.12", venv=True)
    own = fake_python(tmp_path / "own", "mine", version="3.13", venv=True)
    assert find_python(folder, PYTHON=str(own)).stdout == "mine 3.13 setup.py run\n"
    missing = find_python(folder, PYTHON="/nowhere/python")
    assert missing.returncode == 2
    assert "PYTHON=/nowhere/python is not there" in one_line(missing.stderr)


def test_no_python_at_all(tmp_path: Path) -> None:
    nothing = find_python(tmp_path)
    assert nothing.returncode == 2
    assert "no Python found" in one_line(nothing.stderr)


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A folder whose .venv holds what requirements/run.txt locks."""
    version = "{}.{}.{}".format(*sys.version_info[:3])
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements/run.txt").write_text("django==5.2\n")
    (tmp_path / "requirements/dev.txt").write_text("django==5.2\npytest==9\n")
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").symlink_to(sys.executable)
    (tmp_path / ".venv/pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {version}\n")
    stamp = setup.stamp_of(str(tmp_path), "run", sys.version_info[:3])
    Path(setup.stamp_path(str(tmp_path), "run")).write_text(json.dumps(stamp))
    return tmp_path


def test_nothing_is_done_when_the_stamp_matches(
    environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "install", lambda *_: pytest.fail("installed again"))
    setup.main(["run"], root=str(environment))


def change_lock(root: Path) -> None:
    (root / "requirements/run.txt").write_text("django==5.2.1\n")


def change_python(root: Path) -> None:
    (root / ".venv/pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.11.0\n")


def lose_python(root: Path) -> None:
    (root / ".venv/bin/python").unlink()


def spoil_stamp(root: Path) -> None:
    Path(setup.stamp_path(str(root), "run")).write_text("{")


@pytest.mark.parametrize("change", [change_lock, change_python, lose_python, spoil_stamp])
def test_a_change_installs_again(
    environment: Path, monkeypatch: pytest.MonkeyPatch, change: object
) -> None:
    assert callable(change)
    change(environment)
    done: list[str] = []
    monkeypatch.setattr(setup, "make_environment", lambda _: done.append("environment"))
    monkeypatch.setattr(setup, "install", lambda _, kind: done.append(kind))
    setup.main(["run"], root=str(environment))
    assert done == ["environment", "run"]


def test_run_time_packages_alone_are_not_enough_for_tests(environment: Path) -> None:
    assert setup.is_current(str(environment), "run")
    assert not setup.is_current(str(environment), "dev")


def test_an_install_that_fails_leaves_no_stamp(
    environment: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup.subprocess, "call", lambda _: 1)
    with pytest.raises(SystemExit) as end:
        setup.install(str(environment), "run")
    assert end.value.code == 2
    assert "pip could not install requirements/run.txt" in one_line(capsys.readouterr().err)
    assert not setup.is_current(str(environment), "run")


def test_pip_checks_every_hash(environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr(setup.subprocess, "call", lambda command: commands.append(command) or 0)
    setup.install(str(environment), "dev")
    assert "--require-hashes" in commands[0]
    # What dev.txt holds includes run.txt.
    assert setup.is_current(str(environment), "run")
    assert setup.is_current(str(environment), "dev")


# HOST and PORT ---------------------------------------------------------------------------------


@pytest.mark.parametrize("port", ["0", "-1", "65536", "80a", "²", "8e3"])
def test_port_must_be_a_number(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(common.Problem, match=f"PORT={port} is no port"):
        common.address()


def test_where_it_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    assert common.address() == ("127.0.0.1", 8000)
    monkeypatch.setenv("HOST", "[::1]")
    monkeypatch.setenv("PORT", " 8100 ")
    assert common.address() == ("::1", 8100)


def test_port_taken(taken_port: int) -> None:
    with pytest.raises(common.Problem, match=f"port {taken_port} is taken by another program"):
        common.check_port("127.0.0.1", taken_port)


def test_port_taken_ends_before_any_work(
    monkeypatch: pytest.MonkeyPatch, taken_port: int, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scripts.run"],
        cwd=ROOT,
        env={**os.environ, "PORT": str(taken_port), "DATABASE_URL": f"sqlite:///{tmp_path}/x"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert f"port {taken_port} is taken" in one_line(done.stderr)
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_port_is_free_again_after_the_check() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
    common.check_port("127.0.0.1", port)
    common.check_port("127.0.0.1", port)


def test_address_of_another_machine() -> None:
    with pytest.raises(common.Problem, match=re.escape("HOST=198.51.100.7 PORT=8000")):
        common.check_port("198.51.100.7", 8000)


def test_allowed_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(common, "lan_address", lambda: "192.0.2.7")
    monkeypatch.setattr(common.socket, "gethostname", lambda: "Desk")
    assert common.allowed_hosts("127.0.0.1") == "localhost,127.0.0.1,[::1]"
    assert common.allowed_hosts("192.0.2.7") == "localhost,127.0.0.1,[::1],192.0.2.7"
    assert common.allowed_hosts("0.0.0.0") == "localhost,127.0.0.1,[::1],192.0.2.7,desk"


# The ready line --------------------------------------------------------------------------------


def test_ready_line() -> None:
    assert serve.ready_lines("127.0.0.1", 8000, "secret") == [
        "Studyplan is ready: http://localhost:8000 (demo@studyplan.local / secret)"
    ]


def test_ready_line_without_a_demo_learner() -> None:
    assert serve.ready_lines("192.0.2.7", 8100, None) == [
        "Studyplan is ready: http://192.0.2.7:8100"
    ]


def test_ready_line_is_last_after_the_address_on_the_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(serve, "lan_address", lambda: "192.0.2.7")
    assert serve.ready_lines("0.0.0.0", 8100, "x") == [
        "On this network: http://192.0.2.7:8100",
        "Studyplan is ready: http://localhost:8100 (demo@studyplan.local / x)",
    ]


def fake_server(code: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-S", "-c", code])


def keep_signals(monkeypatch: pytest.MonkeyPatch) -> dict[int, object]:
    """Catches the handlers that serve.main sets, so that this process keeps its own."""
    handlers: dict[int, object] = {}
    monkeypatch.setattr(serve.signal, "signal", handlers.__setitem__)
    monkeypatch.setattr(serve, "is_child_of_make", lambda: False)
    return handlers


def test_a_server_that_does_not_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_signals(monkeypatch)
    monkeypatch.setattr(serve, "start", lambda: fake_server("raise SystemExit(3)"))
    monkeypatch.setattr(serve, "status", lambda *_: None)
    assert serve.main([]) == 1
    assert "ended with code 3 before it was ready" in one_line(capsys.readouterr().err)


def test_a_server_that_answers_with_errors(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_signals(monkeypatch)
    asked: list[int] = []
    server = fake_server("import time; time.sleep(60)")
    monkeypatch.setattr(serve, "start", lambda: server)
    monkeypatch.setattr(serve, "PAUSE_AFTER_ERROR", 0)
    monkeypatch.setattr(serve, "status", lambda *_: asked.append(1) or 500)
    assert serve.main([]) == 1
    assert len(asked) == serve.ERRORS_ALLOWED
    assert "did not answer well" in one_line(capsys.readouterr().err)
    assert server.returncode is not None


def test_a_server_that_is_killed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_signals(monkeypatch)
    server = fake_server("import time; time.sleep(60)")
    monkeypatch.setattr(serve, "start", lambda: server)

    def healthy_then_killed(*_: object) -> int:
        server.kill()
        return 200

    monkeypatch.setattr(serve, "status", healthy_then_killed)
    assert serve.main([]) == 137
    said = capsys.readouterr()
    assert said.out == "Studyplan is ready: http://localhost:8000\n"
    assert "ended by itself with code 137" in one_line(said.err)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_the_server(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    handlers = keep_signals(monkeypatch)
    server = fake_server("import time; time.sleep(60)")
    monkeypatch.setattr(serve, "start", lambda: server)

    def healthy_then_told_to_end(*_: object) -> int:
        handler = handlers[number]
        assert callable(handler)
        handler(number, None)
        return 200

    monkeypatch.setattr(serve, "status", healthy_then_told_to_end)
    assert serve.main([]) == 0
    assert server.returncode == -signal.SIGTERM


def test_health_asks_by_a_name_the_server_accepts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert health.host_header() == "localhost"
    for given, asked in [
        ("*", "localhost"),
        ("a.example,b.example", "a.example"),
        (".b.example", "www.b.example"),
    ]:
        monkeypatch.setenv("ALLOWED_HOSTS", given)
        assert health.host_header() == asked


def test_health_of_nothing(taken_port: int) -> None:
    assert health.status("127.0.0.1", taken_port, timeout=0.05) is None


# The set-up ------------------------------------------------------------------------------------


def test_secret_key_is_made_once_and_private(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SECRET_KEY", "")
    monkeypatch.setenv("SECRET_KEY_FILE", "")
    run.ensure_secret_key(tmp_path)
    path = tmp_path / "secret-key"
    key = path.read_text()
    assert len(key) > 60
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.environ["SECRET_KEY_FILE"] == str(path)
    monkeypatch.setenv("SECRET_KEY_FILE", "")
    run.ensure_secret_key(tmp_path)
    assert path.read_text() == key
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret-key"]


def test_a_given_secret_key_goes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET_KEY", "given")
    run.ensure_secret_key(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_unknown_migrations() -> None:
    known = [("plans", "0001_initial"), ("plans", "0002_more"), ("auth", "0001_initial")]
    assert run.unknown_migrations(known, known) == []
    assert run.unknown_migrations([*known, ("plans", "0003_later")], known) == ["plans.0003_later"]
    # An app that is no longer installed is nobody's newer version.
    assert run.unknown_migrations([*known, ("gone", "0001_initial")], known) == []


@pytest.mark.django_db
def test_a_database_of_a_newer_version_is_refused() -> None:
    from django.db.migrations.recorder import MigrationRecorder

    assert run.inspect_database() == (False, False)
    MigrationRecorder.Migration.objects.create(app="accounts", name="0999_later")
    with pytest.raises(common.Problem, match=r"newer version \(accounts\.0999_later is unknown"):
        run.inspect_database()


@pytest.mark.django_db
def test_a_migration_that_is_missing_is_seen() -> None:
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder.Migration.objects.filter(app="sessions").delete()
    assert run.inspect_database() == (False, True)


class Calls:
    """Stands in for Django's call_command and for a database."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names: list[str] = []
        self.fail_at = ""
        self.found = (True, True)
        monkeypatch.setattr("django.core.management.call_command", self.call)
        monkeypatch.setattr(run, "inspect_database", lambda: self.found)
        monkeypatch.setattr(run, "database_identity", lambda: "here")
        monkeypatch.setattr(
            "django.db.connection",
            SimpleNamespace(vendor="sqlite", settings_dict={"NAME": "x"}, ensure_connection=int),
        )

    def call(self, name: str, **_: object) -> None:
        self.names.append(name)
        if name == self.fail_at:
            raise SystemExit(1)

    def take(self) -> list[str]:
        names, self.names = self.names, []
        return names


ALL = ["migrate", "load_content", "create_demo"]


def test_set_up_does_each_thing_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    calls = Calls(monkeypatch)
    (tmp_path / "areas.yaml").write_text("a: 1\n")
    state: run.State = {}

    def set_up() -> list[str]:
        run.set_up_database(state, tmp_path, lambda: None)
        return calls.take()

    assert set_up() == ALL
    calls.found = (False, False)
    assert set_up() == []
    (tmp_path / "areas.yaml").write_text("a: 2\n")
    assert set_up() == ["load_content"]
    calls.found = (False, True)
    assert set_up() == ["migrate", "load_content"]
    assert set_up() == ["migrate", "load_content"]


def test_a_set_up_that_was_cut_short_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calls = Calls(monkeypatch)
    calls.fail_at = "load_content"
    state: run.State = {}
    with pytest.raises(common.Problem, match="the content has faults"):
        run.set_up_database(state, tmp_path, lambda: None)
    assert calls.take() == ALL[:2]
    calls.fail_at, calls.found = "", (False, False)
    run.set_up_database(state, tmp_path, lambda: None)
    assert calls.take() == ["load_content", "create_demo"]
    run.set_up_database(state, tmp_path, lambda: None)
    assert calls.take() == []


def test_state_survives_what_is_not_json(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    for text in ("", "{", "[]", "\x00"):
        path.write_text(text)
        assert run.read_state(path) == {}
    run.write_private(path, json.dumps({"static": "x"}))
    assert run.read_state(path) == {"static": "x"}


def test_static_digest_follows_the_files() -> None:
    assert run.static_digest() == run.static_digest()


# make test and make check ----------------------------------------------------------------------


def test_chromium_is_found_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert test_script.find_chromium() is None
    browser = tmp_path / "chromium-browser"
    browser.touch(0o755)
    assert test_script.find_chromium() == str(browser)
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    assert test_script.find_chromium() is None


def test_browser_tests_left_out_are_counted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "test_two.py").write_text(
        "import pytest\n@pytest.mark.browser\ndef test_page(): raise AssertionError\n"
        "def test_plain(): pass\n"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = browser: x\n")
    options = ["-p", "no:django", "-p", "no:cacheprovider", "-c", f"{tmp_path}/pytest.ini"]
    done = subprocess.run(
        [sys.executable, "-m", "scripts.test", *options, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "CHROMIUM": "/nowhere", "REQUIRE_BROWSER": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "1 passed, 1 deselected" in done.stdout
    last = done.stdout.splitlines()[-1]
    assert last.startswith("1 browser test was left out: CHROMIUM=/nowhere is not there.")
    assert "apt-get install chromium" in last


def test_a_second_run_may_leave_out_what_touches_no_database(tmp_path: Path) -> None:
    (tmp_path / "test_some.py").write_text(
        "import pytest\n@pytest.fixture\ndef db(): pass\n"
        "def test_plain(): pass\ndef test_stored(db): pass\n"
        "@pytest.mark.parametrize('n', [1, 2])\ndef test_each(n): pass\n",
        encoding="utf-8",
    )
    options = ["-p", "no:cacheprovider", "-p", "no:django", "-c", "/dev/null", "-q"]
    done = subprocess.run(
        [sys.executable, "-m", "scripts.test", *options, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "ONLY_DATABASE": "1", "REQUIRE_BROWSER": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "1 passed, 3 deselected" in done.stdout
    assert done.stdout.splitlines()[-1] == "3 tests that touch no database were left out."


@pytest.mark.parametrize(
    ("required", "failures", "code", "says"),
    [
        ("1", 1, 0, "Tried again after a failure: test_stall.py::test_stall"),
        ("1", 2, 1, "1 failed, 1 rerun"),
        ("", 1, 1, "1 failed"),
    ],
)
def test_a_stalled_browser_test_is_tried_once_more_and_named(
    tmp_path: Path, required: str, failures: int, code: int, says: str
) -> None:
    (tmp_path / "test_stall.py").write_text(
        "import pathlib, pytest\n@pytest.mark.browser\ndef test_stall():\n"
        "    runs = pathlib.Path('runs')\n    runs.open('a').write('x')\n"
        f"    assert len(runs.read_text()) > {failures}\n"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = browser: x\n")
    done = subprocess.run(
        [sys.executable, "-m", "scripts.test", "-q", "-p", "no:django", "-c", "pytest.ini"],
        cwd=tmp_path,
        env={
            **os.environ,
            "CHROMIUM": sys.executable,
            "REQUIRE_BROWSER": required,
            "PYTHONPATH": str(ROOT),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout
    assert says in done.stdout


def test_checks_that_fail_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = [
        check.Step("good", ["-c", "pass"]),
        check.Step("bad", ["-c", "print('line 7 is wrong'); raise SystemExit(1)"]),
    ]
    monkeypatch.setattr(check, "STEPS", steps)
    assert check.main() == 1
    said = capsys.readouterr().out
    assert "line 7 is wrong" in said
    assert said.endswith("make check failed: bad.\n")
    monkeypatch.setattr(check, "STEPS", steps[:1])
    assert check.main() == 0


def test_make_tells_what_there_is() -> None:
    done = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in ("run", "test", "check", "bench", "dev", "lock"):
        assert f"make {name} " in done.stdout
