"""Totals of knowledge checks that a plan's text tells, put into the check log. They are no evidence."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from django.urls import reverse

from apps.accounts.models import User
from apps.checks.log import moment_of
from apps.checks.models import Check
from apps.exchange.plan_shapes import PlanText
from apps.library.models import SearchEntry
from apps.library.own import new_entry
from apps.library.render import render_note
from apps.mastery import record as mastery
from apps.plans.models import Plan

MOST_RESULTS = 500


class Result(NamedTuple):
    """A total with its date, and the words beside it."""

    line: int  # from 0
    day: dt.date
    percent: Decimal
    note: str

    @property
    def said(self) -> str:
        """The note in one line."""
        return "; ".join(self.note.split("\n\n"))


class Results(NamedTuple):
    """What may go into the check log, how many are there already, and how many have no date."""

    new: Sequence[Result]
    there: int
    undated: int


def results_of(user: User, said: PlanText, today: dt.date) -> Results:
    """Return the totals a text tells, each day and total once. One query, none without totals."""
    dated: dict[tuple[dt.date, Decimal], Result] = {}
    undated = 0
    for score in said.scores:
        if score.day is None or score.day > today:
            undated += 1
        elif 0 <= score.percent <= 100:
            percent = score.percent.quantize(Decimal("0.1"))
            note = _note(score.words, score.strong, score.weak)
            result = Result(score.line, score.day, percent, note)
            dated.setdefault((score.day, percent), result)
    if not dated:
        return Results((), 0, undated)
    held = _held(user, {day for day, _ in dated})
    new = [result for key, result in dated.items() if key not in held]
    return Results(new[:MOST_RESULTS], len(dated) - len(new), undated)


def _held(user: User, days: set[dt.date]) -> set[tuple[dt.date, Decimal | None]]:
    """The days and totals that stand in the log."""
    checks = Check.objects.filter(user=user, day__in=days, deleted_at=None)
    return {(day, total) for day, total in checks.values_list("day", "said_total")}


def _note(words: str, strong: str, weak: str) -> str:
    said = [words, strong and f"Strong: {strong}", weak and f"Weak: {weak}"]
    return "\n\n".join(filter(None, said))


def add_results(user: User, results: Sequence[Result], plan: Plan) -> int:
    """Write these totals as logged checks; return how many were not there yet. The caller has a
    transaction open. Five queries, none without totals."""
    if not results:
        return 0
    mastery.lock(user)
    held = _held(user, {result.day for result in results})
    checks, entries = [], []
    for result in results:
        if (result.day, result.percent) in held:
            continue
        check = Check(
            id=uuid.uuid5(plan.pk, f"{result.day} {result.percent} {result.line}"),
            user=user,
            day=result.day,
            at=moment_of(user, result.day),
            said_total=result.percent,
            note=result.note,
            note_html=render_note(result.note) if result.note else "",
        )
        checks.append(check)
        if result.note:
            entries.append(
                new_entry(
                    user,
                    SearchEntry.Kind.NOTE,
                    check.pk,
                    title=f"Check of {check.day.day} {check.day:%B %Y}",
                    place="Note on a check",
                    address=reverse("checks:detail", args=[check.pk]),
                    text=result.note,
                )
            )
    Check.objects.bulk_create(checks)
    SearchEntry.objects.bulk_create(entries)
    return len(checks)
