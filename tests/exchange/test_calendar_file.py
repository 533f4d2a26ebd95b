"""The feed's file, read back."""

from __future__ import annotations

import datetime as dt
import warnings
import zoneinfo
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from apps.exchange.calendar_entries import Entry, Sent
from apps.exchange.calendar_file import write_calendar, zone_rules
from tests.conftest import TODAY

NOW = dt.datetime(2026, 11, 18, 9, tzinfo=dt.UTC)
BERLIN, UTC = zoneinfo.ZoneInfo("Europe/Berlin"), zoneinfo.ZoneInfo("UTC")
ORIGIN = "https://study.example"


def entry(**more: Any) -> Entry:
    usual: dict[str, Any] = {
        "key": "day",
        "day": TODAY,
        "summary": "Study: 60 min, 3 tasks",
        "text": "☐ One\n☑ Two",
        "path": "/week/2026-11-18/",
    }
    return Entry(**usual | more)


def timed(start: dt.datetime, minutes: int = 60) -> Entry:
    end = (start.astimezone(dt.UTC) + dt.timedelta(minutes=minutes)).astimezone(start.tzinfo)
    return entry(day=start.date(), start=start, end=end)


def written(*entries: Entry, zone: zoneinfo.ZoneInfo = BERLIN, is_off: bool = False) -> bytes:
    sent = [Sent(f"{n}@studyplan", n, NOW, each, is_off) for n, each in enumerate(entries)]
    return write_calendar(sent, "Studyplan: Mine", zone, ORIGIN)


def read(file: bytes) -> Any:
    """Return the calendar, read without any warning or error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        calendar: Any = Calendar.from_ical(file)
        assert not any(part.errors for part in calendar.walk())
        # All of it is written again as it was read.
        assert Calendar.from_ical(calendar.to_ical()).to_ical() == calendar.to_ical()
    return calendar


def events(file: bytes) -> list[Any]:
    return list(read(file).walk("VEVENT"))


def test_the_calendar_says_its_name_its_zone_and_how_often_to_read_it() -> None:
    file = written(entry()).decode()
    for line in (
        "VERSION:2.0",
        "NAME:Studyplan: Mine",
        "X-WR-CALNAME:Studyplan: Mine",
        "X-WR-TIMEZONE:Europe/Berlin",
        "REFRESH-INTERVAL;VALUE=DURATION:PT4H",
        "X-PUBLISHED-TTL:PT4H",
    ):
        assert f"\r\n{line}\r\n" in file
    assert "METHOD" not in file


def test_an_entry_of_a_whole_day() -> None:
    (event,) = events(written(entry()))
    assert event["summary"] == "Study: 60 min, 3 tasks"
    assert event["description"] == f"☐ One\n☑ Two\n\n{ORIGIN}/week/2026-11-18/"
    assert event["url"] == f"{ORIGIN}/week/2026-11-18/"
    assert (event.start, event.end) == (TODAY, TODAY + dt.timedelta(days=1))
    assert (event["transp"], event["status"], event["sequence"]) == ("TRANSPARENT", "CONFIRMED", 0)
    assert event["dtstamp"].dt == event["last-modified"].dt == NOW
    assert event["class"] == "PRIVATE"


def test_an_entry_with_a_time_of_day_and_its_zone() -> None:
    file = written(timed(dt.datetime(2026, 11, 18, 18, tzinfo=BERLIN)))
    (event,) = events(file)
    assert b"DTSTART;TZID=Europe/Berlin:20261118T180000" in file
    assert event.duration == dt.timedelta(hours=1)
    assert event["transp"] == "OPAQUE"
    assert [str(zone["tzid"]) for zone in read(file).walk("VTIMEZONE")] == ["Europe/Berlin"]


def test_utc_needs_no_zone() -> None:
    file = written(timed(dt.datetime(2026, 11, 18, 18, tzinfo=UTC)), zone=UTC)
    assert b"DTSTART:20261118T180000Z" in file
    assert b"VTIMEZONE" not in file


def test_whole_days_need_no_zone() -> None:
    assert b"VTIMEZONE" not in written(entry())


def test_what_was_called_off() -> None:
    (event,) = events(written(entry(), is_off=True))
    assert event["status"] == "CANCELLED"


def test_an_end_in_the_hour_that_comes_twice_is_the_second_one() -> None:
    file = written(timed(dt.datetime(2027, 10, 31, 2, 30, tzinfo=BERLIN)))
    (event,) = events(file)
    assert event.end.astimezone(dt.UTC) - event.start.astimezone(dt.UTC) == dt.timedelta(hours=1)
    assert b"DTEND:20271031T013000Z" in file


def test_an_empty_calendar_is_one_too() -> None:
    assert events(written()) == []


@pytest.mark.parametrize(
    "title",
    [
        "Ridge, lasso; elastic net",
        r"A \n that is no new line, and a C:\path",
        "Emoji 🧑‍🔬🇩🇪 and Greek λ, μ; ∑",
        "a" * 70 + "🧑‍🔬" * 20 + r"\,;" * 30,
        "العربية",
        "BEGIN:VEVENT",
        '"quoted": <b>bold</b>',
    ],
)
def test_a_title_comes_back_as_it_was(title: str) -> None:
    file = written(entry(summary=title, text=f"{title}\n{title}"))
    (event,) = events(file)
    assert event["summary"] == title
    assert event["description"].startswith(f"{title}\n{title}\n\n")


def test_no_line_is_too_long_and_no_sign_is_torn() -> None:
    file = written(entry(summary="é🧑‍🔬" * 200))
    lines = file.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all(line.decode() for line in lines[:-1])
    assert b"\n" not in file.replace(b"\r\n", b"")


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_is_read_back(title: str, text: str) -> None:
    title, text = (each.encode("utf-8", "ignore").decode() for each in (title, text))
    (event,) = events(written(entry(summary=title, text=text)))
    kept = "".join(sign if sign.isprintable() or sign == " " else "" for sign in title)
    assert all(sign in event["summary"] for sign in kept)
    assert event["description"].endswith(f"{ORIGIN}/week/2026-11-18/")


ZONES = [
    ("Europe/Berlin", 3),
    ("America/New_York", 3),
    ("Australia/Lord_Howe", 3),
    ("Asia/Kolkata", 1),
    ("America/Sao_Paulo", 1),
    ("Africa/Casablanca", 3),
    ("Europe/Dublin", 3),
]


@pytest.mark.parametrize(("name", "parts"), ZONES)
def test_the_rules_of_a_zone_give_its_offsets(name: str, parts: int) -> None:
    """Each hour of a year has by the rules the offset it has in the zone."""
    zone = zoneinfo.ZoneInfo(name)
    first, last = dt.date(2026, 11, 18), dt.date(2027, 11, 18)
    rules: Any = zone_rules(zone, first, last)
    onsets = sorted(
        (
            part["dtstart"].dt.replace(tzinfo=dt.UTC) - part["tzoffsetfrom"].td,
            part["tzoffsetto"].td,
        )
        for part in rules.subcomponents
    )
    assert len(onsets) == parts
    moment = dt.datetime(2026, 11, 18, tzinfo=dt.UTC)
    while moment.date() < last:
        by_rules = [offset for onset, offset in onsets if onset <= moment][-1]
        assert by_rules == moment.astimezone(zone).utcoffset(), moment
        moment += dt.timedelta(minutes=30)
