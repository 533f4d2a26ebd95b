"""“I know this.”"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone

from apps.mastery.claim import claim, claim_id, is_claim, unclaim
from apps.mastery.models import Card, Evidence, Memory, Source
from apps.mastery.record import record
from tests.mastery.factories import make_topic

DAY = dt.date(2026, 11, 18)
ONE = dt.timedelta(days=1)


def test_a_claim_has_the_same_source_all_day(alice: Any, charlie: Any) -> None:
    topic = make_topic("t-test")
    source = claim_id(alice, topic.pk, DAY)
    assert source == claim_id(alice, topic.pk, DAY)
    others = {claim_id(charlie, topic.pk, DAY), claim_id(alice, topic.pk, DAY + ONE)}
    assert source not in others
    assert is_claim(source)
    assert not is_claim(uuid.uuid4())


def test_each_day_has_its_own_claim(alice: Any) -> None:
    topic = make_topic("t-test")
    for day in (DAY, DAY, DAY + ONE):
        claim(alice, topic.pk, at=timezone.now(), day=day)
    assert Evidence.objects.count() == 2
    assert unclaim(alice, topic.pk, DAY + ONE) == 1
    assert unclaim(alice, topic.pk, DAY + ONE) == 0
    memory = Memory.objects.get()
    assert (memory.last_day, memory.claimed, memory.score) == (DAY, True, 100)
    assert not Card.objects.exists()


def test_an_answer_of_the_day_counts_instead(alice: Any) -> None:
    topic = make_topic("t-test")
    claim(alice, topic.pk, at=timezone.now(), day=DAY)
    record(alice, [(topic.pk, 50)], source=Source.CHECK, source_id=None, at=timezone.now(), day=DAY)
    memory = Memory.objects.get()
    assert (memory.score, memory.claimed) == (50, False)
