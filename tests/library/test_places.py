"""The place of a fault is where an editor shows it: lines end with a line feed and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from apps.library.models import Area, Question
from apps.library.source import marks, read_content
from apps.library.source.marks import read_yaml
from tests.library.conftest import QUESTIONS, ROADMAP, Folder
from tests.library.test_load import run

MEAN = "topics/statistics/mean.md"
# What str.splitlines, YAML 1.1 or both take for the end of a line.
ODD_SIGNS = {"NEL": "\x85", "LS": "\u2028", "PS": "\u2029"}


def faults(folder: Folder) -> list[str]:
    return [str(fault) for fault in read_content(folder.root).faults]


@pytest.fixture(params=list(ODD_SIGNS))
def sign(request: pytest.FixtureRequest) -> str:
    return ODD_SIGNS[request.param]


def test_front_matter(folder: Folder, sign: str) -> None:
    folder.replace(MEAN, "category: must", f"# {sign}{sign}\ncategory: vital")
    folder.replace(MEAN, 'title: "Mean"', f'title: "The{sign}mean" # {sign}')
    (found,) = faults(folder)
    assert found.startswith(f"{MEAN}:4:11: unknown category `vital`")


def test_a_value_keeps_the_sign(folder: Folder, sign: str) -> None:
    folder.replace(MEAN, 'title: "Mean"', f"title: The{sign}mean")
    content = read_content(folder.root)
    assert content.faults == []
    (mean,) = (topic for topic in content.topics if topic.slug == "mean")
    assert mean.data.title == f"The{sign}mean"


def test_the_text_below_front_matter(folder: Folder, sign: str) -> None:
    folder.replace(MEAN, 'source: "seed 003"', f'source: "a{sign}b"')
    folder.replace(MEAN, "- The", f"- a{sign}b $x_$ The")
    assert faults(folder) == [f"{MEAN}:16:7: TeX cannot be read: missing super script or subscript"]


def test_a_block_of_yaml(full: Folder, sign: str) -> None:
    full.replace(
        "questions/statistics.yaml", "It moves", f"a{sign}{sign}b\n\n    c{sign}d $x_$ It moves"
    )
    assert faults(full) == [
        "questions/statistics.yaml:10:9: TeX cannot be read: missing super script or subscript"
    ]


def test_a_quoted_text_of_yaml(full: Folder, sign: str) -> None:
    full.replace("questions/statistics.yaml", "The sum over", f"a{sign}b\n    c{sign}d $x_$")
    assert faults(full) == [
        "questions/statistics.yaml:20:9: TeX cannot be read: missing super script or subscript"
    ]


STYLES = {
    "plain": "a\n    b  it's $x_$",
    "single": "'a ''b''\n\n    it''s $x_$'",
    "double": '"a \\"b\\" \\n\\n \\x41\\u2028 \\\n    \\ c\\\n   d\\\\ $x_$"',
    "folded": ">-\n    a\n    b\n\n      more\n\n    $x_$",
    "literal": "|2+\n      a\n\n\n    $x_$",
    "tagged": '!!str "a\\tb $x_$"',
}


@pytest.mark.parametrize("style", STYLES)
def test_a_text_in_every_style(full: Folder, style: str) -> None:
    name = "questions/statistics.yaml"
    full.replace(name, '"The sum over the count."', STYLES[style])
    text = (full.root / name).read_text(encoding="utf-8")
    before = text[: text.index("$x_$")]
    place = f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
    assert faults(full) == [
        f"{name}:{place}: TeX cannot be read: missing super script or subscript"
    ]


def test_what_stands_for_a_sign_is_nothing_the_text_holds() -> None:
    first = chr(marks.STAND_INS[0])
    document = read_yaml(f"a: {first}\u2028x\nb: *c", "x")
    assert document.data == {"a": f"{first}\u2028x", "b": None}
    assert [(fault.line, fault.column) for fault in document.faults] == [(2, 4)]


@pytest.mark.parametrize("name", ["\x0b", "\x0c", "\x1c"])
def test_control_characters_are_named_where_they_are(folder: Folder, name: str) -> None:
    sign = f"U+{ord(name):04X}"
    folder.replace(MEAN, "- The", f"- a\u2028b\x85{name} The")
    folder.replace("areas.yaml", 'title: "NLP"', f'title: "\u2028N{name}LP"')
    assert faults(folder) == [
        f"areas.yaml:6:13: a character that YAML does not allow ({sign})",
        f"{MEAN}:16:7: a character that a text must not hold ({sign})",
    ]


def test_a_carriage_return_alone_ends_no_line(folder: Folder) -> None:
    folder.replace(MEAN, "- The", "- a\r\n- b\rThe")
    text = (folder.root / "areas.yaml").read_text(encoding="utf-8")
    folder.write("areas.yaml", text.replace("\n", "\r\n").replace("NLP", "N\rLP"))
    assert faults(folder) == [
        "areas.yaml:6:12: a carriage return (U+000D) without a line feed",
        f"{MEAN}:17:4: a carriage return (U+000D) without a line feed",
    ]


def test_the_column_of_what_is_not_utf8_counts_characters(folder: Folder) -> None:
    folder.write(
        "areas.yaml", b"\xef\xbb\xbf\xc3\xa9\xe2\x80\xa8\r\n" + "é日x".encode() + b"\xff\n"
    )
    assert "areas.yaml:2:4: is not UTF-8 (byte 0xFF)" in faults(folder)


@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_a_file_that_ends_too_early_is_faulty_where_it_ends(folder: Folder, end: str) -> None:
    folder.write("areas.yaml", f"- slug: nlp\n- {{title: NLP{end}")
    place = (end.count("\n") + 2, 1 if end else 14)
    where = f"areas.yaml:{place[0]}:{place[1]}: "
    assert any(line.startswith(where) for line in faults(folder)), faults(folder)


def test_a_fault_is_one_line_of_signs_that_can_be_printed(full: Folder) -> None:
    name = "questions/statistics.yaml"
    full.replace(name, "topic: mean", f'topic: "\\e[31mme\\nan\u202e{"x" * 5_000}"')
    (found,) = (line for line in faults(full) if "unknown topic" in line)
    assert found.startswith(f"{name}:2:10: unknown topic `\\x1b[31mme\\nan\\u202exxx")
    assert found.endswith("x…")
    assert len(found) < 1_200


@pytest.mark.parametrize("key", ["id", "topic", "kind", "level", "text", "answer"])
@pytest.mark.parametrize("value", ["[mean]", "{mean: 1}", "[[mean]]", "2", "true"])
def test_a_value_of_another_kind_is_a_fault_there(full: Folder, key: str, value: str) -> None:
    name = "questions/statistics.yaml"
    start = {"id": "- id: ", "answer": '  answer: "The sum '}.get(key, f"  {key}: ")
    lines = QUESTIONS.split("\n")
    at = next(number for number, line in enumerate(lines) if line.startswith(start))
    lines[at] = f"{lines[at].partition(':')[0]}: {value}"
    full.write(name, "\n".join(lines))
    assert any(line.startswith(f"{name}:{at + 1}:") for line in faults(full))


TWINS = "[{slug: statistics, title: Statistics}, {slug: nlp, %s: NLP}, {slug: cv, title: CV}]\n"


@pytest.mark.django_db
def test_of_items_on_one_line_only_the_faulty_one_is_left_out(folder: Folder) -> None:
    folder.write("areas.yaml", TWINS % "titel")
    code, _, err = run("load_content", str(folder.root), "--as", "theirs")
    assert (code, err.splitlines()) == (
        0,
        [
            f"{folder.root}/areas.yaml:1:41: `title` is missing",
            f"{folder.root}/areas.yaml:1:53: unknown key `titel`",
            f"{folder.root}/topics/nlp/tokens.md:2:1: left out, as its area `nlp` is left out",
        ],
    )
    assert set(Area.objects.values_list("slug", flat=True)) == {"statistics", "cv"}


def test_twins_on_one_line_are_told_apart(folder: Folder) -> None:
    folder.write("areas.yaml", (TWINS % "title").replace("cv", "nlp"))
    assert faults(folder) == [
        "areas.yaml:1:73: duplicate area `nlp` (first on line 1, column 41)",
    ]


def test_tasks_on_one_line_are_told_apart(folder: Folder) -> None:
    text = "{id: %s, title: A, session: study, kind: read, priority: must, minutes: 30, topics: []}"
    start, _, rest = ROADMAP.partition("            tasks:\n              - id: w1-read")
    _, _, end = rest.partition("      - number: 2")
    tasks = f"            tasks: [{text % 'one'}, {text % 'one'}]\n"
    folder.write("roadmaps/two_weeks.yaml", f"{start}{tasks}      - number: 2{end}")
    assert faults(folder) == [
        "roadmaps/two_weeks.yaml:25:116: duplicate task `one` (first on line 25, column 26)"
    ]


@pytest.mark.django_db
def test_a_bank_of_questions_as_one_line_of_json(full: Folder) -> None:
    asked: list[dict[str, Any]] = [
        {
            "id": f"q{number}",
            "topic": "mean",
            "kind": "conceptual",
            "level": "mid",
            "text": f"Number {number}?",
            "answer": 'It "is"\n\n$x_$' if number == 2 else "Yes.",
        }
        for number in range(5)
    ]
    line = json.dumps(asked)
    full.write("questions/more.yaml", line)
    column = line.index("$x_$") + 1
    _, _, err = run("load_content", str(full.root), "--as", "theirs")
    assert err == (
        f"{full.root}/questions/more.yaml:1:{column}: TeX cannot be read: missing super script or "
        "subscript\n"
    )
    there = Question.objects.filter(slug__startswith="q").values_list("slug", flat=True)
    assert set(there) == {"q0", "q1", "q3", "q4"}


def test_two_questions_with_the_same_words(full: Folder) -> None:
    more = """\
- id: mean-again
  topic: mean
  kind: conceptual
  level: senior
  text: |
    WHAT does one  outlier
    do to a mean?
  answer: "It moves it."
- id: mean-elsewhere
  topic: t-test
  kind: conceptual
  level: senior
  text: "What does one outlier do to a mean?"
  answer: "It moves it."
"""
    full.write("questions/statistics.yaml", QUESTIONS + more)
    full.write("questions/zeta.yaml", more.replace("id: mean", "id: other"))
    first = "(questions/statistics.yaml"
    assert faults(full) == [
        f"questions/statistics.yaml:49:9: the same question as `mean-outlier` {first}:1)",
        f"questions/zeta.yaml:5:9: the same question as `mean-outlier` {first}:1)",
        f"questions/zeta.yaml:13:9: the same question as `mean-elsewhere` {first}:53)",
    ]


def test_a_bare_question_twice_and_an_old_name_twice(folder: Folder) -> None:
    folder.replace(MEAN, '["When does it fail?"]', '["When?", "What  is it?"]')
    folder.replace(MEAN, "category: must", "category: must\nwas: [average, average]")
    assert faults(folder) == [
        f"{MEAN}:4:16: `average` is listed twice",
        f"{MEAN}:13:21: duplicate question (first on line 12)",
    ]
