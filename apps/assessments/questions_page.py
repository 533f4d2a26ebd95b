"""What the result page of a question assessment shows: figures, areas, weak topics, every answer."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from django.db.models import Q

from apps.accounts.http import LearnerRequest
from apps.accounts.models import User
from apps.assessments.keeping import can_be_studied
from apps.assessments.models import AreaResult, Assessment
from apps.assessments.priorities import MOST_KEPT
from apps.assessments.questions_figures import (
    Change,
    Group,
    change,
    grouped,
    median_seconds,
    time_words,
    weakest,
)
from apps.assessments.questions_rows import (
    BETTER,
    NOT_BETTER,
    UNANSWERED,
    UNKNOWN,
    Question,
    Row,
    Topic,
    rows_of,
    sittings_before,
)
from apps.assessments.result import WORDS, marks_of, result
from apps.assessments.result import Line as AreaLine
from apps.library.models import QuestionKind
from apps.mastery.bands import STRONG_FROM, Band, band
from apps.mastery.readiness import Marks
from apps.mastery.rounding import half_up
from apps.plans.models import Proposal

BELOW = STRONG_FROM


def one(value: Fraction | None) -> Decimal | int | None:
    """Return a figure as pages show it, with one decimal."""
    return None if value is None else half_up(value, 1)


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of an area or a kind; `before` is what an earlier sitting said of the area when
    it asked none of the same questions."""

    title: str
    group: Group
    change: Change | None
    slug: str = ""
    before: AreaLine | None = None
    before_day: dt.date | None = None

    @property
    def mean(self) -> Decimal | int | None:
        return one(self.group.mean)

    @property
    def marks(self) -> Marks:
        return self.group.marks

    @property
    def mean_before(self) -> Decimal | int | None:
        return one(self.change.mean_before) if self.change else None

    @property
    def mean_after(self) -> Decimal | int | None:
        return one(self.change.mean_after) if self.change else None

    @property
    def readiness(self) -> Decimal | int | None:
        return one(self.marks.readiness)

    @property
    def now_strong(self) -> int | None:
        """Strong now, in whole per cent of the questions that were asked before."""
        exact = self.change.now_strong if self.change else None
        return None if exact is None else half_up(exact)

    @property
    def band(self) -> Band | None:
        return None if self.group.mean is None else band(self.group.mean)


class WeakTopic(NamedTuple):
    """One topic that is not strong: mean, how many answers, the question answered worst."""

    topic: Topic
    mean: Decimal | int
    band: Band
    n: int
    question: Question
    is_proposed: bool
    is_dropped: bool

    @property
    def can_be_kept(self) -> bool:
        """Whether it may be proposed for the plan."""
        return not self.is_proposed and can_be_studied(self.topic)

    @property
    def is_chosen(self) -> bool:
        """Whether it is ticked: a gap, unless the learner dropped it since."""
        return self.band == Band.GAP and not self.is_dropped


class Choice(NamedTuple):
    """One filter of the answers: its value in the address, words, how many rows it keeps."""

    value: str
    words: str
    n: int
    is_chosen: bool


def question_context(request: LearnerRequest, assessment: Assessment) -> dict[str, Any]:
    """Return the context of `assessments/questions_result.html`; `?band=` filters the answers.

    Pass an assessment whose results came with their areas. Five queries, whatever the
    number of answers.
    """
    rows = rows_of(assessment)
    said = result(assessment.results.all())
    every = Group.of(rows)
    answered = [row for row in rows if row.score is not None]
    compared = change(row.pair for row in rows)
    chosen, choices = _choices(rows, request.GET.get("band", ""), compared)
    weak = _weak(answered, _states(request.user, assessment))
    last = max(answered, key=lambda row: (row.at or assessment.at, row.position), default=None)
    low = sum(row.score < BELOW for row in answered if row.score is not None)
    areas = _areas(assessment, rows)
    return {
        "assessment": assessment,
        "result": said,
        "words": WORDS[Assessment.Kind.QUESTIONS],
        "marks": every.marks,
        "figures": Part("Overall", every, compared),
        "last": last,
        "unknown": sum(row.is_unknown for row in answered),
        "time": time_words(median_seconds(row.seconds for row in answered)),
        "areas": areas,
        "has_before": any(area.change or area.before for area in areas),
        "kinds": _kinds(rows),
        "change": compared,
        "weak": weak[:MOST_KEPT],
        "weak_all": len(weak),
        "any_to_keep": any(each.can_be_kept for each in weak[:MOST_KEPT]),
        "rows": [row for row in rows if row.is_in(chosen)],
        "choices": choices,
        "below": BELOW,
        "low": low,
        "retests": _retests(assessment),
        "left_out": assessment.asked_for.get("left_out", []),
    }


def _areas(assessment: Assessment, rows: Sequence[Row]) -> list[Part]:
    """The figures by area, in the areas' order. At most one query."""
    by_area = grouped(rows, lambda row: row.topic.area)
    pairs = {area: change(row.pair for row in its) for area, its in by_area.items()}
    earlier = _areas_before(assessment, [area.id for area, its in pairs.items() if its is None])
    return [
        Part(
            area.title,
            Group.of(by_area[area]),
            pairs[area],
            area.link,
            *earlier.get(area.id, (None, None)),
        )
        for area in sorted(by_area, key=lambda area: (area.position, area.slug))
    ]


def _areas_before(
    assessment: Assessment, areas: Sequence[int]
) -> dict[int, tuple[AreaLine, dt.date]]:
    """What the latest sitting before this one that measured them said of these areas, and when.
    One query; none for a re-test, which has its own before."""
    if assessment.origin == Assessment.Origin.RETEST:
        return {}
    told = AreaResult.objects.filter(assessment__in=sittings_before(assessment), area__in=areas)
    found = {}
    for row in told.select_related("assessment", "area").order_by("assessment__finished_at"):
        line = AreaLine(str(row), "", marks_of(row), row.score, row.felt)
        if row.area_id is not None and line.measured is not None:
            found[row.area_id] = line, row.assessment.day
    return found


def _kinds(rows: Sequence[Row]) -> list[Part]:
    by_kind = grouped(rows, lambda row: row.question.kind)
    return [
        Part(
            QuestionKind(kind).label if kind else "No model answer",
            Group.of(by_kind[kind]),
            change(row.pair for row in by_kind[kind]),
        )
        for kind in [*QuestionKind.values, ""]
        if kind in by_kind
    ]


def _states(user: User, assessment: Assessment) -> dict[uuid.UUID, str]:
    """What became of the topics that this sitting proposed to study, and which wait. One query."""
    rows = Proposal.objects.filter(
        Q(source_id=assessment.pk) | Q(state=Proposal.State.OPEN),
        user=user,
        kind=Proposal.Kind.STUDY,
    )
    found: dict[uuid.UUID, str] = {}
    for topic, state in rows.values_list("topic_id", "state"):
        if state == Proposal.State.OPEN or topic not in found:
            found[topic] = state
    return found


def _weak(answered: Sequence[Row], states: Mapping[uuid.UUID, str]) -> list[WeakTopic]:
    """The topics below strong, lowest mean first; of equal ones the weightier first. `states` says
    what became of them as proposals."""
    answers = sorted(answered, key=lambda row: -row.topic.weight)
    found = []
    for each in weakest([(row.topic.id, row.score or 0) for row in answers]):
        row = answers[each.lowest]
        mean = half_up(each.mean, 1)
        found.append(
            WeakTopic(
                row.topic,
                mean,
                band(each.mean),
                each.n,
                row.question,
                states.get(row.topic.id) == Proposal.State.OPEN,
                states.get(row.topic.id) == Proposal.State.DROPPED,
            )
        )
    return found


def _choices(rows: Sequence[Row], asked: str, compared: Change | None) -> tuple[str, list[Choice]]:
    """The filter that was chosen ("" for all), and those that keep anything."""
    words = [
        ("", "All"),
        *((each.value, each.value.capitalize()) for each in Band),
        (UNKNOWN, "“I don’t know”"),
        (UNANSWERED, "Not answered"),
    ]
    if compared:
        words += [(BETTER, "Better than before"), (NOT_BETTER, "No better")]
    counted = [(value, what, sum(row.is_in(value) for row in rows)) for value, what in words]
    chosen = asked if asked in {value for value, _, n in counted if n} else ""
    return chosen, [Choice(value, what, n, value == chosen) for value, what, n in counted if n]


def _retests(assessment: Assessment) -> list[Assessment]:
    """The re-tests of this sitting, newest first. One query."""
    return list(assessment.retests.filter(deleted_at=None).order_by("-at"))


def weak_topics(user: User, assessment: Assessment) -> dict[uuid.UUID, WeakTopic]:
    """Return the topics that may be kept for the plan, in order, by id. Three queries."""
    rows = [row for row in rows_of(assessment) if row.score is not None]
    return {
        each.topic.id: each
        for each in _weak(rows, _states(user, assessment))[:MOST_KEPT]
        if can_be_studied(each.topic)
    }
