"""load_content [DIR] [--as NAME]: content files into the database."""

from __future__ import annotations

import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.library.folder import add_folder, content_folder, fault_line, stop
from apps.library.load import FaultyContentError, load_content
from apps.library.models import OURS
from apps.library.source.reserved import is_reserved
from apps.library.source.schema import SLUG

MOST_CHARACTERS = 60


class Command(BaseCommand):
    help = (
        "Loads a content folder in one transaction and says what changed. A folder with faults is "
        "not loaded; as a collection of its own, what is valid of it is."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        add_folder(parser)
        parser.add_argument(
            "--as",
            dest="collection",
            metavar="NAME",
            help="load it beside ours as the collection NAME, leaving out what is faulty",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["collection"]
        if name is not None:
            check_name(name)
        folder = content_folder(options["folder"])
        try:
            report = load_content(folder, name or OURS, partly=name is not None)
        except FaultyContentError as error:
            for fault in error.faults:
                self.stderr.write(fault_line(folder, fault))
            stop(1)
        for fault in report.faults:
            self.stderr.write(fault_line(folder, fault))
        if options["verbosity"]:
            self.stdout.write(str(report))


def check_name(name: str) -> None:
    """End the command with 2 where that is no name for another collection."""
    if not re.fullmatch(SLUG, name) or len(name) > MOST_CHARACTERS:
        reason = f"lower-case letters, digits and single hyphens, at most {MOST_CHARACTERS}"
        raise CommandError(f"--as {name}: a collection's name has {reason}", returncode=2)
    if name == OURS:
        raise CommandError(f"--as {name}: that is our own collection", returncode=2)
    if is_reserved("collection", name):
        reason = "an address of ours has such a name"
        raise CommandError(f"--as {name}: {reason}", returncode=2)
