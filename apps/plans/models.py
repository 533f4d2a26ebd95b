"""The outline (plan, week, day, task), the schedule (part), the work, and the revisions."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import User
from apps.library.models import Priority, Question, Roadmap, Session, TaskKind, Topic

MOST_TASK_MINUTES = 6_000


class PlanQuerySet(models.QuerySet["Plan"]):
    def owned_by(self, user: User) -> PlanQuerySet:
        """Plans of that learner that were not deleted."""
        return self.filter(owner=user, deleted_at=None)


class TaskQuerySet(models.QuerySet["Task"]):
    def owned_by(self, user: User) -> TaskQuerySet:
        """Tasks of that learner's plans, none of them deleted."""
        return self.filter(plan__owner=user, plan__deleted_at=None, deleted_at=None)

    def live(self) -> TaskQuerySet:
        """Tasks that were not deleted."""
        return self.filter(deleted_at=None)


class Plan(models.Model):
    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="plans")
    roadmap = models.ForeignKey(
        Roadmap, null=True, blank=True, on_delete=models.SET_NULL, related_name="plans"
    )
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    starts_on = models.DateField()
    target_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["owner"],
                condition=Q(state="active", deleted_at=None),
                name="plan_one_active",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["active", "paused"]), name="plan_state_known"
            ),
        )

    def __str__(self) -> str:
        return self.title


class PlanWeek(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="weeks")
    number = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=40, blank=True)  # "Weeks 11-12", where "Week 11" is not it
    phase = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=200)
    goal = models.TextField(blank=True)
    readiness_gain = models.PositiveSmallIntegerField(null=True, blank=True)
    resources = models.JSONField(default=list)
    checkpoint = models.JSONField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["plan", "number"], name="plan_week_identity"),
        )

    def __str__(self) -> str:
        return f"{self.name}: {self.title}"

    @property
    def name(self) -> str:
        """ "Week 3", or what the learner's own file calls it."""
        return self.label or f"Week {self.number}"


class PlanDay(models.Model):
    """A day of the outline: what belongs together, without a date."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    week = models.ForeignKey(PlanWeek, on_delete=models.CASCADE, related_name="days")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    goal = models.TextField(blank=True)
    notes = models.TextField(blank=True)
    notes_html = models.TextField(blank=True, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["week", "position"], name="plan_day_identity"),
        )

    def __str__(self) -> str:
        return self.title


class Criterion(models.Model):
    """One success criterion of a week (day empty) or of a day of the outline."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="criteria")
    week = models.ForeignKey(PlanWeek, on_delete=models.CASCADE, related_name="criteria")
    day = models.ForeignKey(
        PlanDay, null=True, blank=True, on_delete=models.CASCADE, related_name="criteria"
    )
    position = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(max_length=300)
    met_on = models.DateField(null=True, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "criteria"
        ordering = ("position",)

    def __str__(self) -> str:
        return self.text


class Task(models.Model):
    class Status(models.TextChoices):
        TODO = "todo", "To do"
        DONE = "done", "Done"
        SKIPPED = "skipped", "Skipped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="tasks")
    day = models.ForeignKey(PlanDay, on_delete=models.CASCADE, related_name="tasks")
    key = models.CharField(max_length=100, blank=True)
    position = models.PositiveIntegerField()
    session = models.CharField(max_length=12, choices=Session, default=Session.STUDY)
    kind = models.CharField(max_length=12, choices=TaskKind, default=TaskKind.READ)
    priority = models.CharField(max_length=10, choices=Priority, default=Priority.MUST)
    title = models.CharField(max_length=200)
    detail = models.TextField(blank=True)
    detail_html = models.TextField(blank=True, editable=False)
    links = models.JSONField(default=list)
    minutes = models.PositiveSmallIntegerField()
    topics = models.ManyToManyField(Topic, related_name="plan_tasks", blank=True)

    status = models.CharField(max_length=8, choices=Status, default=Status.TODO)
    done_on = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    skipped_on = models.DateField(null=True, blank=True)
    skip_reason = models.CharField(max_length=300, blank=True)
    note = models.TextField(blank=True)
    note_html = models.TextField(blank=True, editable=False)

    pinned_on = models.DateField(null=True, blank=True)
    first_planned_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ("position",)
        indexes = (
            models.Index(fields=["plan", "status"], name="task_plan_status"),
            models.Index(fields=["plan", "done_on"], name="task_plan_done_on"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=MOST_TASK_MINUTES),
                name="task_minutes_range",
            ),
            models.CheckConstraint(
                condition=Q(status="done") | Q(done_at=None, done_on=None),
                name="task_open_has_no_moment",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["todo", "done", "skipped"]), name="task_status_known"
            ),
        )

    def __str__(self) -> str:
        return self.title


class Part(models.Model):
    """A piece of the schedule. A task that spans days has several, numbered in order."""

    id = models.BigAutoField(primary_key=True)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="parts")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="parts")
    day = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField(default=1)
    of = models.PositiveSmallIntegerField(default=1)
    so_far = models.PositiveSmallIntegerField("minutes of the task up to here", default=0)

    class Meta:
        ordering = ("day", "number")
        indexes = (models.Index(fields=["plan", "day"], name="part_plan_day"),)
        constraints = (
            models.UniqueConstraint(fields=["task", "number"], name="part_identity"),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=models.F("of")), name="part_number_range"
            ),
            models.CheckConstraint(condition=Q(minutes__gte=1), name="part_minutes_range"),
        )

    def __str__(self) -> str:
        return f"{self.day}: {self.minutes} min"


class Work(models.Model):
    """Minutes spent on a task on one day. What was spent on a task is the sum of its rows."""

    class Origin(models.TextChoices):
        TICK = "tick", "Written by the tick"
        TYPED = "typed", "Typed"
        TIMER = "timer", "Timer"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="work")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="work")
    origin = models.CharField(max_length=6, choices=Origin)
    minutes = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=timezone.now)
    day = models.DateField()

    class Meta:
        verbose_name_plural = "work"
        ordering = ("at",)
        indexes = (models.Index(fields=["user", "day"], name="work_user_day"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=1440), name="work_minutes_range"
            ),
            models.UniqueConstraint(
                fields=["task"], condition=Q(origin="tick"), name="work_one_tick"
            ),
        )

    def __str__(self) -> str:
        return f"{self.minutes} min on {self.day}"


class Timer(models.Model):
    """The running timer of a learner: one at most."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="timer")
    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="timer")
    started_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"since {self.started_at:%H:%M}"


class DayLog(models.Model):
    """What was learned on one day, across plans, and the day's result in one line."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="day_logs")
    day = models.DateField()
    learned = models.TextField(blank=True)
    learned_html = models.TextField(blank=True, editable=False)
    result = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("day",)
        constraints = (models.UniqueConstraint(fields=["user", "day"], name="day_log_identity"),)

    def __str__(self) -> str:
        return f"{self.day}: {self.result}"


class Revision(models.Model):
    """One change of a plan: what, why, what prompted it, the rows before and after."""

    class Kind(models.TextChoices):
        CREATE = "create", "Plan made"
        ADD = "add", "Task added"
        EDIT = "edit", "Task edited"
        DELETE = "delete", "Task deleted"
        REORDER = "reorder", "Order changed"
        MOVE = "move", "Task moved"
        SKIP = "skip", "Task skipped"
        UNSKIP = "unskip", "Task taken up again"
        REFLOW = "reflow", "Re-flowed"
        EXTEND = "extend", "Extended"
        DEFER = "defer", "Deferred"
        PULL = "pull", "Pulled forward"
        SPLIT = "split", "Task split"
        DROP = "drop", "Dropped"
        PIN = "pin", "Pinned"
        UNPIN = "unpin", "Unpinned"
        BRANCH = "branch", "Branch added"
        CHECKPOINT = "checkpoint", "Checkpoint"
        PLACE = "place", "Proposals placed"
        LEAVE_OUT = "leave_out", "Left out"
        COMPRESS = "compress", "Compressed for an interview"
        TARGET = "target", "Date changed"
        BREAK = "break", "Break"
        HOURS = "hours", "Hours changed"
        MERGE = "merge", "File read again"
        STATE = "state", "Plan made active or paused"
        DECISION = "decision", "Decision noted"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="revisions")
    kind = models.CharField(max_length=10, choices=Kind)
    what = models.CharField(max_length=300)
    reason = models.CharField(max_length=300, blank=True)
    prompted_by = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    day = models.DateField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-version",)
        constraints = (
            models.UniqueConstraint(fields=["plan", "version"], name="revision_identity"),
        )

    def __str__(self) -> str:
        return self.what


class Proposal(models.Model):
    """Something an assessment or a review proposes for the plan. It waits until it is placed in
    dates or dropped; at most one of a kind waits for a topic.

    `source_id` is the assessment or answer it comes from, `prompted_by` the same in words,
    `question` the one that prompted it.
    """

    class Kind(models.TextChoices):
        STUDY = "study", "Study"
        LEAVE_OUT = "leave_out", "Leave out"
        RELEARN = "relearn", "Relearn"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        PLACED = "placed", "Placed"
        DROPPED = "dropped", "Dropped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="proposals")
    topic = models.ForeignKey(Topic, on_delete=models.RESTRICT, related_name="proposals")
    kind = models.CharField(max_length=9, choices=Kind)
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    rank = models.PositiveSmallIntegerField(default=0)
    minutes = models.PositiveSmallIntegerField()
    source_id = models.UUIDField()
    prompted_by = models.CharField(max_length=300)
    question = models.ForeignKey(
        Question, null=True, blank=True, on_delete=models.RESTRICT, related_name="proposals"
    )
    at = models.DateTimeField(default=timezone.now)
    day = models.DateField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("rank", "at")
        indexes = (models.Index(fields=["user", "state"], name="proposal_user_state"),)
        constraints = (
            models.UniqueConstraint(
                fields=["user", "topic", "kind"],
                condition=Q(state="open"),
                name="proposal_one_open",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["study", "leave_out", "relearn"]), name="proposal_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "placed", "dropped"]), name="proposal_state_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.topic}"
