"""The entries of the calendar feed, and what is told of them the next time."""

from __future__ import annotations

import datetime as dt
import uuid
import zoneinfo
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.exchange.calendar_entries import (
    Agenda,
    Checkpoint,
    Entry,
    Kept,
    Piece,
    Sent,
    compare,
    make_entries,
)
from tests.conftest import TODAY

DAY = dt.timedelta(days=1)
NOW = dt.datetime(2026, 11, 18, 9, tzinfo=dt.UTC)
LEARNER, WEEK = uuid.UUID(int=7), uuid.UUID(int=8)
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
PIECES = (
    Piece(TODAY, "Study", "Read about Adam", 20, "", True),
    Piece(TODAY, "Practice", "Implement k-means", 30, "part 1 of 2", False),
    Piece(TODAY, "Practice", "Write tests", 15, "", False),
)


def agenda(**more: Any) -> Agenda:
    usual: dict[str, Any] = {
        "today": TODAY,
        "zone": BERLIN,
        "times": (None,) * 7,
        "by_session": False,
        "pieces": PIECES,
    }
    return Agenda(**usual | more)


def at(hour: int, minute: int = 0) -> tuple[dt.time | None, ...]:
    return (dt.time(hour, minute),) * 7


def test_a_day_is_one_entry_with_its_tasks() -> None:
    (entry,) = make_entries(agenda())
    assert entry.summary == "Study: 65 min, 3 tasks"
    assert entry.text.splitlines() == [
        "☑ Read about Adam (20 min)",
        "☐ Implement k-means (30 min, part 1 of 2)",
        "☐ Write tests (15 min)",
        "1 of 3 tasks done.",
    ]
    assert (entry.day, entry.path) == (TODAY, "/week/2026-11-18/")
    assert entry.start is entry.end is None


def test_one_task_is_no_tasks_and_a_finished_day_says_so() -> None:
    (entry,) = make_entries(agenda(pieces=PIECES[:1]))
    assert entry.summary == "Study: 20 min, 1 task, done"


def test_a_time_of_day_gives_beginning_and_end() -> None:
    (entry,) = make_entries(agenda(times=at(18, 30)))
    assert str(entry.start) == "2026-11-18 18:30:00+01:00"
    assert str(entry.end) == "2026-11-18 19:35:00+01:00"


def test_sessions_follow_each_other_from_that_time() -> None:
    study, practice = make_entries(agenda(times=at(18), by_session=True, reviews={TODAY: 4}))
    assert study.summary == "Study: 20 min, 1 task, 4 reviews, done"
    assert practice.summary == "Practice: 45 min, 2 tasks"
    assert study.end == practice.start
    assert str(practice.end)[11:16] == "19:05"
    assert study.key != practice.key


def test_sessions_take_the_whole_day_where_no_time_is_set() -> None:
    entries = make_entries(agenda(by_session=True))
    assert [entry.summary.split(":")[0] for entry in entries] == ["Practice", "Study"]
    assert {entry.start for entry in entries} == {None}


def test_reviews_stand_with_the_tasks_or_alone() -> None:
    reviews = {TODAY: 4, TODAY + DAY: 1, TODAY + 2 * DAY: 0}
    with_tasks, alone = make_entries(agenda(reviews=reviews, times=at(18)))
    assert with_tasks.summary == "Study: 65 min, 3 tasks, 4 reviews"
    assert "Reviews due: 4" in with_tasks.text
    assert (alone.summary, alone.text, alone.start) == ("Reviews: 1", "1 review due.", None)
    assert alone.path == "/reviews/"


def test_interview_and_checkpoints_are_entries_of_their_own() -> None:
    point = Checkpoint(WEEK, TODAY + DAY, "Half of the way", "Week 4: Systems.")
    entries = make_entries(agenda(pieces=(), interview=TODAY + 2 * DAY, checkpoints=[point]))
    assert [(entry.day, entry.summary) for entry in entries] == [
        (TODAY + DAY, "Checkpoint: Half of the way"),
        (TODAY + 2 * DAY, "Interview"),
    ]
    assert entries[0].path == f"/plan/?week={WEEK}#week-{WEEK}"


@pytest.mark.parametrize(("days", "is_in"), [(-15, False), (-14, True), (366, True), (367, False)])
def test_how_far_the_feed_reaches(days: int, is_in: bool) -> None:
    day = TODAY + dt.timedelta(days=days)
    pieces = [PIECES[0]._replace(day=day)]
    for more in ({"pieces": pieces}, {"pieces": (), "interview": day}):
        assert bool(make_entries(agenda(**more))) is is_in


@pytest.mark.parametrize(
    ("day", "at", "minutes", "begin", "end"),
    [
        # The clock goes from 2 to 3: what is set to 2:30 begins at 3:30.
        ("2027-03-28", "02:30", 60, "2027-03-28T03:30:00+02:00", "2027-03-28T04:30:00+02:00"),
        ("2027-03-28", "01:30", 60, "2027-03-28T01:30:00+01:00", "2027-03-28T03:30:00+02:00"),
        # It shows 2 to 3 twice: an hour from 2:30 ends at the second 2:30.
        ("2027-10-31", "02:30", 60, "2027-10-31T02:30:00+02:00", "2027-10-31T02:30:00+01:00"),
        ("2026-11-18", "23:30", 90, "2026-11-18T23:30:00+01:00", "2026-11-19T01:00:00+01:00"),
    ],
)
def test_the_minutes_are_right_when_clocks_change(
    day: str, at: str, minutes: int, begin: str, end: str
) -> None:
    times = (dt.time.fromisoformat(at),) * 7
    piece = PIECES[0]._replace(day=dt.date.fromisoformat(day), minutes=minutes)
    (entry,) = make_entries(agenda(today=piece.day, times=times, pieces=[piece]))
    assert entry.start
    assert entry.end
    assert (entry.start.isoformat(), entry.end.isoformat()) == (begin, end)


# What was sent before --------------------------------------------------------------------------


def send(
    entries: list[Entry], kept: Kept | None = None, days: int = 0, learner: uuid.UUID = LEARNER
) -> tuple[list[Sent], Kept]:
    later = dt.timedelta(days=days)
    return compare(entries, kept or {}, learner, TODAY + later, NOW + later)


def test_nothing_changes_while_nothing_changed() -> None:
    first, kept = send(make_entries(agenda()))
    again, kept_again = send(make_entries(agenda()), kept, days=3)
    assert again == first
    assert kept_again == kept
    assert (first[0].sequence, first[0].changed_at) == (0, NOW)


def test_only_the_entry_that_changed_gets_another_number() -> None:
    later = PIECES[0]._replace(day=TODAY + DAY)
    before, kept = send(make_entries(agenda(pieces=[*PIECES, later])))
    ticked = later._replace(is_done=False)
    after, _ = send(make_entries(agenda(pieces=[*PIECES, ticked])), kept, days=1)
    assert after[0] == before[0]
    assert after[1].uid == before[1].uid
    assert (after[1].sequence, after[1].changed_at) == (1, NOW + DAY)


@pytest.mark.parametrize(
    "changed",
    [
        {"times": at(18)},
        {"reviews": {TODAY: 1}},
        {"pieces": [PIECES[0]._replace(title="Another title"), *PIECES[1:]]},
    ],
)
def test_what_counts_as_a_change(changed: dict[str, Any]) -> None:
    _, kept = send(make_entries(agenda()))
    after, _ = send(make_entries(agenda(**changed)), kept)
    assert [each.sequence for each in after] == [1]


def test_another_zone_changes_only_what_has_a_time_of_day() -> None:
    rome = zoneinfo.ZoneInfo("Europe/Rome")
    for times, sequence in (((None,) * 7, 0), (at(18), 1)):
        _, kept = send(make_entries(agenda(times=times)))
        after, _ = send(make_entries(agenda(times=times, zone=rome)), kept)
        assert after[0].sequence == sequence


def test_what_vanishes_is_called_off_for_thirty_days_and_may_come_back() -> None:
    entries = make_entries(agenda(pieces=[PIECES[0]._replace(day=TODAY + DAY)]))
    first, kept = send(entries)
    (off,), kept = send([], kept)
    assert (off.uid, off.is_off, off.sequence) == (first[0].uid, True, 1)
    assert off.entry.day == TODAY + DAY
    (still,), kept_later = send([], kept, days=29)
    assert still == off
    assert send([], kept_later, days=30) == ([], {})
    (back,), _ = send(entries, kept)
    assert (back.is_off, back.sequence) == (False, 2)


def test_a_day_that_is_over_is_not_called_off() -> None:
    _, kept = send(make_entries(agenda()))
    assert send([], kept, days=1)[0] == []
    assert send([], kept, days=15) == ([], {})


def test_the_number_goes_on_when_a_day_that_was_over_comes_back() -> None:
    entries = make_entries(agenda())
    _, kept = send(make_entries(agenda(pieces=PIECES[:1])))
    _, kept = send(entries, kept)
    _, kept = send([], kept, days=1)  # laid out again, then undone
    assert [each.sequence for each in send(entries, kept, days=1)[0]] == [1]


@pytest.mark.parametrize("away", [31, 60])
def test_the_number_goes_on_with_the_next_interview(away: int) -> None:
    def on(days: int) -> list[Entry]:
        return make_entries(agenda(pieces=(), interview=TODAY + dt.timedelta(days=days)))

    _, kept = send(on(9))
    _, over = send([], send(on(10), kept)[1], days=away)
    assert [each.sequence for each in send(on(80), over, days=away)[0]] == [2]
    _, kept = send(on(100), kept)
    _, none = send([], kept, days=1)
    none_sent, none = send([], none, days=away + 1)
    assert none_sent == []
    assert [each.sequence for each in send(on(100), none, days=away + 2)[0]] == [3]


def test_ids_are_the_learners_own_and_tell_nothing_of_them() -> None:
    entries = make_entries(agenda())
    (mine,), _ = send(entries)
    (other,), _ = send(entries, learner=uuid.UUID(int=9))
    assert mine.uid != other.uid
    assert LEARNER.hex not in mine.uid.replace("-", "")


@given(
    st.lists(st.dictionaries(st.integers(0, 5), st.integers(1, 3), max_size=6), max_size=6),
    st.booleans(),
)
def test_numbers_never_fall_and_ids_are_single(
    rounds: list[dict[int, int]], by_session: bool
) -> None:
    kept: Kept = {}
    last: dict[str, int] = {}
    for planned in rounds:
        pieces = [
            Piece(TODAY + day * DAY, "Study", f"Task {number}", 10 + number, "", False)
            for day, number in planned.items()
        ]
        sent, kept = send(make_entries(agenda(pieces=pieces, by_session=by_session)), kept)
        assert len({each.uid for each in sent}) == len(sent) == len(kept)
        assert {each.entry.day for each in sent if not each.is_off} == {p.day for p in pieces}
        for each in sent:
            assert each.sequence >= last.get(each.uid, 0)
            last[each.uid] = each.sequence
