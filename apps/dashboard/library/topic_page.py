"""What the page of one topic shows."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from django.db.models import Exists, F, FilteredRelation, Min, OuterRef, Q, QuerySet

from apps.accounts.models import User
from apps.dashboard.library.order import learning_order
from apps.dashboard.library.parts import part_of
from apps.dashboard.library.standing import (
    EVERY_LEVEL,
    Shelved,
    shelf_rows,
    shelved,
    with_memory,
)
from apps.library.models import (
    Exercise,
    ProjectIdea,
    Question,
    QuestionKind,
    Reference,
    Star,
    Topic,
)
from apps.mastery.claim import claim_id
from apps.mastery.memory import Day, Score, days_of, is_claimed, retention_after
from apps.mastery.models import Evidence, Source
from apps.mastery.rounding import half_up
from apps.mastery.standing import standing_rows
from apps.plans.models import Plan, Task
from apps.plans.room import day_words

MOST_TASKS = 20
KIND_ORDER = {kind: number for number, kind in enumerate([*QuestionKind.values, ""])}
BARE = "Without a model answer"
HALF = "counts half at most until a question confirms it."


def with_standing(user: User) -> QuerySet[Topic]:
    """Return the query of the topics the learner sees, each with its area, whether it is starred,
    memory, card and note. Does not query."""
    topics: QuerySet[Topic] = (
        with_memory(user, Topic.objects.visible_to(user))
        .select_related("area")
        .annotate(
            starred=Exists(Star.objects.filter(user=user, topic=OuterRef("pk"))),
            written=FilteredRelation("notes", condition=Q(notes__user=user)),
        )
        .annotate(
            note_text=F("written__text"),
            note_html=F("written__html"),
            note_version=F("written__version"),
        )
    )
    return topics


class QuestionGroup(NamedTuple):
    """Questions of one kind, from the lowest level up."""

    title: str
    is_bare: bool
    questions: list[Question]


def order_of(question: Question) -> tuple[int, int, int, str]:
    """Where a question stands among those of its topic: by kind, level, position."""
    return (
        KIND_ORDER.get(question.kind, len(KIND_ORDER)),
        question.level_rank,
        question.position,
        question.slug,
    )


def grouped(questions: Iterable[Question]) -> list[QuestionGroup]:
    """Return the questions by kind, in order; bare ones at the end. Does not query."""
    groups: dict[str, list[Question]] = {}
    for question in sorted(questions, key=order_of):
        groups.setdefault(question.kind, []).append(question)
    return [
        QuestionGroup(QuestionKind(kind).label if kind else BARE, not kind, rows)
        for kind, rows in groups.items()
    ]


class TaskLine(NamedTuple):
    """A task of a plan that teaches the topic. `when` says on which day it is, or was done."""

    task: Task
    when: str

    @property
    def is_again(self) -> bool:
        """Whether one more task on the topic comes on top of it: it is open, in the active plan."""
        return self.task.status == Task.Status.TODO and self.task.plan.state == Plan.State.ACTIVE


class PlanLines(NamedTuple):
    """The tasks of one plan that teach a topic."""

    plan: Plan
    lines: list[TaskLine]

    @property
    def name(self) -> str:
        """Where they are: "your plan", or with its title when that plan is paused."""
        is_active = self.plan.state == Plan.State.ACTIVE
        return "your plan" if is_active else f"“{self.plan.title}”, paused"


def planned_words(user: User, topic: Topic, today: dt.date) -> dict[str, Any]:
    """Return the learner's tasks on a topic plan by plan, the active plan's first, how many, and
    whether one of the active plan's is open. One query."""
    plans: dict[uuid.UUID, PlanLines] = {}
    lines = tasks_of(user, topic, today)
    for line in lines:
        plan = line.task.plan
        plans.setdefault(plan.pk, PlanLines(plan, [])).lines.append(line)
    return {
        "plans": list(plans.values()),
        "planned": len(lines),
        "again": any(line.is_again for line in lines),
    }


def tasks_of(user: User, topic: Topic, today: dt.date) -> list[TaskLine]:
    """Return the learner's tasks on a topic, those of the active plan first. One query."""
    rows: QuerySet[Any] = (
        Task.objects.owned_by(user)
        .filter(topics=topic)
        .select_related("plan", "day__week")
        .annotate(first_day=Min("parts__day"))
        .order_by(
            "plan__state", "-plan__created_at", F("first_day").asc(nulls_last=True), "position"
        )
    )
    return [TaskLine(task, _when(task, task.first_day, today)) for task in rows[:MOST_TASKS]]


def _when(task: Task, first_day: dt.date | None, today: dt.date) -> str:
    if task.status == Task.Status.DONE:
        return f"done {day_words(task.done_on, today)}" if task.done_on else "done"
    if task.status == Task.Status.SKIPPED:
        return "skipped"
    return day_words(first_day, today) if first_day else "no date"


def know_first(user: User, topic: Topic, today: dt.date) -> list[Shelved]:
    """Return what a topic needs, with the learner's standing, in learning order. One query."""
    rows = standing_rows(user, EVERY_LEVEL, outside=True).filter(needed_by=topic)
    return learning_order(shelved(shelf_rows(user, rows), today))


def leads_to(user: User, topic: Topic, today: dt.date) -> list[Shelved]:
    """Return what needs a topic, with the learner's standing, in learning order. One query."""
    rows = standing_rows(user, EVERY_LEVEL, outside=True).filter(prerequisites=topic)
    return learning_order(shelved(shelf_rows(user, rows), today))


class Proof(NamedTuple):
    """What speaks for a topic: where its score comes from, and what a claim changes.

    `means` stands on the page: what a claim would change, or what it is worth once it is made;
    `said` is the message after it.
    """

    claimed_today: bool
    origin: str
    means: str
    said: str


def evidence_of(user: User, topic: Topic, today: dt.date) -> Proof:
    """Return what speaks for a topic. One query."""
    rows = list(
        Evidence.objects.filter(user=user, topic=topic, retracted_at=None).values_list(
            "day", "score", "source", "source_id"
        )
    )
    scores = [Score(day, score, source == Source.RATING) for day, score, source, _ in rows]
    claimed = claim_id(user, topic.pk, today) in {source_id for *_, source_id in rows}
    means, said = claim_words(scores, today)
    if is_claimed(days_of(scores)):
        means = HALF.capitalize()
    elif claimed:
        means = ""
    return Proof(claimed, origin_of(scores), means, said)


def origin_of(scores: Sequence[Score]) -> str:
    """Return where the score that stands comes from, in words; "" without any."""
    days = days_of(scores)
    if not days:
        return ""
    last = days[-1]
    asked = next((day for day in reversed(days) if not day.is_rating), None)
    said = f"scored {half_up(asked.mean)} % on {_day(asked.day)}" if asked else ""
    if not last.is_rating:
        return said
    how = "said you know it" if last.mean == 100 else f"rated it {half_up(last.mean)} %"
    rated = f"you {how} on {_day(last.day)}"
    if is_claimed(days):
        return f"claimed: {rated}"
    return f"{said}; {rated}"


def claim_words(scores: Sequence[Score], today: dt.date) -> tuple[str, str]:
    """Return what “I know this” would do today, and what it did: nothing beside a score of the
    day, in full after a score of 80 or more, half at most else."""
    days = days_of(scores)
    of_today = next((day for day in days if day.day == today and not day.is_rating), None)
    if of_today:
        what = f"today’s score of {half_up(of_today.mean)} % stands"
        return (
            f"“I know this” changes nothing now: {what}.",
            f"stays as it was: {what}, and your word changes nothing beside it.",
        )
    before = [day for day in days if day.day < today]
    if before and not is_claimed([*before, Day(today, Fraction(100), is_rating=True)]):
        why = "counts in full, because the last real score was 80 % or more."
        return f"“I know this” {why}", f"is noted as known today. It {why}"
    return f"“I know this” {HALF}", f"is claimed: you said you know it today. It {HALF}"


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%b}"


def standing_words(topic: Any, today: dt.date) -> dict[str, Any]:
    """Return part, whether it is claimed, and due date of a topic of `with_standing`. Does not
    query."""
    kept = 0.0
    if topic.score is not None:
        kept = retention_after((today - topic.last_day).days, topic.stability)
    due = None
    if topic.due and topic.in_scope:
        due = max(filter(None, (topic.due, topic.snoozed)))
    claimed = bool(topic.is_claimed)
    return {"part": part_of(topic.score, kept, claimed=claimed), "claimed": claimed, "due": due}


def questions_of(user: User, topic: Topic) -> list[Question]:
    """Return the questions of a topic, own ones among them. One query."""
    rows = Question.objects.visible_to(user).filter(topic=topic, retired_at=None)
    return list(rows.defer("answer"))


def topic_context(user: User, topic: Topic, today: dt.date) -> dict[str, Any]:
    """Return what the page shows of a topic of `with_standing`. Eight queries."""
    questions = questions_of(user, topic)
    return {
        "topic": topic,
        "today": today,
        "proof": evidence_of(user, topic, today),
        "know_first": know_first(user, topic, today),
        "leads_to": leads_to(user, topic, today),
        "groups": grouped(questions),
        "question_count": len(questions),
        **planned_words(user, topic, today),
        **standing_words(topic, today),
        **_related(user, topic),
    }


def _related(user: User, topic: Topic) -> dict[str, QuerySet[Any]]:
    """Return exercises, project ideas and references of a topic. Three queries."""
    shown = ("collection", "slug", "title", "position")
    references = Reference.objects.visible_to(user).live().filter(topics=topic)
    return {
        "exercises": Exercise.objects.filter(topics=topic, retired_at=None).only(
            *shown, "minutes", "level"
        ),
        "projects": ProjectIdea.objects.filter(topics=topic, retired_at=None).only(*shown, "size"),
        "references": references.only(*shown, "owner", "day").order_by(
            F("owner").asc(nulls_first=True), "position", "slug"
        ),
    }
