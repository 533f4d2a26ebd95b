"""An archive comes in: compared with what is here, then written in one transaction, then replayed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import DataError, IntegrityError, models, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.exchange.archive_collect import Row, settings_of, used
from apps.exchange.archive_compare import Found, Here, compare, refuse_foreign
from apps.exchange.archive_content import BATCH, ORDER, Content, topic_titles
from apps.exchange.archive_derived import Pages, enter
from apps.exchange.archive_kinds import CONTENT_OF, KINDS, Kind
from apps.exchange.archive_read import Archive, Refused
from apps.exchange.archive_refs import is_curated, mapped
from apps.exchange.archive_settle import settle
from apps.exchange.archive_whole import Whole
from apps.library.models import Topic
from apps.mastery import record as mastery
from apps.mastery.models import Card

AT_ODDS = (
    "The records of this export are at odds with each other or with what is here, so nothing of it "
    "was brought in."
)
# More topics than this are replayed as one.
MANY_TOPICS = 500
ITEMS = {
    "areas": ("area", "areas"),
    "topics": ("topic", "topics"),
    "questions": ("question", "questions"),
    "roadmaps": ("roadmap", "roadmaps"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of record in the preview: how many are new, here already, or kept as they are."""

    words: str
    new: int
    same: int
    kept: int


@dataclass(frozen=True, slots=True)
class Report:
    """What an archive would bring in, or has brought in."""

    made_at: dt.datetime
    email: str
    lines: tuple[Line, ...]
    made: tuple[tuple[int, str], ...]  # (how many, what) curated items that are not here
    warnings: tuple[str, ...]
    other_settings: bool

    @property
    def new(self) -> int:
        """How many records are new."""
        return sum(line.new for line in self.lines)

    @property
    def same(self) -> int:
        """How many records are here already."""
        return sum(line.same for line in self.lines)

    @property
    def kept(self) -> int:
        """How many records differ here, or were left out."""
        return sum(line.kept for line in self.lines)


class _Arrival:
    """One archive on its way in. About sixty queries, however much it holds."""

    def __init__(self, user: User, archive: Archive) -> None:
        self.user, self.archive = user, archive
        self.content = Content(archive.content, used(archive.rows))
        rows = self.content.localised(archive.rows)
        whole = Whole(rows, archive.content, archive.settings)
        self.here = Here(user)
        refuse_foreign(whole, self.here)
        self.found: Found = compare(whole, self.here)
        refs = {row["topic"] for row in self.found.new["notes"] if is_curated(row["topic"])}
        settle(self.found, self.here, topic_titles(refs, self.content), archive.made_at)
        self.missing = self.content.missing(used(self.found.new))

    @property
    def report(self) -> Report:
        found = self.found
        lines = (
            Line(
                kind.words[1].capitalize(),
                len(found.new[kind.name]),
                found.same[kind.name],
                found.kept[kind.name],
            )
            for kind in KINDS
        )
        made = (
            (len(self.missing[name]), ITEMS[name][len(self.missing[name]) != 1]) for name in ORDER
        )
        return Report(
            self.archive.made_at,
            self.archive.email,
            tuple(line for line in lines if line.new or line.same or line.kept),
            tuple(each for each in made if each[0]),
            tuple(found.said),
            bool(self.changed_settings),
        )

    @property
    def changed_settings(self) -> Row:
        there = settings_of(self.user)
        return {name: it for name, it in self.archive.settings.items() if there[name] != it}

    def write(self, pages: Pages, now: dt.datetime) -> None:
        self.content.make(self.missing, now)
        made: dict[str, list[Any]] = {}
        for kind in KINDS:
            if kind.name != "put_off":
                made[kind.name] = self._write(kind, pages)
        topics = {self._topic(row) for row in self.found.new["evidence"]}
        if topics:
            mastery.rebuild(self.user, topics if len(topics) <= MANY_TOPICS else None)
        self._put_off()
        enter(self.user, made)

    def _write(self, kind: Kind, pages: Pages) -> list[Any]:
        rows = [self._instance(kind, row, pages) for row in self.found.new[kind.name]]
        if not rows:
            return []
        manager = kind.model._default_manager
        stamped = [each for each in kind.columns if _is_stamped(each)]
        moments = [
            [(each.attname, row[each.name]) for each in stamped]
            for row in self.found.new[kind.name]
        ]
        manager.bulk_create(rows, batch_size=BATCH)
        if stamped:
            for row, values in zip(rows, moments, strict=True):
                for name, value in values:
                    setattr(row, name, value)
            manager.bulk_update(rows, [each.name for each in stamped], batch_size=BATCH)
        for name in kind.many:
            self._link(kind, name)
        return rows

    def _instance(self, kind: Kind, row: Row, pages: Pages) -> Any:
        values: dict[str, Any] = {}
        for column in kind.columns:
            value = row[column.name]
            if value is not None and column.related_model in CONTENT_OF:
                value = self.content.key(column.related_model, value)
            elif isinstance(column, models.JSONField):
                value = mapped(value, self.content.key_in_json)
            values[column.attname] = value
        made = kind.model(**values)
        for column in kind.model._meta.concrete_fields:
            if column.related_model is User:
                setattr(made, column.name, self.user)
        if hasattr(made, "collection"):
            made.collection = ""
        pages.fill(kind.name, made)
        return made

    def _link(self, kind: Kind, name: str) -> None:
        field: Any = kind.model._meta.get_field(name)
        through = field.remote_field.through
        near, far = field.m2m_field_name(), field.m2m_reverse_field_name()
        through._default_manager.bulk_create(
            [
                through(**{f"{near}_id": row["id"], f"{far}_id": self.content.key(Topic, ref)})
                for row in self.found.new[kind.name]
                for ref in row[name]
            ],
            batch_size=BATCH,
        )

    def _topic(self, row: Row) -> Any:
        return self.content.key(Topic, row["topic"])

    def _put_off(self) -> None:
        until = {str(self._topic(row)): row["snoozed_until"] for row in self.found.new["put_off"]}
        if not until:
            return
        cards = list(Card.objects.filter(user=self.user, topic__in=list(until)))
        for card in cards:
            card.snoozed_until = until[str(card.topic_id)]
        Card.objects.bulk_update(cards, ["snoozed_until"], batch_size=BATCH)


def _is_stamped(column: models.Field[Any, Any]) -> bool:
    """Whether Django writes the moment of storing into a column, whatever was said."""
    return bool(getattr(column, "auto_now", False) or getattr(column, "auto_now_add", False))


def look(user: User, archive: Archive) -> Report:
    """Return what an archive would bring in; nothing is written. Raises Refused."""
    return _Arrival(user, archive).report


def bring_in(user: User, archive: Archive, *, with_settings: bool = False) -> Report:
    """Bring an archive in, all or nothing, and return what came. What is here stays as it is, so
    that a second time adds nothing. Memory and cards of the topics are replayed.

    `with_settings` takes over hours, time zone, interview date and the like. Raises Refused.
    """
    pages = Pages()
    # Texts become pages before the learner's row is locked; on SQLite all others wait meanwhile.
    early = _Arrival(user, archive)
    for kind in KINDS:
        pages.prepare(kind.name, early.found.new[kind.name])
    try:
        with transaction.atomic():
            mastery.lock(user)
            arrival = _Arrival(user, archive)
            report = arrival.report
            arrival.write(pages, timezone.now())
            if with_settings:
                _take_settings(user, arrival.changed_settings)
    except (IntegrityError, DataError):
        raise Refused(AT_ODDS) from None
    return report


def _take_settings(user: User, changed: Row) -> None:
    scheduler = changed.pop("scheduler", None)
    if changed:
        User.objects.filter(pk=user.pk).update(**changed)
    if scheduler is not None:
        mastery.choose_scheduler(user, scheduler)
