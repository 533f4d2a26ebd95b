"""Which questions a knowledge check asks, and in which order."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple
from uuid import UUID

from apps.mastery.rounding import half_up

NEW_SHARE = 70  # per cent of today's topics; the rest are reviews
KIND_SHARES = {"conceptual": 40, "implementation": 40, "applied": 20}
OTHER = "other"  # bare questions, design, behavioural
EXPLAIN = "explain"  # “Explain it in two minutes”: without a question, once a topic


class Due(NamedTuple):
    """A topic that is due for review, and for how many days."""

    topic: UUID
    overdue: int


class Option(NamedTuple):
    """A question a topic could be asked by; `asked` is when it was answered last."""

    question: UUID
    kind: str
    asked: dt.datetime | None = None


class Slot(NamedTuple):
    """A place in the check: a topic, and why it is asked."""

    topic: UUID
    is_review: bool = False
    is_weak: bool = False


class Item(NamedTuple):
    """One question of the check; without a question, the topic is to be explained."""

    topic: UUID
    question: UUID | None
    kind: str
    is_review: bool
    is_weak: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """The topics of a check, new ones and reviews, none of them twice; how many were wanted."""

    new: list[Slot]
    reviews: list[Slot]
    wanted_new: int
    wanted_reviews: int

    @property
    def topics(self) -> list[UUID]:
        return [slot.topic for slot in (*self.new, *self.reviews)]


@dataclass(frozen=True, slots=True)
class Picked:
    """The questions in order; how many of each side are fewer than wanted, and how many in all."""

    items: list[Item]
    missing_new: int
    missing_reviews: int
    missing: int


Pool = Mapping[UUID, Sequence[Option]]


def pick(
    today: Sequence[UUID],
    weak: Sequence[UUID],
    due: Sequence[Due],
    pool: Pool,
    size: int,
    seed: str,
    new_share: int = NEW_SHARE,
) -> Picked:
    """Return a check of `size` questions, fewer where there is no more to ask.

    `today` are the topics studied today, `weak` those that were weak yesterday, the weakest
    first, `pool` the questions by topic. The same seed and the same input give the same check.
    """
    return ask(choose(today, weak, due, size, seed, new_share), pool, seed)


def choose(
    today: Sequence[UUID],
    weak: Sequence[UUID],
    due: Sequence[Due],
    size: int,
    seed: str,
    new_share: int = NEW_SHARE,
) -> Chosen:
    """Return the topics of a check: `new_share` per cent of today's, else reviews, weak ones first.

    No topic comes twice. Where one side is short, the other fills it. A topic of both sides is
    a review where today's side can spare it.
    """
    chance = Random(f"{seed} topics")  # noqa: S311 - a draw, not a secret
    wanted_new = half_up(size * new_share / 100)
    wanted_reviews = size - wanted_new
    studied = sorted(dict.fromkeys(today), key=lambda topic: topic.int)
    chance.shuffle(studied)
    weak_ones = set(weak)
    waiting = list(dict.fromkeys([*weak, *_by_turn(due, chance)]))

    spare = max(len(studied) - wanted_new, 0)
    of_today = set(studied)
    reviews: list[UUID] = []
    for topic in waiting:
        if len(reviews) == wanted_reviews:
            break
        if topic not in of_today or spare:
            spare -= topic in of_today
            reviews.append(topic)
    taken = set(reviews)
    new = [topic for topic in studied if topic not in taken]
    rest, new = new[wanted_new:], new[:wanted_new]
    taken |= set(new)
    free = size - len(new) - len(reviews)
    if len(new) < wanted_new:
        more = (topic for topic in waiting if topic not in taken)
        reviews += [topic for topic, _ in zip(more, range(free), strict=False)]
    else:
        new += rest[:free]
    return Chosen(
        [Slot(topic, is_weak=topic in weak_ones) for topic in new],
        [Slot(topic, is_review=True, is_weak=topic in weak_ones) for topic in reviews],
        wanted_new,
        wanted_reviews,
    )


def _by_turn(due: Sequence[Due], chance: Random) -> list[UUID]:
    """Most overdue first, with some chance: one at least twice as overdue stays before another."""
    drawn = [
        (-(card.overdue + 1) * (1 - chance.random() / 2), card.topic)
        for card in sorted(due, key=lambda card: card.topic.int)
    ]
    drawn.sort(key=lambda pair: pair[0])
    return [topic for _, topic in drawn]


def ask(chosen: Chosen, pool: Pool, seed: str) -> Picked:
    """Return the questions of a check whose topics are chosen, new and review mixed evenly.

    Kinds come as near to 40 / 40 / 20 as the pool allows. Where there are fewer topics than
    questions wanted, topics come again with other questions, as long as there are any.
    """
    size = chosen.wanted_new + chosen.wanted_reviews
    chance = Random(f"{seed} questions")  # noqa: S311 - a draw, not a secret
    stock = {topic: _stock(pool.get(topic, ()), chance) for topic in sorted(chosen.topics)}
    room = {
        topic: {kind: len(held) for kind, held in each.items()} for topic, each in stock.items()
    }
    new, reviews = _with_repeats(chosen, room)
    slots = _mixed(new, reviews)
    kinds = assign_kinds([slot.topic for slot in slots], room, size)
    items = []
    for slot, kind in zip(slots, kinds, strict=True):
        option = stock[slot.topic][kind].pop(0)
        items.append(
            Item(
                slot.topic,
                option and option.question,
                option.kind if option else "",
                slot.is_review,
                slot.is_weak,
            )
        )
    return Picked(
        items,
        max(chosen.wanted_new - len(new), 0),
        max(chosen.wanted_reviews - len(reviews), 0),
        size - len(slots),
    )


def _stock(options: Sequence[Option], chance: Random) -> dict[str, list[Option | None]]:
    """The questions of a topic by kind, never asked ones first, then the longest ago."""
    drawn = sorted(options, key=lambda option: option.question.int)
    chance.shuffle(drawn)
    drawn.sort(key=lambda option: option.asked.timestamp() if option.asked else float("-inf"))
    stock: dict[str, list[Option | None]] = defaultdict(list)
    for option in drawn:
        stock[option.kind if option.kind in KIND_SHARES else OTHER].append(option)
    stock[EXPLAIN].append(None)
    return dict(stock)


def _with_repeats(
    chosen: Chosen, room: Mapping[UUID, Mapping[str, int]]
) -> tuple[list[Slot], list[Slot]]:
    """Both sides, filled up to what was wanted with topics that come again, in turn."""
    left = {topic: sum(each.values()) - 1 for topic, each in room.items()}
    new, reviews = list(chosen.new), list(chosen.reviews)
    size = chosen.wanted_new + chosen.wanted_reviews

    def fill(side: list[Slot], first: Sequence[Slot], most: int) -> None:
        while len(side) < most and len(new) + len(reviews) < size:
            again = [slot for slot in first if left[slot.topic]]
            if not again:
                return
            for slot in again[: min(most - len(side), size - len(new) - len(reviews))]:
                left[slot.topic] -= 1
                side.append(slot)

    fill(new, chosen.new, chosen.wanted_new)
    fill(reviews, chosen.reviews, chosen.wanted_reviews)
    fill(new, chosen.new, size)
    fill(reviews, chosen.reviews, size)
    return new, reviews


def _mixed(new: Sequence[Slot], reviews: Sequence[Slot]) -> list[Slot]:
    """Both sides in their order, mixed evenly: in no part of the check one side falls behind by
    more than half a question."""
    count = len(new) + len(reviews)
    fresh, again = iter(new), iter(reviews)
    done = 0
    slots = []
    for place in range(1, count + 1):
        if (2 * place * len(reviews) + count - 1) // (2 * count) > done:
            slots.append(next(again))
            done += 1
        else:
            slots.append(next(fresh))
    return slots


def assign_kinds(
    topics: Sequence[UUID], room: Mapping[UUID, Mapping[str, int]], size: int
) -> list[str]:
    """Return the kind each place is asked in, so that kinds deviate least from their shares.

    `room` says how many questions of a kind a topic has. The deviation is the sum, over the kinds
    and what is of none of them, of how far their number is from its share of `size`. Among equal
    ones that with the fewest explanations, then the fewest of other kinds, then the most even.
    Each place is put where it costs least, others giving way to it: costs are convex, so no
    exchange could be better in the end.
    """
    given: dict[UUID, list[tuple[str, int]]] = defaultdict(list)  # topic -> (kind, place)
    counts: dict[str, int] = defaultdict(int)

    def fits(topic: UUID, kind: str) -> bool:
        used = sum(1 for other, _ in given[topic] if other == kind)
        return used < room[topic].get(kind, 0)

    kinds = (*KIND_SHARES, OTHER, EXPLAIN)
    for place, topic in enumerate(topics):
        # From where a place comes: kind -> (kind it leaves, topic that moves), none for the new one.
        way: dict[str, tuple[str, UUID] | None] = {k: None for k in kinds if fits(topic, k)}
        reached = list(way)
        for kind in reached:
            for other, held in given.items():
                if any(k == kind for k, _ in held):
                    for k in kinds:
                        if k not in way and fits(other, k):
                            way[k] = (kind, other)
                            reached.append(k)
        best = min(reached, key=lambda kind: (_cost(kind, counts[kind], size), kinds.index(kind)))
        counts[best] += 1
        while (step := way[best]) is not None:
            left, mover = step
            index = next(i for i, (k, _) in enumerate(given[mover]) if k == left)
            given[mover][index] = (best, given[mover][index][1])
            best = left
        given[topic].append((best, place))
    found = {place: kind for held in given.values() for kind, place in held}
    return [found[place] for place in range(len(topics))]


def _cost(kind: str, count: int, size: int) -> tuple[int, int, int, int]:
    """What one more of a kind adds, when there are `count`: to the deviation (in hundredths), to
    explanations, to other kinds, to unevenness."""
    share = KIND_SHARES.get(kind, 0) * size
    before, after = 100 * count - share, 100 * (count + 1) - share
    even = after**2 - before**2 if kind in KIND_SHARES else 0
    return abs(after) - abs(before), int(kind == EXPLAIN), int(kind == OTHER), even
