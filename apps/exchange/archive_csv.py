"""A learner's records as tables for a spreadsheet. Each needs one query, tasks need four."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple

from django.db.models import Min, Sum

from apps.accounts.models import User
from apps.assessments.models import AreaResult, Assessment
from apps.checks.models import Check
from apps.exchange.csv_files import Cell, csv_bytes
from apps.mastery.models import Evidence, Source
from apps.plans.models import Part, Task, Work

Line = tuple[Cell, ...]


class Table(NamedTuple):
    """A CSV file: what is in it in words, its columns, and its rows."""

    words: str
    header: tuple[str, ...]
    rows: Callable[[User], Iterable[Line]]


def table_bytes(user: User, name: str) -> bytes:
    """Return one of the tables as the bytes of its file. Raises KeyError for an unknown name."""
    table = TABLES[name]
    return csv_bytes(table.header, table.rows(user))


def _tasks(user: User) -> Iterable[Line]:
    by_task = Work.objects.filter(user=user).order_by().values_list("task")
    spent: dict[uuid.UUID, int] = dict(by_task.annotate(Sum("minutes")))
    parts = Part.objects.filter(plan__owner=user).order_by().values_list("task")
    first: dict[uuid.UUID, dt.date] = dict(parts.annotate(Min("day")))
    topics: dict[uuid.UUID, list[str]] = defaultdict(list)
    links = Task.topics.through.objects.filter(task__plan__owner=user).order_by("pk")
    for pk, title in links.values_list("task_id", "topic__title"):
        topics[pk].append(title)
    rows = (
        Task.objects.owned_by(user)
        .select_related("plan", "day__week")
        .order_by(
            *("plan__created_at", "plan_id", "day__week__number", "day__position", "position", "pk")
        )
    )
    for task in rows.defer("detail", "detail_html", "note_html", "links", "day__notes_html"):
        yield (
            task.plan.title,
            task.day.week.name,
            task.day.title,
            task.title,
            task.minutes,
            spent.get(task.pk, 0),
            task.get_status_display(),
            first.get(task.pk),
            task.done_on,
            "; ".join(topics[task.pk]),
            task.note,
        )


def _checks(user: User) -> Iterable[Line]:
    """One row an answer; a check without answers, known by its totals alone, has one too."""
    columns = (
        *("pk", "day", "kind", "said_total", "said_new", "said_review", "note"),
        *("answers__topic__title", "answers__question__text", "answers__score"),
        *("answers__is_review", "answers__text", "answers__note"),
    )
    rows = Check.objects.filter(user=user, deleted_at=None).order_by(
        "day", "at", "pk", "answers__position"
    )
    for pk, day, kind, total, new, review, note, *answer in rows.values_list(*columns):
        topic, question, score, is_review, text, own = answer
        was = None if topic is None else ("review" if is_review else "new")
        label = str(Check.Kind(kind).label)
        yield (
            day,
            str(pk),
            label,
            total,
            new,
            review,
            topic,
            question,
            score,
            was,
            text,
            own,
            note,
        )


def _evidence(user: User) -> Iterable[Line]:
    rows = Evidence.objects.filter(user=user).order_by("day", "at", "pk")
    columns = ("day", "topic__title", "topic__area__title", "source", "score", "retracted_at")
    for day, topic, area, source, score, retracted in rows.values_list(*columns):
        label = str(Source(source).label)
        yield day, topic, area, label, score, "taken back" if retracted else "counts"


def _assessments(user: User) -> Iterable[Line]:
    columns = (
        *("assessment__day", "assessment__title", "assessment__kind", "assessment__finished_at"),
        *("assessment__said_overall", "area__title", "title", "total", "high", "middle", "low"),
        *("score", "felt", "assessment__note"),
    )
    rows = AreaResult.objects.filter(assessment__user=user, assessment__deleted_at=None).order_by(
        "assessment__day", "assessment__at", "assessment_id", "position", "pk"
    )
    for day, title, kind, finished, overall, area, named, *figures in rows.values_list(*columns):
        label = str(Assessment.Kind(kind).label)
        state = "finished" if finished else "open"
        yield day, title, label, state, overall, named or area or "Overall", *figures


def _work(user: User) -> Iterable[Line]:
    rows = Work.objects.filter(user=user).order_by("day", "at", "pk")
    columns = ("day", "task__plan__title", "task__title", "minutes", "origin")
    for day, plan, task, minutes, origin in rows.values_list(*columns):
        yield day, plan, task, minutes, str(Work.Origin(origin).label)


TABLES: dict[str, Table] = {
    "tasks": Table(
        "Every task of every plan, with its minutes and dates",
        (
            *("plan", "week", "day", "task", "minutes", "spent", "status", "planned on"),
            *("done on", "topics", "note"),
        ),
        _tasks,
    ),
    "checks": Table(
        "Knowledge checks and reviews, one row an answer",
        (
            *("day", "check", "kind", "said total", "said new", "said review", "topic"),
            *("question", "score", "asked as", "answer", "note on the answer", "note"),
        ),
        _checks,
    ),
    "evidence": Table(
        "Every score that says how well you know a topic",
        ("day", "topic", "area", "source", "score", "state"),
        _evidence,
    ),
    "assessments": Table(
        "Gap assessments, one row an area",
        (
            *("day", "assessment", "kind", "state", "said overall", "area", "asked"),
            *("strong or know", "rusty or unsure", "gap or don’t know", "score", "felt before"),
            "note",
        ),
        _assessments,
    ),
    "work": Table(
        "Minutes you spent, one row an entry",
        ("day", "plan", "task", "minutes", "written by"),
        _work,
    ),
}
