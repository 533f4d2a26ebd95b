"""The arithmetic of the benchmark, and that a copied learner is whole."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client

from apps.accounts.models import User
from apps.assessments.models import Response
from apps.checks.models import Answer
from apps.mastery.models import Card, Evidence, Memory
from apps.plans.models import Part, Plan, Task, Work
from tests.bench import figures, outline
from tests.bench.multiply import learners_models
from tests.bench.template import make_learner

MEDIANS = {
    "floor": 0.004,
    "today": 0.008,
    "week": 0.0078,
    "plan": 0.013,
    "readiness": 0.0152,
    "reviews": 0.014,
    "result": 0.018,
    "pace": 0.012,
    "change": 0.026,
    "tick": 0.009,
    "answer": 0.011,
    "write": 0.001,
}


def test_ratios_are_to_the_floor_and_what_is_written_counts_its_write() -> None:
    found = figures.ratios(MEDIANS, {"many": 0.0084, "few": 0.008}, 158.3)
    assert found == {
        "today": 2.0,
        "week": 1.95,
        "plan": 3.25,
        "readiness": 3.8,
        "reviews": 3.5,
        "result": 4.5,
        "pace": 3.0,
        "change": 6.5,
        "tick": 1.8,
        "answer": 2.5,
        "today_10k_vs_10": 1.05,
        "memory_mb": 158,
    }
    assert figures.is_kept(found)
    table = figures.table("sqlite", found, 10_000)
    assert "over" not in table
    assert "Reviews, times the floor                   3.5        –\n" in table


@pytest.mark.parametrize(
    ("today", "verdict", "kept"),
    [(2.5, "ok", True), (3.0, "over, within noise", True), (3.01, "over", False)],
)
def test_a_fifth_over_a_budget_is_noise(today: float, verdict: str, kept: bool) -> None:
    found = {name: budget or 99.0 for name, budget in figures.BUDGETS.items()} | {"today": today}
    assert next(line for line in figures.lines(found) if line.name == "today").verdict == verdict
    assert figures.is_kept(found) is kept


def test_models_are_copied_after_those_they_refer_to() -> None:
    models = learners_models()
    assert models[0] is User
    assert {Plan, Task, Part, Work, Evidence, Memory, Card, Task.topics.through} <= set(models)
    places = {model: place for place, model in enumerate(models)}
    for model in models:
        for field in model._meta.concrete_fields:
            if field.related_model in places and field.related_model is not model:
                assert places[field.related_model] < places[model]


def test_the_learner_is_in_the_fifth_week(db: None, client: Client) -> None:
    with time_machine.travel(f"{outline.TODAY}T09:00:00Z", tick=False):
        learner = make_learner()
        client.force_login(learner)
        page = client.get("/today/").content.decode()
    assert Part.objects.count() == Task.objects.count() == outline.TASKS
    assert Memory.objects.count() == outline.TESTED_TOPICS
    assert Response.objects.exclude(score=None).count() == outline.ASSESSED
    assert Answer.objects.filter(score=None).count() == outline.CHECK_SIZE
    assert "Week 5" in page
    assert page.count("data-task") == 10
    assert page.count('class="tag late"') == 6
