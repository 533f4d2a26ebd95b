"""Whatever is started, graded, undone, finished, deleted and brought back, in any order."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from apps.accounts.models import User
from apps.checks import take
from apps.checks.log import delete_check, restore_check
from apps.checks.models import Answer, Check
from apps.library.models import Topic
from apps.mastery import record as mastery
from apps.mastery.models import Card, Evidence, Memory
from tests.mastery.factories import make_topic
from tests.mastery.telling import rows

DAY = dt.date(2026, 11, 2)
NUMBER = st.integers(0, 10**6)


class Taking(RuleBasedStateMachine):
    """Checks over some days, and an own account of which answers count."""

    def __init__(self, learner: User, topics: list[Topic]) -> None:
        super().__init__()
        Check.objects.all().delete()
        for model in (Evidence, Memory, Card):
            model._default_manager.all().delete()
        self.learner, self.topics = learner, topics
        self.day, self.moment = DAY, 0
        self.scores: dict[uuid.UUID, tuple[int, dt.date]] = {}  # of answers, deleted ones too
        self.graded_at: dict[uuid.UUID, int] = {}
        self.finished: dict[uuid.UUID, bool] = {}
        self.deleted: dict[uuid.UUID, bool] = {}

    @property
    def at(self) -> dt.datetime:
        moment = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC) + dt.timedelta(seconds=self.moment)
        return moment + (self.day - DAY)

    def check(self, number: int) -> Check:
        checks = sorted(self.finished, key=lambda pk: pk.int)
        return Check.objects.get(pk=checks[number % len(checks)])

    @property
    def open(self) -> list[uuid.UUID]:
        return [pk for pk, done in self.finished.items() if not done and not self.deleted[pk]]

    # What happens

    @rule(topics=st.lists(st.integers(0, 5), min_size=1, max_size=6))
    def start(self, topics: list[int]) -> None:
        ids = [self.topics[number].pk for number in topics]
        before = self.open
        check = take.start(
            self.learner, day=self.day, at=self.at, check_id=uuid.uuid4(), topics=ids, size=5
        )
        if before:
            assert [check.pk] == before
        else:
            self.finished[check.pk] = self.deleted[check.pk] = False

    @precondition(lambda self: self.finished)
    @rule(number=NUMBER, place=NUMBER, score=st.integers(0, 100))
    def grade(self, number: int, place: int, score: int) -> None:
        check = self.check(number)
        answers = list(check.answers.all())
        answer = answers[place % len(answers)]
        self.moment += 1
        said = take.Graded(score)
        try:
            turn = take.grade(self.learner, check.pk, answer.pk, said, at=self.at, day=self.day)
        except take.NotOpen:
            assert check.pk not in self.open
            return
        assert check.pk in self.open or answer.pk in self.scores
        if answer.pk not in self.scores:
            self.scores[answer.pk] = (score, self.day)
            self.graded_at[answer.pk] = self.moment
        assert turn.answer.score == self.scores[answer.pk][0]
        waiting = [each for each in answers if each.pk not in self.scores]
        assert turn.next == (waiting[0] if waiting else None)

    @precondition(lambda self: self.finished)
    @rule(number=NUMBER)
    def undo(self, number: int) -> None:
        check = self.check(number)
        mine = [pk for pk in check.answers.values_list("pk", flat=True) if pk in self.scores]
        others_open = [pk for pk in self.open if pk != check.pk]
        try:
            undone = take.undo_last(self.learner, check)
        except take.NotOpen:
            assert self.deleted[check.pk]
        except take.AnotherIsOpen:
            assert mine
            assert self.finished[check.pk]
            assert others_open
        else:
            if not mine:
                assert undone is None
                return
            assert undone
            assert undone.pk == max(mine, key=lambda pk: (self.scores[pk][1], self.graded_at[pk]))
            del self.scores[undone.pk]
            self.finished[check.pk] = False

    @precondition(lambda self: self.finished)
    @rule(number=NUMBER)
    def finish(self, number: int) -> None:
        check = self.check(number)
        try:
            take.finish(self.learner, check, at=self.at, day=self.day)
        except take.NotOpen:
            assert self.deleted[check.pk]
        except take.NothingAnswered:
            assert not check.answers.filter(pk__in=self.scores).exists()
        else:
            self.finished[check.pk] = True

    @precondition(lambda self: self.finished)
    @rule(number=NUMBER)
    def delete(self, number: int) -> None:
        check = self.check(number)
        delete_check(check)
        self.deleted[check.pk] = True

    @precondition(lambda self: self.finished)
    @rule(number=NUMBER)
    def restore(self, number: int) -> None:
        check = self.check(number)
        if self.deleted[check.pk] and self.open:
            self.finished[check.pk] = True
        restore_check(check)
        self.deleted[check.pk] = False

    @rule(days=st.integers(-1, 2))
    def another_day(self, days: int) -> None:
        self.day = max(self.day + dt.timedelta(days=days), DAY)

    # What holds

    @invariant()
    def the_answers_are_those_given(self) -> None:
        held = {
            pk: (score, day)
            for pk, score, day in Answer.objects.exclude(score=None).values_list(
                "pk", "score", "day"
            )
        }
        assert held == self.scores
        assert len(self.open) <= 1
        assert [check.pk for check in Check.objects.filter(finished_at=None, deleted_at=None)] == (
            self.open
        )

    @invariant()
    def evidence_is_what_the_answers_say(self) -> None:
        expected = sorted(
            (str(answer.topic_id), *self.scores[answer.pk])
            for answer in Answer.objects.filter(pk__in=self.scores, check_taken__deleted_at=None)
        )
        found = mastery.evidence_of(self.learner).values_list("topic_id", "score", "day")
        assert sorted((str(topic), score, day) for topic, score, day in found) == expected

    @invariant()
    def memory_and_cards_are_those_of_a_fresh_rebuild(self) -> None:
        kept = rows(self.learner)
        with transaction.atomic():
            Memory.objects.all().delete()
            Card.objects.all().delete()
            mastery.rebuild(self.learner)
            fresh = rows(self.learner)
            transaction.set_rollback(True)
        assert fresh == kept


def test_any_sequence(alice: User) -> None:
    topics = [make_topic(f"topic-{number}", position=number) for number in range(6)]

    def machine() -> Any:
        return Taking(alice, topics)

    run_state_machine_as_test(  # type: ignore[no-untyped-call] # hypothesis does not type it
        machine, settings=settings(max_examples=40, stateful_step_count=30, deadline=None)
    )
