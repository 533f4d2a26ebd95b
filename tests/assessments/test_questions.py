"""A question assessment from start to end: answers, evidence, undo, counts."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.assessments import questions
from apps.assessments.models import AreaResult, Assessment, Response
from apps.assessments.questions import Given, Later, Outcome
from apps.assessments.questions_bank import Wanted
from apps.assessments.questions_sitting import waiting
from apps.assessments.result import first_readiness, result
from apps.library.models import Question, Topic
from apps.mastery.models import Card, Evidence, Memory, Source
from apps.mastery.rounding import half_up
from tests.assessments.asking import AT, DAY, give, give_all, make_bank, sit
from tests.mastery.factories import make_area

LATER = AT + dt.timedelta(days=1)

# Starting ----------------------------------------------------------------------------------------


def test_a_start_writes_open_questions_and_what_was_felt(alice: User, bank: list[Question]) -> None:
    statistics, nlp = make_area("statistics"), make_area("nlp")
    elsewhere = make_area("elsewhere")
    felt = {None: 60, statistics.pk: 65, elsewhere.pk: 10}
    sitting = sit(alice, felt=felt)
    assert (sitting.kind, sitting.origin, sitting.finished_at) == ("questions", "sitting", None)
    assert sitting.asked_for["standing"] is True
    responses = list(sitting.responses.all())
    assert [each.position for each in responses] == list(range(1, 10))
    assert {each.question_id for each in responses} == {each.pk for each in bank}
    assert all(each.score is None and each.evidence is None for each in responses)
    told = sitting.results.values_list("area__slug", "felt", "total", "high")
    assert list(told) == [
        (None, 60, 9, None),
        ("statistics", 65, 3, None),
        ("llm-systems", None, 3, None),
        (nlp.slug, None, 3, None),
    ]
    assert not Evidence.objects.exists()


def test_the_first_so_many_cover_the_areas(alice: User, bank: list[Question]) -> None:
    make_bank(12, ("statistics",), start=9)
    sitting = sit(alice, Wanted(standing=True, many=6))
    counts = Counter(sitting.responses.values_list("topic__area__slug", flat=True))
    assert counts == {"statistics": 2, "llm-systems": 2, "nlp": 2}


def test_starting_twice_is_once_and_a_strangers_id_is_refused(
    alice: User, charlie: User, bank: list[Question]
) -> None:
    first = sit(alice)
    assert sit(alice, assessment_id=first.pk) == first
    assert Response.objects.count() == 9
    with pytest.raises(Assessment.DoesNotExist):
        sit(charlie, assessment_id=first.pk)


def test_nothing_fits(alice: User) -> None:
    nothing = questions.start(
        alice, Wanted(), title="x", felt={}, assessment_id=uuid.uuid4(), at=AT, day=DAY
    )
    assert nothing is None
    assert not Assessment.objects.exists()


# Answering ---------------------------------------------------------------------------------------


def test_an_answer_is_evidence_at_once(alice: User, bank: list[Question]) -> None:
    sitting = sit(alice)
    first = sitting.responses.first()
    assert first
    said = {"is_unknown": True, "text": "I think", "note": "Hm", "seconds": 90}
    assert give(alice, first, 25, **said) is Outcome.SAVED  # type: ignore[arg-type] # a mixed dict
    first.refresh_from_db()
    assert (first.score, first.is_unknown, first.text) == (25, True, "I think")
    assert (first.note, first.seconds, first.day) == ("Hm", 90, DAY)
    proof = Evidence.objects.get()
    assert first.evidence == proof
    assert (proof.source, proof.source_id, proof.score) == (Source.QUESTION, sitting.pk, 25)
    assert (proof.topic_id, proof.day) == (first.topic_id, DAY)
    assert Memory.objects.get().score == 25
    assert not Card.objects.exists()
    following = waiting(sitting)
    assert following
    assert following.position == 2


def test_the_first_answer_stays(alice: User, bank: list[Question]) -> None:
    sitting = sit(alice)
    first = sitting.responses.first()
    assert first
    assert give(alice, first, 75) is Outcome.SAVED
    assert give(alice, first, 75) is Outcome.SAVED
    assert give(alice, first, 100) is Outcome.OTHER
    assert give(alice, first, 25, is_unknown=True) is Outcome.OTHER
    assert Evidence.objects.get().score == 75
    first.refresh_from_db()
    assert first.score == 75


def test_only_questions_of_ones_own_sitting(
    alice: User, charlie: User, bank: list[Question]
) -> None:
    sitting, another = sit(alice), sit(alice)
    response = sitting.responses.first()
    assert response
    given = Given(50)
    for user, pk in ((charlie, sitting.pk), (alice, another.pk), (alice, uuid.uuid4())):
        with pytest.raises(Response.DoesNotExist):
            questions.answer(user, pk, response.pk, given, at=AT, day=DAY)
    Assessment.objects.filter(pk=sitting.pk).update(deleted_at=AT)
    with pytest.raises(Response.DoesNotExist):
        give(alice, response, 50)
    assert not Evidence.objects.exists()


def test_what_is_retired_meanwhile_can_still_be_answered(alice: User, bank: list[Question]) -> None:
    sitting = sit(alice)
    Question.objects.update(retired_at=timezone.now())
    Topic.objects.update(retired_at=timezone.now())
    give_all(alice, sitting, [90] * 9)
    assert Evidence.objects.count() == 9


def test_each_answer_has_the_date_it_was_given_on(alice: User, bank: list[Question]) -> None:
    sitting = sit(alice)
    one, two = sitting.responses.all()[:2]
    give(alice, one, 90)
    give(alice, two, 90, at=LATER, day=DAY + dt.timedelta(days=1))
    assert list(Evidence.objects.order_by("day").values_list("day", flat=True)) == [
        DAY,
        DAY + dt.timedelta(days=1),
    ]
    sitting.refresh_from_db()
    assert sitting.day == DAY


# Taking back -------------------------------------------------------------------------------------


def test_the_last_answer_is_taken_back(alice: User, bank: list[Question]) -> None:
    sitting = sit(alice)
    one, two = sitting.responses.all()[:2]
    give(alice, one, 90)
    give(alice, two, 20, text="Kept", note="Kept too")
    undone = questions.undo(alice, sitting.pk, two.pk)
    assert undone == two
    two.refresh_from_db()
    assert (two.score, two.at, two.day, two.evidence) == (None, None, None, None)
    assert (two.text, two.note) == ("Kept", "Kept too")
    assert Evidence.objects.filter(retracted_at=None).count() == 1
    assert not Memory.objects.filter(topic=two.topic_id).exists()
    # The same undo once more changes nothing; a new one takes the answer before.
    assert questions.undo(alice, sitting.pk, two.pk) == two
    assert Response.objects.filter(score__isnull=False).count() == 1
    assert questions.undo(alice, sitting.pk) == one
    assert questions.undo(alice, sitting.pk) is None
    assert not Memory.objects.exists()


def test_only_the_last_one_is_taken_back(alice: User, charlie: User, bank: list[Question]) -> None:
    sitting, another = sit(alice), sit(alice)
    one, two = sitting.responses.all()[:2]
    give(alice, one, 90)
    give(alice, two, 20)
    with pytest.raises(Later):
        questions.undo(alice, sitting.pk, one.pk)
    with pytest.raises(Response.DoesNotExist):
        questions.undo(alice, another.pk, one.pk)
    with pytest.raises(Assessment.DoesNotExist):
        questions.undo(charlie, sitting.pk)
    assert Response.objects.filter(score__isnull=False).count() == 2


def test_taking_back_after_the_end_opens_it_again(alice: User, bank: list[Question]) -> None:
    sitting = sit(alice, felt={None: 50})
    give_all(alice, sitting, [90] * 9)
    last = questions.last_of(sitting)
    assert last
    questions.undo(alice, sitting.pk, last.pk)
    sitting.refresh_from_db()
    assert sitting.finished_at is None
    overall = sitting.results.get(area=None)
    assert (overall.high, overall.total, overall.felt) == (None, 9, 50)
    assert first_readiness(alice) is None
    assert give(alice, last, 40) is Outcome.SAVED
    assert questions.finish(alice, sitting, AT)
    overall.refresh_from_db()
    assert (overall.high, overall.middle, overall.low) == (8, 1, 0)


# Finishing ---------------------------------------------------------------------------------------


def test_the_end_counts_by_area_what_was_answered(alice: User, bank: list[Question]) -> None:
    sitting = sit(alice, felt={None: 60, make_area("nlp").pk: 70})
    responses = list(sitting.responses.select_related("topic__area"))
    by_area: dict[str, list[Response]] = {}
    for each in responses:
        by_area.setdefault(each.topic.area.slug, []).append(each)
    for each, score in zip(by_area["nlp"], (95, 60, 10), strict=True):
        give(alice, each, score)
    give(alice, by_area["statistics"][0], 80)
    assert questions.finish(alice, sitting, AT)
    told = sitting.results.values_list("area__slug", "high", "middle", "low", "total", "felt")
    assert list(told) == [
        (None, 2, 1, 1, 9, 60),
        ("statistics", 1, 0, 0, 3, None),
        ("llm-systems", 0, 0, 0, 3, None),
        ("nlp", 1, 1, 1, 3, 70),
    ]
    assert sitting.finished_at == AT
    said = result(sitting.results.select_related("area", "assessment"))
    assert said.overall
    assert said.overall.marks
    assert (said.overall.marks.marked, said.overall.marks.unmarked) == (4, 5)
    assert first_readiness(alice) is None  # four answers say little


def test_104_74_11_of_189(alice: User) -> None:
    make_bank(189)
    sitting = sit(alice)
    Response.objects.filter(assessment=sitting, position__lte=104).update(score=90)
    Response.objects.filter(assessment=sitting, position__gt=104, position__lte=178).update(
        score=60
    )
    Response.objects.filter(assessment=sitting, position__gt=178).update(score=25)
    with CaptureQueriesContext(connection) as few:
        assert questions.finish(alice, sitting, AT)
    readiness = first_readiness(alice)
    assert readiness is not None
    assert str(half_up(readiness, 1)) == "74.6"
    assert len(few) <= 9


def test_finishing_twice_is_once_and_nothing_answered_stays_open(
    alice: User, bank: list[Question]
) -> None:
    sitting = sit(alice)
    assert not questions.finish(alice, sitting, AT)
    sitting.refresh_from_db()
    assert sitting.finished_at is None
    give_all(alice, sitting, [90])
    before = list(AreaResult.objects.values())
    assert questions.finish(alice, sitting, LATER)
    assert list(AreaResult.objects.values()) == before
    sitting.refresh_from_db()
    assert sitting.finished_at == AT


def test_a_topic_that_moved_to_another_area_is_counted_there(
    alice: User, bank: list[Question]
) -> None:
    sitting = sit(alice)
    moved = sitting.responses.filter(topic__area__slug="nlp").first()
    assert moved
    Topic.objects.filter(pk=moved.topic_id).update(area=make_area("new", position=9))
    give_all(alice, sitting, [90] * 9)
    told = dict(sitting.results.exclude(area=None).values_list("area__slug", "high"))
    assert told == {"statistics": 3, "llm-systems": 3, "nlp": 2, "new": 1}


def test_after_the_end_nothing_more_is_answered(alice: User, bank: list[Question]) -> None:
    sitting = sit(alice)
    give_all(alice, sitting, [90])
    last = sitting.responses.last()
    assert last
    assert give(alice, last, 80) is Outcome.FINISHED
    assert Evidence.objects.count() == 1
