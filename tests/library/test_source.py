"""Every fault of a content folder is found at once, each with its place."""

from __future__ import annotations

import os
from pathlib import Path
from typing import get_args

import pytest

from apps.accounts.models import Level
from apps.library.models import Category, Priority, Session, TaskKind
from apps.library.source import read_content, schema
from apps.library.source.files import MOST_BYTES
from apps.library.source.marks import read_yaml
from tests.library.conftest import Folder

MEAN = "topics/statistics/mean.md"
ROADMAP = "roadmaps/two_weeks.yaml"


def faults(folder: Folder) -> list[str]:
    return [str(fault) for fault in read_content(folder.root).faults]


def test_a_good_folder_has_no_faults_and_all_its_items(folder: Folder) -> None:
    content = read_content(folder.root)
    assert content.faults == []
    assert [area.slug for area in content.areas] == ["statistics", "nlp"]
    assert sorted(topic.slug for topic in content.topics) == ["mean", "t-test", "tokens"]
    assert [made.slug for made in content.roadmaps] == ["two-weeks"]
    assert len(content.questions) == 6


def test_a_folder_of_every_kind_has_no_faults(full: Folder) -> None:
    content = read_content(full.root)
    assert content.faults == []
    assert [asked.slug for asked in content.questions[:4]] == [
        "mean-outlier",
        "mean-explain",
        "mean-design",
        "mean-conflict",
    ]
    assert [made.slug for made in content.exercises] == ["running-mean"]
    assert [made.slug for made in content.projects] == ["survey-of-means"]
    assert [made.slug for made in content.references] == ["means-at-a-glance"]


TOPIC_FAULTS = [
    ("category: must", "category: vital", "3:11: unknown category `vital`: one of must, "),
    ("category: must\n", "", "2:1: `category` is missing"),
    ("levels: [mid, senior]", "levels: [mid, senior, expert]", "4:23: unknown level `expert`"),
    ("[mid, senior]", "[mid, senior, principal]", "4:23: level `principal` is listed, but has no"),
    ("  senior: [", "  principal: [", "4:15: level `senior` is listed, but has no question"),
    ("  senior: [", "  principal: [", "12:3: level `principal` has questions, but is not listed"),
    ("  senior: [", "  expert: [", "12:3: unknown level `expert`"),
    ('["What is it?"]', "[]", "11:8: `mid` has too few entries: at least 1"),
    ("[mid, senior]", "[mid, mid, senior]", "4:15: level `mid` is listed twice"),
    ("minutes: 30", "minutes: 5", "6:10: `minutes` must be at least 10 (is 5)"),
    ("minutes: 30", "minutes: 500", "6:10: `minutes` must be at most 120 (is 500)"),
    ("minutes: 30", "minutes: 1:30", "6:10: YAML reads `1:30` as a number"),
    ("minutes: 30", "minutes: 030", "6:10: YAML reads `030` as a number"),
    ("minutes: 30", 'minutes: "30"', "6:10: `minutes` must be a whole number"),
    ("minutes: 30", "minutes: 30.5", "6:10: `minutes` must be a whole number"),
    ("minutes: 30", "minutes: 30\nminutes: 40", "7:1: duplicate key `minutes` (first on line 6)"),
    ("minutes: 30", "minutes: 30\nlength: 40", "7:1: unknown key `length`"),
    ("[one, two]", "[one, no]", "5:15: YAML reads `no` as false: put it in quotes"),
    ("[one, two]", "[one, 2024]", "5:15: `skills` must be text, and YAML reads `2024` as"),
    ("[one, two]", "[one, 2024-01-05]", "5:15: `skills` must be text, and YAML reads"),
    ("[one, two]", "[one, one]", "5:15: `one` is listed twice"),
    ("[one, two]", "[One two]", "5:10: `skills` must be lower-case letters, digits and single"),
    ("[one, two]", "one", "5:9: `skills` must be a list"),
    ("[one, two]", "&all [one]\nlevels2: *all", "6:10: the alias *all is not allowed"),
    ("[one, two]", "[one, {<<: {}}]", "5:16: YAML does not read `<<` as text"),
    ("[one, two]", "!!python/object:os.x [one]", "5:9: the tag tag:yaml.org,2002:python/"),
    ("[one, two]", "[one, two", "6:8: did not find expected ',' or ']'"),
    ("prerequisites: []", "prerequisites: [mean]", "7:17: a topic is not its own prerequisite"),
    ("prerequisites: []", "prerequisites: [mode]", "7:17: unknown topic `mode`"),
    ("prerequisites: []", "prerequisites: [t-test]", "7:17: prerequisite cycle: mean -> t-test ->"),
    ('title: "Mean"', "title:", "2:7: `title` is empty"),
    ('title: "Mean"', "title: no", "2:8: YAML reads `no` as false: put it in quotes"),
    ('title: "Mean"', "title: 42", "2:8: `title` must be text, and YAML reads `42` as"),
    ('title: "Mean"', 'title: "' + "x" * 201 + '"', "2:8: `title` is longer than 200 characters"),
    ('title: "Mean"', 'title: "a\tb\x07"', "2:12: a character that YAML does not allow (U+0007)"),
    ("\n---\n##", "\n##", "1:1: the front matter that opens here never closes"),
    ("---\ntitle", "title", "1:1: front matter is missing: the first line must be ---"),
    ("$\\frac", "$\\foo{x} \\frac", "16:15: TeX cannot be read: unknown command \\foo"),
    ("x_i$", "\\frac{1}$", "16:15: TeX cannot be read: an argument is missing"),
    ("\\frac{1}{n}", "\\frac{1}{n", "16:15: TeX cannot be read: a { without its }"),
    ("x_i$", "x_$", "16:15: TeX cannot be read: missing super script or subscript"),
    ("x_i$", "x_i 50%$", "16:15: TeX cannot be read: an unescaped % hides"),
    (
        "- The",
        "```python\nx = (\n```\n- The",
        "17:5: Python does not compile: '(' was never closed",
    ),
    ("- The", "```python\nif x:\ny = 1\n```\n- The", "18:1: Python does not compile: expected an"),
    ("- The", "```\nx\n```\n- The", "16:1: a block of code names its language"),
    ("- The", "```text\nx\n- The", "16:1: the block of code that opens here never closes"),
    ("- The", "- [a](javascript:alert(1)) The", "16:7: only http and https links lead out"),
    ("- The", "- [a](/library/x/) The", "16:7: only http and https links lead out of a page"),
    ("- The", "- <ftp://example.org> The", "16:4: only http and https links lead out of a page"),
    ("- The", "- [a](https:///path) The", "16:7: only http and https links lead out of a page"),
]


@pytest.mark.parametrize(("old", "new", "fault"), TOPIC_FAULTS)
def test_topic_faults(folder: Folder, old: str, new: str, fault: str) -> None:
    folder.replace(MEAN, old, new)
    found = faults(folder)
    assert any(line.startswith(f"{MEAN}:{fault}") for line in found), found


ROADMAP_FAULTS = [
    ("slug: two-weeks", "slug: two-months", "1:7: the file of `two-months` is named two_months"),
    ("hours: [4, 8]", "hours: [8, 4]", "6:8: `hours` goes from the smaller to the larger number"),
    ("level: senior", "level: junior", "5:8: unknown level `junior`: one of mid, senior"),
    ("number: 2", "number: 3", "41:17: weeks are numbered in order: 2 comes here"),
    ("number: 2", "number: two", "41:17: `number` must be a whole number"),
    ("id: w2-code", "id: w1-read", "50:21: duplicate task `w1-read` (first on line 26)"),
    ("minutes: 60", "minutes: 0", "55:26: `minutes` must be at least 5 (is 0)"),
    ("minutes: 60", "minutes: 601", "55:26: `minutes` must be at most 600 (is 601)"),
    ("kind: code", "kind: coding", "53:23: unknown kind `coding`: one of read, watch"),
    ("session: practice", "session: play", "52:26: unknown session `play`: one of study"),
    ("priority: optional", "priority: low", "54:27: unknown priority `low`: one of must, should"),
    ("topics: [tokens]", "topics: [tokens, words]", "56:34: unknown topic `words`"),
    ("topics: [tokens]", "topics: [tokens, tokens]", "56:34: `tokens` is listed twice"),
    ("areas: [statistics]", "areas: [maths]", "59:19: unknown area `maths`"),
    ("threshold: 80", "threshold: 101", "60:22: `threshold` must be at most 100 (is 101)"),
    ("when: met", "when: maybe", "64:21: unknown when `maybe`: one of met or not_met"),
    ("id: w2-project", "id: w2-code", "71:27: duplicate task `w2-code` (first on line 50)"),
    ("https://example.org/a", "example.org/a", "20:36: only http and https links lead out"),
    ('site: "Example"', "host: x", "20:13: `site` is missing"),
    ('"Until $x_1$ is clear."', '"Until $x_$"', "33:32: TeX cannot be read"),
    ('"Until $x_1$ is clear."', "|\n                  a\n                  $x_$", "35:19: TeX"),
]


@pytest.mark.parametrize(("old", "new", "fault"), ROADMAP_FAULTS)
def test_roadmap_faults(folder: Folder, old: str, new: str, fault: str) -> None:
    folder.replace(ROADMAP, old, new)
    found = faults(folder)
    assert any(line.startswith(f"{ROADMAP}:{fault}") for line in found), found


AREA_FAULTS = [
    ("slug: nlp", "slug: statistics", "5:9: duplicate area `statistics` (first on line 1)"),
    ("slug: nlp", "slug: NLP", "5:9: `slug` must be lower-case letters, digits and single hyphens"),
    ('title: "NLP"', "titel: NLP", "6:3: unknown key `titel`"),
    ('title: "NLP"', "titel: NLP", "5:3: `title` is missing"),
]


@pytest.mark.parametrize(("old", "new", "fault"), AREA_FAULTS)
def test_area_faults(folder: Folder, old: str, new: str, fault: str) -> None:
    folder.replace("areas.yaml", old, new)
    found = faults(folder)
    assert any(line.startswith(f"areas.yaml:{fault}") for line in found), found


def test_faults_of_files(folder: Folder, tmp_path: Path) -> None:
    folder.write("topics/nlp/Bad-Name.md", "x")
    folder.write("topics/nlp/notes.txt", "x")
    folder.write("topics/nlp/.hidden", "x")
    folder.write("topics/loose.md", "x")
    folder.write("topics/nlp/latin.md", "---\ntitle: caf\xe9\n---\n".encode("latin-1"))
    folder.write("topics/nlp/huge.md", b"x" * (MOST_BYTES + 1))
    folder.write("roadmaps/old.yml", "x: 1")
    folder.topic("poetry", "sonnet")
    folder.topic("nlp", "mean")
    outside = tmp_path / "outside.md"
    outside.write_text("---\n---\n", encoding="utf-8")
    (folder.root / "topics/nlp/link.md").symlink_to(outside)
    (folder.root / "topics/nlp/nowhere.md").symlink_to(folder.root / "gone.md")
    os.mkfifo(folder.root / "topics/nlp/pipe.md")
    assert faults(folder) == [
        "roadmaps/old.yml:1:1: file name against the rule: lower_case_words.yaml",
        "topics/loose.md:1:1: file name against the rule: a folder, named after its area",
        "topics/nlp/Bad-Name.md:1:1: file name against the rule: lower_case_words.md",
        "topics/nlp/huge.md:1:1: is larger than 1,000,000 bytes",
        "topics/nlp/latin.md:2:11: is not UTF-8 (byte 0xE9)",
        "topics/nlp/link.md:1:1: leads out of the content folder",
        "topics/nlp/notes.txt:1:1: file name against the rule: lower_case_words.md",
        "topics/nlp/nowhere.md:1:1: is no file",
        "topics/nlp/pipe.md:1:1: is no file",
        "topics/poetry/sonnet.md:1:1: unknown area `poetry`: no such slug in areas.yaml",
        "topics/statistics/mean.md:1:1: duplicate topic `mean` (also in topics/nlp/mean.md)",
    ]


def test_an_empty_folder_says_what_is_missing(tmp_path: Path) -> None:
    (found,) = read_content(tmp_path).faults
    assert str(found) == ".:1:1: no content here"


def test_other_folders_are_left_alone(folder: Folder) -> None:
    folder.write("demo/history.yaml", "a: no\na: no")
    folder.write("README.md", "no front matter")
    folder.write("LICENSE", "x")
    folder.write("topics/README.md", "x")
    folder.write("topics/nlp/README.md", "x")
    folder.write(".git/config.yaml", "a: no")
    folder.write("pictures/a.png", b"x")
    assert faults(folder) == []


def test_all_faults_at_once_and_sorted(folder: Folder) -> None:
    folder.replace(MEAN, "category: must\n", "")
    folder.replace(MEAN, "prerequisites: []", "prerequisites: [mode]")
    folder.replace(MEAN, "x_i$", "x_$")
    folder.replace("areas.yaml", 'title: "NLP"', "titel: NLP")
    found = read_content(folder.root).faults
    assert [(fault.file, fault.line) for fault in found] == [
        ("areas.yaml", 5),
        ("areas.yaml", 6),
        (MEAN, 2),
        (MEAN, 6),
        (MEAN, 15),
    ]


def test_each_cycle_is_told_once(folder: Folder) -> None:
    for name, needs in (("a", "b"), ("b", "c"), ("c", "a"), ("d", "e"), ("e", "d")):
        folder.topic("nlp", name, needs=needs)
    assert faults(folder) == [
        "topics/nlp/a.md:7:17: prerequisite cycle: a -> b -> c -> a",
        "topics/nlp/d.md:7:17: prerequisite cycle: d -> e -> d",
    ]


def test_a_long_chain_of_prerequisites_is_no_problem(folder: Folder) -> None:
    for number in range(2_000):
        folder.topic("nlp", f"n{number}", needs=f"n{number + 1}" if number < 1_999 else "")
    assert faults(folder) == []


HOSTILE = {
    "deep lists": "[" * 100_000,
    "deep maps": "{a: " * 100_000,
    "alias bomb": "a: &a [x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(500)),
    "an alias to itself": "&a [*a]",
    "an alias to nothing": "*a",
    "control character": "a: \x01",
    "two documents": "a: 1\n---\nb: 2",
    "a list as a key": "? [a]\n: b",
    "nothing": "",
    "a huge number": "a: " + "9" * 10_000,
    "not a number": "a: .nan",
    "no date": "a: 2025-13-40",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_yaml_is_answered(folder: Folder, name: str) -> None:
    folder.write("areas.yaml", HOSTILE[name])
    found = faults(folder)
    assert any(line.startswith("areas.yaml:") for line in found)
    assert len(found) < 200


def test_yaml_values_that_are_what_they_look_like() -> None:
    document = read_yaml(
        'a: true\nb: -3\nc: 0.5\nd: ~\ne: 2025-11-04\nf: "no"\ng: 1e5\nh: !!str 5\n', "x"
    )
    assert document.faults == []
    values = list(document.data.values())
    assert values[:4] == [True, -3, 0.5, None]
    assert str(values[4]) == "2025-11-04"
    assert values[5:] == ["no", "1e5", "5"]


def test_a_byte_order_mark_and_windows_line_ends_are_read(folder: Folder) -> None:
    path = folder.root / MEAN
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert faults(folder) == []


def test_known_texts_are_not_looked_at_again(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {item.digest for item in read_content(folder.root).every()}
    looked: list[object] = []
    monkeypatch.setattr("apps.library.source.check.check_texts", looked.append)
    read_content(folder.root, known)
    assert looked == []
    folder.replace(MEAN, "x_i$", "x_$")
    read_content(folder.root, known)
    assert len(looked) == 1


def test_schema_and_models_name_the_same_choices() -> None:
    assert list(get_args(schema.Category)) == Category.values
    assert list(get_args(schema.Level)) == Level.values == list(schema.LEVELS)
    assert list(get_args(schema.Session)) == Session.values
    assert list(get_args(schema.Kind)) == TaskKind.values
    assert list(get_args(schema.Priority)) == Priority.values
