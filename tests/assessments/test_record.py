from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.assessments.models import Assessment, Rating
from apps.assessments.record import AreaTotals, record_assessment
from apps.assessments.result import first_readiness, result
from apps.library.models import Topic
from apps.mastery.models import Card, Evidence, Memory
from apps.mastery.rounding import half_up
from tests.mastery.factories import make_area, make_topic

DAY = dt.date(2026, 11, 3)
AT = dt.datetime(2026, 11, 3, 20, tzinfo=dt.UTC)
Know = Rating.Value


def take(user: User, **fields: object) -> Assessment:
    given = {"kind": Assessment.Kind.QUESTIONS, "title": "Sitting", "day": DAY, "at": AT}
    return record_assessment(user, **{**given, **fields})  # type: ignore[arg-type] # a mixed dict


def test_ratings_are_evidence_and_start_no_review(alice: User, topics: list[Topic]) -> None:
    ratings = {topics[0].pk: Know.KNOW, topics[1].pk: Know.UNSURE, topics[2].pk: Know.DUNNO}
    assessment = take(alice, kind=Assessment.Kind.COVERAGE, ratings=ratings)
    assert dict(Memory.objects.values_list("topic__slug", "score")) == {
        "t-test": 100,
        "anova": 50,
        "kv-cache": 0,
    }
    assert all(Memory.objects.values_list("claimed", flat=True))
    assert not Card.objects.exists()
    rating = Rating.objects.get(topic=topics[1])
    assert rating.evidence == Evidence.objects.get(topic=topics[1])
    assert rating.evidence is not None
    assert (rating.evidence.source, rating.evidence.source_id) == ("rating", assessment.pk)


def test_the_sitting_of_189_questions(alice: User) -> None:
    statistics = make_area("statistics")
    assessment = take(
        alice,
        said_overall=Decimal("66.5"),
        said_readiness=Decimal(75),
        results=[
            AreaTotals(high=104, middle=74, low=11),
            AreaTotals(statistics.pk, score=Decimal(65), felt=65),
        ],
    )
    told = result(assessment.results.select_related("area"))
    assert told.overall is not None
    assert (str(told.overall.readiness), told.overall.from_shares) == ("74.6", 75)
    assert [line.title for line in told.lines] == ["Statistics"]
    assert (told.lines[0].measured, told.lines[0].felt_off) == (65, 0)
    start = first_readiness(alice)
    assert start is not None
    assert str(half_up(start, 1)) == "74.6"
    assert not Evidence.objects.exists()


def test_areas_are_added_up_without_an_overall_row(alice: User) -> None:
    rows = [AreaTotals(title="One", high=5, middle=1, low=0, total=8), AreaTotals(title="Two", high=1, middle=0, low=3)]  # fmt: skip
    told = result(take(alice, results=rows).results.select_related("area"))
    assert told.overall is not None
    assert told.overall.marks is not None
    assert (told.overall.marks.high, told.overall.marks.total, told.overall.marks.unmarked) == (6, 12, 2)  # fmt: skip


def test_nothing_counted_is_no_overall(alice: User) -> None:
    told = result(take(alice, results=[AreaTotals(title="One", score=Decimal(30))]).results.all())
    assert told.overall is None
    assert told.lines[0].readiness is None


def test_the_start_is_the_first_question_assessment(alice: User, charlie: User) -> None:
    assert first_readiness(alice) is None
    later = DAY + dt.timedelta(days=3)
    before = DAY - dt.timedelta(days=3)
    take(alice, day=later, results=[AreaTotals(high=1, middle=0, low=0)])
    take(alice, day=before, kind=Assessment.Kind.COVERAGE, results=[AreaTotals(high=1, middle=0, low=3)])  # fmt: skip
    take(charlie, day=before, results=[AreaTotals(high=0, middle=0, low=1)])
    assert first_readiness(alice) == 100
    take(alice, said_readiness=Decimal(75), results=[AreaTotals(title="One", score=Decimal(30))])
    with CaptureQueriesContext(connection) as queries:
        assert first_readiness(alice) == 75
    assert len(queries) == 1


def test_neither_a_short_sitting_nor_a_retest_is_the_start(alice: User) -> None:
    few = take(alice, origin="sitting", results=[AreaTotals(high=29, middle=0, low=0, total=90)])
    assert first_readiness(alice) is None
    take(alice, origin="retest", results=[AreaTotals(high=0, middle=0, low=40)])
    assert first_readiness(alice) is None
    later = DAY + dt.timedelta(days=1)
    take(alice, day=later, origin="sitting", results=[AreaTotals(high=10, middle=10, low=10)])
    assert first_readiness(alice) == 50
    few.results.update(low=1)
    assert str(half_up(first_readiness(alice) or 0, 1)) == "96.7"
    take(alice, day=DAY - dt.timedelta(days=1), said_readiness=Decimal(75))
    assert first_readiness(alice) == 75


def test_where_nothing_was_marked_nothing_is_measured(alice: User) -> None:
    rows = [AreaTotals(title="One", high=0, middle=0, low=0, total=3, felt=65)]
    taken = take(alice, kind=Assessment.Kind.COVERAGE, results=rows)
    [line] = result(taken.results.select_related("area")).lines
    assert (line.measured, line.known_of_all, line.band, line.felt_off) == (None,) * 4
    rows = [AreaTotals(title="One", high=0, total=3)]  # told as none known of three
    taken = take(alice, kind=Assessment.Kind.COVERAGE, results=rows)
    [line] = result(taken.results.select_related("area")).lines
    assert line.measured == 0


def test_the_same_id_is_recorded_once(alice: User, charlie: User, topics: list[Topic]) -> None:
    token = uuid.uuid4()
    ratings = {topics[0].pk: Know.KNOW}
    assert take(alice, ratings=ratings, assessment_id=token) == take(
        alice, ratings=ratings, assessment_id=token
    )
    assert Evidence.objects.count() == 1
    with pytest.raises(Assessment.DoesNotExist):
        take(charlie, assessment_id=token)


def test_counts_that_cannot_be_write_nothing(alice: User) -> None:
    with pytest.raises(ValueError, match="total"):
        take(alice, results=[AreaTotals(high=3, middle=0, low=0, total=2)])
    assert not Assessment.objects.exists()


def test_queries_do_not_grow(alice: User) -> None:
    many = [make_topic(f"many-{number}") for number in range(40)]
    with CaptureQueriesContext(connection) as few:
        take(alice, ratings={many[0].pk: Know.KNOW}, results=[AreaTotals(title="One")])
    with CaptureQueriesContext(connection) as more:
        take(
            alice,
            ratings={topic.pk: Know.DUNNO for topic in many},
            results=[AreaTotals(title=f"Area {number}") for number in range(20)],
        )
    assert len(more) == len(few)
