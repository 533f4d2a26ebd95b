"""The rule of a checkpoint, the figures against it, and what follows from them. Pure.

An area counts by readiness of what was tested in it, as it is shown: in whole per cents. One where
nothing was tested is not met; one without topics at the learner's level is left aside.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.plans.task_lines import MOST_MINUTES, MOST_TITLE, TaskLine

MET, NOT_MET, UNTESTED = "met", "not_met", "untested"
USUAL_THRESHOLD = 80
MOST_NAMED = 12  # untested topics of an area that a page names


@dataclass(frozen=True, slots=True)
class Branch:
    """One of the ways on: `when` the rule is "met" or "not_met". `tasks` are the learner's own;
    None when they are those of the roadmap."""

    id: str
    title: str
    when: str
    summary: str = ""
    minutes: int = 0
    tasks: tuple[TaskLine, ...] | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """What was chosen on a day (None: to go on without), and how the areas stood then, in words."""

    branch: str
    day: dt.date | None
    stood: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Every one of `areas` is at `threshold` per cent or more."""

    title: str
    areas: tuple[str, ...]
    threshold: int
    branches: tuple[Branch, ...]
    applied: Applied | None = None

    def branch(self, key: str) -> Branch | None:
        """Return the branch of that id."""
        return next((each for each in self.branches if each.id == key), None)

    def branch_when(self, when: str) -> Branch | None:
        """Return the first branch for that case."""
        return next((each for each in self.branches if each.when == when), None)

    @property
    def chosen(self) -> Branch | None:
        """The branch that was applied, if it still is one."""
        return self.branch(self.applied.branch) if self.applied else None


def rule_of(stored: Mapping[str, Any]) -> Rule:
    """Return the rule that a week's `checkpoint` says; what is missing there is empty or usual."""
    return Rule(
        title=str(stored.get("title") or "Checkpoint"),
        areas=tuple(str(area) for area in stored.get("areas") or ()),
        threshold=int(stored.get("threshold") or USUAL_THRESHOLD),
        branches=tuple(_branch(each) for each in stored.get("branches") or ()),
        applied=_applied(stored.get("applied")),
    )


def is_checkpoint(stored: object) -> bool:
    """Whether JSON is a checkpoint whose rule can be read and whose tasks can be added."""
    if not isinstance(stored, dict):
        return False
    try:
        rule = rule_of(stored)
    except (AttributeError, KeyError, TypeError, ValueError):
        return False
    lines = [line for branch in rule.branches for line in branch.tasks or ()]
    return 1 <= rule.threshold <= 100 and all(
        line.title.strip() and len(line.title) <= MOST_TITLE and 1 <= line.minutes <= MOST_MINUTES
        for line in lines
    )


def _branch(stored: Mapping[str, Any]) -> Branch:
    tasks = stored.get("tasks")
    return Branch(
        id=str(stored.get("id") or ""),
        title=str(stored.get("title") or ""),
        when=str(stored.get("when") or NOT_MET),
        summary=str(stored.get("summary") or ""),
        minutes=int(stored.get("minutes") or 0),
        tasks=None
        if tasks is None
        else tuple(TaskLine(str(each["title"]), int(each["minutes"])) for each in tasks),
    )


def _applied(stored: Mapping[str, Any] | None) -> Applied | None:
    if stored is None:
        return None
    figures = [
        _stood(each.get("title", key), each.get("percent"), each.get("tested", 0))
        for key, each in (stored.get("figures") or {}).items()
    ]
    day = stored.get("day")
    return Applied(
        str(stored.get("branch") or ""),
        dt.date.fromisoformat(day) if day else None,
        ", ".join(figures),
    )


@dataclass(frozen=True, slots=True)
class AreaFigure:
    """How one area stands: per cent of what was tested (None: nothing was), `tested` of `topics`,
    `claimed` of those tested by the learner's own rating alone, and the titles of the untested."""

    key: str
    title: str
    percent: int | None = None
    tested: int = 0
    topics: int = 0
    claimed: int = 0
    untested: tuple[str, ...] = ()
    slug: str = ""  # of its page of readiness, where it has one

    def meets(self, threshold: int) -> bool:
        """Whether it counts as met. Without a topic it does not stand against it."""
        return not self.topics or (self.percent is not None and self.percent >= threshold)

    @property
    def more_untested(self) -> int:
        """How many untested topics there are beyond those that are named."""
        return max(len(self.untested) - MOST_NAMED, 0)

    @property
    def stood(self) -> str:
        """ "Statistics 72 % (n = 5)", or "Retrieval untested"."""
        return _stood(self.title, self.percent, self.tested)


def _stood(title: str, percent: int | None, tested: int) -> str:
    return f"{title} untested" if percent is None else f"{title} {percent} % (n = {tested})"


def stood(figures: Iterable[AreaFigure]) -> str:
    """Return how the areas stand, in one line."""
    return ", ".join(figure.stood for figure in figures)


def applied_mark(branch: str, day: dt.date, figures: Iterable[AreaFigure]) -> dict[str, Any]:
    """Return what a checkpoint keeps of the decision."""
    return {
        "branch": branch,
        "day": day.isoformat(),
        "figures": {
            each.key: {
                "title": each.title,
                "percent": each.percent,
                "tested": each.tested,
                "topics": each.topics,
            }
            for each in figures
        },
    }


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the figures say of the rule: `state` is met, not_met or untested. `recommended` is None
    when no branch is for that case."""

    state: str
    headline: str
    remarks: tuple[str, ...] = ()
    recommended: Branch | None = None
    figures: tuple[AreaFigure, ...] = ()

    @property
    def untested(self) -> int:
        """How many topics were never tested."""
        return sum(len(figure.untested) for figure in self.figures)


def judge(rule: Rule, figures: Sequence[AreaFigure]) -> Verdict:
    """Return the verdict, with the branch that follows from it."""
    counted = [figure for figure in figures if figure.topics]
    tested = [figure for figure in counted if figure.percent is not None]
    if not tested:
        state = UNTESTED
    elif all(figure.meets(rule.threshold) for figure in counted):
        state = MET
    else:
        state = NOT_MET
    return Verdict(
        state=state,
        headline=_headline(rule.threshold, state, counted),
        remarks=tuple(_remarks(state, figures)),
        recommended=rule.branch_when(MET if state == MET else NOT_MET),
        figures=tuple(figures),
    )


def _headline(threshold: int, state: str, counted: Sequence[AreaFigure]) -> str:
    if not counted:
        return "There is no topic to measure it by, so it counts as not met."
    if state == UNTESTED:
        return "Nothing of it was tested yet, so it counts as not met."
    mark = f"{threshold} % or more"
    if state == MET:
        if len(counted) == 1:
            return f"Met: {counted[0].title} is at {mark}."
        return f"Met: all {len(counted)} areas are at {mark}."
    below = sum(1 for each in counted if each.percent is not None and not each.meets(threshold))
    untested = sum(1 for each in counted if each.percent is None)
    said = []
    if below:
        said.append(f"{below} of {_areas(len(counted))} {_is(below)} below {threshold} %")
    if untested:
        of = "" if below else f" of {_areas(len(counted))}"
        said.append(f"{untested}{of} {'was' if untested == 1 else 'were'} never tested")
    return f"Not met: {', and '.join(said)}."


def _areas(number: int) -> str:
    return f"{number} area" if number == 1 else f"{number} areas"


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _remarks(state: str, figures: Sequence[AreaFigure]) -> list[str]:
    counted = [figure for figure in figures if figure.topics]
    remarks = []
    none = [each.title for each in counted if each.percent is None]
    if none and state != UNTESTED:
        counts = "it counts" if len(none) == 1 else "they count"
        remarks.append(f"Nothing was tested in {listed(none)}: {counts} as not met.")
    topics = sum(each.topics for each in counted)
    untested = topics - sum(each.tested for each in counted)
    if untested and state != UNTESTED:
        verb = "was" if untested == 1 else "were"
        remarks.append(
            f"{untested} of {topics} topics {verb} never tested. An area counts by what was tested."
        )
    claimed = sum(each.claimed for each in counted)
    if claimed:
        whose = "topic is" if claimed == 1 else "topics are"
        them = "it" if claimed == 1 else "them"
        remarks.append(
            f"{claimed} tested {whose} known only by your own rating, which counts half at most. "
            f"A check confirms {them}."
        )
    aside = [each.title for each in figures if not each.topics]
    if aside:
        has = "has no topic" if len(aside) == 1 else "have no topics"
        left = "is" if len(aside) == 1 else "are"
        remarks.append(f"{listed(aside)} {has} at your level and {left} left aside.")
    return remarks


def listed(words: Sequence[str]) -> str:
    """Return "A", "A and B", "A, B and C"."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
