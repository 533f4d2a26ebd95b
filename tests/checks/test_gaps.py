"""A finished check proposes to study what scored less than 40 in it; the proposals go with it."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.checks.log import Answered, delete_check, log_result, restore_check
from apps.checks.models import Answer, Check
from apps.checks.take import finish, planned_check, undo_last
from apps.library.models import Topic
from apps.mastery.models import Source
from apps.mastery.record import record
from apps.plans.models import PlanDay, Proposal
from apps.plans.placing import QUESTIONS_KEY
from apps.plans.proposals import NewProposal, drop, propose
from tests.checks.taking import NOON, YESTERDAY, begun, day, graded, task_of
from tests.conftest import TODAY
from tests.mastery.factories import make_topic

__all__ = ["day"]

LIST = "/plan/proposals/"


def answer_all(user: User, check: Check, scores: dict[str, int]) -> None:
    """Grade every question: so much for these topics, ninety for others."""
    while (asked := check.answers.filter(score=None).select_related("topic").first()) is not None:
        graded(user, check, scores.get(asked.topic.slug, 90))


def rows() -> list[tuple[str, str, str]]:
    every = Proposal.objects.order_by("at", "rank", "topic__slug")
    return [(each.topic.slug, each.state, each.prompted_by) for each in every]


ANOVA = "Knowledge check 18 Nov: ANOVA 39 %, 1 answer"


@pytest.mark.parametrize(("score", "proposed"), [(0, True), (39, True), (40, False), (90, False)])
def test_a_finished_check_proposes_its_gaps(
    alice: User, topics: list[Topic], score: int, proposed: bool
) -> None:
    check = begun(alice, topics)
    answer_all(alice, check, {"anova": score})
    assert rows() == []
    for _ in range(2):
        finish(alice, check, at=NOON, day=TODAY)
    said = f"Knowledge check 18 Nov: ANOVA {score} %, 1 answer"
    assert rows() == ([("anova", "open", said)] if proposed else [])
    if proposed:
        (made,) = Proposal.objects.all()
        assert (made.kind, made.minutes, made.source_id, made.rank) == (
            *("study", topics[1].minutes, check.pk, 0),
        )
        assert (made.at, made.day) == (NOON, TODAY)


def test_several_answers_count_by_their_mean(alice: User, topics: list[Topic]) -> None:
    scores = [Answered(topics[0].pk, each) for each in (10, 60, 20)]
    log_result(alice, day=TODAY, at=NOON, answers=[*scores, Answered(topics[1].pk, 100)])
    assert rows() == [("t-test", "open", "Knowledge check 18 Nov: T-test 30 %, 3 answers")]


def test_undo_withdraws_and_finishing_again_brings_back(alice: User, topics: list[Topic]) -> None:
    check = begun(alice, topics)
    answer_all(alice, check, {"anova": 39, "t-test": 10})
    finish(alice, check, at=NOON, day=TODAY)
    answer = Answer.objects.get(topic__slug="anova")
    undo_last(alice, check, answer.pk)
    assert {state for _, state, _ in rows()} == {"dropped"}
    graded(alice, check, 100)
    finish(alice, check, at=NOON, day=TODAY)
    assert sorted((slug, state) for slug, state, _ in rows()) == [
        ("anova", "dropped"),
        ("t-test", "open"),
    ]
    undo_last(alice, check, answer.pk)
    graded(alice, check, 20)
    finish(alice, check, at=NOON, day=TODAY)
    assert ("anova", "open", ANOVA.replace("39", "20")) in rows()
    assert Proposal.objects.count() == 2


def test_what_the_learner_decided_stays_decided(alice: User, topics: list[Topic]) -> None:
    check = begun(alice, topics)
    answer_all(alice, check, {"anova": 39, "t-test": 10})
    finish(alice, check, at=NOON, day=TODAY)
    drop(alice, Proposal.objects.get(topic__slug="anova").pk)
    Proposal.objects.filter(topic__slug="t-test").update(state="placed")
    undo_last(alice, check)
    graded(alice, check, 10)
    finish(alice, check, at=NOON, day=TODAY)
    found = {slug: state for slug, state, _ in rows() if slug != "kv-cache"}
    assert found == {"anova": "dropped", "t-test": "placed"}


def test_deleting_withdraws_and_restoring_brings_back(alice: User, topics: list[Topic]) -> None:
    taken = begun(alice, topics)
    answer_all(alice, taken, {"anova": 39})
    finish(alice, taken, at=NOON, day=TODAY)
    logged = log_result(alice, day=TODAY, at=NOON, answers=[Answered(topics[2].pk, 5)])
    for _ in range(2):
        for check in (taken, logged):
            delete_check(check)
        assert [state for _, state, _ in rows()] == ["dropped", "dropped"]
        with time_machine.travel(NOON, tick=False):
            for check in (taken, logged):
                restore_check(check)
        assert [state for _, state, _ in rows()] == ["open", "open"]


def test_an_open_check_that_comes_back_proposes_nothing(alice: User, topics: list[Topic]) -> None:
    check = begun(alice, topics)
    graded(alice, check, 0)
    delete_check(check)
    restore_check(check)
    assert rows() == []


def test_a_topic_that_waits_already_keeps_its_proposal(alice: User, topics: list[Topic]) -> None:
    new = [NewProposal(topics[0].pk, 30, 1)]
    source = uuid.uuid4()
    propose(alice, new, kind="study", source_id=source, prompted_by="Before", at=NOON, day=TODAY)
    for days in range(1, 5):
        when = {"at": NOON - dt.timedelta(days=days), "day": TODAY - dt.timedelta(days=days)}
        scores = [(topics[1].pk, 50)]
        record(alice, scores, source=Source.CHECK, source_id=None, **when)  # type: ignore[arg-type] # moment and day
    check = begun(alice, topics)
    answer_all(alice, check, {"anova": 0, "t-test": 0, "kv-cache": 0})
    finish(alice, check, at=NOON, day=TODAY)
    found = Proposal.objects.filter(state="open").values_list("topic__slug", "kind", "prompted_by")
    assert sorted(found) == [
        ("anova", "relearn", "Failed 5 times, last on 18 Nov"),
        ("kv-cache", "study", "Knowledge check 18 Nov: KV cache 0 %, 1 answer"),
        ("t-test", "study", "Before"),
    ]


def test_what_was_said_on_a_later_day_counts_more(alice: User, topics: list[Topic]) -> None:
    scores = [(topics[0].pk, 90)]
    record(alice, scores, source=Source.QUESTION, source_id=None, at=NOON, day=TODAY)
    answers = [Answered(topics[0].pk, 0), Answered(topics[1].pk, 0)]
    log_result(alice, day=YESTERDAY, at=NOON - dt.timedelta(days=1), answers=answers)
    assert [slug for slug, _, _ in rows()] == ["anova"]


def test_over_midnight_its_own_answers_are_not_later(alice: User, topics: list[Topic]) -> None:
    check = begun(alice, topics[:1], day=YESTERDAY)
    graded(alice, check, 10, at=NOON)
    finish(alice, check, at=NOON, day=TODAY)
    assert rows() == [("t-test", "open", "Knowledge check 17 Nov: T-test 10 %, 1 answer")]


def test_topics_that_are_gone_or_out_of_scope_are_not_proposed(
    alice: User, topics: list[Topic]
) -> None:
    check = begun(alice, topics)
    answer_all(alice, check, {each.slug: 0 for each in topics})
    Topic.objects.filter(slug="anova").update(retired_at=timezone.now())
    Topic.objects.filter(slug="t-test").update(in_scope=False)
    finish(alice, check, at=NOON, day=TODAY)
    assert [slug for slug, _, _ in rows()] == ["kv-cache"]


def test_finishing_takes_as_many_queries_for_one_gap_as_for_many(alice: User) -> None:
    many = [make_topic(f"t-{number}") for number in range(20)]

    def finished(topics: list[Topic], score: int) -> int:
        answers = [Answered(each.pk, score) for each in topics]
        with CaptureQueriesContext(connection) as captured:
            log_result(alice, day=TODAY, at=NOON, answers=answers)
        return len(captured)

    none = finished(many[:2], 90)
    one, all_of_them = finished(many[2:4], 0), finished(many[4:], 0)
    assert one == all_of_them <= none + 6


def test_the_page_leads_to_the_check(
    alice: User, alice_client: Client, topics: list[Topic], htmx: Any
) -> None:
    check = begun(alice, topics)
    answer_all(alice, check, {"anova": 39})
    finish(alice, check, at=NOON, day=TODAY)
    result = alice_client.get(f"/checks/{check.pk}/").content.decode()
    assert "1 topic with less than 40 % is" in result
    page = alice_client.get(LIST).content.decode()
    link = f'<a href="/checks/{check.pk}/">{ANOVA}</a>'
    assert link in page
    made = Proposal.objects.get()
    htmx(f"{LIST}{made.pk}/drop/", {"drop": "1"})
    again = htmx(f"{LIST}{made.pk}/drop/", {"drop": "0"})
    assert link in again.content.decode()
    source = uuid.uuid4()
    Proposal.objects.update(source_id=source)
    assert re.search(f'href="/assessments/{source}/"', alice_client.get(LIST).content.decode())


def test_a_check_on_one_topic_is_not_ticked_by_that_of_the_day(
    alice: User, topics: list[Topic], day: PlanDay
) -> None:
    own = task_of(day, topics[0], kind="check", key=QUESTIONS_KEY)
    of_the_day = task_of(day, kind="check", position=2)
    assert planned_check(alice, TODAY) == of_the_day
    check = begun(alice, topics[:1], task=own)
    answer_all(alice, check, {})
    finish(alice, check, at=NOON, day=TODAY)
    own.refresh_from_db()
    assert own.status == "done"
