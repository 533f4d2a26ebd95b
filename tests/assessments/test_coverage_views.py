"""The pages of a coverage check: start and sitting."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.assessments.models import Assessment, Rating
from apps.mastery.models import Evidence
from apps.mastery.record import evidence_of
from tests.assessments.sitting import (
    DAY,
    HTMX,
    begin,
    delete,
    make_topics,
    post,
    queries,
    rate_address,
    result_address,
    row,
    say,
    take,
    text,
)
from tests.mastery.factories import make_area
from tests.plans.conftest import now, plan, roadmap, topic

__all__ = ["now", "plan", "roadmap", "topic"]

START = "/assessments/coverage/"


# The start ----------------------------------------------------------------------------------------


def test_the_start_names_the_areas_with_topics_and_minutes(alice_client: Client) -> None:
    make_topics("statistics", 43)
    make_topics("llm", 1)
    make_topics("empty", 1, level_rank=3)
    page = alice_client.get(f"{START}?area=statistics", follow=True)
    words = text(page)
    assert "43 topics, about 3 min" in words
    assert "1 topic, about 1 min" in words
    assert "Empty" not in words
    assert [row.is_chosen for row in page.context["form"].rows] == [False, True]


def test_without_topics_it_says_why(alice_client: Client) -> None:
    assert "There is no topic to check" in text(alice_client.get(START, follow=True))


def chosen(*areas: str, **fields: Any) -> dict[str, Any]:
    return {"key": str(uuid.uuid4()), "areas": areas, **fields}


def test_what_is_chosen_becomes_a_sitting(alice_client: Client, alice: User) -> None:
    area = make_area("statistics")
    make_topics("statistics", 2)
    make_topics("llm", 2)
    data = chosen("statistics", title="Mine", felt="70 %") | {f"felt-{area.pk}": "65"}
    answer = alice_client.post(START, data)
    assessment = Assessment.objects.get(user=alice)
    assert (answer.status_code, answer["Location"]) == (303, rate_address(assessment))
    assert assessment.title == "Mine"
    assert list(assessment.results.values_list("area__slug", "felt")) == [
        (None, 70),
        ("statistics", 65),
    ]
    assert assessment.ratings.count() == 2
    assert alice_client.post(START, data)["Location"] == answer["Location"]
    assert Assessment.objects.count() == 1
    back = alice_client.get(f"{START}?key={data['key']}", follow=True)
    assert back.redirect_chain[-1][0] == rate_address(assessment)
    assert "is open already" in text(back)


def test_the_same_form_with_other_areas_is_409_and_kept(alice_client: Client) -> None:
    make_topics("statistics", 1)
    make_topics("llm", 1)
    data = chosen("statistics")
    alice_client.post(START, data)
    answer = alice_client.post(START, data | {"areas": ["llm"], "title": "Other"})
    assert answer.status_code == 409
    assert 'value="Other"' in text(answer)
    again = answer.context["key"]
    assert str(again) != data["key"]
    assert alice_client.post(START, data | {"areas": ["llm"], "key": str(again)}).status_code == 303
    assert Assessment.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"areas": []}, "Choose at least one area."),
        ({"areas": ["nonsense"]}, "has no topics for you"),
        ({"felt": "101"}, "whole number from 0 to 100"),
        ({"felt": "abc"}, "whole number from 0 to 100"),
        ({"felt": "-1"}, "whole number from 0 to 100"),
        ({"felt": "50.5"}, "whole number from 0 to 100"),
        ({"felt": "١٢"}, "whole number from 0 to 100"),
        ({"statistics": "101"}, "whole number from 0 to 100"),
        ({"llm": "40"}, "Choose this area too"),
        ({"title": "x" * 201}, "at most 200 characters"),
    ],
)
def test_bad_input_is_kept_and_answered(
    alice_client: Client, fields: dict[str, Any], words: str
) -> None:
    make_topics("statistics", 1)
    make_topics("llm", 1)
    names = {slug: f"felt-{make_area(slug).pk}" for slug in ("statistics", "llm")}
    data = {"areas": ["statistics"], "title": "Typed", "felt": "12", names["statistics"]: "34"}
    data |= {names.get(name, name): value for name, value in fields.items()}
    answer = alice_client.post(START, {"key": str(uuid.uuid4())} | data)
    assert answer.status_code == 422
    assert words in text(answer)
    for name in ("title", "felt", names["statistics"], names["llm"]):
        assert f'name="{name}" value="{data.get(name, "")}"' in text(answer)
    assert [row.choice.key for row in answer.context["form"].rows if row.is_chosen] == [
        key for key in data["areas"] if key != "nonsense"
    ]
    assert not Assessment.objects.exists()


def test_choose_all_without_javascript_keeps_what_was_typed(alice_client: Client) -> None:
    make_topics("statistics", 1)
    make_topics("llm", 1)
    answer = alice_client.post(START, {"all": "1", "title": "Typed", "felt": "abc"})
    assert answer.status_code == 200
    assert 'value="Typed"' in text(answer)
    assert 'value="abc"' in text(answer)
    assert text(answer).count(" checked") == 2
    assert not Assessment.objects.exists()


def test_a_strangers_key_is_404(alice_client: Client, charlie: User) -> None:
    make_topics("statistics", 1)
    theirs = begin(charlie)
    assert alice_client.post(START, chosen("statistics", key=str(theirs.pk))).status_code == 404


# The sitting --------------------------------------------------------------------------------------


def test_the_sitting_shows_its_rows_by_area(alice_client: Client, alice: User) -> None:
    make_topics("statistics", 2)
    make_topics("llm", 1)
    assessment = begin(alice)
    say(assessment, ["know"])
    page = text(alice_client.get(rate_address(assessment)))
    assert page.index("<h2") < page.index("Llm 0") < page.index("Statistics 0")
    assert "1 of 3 marked" in page
    assert "0 of 2 marked" in page
    assert page.count('aria-checked="true"') == 1
    assert page.count('aria-label="Clear ') == 1


def test_a_mark_answers_with_its_row_and_the_progress(alice_client: Client, alice: User) -> None:
    make_topics("statistics", 3)
    assessment = begin(alice)
    for number in (2, row(assessment, 2).pk):
        answer = post(alice_client, assessment, number, "unsure", headers=HTMX)
        words = text(answer)
        assert words.startswith('<li class="rate" id="t2">')
        assert words.count("<li") == 1
        assert "1 of 3 marked" in words
        assert words.count('hx-swap-oob="true"') == 3
    assert row(assessment, 2).value == "unsure"
    assert Evidence.objects.get().score == 50


def test_the_row_is_the_one_of_the_page(alice_client: Client, alice: User) -> None:
    make_topics("statistics", 1)
    assessment = begin(alice)
    fragment = text(post(alice_client, assessment, 1, "know", headers=HTMX))
    held = re.search(r"<li class=\"rate\".*?</li>", fragment)
    assert held
    assert held[0] in text(alice_client.get(rate_address(assessment)))


def test_without_javascript_a_mark_leads_back_to_its_row(alice_client: Client, alice: User) -> None:
    make_topics("statistics", 2)
    assessment = begin(alice)
    address = rate_address(assessment)
    answer = alice_client.post(f"{address}?row=2", {"value": "dunno"})
    assert (answer.status_code, answer["Location"]) == (303, f"{address}#t2")
    assert row(assessment, 2).value == "dunno"
    assert alice_client.post(f"{address}?row=2", {"value": ""}).status_code == 303
    assert row(assessment, 2).value == ""
    assert not evidence_of(alice).exists()


@pytest.mark.parametrize("number", ["3", "0", "-1", "abc", "", "99999999", str(uuid.uuid4())])
def test_a_row_there_is_none_of_is_404(alice_client: Client, alice: User, number: str) -> None:
    make_topics("statistics", 2)
    assert post(alice_client, begin(alice), number, "know").status_code == 404


def test_an_unknown_value_changes_nothing(alice_client: Client, alice: User) -> None:
    make_topics("statistics", 2)
    assessment = begin(alice)
    say(assessment, ["know"])
    for headers in ({}, HTMX):
        answer = post(alice_client, assessment, 1, "maybe", headers=headers)
        assert answer.status_code == 422
        assert "Nothing was changed" in text(answer)
        assert 'value="know" formaction="?row=1" role="radio" aria-checked="true"' in text(answer)
    assert row(assessment, 1).value == "know"


def test_a_finished_or_deleted_sitting_is_409_in_words(alice_client: Client, alice: User) -> None:
    make_topics("statistics", 2)
    finished, deleted = take(alice, ["know"]), begin(alice)
    delete(alice_client, deleted)
    for assessment in (finished, deleted):
        plain = post(alice_client, assessment, 2, "know")
        assert plain.status_code == 409
        assert "Nothing was changed" in text(plain)
        swapped = post(alice_client, assessment, 2, "know", headers=HTMX)
        assert swapped.status_code == 409
        assert "takes no more marks" in text(swapped)
        assert text(swapped).startswith('<li class="rate" id="t2">')
        assert row(assessment, 2).value == ""
        assert alice_client.get(rate_address(assessment))["Location"] == result_address(assessment)


def test_a_mark_is_cheap_and_the_page_light(alice_client: Client, alice: User) -> None:
    make_topics("statistics", 300)
    assessment = begin(alice)
    for value in ("know", "dunno", "", "unsure"):
        assert queries(lambda value=value: post(alice_client, assessment, 7, value, headers=HTMX)) <= 12  # fmt: skip
    page = alice_client.get(rate_address(assessment), headers={"Accept-Encoding": "gzip"})
    assert len(page.content) < 20_000
    assert queries(lambda: alice_client.get(rate_address(assessment))) <= 6


def test_finish_twice_and_with_nothing(alice_client: Client, alice: User) -> None:
    make_topics("statistics", 2)
    assessment = begin(alice)
    address = reverse("assessments:finish", args=[assessment.pk])
    page = alice_client.post(address, follow=True)
    assert page.redirect_chain[-1][0] == rate_address(assessment)
    assert "Nothing is marked yet." in text(page)
    say(assessment, ["know"])
    for _ in range(2):
        answer = alice_client.post(address)
        assert (answer.status_code, answer["Location"]) == (303, result_address(assessment))
        assert alice_client.get(result_address(assessment)).status_code == 200
    assert Evidence.objects.count() == 1


# Strangers and methods ----------------------------------------------------------------------------


def test_strangers_and_methods(alice_client: Client, charlie_client: Client, alice: User) -> None:
    make_topics("statistics", 2)
    assessment = begin(alice)
    names = ("rate", "finish", "keep_proposals", "delete", "restore")
    for name in names:
        address = reverse(f"assessments:{name}", args=[assessment.pk])
        assert charlie_client.post(address, {"row": "1", "value": "know"}).status_code == 404, name
        assert alice_client.post(reverse(f"assessments:{name}", args=[uuid.uuid4()]), {"row": "1"}).status_code == 404  # fmt: skip
        assert alice_client.put(address).status_code == 405, name
        if name != "rate":
            assert alice_client.get(address).status_code == 405, name
    rating = Rating.objects.first()
    assert rating
    assert post(charlie_client, assessment, rating.pk, "know").status_code == 404
    assert charlie_client.get(rate_address(assessment)).status_code == 404
    assert alice_client.put(START).status_code == 405
    assert not Evidence.objects.exists()
    assessment.refresh_from_db()
    assert (assessment.finished_at, assessment.deleted_at) == (None, None)


def test_a_sitting_of_questions_has_no_rows_to_rate(alice_client: Client, alice: User) -> None:
    asked = Assessment.objects.create(user=alice, kind="questions", title="x", day=DAY)
    assert alice_client.get(rate_address(asked))["Location"] == result_address(asked)
    assert post(alice_client, asked, 1, "know").status_code == 404
    keep = reverse("assessments:keep_proposals", args=[asked.pk])
    assert alice_client.post(keep).status_code == 404
