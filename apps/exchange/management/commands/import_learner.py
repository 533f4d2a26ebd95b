from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.models import User
from apps.exchange.archive_import import Report, bring_in, look
from apps.exchange.archive_read import MOST_BYTES, Refused, read_archive


class Command(BaseCommand):
    help = "Brings the JSON of a learner in, as Settings does; a second time it adds nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="- for standard input")
        parser.add_argument("--user", required=True, metavar="E-MAIL")
        parser.add_argument(
            "--settings-too",
            action="store_true",
            help="take over hours, time zone, interview date and the like",
        )
        parser.add_argument(
            "--look", action="store_true", help="say what would come, write nothing"
        )
        parser.add_argument("--json", action="store_true", help="print counts as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["user"].lower()).first()
        if user is None:
            raise CommandError(f"there is no learner {options['user']}", returncode=2)
        try:
            archive = read_archive(_content(options["file"]))
            if options["look"]:
                report = look(user, archive)
            else:
                report = bring_in(user, archive, with_settings=options["settings_too"])
        except Refused as why:
            raise CommandError(str(why), returncode=2) from None
        self.stdout.write(json.dumps(_counts(report)) if options["json"] else _words(report))


def _content(name: str) -> bytes:
    try:
        if name == "-":
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as why:
        raise CommandError(f"{name}: {why.strerror}", returncode=2) from None


def _counts(report: Report) -> dict[str, Any]:
    return {
        "new": report.new,
        "same": report.same,
        "kept": report.kept,
        "warnings": list(report.warnings),
    }


def _words(report: Report) -> str:
    lines = [f"{line.words}: {line.new} new, {line.same} here already" for line in report.lines]
    made = [
        f"{count} {words} not in this library, kept for the records" for count, words in report.made
    ]
    return "\n".join([*lines, *made, *report.warnings]) or "The export holds nothing."
