"""Imports run one way, from what reads across down to the learner."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

APPS = Path(__file__).parent.parent / "apps"
# An app may import from its own level's apps further right, never from the left.
LEVELS = [
    {"dashboard", "exchange"},
    {"practice", "checks", "assessments"},
    {"plans"},
    {"mastery"},
    {"library"},
    {"accounts"},
]
LEVEL = {app: number for number, apps in enumerate(LEVELS) for app in apps}
# Plain modules of pure functions: no ORM, no request, no clock.
PURE = [
    "assessments/priorities.py",
    "assessments/questions_figures.py",
    "plans/bends.py",
    "plans/bends_extend.py",
    "plans/bends_whole.py",
    "plans/checkpoint.py",
    "plans/checkpoint_branch.py",
    "plans/task_lines.py",
    "plans/layout.py",
    "plans/sketch.py",
    "plans/placing.py",
    "plans/schedule_chart.py",
    "plans/streak.py",
    "plans/history.py",
    "plans/pace.py",
    "plans/pace_ways.py",
    "mastery/schedulers.py",
    "mastery/queue.py",
    "mastery/returns.py",
    "mastery/spread.py",
    "mastery/waiting.py",
    "checks/forecast_chart.py",
    "checks/pick.py",
    "mastery/sm2.py",
    "mastery/memory.py",
    "mastery/readiness.py",
    "mastery/bands.py",
    "mastery/rounding.py",
    "library/clean.py",
    "library/compose.py",
    "library/highlight.py",
    "library/remember.py",
    "library/render.py",
    "library/render_held.py",
    "library/render_lines.py",
    "library/render_parts.py",
    "library/search.py",
    "library/search_marks.py",
    "library/search_mend.py",
    "library/search_text.py",
    "library/tex.py",
    "library/source/check/__init__.py",
    "library/source/check/circles.py",
    "library/source/files.py",
    "library/source/items.py",
    "dashboard/charts/calibration.py",
    "dashboard/charts/scale.py",
    "exchange/calendar_entries.py",
    "exchange/calendar_file.py",
    "exchange/calendar_log.py",
    "exchange/archive_refs.py",
    "exchange/csv_files.py",
    "exchange/coverage_cells.py",
    "exchange/coverage_columns.py",
    "exchange/coverage_match.py",
    "exchange/coverage_table.py",
    "exchange/damaged_text.py",
    "exchange/markdown_plan.py",
    "exchange/plan_bytes.py",
    "exchange/plan_dates.py",
    "exchange/plan_headings.py",
    "exchange/plan_outline.py",
    "exchange/plan_rewrite.py",
    "exchange/plan_scan.py",
    "exchange/plan_scores.py",
    "exchange/plan_shapes.py",
    "exchange/plan_splice.py",
    "exchange/plan_tree.py",
    "exchange/plan_weave.py",
    "exchange/plan_words.py",
    "exchange/plan_import_topics.py",
    "exchange/plan_import_tasks.py",
    "exchange/plan_import_merge.py",
    "exchange/plan_import_kept.py",
    "exchange/plan_import_bend.py",
    "exchange/plan_export_own.py",
    "dashboard/library/filters.py",
    "dashboard/library/order.py",
    "dashboard/library/parts.py",
]
CLOCKS = {"now", "today", "utcnow", "time", "localtime"}


def imported(path: Path) -> set[str]:
    """Return the modules a file imports, wherever in it the import stands."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def files() -> list[Path]:
    return [path for path in APPS.rglob("*.py") if "migrations" not in path.parts]


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(APPS)))
def test_nothing_is_imported_upwards(path: Path) -> None:
    app = path.relative_to(APPS).parts[0]
    if app not in LEVEL:
        return
    others = {
        module.split(".")[1]
        for module in imported(path)
        if module.startswith("apps.") and module.count(".") >= 1
    } - {app}
    wrong = {other for other in others if other in LEVEL and LEVEL[other] <= LEVEL[app]}
    assert not wrong, f"{app} imports {wrong}"


def test_every_app_has_its_level() -> None:
    apps = {path.name for path in APPS.iterdir() if (path / "apps.py").exists()}
    assert apps <= set(LEVEL)


def test_the_settings_know_nothing_of_the_domain() -> None:
    for path in (APPS.parent / "studyplan").glob("*.py"):
        modules = {name for name in imported(path) if name.startswith("apps.")}
        assert all(name.startswith("apps.accounts.views") for name in modules), path


@pytest.mark.parametrize("name", PURE)
def test_pure_modules_know_neither_database_nor_clock(name: str) -> None:
    path = APPS / name
    modules = imported(path)
    assert not {module for module in modules if module.split(".")[0] == "django"}
    assert not {module for module in modules if module.endswith(".models")}
    calls = {
        node.func.attr
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not calls & CLOCKS
