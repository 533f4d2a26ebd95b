"""Runs the tests: python -m scripts.test [pytest's own arguments]

Where no Chromium is found, browser tests are left out, and the last line says how many and how to have them.
REQUIRE_BROWSER=1 makes it a failure when any was left out; then a browser test that fails is also tried once
more, since a stalled machine can come between two keys, and is named when that helped.

ONLY_DATABASE=1 leaves out what touches no database, for a second run on another one, and says how many.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_chromium() -> str | None:
    """The browser that CHROMIUM names, else the first of the usual names that is installed."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next((found for found in map(shutil.which, NAMES) if found), None)


class BrowserTests:
    """Counts the browser tests that were left out, and leaves them out where there is no browser."""

    def __init__(self, chromium: str | None) -> None:
        self.chromium = chromium
        self.marked: set[str] = set()
        self.left_out: set[str] = set()
        self.passed: set[str] = set()
        self.tried_again: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        browser = [item for item in items if item.get_closest_marker("browser")]
        self.marked = {item.nodeid for item in browser}
        if self.chromium is None and browser:
            items[:] = [item for item in items if item.nodeid not in self.marked]
            config.hook.pytest_deselected(items=browser)
        elif os.environ.get("REQUIRE_BROWSER"):
            for item in browser:
                item.add_marker(pytest.mark.flaky(reruns=1))

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        self.left_out.update(item.nodeid for item in items if item.get_closest_marker("browser"))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.nodeid not in self.marked:
            return
        if str(report.outcome) == "rerun":
            self.tried_again.append(report.nodeid)
        if report.skipped:
            self.left_out.add(report.nodeid)
        elif report.when == "call" and report.passed:
            self.passed.add(report.nodeid)

    def again(self) -> str:
        """One line on the tests that did not pass at once, or nothing."""
        if not self.tried_again:
            return ""
        return f"Tried again after a failure: {', '.join(self.tried_again)}"

    def verdict(self) -> str:
        """One line on what was left out, or nothing."""
        count = len(self.left_out)
        if not count:
            return ""
        said = f"{count} browser test{'s were' if count > 1 else ' was'} left out"
        if self.chromium is None:
            wanted = os.environ.get("CHROMIUM")
            why = f"CHROMIUM={wanted} is not there" if wanted else "no Chromium was found"
            return f"{said}: {why}. To have them: apt-get install chromium, or CHROMIUM=/path/to/chromium make test."
        return f"{said}, by choice or by a skip."


TOUCH_DATABASE = {"db", "transactional_db", "live_server", "django_db_setup"}


class DatabaseTests:
    """Leaves out the tests that touch no database, and counts them."""

    def __init__(self) -> None:
        self.left_out = 0

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        def touches(item: pytest.Item) -> bool:
            names = set(getattr(item, "fixturenames", ()))
            return bool(names & TOUCH_DATABASE) or item.get_closest_marker("django_db") is not None

        others = [item for item in items if not touches(item)]
        if others:
            items[:] = [item for item in items if touches(item)]
            config.hook.pytest_deselected(items=others)
        self.left_out = len(others)


def main(arguments: list[str]) -> int:
    chromium = find_chromium()
    if chromium:
        os.environ["CHROMIUM"] = chromium
    # Playwright runs an event loop in the test's own thread; Django would refuse the database there.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    # What a developer's shell may hold must not change what is tested.
    for name in (
        "DEBUG",
        "HTTPS",
        "ALLOWED_HOSTS",
        "CSRF_TRUSTED_ORIGINS",
        "EMAIL_URL",
        "SECRET_KEY_FILE",
        "HOST",
        "PORT",
    ):
        os.environ.pop(name, None)
    os.environ["SECRET_KEY"] = "for-tests-only-" * 4
    (Path(__file__).resolve().parent.parent / "var").mkdir(mode=0o700, exist_ok=True)

    browser = BrowserTests(chromium)
    database = DatabaseTests() if os.environ.get("ONLY_DATABASE") else None
    code = int(pytest.main(arguments, plugins=[browser, *([database] if database else [])]))
    if database:
        print(f"{database.left_out} tests that touch no database were left out.", flush=True)
    if browser.again():
        print(browser.again(), flush=True)
    if browser.verdict():
        print(browser.verdict(), flush=True)
    if os.environ.get("REQUIRE_BROWSER") and code == 0:
        if browser.left_out:
            return 1
        if not browser.passed:
            print("No browser test ran.", flush=True)
            return 1
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
