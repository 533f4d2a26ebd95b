"""From the library to being asked; and what was asked stays readable when it is retired."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.assessments.models import Assessment, Rating, Response
from apps.checks.models import Answer, Check
from apps.dashboard.library.filters import QuestionFilter
from apps.library.models import Question, Topic
from apps.mastery.models import Source
from apps.mastery.record import record
from apps.plans.models import Proposal

DAY = dt.date(2026, 11, 18)
TOPIC, QUESTION = "/library/topics/t-test/", "/library/questions/why/"
ASK = '<a {}href="/checks/start/?topic=t-test">Ask me about it</a>'


@pytest.fixture
def question(topics: list[Topic]) -> Question:
    return Question.objects.create(
        slug="why", topic=topics[0], kind="applied", level="mid", text="Why?", answer="So.",
        text_html="<p>Why?</p>", answer_html="<p>So.</p>",
    )  # fmt: skip


def check_of(user: User, **fields: Any) -> Check:
    return Check.objects.create(user=user, day=DAY, kind="taken", **fields)


def sitting_of(user: User, **fields: Any) -> Assessment:
    return Assessment.objects.create(user=user, kind="questions", title="x", day=DAY, **fields)


def hang_answer(user: User, question: Question, score: int | None, **sitting: Any) -> None:
    Answer.objects.create(
        check_taken=check_of(user, **sitting),
        topic=question.topic,
        question=question,
        score=score,
    )


def hang_response(user: User, question: Question, score: int | None, **sitting: Any) -> None:
    Response.objects.create(
        assessment=sitting_of(user, **sitting),
        topic=question.topic,
        question=question,
        position=1,
        score=score,
    )


def hang_rating(user: User, question: Question, score: int | None, **sitting: Any) -> None:
    value = "" if score is None else "know"
    Rating.objects.create(assessment=sitting_of(user, **sitting), topic=question.topic, value=value)


def hang_proposal(user: User, question: Question, score: int | None, **sitting: Any) -> None:
    Proposal.objects.create(
        user=user,
        topic=question.topic,
        question=question,
        kind="study",
        minutes=30,
        source_id=uuid.uuid4(),
        prompted_by="x",
        day=DAY,
    )


ASKED = [hang_answer, hang_response, hang_rating]


def retire(question: Question) -> None:
    for model in (Question, Topic):
        model.objects.update(retired_at=timezone.now())


@pytest.mark.parametrize("hang", [*ASKED, hang_proposal])
def test_what_was_said_keeps_a_retired_topic_readable(
    read: Any, charlie_client: Client, alice: User, question: Question, hang: Any
) -> None:
    hang(alice, question, 50, finished_at=timezone.now())
    retire(question)
    assert "This topic is retired" in read(TOPIC)
    assert charlie_client.get(TOPIC).status_code == 404


@pytest.mark.parametrize("hang", ASKED)
@pytest.mark.parametrize(("finished", "status"), [(False, 200), (True, 404)])
def test_what_was_left_open_counts_only_while_the_sitting_is(
    read: Any, alice: User, question: Question, hang: Any, finished: bool, status: int
) -> None:
    hang(alice, question, None, finished_at=timezone.now() if finished else None)
    retire(question)
    read(TOPIC, status)


@pytest.mark.parametrize("hang", [hang_answer, hang_response, hang_proposal])
def test_a_retired_question_is_read_by_those_who_were_asked(
    read: Any, charlie_client: Client, alice: User, question: Question, hang: Any
) -> None:
    hang(alice, question, 50, finished_at=timezone.now())
    retire(question)
    page = read(QUESTION)
    assert "This question is retired" in page
    assert "Bring it back" not in page
    assert charlie_client.get(QUESTION).status_code == 404


def test_a_retired_question_nobody_was_asked_is_gone(read: Any, question: Question) -> None:
    retire(question)
    read(QUESTION, 404)


def test_a_topic_and_a_question_lead_to_being_asked(read: Any, question: Question) -> None:
    assert ASK.format('class="action" ') in read(TOPIC)
    assert ASK.format("") in read(QUESTION)
    assert ASK.format('class="button primary" ') in read("/readiness/topic/t-test/")
    retire(question)
    assert "Ask me about it" not in read("/readiness/topic/t-test/")


@pytest.mark.parametrize(
    ("query", "words", "to"),
    [
        ("", "Start an assessment", ""),
        ("?kind=applied&level=mid", "Assess these", "?level=mid&amp;kind=applied"),
        ("?area=statistics", "Assess these", "?area=statistics"),
        ("?area=statistics&standing=untested", "Assess questions like these", "?area=statistics"),
        ("?area=nonsense", "Start an assessment", ""),
    ],
)
def test_the_bank_leads_to_an_assessment_of_what_it_shows(
    read: Any, question: Question, query: str, words: str, to: str
) -> None:
    page = read(f"/library/questions/{query}")
    assert f'<a href="/assessments/questions/{to}">{words}</a>' in page


def test_an_empty_bank_leads_to_no_assessment(read: Any, question: Question) -> None:
    assert "/assessments/questions/" not in read("/library/questions/?kind=design")


def test_what_is_asked_in_an_assessment_leaves_the_standing_out() -> None:
    chosen = QuestionFilter(area="nlp", kind="bare", standing="due")
    assert chosen.assess_query == "?area=nlp&kind=bare"
    assert QuestionFilter(standing="due").assess_query == ""


def test_evidence_of_an_assessment_question_leads_to_it(
    read: Any, alice: User, question: Question
) -> None:
    source = uuid.uuid4()
    record(
        alice,
        [(question.topic_id, 50)],
        source=Source.QUESTION,
        source_id=source,
        at=timezone.now(),
        day=DAY,
    )
    page = read("/readiness/topic/t-test/")
    assert f'<a href="/assessments/{source}/">Assessment question</a>' in page
