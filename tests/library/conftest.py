"""A small content folder to load, break and load again."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

AREAS = """\
- slug: statistics
  title: "Statistics"
  summary: "Distributions and tests."
  source: "seed 003"
- slug: nlp
  title: "NLP"
  summary: "From tokens to attention."
  source: "seed 003"
"""

TOPIC = """\
---
title: "{title}"
category: must
levels: [mid, senior]
skills: [one, two]
minutes: 30
prerequisites: [{needs}]
summary: "What it is and why it is asked."
source: "seed 003"
questions:
  mid: ["What is it?"]
  senior: ["When does it fail?"]
---
## Core ideas

- The mean is $\\frac{{1}}{{n}} \\sum_i x_i$.
"""

ROADMAP = """\
slug: two-weeks
title: "Two weeks"
summary: "A short one."
source: "seed 003"
level: senior
hours: [4, 8]
hours_per_week: [2, 4]
phases:
  - title: "Foundations"
    goal: "Know the basics."
    hours: [4, 8]
    deliverables: ["Notes"]
    weeks:
      - number: 1
        title: "Numbers"
        goal: "Means and tests."
        criteria: ["Can explain a mean"]
        readiness_gain: 0
        resources:
          - {title: "A page", url: "https://example.org/a", site: "Example"}
        days:
          - title: "The mean"
            goal: "Know it by heart."
            criteria: ["Said it aloud"]
            tasks:
              - id: w1-read
                title: "Read about the mean"
                session: study
                kind: read
                priority: must
                minutes: 30
                topics: [mean]
                detail: "Until $x_1$ is clear."
              - id: w1-check
                title: "Knowledge check"
                session: check
                kind: check
                priority: should
                minutes: 15
                topics: [mean, t-test]
      - number: 2
        title: "Words"
        goal: "Tokens."
        criteria: ["Can split a word"]
        days:
          - title: "Tokens"
            goal: "Split words."
            criteria: ["Split ten"]
            tasks:
              - id: w2-code
                title: "Write a tokeniser"
                session: practice
                kind: code
                priority: optional
                minutes: 60
                topics: [tokens]
        checkpoint:
          title: "Closed?"
          areas: [statistics]
          threshold: 80
          branches:
            - id: projects
              title: "Projects"
              when: met
              summary: "Build."
              days:
                - title: "A project"
                  goal: "Build it."
                  criteria: ["It runs"]
                  tasks:
                    - id: w2-project
                      title: "Build"
                      session: practice
                      kind: project
                      priority: must
                      minutes: 120
                      topics: []
"""

QUESTIONS = """\
- id: mean-outlier
  topic: mean
  kind: conceptual
  level: mid
  standing: true
  text: "What does one outlier do to a mean?"
  answer: |
    It moves the mean by $\\frac{d}{n}$; see the [t-test](../topics/statistics/t_test.md).

    ```python
    assert sum([1, 2, 6]) / 3 == 3
    ```
  source: "a book"
- id: mean-explain
  topic: mean
  kind: applied
  level: senior
  text: "What is it?"
  answer: "The sum over the count."
- id: mean-design
  topic: mean
  kind: design
  level: principal
  text: "Design a service of means."
  outline:
    requirements: "Ten thousand a second."
    data: "A stream."
    features: "None."
    model: "A sum and a count."
    serving: "From memory."
    evaluation: "Against a batch."
    monitoring: "Counts."
    numbers: "$10^4$ a second."
- id: mean-conflict
  topic: mean
  kind: behavioural
  level: mid
  text: "When did a mean mislead you?"
  star:
    situation: "A report."
    task: "To read it."
    action: "Asked for the median."
    result: "A better one."
  answer: "Do not blame others."
"""

EXERCISE = """\
title: "Running mean"
summary: "One pass."
level: mid
minutes: 15
topics: [mean]
statement: |
  Write `mean(xs)`; see [a table](../references/means_at_a_glance.md#two-means).
starter: |
  def mean(xs):
      raise NotImplementedError
hints:
  - "Add first."
  - "Then divide by `len(xs)`."
solution: |
  def mean(xs):
      return sum(xs) / len(xs)
check: |
  from solution import mean

  assert mean([1, 2, 6]) == 3
  print("All checks passed.")
source: "seed 004"
"""

PROJECT = """\
title: "Survey of means"
summary: "Means of public data."
size: small
hours: [4, 8]
topics: [mean]
brief: "Take a [data set](../exercises/running_mean.yaml)."
problem: "One number."
data: "Public."
baselines: "The median."
deployment: "A page."
observability: "A count."
source: "seed 001"
"""

REFERENCE = """\
---
title: "Means at a glance"
summary: "Which mean when."
group: tables
topics: [mean]
source: "seed 002"
---
## Two means

| mean | when |
|---|---|
| arithmetic | sums |

### $x_1$ and `code`

See [above](#two-means), the [mean](../topics/statistics/mean.md#core-ideas), and
[one question](../questions/statistics.yaml#mean-outlier).

## Two means

```python
def f(x: int) -> str:
    return "a"  # why
```
"""


class Folder:
    """A content folder that can be written to."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def replace(self, name: str, old: str, new: str) -> None:
        path = self.root / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def topic(self, area: str, name: str, title: str = "A topic", needs: str = "") -> str:
        where = f"topics/{area}/{name}.md"
        self.write(where, TOPIC.format(title=title, needs=needs))
        return where


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Two areas, three topics, a roadmap of two weeks; nothing is wrong with them."""
    made = Folder(tmp_path / "content")
    made.write("areas.yaml", dedent(AREAS))
    made.topic("statistics", "mean", "Mean")
    made.topic("statistics", "t_test", "t-test", needs="mean")
    made.topic("nlp", "tokens", "Tokens")
    made.write("roadmaps/two_weeks.yaml", ROADMAP)
    return made


@pytest.fixture
def full(folder: Folder) -> Folder:
    """The same folder with a bank of questions, an exercise, a project idea and a reference."""
    folder.write("questions/statistics.yaml", QUESTIONS)
    folder.write("exercises/running_mean.yaml", EXERCISE)
    folder.write("projects/survey_of_means.yaml", PROJECT)
    folder.write("references/means_at_a_glance.md", REFERENCE)
    return folder
