"""Reading Markdown plans: weeks, days, boxes, minutes, dates; what is no task."""

from __future__ import annotations

import datetime as dt

import pytest

from apps.exchange.markdown_plan import Box, ReadDay, ReadWeek, read_plan

PLAN = """# Preparing in four weeks

**Goal**: Be ready by December

## Phase 1: Basics (Weeks 1-2)

**Goal**: Know the basics

### Week 1: Trees and forests ⚠️ **SHIFTED BY A DAY**

**Goal**: Explain a split

**Day 1 - First look (2 hours)** ✅ **COMPLETED (2025-11-04)**:

Some words of the day.

**Study** (1 hour):
- [x] Read chapter 1 - 45 min
  - a note
    - a deeper one
- [X] Watch [the talk](https://example.org/talk) (~10 min)

**Practice**:
- [ ] Write a tree (1.5 hours)
  - [ ] with a test

---

**Day 2-3: Forests (2-3 hours)**

**Knowledge Check** (15 min):
- [x] Score: **98% (9.8/10)** - A+

**Day 2 Results Summary** (2025-11-05):
- it went well

---

**Hands-on - more time (3 hours)**:
- [ ] Build a forest

## 🔄 **REVISED AFTER DAY 3**

Some words.

### Week 2: Nets

**Learning (3-4 hours)**:
- [ ] Read about nets

**Coding (2 hours)**:
- [ ] Write one

## Phase 2: Jobs (Weeks 11-12+)

### Week 11-12: Applying

- [ ] Apply

## Key milestones

**Week 11+**:
- nothing to tick

## Progress Tracking

### Projects:
- [ ] Project 1

### Skills:
- [ ] Skill 1
"""


def boxes(text: str) -> list[tuple[str, bool]]:
    return [(box.title, box.done) for box in read_plan(text).boxes]


def box(text: str) -> Box:
    (only,) = read_plan(text, near=dt.date(2025, 7, 2)).boxes
    return only


def day(text: str) -> ReadDay:
    (week,) = read_plan(text, near=dt.date(2025, 7, 2)).weeks
    (only,) = week.days
    return only


def told(text: str) -> list[str]:
    return [str(each) for each in read_plan(text).warnings]


def week_named(title: str) -> ReadWeek:
    return next(week for week in read_plan(PLAN).weeks if week.title == title)


def test_weeks_stand_in_their_phases() -> None:
    plan = read_plan(PLAN)
    assert (plan.title, plan.goal) == ("Preparing in four weeks", "Be ready by December")
    assert [(week.label, week.title, week.numbers, week.phase) for week in plan.weeks] == [
        ("Week 1", "Trees and forests", (1, 1), "Phase 1: Basics (Weeks 1-2)"),
        ("Week 2", "Nets", (2, 2), "Phase 1: Basics (Weeks 1-2)"),
        ("Weeks 11-12", "Applying", (11, 12), "Phase 2: Jobs (Weeks 11-12+)"),
        ("", "Progress Tracking", None, ""),
    ]
    assert not plan.is_outline
    assert (len(plan.boxes), plan.done, plan.days) == (11, 3, 8)
    assert plan.warnings == ()


def test_days_have_their_dates_minutes_goals_and_notes() -> None:
    week = week_named("Trees and forests")
    assert [(each.title, each.date, each.minutes) for each in week.days] == [
        ("Day 1: First look", dt.date(2025, 11, 4), 120),
        ("Days 2-3: Forests", dt.date(2025, 11, 5), 150),
        ("Hands-on - more time", None, 180),
    ]
    assert week.goal == "Explain a split"
    assert "SHIFTED BY A DAY" in week.notes
    assert "Some words of the day." in week.days[0].notes
    assert "it went well" in week.days[1].notes


def test_sessions_are_no_days() -> None:
    first = week_named("Trees and forests").days[0]
    assert [first.session_of[index] for index in first.boxes] == [
        *("study", "study", "practice", "practice")
    ]
    second = week_named("Trees and forests").days[1]
    assert [second.session_of[index] for index in second.boxes] == ["check"]


def test_labels_are_days_where_a_week_has_none() -> None:
    assert [each.title for each in week_named("Nets").days] == ["Learning", "Coding"]


def test_boxes_behind_the_weeks_are_weeks_of_their_own() -> None:
    week = week_named("Progress Tracking")
    assert [each.title for each in week.days] == ["Projects:".rstrip(":"), "Skills"]


def test_ticks_carry_the_date_of_their_day() -> None:
    found = read_plan(PLAN).boxes
    assert [(each.title, each.day) for each in found if each.done] == [
        ("Read chapter 1", dt.date(2025, 11, 4)),
        ("Watch the talk", dt.date(2025, 11, 4)),
        ("Score: 98% (9.8/10) - A+", dt.date(2025, 11, 5)),
    ]
    assert all(each.day is None for each in found if not each.done)


def test_notes_links_and_nesting() -> None:
    read, talk, tree, test = read_plan(PLAN).boxes[:4]
    assert read.detail == "- a note\n  - a deeper one"
    assert talk.links == (("the talk", "https://example.org/talk"),)
    assert (tree.detail, test.parent) == ("", 2)


@pytest.mark.parametrize(
    ("said", "title", "minutes"),
    [
        ("Read (30 min)", "Read", 30),
        ("Read - 45 min", "Read", 45),
        ("Read – 45 minutes", "Read", 45),
        ("Read (1.5 hours)", "Read", 90),
        ("Read (1,5 hours)", "Read", 90),
        ("Read (2-3 hours)", "Read", 150),
        ("Read (80-100 min)", "Read", 90),
        ("Read ~1 hour", "Read", 60),
        ("Read 1h", "Read 1h", 60),
        ("Run 90m", "Run 90m", 90),
        ("Read (2h 10min)", "Read", 130),
        ("Read (1h30)", "Read", 90),
        ("Read (½ hour)", "Read", 30),
        ("**Read** (60 min) - four topics", "Read (60 min) - four topics", 60),
        ("Write (2-3 hours priority)", "Write (2-3 hours priority)", 150),
        ("Read (10 min) or (20 min)", "Read (10 min) or", 20),
        (
            "Extend from (2 hours) to (6 hours total)",
            "Extend from (2 hours) to (6 hours total)",
            None,
        ),
        ("Prepare a 2-minute pitch", "Prepare a 2-minute pitch", None),
        ("A model of 100M weights", "A model of 100M weights", None),
        ("Study 5 hours/week", "Study 5 hours/week", None),
        ("(30 min)", "(30 min)", 30),
        ("Wait (0 min)", "Wait (0 min)", None),
        ("Wait (9999 hours)", "Wait (9999 hours)", None),
    ],
)
def test_minutes(said: str, title: str, minutes: int | None) -> None:
    found = box(f"- [ ] {said}")
    assert (found.title, found.minutes) == (title, minutes)


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("**Bold** and `code_a`", "Bold and code_a"),
        ("[Words](https://a.b/c)", "Words"),
        ("https://a.b/c", "https://a.b/c"),
        ("[](https://a.b/c)", "https://a.b/c"),
        ("<https://a.b/c>", "https://a.b/c"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("List<int> & co &amp; so", "List<int> & co & so"),
        ("Derived ✅", "Derived"),
        ("Derived ✅ 2025-11-04", "Derived"),
        (r"a \* b", "a * b"),
        ("مرحبا بالعالم", "مرحبا بالعالم"),
        ("", "Untitled"),
    ],
)
def test_titles(said: str, title: str) -> None:
    assert box(f"- [ ] {said}").title == title


def test_a_long_title_is_cut_at_a_word_and_kept_whole_below() -> None:
    said = "word " * 60
    found = box(f"- [ ] {said}\n  a note")
    assert found.title.endswith("word…")
    assert len(found.title) <= 200
    assert found.detail == f"{said.strip()}\n\na note"


@pytest.mark.parametrize(
    ("line", "done"),
    [
        *(("- [ ] a", False), ("* [x] a", True), ("+ [X] a", True), ("1. [ ] a", False)),
        *(("2) [x] a", True), ("> - [x] a", True), ("- - [ ] a", False), ("\ufeff- [ ] a", False)),
        *(("\u200f- [ ] a", False), ("\x0c- [ ] a", False), ("- [\xa0] a", False)),
    ],
)
def test_boxes_of_every_kind(line: str, done: bool) -> None:
    assert boxes(line) == [("a", done)]


@pytest.mark.parametrize(
    "text",
    [
        "```\n- [ ] a\n```",
        "````\n```\n- [ ] a\n```\n````",
        "~~~ md\n- [ ] a\n~~~",
        "```\n- [ ] a",
        "- b\n\n  ```\n  - [ ] a\n  ```",
        "> ```\n> - [ ] a\n> ```",
        "text\n\n    - [ ] a",
        "| - [ ] a | b |\n|---|---|\n| - [x] c | d |",
        "- [ ](https://a.b)",
        "- [x](https://a.b)",
        "- []",
        "-[ ] a",
        "- [x]a",
        "- [-] a",
        "[ ] a",
        "<!--\n- [ ] a\n-->",
        "<!-- - [ ] a",
        "<pre>\n- [ ] a\n</pre>",
        "a - [ ] b",
    ],
)
def test_what_is_no_task(text: str) -> None:
    assert boxes(text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- []", "line 1: a box needs a space: write “- [ ]”"),
        (
            "a\n\n-[ ] b",
            "line 3: a box needs a space between the bullet and the bracket: write “- [ ]”",
        ),
        ("- [-] a", "line 1: only “[ ]” and “[x]” are read as boxes"),
        ("```\n- [ ] a", "line 1: a block of code begins here and does not end"),
        (
            "a\n\n    - [ ] b",
            "line 3: this box is indented like code, so it is no task; indent it less",
        ),
        (
            "# Day 1 (2025-02-31)\n- [ ] a",
            "line 1: “2025-02-31” is no date of the calendar, so it is left out",
        ),
        (
            "# Day 1 (9999-01-01)\n- [ ] a",
            "line 1: “9999-01-01” is not between 2000 and 2100, so it is left out",
        ),
        (
            "- [x] a (11/4/2025)",
            "line 1: “11/4/2025” may be one of two dates; write it as 2025-11-04, so it is left out",
        ),
        (
            "",
            "line 1: this text has no boxes, so there are no tasks in it; write a task as “- [ ] task”",
        ),
        (
            "# Week 3\n- [ ] a\n# Week 3\n- [ ] b",
            "line 3: “Week 3” stands on line 1 too; both are kept as they stand",
        ),
        (
            "# Week 3\n- [ ] a\n# Week 2\n- [ ] b",
            "line 3: “Week 2” stands behind a later week; the order of the file is kept",
        ),
    ],
)
def test_warnings_name_their_line(text: str, words: str) -> None:
    assert words in told(text)


def test_boxes_behind_code_are_read() -> None:
    text = "- [ ] a\n  ```\n  - [ ] no\n  ```\n- [ ] b\n\n```\nx\n```\n- [ ] c"
    assert boxes(text) == [("a", False), ("b", False), ("c", False)]


def test_details_and_summaries_hide_nothing() -> None:
    text = "<details>\n<summary>Week 2: Nets</summary>\n\n- [ ] a\n</details>\n\n- [ ] b"
    (week,) = read_plan(text).weeks
    assert (week.label, week.title) == ("Week 2", "Nets")
    assert boxes(text) == [("a", False), ("b", False)]
    assert "details" not in read_plan(text).boxes[0].detail


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end(end: str) -> None:
    found = read_plan(PLAN.replace("\n", end))
    assert [each.title for each in found.boxes] == [each.title for each in read_plan(PLAN).boxes]
    assert [each.line for each in found.boxes] == [each.line for each in read_plan(PLAN).boxes]


@pytest.mark.parametrize("step", ["  ", "   ", "    ", "\t"])
@pytest.mark.parametrize("depth", [12, 200])
def test_nesting_of_any_depth(step: str, depth: int) -> None:
    text = "\n".join(f"{step * n}- [x] level {n}" for n in range(depth))
    found = read_plan(text).boxes
    assert [each.parent for each in found] == [None, *range(depth - 1)]
    assert all(each.done for each in found)


def test_skipped_and_deferred_stay_open() -> None:
    text = "- [ ] a - Skipped\n- [ ] b (deferred to week 2)\n- [ ] c ⏭\n- [ ] about skipped layers"
    assert [(each.skipped, each.deferred, each.done) for each in read_plan(text).boxes] == [
        (True, False, False),
        (False, True, False),
        (True, False, False),
        (False, False, False),
    ]
