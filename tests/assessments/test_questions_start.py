"""The page that starts a question assessment."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.assessments.models import Assessment, Response
from apps.library.models import Question, Topic
from tests.assessments.asking import (
    HTMX,
    START,
    at,
    form,
    sit,
    words,
)
from tests.assessments.sitting import begin
from tests.dashboard.library.factories import make_question
from tests.mastery.factories import make_area, make_topic


def test_the_page_starts_with_the_standing_questions(
    alice_client: Client, bank: list[Question]
) -> None:
    make_question(make_topic("more"), "more")
    page = words(alice_client.get(START))
    assert "<b>9 questions</b> fit this" in page
    assert "About 23 min" in page
    assert 'name="standing" value="1" checked' in page
    assert "Felt in Statistics, in per cent" in page
    assert "Still open" not in page


@pytest.mark.parametrize(
    ("query", "n", "marked"),
    [
        ("?area=nlp", 3, 'name="area" value="nlp" checked'),
        ("?area=nlp&area=statistics", 7, 'name="area" value="statistics" checked'),
        ("?area=nonsense&standing=1", 9, 'name="standing" value="1" checked'),
        ("?kind=applied", 1, 'name="kind" value="applied" checked'),
        ("?level=senior", 1, '<option value="senior" selected>'),
        ("?topic=topic-4", 1, 'name="topic" value="topic-4" checked'),
        ("?topic=nonsense&topic=%00&standing=1", 9, 'name="standing" value="1" checked'),
        ("?standing=1&area=nlp", 3, 'name="standing" value="1" checked'),
        ("?kind=nonsense&level=nonsense&category=nonsense", 10, 'value="" checked'),
    ],
)
def test_an_address_presets_the_filter(
    alice_client: Client, bank: list[Question], query: str, n: int, marked: str
) -> None:
    make_question(make_topic("more", "statistics"), "more", kind="applied", level="senior")
    page = words(alice_client.get(f"{START}{query}"))
    assert f"<b>{n} question" in page
    assert marked in page


def test_what_is_posted_opens_a_sitting_once(
    alice_client: Client, alice: User, bank: list[Question]
) -> None:
    nlp = make_area("nlp")
    data = form(**{"area": ["nlp", "statistics"], "felt": "60", f"felt-{nlp.pk}": " 45 % "})
    answers = [alice_client.post(START, data) for _ in range(2)]
    made = Assessment.objects.get(user=alice)
    assert str(made.pk) == data["id"]
    assert [each.status_code for each in answers] == [303, 303]
    assert answers[0]["Location"] == at("respond", made.pk)
    assert made.title == "6 standing questions: Statistics, Nlp"
    assert made.responses.count() == 6
    assert dict(made.results.values_list("area__slug", "felt")) == {
        None: 60,
        "nlp": 45,
        "statistics": None,
    }
    page = words(alice_client.get(START))
    assert "Still open" in page
    assert "0 of 6 answered" in page


def test_only_so_many(alice_client: Client, bank: list[Question]) -> None:
    page = words(alice_client.post(START, form(many="4", count="1")))
    assert "4 of them are asked, spread evenly over the areas. About 10 min" in page
    alice_client.post(START, form(many="4"))
    assert Assessment.objects.get().title == "4 standing questions"
    assert Response.objects.count() == 4


def test_counting_makes_nothing(alice_client: Client, bank: list[Question]) -> None:
    data = form(area=["nlp"], count="1", felt="70")
    fragment = alice_client.post(START, data, headers=HTMX)
    assert fragment.status_code == 200
    assert words(fragment).startswith('<div class="stack tight" id="fit"')
    assert "<b>3 questions</b> fit this" in words(fragment)
    page = words(alice_client.post(START, data))
    assert "<b>3 questions</b> fit this" in page
    assert 'value="70"' in page
    assert data["id"] in page
    assert words(fragment) in page
    nothing = alice_client.post(START, form(kind=["design"], count="1"), headers=HTMX)
    assert "No question fits this." in words(nothing)
    assert not Assessment.objects.exists()


@pytest.mark.parametrize(
    ("fields", "message", "typed"),
    [
        ({"felt": "101"}, "A whole number from 0 to 100", 'value="101"'),
        ({"felt": "-1"}, "A whole number from 0 to 100", 'value="-1"'),
        ({"felt": "50.5"}, "A whole number from 0 to 100", 'value="50.5"'),
        ({"felt": "good"}, "A whole number from 0 to 100", 'value="good"'),
        ({"many": "0"}, "At least one question.", 'value="0"'),
        ({"many": "some"}, "A whole number, or nothing for all.", 'value="some"'),
        ({"many": "2001"}, "At most 2,000 questions.", 'value="2001"'),
        ({"area": "nonsense"}, "There is no such area.", ""),
        ({"kind": "nonsense"}, "There is no such kind.", ""),
        ({"level": "nonsense"}, "There is no such level.", ""),
        ({"category": "nonsense"}, "There is no such category.", ""),
        ({"standing": "2"}, "Choose one of the two.", ""),
        ({"id": "nonsense"}, "Open this page again", ""),
        ({"kind": "design"}, "No question fits this.", 'value="design" checked'),
    ],
)
def test_a_bad_start_says_why_and_keeps_what_was_typed(
    alice_client: Client, bank: list[Question], fields: dict[str, str], message: str, typed: str
) -> None:
    answer = alice_client.post(START, form(**({"felt": "33"} | fields)))
    page = words(answer)
    assert answer.status_code == 422
    assert message in page
    assert typed in page
    assert ('value="33"' in page) is ("felt" not in fields)
    assert not Assessment.objects.exists()


def test_a_wrong_feeling_stands_beside_its_area(alice_client: Client, bank: list[Question]) -> None:
    name = f"felt-{make_area('nlp').pk}"
    page = words(alice_client.post(START, form(**{name: "abc"})))
    assert f'name="{name}" value="abc"' in page
    assert f'id="id_{name}-error"' in page


def test_strangers_topics_and_ids(
    alice_client: Client, charlie: User, bank: list[Question]
) -> None:
    theirs = make_topic("theirs", owner=charlie)
    make_question(theirs, "secret", owner=charlie, text="A secret?")
    assert alice_client.post(START, form(topic=str(theirs.pk))).status_code == 404
    assert "theirs" not in words(alice_client.get(f"{START}?topic={theirs.pk}")).lower()
    other = sit(charlie)
    assert alice_client.post(START, form(id=str(other.pk))).status_code == 404
    assert alice_client.put(START).status_code == 405


def test_the_whole_bank_from_a_topic(alice_client: Client, bank: list[Question]) -> None:
    make_question(Topic.objects.get(slug="topic-4"), "own-kind", kind="applied")
    alice_client.post(START, form(standing="", topic="topic-4"))
    assert Assessment.objects.get().title == "2 questions: Topic 4"


def test_the_same_form_with_another_choice_starts_another(
    alice_client: Client, alice: User, bank: list[Question]
) -> None:
    data = form()
    alice_client.post(START, data)
    other = alice_client.post(START, data | {"area": "nlp", "felt": "70"})
    page = words(other)
    assert other.status_code == 409
    assert "This form started another assessment before." in page
    assert 'value="nlp" checked' in page
    assert 'value="70"' in page
    assert f'name="id" value="{data["id"]}"' not in page
    assert Assessment.objects.count() == 1


def test_the_form_of_a_deleted_one_and_of_a_coverage_check(
    alice_client: Client, alice: User, bank: list[Question]
) -> None:
    data = form()
    alice_client.post(START, data)
    alice_client.post(at("delete", data["id"]))
    gone = alice_client.post(START, data)
    assert gone.status_code == 409
    assert "was deleted since" in words(gone)
    assert alice_client.post(START, form(id=str(begin(alice).pk))).status_code == 409
    assert Response.objects.count() == 9
