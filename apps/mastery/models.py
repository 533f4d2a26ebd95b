"""Evidence, and what is replayed from it: memory and cards. Only this app writes them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import User
from apps.library.models import Topic

MOST_SECONDS = 3_600


class Source(models.TextChoices):
    RATING = "rating", "Self-rating"
    CHECK = "check", "Knowledge check"
    QUESTION = "question", "Assessment question"
    EXERCISE = "exercise", "Exercise"
    MOCK = "mock", "Mock interview"


class Evidence(models.Model):
    """One dated score on one topic. `retracted_at` takes it back without losing it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="evidence")
    topic = models.ForeignKey(Topic, on_delete=models.RESTRICT, related_name="evidence")
    source = models.CharField(max_length=10, choices=Source)
    source_id = models.UUIDField(null=True, blank=True)
    score = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=timezone.now)
    day = models.DateField()
    retracted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "evidence"
        ordering = ("day", "at")
        indexes = (
            models.Index(fields=["user", "topic", "day"], name="evidence_user_topic_day"),
            models.Index(fields=["user", "source_id"], name="evidence_user_source"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(score__lte=100), name="evidence_score_range"),
            models.CheckConstraint(
                condition=Q(source__in=Source.values), name="evidence_source_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.score} on {self.day}"


class Memory(models.Model):
    """How well one topic is held: the replay of its evidence (FSRS), one row a topic."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memories")
    topic = models.ForeignKey(Topic, on_delete=models.RESTRICT, related_name="memories")
    last_day = models.DateField()
    score = models.FloatField()
    claimed = models.BooleanField()
    times = models.PositiveIntegerField()
    stability = models.FloatField()
    difficulty = models.FloatField()

    class Meta:
        verbose_name_plural = "memories"
        constraints = (
            models.UniqueConstraint(fields=["user", "topic"], name="memory_identity"),
            models.CheckConstraint(
                condition=Q(score__gte=0, score__lte=100), name="memory_score_range"
            ),
            models.CheckConstraint(condition=Q(stability__gt=0), name="memory_stability_positive"),
        )

    def __str__(self) -> str:
        return f"{self.score:.0f} on {self.last_day}"


class Card(models.Model):
    """When one topic is due again. It starts with the first check, exercise or mock.

    Easiness, repetitions and lapses (days failed) are SM-2's; interval and due day are those of
    the scheduler the learner chose.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="cards")
    topic = models.ForeignKey(Topic, on_delete=models.RESTRICT, related_name="cards")
    easiness = models.FloatField(default=2.5)
    interval = models.PositiveIntegerField(default=1)
    repetitions = models.PositiveIntegerField(default=0)
    lapses = models.PositiveIntegerField(default=0)
    last_day = models.DateField()
    due = models.DateField()
    snoozed_until = models.DateField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["user", "due"], name="card_user_due"),)
        constraints = (
            models.UniqueConstraint(fields=["user", "topic"], name="card_identity"),
            models.CheckConstraint(condition=Q(easiness__gte=1.3), name="card_easiness_floor"),
        )

    def __str__(self) -> str:
        return f"due {self.due}"


class SelfGraded(models.Model):
    """What an answer holds that its learner grades: empty `score` until it is graded, then on which
    of the learner's dates. `seconds` is how long the question stood open."""

    score = models.PositiveSmallIntegerField(null=True, blank=True)
    is_unknown = models.BooleanField("“I don’t know”", default=False)
    text = models.TextField("written answer", blank=True)
    note = models.TextField(blank=True)
    seconds = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(null=True, blank=True)
    day = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True
