"""From what a learner typed to a topic, and which topics a check starts with."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404

from apps.accounts.models import User
from apps.library.models import Topic
from apps.plans.models import Plan, Task

MOST_AT_START = 10


class Choice(NamedTuple):
    """A topic as the form offers it: `value` is its title, or its slug where titles repeat."""

    id: uuid.UUID
    slug: str
    title: str
    area: str
    value: str


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


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
            seen[_plain(title)] += 1
        return [
            Choice(pk, slug, title, area, title if seen[_plain(title)] == 1 else slug)
            for pk, slug, title, area in rows
        ]

    @cached_property
    def _by_name(self) -> dict[str, list[Choice]]:
        found: dict[str, list[Choice]] = defaultdict(list)
        for choice in self.choices:
            for name in {_plain(choice.slug), _plain(choice.title)}:
                found[name].append(choice)
        return found

    def find(self, text: str) -> Choice:
        """Return the topic with that title or slug; ValidationError if there is none, or two."""
        found = self._by_name.get(_plain(text), [])
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError("There is no such topic. Choose one from the list.")
        slugs = " or ".join(f"“{choice.slug}”" for choice in found)
        raise ValidationError(f"Several topics have that name. Write {slugs}.")

    def by_slugs(self, slugs: Sequence[str]) -> list[Choice]:
        """Return the topics with these slugs, in that order; unknown ones are left out."""
        known = {choice.slug: choice for choice in self.choices}
        return [known[slug] for slug in dict.fromkeys(slugs) if slug in known]


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
