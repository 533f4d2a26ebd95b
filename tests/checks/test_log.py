from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.checks.log import Answered, delete_check, log_result, moment_of, restore_check
from apps.checks.models import Answer, Check
from apps.library.models import Topic
from apps.mastery.models import Card, Evidence, Memory, Source
from tests.mastery.factories import make_topic

DAY = dt.date(2026, 11, 17)
AT = dt.datetime(2026, 11, 17, 20, tzinfo=dt.UTC)


def test_a_check_with_answers_is_evidence(alice: User, topics: list[Topic]) -> None:
    check = log_result(
        alice,
        day=DAY,
        at=AT,
        answers=[Answered(topics[0].pk, 90), Answered(topics[1].pk, 40, True)],
        said_total=Decimal("70.0"),
        note="**Weak** on ANOVA",
    )
    answers = list(check.answers.all())
    assert [(a.topic_id, a.score, a.is_review) for a in answers] == [
        (topics[0].pk, 90, False),
        (topics[1].pk, 40, True),
    ]
    evidence = Evidence.objects.get(topic=topics[1])
    assert answers[1].evidence == evidence
    assert (evidence.source, evidence.source_id, evidence.day) == (Source.CHECK, check.pk, DAY)
    assert Card.objects.count() == Memory.objects.count() == 2
    assert "<strong>Weak</strong>" in check.note_html


def test_a_total_alone_is_no_evidence(alice: User) -> None:
    check = log_result(alice, day=DAY, at=AT, said_total=Decimal("86.5"))
    assert check.said_total == Decimal("86.5")
    assert not Evidence.objects.exists()


def test_the_same_id_is_logged_once(alice: User, topics: list[Topic]) -> None:
    token = uuid.uuid4()
    answers = [Answered(topics[0].pk, 90)]
    first = log_result(alice, day=DAY, at=AT, answers=answers, check_id=token)
    again = log_result(alice, day=DAY, at=AT, answers=answers, check_id=token)
    assert first == again
    assert Answer.objects.count() == Evidence.objects.count() == 1


def test_somebody_elses_id_is_refused(alice: User, charlie: User, topics: list[Topic]) -> None:
    check = log_result(alice, day=DAY, at=AT, said_total=Decimal(80))
    with pytest.raises(Check.DoesNotExist):
        log_result(charlie, day=DAY, at=AT, said_total=Decimal(80), check_id=check.pk)


def test_a_bad_score_writes_nothing(alice: User, topics: list[Topic]) -> None:
    with pytest.raises(ValueError, match="0 to 100"):
        log_result(alice, day=DAY, at=AT, answers=[Answered(topics[0].pk, 101)])
    assert not Check.objects.exists()


def test_delete_and_restore(alice: User, topics: list[Topic]) -> None:
    check = log_result(alice, day=DAY, at=AT, answers=[Answered(topics[0].pk, 90)])
    before = Memory.objects.values_list("score", "stability").get()
    for _ in range(2):
        delete_check(check)
        check.refresh_from_db()
        assert check.deleted_at is not None
        assert not Memory.objects.exists()
        assert not Card.objects.exists()
    for _ in range(2):
        restore_check(check)
        check.refresh_from_db()
        assert check.deleted_at is None
        assert Memory.objects.values_list("score", "stability").get() == before


def test_queries_do_not_grow(alice: User) -> None:
    many = [make_topic(f"many-{number}") for number in range(40)]
    with CaptureQueriesContext(connection) as few:
        log_result(alice, day=DAY, at=AT, answers=[Answered(many[0].pk, 90)])
    with CaptureQueriesContext(connection) as more:
        answers = [Answered(topic.pk, 80) for topic in many]
        log_result(alice, day=DAY, at=AT, answers=answers)
    assert len(more) <= len(few)


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/Los_Angeles", "Nowhere"])
def test_the_moment_lies_on_the_day_of_the_learner(alice: User, zone: str) -> None:
    alice.time_zone = zone
    moment = moment_of(alice, DAY)
    assert moment.tzinfo == dt.UTC
    from apps.accounts.clock import local_day

    assert local_day(alice, moment) == DAY
