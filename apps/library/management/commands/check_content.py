"""check_content [DIR]: every fault of a content folder. Needs no database."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.library.folder import add_folder, content_folder, fault_line, stop
from apps.library.source import read_content
from apps.library.source.json_schema import json_schema


class Command(BaseCommand):
    help = "Prints every fault of a content folder as file:line:column: message; silent if none."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        add_folder(parser)
        parser.add_argument(
            "--schema", action="store_true", help="print the files' JSON Schema instead"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["schema"]:
            self.stdout.write(json.dumps(json_schema(), indent=2, ensure_ascii=False))
            return
        folder = content_folder(options["folder"])
        faults = read_content(folder).faults
        for fault in faults:
            self.stdout.write(fault_line(folder, fault))
        if faults:
            stop(1)
