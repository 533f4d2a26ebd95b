"""The admin shows content, accounts and counts; never what a learner wrote for themselves."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Break, User
from apps.assessments.models import Assessment, Rating, Response
from apps.checks.models import Answer, Check
from apps.library.load import load_content
from apps.library.models import (
    Alias,
    Area,
    Exercise,
    ProjectIdea,
    Question,
    Reference,
    Roadmap,
    Topic,
)
from apps.mastery.models import Evidence
from apps.plans.models import DayLog, Plan, PlanDay, PlanWeek, Proposal, Revision, Task
from tests.library.conftest import Folder

pytestmark = pytest.mark.django_db

SECRET = "PRIVATE-WORDS"
DAY = dt.date(2026, 11, 18)
CONTENT = [Area, Topic, Question, Exercise, ProjectIdea, Reference, Roadmap, Alias]
MODELS = [User, *CONTENT, Plan, Assessment, Check, Authenticator]


@pytest.fixture
def staff(db: None) -> Any:
    return User.objects.create_superuser("staff@example.com", "correct horse battery")


@pytest.fixture
def staff_client(staff: Any) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def write_privately(user: User) -> None:
    """A plan, a check and everything a learner can write, with SECRET in each text."""
    area = Area.objects.get(slug="nlp")
    plan = Plan.objects.create(owner=user, title="My plan", starts_on=DAY)
    week = PlanWeek.objects.create(plan=plan, number=1, title=SECRET, goal=SECRET)
    day = PlanDay.objects.create(week=week, position=1, title=SECRET, goal=SECRET)
    Task.objects.create(plan=plan, day=day, position=1, title=SECRET, minutes=30, note=SECRET)
    DayLog.objects.create(user=user, day=DAY, learned=SECRET, result=SECRET)
    Revision.objects.create(plan=plan, kind="edit", what=SECRET, reason=SECRET, version=1, day=DAY)
    Break.objects.create(user=user, first_day=DAY, last_day=DAY, label=SECRET)
    own = Topic.objects.create(owner=user, slug="own", title=SECRET, body=SECRET, area=area)
    asked = Question.objects.create(owner=user, slug="own", topic=own, text=SECRET, answer=SECRET)
    Reference.objects.create(owner=user, slug="own", title=SECRET, body=SECRET)
    evidence = Evidence.objects.create(user=user, topic=own, source="check", score=80, day=DAY)
    check = Check.objects.create(user=user, day=DAY, note=SECRET)
    said = {"topic": own, "question": asked, "text": SECRET, "note": SECRET}
    Answer.objects.create(check_taken=check, score=80, evidence=evidence, **said)
    Answer.objects.create(check_taken=check, position=1, **said)
    sitting = Assessment.objects.create(
        user=user, kind="coverage", title="Stats", day=DAY, note=SECRET, asked_for={"x": SECRET}
    )
    Rating.objects.create(assessment=sitting, topic=own, said=SECRET)
    Response.objects.create(assessment=sitting, position=1, score=40, **said)
    Proposal.objects.create(
        user=user,
        topic=own,
        kind="study",
        minutes=5,
        source_id=sitting.pk,
        prompted_by=SECRET,
        day=DAY,
    )
    Authenticator.objects.create(user=user, type="totp", data={"secret": SECRET})


@pytest.fixture
def written(full: Folder, alice: Any) -> Any:
    load_content(full.root)
    write_privately(alice)
    Alias.objects.create(kind="topic", slug="average", target_slug="mean")
    return alice


def address(model: Any, page: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", MODELS)
def test_pages_open_for_staff_and_show_nothing_private(
    model: Any, written: Any, staff_client: Client
) -> None:
    words = "a" if model in CONTENT else "alice"
    for query in ({}, {"q": words}):
        page = staff_client.get(address(model), query)
        assert page.status_code == 200
        assert SECRET not in page.content.decode()
    shown = page.context["cl"].queryset
    assert shown
    for row in shown:
        page = staff_client.get(address(model, "change", row.pk))
        assert page.status_code == 200
        assert SECRET not in page.content.decode()
        assert staff_client.get(address(model, "history", row.pk)).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_others_are_sent_to_sign_in(model: Any, alice_client: Client, client: Client) -> None:
    for stranger in (alice_client, client):
        assert stranger.get(address(model)).status_code == 302


@pytest.mark.parametrize("model", [*CONTENT[:-1], Plan, Assessment, Check])
def test_what_is_only_shown_is_not_changed(model: Any, written: Any, staff_client: Client) -> None:
    assert staff_client.get(address(model, "add")).status_code == 403
    owned = model in (Topic, Question, Reference)
    row = model._default_manager.filter(**({"owner": None} if owned else {})).first()
    assert staff_client.post(address(model, "change", row.pk), {}).status_code == 403
    assert staff_client.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403


def test_nothing_of_a_learner_but_the_named_models_is_registered() -> None:
    ours = {model for model in admin.site._registry if model.__module__.startswith("apps.")}
    assert ours == {User, *CONTENT, Plan, Assessment, Check}


@pytest.mark.parametrize("model", [Topic, Question, Reference])
def test_own_things_are_not_there(model: Any, written: Any, staff_client: Client) -> None:
    own = model.objects.get(owner=written)
    page = staff_client.get(address(model, "change", own.pk))
    assert page.status_code == 302  # Django's answer to a row that is not there
    assert staff_client.get(address(model), {"q": "own"}).context["cl"].result_count == 0


@pytest.mark.parametrize(
    ("model", "lookup"),
    [
        (Check, "note__startswith"),
        (Assessment, "note__startswith"),
        (Plan, "tasks__note__startswith"),
        (User, "plans__tasks__note__startswith"),
        (Topic, "plan_tasks__note__startswith"),
        (Question, "topic__notes__text__startswith"),
        (Reference, "topics__notes__text__startswith"),
        (Authenticator, "data__secret__startswith"),
    ],
)
def test_private_words_cannot_be_guessed_through_addresses(
    model: Any, lookup: str, written: Any, staff_client: Client
) -> None:
    assert staff_client.get(address(model), {lookup: SECRET[:3]}).status_code == 400


def test_counts_are_shown_in_queries_that_do_not_grow(
    written: Any, charlie: Any, staff_client: Client
) -> None:
    def pages() -> list[int]:
        numbers = []
        for model in MODELS:
            with CaptureQueriesContext(connection) as queries:
                staff_client.get(address(model))
            numbers.append(len(queries))
        return numbers

    pages()
    before = pages()
    for number in range(8):
        write_privately(User.objects.create_user(f"learner{number}@example.com"))
    assert pages() == before
    row = staff_client.get(address(User), {"q": "alice"}).context["cl"].result_list[0]
    assert (row.plan_count, row.check_count) == (1, 1)
    roadmap = staff_client.get(address(Roadmap)).context["cl"].result_list[0]
    assert (roadmap.week_count, roadmap.task_count) == (2, 4)
    plan = staff_client.get(address(Plan), {"q": "alice"}).context["cl"].result_list[0]
    assert (plan.week_count, plan.task_count, plan.done_count) == (1, 1, 0)


def test_what_was_not_answered_yet_is_not_counted(written: Any, staff_client: Client) -> None:
    check = staff_client.get(address(Check)).context["cl"].result_list[0]
    assert check.answer_count == 1
    sitting = staff_client.get(address(Assessment)).context["cl"].result_list[0]
    assert (sitting.rating_count, sitting.response_count) == (0, 1)
    Rating.objects.update(value="know")
    Check.objects.update(kind="taken")
    for model, words in ((Check, "Knowledge check"), (Assessment, "From elsewhere")):
        page = staff_client.get(address(model)).content.decode()
        assert words in page
        assert "icon-no.svg" in page
        model.objects.update(finished_at=timezone.now())
        assert "icon-yes.svg" in staff_client.get(address(model)).content.decode()
    sitting = staff_client.get(address(Assessment)).context["cl"].result_list[0]
    assert sitting.rating_count == 1
    for model in (Check, Assessment):
        model.objects.update(deleted_at=timezone.now())
        assert staff_client.get(address(model)).context["cl"].result_count == 0


def test_a_learner_is_added_with_an_address(staff_client: Client) -> None:
    data = {"email": "New@Example.com", "usable_password": "true"}
    passwords = {"password1": "a long enough one", "password2": "a long enough one"}
    page = staff_client.post(address(User, "add"), data | passwords)
    assert page.status_code == 302
    learner = User.objects.get(email="new@example.com")
    assert learner.check_password("a long enough one")
    page = staff_client.post(address(User, "add"), data | passwords)
    assert page.status_code == 200
    assert "There is a learner with this address." in page.content.decode()


def test_a_learner_is_changed(alice: Any, charlie: Any, staff_client: Client) -> None:
    data = {"email": "Alice2@example.com", "level": "mid", "time_zone": "UTC", "is_active": "on"}
    assert staff_client.post(address(User, "change", alice.pk), data).status_code == 302
    alice.refresh_from_db()
    assert (alice.email, alice.level) == ("alice2@example.com", "mid")
    data["email"] = "CHARLIE@example.com"
    assert staff_client.post(address(User, "change", alice.pk), data).status_code == 200


def test_deleting_a_learner_tells_numbers_and_no_texts(written: Any, staff_client: Client) -> None:
    page = staff_client.get(address(User, "delete", written.pk))
    assert page.status_code == 200
    text = page.content.decode()
    assert SECRET not in text
    assert "<li>Tasks: 1</li>" in text
    action = {"action": "delete_selected", "_selected_action": [str(written.pk)]}
    assert SECRET not in staff_client.post(address(User), action).content.decode()
    staff_client.post(address(User, "delete", written.pk), {"post": "yes"})
    assert not User.objects.filter(pk=written.pk).exists()
    assert not Topic.objects.filter(slug="own").exists()


def test_a_second_factor_can_be_taken_away(written: Any, staff_client: Client) -> None:
    factor = Authenticator.objects.get()
    staff_client.post(address(Authenticator, "delete", factor.pk), {"post": "yes"})
    assert not Authenticator.objects.exists()
