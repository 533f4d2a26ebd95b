"""What is kept of the files that came in, and the calendar feed."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import User
from apps.plans.models import Plan, PlanDay, Task


class PlanFile(models.Model):
    """The Markdown file a plan was read from, mended where it was damaged, so that it goes out
    again byte for byte. The latest file of a plan that was read again takes the place of the first.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.OneToOneField(Plan, on_delete=models.CASCADE, related_name="file")
    name = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    mended = models.CharField("what was mended, in words", max_length=300, blank=True)
    warnings = models.JSONField(default=list)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name or f"File of {self.plan}"


class FileBox(models.Model):
    """A box of the file and the task it became. What the task was made with is kept, so that what
    changed since can be told apart: only that is written into the file's text."""

    id = models.BigAutoField(primary_key=True)
    file = models.ForeignKey(PlanFile, on_delete=models.CASCADE, related_name="boxes")
    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="box")
    line = models.PositiveIntegerField("line of the file, from 0")
    title = models.CharField(max_length=200)
    detail = models.TextField(blank=True)
    minutes = models.PositiveSmallIntegerField()
    day = models.ForeignKey(PlanDay, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name_plural = "file boxes"
        ordering = ("line",)
        constraints = (models.UniqueConstraint(fields=["file", "line"], name="file_box_identity"),)

    def __str__(self) -> str:
        return f"line {self.line + 1}: {self.title}"


class CalendarFeed(models.Model):
    """A learner's calendar address. Only a digest of its token is kept; the token is shown once.

    `entries` holds, by UID, the digest of what was last sent, its sequence number and its moment.
    """

    class Entry(models.TextChoices):
        DAY = "day", "One entry per study day"
        SESSION = "session", "One entry per session, at its time of day"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="calendar_feeds")
    digest = models.CharField(max_length=64, unique=True)
    entry = models.CharField(max_length=7, choices=Entry, default=Entry.DAY)
    entries = models.JSONField(default=dict)
    etag = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["user"], condition=Q(revoked_at=None), name="calendar_feed_one_live"
            ),
            models.CheckConstraint(
                condition=Q(entry__in=["day", "session"]), name="calendar_feed_entry_known"
            ),
        )

    def __str__(self) -> str:
        return f"since {self.created_at:%Y-%m-%d}"
