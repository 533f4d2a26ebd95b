"""The review queue one topic at a time, and skipping."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Break, User
from apps.checks.models import Answer, Check
from apps.library.models import Topic
from tests.checks.reviewing import (
    LIST,
    NEXT,
    ONE_DAY,
    UNDO,
    answer_of,
    card_of,
    grade,
    hidden,
    page_of,
    skip_of,
    today,
)
from tests.dashboard.library.factories import make_question

MOST_OF_AN_ANSWER = 12
CARD = "/reviews/card/"


# One at a time ------------------------------------------------------------------------------------


def test_the_card_asks_the_most_valuable_topic(
    alice: User, alice_client: Client, due: list[Topic]
) -> None:
    Topic.objects.exclude(pk=due[1].pk).update(category="specialisation")
    question = make_question(due[1], "asked")
    page = page_of(alice_client, NEXT)
    assert "Question 1 of 3" in page
    assert "What is asked?" in page
    assert hidden(page, "question") == str(question.pk)
    assert "11 days overdue" in page
    assert hidden(page, "answer") != hidden(page_of(alice_client, NEXT), "answer")
    question.delete()
    assert "Explain it in two minutes" in page_of(alice_client, NEXT)


def test_an_answer_brings_the_next_card(htmx: Any, alice: User, due: list[Topic]) -> None:
    first = htmx(NEXT).content.decode()
    asked = re.search(r"/reviews/([0-9a-f-]{36})/answer/", first)
    assert asked
    topic = Topic.objects.get(pk=asked[1])
    answer = htmx(answer_of(topic), grade(75, text="Typed", note="Noted"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in page
    assert "Question 2 of 3" in page
    assert f"{topic.title}: <b>75 %</b>" in page
    stored = Answer.objects.get()
    assert (stored.topic, stored.score, stored.text, stored.note, stored.seconds) == (
        topic,
        75,
        "Typed",
        "Noted",
        30,
    )


def test_i_do_not_know_shows_the_model_answer(htmx: Any, due: list[Topic]) -> None:
    question = make_question(due[0], "asked")
    sent = grade(question=str(question.pk), unknown="1", score="")
    page = htmx(answer_of(due[0]), sent).content.decode()
    assert "The answer to asked." in page
    answer = Answer.objects.get()
    assert (answer.score, answer.is_unknown, answer.question) == (25, True, question)


def test_without_javascript_an_answer_leads_to_the_next_page(
    alice_client: Client, due: list[Topic]
) -> None:
    sent = grade()
    answer = alice_client.post(answer_of(due[0]), sent | {"extra": "5"})
    assert (answer.status_code, answer["Location"]) == (
        303,
        f"{NEXT}?last={sent['answer']}&extra=5",
    )
    page = page_of(alice_client, answer["Location"])
    assert f"{due[0].title}: <b>100 %</b>" in page
    assert f'name="answer" value="{sent["answer"]}"' in page
    assert "Question 2 of 3" in page
    back = alice_client.post(f"{UNDO}?extra=5", {"answer": sent["answer"]})
    assert (back.status_code, back["Location"]) == (
        303,
        f"{NEXT}?topic={due[0].pk}&extra=5",
    )
    assert due[0].title in page_of(alice_client, back["Location"])
    assert not Answer.objects.exists()


def test_when_all_are_answered_it_says_so(htmx: Any, due: list[Topic]) -> None:
    for topic in due:
        page = htmx(answer_of(topic), grade()).content.decode()
    assert "Today’s reviews are done" in page
    assert "Undo" in page
    assert 'href="/reviews/"' in page
    assert "Five more" not in page


def test_nothing_to_ask_says_so(alice_client: Client, alice: User) -> None:
    assert "Nothing is due today." in page_of(alice_client, NEXT)
    Break.objects.create(user=alice, first_day=today(), last_day=today())
    assert "You have a break." in page_of(alice_client, NEXT)


def test_undo_asks_the_same_again_with_what_was_typed(htmx: Any, due: list[Topic]) -> None:
    question = make_question(due[0], "asked")
    sent = grade(question=str(question.pk), text="Half of it", note="Why?")
    before = card_of(due[0]).due
    htmx(answer_of(due[0]), sent)
    assert card_of(due[0]).due != before
    page = htmx(UNDO, {"answer": sent["answer"]}).content.decode()
    for text in ("What is asked?", "Half of it", "Why?", "Question 1 of 3", "is taken back"):
        assert text in page
    assert card_of(due[0]).due == before
    assert not Answer.objects.exclude(score=None).exists()
    again = htmx(UNDO, {"answer": sent["answer"]})
    assert again.status_code == 200
    assert "taken back already" in again.content.decode()


@pytest.mark.parametrize("score", ["-1", "101", "50.5", "abc", ""])
def test_a_bad_score_keeps_what_was_typed(htmx: Any, due: list[Topic], score: str) -> None:
    question = make_question(due[0], "asked")
    sent = grade(score="", typed=score, question=str(question.pk), text="Typed", note="Noted")
    answer = htmx(answer_of(due[0]), sent | {"extra": "5"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="grading-typed-error"' in page
    for text in ("What is asked?", "Typed", "Noted", "Question 1 of 3"):
        assert text in page
    assert hidden(page, "answer") == sent["answer"]
    assert hidden(page, "extra") == "5"
    assert not Answer.objects.exists()


def test_a_bad_score_without_javascript_is_a_whole_page(
    alice_client: Client, due: list[Topic]
) -> None:
    answer = alice_client.post(answer_of(due[0]), grade("101"))
    assert answer.status_code == 422
    assert "</html>" in answer.content.decode()


def test_the_queue_over_midnight(alice: User, alice_client: Client, due: list[Topic]) -> None:
    """A page left open since yesterday counts for the day on which it is sent."""
    import time_machine

    page = page_of(alice_client, NEXT)
    tomorrow = timezone.now() + ONE_DAY
    with time_machine.travel(tomorrow, tick=False):
        alice_client.force_login(alice)
        alice_client.post(answer_of(due[0]), grade(answer=hidden(page, "answer")))
    assert Answer.objects.get().day == tomorrow.date()
    assert Check.objects.get().day == tomorrow.date()


def test_undo_without_htmx_keeps_what_was_typed(alice_client: Client, due: list[Topic]) -> None:
    make_question(due[0], "other")
    question = make_question(due[0], "asked", position=9)
    sent = grade(question=str(question.pk), text="Half of it", note="Why?")
    alice_client.post(answer_of(due[0]), sent)
    page = alice_client.post(UNDO, {"answer": sent["answer"]}, follow=True).content.decode()
    assert hidden(page, "question") == str(question.pk)
    assert "Half of it" in page
    assert "Why?" in page
    assert "No check is logged yet" in page_of(alice_client, "/checks/")


# Skipping -----------------------------------------------------------------------------------------


def test_skipping_on_the_card(htmx: Any, due: list[Topic]) -> None:
    page = htmx(skip_of(due[0]), {"skip": "1"}).content.decode()
    assert "Question 1 of 2" in page
    assert "comes back tomorrow" in page
    assert f"{skip_of(due[0])}?skip=0" in page  # Undo in the message
    assert card_of(due[0]).snoozed_until == today() + ONE_DAY
    htmx(skip_of(due[0]), {"skip": "1"})
    htmx(f"{skip_of(due[0])}?skip=0", {"next": NEXT})
    assert card_of(due[0]).snoozed_until is None


def test_skipping_keeps_the_last_answer_and_says_what_takes_its_place(
    htmx: Any, alice: User, alice_client: Client, charlie: User, due: list[Topic]
) -> None:
    alice.review_limit = 2
    alice.save()
    sent = grade(75)
    htmx(answer_of(due[0]), sent)
    first = Topic.objects.get(
        pk=re.findall(r"/reviews/([0-9a-f-]{36})/answer", page_of(alice_client, NEXT))[0]
    )
    said = {"skip": "1", "last": sent["answer"]}
    page = htmx(skip_of(first), said).content.decode()
    assert f"{due[0].title}: <b>75 %</b>" in page
    assert "comes back tomorrow; another takes its place." in page
    assert hidden(page, "last") == sent["answer"]
    second = next(topic for topic in due[1:] if topic != first)
    assert "another takes its place" not in htmx(skip_of(second), said).content.decode()
    theirs = Check.objects.create(user=charlie, day=today(), kind="reviews")
    answer = Answer.objects.create(check_taken=theirs, topic=due[0], score=10)
    assert htmx(skip_of(second), said | {"last": str(answer.pk)}).status_code == 404


def test_skipping_on_the_list(htmx: Any, due: list[Topic]) -> None:
    page = htmx(skip_of(due[0]), {"skip": "1", "page": "list"}).content.decode()
    assert page.lstrip().startswith('<div class="stack reviews" id="reviews" data-settle>')
    assert "2 reviews today" in page
    assert "Skipped" in page
    page = htmx(skip_of(due[0]), {"skip": "0", "page": "list"}).content.decode()
    assert "3 reviews today" in page


def test_when_it_comes_back_is_what_the_plan_says(htmx: Any, alice: User, due: list[Topic]) -> None:
    Topic.objects.filter(pk=due[0].pk).update(category="specialisation")
    alice.review_limit = 1
    alice.save()
    third = today() + 2 * ONE_DAY
    words = f"comes back on {third:%A}, {third.day} {third:%B}."
    assert words in htmx(skip_of(due[0]), {"skip": "1"}).content.decode()
    Break.objects.create(user=alice, first_day=today(), last_day=today() + 60 * ONE_DAY)
    page = htmx(skip_of(due[0]), {"skip": "1", "page": "list"}).content.decode()
    assert "does not come back before tomorrow" in page
    assert "· not before" in page


def test_skipping_without_javascript(alice_client: Client, due: list[Topic]) -> None:
    answer = alice_client.post(skip_of(due[0]), {"skip": "1"})
    assert (answer.status_code, answer["Location"]) == (303, LIST)
    page = page_of(alice_client)
    assert "comes back tomorrow" in page
    assert "Skipped" in page
    alice_client.post(skip_of(due[0]), {"skip": "1", "next": "https://elsewhere.example/"})
    answer = alice_client.post(skip_of(due[0]), {"skip": "0", "next": NEXT})
    assert answer["Location"] == NEXT
