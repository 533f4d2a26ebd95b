"""Curated content: areas, topics and roadmaps, and the learner's own topics."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from apps.accounts.models import User

OURS = "studyplan"


class Category(models.TextChoices):
    MUST = "must", "Must"
    GOOD = "good-to-know", "Good to know"
    SPECIAL = "specialisation", "Specialisation"


WEIGHT = {Category.MUST: 3, Category.GOOD: 2, Category.SPECIAL: 1}


class TaskKind(models.TextChoices):
    READ = "read", "Read"
    WATCH = "watch", "Watch"
    CODE = "code", "Code"
    DERIVE = "derive", "Derive"
    CALCULATE = "calculate", "Calculate"
    DESIGN = "design", "Design"
    PROJECT = "project", "Project"
    WRITE = "write", "Write"
    CHECK = "check", "Knowledge check"
    ASSESS = "assess", "Assessment"
    MOCK = "mock", "Mock interview"
    APPLY = "apply", "Apply"
    SETUP = "setup", "Set up"
    REVIEW = "review", "Review"


class Priority(models.TextChoices):
    MUST = "must", "Must"
    SHOULD = "should", "Should"
    OPTIONAL = "optional", "Optional"


class Session(models.TextChoices):
    STUDY = "study", "Study"
    PRACTICE = "practice", "Practice"
    CHECK = "check", "Knowledge check"
    REFERENCE = "reference", "Quick reference"


class Curated(models.Model):
    """What every curated item has: a collection, a slug, and a date of retirement if it is gone."""

    collection = models.CharField(max_length=60, default=OURS)
    slug = models.SlugField(max_length=100)
    title = models.CharField(max_length=200)
    summary = models.CharField(max_length=400, blank=True)
    source = models.CharField(max_length=300, blank=True)
    position = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title


class Area(Curated):
    class Meta:
        ordering = ("position", "slug")
        constraints = (
            models.UniqueConstraint(fields=["collection", "slug"], name="area_identity"),
        )


class TopicQuerySet(models.QuerySet["Topic"]):
    def live(self) -> TopicQuerySet:
        """Topics that are not retired."""
        return self.filter(retired_at=None)

    def visible_to(self, user: User) -> TopicQuerySet:
        """Curated topics and the learner's own ones."""
        return self.filter(Q(owner=None) | Q(owner=user))

    def up_to_level(self, rank: int) -> TopicQuerySet:
        """Topics asked at that level or below."""
        return self.filter(level_rank__lte=rank)


class Topic(Curated):
    """One thing that can be asked in two or three minutes. Own topics have an owner."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collection = models.CharField(max_length=60, default=OURS, blank=True)
    owner = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="own_topics"
    )
    area = models.ForeignKey(Area, on_delete=models.RESTRICT, related_name="topics")
    category = models.CharField(max_length=16, choices=Category, default=Category.GOOD)
    level_rank = models.PositiveSmallIntegerField(default=1)
    levels = models.JSONField(default=list)
    skills = models.JSONField(default=list)
    questions = models.JSONField(default=dict)
    minutes = models.PositiveSmallIntegerField(default=30)
    body = models.TextField(blank=True)
    body_html = models.TextField(blank=True, editable=False)
    prerequisites = models.ManyToManyField(
        "self", symmetrical=False, related_name="needed_by", blank=True
    )

    objects = TopicQuerySet.as_manager()

    class Meta:
        ordering = ("area__position", "position", "slug")
        constraints = (
            models.UniqueConstraint(
                fields=["collection", "slug"], condition=Q(owner=None), name="topic_identity"
            ),
            models.UniqueConstraint(
                fields=["owner", "slug"],
                condition=Q(owner__isnull=False),
                name="topic_own_identity",
            ),
            models.CheckConstraint(
                condition=Q(category__in=Category.values), name="topic_category_known"
            ),
            models.CheckConstraint(
                condition=Q(level_rank__gte=1, level_rank__lte=3), name="topic_level_range"
            ),
        )

    @property
    def weight(self) -> int:
        """3 for must, 2 for good to know, 1 for a specialisation."""
        return WEIGHT[Category(self.category)]


class Alias(models.Model):
    """An old slug, so that an address or a file that names it still finds the item."""

    collection = models.CharField(max_length=60, default=OURS)
    kind = models.CharField(
        max_length=10, choices=[("area", "Area"), ("topic", "Topic"), ("roadmap", "Roadmap")]
    )
    slug = models.SlugField(max_length=100)
    target_slug = models.SlugField(max_length=100)

    class Meta:
        verbose_name_plural = "aliases"
        constraints = (
            models.UniqueConstraint(fields=["collection", "kind", "slug"], name="alias_identity"),
        )

    def __str__(self) -> str:
        return f"{self.slug} -> {self.target_slug}"


class Roadmap(Curated):
    """A curated template from which a learner's plan is made."""

    level = models.CharField(max_length=12, default="senior")
    hours = models.JSONField(default=list)
    hours_per_week = models.JSONField(default=list)
    phases = models.JSONField(default=list)

    class Meta:
        ordering = ("position", "slug")
        constraints = (
            models.UniqueConstraint(fields=["collection", "slug"], name="roadmap_identity"),
        )


class RoadmapWeek(models.Model):
    roadmap = models.ForeignKey(Roadmap, on_delete=models.CASCADE, related_name="weeks")
    number = models.PositiveSmallIntegerField()
    phase = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=200)
    goal = models.TextField(blank=True)
    criteria = models.JSONField(default=list)
    resources = models.JSONField(default=list)
    readiness_gain = models.PositiveSmallIntegerField(null=True, blank=True)
    checkpoint = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["roadmap", "number"], name="roadmap_week_identity"),
        )

    def __str__(self) -> str:
        return f"Week {self.number}: {self.title}"


class RoadmapDay(models.Model):
    """A study day of a week; with a branch named, one that a checkpoint may bring in."""

    week = models.ForeignKey(RoadmapWeek, on_delete=models.CASCADE, related_name="days")
    branch = models.CharField(max_length=60, blank=True)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    goal = models.TextField(blank=True)
    criteria = models.JSONField(default=list)

    class Meta:
        ordering = ("branch", "position")
        constraints = (
            models.UniqueConstraint(
                fields=["week", "branch", "position"], name="roadmap_day_identity"
            ),
        )

    def __str__(self) -> str:
        return self.title


class RoadmapTask(models.Model):
    roadmap = models.ForeignKey(Roadmap, on_delete=models.CASCADE, related_name="tasks")
    day = models.ForeignKey(RoadmapDay, on_delete=models.CASCADE, related_name="tasks")
    key = models.SlugField(max_length=100)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    session = models.CharField(max_length=12, choices=Session)
    kind = models.CharField(max_length=12, choices=TaskKind)
    priority = models.CharField(max_length=10, choices=Priority)
    minutes = models.PositiveSmallIntegerField()
    detail = models.TextField(blank=True)
    links = models.JSONField(default=list)
    topics = models.ManyToManyField(Topic, related_name="roadmap_tasks", blank=True)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["roadmap", "key"], name="roadmap_task_identity"),
        )

    def __str__(self) -> str:
        return self.title
