"""Sketches of plans to tell the pace of: days are numbers, 0 is today, a Wednesday."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from apps.plans.sketch import Job, Sketch
from tests.conftest import TODAY

OUTLINE_DAY = uuid.uuid4()
KINDS = ("read", "code", "check", "mock", "review")


def at(number: int) -> dt.date:
    """Return the day so many days from today."""
    return TODAY + dt.timedelta(days=number)


def job(
    minutes: int,
    *parts: tuple[int, int],
    pinned: dt.date | None = None,
    title: str = "Task",
    **fields: Any,
) -> Job:
    """Return a task of so many minutes, with parts of (day, minutes)."""
    return Job(
        key=uuid.uuid4(),
        title=title,
        day=OUTLINE_DAY,
        minutes=minutes,
        pinned_on=pinned,
        parts=tuple((at(day), part) for day, part in parts),
        **fields,
    )


def sketch(
    jobs: Iterable[Job],
    *,
    hours: tuple[int, ...] = (60,) * 7,
    interview: dt.date | None = None,
    target: dt.date | None = None,
) -> Sketch:
    """Return a plan that began thirty days ago, of an hour a day."""
    return Sketch(
        today=TODAY,
        starts_on=at(-30),
        hours=hours,
        jobs=tuple(jobs),
        target_on=target,
        interview_on=interview,
    )


@st.composite
def sketches(draw: st.DrawFn) -> Sketch:
    """Plans of up to twelve tasks, each planned somewhere within two weeks of today."""
    jobs = []
    for _ in range(draw(st.integers(0, 12))):
        minutes = draw(st.sampled_from((5, 20, 45, 60, 90, 150)))
        day = draw(st.integers(-14, 14))
        status = draw(st.sampled_from(("todo", "todo", "todo", "done", "skipped")))
        jobs.append(
            job(
                minutes,
                *(
                    [(day, minutes)]
                    if draw(st.booleans())
                    else [(day, minutes - 5), (day + 2, 5)][minutes == 5 :]
                ),
                status=status,
                spent=draw(st.sampled_from((0, 0, 0, 10, minutes))),
                kind=draw(st.sampled_from(KINDS)),
                priority=draw(st.sampled_from(("must", "should", "optional"))),
                weight=draw(st.sampled_from((0, 1, 2, 3))),
                pinned=at(day) if status == "todo" and draw(st.integers(0, 7)) == 0 else None,
            )
        )
    hours = tuple(draw(st.sampled_from((0, 30, 60, 120))) for _ in range(6))
    dates = st.none() | st.integers(-5, 20).map(at)
    return sketch(jobs, hours=(*hours, 60), interview=draw(dates), target=draw(dates))
