"""Answers to the review queue: stored once, taken back whole."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.checks.log import with_result
from apps.checks.models import Answer, Check
from apps.checks.reviews import (
    Gone,
    ask_topic,
    asked_by,
    find_answer,
    put_off,
    store_review,
    take_back,
)
from apps.checks.take import Graded
from apps.library.models import Question, Topic
from apps.mastery.due import load_queue
from apps.mastery.models import Card, Evidence, Memory
from tests.checks.reviewing import card_of, learned, today
from tests.dashboard.library.factories import make_question
from tests.mastery.factories import make_topic


def store(user: User, topic: Topic, score: int = 90, **options: Any) -> Any:
    given: dict[str, Any] = {
        "answer_id": uuid.uuid4(),
        "question_id": None,
        "at": timezone.now(),
        "day": today(),
    }
    return store_review(user, topic.pk, Graded(score), **given | options)


def rows(user: User) -> Any:
    """What a learner has and sees, but for the ids of memories and cards."""
    memories = Memory.objects.filter(user=user).order_by("topic")
    cards = Card.objects.filter(user=user).order_by("topic")
    return (
        [{name: row[name] for name in row if name != "id"} for row in memories.values()],
        [{name: row[name] for name in row if name != "id"} for row in cards.values()],
        Evidence.objects.filter(user=user, retracted_at=None).count(),
        with_result(Check.objects.all()).count(),
        Answer.objects.exclude(score=None).count(),
    )


# How a topic is asked -----------------------------------------------------------------------------


def test_the_question_asked_least_recently_comes_first(alice: User, topics: list[Topic]) -> None:
    topic = topics[0]
    learned(alice, topic)
    first = make_question(topic, "first", position=1)
    second = make_question(topic, "second", position=2)
    order = []
    for number in range(4):
        asked = ask_topic(alice, topic.pk)
        assert asked.question
        order.append(asked.question)
        at = timezone.now() + dt.timedelta(minutes=number)
        store(alice, topic, question_id=asked.question.pk, at=at)
    assert order == [first, second, first, second]


def test_only_questions_for_this_learner_are_asked(
    alice: User, charlie: User, topics: list[Topic]
) -> None:
    topic = topics[0]
    make_question(topic, "design", kind="design")
    make_question(topic, "principal", level="principal")
    make_question(topic, "retired", retired_at=timezone.now())
    make_question(topic, "theirs", owner=charlie, collection="")
    assert ask_topic(alice, topic.pk) == (topic, None, "", "")
    bare = make_question(topic, "bare", kind="", position=2)
    assert ask_topic(alice, topic.pk).question == bare
    own = make_question(topic, "own", kind="design", owner=alice, collection="", position=1)
    assert ask_topic(alice, topic.pk).question == own


def test_a_strangers_topic_is_not_asked(alice: User, charlie: User) -> None:
    theirs = make_topic("theirs", owner=charlie)
    make_question(theirs, "asked")
    with pytest.raises(Topic.DoesNotExist):
        ask_topic(alice, theirs.pk)
    with pytest.raises(Topic.DoesNotExist):
        asked_by(alice, theirs.pk, None)
    with pytest.raises(Question.DoesNotExist):
        asked_by(alice, theirs.pk, Question.objects.get().pk)


# Storing ------------------------------------------------------------------------------------------


def test_the_answers_of_a_day_are_one_check(alice: User, topics: list[Topic]) -> None:
    learned(alice, *topics)
    question = make_question(topics[0], "one")
    answer_id = uuid.uuid4()
    graded = Graded(75, False, "What I wrote", "A note", 42)
    at = timezone.now()
    done = store_review(
        alice,
        topics[0].pk,
        graded,
        answer_id=answer_id,
        question_id=question.pk,
        at=at,
        day=today(),
    )
    store(alice, topics[1], 40)
    assert (done.score, done.model_answer) == (75, question.answer_html)
    check = Check.objects.get()
    assert (check.kind, check.day, check.finished_at) == ("reviews", today(), None)
    first, second = check.answers.order_by("position")
    assert (first.pk, first.question, first.score, first.is_review) == (
        answer_id,
        question,
        75,
        True,
    )
    assert (first.text, first.note, first.seconds) == ("What I wrote", "A note", 42)
    assert (first.at, first.day) == (at, today())
    assert first.evidence
    assert (first.evidence.score, first.evidence.source_id) == (75, check.pk)
    assert (second.position, second.score) == (1, 40)
    assert card_of(topics[0]).last_day == today()
    assert load_queue(alice, today()).done_today == 2


def test_the_next_day_has_its_own_check(alice: User, topics: list[Topic]) -> None:
    learned(alice, *topics)
    store(alice, topics[0])
    store(alice, topics[1], day=today() + dt.timedelta(days=1))
    assert Check.objects.filter(kind="reviews").count() == 2


def test_a_deleted_check_is_not_written_to_again(alice: User, topics: list[Topic]) -> None:
    learned(alice, *topics)
    store(alice, topics[0])
    Check.objects.update(deleted_at=timezone.now())
    store(alice, topics[1])
    assert [check.answers.count() for check in Check.objects.all()] == [1, 1]


def test_the_same_answer_again_stays_as_it_is(alice: User, topics: list[Topic]) -> None:
    learned(alice, *topics)
    answer_id = uuid.uuid4()
    store(alice, topics[0], 90, answer_id=answer_id)
    before = rows(alice)
    again = store(alice, topics[0], 10, answer_id=answer_id)
    assert again.score == 90
    assert rows(alice) == before


def test_what_is_somebody_elses_is_refused(alice: User, charlie: User, topics: list[Topic]) -> None:
    learned(alice, *topics)
    learned(charlie, topics[0])
    other = make_question(topics[1], "of-another-topic")
    theirs = make_question(topics[0], "theirs", owner=charlie, collection="")
    taken = uuid.uuid4()
    store(charlie, topics[0], answer_id=taken)
    before = rows(alice)
    for error, options in (
        (Question.DoesNotExist, {"question_id": other.pk}),
        (Question.DoesNotExist, {"question_id": theirs.pk}),
        (Answer.DoesNotExist, {"answer_id": taken}),
    ):
        with pytest.raises(error):
            store(alice, topics[0], **options)
    with pytest.raises(Topic.DoesNotExist):
        store(alice, make_topic("charlies", owner=charlie))
    with pytest.raises(ValueError, match="0 to 100"):
        store(alice, topics[0], 101)
    assert rows(alice) == before


def test_a_topic_that_was_retired_meanwhile_keeps_its_answer(
    alice: User, topics: list[Topic]
) -> None:
    learned(alice, topics[0])
    Topic.objects.update(retired_at=timezone.now())
    store(alice, topics[0])
    assert Answer.objects.get().score == 90


# Taking back and putting off ----------------------------------------------------------------------


def test_taking_back_leaves_nothing_behind(alice: User, topics: list[Topic]) -> None:
    learned(alice, *topics)
    before = rows(alice)
    one, two = store(alice, topics[0], 20), store(alice, topics[1], 100)
    taken = take_back(alice, two.id)
    assert taken
    assert (taken.score, taken.topic) == (100, topics[1])
    assert take_back(alice, two.id) is None
    assert Check.objects.count() == 1
    assert find_answer(alice, one.id)
    take_back(alice, one.id)
    assert rows(alice) == before


def test_a_check_with_a_note_is_kept(alice: User, topics: list[Topic]) -> None:
    learned(alice, *topics)
    done = store(alice, topics[0])
    Check.objects.update(note="Tired today")
    take_back(alice, done.id)
    assert Check.objects.count() == 1


def test_only_own_reviews_are_taken_back(alice: User, charlie: User, topics: list[Topic]) -> None:
    learned(alice, *topics)
    done = store(alice, topics[0])
    with pytest.raises(Answer.DoesNotExist):
        take_back(charlie, done.id)
    Check.objects.update(kind="taken")
    with pytest.raises(Answer.DoesNotExist):
        take_back(alice, done.id)
    Check.objects.update(kind="reviews", deleted_at=timezone.now())
    assert take_back(alice, done.id) is None
    assert Answer.objects.get().score == 90


WRITTEN = Graded(75, False, "What I wrote", "A note", 42)


@pytest.mark.parametrize("with_question", [True, False])
def test_what_was_written_is_kept_until_the_topic_is_answered_again(
    alice: User, alice_client: Client, topics: list[Topic], with_question: bool
) -> None:
    learned(alice, *topics)
    before = rows(alice)
    topic, question = topics[0], None
    if with_question:
        question = make_question(topic, "second", position=2).pk
        make_question(topic, "first", position=1)
    answer_id = uuid.uuid4()

    def answer(day: dt.date, graded: Graded = WRITTEN) -> None:
        given = {"answer_id": answer_id, "question_id": question, "at": timezone.now()}
        store_review(alice, topic.pk, graded, day=day, **given)

    for day in (today(), today() + dt.timedelta(days=3)):
        answer(day)
        take_back(alice, answer_id)
        assert rows(alice) == before
        asked = ask_topic(alice, topic.pk)
        assert (asked.question and asked.question.pk) == question
        assert (asked.text, asked.note) == ("What I wrote", "A note")
        assert take_back(alice, answer_id) is None
        assert "No check is logged yet" in alice_client.get("/checks/").content.decode()
    answer(today(), Graded(90))
    assert Answer.objects.get().score == 90
    assert "No check is logged yet" not in alice_client.get("/checks/").content.decode()
    assert ask_topic(alice, topic.pk)[2:] == ("", "")


def test_what_was_taken_back_beside_others_is_not_in_their_check(
    alice: User, charlie: User, alice_client: Client, topics: list[Topic]
) -> None:
    learned(alice, *topics)
    learned(charlie, *topics)
    store(alice, topics[1], 60)
    kept = uuid.uuid4()
    given = {"answer_id": kept, "question_id": None, "at": timezone.now(), "day": today()}
    store_review(alice, topics[0].pk, WRITTEN, **given)
    take_back(alice, kept)
    assert Answer.objects.get(pk=kept).score is None
    page = alice_client.get(f"/checks/{Check.objects.get().pk}/").content.decode()
    assert "60.0 %" in page
    assert "Not asked" not in page
    assert topics[0].title not in page
    assert ask_topic(charlie, topics[0].pk).text == ""
    with pytest.raises(Answer.DoesNotExist):
        store(charlie, topics[0], answer_id=kept)
    with pytest.raises(Gone):
        store(alice, topics[2], answer_id=kept)
    store(alice, topics[0])
    assert sorted(Answer.objects.values_list("score", flat=True)) == [60, 90]


def test_a_topic_is_put_off_until_tomorrow(alice: User, charlie: User, topics: list[Topic]) -> None:
    learned(alice, *topics)
    assert put_off(alice, topics[0].pk, today(), skip=True) == topics[0]
    assert put_off(alice, topics[0].pk, today(), skip=True) == topics[0]
    assert len(load_queue(alice, today()).today) == 2
    assert len(load_queue(alice, today() + dt.timedelta(days=1)).today) == 3
    put_off(alice, topics[0].pk, today(), skip=False)
    assert len(load_queue(alice, today()).today) == 3
    with pytest.raises(Topic.DoesNotExist):
        put_off(charlie, topics[0].pk, today(), skip=True)
