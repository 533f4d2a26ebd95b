"""Every address of the site, as anonymous and as a stranger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from apps.accounts.models import Break
from apps.assessments.models import AreaResult, Assessment, Rating, Response
from apps.checks.models import Answer, Check
from apps.exchange.calendar_feed import digest_of
from apps.exchange.models import CalendarFeed
from apps.library.models import Question, Reference, Star, Topic, TopicNote
from apps.mastery.models import Card, Evidence, Memory, Source
from apps.mastery.record import record
from apps.plans import changes, work
from apps.plans.models import Criterion, Plan, Proposal, Revision, Task
from tests.conftest import TODAY
from tests.plans.conftest import now, plan, roadmap, topic

__all__ = ["now", "plan", "roadmap", "topic"]

OPEN = {"accounts:landing", "accounts:deleted", "exchange:calendar_feed", "healthz"}
# allauth and the admin hold their own doors; the former's are tested in tests/accounts.
FOREIGN = ("admin/", "accounts/")


def walk(patterns: Any, prefix: str = "", space: str = "") -> Iterator[tuple[str, str, set[str]]]:
    """Yield (address with <names>, view name, names of arguments) of the whole URLconf."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from walk(pattern.url_patterns, route, inner)
        elif isinstance(pattern, URLPattern):
            yield route, f"{space}{pattern.name}", set(pattern.pattern.converters)


ROUTES = [route for route in walk(get_resolver().url_patterns) if not route[0].startswith(FOREIGN)]


@pytest.fixture(params=["open", "finished"])
def finished_at(request: pytest.FixtureRequest) -> dt.datetime | None:
    """When Alice's check and assessments were finished; None while they are open."""
    return timezone.now() if request.param == "finished" else None


def sit(
    user: Any, kind: str, question: Question, finished_at: dt.datetime | None
) -> tuple[Assessment, Response]:
    """An assessment with a topic to rate and a question to answer."""
    sitting = Assessment.objects.create(
        user=user, kind=kind, title="x", day=TODAY, origin="sitting", finished_at=finished_at
    )
    area = question.topic.area
    AreaResult.objects.create(assessment=sitting, area=area, total=1, felt=50)
    Rating.objects.create(assessment=sitting, topic=question.topic, position=1)
    response = Response.objects.create(
        assessment=sitting, question=question, topic=question.topic, position=1
    )
    return sitting, response


# The addresses of question assessments; the others get a coverage check.
OF_QUESTIONS = ("next", "undo", "retest", "weak", "responses")


@pytest.fixture
def owned(alice: Any, plan: Plan, topic: Any, finished_at: dt.datetime | None) -> dict[str, str]:
    """One of each thing of Alice's, by the name of the argument that asks for it."""
    task = plan.tasks.get(key="read-adam")
    changes.move(task, TODAY + dt.timedelta(days=2), TODAY)
    entry = work.log_minutes(alice, task.pk, 5, TODAY)
    criterion = Criterion.objects.filter(plan=plan).first()
    week = plan.weeks.first()
    assert criterion
    assert week
    mine = Topic.objects.create(slug="mine", title="Mine", area=topic.area, owner=alice)
    asked = Question.objects.create(slug="mine", text="Mine?", topic=mine, owner=alice)
    page = Reference.objects.create(slug="mine", title="Mine", owner=alice, collection="")
    yesterday = TODAY - dt.timedelta(days=1)
    at = timezone.now() - dt.timedelta(days=1)
    record(alice, [(mine.pk, 50)], source=Source.CHECK, source_id=None, at=at, day=yesterday)
    check = Check.objects.create(
        user=alice, day=TODAY, kind="taken", number=1, size=1, finished_at=finished_at
    )
    answer = Answer.objects.create(check_taken=check, topic=mine, question=asked)
    coverage, _ = sit(alice, "coverage", asked, finished_at)
    questions, response = sit(alice, "questions", asked, finished_at)
    CalendarFeed.objects.create(user=alice, digest=digest_of("a-token"))
    one = "assessments/<uuid:assessment_id>"
    return {
        **{f"{one}/{name}/": f"assessments/{questions.pk}/{name}/" for name in OF_QUESTIONS},
        "library/topics/<uuid:pk>": f"library/topics/{mine.pk}",
        "readiness/topic/<uuid:pk>": f"readiness/topic/{mine.pk}",
        "library/questions/<uuid:pk>": f"library/questions/{asked.pk}",
        "library/references/<uuid:pk>": f"library/references/{page.pk}",
        "library/pages/<uuid:pk>": f"library/pages/{page.pk}",
        "collection": "elsewhere",
        "task_id": str(task.pk),
        "topic_id": str(mine.pk),
        "work_id": str(entry.pk),
        "plan_id": str(plan.pk),
        "week_id": str(week.pk),
        "criterion_id": str(criterion.pk),
        "revision_id": str(Revision.objects.get(kind="move").pk),
        "break_id": str(Break.objects.create(user=alice, first_day=TODAY, last_day=TODAY).pk),
        "check_id": str(check.pk),
        "answer_id": str(answer.pk),
        "assessment_id": str(coverage.pk),
        "response_id": str(response.pk),
        "proposal_id": str(
            Proposal.objects.create(
                user=alice,
                topic=topic,
                kind="study",
                minutes=30,
                source_id=task.pk,
                prompted_by="A check",
                day=TODAY,
            ).pk
        ),
        "token": "a-token",
        "slug": "no-such-thing",
        "day": str(TODAY),
    }


def address(route: str, owned: dict[str, str]) -> str:
    """Fill a route's arguments with Alice's things."""
    for name, value in owned.items():
        route = route.replace(name, value) if "<" in name else route
        for kind in ("uuid", "str", "slug"):
            route = route.replace(f"<{kind}:{name}>", value)
    assert "<" not in route, f"tests/test_urls.py knows nothing for {route}"
    return f"/{route}"


def state() -> dict[str, Any]:
    """Return what a stranger could have changed."""
    return {
        model.__name__: list(model.objects.order_by("pk").values())  # type: ignore[attr-defined] # models have managers
        for model in (
            *(Plan, Task, Criterion, Revision, Break, Check, Assessment),
            *(Topic, Question, Reference, Star, TopicNote, Evidence, Proposal),
            *(Answer, AreaResult, Rating, Response, Card, Memory),
        )
    }


def test_there_is_something_to_walk() -> None:
    assert len(ROUTES) > 30


def test_anonymous_is_sent_to_sign_in_everywhere(client: Client, owned: dict[str, str]) -> None:
    before = state()
    for route, name, _ in ROUTES:
        for method in (client.get, client.post):
            answer = method(address(route, owned))
            if name in OPEN:
                assert answer.status_code in (200, 405), (name, answer.status_code)
            else:
                assert answer.status_code == 302, (name, answer.status_code)
                assert answer["Location"].startswith("/accounts/login/"), name
    assert state() == before


def test_a_stranger_gets_404_for_everything_of_alices(
    charlie_client: Client, owned: dict[str, str]
) -> None:
    before = state()
    asked = 0
    for route, name, arguments in ROUTES:
        if not {each for each in arguments if each == "pk" or each.endswith("_id")}:
            continue
        asked += 1
        answers = {
            method(address(route, owned)).status_code
            for method in (charlie_client.get, charlie_client.post)
        }
        assert answers <= {404, 405}, (name, answers)
        assert 404 in answers, name
    assert asked > 15
    assert state() == before


def test_an_unknown_slug_is_404(alice_client: Client, owned: dict[str, str]) -> None:
    for route, name, arguments in ROUTES:
        if arguments in ({"slug"}, {"collection", "slug"}):
            assert alice_client.get(address(route, owned)).status_code == 404, name


def test_no_address_fails_for_its_owner(alice_client: Client, owned: dict[str, str]) -> None:
    for route, name, _ in ROUTES:
        answer = alice_client.get(address(route, owned))
        assert answer.status_code < 500, name
        if answer.status_code == 200 and name not in ("healthz", "exchange:calendar_feed"):
            assert "no-store" in answer.headers["Cache-Control"], name
