"""What the page of the review queue shows: its lists, and its figures in words."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Q

from apps.accounts.models import User
from apps.checks.forecast_chart import Chart
from apps.checks.leeches import LAPSES, topics_with_resources
from apps.checks.models import Answer
from apps.library.keys import topic_address
from apps.library.models import Topic
from apps.mastery.due import load_ahead, load_queue
from apps.mastery.models import Card
from apps.mastery.queue import Queued
from apps.mastery.rounding import half_up
from apps.mastery.sm2 import strength

MOST_EXTRA = 200
MOST_LISTED = 60
MOST_LEECHES = 20
IN_BETWEEN = "in between"
CLASSES = (
    ("struggling", "easiness below 1.8"),
    ("moderate", "1.8 to 2.2"),
    (IN_BETWEEN, "above 2.2, to 2.5"),
    ("strong", "above 2.5"),
)


class Tracked(NamedTuple):
    """A topic with a card, as the lists name it."""

    id: uuid.UUID
    title: str
    slug: str
    collection: str
    owner: uuid.UUID | None
    area: str
    easiness: float
    lapses: int
    last_day: dt.date
    due: dt.date
    put_off: dt.date | None

    @property
    def address(self) -> str:
        return topic_address(self.id, self.slug, self.collection, is_own=self.owner is not None)

    @property
    def strength(self) -> str:
        """Struggling, moderate, in between or strong."""
        return strength(self.easiness) or IN_BETWEEN

    @property
    def is_named(self) -> bool:
        """Whether the easiness is worth a word beside the topic."""
        return self.strength != IN_BETWEEN


class Row(NamedTuple):
    """A topic in the queue: when it was last reviewed, and what is held of it, in per cent."""

    topic: Tracked
    days_ago: int
    held: int
    planned: dt.date
    is_early: bool


class EasinessClass(NamedTuple):
    """How many topics are that easy, and the least easy of them."""

    name: str
    words: str
    size: int
    topics: list[Tracked]


class Leech(NamedTuple):
    """A topic that failed again and again, what there is to learn it from, and the last proposal to
    do so."""

    tracked: Tracked
    topic: Topic
    proposal: Any


def tracked_topics(user: User) -> dict[uuid.UUID, Tracked]:
    """Return the topics with a card that are live and in scope: one query."""
    rows = Card.objects.filter(user=user, topic__retired_at=None, topic__in_scope=True)
    names = ("title", "slug", "collection", "owner_id", "area__title")
    columns = ("easiness", "lapses", "last_day", "due", "snoozed_until")
    found = rows.order_by("easiness", "topic__title", "topic__slug").values_list(
        "topic_id", *(f"topic__{name}" for name in names), *columns
    )
    return {row[0]: Tracked(*row) for row in found}


class ReviewsPage:
    """The queue with the names of its topics. Five queries, one more when a planned topic was rated,
    five more when there are leeches."""

    def __init__(self, user: User, today: dt.date) -> None:
        self.user, self.today = user, today
        self.queue = load_queue(user, today)
        self.tracked = tracked_topics(user)
        self.done = _done(user, today)

    def _rows(self, queued: Iterable[Queued]) -> list[Row]:
        found = ((each, self.tracked.get(each.topic)) for each in queued)
        return [
            Row(
                topic,
                (self.today - topic.last_day).days,
                half_up(100 * each.retention),
                each.planned,
                each.is_early,
            )
            for each, topic in found
            if topic is not None
        ]

    @cached_property
    def due(self) -> list[Row]:
        """Today's share, in order."""
        return self._rows(self.queue.today)

    @cached_property
    def waiting(self) -> list[Row]:
        """The first of what is due and comes later."""
        return self._rows(self.queue.waiting[:MOST_LISTED])

    @property
    def waiting_unlisted(self) -> int:
        return len(self.queue.waiting) - len(self.waiting)

    @cached_property
    def skipped(self) -> list[Tracked]:
        """What would be due, had it not been put off."""
        return [
            topic
            for topic in self.tracked.values()
            if topic.put_off and topic.due <= self.today < topic.put_off
        ]

    @cached_property
    def classes(self) -> list[EasinessClass]:
        """All topics by easiness; the counts add up to `queue.topics`."""
        by_name: dict[str, list[Tracked]] = {name: [] for name, _ in CLASSES}
        for topic in self.tracked.values():
            by_name[topic.strength].append(topic)
        return [
            EasinessClass(name, words, len(by_name[name]), by_name[name][:MOST_LISTED])
            for name, words in CLASSES
        ]

    @cached_property
    def leeches(self) -> list[Leech]:
        """What failed most often, with its proposal if there is one."""
        failed = [topic for topic in self.tracked.values() if topic.lapses >= LAPSES]
        failed.sort(key=lambda topic: (-topic.lapses, topic.title))
        topics: dict[uuid.UUID, Any] = topics_with_resources(
            self.user, [topic.id for topic in failed[:MOST_LEECHES]]
        )
        return [
            Leech(each, topics[each.id], next(iter(topics[each.id].relearn), None))
            for each in failed[:MOST_LEECHES]
            if each.id in topics
        ]

    @cached_property
    def chart(self) -> Chart:
        """The days of the forecast, with what is expected back."""
        return Chart(load_ahead(self.user, self.queue), self.queue.limit)

    @property
    def points(self) -> Any:
        """What waiting costs each topic on average, to one decimal."""
        return half_up(self.queue.points, 1)

    @property
    def late(self) -> int:
        """How much of what waits is planned for after the interview."""
        interview = self.user.interview_on
        if interview is None or interview < self.today:
            return 0
        return sum(each.planned > interview for each in self.queue.waiting)

    @property
    def final_fit(self) -> int:
        """How many topics come back once before the interview."""
        final = self.queue.final
        return 0 if final is None else final.topics - final.left_out

    @property
    def breaks(self) -> list[tuple[tuple[dt.date, dt.date], int, Any]]:
        """(first and last day, how many reviews come later for it, points that costs each)."""
        return [
            ((each.first, each.last), each.topics, half_up(each.points, 1))
            for each in self.queue.breaks
            if each.topics
        ]


def _done(user: User, today: dt.date) -> list[Answer]:
    """Return today's answers to reviews, the latest first. One query."""
    that_day = Q(day=today) | Q(day=None, check_taken__day=today)
    rows = Answer.objects.filter(
        that_day,
        check_taken__user=user,
        check_taken__deleted_at=None,
        is_review=True,
        score__isnull=False,
    )
    return list(
        rows.select_related("topic", "check_taken")
        .only(
            *("score", "is_unknown", "at", "check_taken__kind", "check_taken__user"),
            *("topic__title", "topic__slug", "topic__collection", "topic__owner"),
        )
        .order_by("-at", "-position")
    )
