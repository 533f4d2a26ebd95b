"""Whatever is told, taken back and corrected, in any order: the rows are those of a fresh replay."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from apps.accounts.models import Scheduler, User
from apps.library.models import Topic
from apps.mastery import record as mastery
from apps.mastery.models import Card, Evidence, Memory, Source
from tests.mastery.telling import DAY, rows, tell

SOURCES = [uuid.UUID(int=number + 1) for number in range(4)]
MOVING = {Source.CHECK, Source.EXERCISE, Source.MOCK}
NUMBER = st.integers(0, 10**6)
SCORE = st.integers(0, 100)
A_DAY = st.integers(0, 12)


@dataclass
class Said:
    """One piece of evidence as the machine remembers it."""

    pk: uuid.UUID
    topic: uuid.UUID
    day: dt.date
    score: int
    kind: Source
    source: uuid.UUID | None
    counts: bool = True


class Telling(RuleBasedStateMachine):
    """What may happen to a learner's evidence, and an own account of which of it counts."""

    def __init__(self, learner: User, stranger: User, topics: list[Topic]) -> None:
        super().__init__()
        for model in (Evidence, Memory, Card):
            model._default_manager.all().delete()
        User.objects.update(scheduler=Scheduler.SM2)
        self.learner, self.stranger, self.topics = learner, stranger, topics
        self.said: list[Said] = []
        self.snoozed: dict[uuid.UUID, dt.date] = {}
        tell(stranger, [(topics[0], 55), (topics[1], 95)], source_id=SOURCES[0])
        self.strangers = rows(stranger)

    # What happens

    @initialize()
    def a_check_of_everything(self) -> None:
        scores = [(number, 70) for number in range(len(self.topics))]
        self.record(Source.CHECK, SOURCES[3], 6, scores)

    @rule(
        kind=st.sampled_from(list(Source)),
        source=st.sampled_from(SOURCES),
        day=A_DAY,
        scores=st.lists(st.tuples(st.integers(0, 2), SCORE), max_size=4),
    )
    def record(
        self, kind: Source, source: uuid.UUID, day: int, scores: list[tuple[int, int]]
    ) -> None:
        items = [(self.topics[number], score) for number, score in scores]
        for item in tell(self.learner, items, day=day, source=kind, source_id=source):
            self.said.append(Said(item.pk, item.topic_id, item.day, item.score, kind, source))

    @rule(source=st.sampled_from(SOURCES), back=st.booleans())
    def take_back_or_restore(self, source: uuid.UUID, back: bool) -> None:
        touched = [item for item in self.said if item.source == source and item.counts is not back]
        done = (mastery.restore if back else mastery.retract)(self.learner, source)
        assert done == len(touched)
        for item in touched:
            item.counts = back

    @precondition(lambda self: self.said)
    @rule(numbers=st.lists(NUMBER, max_size=3))
    def withdraw(self, numbers: list[int]) -> None:
        chosen = {number % len(self.said) for number in numbers}
        touched = [self.said[number] for number in chosen if self.said[number].counts]
        done = mastery.withdraw(self.learner, [self.said[number].pk for number in chosen])
        assert done == len(touched)
        for item in touched:
            item.counts, item.source = False, None

    @precondition(lambda self: self.said)
    @rule(number=NUMBER, score=SCORE)
    def amend(self, number: int, score: int) -> None:
        item = self.said[number % len(self.said)]
        assert mastery.amend(self.learner, item.pk, score) is item.counts
        if item.counts:
            item.score = score

    @rule(number=st.integers(0, 2), day=st.none() | A_DAY)
    def snooze(self, number: int, day: int | None) -> None:
        topic = self.topics[number].pk
        until = None if day is None else DAY + dt.timedelta(days=day)
        has_card = bool(self._days(topic))
        assert mastery.snooze(self.learner, topic, until) is has_card
        if has_card and until:
            self.snoozed[topic] = until
        elif has_card:
            self.snoozed.pop(topic, None)

    @rule(scheduler=st.sampled_from(list(Scheduler)))
    def choose(self, scheduler: Scheduler) -> None:
        mastery.choose_scheduler(self.learner, scheduler)

    @precondition(lambda self: self.said)
    @rule(number=NUMBER, score=SCORE)
    def a_stranger_tries(self, number: int, score: int) -> None:
        item = self.said[number % len(self.said)]
        assert mastery.withdraw(self.stranger, [item.pk]) == 0
        assert mastery.amend(self.stranger, item.pk, score) is False

    # What holds

    @invariant()
    def what_counts_is_what_the_machine_remembers(self) -> None:
        kept = Evidence.objects.filter(user=self.learner)
        found = {item.pk: (item.score, item.source_id, item.retracted_at is None) for item in kept}
        assert found == {item.pk: (item.score, item.source, item.counts) for item in self.said}

    @invariant()
    def the_rows_are_those_of_a_fresh_rebuild(self) -> None:
        memories, cards = rows(self.learner)
        with transaction.atomic():
            Memory.objects.filter(user=self.learner).delete()
            Card.objects.filter(user=self.learner).delete()
            mastery.rebuild(self.learner)
            fresh = rows(self.learner)
            transaction.set_rollback(True)
        assert fresh == (memories, [{**card, "snoozed_until": None} for card in cards])
        assert {row["topic"] for row in memories} == {
            item.topic for item in self.said if item.counts
        }
        self._compare({row["topic"]: row for row in cards})

    def _compare(self, cards: dict[uuid.UUID, dict[str, Any]]) -> None:
        """The cards say what the machine's own account says."""
        for topic in (topic.pk for topic in self.topics):
            days = self._days(topic)
            assert (topic in cards) is bool(days)
            if not days:
                self.snoozed.pop(topic, None)
                continue
            means = [Fraction(sum(scores), len(scores)) for scores in days.values()]
            card = cards[topic]
            assert card["last_day"] == max(days)
            assert card["lapses"] == sum(mean < Fraction(121, 2) for mean in means)
            assert 1 <= card["repetitions"] <= len(days)
            assert card["due"] == card["last_day"] + dt.timedelta(days=card["interval"])
            # Nothing but the card's own end takes a skip away.
            assert card["snoozed_until"] == self.snoozed.get(topic)

    def teardown(self) -> None:
        assert rows(self.stranger) == self.strangers

    def _days(self, topic: uuid.UUID) -> dict[dt.date, list[int]]:
        """The scores that move the topic's card, by day."""
        days = defaultdict(list)
        for item in self.said:
            if item.topic == topic and item.counts and item.kind in MOVING:
                days[item.day].append(item.score)
        return days


def test_any_sequence(alice: User, charlie: User, topics: list[Topic]) -> None:
    def machine() -> Any:
        return Telling(alice, charlie, topics)

    run_state_machine_as_test(  # type: ignore[no-untyped-call] # hypothesis does not type it
        machine, settings=settings(max_examples=30, stateful_step_count=25, deadline=None)
    )
