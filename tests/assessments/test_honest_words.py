"""What a newcomer reads of a sitting: what was not marked says nothing, what was asked counts more
than what was said, and nothing is said of a plan there is none of."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.assessments import coverage
from apps.assessments.models import MOST_TITLE, Assessment
from apps.assessments.questions_retest import title_of
from apps.assessments.result import Line
from apps.library.models import TaskKind, Topic
from apps.mastery.models import Source
from apps.mastery.readiness import Marks
from apps.mastery.record import record
from apps.plans.models import Plan, Proposal, Task
from tests.assessments.asking import give_all
from tests.assessments.sitting import (
    AT,
    begin,
    make_topics,
    rate_address,
    result_address,
    take,
    text,
)
from tests.mastery.factories import make_area, make_topic
from tests.plans.conftest import now, plan, roadmap, topic

__all__ = ["now", "plan", "roadmap", "topic"]


def line(high: int, low: int, total: int, **fields: Any) -> Line:
    marks = Marks.of(high, 0, low, total)
    return Line("All", "", marks, None, 55, **{"is_coverage": True} | fields)


# What was left unmarked ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "measured", "n"),
    [
        (line(20, 42, 166), "32.3", 62),
        (line(8, 33, 43), "18.6", 43),
        (line(40, 40, 100), "40.0", 100),  # 80 % are enough
        (line(40, 39, 100), "50.6", 79),
        (line(25, 0, 30, rest_untold=True), "83.3", 30),
        (line(20, 0, 30, rest_untold=True), "66.7", 30),
        (line(20, 0, 100, is_coverage=False), "100.0", 20),
        (line(0, 0, 100), "None", 0),
    ],
)
def test_what_few_marks_measure(found: Line, measured: str, n: int) -> None:
    assert (str(found.measured), found.n) == (measured, n)


def test_what_was_not_marked_is_not_called_not_known(alice_client: Client, alice: User) -> None:
    make_topics("statistics", 166)
    done = take(alice, ["know"] * 20 + ["dunno"] * 42, felt=55)
    page = text(alice_client.get(result_address(done)))
    headline = (
        "You know 32.3 % of the 62 topics you marked. 104 are still unrated and say nothing yet."
    )
    assert f'<p class="lede">{headline}</p>' in page
    assert "Overall: felt 55 %, measured 32.3 % <small>n = 62</small>" in page
    assert "you felt 23 points above what was measured" in page
    assert "32.3 % <small>n = 62 of 166</small>" in page
    assert page.index("Known, of what was marked") < page.index("Known, of everything asked")
    assert "12.0 % <small>n = 166</small>" in page
    listed = text(alice_client.get("/assessments/"))
    assert "32.3 % known <small>n = 62 of 166</small>" in listed
    assert "You guessed your level before 1 of them" in listed


# What may be left out -----------------------------------------------------------------------------


def teach(plan: Plan, key: str, *topics: Topic) -> None:
    task = plan.tasks.get(key=key)
    Task.objects.filter(pk=task.pk).update(kind=TaskKind.READ)
    task.topics.set(topics)


def answered(user: User, topic: Topic, score: int, source: Source, days: int = 0) -> None:
    at = AT + dt.timedelta(days=days)
    record(user, [(topic.pk, score)], source=source, source_id=uuid.uuid4(), at=at, day=at.date())


def test_what_the_latest_answers_deny_is_not_offered(
    alice_client: Client, alice: User, charlie: User, plan: Plan
) -> None:
    one, two, three, four = make_topics("statistics", 4)
    for key, each in zip(("read-adam", "code-knn", "kmeans", "sheet"), (one, two, three, four), strict=True):  # fmt: skip
        teach(plan, key, each)
    answered(alice, one, 20, Source.CHECK, -3)
    answered(alice, two, 20, Source.CHECK, -9)
    answered(alice, two, 80, Source.MOCK, -3)  # the latest answer counts
    answered(alice, three, 100, Source.MOCK, -3)
    answered(alice, three, 58, Source.MOCK, -3)  # the mean of its day
    answered(alice, four, 0, Source.RATING, 3)  # a rating is no answer
    answered(charlie, four, 0, Source.CHECK, 3)
    done = take(alice, ["know"] * 4, "statistics")
    page = alice_client.get(result_address(done))
    assert [offer.topic.id for offer in page.context["leave_out"]] == [two.pk, four.pk]
    said = (
        "Not offered: Statistics 0, where the check of 31 Oct gave 20 %; "
        "Statistics 2, where the mock interview of 31 Oct gave 79 %."
    )
    assert said in text(page)
    keep = reverse("assessments:keep_proposals", args=[done.pk])
    refused = alice_client.post(keep, {"kind": "leave_out", "topic": [str(one.pk)]})
    assert refused.status_code == 409
    assert "“Statistics 0”: the check of 31 Oct gave 20 %." in text(refused)
    assert not Proposal.objects.exists()


NO_PLAN = "You have no plan yet: once you have one, this page shows what you may leave out of it."


def test_without_a_plan_nothing_is_said_of_one(alice_client: Client, alice: User) -> None:
    make_topics("statistics", 30)
    done = take(alice, ["dunno"] * 29 + ["know"])
    page = text(alice_client.get(result_address(done)))
    assert page.count(NO_PLAN) == 1
    assert "Not in your plan" not in page
    assert "your plan does not teach it" not in page
    assert "what your plan leaves out" not in page
    promise = text(alice_client.get("/assessments/placement/", follow=True))
    assert "once you have a plan, also what you may leave out of it" in promise


def test_with_a_plan_its_groups_have_a_heading(
    alice_client: Client, alice: User, plan: Plan
) -> None:
    one, _, _ = make_topics("statistics", 3)
    done = take(alice, ["dunno"] * 3, "statistics")
    alone = text(alice_client.get(result_address(done)))
    assert (alone.count("<h3>Not in your plan</h3>"), NO_PLAN in alone) == (1, False)
    assert "<h3>In your plan</h3>" not in alone
    teach(plan, "read-adam", one)
    page = text(alice_client.get(result_address(done)))
    groups = page.split("<h3>Not in your plan</h3>")[1].split("<h3>In your plan</h3>")
    assert ["Statistics 0" in group.split("</ol>")[0] for group in groups] == [False, True]


# The placement, the sitting, the questions --------------------------------------------------------


def test_the_placement_leaves_out_what_nobody_knows(alice: User) -> None:
    craft = make_area("interview-craft")
    make_topic("portfolio", craft, category="must")
    known = make_topic("t-test", category="must")
    make_topic("mine", craft, category="must", owner=alice, collection="")
    assert list(coverage.placed_by(alice)) == [known]
    assert coverage.scope_of(alice, must_only=True).count() == 3


def test_the_keys_are_named_by_the_script_alone(alice_client: Client, alice: User) -> None:
    make_topics("statistics", 1)
    page = text(alice_client.get(rate_address(begin(alice))))
    assert '<p class="soft no-touch" data-keys-line hidden>' in page


def test_undo_and_delete_stand_below_the_result(
    alice_client: Client, alice: User, sitting: Assessment
) -> None:
    give_all(alice, sitting, [90] * 9)
    sitting.refresh_from_db()
    page = text(alice_client.get(result_address(sitting)))
    assert page.count("Undo the last answer and go on") == 1
    assert page.index("Every answer") < page.index("Undo the last answer and go on")
    assert page.index("Every answer") < page.index("Delete this assessment")
    assert "rounded shares" not in page.casefold()
    assert "Ready on 100.0 % of what was asked (strong 1, rusty ½)." in page


def test_the_start_says_what_felt_is_compared_with(alice_client: Client, bank: list[Any]) -> None:
    page = text(alice_client.get("/assessments/questions/", follow=True))
    assert "how ready do you feel, in %?" in page
    assert "asks the fixed 9 questions, to compare over time" in page


def test_a_long_name_is_cut_and_the_mark_stays() -> None:
    assert title_of("8 questions: RAG", 80) == "Re-test of “8 questions: RAG”, below 80"
    cut = title_of("x" * 300, 100)
    assert len(cut) == MOST_TITLE
    assert cut.endswith("x”, below 100")
