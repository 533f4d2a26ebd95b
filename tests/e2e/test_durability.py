"""A tick that was answered is still there after the server was killed."""

from __future__ import annotations

import http.cookiejar
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PREPARE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.conftest import TODAY, make_learner
from apps.accounts.clock import local_today
from apps.library.models import Area, Roadmap, RoadmapDay, RoadmapTask, RoadmapWeek
from apps.plans.build import create_plan
learner = make_learner("alice@example.com")
roadmap = Roadmap.objects.create(slug="small", title="Small")
week = RoadmapWeek.objects.create(roadmap=roadmap, number=1, title="Week")
day = RoadmapDay.objects.create(week=week, position=1, title="Day")
RoadmapTask.objects.create(roadmap=roadmap, day=day, key="one", position=1, title="One",
                           session="study", kind="read", priority="must", minutes=30)
today = local_today(learner)
create_plan(learner, roadmap, today, today)
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return keep | {
        "SECRET_KEY": "only-for-this-test-" * 4,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": str(ROOT),
    }


class Server:
    """The production server on a free port, in a process group of its own."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "studyplan.wsgi", "--workers", "2"),
                *("--threads", "2", "--bind", f"127.0.0.1:{self.port}", "--log-level", "critical"),
            ],
            cwd=ROOT,
            env=self.environment,
            start_new_session=True,
        )
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=1).close()  # noqa: S310 - this machine's server
            except OSError:
                time.sleep(0.1)
            else:
                return
        self.kill()
        pytest.fail("the server did not start")

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def server(environment: dict[str, str]) -> Iterator[Server]:
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", PREPARE],
        cwd=ROOT,
        env=environment,
        check=True,
    )
    server = Server(environment)
    yield server
    server.kill()


class Browser:
    """A signed-in client that keeps cookies."""

    def __init__(self, url: str) -> None:
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)
        self.url = url
        page = self.get("/accounts/login/")
        self.post(
            "/accounts/login/",
            page,
            login="alice@example.com",
            password="correct horse battery",
        )

    def get(self, address: str) -> str:
        with self.opener.open(self.url + address, timeout=10) as answer:
            return str(answer.read().decode())

    def post(self, address: str, page: str, **data: str) -> str:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1]} | data).encode()
        request = urllib.request.Request(  # noqa: S310 - this machine's server
            self.url + address, body, {"Referer": self.url + address}
        )
        with self.opener.open(request, timeout=10) as answer:
            return str(answer.read().decode())


def test_a_tick_survives_kill_9_right_after_the_answer(server: Server, tmp_path: Path) -> None:
    browser = Browser(server.url)
    page = browser.get("/today/")
    tick = re.search(r'formaction="(/tasks/[^"]+/tick/)"', page)
    assert tick
    after = browser.post(tick[1], page, done="1", next="/today/")
    server.kill()
    assert 'aria-checked="true"' in after
    with sqlite3.connect(tmp_path / "db.sqlite3") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    server.start()
    again = Browser(server.url).get("/today/")
    assert 'aria-checked="true"' in again
    assert "30 of 30 min" in again
