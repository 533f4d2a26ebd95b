"""The learner: sign-in, time zone, hours, breaks, level, interview date."""

from __future__ import annotations

import datetime as dt
import uuid
import zoneinfo
from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MOST_MINUTES_A_DAY = 960


class Level(models.TextChoices):
    MID = "mid", "Mid-level (about 5 years)"
    SENIOR = "senior", "Senior (about 10 years)"
    PRINCIPAL = "principal", "Principal (15 years and more)"


class Scheduler(models.TextChoices):
    """What decides when a topic is due again."""

    SM2 = "sm2", "SM-2"
    FSRS = "fsrs", "FSRS-6"


LEAST_CHECK, MOST_CHECK = 5, 30
MOST_REVIEWS_A_DAY = 100

LEVEL_RANK = {Level.MID: 1, Level.SENIOR: 2, Level.PRINCIPAL: 3}


def validate_time_zone(name: str) -> None:
    """Raise ValidationError unless `name` is a zone of the tz database."""
    try:
        zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        raise ValidationError(f"“{name}” is not a time zone we know.", code="time_zone") from None


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Return a saved learner; the address is stored in lower case."""
        if not email:
            raise ValueError("A learner needs an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Return a saved learner who may use the admin; the address counts as verified."""
        user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_staff = models.BooleanField("may use the admin", default=False)
    is_active = models.BooleanField("active", default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    level = models.CharField(max_length=12, choices=Level, default=Level.SENIOR)
    interview_on = models.DateField("interview date", null=True, blank=True)
    monday = models.PositiveSmallIntegerField(default=60)
    tuesday = models.PositiveSmallIntegerField(default=60)
    wednesday = models.PositiveSmallIntegerField(default=60)
    thursday = models.PositiveSmallIntegerField(default=90)
    friday = models.PositiveSmallIntegerField(default=0)
    saturday = models.PositiveSmallIntegerField(default=120)
    sunday = models.PositiveSmallIntegerField(default=120)
    monday_at = models.TimeField(null=True, blank=True)
    tuesday_at = models.TimeField(null=True, blank=True)
    wednesday_at = models.TimeField(null=True, blank=True)
    thursday_at = models.TimeField(null=True, blank=True)
    friday_at = models.TimeField(null=True, blank=True)
    saturday_at = models.TimeField(null=True, blank=True)
    sunday_at = models.TimeField(null=True, blank=True)
    onboarded_at = models.DateTimeField(null=True, blank=True)
    theme = models.CharField(
        max_length=6,
        choices=[("system", "As the system"), ("light", "Light"), ("dark", "Dark")],
        default="system",
    )
    keys_on = models.BooleanField("keyboard shortcuts", default=True)
    check_size = models.PositiveSmallIntegerField("questions in a knowledge check", default=10)
    review_limit = models.PositiveSmallIntegerField("reviews a day", default=10)
    scheduler = models.CharField("review scheduler", max_length=4, choices=Scheduler, default="sm2")

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "learner"
        constraints = (
            models.UniqueConstraint(Lower("email"), name="user_email_unique"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{day}__lte": MOST_MINUTES_A_DAY}), name=f"user_{day}_range"
                )
                for day in WEEKDAYS
            ),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="user_level_known"),
            models.CheckConstraint(
                condition=Q(check_size__gte=LEAST_CHECK, check_size__lte=MOST_CHECK),
                name="user_check_size_range",
            ),
            models.CheckConstraint(
                condition=Q(review_limit__gte=1, review_limit__lte=MOST_REVIEWS_A_DAY),
                name="user_review_limit_range",
            ),
            models.CheckConstraint(
                condition=Q(scheduler__in=Scheduler.values), name="user_scheduler_known"
            ),
        )

    def __str__(self) -> str:
        return self.email

    @property
    def weekday_minutes(self) -> tuple[int, ...]:
        """Minutes of study per weekday, Monday first."""
        return tuple(getattr(self, day) for day in WEEKDAYS)

    @weekday_minutes.setter
    def weekday_minutes(self, minutes: tuple[int, ...]) -> None:
        for day, value in zip(WEEKDAYS, minutes, strict=True):
            setattr(self, day, value)

    @property
    def weekday_times(self) -> tuple[dt.time | None, ...]:
        """When study begins on each weekday, Monday first; None where no time is set."""
        return tuple(getattr(self, f"{day}_at") for day in WEEKDAYS)

    @property
    def level_rank(self) -> int:
        """1 for mid, 2 for senior, 3 for principal."""
        return LEVEL_RANK[Level(self.level)]


class Break(models.Model):
    """Days without study, both ends included."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="breaks")
    first_day = models.DateField()
    last_day = models.DateField()
    label = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("first_day",)
        constraints = (
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="break_days_in_order"
            ),
        )

    def __str__(self) -> str:
        return self.label or f"Break {self.first_day} to {self.last_day}"

    @property
    def span(self) -> tuple[dt.date, dt.date]:
        """First and last day, both without study."""
        return self.first_day, self.last_day
