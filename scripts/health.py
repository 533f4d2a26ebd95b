"""Asks a server on this machine how it is: `python -m scripts.health` exits 0 when /healthz answers 200."""

from __future__ import annotations

import http.client
import os
import sys

from scripts.common import EVERYWHERE, address


def host_header() -> str:
    """A name that the server accepts."""
    first = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip()
    if first in ("", "*"):
        return "localhost"
    return "www" + first if first.startswith(".") else first


def status(host: str, port: int, timeout: float = 5) -> int | None:
    """What /healthz answers; None without an answer."""
    connection = http.client.HTTPConnection(
        "127.0.0.1" if host in EVERYWHERE else host, port, timeout=timeout
    )
    try:
        connection.request("GET", "/healthz", headers={"Host": host_header()})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if status(*address()) == 200 else 1)
