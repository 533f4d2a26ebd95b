"""Loading is one transaction, idempotent, and retires rather than deletes."""

from __future__ import annotations

import time
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.library import compose, load
from apps.library.load import FaultyContentError, Report, load_content
from apps.library.models import (
    Area,
    Question,
    Roadmap,
    RoadmapDay,
    RoadmapTask,
    RoadmapWeek,
    SearchEntry,
    Topic,
)
from tests.library.conftest import Folder

pytestmark = pytest.mark.django_db

MEAN = "topics/statistics/mean.md"
ROADMAP = "roadmaps/two_weeks.yaml"


def counts(report: Report) -> list[tuple[int, ...]]:
    return [
        (kind.added, kind.changed, kind.returned, kind.retired, kind.unchanged)
        for kind in (report.areas, report.topics, report.roadmaps)
    ]


def keys() -> dict[str, dict[str, Any]]:
    return {
        "areas": dict(Area.objects.values_list("slug", "pk")),
        "topics": dict(Topic.objects.values_list("slug", "pk")),
        "tasks": dict(RoadmapTask.objects.values_list("key", "pk")),
        "days": dict(RoadmapDay.objects.values_list("title", "pk")),
    }


def test_the_first_load_brings_everything(folder: Folder) -> None:
    report = load_content(folder.root)
    assert counts(report) == [(2, 0, 0, 0, 0), (3, 0, 0, 0, 0), (1, 0, 0, 0, 0)]
    topic = Topic.objects.get(slug="t-test")
    assert topic.area.slug == "statistics"
    assert (topic.category, topic.level_rank, topic.levels) == ("must", 1, ["mid", "senior"])
    assert [needed.slug for needed in topic.prerequisites.all()] == ["mean"]
    assert "<h2>Core ideas</h2>" in topic.body_html
    assert "<math" in topic.body_html
    assert list(Area.objects.values_list("slug", flat=True)) == ["statistics", "nlp"]


def test_the_roadmap_is_loaded_whole(folder: Folder) -> None:
    load_content(folder.root)
    roadmap = Roadmap.objects.get()
    assert (roadmap.level, roadmap.hours, roadmap.hours_per_week) == ("senior", [4, 8], [2, 4])
    assert roadmap.phases[0]["weeks"] == [1, 2]
    first, second = roadmap.weeks.all()
    assert (first.phase, first.readiness_gain, second.readiness_gain) == ("Foundations", 0, None)
    assert first.resources[0]["site"] == "Example"
    assert second.checkpoint == {
        "title": "Closed?",
        "areas": ["statistics"],
        "threshold": 80,
        "branches": [
            {
                "id": "projects",
                "title": "Projects",
                "when": "met",
                "summary": "Build.",
                "minutes": 120,
            }
        ],
    }
    assert [(day.branch, day.position) for day in second.days.all()] == [("", 1), ("projects", 1)]
    tasks = list(roadmap.tasks.select_related("day"))
    assert [task.key for task in tasks] == ["w1-read", "w1-check", "w2-code", "w2-project"]
    assert [task.day.branch for task in tasks] == ["", "", "", "projects"]
    assert [topic.slug for topic in tasks[1].topics.order_by("slug")] == ["mean", "t-test"]


def test_a_second_load_writes_nothing(folder: Folder) -> None:
    load_content(folder.root)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        report = load_content(folder.root)
    assert counts(report) == [(0, 0, 0, 0, 2), (0, 0, 0, 0, 3), (0, 0, 0, 0, 1)]
    statements = [query["sql"].split()[0] for query in queries]
    assert statements == ["SELECT"] * 7


def test_a_changed_topic_is_the_only_one_written(folder: Folder) -> None:
    load_content(folder.root)
    before = keys()
    folder.replace(MEAN, 'title: "Mean"', 'title: "Arithmetic mean"')
    folder.replace(MEAN, "prerequisites: []", "prerequisites: [tokens]")
    report = load_content(folder.root)
    assert counts(report) == [(0, 0, 0, 0, 2), (0, 1, 0, 0, 2), (0, 0, 0, 0, 1)]
    topic = Topic.objects.get(slug="mean")
    assert topic.title == "Arithmetic mean"
    assert [needed.slug for needed in topic.prerequisites.all()] == ["tokens"]
    assert keys() == before


def test_a_prerequisite_that_is_no_more_is_taken_away(folder: Folder) -> None:
    load_content(folder.root)
    folder.topic("statistics", "t_test", "t-test")
    load_content(folder.root)
    assert not Topic.objects.get(slug="t-test").prerequisites.exists()


def test_a_topic_that_moves_to_another_area_keeps_its_row(folder: Folder) -> None:
    load_content(folder.root)
    before = keys()
    path = folder.root / MEAN
    path.rename(folder.root / "topics/nlp/mean.md")
    report = load_content(folder.root)
    assert counts(report)[1] == (0, 1, 0, 0, 2)
    assert Topic.objects.get(slug="mean").area.slug == "nlp"
    assert keys() == before


def test_what_is_gone_is_retired_and_comes_back_with_its_row(folder: Folder) -> None:
    load_content(folder.root)
    before = keys()
    tokens = (folder.root / "topics/nlp/tokens.md").read_bytes()
    (folder.root / "topics/nlp/tokens.md").unlink()
    folder.replace(ROADMAP, "topics: [tokens]", "topics: [mean]")
    assert counts(load_content(folder.root))[1] == (0, 0, 0, 1, 2)
    assert Topic.objects.get(slug="tokens").retired_at is not None
    assert counts(load_content(folder.root))[1] == (0, 0, 0, 0, 2)
    folder.write("topics/nlp/tokens.md", tokens)
    assert counts(load_content(folder.root))[1] == (0, 0, 1, 0, 2)
    assert Topic.objects.get(slug="tokens").retired_at is None
    assert keys() == before


def test_areas_and_roadmaps_are_retired_too(folder: Folder) -> None:
    load_content(folder.root)
    (folder.root / ROADMAP).unlink()
    (folder.root / "topics/nlp/tokens.md").unlink()
    text = (folder.root / "areas.yaml").read_text(encoding="utf-8")
    folder.write("areas.yaml", text[: text.index("- slug: nlp")])
    report = load_content(folder.root)
    assert counts(report) == [(0, 0, 0, 1, 1), (0, 0, 0, 1, 2), (0, 0, 0, 1, 0)]
    assert RoadmapTask.objects.count() == 4


def test_areas_that_change_places_are_changed(folder: Folder) -> None:
    load_content(folder.root)
    text = (folder.root / "areas.yaml").read_text(encoding="utf-8")
    at = text.index("- slug: nlp")
    folder.write("areas.yaml", text[at:] + text[:at])
    assert counts(load_content(folder.root))[0] == (0, 2, 0, 0, 0)
    assert list(Area.objects.values_list("slug", flat=True)) == ["nlp", "statistics"]


def test_tasks_of_a_changed_roadmap_keep_their_rows(folder: Folder) -> None:
    load_content(folder.root)
    before = keys()
    text = (folder.root / ROADMAP).read_text(encoding="utf-8")
    start, end = text.index("              - id: w1-check"), text.index("      - number: 2")
    moved = text[start:end]
    text = text[:start] + text[end:]
    text = text.replace("              - id: w2-code", moved + "              - id: w2-code")
    folder.write(ROADMAP, text)
    report = load_content(folder.root)
    assert counts(report)[2] == (0, 1, 0, 0, 0)
    assert keys() == before
    task = RoadmapTask.objects.get(key="w1-check")
    assert (task.day.title, task.position) == ("Tokens", 2)


def test_days_and_weeks_that_are_gone_go_with_their_tasks(folder: Folder) -> None:
    load_content(folder.root)
    text = (folder.root / ROADMAP).read_text(encoding="utf-8")
    folder.write(ROADMAP, text[: text.index("      - number: 2")])
    load_content(folder.root)
    assert RoadmapWeek.objects.count() == 1
    assert RoadmapDay.objects.count() == 1
    assert list(RoadmapTask.objects.values_list("key", flat=True)) == ["w1-read", "w1-check"]


def test_collections_and_own_topics_stay_apart(folder: Folder, alice: Any) -> None:
    load_content(folder.root, "theirs")
    area = Area.objects.get(slug="nlp")
    own = Topic.objects.create(owner=alice, slug="mean", title="My mean", area=area)
    report = load_content(folder.root)
    assert counts(report) == [(2, 0, 0, 0, 0), (3, 0, 0, 0, 0), (1, 0, 0, 0, 0)]
    (folder.root / "topics/nlp/tokens.md").unlink()
    folder.replace(ROADMAP, "topics: [tokens]", "topics: []")
    load_content(folder.root)
    own.refresh_from_db()
    assert (own.title, own.retired_at) == ("My mean", None)
    assert Topic.objects.get(slug="tokens", collection="theirs").retired_at is None
    assert Topic.objects.get(slug="tokens", collection="studyplan").retired_at is not None


def test_a_faulty_folder_writes_nothing(folder: Folder) -> None:
    folder.replace(MEAN, "category: must", "category: vital")
    with CaptureQueriesContext(connection) as queries, pytest.raises(FaultyContentError) as error:
        load_content(folder.root)
    assert len(error.value.faults) == 1
    assert {query["sql"].split()[0] for query in queries} == {"SELECT"}
    assert not Topic.objects.exists()


def test_a_failure_half_way_leaves_nothing(folder: Folder, monkeypatch: Any) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("half way")

    monkeypatch.setattr("apps.library.load.write_roadmaps", fail)
    with pytest.raises(RuntimeError, match="half way"):
        load_content(folder.root)
    assert not Area.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_rendered_while_the_database_is_locked(
    full: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite all learners who write something would wait meanwhile."""
    locked: list[bool] = []

    def note(function: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*args: Any, **options: Any) -> Any:
            locked.append(connection.in_atomic_block)
            return function(*args, **options)

        return noted

    for name in ("render_code", "render_curated", "render_page", "plain_text", "fold_entry"):
        monkeypatch.setattr(compose, name, note(getattr(compose, name)))
    monkeypatch.setattr(compose, "resolved_markdown", note(compose.resolved_markdown))
    load_content(full.root)
    assert Topic.objects.count() == 3
    assert len(locked) > 40
    assert not any(locked)


def while_it_waits(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Let something happen between the first look at the database and the transaction."""
    first = iter([happens])
    lock = load._lock
    monkeypatch.setattr(load, "_lock", lambda: (next(first, lock)(), lock()))


def test_what_another_process_has_loaded_meanwhile_is_not_written_again(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    while_it_waits(monkeypatch, lambda: load_content(folder.root))
    report = load_content(folder.root)
    assert counts(report) == [(0, 0, 0, 0, 2), (0, 0, 0, 0, 3), (0, 0, 0, 0, 1)]
    assert Topic.objects.count() == 3


def test_what_another_process_has_changed_meanwhile_is_written_too(
    full: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_content(full.root)
    asked = Question.objects.get(slug="mean-outlier")
    found = SearchEntry.objects.get(key=str(asked.pk))
    task = RoadmapTask.objects.get(key="w1-read")
    full.replace(MEAN, 'title: "Mean"', 'title: "Arithmetic mean"')

    def change() -> None:
        Question.objects.filter(pk=asked.pk).update(answer_html="old", digest="old")
        SearchEntry.objects.filter(pk=found.pk).update(text="old")
        Roadmap.objects.update(digest="old")
        RoadmapTask.objects.filter(pk=task.pk).update(detail="old")

    while_it_waits(monkeypatch, change)
    report = load_content(full.root)
    assert Topic.objects.get(slug="mean").title == "Arithmetic mean"
    assert report.roadmaps.changed == 1
    for row, column in ((asked, "answer_html"), (found, "text"), (task, "detail")):
        before = getattr(row, column)
        row.refresh_from_db()
        assert getattr(row, column) == before


def test_queries_do_not_grow_with_the_content(folder: Folder) -> None:
    with CaptureQueriesContext(connection) as few:
        load_content(folder.root)
    for number in range(60):
        folder.topic("nlp", f"more_{number}", needs="tokens")
    with CaptureQueriesContext(connection) as many:
        load_content(folder.root)
    assert len(many) <= len(few)


def test_three_hundred_topics_load_again_in_under_a_second(folder: Folder) -> None:
    for number in range(300):
        folder.topic("nlp", f"topic_{number}", f"Topic {number}", needs="tokens")
    load_content(folder.root)
    start = time.perf_counter()
    report = load_content(folder.root)
    assert time.perf_counter() - start < 1
    assert report.topics.unchanged == 303


def run(*arguments: str) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command(*arguments, stdout=out, stderr=err, no_color=True)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue(), err.getvalue()
    except CommandError as error:
        return error.returncode, out.getvalue(), str(error)
    return 0, out.getvalue(), err.getvalue()


def test_load_command_reports(folder: Folder) -> None:
    nothing = "changed / 0 renamed / 0 returned / 0 retired / 0 unchanged\n"
    added = {"areas": 2, "topics": 3, "questions": 6, "roadmaps": 1}
    kinds = ("areas", "topics", "questions", "exercises", "projects", "references", "roadmaps")
    assert run("load_content", str(folder.root)) == (
        0,
        "".join(f"{kind}: {added.get(kind, 0)} added / 0 {nothing}" for kind in kinds),
        "",
    )


def test_load_command_prints_faults_and_ends_with_one(folder: Folder) -> None:
    folder.replace(MEAN, "category: must", "category: vital")
    code, out, err = run("load_content", str(folder.root))
    assert (code, out) == (1, "")
    assert err == (
        f"{folder.root}/{MEAN}:3:11: unknown category `vital`: one of must, good-to-know or "
        "specialisation\n"
    )


@pytest.mark.parametrize("command", ["load_content", "check_content"])
def test_a_folder_that_is_not_there_is_one_line_and_two(command: str, folder: Folder) -> None:
    gone = str(folder.root / "gone")
    assert run(command, gone) == (2, "", f"{gone} is not there")
    file = str(folder.root / "areas.yaml")
    assert run(command, file) == (2, "", f"{file} is no folder")


def test_check_command_is_silent_on_good_content(folder: Folder) -> None:
    assert run("check_content", str(folder.root)) == (0, "", "")


def test_check_command_prints_each_fault(folder: Folder) -> None:
    folder.replace(MEAN, "category: must", "category: vital")
    folder.replace(ROADMAP, "topics: [tokens]", "topics: [words]")
    code, out, err = run("check_content", str(folder.root))
    assert (code, err) == (1, "")
    assert [line.split(": ")[0] for line in out.splitlines()] == [
        f"{folder.root}/{ROADMAP}:56:26",
        f"{folder.root}/{MEAN}:3:11",
    ]
