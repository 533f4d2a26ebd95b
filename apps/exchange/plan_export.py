"""A plan as Markdown: the file it came from with what changed since, or a text of our own."""

from __future__ import annotations

import re
import uuid
from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from apps.exchange.markdown_plan import read_plan
from apps.exchange.models import FileBox, PlanFile
from apps.exchange.plan_export_own import OwnDay, OwnTask, OwnWeek, own_text
from apps.exchange.plan_import_tasks import labels_of, week_name
from apps.exchange.plan_shapes import Box, PlanText
from apps.exchange.plan_splice import NewTask, Place, Wanted, splice
from apps.exchange.plan_words import minutes_in
from apps.library.search_text import fold_words
from apps.plans.models import Criterion, Plan, PlanDay, PlanWeek, Task

ENDINGS = (".md", ".markdown", ".txt")
MOST_NAME = 80
# What no system takes in the name of a file.
UNFIT = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*]+')


def export_plan(plan: Plan) -> str:
    """Return a plan as Markdown. Seven queries at most, whatever its size.

    One that was read from a file comes out as that file, changed only where the plan is.
    """
    file = PlanFile.objects.filter(plan=plan).first()
    tasks = list(Task.objects.filter(plan=plan).order_by("position", "pk"))
    days = {
        day.pk: day
        for day in PlanDay.objects.filter(week__plan=plan)
        .select_related("week")
        .order_by("week__number", "position")
    }
    if file is None:
        return own_text(plan.title, _own_weeks(plan, tasks, days))
    boxes = {box.task_id: box for box in FileBox.objects.filter(file=file)}
    return _Spliced(file, tasks, boxes, days).text()


def file_name(plan: Plan) -> str:
    """Return what the file is called: as it was when it came in, else by the plan's title. One
    query."""
    held = PlanFile.objects.filter(plan=plan).values_list("name", flat=True).first() or ""
    name = UNFIT.sub(" ", held.replace("\\", "/").rpartition("/")[2]).strip(" .")
    if name.lower().endswith(ENDINGS) and len(name) <= MOST_NAME:
        return name
    return f"{'-'.join(fold_words(plan.title))[:MOST_NAME].strip('-') or 'plan'}.md"


def day_lines(stands: Mapping[int, int], boxes: Iterable[FileBox]) -> dict[uuid.UUID, int]:
    """Return the lines of the text's days by the outline days their boxes became. `stands` are the
    lines of days by those of their boxes. Does not query."""
    found: dict[uuid.UUID, int] = {}
    for box in sorted(boxes, key=lambda each: each.line):
        found.setdefault(box.day_id, stands[box.line])
    return found


@dataclass(slots=True)
class _Spliced:
    """The file with what changed since it came in."""

    file: PlanFile
    tasks: Sequence[Task]
    boxes: Mapping[uuid.UUID, FileBox]
    days: Mapping[uuid.UUID, PlanDay]
    said: PlanText = field(init=False)
    read: dict[int, Box] = field(init=False)
    day_line: dict[uuid.UUID, int] = field(init=False)
    week_line: dict[uuid.UUID, int] = field(init=False)
    task_at: dict[int, Task] = field(init=False)  # by the lines of their boxes
    stands: dict[int, int] = field(init=False)  # the lines of the text's days by those of boxes
    left: set[uuid.UUID] = field(default_factory=set)  # days that are in another week now

    def __post_init__(self) -> None:
        self.said = read_plan(self.file.text, near=self.file.at.date())
        self.read = {box.line: box for box in self.said.boxes}
        self.boxes = {key: box for key, box in self.boxes.items() if box.line in self.read}
        self.stands = {
            self.said.boxes[number].line: day.line
            for week in self.said.weeks
            for day in week.days
            for number in day.boxes
        }
        self.task_at = {
            self.boxes[task.pk].line: task
            for task in self.tasks
            if task.deleted_at is None and task.pk in self.boxes
        }
        self.day_line = day_lines(self.stands, self.boxes.values())
        week_of = {day.line: week.line for week in self.said.weeks for day in week.days}
        self._find_weeks(week_of)
        for key, line in list(self.day_line.items()):
            if week_of[line] != self.week_line.get(self.days[key].week_id):
                del self.day_line[key]
                self.left.add(key)
        self._find_others()

    def _find_weeks(self, week_of: Mapping[int, int]) -> None:
        """The weeks' lines: by what they are called, else by where most of their days stand."""
        self.week_line = {}
        named: dict[tuple[str, str], deque[int]] = defaultdict(deque)
        for label, read in zip(labels_of(self.said.weeks), self.said.weeks, strict=True):
            named[week_name(label, read.title), read.title].append(read.line)
        votes: dict[uuid.UUID, Counter[int]] = defaultdict(Counter)
        for key, day in self.days.items():
            week, name = day.week, week_name(day.week.name, day.week.title)
            if week.pk not in self.week_line and (same := named.get((name, week.title))):
                self.week_line[week.pk] = same.popleft()
            if key in self.day_line:
                votes[week.pk][week_of[self.day_line[key]]] += 1
        for pk, lines in votes.items():
            free = [line for line, _ in lines.most_common() if line not in self.week_line.values()]
            if pk not in self.week_line and free:
                self.week_line[pk] = free[0]

    def _find_others(self) -> None:
        """Days of which the file knows nothing, by what they are called: one that no other has, or
        one where tasks of it stand, since two days of one name may have been written as one."""
        taken = set(self.day_line.values())
        there = {(task.day_id, self.stands[line]) for line, task in self.task_at.items()}
        named = {(week.line, day.title): day.line for week in self.said.weeks for day in week.days}
        for key, day in self.days.items():
            line = named.get((self.week_line.get(day.week_id, -1), day.title))
            if key in self.day_line or line is None:
                continue
            if line not in taken or (key, line) in there:
                self.day_line[key] = line
                taken.add(line)

    def text(self) -> str:
        """Return the file's text as the plan is now."""
        by_day: dict[uuid.UUID, list[Task]] = defaultdict(list)
        wanted: list[Wanted] = []
        for task in self.tasks:
            if task.deleted_at is None:
                by_day[task.day_id].append(task)
            elif box := self.boxes.get(task.pk):
                read = self.read[box.line]
                wanted.append(Wanted(box.line, read.mark, done=read.done, deleted=True))
        new: list[NewTask] = []
        for key in self.days:
            self._day(key, by_day[key], wanted, new)
        return splice(self.file.text, wanted, new)

    def _day(
        self, key: uuid.UUID, tasks: Sequence[Task], wanted: list[Wanted], new: list[NewTask]
    ) -> None:
        """Say what is wanted of an outline day's tasks, in their order."""
        moved = self._out_of_order(key, tasks)
        anchor: int | None = None
        for task in tasks:
            box = self.boxes.get(task.pk)
            place = self._place(key, anchor, len(wanted) + len(new))
            if box is None:
                new.append(
                    NewTask(
                        title=task.title,
                        place=place,
                        done=task.status == Task.Status.DONE,
                        minutes=task.minutes,
                        detail=with_links(task),
                    )
                )
                continue
            holder = self._holder(box.line)
            if holder is None:
                moves = not self._stays(box, key) or box.line in moved
            else:
                moves = self._where(holder) != self._where(task)  # else it goes along
            wanted.append(self._wanted(task, box, place if moves else None))
            anchor = self._carrier(task, box.line)

    def _wanted(self, task: Task, box: FileBox, place: Place | None) -> Wanted:
        title = task.title if task.title != box.title else None
        says_else = title is not None and minutes_in(title) not in (None, task.minutes)
        return Wanted(
            line=box.line,
            mark=self.read[box.line].mark,
            done=task.status == Task.Status.DONE,
            title=title,
            minutes=task.minutes if task.minutes != box.minutes or says_else else None,
            detail=None if box.detail in (task.detail, with_links(task)) else task.detail,
            place=place,
        )

    def _place(self, key: uuid.UUID, anchor: int | None, rank: int) -> Place:
        day = self.days[key]
        if key in self.day_line:
            if anchor is not None:
                return Place(after=anchor, rank=rank)
            return Place(under=self.day_line[key], first=True, rank=rank)
        week = self.week_line.get(day.week_id)
        if week is not None:
            return Place(under=week, heading=day.title, rank=rank)
        name = f"{day.week.name}: {day.week.title}"
        return Place(heading=name, day=day.title, rank=rank)

    def _holder(self, line: int) -> Task | None:
        """The task of the nearest box around this one that is still there."""
        box = self.read[line]
        while box.parent is not None:
            box = self.said.boxes[box.parent]
            if box.line in self.task_at:
                return self.task_at[box.line]
        return None

    def _stays(self, box: FileBox, key: uuid.UUID) -> bool:
        """Whether a box stands where the tasks of that outline day belong."""
        is_there = box.day_id == key and key not in self.left
        return is_there or self.stands[box.line] == self.day_line.get(key)

    def _where(self, task: Task) -> object:
        """The line of the text's day to which a task belongs; of a day it has not, that day."""
        return self.day_line.get(task.day_id, task.day_id)

    def _carrier(self, task: Task, line: int) -> int:
        """The line of the outermost box that this one is nested in and stays with."""
        holder = self._holder(line)
        while holder is not None and self._where(holder) == self._where(task):
            line = self.boxes[holder.pk].line
            holder = self._holder(line)
        return line

    def _out_of_order(self, key: uuid.UUID, tasks: Sequence[Task]) -> set[int]:
        """The lines that left the file's order within their day: as few as can be."""
        lines = [
            box.line
            for task in tasks
            if (box := self.boxes.get(task.pk))
            and self._stays(box, key)
            and self.read[box.line].parent is None
        ]
        return set(lines) - rising(lines)


def rising(numbers: Sequence[int]) -> set[int]:
    """Return a longest run of these different numbers that only rises."""
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        at = bisect_left(ends, number)
        before[number] = ends[at - 1] if at else None
        ends[at : at + 1] = [number]
    run: set[int] = set()
    last = ends[-1] if ends else None
    while last is not None:
        run.add(last)
        last = before[last]
    return run


def with_links(task: Task) -> str:
    """Return a task's description with those of its links that it does not name."""
    lines = [
        f"[{_words(link)}](<{link['url']}>)"
        for link in task.links
        if link.get("url") and link["url"] not in task.detail and link["url"] not in task.title
    ]
    return "\n\n".join(filter(None, [task.detail, "\n\n".join(lines)]))


def _words(link: Mapping[str, str]) -> str:
    said = re.sub(r"[\[\]\\]", " ", link.get("title") or link["url"])
    return " ".join(said.split()) or "Link"


def _own_weeks(
    plan: Plan, tasks: Sequence[Task], days: Mapping[uuid.UUID, PlanDay]
) -> list[OwnWeek]:
    """Two queries."""
    by_day: dict[uuid.UUID, list[OwnTask]] = defaultdict(list)
    for task in tasks:
        if task.deleted_at is None:
            by_day[task.day_id].append(
                OwnTask(
                    title=task.title,
                    minutes=task.minutes,
                    done=task.status == Task.Status.DONE,
                    session=task.session,
                    detail=with_links(task),
                    note=task.note,
                    skipped=task.status == Task.Status.SKIPPED,
                )
            )
    criteria: dict[uuid.UUID | None, list[tuple[str, bool]]] = defaultdict(list)
    for each in Criterion.objects.filter(plan=plan).order_by("position"):
        criteria[each.day_id or each.week_id].append((each.text, each.met_on is not None))
    own_days: dict[uuid.UUID, list[OwnDay]] = defaultdict(list)
    for key, day in days.items():
        if day.deleted_at is None or by_day[key]:
            own_days[day.week_id].append(
                OwnDay(day.title, day.goal, day.notes, by_day[key], criteria[key])
            )
    return [
        OwnWeek(
            name=week.name,
            title=week.title,
            phase=week.phase,
            goal=week.goal,
            days=own_days[week.pk],
            criteria=criteria[week.pk],
            checkpoint=week.checkpoint,
        )
        for week in PlanWeek.objects.filter(plan=plan).order_by("number")
        if week.deleted_at is None or any(day.tasks for day in own_days[week.pk])
    ]
