"""`load_content DIR --as NAME`: a second collection beside ours, as far as it is valid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from apps.library.load import load_content
from apps.library.models import Area, Exercise, Question, Reference, RoadmapTask, Topic
from tests.library.conftest import Folder
from tests.library.test_load import run

pytestmark = pytest.mark.django_db

MEAN = "topics/statistics/mean.md"


def slugs(model: Any) -> set[str]:
    rows = model._default_manager.filter(collection="theirs", retired_at=None)
    return set(rows.values_list("slug", flat=True))


def test_a_good_folder_stands_beside_ours(full: Folder) -> None:
    load_content(full.root)
    code, out, err = run("load_content", str(full.root), "--as", "theirs")
    assert (code, err) == (0, "")
    assert "topics: 3 added" in out
    assert Topic.objects.filter(retired_at=None).count() == 6
    assert run("load_content", str(full.root), "--as", "theirs")[1].count(" 0 added") == 7


def test_what_is_faulty_is_named_and_left_out_with_what_hangs_on_it(full: Folder) -> None:
    full.replace(MEAN, "category: must", "category: vital")
    full.replace("areas.yaml", 'title: "NLP"', "title:")
    code, out, err = run("load_content", str(full.root), "--as", "theirs")
    assert code == 0
    assert err.splitlines() == [
        f"{full.root}/areas.yaml:6:9: `title` is empty",
        f"{full.root}/questions/statistics.yaml:1:3: left out, as its topic `mean` is left out",
        f"{full.root}/questions/statistics.yaml:14:3: left out, as its topic `mean` is left out",
        f"{full.root}/questions/statistics.yaml:20:3: left out, as its topic `mean` is left out",
        f"{full.root}/questions/statistics.yaml:34:3: left out, as its topic `mean` is left out",
        f"{full.root}/topics/nlp/tokens.md:2:1: left out, as its area `nlp` is left out",
        f"{full.root}/{MEAN}:3:11: unknown category `vital`: one of must, good-to-know or "
        "specialisation",
    ]
    assert "topics: 1 added" in out
    assert (slugs(Area), slugs(Topic)) == ({"statistics"}, {"t-test"})
    assert len(slugs(Question)) == 2
    assert not Topic.objects.get(slug="t-test").prerequisites.exists()
    task = RoadmapTask.objects.get(key="w1-check")
    assert [topic.slug for topic in task.topics.all()] == ["t-test"]
    page = Reference.objects.get()
    assert page.topics.count() == 0
    assert "the mean, and" in page.body_html.replace("\n", " ")
    assert "/library/topics/" not in page.body_html


def test_links_are_there_again_once_the_item_is(full: Folder) -> None:
    full.replace(MEAN, "category: must", "category: vital")
    run("load_content", str(full.root), "--as", "theirs")
    full.replace(MEAN, "category: vital", "category: must")
    code, out, err = run("load_content", str(full.root), "--as", "theirs")
    assert (code, err) == (0, "")
    assert "references: 0 added / 1 changed" in out
    page = Reference.objects.get()
    assert 'href="/library/topics/theirs/mean/"' in page.body_html
    assert [topic.slug for topic in page.topics.all()] == ["mean"]
    assert Topic.objects.get(slug="t-test").prerequisites.get().slug == "mean"


def test_what_was_loaded_and_is_faulty_now_stays_as_it_was(full: Folder) -> None:
    run("load_content", str(full.root), "--as", "theirs")
    before = {model: slugs(model) for model in (Topic, Question, Exercise)}
    full.replace(MEAN, "x_i$", "x_$")
    full.write("topics/nlp/tokens.md", b"\xff")
    full.replace("exercises/running_mean.yaml", "return sum", "return return")
    full.replace("questions/statistics.yaml", "- id: mean-outlier", "- id: [")
    code, out, err = run("load_content", str(full.root), "--as", "theirs")
    assert code == 0
    assert len(err.splitlines()) == 4
    assert "0 retired" in out
    assert " 1 retired" not in out
    assert {model: slugs(model) for model in (Topic, Question, Exercise)} == before


def test_what_is_gone_is_retired_there_and_nowhere_else(full: Folder) -> None:
    load_content(full.root)
    run("load_content", str(full.root), "--as", "theirs")
    (full.root / "exercises/running_mean.yaml").unlink()
    full.replace("projects/survey_of_means.yaml", "[data set](../exercises/running_mean.yaml)", "x")
    run("load_content", str(full.root), "--as", "theirs")
    assert slugs(Exercise) == set()
    assert Exercise.objects.get(collection="studyplan").retired_at is None


@pytest.mark.parametrize("arguments", [(), ("--as", "theirs")])
def test_an_empty_folder_is_told_and_retires_nothing(
    full: Folder, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    load_content(full.root)
    load_content(full.root, "theirs")
    empty = tmp_path / "empty"
    empty.mkdir()
    code, out, err = run("load_content", str(empty), *arguments)
    assert (code, out, err) == (1, "", f"{empty}:1:1: no content here\n")
    assert not Topic.objects.exclude(retired_at=None).exists()


def test_a_folder_without_anything_valid_changes_nothing(full: Folder, tmp_path: Path) -> None:
    run("load_content", str(full.root), "--as", "theirs")
    bad = Folder(tmp_path / "bad")
    bad.write("topics/nlp/tokens.md", "no front matter")
    code, out, err = run("load_content", str(bad.root), "--as", "theirs")
    assert (code, out) == (1, "")
    assert "front matter is missing" in err
    assert len(slugs(Topic)) == 3


@pytest.mark.parametrize("name", ["studyplan", "Their Things", "", "a/b", "x" * 61, "über"])
def test_a_name_that_is_none_is_one_line_and_two(full: Folder, name: str) -> None:
    code, out, err = run("load_content", str(full.root), f"--as={name}")
    assert (code, out) == (2, "")
    assert "\n" not in err
    assert err.startswith(f"--as {name}: ")
    assert not Topic.objects.exists()


def test_a_second_collection_of_a_folder_that_is_not_there(full: Folder) -> None:
    gone = str(full.root / "gone")
    assert run("load_content", gone, "--as", "theirs") == (2, "", f"{gone} is not there")
