"""Answers, undos and ends of a question assessment in any order."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

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
from apps.assessments import questions
from apps.assessments.models import Assessment, Response
from apps.assessments.questions import Outcome
from apps.library.models import Question, Topic
from apps.mastery.models import Card, Evidence, Memory
from apps.mastery.record import rebuild
from tests.assessments.asking import AT, DAY, give, make_bank, sit
from tests.mastery.telling import rows

LATER = AT + dt.timedelta(days=1)


class Sitting(RuleBasedStateMachine):
    """Answers, undos and ends in any order, and an own account of what counts."""

    def __init__(self, learner: User) -> None:
        super().__init__()
        Assessment.objects.all().delete()
        for model in (Evidence, Memory, Card):
            model._default_manager.all().delete()
        self.learner = learner
        self.sitting = sit(learner)
        self.responses = list(self.sitting.responses.all())
        self.scores: dict[uuid.UUID, int] = {}
        self.order: list[Response] = []
        self.finished = False
        self.minute = 0

    @rule(number=st.integers(0, 4), score=st.integers(0, 100), day=st.integers(0, 2))
    def answer(self, number: int, score: int, day: int) -> None:
        response = self.responses[number]
        self.minute += 1
        outcome = give(
            self.learner,
            response,
            score,
            minute=self.minute,
            day=DAY + dt.timedelta(days=day),
        )
        if response.pk in self.scores:
            same = self.scores[response.pk] == score
            assert outcome is (Outcome.SAVED if same else Outcome.OTHER)
        elif self.finished:
            assert outcome is Outcome.FINISHED
        else:
            assert outcome is Outcome.SAVED
            self.scores[response.pk] = score
            self.order.append(response)

    @precondition(lambda self: self.order)
    @rule(named=st.booleans(), twice=st.booleans())
    def undo(self, named: bool, twice: bool) -> None:
        last = self.order.pop()
        del self.scores[last.pk]
        self.finished = False
        assert questions.undo(self.learner, self.sitting.pk, last.pk if named else None) == last
        if twice:
            assert questions.undo(self.learner, self.sitting.pk, last.pk) == last

    @rule()
    def finish(self) -> None:
        assert questions.finish(self.learner, self.sitting, AT) is bool(self.scores)
        self.finished = bool(self.scores)

    @invariant()
    def evidence_is_the_answers(self) -> None:
        held = {
            pk: (score, evidence)
            for pk, score, evidence in self.sitting.responses.filter(
                score__isnull=False
            ).values_list("pk", "score", "evidence__score")
        }
        assert held == {pk: (score, score) for pk, score in self.scores.items()}
        counting = Evidence.objects.filter(user=self.learner, retracted_at=None)
        assert counting.count() == len(self.scores)
        assert Assessment.objects.get().finished_at is None or self.finished

    @invariant()
    def memory_is_a_fresh_replay(self) -> None:
        before = rows(self.learner)
        rebuild(self.learner)
        assert rows(self.learner) == before


def test_whatever_is_answered_and_taken_back(alice: User) -> None:
    make_bank(5, ("statistics", "nlp"))
    Question.objects.filter(slug="question-4").update(topic=Topic.objects.get(slug="topic-0"))
    run: Callable[..., Any] = run_state_machine_as_test
    run(
        lambda: Sitting(alice),
        settings=settings(max_examples=25, stateful_step_count=20, deadline=None),
    )
