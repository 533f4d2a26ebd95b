"""Folders that are not ours: without areas.yaml, without our keys, without our layout."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from apps.library.source import read_content
from apps.library.source.files import MOST_BYTES, MOST_FILES
from tests.library.conftest import Folder

# The five keys of the contribution guide that these folders follow, and a text.
PACK = """\
---
title: "Feature stores"
category: must
levels: ["mid", "senior"]
skills: [feature-store, consistency]
questions:
  "mid": ["How are features extracted?"]
  "senior": ["How is parity kept?"]
---

# Feature stores

One place for features. It serves training and serving.
"""


@pytest.fixture
def foreign(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "guide")


def faults(folder: Folder) -> list[str]:
    return [str(fault) for fault in read_content(folder.root).faults]


def test_our_keys_may_be_missing(foreign: Folder) -> None:
    foreign.write("topics/data_engineering/feature_stores.md", PACK)
    content = read_content(foreign.root)
    assert content.faults == []
    (topic,) = content.topics
    assert (topic.slug, topic.source.area) == ("feature-stores", "data-engineering")
    assert (topic.data.minutes, topic.data.summary, topic.data.source) == (30, "", "")
    assert [(area.slug, area.data.title) for area in content.areas] == [
        ("data-engineering", "Data Engineering")
    ]


def test_a_loose_folder_is_read_by_its_markdown(foreign: Folder) -> None:
    foreign.write("README.md", "What this is.")
    foreign.write("LICENSE.md", "MIT")
    foreign.write("Makefile", "all:")
    foreign.write("1_coding/README.md", PACK)
    foreign.write("1_coding/notes.txt", "x")
    foreign.write("4_ai_ml/3_deep_learning/transformers/README.md", PACK)
    foreign.write("4_ai_ml/3_deep_learning/README.md", PACK)
    foreign.write("4_ai_ml/fine_tuning.md", PACK)
    foreign.write("4_ai_ml/pictures/a.png", b"x")
    foreign.write(".github/pull_request_template.md", "x")
    content = read_content(foreign.root)
    assert [str(fault) for fault in content.faults] == []
    assert [(topic.source.area, topic.slug) for topic in content.topics] == [
        ("coding", "coding"),
        ("ai-ml", "deep-learning"),
        ("ai-ml", "transformers"),
        ("ai-ml", "fine-tuning"),
    ]
    assert [area.data.title for area in content.areas] == ["Ai Ml", "Coding"]


def test_what_is_wrong_in_a_loose_folder(foreign: Folder) -> None:
    foreign.write("1_coding/README.md", "No front matter.")
    foreign.write("1_coding/Upper.md", PACK)
    foreign.write("2_maths/a.md", PACK)
    foreign.write("3_more/a.md", PACK + "See [it](../2_maths/a.md), [not](../2_maths/b.md).\n")
    foreign.write("日本/a.md", PACK)
    foreign.write("alone.md", PACK)
    assert faults(foreign) == [
        "1_coding/README.md:1:1: front matter is missing: the first line must be ---",
        "1_coding/Upper.md:1:1: file name against the rule: lower_case_words.md",
        "3_more/a.md:1:1: duplicate topic `a` (also in 2_maths/a.md)",
        "3_more/a.md:14:34: dead link: `../2_maths/b.md` is no item of this folder",
        "alone.md:1:1: a topic stands in the folder of its area",
        "日本:1:1: file name against the rule: lower-case letters and digits",
    ]


def test_links_to_a_folder_lead_to_its_readme(foreign: Folder) -> None:
    foreign.write("1_coding/sorting/README.md", PACK)
    foreign.write("1_coding/searching.md", PACK + "[sort](sorting/) [and](sorting)\n")
    content = read_content(foreign.root)
    assert content.faults == []
    assert content.topics[0].links == {
        "sorting/": ("topic", "sorting", ""),
        "sorting": ("topic", "sorting", ""),
    }


def test_areas_yaml_alone_is_content(foreign: Folder) -> None:
    foreign.write("areas.yaml", "- {slug: nlp, title: NLP}\n")
    content = read_content(foreign.root)
    assert (content.faults, len(content.areas)) == ([], 1)


def test_an_empty_folder_and_one_of_other_things_say_so(foreign: Folder) -> None:
    foreign.root.mkdir()
    assert faults(foreign) == [".:1:1: no content here"]
    foreign.write("src/main.py", "x")
    foreign.write("topics/.keep", "")
    assert faults(foreign) == [".:1:1: no content here"]


def test_links_that_lead_in_circles_or_out_are_not_followed(foreign: Folder) -> None:
    foreign.write("1_coding/a.md", PACK)
    (foreign.root / "1_coding/up").symlink_to("..")
    (foreign.root / "1_coding/self").symlink_to("self")
    (foreign.root / "etc").symlink_to("/etc")
    assert faults(foreign) == [
        "1_coding/self:1:1: is a link that leads nowhere",
        "etc:1:1: leads out of the content folder",
    ]


def test_deep_folders_are_not_followed_without_end(foreign: Folder) -> None:
    foreign.write("a/" * 30 + "b.md", PACK)
    (found,) = faults(foreign)
    assert found.endswith(":1:1: folders are nested more than 12 deep")


def test_ten_thousand_files_are_answered_in_reasonable_time(foreign: Folder) -> None:
    for number in range(10_000):
        foreign.write(f"topics/area_{number % 20}/topic_{number}.md", PACK)
    start = time.process_time()
    content = read_content(foreign.root)
    assert time.process_time() - start < 30
    assert content.faults == []
    assert len(content.topics) == 10_000
    assert len(content.questions) == 20_000


def test_more_than_the_most_files_are_not_read(foreign: Folder) -> None:
    folder = foreign.root / "topics/area"
    folder.mkdir(parents=True)
    for number in range(MOST_FILES + 5):
        (folder / f"{number}.txt").touch()
    found = faults(foreign)
    assert f"topics/area:1:1: more than {MOST_FILES} files: the rest is not read" in found


def test_a_file_of_fifty_megabytes_is_not_read(
    foreign: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign.write("topics/area/a.md", PACK)
    huge = foreign.root / "topics/area/huge.md"
    with huge.open("wb") as file:
        file.truncate(50_000_000)
    read: list[Path] = []
    original = Path.read_bytes

    def noted(path: Path) -> bytes:
        read.append(path)
        return original(path)

    monkeypatch.setattr(Path, "read_bytes", noted)
    assert faults(foreign) == [f"topics/area/huge.md:1:1: is larger than {MOST_BYTES:,} bytes"]
    assert [path.name for path in read] == ["a.md"]


HOSTILE_BODIES = {
    "brackets": "[\n",
    "links": "[a](\n",
    "dollars": "$x$ ",
    "ticks": "` ``",
    "definitions": "[a]: ",
    "angles": "<a:",
    "parentheses": "](   ",
}


@pytest.mark.parametrize("name", HOSTILE_BODIES)
def test_hostile_texts_are_checked_in_reasonable_time(foreign: Folder, name: str) -> None:
    sign = HOSTILE_BODIES[name]
    foreign.write("topics/area/a.md", PACK + (sign * 900_000)[:900_000])
    start = time.process_time()
    faults(foreign)
    assert time.process_time() - start < 5
