"""How the server runs, for `make run` and in the container. HOST, PORT, WEB_CONCURRENCY and THREADS decide."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
from pathlib import Path
from typing import Any

from apps.exchange.calendar_log import HideTokens
from scripts.common import address, join

bind = join(*address())
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("THREADS", "4"))
# The application is loaded once and shared by the workers.
preload_app = True
timeout = 60
graceful_timeout = 10
keepalive = 5
loglevel = "warning"
control_socket_disable = True
# No request is logged unless somebody asks for it; calendars' addresses are not even then.
for name in ("gunicorn.error", "gunicorn.access"):
    logging.getLogger(name).addFilter(HideTokens())
# Heartbeats in memory: on a slow disk a busy worker would look dead.
if Path("/dev/shm").is_dir():  # noqa: S108 - gunicorn's heartbeat, no data
    worker_tmp_dir = "/dev/shm"  # noqa: S108 - the same


def when_ready(server: Any) -> None:  # noqa: ARG001 - gunicorn's signature
    """All pages are imported once, before the workers part: a fault in one ends the start, not a request."""
    from django.urls import get_resolver

    _ = get_resolver().url_patterns


def post_fork(server: Any, worker: Any) -> None:  # noqa: ARG001 - gunicorn's signature
    """Workers end at once with a server that is killed, and so free its port (Linux only)."""
    try:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    except (OSError, AttributeError):
        return
