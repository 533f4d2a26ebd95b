"""Our own content: without a fault, complete, and true as far as a machine can tell."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.library import markup
from apps.library.load import Report, load_content
from apps.library.models import CHECK_KINDS, Exercise, Question, Reference, Topic
from apps.library.source import read_content, schema
from apps.library.source.check.common import walk
from apps.library.source.files import KINDS
from apps.library.source.items import Content
from apps.library.stats import content_stats

FIXTURES = Path(__file__).parents[2] / "fixtures"
RUNNER = Path(__file__).with_name("run_programs.py")
THERE = set(sys.stdlib_module_names) | {"numpy"}
TWELVE_WEEKS = "twelve-week-ml-engineer"

Program = tuple[str, str, str]


@cache
def content() -> Content:
    return read_content(FIXTURES)


def bank() -> list[schema.Question]:
    return [asked.data for asked in content().questions if isinstance(asked.data, schema.Question)]


def run_all(programs: list[Program], folder: Path) -> dict[str, str]:
    """Return what went wrong by the programs' names. Two processes share them."""

    def run_half(half: list[Program]) -> list[tuple[str, str]]:
        done = subprocess.run(
            [sys.executable, str(RUNNER)],
            cwd=folder,
            input=json.dumps(half),
            capture_output=True,
            text=True,
            timeout=170,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2_000:]
        return [(name, error) for name, error in json.loads(done.stdout)]

    with ThreadPoolExecutor(2) as pool:
        halves = pool.map(run_half, (programs[::2], programs[1::2]))
    return {name: error for half in halves for name, error in half}


def texts() -> Iterator[tuple[str, str]]:
    """Yield every text of the content that may hold a block of code, with its place."""
    for item in content().every():
        if isinstance(item.data, schema.Item):
            place = f"{item.kind} {item.slug}"
            if item.source.body:
                yield place, item.source.body
            for path, value in walk(item.data.model_dump()):
                if isinstance(value, str) and "```" in value:
                    yield f"{place} {path}", value


def imported(code: str) -> set[str]:
    """The first names of the modules a program imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


def python_blocks() -> Iterator[tuple[str, str]]:
    for place, text in texts():
        for piece in markup.split(text):
            if isinstance(piece, markup.Fence) and piece.language in ("python", "py"):
                yield f"{place} line {piece.line + 1}", piece.code


def test_ours_has_no_faults() -> None:
    assert [str(fault) for fault in content().faults] == []


def test_ours_has_every_key_that_may_be_missing_elsewhere() -> None:
    for topic in content().topics:
        assert {"minutes", "summary", "source", "prerequisites"} <= topic.data.model_fields_set, (
            topic.source.name
        )
    for item in content().every():
        if item.kind != "question":
            assert item.data.source, item.source.name
            assert item.data.summary, item.source.name
    for asked in bank():
        assert asked.source or asked.topic


def test_python_blocks_run(tmp_path: Path) -> None:
    """Those that need only the standard library and NumPy; that all compile was checked."""
    programs = [(name, "", code) for name, code in python_blocks() if imported(code) <= THERE]
    assert len(programs) > 50
    failed = {name: error for name, error in run_all(programs, tmp_path).items() if error}
    assert failed == {}


def test_solutions_pass_their_checks_and_starters_do_not(tmp_path: Path) -> None:
    programs: list[Program] = []
    for made in content().exercises:
        programs.append((made.slug, made.data.solution, made.data.check))
        programs.append((f"{made.slug} starter", made.data.starter, made.data.check))
    results = run_all(programs, tmp_path)
    solved = {name: error for name, error in results.items() if not name.endswith(" starter")}
    assert {name: error for name, error in solved.items() if error} == {}
    assert [name for name, error in results.items() if name not in solved and not error] == []


def test_what_the_twelve_weeks_teach_can_be_asked_in_more_than_one_way() -> None:
    (roadmap,) = (made for made in content().roadmaps if made.slug == TWELVE_WEEKS)
    taught = {
        slug
        for path, slug in walk(roadmap.source.document.data)
        if len(path) > 1 and path[-2] == "topics" and isinstance(slug, str)
    }
    kinds: dict[str, list[str]] = defaultdict(list)
    for asked in bank():
        if asked.kind in CHECK_KINDS:
            kinds[asked.topic].append(asked.kind)
    thin = [slug for slug in taught if len(kinds[slug]) < 3 or len(set(kinds[slug])) < 3]
    assert sorted(thin) == []


def test_there_is_enough() -> None:
    made = content()
    areas = Counter(topic.source.area for topic in made.topics)
    kinds = Counter(asked.kind for asked in bank())
    checked = {kind: kinds[kind] for kind in CHECK_KINDS}
    questions = sum(checked.values())
    assert len(made.areas) >= 16
    assert len(made.topics) >= 280
    assert areas["llm-systems"] >= 60
    assert areas["statistics"] >= 43
    assert questions >= 600
    for kind, share in (("conceptual", 40), ("implementation", 40), ("applied", 20)):
        assert abs(100 * kinds[kind] / questions - share) <= 6, checked
    assert sum(asked.standing for asked in bank()) == 189
    assert kinds["design"] >= 15
    assert kinds["behavioural"] >= 8
    assert len(made.exercises) >= 20
    assert len(made.projects) >= 12
    assert len(made.references) >= 35
    assert len(made.roadmaps) >= 7


def test_the_standing_assessment_is_over_all_areas() -> None:
    of_topic = {topic.slug: topic.source.area for topic in content().topics}
    standing = {of_topic[asked.topic] for asked in bank() if asked.standing}
    assert standing == {area.slug for area in content().areas}
    for asked in bank():
        assert not asked.standing or asked.kind in CHECK_KINDS, asked.id


def seconds_of_a_load(collection: str) -> tuple[float, Report]:
    start = time.process_time()
    report = load_content(FIXTURES, collection)
    return time.process_time() - start, report


@pytest.mark.django_db
def test_ours_loads_in_under_five_seconds_and_again_in_under_one() -> None:
    first, report = seconds_of_a_load("ours")
    limit = 5.0
    for name in ("again", "once-more"):  # a noisy machine gets two more chances, measured by
        if first >= limit:  # how long it takes to read the files alone: about a third
            start = time.process_time()
            read_content(FIXTURES)
            limit = max(limit, 4.5 * (time.process_time() - start))
            first, report = seconds_of_a_load(name)
    with CaptureQueriesContext(connection) as queries:
        second = min(seconds_of_a_load("ours")[0] for _ in range(2))
    added = sum(getattr(report, f"{kind}s").added for kind in KINDS)
    print(f"\n{added:,} items of ours: {first:.2f} s, unchanged {second:.2f} s")
    assert added == sum(1 for _ in content().every())
    assert first < limit
    assert second < 1
    assert {query["sql"].split()[0] for query in queries} == {"SELECT"}


@pytest.mark.django_db
def test_ours_loads_whole_and_shows_as_it_was_meant() -> None:
    load_content(FIXTURES)
    assert "0 changed / 0 renamed" in str(load_content(FIXTURES))
    stats: dict[str, Any] = content_stats()
    assert stats["topics"] == len(content().topics)
    assert stats["questions"] == sum(asked.kind in CHECK_KINDS for asked in bank())
    columns = [
        (Topic, "body_html"),
        (Question, "answer_html"),
        (Question, "text_html"),
        (Exercise, "statement_html"),
        (Reference, "body_html"),
    ]
    for model, column in columns:
        rows = model._default_manager.values_list("slug", column)
        for slug, html in rows:
            assert "<code>$" not in html, f"{slug}: a formula is shown as its source"
            assert ".md)" not in html, f"{slug}: a link is shown as its source"
            assert 'href="../' not in html, slug
