"""Plans as other people write them: notes apps, lists of a repository, numbers, other languages."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.exchange.markdown_plan import PlanText, read_plan
from apps.exchange.plan_rewrite import reworded, written
from apps.exchange.plan_splice import Wanted, splice
from apps.exchange.plan_words import title_of

NEAR = dt.date(2026, 2, 10)
PAGES = """# Interview prep 🚀

Owner: Dana
Target date: March 14, 2026

<aside>
💡 Two hours a day.

</aside>

## 📅 Week 1 — Foundations

### Monday, February 2, 2026

- [x]  Linear algebra [3Blue1Brown](https://example.org/a) ⏱ 45m
- [x]  Bayes’ theorem: 10 exercises — 1h 30m
    - [ ]  Exercises 6–10
- [ ]  Trees → forests `1.5 hrs`
- [ ]  Chapter 2 ~2h
- [ ]

### Weekend

- [ ]  Mini project (3–4 hrs)

| Date | Topic | Score | Strong areas | Weak areas |
| --- | --- | --- | --- | --- |
| February 2, 2026 | Algebra | 7/10 | SVD | Eigenvalues |
"""
REPOSITORY = """<h1 align="center">Roadmap</h1>

- [Prerequisites](#prerequisites)

## Prerequisites

### Math

- [ ] [Linear algebra](https://example.org/b) *(34 lectures)*
  - [ ] Lectures 1-10
    - [ ] Problem set 1
- Calculus
  - [x] Chain rule

## Machine learning

<details>
<summary><b>Unsupervised learning</b></summary>

- [ ] PCA

</details>

### Deep learning

#### CNNs
- [ ] ResNet

#### Transformers
- [ ] GPT
"""
VAULT = """---
title: Interview prep
aliases: [prep]
---

# Interview prep

## 2026-02-02 Mon

- [x] #task Read [[Attention paper]] ⏫ ⏳ 2026-02-02 📅 2026-02-02 ✅ 2026-02-03
- [x] Review [[Backpropagation|backprop]] ==again== %%slow%% 30m ✅ 2026-02-02
- [ ] Cards 🔁 every day 📅 2026-02-05
- [ ] Window functions #sql ^block-1

**Quiz:** 8/10

## [[2026-02-03]]

- [ ] Watch lecture 5 [duration:: 45m]
- [x] Score:: 87%

## 2026-02-04 Trees and forests

- [ ] Design Twitter 🔽

## Backlog

- [x] Docker ➕ 2025-10-01 ✅ 2025-10-20
"""
NUMBERED = """MY PLAN
=======

Week 1 (5 - 11 Jan): SQL
------------------------
1. [x] Joins (1 hr)
2. [ ] 20 questions (4 x 30 min)
3. Rest day

Weeks 2 & 3: Machine learning [10 hours]
----------------------------------------
1) [ ] Bias
2) [ ] Project

Week 4: Product sense
---------------------
Mon
Tue
1. [ ] Root cause
   a note
Wed-Thu
1. [ ] Two cases (45 mins each)
"""
GERMAN = """# Lernplan

## Phase 1: Grundlagen (Wochen 1–2)

### Woche 1: Lineare Algebra

**Ziel**: Matrizen beherrschen

#### Tag 1 – Montag, 02.02.2026 (1,5 Std.)

- [x] Kapitel 2 lesen (45 Minuten)
- [x] Eigenwerte (½ Stunde)

#### Tage 3-4 – Mittwoch, 4. Februar 2026

- [ ] PCA implementieren (ca. 2 Std.)

**Wissenstest** (04.02.2026): 82,5 %

### Wochen 2-3: Netze

#### Sonnabend

- [ ] Verteilungen - übersprungen
"""
HEBREW = """# תוכנית

## שבוע 1: יסודות

### יום 1: אלגברה (2026-02-02)

- [x] ‏לקרוא פרק 2 (45 min)

## שבוע 2: למידה

- [ ] עצי החלטה
"""


def read(text: str) -> PlanText:
    return read_plan(text, near=NEAR)


def titles(plan: PlanText) -> list[str]:
    return [box.title for box in plan.boxes]


def days(plan: PlanText) -> list[tuple[str, str, list[str]]]:
    """Return each day with its week and the titles of its boxes."""
    return [
        (week.label or week.title, day.title, [plan.boxes[number].title for number in day.boxes])
        for week in plan.weeks
        for day in week.days
    ]


def scores(plan: PlanText) -> list[tuple[dt.date | None, Decimal]]:
    return [(score.day, score.percent) for score in plan.scores]


def test_pages_of_a_notes_app() -> None:
    plan = read(PAGES)
    assert [(box.title, box.minutes) for box in plan.boxes] == [
        ("Linear algebra 3Blue1Brown", 45),
        ("Bayes’ theorem: 10 exercises", 90),
        ("Exercises 6–10", None),
        ("Trees → forests", 90),
        ("Chapter 2", 120),
        ("Untitled", None),
        ("Mini project", 210),
    ]
    assert plan.boxes[0].day == dt.date(2026, 2, 2)
    assert [day.weekday for day in plan.weeks[0].days] == [0, None]
    assert scores(plan) == [(dt.date(2026, 2, 2), Decimal("70.0"))]
    assert [str(each) for each in plan.warnings] == [
        "line 20: this box has no words; its task is called “Untitled”"
    ]


def test_nested_lists_and_folded_parts_of_a_repository() -> None:
    plan = read(REPOSITORY)
    assert (plan.title, plan.is_outline) == ("Roadmap", True)
    assert days(plan) == [
        (
            "Prerequisites",
            "Math",
            ["Linear algebra (34 lectures)", "Lectures 1-10", "Problem set 1", "Chain rule"],
        ),
        ("Machine learning", "Unsupervised learning", ["PCA"]),
        ("Machine learning", "Deep learning: CNNs", ["ResNet"]),
        ("Machine learning", "Deep learning: Transformers", ["GPT"]),
    ]


def test_daily_notes_with_dates_and_signs() -> None:
    plan = read(VAULT)
    assert titles(plan) == [
        "Read Attention paper",
        "Review backprop again 30m",
        "Cards 📅 2026-02-05",
        "Window functions #sql",
        "Watch lecture 5",
        "Score:: 87%",
        "Design Twitter",
        "Docker",
    ]
    assert [box.minutes for box in plan.boxes[:5]] == [None, 30, None, None, 45]
    dates = [box.day for box in plan.boxes if box.done]
    assert dates == [
        dt.date(2026, 2, 3),
        dt.date(2026, 2, 2),
        dt.date(2026, 2, 3),
        dt.date(2025, 10, 20),
    ]
    assert [day.title for day in plan.weeks[0].days] == [
        "2026-02-02 Mon",
        "2026-02-03",
        "2026-02-04 Trees and forests",
    ]
    assert plan.weeks[0].title == plan.title == "Interview prep"
    assert scores(plan) == [
        (dt.date(2026, 2, 2), Decimal("80.0")),
        (dt.date(2026, 2, 3), Decimal("87.0")),
    ]


def test_numbered_lists_under_plain_lines() -> None:
    plan = read(NUMBERED)
    assert days(plan) == [
        ("Week 1", "SQL", ["Joins", "20 questions"]),
        ("Weeks 2-3", "Machine learning", ["Bias", "Project"]),
        ("Week 4", "Mon", []),
        ("Week 4", "Tue", ["Root cause"]),
        ("Week 4", "Wed-Thu", ["Two cases (45 mins each)"]),
    ]
    assert [box.minutes for box in plan.boxes] == [60, 120, None, None, None, 45]
    assert [day.minutes for week in plan.weeks for day in week.days] == [
        None,
        600,
        None,
        None,
        None,
    ]


def test_a_plan_in_german() -> None:
    plan = read(GERMAN)
    assert days(plan) == [
        ("Woche 1", "Tag 1: Montag, 02.02.2026", ["Kapitel 2 lesen", "Eigenwerte"]),
        ("Woche 1", "Tage 3-4: Mittwoch, 4. Februar 2026", ["PCA implementieren"]),
        ("Wochen 2-3", "Sonnabend", ["Verteilungen - übersprungen"]),
    ]
    assert [box.minutes for box in plan.boxes] == [45, 30, 120, None]
    assert plan.weeks[0].goal == "Matrizen beherrschen"
    assert plan.weeks[0].phase.startswith("Phase 1: Grundlagen")
    assert [day.date for day in plan.weeks[0].days] == [dt.date(2026, 2, 2), dt.date(2026, 2, 4)]
    assert plan.weeks[1].days[0].weekday == 5
    assert plan.boxes[3].skipped
    assert scores(plan) == [(dt.date(2026, 2, 4), Decimal("82.5"))]


def test_a_plan_from_right_to_left() -> None:
    plan = read(HEBREW)
    assert days(plan) == [
        ("שבוע 1", "יום 1: אלגברה", ["לקרוא פרק 2"]),
        ("שבוע 2", "למידה", ["עצי החלטה"]),
    ]
    assert (plan.boxes[0].day, plan.boxes[0].minutes) == (dt.date(2026, 2, 2), 45)


@pytest.mark.parametrize("text", [PAGES, REPOSITORY, VAULT, NUMBERED, GERMAN, HEBREW])
def test_a_tick_is_one_sign_in_all_of_them(text: str) -> None:
    plan = read(text)
    for number, box in enumerate(plan.boxes):
        changed = splice(text, [Wanted(box.line, box.mark, not box.done)])
        assert sum(a != b for a, b in zip(text, changed, strict=True)) == 1
        again = read(changed)
        assert titles(again) == titles(plan)
        assert [n for n, each in enumerate(again.boxes) if each.done != plan.boxes[n].done] == [
            number
        ]


@pytest.mark.parametrize(
    ("said", "title", "minutes", "expected"),
    [
        ("Watch [duration:: 45m] [due:: 2026-02-06]", None, 25, "Watch (25 min)"),
        ("Read ✅ 2026-02-02", "Skim", None, "Skim ✅ 2026-02-02"),
        ("", None, 35, "Untitled (35 min)"),
        ("Chapter 2 ~2h", None, 90, "Chapter 2 (90 min)"),
        ("[[Page|words]] ==now==", "Later", None, "Later"),
    ],
)
def test_what_notes_apps_write_stays_when_words_change(
    said: str, title: str | None, minutes: int | None, expected: str
) -> None:
    changed = reworded(said, title, minutes)
    assert changed.startswith(expected)
    again = title_of(changed)
    assert again.minutes == (minutes or title_of(said).minutes)
    assert (title or title_of(said).title) == again.title
    assert reworded(changed, again.title, again.minutes) == changed


@pytest.mark.parametrize(
    "title",
    [
        *("a ==b== c", "[[page]]", "100 %%x%% sure", "#task it", "end 🔽", "due 📅 2026-01-01"),
        *("of ^two", "a [key:: b]", "for ~2h", "in [30 min]", "x ⏱ 45m", "done ✅ 2026-01-01"),
    ],
)
def test_titles_that_look_like_such_signs_are_kept(title: str) -> None:
    assert title_of(written(title, 30))[:2] == (title, 30)


def test_a_score_may_have_its_date_or_more_in_brackets() -> None:
    def told(line: str) -> list[tuple[dt.date | None, Decimal]]:
        return scores(read(f"# P\n\n## Week 1\n\n### Day 1 (2026-02-01)\n\n{line}\n\n- [ ] A\n"))

    first, own = dt.date(2026, 2, 1), dt.date(2026, 2, 4)
    assert told("Knowledge Check (2026-02-04): 86.5 %") == [(own, Decimal("86.5"))]
    assert told("Knowledge Check 2026-02-04: 86.5 %") == [(own, Decimal("86.5"))]
    assert told("**Knowledge Check** (15 min): 92 %") == [(first, Decimal("92.0"))]
    assert told("Quiz (10 questions): 80%") == [(first, Decimal("80.0"))]
    assert told("- [x] Score: 87 %") == [(first, Decimal("87.0"))]
    for line in ("- [ ] Score: 87 %", "Quiz (target): 80 %", "Z-score: 80 %", "Mean score: 8/10"):
        assert told(line) == []


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("Nov 4", dt.date(2025, 11, 4)),
        ("28 December", dt.date(2025, 12, 28)),
        ("Jan 3", dt.date(2026, 1, 3)),
        ("4 Aug", dt.date(2026, 8, 4)),
        ("Feb 29", None),
    ],
)
def test_a_date_without_a_year_is_the_nearest(said: str, day: dt.date | None) -> None:
    (box,) = read(f"# P\n\n## Week 1\n\n- [x] Read ({said})\n").boxes
    assert box.day == day


def test_only_what_is_like_front_matter_is_left_out() -> None:
    assert len(read("---\ntitle: x\n- [ ] A\n---\n- [ ] B\n").boxes) == 2
    assert len(read("---\n\ntitle\n---\n- [ ] B\n").boxes) == 1
    plan = read("---\ntitle: x\n---\n# Mine\n\n- [ ] B\n")
    assert (plan.title, plan.weeks[0].title) == ("Mine", "Mine")
