"""The lines of a text put together anew, with boxes changed, moved and added. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from apps.exchange.markdown_plan import notes_of
from apps.exchange.plan_headings import Look, Names, head_of
from apps.exchange.plan_outline import outline
from apps.exchange.plan_rewrite import (
    Shift,
    marked,
    note_lines,
    reworded,
    shifted,
    trimmed,
    written,
)
from apps.exchange.plan_scan import Kind, lead_of
from apps.exchange.plan_shapes import NewTask, Place, StaleText, Wanted
from apps.exchange.plan_tree import WeekDraft
from apps.exchange.plan_words import clean, title_of, with_whole

ROOT = -1


class Home(NamedTuple):
    """A box where it stands in the text, with the shift of what it stands in."""

    box: int
    shift: Shift | None


class Whole(NamedTuple):
    """A box that is written here, whether this is where it stands in the text or not."""

    box: int
    shift: Shift | None


class Moved(NamedTuple):
    """A box, or a new task, that goes behind or before another: with that one's beginning."""

    what: int | NewTask
    lead: str
    near: int


class Own(NamedTuple):
    """Lines of the text as they stand."""

    start: int
    end: int
    shift: Shift | None


class Fresh(NamedTuple):
    """A line that is new; a gap is left out where a blank line stands already."""

    body: str
    is_gap: bool = False


Piece = Home | Whole | Moved | Own | Fresh


class Weaver:
    """One run: what is wanted is sorted by where it goes, then the text is written once."""

    def __init__(self, text: str, wanted: Sequence[Wanted], new: Sequence[NewTask]) -> None:
        self.scanned, self.heads, self.tree = outline(text)
        self.boxes = self.scanned.boxes
        self.at = {box.line: index for index, box in enumerate(self.boxes)}
        self.inside: dict[int, list[int]] = defaultdict(list)
        for index, box in enumerate(self.boxes):
            self.inside[box.parent].append(index)
        self.ends = self.scanned.ends
        self.line_end = next((end for end in self.ends if end), "\n")
        self.wanted: dict[int, Wanted] = {}
        self.notes: dict[int, str] | None = None
        self.moved: dict[int, int] = {}  # box -> the box it goes behind, or ROOT
        self.before: dict[int, list[Moved]] = defaultdict(list)
        self.behind: dict[int, list[Moved]] = defaultdict(list)  # where the box stood
        self.following: dict[int, list[int | NewTask]] = defaultdict(list)  # where it goes
        self.below: dict[int, list[Fresh | Moved]] = defaultdict(list)  # lines outside boxes
        self.out: list[tuple[str, str]] = []
        for each in wanted:
            index = self._box(each.line)
            if each.mark != self.boxes[index].mark or index in self.wanted:
                raise StaleText(f"Line {each.line + 1} of the file is not the box it was.")
            self.wanted[index] = each
        headings: dict[tuple[int | None, str, str], list[int | NewTask]] = {}
        placed: list[tuple[int | NewTask, Place]] = [
            (index, each.place) for index, each in self.wanted.items() if each.place
        ]
        placed += [(task, task.place) for task in new]
        for what, place in sorted(placed, key=lambda each: each[1].rank):
            if isinstance(what, NewTask) or not self.wanted[what].deleted:
                self._place(what, place, headings)
        for (under, heading, day), tasks in headings.items():
            self._heading(under, heading, day, tasks)

    def _box(self, line: int) -> int:
        index = self.at.get(line)
        if index is None:
            raise StaleText(f"Line {line + 1} of the file is no box.")
        return index

    # Where things go

    def _place(
        self,
        what: int | NewTask,
        place: Place,
        headings: dict[tuple[int | None, str, str], list[int | NewTask]],
    ) -> None:
        if place.after is not None:
            near = self._box(place.after)
            if self._goes(what, near):
                self.following[near].append(what)
            return
        if place.heading:
            if self._goes(what, ROOT):
                key = (place.under, clean(place.heading), clean(place.day))
                headings.setdefault(key, []).append(what)
            return
        if place.under is None:
            raise StaleText("A task has no place in the file.")
        boxes = self._under(place.under)
        if not self._goes(what, ROOT):
            return
        if not boxes:
            self._below(place.under, what)
        elif place.first:
            self.before[boxes[0]].append(Moved(what, self._lead(boxes[0]), boxes[0]))
        else:
            self.behind[boxes[-1]].append(Moved(what, self._lead(boxes[-1]), boxes[-1]))

    def _goes(self, what: int | NewTask, near: int) -> bool:
        """Note that a box goes behind another; no where both would wait for each other."""
        if isinstance(what, NewTask):
            return True
        at = near
        while at != ROOT:
            if at == what:
                return False
            at = self.moved[at] if at in self.moved else self.boxes[at].parent
        self.moved[what] = near
        return True

    def _under(self, line: int) -> list[int]:
        """The outermost boxes of the day whose line it is, else of the week."""
        found: list[int] | None = None
        for week in self.tree.weeks:
            for day in week.days:
                if day.line == line:
                    found = [*(found or []), *day.boxes]
        if found is None:
            weeks = [week for week in self.tree.weeks if week.line == line]
            if not weeks:
                raise StaleText(f"Line {line + 1} of the file begins no day and no week.")
            found = [index for week in weeks for day in week.days for index in day.boxes]
        return sorted(self._outermost(index) for index in found)

    def _outermost(self, index: int) -> int:
        while self.boxes[index].parent != ROOT:
            index = self.boxes[index].parent
        return index

    def _lead(self, index: int) -> str:
        """What the box's line begins with before its bullet."""
        box = self.boxes[index]
        lead = lead_of(self.scanned.bodies[box.line])
        return " " * box.indent if box.is_behind else lead

    def _below(self, line: int, what: int | NewTask) -> None:
        """Under a heading that has no boxes."""
        lines = self.scanned.lines
        after = line
        if lines[line].kind is Kind.HEADING and after + 1 < len(lines):
            is_rule = lines[after + 1].kind is Kind.RULE
            under = set(self.scanned.bodies[after + 1].strip())
            after += (
                is_rule
                and not self.scanned.bodies[line].lstrip().startswith("#")
                and len(under) == 1
            )
        pieces = self.below[after]
        if not pieces:
            pieces.append(Fresh("", is_gap=True))
            if after + 1 < len(lines) and lines[after + 1].kind is not Kind.BLANK:
                pieces.append(Fresh(""))
        at = len(pieces) - (pieces[-1] == Fresh(""))
        pieces.insert(at, Moved(what, "", ROOT))

    def _heading(
        self, under: int | None, heading: str, day: str, tasks: list[int | NewTask]
    ) -> None:
        """A heading that is not there yet, with its tasks, at the end of a week or of the text."""
        lines = self._heading_lines(under, heading)
        if under is None and day:
            lines += ["", *self._day_lines(None, day)]
        pieces: list[Fresh | Moved] = [Fresh("", is_gap=True)]
        pieces += [Fresh(line) for line in [*lines, ""]]
        pieces += [Moved(task, "", ROOT) for task in tasks]
        self.below[self._end(under)] += pieces

    def _heading_lines(self, under: int | None, heading: str) -> list[str]:
        weeks = [week for week in self.tree.weeks if week.is_week and week.head]
        if under is not None:
            week = next((week for week in self.tree.weeks if week.line == under), None)
            if week is None:
                raise StaleText(f"Line {under + 1} of the file begins no week.")
            return self._day_lines(week, heading)
        head = weeks[-1].head if weeks else None
        if head is None or head.look is Look.HEADING:
            return [f"{'#' * (int(head.level) if head else 2)} {heading}"]
        bold = head_of(f"**{heading}**", 0, 0, Look.BOLD, None)
        if bold is None or bold.names is not Names.WEEK:
            return [f"# {heading}"]
        return [f"**{heading}**" if head.look is Look.BOLD else heading]

    def _day_lines(self, week: WeekDraft | None, heading: str) -> list[str]:
        """A day's heading, written as the others of its week are."""
        weeks = [week] if week else [each for each in self.tree.weeks if each.is_week][-1:]
        heads = [day.head for each in weeks for day in each.days if day.head]
        if not heads:  # as days are written elsewhere, which may be in plain lines
            others = [day.head for each in self.tree.weeks for day in each.days if day.is_named]
            heads = [head for head in others if head and head.look is not Look.HEADING]
        level = max((each.level for each in weeks), default=2)
        if heads and heads[-1].look is Look.HEADING:
            return [f"{'#' * int(heads[-1].level)} {heading}"]
        if not heads and level <= 5 and level == int(level):
            return [f"{'#' * (int(level) + 1)} {heading}"]
        bold = head_of(f"**{heading}**", 0, 0, Look.BOLD, None)
        named = bold is not None and bold.names is Names.DAY
        if named and heads and heads[-1].look is Look.LINE:
            return [heading]
        return [f"**{heading}**"] if named else ["---", "", f"**{heading}**"]

    def _end(self, under: int | None) -> int:
        """The last line of a week, or of the text, behind which something can be added."""
        lines = self.scanned.lines
        end = len(lines)
        if under is not None:
            week = next(week for week in self.tree.weeks if week.line == under)
            start = max([week.line, *(day.line for day in week.days)])
            end = min((each.line for each in self.tree.weeks if each.line > start), default=end)
        if 0 <= self.scanned.unclosed < end:
            end = self.scanned.unclosed
        while end > 0 and lines[end - 1].kind in (Kind.BLANK, Kind.RULE):
            end -= 1
        return end - 1

    # Writing

    def run(self) -> str:
        """Return the text."""
        todo: list[Piece] = list(self._within(ROOT, None))[::-1]
        while todo:
            todo += list(self._write(todo.pop()))[::-1]
        bodies = self.out
        last = len(bodies) - 1
        return "".join(
            body + ((end or self.line_end) if n < last else self._last_end(end))
            for n, (body, end) in enumerate(bodies)
        )

    def _last_end(self, end: str) -> str:
        return (end or self.line_end) if self.ends[-1] else ""

    def _within(self, index: int, shift: Shift | None) -> Iterator[Piece]:
        """What stands in a box below its own line; of the root, the whole text."""
        at = 0 if index == ROOT else self.boxes[index].line + 1
        end = len(self.scanned.bodies) if index == ROOT else self.boxes[index].end
        for child in self.inside.get(index, ()):
            box = self.boxes[child]
            yield from self._lines(at, box.line, shift, index)
            yield Home(child, shift)
            at = box.end
            if index == ROOT:
                for line in range(box.line, at):
                    yield from self.below.get(line, ())
        yield from self._lines(at, end, shift, index)
        if index == ROOT:
            yield from self.below.get(-1, ())

    def _lines(self, start: int, end: int, shift: Shift | None, index: int) -> Iterator[Piece]:
        if index != ROOT or not self.below:
            if start < end:
                yield Own(start, end, shift)
            return
        for line in range(start, end):
            yield Own(line, line + 1, shift)
            yield from self.below.get(line, ())

    def _write(self, piece: Piece) -> Iterator[Piece]:
        if isinstance(piece, Fresh):
            if not piece.is_gap or (self.out and self.out[-1][0].strip()):
                self.out.append((piece.body, self.line_end))
        elif isinstance(piece, Own):
            for number in range(piece.start, piece.end):
                body = shifted(self.scanned.bodies[number], piece.shift)
                self.out.append((body, self.ends[number]))
        elif isinstance(piece, Home):
            yield from self.before.get(piece.box, ())
            if piece.box not in self.moved:
                yield Whole(piece.box, piece.shift)
            yield from self.behind.get(piece.box, ())
        elif isinstance(piece, Whole):
            yield from self._whole(piece.box, piece.shift)
        elif isinstance(piece.what, NewTask):
            self._new(piece.what, piece.lead, piece.near)
        else:
            yield from self._whole(piece.what, Shift(self._lead(piece.what), piece.lead))

    def _whole(self, index: int, shift: Shift | None) -> Iterator[Piece]:
        """A box with its notes, what is nested in it, and what goes behind it."""
        box, want = self.boxes[index], self.wanted.get(index)
        body, new = self.scanned.bodies[box.line], ""
        lead = shifted(self._lead(index), shift)
        if want is not None and want.deleted:
            if box.is_behind:  # other items begin in its line
                self.out.append((f"{body[: box.mark_at - 1]}…", self.ends[box.line]))
            for child in self.inside.get(index, ()):
                yield Home(child, Shift(self._lead(child), lead))
        else:
            if want is not None:
                said = body[box.text_at :]
                kept = said.rstrip()
                new = reworded(kept, want.title, want.minutes)
                words = new + said[len(kept) :]
                between = body[box.mark_at + 1 : box.text_at] + ("" if said or not words else " ")
                mark = marked(box.mark, done=want.done)
                body = f"{body[: box.mark_at]}{mark}{between}{words}"
            if box.is_behind and index in self.moved:
                body = f"{lead}{body[box.mark_at - 1 - len(box.bullet) - 1 :].lstrip()}"
                self.out.append((body, self.ends[box.line]))
            else:
                self.out.append((shifted(body, shift), self.ends[box.line]))
            yield from self._inner(index, shift, lead, new)
        for what in self.following.get(index, ()):
            yield Moved(what, lead, index)

    def _inner(self, index: int, shift: Shift | None, lead: str, said: str) -> Iterator[Piece]:
        """What stands beneath a box whose words are now these."""
        box = self.boxes[index]
        notes = self._notes(index, said)
        if notes is None:
            yield from self._within(index, shift)
            if box.line <= self.scanned.unclosed < box.end and self.scanned.closer[0] == "<":
                yield Fresh(f"{lead}  {self.scanned.closer}")
            return
        for line in note_lines(notes, lead + " " * (len(box.bullet) + 1)):
            yield Fresh(line)
        for child in self.inside.get(index, ()):
            yield Home(child, shift)

    def _notes(self, index: int, said: str) -> str | None:
        """What is to be written beneath a box whose words are now these; None for what stands
        there. Words that are too long for a title are the beginning of what is read as its notes.
        """
        want, box = self.wanted.get(index), self.boxes[index]
        if want is None or (want.detail is None and want.title is None):
            return None
        if self.notes is None:
            self.notes = notes_of(self.scanned)
        notes = self.notes.get(index, "")
        before = title_of(self.scanned.bodies[box.line][box.text_at :].rstrip()).whole
        whole = title_of(said).whole
        wanted = with_whole(before, notes) if want.detail is None else trimmed(want.detail)
        if wanted == with_whole(whole, notes):
            return None
        return wanted.removeprefix(whole).lstrip("\n") if whole else wanted

    def _new(self, task: NewTask, lead: str, near: int) -> None:
        bullet = self._bullet(near)
        end = self.ends[self.boxes[near].line] if near != ROOT else ""
        end = end or self.line_end
        mark = "x" if task.done else " "
        self.out.append((f"{lead}{bullet} [{mark}] {written(task.title, task.minutes)}", end))
        for line in note_lines(task.detail, lead + " " * (len(bullet) + 1)):
            self.out.append((line, end))

    def _bullet(self, near: int) -> str:
        """The bullet of the neighbour; a number goes on."""
        if near == ROOT:
            return self.boxes[0].bullet if self.boxes and self.boxes[0].bullet in "-*+" else "-"
        bullet = self.boxes[near].bullet
        return (
            bullet if bullet in "-*+" else f"{min(int(bullet[:-1]) + 1, 999_999_999)}{bullet[-1]}"
        )
