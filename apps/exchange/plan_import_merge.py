"""A plan and its file that changed elsewhere: which boxes are which tasks, and what differs. Pure.

A box is the task of the same title under the same day, else of the same title anywhere, else the
likest one of its day. What differs is offered; it is taken over unasked only where the plan here
still is as the last file said.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from rapidfuzz import fuzz

from apps.exchange.plan_import_tasks import Drafted
from apps.exchange.plan_shapes import PlanText

ALIKE = 60  # of 100, how alike two titles must be to be one task's
MOST_COMPARED = 40_000  # pairs of titles under one day
Path = tuple[str, str]  # what week and day are called


@dataclass(frozen=True, slots=True)
class Base:
    """A task as the last file had it. `stated` are the minutes of its line, if it names any."""

    line: int
    title: str
    detail: str
    minutes: int
    stated: int | None
    done: bool
    day: uuid.UUID
    path: Path


@dataclass(frozen=True, slots=True)
class Held:
    """A task as it is here."""

    key: uuid.UUID
    title: str
    detail: str
    minutes: int
    done: bool
    day: uuid.UUID
    path: Path
    written: str = ""  # its notes as a file has them, with the links
    moves: bool = True  # open and not pinned
    is_deleted: bool = False
    base: Base | None = None


class Kind(StrEnum):
    """What a difference is about."""

    NEW = "new"
    GONE = "gone"
    TICK = "tick"
    UNTICK = "untick"
    TITLE = "title"
    MINUTES = "minutes"
    DETAIL = "detail"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which the file and the plan differ. `number` is the box's place in the text;
    `is_default` says that the file's side is taken where nothing else is chosen."""

    kind: Kind
    title: str
    theirs: str
    ours: str
    is_default: bool
    number: int | None = None
    task: uuid.UUID | None = None
    line: int | None = None
    can_take: bool = True

    @property
    def key(self) -> str:
        """Its name in a form."""
        return f"{self.kind}-{self.task if self.line is None else self.line}"


@dataclass(frozen=True, slots=True)
class Compared:
    """The tasks by their boxes' places, the outline days by the text's, and what differs.

    `days` has no entry for a day of the text that the plan has not. `off` counts boxes whose tasks
    were taken off the plan here.
    """

    matched: Mapping[int, Held]
    days: Mapping[tuple[int, int], uuid.UUID]
    differences: tuple[Difference, ...]
    off: int = 0
    by_key: Mapping[str, Difference] = field(default_factory=dict)

    @property
    def defaults(self) -> frozenset[str]:
        """The keys of what is taken where nothing is chosen."""
        return frozenset(each.key for each in self.differences if each.is_default)


def path_of(said: PlanText, week: int, day: int) -> Path:
    """Return what a day of the text and its week are called."""
    return said.weeks[week].label or said.weeks[week].title, said.weeks[week].days[day].title


def compare(
    said: PlanText,
    tasks: Sequence[Drafted],
    held: Sequence[Held],
    days: Iterable[tuple[uuid.UUID, Path]],
    *,
    had_file: bool,
) -> Compared:
    """Return what differs between a text and the plan. `days` are the plan's, in their order."""
    paths = {task.number: path_of(said, task.week, task.day) for task in tasks}
    matched = _matched(tasks, paths, held)
    places = _days(said, tasks, matched, list(days))
    found: list[Difference] = []
    off = 0
    for task in tasks:
        there = matched.get(task.number)
        if there is None:
            found.append(
                Difference(
                    Kind.NEW,
                    task.box.title,
                    "ticked" if task.box.done else "open",
                    "not in the plan",
                    is_default=True,
                    number=task.number,
                    line=task.box.line,
                )
            )
        elif there.is_deleted:
            off += 1
        else:
            found += _of_pair(task, there, places.get((task.week, task.day)), said)
    kept = {each.key for each in matched.values()}
    found += [
        Difference(
            Kind.GONE,
            each.title,
            "not in the file",
            "done" if each.done else "open",
            is_default=False,
            task=each.key,
            can_take=each.moves,
        )
        for each in held
        if each.key not in kept and not each.is_deleted and (each.base or not had_file)
    ]
    by_key = {each.key: each for each in found}
    return Compared(matched, places, tuple(found), off, by_key)


def _matched(
    tasks: Sequence[Drafted], paths: Mapping[int, Path], held: Sequence[Held]
) -> dict[int, Held]:
    """The tasks by the boxes that are theirs."""
    left = {each.key: each for each in held}
    found: dict[int, Held] = {}

    def one_pass(
        of_task: Callable[[Held], Hashable | None], of_box: Callable[[Drafted], Hashable]
    ) -> None:
        waiting: dict[Hashable, deque[Held]] = defaultdict(deque)
        for each in sorted(left.values(), key=lambda each: each.is_deleted):
            if (key := of_task(each)) is not None:
                waiting[key].append(each)
        for task in tasks:
            if task.number not in found and (same := waiting.get(of_box(task))):
                there = same.popleft()
                found[task.number] = there
                del left[there.key]

    def in_its_day(task: Drafted) -> Hashable:
        return paths[task.number], task.box.title

    one_pass(lambda each: each.base and (each.base.path, each.base.title), in_its_day)
    one_pass(lambda each: (each.path, each.title), in_its_day)
    one_pass(lambda each: each.base and each.base.title, lambda task: task.box.title)
    one_pass(lambda each: each.title, lambda task: task.box.title)
    _match_renamed(tasks, paths, list(left.values()), found)
    return found


def _match_renamed(
    tasks: Sequence[Drafted],
    paths: Mapping[int, Path],
    left: Sequence[Held],
    found: dict[int, Held],
) -> None:
    """Take boxes and tasks of one day whose titles are alike for the same, the likest first."""
    boxes: dict[Path, list[Drafted]] = defaultdict(list)
    others: dict[Path, list[Held]] = defaultdict(list)
    for task in tasks:
        if task.number not in found:
            boxes[paths[task.number]].append(task)
    for each in left:
        others[each.base.path if each.base else each.path].append(each)
    for path, new in boxes.items():
        old = others.get(path, [])
        if len(new) * len(old) > MOST_COMPARED:
            continue
        pairs = sorted(
            (-score, abs(n - m), n, m)
            for n, task in enumerate(new)
            for m, each in enumerate(old)
            if (score := fuzz.ratio(task.box.title, each.base.title if each.base else each.title))
            >= ALIKE
        )
        taken: set[int] = set()
        for _, _, n, m in pairs:
            if new[n].number not in found and m not in taken:
                found[new[n].number] = old[m]
                taken.add(m)


def _days(
    said: PlanText,
    tasks: Sequence[Drafted],
    matched: Mapping[int, Held],
    days: Sequence[tuple[uuid.UUID, Path]],
) -> dict[tuple[int, int], uuid.UUID]:
    """The plan's days by the text's: of the same name with tasks of it, else where most of its
    tasks were or are, else of the same name."""
    votes: dict[tuple[int, int], Counter[uuid.UUID]] = defaultdict(Counter)
    for task in tasks:
        there = matched.get(task.number)
        if there is not None:
            votes[task.week, task.day][there.day] += 1
            votes[task.week, task.day][there.base.day if there.base else there.day] += 2
    known = dict(days)
    found: dict[tuple[int, int], uuid.UUID] = {}
    taken: set[uuid.UUID] = set()
    ranked = sorted(
        (
            (known[key] != path_of(said, *place), -count, place, key)
            for place, counts in votes.items()
            for key, count in counts.items()
            if key in known
        ),
        key=lambda each: each[:3],
    )
    for _, _, place, key in ranked:
        if place not in found and key not in taken:
            found[place] = key
            taken.add(key)
    named: dict[Path, deque[uuid.UUID]] = defaultdict(deque)
    for key, path in days:
        if key not in taken:
            named[path].append(key)
    for week_number, week in enumerate(said.weeks):
        for day_number in range(len(week.days)):
            place = (week_number, day_number)
            same = named.get(path_of(said, *place))
            if place not in found and same:
                found[place] = same.popleft()
    return found


def _of_pair(
    task: Drafted, held: Held, day: uuid.UUID | None, said: PlanText
) -> Iterable[Difference]:
    """What differs between a box and its task. Where the last file said the same as this one, what
    is different here was changed here, and stays unasked."""
    box, base = task.box, held.base

    def told(kind: Kind, theirs: str, ours: str, *, is_default: bool) -> Difference:
        return Difference(
            kind, held.title, theirs, ours, is_default, task.number, held.key, box.line
        )

    if box.title != held.title and (base is None or box.title != base.title):
        untouched = base is not None and held.title == base.title
        yield told(Kind.TITLE, box.title, held.title, is_default=untouched)
    if box.done and not held.done:
        is_new = base is None or not base.done
        yield told(Kind.TICK, "ticked", "open", is_default=is_new)
    if held.done and not box.done:
        yield told(Kind.UNTICK, "open", "done", is_default=False)
    if (
        box.minutes is not None
        and held.moves
        and not box.done
        and box.minutes != held.minutes
        and (base is None or box.minutes != base.stated)
    ):
        untouched = base is not None and held.minutes == base.minutes
        yield told(Kind.MINUTES, f"{box.minutes} min", f"{held.minutes} min", is_default=untouched)
    if box.detail not in (held.detail, held.written) and (
        base is None or box.detail != base.detail
    ):
        untouched = base is not None and held.detail == base.detail
        yield told(Kind.DETAIL, _short(box.detail), _short(held.detail), is_default=untouched)
    was = base.day if base else held.day
    if day != held.day and day != was:
        where = path_of(said, task.week, task.day)
        yield told(Kind.MOVE, " · ".join(where), " · ".join(held.path), is_default=held.day == was)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return f"{line[:117]}…" if len(line) > 120 else line or "no notes"
