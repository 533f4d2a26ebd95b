"""Whatever is marked, changed, cleared, finished, deleted and brought back, in any order."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from apps.accounts.models import User
from apps.assessments import coverage
from apps.assessments.coverage import Closed
from apps.assessments.models import Assessment, Rating
from apps.assessments.record import RATED
from apps.assessments.removal import delete_assessment, restore_assessment
from apps.library.models import Topic
from apps.mastery import record as mastery
from apps.mastery.models import Evidence, Memory, Source
from tests.assessments.sitting import AT, DAY, begin, make_topics

VALUES = ["", "know", "unsure", "dunno"]


def mark(assessment: Assessment, number: int, value: str, user: User | None = None) -> Rating:
    who = user or assessment.user
    return coverage.mark(who, assessment.pk, number, value, at=AT, day=DAY)


class Sitting(RuleBasedStateMachine):
    """Whatever is marked, changed, cleared, finished, deleted and brought back."""

    def __init__(self, learner: User, topics: list[Topic]) -> None:
        super().__init__()
        for model in (Assessment, Evidence, Memory):
            model._default_manager.all().delete()
        self.learner, self.topics = learner, topics
        # An earlier piece of evidence, which no sitting may touch.
        mastery.record(learner, [(topics[0].pk, 70)], source=Source.RATING, source_id=None, at=AT, day=DAY)  # fmt: skip
        self.sittings = [begin(learner), begin(learner)]
        self.said = [[""] * len(topics) for _ in self.sittings]
        self.finished = [False, False]
        self.deleted = [False, False]

    which = st.integers(0, 1)

    @rule(which=which, number=st.integers(0, 2), value=st.sampled_from(VALUES))
    def mark(self, which: int, number: int, value: str) -> None:
        closed = self.finished[which] or self.deleted[which]
        try:
            mark(self.sittings[which], number + 1, value, self.learner)
        except Closed:
            assert closed
        else:
            assert not closed
            self.said[which][number] = value

    @rule(which=which)
    def finish(self, which: int) -> None:
        done = coverage.finish(self.learner, self.sittings[which], AT)
        if not self.deleted[which]:
            assert done is (self.finished[which] or any(self.said[which]))
            self.finished[which] = done

    @rule(which=which)
    def delete(self, which: int) -> None:
        delete_assessment(self.sittings[which])
        self.deleted[which] = True

    @rule(which=which)
    def restore(self, which: int) -> None:
        restore_assessment(self.sittings[which])
        self.deleted[which] = False

    @invariant()
    def evidence_is_what_the_ratings_say(self) -> None:
        expected = {(self.topics[0].pk, 70, None): 1}
        for which, sitting in enumerate(self.sittings):
            held = sitting.ratings.order_by("position").values_list("value", flat=True)
            assert list(held) == self.said[which]
            for topic, value in zip(self.topics, self.said[which], strict=True):
                if value and not self.deleted[which]:
                    expected[topic.pk, RATED[value], sitting.pk] = 1
        found: dict[Any, int] = {}
        for key in mastery.evidence_of(self.learner).values_list("topic_id", "score", "source_id"):
            found[key] = found.get(key, 0) + 1
        assert found == expected

    @invariant()
    def memory_is_a_fresh_replay(self) -> None:
        columns = ("topic_id", "score", "claimed", "times", "stability", "difficulty")
        before = sorted(Memory.objects.values_list(*columns))
        mastery.rebuild(self.learner)
        assert sorted(Memory.objects.values_list(*columns)) == before

    @invariant()
    def finished_counts_are_those_of_the_rows(self) -> None:
        for which, sitting in enumerate(self.sittings):
            overall = sitting.results.get(area=None)
            if self.finished[which]:
                counts = [self.said[which].count(value) for value in VALUES[1:]]
                assert [overall.high, overall.middle, overall.low] == counts
            else:
                assert overall.high is None
            assert overall.total == len(self.topics)


def test_any_sequence(alice: User) -> None:
    topics = make_topics("statistics", 3)

    def machine() -> Any:
        return Sitting(alice, topics)

    run_state_machine_as_test(  # type: ignore[no-untyped-call] # hypothesis does not type it
        machine, settings=settings(max_examples=25, stateful_step_count=20, deadline=None)
    )
