"""From lines and headings to weeks, days and what belongs to each. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from apps.exchange.plan_dates import dates_in
from apps.exchange.plan_headings import BLOCK_TAG, Head, Look, Names
from apps.exchange.plan_scan import Kind, Scan
from apps.exchange.plan_words import is_session, plain, shorten

GOAL = re.compile(
    r"(?:goals?|objectives?|aims?|focus|(?:lern)?ziele?)\s*:\s*(?P<said>\S.*)", re.I | re.S
)
DATED_LINE = re.compile(r"(?:day \d|date|completed|done|finished|results?|erledigt)\b", re.I)
# A session that begins a heading; "Deep learning" is none.
SESSION_FIRST = re.compile(
    r"(?:study|learn|theory|read|watch|review|practi[cs]e|hands[ -]on|exercis|implement|cod(?:e|ing)"
    r"|build|mock|quiz|knowledge|self[ -]?test|quick|cheat)",
    re.I,
)


@dataclass(slots=True)
class DayDraft:
    """A day while its lines are read. One that a heading of another name opened is a day only if
    it has boxes; one without a heading of its own takes its week's line and title."""

    line: int
    level: float
    head: Head | None = None
    above: str = ""
    boxes: list[int] = field(default_factory=list)
    sessions: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    goal: str = ""
    date: dt.date | None = None
    session: str = ""
    session_date: dt.date | None = None
    part: Head | None = None  # the heading of the session, where it states minutes
    shares: dict[int, tuple[Head, list[int]]] = field(default_factory=dict)  # by the part's line
    dates: dict[int, dt.date] = field(default_factory=dict)  # of boxes, by their own heading
    is_flat: bool = False  # its heading is bold type, so that a rule may end it

    @property
    def is_named(self) -> bool:
        """Whether its heading says that it is a day."""
        return self.head is not None and self.head.names is Names.DAY


@dataclass(slots=True)
class WeekDraft:
    """A week, or a section beside the weeks, while its lines are read."""

    line: int
    level: float
    head: Head | None = None
    phase: str = ""
    is_week: bool = False
    is_host: bool = False  # days on its own level belong to it
    title: str = ""
    goal: str = ""
    notes: list[str] = field(default_factory=list)
    days: list[DayDraft] = field(default_factory=list)


@dataclass(slots=True)
class Tree:
    """All weeks and sections, those without boxes included, and what was found on the way."""

    title: str = ""
    goal: str = ""
    weeks: list[WeekDraft] = field(default_factory=list)
    warnings: list[tuple[int, str]] = field(default_factory=list)


def grow(scanned: Scan, heads: dict[int, Head], near: dt.date | None) -> Tree:
    """Return the text's weeks with their days, in the order of the file. `heads` are its headings
    by line; a heading that names a week is one."""
    return _Grower(scanned, heads, near).run()


class _Grower:
    def __init__(self, scanned: Scan, heads: dict[int, Head], near: dt.date | None) -> None:
        self.scanned, self.heads, self.near = scanned, heads, near
        self.tree = Tree()
        self.title_line = _title_line(heads.values())
        self.above: list[Head] = []  # the headings that the line stands under
        self.phase: Head | None = None
        self.week: WeekDraft | None = None
        self.host: WeekDraft | None = None
        self.day: DayDraft | None = None
        self.ruled = False  # a rule stands between the day's lines and this one
        self.label = ""  # a heading inside a day whose text has not come yet

    def run(self) -> Tree:
        box = 0
        for number, line in enumerate(self.scanned.lines):
            head = self.heads.get(number)
            if head is not None:
                self._heading(head)
            elif line.kind is Kind.BOX:
                self._box(box, number)
                box += 1
            elif line.kind is Kind.RULE and not line.text:
                self.ruled = True
            elif line.owner < 0 and line.kind is not Kind.HIDDEN:
                self._text(number)
        self._close_day()
        return self.tree

    # Headings

    def _heading(self, head: Head) -> None:
        ruled, self.ruled = self.ruled, False
        self.label = ""
        if head.look is Look.HEADING:
            self.above = [each for each in self.above if each.level < head.level]
        if head.line == self.title_line:
            self.tree.title = shorten(head.text)
            self._open(WeekDraft(head.line, 99, head, title=self.tree.title))
        elif head.names is Names.WEEK:
            self._week(head)
        elif head.names is Names.PHASE and self._is_top(head):
            self.phase = head
            self._open(WeekDraft(head.line, head.level, head, head.text, is_host=True))
        elif head.names is Names.DAY:
            self._day(head)
        else:
            self._other(head, ruled=ruled)
        if head.look is Look.HEADING and head.line != self.title_line:
            self.above.append(head)

    def _is_top(self, head: Head) -> bool:
        """Whether a phase is not a part inside a week: "#### Part 2"."""
        week = self.week
        return not (week and week.is_week and head.level > week.level)

    def _week(self, head: Head) -> None:
        level = head.level if head.look is Look.HEADING else head.level + 0.5
        draft = WeekDraft(head.line, level, head, self._phase_of(head), is_week=True, is_host=True)
        self._open(draft)

    def _phase_of(self, head: Head) -> str:
        """The phase that says it has this week, else the heading above, else the last phase."""
        phase, numbers = self.phase, head.numbers
        if phase and numbers and (weeks := phase.weeks) and weeks[0] <= numbers[0] <= weeks[1]:
            return phase.text
        near = next((each for each in reversed(self.above) if each.level < head.level), None)
        if phase and (near is None or phase.line > near.line) and phase.look is not Look.HEADING:
            near = phase
        return near.text if near and near.names in (Names.PHASE, Names.OTHER) else ""

    def _open(self, week: WeekDraft) -> None:
        self._close_day()
        self.week = week
        self.tree.weeks.append(week)
        if week.is_host:
            self.host = week

    def _day(self, head: Head) -> None:
        if head.week is not None:
            self._week_of_day(head)
        week = self.week
        if week is None or (not week.is_host and head.level <= week.level):
            if self.host is not None:
                self._close_day()
                self.week = self.host
            else:
                title = week.title if week else ""
                line = head.line if week is None or week.level < 99 else week.line
                self._open(WeekDraft(line, head.level, title=title, is_host=True))
        self._close_day()
        self._start(DayDraft(head.line, head.level, head, date=head.date))

    def _week_of_day(self, head: Head) -> None:
        """ "Week 2, Day 3" is in week 2, which may have no heading of its own."""
        named, now = head.week or 0, self.week.head if self.week else None
        first, last = now.numbers if now and now.numbers else (0, 0)
        if now and (now.week == named or (now.names is Names.WEEK and first <= named <= last)):
            return
        draft = WeekDraft(head.line, head.level - 0.1, head, self._phase_of(head))
        draft.is_week = draft.is_host = True
        self._open(draft)

    def _start(self, day: DayDraft) -> None:
        assert self.week is not None
        day.is_flat = day.head is not None and day.head.look is not Look.HEADING
        self.day = day
        self.week.days.append(day)

    def _other(self, head: Head, *, ruled: bool) -> None:
        week, day = self.week, self.day
        session = is_session(head.text)
        proper = head.look is Look.HEADING
        if proper and (week is None or (head.level <= week.level and not (session and day))):
            self._open(WeekDraft(head.line, head.level, head))
            return
        if week is None:
            self._open(WeekDraft(head.line, 99))
        if session:
            self._inside(head)
        elif day and day.head is None:
            self._pseudo(head)
        elif day and proper and not day.is_named and (day.is_flat or _divides(day, head)):
            self._pseudo(head, day.head.text if day.head and not day.is_flat else "")
        elif day and head.level > day.level and not (ruled and day.is_flat and not proper):
            self._inside(head)
        else:
            self._pseudo(head, day.above if day and day.level == head.level else "")

    def _pseudo(self, head: Head, above: str = "") -> None:
        """A heading that serves as a day, if it turns out to have boxes; `above` is that of which
        it is a part."""
        self._close_day()
        self._start(DayDraft(head.line, head.level, head, date=head.date, above=above))
        assert self.day is not None
        self.day.session = head.session

    def _inside(self, head: Head) -> None:
        """A session, or another part of a day."""
        day = self.day or self._implicit()
        day.session = head.session or ("study" if is_session(head.text) else "")
        day.session_date = head.date
        day.part = head if head.minutes is not None else None
        if day.date is None and head.date and DATED_LINE.match(head.text):
            day.date = head.date
        self.label = self.scanned.bodies[head.line].strip()

    def _implicit(self) -> DayDraft:
        if self.week is None:
            self._open(WeekDraft(0, 99))
        assert self.week is not None
        day = DayDraft(self.week.line, self.week.level + 0.1)
        self._start(day)
        return day

    def _close_day(self) -> None:
        day, self.day = self.day, None
        self.label = ""
        if day and self.week and not day.boxes and not day.is_named:
            self.week.days.remove(day)
            heading = self.scanned.bodies[day.head.line].strip() if day.head else ""
            self.week.notes += ["", heading, *day.notes] if day.notes else []

    # What stands between them

    def _box(self, index: int, number: int) -> None:
        self.ruled, self.label = False, ""
        if self.week is None:
            self._open(WeekDraft(number, 99))
        day = self.day or self._implicit()
        day.boxes.append(index)
        parent = self.scanned.boxes[index].parent
        session = day.session or day.sessions.get(parent, "")
        if session:
            day.sessions[index] = session
        if day.session_date:
            day.dates[index] = day.session_date
        if day.part:
            day.shares.setdefault(day.part.line, (day.part, []))[1].append(index)

    def _text(self, number: int) -> None:
        line = self.scanned.lines[number]
        body = self.scanned.bodies[number].rstrip()
        if line.kind is not Kind.CODE:
            if line.text.lower().startswith("</details>"):
                self._fold()
            body = BLOCK_TAG.sub("", body).rstrip()
            words = plain(line.text)[:2_000] if len(line.text) < 4_000 else ""
            goal = GOAL.match(words)
            if goal and self._goal(goal["said"]):
                return
            if self.day and self.day.date is None and DATED_LINE.match(words):
                self._dated(number, words)
        target = self.day.notes if self.day else self.week.notes if self.week else None
        if target is None:
            return
        if self.label and body:
            target += ["", self.label, ""]
            self.label = ""
        target.append(body)

    def _fold(self) -> None:
        """What could be folded ends, and the heading that stood in it."""
        head = self.day.head if self.day else None
        if head and self.scanned.lines[head.line].text.startswith("<"):
            self._close_day()

    def _goal(self, said: str) -> bool:
        """Keep a goal where it belongs; no if there is one already."""
        if self.day is not None:
            if self.day.goal or self.day.head is None:
                return False
            self.day.goal = said
        elif self.week is not None and (self.week.is_week or self.week.level < 99):
            if self.week.goal:
                return False
            self.week.goal = said
        elif not self.tree.goal:
            self.tree.goal = said
        else:
            return False
        return True

    def _dated(self, number: int, words: str) -> None:
        assert self.day is not None
        for each in dates_in(words[:120], near=self.near):
            if each.date:
                self.day.date = each.date
                return


def _divides(day: DayDraft, head: Head) -> bool:
    """Whether a deeper heading is rather a day than a part of the one above, which has no boxes."""
    return not day.boxes and head.level > day.level and not SESSION_FIRST.match(head.text)


def _title_line(heads: Iterable[Head]) -> int:
    """The line of the heading that is the text's title: the first and the only one of the first
    level. -1 without one."""
    proper = [head for head in heads if head.look is Look.HEADING]
    first = [head for head in proper if head.level == 1]
    if len(first) != 1 or first[0] is not proper[0] or first[0].names is not Names.OTHER:
        return -1
    return first[0].line
