"""What a learner is asked: questions of the bank and own ones, exercises, project ideas."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from apps.accounts.models import Level, User
from apps.library.models.topics import OURS, Curated, Topic


class QuestionKind(models.TextChoices):
    CONCEPTUAL = "conceptual", "Conceptual"
    IMPLEMENTATION = "implementation", "Implementation"
    APPLIED = "applied", "Applied"
    DESIGN = "design", "Design"
    BEHAVIOURAL = "behavioural", "Behavioural"


CHECK_KINDS = (QuestionKind.CONCEPTUAL, QuestionKind.IMPLEMENTATION, QuestionKind.APPLIED)


class QuestionQuerySet(models.QuerySet["Question"]):
    def live(self) -> QuestionQuerySet:
        """Questions that are not retired, of topics that are not retired."""
        return self.filter(retired_at=None, topic__retired_at=None)

    def visible_to(self, user: User) -> QuestionQuerySet:
        """Curated questions and the learner's own ones."""
        return self.filter(Q(owner=None) | Q(owner=user))


class Question(Curated):
    """One question. `kind` is empty for a bare string of a topic's front matter, `answer` where
    nobody wrote one; the topic's core ideas then stand in its place."""

    page = "dashboard:library_question"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collection = models.CharField(max_length=60, default=OURS, blank=True)
    owner = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="own_questions"
    )
    title = None  # type: ignore[assignment] # not this model's
    summary = None  # type: ignore[assignment] # not this model's
    topic = models.ForeignKey(Topic, on_delete=models.RESTRICT, related_name="questions")
    kind = models.CharField(max_length=16, choices=QuestionKind, blank=True)
    level = models.CharField(max_length=12, choices=Level, default=Level.MID)
    level_rank = models.PositiveSmallIntegerField(default=1)
    is_standing = models.BooleanField("in the standing gap assessment", default=False)
    text = models.TextField()
    text_html = models.TextField(blank=True, editable=False)
    answer = models.TextField(blank=True)
    answer_html = models.TextField(blank=True, editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ("topic__area__position", "topic__slug", "position", "slug")
        constraints = (
            models.UniqueConstraint(
                fields=["collection", "slug"], condition=Q(owner=None), name="question_identity"
            ),
            models.UniqueConstraint(
                fields=["owner", "slug"],
                condition=Q(owner__isnull=False),
                name="question_own_identity",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["", *QuestionKind.values]), name="question_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(level_rank__gte=1, level_rank__lte=3), name="question_level_range"
            ),
        )

    def __str__(self) -> str:
        return self.text


class Exercise(Curated):
    """A coding task against the clock. `check_code` is a program that imports the learner's
    `solution.py`; the `_html` fields are rendered at load."""

    page = "dashboard:library_exercise"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    level = models.CharField(max_length=12, choices=Level, default=Level.MID)
    level_rank = models.PositiveSmallIntegerField(default=1)
    minutes = models.PositiveSmallIntegerField(help_text="the target in an interview")
    statement = models.TextField()
    statement_html = models.TextField(blank=True, editable=False)
    starter = models.TextField()
    starter_html = models.TextField(blank=True, editable=False)
    hints = models.JSONField(default=list)
    hints_html = models.JSONField(default=list, editable=False)
    solution = models.TextField()
    solution_html = models.TextField(blank=True, editable=False)
    check_code = models.TextField()
    check_html = models.TextField(blank=True, editable=False)
    topics = models.ManyToManyField(Topic, related_name="exercises", blank=True)

    class Meta:
        ordering = ("position", "slug")
        constraints = (
            models.UniqueConstraint(fields=["collection", "slug"], name="exercise_identity"),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="exercise_minutes_positive"),
        )


class ProjectIdea(Curated):
    """An idea for a portfolio project. `checklist` is a list of {"title", "text", "html"}."""

    page = "dashboard:library_project"

    class Size(models.TextChoices):
        MICRO = "micro", "Micro"
        SMALL = "small", "Small"
        MEDIUM = "medium", "Medium"
        LARGE = "large", "Large"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    size = models.CharField(max_length=8, choices=Size)
    hours = models.JSONField(default=list)
    brief = models.TextField()
    brief_html = models.TextField(blank=True, editable=False)
    checklist = models.JSONField(default=list)
    topics = models.ManyToManyField(Topic, related_name="project_ideas", blank=True)

    class Meta:
        ordering = ("position", "slug")
        constraints = (
            models.UniqueConstraint(fields=["collection", "slug"], name="project_idea_identity"),
            models.CheckConstraint(
                condition=Q(size__in=["micro", "small", "medium", "large"]),
                name="project_idea_size_known",
            ),
        )
