"""Markdown plans made up by hypothesis, and short ways to read them."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from apps.exchange.markdown_plan import PlanText, read_plan
from apps.exchange.plan_splice import Wanted

WORDS = st.text("abcdeßéאبمΩ漢 ", min_size=1, max_size=12).map(lambda said: f"w{said.strip()}")
ENDS = st.sampled_from(["\n", "\r\n", "\r"])
BULLETS = st.sampled_from(["-", "*", "+", "1.", "2)"])
MARKS = st.sampled_from([" ", "x", "X"])
HEADINGS = st.sampled_from(
    (
        *("# My plan", "## Phase 1: Start (Weeks 1-2)", "### Week 1: Trees", "### Week 1: Again"),
        *("### Weeks 3-4", "## Progress", "#### Day 1 (2025-11-04)", "**Day 2: More (2 hours)**"),
        *("**Study** (1 hour):", "**Practice:**", "**Goal**: learn it", "Monday", "---", "***"),
        *("**Day 2 Results Summary** (2025-11-05):", "Title\n=====", "<details>", "</details>"),
        *("| Day | Score |\n|---|---|\n| 1 | 80 % |", "> a quote", "Step 1 - Go", "# ", "> - a"),
    )
)
HIDING = st.sampled_from(
    (
        "```\n- [ ] in code\n```",
        "~~~~ python\n- [x] in code\n```\n~~~\n~~~~",
        "<!--\n- [ ] in a comment\n-->",
        "<!-- - [ ] in a comment -->",
        "<pre>\n- [ ] in a tag\n</pre>",
        "[ ](https://example.org)\n- [](https://example.org)",
        "- [ ](https://example.org)",
    )
)


@dataclass(frozen=True)
class Made:
    """A text, and the boxes in it: their words and marks."""

    text: str
    boxes: list[tuple[str, str]]


@st.composite
def plans(draw: st.DrawFn) -> Made:
    """Make a text of headings, notes, hidden boxes, and boxes nested to any depth."""
    lines: list[str] = []
    boxes: list[tuple[str, str]] = []
    for _ in range(draw(st.integers(0, 10))):
        kind = draw(st.sampled_from(["heading", "text", "hiding", "boxes", "boxes", "boxes"]))
        if kind == "heading":
            lines += ["", *draw(HEADINGS).split("\n"), *draw(st.sampled_from([[], [""]]))]
        elif kind == "text":
            lines += ["", draw(WORDS), ""]
        elif kind == "hiding":
            lines += ["", *draw(HIDING).split("\n"), ""]
        else:
            lines += _boxes(draw, boxes)
    end = draw(ENDS)
    text = end.join(lines) + draw(st.sampled_from(["", end]))
    return Made(text, boxes)


def _boxes(draw: st.DrawFn, boxes: list[tuple[str, str]]) -> list[str]:
    lines, depth = [""], 0
    step = draw(st.sampled_from(["  ", "   ", "    ", "\t"]))
    quote = draw(st.sampled_from(["", "", "", "> "]))
    for _ in range(draw(st.integers(1, 6))):
        bullet, mark = draw(BULLETS), draw(MARKS)
        words = f"{draw(WORDS)} {len(boxes)}".strip()
        lead = quote + step * depth
        lines.append(f"{lead}{bullet} [{mark}] {words}{draw(st.sampled_from(['', ' (30 min)']))}")
        boxes.append((" ".join(words.split()), mark))
        notes = draw(st.lists(st.sampled_from(["- note", "text", "1. one", ""]), max_size=2))
        lines += [f"{lead}{step}{note}" if note else quote.strip() for note in notes]
        depth = draw(st.integers(0, depth + 1))
    return [*lines, ""]


def read(text: str) -> list[tuple[str, str]]:
    """Return the words and marks of a text's boxes."""
    return [(box.title, box.mark) for box in read_plan(text).boxes]


def wanted(plan: PlanText) -> list[Wanted]:
    """Return that all boxes shall be as they are."""
    return [
        Wanted(box.line, box.mark, box.done, box.title, box.minutes, box.detail)
        for box in plan.boxes
    ]
