"""The coverage check a table becomes: its marks, topics of the learner's own, sent again."""

from __future__ import annotations

import datetime as dt
import re
import threading
import uuid
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from apps.assessments.models import AreaResult, Assessment, Rating
from apps.dashboard.scope import Scope
from apps.library.models import SearchEntry, Topic
from apps.mastery.models import Card, Evidence
from tests.conftest import TODAY
from tests.exchange.importing import (
    KEY,
    PAGE,
    TEXT,
    body,
    chosen,
    confirmed,
    fields,
    ratings,
    sent,
    topics,
)
from tests.mastery.factories import make_topic
from tests.plans.conftest import now

__all__ = ["now", "topics"]


def test_an_import(alice: Any, alice_client: Client, topics: dict[str, Topic]) -> None:
    data = confirmed(felt="65")
    answer = alice_client.post(PAGE, data)
    made = Assessment.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/assessments/{made.pk}/")
    assert str(made.pk) == KEY
    assert (made.user, made.kind, made.origin) == (alice, "coverage", "import")
    assert (made.title, made.day) == ("My own check", TODAY)
    assert made.finished_at
    assert ratings(made) == [
        *(("T-test", "know"), ("ANOVA", "unsure"), ("Cook's distance", "dunno"), ("Leverage", "")),
        *(("KV cache", "dunno"), ("Paged attention", "unsure")),
    ]
    assert made.ratings.get(topic=topics["t"]).said == "| 1 | T-test | [x] | | |"
    scores = Evidence.objects.filter(user=alice).values_list("topic__title", "score", "source")
    assert sorted(scores) == [
        *(("ANOVA", 50, "rating"), ("Cook's distance", 0, "rating"), ("KV cache", 0, "rating")),
        *(("Paged attention", 50, "rating"), ("T-test", 100, "rating")),
    ]
    assert not Card.objects.exists()
    fields = ("area__slug", "high", "middle", "low", "total", "felt")
    assert list(AreaResult.objects.order_by("position").values_list(*fields)) == [
        (None, 1, 2, 2, 6, 65),
        ("statistics", 1, 1, 1, 4, None),
        ("llm-systems", 0, 1, 1, 2, None),
    ]
    page = body(alice_client.get(answer["Location"]))
    assert "16.7 %" in page
    assert "3 topics of your own were made" in page


def test_the_learners_own_topics_wait_outside_until_added(
    alice: Any, alice_client: Client, topics: dict[str, Topic]
) -> None:
    alice_client.post(PAGE, confirmed())
    own = Topic.objects.filter(owner=alice)
    assert {each.title for each in own} == {"Cook's distance", "Leverage", "Paged attention"}
    assert {(each.area.slug, each.in_scope, each.collection) for each in own} == {
        ("statistics", False, ""),
        ("llm-systems", False, ""),
    }
    assert SearchEntry.objects.filter(owner=alice, kind="topic").count() == 3
    page = alice_client.get("/library/search/?q=leverage").content.decode()
    assert "Leverage" in page
    assert {each.title for each in Scope(alice, TODAY).topics} == {
        *("T-test", "ANOVA", "Cook distances", "KV cache")
    }
    cook = own.get(title="Cook's distance")
    alice_client.post(f"/library/topics/{cook.pk}/scope/", {"scope": "1"})
    (standing,) = [each for each in Scope(alice, TODAY).topics if each.id == cook.pk]
    assert standing.score == 0


def test_a_table_that_comes_again_finds_the_topics_it_made(
    alice: Any, alice_client: Client, topics: dict[str, Topic]
) -> None:
    alice_client.post(PAGE, confirmed())
    data = confirmed(id=str(uuid.uuid4()))
    assert chosen(body(alice_client.post(PAGE, data | {"step": "read"})), 10) == "Leverage"
    alice_client.post(PAGE, data)
    assert Assessment.objects.count() == 2
    assert Topic.objects.filter(owner=alice).count() == 3


def test_sent_twice_it_is_one(alice_client: Client, topics: dict[str, Topic]) -> None:
    data = confirmed()
    answers = [alice_client.post(PAGE, data)["Location"] for _ in range(3)]
    assert len(set(answers)) == 1
    counts = [Assessment.objects.count(), Rating.objects.count(), Evidence.objects.count()]
    assert counts == [1, 6, 5]
    assert Topic.objects.count() == 7


@pytest.mark.django_db(transaction=True)
def test_sent_five_times_at_once_it_is_one(alice: Any, topics: dict[str, Topic]) -> None:
    data, answers = confirmed(), []

    def post() -> None:
        try:
            client = Client()
            client.force_login(alice)
            answers.append(client.post(PAGE, data).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=post) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [303] * 5
    assert Assessment.objects.get().ratings.count() == 6
    assert Evidence.objects.count() == 5
    assert Topic.objects.count() == 7


def test_what_was_deleted_is_imported_anew_when_it_is_sent_again(
    alice_client: Client, topics: dict[str, Topic]
) -> None:
    data = confirmed()
    alice_client.post(PAGE, data)
    alice_client.post(f"/assessments/{KEY}/delete/")
    answer = alice_client.post(PAGE, data)
    assert answer.status_code == 409
    assert "imported before and then deleted" in body(answer)
    (key,) = re.findall(r'name="id" value="([^"]+)"', answer.content.decode())
    assert key != KEY
    assert alice_client.post(PAGE, data | {"id": key}).status_code == 303
    assert Assessment.objects.filter(deleted_at=None).count() == 1


def test_choices_for_a_row(alice_client: Client, topics: dict[str, Topic]) -> None:
    data = confirmed(
        row_9=str(topics["cook"].pk), row_10="out", row_17="other", other_17=" kv-CACHE ", area_1=""
    )
    answer = alice_client.post(PAGE, data)
    assert answer.status_code == 303
    # Both rows on the cache are one: the lower mark counts.
    assert ratings(Assessment.objects.get()) == [
        *(("T-test", "know"), ("ANOVA", "unsure"), ("Cook distances", "dunno")),
        ("KV cache", "dunno"),
    ]
    assert Topic.objects.count() == 4


def test_rows_on_one_topic_are_told_and_the_lower_mark_counts(
    alice_client: Client, topics: dict[str, Topic]
) -> None:
    lines = TEXT.split("\n")
    lines[9:10] = [
        "| 4 | t test | | | [x] |",
        "| 5 | Leverage | | [x] | |",
        "| 6 | leverage | | | |",
    ]
    text = "\n".join(lines)
    page = body(alice_client.post(PAGE, sent(text)))
    assert "2 rows say something of a topic that another row names too" in page
    assert "same as “T-test” in line 7" in page
    alice_client.post(PAGE, confirmed(text))
    found = dict(ratings(Assessment.objects.get()))
    assert (found["T-test"], found["Leverage"], len(found)) == ("dunno", "unsure", 6)


def test_own_topics_of_the_same_slug_each_get_their_own(
    alice: Any, alice_client: Client, topics: dict[str, Topic]
) -> None:
    make_topic("leverage", title="Something else")
    text = "# Statistics\n\n| Topic | Status |\n|--|--|\n| Leverage! | [know] |\n| Leverage +1 | know |\n"
    text += "| 中文 | unsure |\n| 日本 | dunno |\n\n# LLM systems\n\n| Topic | Status |\n|--|--|\n"
    text += "| 中文 | unsure |\n"
    data = confirmed(text) | {"row-5": "own"}
    assert alice_client.post(PAGE, data).status_code == 303
    slugs = Topic.objects.filter(owner=alice).values_list("slug", flat=True)
    assert sorted(slugs) == ["leverage-1", "leverage-2", "topic", "topic-2", "topic-3"]


def test_another_day(alice: Any, alice_client: Client, topics: dict[str, Topic]) -> None:
    alice.time_zone = "Asia/Tokyo"
    alice.save()
    day = TODAY - dt.timedelta(days=20)
    alice_client.post(PAGE, confirmed(day=str(day)))
    noon = dt.datetime(day.year, day.month, day.day, 3, tzinfo=dt.UTC)
    assert set(Evidence.objects.values_list("day", "at")) == {(day, noon)}
    assert Assessment.objects.get().day == day


def page_of(client: Client, text: str = TEXT) -> dict[str, str]:
    """Return what the second page sends, its last area chosen."""
    data = confirmed(text)
    return data | fields(client.post(PAGE, sent(text))) | {"area-1": data["area-1"]}


@pytest.mark.parametrize("way", ["after a delete", "from two tabs"])
def test_own_topics_are_made_once(
    alice: Any, alice_client: Client, topics: dict[str, Topic], way: str
) -> None:
    data, other = page_of(alice_client), page_of(alice_client)
    assert (data["row-9"], data["row-17"]) == ("own", "own")
    assert "3 topics of your own were made" in body(alice_client.post(PAGE, data, follow=True))
    if way == "after a delete":
        alice_client.post(f"/assessments/{data['id']}/delete/")
        answer = alice_client.post(PAGE, data)
        assert answer.status_code == 409
        other = data | {"id": fields(answer)["id"]}
    answer = alice_client.post(PAGE, other, follow=True)
    assert answer.status_code == 200
    assert "of your own were made" not in body(answer)
    titles = Topic.objects.filter(owner=alice).values_list("title", flat=True)
    assert sorted(titles) == ["Cook's distance", "Leverage", "Paged attention"]
    assert Assessment.objects.get(pk=other["id"]).ratings.count() == 6


def test_a_row_of_ones_own_and_one_that_names_that_topic_are_one(
    alice: Any, alice_client: Client, topics: dict[str, Topic]
) -> None:
    area = topics["t"].area
    mine = make_topic("mine", title="Leverage!", area=area, owner=alice, collection="")
    data = page_of(alice_client) | {"row-10": "own", "row-9": str(mine.pk)}
    assert alice_client.post(PAGE, data).status_code == 303
    made = Assessment.objects.get()
    assert made.ratings.get(topic=mine).value == "dunno"
    assert (made.ratings.count(), made.results.get(area=area).total) == (5, 3)


@pytest.mark.parametrize(
    "more",
    [
        {"row-7": "out"},
        {"title": "Another"},
        {"felt": "30"},
        {"day": str(TODAY - dt.timedelta(days=3))},
        {"text": TEXT.replace("| anova | | [x]", "| anova | [x] |")},
    ],
)
def test_other_answers_under_the_same_id_are_told_and_not_lost(
    alice_client: Client, topics: dict[str, Topic], more: dict[str, str]
) -> None:
    data = confirmed()
    alice_client.post(PAGE, data)
    answer = alice_client.post(PAGE, data | more)
    assert answer.status_code == 409
    assert "imported before with other answers" in body(answer)
    key = fields(answer)["id"]
    assert Assessment.objects.count() == 1
    assert alice_client.post(PAGE, data | more | {"id": key}).status_code == 303
    assert set(Assessment.objects.values_list("pk", flat=True)) == {uuid.UUID(KEY), uuid.UUID(key)}


@pytest.mark.parametrize(("kind", "origin"), [("questions", "sitting"), ("coverage", "sitting")])
def test_the_id_of_another_assessment_is_no_import(
    alice: Any, alice_client: Client, topics: dict[str, Topic], kind: str, origin: str
) -> None:
    Assessment.objects.create(
        pk=KEY, user=alice, kind=kind, origin=origin, title="My own check", day=TODAY
    )
    answer = alice_client.post(PAGE, confirmed())
    assert answer.status_code == 409
    assert fields(answer)["id"] != KEY
    assert not Rating.objects.exists()


def test_what_is_stored_holds_no_control_signs(
    alice_client: Client, topics: dict[str, Topic]
) -> None:
    text = TEXT.replace("Leverage", "Leverageâ€™s À€").replace("anova", "anova\x07")
    answer = alice_client.post(PAGE, confirmed(text, title="A\x1btitle"))
    assert answer.status_code == 303
    stored = [*Rating.objects.values_list("said", flat=True), Assessment.objects.get().title]
    assert all(text.isprintable() for text in stored)
    assert "A title" in stored
