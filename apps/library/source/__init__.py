"""Content as files: read, validate, report every fault as `file:line:column: message`."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from apps.library.source.check import check_folder
from apps.library.source.files import read_folder
from apps.library.source.items import Content


def read_content(root: Path, known: Collection[str] = frozenset()) -> Content:
    """Return the valid items of a content folder and its faults.

    `known` are digests of items that were loaded before. Raises NotADirectoryError.
    """
    return check_folder(read_folder(root), known)
