"""Cards from before lapses were counted: the migration counts what a replay would."""

from __future__ import annotations

import importlib

from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.library.models import Topic
from apps.mastery.models import Card, Source
from apps.mastery.record import retract
from tests.mastery.factories import make_topic
from tests.mastery.telling import tell

count_lapses = importlib.import_module("apps.mastery.migrations.0003_count_lapses").count_lapses


def lapses() -> dict[tuple[object, object], int]:
    return {(card.user_id, card.topic_id): card.lapses for card in Card.objects.all()}


def test_lapses_are_those_of_a_replay(alice: User, charlie: User, topics: list[Topic]) -> None:
    first, second, third = topics
    for day, score in enumerate([20, 60, 61, 100, 0]):
        tell(alice, [(first, score), (second, 90)], day=day)
    tell(alice, [(second, 60), (second, 61)], day=7)  # 60.5 rounds up: not failed
    tell(alice, [(second, 60), (second, 60)], day=8, source=Source.EXERCISE)
    tell(alice, [(third, 10)], day=1, source=Source.MOCK)
    tell(alice, [(third, 0)], day=2, source=Source.RATING)
    tell(alice, [(third, 0)], day=3, source=Source.QUESTION)
    (gone,) = tell(alice, [(third, 0)], day=4, source_id=first.pk)
    retract(alice, first.pk)
    assert gone.source_id == first.pk
    tell(charlie, [(first, 10)], day=1)
    replayed = lapses()
    assert sorted(replayed.values()) == [1, 1, 1, 3]
    Card.objects.update(lapses=0)
    count_lapses(apps, None)
    assert lapses() == replayed
    with CaptureQueriesContext(connection) as queries:
        count_lapses(apps, None)
    assert not [each for each in queries if each["sql"].startswith("UPDATE")]


def test_many_cards_take_few_queries(alice: User) -> None:
    tell(alice, [(make_topic(f"topic-{number}"), 20) for number in range(40)])
    Card.objects.update(lapses=0)
    with CaptureQueriesContext(connection) as queries:
        count_lapses(apps, None)
    assert len(queries) <= 5
    assert set(lapses().values()) == {1}
