from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.checks import take
from apps.checks.leeches import Cause
from apps.checks.log import Answered, delete_check, log_result
from apps.checks.models import Answer, Check
from apps.checks.take import Graded, finish, grade, undo_last
from apps.library.models import Question, Topic
from apps.mastery.models import Card, Evidence, Memory
from tests.checks.taking import KINDS, NOON, YESTERDAY, ask_about, begun, day, graded
from tests.conftest import TODAY, make_learner
from tests.mastery.factories import make_topic

__all__ = ["day"]


# Starting ----------------------------------------------------------------------------------------


def test_one_check_is_open_at_most(alice: User, topics: list[Topic]) -> None:
    first = begun(alice, topics)
    assert begun(alice, topics[:1]) == first
    graded(alice, first)
    finish(alice, first, at=NOON, day=TODAY)
    second = begun(alice, topics)
    assert (first.number, second.number) == (1, 2)
    assert begun(alice, topics, check_id=first.pk) == first


def test_an_id_of_somebody_else(alice: User, charlie: User, topics: list[Topic]) -> None:
    theirs = begun(charlie, topics)
    with pytest.raises(Check.DoesNotExist):
        begun(alice, topics, check_id=theirs.pk)


def test_queries_do_not_grow(alice: User) -> None:
    def count(size: int) -> int:
        topics = [make_topic(f"t-{size}-{n}") for n in range(size)]
        for topic in topics:
            for kind in KINDS:
                ask_about(topic, kind)
        with CaptureQueriesContext(connection) as queries:
            check = begun(alice, topics, size=size)
        assert check.size == size
        delete_check(check)
        return len(queries)

    assert count(5) == count(30)


# Grading -----------------------------------------------------------------------------------------


def test_a_grade_is_evidence_and_moves_the_card(alice: User, topics: list[Topic]) -> None:
    check = begun(alice, topics[:1])
    answer = graded(alice, check, 75, text="Because", note="Hm", seconds=70)
    answer.refresh_from_db()
    assert answer.evidence
    assert (answer.score, answer.text, answer.note, answer.seconds) == (75, "Because", "Hm", 70)
    assert (answer.at, answer.day) == (NOON, TODAY)
    proof = answer.evidence
    assert (proof.score, proof.source, proof.source_id, proof.day) == (75, "check", check.pk, TODAY)
    assert Memory.objects.get().score == 75
    assert Card.objects.get().due == TODAY + dt.timedelta(days=1)


def test_a_graded_answer_stays_as_it_is(alice: User, topics: list[Topic]) -> None:
    check = begun(alice, topics)
    first = graded(alice, check, 75)
    again = grade(alice, check.pk, first.pk, Graded(10), at=NOON, day=TODAY)
    assert again.answer.score == 75
    assert again.next == check.answers.filter(score=None).first()
    assert Evidence.objects.count() == 1


def test_an_answer_of_another_check_or_learner(
    alice: User, charlie: User, topics: list[Topic]
) -> None:
    mine, theirs = begun(alice, topics), begun(charlie, topics)
    their_answer = theirs.answers.first()
    logged = log_result(alice, day=TODAY, at=NOON, answers=[Answered(topics[0].pk, 50)])
    logged_answer = logged.answers.first()
    assert their_answer
    assert logged_answer
    for check, answer in ((mine, their_answer), (theirs, their_answer), (logged, logged_answer)):
        with pytest.raises(Answer.DoesNotExist):
            grade(alice, check.pk, answer.pk, Graded(50), at=NOON, day=TODAY)
    assert Evidence.objects.count() == 1


def test_a_closed_check_takes_no_grade(alice: User, topics: list[Topic]) -> None:
    check = begun(alice, topics)
    graded(alice, check)
    rest = check.answers.filter(score=None).first()
    assert rest
    finish(alice, check, at=NOON, day=TODAY)
    with pytest.raises(take.NotOpen):
        grade(alice, check.pk, rest.pk, Graded(50), at=NOON, day=TODAY)
    delete_check(check)
    with pytest.raises(take.NotOpen):
        grade(alice, check.pk, rest.pk, Graded(50), at=NOON, day=TODAY)
    assert check.answers.get(pk=rest.pk).score is None


def test_over_midnight_each_answer_has_its_own_day(alice: User, topics: list[Topic]) -> None:
    check = begun(alice, topics)
    graded(alice, check, at=NOON)
    graded(alice, check, at=NOON + dt.timedelta(days=1))
    tomorrow = TODAY + dt.timedelta(days=1)
    assert sorted(Evidence.objects.values_list("day", flat=True)) == [TODAY, tomorrow]
    finish(alice, check, at=NOON + dt.timedelta(days=1), day=tomorrow)
    check.refresh_from_db()
    assert check.day == TODAY


def test_the_days_of_answers_may_go_back(alice: User, topics: list[Topic]) -> None:
    """Another time zone, or a clock set back: what was answered last is undone by its name."""
    check = begun(alice, topics)
    first = graded(alice, check, at=NOON)
    second = graded(alice, check, 60, at=NOON - dt.timedelta(hours=20))
    assert second.day == YESTERDAY
    assert undo_last(alice, check, second.pk) == second
    assert [e.topic_id for e in Evidence.objects.filter(retracted_at=None)] == [first.topic_id]


def test_a_topic_retired_meanwhile_is_still_graded(alice: User, topics: list[Topic]) -> None:
    check = begun(alice, topics[:1])
    Topic.objects.update(retired_at=timezone.now())
    assert graded(alice, check, 40).score == 40
    assert Evidence.objects.get().score == 40


def test_a_failed_answer_is_told_to_the_leeches(
    alice: User, topics: list[Topic], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(take, "follow", lambda *args: told.append(args))
    check = begun(alice, topics)
    passed, failed = graded(alice, check, 61), graded(alice, check, 60)
    assert told == [
        (alice, [passed.topic_id], Cause(passed.pk, NOON, TODAY, [])),
        (alice, [failed.topic_id], Cause(failed.pk, NOON, TODAY, [failed.topic_id])),
    ]


# Adding a question -------------------------------------------------------------------------------


def own_question(topic: Topic) -> Question:
    return Question(pk=uuid.uuid4(), topic=topic, level="senior", text="And *why*?", answer="So.")


def test_an_own_question_is_asked_last_and_kept_in_the_library(
    alice: User, topics: list[Topic]
) -> None:
    check = begun(alice, topics)
    question = own_question(topics[1])
    added = take.ask_own(alice, check, question)
    assert take.ask_own(alice, check, question) == added
    assert check.answers.last() == added
    assert added.is_added
    assert added.position == check.size
    check.refresh_from_db()
    assert check.size == check.answers.count()
    stored = Question.objects.get(owner=alice)
    assert "<em>why</em>" in stored.text_html
    delete_check(check)
    with pytest.raises(take.NotOpen):
        take.ask_own(alice, check, own_question(topics[0]))


def test_a_check_has_an_end(alice: User, topics: list[Topic]) -> None:
    check = begun(alice, topics)
    check.answers.filter(position=0).update(position=take.MOST_QUESTIONS - 1)
    with pytest.raises(take.Full):
        take.ask_own(alice, check, own_question(topics[0]))
    assert not Question.objects.exists()


# At once -----------------------------------------------------------------------------------------


def at_once(times: int, act: Callable[[], Any]) -> list[Any]:
    def one(_: int) -> Any:
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


@pytest.mark.django_db(transaction=True)
def test_everything_sent_five_times_at_once_is_done_once() -> None:
    alice = make_learner("alice@example.com")
    topics = [make_topic(f"t-{n}") for n in range(6)]
    check_id = uuid.uuid4()
    made = at_once(5, lambda: begun(alice, topics, check_id=check_id).pk)
    assert set(made) == {check_id}
    other = at_once(5, lambda: begun(alice, topics).pk)
    assert set(other) == {check_id}
    check = Check.objects.get()
    assert check.answers.count() == check.size

    first = check.answers.first()
    assert first
    at_once(5, lambda: grade(alice, check_id, first.pk, Graded(75), at=timezone.now(), day=TODAY))
    assert Evidence.objects.count() == 1
    graded(alice, check, at=timezone.now())
    assert Evidence.objects.count() == 2

    last = take.last_answer(check)
    assert last
    at_once(5, lambda: undo_last(alice, check, last.pk))
    assert Evidence.objects.filter(retracted_at=None).count() == 1

    question = own_question(topics[0])
    question_id = question.pk

    def add() -> Any:
        fresh = own_question(topics[0])
        fresh.pk = question_id
        return take.ask_own(alice, check, fresh).pk

    assert len(set(at_once(5, add))) == 1
    done = at_once(5, lambda: finish(alice, check, at=timezone.now(), day=TODAY))
    assert len({each.check.finished_at for each in done}) == 1
