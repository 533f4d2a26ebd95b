"""One folder with one of each fault: every one is named, with its line, at once."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command

from apps.library.source import read_content
from tests.library.conftest import Folder

FRONT = """\
---
title: "A"
category: must
levels: [mid]
skills: [one]
questions:
  mid: ["Why {name}?"]
{more}---
{body}
"""


def topic(folder: Folder, name: str, *, more: str = "", body: str = "Words.", **edits: str) -> None:
    text = FRONT.format(name=name, more=more, body=body)
    for key, value in edits.items():
        old = next(line for line in text.split("\n") if line.startswith(f"{key}:"))
        text = text.replace(old + "\n", f"{key}: {value}\n" if value else "", 1)
    folder.write(f"topics/nlp/{name}.md", text)


@pytest.fixture
def broken(full: Folder) -> Folder:
    """A good folder of every kind, and beside it one of each fault."""
    topic(full, "no_category", category="")
    topic(full, "odd_category", category="vital")
    topic(full, "odd_level", levels="[mid, expert]")
    topic(full, "no_question", levels="[mid, senior]")
    topic(full, "trap_no", skills="[one, no]")
    topic(full, "trap_time", more="minutes: 1:30\n")
    topic(full, "twice", more="minutes: 30\nminutes: 40\n")
    topic(full, "bomb", more="source: &a [x]\nwas: *a\n")
    topic(full, "unknown_needed", more="prerequisites: [nowhere]\n")
    topic(full, "cycle_a", more="prerequisites: [cycle-b]\n")
    topic(full, "cycle_b", more="prerequisites: [cycle-a]\n")
    topic(full, "dead_link", body="See\n[that](../nlp/gone.md) and [more](../../../etc/passwd).")
    topic(full, "script_link", body="[click](javascript:alert(1))")
    topic(full, "broken_tex", body="$\\frac{1}$")
    topic(full, "broken_python", body="```python\nx = 1\nif x\n```")
    topic(full, "html_is_shown", body="<b>no fault</b>")
    topic(full, "Bad-Name")
    topic(full, "claims_live", more="was: [mean]\n")
    topic(full, "claims_one", more="was: [old-name]\n")
    topic(full, "claims_two", more="was: [old-name]\n")
    full.write("topics/statistics/cycle_a.md", FRONT.format(name="x", more="", body="Words."))
    full.write("topics/nlp/open.md", "---\ntitle: A\n")
    full.write("topics/nlp/latin.md", "---\ntitle: caf\xe9\n---\n".encode("latin-1"))
    full.write("topics/nlp/zero.md", FRONT.format(name="zero", more="", body="a\x00b"))
    full.write("questions/nlp.yaml", ODD_QUESTIONS)
    full.write("exercises/odd.yaml", ODD_EXERCISE)
    full.write("exercises/README.md", "left alone")
    full.write("projects/odd.yaml", ODD_PROJECT)
    full.write("references/odd.md", ODD_REFERENCE)
    full.replace("roadmaps/two_weeks.yaml", "topics: [tokens]", "topics: [words]")
    full.write("topic/nlp/lost.md", "x")
    full.write("topic/lost.md", "x")
    full.write("areas.yml", "x")
    full.write("notes.md", "x")
    full.write("NOTES.md", "x")
    (full.root / "questions/etc.yaml").symlink_to("/etc")
    return full


ODD_QUESTIONS = """\
- id: mean-outlier
  topic: mean
  kind: conceptual
  level: mid
  text: "The same slug as in another file."
  answer: "Yes."
- id: odd-topic
  topic: nowhere
  kind: conceptual
  level: mid
  text: "Which topic?"
  answer: "None."
- id: odd-design
  topic: mean
  kind: design
  level: mid
  text: "Where is its outline?"
  answer: "It has none."
- id: odd-star
  topic: mean
  kind: behavioural
  level: mid
  text: "Where is its star?"
- id: odd-answer
  topic: mean
  kind: applied
  level: mid
  text: "Where is its answer?"
- id: odd-text
  topic: mean
  kind: applied
  level: mid
  text: >
    Broken in a
    folded text: $x_$
  answer: |
    First line.

      - indented [dead](../topics/nlp/gone.md)
    ```python
    def f(:
    ```
- id: odd-quotes
  topic: mean
  kind: applied
  level: mid
  text: 'It''s $\\frac{1}$'
  answer: "two
    lines $y_$"
  was: [mean-explain]
"""

ODD_EXERCISE = """\
title: "Odd"
summary: "Programs that do not compile."
level: mid
minutes: 15
topics: [mean, mean]
statement: "Do."
starter: |
  def f(:
      pass
hints: ["$x_$"]
solution: |
  x = 1
  y = (
check: |
  import solution
  assert solution.f(
"""

ODD_PROJECT = """\
title: "Odd"
summary: "Hours the wrong way."
size: tiny
hours: [8, 4]
topics: [nowhere]
brief: "Do."
problem: "P."
data: "[a](b.md)"
baselines: "B."
deployment: "D."
observability: "O."
"""

ODD_REFERENCE = """\
---
title: "Odd"
summary: "Links to headings."
group: tables
topics: []
---
## One

[a](#one) [b](#two) [c](means_at_a_glance.md#three) [d](../questions/statistics.yaml#nothing)
"""

FAULTS = """\
areas.yml:1:1: is not read: content stands in areas.yaml, topics/, questions/, exercises/, projects/, references/, roadmaps/
exercises/odd.yaml:5:16: `mean` is listed twice
exercises/odd.yaml:8:9: Python does not compile: invalid syntax
exercises/odd.yaml:10:10: TeX cannot be read: missing super script or subscript
exercises/odd.yaml:13:7: Python does not compile: '(' was never closed
exercises/odd.yaml:16:20: Python does not compile: '(' was never closed
notes.md:1:1: is not read: content stands in areas.yaml, topics/, questions/, exercises/, projects/, references/, roadmaps/
projects/odd.yaml:3:7: unknown size `tiny`: one of micro, small, medium or large
projects/odd.yaml:4:8: `hours` goes from the smaller to the larger number
projects/odd.yaml:5:10: unknown topic `nowhere`
projects/odd.yaml:8:12: dead link: `b.md` is no item of this folder
questions/etc.yaml:1:1: leads out of the content folder
questions/nlp.yaml:8:10: unknown topic `nowhere`
questions/nlp.yaml:13:3: a question of kind `design` needs `outline`
questions/nlp.yaml:18:3: a question of kind `design` has no `answer`
questions/nlp.yaml:19:3: a question of kind `behavioural` needs `star`
questions/nlp.yaml:24:3: a question of kind `applied` needs `answer`
questions/nlp.yaml:35:18: TeX cannot be read: missing super script or subscript
questions/nlp.yaml:39:25: dead link: `../topics/nlp/gone.md` is no item of this folder
questions/nlp.yaml:41:11: Python does not compile: invalid syntax
questions/nlp.yaml:47:16: TeX cannot be read: an argument is missing
questions/nlp.yaml:49:11: TeX cannot be read: missing super script or subscript
questions/nlp.yaml:50:9: `mean-explain` is the slug of a question that is there
questions/statistics.yaml:1:7: duplicate question `mean-outlier` (also in questions/nlp.yaml)
references/odd.md:9:15: dead link: references/odd.md has no heading `#two`
references/odd.md:9:25: dead link: references/means_at_a_glance.md has no heading `#three`
references/odd.md:9:57: dead link: questions/statistics.yaml has no question `nothing`: `../questions/statistics.yaml#nothing`
roadmaps/two_weeks.yaml:56:26: unknown topic `words`
topic:1:1: is not read: content stands in areas.yaml, topics/, questions/, exercises/, projects/, references/, roadmaps/
topics/nlp/Bad-Name.md:1:1: file name against the rule: lower_case_words.md
topics/nlp/bomb.md:8:9: `source` must be text
topics/nlp/bomb.md:9:6: the alias *a is not allowed: write the value again
topics/nlp/broken_python.md:11:5: Python does not compile: expected ':'
topics/nlp/broken_tex.md:9:1: TeX cannot be read: an argument is missing
topics/nlp/claims_live.md:8:7: `mean` is the slug of a topic that is there
topics/nlp/claims_two.md:8:7: the old slug `old-name` is claimed by `claims-one` too
topics/nlp/cycle_a.md:8:17: prerequisite cycle: cycle-a -> cycle-b -> cycle-a
topics/nlp/dead_link.md:10:8: dead link: `../nlp/gone.md` is no item of this folder
topics/nlp/dead_link.md:10:35: dead link: `../../../etc/passwd` leads out of the content folder
topics/nlp/latin.md:2:11: is not UTF-8 (byte 0xE9)
topics/nlp/no_category.md:2:1: `category` is missing
topics/nlp/no_question.md:4:15: level `senior` is listed, but has no question
topics/nlp/odd_category.md:3:11: unknown category `vital`: one of must, good-to-know or specialisation
topics/nlp/odd_level.md:4:15: unknown level `expert`: one of mid, senior or principal
topics/nlp/open.md:1:1: the front matter that opens here never closes: --- is missing
topics/nlp/script_link.md:9:9: only http and https links lead out of a page: `javascript:alert(1`
topics/nlp/trap_no.md:5:15: YAML reads `no` as false: put it in quotes, or write false
topics/nlp/trap_time.md:8:10: YAML reads `1:30` as a number: put it in quotes, or write it plainly
topics/nlp/twice.md:9:1: duplicate key `minutes` (first on line 8)
topics/nlp/unknown_needed.md:8:17: unknown topic `nowhere`
topics/nlp/zero.md:9:2: a character that a text must not hold (U+0000)
topics/statistics/cycle_a.md:1:1: duplicate topic `cycle-a` (also in topics/nlp/cycle_a.md)
"""


def test_every_fault_is_named_at_once(broken: Folder) -> None:
    found = [str(fault) for fault in read_content(broken.root).faults]
    assert "\n".join(found) + "\n" == FAULTS


def test_the_command_prints_them_and_ends_with_one(broken: Folder) -> None:
    out = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("check_content", str(broken.root), stdout=out, no_color=True)
    assert end.value.code == 1
    assert out.getvalue() == "".join(f"{broken.root}/{line}\n" for line in FAULTS.splitlines())


def test_the_schema_is_printed() -> None:
    out = StringIO()
    call_command("check_content", "--schema", stdout=out)
    made = json.loads(out.getvalue())
    assert made["$schema"].endswith("2020-12/schema")
    assert {
        *("areas_file", "topic_front_matter", "questions_file", "exercise_file"),
        *("project_file", "reference_front_matter", "roadmap_file"),
    } <= made["$defs"].keys()
    required = set(made["$defs"]["Topic"]["required"])
    assert required == {"title", "category", "levels", "skills", "questions"}
    for reference in references(made):
        assert reference.removeprefix("#/$defs/") in made["$defs"]


def references(value: object) -> list[str]:
    """Every $ref inside."""
    if isinstance(value, dict):
        own = [str(value["$ref"])] if "$ref" in value else []
        return own + [one for inner in value.values() for one in references(inner)]
    if isinstance(value, list):
        return [one for inner in value for one in references(inner)]
    return []
