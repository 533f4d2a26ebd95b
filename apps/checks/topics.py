"""From what a learner typed to a topic, and which topics a check starts with."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from rapidfuzz import fuzz, process

from apps.accounts.models import User
from apps.library.models import Topic
from apps.plans.models import Plan, Task

MOST_AT_START = 10
MOST_NEAREST = 3
MOST_COMPARED = 100  # characters
ALIKE = 78  # of 100
ELSE = "Choose one from the list, or make it in the library."
MOST_NAMED = 60  # as many as a check has questions


class Choice(NamedTuple):
    """A topic as the form offers it: `value` is its title, or its slug where titles repeat."""

    id: uuid.UUID
    slug: str
    title: str
    area: str
    value: str


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _key(text: str) -> str:
    return "".join(text.split()).casefold()


def _by_plain(names: Iterable[str]) -> dict[str, str]:
    """The names by what is compared of them, the first of those that are the same."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(_plain(name), name)
    return found


def _nearest(text: str, names: Mapping[str, str]) -> list[str]:
    """Up to three of the names, nearest first: those with all its words, the shortest before
    others, then those spelt much like it. A table may ask this of thousands of rows."""
    typed = _plain(text)[:MOST_COMPARED]
    if not typed:
        return []
    holding = list(names)
    for word in typed.split():
        holding = [plain for plain in holding if word in plain]
    holding.sort(key=lambda plain: (not plain.startswith(typed), len(plain)))
    alike = process.extract(
        typed, names.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE, limit=MOST_NEAREST
    )
    found = dict.fromkeys([*holding, *(plain for plain, *_ in alike)])
    return [names[plain] for plain in found][:MOST_NEAREST]


def _listed(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


class TopicNames:
    """The topics one learner may name. One query, at the first look-up."""

    def __init__(self, user: User) -> None:
        self.user = user

    @cached_property
    def choices(self) -> list[Choice]:
        rows = list(
            Topic.objects.visible_to(self.user)
            .live()
            .order_by("area__position", "position", "slug")
            .values_list("id", "slug", "title", "area__title")
        )
        seen: dict[str, int] = defaultdict(int)
        for _, _, title, _ in rows:
            seen[_key(title)] += 1
        return [
            Choice(pk, slug, title, area, title if seen[_key(title)] == 1 else slug)
            for pk, slug, title, area in rows
        ]

    @cached_property
    def _by_name(self) -> dict[str, list[Choice]]:
        found: dict[str, list[Choice]] = defaultdict(list)
        for choice in self.choices:
            for name in {_key(choice.slug), _key(choice.title)}:
                found[name].append(choice)
        return found

    @cached_property
    def _by_value(self) -> dict[str, str]:
        return _by_plain(choice.value for choice in self.choices)

    def find(self, text: str) -> Choice:
        """Return the topic with that title or slug, but for case and spaces; ValidationError if
        there is none (it names the nearest ones), or two."""
        found = self._by_name.get(_key(text), [])
        if len(found) == 1:
            return found[0]
        if not found:
            near = _nearest(text, self._by_value)
            way = f"Did you mean {_listed(near)}?" if near else ELSE
            raise ValidationError(f"There is no such topic. {way}")
        slugs = " or ".join(f"“{choice.slug}”" for choice in found)
        raise ValidationError(f"Several topics have that name. Write {slugs}.")

    @cached_property
    def _by_slug(self) -> dict[str, Choice]:
        slugs = {choice.slug: choice for choice in self.choices}
        return slugs | {str(choice.id): choice for choice in self.choices}

    def by_slugs(self, slugs: Sequence[str]) -> list[Choice]:
        """Return the topics with these slugs or ids, in that order; unknown ones are left out."""
        known = self._by_slug
        return [known[slug] for slug in dict.fromkeys(slugs) if slug in known]

    def named(self, texts: Sequence[str]) -> tuple[list[Choice], list[str]]:
        """Return the topics these slugs, ids or titles name, none twice, and what names none (or
        two). The first `MOST_NAMED` are looked at."""
        found, unknown = {}, []
        for text in list(dict.fromkeys(texts))[:MOST_NAMED]:
            alike = self.by_slugs([text]) or self._by_name.get(_key(text), [])
            if len(alike) == 1:
                found[alike[0].id] = alike[0]
            else:
                unknown.append(text)
        return list(found.values()), unknown


def slugs_of_task(user: User, task_id: uuid.UUID) -> list[str]:
    """Return the slugs of a task's topics; 404 for a stranger's task. Two queries."""
    task = get_object_or_404(Task.objects.owned_by(user), pk=task_id, deleted_at=None)
    return list(task.topics.values_list("slug", flat=True))


def slugs_of_day(user: User, day: dt.date) -> list[str]:
    """Return the slugs of the topics of that day's tasks in the active plan, without repeats,
    in the order of the tasks. One query."""
    rows = (
        Topic.objects.filter(
            plan_tasks__parts__day=day,
            plan_tasks__deleted_at=None,
            plan_tasks__plan__owner=user,
            plan_tasks__plan__state=Plan.State.ACTIVE,
            plan_tasks__plan__deleted_at=None,
        )
        .exclude(plan_tasks__status=Task.Status.SKIPPED)
        .order_by("plan_tasks__position", "slug")
        .values_list("slug", flat=True)
    )
    return list(dict.fromkeys(rows))[:MOST_AT_START]
