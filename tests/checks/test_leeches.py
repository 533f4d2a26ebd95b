"""Topics that fail again and again."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.checks.leeches import Cause, follow, topics_with_resources
from apps.checks.log import Answered, delete_check, log_result, restore_check
from apps.checks.models import Answer, Check
from apps.library.models import Topic
from apps.plans.models import Proposal
from apps.plans.proposals import drop
from tests.checks.reviewing import (
    FRAME,
    LIST,
    answer_of,
    card_of,
    failed,
    grade,
    learned,
    queries,
    today,
)
from tests.dashboard.library.factories import make_exercise, make_reference
from tests.mastery.factories import make_topic


def proposals() -> list[str]:
    """The states of all proposals to relearn, the first made first."""
    return list(
        Proposal.objects.filter(kind="relearn").order_by("at").values_list("state", flat=True)
    )


def answer(user: User, topic: Topic, score: int = 20, days_ago: int = 0) -> uuid.UUID:
    """Log a check of one answer; return its id."""
    day = today() - dt.timedelta(days=days_ago)
    at = timezone.now() - dt.timedelta(days=days_ago)
    return log_result(user, day=day, at=at, answers=[Answered(topic.pk, score)]).pk


def check(pk: uuid.UUID) -> Check:
    return Check.objects.get(pk=pk)


@pytest.mark.parametrize(("times", "proposed"), [(2, 0), (3, 1), (4, 1)])
def test_four_times_are_enough(alice: User, topics: list[Topic], times: int, proposed: int) -> None:
    failed(alice, topics[0], times)
    source = answer(alice, topics[0])
    assert Proposal.objects.filter(kind="relearn").count() == proposed
    if proposed:
        proposal = Proposal.objects.get()
        assert (proposal.user, proposal.topic, proposal.kind) == (alice, topics[0], "relearn")
        assert (proposal.minutes, proposal.source_id) == (topics[0].minutes, source)
        date = f"{today().day} {today():%b}"
        assert proposal.prompted_by == f"Failed {times + 1} times, last on {date}"


def test_it_is_proposed_once_and_again_when_it_failed_after_it_was_dropped(
    alice: User, topics: list[Topic]
) -> None:
    failed(alice, topics[0], 4)
    first = answer(alice, topics[0], days_ago=3)
    answer(alice, topics[0], days_ago=2)
    waiting = Proposal.objects.get()
    assert (waiting.source_id, waiting.prompted_by[:14]) == (first, "Failed 6 times")
    drop(alice, waiting.pk)
    good = answer(alice, topics[0], 100, days_ago=1)
    assert proposals() == ["dropped"]
    delete_check(check(good))
    restore_check(check(good))
    assert proposals() == ["dropped"]  # it did not fail since
    again = answer(alice, topics[0])
    assert proposals() == ["dropped", "open"]
    assert Proposal.objects.get(state="open").source_id == again


def test_it_goes_with_what_made_it_and_comes_back_with_it(alice: User, topics: list[Topic]) -> None:
    failed(alice, topics[0], 3)
    last = answer(alice, topics[0])
    for _ in range(2):
        delete_check(check(last))
        assert (card_of(topics[0]).lapses, proposals()) == (3, ["dropped"])
        restore_check(check(last))
        assert (card_of(topics[0]).lapses, proposals()) == (4, ["open"])
    drop(alice, Proposal.objects.get().pk)
    delete_check(check(last))
    restore_check(check(last))
    assert proposals() == ["dropped"]  # by the learner, and it has not failed since


def test_it_does_not_hang_on_one_answer(alice: User, topics: list[Topic]) -> None:
    failed(alice, topics[0], 3)
    fourth = answer(alice, topics[0], days_ago=1)
    fifth = answer(alice, topics[0])
    delete_check(check(fourth))
    assert proposals() == ["open"]
    assert Proposal.objects.get().prompted_by.startswith("Failed 4 times")
    delete_check(check(fifth))
    assert proposals() == ["dropped"]


def test_a_good_answer_that_lifts_the_day_lifts_it(alice: User, topics: list[Topic]) -> None:
    failed(alice, topics[0], 3)
    answer(alice, topics[0], 50)
    assert proposals() == ["open"]
    good = answer(alice, topics[0], 100)
    assert proposals() == ["dropped"]
    delete_check(check(good))
    assert proposals() == ["open"]


def test_a_day_that_did_not_fail_proposes_nothing(alice: User, topics: list[Topic]) -> None:
    failed(alice, topics[0], 4)
    answer(alice, topics[0], 100)
    answer(alice, topics[0], 60)
    assert proposals() == []


def test_a_check_that_comes_back_proposes_what_nobody_decided_on(
    alice: User, topics: list[Topic]
) -> None:
    failed(alice, topics[0], 3)
    last = answer(alice, topics[0])
    Proposal.objects.all().delete()
    delete_check(check(last))
    restore_check(check(last))
    assert proposals() == ["open"]
    Proposal.objects.update(state="placed")
    delete_check(check(last))
    restore_check(check(last))
    assert proposals() == ["placed"]


def test_topics_outside_the_scope_and_other_learners_are_left_alone(
    alice: User, charlie: User, topics: list[Topic]
) -> None:
    failed(alice, topics[0], 4)
    answer(charlie, topics[0])
    Topic.objects.filter(pk=topics[0].pk).update(retired_at=timezone.now())
    answer(alice, topics[0])
    assert not Proposal.objects.filter(kind="relearn").exists()
    assert not Proposal.objects.filter(user=alice).exists()


def test_following_takes_the_same_queries_for_many_and_one_for_nothing(
    alice: User, topics: list[Topic]
) -> None:
    learned(alice, *topics)
    counts = []
    for each in ([topics[0]], topics):
        with CaptureQueriesContext(connection) as captured:
            follow(alice, [topic.pk for topic in each])
        counts.append(len(captured))
    assert counts == [1, 1]
    many = [make_topic(f"leech-{number}") for number in range(8)]
    for topic in many:
        failed(alice, topic, 4)
    counts = []
    for some in (many[:2], many[2:]):
        pks = [topic.pk for topic in some]
        day = today() - dt.timedelta(days=11)
        cause = Cause(uuid.uuid4(), timezone.now(), day, pks)
        with transaction.atomic(), CaptureQueriesContext(connection) as captured:
            follow(alice, pks, cause)
        counts.append(len([each for each in captured if not each["sql"].startswith(FRAME)]))
    assert Proposal.objects.filter(state="open").count() == 8
    assert counts[0] == counts[1] <= 8


def test_the_fourth_failure_in_the_queue_proposes_it_and_undo_drops_it(
    alice: User, alice_client: Client, topics: list[Topic]
) -> None:
    failed(alice, topics[0], 3)
    sent = grade(score=25)
    alice_client.post(answer_of(topics[0]), sent)
    assert Proposal.objects.get().source_id == Answer.objects.get().pk
    page = alice_client.get(LIST).content.decode()
    assert "failed 4 times" in page
    assert "Proposed for your plan" in page
    alice_client.post("/reviews/undo/", {"answer": sent["answer"]})
    assert Proposal.objects.get().state == "dropped"
    assert "To relearn" not in alice_client.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("open", "Proposed for your plan"),
        ("dropped", "You dropped the proposal"),
        ("placed", "Relearning it is in your plan"),
        (None, "proposed when it fails again"),
    ],
)
def test_the_page_names_what_to_learn_from(
    alice: User, charlie: User, alice_client: Client, topics: list[Topic], state: Any, words: str
) -> None:
    leech = topics[0]
    leech.prerequisites.set([topics[2], make_topic("charlies", owner=charlie)])
    make_exercise("by-hand", leech)
    make_reference("cheat-sheet", leech)
    make_reference("gone", leech, retired_at=timezone.now())
    failed(alice, leech, 4)
    if state:
        answer(alice, leech)
        Proposal.objects.update(state=state)
    page = alice_client.get(LIST).content.decode()
    section = page[page.index("To relearn") : page.index("How easy your topics are")]
    for text in ("T-test", "KV cache", "By hand", "Cheat-sheet", words):
        assert text in section, text
    for text in ("Gone", "Charlies"):
        assert text not in section, text
    assert ("Drop" in section) is (state == "open")


def test_resources_take_the_same_queries_for_many(
    alice: User, alice_client: Client, topics: list[Topic]
) -> None:
    assert topics_with_resources(alice, []) == {}
    failed(alice, topics[0], 4)
    answer(alice, topics[0])
    alice_client.get(LIST)
    few = queries(lambda: alice_client.get(LIST))
    for topic in (*topics[1:], *(make_topic(f"more-{number}") for number in range(5))):
        make_exercise(f"exercise-{topic.slug}", topic)
        failed(alice, topic, 4)
        answer(alice, topic)
    assert len(queries(lambda: alice_client.get(LIST))) == len(few)
