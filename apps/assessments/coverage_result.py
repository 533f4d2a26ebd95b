"""What the result page of a coverage check shows beside the totals: what moved, what to study
first, what may be left out, and what of it is kept as a proposal."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from django.db.models import Q
from django.db.models.functions import Coalesce

from apps.accounts.models import User
from apps.assessments.keeping import can_be_studied, keep
from apps.assessments.models import Assessment, Rating
from apps.assessments.priorities import MOST_KEPT, Measured, left_out, moved, ranked
from apps.assessments.record import RATED
from apps.library.keys import topic_key
from apps.library.models import WEIGHT, Category
from apps.mastery.bands import Band, band
from apps.mastery.models import Source
from apps.mastery.record import evidence_of
from apps.mastery.rounding import half_up
from apps.plans.models import Proposal
from apps.plans.proposals import NewProposal
from apps.plans.taught import Taught, open_tasks
from apps.plans.work import plan_of

ASKED = {
    Source.CHECK: "the check",
    Source.QUESTION: "the assessment",
    Source.EXERCISE: "the exercise",
    Source.MOCK: "the mock interview",
}
SAID = {"know": "know", "unsure": "unsure", "dunno": "don’t know"}
STUDY, LEAVE_OUT = Proposal.Kind.STUDY, Proposal.Kind.LEAVE_OUT


class Topic(NamedTuple):
    """One row of the sitting."""

    id: uuid.UUID
    title: str
    slug: str
    collection: str
    owner: object
    category: str
    minutes: int
    area_id: int
    area_title: str
    value: str
    in_scope: bool
    retired_at: dt.datetime | None
    at: dt.datetime | None

    @property
    def key(self) -> str:
        """What names it in an address."""
        return topic_key(self.id, self.slug, self.collection, is_own=self.owner is not None)

    @property
    def weight(self) -> int:
        return WEIGHT[Category(self.category)]

    @property
    def category_name(self) -> str:
        return Category(self.category).label

    @property
    def said(self) -> str:
        return SAID.get(self.value, "unmarked")


_COLUMNS = (
    *("topic_id", "topic__title", "topic__slug", "topic__collection", "topic__owner_id"),
    *("topic__category", "topic__minutes", "topic__area_id", "topic__area__title", "value"),
    *("topic__in_scope", "topic__retired_at", "at"),
)


class Move(NamedTuple):
    """One topic that is rated another way than before."""

    topic: Topic
    before: str


@dataclass(slots=True)
class Moves:
    """What became of the topics that were rated in an earlier sitting too."""

    better: list[Move]
    worse: list[Move]
    same: list[Topic]
    new: list[Topic]

    @property
    def compared(self) -> int:
        return len(self.better) + len(self.worse) + len(self.same)


class Offer(NamedTuple):
    """A topic to study or to leave out; `state` is empty while it can be kept, else says what
    became of it. `minutes` are those it takes, or saves; `is_dropped` when this sitting proposed it
    before and the learner dropped it."""

    topic: Topic
    minutes: int
    is_planned: bool = False
    state: str = ""
    is_chosen: bool = False
    is_dropped: bool = False


class Doubt(NamedTuple):
    """A topic the learner says they know, and what its latest answers say instead: the mean of the
    day, in whole per cent, and where they were given."""

    title: str
    score: int
    asked_in: str
    day: dt.date

    @property
    def words(self) -> str:
        """ "the check of 20 Nov gave 20 %"."""
        return f"{self.asked_in} of {self.day.day} {self.day:%b} gave {self.score} %"


class CoverageResult:
    """The rows of one sitting and what follows from them; each part is read once, when asked."""

    def __init__(self, user: User, assessment: Assessment) -> None:
        self.user = user
        self.assessment = assessment

    @cached_property
    def topics(self) -> list[Topic]:
        """All rows, area by area. One query."""
        rows = self.assessment.ratings.order_by(
            "topic__area__position",
            "topic__area__slug",
            "topic__area_id",
            "position",
            "topic__slug",
        )
        return [Topic(*row) for row in rows.values_list(*_COLUMNS)]

    @cached_property
    def by_value(self) -> list[tuple[str, list[Topic]]]:
        """The rows of each value; the unmarked ones last."""
        values = [*Rating.Value.choices, ("", "Unmarked")]
        found = [
            (str(label), [topic for topic in self.topics if topic.value == value])
            for value, label in values
        ]
        return [(label, topics) for label, topics in found if topics]

    @cached_property
    def moves(self) -> Moves:
        """What moved since each topic was rated last before it was rated here. One query."""
        by_id = {topic.id: topic for topic in self.topics if topic.value}
        rows = (
            Rating.objects.filter(
                assessment__user=self.user,
                assessment__finished_at__isnull=False,
                assessment__deleted_at=None,
                topic__in=self.assessment.ratings.exclude(value="").values("topic"),
            )
            .exclude(value="")
            .exclude(assessment=self.assessment)
            .annotate(rated_at=Coalesce("at", "assessment__at"))
            .order_by("rated_at")
        )
        before = {
            pk: value
            for pk, value, at in rows.values_list("topic_id", "value", "rated_at")
            if at < (by_id[pk].at or self.assessment.at)
        }
        found = moved(
            {pk: RATED[topic.value] for pk, topic in by_id.items()},
            {pk: RATED[value] for pk, value in before.items()},
        )
        return Moves(
            [Move(by_id[pk], SAID[before[pk]]) for pk in found.better],
            [Move(by_id[pk], SAID[before[pk]]) for pk in found.worse],
            [by_id[pk] for pk in found.same],
            [by_id[pk] for pk in found.new],
        )

    @cached_property
    def tasks(self) -> list[Taught]:
        """What the active plan still teaches. One query."""
        return open_tasks(self.user)

    @cached_property
    def planned(self) -> set[uuid.UUID]:
        return {topic for task in self.tasks for topic in task.topics}

    @property
    def has_plan(self) -> bool:
        """Whether there is an active plan. At most one query."""
        return bool(self.tasks) or self._is_planning

    @cached_property
    def _is_planning(self) -> bool:
        return plan_of(self.user) is not None

    @cached_property
    def doubts(self) -> dict[uuid.UUID, Doubt]:
        """The topics that would be offered to leave out, were it not for the answers to questions
        on the latest day they were asked about: these are below strong. A rating is no answer. One
        query; none when nothing would be offered."""
        titles = {topic.id: topic.title for topic in self.topics}
        offered = [saved.key for saved in left_out(self._said_known(), self._weighed())]
        if not offered:
            return {}
        rows = evidence_of(self.user, offered).exclude(source=Source.RATING).order_by("day", "at")
        latest: dict[uuid.UUID, tuple[dt.date, list[tuple[int, str]]]] = {}
        for topic, day, score, source in rows.values_list("topic_id", "day", "score", "source"):
            if topic not in latest or latest[topic][0] < day:
                latest[topic] = day, []
            latest[topic][1].append((score, source))
        found = {}
        for topic in offered:
            if topic not in latest:
                continue
            day, answers = latest[topic]
            score = half_up(Fraction(sum(each for each, _ in answers), len(answers)))
            if band(score) is not Band.STRONG:
                where = ASKED[Source(answers[-1][1])]
                found[topic] = Doubt(titles[topic], score, where, day)
        return found

    @cached_property
    def _proposed(self) -> list[tuple[uuid.UUID, str, str, uuid.UUID]]:
        """Topic, kind, state and source of what this sitting proposed, and of what is open. One
        query."""
        rows = Proposal.objects.filter(user=self.user, kind__in=[STUDY, LEAVE_OUT]).filter(
            Q(source_id=self.assessment.pk) | Q(state=Proposal.State.OPEN)
        )
        return list(rows.order_by("at").values_list("topic_id", "kind", "state", "source_id"))

    @cached_property
    def proposals(self) -> dict[str, dict[uuid.UUID, str]]:
        """What became of each topic, by kind of proposal; one that was dropped may be kept
        again."""
        found: dict[str, dict[uuid.UUID, str]] = {STUDY: {}, LEAVE_OUT: {}}
        for topic, kind, state, source in self._proposed:
            if state == Proposal.State.PLACED:
                found[kind][topic] = "in the plan"
            elif state == Proposal.State.OPEN:
                is_here = source == self.assessment.pk
                found[kind][topic] = "kept" if is_here else "proposed before"
        return found

    def _dropped(self, kind: str) -> set[uuid.UUID]:
        return {
            topic
            for topic, its_kind, state, _ in self._proposed
            if its_kind == kind and state == Proposal.State.DROPPED
        }

    def kept(self, kind: str) -> int:
        """How many proposals of this sitting are open or placed."""
        return sum(state != "proposed before" for state in self.proposals[kind].values())

    def priorities(self, chosen: Collection[uuid.UUID] | None = None) -> list[Offer]:
        """What to study, most valuable first. `chosen` are those ticked: until some are kept,
        the first 24 but for those that were dropped."""
        by_id = {topic.id: topic for topic in self.topics}
        order = ranked(
            Measured(topic.id, topic.weight, RATED[topic.value], topic.id in self.planned)
            for topic in self.topics
            if topic.value and can_be_studied(topic)
        )
        states, dropped = self.proposals[STUDY], self._dropped(STUDY)
        if chosen is None:
            first = [each.key for each in order[:MOST_KEPT] if each.key not in states]
            chosen = [] if self.kept(STUDY) else [key for key in first if key not in dropped]
        ticked = set(chosen)
        return [
            Offer(
                by_id[each.key],
                by_id[each.key].minutes,
                each.is_planned,
                states.get(each.key, ""),
                each.key in ticked,
                each.key in dropped,
            )
            for each in order
        ]

    def leave_out(self, chosen: Collection[uuid.UUID] | None = None) -> list[Offer]:
        """What may be left out of the plan and the minutes that saves; a task counts once."""
        by_id = {topic.id: topic for topic in self.topics}
        states, dropped = self.proposals[LEAVE_OUT], self._dropped(LEAVE_OUT)
        offered = left_out(self._known(), self._weighed(), states)
        if chosen is None:
            free = [saved.key for saved in offered if saved.key not in dropped]
            chosen = [] if self.kept(LEAVE_OUT) else free
        ticked = set(chosen)
        return [
            Offer(
                by_id[saved.key],
                saved.minutes,
                True,
                states.get(saved.key, ""),
                saved.key in ticked,
                saved.key in dropped,
            )
            for saved in offered
        ]

    def _known(self) -> list[uuid.UUID]:
        return [pk for pk in self._said_known() if pk not in self.doubts]

    def _said_known(self) -> list[uuid.UUID]:
        return [topic.id for topic in self.topics if topic.value == Rating.Value.KNOW]

    def _weighed(self) -> Iterable[tuple[frozenset[uuid.UUID], int]]:
        return [(task.topics, task.minutes) for task in self.tasks]

    def keep_priorities(
        self, chosen: Collection[uuid.UUID], at: dt.datetime, day: dt.date
    ) -> list[Proposal]:
        """Keep these as proposals to study, in their order here; return those that are open."""
        ticked = set(chosen)
        items = [
            NewProposal(offer.topic.id, offer.minutes, rank)
            for rank, offer in enumerate(self.priorities(chosen), 1)
            if offer.topic.id in ticked
        ]
        return self._propose(items, STUDY, at, day)

    def keep_left_out(
        self, chosen: Collection[uuid.UUID], at: dt.datetime, day: dt.date
    ) -> list[Proposal]:
        """Keep these as proposals to leave out, with what they save: a task goes when all its
        topics are among those kept."""
        states = self.proposals[LEAVE_OUT]
        ticked = set(chosen)
        known = [pk for pk in self._known() if pk in ticked or pk in states]
        items = [
            NewProposal(saved.key, saved.minutes, rank)
            for rank, saved in enumerate(left_out(known, self._weighed(), states), 1)
            if saved.key in ticked
        ]
        return self._propose(items, LEAVE_OUT, at, day)

    def _propose(
        self, items: list[NewProposal], kind: str, at: dt.datetime, day: dt.date
    ) -> list[Proposal]:
        return keep(self.user, self.assessment, items, kind=kind, at=at, day=day)

    def why_not(self, kind: str, pk: uuid.UUID) -> str:
        """Why a topic of this sitting cannot be kept, in words."""
        topic = next(each for each in self.topics if each.id == pk)
        if kind == LEAVE_OUT:
            if topic.value != Rating.Value.KNOW:
                return "you did not say that you know it"
            if pk not in self.planned:
                return "no open task of your plan teaches it"
            if pk in self.doubts:
                return self.doubts[pk].words
            return "its tasks also teach topics that stay"
        if topic.value not in (Rating.Value.UNSURE, Rating.Value.DUNNO):
            return "you did not say that it has a gap"
        return "the library has it no more" if topic.retired_at else "it is out of scope"
