"""export_plan ID [--output FILE]: a plan as Markdown, in UTF-8, with its line ends as they are."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.exchange.plan_export import export_plan
from apps.plans.models import Plan


class Command(BaseCommand):
    help = "Prints a plan as Markdown: the file it was read from, with what changed since."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", metavar="ID")
        parser.add_argument("--output", metavar="FILE", help="write it there")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            plan = Plan.objects.filter(pk=uuid.UUID(options["id"]), deleted_at=None).first()
        except ValueError:
            raise CommandError(f"“{options['id']}” is no id of a plan.", returncode=2) from None
        if plan is None:
            raise CommandError(f"There is no plan {options['id']}.", returncode=2)
        text = export_plan(plan)
        if options["output"]:
            try:
                Path(options["output"]).write_bytes(text.encode())
            except OSError as why:
                said = f"{options['output']} cannot be written: {why.strerror}."
                raise CommandError(said, returncode=2) from None
            return
        buffer = getattr(self.stdout, "buffer", None)
        if buffer is None:
            self.stdout.write(text, ending="")
            return
        self.stdout.flush()
        buffer.write(text.encode())
        buffer.flush()
