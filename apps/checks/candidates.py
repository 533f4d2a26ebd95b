"""What a knowledge check can ask of a learner: today's topics, what was weak, what is due, and the
questions there are. Each loader is one query."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Coalesce

from apps.accounts.models import User
from apps.checks.models import Answer
from apps.checks.pick import Chosen, Due, Option, choose
from apps.library.models import Question, Topic
from apps.mastery.bands import STRONG_FROM
from apps.mastery.models import Card
from apps.mastery.rounding import half_up
from apps.plans.models import Plan, Task

LOOK_BACK = 7  # days
MOST_OF_ONE = 3  # questions on a topic that was chosen


class Weak(NamedTuple):
    """A topic whose answers of a day are below 80 on average, and that average, rounded."""

    topic: uuid.UUID
    title: str
    score: int


@dataclass(frozen=True, slots=True)
class WeakDay:
    """The last earlier day with answers, and its weak topics, the weakest first."""

    day: dt.date | None
    topics: list[Weak]

    def word(self, day: dt.date, *, is_today: bool = True) -> str:
        """Return which day it was, seen from a later one: “yesterday”, “on Monday”, “on 3 November”;
        “the day before” where that one is not today. Empty without a day."""
        if self.day is None:
            return ""
        if (day - self.day).days == 1:
            return "yesterday" if is_today else "the day before"
        if is_today and (day - self.day).days < LOOK_BACK:
            return f"on {self.day:%A}"
        return f"on {self.day.day} {self.day:%B}"


@dataclass(frozen=True, slots=True)
class Candidates:
    """What a check of that day is drawn from; what is weak is no longer so once it was asked
    again that day. With `only` there is nothing but chosen topics, three questions on each at most."""

    today: list[uuid.UUID]
    weak: WeakDay
    due: list[Due]
    only: bool = False

    def choose(self, size: int, seed: str) -> Chosen:
        """Return the topics of a check. Does not query."""
        if self.only:
            return choose(self.today, [], [], min(size, MOST_OF_ONE * len(self.today)), seed, 100)
        return choose(self.today, [each.topic for each in self.weak.topics], self.due, size, seed)


def load_candidates(
    user: User, day: dt.date, topics: Iterable[uuid.UUID] | None, *, only: bool = False
) -> Candidates:
    """Return what a check can ask that day: of these topics, else of today's. Three queries, two
    with topics, none with these topics `only`."""
    if only and topics is not None:
        return Candidates(list(dict.fromkeys(topics)), WeakDay(None, []), [], only=True)
    studied = todays_topics(user, day) if topics is None else list(dict.fromkeys(topics))
    return Candidates(studied, weak_before(user, day, still=True), due_topics(user, day))


def todays_topics(user: User, day: dt.date) -> list[uuid.UUID]:
    """Return the topics of the tasks that are planned for that day or were finished on it, in the
    active plan, in their order; skipped tasks are left out. One query."""
    tasks = (
        Task.objects.filter(
            Q(parts__day=day) | Q(done_on=day),
            deleted_at=None,
            plan__owner=user,
            plan__state=Plan.State.ACTIVE,
            plan__deleted_at=None,
        )
        .exclude(status=Task.Status.SKIPPED)
        .values("pk")
    )
    rows = (
        Topic.objects.visible_to(user)
        .live()
        .filter(plan_tasks__in=tasks)
        .order_by("plan_tasks__position", "slug")
        .values_list("pk", flat=True)
    )
    return list(dict.fromkeys(rows))


def answers_of(user: User) -> QuerySet[Any, Any]:
    """Return the learner's answers that count, each with `on`, its day. Does not query yet."""
    return Answer.objects.filter(
        check_taken__user=user, check_taken__deleted_at=None, score__isnull=False
    ).annotate(on=Coalesce("day", "check_taken__day"))


def weak_before(user: User, day: dt.date, *, still: bool = False) -> WeakDay:
    """Return what was weak on the last day with answers before that one, at most a week ago.

    `still` leaves out what was answered again on the day itself, and what is no longer there.
    One query.
    """
    first = day - dt.timedelta(days=LOOK_BACK)
    rows = answers_of(user).filter(on__gte=first, on__lte=day)
    found: dict[dt.date, dict[uuid.UUID, list[int]]] = defaultdict(lambda: defaultdict(list))
    titles = {}
    for on, topic, title, retired, score in rows.order_by("pk").values_list(
        "on", "topic_id", "topic__title", "topic__retired_at", "score"
    ):
        found[on][topic].append(score)
        if not (still and retired):
            titles[topic] = title
    answered = found.pop(day, {})
    if not found:
        return WeakDay(None, [])
    last = max(found)
    means = {topic: Fraction(sum(each), len(each)) for topic, each in found[last].items()}
    weak = [
        Weak(topic, titles[topic], half_up(mean))
        for topic, mean in sorted(means.items(), key=lambda pair: (pair[1], str(pair[0])))
        if half_up(mean) < STRONG_FROM and topic in titles and not (still and topic in answered)
    ]
    return WeakDay(last, weak)


def due_topics(user: User, day: dt.date) -> list[Due]:
    """Return the topics due for review that day or before, and for how long. One query.

    Those put off beyond the day, retired ones and those outside the learner's scope are left out.
    """
    awake = Q(snoozed_until=None) | Q(snoozed_until__lte=day)
    rows = Card.objects.filter(
        awake, user=user, due__lte=day, topic__retired_at=None, topic__in_scope=True
    )
    return [Due(topic, (day - due).days) for topic, due in rows.values_list("topic_id", "due")]


def load_pool(user: User, topics: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Option]]:
    """Return the questions these topics can be asked by: those the learner may see, up to their
    level, each with when it was answered last in a check. One query."""
    mine = Q(
        answers__check_taken__user=user,
        answers__check_taken__deleted_at=None,
        answers__score__isnull=False,
    )
    rows = (
        Question.objects.visible_to(user)
        .live()
        .filter(topic__in=topics, level_rank__lte=user.level_rank)
        .order_by()
        .annotate(asked=Max("answers__at", filter=mine))
    )
    pool: dict[uuid.UUID, list[Option]] = defaultdict(list)
    for topic, question, kind, asked in rows.values_list("topic_id", "pk", "kind", "asked"):
        pool[topic].append(Option(question, kind, asked))
    return dict(pool)


def titles_of(topics: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return the titles of topics the learner may see. One query."""
    return dict(Topic.objects.filter(pk__in=topics).values_list("pk", "title"))
