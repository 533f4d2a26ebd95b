"""check_content [DIR]: every fault of a content folder. Needs no database."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.library.folder import add_folder, content_folder, fault_line, stop
from apps.library.source import read_content


class Command(BaseCommand):
    help = "Prints every fault of a content folder as file:line:column: message; silent if none."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        add_folder(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        folder = content_folder(options["folder"])
        faults = read_content(folder).faults
        for fault in faults:
            self.stdout.write(fault_line(folder, fault))
        if faults:
            stop(1)
