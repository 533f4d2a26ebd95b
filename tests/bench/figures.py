"""What is promised, and whether it is kept. Pure."""

from __future__ import annotations

from typing import NamedTuple

# Times the floor, but for a tick (times floor and write), an answer (times the floor, without its
# write), 10,000 learners (times ten) and megabytes. Of four pages nothing was promised.
BUDGETS: dict[str, float | None] = {
    "today": 2.5,
    "week": 2.5,
    "plan": 5.0,
    "readiness": 4.0,
    "tick": 2.0,
    "answer": 2.5,
    "reviews": None,
    "result": None,
    "pace": None,
    "change": None,
    "today_10k_vs_10": 1.2,
    "memory_mb": 400.0,
}
NOISE = 1.2

WORDS = {
    "today": "Today, times the floor",
    "week": "Week, times the floor",
    "plan": "Plan of 12 weeks, times the floor",
    "readiness": "Readiness, times the floor",
    "tick": "a tick, times floor and one write",
    "answer": "an answer less a write, times the floor",
    "reviews": "Reviews, times the floor",
    "result": "Result of 189 answers, times the floor",
    "pace": "Pace of 300 tasks, times the floor",
    "change": "Preview of a re-flow, times the floor",
    "today_10k_vs_10": "Today of {learners:,}, times that of 10",
    "memory_mb": "two workers together, MB",
}


class Line(NamedTuple):
    """One figure beside its budget, None where nothing was promised."""

    name: str
    value: float
    budget: float | None

    @property
    def verdict(self) -> str:
        if self.budget is None:
            return ""
        if self.value <= self.budget:
            return "ok"
        return "over" if self.value > self.budget * NOISE else "over, within noise"


def ratios(
    medians: dict[str, float], today: dict[str, float], memory_mb: float
) -> dict[str, float]:
    """Return the figures from medians in seconds: of the pages, and of Today of both databases."""
    floor = medians["floor"]
    pages = ("today", "week", "plan", "readiness", "reviews", "result", "pace", "change")
    found = {name: medians[name] / floor for name in pages}
    found["tick"] = medians["tick"] / (floor + medians["write"])
    found["answer"] = (medians["answer"] - medians["write"]) / floor
    found["today_10k_vs_10"] = today["many"] / today["few"]
    return {name: round(value, 2) for name, value in found.items()} | {
        "memory_mb": round(memory_mb)
    }


def lines(found: dict[str, float]) -> list[Line]:
    """Return every figure beside its budget."""
    return [Line(name, found[name], budget) for name, budget in BUDGETS.items()]


def is_kept(found: dict[str, float]) -> bool:
    """Whether no budget is exceeded by more than noise explains."""
    return all(line.budget is None or line.value <= line.budget * NOISE for line in lines(found))


def table(name: str, found: dict[str, float], learners: int) -> str:
    """Return the figures of one database as text."""
    rows = [f"{name:40}{'is':>8}{'at most':>9}"]
    for line in lines(found):
        words = WORDS[line.name].format(learners=learners)
        budget = "–" if line.budget is None else f"{line.budget:g}"
        rows.append(f"  {words:38}{line.value:8g}{budget:>9}  {line.verdict}".rstrip())
    return "\n".join(rows)
