"""What every learner of the benchmark has. No Django: the settings read the date."""

from __future__ import annotations

import datetime as dt

# Counts with the migrations as the version of the databases: raise it when what is built changes.
VERSION = 2

TODAY = dt.date(2026, 11, 18)  # a Wednesday, the third day of the fifth week
STARTS_ON = dt.date(2026, 10, 19)

AREAS = 15
TOPICS_AN_AREA = 14
TESTED_TOPICS = 120
CHECK_SIZE = 30  # questions of the check that is open
ASSESSED = 189  # questions of the assessment that was finished
# Learners who are signed in, from all over the database. They alone keep the answers of their
# assessment one by one; the others keep its totals.
SIGNED_IN = 100
WEEKS = 12
TASKS = 300
# 25 tasks a week; their minutes fill the day, so that a task has one part.
TASKS_A_DAY = (4, 3, 4, 3, 4, 3, 4)
MINUTES_A_DAY = 90
MINUTES = {3: (30, 35, 25), 4: (25, 20, 30, 15)}
# Every so many tasks of the past one is left open, and is carried over.
LEFT_OPEN = 17


def signed_in(learners: int) -> range:
    """Return the numbers of those who are signed in, among so many learners."""
    return range(1, learners, max(1, (learners - 1) // SIGNED_IN))


TITLES = (
    "Read about {} and write down three questions",
    "Implement {} from scratch and compare with a reference",
    "Derive the update rule behind {}",
    "Explain {} in two minutes, aloud",
    "Knowledge check: {}",
)
KINDS = ("read", "code", "derive", "write", "check")
SESSIONS = ("study", "practice", "study", "reference", "check")
