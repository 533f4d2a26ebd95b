"""What the set-up and the server scripts share: only the standard library."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
DEMO_EMAIL = "demo@studyplan.local"
# What stands for "this machine": the sign-in by passkey wants a name there, not an address.
LOCAL_HOSTS = ("", "127.0.0.1", "localhost", "::1", "0.0.0.0", "::")  # noqa: S104 - compared with, not bound
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - to recognise them


class Problem(Exception):
    """Something the person at the keyboard can mend; shown as one line."""


def say_problem(problem: object) -> None:
    """One line, whatever the reason looked like."""
    print("studyplan:", " ".join(str(problem).split()), file=sys.stderr, flush=True)


def fail(problem: object, code: int = 2) -> NoReturn:
    say_problem(problem)
    sys.exit(code)


def say(message: str) -> None:
    print(message, flush=True)


def address() -> tuple[str, int]:
    """HOST and PORT of the environment."""
    host = os.environ.get("HOST", "").strip() or "127.0.0.1"
    text = os.environ.get("PORT", "").strip() or "8000"
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65_535:
        raise Problem(f"PORT={text} is no port: give a number from 1 to 65535.")
    return host.strip("[]"), int(text)


def join(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def check_port(host: str, port: int) -> None:
    """Refuses a port that cannot be served on."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError:
        raise Problem(f"HOST={host} is no address of this machine.") from None
    family, kind, protocol, _, target = found[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(target)
            probe.listen(1)
        except PermissionError:
            raise Problem(
                f"port {port} may not be used by this account; try `make run PORT=8000`."
            ) from None
        except OSError as error:
            if "in use" not in str(error):
                raise Problem(f"HOST={host} PORT={port}: {error.strerror}.") from None
            raise Problem(
                f"port {port} is taken by another program; stop that, or try `make run PORT={port % 65_535 + 1}`."
            ) from None


def lan_address() -> str | None:
    """The address other machines on the network reach this one at. Asks the routing table; sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address kept for documentation
            found = str(probe.getsockname()[0])
        except OSError:
            return None
    return None if found.startswith("127.") else found


def allowed_hosts(host: str) -> str:
    """What ALLOWED_HOSTS should be for a server on this HOST, when nobody said."""
    names = ["localhost", "127.0.0.1", "[::1]"]
    if host in EVERYWHERE:
        names += [name for name in (lan_address(), socket.gethostname().lower()) if name]
    elif host not in LOCAL_HOSTS:
        names.append(f"[{host}]" if ":" in host else host)
    return ",".join(dict.fromkeys(names))
