"""The review queue: strangers, bad ids, many at once, and how many queries it takes."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from apps.accounts.models import User
from apps.checks.log import delete_check
from apps.checks.models import Answer, Check
from apps.library.models import Topic
from apps.mastery.models import Evidence
from tests.checks.reviewing import (
    LIST,
    NEXT,
    UNDO,
    answer_of,
    card_of,
    failed,
    grade,
    hidden,
    learned,
    page_of,
    queries,
    skip_of,
    today,
)
from tests.dashboard.library.factories import make_question
from tests.mastery.factories import make_topic

MOST_OF_AN_ANSWER = 12
CARD = "/reviews/card/"


# Others, bad ids, wrong methods, many at once -----------------------------------------------------


def test_strangers_topics_and_answers_are_404(
    alice: User, charlie: User, charlie_client: Client, alice_client: Client, due: list[Topic]
) -> None:
    own = make_topic("own", owner=alice)
    learned(alice, own)
    sent = grade()
    alice_client.post(answer_of(own), sent)
    theirs = make_question(due[0], "theirs", owner=alice, collection="")
    learned(charlie, due[0])
    before = Evidence.objects.count()
    for address, data in (
        (answer_of(own), grade()),
        (answer_of(own), grade("101")),
        (answer_of(due[0]), sent),
        (answer_of(due[0]), grade(question=str(theirs.pk))),
        (answer_of(due[0]), grade("abc", question=str(theirs.pk))),
        (skip_of(own), {"skip": "1"}),
        (skip_of(own), {}),
        (skip_of(due[1]), {"skip": "1"}),
        (UNDO, {"answer": sent["answer"]}),
    ):
        assert charlie_client.post(address, data).status_code == 404, (address, data)
    for address in (f"{NEXT}?topic={own.pk}", f"{NEXT}?last={sent['answer']}"):
        assert charlie_client.get(address).status_code == 404, address
    assert Evidence.objects.count() == before
    assert card_of(own).snoozed_until is None


def test_bad_ids_are_404(alice_client: Client, due: list[Topic]) -> None:
    unknown = uuid.uuid4()
    for address, data in (
        (f"/reviews/{unknown}/answer/", grade()),
        (f"/reviews/{unknown}/skip/", {"skip": "1"}),
        (answer_of(due[0]), grade(answer="nonsense")),
        (answer_of(due[0]), {"score": "100"}),
        (answer_of(due[0]), grade(question="nonsense")),
        (answer_of(due[0]), grade(question=str(unknown))),
        (UNDO, {"answer": "nonsense"}),
        (UNDO, {}),
    ):
        assert alice_client.post(address, data).status_code == 404, (address, data)
    for address in (f"{NEXT}?topic={unknown}", f"{NEXT}?topic=x", f"{NEXT}?last=x"):
        assert alice_client.get(address).status_code == 404, address
    # An answer that was taken back meanwhile is no mistake.
    assert alice_client.get(f"{NEXT}?last={unknown}").status_code == 200
    assert alice_client.post(skip_of(due[0]), {"skip": "2"}).status_code == 400


def test_reviews_that_were_deleted_in_another_tab(
    htmx: Any, alice: User, alice_client: Client, due: list[Topic]
) -> None:
    sent = grade(75, text="My long thought", extra="5")
    alice_client.post(answer_of(due[0]), sent)
    delete_check(Check.objects.get())
    assert "Question 1 of" in page_of(alice_client, f"{NEXT}?last={sent['answer']}")
    answer = alice_client.post(UNDO, {"answer": sent["answer"]}, follow=True)
    assert "taken back already" in answer.content.decode()
    assert alice_client.post(answer_of(due[0]), sent).status_code == 409
    again = htmx(answer_of(due[0]), sent)
    page = again.content.decode()
    assert again.status_code == 409
    for words in ("taken back or deleted meanwhile", "My long thought", 'name="extra" value="5"'):
        assert words in page
    fresh = hidden(page, "answer")
    assert fresh != sent["answer"]
    assert htmx(answer_of(due[0]), sent | {"answer": fresh}).status_code == 200
    assert Answer.objects.get(check_taken__deleted_at=None).score == 75


def test_wrong_methods_are_405(alice_client: Client, due: list[Topic]) -> None:
    for address in (LIST, NEXT, CARD):
        assert alice_client.post(address).status_code == 405
    for address in (UNDO, answer_of(due[0]), skip_of(due[0])):
        assert alice_client.get(address).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_five_posts_at_once_make_one_answer(alice: User) -> None:
    topic = make_topic("asked")
    learned(alice, topic)
    sent = grade(score=75)
    clients = [Client() for _ in range(5)]
    for client in clients:
        client.force_login(alice)

    def post(client: Client) -> int:
        try:
            return client.post(answer_of(topic), sent).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        codes = list(pool.map(post, clients))
    assert codes == [303] * 5
    assert Answer.objects.count() == 1
    assert Check.objects.count() == 1
    assert Evidence.objects.filter(user=alice, day=today()).count() == 1


# Queries ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("score", "lapses"), [(90, 0), (20, 0), (20, 2)])
def test_an_answer_takes_twelve_queries_however_many_topics(
    htmx: Any, alice: User, topics: list[Topic], score: int, lapses: int
) -> None:
    every = [*topics, *(make_topic(f"more-{number}", position=5) for number in range(20))]
    for topic in every:
        make_question(topic, f"on-{topic.slug}")
    failed(alice, topics[0], lapses)
    learned(alice, *topics)

    asked = [topic.questions.get() for topic in topics[:2]]
    sent = [grade(score, question=str(question.pk)) for question in asked]
    first = queries(lambda: htmx(answer_of(topics[0]), sent[0]))
    assert len(first) <= MOST_OF_AN_ANSWER, "\n".join(first)
    learned(alice, *every[3:])
    second = queries(lambda: htmx(answer_of(topics[1]), sent[1]))
    assert len(second) <= len(first) - 1, "\n".join(second)  # the day's check is there


def test_taking_back_and_answering_again_take_twelve_queries(
    htmx: Any, alice: User, due: list[Topic]
) -> None:
    questions = [make_question(topic, f"on-{topic.slug}") for topic in due]
    sent = grade(75, text="Mine", question=str(questions[0].pk))
    htmx(answer_of(due[1]), grade())
    htmx(answer_of(due[0]), sent)
    taken = queries(lambda: htmx(UNDO, {"answer": sent["answer"]}))
    again = queries(lambda: htmx(answer_of(due[0]), sent))
    skipped = queries(lambda: htmx(skip_of(due[2]), {"skip": "1"}))
    assert max(len(taken), len(again), len(skipped)) <= MOST_OF_AN_ANSWER, again


def test_the_pages_take_the_same_queries_for_many_topics(
    htmx: Any, alice_client: Client, alice: User, due: list[Topic]
) -> None:
    for address in (LIST, NEXT):
        alice_client.get(address)
    htmx(answer_of(due[0]), grade())
    few = {each: queries(lambda each=each: alice_client.get(each)) for each in (LIST, NEXT)}
    more = [make_topic(f"more-{number}") for number in range(20)]
    learned(alice, *more)
    for topic in more[:5]:
        htmx(answer_of(topic), grade())
        htmx(skip_of(more[-1]), {"skip": "1"})
    for address, before in few.items():
        after = queries(lambda address=address: alice_client.get(address))
        assert len(after) <= max(len(before), 7), "\n".join(after)
