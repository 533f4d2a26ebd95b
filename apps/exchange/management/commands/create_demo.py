"""create_demo [--again] [--password-file PATH]: the demo learner."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.exchange.demo import EMAIL, DemoError, create_demo


class Command(BaseCommand):
    help = f"Makes the demo learner {EMAIL}, whose story ends yesterday."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--again",
            action="store_true",
            help="delete the demo learner, with everything they have, and make them anew",
        )
        parser.add_argument(
            "--password-file", metavar="PATH", help="default: demo-password in var/"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["password_file"] or settings.VAR_DIR / "demo-password")
        try:
            made = create_demo(path, again=options["again"])
        except DemoError as error:
            raise CommandError(str(error), returncode=2) from None
        if made:
            self.stdout.write(f"{EMAIL} made; the password is in {path}")
        else:
            self.stdout.write(f"{EMAIL} exists; nothing was changed")
