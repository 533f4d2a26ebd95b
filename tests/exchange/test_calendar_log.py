"""The address of a calendar stands in no log."""

from __future__ import annotations

import datetime as dt
import io
import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils.log import configure_logging
from gunicorn.config import Config  # type: ignore[import-untyped] # gunicorn tells no types
from gunicorn.glogging import Logger  # type: ignore[import-untyped] # the same

from apps.accounts.models import User
from apps.exchange.calendar_log import HideTokens, without_tokens
from scripts import gunicorn_conf

TOKEN = "aZ09-_" * 7 + "x"
PATH = f"/calendar/{TOKEN}.ics"


@pytest.mark.parametrize(
    "text",
    [
        PATH,
        f"Not Found: {PATH}",
        f'"GET {PATH}?again=1 HTTP/1.1" 200 12',
        f"http://testserver{PATH}",
        f"/calendar/{TOKEN}",
        f"/calendar/{TOKEN}.ics/more",
        f"/calendar%2F{TOKEN}.ics",
        f"/%63alendar/{TOKEN}.ics",
        f"/%63alendar/{TOKEN}%2Eics",
        f"/CALENDAR/{TOKEN}.ICS",
        f"next=/calendar/{TOKEN}.ics and /calendar/{TOKEN}.ics",
    ],
)
def test_an_address_loses_its_token(text: str) -> None:
    said = without_tokens(text)
    assert TOKEN not in said
    assert "….ics" in said


@pytest.mark.parametrize(
    "text", ["/settings/calendar/make/", "/week/2026-11-18/", "calendar", "GET /today/ 200"]
)
def test_other_addresses_are_logged_as_they_are(text: str) -> None:
    assert without_tokens(text) == text


def test_the_end_of_a_line_is_kept() -> None:
    assert without_tokens(f'"GET {PATH} HTTP/1.1" 200') == '"GET /calendar/….ics HTTP/1.1" 200'


def test_a_record_that_cannot_be_put_together_is_hidden_too() -> None:
    record = logging.LogRecord("x", logging.ERROR, "", 1, "%d %d", (PATH,), None)
    assert HideTokens().filter(record)
    assert TOKEN not in record.getMessage()


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_address_is_not_logged(
    db: None, caplog: pytest.LogCaptureFixture, method: str
) -> None:
    getattr(Client(), method)(PATH)
    getattr(Client(), method)(f"{PATH}/more")
    assert "/calendar/….ics" in caplog.text
    assert TOKEN not in caplog.text


def test_a_failure_is_logged_without_it(
    db: None, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(token: str) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr("apps.exchange.calendar_feed.find_feed", fail)
    answer = Client(raise_request_exception=False).get(PATH)
    assert answer.status_code == 500
    assert "Internal Server Error: /calendar/….ics" in caplog.text
    assert "out of order" in caplog.text
    assert TOKEN not in caplog.text


def test_a_form_from_elsewhere_is_logged_without_it(
    alice: User, caplog: pytest.LogCaptureFixture
) -> None:
    answer = Client(enforce_csrf_checks=True).post(PATH)
    assert answer.status_code == 403
    assert "/calendar/….ics" in caplog.text
    assert TOKEN not in caplog.text


def test_the_server_for_development(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    extra: dict[str, Any] = {"status_code": 200, "request": None, "server_time": "now"}
    logging.getLogger("django.server").info('"%s" %s', f"GET {PATH} HTTP/1.1", "200", extra=extra)
    logged = capsys.readouterr().err
    assert '[now] "GET /calendar/….ics HTTP/1.1" 200' in logged
    assert TOKEN not in logged


def test_what_others_log_reaches_the_stream_without_it(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    logging.getLogger("another.package").warning("asked for %s", PATH)
    logged = capsys.readouterr().err
    assert "asked for /calendar/….ics" in logged
    assert TOKEN not in logged


@pytest.fixture
def server() -> Iterator[Any]:
    """The production server's logger, and the streams it writes to."""
    config = Config()
    config.set("accesslog", "-")
    logger = Logger(config)
    streams = {"access": io.StringIO(), "error": io.StringIO()}
    for handler in logger.access_log.handlers:
        handler.setStream(streams["access"])
    for handler in logger.error_log.handlers:
        handler.setStream(streams["error"])
    yield SimpleNamespace(logger=logger, **streams)
    logger.access_log.handlers.clear()
    logger.error_log.handlers.clear()


def test_the_server_logs_no_request_and_hides_it_if_told_to(server: Any) -> None:
    assert not hasattr(gunicorn_conf, "accesslog")
    environ = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": PATH,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_REFERER": f"http://testserver{PATH}",
        "wsgi.input": None,
    }
    answer = SimpleNamespace(status="200 OK", sent=12, headers=[])
    request = SimpleNamespace(headers=[])
    server.logger.access(answer, request, environ, dt.timedelta(seconds=1))
    logged = server.access.getvalue()
    assert '"GET /calendar/….ics HTTP/1.1" 200 12 "http://testserver/calendar/….ics"' in logged
    assert TOKEN not in logged


def test_the_server_tells_of_a_failure_without_it(server: Any) -> None:
    server.logger.exception("Error handling request %s", PATH)
    assert "Error handling request /calendar/….ics" in server.error.getvalue()
    assert TOKEN not in server.error.getvalue()
