"""Starts the server, says when it is ready, and ends it when told: python -m scripts.serve [--demo]

Only the standard library: this process stays for as long as the server does, and should weigh little.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from scripts.common import (
    DEMO_EMAIL,
    EVERYWHERE,
    LOCAL_HOSTS,
    ROOT,
    VAR,
    Problem,
    address,
    fail,
    join,
    lan_address,
    say,
    say_problem,
)
from scripts.health import status

READY_WITHIN = 60.0
ERRORS_ALLOWED = 10
PAUSE_AFTER_ERROR = 1.0


def ready_lines(host: str, port: int, password: str | None) -> list[str]:
    """What is said when the server answers; the last line is leaned on by scripts."""
    lines = []
    lan = lan_address() if host in EVERYWHERE else None
    if lan:
        lines.append(f"On this network: http://{join(lan, port)}")
    shown = "localhost" if host in LOCAL_HOSTS else host
    who = f" ({DEMO_EMAIL} / {password})" if password else ""
    lines.append(f"Studyplan is ready: http://{join(shown, port)}{who}")
    return lines


def end_with_parent() -> None:
    """Asks Linux to end this process when the one that started it dies."""
    try:
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    except (OSError, AttributeError):
        return


def is_child_of_make() -> bool:
    try:
        return Path(f"/proc/{os.getppid()}/comm").read_text(encoding="utf-8").strip() in (
            "make",
            "gmake",
        )
    except OSError:
        return False


def start() -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        "python:scripts.gunicorn_conf",
        "studyplan.wsgi",
    ]
    # A session of its own: Ctrl-C reaches this process alone, which passes it on once.
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True, preexec_fn=end_with_parent)


def wait_until_ready(server: subprocess.Popen[bytes], host: str, port: int) -> bool:
    """Whether the server answered in time; False also when it ended or answers with errors."""
    end = time.monotonic() + READY_WITHIN
    errors = 0
    while time.monotonic() < end and server.poll() is None and errors < ERRORS_ALLOWED:
        answer = status(host, port)
        if answer == 200:
            return True
        if answer is None:
            time.sleep(0.05)
        else:
            # It is up but not well, such as with its database away for a moment.
            errors += 1
            time.sleep(PAUSE_AFTER_ERROR)
    return False


def exit_code(code: int) -> int:
    """As a shell says it: 137 for a process killed by signal 9."""
    return 128 - code if code < 0 else code


def stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def main(arguments: list[str]) -> int:
    host, port = address()
    if is_child_of_make():
        end_with_parent()
    asked_to_end = False

    def end(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked_to_end
        asked_to_end = True
        if server.poll() is None:
            server.terminate()

    server = start()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, end)
    if not wait_until_ready(server, host, port):
        ended = server.poll() is not None
        stop(server)
        if asked_to_end:
            return 0
        reason = (
            f"ended with code {exit_code(server.returncode)}" if ended else "did not answer well"
        )
        say_problem(f"the server {reason} before it was ready; what it said stands above.")
        return 1
    password = None
    if "--demo" in arguments:
        password = (VAR / "demo-password").read_text(encoding="utf-8").strip()
    for line in ready_lines(host, port, password):
        say(line)
    server.wait()
    if asked_to_end:
        return 0
    code = exit_code(server.returncode)
    say_problem(f"the server ended by itself with code {code}.")
    return code or 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Problem as problem:
        fail(problem)
