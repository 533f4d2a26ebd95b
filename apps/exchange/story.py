"""A learner's story as facts, read from YAML: what was done, learned, checked and decided. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator

from apps.accounts.models import MOST_MINUTES_A_DAY
from apps.library.source.marks import Fault, read_yaml
from apps.library.source.schema import Item, Level, Line, Slug, Text, Title, validate

START = dt.time(18, tzinfo=dt.UTC)  # after work

Percent = Annotated[float, Field(ge=0, le=100)]
Score = Annotated[int, Field(ge=0, le=100)]
Count = Annotated[int, Field(ge=0, le=100_000)]
Minutes = Annotated[int, Field(ge=1, le=MOST_MINUTES_A_DAY)]


class Learner(Item):
    name: Title
    level: Level
    weekday_minutes: Annotated[
        list[Annotated[int, Field(ge=0, le=MOST_MINUTES_A_DAY)]], Field(min_length=7, max_length=7)
    ]
    interview_days_after_last: int = Field(ge=1, le=1_000)


class Done(Item):
    task: Slug
    minutes: Minutes


class Skipped(Item):
    task: Slug
    reason: Line


class Note(Item):
    task: Slug
    note: Text


class Answer(Item):
    topic: Slug
    score: Score
    review: bool


class Check(Item):
    total: Percent
    new: Percent | None
    review: Percent | None
    minutes: Minutes
    note: Text
    answers: list[Answer] = Field(max_length=10)


class Day(Item):
    day: dt.date
    done: list[Done] = Field(min_length=1)
    skipped: list[Skipped]
    learned: Text
    result: Line
    criteria: Literal["all", "none"] | list[Count]
    notes: list[Note]
    checks: list[Check]

    @model_validator(mode="after")
    def _fits_a_day(self) -> Day:
        if sum(done.minutes for done in self.done) > MOST_MINUTES_A_DAY:
            raise ValueError(f"{self.day} has more than {MOST_MINUTES_A_DAY} minutes")
        return self


class Decision(Item):
    """What was decided. `revision` names the change of dates that it is the reason of."""

    day: dt.date
    text: Line
    prompted_by: Line
    revision: Literal["move", "reflow"] | None = None


class Reason(Item):
    reason: Line
    prompted_by: Line


class Felt(Item):
    area: Slug
    percent: Score


class AreaScore(Item):
    area: Slug
    score: Percent


class Group(Item):
    title: Title
    percent: Percent


class Rated(Item):
    topic: Slug
    value: Literal["know", "unsure", "dunno"]


class Questions(Item):
    """An assessment by question: counts of strong, rusty and gap, and areas as they were told."""

    kind: Literal["questions"]
    title: Title
    day: dt.date
    questions: Count
    strong: Count
    rusty: Count
    gap: Count
    overall: Percent
    readiness: Percent
    felt: list[Felt] = []
    areas: list[AreaScore]


class Coverage(Item):
    """A coverage check of one area. Where only what is known was told, the rest is None."""

    kind: Literal["coverage"]
    title: Title
    day: dt.date
    area: Slug
    total: Annotated[int, Field(ge=1, le=100_000)]
    know: Count
    unsure: Count | None = None
    dunno: Count | None = None
    felt: list[Felt] = []
    groups: list[Group] = []
    ratings: list[Rated]


Assessment = Annotated[Questions | Coverage, Field(discriminator="kind")]


class Story(Item):
    """A roadmap followed for some days. Tasks are named by their ids in the roadmap."""

    source: Line
    roadmap: Slug
    first_day: dt.date
    last_day: dt.date
    learner: Learner
    days: list[Day] = Field(min_length=1)
    decisions: list[Decision]
    next_day: Reason
    assessments: list[Assessment]

    @model_validator(mode="after")
    def _hangs_together(self) -> Story:
        days = [told.day for told in self.days]
        if days != sorted(set(days)):
            raise ValueError("days are not in order, or told twice")
        if (days[0], days[-1]) != (self.first_day, self.last_day):
            raise ValueError("the story begins and ends with its first and last day")
        dated = [*self.decisions, *self.assessments]
        if strange := {item.day for item in dated} - set(days):
            raise ValueError(f"{min(strange)} is not among the days")
        tasks = Counter(self.tasks())
        if twice := [task for task, times in tasks.items() if times > 1]:
            raise ValueError(f"done or skipped twice: {', '.join(twice)}")
        if strange_notes := {note.task for told in self.days for note in told.notes} - set(tasks):
            raise ValueError(f"a note on what was never done: {', '.join(sorted(strange_notes))}")
        return self

    def tasks(self) -> Iterator[str]:
        """Yield the ids of what was done or skipped, day by day."""
        for told in self.days:
            yield from (done.task for done in told.done)
            yield from (skipped.task for skipped in told.skipped)

    def topics(self) -> set[str]:
        """Return the slugs of all topics that were answered or rated."""
        answered = {
            answer.topic for day in self.days for check in day.checks for answer in check.answers
        }
        rated = {
            rated.topic
            for taken in self.assessments
            if isinstance(taken, Coverage)
            for rated in taken.ratings
        }
        return answered | rated

    def areas(self) -> set[str]:
        """Return the slugs of all areas that an assessment names."""
        found = {felt.area for taken in self.assessments for felt in taken.felt}
        for taken in self.assessments:
            if isinstance(taken, Coverage):
                found.add(taken.area)
            else:
                found |= {area.area for area in taken.areas}
        return found

    def decided(self, day: dt.date, revision: Literal["move", "reflow"] | None) -> list[Decision]:
        """Return the decisions of that day of the story which are behind that kind of change."""
        return [item for item in self.decisions if (item.day, item.revision) == (day, revision)]


def read_story(text: str, file: str) -> tuple[Story | None, list[Fault]]:
    """Return the story, or None and what is wrong with it, by line."""
    document = read_yaml(text, file)
    if document.faults:
        return None, document.faults
    return validate(Story, document), document.faults


def evening(day: dt.date, minutes: Sequence[int]) -> list[dt.datetime]:
    """Return when pieces of work done one after the other began and, each in turn, ended.

    They begin at six, or earlier where they would not be over before midnight.
    """
    over = dt.datetime.combine(day, dt.time(23, 55, tzinfo=dt.UTC))
    now = min(dt.datetime.combine(day, START), over - dt.timedelta(minutes=sum(minutes)))
    moments = [now]
    for piece in minutes:
        now += dt.timedelta(minutes=piece)
        moments.append(now)
    return moments
