"""The calendar feed as a file (RFC 5545). Pure: no clock, no database."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Iterable, Iterator

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vText

from apps.exchange.calendar_entries import Sent

REFRESH = "PT4H"
DAY = dt.timedelta(days=1)
_CONTROL = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029]")


def write_calendar(sent: Iterable[Sent], name: str, zone: zoneinfo.ZoneInfo, origin: str) -> bytes:
    """Return the file. `origin` is the site's own address, before the paths of its pages. The rules
    of the zone are part of it where an entry has a time of day; UTC needs none."""
    events = [(each, _event(each, origin)) for each in sent]
    calendar = Calendar()
    calendar.add("prodid", "-//Studyplan//Study plan//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    title = vText(_line(name))
    calendar.add("name", title)
    calendar.add("x-wr-calname", title)
    calendar.add("x-wr-timezone", vText(str(zone)))
    calendar.add("refresh-interval", vText(REFRESH), parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", vText(REFRESH))
    timed = [each.entry.day for each, _ in events if each.entry.start]
    if timed and not _is_utc(zone):
        calendar.add_component(zone_rules(zone, min(timed) - DAY, max(timed) + 2 * DAY))
    for _, event in events:
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _event(sent: Sent, origin: str) -> Event:
    entry = sent.entry
    address = f"{origin}{entry.path}"
    event = Event()
    event.add("uid", sent.uid)
    event.add("sequence", sent.sequence)
    event.add("dtstamp", sent.changed_at)
    event.add("last-modified", sent.changed_at)
    if entry.start and entry.end:
        event.add("dtstart", _moment(entry.start))
        event.add("dtend", _moment(entry.end))
        event.add("transp", "OPAQUE")
    else:
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + DAY)
        event.add("transp", "TRANSPARENT")
    event.add("summary", _line(entry.summary))
    text = f"{entry.text}\n\n{address}" if entry.text else address
    event.add("description", "\n".join(_line(line) for line in text.split("\n")))
    event.add("url", address)
    event.add("status", "CANCELLED" if sent.is_off else "CONFIRMED")
    event.add("class", "PRIVATE")
    return event


def _line(text: str) -> str:
    """Return the text without what no line of a file may hold."""
    return _CONTROL.sub(" ", text)


def _moment(at: dt.datetime) -> dt.datetime:
    """Return the moment as it is written: in its zone, but in UTC where the clock shows the same
    hour twice and the second one is meant, which a zone cannot say."""
    return at.astimezone(dt.UTC) if at.fold or _is_utc(at.tzinfo) else at


def _is_utc(zone: dt.tzinfo | None) -> bool:
    return str(zone) in ("UTC", "Etc/UTC", "Zulu", "Etc/Zulu", "Universal", "Etc/Universal")


# The zone's rules ------------------------------------------------------------------------------


def zone_rules(zone: zoneinfo.ZoneInfo, first: dt.date, last: dt.date) -> Timezone:
    """Return the zone's offsets from the first day to the last one, change by change."""
    rules = Timezone()
    rules.add("tzid", str(zone))
    start = dt.datetime(first.year, first.month, first.day, tzinfo=dt.UTC)
    end = dt.datetime(last.year, last.month, last.day, tzinfo=dt.UTC)
    began = start.astimezone(zone)
    rules.add_component(_offset(began, began.utcoffset()))
    for change in _changes(zone, start, end):
        before = (change - dt.timedelta(seconds=1)).astimezone(zone)
        rules.add_component(_offset(change.astimezone(zone), before.utcoffset()))
    return rules


def _changes(
    zone: zoneinfo.ZoneInfo, start: dt.datetime, end: dt.datetime
) -> Iterator[dt.datetime]:
    """Yield the moments, to the second, at which the zone's offset or its name changes."""
    at = start
    while at < end:
        low, high = at, at + DAY
        if _said(zone, low) != _said(zone, high):
            while high - low > dt.timedelta(seconds=1):
                middle = low + (high - low) // 2
                middle = middle.replace(microsecond=0)
                low, high = (
                    (middle, high) if _said(zone, middle) == _said(zone, at) else (low, middle)
                )
            yield high
        at += DAY


def _said(zone: zoneinfo.ZoneInfo, at: dt.datetime) -> tuple[object, object, object]:
    local = at.astimezone(zone)
    return local.utcoffset(), local.dst(), local.tzname()


def _offset(local: dt.datetime, before: dt.timedelta | None) -> TimezoneStandard | TimezoneDaylight:
    """Return the part of the rules that begins at this moment; it is named by the clock as it went
    before."""
    offset, was = local.utcoffset() or dt.timedelta(), before or dt.timedelta()
    part = TimezoneDaylight() if local.dst() else TimezoneStandard()
    part.add("dtstart", (local.astimezone(dt.UTC) + was).replace(tzinfo=None))
    part.add("tzoffsetfrom", was)
    part.add("tzoffsetto", offset)
    part.add("tzname", local.tzname() or str(local.tzinfo))
    return part
