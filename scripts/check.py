"""Every check that needs no test run: python -m scripts.check

Runs all of them, two at a time, and says at the end which failed.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from scripts.common import ROOT, say

DEPLOYED = {"HTTPS": "True", "DEBUG": "False", "ALLOWED_HOSTS": "studyplan.example"}


class Step(NamedTuple):
    name: str
    command: list[str]
    environment: dict[str, str] = {}


class Result(NamedTuple):
    step: Step
    code: int
    output: str
    seconds: float


STEPS = [
    Step("types", ["-m", "mypy"]),
    Step("lint", ["-m", "ruff", "check", "."]),
    Step("format", ["-m", "ruff", "format", "--check", "."]),
    Step("templates", ["-m", "djlint", "templates", "--lint", "--quiet"]),
    Step("migrations", ["manage.py", "makemigrations", "--check", "--dry-run"]),
    Step("deployment", ["manage.py", "check", "--deploy", "--fail-level", "WARNING"], DEPLOYED),
    Step("content", ["manage.py", "check_content"]),
]


def run(step: Step) -> Result:
    environment = {
        **os.environ,
        "SECRET_KEY": secrets.token_urlsafe(64),
        # No check reads data; none may leave a database behind.
        "DATABASE_URL": "sqlite://:memory:",
        **step.environment,
    }
    begin = time.monotonic()
    done = subprocess.run(
        [sys.executable, *step.command],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Result(step, done.returncode, done.stdout.strip(), time.monotonic() - begin)


def main() -> int:
    failed = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for result in pool.map(run, STEPS):
            say(
                f"{result.step.name:12}{'ok' if result.code == 0 else 'FAILED':8}{result.seconds:5.1f} s"
            )
            if result.code:
                failed.append(result.step.name)
                say(result.output + "\n")
    if failed:
        say(f"make check failed: {', '.join(failed)}.")
        return 1
    say("make check: all is well.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
