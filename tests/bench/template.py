"""One learner's weeks, made by the functions the pages use: what all others are copied from."""

from __future__ import annotations

import datetime as dt
import random
import uuid

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import WEEKDAYS, User
from apps.assessments import questions
from apps.assessments.models import AreaResult, Assessment, Response
from apps.checks.models import Answer, Check
from apps.library.models import (
    Area,
    Category,
    Question,
    QuestionKind,
    Roadmap,
    RoadmapDay,
    RoadmapTask,
    RoadmapWeek,
    Topic,
)
from apps.mastery.models import Source
from apps.mastery.record import record
from apps.plans import work
from apps.plans.build import create_plan
from apps.plans.models import Criterion, Plan, Task
from tests.bench import outline


@transaction.atomic
def make_learner() -> User:
    """Return a learner in the fifth of twelve weeks: work done, checks taken, six tasks late, an
    assessment finished, and a check of which nothing is answered yet."""
    rng = random.Random(outline.VERSION)
    topics = _library(rng)
    roadmap = _roadmap(topics)
    learner = User.objects.create_user(
        "learner-0@bench.example",
        "correct horse battery",
        name="Learner",
        onboarded_at=timezone.now(),
        interview_on=outline.TODAY + dt.timedelta(days=70),
        **dict.fromkeys(WEEKDAYS, outline.MINUTES_A_DAY),
    )
    plan = create_plan(learner, roadmap, outline.STARTS_ON, outline.STARTS_ON)
    _study(learner, plan)
    _be_tested(learner, topics[: outline.TESTED_TOPICS], rng)
    _be_assessed(learner, topics[: outline.ASSESSED], rng)
    _be_asked(learner, topics[10 : 10 + outline.CHECK_SIZE])
    return learner


def _library(rng: random.Random) -> list[Topic]:
    topics = []
    for number in range(1, outline.AREAS + 1):
        area = Area.objects.create(
            slug=f"area-{number}", title=f"Area of study {number}", position=number
        )
        topics += [
            Topic(
                slug=f"topic-{number}-{position}",
                title=f"Topic {position} of area {number}",
                area=area,
                position=position,
                category=rng.choice(Category.values),
                body_html=f"<p>{'What can be asked about it. ' * 40}</p>",
            )
            for position in range(1, outline.TOPICS_AN_AREA + 1)
        ]
    rng.shuffle(topics)
    Topic.objects.bulk_create(topics)
    Question.objects.bulk_create(
        Question(
            slug=f"{topic.slug}-why",
            topic=topic,
            kind=QuestionKind.values[number % 3],
            level="senior",
            is_standing=number < outline.ASSESSED,
            text=f"Why is {topic.title} asked?",
            text_html=f"<p>Why is {topic.title} asked?</p>",
            answer_html=f"<p>{'What a good answer says of it. ' * 20}</p>",
        )
        for number, topic in enumerate(topics)
    )
    return topics


def _roadmap(topics: list[Topic]) -> Roadmap:
    roadmap = Roadmap.objects.create(slug="bench", title="Twelve weeks of machine learning")
    number = 0
    for week_number in range(1, outline.WEEKS + 1):
        week = RoadmapWeek.objects.create(
            roadmap=roadmap,
            number=week_number,
            phase=f"Phase {(week_number + 2) // 3}",
            title=f"What week {week_number} is about",
            goal="Hold the foundations well enough to explain them without notes",
            criteria=["All checks of the week at 80 % or more", "One project step is pushed"],
            readiness_gain=3,
        )
        for position, count in enumerate(outline.TASKS_A_DAY, 1):
            day = RoadmapDay.objects.create(
                week=week,
                position=position,
                title=f"Day {position}: a subject and its practice",
                goal="Know when it works, when it fails, and why",
                criteria=["Can explain it in two minutes"],
            )
            for minutes in outline.MINUTES[count]:
                _task(roadmap, day, number, minutes, topics)
                number += 1
    if number != outline.TASKS:
        raise AssertionError(f"{number} tasks were made")
    return roadmap


def _task(
    roadmap: Roadmap, day: RoadmapDay, number: int, minutes: int, topics: list[Topic]
) -> None:
    topic = topics[number % len(topics)]
    way = number % len(outline.TITLES)
    task = RoadmapTask.objects.create(
        roadmap=roadmap,
        day=day,
        key=f"task-{number}",
        position=number,
        title=outline.TITLES[way].format(topic.title),
        session=outline.SESSIONS[way],
        kind=outline.KINDS[way],
        priority="should" if number % 4 == 3 else "must",
        minutes=minutes,
        detail="Work through it with **pen and paper**." if number % 3 == 0 else "",
        links=[
            {"title": "Lecture notes", "url": "https://example.org/notes", "site": "example.org"}
        ]
        if number % 5 == 0
        else [],
    )
    task.topics.add(topic, *([topics[(number + 7) % len(topics)]] if number % 3 == 0 else []))


def _study(learner: User, plan: Plan) -> None:
    """Tick what lies behind but some, and the first task of today; write a line a day."""
    planned = Task.objects.filter(plan=plan, parts__day__lte=outline.TODAY)
    ticked_today = False
    for number, (task, day) in enumerate(
        planned.order_by("position").values_list("pk", "parts__day"), 1
    ):
        if day == outline.TODAY:
            if ticked_today:
                break
            ticked_today = True
        elif number % outline.LEFT_OPEN == 0:
            continue
        work.tick(learner, task, day, at=_evening(day))
        if number % 10 == 0:
            work.save_note(learner, task, "Went well; *see the sheet*.", "")
    day = outline.STARTS_ON
    while day < outline.TODAY:
        work.save_day_log(learner, day, "What I **learned** today.", "Went as planned", None)
        day += dt.timedelta(days=1)
    Criterion.objects.filter(day__tasks__parts__day__lt=outline.TODAY).update(
        met_on=outline.TODAY, met_at=_evening(outline.TODAY)
    )


def _be_tested(learner: User, topics: list[Topic], rng: random.Random) -> None:
    """Every topic once or twice, by a check of ten or by the learner's own rating."""
    days = (outline.TODAY - outline.STARTS_ON).days
    for start in range(0, len(topics), 10):
        for round_ in range(1 + start % 20 // 10):
            day = outline.STARTS_ON + dt.timedelta(
                days=min((start * days) // len(topics) + 6 * round_, days - 1)
            )
            scores = [(topic.pk, rng.randrange(35, 101)) for topic in topics[start : start + 10]]
            source = Source.RATING if start % 50 == 0 else Source.CHECK
            record(
                learner, scores, source=source, source_id=uuid.uuid4(), at=_evening(day), day=day
            )


def _questions(topics: list[Topic]) -> list[Question]:
    """Return the question of each topic, in the topics' order."""
    of_topic = {question.topic_id: question for question in Question.objects.all()}
    return [of_topic[topic.pk] for topic in topics]


def _be_assessed(learner: User, topics: list[Topic], rng: random.Random) -> None:
    """A finished assessment of a question a topic. Its answers are no evidence here: readiness is
    measured against what checks and ratings left, as before."""
    day = outline.STARTS_ON
    sitting = Assessment.objects.create(
        user=learner,
        kind=Assessment.Kind.QUESTIONS,
        origin=Assessment.Origin.SITTING,
        title=f"{len(topics)} standing questions",
        day=day,
        at=_evening(day),
    )
    Response.objects.bulk_create(
        Response(
            assessment=sitting,
            question=question,
            topic_id=question.topic_id,
            position=position,
            score=rng.choice((100, 75, 50, 25)),
            seconds=rng.randrange(20, 200),
            at=_evening(day),
            day=day,
        )
        for position, question in enumerate(_questions(topics), 1)
    )
    AreaResult.objects.bulk_create(
        [
            AreaResult(
                assessment=sitting, area_id=area, position=position, felt=60 if area else None
            )
            for position, area in enumerate([None, *sorted({topic.area_id for topic in topics})])
        ]
    )
    if not questions.finish(learner, sitting, _evening(day)):
        raise AssertionError("the assessment could not be finished")


def _be_asked(learner: User, topics: list[Topic]) -> None:
    """A check of today that is open; its topics were asked before, as a review's are."""
    check = Check.objects.create(
        user=learner,
        kind=Check.Kind.TAKEN,
        day=outline.TODAY,
        at=timezone.now(),
        number=1,
        size=len(topics),
    )
    Answer.objects.bulk_create(
        Answer(
            check_taken=check,
            topic_id=question.topic_id,
            question=question,
            position=position,
            is_review=position % 3 == 2,
        )
        for position, question in enumerate(_questions(topics))
    )


def _evening(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(19), dt.UTC)
