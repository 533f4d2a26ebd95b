"""Tasks one a line."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.plans.task_lines import LineFaults, TaskLine, as_lines, read_task_lines


@pytest.mark.parametrize(
    ("text", "tasks"),
    [
        ("", []),
        ("\n  \n", []),
        ("Read the paper | 45", [("Read the paper", 45)]),
        ("Read the paper|45 min", [("Read the paper", 45)]),
        ("Read the paper", [("Read the paper", 30)]),
        ("P(A | B) by hand | 20 minutes", [("P(A | B) by hand", 20)]),
        ("One | 1\r\n\r\n  Two | 600  ", [("One", 1), ("Two", 600)]),
    ],
)
def test_lines_that_can_be_read(text: str, tasks: list[tuple[str, int]]) -> None:
    assert read_task_lines(text) == [TaskLine(*task) for task in tasks]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Fine | 30\n | 30", "Line 2: the title before the bar is missing."),
        ("A | soon", "Line 1: after the bar there is a whole number of minutes, like “| 45”."),
        ("A | ٣٠", "Line 1: after the bar there is a whole number of minutes, like “| 45”."),
        ("\nA | 0", "Line 2: a task has 1 to 600 minutes; divide what is longer."),
        ("A | 601", "Line 1: a task has 1 to 600 minutes; divide what is longer."),
        ("A" * 201, "Line 1: a title has at most 200 characters; this has 201."),
        ("\n".join(["A | 5"] * 61), "That is 61 tasks; at most 60 fit here."),
    ],
)
def test_lines_that_cannot(text: str, fault: str) -> None:
    with pytest.raises(LineFaults) as raised:
        read_task_lines(text)
    assert raised.value.faults == [fault]


def test_every_bad_line_is_named() -> None:
    with pytest.raises(LineFaults) as raised:
        read_task_lines("A | x\nB | 5\n| 5")
    assert [fault[:7] for fault in raised.value.faults] == ["Line 1:", "Line 3:"]


TITLES = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1)


@given(st.lists(st.tuples(TITLES.filter(lambda text: len(text) < 50), st.integers(1, 600))))
def test_what_is_written_is_read_again(tasks: list[tuple[str, int]]) -> None:
    assert read_task_lines(as_lines(tasks)) == [TaskLine(*task) for task in tasks[:60]]


@given(st.text(max_size=300))
def test_any_text_gives_tasks_or_faults(text: str) -> None:
    with contextlib.suppress(LineFaults):
        tasks = read_task_lines(text)
        assert all(task.title and 1 <= task.minutes <= 600 for task in tasks)


@pytest.mark.parametrize(
    ("line", "title", "minutes"),
    [
        ("Build an index, 90 min", "Build an index", 90),
        ("Build an index (1 h)", "Build an index", 60),
        ("Build an index - 1.5 hours", "Build an index", 90),
        ("Build an index 45m", "Build an index", 45),
        ("Build an index | 1,5 h", "Build an index", 90),
        ("Read chapter 12", "Read chapter 12", 30),
        ("Top 10 questions", "Top 10 questions", 30),
        ("GPT-4", "GPT-4", 30),
    ],
)
def test_minutes_at_the_end_of_a_line_are_read(line: str, title: str, minutes: int) -> None:
    assert read_task_lines(line) == [(title, minutes)]


@pytest.mark.parametrize("line", ["nonsense 99999999 min", "Too long, 900 min", "None, 0 min"])
def test_minutes_that_do_not_fit_are_never_swallowed(line: str) -> None:
    with pytest.raises(LineFaults, match="1 to 600 minutes"):
        read_task_lines(line)
