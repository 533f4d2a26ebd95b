"""Gap assessments: sittings, their ratings, and totals that came from elsewhere."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import User
from apps.library.models import Area, Question, Topic
from apps.mastery.models import MOST_SECONDS, SelfGraded

MOST_TITLE = 200


class Assessment(models.Model):
    """One sitting, open until it is finished. `day` is the learner's date when it began.

    `asked_for` is what was chosen at the start, to say it again in words. A re-test has `before`,
    the assessment whose answers below `below` it asks again.
    """

    class Kind(models.TextChoices):
        COVERAGE = "coverage", "Coverage check"
        QUESTIONS = "questions", "Question assessment"

    class Origin(models.TextChoices):
        SITTING = "sitting", "Taken here"
        PLACEMENT = "placement", "Placement"
        RETEST = "retest", "Re-test"
        IMPORT = "import", "From a table"
        TOLD = "told", "From elsewhere"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="assessments")
    kind = models.CharField(max_length=10, choices=Kind)
    title = models.CharField(max_length=MOST_TITLE)
    at = models.DateTimeField(default=timezone.now)
    day = models.DateField()
    finished_at = models.DateTimeField(null=True, blank=True)
    said_overall = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    said_readiness = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    note = models.TextField(blank=True)

    origin = models.CharField(max_length=9, choices=Origin, default=Origin.TOLD)
    asked_for = models.JSONField(default=dict, blank=True)
    before = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="retests"
    )
    below = models.PositiveSmallIntegerField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-day", "-at")
        indexes = (models.Index(fields=["user", "day"], name="assessment_user_day"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=["coverage", "questions"]), name="assessment_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(origin__in=["sitting", "placement", "retest", "import", "told"]),
                name="assessment_origin_known",
            ),
            models.CheckConstraint(
                condition=Q(below=None) | Q(below__gte=1, below__lte=100),
                name="assessment_below_range",
            ),
        )

    def __str__(self) -> str:
        return self.title


class AreaResult(models.Model):
    """One area's (or group's) totals in one sitting; counts are of topics or of questions.

    For a question assessment the bands are strong, rusty and gap; for a coverage check they are
    know, unsure and dunno. `total` also counts rows left unmarked.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="results")
    area = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.RESTRICT, related_name="results"
    )
    title = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveIntegerField(null=True, blank=True)
    high = models.PositiveIntegerField("strong or know", null=True, blank=True)
    middle = models.PositiveIntegerField("rusty or unsure", null=True, blank=True)
    low = models.PositiveIntegerField("gap or dunno", null=True, blank=True)
    score = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    felt = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.CheckConstraint(
                condition=Q(felt=None) | Q(felt__lte=100), name="area_result_felt_range"
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=0, score__lte=100),
                name="area_result_score_range",
            ),
        )

    def __str__(self) -> str:
        return self.title or (self.area.title if self.area else "Overall")


class Rating(models.Model):
    """One topic of a coverage check: know, unsure or dunno; empty while it is unmarked.

    `said` is the row as it was written in an imported table.
    """

    class Value(models.TextChoices):
        KNOW = "know", "Know"
        UNSURE = "unsure", "Unsure"
        DUNNO = "dunno", "Don’t know"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="ratings")
    topic = models.ForeignKey(Topic, on_delete=models.RESTRICT, related_name="ratings")
    value = models.CharField(max_length=6, choices=Value, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    said = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(null=True, blank=True)
    day = models.DateField(null=True, blank=True)
    evidence = models.OneToOneField(
        "mastery.Evidence", null=True, blank=True, on_delete=models.SET_NULL, related_name="rating"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["assessment", "topic"], name="rating_identity"),
            models.CheckConstraint(
                condition=Q(value__in=["", "know", "unsure", "dunno"]), name="rating_value_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.topic}: {self.value or 'unmarked'}"


class Response(SelfGraded):
    """One question of a question assessment and its self-graded answer; `score` is empty until
    it is given. `before` is the answer to the same question that a re-test asks again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="responses")
    question = models.ForeignKey(Question, on_delete=models.RESTRICT, related_name="responses")
    topic = models.ForeignKey(Topic, on_delete=models.RESTRICT, related_name="responses")
    position = models.PositiveSmallIntegerField()
    before = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="retests"
    )
    evidence = models.OneToOneField(
        "mastery.Evidence",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="response",
    )

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["assessment", "question"], name="response_identity"),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__lte=100), name="response_score_range"
            ),
            models.CheckConstraint(
                condition=Q(seconds__lte=MOST_SECONDS), name="response_seconds_range"
            ),
        )

    def __str__(self) -> str:
        return f"{self.topic}: {'open' if self.score is None else self.score}"
