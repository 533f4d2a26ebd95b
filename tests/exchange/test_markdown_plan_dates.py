"""Markdown plans: dates, headings of every kind, outlines, scores."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.exchange.markdown_plan import read_plan
from apps.exchange.plan_dates import dates_in
from tests.exchange.test_markdown_plan import box, day

FOURTH = dt.date(2025, 11, 4)


@pytest.mark.parametrize(
    ("said", "date"),
    [
        ("2025-11-04", FOURTH),
        ("2025/11/04", FOURTH),
        ("4 Nov 2025", FOURTH),
        ("4th November 2025", FOURTH),
        ("4. November 2025", FOURTH),
        ("Nov 4, 2025", FOURTH),
        ("November 4 2025", FOURTH),
        ("04.11.2025", FOURTH),
        ("4.11.2025", FOURTH),
        ("13/11/2025", dt.date(2025, 11, 13)),
        ("11/13/2025", dt.date(2025, 11, 13)),
        ("11/11/2025", dt.date(2025, 11, 11)),
        ("Nov 4", dt.date(2024, 11, 4)),
        ("11/4/2025", None),
        ("31 Feb 2025", None),
        ("2025-13-01", None),
        ("9999-01-01", None),
    ],
)
def test_forms_of_dates(said: str, date: dt.date | None) -> None:
    (found,) = dates_in(f"on {said}.", near=dt.date(2024, 7, 2))
    assert found.date == date
    assert bool(found.wrong) == (date is None)


@pytest.mark.parametrize(
    "said",
    ["1.2.3", "12025-11-04", "v2025-11-04x", "10.5/13", "arxiv.org/2309.06180", "May", "march 5x"],
)
def test_what_is_no_date(said: str) -> None:
    assert dates_in(said, near=dt.date(2025, 7, 2)) == []


@pytest.mark.parametrize(
    ("heading", "label", "weekday", "date"),
    [
        ("#### Day 3", "Day 3", None, None),
        ("#### Days 6 & 7: Rest", "Days 6-7", None, None),
        ("**Day 6-7**:", "Days 6-7", None, None),
        ("#### Monday", "Monday", 0, None),
        ("**Tue**", "Tue", 1, None),
        ("#### Monday, 3 November 2025", "Monday", 0, dt.date(2025, 11, 3)),
        ("#### 2025-11-04", "", None, FOURTH),
        ("#### 4 Nov: Nets", "", None, FOURTH),
        ("Day 3: Nets", "Day 3", None, None),
        ("Wednesday", "Wednesday", 2, None),
        ("#### ✅ Day 3", "Day 3", None, None),
    ],
)
def test_headings_of_days(
    heading: str, label: str, weekday: int | None, date: dt.date | None
) -> None:
    found = day(f"### Week 1\n\n{heading}\n\n- [ ] a")
    assert (found.label, found.weekday, found.date) == (label, weekday, date)
    assert found.line == 2


@pytest.mark.parametrize(
    ("heading", "label", "title"),
    [
        ("# Week 1", "Week 1", "Week 1"),
        ("## WEEK 2 - Nets", "Week 2", "Nets"),
        ("## **Week 3: Nets**", "Week 3", "Nets"),
        ("**Week 4**: Nets", "Week 4", "Nets"),
        ("**Weeks 1-2 (10 hours)**", "Weeks 1-2", "Weeks 1-2"),
        ("Week 5: Nets\n======", "Week 5", "Nets"),
        ("Week 6: Nets", "Week 6", "Nets"),
        ("## Week one – Nets", "Week 1", "Nets"),
        ("## Week 7 Nets", "Week 7", "Nets"),
        ("## 📚 Week 8: Nets", "Week 8", "Nets"),
    ],
)
def test_headings_of_weeks(heading: str, label: str, title: str) -> None:
    plan = read_plan(f"{heading}\n\n- [ ] a")
    (week,) = plan.weeks
    assert (week.label, week.title, plan.is_outline) == (label, title, False)


@pytest.mark.parametrize(
    "line", ["**Week 1 Goals**:", "**Week 2 Day 1-5 Status**:", "Week 3 was long."]
)
def test_words_about_a_week_are_no_week(line: str) -> None:
    plan = read_plan(f"# Title\n\n## Week 1: Trees\n\n- [ ] a\n\n{line}\n\n- [ ] b")
    assert [week.label for week in plan.weeks] == ["Week 1"]
    assert sum(len(each.boxes) for each in plan.weeks[0].days) == 2


def test_months_phases_and_steps() -> None:
    text = "# Month 1: Start\n## Week 1\n### Step 1: Read\n- [ ] a\n### Step 2: Write\n- [ ] b"
    (week,) = read_plan(text).weeks
    assert (week.phase, [each.title for each in week.days]) == (
        "Month 1: Start",
        ["Step 1: Read", "Step 2: Write"],
    )


def test_a_file_without_weeks_is_an_outline_of_its_headings() -> None:
    text = "# List\n\n- [ ] z\n\n## Maths\n- [ ] a\n### Algebra\n- [ ] b\n## Words only\nText.\n## Code\n- [x] c"
    plan = read_plan(text)
    assert plan.is_outline
    assert plan.title == "List"
    assert [(week.title, [each.title for each in week.days]) for week in plan.weeks] == [
        ("List", ["List"]),
        ("Maths", ["Maths", "Algebra"]),
        ("Code", ["Code"]),
    ]


def test_days_without_weeks_are_days_of_one_week() -> None:
    plan = read_plan("# List\n## Day 1\n- [ ] a\n## Notes\nText.\n## Day 2\n- [ ] b")
    assert [[each.label for each in week.days] for week in plan.weeks] == [["Day 1", "Day 2"]]
    assert plan.is_outline


def test_a_file_without_headings() -> None:
    plan = read_plan("- [ ] a\n- [ ] b")
    (week,) = plan.weeks
    assert (week.title, len(week.days), len(week.days[0].boxes)) == ("Tasks", 1, 2)


def test_options_of_the_same_days_are_days_each() -> None:
    text = "### Week 4\n**Day 3-7: Option A**\n- [ ] a\n\n**OR**\n\n**Day 3-7: Option B**\n- [ ] b"
    (week,) = read_plan(text).weeks
    assert [each.title for each in week.days] == ["Days 3-7: Option A", "Days 3-7: Option B"]


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("- [x] a ✅ 2025-11-05", dt.date(2025, 11, 5)),
        ("- [x] a (done 5 Nov 2025)", dt.date(2025, 11, 5)),
        ("- [x] a - Nov 5", dt.date(2025, 11, 5)),
        ("- [x] a 📅 2025-11-09", FOURTH),
        ("- [x] a (due 2025-11-09)", FOURTH),
        ("- [x] about the 2025-11-09 release of it", FOURTH),
        ("- [ ] a ✅ 2025-11-05", None),
    ],
)
def test_the_date_of_a_tick(line: str, date: dt.date | None) -> None:
    assert box(f"# Week 1\n## Day 1 (2025-11-04)\n{line}").day == date


def test_done_marks_of_a_heading_tick_nothing() -> None:
    assert not box("# Week 1 ✅ COMPLETED\n## Day 1 ✅ **COMPLETED (2025-11-04)**\n- [ ] a").done


@pytest.mark.parametrize(
    ("line", "percent", "words"),
    [
        ("Score: 86.5 %", "86.5", "Score"),
        ("- [x] Score: **98% (9.8/10)** - A+", "98.0", "Score"),
        ("Knowledge Check: 92.0 %", "92.0", "Knowledge Check"),
        ("- 📊 **Knowledge Check: 86,5% (B+/A-)** - good", "86.5", "Knowledge Check"),
        ("**Knowledge Check Results** (88% - B+ level):", "88.0", "Knowledge Check Results"),
        ("Quiz: 9/10", "90.0", "Quiz"),
        (
            "**Knowledge Check**:\n- [x] Completed: 10.5/13 = **80.8%** (B+)",
            "80.8",
            "Knowledge Check",
        ),
    ],
)
def test_scores(line: str, percent: str, words: str) -> None:
    (found,) = read_plan(f"# Week 1\n## Day 1 (2025-11-04)\n{line}\n- [ ] a").scores
    assert (found.percent, found.day, found.words) == (Decimal(percent), FOURTH, words)


@pytest.mark.parametrize(
    "line",
    [
        "Overall score: 66.5%",
        "Knowledge check average: 92% over 5 days",
        "Target score: 85%",
        "Score: good",
        "```\nScore: 80 %\n```",
        "70% new and 30% review",
    ],
)
def test_what_is_no_score(line: str) -> None:
    assert read_plan(f"## Day 1\n\n{line}").scores == ()


def test_a_score_that_is_told_twice_counts_once() -> None:
    text = "# Week 1\n## Day 1 (2025-11-04)\n- [x] Score: 90 %\n\nKnowledge Check: 90.0 %"
    assert len(read_plan(text).scores) == 1


def test_a_score_beyond_100_is_told() -> None:
    plan = read_plan("Score: 120 %")
    assert plan.scores == ()
    assert "“Score: 120 %” is no score from 0 to 100 %" in [each.text for each in plan.warnings]


def test_the_log_of_checks() -> None:
    text = (
        "| Score | Weak | Day | Strong | Date |\n|---|---|---|---|---|\n"
        "| 88% (B+) | splits | Day 4 | trees | 2025-11-04 |\n| - | | Day 5 | | 2025-11-05 |\n"
        "| 9.5/10 | | Day 6 | | 6 Nov 2025 |\n"
    )
    found = read_plan(text).scores
    assert [(each.day, each.percent, each.strong, each.weak) for each in found] == [
        (FOURTH, Decimal("88.0"), "trees", "splits"),
        (dt.date(2025, 11, 6), Decimal("95.0"), "", ""),
    ]


def test_other_tables_are_no_log() -> None:
    assert read_plan("| Week | Target |\n|---|---|\n| 1 | 80% |").scores == ()
