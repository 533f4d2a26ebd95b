"""Knowledge checks and their answers."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import User
from apps.library.models import Question, Topic
from apps.mastery.models import MOST_SECONDS, SelfGraded
from apps.plans.models import Task


class Check(models.Model):
    """One knowledge check: logged afterwards, taken here question by question, or the day's answers
    to the review queue. `said_*` are totals as they were told, beside what answers add up to.

    A taken check is open until it is finished; `number` counts those of a day and, with learner and
    day, is the seed its questions were drawn with. `ticked` says that finishing it ticked `task`.
    """

    class Kind(models.TextChoices):
        LOGGED = "logged", "Logged"
        TAKEN = "taken", "Knowledge check"
        REVIEWS = "reviews", "Reviews"

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

    kind = models.CharField(max_length=8, choices=Kind, default=Kind.LOGGED)
    number = models.PositiveSmallIntegerField(default=0)
    size = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    task = models.ForeignKey(
        Task, null=True, blank=True, on_delete=models.SET_NULL, related_name="checks"
    )
    ticked = models.BooleanField(default=False)

    class Meta:
        verbose_name = "knowledge check"
        ordering = ("-day", "-at")
        indexes = (models.Index(fields=["user", "day"], name="check_user_day"),)
        constraints = (
            *(
                models.CheckConstraint(
                    condition=Q(**{field: None}) | Q(**{f"{field}__gte": 0, f"{field}__lte": 100}),
                    name=f"check_{field}_range",
                )
                for field in ("said_total", "said_new", "said_review")
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["logged", "taken", "reviews"]), name="check_kind_known"
            ),
            models.UniqueConstraint(
                fields=["user", "day", "number"], condition=Q(kind="taken"), name="check_number"
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(kind="taken", finished_at=None, deleted_at=None),
                name="check_one_open",
            ),
            models.UniqueConstraint(
                fields=["user", "day"],
                condition=Q(kind="reviews", deleted_at=None),
                name="check_reviews_of_a_day",
            ),
        )

    def __str__(self) -> str:
        return f"Knowledge check of {self.day}"


class Answer(SelfGraded):
    """One question of a check and its self-graded answer; `score` is empty until it is given.

    Without a question the topic itself is to be explained in two minutes. `day` is the learner's
    date when it was answered (empty in a logged check, which has its own).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    check_taken = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="answers")
    topic = models.ForeignKey(Topic, on_delete=models.RESTRICT, related_name="answers")
    position = models.PositiveSmallIntegerField(default=0)
    question = models.ForeignKey(
        Question, null=True, blank=True, on_delete=models.RESTRICT, related_name="answers"
    )
    is_added = models.BooleanField("the learner’s own addition", default=False)
    is_review = models.BooleanField(default=False)
    evidence = models.OneToOneField(
        "mastery.Evidence", null=True, blank=True, on_delete=models.SET_NULL, related_name="answer"
    )

    class Meta:
        ordering = ("position",)
        constraints = (
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__lte=100), name="answer_score_range"
            ),
            models.CheckConstraint(
                condition=Q(seconds__lte=MOST_SECONDS), name="answer_seconds_range"
            ),
            models.UniqueConstraint(fields=["check_taken", "position"], name="answer_identity"),
        )

    def __str__(self) -> str:
        return f"{self.topic}: {'open' if self.score is None else self.score}"
