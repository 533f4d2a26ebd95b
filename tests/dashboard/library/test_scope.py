"""An own topic may wait outside: listed, but neither counted nor due, until it is counted."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client

from apps.dashboard.scope import Scope
from apps.library.models import Topic
from apps.mastery.models import Evidence
from apps.mastery.standing import figure_rows, standing_rows
from apps.plans.models import Plan
from tests.conftest import TODAY
from tests.dashboard.library.factories import score


@pytest.fixture
def waiting(alice: Any, plan: Plan, topic: Topic) -> Topic:
    """An own topic out of scope in the plan's area, scored long ago, so that it would be due."""
    made = Topic.objects.create(
        slug="mine", title="My kernels", area=topic.area, owner=alice, collection="", in_scope=False
    )
    score(alice, made, 90, TODAY - dt.timedelta(days=60))
    return made


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_it_is_in_no_figure_until_it_counts(alice: Any, topic: Topic, waiting: Topic) -> None:
    assert {each.id for each in Scope(alice, TODAY).topics} == {topic.pk}
    assert [each.topic for each in Scope(alice, TODAY).figures] == [None]
    assert len(standing_rows(alice, 3)) == len(figure_rows(alice, 3)) == 1
    assert len(standing_rows(alice, 3, outside=True)) == 2
    Topic.objects.filter(pk=waiting.pk).update(in_scope=True)
    assert {each.id for each in Scope(alice, TODAY).topics} == {topic.pk, waiting.pk}
    assert waiting.pk in [each.topic for each in Scope(alice, TODAY).figures]


def test_the_library_lists_it_as_not_counted_and_not_due(
    alice_client: Client, waiting: Topic
) -> None:
    for address in ("/library/", "/library/topics/", "/library/areas/classical-ml/"):
        said = page(alice_client, address)
        assert "My kernels" in said
        assert "not counted" in said
    assert "nothing to review today" in page(alice_client, "/library/")
    assert "My kernels" not in page(alice_client, "/library/topics/?standing=due")
    assert "Not counted: it waits outside" in page(alice_client, waiting.get_absolute_url())
    assert "due for review" not in page(alice_client, waiting.get_absolute_url())
    Topic.objects.filter(pk=waiting.pk).update(in_scope=True)
    assert "1 topic to review" in page(alice_client, "/library/")
    assert "My kernels" in page(alice_client, "/library/topics/?standing=due")
    assert "not counted" not in page(alice_client, "/library/topics/")


def test_counting_it_and_leaving_it_out_say_what_they_set(
    alice: Any, alice_client: Client, waiting: Topic
) -> None:
    address = f"/library/topics/{waiting.pk}/scope/"
    before = list(Evidence.objects.order_by("pk").values())
    for wanted, words in (("1", "counts from now on"), ("0", "What you proved on it stays")):
        for _ in range(2):
            answer = alice_client.post(address, {"scope": wanted})
            assert answer.status_code == 303
            waiting.refresh_from_db()
            assert waiting.in_scope is (wanted == "1")
        assert words in page(alice_client, answer["Location"])
    assert list(Evidence.objects.order_by("pk").values()) == before


def test_planning_it_counts_it(alice_client: Client, waiting: Topic) -> None:
    data = {"minutes": "30", "day": str(TODAY), "key": str(uuid.uuid4())}
    answer = alice_client.post(f"/library/topics/{waiting.pk}/plan/", data)
    assert answer.status_code == 303
    waiting.refresh_from_db()
    assert waiting.in_scope


def test_wrong_words_methods_and_strangers(
    alice_client: Client, charlie_client: Client, topic: Topic, waiting: Topic
) -> None:
    address = f"/library/topics/{waiting.pk}/scope/"
    assert alice_client.get(address).status_code == 405
    assert alice_client.post(address, {"scope": "2"}).status_code == 400
    assert charlie_client.post(address, {"scope": "1"}).status_code == 404
    for pk in (topic.pk, uuid.uuid4()):
        wrong = f"/library/topics/{pk}/scope/"
        assert alice_client.post(wrong, {"scope": "0"}).status_code == 404
    waiting.refresh_from_db()
    topic.refresh_from_db()
    assert (waiting.in_scope, topic.in_scope) == (False, True)
