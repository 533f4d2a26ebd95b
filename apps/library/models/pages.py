"""Pages to look things up in: curated references, the learner's own pages, notes and stars."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from apps.accounts.models import User
from apps.library.models.topics import OURS, Curated, Topic


class ReferenceQuerySet(models.QuerySet["Reference"]):
    def live(self) -> ReferenceQuerySet:
        """Pages that are not retired; an own page that was deleted is."""
        return self.filter(retired_at=None)

    def visible_to(self, user: User) -> ReferenceQuerySet:
        """Curated pages and the learner's own ones."""
        return self.filter(Q(owner=None) | Q(owner=user))


class Reference(Curated):
    """A page to look things up in. An own page may belong to a day; its `version` counts its
    changes, so that two tabs do not write over each other; deleting retires it."""

    page = "dashboard:library_reference"

    class Group(models.TextChoices):
        CONCEPTS = "concepts", "Concepts"
        TABLES = "tables", "Tables"
        CODE = "code", "Code"
        TOOLS = "tools", "Tools"
        INTERVIEW = "interview", "Interview"
        READING = "reading", "Reading"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collection = models.CharField(max_length=60, default=OURS, blank=True)
    owner = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="own_references"
    )
    group = models.CharField(max_length=12, choices=Group, blank=True)
    body = models.TextField(blank=True)
    body_html = models.TextField(blank=True, editable=False)
    contents = models.JSONField(default=list, editable=False)
    topics = models.ManyToManyField(Topic, related_name="references", blank=True)
    day = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        ordering = ("position", "slug")
        indexes = (models.Index(fields=["owner", "day"], name="reference_owner_day"),)
        constraints = (
            models.UniqueConstraint(
                fields=["collection", "slug"], condition=Q(owner=None), name="reference_identity"
            ),
            models.UniqueConstraint(
                fields=["owner", "slug"],
                condition=Q(owner__isnull=False),
                name="reference_own_identity",
            ),
        )


class TopicNote(models.Model):
    """What a learner wrote about a topic: one text each; `version` counts its changes. `former`
    is what it held before it was emptied, for Undo; the next text clears it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="topic_notes")
    topic = models.ForeignKey(Topic, on_delete=models.RESTRICT, related_name="notes")
    text = models.TextField(blank=True)
    html = models.TextField(blank=True, editable=False)
    former = models.TextField(blank=True, default="", editable=False)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-updated_at",)
        constraints = (
            models.UniqueConstraint(fields=["user", "topic"], name="topic_note_identity"),
        )

    def __str__(self) -> str:
        return self.text[:80]


class Star(models.Model):
    """A topic that a learner marked to come back to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="stars")
    topic = models.ForeignKey(Topic, on_delete=models.RESTRICT, related_name="stars")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "topic"], name="star_identity"),)

    def __str__(self) -> str:
        return str(self.topic)


class SearchEntry(models.Model):
    """What the search reads: one row for each thing that can be found.

    `owner` is None for curated items. `title_plain` and `text_plain` are folded: lower case,
    without accents; `text` is what the page says, without marks, for the excerpt.
    """

    class Kind(models.TextChoices):
        TOPIC = "topic", "Topic"
        QUESTION = "question", "Question"
        REFERENCE = "reference", "Reference"
        EXERCISE = "exercise", "Exercise"
        PROJECT = "project", "Project idea"
        ROADMAP = "roadmap", "Roadmap"
        NOTE = "note", "Your note"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    key = models.CharField(max_length=40, help_text="the primary key of what it leads to")
    owner = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="search_entries"
    )
    collection = models.CharField(max_length=60, blank=True)
    place = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=300)
    title = models.CharField(max_length=300)
    title_plain = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    text_plain = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "search entries"
        constraints = (
            models.UniqueConstraint(fields=["kind", "key"], name="search_entry_identity"),
        )

    def __str__(self) -> str:
        return self.title
