"""A coverage check from start to end: marks, evidence, counts, deletion."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from decimal import Decimal

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.assessments import coverage
from apps.assessments.coverage import Begun, Closed, minutes_for
from apps.assessments.forms import title_of
from apps.assessments.models import Assessment, Rating
from apps.assessments.record import record_assessment
from apps.assessments.removal import delete_assessment, restore_assessment
from apps.assessments.result import first_readiness, result
from apps.assessments.starting import Another
from apps.library.models import Topic
from apps.mastery import record as mastery
from apps.mastery.models import Card, Evidence, Memory, Source
from tests.assessments.sitting import AT, DAY, begin, make_topics, row, say, take
from tests.mastery.factories import make_area, make_topic


def mark(assessment: Assessment, number: int, value: str, user: User | None = None) -> Rating:
    who = user or assessment.user
    return coverage.mark(who, assessment.pk, number, value, at=AT, day=DAY)


def test_what_is_in_scope(alice: User, charlie: User) -> None:
    alice.level = "senior"
    kept = [make_topic("b", position=1), make_topic("a", position=2, level_rank=2)]
    make_topic("hard", level_rank=3)
    make_topic("gone", retired_at=AT)
    make_topic("theirs", owner=charlie, collection="")
    make_topic("waits", owner=alice, collection="", in_scope=False)
    kept.append(make_topic("mine", owner=alice, collection="", position=3))
    kept.append(make_topic("first", make_area("llm", position=1), category="good-to-know"))
    assert list(coverage.scope_of(alice)) == kept
    assert list(coverage.scope_of(alice, must_only=True)) == kept[:3]
    assert [(area.key, area.topics) for area in coverage.areas_of(coverage.scope_of(alice))] == [
        ("statistics", 3),
        ("llm", 1),
    ]


@pytest.mark.parametrize(("topics", "minutes"), [(1, 1), (22, 1), (23, 2), (43, 3), (150, 10)])
def test_about_how_long(topics: int, minutes: int) -> None:
    assert minutes_for(topics) == minutes


def test_titles() -> None:
    areas = [coverage.AreaChoice(n, str(n), name, 1) for n, name in enumerate("ABCD")]
    assert title_of(areas[:1]) == "Coverage of A"
    assert title_of(areas[:1], all_areas=True) == "Coverage of A"
    assert title_of(areas[:3]) == "Coverage of A, B and C"
    assert title_of(areas) == "Coverage of A, B and 2 more areas"
    assert title_of(areas, all_areas=True) == "Coverage of all areas"


def test_the_start_writes_every_row_unmarked(alice: User) -> None:
    make_topics("statistics", 3)
    make_topics("llm", 2)
    assessment = begin(alice, felt=60)
    assert (assessment.kind, assessment.origin, assessment.finished_at) == (
        "coverage",
        "sitting",
        None,
    )
    assert assessment.asked_for == {"areas": ["llm", "statistics"]}
    assert list(assessment.ratings.order_by("position").values_list("position", "value")) == [
        (number, "") for number in range(1, 6)
    ]
    totals = assessment.results.values_list("area__slug", "total", "felt", "high")
    assert list(totals) == [(None, 5, 60, None), ("llm", 2, None, None), ("statistics", 3, None, None)]  # fmt: skip
    assert not Evidence.objects.exists()


def test_the_start_is_idempotent_and_nobody_elses(alice: User, charlie: User) -> None:
    make_topics("statistics", 3)
    make_topics("llm", 1)
    topics, key = coverage.scope_of(alice), uuid.uuid4()
    first, second = coverage.areas_of(topics)

    def start(user: User, *areas: coverage.AreaChoice) -> Assessment:
        return coverage.start(user, key, Begun("x", areas, {}), topics, at=AT, day=DAY)

    made = start(alice, second)
    mark(made, 1, "know")
    assert start(alice, second) == made
    assert Rating.objects.count() == 3
    with pytest.raises(Another):
        start(alice, first)
    with pytest.raises(Assessment.DoesNotExist):
        start(charlie, second)
    delete_assessment(made)
    with pytest.raises(Another):
        start(alice, second)


def test_a_mark_is_evidence_at_once(alice: User) -> None:
    topics = make_topics("statistics", 2)
    assessment = begin(alice)
    mark(assessment, 1, "unsure")
    rated = row(assessment, 1)
    assert rated.evidence
    assert (rated.evidence.source, rated.evidence.source_id, rated.evidence.score) == (
        Source.RATING,
        assessment.pk,
        50,
    )
    assert (rated.at, rated.day) == (AT, DAY)
    assert Memory.objects.get().topic == topics[0]
    assert not Card.objects.exists()


def test_a_changed_mark_corrects_and_a_cleared_one_takes_back(alice: User) -> None:
    make_topics("statistics", 1)
    assessment = begin(alice)
    mark(assessment, 1, "know")
    proof = Evidence.objects.get()
    mark(assessment, 1, "dunno")
    assert Evidence.objects.get().score == 0
    assert row(assessment, 1).evidence == proof
    mark(assessment, 1, "")
    cleared = row(assessment, 1)
    assert (cleared.value, cleared.evidence, cleared.at, cleared.day) == ("", None, None, None)
    assert not Memory.objects.exists()
    mark(assessment, 1, "know")
    assert mastery.evidence_of(alice).get().score == 100
    delete_assessment(assessment)
    restore_assessment(assessment)
    assert mastery.evidence_of(alice).get().score == 100


def test_a_mark_that_changes_on_another_day_is_dated_anew(alice: User) -> None:
    make_topics("statistics", 2)
    assessment = begin(alice)
    say(assessment, ["dunno", "dunno"])
    later, day = AT + dt.timedelta(days=9), DAY + dt.timedelta(days=9)
    for number, values in ((1, ["know"]), (2, ["", "know"])):
        for value in values:
            coverage.mark(alice, assessment.pk, number, value, at=later, day=day)
    told = mastery.evidence_of(alice).values_list("score", "at", "day", "rating__at", "rating__day")
    assert list(told) == [(100, later, day, later, day)] * 2
    delete_assessment(assessment)
    restore_assessment(assessment)
    assert mastery.evidence_of(alice).count() == 2


def test_a_mark_is_found_by_id_too_and_only_in_its_sitting(alice: User, charlie: User) -> None:
    make_topics("statistics", 2)
    mine, other = begin(alice), begin(alice)
    rating = row(mine, 2)
    coverage.mark(alice, mine.pk, rating.pk, "know", at=AT, day=DAY)
    assert row(mine, 2).value == "know"
    for user, sitting, number in ((charlie, mine, 1), (alice, other, rating.pk), (alice, mine, 3)):
        with pytest.raises(Rating.DoesNotExist):
            coverage.mark(user, sitting.pk, number, "know", at=AT, day=DAY)
    with pytest.raises(ValueError, match="maybe"):
        mark(mine, 1, "maybe")


def test_a_closed_sitting_takes_no_marks(alice: User) -> None:
    make_topics("statistics", 2)
    finished = take(alice, ["know"])
    deleted = begin(alice)
    delete_assessment(deleted)
    for assessment in (finished, deleted):
        with pytest.raises(Closed):
            mark(assessment, 2, "know")
    assert Evidence.objects.count() == 1


def test_nothing_marked_stays_open(alice: User) -> None:
    make_topics("statistics", 2)
    assessment = begin(alice)
    assert not coverage.finish(alice, assessment, AT)
    mark(assessment, 1, "know")
    mark(assessment, 1, "")
    assert not coverage.finish(alice, assessment, AT)
    assessment.refresh_from_db()
    assert assessment.finished_at is None
    mark(assessment, 1, "dunno")
    assert coverage.finish(alice, assessment, AT)
    later = AT + dt.timedelta(days=1)
    assert coverage.finish(alice, assessment, later)
    assessment.refresh_from_db()
    assert assessment.finished_at == AT


@pytest.mark.parametrize(
    ("count", "marks", "known", "of_marked"),
    [
        (43, {"know": 8, "unsure": 25, "dunno": 8}, "18.6", "19.5"),
        (30, {"know": 25, "unsure": 5}, "83.3", "83.3"),
        (76, {"unsure": 14, "dunno": 62}, "0.0", "0.0"),
    ],
)
def test_the_figures(
    alice: User, count: int, marks: dict[str, int], known: str, of_marked: str
) -> None:
    make_topics("statistics", count)
    done = take(alice, [value for value, times in marks.items() for _ in range(times)], felt=65)
    told = result(done.results.select_related("area"))
    for line in (told.overall, *told.lines):
        assert line is not None
        assert line.marks is not None
        assert (line.marks.high, line.marks.middle, line.marks.low) == tuple(
            marks.get(value, 0) for value in ("know", "unsure", "dunno")
        )
        assert (line.marks.total, line.marks.unmarked) == (count, count - sum(marks.values()))
        assert (str(line.known_of_all), str(line.known_of_marked)) == (known, of_marked)
    assert told.overall is not None
    assert told.overall.felt == 65
    assert len(told.lines) == 1


def test_counts_are_by_area_even_when_a_topic_moved_meanwhile(alice: User) -> None:
    [moving, *_] = make_topics("statistics", 2)
    make_topics("llm", 1)
    assessment = begin(alice)
    say(assessment, ["know", "know", "dunno"])
    Topic.objects.filter(pk=moving.pk).update(area=make_area("elsewhere"))
    coverage.finish(alice, assessment, AT)
    rows = assessment.results.values_list("area__slug", "high", "low", "total")
    assert list(rows) == [
        (None, 2, 1, 3),
        ("llm", 1, 0, 1),
        ("statistics", 0, 1, 1),
        ("elsewhere", 1, 0, 1),
    ]


def test_a_topic_that_was_retired_meanwhile_can_be_marked(alice: User) -> None:
    [topic] = make_topics("statistics", 1)
    assessment = begin(alice)
    Topic.objects.filter(pk=topic.pk).update(retired_at=AT)
    mark(assessment, 1, "know")
    assert coverage.finish(alice, assessment, AT)


def test_over_midnight_each_mark_keeps_its_day(alice: User) -> None:
    make_topics("statistics", 2)
    assessment = begin(alice)
    mark(assessment, 1, "know")
    night, next_day = AT + dt.timedelta(hours=5), DAY + dt.timedelta(days=1)
    coverage.mark(alice, assessment.pk, 2, "know", at=night, day=next_day)
    coverage.finish(alice, assessment, night)
    days = assessment.ratings.order_by("position").values_list("day", "evidence__day")
    assert list(days) == [(DAY, DAY), (next_day, next_day)]
    assert assessment.day == DAY


def test_deleted_and_open_ones_are_no_start_of_readiness(alice: User) -> None:
    kind = Assessment.Kind.QUESTIONS
    told = record_assessment(
        alice, kind=kind, title="x", day=DAY, at=AT, said_readiness=Decimal(75)
    )
    assert first_readiness(alice) == 75
    delete_assessment(told)
    assert first_readiness(alice) is None
    restore_assessment(told)
    assert first_readiness(alice) == 75
    Assessment.objects.update(finished_at=None)
    assert first_readiness(alice) is None


def test_an_unmarked_row_of_a_table_is_no_evidence(alice: User) -> None:
    one, two = make_topics("statistics", 2)
    told = record_assessment(
        alice,
        kind=Assessment.Kind.COVERAGE,
        title="From a table",
        day=DAY,
        at=AT,
        origin=Assessment.Origin.IMPORT,
        ratings={two.pk: "", one.pk: "know"},
        said={two.pk: "Two [ ]"},
    )
    rows = told.ratings.order_by("position").values_list("topic", "value", "said", "evidence__score", "day")  # fmt: skip
    assert list(rows) == [(two.pk, "", "Two [ ]", None, None), (one.pk, "know", "", 100, DAY)]


def test_queries_do_not_grow(alice: User) -> None:
    make_topics("statistics", 2)
    counts = []
    for number in range(2):
        seen = []
        with CaptureQueriesContext(connection) as queries:
            assessment = begin(alice)
        seen.append(len(queries))
        for value in ("know", "dunno", "", "unsure"):
            with CaptureQueriesContext(connection) as queries:
                mark(assessment, 1, value)
            seen.append(len(queries))
        say(assessment, ["know"] * assessment.ratings.count())
        for act in (
            lambda assessment=assessment: coverage.finish(alice, assessment, AT),
            lambda assessment=assessment: delete_assessment(assessment),
            lambda assessment=assessment: restore_assessment(assessment),
        ):
            with CaptureQueriesContext(connection) as queries:
                act()
            seen.append(len(queries))
        counts.append(seen)
        delete_assessment(assessment)
        make_topics(f"area-{number}", 40)
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_five_marks_at_once_are_one_piece_of_evidence(alice: User) -> None:
    make_topics("statistics", 1)
    assessment = begin(alice)
    failed: list[Exception] = []

    def post() -> None:
        try:
            coverage.mark(alice, assessment.pk, 1, "know", at=AT, day=DAY)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=post) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert Evidence.objects.get().score == 100
    assert row(assessment, 1).evidence == Evidence.objects.get()
