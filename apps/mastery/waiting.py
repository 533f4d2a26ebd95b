"""What waits for its review, of which the most valuable come first, on each of many days.

Values grow while topics wait, each at its own pace, so that their order changes from day to day. To
value everything anew each day would take seconds for thousands of topics. So topics that are
forgotten alike stand in one line, and the lines are kept in the order of what their topics can be
worth at most within the next days: on a day only the first lines are valued, until none that follows
can be worth as much. What is far behind is ordered for many days at once; what is near the front for
fewer, which says more.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Collection, Sequence
from typing import NamedTuple

from apps.mastery.memory import DECAY, FACTOR, retention_after

NEAR_SPAN, FAR_SPAN, LONGEST_SPAN = 4, 32, 1_024  # days
CHUNK = 64
# Thousands of topics that are forgotten almost alike would all be looked at every day. What is planned
# after so many looks is taken in the order of the last one ahead, which is about the same then.
MOST_LOOKS = 300_000
_SLACK = 1e-9  # far more than floats err by


class Slot(NamedTuple):
    """A topic that waits for its review: the day it is due, the day before which it was put off,
    its weight, the days since the last evidence and the stability of its memory, and the day of its
    last review."""

    due: int
    awake: int
    weight: int
    age: int
    stability: float
    reviewed: int

    def kept(self, day: int) -> float:
        """Retention on that day, from 0 to 1, without a review before."""
        return retention_after(self.age + day, self.stability)

    def value(self, day: int) -> float:
        """What a review on that day brings back: weight x what was forgotten."""
        return self.weight * (1 - self.kept(day))


class Waiting:
    """The slots that wait, by their places. Days are asked for in order.

    Plain lists of numbers, one for each figure: objects for each slot would be collected as garbage
    in the middle of it, which takes longer than all the rest.
    """

    def __init__(self, slots: Sequence[Slot]) -> None:
        lines: dict[tuple[int, int, float], int] = {}
        self.line_of = [
            lines.setdefault((slot.weight, slot.age, slot.stability), len(lines)) for slot in slots
        ]
        self.weight = [weight for weight, _, _ in lines]
        self.age = [age for _, age, _ in lines]  # below 0 where a clock went back
        self.pace = [FACTOR / stability for *_, stability in lines]
        self.bound = [0.0] * len(lines)  # minus the most its topics can be worth
        # Due day and place in one number, lowest first: due x count of slots + place.
        self.members: list[list[int]] = [[] for _ in lines]
        self.turns = [slot.due * len(slots) + place for place, slot in enumerate(slots)]
        self.count = 0
        self.fresh: list[int] = []
        self.near = _Ordered(NEAR_SPAN)  # the first comes first
        self.far = _Ordered(FAR_SPAN)  # the first comes last
        self.looks = MOST_LOOKS

    def __len__(self) -> int:
        return self.count

    def add(self, place: int) -> None:
        """Let one more wait."""
        line = self.line_of[place]
        if not self.members[line]:
            self.fresh.append(line)
        insort(self.members[line], self.turns[place])
        self.count += 1

    def drop(self, places: Collection[int]) -> None:
        """Let these wait no more."""
        size = len(self.turns)
        for line, members in enumerate(self.members):
            self.members[line] = [turn for turn in members if turn % size not in places]
        self.count = sum(map(len, self.members))
        self.fresh = [line for line in self.fresh if self.members[line]]
        for part in (self.near, self.far):
            part.lines = [line for line in part.lines if self.members[line]]

    def take(self, day: int, count: int) -> list[int]:
        """Take the most valuable on that day, so many at most; return their places, in order. Of
        the same value comes first what is due longer, then what has the lower place."""
        if count <= 0 or not self.count:
            return []
        self._make_ready(day)
        near, far, bound = self.near, self.far.lines, self.bound
        best = self._best(day, count)
        while far and (len(best) < count or bound[far[-1]] <= best[-1][0]):
            if self.looks < 0 and len(best) == count:
                break
            nearer = far[-max(count, CHUNK) :]
            del far[-len(nearer) :]
            self._put(near, nearer)
            best = self._best(day, count)
        # The first of a line are taken, and of the same value none is passed over.
        for at in sorted((at for *_, at in best), reverse=True):
            members = self.members[near.lines[at]]
            del members[0]
            if not members:
                del near.lines[at]
        self.count -= len(best)
        return [turn % len(self.turns) for _, turn, _ in best]

    def _best(self, day: int, count: int) -> list[tuple[float, int, int]]:
        """Return the best of what is near: minus the value, the turn, and where the line stands."""
        bound, weight, pace, age = self.bound, self.weight, self.pace, self.age
        best: list[tuple[float, int, int]] = []
        least, at = 0.0, -1  # no value is below 0
        for at, line in enumerate(self.near.lines):
            if bound[line] > least or (self.looks < 0 and len(best) == count):
                break
            days = age[line] + day
            worth = weight[line] * ((1 + pace[line] * days) ** DECAY - 1) if days > 0 else 0.0
            if worth > least:
                continue
            members = self.members[line]
            for turn in members[:count] if len(members) > 1 else members:
                insort(best, (worth, turn, at))
            if len(best) >= count:
                del best[count:]
                least = best[-1][0]
        self.near.looked += at + 1 - len(best)
        self.looks -= at + 1
        return best

    def _make_ready(self, day: int) -> None:
        """Let the orders hold on that day, with all that wait in them."""
        near, far, fresh = self.near, self.far, self.fresh
        if day > far.until or len(near.lines) > len(far.lines) + len(fresh) + CHUNK:
            every = far.lines + near.lines + fresh
            far.begin(day)
            near.begin(day)
            self._put(far, every)
            far.lines.reverse()
        elif day > near.until or near.looked > len(near.lines):
            every = near.lines + fresh
            near.begin(day)
            self._put(near, every)
        elif fresh:
            self._put(near, fresh)
        self.fresh = []

    def _put(self, part: _Ordered, lines: Sequence[int]) -> None:
        """Put these into that part too, by what each can be worth until the part is over."""
        bound, weight, pace, age, until = self.bound, self.weight, self.pace, self.age, part.until
        for line in lines:
            days = until + age[line]
            grown = (1 + pace[line] * days) ** DECAY - 1 if days > 0 else 0.0
            bound[line] = weight[line] * grown - _SLACK
        part.lines += lines
        part.lines.sort(key=bound.__getitem__)


class _Ordered:
    """Lines in the order of their bounds, which hold until a day. `looked` counts those that were
    looked at for nothing since."""

    def __init__(self, span: int) -> None:
        self.lines: list[int] = []
        self.span, self.until, self.looked = span, -1, 0

    def begin(self, day: int) -> None:
        """Begin anew on that day, empty: for longer than the last time, if that held out."""
        longer = self.span * 2 if day > self.until else self.span // 2
        self.span = min(max(longer, 1), LONGEST_SPAN)
        self.until, self.looked, self.lines = day + self.span, 0, []
