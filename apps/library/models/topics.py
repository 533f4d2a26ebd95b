"""Areas and topics, curated ones and the learner's own topics; old slugs."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from apps.accounts.models import User

OURS = "studyplan"


class Category(models.TextChoices):
    MUST = "must", "Must"
    GOOD = "good-to-know", "Good to know"
    SPECIAL = "specialisation", "Specialisation"


WEIGHT = {Category.MUST: 3, Category.GOOD: 2, Category.SPECIAL: 1}


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

    page: ClassVar[str]  # the name of its address

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the address: by slug in our collection, with its name in another, an own item by
        its id."""
        if getattr(self, "owner_id", None) is not None:
            return reverse(self.page, kwargs={"pk": self.pk})
        if self.collection == OURS:
            return reverse(self.page, kwargs={"slug": self.slug})
        return reverse(self.page, kwargs={"collection": self.collection, "slug": self.slug})


class Area(Curated):
    page = "dashboard:library_area"

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

    page = "dashboard:library_topic"

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
    minutes = models.PositiveSmallIntegerField(default=30)
    in_scope = models.BooleanField(
        default=True, help_text="an own topic that came in with a table waits outside until added"
    )
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
    def key(self) -> str:
        """What names it in an address of another page: the slug of ours, else the id."""
        return self.slug if self.collection == OURS and self.owner_id is None else str(self.pk)

    @property
    def weight(self) -> int:
        """3 for must, 2 for good to know, 1 for a specialisation."""
        return WEIGHT[Category(self.category)]


class Alias(models.Model):
    """An old slug, so that an address or a file that names it still finds the item."""

    class Kind(models.TextChoices):
        AREA = "area", "Area"
        TOPIC = "topic", "Topic"
        QUESTION = "question", "Question"
        EXERCISE = "exercise", "Exercise"
        PROJECT = "project", "Project idea"
        REFERENCE = "reference", "Reference"
        ROADMAP = "roadmap", "Roadmap"

    collection = models.CharField(max_length=60, default=OURS)
    kind = models.CharField(max_length=10, choices=Kind)
    slug = models.SlugField(max_length=100)
    target_slug = models.SlugField(max_length=100)

    class Meta:
        verbose_name_plural = "aliases"
        constraints = (
            models.UniqueConstraint(fields=["collection", "kind", "slug"], name="alias_identity"),
        )

    def __str__(self) -> str:
        return f"{self.slug} -> {self.target_slug}"
