"""What day it is for a learner."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from apps.accounts.clock import local_day, local_today
from apps.accounts.models import User


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("zone", "at", "day"),
    [
        ("UTC", "2026-11-21T23:59:59", "2026-11-21"),
        ("UTC", "2026-11-22T00:00:00", "2026-11-22"),
        ("Pacific/Kiritimati", "2026-11-21T10:00:00", "2026-11-22"),
        ("Pacific/Pago_Pago", "2026-11-21T10:59:59", "2026-11-20"),
        ("Asia/Kathmandu", "2026-11-21T18:14:59", "2026-11-21"),
        ("Asia/Kathmandu", "2026-11-21T18:15:00", "2026-11-22"),
        # Berlin goes to summer time on 29 March 2026: midnight moves from 23:00 to 22:00 UTC.
        ("Europe/Berlin", "2026-03-28T22:59:59", "2026-03-28"),
        ("Europe/Berlin", "2026-03-28T23:00:00", "2026-03-29"),
        ("Europe/Berlin", "2026-03-29T21:59:59", "2026-03-29"),
        ("Europe/Berlin", "2026-03-29T22:00:00", "2026-03-30"),
        # And back on 25 October, a day of 25 hours.
        ("Europe/Berlin", "2026-10-24T22:00:00", "2026-10-25"),
        ("Europe/Berlin", "2026-10-25T22:59:59", "2026-10-25"),
        ("Europe/Berlin", "2026-10-25T23:00:00", "2026-10-26"),
        # In Beirut summer time begins at midnight: the day starts at 01:00.
        ("Asia/Beirut", "2026-03-28T21:59:59", "2026-03-28"),
        ("Asia/Beirut", "2026-03-28T22:00:00", "2026-03-29"),
        # Samoa had no 30 December 2011.
        ("Pacific/Apia", "2011-12-30T09:59:59", "2011-12-29"),
        ("Pacific/Apia", "2011-12-30T10:00:00", "2011-12-31"),
        # A zone that was taken out of the database since.
        ("Mars/Olympus", "2026-11-21T12:00:00", "2026-11-21"),
        ("", "2026-11-21T12:00:00", "2026-11-21"),
    ],
)
def test_the_day_of_a_moment(zone: str, at: str, day: str) -> None:
    learner = User(time_zone=zone)
    assert local_day(learner, utc(at)) == dt.date.fromisoformat(day)
    with time_machine.travel(utc(at), tick=False):
        assert local_today(learner) == dt.date.fromisoformat(day)
