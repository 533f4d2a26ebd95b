"""Which questions of the bank an assessment asks, and how that is said in words."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet

from apps.accounts.models import User
from apps.assessments.models import MOST_TITLE
from apps.library.keys import split_area_key
from apps.library.models import OURS, Category, Question, QuestionKind, Topic

BARE = "bare"  # as in the question bank: a question without a kind has no model answer
KINDS = [*QuestionKind.choices, (BARE, "No model answer")]
LEVELS = [("mid", "Mid"), ("senior", "Senior"), ("principal", "Principal")]
CATEGORIES = [(value, str(label)) for value, label in Category.choices]
KEY = re.compile(r"[-\w]{1,100}", re.ASCII)
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the learner chose: areas and topics by their keys; empty is all. `many` limits how many
    questions are taken."""

    standing: bool = False
    areas: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    level: str = ""
    category: str = ""
    topics: tuple[str, ...] = ()
    many: int | None = None

    @property
    def stored(self) -> dict[str, Any]:
        """The choice as an assessment keeps it."""
        kept = asdict(self)
        return {name: list(it) if isinstance(it, tuple) else it for name, it in kept.items()}


def fitting(user: User, wanted: Wanted) -> QuerySet[Question]:
    """Return the query of the questions that fit: live, on topics the learner sees. Topics that
    wait outside the scope are asked only when they are named. Does not query."""
    rows = Question.objects.visible_to(user).live()
    rows = rows.filter(Q(topic__owner=None) | Q(topic__owner=user))
    if wanted.topics:
        rows = rows.filter(_named(wanted.topics, "topic__"))
    else:
        rows = rows.filter(topic__in_scope=True)
    if wanted.standing:
        rows = rows.filter(is_standing=True)
    if wanted.areas:
        areas = Q()
        for key in wanted.areas:
            collection, slug = split_area_key(key)
            areas |= Q(topic__area__collection=collection, topic__area__slug=slug)
        rows = rows.filter(areas)
    if wanted.kinds:
        rows = rows.filter(kind__in=["" if kind == BARE else kind for kind in wanted.kinds])
    if wanted.level:
        rows = rows.filter(level=wanted.level)
    if wanted.category:
        rows = rows.filter(topic__category=wanted.category)
    return rows


def _named(keys: Iterable[str], path: str = "") -> Q:
    """Topics by key: the slug of one of ours, else the id."""
    ids, slugs = [], []
    for key in keys:
        try:
            ids.append(uuid.UUID(key))
        except ValueError:
            if KEY.fullmatch(key):
                slugs.append(key)
    ours = {f"{path}collection": OURS, f"{path}owner": None, f"{path}slug__in": slugs}
    return Q(**{f"{path}pk__in": ids}) | Q(**ours)


def topics_named(user: User, keys: Sequence[str]) -> list[Topic]:
    """Return the live topics with these keys that the learner sees. One query, none without keys."""
    if not keys:
        return []
    seen = Topic.objects.visible_to(user).live().filter(_named(keys))
    return list(seen.only("slug", "collection", "owner", "title").order_by("title", "pk"))


class Fit(NamedTuple):
    """How many questions fit in one area."""

    title: str
    n: int


def fits(user: User, wanted: Wanted) -> list[Fit]:
    """Return how many questions fit, area by area. One query."""
    rows = fitting(user, wanted).order_by("topic__area__position", "topic__area__slug")
    counted = rows.values("topic__area_id", "topic__area__title").annotate(n=Count("pk"))
    return [Fit(row["topic__area__title"], row["n"]) for row in counted]


def title_of(wanted: Wanted, n: int, areas: Sequence[str], topics: Sequence[str]) -> str:
    """Return what an assessment of `n` questions is called; areas and topics by their titles."""
    what = f"{n} {'standing ' if wanted.standing else ''}question{'' if n == 1 else 's'}"
    kinds, levels, categories = dict(KINDS), dict(LEVELS), dict(CATEGORIES)
    told = [
        *_few(areas, "areas"),
        *_few(topics, "topics"),
        *(str(kinds[each]).lower() for each in wanted.kinds),
        *([levels[wanted.level].lower()] if wanted.level else []),
        *([categories[wanted.category].lower()] if wanted.category else []),
    ]
    title = f"{what}: {', '.join(told)}" if told else what
    return title if len(title) <= MOST_TITLE else f"{title[: MOST_TITLE - 1]}…"


def _few(titles: Sequence[str], what: str) -> list[str]:
    return list(titles) if len(titles) <= MOST_NAMED else [f"{len(titles)} {what}"]
