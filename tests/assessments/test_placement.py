"""The placement: offered at the first sign-in and while nothing was assessed."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.assessments import coverage
from apps.assessments.models import Assessment
from apps.plans.models import Plan
from tests.assessments.sitting import AT, begin, make_topics, say, text
from tests.plans.conftest import now, plan, roadmap, topic

__all__ = ["now", "plan", "roadmap", "topic"]

PLACEMENT = "/assessments/placement/"


def key() -> dict[str, str]:
    return {"key": str(uuid.uuid4())}


def placed(client: Client, user: User, **fields: str) -> Assessment:
    client.post(PLACEMENT, key() | fields)
    assessment = Assessment.objects.get(user=user)
    say(assessment, ["know", "dunno"])
    coverage.finish(user, assessment, AT)
    return assessment


def test_the_page_says_what_it_is(alice_client: Client) -> None:
    make_topics("statistics", 150)
    make_topics("llm", 3, category="good-to-know")
    page = text(alice_client.get(PLACEMENT, follow=True))
    assert "over 150 must topics of your level" in page
    assert "about 10 minutes" in page
    assert 'href="/plan/new/"' in page


def test_it_is_a_sitting_over_all_must_topics(alice_client: Client, alice: User) -> None:
    make_topics("statistics", 2)
    make_topics("llm", 1, category="good-to-know")
    make_topics("nlp", 1)
    data = key() | {"felt": "40"}
    for _ in range(2):
        answer = alice_client.post(PLACEMENT, data)
        assessment = Assessment.objects.get(user=alice)
        rate = reverse("assessments:rate", args=[assessment.pk])
        assert (answer.status_code, answer["Location"]) == (303, rate)
    assert (assessment.kind, assessment.origin) == ("coverage", "placement")
    assert list(assessment.results.values_list("area__slug", "felt", "total")) == [
        (None, 40, 3),
        ("nlp", None, 1),
        ("statistics", None, 2),
    ]
    back = alice_client.get(f"{PLACEMENT}?key={data['key']}", follow=True)
    assert back.redirect_chain[-1][0] == rate


@pytest.mark.parametrize("felt", ["101", "abc", "-1", "5.5"])
def test_bad_input_is_kept(alice_client: Client, felt: str) -> None:
    make_topics("statistics", 2)
    answer = alice_client.post(PLACEMENT, key() | {"felt": felt})
    assert answer.status_code == 422
    assert f'value="{felt}"' in text(answer)
    assert "whole number from 0 to 100" in text(answer)
    assert not Assessment.objects.exists()


def test_without_topics_the_roadmaps_come_next(alice_client: Client) -> None:
    page = text(alice_client.get(PLACEMENT, follow=True))
    assert "nothing to place you by" in page
    assert 'href="/plan/new/"' in page
    assert alice_client.post(PLACEMENT, key()).status_code == 422
    assert not Assessment.objects.exists()


def test_an_open_one_is_offered_and_another_check_is_not(alice_client: Client, alice: User) -> None:
    make_topics("statistics", 2)
    begin(alice)
    assert "Resume" not in text(alice_client.get(PLACEMENT, follow=True))
    alice_client.post(PLACEMENT, key())
    assert "Resume" in text(alice_client.get(PLACEMENT, follow=True))


def test_the_result_leads_to_the_roadmaps_while_there_is_no_plan(
    alice_client: Client, alice: User
) -> None:
    make_topics("statistics", 2)
    done = placed(alice_client, alice, felt="50")
    page = text(alice_client.get(reverse("assessments:detail", args=[done.pk])))
    assert "Next: a plan" in page
    assert 'href="/plan/new/"' in page
    assert "felt 50 %, measured 50.0 %" in page
    assert "you felt just what was measured" in page


def test_with_a_plan_it_does_not(alice_client: Client, alice: User, plan: Plan) -> None:
    make_topics("statistics", 1)
    done = placed(alice_client, alice)
    assert "Next: a plan" not in text(
        alice_client.get(reverse("assessments:detail", args=[done.pk]))
    )


def test_the_index_offers_it_while_nothing_was_assessed(alice_client: Client, alice: User) -> None:
    make_topics("statistics", 2)
    assert "Begin with the placement" in text(alice_client.get("/assessments/"))
    placed(alice_client, alice)
    page = text(alice_client.get("/assessments/"))
    assert "Begin with the placement" not in page
    assert '<span class="tag">placement</span>' in page


def test_strangers_keys_and_methods(alice_client: Client, charlie: User) -> None:
    make_topics("statistics", 2)
    theirs = begin(charlie)
    assert alice_client.post(PLACEMENT, {"key": str(theirs.pk)}).status_code == 404
    assert alice_client.put(PLACEMENT).status_code == 405
    assert "/accounts/login/" in Client().get(PLACEMENT)["Location"]


def test_what_the_form_started_is_said_by_its_state(alice_client: Client, alice: User) -> None:
    make_topics("statistics", 2)
    done = placed(alice_client, alice)
    again = f"{PLACEMENT}?key={done.pk}"
    assert "This check is finished." in text(alice_client.get(again, follow=True))
    alice_client.post(reverse("assessments:delete", args=[done.pk]))
    fresh = alice_client.get(again)
    assert fresh.status_code == 302
    assert str(done.pk) not in fresh["Location"]
    gone = alice_client.post(PLACEMENT, {"key": str(done.pk)})
    assert gone.status_code == 409
    assert "was deleted since" in text(gone)
