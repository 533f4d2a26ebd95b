"""A learner's calendar feed: its address, what it depends on, and what goes out."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
import uuid
import zoneinfo
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import CharField, Count, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import ExtractDay, ExtractMonth, ExtractYear, JSONObject

from apps.accounts.clock import local_day
from apps.accounts.models import WEEKDAYS, Break, User
from apps.accounts.prepared import Param, Prepared, day
from apps.exchange.calendar_entries import (
    AHEAD,
    BEHIND,
    Agenda,
    Checkpoint,
    Kept,
    Piece,
    Sent,
    make_entries,
)
from apps.exchange.calendar_entries import compare as compare_entries
from apps.exchange.models import CalendarFeed
from apps.library.models import Session
from apps.mastery.due import load_queue
from apps.mastery.models import Card, Evidence
from apps.plans.agenda import FIELDS, PARTS, SESSION_ORDER, Record, Row
from apps.plans.checkpoint import rule_of
from apps.plans.models import Part, Plan, PlanWeek, Task, Work

EDITION = 1  # raise it where the same records give another feed
TRIES = 5
TO_DECIDE = "When its last task is done, see how you stand and choose what comes next."
READ_AGAIN = dt.timedelta(hours=1)  # how exact the moment of the last reading is

_PARTS = Prepared(lambda: PARTS.filter(day__range=(day("first"), day("last"))).values_list(*FIELDS))
STATES = ("plan", "tasks", "work", "evidence", "cards", "breaks")
OF_USER = (
    *("id", "time_zone", "interview_on", "review_limit", "scheduler"),
    *(f"{weekday}_at" for weekday in WEEKDAYS),
)
_ACTIVE = Q(plan__owner=OuterRef("user"), plan__state="active", plan__deleted_at=None)


# The address -----------------------------------------------------------------------------------


class Foreign(Exception):
    """The id is that of somebody else's feed."""


def digest_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def live_feed(user: User) -> CalendarFeed | None:
    """Return the learner's feed, unless there is none or it was revoked. One query."""
    return CalendarFeed.objects.filter(user=user, revoked_at=None).first()


def make_feed(user: User, key: uuid.UUID, now: dt.datetime) -> str | None:
    """Make the learner a new address, in place of the one there is; return its token, which is not
    kept. None when the form with this key made one before. Raises Foreign.

    What the last feed has sent goes over, so that the numbers of changes go on. Six queries.
    """
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        made = CalendarFeed.objects.filter(pk=key).first()
        if made:
            if made.user_id != user.pk:
                raise Foreign
            return None
        last = CalendarFeed.objects.filter(user=user).first()
        if last:
            _revoke(user, now)
            CalendarFeed.objects.filter(pk=last.pk).update(entries={})
        CalendarFeed.objects.create(
            pk=key,
            user=user,
            digest=digest_of(token),
            entry=last.entry if last else CalendarFeed.Entry.DAY,
            entries=last.entries if last else {},
            created_at=now,
        )
    return token


def revoke_feed(user: User, now: dt.datetime) -> bool:
    """Stop the learner's address; return whether there was one. One query."""
    return _revoke(user, now) > 0


def _revoke(user: User, now: dt.datetime) -> int:
    return CalendarFeed.objects.filter(user=user, revoked_at=None).update(revoked_at=now)


# What the feed depends on ----------------------------------------------------------------------


@dataclass(slots=True)
class Found:
    """A feed that is read: what was sent last, its learner as far as the feed asks (not to be
    saved), and of each table it is made of, what tells that it changed (`state`)."""

    id: uuid.UUID
    entry: str
    entries: Kept
    etag: str
    read_at: dt.datetime | None
    user: User
    state: dict[str, Any]

    @property
    def plan(self) -> dict[str, Any] | None:
        """Id, version and title of the learner's active plan."""
        plan: dict[str, Any] | None = self.state["plan"]
        return plan


def find_feed(token: str) -> Found | None:
    """Return the feed of this token; None for one that is unknown or revoked, or whose learner is
    locked out. One query."""
    rows = _FEED(digest=digest_of(token))
    if not rows:
        return None
    pk, entry, entries, etag, read_at, *more = rows[0]
    user = User(**dict(zip(OF_USER, more, strict=False)))
    state = dict(zip(STATES, more[len(OF_USER) :], strict=True))
    return Found(pk, entry, entries, etag, read_at, user, state)


def fingerprint(feed: Found, origin: str, today: dt.date) -> str:
    """Return a hash that changes when the feed does. Does not query."""
    asked = [getattr(feed.user, name) for name in OF_USER]
    said = [EDITION, origin, today, feed.entry, asked, feed.state]
    return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()


def _states() -> dict[str, Subquery]:
    """Return, of each table the feed is made of (STATES), what tells that it changed."""
    mine = Q(user=OuterRef("user"))
    plans = Plan.objects.filter(owner=OuterRef("user"), state="active", deleted_at=None)
    plan = plans.annotate(said=JSONObject(pk="pk", version="version", title="title"))
    done = Count("pk", filter=Q(status="done"))
    in_scope = Count("pk", filter=Q(topic__in_scope=True, topic__retired_at=None))
    held = Count("pk", filter=Q(retracted_at=None))
    return {
        "plan": Subquery(plan.values("said")[:1]),
        "tasks": _told(Task.objects.filter(_ACTIVE), "plan", n=done, at=Max("done_at")),
        "work": _told(
            Work.objects.filter(mine), "user", n=Count("pk"), sum=Sum("minutes"), at=Max("at")
        ),
        "evidence": _told(
            Evidence.objects.filter(mine),
            "user",
            n=held,
            sum=Sum("score"),
            at=Max("at"),
            back=Max("retracted_at"),
        ),
        "cards": _told(
            Card.objects.filter(mine),
            "user",
            n=in_scope,
            days=Sum("interval"),
            times=Sum("repetitions"),
            due=Max("due"),
            first=Min("due"),
            last=Max("last_day"),
            off=Count("snoozed_until"),
            until=Sum(_days("snoozed_until")),
        ),
        "breaks": _told(
            Break.objects.filter(mine),
            "user",
            n=Count("pk"),
            first=Sum(_days("first_day") * _days("first_day")),
            last=Sum(_days("last_day") * _days("last_day")),
        ),
    }


def _told(rows: QuerySet[Any], by: str, **figures: Any) -> Subquery:
    return Subquery(rows.order_by().values(by).annotate(said=JSONObject(**figures)).values("said"))


def _days(name: str) -> Any:
    """Return a number that is another one for each date; exact enough to tell dates apart."""
    return ExtractYear(name) * 372 + ExtractMonth(name) * 31 + ExtractDay(name) - 743_000


_FEED = Prepared(
    lambda: (
        CalendarFeed.objects.filter(
            digest=Param("digest", CharField()), revoked_at=None, user__is_active=True
        )
        .order_by()
        .annotate(**{f"of_{name}": each for name, each in _states().items()})
        .values_list(
            *("pk", "entry", "entries", "etag", "read_at"),
            *(f"user__{name}" for name in OF_USER),
            *(f"of_{name}" for name in STATES),
        )
    )
)


# What goes out ---------------------------------------------------------------------------------


def zone_of(user: User) -> zoneinfo.ZoneInfo:
    """Return the learner's time zone; UTC where it is not known here. Does not query."""
    try:
        return zoneinfo.ZoneInfo(user.time_zone)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return zoneinfo.ZoneInfo("UTC")


def load_agenda(feed: Found, now: dt.datetime) -> Agenda:
    """Return what the feed's entries are made of. Three queries, one without a plan."""
    user, today = feed.user, local_day(feed.user, now)
    plan = feed.plan
    pieces: list[Piece] = []
    checkpoints: list[Checkpoint] = []
    if plan is not None:
        plan_id = uuid.UUID(plan["pk"])
        rows = _PARTS(plan=plan_id, first=today - BEHIND, last=today + AHEAD)
        pieces = _pieces([Record(*row) for row in rows])
        checkpoints = _checkpoints(plan_id)
    queue = load_queue(user, today)
    reviews = {each.day: each.planned for each in queue.forecast}
    reviews[today] = reviews.get(today, 0) + queue.done_today
    return Agenda(
        today=today,
        zone=zone_of(user),
        times=user.weekday_times,
        by_session=feed.entry == CalendarFeed.Entry.SESSION,
        pieces=pieces,
        reviews=reviews,
        interview=user.interview_on,
        checkpoints=checkpoints,
    )


def _pieces(records: list[Record]) -> list[Piece]:
    records.sort(key=lambda record: (record.part_day, SESSION_ORDER[record.session]))
    rows = [Row(record, record.part_minutes) for record in records]
    return [
        Piece(
            row.record.part_day,
            Session(row.record.session).label,
            row.title,
            row.planned,
            row.part_label,
            row.is_finished_here,
        )
        for row in rows
        if not row.is_skipped
    ]


def _checkpoints(plan_id: uuid.UUID) -> list[Checkpoint]:
    """Return the plan's checkpoints, each on the last day its week has a task, or the day it was
    decided. One query."""
    planned = Part.objects.filter(task__day__week=OuterRef("pk"), task__deleted_at=None).exclude(
        task__status=Task.Status.SKIPPED
    )
    weeks = PlanWeek.objects.filter(plan=plan_id, deleted_at=None, checkpoint__isnull=False)
    last = Subquery(planned.order_by("-day").values("day")[:1])
    found = []
    for week in weeks.annotate(last=last):
        if not week.checkpoint or not week.last:
            continue
        rule = rule_of(week.checkpoint)
        day = (rule.applied and rule.applied.day) or week.last
        text = "It is decided." if rule.applied else TO_DECIDE
        title = str(week.checkpoint.get("title") or week.name)
        found.append(Checkpoint(week.pk, day, title, f"{week}. {text}"))
    return found


def bring_up_to_date(feed: Found, etag: str, agenda: Agenda, now: dt.datetime) -> list[Sent]:
    """Return what to send, and keep what was sent, if it is not what was sent before. One query; two
    more where another reader was faster.

    Readers do not wait for each other: the row is written only as it was read.
    """
    entries = make_entries(agenda)
    sent, kept = compare_entries(entries, feed.entries, feed.user.pk, agenda.today, now)
    for _ in range(TRIES):
        if _keep(feed, etag, kept, now):
            break
        again = CalendarFeed.objects.filter(pk=feed.id).values_list("etag", "entries").first()
        if again is None:
            break
        feed.etag, feed.entries = again
        sent, kept = compare_entries(entries, feed.entries, feed.user.pk, agenda.today, now)
    return sent


def _keep(feed: Found, etag: str, kept: Kept, now: dt.datetime) -> bool:
    """Store what was sent; False when the feed was written since it was read."""
    change: dict[str, Any] = {"etag": etag, "read_at": now}
    if kept != feed.entries:
        change["entries"] = kept
    elif feed.etag == etag:
        note_reading(feed, now)
        return True
    return bool(CalendarFeed.objects.filter(pk=feed.id, etag=feed.etag).update(**change))


def note_reading(feed: Found, now: dt.datetime) -> None:
    """Remember that the feed was read, to the hour. One query at most."""
    if feed.read_at is None or now - feed.read_at >= READ_AGAIN:
        CalendarFeed.objects.filter(pk=feed.id).update(read_at=now)


def calendar_name(feed: Found) -> str:
    """Return the calendar's name. Does not query."""
    plan = feed.plan
    return f"Studyplan: {plan['title']}" if plan else "Studyplan"
