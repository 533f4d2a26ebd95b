"""Our own Markdown of a plan says the same when it is read again, whatever stands in it."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from apps.exchange.markdown_plan import read_plan
from apps.exchange.plan_export_own import OwnDay, OwnTask, OwnWeek, own_text
from apps.exchange.plan_words import clean, shorten

SIGNS = st.text(
    st.sampled_from("ab c*_[]()<>#`~|\\!&;:.-+=/\"'$^{}@1234567890hminx🌲γé✅\u200f"), max_size=40
)


def seen(title: str) -> str:
    """Return a title that begins and ends with a sign that can be seen."""
    return clean(title).strip("\u200c\u200d\u200e\u200f ") or "Title"


TITLES = st.one_of(
    SIGNS,
    st.text(max_size=60),
    st.sampled_from(
        [
            "Read **this** (45 min)",
            "[ ] x",
            "[x] y",
            "- [ ] nested",
            "1. first",
            "# heading",
            "Week 3: trees",
            "Day 2",
            "a_b_c *d* __e__",
            "[link](https://example.com)",
            "https://example.com/a_b_(c)",
            "<!-- comment -->",
            "<script>alert(1)</script>",
            "```",
            "C:\\temp\\*",
            "&amp; &#42;",
            "Done ✅ 2026-11-04",
            "~~gone~~",
            "2 hours",
            "x - 45 min",
            "| a | b |",
        ]
    ),
).map(seen)
TEXTS = st.one_of(
    st.text(max_size=80),
    st.sampled_from(
        [
            "- [ ] a box\n  - [x] inside",
            "```\ncode without an end",
            "~~~\n- [ ] in code",
            "<!-- never closed",
            "<pre>\nnever closed",
            "<details>\n- [ ] inside",
            "# Heading\n\n## Week 9\n\n- [ ] x",
            "**Day 4**:\n\ntext",
            "1. [ ] numbered\n2) [X] too",
            "> - [ ] quoted",
            "\t- [ ] with a tab",
            "a\n\n\n\nb\n\n    - [ ] far in",
            "* [\t] tab",
            "Heading\n-------\n",
            "+ [x] plus",
            "- - [ ] twice",
        ]
    ),
)
TASKS = st.builds(
    OwnTask,
    title=TITLES,
    minutes=st.integers(1, 6_000),
    done=st.booleans(),
    session=st.sampled_from(["study", "practice", "check", "reference"]),
    detail=TEXTS,
    note=TEXTS,
)
DAYS = st.builds(
    OwnDay,
    title=TITLES,
    goal=TEXTS,
    notes=TEXTS,
    tasks=st.lists(TASKS, min_size=1, max_size=4),
    criteria=st.lists(st.tuples(TITLES, st.booleans()), max_size=2),
)


@settings(max_examples=80)
@given(st.lists(DAYS, min_size=1, max_size=3), TITLES)
@example(
    [OwnDay("Practice", "", "", [OwnTask("Done ✅ (20 min)", 5, done=True, note="```")])],
    "Week 1",
)
def test_tasks_ticks_and_minutes_come_back(days: list[OwnDay], title: str) -> None:
    weeks = [
        OwnWeek(f"Week {number}", day.title, "Foundations", day.goal, [day], day.criteria)
        for number, day in enumerate(days, 1)
    ]
    read = read_plan(own_text(title, weeks))
    want = [
        (shorten(clean(task.title)), task.minutes, task.done) for day in days for task in day.tasks
    ]
    assert [(box.title, box.minutes, box.done) for box in read.boxes] == want


def test_weeks_days_and_sessions_come_back() -> None:
    tasks = [
        OwnTask("Read", 20, done=True),
        OwnTask("Build", 30, done=False, session="practice"),
        OwnTask("Check", 10, done=False, session="check"),
    ]
    weeks = [
        OwnWeek("Week 1", "Trees", "Phase one", "Know trees", [OwnDay("Splits", "", "", tasks)]),
        OwnWeek("Weeks 2-3", "Nets", "Phase two", "", [OwnDay("Day 1: Layers", "", "", tasks)]),
    ]
    read = read_plan(own_text("Plan", weeks))
    assert read.title == "Plan"
    assert [(week.label, week.title, week.phase) for week in read.weeks] == [
        ("Week 1", "Trees", "Phase one"),
        ("Weeks 2-3", "Nets", "Phase two"),
    ]
    assert [day.title for week in read.weeks for day in week.days] == ["Splits", "Day 1: Layers"]
    sessions = [
        day.session_of.get(n, "study")
        for week in read.weeks
        for day in week.days
        for n in day.boxes
    ]
    assert sessions == ["study", "practice", "check"] * 2


def test_criteria_and_checkpoints_are_told_and_are_no_tasks() -> None:
    day = OwnDay("Splits", "", "", [OwnTask("Read", 20, done=False)], [("Can explain it", True)])
    rule = {"title": "Half-way", "areas": ["Statistics"], "threshold": 80}
    text = own_text("P", [OwnWeek("Week 1", "Trees", "", "", [day], [("All done", False)], rule)])
    assert "- ✅ Can explain it" in text
    assert "- All done" in text
    assert "Checkpoint “Half-way”: every one of Statistics at 80 % or more." in text
    assert len(read_plan(text).boxes) == 1


@pytest.mark.parametrize("session", ["study", "practice", "check", "reference"])
def test_one_session_alone_comes_back(session: str) -> None:
    day = OwnDay("Splits", "", "", [OwnTask("A", 20, done=False, session=session)])
    read = read_plan(own_text("P", [OwnWeek("Week 1", "Trees", "", "", [day])]))
    (found,) = read.weeks[0].days
    assert found.session_of.get(0, "study") == session
