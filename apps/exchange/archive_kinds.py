"""What an archive of a learner's records holds: the kinds of rows, their columns, and what is left
out on purpose.

A kind's columns are those of its model, so that a new one is kept without a word here; what follows
from other columns is named in `leave`. Rows that make sense only together are one *unit*: a plan
with all that hangs on it, an assessment, a check.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import models

from apps.accounts.models import WEEKDAYS, Break, User
from apps.assessments.models import AreaResult, Assessment, Rating, Response
from apps.checks.models import Answer, Check
from apps.exchange.models import FileBox, PlanFile
from apps.library.models import Area, Question, Reference, Roadmap, Star, Topic, TopicNote
from apps.mastery.models import Card, Evidence
from apps.plans.models import (
    Criterion,
    DayLog,
    Part,
    Plan,
    PlanDay,
    PlanWeek,
    Proposal,
    Revision,
    Task,
    Timer,
    Work,
)

# What a record may refer to of the curated content, by the name of its list in the file.
CONTENT: dict[str, type[models.Model]] = {
    "areas": Area,
    "topics": Topic,
    "questions": Question,
    "roadmaps": Roadmap,
}
CONTENT_OF = {model: name for name, model in CONTENT.items()}
CONTENT_COLUMNS: dict[str, tuple[str, ...]] = {
    "areas": ("collection", "slug", "title", "summary", "source"),
    "topics": (
        *("collection", "slug", "title", "area", "category", "level_rank", "levels", "skills"),
        *("minutes", "summary", "source", "body"),
    ),
    "questions": (
        *("collection", "slug", "topic", "kind", "level", "level_rank", "is_standing", "source"),
        *("text", "answer"),
    ),
    "roadmaps": (
        *("collection", "slug", "title", "summary", "source", "level", "hours"),
        *("hours_per_week", "phases"),
    ),
}
SETTINGS = (
    *("time_zone", "level", "interview_on"),
    *WEEKDAYS,
    *(f"{day}_at" for day in WEEKDAYS),
    *("theme", "keys_on", "check_size", "review_limit", "scheduler"),
)
# The rest of the learner's row says who they are here, or what they may do here.
IDENTITY = {
    "email": "named in the file, never taken over",
    "name": "named in the file, never taken over",
    "id": "another one on every instance",
    "password": "a secret",
    "last_login": "of this instance",
    "joined_at": "of this instance",
    "onboarded_at": "of this instance",
    "is_staff": "a right on this instance",
    "is_active": "a right on this instance",
    "is_superuser": "a right on this instance",
    "groups": "rights on this instance",
    "user_permissions": "rights on this instance",
}
DERIVED = "follows from other records"
LEFT_OUT = {
    "accounts.User": "its settings are kept, IDENTITY says why the rest is not",
    "accounts.User_groups": "rights on this instance",
    "accounts.User_user_permissions": "rights on this instance",
    "account.EmailAddress": "how one signs in here",
    "account.EmailConfirmation": "how one signs in here",
    "mfa.Authenticator": "a secret: passkeys, codes",
    "admin.LogEntry": "what was done in the admin of this instance",
    "library.SearchEntry": DERIVED,
    "mastery.Memory": DERIVED,
    "exchange.CalendarFeed": "a secret address of this instance",
    "library.Exercise_topics": "curated content",
    "library.ProjectIdea_topics": "curated content",
    "library.RoadmapTask_topics": "curated content",
}


# Columns that are made of others when a row is stored; an own item has no collection.
MADE = frozenset(
    [
        *("collection", "digest", "contents", "html", "body_html", "text_html", "answer_html"),
        *("note_html", "notes_html", "detail_html", "learned_html"),
    ]
)


@dataclass(frozen=True, eq=False)
class Kind:
    """One list of the file: the rows of a model that are the learner's.

    `words` name one row and several, `owner` is the path to the learner; `unit` names the kind of
    what a row is part of and `within` the column that leads there; `many` are many-to-many columns,
    `keep` the only columns that count, `only` the only rows, `key` what a row is known by.
    """

    name: str
    model: type[models.Model]
    words: tuple[str, str]
    owner: str
    order: tuple[str, ...]
    unit: str = ""
    within: str = ""
    many: tuple[str, ...] = ()
    keep: frozenset[str] = frozenset()
    key: tuple[str, ...] = ("id",)
    only: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def columns(self) -> tuple[models.Field[Any, Any], ...]:
        """The model's columns that are kept, in its order."""
        return tuple(
            each
            for each in self.model._meta.concrete_fields
            if each.related_model is not User
            and not isinstance(each, models.AutoField)
            and each.name not in MADE
            and (not self.keep or each.name in self.keep)
        )

    @cached_property
    def refs(self) -> dict[str, type[models.Model]]:
        """What each column with the key of another row leads to."""
        return {each.name: model_of(each) for each in self.columns if each.is_relation}

    @cached_property
    def blobs(self) -> tuple[str, ...]:
        """The columns that hold JSON."""
        return tuple(each.name for each in self.columns if isinstance(each, models.JSONField))

    def key_of(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        """What a row is known by."""
        return tuple(row[name] for name in self.key)


def model_of(column: models.Field[Any, Any]) -> type[models.Model]:
    """Return what a foreign key leads to."""
    model = column.related_model
    assert isinstance(model, type)
    return model


def _own(name: str, model: type[models.Model], thing: str, **more: Any) -> Kind:
    words = (f"{thing} of your own", f"{thing}s of your own")
    return Kind(name, model, words, "owner", ("slug", "pk"), **more)


def _of_plan(
    name: str,
    model: type[models.Model],
    words: tuple[str, str],
    within: str,
    order: tuple[str, ...],
    **more: Any,
) -> Kind:
    owner = {"plan": "plan__owner", "week": "week__plan__owner", "file": "file__plan__owner"}
    return Kind(name, model, words, owner.get(within, "user"), order, "plans", within, **more)


def _of_sitting(
    name: str, model: type[models.Model], words: tuple[str, str], unit: str, within: str
) -> Kind:
    order = (f"{within}_id", "position", "pk")
    return Kind(name, model, words, f"{within}__user", order, unit, within)


KINDS: tuple[Kind, ...] = (
    Kind("breaks", Break, ("break", "breaks"), "user", ("first_day", "pk")),
    _own("own_topics", Topic, "topic", many=("prerequisites",)),
    _own("own_questions", Question, "question"),
    _own("pages", Reference, "page", many=("topics",)),
    Kind("notes", TopicNote, ("note on a topic", "notes on topics"), "user", ("pk",)),
    Kind("stars", Star, ("star", "stars"), "user", ("at", "pk")),
    Kind("day_logs", DayLog, ("log of a day", "logs of days"), "user", ("day", "pk")),
    Kind("plans", Plan, ("plan", "plans"), "owner", ("created_at", "pk"), "plans"),
    _of_plan("weeks", PlanWeek, ("week", "weeks"), "plan", ("plan_id", "number", "pk")),
    _of_plan(
        *("days", PlanDay, ("day", "days"), "week"),
        ("week__plan_id", "week__number", "position", "pk"),
    ),
    _of_plan(
        *("tasks", Task, ("task", "tasks"), "plan", ("plan_id", "position", "pk")),
        many=("topics",),
    ),
    _of_plan(
        *("criteria", Criterion, ("success criterion", "success criteria"), "plan"),
        ("plan_id", "week__number", "position", "pk"),
    ),
    _of_plan(
        *("parts", Part, ("date of a task", "dates of tasks"), "plan", ("task_id", "number")),
        key=("task", "number"),
    ),
    _of_plan("work", Work, ("entry of minutes", "entries of minutes"), "task", ("at", "pk")),
    _of_plan(
        *("timers", Timer, ("running timer", "running timers"), "task", ("task_id",)),
        key=("task",),
    ),
    _of_plan(
        *("revisions", Revision, ("change of a plan", "changes of plans"), "plan"),
        ("plan_id", "version", "pk"),
    ),
    _of_plan("files", PlanFile, ("file of a plan", "files of plans"), "plan", ("pk",)),
    _of_plan(
        *("file_boxes", FileBox, ("box of a file", "boxes of files"), "file"),
        ("file_id", "line"),
        key=("task",),
    ),
    Kind("evidence", Evidence, ("score", "scores"), "user", ("day", "at", "pk")),
    Kind(
        *("assessments", Assessment, ("assessment", "assessments"), "user", ("at", "pk")),
        unit="assessments",
    ),
    _of_sitting(
        *("results", AreaResult, ("result of an area", "results of areas")),
        *("assessments", "assessment"),
    ),
    _of_sitting(
        *("ratings", Rating, ("rating of a topic", "ratings of topics")),
        *("assessments", "assessment"),
    ),
    _of_sitting(
        *("responses", Response, ("assessment answer", "assessment answers")),
        *("assessments", "assessment"),
    ),
    Kind(
        *("checks", Check, ("knowledge check", "knowledge checks"), "user"),
        ("day", "at", "pk"),
        unit="checks",
    ),
    _of_sitting(*("answers", Answer, ("check answer", "check answers"), "checks", "check_taken")),
    Kind("proposals", Proposal, ("proposal", "proposals"), "user", ("at", "pk")),
    Kind(
        *("put_off", Card, ("review put off", "reviews put off"), "user"),
        ("snoozed_until", "topic__slug", "pk"),
        keep=frozenset({"topic", "snoozed_until"}),
        key=("topic",),
        only={"snoozed_until__isnull": False},
    ),
)
KIND = {kind.name: kind for kind in KINDS}
KIND_OF = {kind.model: kind for kind in KINDS if kind.name != "put_off"}
