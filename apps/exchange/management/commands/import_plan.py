"""import_plan FILE --user E-MAIL [--start DATE] [--title TEXT] [--scores] [--json]."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.clock import local_today
from apps.accounts.models import User
from apps.exchange.markdown_plan import UnreadableFile, decode_plan
from apps.exchange.plan_dates import FIRST_YEAR, LAST_YEAR
from apps.exchange.plan_import import (
    Created,
    Incoming,
    Unreadable,
    Wish,
    create_from,
    take_in,
    topics_named,
)
from apps.exchange.plan_import_kept import storable
from apps.exchange.plan_import_scores import results_of
from apps.plans.layout import NoStudyTime


def _date(said: str) -> dt.date:
    try:
        date = dt.date.fromisoformat(said)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{said}” is no date such as 2026-11-18") from None
    if not FIRST_YEAR <= date.year <= LAST_YEAR:
        years = f"{FIRST_YEAR} and {LAST_YEAR}"
        raise argparse.ArgumentTypeError(f"“{said}” is not between {years}")
    return date


class Command(BaseCommand):
    help = "Makes a learner's active plan of a Markdown file; “-” reads it from standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--user", required=True, metavar="E-MAIL")
        parser.add_argument(
            "--start", type=_date, metavar="DATE", help="go on from that day; default: today"
        )
        parser.add_argument("--title", default="", help="default: the text's own")
        parser.add_argument(
            "--scores", action="store_true", help="add the results it tells to the check log"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["user"]).first()
        if user is None:
            raise CommandError(f"No learner has the address {options['user']}.", returncode=2)
        today = local_today(user)
        try:
            text, mended = decode_plan(_bytes_of(options["file"]))
            name = "" if options["file"] == "-" else Path(options["file"]).name
            incoming = take_in(storable(text), today, name=storable(name), mended=mended)
            results = results_of(user, incoming.said, today).new if options["scores"] else ()
            wish = Wish(
                title=" ".join(options["title"].split()) or incoming.title,
                starts_on=options["start"] or today,
                today=today,
                topics=topics_named(user, incoming.tasks),
                results=results,
            )
            made = create_from(user, incoming, wish)
        except (UnreadableFile, Unreadable) as why:
            raise CommandError(str(why), returncode=2) from None
        except OSError as why:
            said = f"{options['file']} cannot be read: {why.strerror}."
            raise CommandError(said, returncode=2) from None
        except NoStudyTime:
            said = f"{user.email} has no weekday with enough minutes to lay the tasks out."
            raise CommandError(said, returncode=2) from None
        self.stdout.write(_json(made, incoming) if options["json"] else _words(made, incoming))


def _bytes_of(file: str) -> bytes:
    return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()


def _json(made: Created, incoming: Incoming) -> str:
    counts = incoming.counts
    said: dict[str, object] = {"plan": str(made.plan.pk)}
    said |= {name: counts[name] for name in ("weeks", "days", "tasks", "done")}
    return json.dumps(said | {"warnings": [str(each) for each in incoming.warnings]})


def _words(made: Created, incoming: Incoming) -> str:
    counts = incoming.counts
    lines = [
        f"“{made.plan.title}” is the active plan ({made.plan.pk}).",
        f"Weeks: {counts['weeks']}, days: {counts['days']}, tasks: {counts['tasks']}, "
        f"done: {counts['done']}.",
    ]
    if incoming.mended:
        lines.append(incoming.mended)
    if made.results:
        lines.append(f"Results added to the check log: {made.results}.")
    return "\n".join([*lines, *(str(each) for each in incoming.warnings)])
