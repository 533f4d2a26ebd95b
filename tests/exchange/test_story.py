"""Reading a story, and the times of its evenings."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from apps.exchange.story import Story, evening, read_story

HISTORY = Path(__file__).parents[2] / "fixtures" / "demo" / "history.yaml"
TEXT = HISTORY.read_text(encoding="utf-8")
DAY = dt.date(2026, 11, 18)


def told() -> Story:
    story, faults = read_story(TEXT, "history.yaml")
    assert not faults
    assert story is not None
    return story


def test_the_story_is_the_seeds() -> None:
    story = told()
    assert (story.first_day, story.last_day) == (dt.date(2025, 10, 28), dt.date(2025, 11, 11))
    totals = [(day.day.isoformat()[5:], check.total) for day in story.days for check in day.checks]
    assert totals == [
        ("10-31", 88),
        ("11-01", 98.5),
        ("11-04", 80.8),
        ("11-05", 98),
        ("11-06", 99.0),
        ("11-07", 97.5),
        ("11-08", 99.6),
        ("11-09", 99.5),
        ("11-10", 86.5),
        ("11-11", 92.0),
    ]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("first_day: 2025-10-28", "first_day: 2025-10-27", "begins and ends"),
        ("  - day: 2025-10-29\n", "  - day: 2025-10-28\n", "not in order"),
        ("task: w1-rust-list,", "task: w1-linear-regression,", "twice: w1-linear-regression"),
        ("- {task: w1-knn, note", "- {task: w9-knn, note", "never done: w9-knn"),
        ("- day: 2025-10-30\n    text", "- day: 2025-11-02\n    text", "2025-11-02 is not among"),
        ("{task: w1-rust-list, minutes: 10}", "{task: w1-rust-list, minutes: 0}", "at least 1"),
        ("{task: w1-rust-list, minutes: 10}", "{task: w1-rust-list, minutes: 900}", "960 minutes"),
        ("score: 95, review", "score: 195, review", "at most 100"),
        ("value: dunno", "value: never", "unknown value `never`"),
        ("total: 88\n", "total: [\n", "history.yaml:"),
    ],
)
def test_a_fault_is_said(old: str, new: str, says: str) -> None:
    assert old in TEXT
    story, faults = read_story(TEXT.replace(old, new, 1), "history.yaml")
    assert story is None
    assert says in str(faults[0])


def test_an_evening_begins_at_six_and_ends_before_midnight() -> None:
    begin, first, second = evening(DAY, [30, 45])
    assert begin == dt.datetime(2026, 11, 18, 18, tzinfo=dt.UTC)
    assert (first.hour, first.minute, second.hour, second.minute) == (18, 30, 19, 15)
    assert evening(DAY, [])[0] == begin
    for minutes in (355, 356, 960):
        start, end = evening(DAY, [minutes])
        assert (start.date(), end.date()) == (DAY, DAY)
        assert end - start == dt.timedelta(minutes=minutes)
