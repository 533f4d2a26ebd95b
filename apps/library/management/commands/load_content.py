"""load_content [DIR]: content files into the database."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.library.folder import add_folder, content_folder, fault_line, stop
from apps.library.load import FaultyContentError, load_content


class Command(BaseCommand):
    help = "Loads a content folder in one transaction and says what changed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        add_folder(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        folder = content_folder(options["folder"])
        try:
            report = load_content(folder)
        except FaultyContentError as error:
            for fault in error.faults:
                self.stderr.write(fault_line(folder, fault))
            stop(1)
        if options["verbosity"]:
            self.stdout.write(str(report))
