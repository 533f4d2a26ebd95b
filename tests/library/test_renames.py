"""An item that is renamed, retired or returns keeps its row, and with it every learner's record."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.assessments.models import Assessment, Rating, Response
from apps.checks.models import Answer, Check
from apps.library.load import FaultyContentError, load_content
from apps.library.models import (
    Alias,
    Area,
    Exercise,
    Question,
    Reference,
    Roadmap,
    RoadmapTask,
    SearchEntry,
    Star,
    Topic,
    TopicNote,
)
from apps.mastery.models import Card, Evidence, Memory, Source
from apps.mastery.record import record
from apps.plans.build import create_plan
from apps.plans.models import Plan, PlanDay, PlanWeek, Proposal, Task
from tests.conftest import TODAY
from tests.library.conftest import Folder

pytestmark = pytest.mark.django_db

MEAN = "topics/statistics/mean.md"
AVERAGE = "topics/statistics/average.md"


def give_records(user: Any, topic: Topic) -> None:
    """One of everything that can hang on a topic."""
    earlier = TODAY - dt.timedelta(days=3)
    check = Check.objects.create(user=user, day=earlier)
    (evidence,) = record(
        user,
        [(topic.pk, 85)],
        source=Source.CHECK,
        source_id=check.pk,
        at=timezone.now(),
        day=earlier,
    )
    Answer.objects.create(check_taken=check, topic=topic, score=85, evidence=evidence)
    sitting = Assessment.objects.create(user=user, kind="coverage", title="x", day=TODAY)
    Rating.objects.create(assessment=sitting, topic=topic, value="know")
    TopicNote.objects.create(user=user, topic=topic, text="Mine")
    Star.objects.create(user=user, topic=topic)
    own = Question.objects.create(owner=user, topic=topic, slug="own", text="Mine?")
    ask(user, own, topic)
    plan = Plan.objects.create(owner=user, title="Plan", starts_on=TODAY)
    week = PlanWeek.objects.create(plan=plan, number=1, title="Week")
    day = PlanDay.objects.create(week=week, position=1, title="Day")
    task = Task.objects.create(plan=plan, day=day, position=1, title="Task", minutes=30)
    task.topics.add(topic)
    page = Reference.objects.create(owner=user, slug="own-page", title="Mine")
    page.topics.add(topic)


def ask(user: Any, question: Question, topic: Topic, score: int | None = None) -> None:
    """One of everything that can hang on a question; without a score nothing was answered yet."""
    check = Check.objects.create(user=user, day=TODAY, kind="taken")
    Answer.objects.create(check_taken=check, topic=topic, question=question, score=score)
    sitting = Assessment.objects.create(user=user, kind="questions", title="x", day=TODAY)
    Response.objects.create(
        assessment=sitting, topic=topic, question=question, position=1, score=score
    )
    Proposal.objects.create(
        user=user,
        topic=topic,
        question=question,
        kind="study",
        minutes=30,
        source_id=sitting.pk,
        prompted_by="x",
        day=TODAY,
    )


def records(user: Any) -> dict[str, Any]:
    """What hangs on topics, by the topic's key."""
    of_user: dict[str, Any] = {
        "evidence": Evidence.objects.filter(user=user),
        "memory": Memory.objects.filter(user=user),
        "card": Card.objects.filter(user=user),
        "answer": Answer.objects.filter(check_taken__user=user),
        "rating": Rating.objects.filter(assessment__user=user),
        "response": Response.objects.filter(assessment__user=user),
        "proposal": Proposal.objects.filter(user=user),
        "note": TopicNote.objects.filter(user=user),
        "star": Star.objects.filter(user=user),
        "question": Question.objects.filter(owner=user),
        "task": Task.topics.through._default_manager.filter(task__plan__owner=user),
        "page": Reference.topics.through._default_manager.filter(reference__owner=user),
    }
    made = {name: list(rows.order_by("pk").values()) for name, rows in of_user.items()}
    assert all(made.values())
    return made


def rename(folder: Folder, old: str = MEAN, new: str = AVERAGE, was: str = "mean") -> None:
    """Rename a topic's file, with `was`, and every place that names its slug."""
    path = folder.root / old
    path.rename(folder.root / new)
    folder.replace(new, "category: must", f"category: must\nwas: [{was}]")
    slug = (folder.root / new).stem.replace("_", "-")
    old_name, new_name = old.rpartition("/")[2], new.rpartition("/")[2]
    for file in folder.root.rglob("*.*"):
        text = file.read_text(encoding="utf-8")
        text = text.replace(f"topic: {was}\n", f"topic: {slug}\n")
        text = text.replace(f"[{was}]\nmin", f"[{slug}]\nmin").replace(
            f"/{old_name}", f"/{new_name}"
        )
        for key in ("topics", "prerequisites"):
            text = text.replace(f"{key}: [{was}]", f"{key}: [{slug}]")
            text = text.replace(f"{key}: [{was}, ", f"{key}: [{slug}, ")
        file.write_text(text, encoding="utf-8")


def test_a_renamed_topic_keeps_every_record(full: Folder, alice: Any) -> None:
    load_content(full.root)
    topic = Topic.objects.get(slug="mean")
    give_records(alice, topic)
    before = records(alice)
    rename(full)
    report = load_content(full.root)
    assert (report.topics.renamed, report.topics.added, report.topics.retired) == (1, 0, 0)
    assert records(alice) == before
    topic.refresh_from_db()
    assert (topic.slug, topic.retired_at) == ("average", None)
    assert Alias.objects.get(kind="topic", slug="mean").target_slug == "average"
    assert SearchEntry.objects.get(key=str(topic.pk)).address == "/library/topics/average/"
    assert load_content(full.root).topics.unchanged == 3


HUNG = (Answer, Response, Proposal)


def hung() -> list[list[Any]]:
    """What learners were asked: all columns, whoever's."""
    return [list(model.objects.order_by("pk").values()) for model in HUNG]


def test_a_question_that_was_asked_keeps_its_row_when_it_is_renamed(
    full: Folder, alice: Any
) -> None:
    load_content(full.root)
    question = Question.objects.get(slug="mean-explain")
    ask(alice, question, question.topic)
    before = hung()
    full.replace("questions/statistics.yaml", "mean-explain", "mean-why\n  was: [mean-explain]")
    assert load_content(full.root).questions.renamed == 1
    assert hung() == before
    question.refresh_from_db()
    assert (question.slug, question.retired_at) == ("mean-why", None)


def test_a_question_that_was_asked_is_retired_and_not_deleted(full: Folder, alice: Any) -> None:
    load_content(full.root)
    question = Question.objects.get(slug="mean-explain")
    ask(alice, question, question.topic)
    before = hung()
    full.replace("questions/statistics.yaml", "mean-explain", "mean-other")
    full.replace("questions/statistics.yaml", '"What is it?"', '"What else is it?"')
    assert load_content(full.root).questions.retired == 1
    assert hung() == before
    question.refresh_from_db()
    assert question.retired_at is not None


@pytest.mark.parametrize("model", HUNG)
@pytest.mark.parametrize("of", ["mean-explain", "mean-why"])
def test_of_two_rows_of_a_question_the_one_that_was_asked_stays(
    full: Folder, alice: Any, of: str, model: Any
) -> None:
    load_content(full.root)
    questions = "questions/statistics.yaml"
    full.replace(questions, "mean-explain", "mean-why")
    full.replace(questions, '"What is it?"', '"Why is it?"')
    load_content(full.root)
    question = Question.objects.get(slug=of)
    ask(alice, question, question.topic)
    for other in HUNG:
        if other is not model:
            other.objects.all().delete()  # so that this relation alone holds the row
    full.replace(questions, "id: mean-why", "id: mean-why\n  was: [mean-explain]")
    load_content(full.root)
    assert model.objects.get().question_id == question.pk
    assert Question.objects.get(slug="mean-why").pk == question.pk
    assert not Question.objects.filter(slug="mean-explain").exists()


def test_two_rows_of_a_question_that_were_asked_stop_the_load(full: Folder, alice: Any) -> None:
    load_content(full.root)
    questions = "questions/statistics.yaml"
    full.replace(questions, "mean-explain", "mean-why")
    full.replace(questions, '"What is it?"', '"Why is it?"')
    load_content(full.root)
    for slug in ("mean-explain", "mean-why"):
        question = Question.objects.get(slug=slug)
        Response.objects.create(
            assessment=Assessment.objects.create(
                user=alice, kind="questions", title=slug, day=TODAY
            ),
            topic=question.topic,
            question=question,
            position=1,
        )
    full.replace(questions, "id: mean-why", "id: mean-why\n  was: [mean-explain]")
    with pytest.raises(FaultyContentError) as error:
        load_content(full.root)
    assert "both have learners' records" in str(error.value.faults[0])


def test_the_questions_of_a_renamed_topic_keep_their_rows(full: Folder) -> None:
    load_content(full.root)
    before = set(Question.objects.values_list("pk", flat=True))
    rename(full)
    report = load_content(full.root)
    assert (report.questions.renamed, report.questions.added, report.questions.retired) == (1, 0, 0)
    assert set(Question.objects.values_list("pk", flat=True)) == before
    assert Question.objects.filter(slug__startswith="average-q-").count() == 1
    old = Alias.objects.get(kind="question")
    assert old.slug.replace("mean-", "average-") == old.target_slug


def test_a_bare_question_that_gets_an_answer_keeps_its_row(full: Folder) -> None:
    load_content(full.root)
    bare = Question.objects.get(topic__slug="t-test", text="What is it?")
    asked = """\
- id: t-test-what
  topic: t-test
  kind: conceptual
  level: mid
  text: "What  is it?"
  answer: "A ratio."
"""
    full.write("questions/more.yaml", asked)
    report = load_content(full.root)
    assert (report.questions.renamed, report.questions.added) == (1, 0)
    old = bare.slug
    bare.refresh_from_db()
    assert (bare.slug, bare.answer) == ("t-test-what", "A ratio.")
    (full.root / "questions/more.yaml").unlink()
    load_content(full.root)
    assert Question.objects.get(slug=old).retired_at is None
    assert Question.objects.get(slug="t-test-what").retired_at is not None
    assert not Alias.objects.filter(slug=old).exists()


def test_a_retired_topic_keeps_every_record_and_returns(full: Folder, alice: Any) -> None:
    load_content(full.root)
    topic = Topic.objects.get(slug="tokens")
    give_records(alice, topic)
    before = records(alice)
    text = (full.root / "topics/nlp/tokens.md").read_bytes()
    (full.root / "topics/nlp/tokens.md").unlink()
    full.replace("roadmaps/two_weeks.yaml", "topics: [tokens]", "topics: []")
    report = load_content(full.root)
    assert (report.topics.retired, report.questions.retired) == (1, 2)
    assert records(alice) == before
    topic.refresh_from_db()
    assert topic.retired_at is not None
    full.write("topics/nlp/tokens.md", text)
    report = load_content(full.root)
    assert (report.topics.returned, report.questions.returned) == (1, 2)
    assert records(alice) == before
    topic.refresh_from_db()
    assert topic.retired_at is None


def test_a_retired_topic_returns_under_a_new_name(full: Folder, alice: Any) -> None:
    load_content(full.root)
    topic = Topic.objects.get(slug="tokens")
    give_records(alice, topic)
    full.replace("roadmaps/two_weeks.yaml", "topics: [tokens]", "topics: []")
    path = full.root / "topics/nlp/tokens.md"
    text = path.read_text(encoding="utf-8")
    path.unlink()
    load_content(full.root)
    full.write("topics/nlp/words.md", text.replace("minutes:", "was: [tokens]\nminutes:"))
    assert load_content(full.root).topics.renamed == 1
    topic.refresh_from_db()
    assert (topic.slug, topic.retired_at) == ("words", None)


def test_old_names_in_a_chain_all_lead_to_the_last(full: Folder) -> None:
    load_content(full.root)
    key = Topic.objects.get(slug="mean").pk
    rename(full)
    load_content(full.root)
    third = "topics/statistics/arithmetic_mean.md"
    full.replace(AVERAGE, "was: [mean]\n", "")
    rename(full, AVERAGE, third, "average")
    load_content(full.root)
    assert dict(Alias.objects.filter(kind="topic").values_list("slug", "target_slug")) == {
        "mean": "arithmetic-mean",
        "average": "arithmetic-mean",
    }
    assert Topic.objects.get(pk=key).slug == "arithmetic-mean"


def test_several_old_names_at_once(full: Folder) -> None:
    load_content(full.root)
    key = Topic.objects.get(slug="mean").pk
    rename(full)
    full.replace(AVERAGE, "was: [mean]", "was: [average-value, mean]")
    load_content(full.root)
    assert Topic.objects.get(pk=key).slug == "average"
    targets = Alias.objects.filter(kind="topic").values_list("slug", "target_slug")
    assert dict(targets) == {"mean": "average", "average-value": "average"}


def test_an_old_name_that_is_live_again_leads_nowhere_else(full: Folder) -> None:
    load_content(full.root)
    rename(full)
    load_content(full.root)
    full.replace(AVERAGE, "was: [mean]\n", "")
    full.topic("statistics", "mean", "Another mean")
    report = load_content(full.root)
    assert (report.topics.added, report.topics.changed) == (1, 1)
    assert not Alias.objects.filter(kind="topic").exists()
    assert Topic.objects.get(slug="mean").title == "Another mean"


def forgotten(folder: Folder) -> tuple[Any, Any]:
    """Rename a topic and forget `was` at first; return the keys of both rows."""
    load_content(folder.root)
    rename(folder)
    folder.replace(AVERAGE, "was: [mean]\n", "")
    load_content(folder.root)
    folder.replace(AVERAGE, "category: must", "category: must\nwas: [mean]")
    return Topic.objects.get(slug="mean").pk, Topic.objects.get(slug="average").pk


def test_a_forgotten_old_name_brings_the_records_back(full: Folder, alice: Any) -> None:
    old, new = forgotten(full)
    give_records(alice, Topic.objects.get(pk=old))
    before = records(alice)
    report = load_content(full.root)
    assert report.topics.renamed == 1
    assert records(alice) == before
    assert not Topic.objects.filter(pk=new).exists()
    topic = Topic.objects.get(pk=old)
    assert (topic.slug, topic.retired_at) == ("average", None)
    # What hung on the row that gave way hangs on the one that is kept.
    assert topic.questions.filter(owner=None, retired_at=None).count() == 5
    assert list(topic.exercises.values_list("slug", flat=True)) == ["running-mean"]
    assert list(topic.needed_by.values_list("slug", flat=True)) == ["t-test"]
    keys = RoadmapTask.objects.filter(topics=topic).values_list("key", flat=True)
    assert set(keys) == {"w1-read", "w1-check"}
    assert not SearchEntry.objects.filter(key=str(new)).exists()
    assert SearchEntry.objects.get(key=str(old)).address == "/library/topics/average/"
    assert load_content(full.root).topics.unchanged == 3


def test_the_row_with_records_is_the_one_that_stays(full: Folder, alice: Any) -> None:
    old, new = forgotten(full)
    give_records(alice, Topic.objects.get(pk=new))
    before = records(alice)
    load_content(full.root)
    assert records(alice) == before
    assert not Topic.objects.filter(pk=old).exists()
    assert Topic.objects.get(pk=new).slug == "average"
    assert Alias.objects.get(kind="topic", slug="mean").target_slug == "average"


@pytest.mark.parametrize("partly", [False, True])
def test_two_rows_with_records_stop_the_load(
    full: Folder, alice: Any, charlie: Any, partly: bool
) -> None:
    old, new = forgotten(full)
    give_records(alice, Topic.objects.get(pk=old))
    Star.objects.create(user=charlie, topic_id=new)
    before = records(alice)
    with pytest.raises(FaultyContentError) as error:
        load_content(full.root, partly=partly)
    assert [str(fault) for fault in error.value.faults] == [
        f"{AVERAGE}:4:6: `mean` and `average` both have learners' records, which cannot become one"
    ]
    assert records(alice) == before
    assert Star.objects.filter(topic_id=new).exists()


def test_every_kind_is_renamed_with_its_row(full: Folder, alice: Any) -> None:
    load_content(full.root)
    keys = {
        model: set(model._default_manager.values_list("pk", flat=True))
        for model in (Area, Question, Exercise, Reference, Roadmap)
    }
    plan = Plan.objects.create(
        owner=alice, title="Plan", starts_on=TODAY, roadmap=Roadmap.objects.get()
    )
    full.replace("areas.yaml", "slug: nlp", "slug: language\n  was: [nlp]")
    (full.root / "topics/nlp").rename(full.root / "topics/language")
    full.replace("questions/statistics.yaml", "mean-explain", "mean-why\n  was: [mean-explain]")
    for folder, name in (
        ("exercises", "running_mean.yaml"),
        ("references", "means_at_a_glance.md"),
    ):
        path = full.root / folder / name
        text = path.read_text(encoding="utf-8")
        slug = path.stem.replace("_", "-")
        text = text.replace("source:", f"was: [{slug}]\nsource:", 1)
        path.unlink()
        full.write(f"{folder}/new_{name}", text)
    for name in ("exercises/new_running_mean.yaml", "projects/survey_of_means.yaml"):
        text = (full.root / name).read_text(encoding="utf-8")
        text = text.replace("/means_at", "/new_means_at").replace("/running", "/new_running")
        full.write(name, text)
    text = (full.root / "roadmaps/two_weeks.yaml").read_text(encoding="utf-8")
    (full.root / "roadmaps/two_weeks.yaml").unlink()
    text = text.replace("slug: two-weeks", "slug: a-fortnight\nwas: [two-weeks]")
    full.write("roadmaps/a_fortnight.yaml", text)
    report = load_content(full.root)
    for kind in ("areas", "questions", "exercises", "references", "roadmaps"):
        counts = getattr(report, kind)
        assert (counts.renamed, counts.added, counts.retired) == (1, 0, 0), kind
    for model, before in keys.items():
        assert set(model._default_manager.values_list("pk", flat=True)) == before
    plan.refresh_from_db()
    assert plan.roadmap
    assert plan.roadmap.slug == "a-fortnight"
    assert dict(Alias.objects.values_list("slug", "target_slug")) == {
        "nlp": "language",
        "mean-explain": "mean-why",
        "running-mean": "new-running-mean",
        "means-at-a-glance": "new-means-at-a-glance",
        "two-weeks": "a-fortnight",
    }


def rename_area(folder: Folder, old: str, new: str) -> None:
    """Rename an area with its folder, with `was`, also in the roadmap's checkpoint."""
    folder.replace("areas.yaml", f"slug: {old}", f"slug: {new}\n  was: [{old}]")
    (folder.root / f"topics/{old}").rename(folder.root / f"topics/{new}")
    folder.replace("roadmaps/two_weeks.yaml", f"areas: [{old}", f"areas: [{new}")


def checkpoint_of(client: Client, plan: Plan) -> str:
    """What the plan's page says of the checkpoint of its second week."""
    page = client.get(f"/plan/?week={plan.weeks.get(number=2).pk}").content.decode()
    found = re.search(r"every one of (.*?) at 80 %", page)
    assert found
    return found[1]


@pytest.mark.parametrize("collection", ["studyplan", "theirs"])
def test_the_checkpoint_of_a_plan_follows_its_areas(
    folder: Folder, alice: Any, alice_client: Client, collection: str
) -> None:
    folder.replace("roadmaps/two_weeks.yaml", "areas: [statistics]", "areas: [statistics, nlp]")
    load_content(folder.root, collection)
    plan = create_plan(alice, Roadmap.objects.get(), TODAY, TODAY)
    assert checkpoint_of(alice_client, plan) == "Statistics, NLP"
    rename_area(folder, "statistics", "stats")
    folder.replace("areas.yaml", '"Statistics"', '"Stats"')
    load_content(folder.root, collection)
    assert checkpoint_of(alice_client, plan) == "Stats, NLP"
    folder.replace("areas.yaml", "\n  was: [statistics]", "")
    rename_area(folder, "stats", "probability")
    folder.replace("areas.yaml", '"Stats"', '"Probability"')
    load_content(folder.root, collection)
    assert checkpoint_of(alice_client, plan) == "Probability, NLP"
    Alias.objects.create(collection="other", kind="area", slug="nlp", target_slug="not-theirs")
    Alias.objects.create(collection=collection, kind="topic", slug="nlp", target_slug="a-topic")
    assert checkpoint_of(alice_client, plan) == "Probability, NLP"


def test_renames_stay_within_their_collection(full: Folder) -> None:
    load_content(full.root)
    load_content(full.root, "theirs")
    rename(full)
    report = load_content(full.root, "theirs")
    assert report.topics.renamed == 1
    assert Topic.objects.get(collection="studyplan", slug="mean").retired_at is None
    assert Alias.objects.get(kind="topic").collection == "theirs"
