"""Roadmaps: week, day, task; and the words for a task that plans share."""

from __future__ import annotations

from django.db import models

from apps.library.models.topics import Curated, Topic


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


class Roadmap(Curated):
    """A curated template from which a learner's plan is made."""

    page = "dashboard:library_roadmap"

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
