"""content_stats [--json]: how much curated content is in the database."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.library.stats import Stats, content_stats, other_collections


class Command(BaseCommand):
    help = "Counts what is in the database and not retired: ours, and each other collection apart."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        ours = content_stats()
        others = {name: content_stats(name) for name in other_collections()}
        if options["json"]:
            self.stdout.write(json.dumps({**ours, "collections": others}))
            return
        self.tell(ours)
        for name, counts in others.items():
            self.stdout.write(f"\ncollection {name}:")
            self.tell(counts)

    def tell(self, counts: Stats) -> None:
        """Print counts, one a line."""
        for name, count in counts.items():
            words = name.replace("_", " ")
            if isinstance(count, int):
                self.stdout.write(f"{words}: {count}")
                continue
            self.stdout.write(f"{words}:")
            for inner, number in count.items():
                self.stdout.write(f"  {inner}: {number}")
