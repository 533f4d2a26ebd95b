"""Taking single pieces of evidence back, and correcting them."""

from __future__ import annotations

import uuid

import pytest

from apps.accounts.models import User
from apps.library.models import Topic
from apps.mastery.models import Card, Evidence, Source
from apps.mastery.record import (
    amend,
    restore,
    retract,
    withdraw,
)
from tests.mastery.telling import rows, tell


def test_withdrawn_evidence_stays_away_from_its_source(alice: User, topics: list[Topic]) -> None:
    check = uuid.uuid4()
    tell(alice, [(topics[0], 95)])
    before = rows(alice)
    first, second = tell(alice, [(topics[0], 10), (topics[1], 50)], day=2, source_id=check)
    assert withdraw(alice, [first.pk, second.pk, uuid.uuid4()]) == 2
    assert rows(alice) == before
    assert withdraw(alice, [first.pk, second.pk]) == 0
    assert retract(alice, check) == 0
    assert restore(alice, check) == 0
    assert rows(alice) == before
    assert Evidence.objects.filter(retracted_at=None).count() == 1


def test_the_rest_of_a_source_goes_and_comes_without_what_was_withdrawn(
    alice: User, topics: list[Topic]
) -> None:
    check = uuid.uuid4()
    first, _ = tell(alice, [(topics[0], 10), (topics[1], 50)], source_id=check)
    withdraw(alice, [first.pk])
    kept = rows(alice)
    assert retract(alice, check) == 1
    assert rows(alice) == ([], [])
    assert restore(alice, check) == 1
    assert rows(alice) == kept
    assert [card.topic for card in Card.objects.all()] == [topics[1]]


def test_what_was_retracted_is_not_withdrawn(alice: User, topics: list[Topic]) -> None:
    check = uuid.uuid4()
    (item,) = tell(alice, [(topics[0], 10)], source_id=check)
    retract(alice, check)
    assert withdraw(alice, [item.pk]) == 0
    assert restore(alice, check) == 1


def test_withdrawing_nothing(alice: User) -> None:
    assert withdraw(alice, []) == 0


def test_a_stranger_withdraws_and_amends_nothing(
    alice: User, charlie: User, topics: list[Topic]
) -> None:
    (item,) = tell(alice, [(topics[0], 95)])
    before = rows(alice)
    assert withdraw(charlie, [item.pk]) == 0
    assert not amend(charlie, item.pk, 0)
    assert rows(alice) == before
    item.refresh_from_db()
    assert (item.score, item.retracted_at) == (95, None)


@pytest.mark.parametrize("source", [Source.CHECK, Source.RATING, Source.QUESTION])
def test_amended_evidence_is_as_if_said_at_once(
    alice: User, charlie: User, topics: list[Topic], source: Source
) -> None:
    for user in (alice, charlie):
        tell(user, [(topics[0], 70)])
    (item,) = tell(alice, [(topics[0], 0)], day=3, source=source)
    tell(charlie, [(topics[0], 90)], day=3, source=source)
    assert amend(alice, item.pk, 90)
    assert amend(alice, item.pk, 90)
    assert rows(alice) == rows(charlie)


@pytest.mark.parametrize("score", [-1, 101])
def test_a_bad_score_amends_nothing(alice: User, topics: list[Topic], score: int) -> None:
    (item,) = tell(alice, [(topics[0], 50)])
    with pytest.raises(ValueError, match="0 to 100"):
        amend(alice, item.pk, score)
    item.refresh_from_db()
    assert item.score == 50


def test_what_does_not_count_is_not_amended(alice: User, topics: list[Topic]) -> None:
    (item,) = tell(alice, [(topics[0], 50)])
    withdraw(alice, [item.pk])
    assert not amend(alice, item.pk, 90)
    assert not amend(alice, uuid.uuid4(), 90)
    item.refresh_from_db()
    assert item.score == 50
