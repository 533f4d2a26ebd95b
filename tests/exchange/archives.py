"""A learner who has one of everything, and what becomes of their export elsewhere."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.utils import timezone

from apps.accounts.models import Break, User
from apps.assessments.models import AreaResult, Assessment, Rating, Response
from apps.checks.log import Answered, log_result
from apps.checks.models import Answer, Check
from apps.exchange.archive_read import Archive, read_archive
from apps.exchange.archive_write import export_learner
from apps.exchange.models import FileBox, PlanFile
from apps.library.models import Question, Reference, Star, Topic, TopicNote
from apps.library.writing.notes import save_note, set_star
from apps.library.writing.pages import add_page
from apps.library.writing.questions import add_question
from apps.library.writing.topics import add_topic
from apps.mastery.models import Card, Evidence, Memory, Source
from apps.mastery.record import record, snooze
from apps.plans import changes, work
from apps.plans.build import create_plan
from apps.plans.models import Criterion, DayLog, Plan, Proposal, Revision, Task, Timer, Work
from tests.conftest import TODAY, make_learner

MADE_AT = dt.datetime(2026, 11, 18, 9, tzinfo=dt.UTC)
YESTERDAY = TODAY - dt.timedelta(days=1)
MODELS = (
    *(Break, Topic, Question, Reference, TopicNote, Star, DayLog, Plan, Task, Criterion, Work),
    *(Timer, Revision, PlanFile, FileBox, Evidence, Assessment, AreaResult, Rating, Response),
    *(Check, Answer, Proposal, Memory, Card),
)


def fill(user: User, roadmap: Any, topic: Topic) -> Plan:
    """Give a learner one of everything at least; return their plan."""
    now = timezone.now()
    said = {"text": "Why scale the columns?", "answer": "Distances.", "topic": topic}
    question, _ = Question.objects.get_or_create(slug="why-scale", owner=None, defaults=said)
    Break.objects.create(user=user, first_day=TODAY, last_day=TODAY, label="Dentist")
    mine = add_topic(user, Topic(title="Tea ceremony", area=topic.area, body="**Hot** water."))
    mine.prerequisites.add(topic)
    asked = add_question(user, Question(text="How hot?", answer="90 °C", topic=mine))
    add_page(user, Reference(title="Kinds of tea", body="# Green\n\nSencha"), [topic.pk, mine.pk])
    save_note(user, topic, "Ties are broken *by chance*.", 0)
    save_note(user, mine, "Whisk it.", 0)
    set_star(user, topic, starred=True)
    plan = _plan(user, roadmap)
    _sittings(user, topic, question, asked)
    task = plan.tasks.get(key="check-1")
    log_result(
        user, day=YESTERDAY, at=now, answers=[Answered(topic.pk, 40), Answered(mine.pk, 80)],
        said_total=None, note="It went *well*.",
    )  # fmt: skip
    check = Check.objects.create(
        user=user, kind="taken", day=TODAY, number=1, size=2, task=task, said_total="86.5"
    )
    (proof,) = record(
        user, [(mine.pk, 60)], source=Source.CHECK, source_id=check.pk, at=now, day=TODAY
    )
    answer = {"check_taken": check, "score": 60, "at": now, "day": TODAY, "evidence": proof}
    Answer.objects.create(**answer, topic=mine, question=asked, position=0, text="Hot.")
    Answer.objects.create(check_taken=check, topic=topic, question=question, position=1)
    record(user, [(topic.pk, 100)], source=Source.RATING, source_id=None, at=now, day=TODAY)
    Proposal.objects.create(
        user=user, topic=topic, kind="study", minutes=30, source_id=check.pk, question=question,
        prompted_by="A check", day=TODAY,
    )  # fmt: skip
    snooze(user, topic.pk, TODAY + dt.timedelta(days=3))
    return plan


def _plan(user: User, roadmap: Any) -> Plan:
    old = create_plan(user, roadmap, TODAY, TODAY)
    Plan.objects.filter(pk=old.pk).update(deleted_at=timezone.now())
    plan = create_plan(user, roadmap, TODAY, TODAY)
    task = plan.tasks.get(key="read-adam")
    work.log_minutes(user, task.pk, 5, TODAY)
    work.tick(user, task.pk, TODAY, timezone.now(), None)
    work.save_note(user, task.pk, "Momentum and **scale**.", seen="")
    work.save_day_log(user, TODAY, "Adam", "A good day", None)
    work.start_timer(user, plan.tasks.get(key="kmeans").pk)
    work.meet_criteria(user, [Criterion.objects.filter(plan=plan)[0].pk], TODAY)
    changes.move(plan.tasks.get(key="code-knn"), TODAY + dt.timedelta(days=2), TODAY)
    changes.skip(plan.tasks.get(key="sheet"), "Have one.", TODAY)
    file = PlanFile.objects.create(
        plan=plan, name="plan.md", text="# Plan\r\n- [ ] Read about Adam\r\n"
    )
    FileBox.objects.create(file=file, task=task, line=1, title=task.title, minutes=20, day=task.day)
    return plan


def _sittings(user: User, topic: Topic, question: Question, asked: Question) -> None:
    now = timezone.now()
    coverage = Assessment.objects.create(
        user=user, kind="coverage", title="Coverage", day=YESTERDAY, finished_at=now,
        origin="sitting", asked_for={"areas": [topic.area.slug]}, said_overall="55.5",
    )  # fmt: skip
    (proof,) = record(
        user, [(topic.pk, 50)], source=Source.RATING, source_id=coverage.pk, at=now, day=YESTERDAY
    )
    Rating.objects.create(
        assessment=coverage, topic=topic, value="unsure", evidence=proof, at=now, day=YESTERDAY
    )
    AreaResult.objects.create(assessment=coverage, area=topic.area, total=1, middle=1, felt=70)
    first = Assessment.objects.create(
        user=user, kind="questions", title="Questions", day=YESTERDAY, finished_at=now,
        origin="sitting",
    )  # fmt: skip
    (proof,) = record(
        user, [(topic.pk, 30)], source=Source.QUESTION, source_id=first.pk, at=now, day=YESTERDAY
    )
    response = Response.objects.create(
        assessment=first, question=question, topic=topic, position=1, score=30, evidence=proof,
        text="Because.", at=now, day=YESTERDAY,
    )  # fmt: skip
    again = Assessment.objects.create(
        user=user, kind="questions", title="Again", day=TODAY, origin="retest", before=first,
        below=80, asked_for={"of": "Questions", "before": {str(question.pk): [30, str(YESTERDAY)]}},
    )  # fmt: skip
    Response.objects.create(
        assessment=again, question=question, topic=topic, position=1, before=response
    )
    Response.objects.create(
        assessment=again, question=asked, topic=asked.topic, position=2, score=90, day=TODAY, at=now
    )


def exported(user: User) -> dict[str, Any]:
    """Return what the learner's file says."""
    made: dict[str, Any] = json.loads(export_learner(user, MADE_AT))
    return made


def without_identity(archive: dict[str, Any]) -> dict[str, Any]:
    """Return an export without whose it is."""
    return {name: it for name, it in archive.items() if name != "learner"}


def read(archive: dict[str, Any]) -> Archive:
    """Return an export as it is read from its file."""
    return read_archive(json.dumps(archive).encode())


def moved_out(user: User) -> dict[str, Any]:
    """Return the learner's export, and delete the learner: what is left is another instance."""
    archive = exported(user)
    user.delete()
    return archive


def newcomer(**fields: Any) -> Any:
    """Return a learner who has nothing yet."""
    return make_learner("new@example.com", name="New", **fields)


def counts() -> dict[str, int]:
    """Return how many rows there are of everything."""
    return {model.__name__: model._default_manager.count() for model in MODELS}
