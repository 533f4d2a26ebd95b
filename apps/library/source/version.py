"""What the digests of items also depend on: the code that checks and renders them."""

from __future__ import annotations

import functools
import hashlib
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("latex2mathml", "markdown", "nh3")


@functools.cache
def code_version() -> str:
    """Return a digest of this app's own code and of the packages that render.

    With it an item is loaded again after a change of the code, though its file is the same.
    """
    made = hashlib.sha256()
    app = Path(__file__).resolve().parent.parent
    for path in sorted([*app.glob("*.py"), *app.glob("source/*.py")]):
        made.update(path.read_bytes())
    for package in PACKAGES:
        made.update(f"{package} {version(package)}".encode())
    return made.hexdigest()
