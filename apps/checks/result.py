"""What the page of one check shows."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from apps.checks.candidates import Weak
from apps.checks.models import Answer, Check
from apps.checks.take import is_half
from apps.checks.totals import Totals, totals
from apps.library.models import Topic
from apps.mastery.bands import STRONG_FROM, Band, band
from apps.mastery.rounding import half_up


class Row(NamedTuple):
    """An answer with its score, and the band of it."""

    answer: Answer
    score: int
    band: Band

    @property
    def took(self) -> str:
        """How long it took, as “1 min 20 s”; empty when nobody measured."""
        minutes, seconds = divmod(self.answer.seconds, 60)
        words = [f"{minutes} min"] if minutes else []
        return " ".join([*words, f"{seconds} s"] if seconds else words)


class TopicMean(NamedTuple):
    """A topic of the check, the mean of its answers rounded, and how many there are."""

    topic: Topic
    score: int
    n: int


class Again(NamedTuple):
    """A topic that was weak before: its score then, and now, None when it was not asked."""

    weak: Weak
    now: int | None

    @property
    def is_resolved(self) -> bool:
        return self.now is not None and self.now >= STRONG_FROM


@dataclass(frozen=True, slots=True)
class Result:
    """A check's totals, its answers in order, its topics from the strongest, and what was not
    asked."""

    totals: Totals
    rows: list[Row]
    strong: list[TopicMean]
    weak: list[TopicMean]
    not_asked: list[Answer]

    def again(self, before: Iterable[Weak]) -> list[Again]:
        """Return how the topics that were weak before did this time."""
        now = {each.topic.pk: each.score for each in (*self.strong, *self.weak)}
        return [Again(weak, now.get(weak.topic)) for weak in before]

    @property
    def last(self) -> Answer | None:
        """The answer that was graded last."""
        graded = [row.answer for row in self.rows if row.answer.at is not None]
        return max(graded, key=lambda answer: (answer.at, answer.position), default=None)


def total_of(check: Check, answers: Iterable[tuple[int | None, bool]]) -> Totals:
    """Return the totals of (score, is it a review) pairs of a check; those without a score were
    not asked. Reviews are not judged, nor is a check of which less than half was answered. Does not
    query."""
    asked = list(answers)
    graded = [(score, is_review) for score, is_review in asked if score is not None]
    found = totals(graded, check.said_total, check.said_new, check.said_review)
    if check.kind == Check.Kind.TAKEN:
        return replace(found, of=len(asked), is_judged=is_half(len(graded), len(asked)))
    return replace(found, is_judged=check.kind != Check.Kind.REVIEWS)


def result_of(check: Check, asked: Iterable[Answer]) -> Result:
    """Return the result of a check. One query when `asked` is one."""
    answers = list(asked)
    scores: dict[uuid.UUID, list[int]] = defaultdict(list)
    topics: dict[uuid.UUID, Topic] = {}
    rows = []
    for answer in answers:
        if answer.score is not None:
            rows.append(Row(answer, answer.score, band(answer.score)))
            scores[answer.topic_id].append(answer.score)
            topics[answer.topic_id] = answer.topic
    means = [
        TopicMean(topics[pk], half_up(Fraction(sum(each), len(each))), len(each))
        for pk, each in scores.items()
    ]
    means.sort(key=lambda mean: -mean.score)
    return Result(
        totals=total_of(check, ((answer.score, answer.is_review) for answer in answers)),
        rows=rows,
        strong=[mean for mean in means if mean.score >= STRONG_FROM],
        weak=[mean for mean in reversed(means) if mean.score < STRONG_FROM],
        not_asked=[answer for answer in answers if answer.score is None],
    )
