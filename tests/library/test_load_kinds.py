"""Every kind of file is loaded, rendered once, and can be found."""

from __future__ import annotations

import json
import time
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.library.addresses import MODELS
from apps.library.load import load_content
from apps.library.models import (
    Exercise,
    ProjectIdea,
    Question,
    Reference,
    RoadmapTask,
    SearchEntry,
    Topic,
)
from apps.library.source import read_content
from tests.library.conftest import Folder

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(full: Folder) -> Folder:
    load_content(full.root)
    return full


def test_a_question_of_the_bank(loaded: Folder) -> None:
    asked = Question.objects.get(slug="mean-outlier")
    assert (asked.topic.slug, asked.kind, asked.level, asked.level_rank) == (
        *("mean", "conceptual", "mid"),
        1,
    )
    assert asked.is_standing
    assert asked.source == "a book"
    assert asked.text_html == "<p>What does one outlier do to a mean?</p>"
    assert '<a href="/library/topics/t-test/">t-test</a>' in asked.answer_html
    assert '<span class="hl-k">assert </span>' in asked.answer_html
    assert "<math" in asked.answer_html
    assert "(../topics/statistics/t_test.md)" in asked.answer


def test_an_outline_and_a_star_become_one_answer(loaded: Folder) -> None:
    design = Question.objects.get(slug="mean-design")
    assert design.answer.startswith("### Requirements\n\nTen thousand a second.\n\n### Data\n\n")
    assert design.answer_html.count("<h3>") == 8
    assert "<h3>Numbers</h3>" in design.answer_html
    star = Question.objects.get(slug="mean-conflict")
    headings = [line for line in star.answer.split("\n") if line.startswith("###")]
    assert headings == [
        *("### Situation", "### Task", "### Action", "### Result", "### Traps"),
    ]


def test_bare_questions_stand_where_the_bank_has_none(loaded: Folder) -> None:
    topic = Topic.objects.get(slug="mean")
    slugs = list(topic.questions.order_by("position").values_list("slug", "kind", "position"))
    assert slugs == [
        ("mean-outlier", "conceptual", 0),
        ("mean-explain", "applied", 1),
        ("mean-design", "design", 2),
        ("mean-conflict", "behavioural", 3),
        ("mean-q-db3afe0d", "", 4),
    ]
    bare = Question.objects.get(slug="mean-q-db3afe0d")
    assert (bare.text, bare.answer, bare.level, bare.source) == (
        *("When does it fail?", "", "senior"),
        "seed 003",
    )
    assert topic.questions.filter(text="What is it?").count() == 1


def test_an_exercise(loaded: Folder) -> None:
    made = Exercise.objects.get()
    assert (made.slug, made.level_rank, made.minutes) == ("running-mean", 1, 15)
    assert [topic.slug for topic in made.topics.all()] == ["mean"]
    assert 'href="/library/references/means-at-a-glance/#h-two-means"' in made.statement_html
    assert '<pre><code class="language-python"><span class="hl-k">def' in made.starter_html
    assert made.hints_html[1] == "<p>Then divide by <code>len(xs)</code>.</p>"
    assert made.check_code.startswith("from solution import mean\n\nassert")
    assert "<span" in made.check_html
    assert "<span" in made.solution_html


def test_a_project_idea(loaded: Folder) -> None:
    made = ProjectIdea.objects.get()
    assert (made.slug, made.size, made.hours) == ("survey-of-means", "small", [4, 8])
    assert 'href="/library/exercises/running-mean/"' in made.brief_html
    assert [point["title"] for point in made.checklist] == [
        *("Problem and success metrics", "Data", "Baselines", "Deployment", "Observability"),
    ]
    assert made.checklist[0]["html"] == "<p>One number.</p>"


def test_a_reference_has_a_table_of_contents(loaded: Folder) -> None:
    made = Reference.objects.get()
    assert (made.slug, made.group) == ("means-at-a-glance", "tables")
    assert made.contents == [
        {"id": "h-two-means", "title": "Two means", "level": 2},
        {"id": "h-x-1-and-code", "title": "x_1 and code", "level": 3},
        {"id": "h-two-means-2", "title": "Two means", "level": 2},
    ]
    assert '<h2 id="h-two-means-2">' in made.body_html
    assert 'href="/library/references/means-at-a-glance/#h-two-means"' in made.body_html
    assert 'href="/library/topics/mean/"' in made.body_html
    assert 'href="/library/questions/mean-outlier/"' in made.body_html


def test_links_of_a_task_lead_to_pages(full: Folder) -> None:
    full.replace(
        "roadmaps/two_weeks.yaml",
        '"Until $x_1$ is clear."',
        '"See [the mean](../topics/statistics/mean.md)."',
    )
    load_content(full.root)
    task = RoadmapTask.objects.get(key="w1-read")
    assert task.detail == "See [the mean](/library/topics/mean/)."


def test_links_of_a_bare_question_lead_to_pages(full: Folder) -> None:
    asked = "See [means](../../references/means_at_a_glance.md#two-means), or [it](t_test.md): why?"
    full.replace("topics/statistics/mean.md", "When does it fail?", asked)
    load_content(full.root)
    made = Question.objects.get(text__startswith="See")
    assert 'href="/library/references/means-at-a-glance/#h-two-means">means</a>' in made.text_html
    assert 'href="/library/topics/t-test/">it</a>' in made.text_html
    assert SearchEntry.objects.get(key=str(made.pk)).title == "See means, or it: why?"
    full.replace("topics/statistics/mean.md", "t_test.md", "gone.md")
    faults = [str(fault) for fault in read_content(full.root).faults]
    assert faults == [
        "topics/statistics/mean.md:12:83: dead link: `gone.md` is no item of this folder"
    ]


def test_links_in_another_collection_stay_in_it(full: Folder) -> None:
    load_content(full.root, "theirs")
    asked = Question.objects.get(slug="mean-outlier")
    assert 'href="/library/topics/theirs/t-test/"' in asked.answer_html
    entry = SearchEntry.objects.get(kind="topic", title="Mean")
    assert (entry.address, entry.collection) == ("/library/topics/theirs/mean/", "theirs")


def test_everything_can_be_found(loaded: Folder) -> None:
    rows = SearchEntry.objects.exclude(kind="question").order_by("kind", "title")
    assert list(rows.values_list("kind", "title", "place", "address")) == [
        ("exercise", "Running mean", "15 minutes", "/library/exercises/running-mean/"),
        ("project", "Survey of means", "Small, 4-8 hours", "/library/projects/survey-of-means/"),
        ("reference", "Means at a glance", "Tables", "/library/references/means-at-a-glance/"),
        ("roadmap", "Two weeks", "2 weeks", "/library/roadmaps/two-weeks/"),
        ("topic", "Mean", "Statistics", "/library/topics/mean/"),
        ("topic", "Tokens", "NLP", "/library/topics/tokens/"),
        ("topic", "t-test", "Statistics", "/library/topics/t-test/"),
    ]
    assert SearchEntry.objects.filter(kind="question").count() == Question.objects.count()
    asked = Question.objects.get(slug="mean-outlier")
    entry = SearchEntry.objects.get(kind="question", key=str(asked.pk))
    assert entry.title == "What does one outlier do to a mean?"
    assert entry.place == "Mean"
    assert entry.text.startswith("It moves the mean by d/n; see the t-test.")
    assert entry.owner is None
    assert " outlier" in entry.title_plain


def test_what_is_retired_is_not_found_until_it_returns(loaded: Folder) -> None:
    path = loaded.root / "exercises/running_mean.yaml"
    text = path.read_text(encoding="utf-8")
    path.unlink()
    project = (loaded.root / "projects/survey_of_means.yaml").read_text(encoding="utf-8")
    loaded.replace(
        "projects/survey_of_means.yaml", "[data set](../exercises/running_mean.yaml)", "x"
    )
    assert load_content(loaded.root).exercises.retired == 1
    assert not SearchEntry.objects.filter(kind="exercise").exists()
    loaded.write("exercises/running_mean.yaml", text)
    loaded.write("projects/survey_of_means.yaml", project)
    assert load_content(loaded.root).exercises.returned == 1
    assert SearchEntry.objects.filter(kind="exercise").exists()


def test_a_changed_answer_is_the_only_row_written(loaded: Folder) -> None:
    loaded.replace("questions/statistics.yaml", "The sum over the count.", "Sum over count.")
    report = load_content(loaded.root)
    assert (report.questions.changed, report.questions.unchanged) == (1, 8)
    assert not any(
        getattr(report, kind).changed
        for kind in ("areas", "topics", "exercises", "projects", "references", "roadmaps")
    )
    entry = SearchEntry.objects.get(title="What is it?", place="Mean")
    assert entry.text == "Sum over count."


def test_what_leans_on_another_is_written_with_it(loaded: Folder) -> None:
    """A question shows its topic's title and source in the search and below its answer."""
    loaded.replace("topics/statistics/mean.md", 'title: "Mean"', 'title: "The mean"')
    report = load_content(loaded.root)
    assert (report.topics.changed, report.questions.changed) == (1, 5)
    assert SearchEntry.objects.get(title="What is it?", place="The mean")


def test_unchanged_takes_seven_queries_and_writes_nothing(loaded: Folder) -> None:
    with CaptureQueriesContext(connection) as queries:
        report = load_content(loaded.root)
    assert [query["sql"].split()[0] for query in queries] == ["SELECT"] * 7
    assert "0 added / 0 changed / 0 renamed / 0 returned / 0 retired / 9 unchanged" in str(report)


def test_numbers(loaded: Folder) -> None:
    out = StringIO()
    call_command("content_stats", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {
        "areas": 2,
        "topics": 3,
        "questions": 2,
        "questions_by_kind": {
            "conceptual": 1,
            "implementation": 0,
            "applied": 1,
            "design": 1,
            "behavioural": 1,
        },
        "questions_without_answer": 5,
        "standing_questions": 1,
        "design_questions": 1,
        "behavioural_questions": 1,
        "exercises": 1,
        "projects": 1,
        "references": 1,
        "roadmaps": 1,
        "roadmap_tasks": 4,
        "topics_by_area": {"statistics": 2, "nlp": 1},
        "collections": {},
    }
    (loaded.root / "roadmaps/two_weeks.yaml").unlink()
    load_content(loaded.root)
    out = StringIO()
    call_command("content_stats", stdout=out)
    assert "topics: 3\n" in out.getvalue()
    assert "roadmaps: 0\nroadmap tasks: 0\n" in out.getvalue()
    assert "topics by area:\n  statistics: 2\n" in out.getvalue()


def test_numbers_of_other_collections_stand_apart(loaded: Folder, alice: Any) -> None:
    def numbers(*arguments: str) -> str:
        out = StringIO()
        call_command("content_stats", *arguments, stdout=out)
        return out.getvalue()

    alone = json.loads(numbers("--json"))
    mean = Topic.objects.get(slug="mean")
    Topic.objects.create(owner=alice, collection="", slug="own", title="Own", area=mean.area)
    Question.objects.create(owner=alice, collection="", topic=mean, slug="own", text="Own?")
    (loaded.root / "topics/nlp/tokens.md").unlink()
    loaded.replace("roadmaps/two_weeks.yaml", "topics: [tokens]", "topics: []")
    load_content(loaded.root, "theirs")
    load_content(loaded.root, "gone")
    for model in MODELS.values():
        model._default_manager.filter(collection="gone").update(retired_at=timezone.now())
    together = json.loads(numbers("--json"))
    theirs = together.pop("collections")
    assert {**together, "collections": {}} == alone
    assert list(theirs) == ["theirs"]
    assert (theirs["theirs"]["topics"], theirs["theirs"]["questions"]) == (2, 2)
    assert theirs["theirs"]["topics_by_area"] == {"statistics": 2, "nlp": 0}
    assert theirs["theirs"].keys() == together.keys()
    ours, _, other = numbers().partition("\ncollection theirs:\n")
    assert "\ntopics: 3\n" in ours
    assert "\ntopics: 2\n" in other


def test_own_rows_are_never_touched(full: Folder, alice: Any) -> None:
    load_content(full.root)
    topic = Topic.objects.get(slug="mean")
    own = Question.objects.create(owner=alice, topic=topic, slug="mean-explain", text="Mine?")
    page = Reference.objects.create(owner=alice, slug="means-at-a-glance", title="Mine")
    for name in ("questions/statistics.yaml", "references/means_at_a_glance.md"):
        (full.root / name).unlink()
    full.replace("exercises/running_mean.yaml", "; see [a table](../references/", "; see [a](")
    full.replace(
        "exercises/running_mean.yaml", "(means_at_a_glance.md#two-means)", "(odd_name.yaml)"
    )
    full.write("exercises/odd_name.yaml", (full.root / "exercises/running_mean.yaml").read_bytes())
    report = load_content(full.root)
    assert (report.questions.retired, report.references.retired) == (4, 1)
    own.refresh_from_db()
    page.refresh_from_db()
    assert (own.text, own.retired_at, page.title, page.retired_at) == ("Mine?", None, "Mine", None)


ASKED = """\
- id: asked-{number}
  topic: topic-{topic}
  kind: conceptual
  level: mid
  text: "What is number {number}, and why does *it* matter?"
  answer: |
    It is $x_{{{number}}} = \\frac{{{number}}}{{n}}$ in **most** cases; see
    [the topic](../topics/nlp/topic_{topic}.md), and mind three things:

    - the first is `f({number})`, which takes time in proportion to its length;
    - the second is rounding: half of {number} is not a whole number when it is odd;
    - the third needs some words, so that the text has the length of a good answer, which a
      strong candidate would say in about two minutes.

    ```python
    def f(x: int) -> float:
        return x / {number}  # why
    ```
"""


def test_two_thousand_items_load_fast(folder: Folder) -> None:
    for number in range(300):
        folder.topic("nlp", f"topic_{number}", f"Topic {number}", needs="tokens")
    numbers = range(1, 1_101)
    for start in range(0, 1_100, 100):
        asked = [ASKED.format(number=n, topic=n % 300) for n in numbers[start : start + 100]]
        folder.write(f"questions/part_{start}.yaml", "".join(asked))
    start_at = time.process_time()
    report = load_content(folder.root)
    first = time.process_time() - start_at
    added = sum(
        counts.added for counts in (report.areas, report.topics, report.questions, report.roadmaps)
    )
    assert added > 2_000
    start_at = time.process_time()
    report = load_content(folder.root)
    second = time.process_time() - start_at
    assert report.questions.unchanged == added - 306
    print(f"\n{added} items: {first:.2f} s, unchanged {second:.2f} s")
    assert first < 5
    assert second < 1


def test_queries_grow_only_with_the_batches(folder: Folder) -> None:
    def queries_of_a_load() -> int:
        with CaptureQueriesContext(connection) as queries:
            load_content(folder.root)
        return len(queries)

    first = "".join(ASKED.format(number=n, topic=0) for n in range(1, 10))
    folder.topic("nlp", "topic_0")
    folder.write("questions/a.yaml", first)
    few = queries_of_a_load()
    for number in range(1, 40):
        folder.topic("nlp", f"topic_{number}")
    more = "".join(ASKED.format(number=n, topic=n % 40) for n in range(10, 50))
    folder.write("questions/a.yaml", first + more)
    assert queries_of_a_load() <= few + 6
