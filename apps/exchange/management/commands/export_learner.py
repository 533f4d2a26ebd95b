from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.accounts.models import User
from apps.exchange.archive_write import export_learner


class Command(BaseCommand):
    help = "Writes everything a learner has as JSON, as Settings does."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True, metavar="E-MAIL")
        parser.add_argument("--output", metavar="FILE", help="default: standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["user"].lower()).first()
        if user is None:
            raise CommandError(f"there is no learner {options['user']}", returncode=2)
        content = export_learner(user, timezone.now())
        if not options["output"]:
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
            return
        try:
            Path(options["output"]).write_bytes(content)
        except OSError as why:
            raise CommandError(f"{options['output']}: {why.strerror}", returncode=2) from None
