from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import User
from apps.assessments.models import Assessment, Rating
from apps.assessments.record import AreaTotals, record_assessment
from apps.library.models import Topic
from tests.mastery.factories import make_area, make_topic

DAY = dt.date(2026, 11, 3)
AT = dt.datetime(2026, 11, 3, 20, tzinfo=dt.UTC)


@pytest.fixture
def sitting(alice: User) -> Assessment:
    statistics, systems = make_area("statistics"), make_area("llm-systems")
    return record_assessment(
        alice,
        kind=Assessment.Kind.QUESTIONS,
        title="All 189 questions",
        day=DAY,
        at=AT,
        said_overall=Decimal("66.5"),
        results=[
            AreaTotals(high=104, middle=74, low=11),
            AreaTotals(statistics.pk, score=Decimal(65), felt=75),
            AreaTotals(systems.pk, score=Decimal(30)),
        ],
        note="<script>alert(1)</script>",
    )


@pytest.fixture
def coverage(alice: User, topics: list[Topic]) -> Assessment:
    return record_assessment(
        alice,
        kind=Assessment.Kind.COVERAGE,
        title="Statistics coverage",
        day=DAY,
        at=AT,
        results=[AreaTotals(title="Statistics", high=8, middle=25, low=8, total=43)],
        ratings={topics[0].pk: Rating.Value.KNOW, topics[1].pk: Rating.Value.DUNNO},
    )


def page(client: Client, assessment: Assessment) -> str:
    answer = client.get(reverse("assessments:detail", args=[assessment.pk]))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_figures_of_the_189_questions(alice_client: Client, sitting: Assessment) -> None:
    text = page(alice_client, sitting)
    assert "Of 189 marked, 104 strong, 74 rusty, 11 gap" in text
    assert "74.6 % <small>n = 189</small>" in text
    assert "75 % <small>55 + 39 / 2</small>" in text
    assert "strong 104 (55 %)" in text
    assert "66.5 %" in text
    assert "Statistics: felt 75 %, measured 65.0 %" in text
    assert "you felt 10 points above what was measured" in text
    assert "<script>alert" not in text
    assert reverse("dashboard:area", args=["statistics"]) in text


def test_the_coverage_check_names_what_was_left_unmarked(
    alice_client: Client, coverage: Assessment
) -> None:
    text = page(alice_client, coverage)
    assert "18.6 % known: 8 of 43, 2 left unmarked (19.5 % of the 41 marked)" in text
    assert "unmarked 2 of 43" in text
    assert reverse("dashboard:topic", args=["t-test"]) in text
    assert "know 8 (" in text


def test_the_list(alice_client: Client, sitting: Assessment, coverage: Assessment) -> None:
    text = alice_client.get("/assessments/").content.decode()
    assert "74.6 %" in text
    assert "18.6 % known" in text


def test_an_empty_list_says_what_to_do(alice_client: Client) -> None:
    assert "No assessment is recorded yet" in alice_client.get("/assessments/").content.decode()


def test_a_sitting_without_any_counts(alice_client: Client, alice: User) -> None:
    bare = record_assessment(alice, kind=Assessment.Kind.QUESTIONS, title="Bare", day=DAY, at=AT)
    unmarked = record_assessment(
        alice,
        kind=Assessment.Kind.COVERAGE,
        title="Unmarked",
        day=DAY,
        at=AT,
        results=[AreaTotals(title="One", high=0, middle=0, low=0, total=0)],
    )
    for assessment in (bare, unmarked):
        text = page(alice_client, assessment)
        assert "None" not in text, text[text.index("None") - 80 :][:160]
    assert "None" not in alice_client.get("/assessments/").content.decode()


def test_strangers_methods_and_bad_ids(
    alice_client: Client, charlie_client: Client, sitting: Assessment
) -> None:
    address = reverse("assessments:detail", args=[sitting.pk])
    assert charlie_client.get(address).status_code == 404
    assert "189" not in charlie_client.get("/assessments/").content.decode()
    assert alice_client.post(address).status_code == 405
    assert alice_client.post("/assessments/").status_code == 405
    assert alice_client.get(reverse("assessments:detail", args=[uuid.uuid4()])).status_code == 404
    assert alice_client.get("/assessments/nonsense/").status_code == 404
    for path in (address, "/assessments/"):
        assert "/accounts/login/" in Client().get(path)["Location"]


def test_queries_do_not_grow(alice_client: Client, alice: User, coverage: Assessment) -> None:
    addresses = ["/assessments/", reverse("assessments:detail", args=[coverage.pk])]
    counts = []
    for step in range(2):
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                alice_client.get(address)
            counts.append(len(queries))
        for number in range(15):
            topic = make_topic(f"more-{step}-{number}", f"area-{number}")
            coverage.ratings.create(topic=topic, value="know")
            coverage.results.create(title=f"More {number}", high=1, middle=0, low=0)
            record_assessment(alice, kind=Assessment.Kind.COVERAGE, title="More", day=DAY, at=AT)
    assert counts[:2] == counts[2:]
    assert max(counts) <= 10


def test_a_total_without_its_rest_names_nothing_as_unmarked(
    alice: User, alice_client: Client
) -> None:
    told = record_assessment(
        alice,
        kind=Assessment.Kind.COVERAGE,
        title="Priority topics again",
        day=DAY,
        at=AT,
        results=[AreaTotals(high=25, total=30, felt=65)],
    )
    text = page(alice_client, told)
    assert "83.3 % known: 25 of 30; the other 5 were not split up" in text
    assert "left unmarked" not in text
    assert "felt 65 %, measured 83.3 %" in text
    assert "you felt 18 points below what was measured" in text
    assert "83.3 % <small>n = 30</small>" in text


def test_the_n_is_what_the_percentage_was_divided_by(
    alice_client: Client, alice: User, coverage: Assessment
) -> None:
    text = page(alice_client, coverage)
    assert "18.6 % <small>n = 43</small>" in text
    assert "18.6 % <small>n = 41</small>" not in text
    statistics = make_area("statistics")
    unsplit = record_assessment(
        alice,
        kind=Assessment.Kind.COVERAGE,
        title="Again",
        day=DAY,
        at=AT,
        results=[AreaTotals(statistics.pk, high=25, total=30, score=Decimal("83.3"))],
    )
    row = page(alice_client, unsplit).split("<tbody>")[1]
    assert "83.3 % <small>n = 30</small>" in row
    assert "other 5 not split up" in row


def test_it_says_why_fewer_topics_are_listed(alice_client: Client, coverage: Assessment) -> None:
    text = page(alice_client, coverage)
    assert "Only the rows that match a library topic are listed: 2 of 43." in text
    assert "<h3>Don’t know" in text
    assert "Don't" not in text
    coverage.results.update(total=2, high=1, middle=0, low=1)
    assert "Only the rows that match" not in page(alice_client, coverage)


def test_totals_alone_are_said_to_prove_nothing(alice_client: Client, sitting: Assessment) -> None:
    text = page(alice_client, sitting)
    assert "Area totals without topics are kept as reported; they prove no topic." in text
    assert "65.0 % <small>n not reported</small>" in text
    assert "Mean score, as reported" in text


def test_an_area_whose_topics_were_rated_is_no_total_alone(
    alice_client: Client, coverage: Assessment
) -> None:
    coverage.results.update(area=make_area("statistics"))
    assert "Area totals without topics" not in page(alice_client, coverage)
