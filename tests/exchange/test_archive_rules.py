"""The rules of the tables, read in Python, say what the database says."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import models
from django.db.models import Q

from apps.accounts.models import User
from apps.exchange.archive_collect import collect, settings_of
from apps.exchange.archive_kinds import KINDS
from apps.exchange.archive_rules import broken, columns_of, doubled, holds
from apps.library.models import Roadmap, Topic
from tests.exchange.archives import fill
from tests.plans.conftest import now, roadmap, topic

__all__ = ["now", "roadmap", "topic"]

EDGES: dict[type, list[Any]] = {
    int: [0, 1, 59, 100, 101, 1_440, 1_441, 3_600, 3_601, 6_000, 6_001],
    Decimal: [Decimal(0), Decimal("100.0"), Decimal("100.1")],
    dt.date: [dt.date(1990, 1, 1), dt.date(2199, 1, 1)],
}


def edges(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The row, and the row with each of its values at an edge, or gone."""
    made = [row]
    for name, value in row.items():
        made += [row | {name: edge} for edge in EDGES.get(type(value), [])]
        if name not in ("id",) and isinstance(value, str | int | Decimal | dt.date):
            made.append(row | {name: None})
    return made


def test_they_agree_with_the_database(now: Any, alice: Any, roadmap: Roadmap, topic: Topic) -> None:
    fill(alice, roadmap, topic)
    rows, _ = collect(alice)
    told = {kind.model: rows[kind.name][0] for kind in KINDS if not kind.keep}
    told[User] = settings_of(alice)
    asked = 0
    for model, first in told.items():
        rules = [
            rule for rule in model._meta.constraints if isinstance(rule, models.CheckConstraint)
        ]
        for rule in rules:
            assert isinstance(rule.condition, Q)
            needed = {name: first[name] for name in columns_of(rule.condition)}
            for row in edges(needed):
                typed = {
                    name: models.Value(value, output_field=model._meta.get_field(name))
                    for name, value in row.items()
                }
                said = rule.condition.check(typed)
                assert holds(rule.condition, row) == said, (rule.name, row)
                asked += 1
    assert asked > 150


def test_a_rule_on_columns_that_are_not_there_is_passed_over() -> None:
    assert broken(User, {"monday": 2_000}) == "user_monday_range"
    assert broken(User, {"theme": "dark"}) == ""


def test_an_unknown_look_up_is_told() -> None:
    with pytest.raises(NotImplementedError):
        holds(Q(title__startswith="x"), {"title": "xy"})


def test_two_rows_in_one_place() -> None:
    from apps.checks.models import Check
    from apps.plans.models import Plan, Timer

    plan = {"id": 1, "state": "active", "deleted_at": None}
    assert doubled(Plan, [plan, plan | {"id": 2}]) == "learner"
    assert doubled(Plan, [plan, plan | {"id": 2, "state": "paused"}]) == ""
    assert doubled(Plan, [plan, plan | {"id": 2, "deleted_at": dt.datetime.now(dt.UTC)}]) == ""
    assert doubled(Timer, [{"task": 1}, {"task": 2}]) == "learner"
    check = {"id": 1, "day": 1, "number": 1, "kind": "taken", "finished_at": 1, "deleted_at": None}
    assert doubled(Check, [check, check | {"id": 2}]) == "day, number"
    assert doubled(Check, [check, check | {"id": 2, "number": 2}]) == ""
