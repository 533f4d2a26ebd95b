"""What the digests of items also depend on: the code that checks and renders them."""

from __future__ import annotations

import functools
import hashlib
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("latex2mathml", "markdown", "nh3", "pygments")
MODULES = (
    *("clean.py", "compose.py", "highlight.py", "markup.py", "render*.py", "search_text.py"),
    *("remember.py", "tex.py", "source/*.py", "source/check/*.py"),
)


@functools.cache
def code_version() -> str:
    """Return a digest of the code that reads and renders, and of the packages it uses.

    With it an item is loaded again after a change of that code, though its file is the same.
    """
    made = hashlib.sha256()
    app = Path(__file__).resolve().parent.parent
    for path in sorted(path for name in MODULES for path in app.glob(name)):
        made.update(path.read_bytes())
    for package in PACKAGES:
        made.update(f"{package} {version(package)}".encode())
    return made.hexdigest()
