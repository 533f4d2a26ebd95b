"""What waits, against valuing everything anew each day."""

from __future__ import annotations

import random
from typing import Any

import pytest

from apps.mastery import waiting
from apps.mastery.waiting import Slot, Waiting


def slots_of(source: random.Random, count: int, stabilities: Any) -> list[Slot]:
    return [
        Slot(
            due=source.randint(-30, 60),
            awake=0,
            weight=source.choice([1, 2, 3]),
            age=source.randint(-3, 60),
            stability=stabilities(source),
            reviewed=-1,
        )
        for _ in range(count)
    ]


def plainly(slots: list[Slot], waits: set[int], day: int, count: int) -> list[int]:
    order = sorted(waits, key=lambda place: (-slots[place].value(day), slots[place].due, place))
    return order[:count]


@pytest.mark.parametrize("count", [1, 3, 10])
@pytest.mark.parametrize(
    "stabilities",
    [
        lambda source: source.uniform(0.2, 60),
        lambda source: source.choice([0.2, 1.3, 8.3]),
        lambda source: source.uniform(8, 8.5),
    ],
    ids=["all", "few", "alike"],
)
def test_the_most_valuable_are_taken_each_day(count: int, stabilities: Any) -> None:
    source = random.Random(count)
    slots = slots_of(source, 600, stabilities)
    kept, waits = Waiting(slots), set[int]()
    coming = sorted(range(600), key=lambda place: slots[place].due)
    day = 0
    while coming or waits:
        while coming and slots[coming[0]].due <= day:
            place = coming.pop(0)
            kept.add(place)
            waits.add(place)
        if day == 20:
            gone = set(source.sample(sorted(waits), min(len(waits), 40)))
            kept.drop(gone)
            waits -= gone
        expected = plainly(slots, waits, day, count)
        assert kept.take(day, count) == expected, day
        waits -= set(expected)
        assert len(kept) == len(waits)
        day += source.choice([1, 1, 1, 2, 9])
    assert kept.take(day, count) == []


def test_after_too_many_looks_all_have_their_turn_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(waiting, "MOST_LOOKS", 500)
    slots = slots_of(random.Random(1), 600, lambda source: source.uniform(8, 8.5))
    kept = Waiting(slots)
    for place in range(600):
        kept.add(place)
    taken = [kept.take(day, 3) for day in range(200)]
    assert sorted(place for places in taken for place in places) == list(range(600))
