"""Importing a coverage table: the text, its rows to confirm, what is wrong with them."""

from __future__ import annotations

import datetime as dt
import html
import uuid
from typing import Any

import pytest
from django.test import Client

from apps.assessments.models import AreaResult, Assessment, Rating
from apps.library.models import Topic
from apps.mastery.models import Evidence
from tests.conftest import TODAY
from tests.exchange.importing import KEY, PAGE, TEXT, body, chosen, confirmed, ratings, sent, topics
from tests.mastery.factories import make_topic
from tests.plans.conftest import now

__all__ = ["now", "topics"]


def test_the_first_step_asks_and_shows_both_shapes(alice_client: Client, now: Any) -> None:
    page = body(alice_client.get(PAGE))
    assert f'value="{TODAY}"' in page
    assert "| Topic | Know | Unsure | Dunno |" in page
    assert "[unsure]" in page
    assert 'enctype="multipart/form-data"' in page


def test_the_second_step_shows_what_rows_mean_and_stores_nothing(
    alice_client: Client, topics: dict[str, Topic]
) -> None:
    answer = alice_client.post(PAGE, sent())
    page = body(answer)
    assert answer.status_code == 200
    assert chosen(page, 7) == "T-test"
    assert chosen(page, 8) == "ANOVA"
    assert chosen(page, 9) == chosen(page, 10) == "A topic of my own"
    assert chosen(page, 16) == "KV cache · Llm systems"
    assert f'<option value="{topics["cook"].pk}">Cook distances</option>' in page
    assert "16.7 % <small>1 of 6</small>" in page
    assert "20.0 % <small>1 of 5</small>" in page
    assert "3 rows match no topic here" in page
    assert "No area has this name: choose one" in page
    assert not Assessment.objects.exists()
    assert not Evidence.objects.exists()
    assert Topic.objects.count() == 4


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"text": "  "}, "Paste the table"),
        ({"text": "| a | b |\n|--|--|\n| 1 | 2 |"}, "Line 1: this table has no columns"),
        ({"text": "x" * 1_000_001}, "more than 1,000,000 characters"),
        ({"day": ""}, "On which day"),
        ({"day": "2026-02-30"}, "not a date"),
        ({"day": str(TODAY + dt.timedelta(days=1))}, "still to come"),
        ({"day": "2001-01-01"}, "more than 10 years ago"),
        ({"felt": "101"}, "from 0 to 100"),
        ({"felt": "abc"}, "from 0 to 100"),
        ({"title": "t" * 201}, "At most 200 characters"),
    ],
)
@pytest.mark.parametrize("step", ["read", "confirm"])
def test_bad_input_keeps_what_was_typed(
    alice_client: Client, topics: dict[str, Topic], more: dict[str, str], said: str, step: str
) -> None:
    data = confirmed() | more | {"step": step}
    answer = alice_client.post(PAGE, data)
    assert answer.status_code == 422
    assert said in body(answer)
    assert " ".join(data["text"].split()) in html.unescape(body(answer))
    assert f'value="{more.get("title", "")}"' in body(answer)
    assert not Assessment.objects.exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"area-1": ""}, "In which area are its topics of your own?"),
        ({"area-1": "999999"}, "Choose one of the list."),
        ({"area-1": "abc"}, "Choose one of the list."),
        ({"area-1": "9" * 5_000}, "Choose one of the list."),
        ({"row-7": "nonsense"}, "Choose one of the list."),
        ({"row-7": "other"}, "Write which topic it is."),
        ({"row-7": "other", "other-7": "Annova"}, "Did you mean ANOVA?"),
        ({f"row-{line}": "out" for line in (7, 8, 9, 16, 17)}, "so there is nothing to import"),
    ],
)
def test_rows_that_need_an_answer(
    alice_client: Client, topics: dict[str, Topic], more: dict[str, str], said: str
) -> None:
    answer = alice_client.post(PAGE, confirmed() | {"row-10": "out"} | more)
    page = body(answer)
    assert answer.status_code == 422
    assert said in page
    assert chosen(page, 10) == "Leave this row out"
    assert f'name="id" value="{KEY}"' in page
    if "other-7" in more:
        assert 'value="Annova"' in page
    assert not Assessment.objects.exists()
    assert Topic.objects.count() == 4


def test_broken_rows_are_listed_with_their_lines_and_the_rest_is_imported(
    alice_client: Client, topics: dict[str, Topic]
) -> None:
    text = TEXT.replace("| 2 | anova | | [x] | |", "| 2 | anova | [x] | [x] | |\nstray words")
    page = body(alice_client.post(PAGE, sent(text)))
    assert "Line 8: in “anova” two columns are marked, so the row stays unmarked" in page
    assert "Line 9: “stray words” has no columns" in page
    assert alice_client.post(PAGE, confirmed(text)).status_code == 303
    found = dict(ratings(Assessment.objects.get()))
    assert (found["ANOVA"], found["T-test"]) == ("", "know")


def test_changing_the_text_goes_back_with_it(
    alice_client: Client, topics: dict[str, Topic]
) -> None:
    answer = alice_client.post(PAGE, confirmed(title="Mine", change="1"))
    assert answer.status_code == 200
    assert "Read the table" in body(answer)
    assert 'value="Mine"' in body(answer)
    assert "| 1 | T-test | [x] | | |" in body(answer)


def test_a_topic_that_was_retired_meanwhile_is_told(
    alice_client: Client, topics: dict[str, Topic]
) -> None:
    data = confirmed() | {"row-7": str(topics["t"].pk)}
    Topic.objects.filter(pk=topics["t"].pk).update(
        retired_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    )
    answer = alice_client.post(PAGE, data)
    assert answer.status_code == 422
    assert "not in the library any more" in body(answer)
    assert not Assessment.objects.exists()


def test_strangers_things_are_404(
    alice_client: Client, charlie: Any, charlie_client: Client, topics: dict[str, Topic]
) -> None:
    theirs = make_topic("theirs", owner=charlie, collection="")
    for pk in (theirs.pk, uuid.uuid4()):
        data = confirmed() | {"row-7": str(pk)}
        assert alice_client.post(PAGE, data).status_code == 404
    assert charlie_client.post(PAGE, confirmed()).status_code == 303
    assert alice_client.post(PAGE, confirmed()).status_code == 404
    assert Assessment.objects.count() == 1
    # A stranger's own topic is neither found by its title nor taken for one's own.
    assert "Theirs" not in body(alice_client.get(PAGE))
    text = "# Statistics\n\n| Topic | Status |\n|--|--|\n| Theirs | [know] |\n"
    assert chosen(body(alice_client.post(PAGE, sent(text))), 5) == "A topic of my own"


def test_an_own_topic_whose_id_a_stranger_took_is_404(
    alice_client: Client, charlie_client: Client, topics: dict[str, Topic]
) -> None:
    assert charlie_client.post(PAGE, confirmed()).status_code == 303
    Rating.objects.all().delete()
    AreaResult.objects.all().delete()
    Assessment.objects.all().delete()
    assert alice_client.post(PAGE, confirmed()).status_code == 404
    assert not Assessment.objects.exists()


def test_wrong_method_and_anonymous(alice_client: Client, client: Client) -> None:
    assert alice_client.put(PAGE).status_code == 405
    assert alice_client.delete(PAGE).status_code == 405
    assert client.post(PAGE, {}).status_code == 302
