"""Which scheduler decides, and switching between them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Scheduler, User
from apps.library.models import Topic
from apps.mastery.models import Card, Source
from apps.mastery.record import (
    choose_scheduler,
    rebuild,
    snooze,
)
from tests.mastery.factories import make_topic
from tests.mastery.telling import DAY, rows, tell


def test_choosing_a_scheduler_replays_the_cards(
    alice: User, charlie: User, topics: list[Topic]
) -> None:
    for user in (alice, charlie):
        tell(user, [(topics[0], 95), (topics[1], 40)])
        tell(user, [(topics[0], 95)], day=8)
    tell(alice, [(topics[2], 100)], source=Source.RATING)
    snooze(alice, topics[1].pk, DAY + dt.timedelta(days=4))
    by_sm2, strangers = rows(alice), rows(charlie)
    assert choose_scheduler(alice, Scheduler.FSRS) == 1  # a failed first check: tomorrow, in both
    by_fsrs = rows(alice)
    assert by_fsrs[0] == by_sm2[0]
    moved = {key for old, new in zip(by_sm2[1], by_fsrs[1], strict=True) for key in old
             if old[key] != new[key]}  # fmt: skip
    assert moved == {"interval", "due"}
    assert User.objects.get(pk=alice.pk).scheduler == "fsrs"
    assert choose_scheduler(alice, Scheduler.FSRS) == 0
    rebuild(alice)
    assert rows(alice) == by_fsrs
    assert choose_scheduler(alice, Scheduler.SM2) == 1
    assert rows(alice) == by_sm2
    assert rows(charlie) == strangers
    assert User.objects.get(pk=charlie.pk).scheduler == "sm2"


def test_a_stale_learner_answers_by_the_scheduler_chosen_since(
    alice: User, topics: list[Topic]
) -> None:
    stale = User.objects.get(pk=alice.pk)
    choose_scheduler(alice, Scheduler.FSRS)
    assert stale.scheduler == "sm2"
    tell(stale, [(topics[0], 95)])
    assert Card.objects.get().interval == 8


def test_an_unknown_scheduler_changes_nothing(alice: User, topics: list[Topic]) -> None:
    tell(alice, [(topics[0], 95)])
    with pytest.raises(ValueError, match="sm5"):
        choose_scheduler(alice, "sm5")
    assert User.objects.get(pk=alice.pk).scheduler == "sm2"


def test_choosing_asks_no_more_for_many_topics(alice: User) -> None:
    many = [make_topic(f"many-{number}") for number in range(40)]
    tell(alice, [(many[0], 95)])
    with CaptureQueriesContext(connection) as few:
        choose_scheduler(alice, Scheduler.FSRS)
    tell(alice, [(topic, 95) for topic in many], day=1)
    with CaptureQueriesContext(connection) as more:
        assert choose_scheduler(alice, Scheduler.SM2) == 40
    assert len(more) == len(few)


@pytest.mark.parametrize("scheduler", list(Scheduler))
def test_cards_from_before_lapses_were_counted_are_mended_by_a_replay(
    alice: User, topics: list[Topic], scheduler: Scheduler
) -> None:
    choose_scheduler(alice, scheduler)
    for day, score in enumerate((20, 60, 90)):
        tell(alice, [(topics[0], score)], day=day)
    Card.objects.update(lapses=0)
    rebuild(alice, [topics[0].pk])
    assert Card.objects.get().lapses == 2
    Card.objects.update(lapses=0)
    choose_scheduler(alice, scheduler)
    assert Card.objects.get().lapses == 2
    Card.objects.update(lapses=0)
    tell(alice, [(topics[0], 0)], day=4)
    assert Card.objects.get().lapses == 3
