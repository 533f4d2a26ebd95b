"""What a revision moved, and which stand in the way of its Undo: by the rows it kept."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.plans.history import TASK_KINDS, Rows, Undoable, blocking, what_moved
from apps.plans.models import Revision

ONE, TWO, THREE = (str(uuid.UUID(int=number)) for number in (1, 2, 3))


@dataclass
class Change:
    before: Rows = field(default_factory=dict)
    after: Rows = field(default_factory=dict)
    undone_at: Any = None
    kind: str = "move"


def parts(*days: str, **more: Any) -> dict[str, Any]:
    return {"parts": [[f"2026-{day}", 30] for day in days], **more}


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ({}, {}, ""),
        ({"plan": {"target_on": None}}, {"plan": {"target_on": "2026-12-01"}}, ""),
        ({"learner": {"monday": 60}}, {"learner": {"monday": 90}}, ""),
        ({f"break:{ONE}": None}, {f"break:{ONE}": {"label": "x"}}, ""),
        ({}, {"tasks": 6, "first": "2026-11-18"}, ""),
        (
            {ONE: parts("12-14")},
            {ONE: parts("12-21")},
            "1 task moved, from 14 Dec to 21 Dec",
        ),
        (
            {ONE: parts("12-01"), TWO: parts("12-14")},
            {ONE: parts("12-03"), TWO: parts("12-20", "12-21")},
            "2 tasks moved",
        ),
        (
            {ONE: parts("12-01"), TWO: parts("12-14")},
            {ONE: parts("12-14"), TWO: parts("12-01")},
            "2 tasks moved",
        ),
        (
            {ONE: parts("12-31")},
            {ONE: {"parts": [["2027-01-03", 30]]}},
            "1 task moved, from 31 Dec 2026 to 3 Jan 2027",
        ),
        ({ONE: parts()}, {ONE: parts("12-21")}, "1 task moved"),
        ({ONE: {"position": 3}}, {ONE: {"position": 4}}, ""),
        (
            {ONE: None, TWO: {"skipped_on": None}, THREE: {"deleted_at": None}},
            {
                ONE: parts("12-21"),
                TWO: {"skipped_on": "2026-11-18"},
                THREE: {"deleted_at": "2026-11-18T09:00:00+00:00"},
            },
            "1 new; 2 left out",
        ),
        ({ONE: {"skipped_on": "2026-11-18"}}, {ONE: {"skipped_on": None}}, "1 new"),
    ],
)
def test_what_moved_in_words(before: Rows, after: Rows, words: str) -> None:
    assert what_moved(before, after).words == words


def test_what_moved_is_in_the_order_of_its_dates() -> None:
    before: Rows = {ONE: parts("12-01"), TWO: parts("12-02")}
    found = what_moved(before, {ONE: parts("12-09"), TWO: parts("12-03", "12-04")})
    assert [task.key for task in found.moved] == [TWO, ONE]
    assert found.moved[0].after == (dt.date(2026, 12, 3), dt.date(2026, 12, 4))


ROWS = st.dictionaries(
    st.sampled_from([ONE, TWO, THREE]),
    st.one_of(
        st.none(),
        st.fixed_dictionaries(
            {},
            optional={
                "parts": st.lists(
                    st.tuples(st.dates().map(dt.date.isoformat), st.integers(1, 90)), max_size=3
                ),
                "minutes": st.integers(1, 90),
                "skipped_on": st.none() | st.just("2026-11-18"),
                "deleted_at": st.none() | st.just("2026-11-18T09:00:00+00:00"),
            },
        ),
    ),
)


@given(before=ROWS, after=ROWS)
def test_each_task_is_told_once_at_most(before: Rows, after: Rows) -> None:
    found = what_moved(before, after)
    keys = [task.key for task in (*found.moved, *found.added, *found.gone)]
    assert len(keys) == len(set(keys))
    assert set(keys) <= set(after)
    assert bool(found.words) == bool(keys)


CHANGES = st.lists(
    st.builds(
        lambda rows, undone: Change(dict(rows), dict(rows), undone),
        st.dictionaries(
            st.sampled_from([ONE, TWO, THREE]),
            st.sets(st.sampled_from(["parts", "minutes"]), min_size=1).map(
                lambda names: dict.fromkeys(sorted(names), 1)
            ),
        ),
        st.booleans(),
    ),
    max_size=6,
)


@given(newest_first=CHANGES, done=st.sets(st.sampled_from([ONE, TWO, THREE])))
def test_undo_is_granted_where_nothing_stands_in_its_way(
    newest_first: list[Change], done: set[str]
) -> None:
    undoable = Undoable(done)
    for place, change in enumerate(newest_first):
        in_the_way = blocking(change, newest_first[:place], done)
        is_open = any(
            not (key in done and "parts" in (row or {})) for key, row in change.before.items()
        )
        wanted = not change.undone_at and is_open and not in_the_way
        assert undoable.asks(change) is wanted


def test_undo_is_granted_for_a_decision_but_not_where_all_work_is_finished() -> None:
    assert Undoable([]).asks(Change(kind="decision"))
    assert not Undoable([]).asks(Change(kind="create"))
    assert not Undoable([]).asks(Change(kind="decision", undone_at="then"))
    rows: Rows = {ONE: None, f"day:{TWO}": None}
    made = Change(rows, {ONE: parts("12-01"), f"day:{TWO}": {"title": "x"}})
    assert Undoable([]).asks(made)
    assert not Undoable([ONE]).asks(made)
    assert Undoable([ONE]).asks(Change({"plan": {"target_on": None}}, {"plan": {"target_on": "x"}}))


def test_what_is_to_be_undone_first_is_told_newest_first() -> None:
    change = Change({ONE: parts("12-01")}, {ONE: parts("12-02")})
    other = Change({TWO: parts("12-01")}, {TWO: parts("12-02")})
    undone = Change({ONE: parts("12-02")}, {ONE: parts("12-03")}, undone_at="then")
    later = Change({ONE: parts("12-03")}, {ONE: parts("12-04")})
    assert blocking(change, [later, undone, other], set()) == [later]
    assert blocking(change, [later, undone, other], {ONE}) == []


def test_the_kinds_of_single_tasks_are_kinds() -> None:
    assert set(Revision.Kind.values) > TASK_KINDS
