from __future__ import annotations

import datetime as dt
import time
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.plans.layout import LEAST_PART, Item, NoStudyTime, Placed, lay_out

MONDAY = dt.date(2026, 11, 16)
HOUR_A_DAY = (60,) * 7


def day(offset: int) -> dt.date:
    return MONDAY + dt.timedelta(days=offset)


@pytest.mark.parametrize(
    ("minutes", "week", "expected"),
    [
        # fits
        ([30, 30], HOUR_A_DAY, [(0, 0, 30), (1, 0, 30)]),
        # the second goes on the next day
        ([30, 60], HOUR_A_DAY, [(0, 0, 30), (1, 0, 30), (1, 1, 30)]),
        # 10 minutes of room are no part: the task waits for the next day
        ([50, 30], HOUR_A_DAY, [(0, 0, 50), (1, 1, 30)]),
        # 65 into 60 would leave 5: a quarter of an hour is kept for the second part
        ([65], HOUR_A_DAY, [(0, 0, 50), (0, 1, 15)]),
        # rest days are passed over
        ([60, 60], (60, 0, 60, 0, 0, 0, 0), [(0, 0, 60), (1, 2, 60)]),
        # a long one over three days
        ([150], HOUR_A_DAY, [(0, 0, 60), (0, 1, 60), (0, 2, 30)]),
        # days shorter than a part: what fits is placed all the same
        ([25], (10,) * 7, [(0, 0, 10), (0, 1, 10), (0, 2, 5)]),
        ([20], (16,) * 7, [(0, 0, 16), (0, 1, 4)]),
        ([], HOUR_A_DAY, []),
        ([0, 20], HOUR_A_DAY, [(1, 0, 20)]),
    ],
)
def test_work_fills_study_days_in_order(
    minutes: list[int], week: tuple[int, ...], expected: list[tuple[int, int, int]]
) -> None:
    items = [Item(number, value) for number, value in enumerate(minutes)]
    layout = lay_out(items, week, first_day=MONDAY)
    assert layout.parts == tuple(Placed(key, day(off), length) for key, off, length in expected)


def test_a_break_is_passed_over() -> None:
    layout = lay_out([Item("a", 120)], HOUR_A_DAY, [(day(1), day(3))], first_day=MONDAY)
    assert [part.day for part in layout.parts] == [day(0), day(4)]


def test_overlapping_breaks_are_passed_over() -> None:
    breaks = [(day(1), day(9)), (day(2), day(3)), (day(5), day(6))]
    layout = lay_out([Item("a", 120)], HOUR_A_DAY, breaks, first_day=MONDAY)
    assert [part.day for part in layout.parts] == [day(0), day(10)]


def test_a_pin_beats_a_break_and_a_full_day_and_uses_its_day_first() -> None:
    items = [Item("a", 60), Item("pinned", 90, pin=day(1)), Item("b", 30)]
    layout = lay_out(items, HOUR_A_DAY, [(day(5), day(6))], first_day=MONDAY)
    assert layout.parts == (
        Placed("a", day(0), 60),
        Placed("pinned", day(1), 90),
        Placed("b", day(2), 30),
    )


def test_finished_work_uses_up_its_day() -> None:
    layout = lay_out([Item("a", 40)], HOUR_A_DAY, first_day=MONDAY, used={MONDAY: 50})
    assert layout.parts == (Placed("a", day(1), 40),)


def test_what_ends_after_the_target_is_named() -> None:
    layout = lay_out([Item("a", 60), Item("b", 60)], HOUR_A_DAY, first_day=MONDAY, target=MONDAY)
    assert layout.late == ("b",)
    assert layout.last_day == day(1)


def test_no_study_time_is_an_error_only_when_there_is_work() -> None:
    with pytest.raises(NoStudyTime):
        lay_out([Item("a", 10)], (0,) * 7, first_day=MONDAY)
    assert lay_out([], (0,) * 7, first_day=MONDAY).parts == ()
    pinned = lay_out([Item("a", 10, pin=MONDAY)], (0,) * 7, first_day=MONDAY)
    assert pinned.last_day == MONDAY


def test_a_break_without_end_is_an_error() -> None:
    with pytest.raises(NoStudyTime):
        lay_out([Item("a", 10)], HOUR_A_DAY, [(MONDAY, dt.date(2120, 1, 1))], first_day=MONDAY)


weeks = st.lists(st.sampled_from([0, 0, 10, 30, 45, 60, 90, 240]), min_size=7, max_size=7).filter(
    any
)
breaks_of = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 20)).map(
        lambda pair: (day(pair[0]), day(pair[0] + pair[1]))
    ),
    max_size=4,
)
items_of = st.lists(
    st.tuples(st.integers(1, 400), st.none() | st.integers(0, 40)), max_size=25
).map(
    lambda rows: [
        Item(number, minutes, None if pin is None else day(pin))
        for number, (minutes, pin) in enumerate(rows)
    ]
)
used_of = st.dictionaries(st.integers(0, 20).map(day), st.integers(0, 300), max_size=5)


@given(items=items_of, week=weeks, breaks=breaks_of, used=used_of)
def test_properties(
    items: list[Item],
    week: list[int],
    breaks: list[tuple[dt.date, dt.date]],
    used: dict[dt.date, int],
) -> None:
    layout = lay_out(items, week, breaks, first_day=MONDAY, used=used)
    assert layout == lay_out(items, week, breaks, first_day=MONDAY, used=used)

    pinned = {item.key: item.pin for item in items if item.pin}
    free = [part for part in layout.parts if part.key not in pinned]
    # order kept
    assert [(part.day, part.key) for part in free] == sorted(
        (part.day, part.key)  # type: ignore[type-var] # keys are texts here
        for part in free
    )
    # minutes add up
    sums: dict[object, int] = defaultdict(int)
    for part in layout.parts:
        sums[part.key] += part.minutes
    assert sums == {item.key: item.minutes for item in items}
    # nothing on a break, an empty weekday or before the first day
    load: dict[dt.date, int] = defaultdict(int)
    for part in free:
        assert part.day >= MONDAY
        assert week[part.day.weekday()] > 0
        assert not any(first <= part.day <= last for first, last in breaks)
        load[part.day] += part.minutes
    # no filled day over, what was used and pinned counted first
    for where, minutes in load.items():
        before = used.get(where, 0) + sum(item.minutes for item in items if item.pin == where)
        assert before + minutes <= week[where.weekday()]
    # a pin stays
    for part in layout.parts:
        if part.key in pinned:
            assert part.day == pinned[part.key]


@given(items=items_of, week=st.lists(st.sampled_from([0, 30, 45, 60, 120]), min_size=7, max_size=7))
def test_parts_are_a_quarter_of_an_hour_or_the_whole_task(
    items: list[Item], week: list[int]
) -> None:
    if not any(week):
        return
    free = [Item(item.key, item.minutes) for item in items]
    layout = lay_out(free, week, first_day=MONDAY)
    whole = {item.key: item.minutes for item in free}
    for part in layout.parts:
        assert part.minutes >= LEAST_PART or part.minutes == whole[part.key]


def test_five_thousand_tasks_in_under_fifty_milliseconds() -> None:
    items = [Item(number, 20 + number % 50) for number in range(5_000)]
    week = (60, 60, 60, 90, 0, 120, 120)
    best = min(_seconds(items, week) for _ in range(5))
    assert best < 0.05


def _seconds(items: list[Item], week: tuple[int, ...]) -> float:
    start = time.perf_counter()
    lay_out(items, week, [(day(30), day(40))], first_day=MONDAY)
    return time.perf_counter() - start
