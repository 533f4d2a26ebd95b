"""What the content commands share: which folder, and how a fault is printed."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import NoReturn

from django.conf import settings
from django.core.management.base import CommandError

from apps.library.source.marks import Fault


def add_folder(parser: ArgumentParser) -> None:
    """Let the command take a folder."""
    parser.add_argument("folder", nargs="?", metavar="DIR", help="default: fixtures/")


def content_folder(name: str | None) -> Path:
    """Return the folder; one that is not there ends the command with 2."""
    folder = Path(name or settings.FIXTURES_DIR)
    if not folder.is_dir():
        reason = "is no folder" if folder.exists() else "is not there"
        raise CommandError(f"{folder} {reason}", returncode=2)
    return folder


def fault_line(folder: Path, fault: Fault) -> str:
    """Return the fault with the folder before its file, short where that is below here."""
    here = Path.cwd()
    shown = folder.relative_to(here) if folder.is_relative_to(here) else folder
    return f"{shown / fault.file}:{fault.line}:{fault.column}: {fault.message}"


def stop(code: int) -> NoReturn:
    """End the command; what is to be said was said."""
    sys.exit(code)
