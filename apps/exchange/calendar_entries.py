"""What the calendar feed says: its entries, and which of them changed since they were last sent.
Pure: no clock, no database."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
import zoneinfo
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

BEHIND = dt.timedelta(days=14)  # how far back the feed goes
AHEAD = dt.timedelta(days=366)  # and how far ahead, at most
KEEP_GONE = dt.timedelta(days=30)  # how long an entry that vanished is still called off
MARK = {True: "☑", False: "☐"}


class Piece(NamedTuple):
    """What is planned of one task on one day; `session` is its session's name for people."""

    day: dt.date
    session: str
    title: str
    minutes: int
    part: str
    is_done: bool

    @property
    def line(self) -> str:
        """ "☐ Read about Adam (20 min, part 1 of 2)"."""
        part = f", {self.part}" if self.part else ""
        return f"{MARK[self.is_done]} {self.title} ({self.minutes} min{part})"


class Checkpoint(NamedTuple):
    """A checkpoint on the last day of its week."""

    week: uuid.UUID
    day: dt.date
    title: str
    text: str


class Entry(NamedTuple):
    """One entry of a calendar. `key` stays the same when all else changes; without a start it
    takes the whole day. `path` is the page it leads to."""

    key: str
    day: dt.date
    summary: str
    text: str
    path: str
    start: dt.datetime | None = None
    end: dt.datetime | None = None

    @property
    def may_return(self) -> bool:
        """Whether the same entry may come on another day, as the interview does."""
        return self.day.isoformat() not in self.key

    @property
    def digest(self) -> str:
        """Changes when anything does that a calendar shows."""
        zone = str(self.start.tzinfo) if self.start else ""
        said = json.dumps([str(value) for value in self] + [zone])
        return hashlib.sha256(said.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Agenda:
    """All that the entries are made of. `pieces` are in the order of the day; `times` say when
    study begins on each weekday, Monday first."""

    today: dt.date
    zone: zoneinfo.ZoneInfo
    times: Sequence[dt.time | None]
    by_session: bool
    pieces: Iterable[Piece] = ()
    reviews: Mapping[dt.date, int] = field(default_factory=dict)
    interview: dt.date | None = None
    checkpoints: Iterable[Checkpoint] = ()

    def holds(self, day: dt.date) -> bool:
        """Whether the feed reaches that day."""
        return self.today - BEHIND <= day <= self.today + AHEAD


def make_entries(agenda: Agenda) -> list[Entry]:
    """Return the entries in order of their days. Days that the feed does not reach are left out."""
    by_day: dict[dt.date, list[Piece]] = defaultdict(list)
    for piece in agenda.pieces:
        by_day[piece.day].append(piece)
    for day, count in agenda.reviews.items():
        if count:
            by_day[day] += []
    found: list[Entry] = []
    for day, pieces in by_day.items():
        found += _of_day(agenda, day, pieces)
    for point in agenda.checkpoints:
        path = f"/plan/?week={point.week}#week-{point.week}"
        title = f"Checkpoint: {point.title}"
        found.append(Entry(f"checkpoint {point.week}", point.day, title, point.text, path))
    if agenda.interview:
        text = "The interview date you set in Studyplan."
        found.append(Entry("interview", agenda.interview, "Interview", text, "/readiness/"))
    return sorted((each for each in found if agenda.holds(each.day)), key=_order)


def _order(entry: Entry) -> tuple[dt.date, str, str]:
    start = entry.start.astimezone(dt.UTC).isoformat() if entry.start else ""
    return entry.day, start, entry.key


def _of_day(agenda: Agenda, day: dt.date, pieces: list[Piece]) -> list[Entry]:
    reviews = agenda.reviews.get(day, 0)
    path = f"/week/{day}/"
    if not pieces:
        said = counted(reviews, "review")
        return [Entry(f"day {day}", day, f"Reviews: {reviews}", f"{said} due.", "/reviews/")]
    groups = {f"day {day}": ("Study", pieces)}
    if agenda.by_session:
        sessions = dict.fromkeys(piece.session for piece in pieces)
        groups = {
            f"session {day} {name}": (name, [piece for piece in pieces if piece.session == name])
            for name in sessions
        }
    start = begins_at(day, agenda.times[day.weekday()], agenda.zone)
    entries = []
    for key, (name, those) in groups.items():
        minutes = sum(piece.minutes for piece in those)
        end = after(start, minutes)
        summary, text = _said(name, minutes, those, reviews)
        entries.append(Entry(key, day, summary, text, path, start, end))
        start, reviews = end, 0
    return entries


def _said(name: str, minutes: int, pieces: list[Piece], reviews: int) -> tuple[str, str]:
    """Return the summary and the text of an entry."""
    done = sum(piece.is_done for piece in pieces)
    summary = [f"{minutes} min", counted(len(pieces), "task")]
    lines = [piece.line for piece in pieces]
    if reviews:
        summary.append(counted(reviews, "review"))
        lines.append(f"Reviews due: {reviews}")
    if done == len(pieces):
        summary.append("done")
    elif done:
        lines.append(f"{done} of {len(pieces)} tasks done.")
    return f"{name}: {', '.join(summary)}", "\n".join(lines)


def counted(number: int, word: str) -> str:
    """Return "1 task", "2 tasks"."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def begins_at(day: dt.date, at: dt.time | None, zone: zoneinfo.ZoneInfo) -> dt.datetime | None:
    """Return the moment of a time of day; of an hour that is left out in spring, the same clock
    time by the offset before it. None without a time."""
    if at is None:
        return None
    local = dt.datetime.combine(day, at, zone)
    return local.astimezone(dt.UTC).astimezone(zone)


def after(start: dt.datetime | None, minutes: int) -> dt.datetime | None:
    """Return the moment so many minutes later, in the zone of the start, over a change of clocks
    too; None without a start."""
    if start is None:
        return None
    end = start.astimezone(dt.UTC) + dt.timedelta(minutes=minutes)
    return end.astimezone(start.tzinfo)


# What was sent ---------------------------------------------------------------------------------

Kept = dict[str, dict[str, Any]]


class Sent(NamedTuple):
    """An entry as it goes out: under its lasting id, with the number of the change that made it
    what it is, and the moment of that change. One that was called off is sent as such."""

    uid: str
    sequence: int
    changed_at: dt.datetime
    entry: Entry
    is_off: bool = False


def uid_of(learner: uuid.UUID, key: str) -> str:
    """Return the id a calendar knows an entry by; it tells nothing of the learner."""
    return f"{uuid.uuid5(learner, key)}@studyplan"


def compare(
    entries: Iterable[Entry], kept: Kept, learner: uuid.UUID, today: dt.date, now: dt.datetime
) -> tuple[list[Sent], Kept]:
    """Return what to send, and what to keep of it for the next time.

    The number of an entry rises when its digest does not equal the kept one. What has vanished from
    today on is sent as called off for 30 days. Its number is kept as long as the entry can come
    back, so that it never falls.
    """
    sent: list[Sent] = []
    new: Kept = {}
    for entry in entries:
        uid = uid_of(learner, entry.key)
        row = kept.get(uid)
        if row is None or row["digest"] != entry.digest or "gone" in row:
            row = {
                "digest": entry.digest,
                "sequence": row["sequence"] + 1 if row else 0,
                "at": now.astimezone(dt.UTC).isoformat(timespec="seconds"),
                "day": entry.day.isoformat(),
                "summary": entry.summary,
            }
            if entry.may_return:
                row["stays"] = True
        new[uid] = row
        sent.append(_sent(uid, row, entry))
    for uid, row in kept.items():
        if uid in new:
            continue
        day = dt.date.fromisoformat(row["day"])
        if off := _called_off(row, today, now):
            new[uid] = off
            entry = Entry("", day, off["summary"], "", f"/week/{day}/")
            sent.append(_sent(uid, off, entry, is_off=True))
        elif row.get("stays") or day >= today - BEHIND:
            new[uid] = row
    return sent, new


def _sent(uid: str, row: dict[str, Any], entry: Entry, is_off: bool = False) -> Sent:
    return Sent(uid, row["sequence"], dt.datetime.fromisoformat(row["at"]), entry, is_off)


def _called_off(row: dict[str, Any], today: dt.date, now: dt.datetime) -> dict[str, Any] | None:
    """Return the row of an entry that vanished; None where nothing is to be said of it (any more)."""
    if "gone" in row:
        return row if dt.date.fromisoformat(row["gone"]) + KEEP_GONE > today else None
    if dt.date.fromisoformat(row["day"]) < today:
        return None
    at = now.astimezone(dt.UTC).isoformat(timespec="seconds")
    return row | {"sequence": row["sequence"] + 1, "at": at, "gone": today.isoformat()}
