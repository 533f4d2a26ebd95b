"""Knowledge checks and their answers."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import User
from apps.library.models import Topic


class Check(models.Model):
    """One knowledge check. `said_*` are totals as they were told, beside what answers add up to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="checks")
    at = models.DateTimeField(default=timezone.now)
    day = models.DateField()
    said_total = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    said_new = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    said_review = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    note = models.TextField(blank=True)
    note_html = models.TextField(blank=True, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "knowledge check"
        ordering = ("-day", "-at")
        indexes = (models.Index(fields=["user", "day"], name="check_user_day"),)
        constraints = tuple(
            models.CheckConstraint(
                condition=Q(**{field: None}) | Q(**{f"{field}__gte": 0, f"{field}__lte": 100}),
                name=f"check_{field}_range",
            )
            for field in ("said_total", "said_new", "said_review")
        )

    def __str__(self) -> str:
        return f"Knowledge check of {self.day}"


class Answer(models.Model):
    """One self-graded answer of a check: a topic, a score, new or review."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    check_taken = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="answers")
    topic = models.ForeignKey(Topic, on_delete=models.RESTRICT, related_name="answers")
    position = models.PositiveSmallIntegerField(default=0)
    score = models.PositiveSmallIntegerField()
    is_review = models.BooleanField(default=False)
    evidence = models.OneToOneField(
        "mastery.Evidence", null=True, blank=True, on_delete=models.SET_NULL, related_name="answer"
    )

    class Meta:
        ordering = ("position",)
        constraints = (
            models.CheckConstraint(condition=Q(score__lte=100), name="answer_score_range"),
        )

    def __str__(self) -> str:
        return f"{self.topic}: {self.score}"
