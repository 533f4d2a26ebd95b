"""The demo learner: what the story leaves behind, on the real content."""

from __future__ import annotations

import datetime as dt
import stat
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.assessments.models import Assessment, Rating
from apps.assessments.result import result
from apps.checks.models import Answer, Check
from apps.dashboard.views import days_in_a_row
from apps.exchange.demo import EMAIL, load_story
from apps.library.models import (
    Area,
    Exercise,
    ProjectIdea,
    Question,
    Reference,
    Roadmap,
    SearchEntry,
    Topic,
)
from apps.mastery.models import Card, Evidence, Memory
from apps.mastery.readiness import readiness
from apps.mastery.record import rebuild
from apps.mastery.standing import standings
from apps.plans.agenda import load_agenda
from apps.plans.models import Criterion, DayLog, Part, Plan, Proposal, Revision, Task, Work
from apps.plans.outline import load_weeks

HISTORY = Path(__file__).parents[2] / "fixtures" / "demo" / "history.yaml"
TODAY = dt.date(2026, 11, 18)
NOW = dt.datetime(2026, 11, 18, 9, tzinfo=dt.UTC)
# What stands on topics, and has to go before them.
PLACED = (Question, Exercise, ProjectIdea, Reference, Roadmap, SearchEntry)
TOTALS = ["88.0", "98.5", "80.8", "98.0", "99.0", "97.5", "99.6", "99.5", "86.5", "92.0"]


def create(path: Path, *options: str) -> str:
    said = StringIO()
    call_command("create_demo", "--password-file", str(path), *options, stdout=said)
    return said.getvalue()


@pytest.fixture(scope="module")
def kept(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The content and the demo learner, made once; the file that keeps the password."""
    path = tmp_path_factory.mktemp("demo") / "var" / "demo-password"
    with django_db_blocker.unblock():
        call_command("load_content", verbosity=0)
        with time_machine.travel(NOW, tick=False):
            said = create(path)
        assert said == f"{EMAIL} made; the password is in {path}\n"
        yield path
        User.objects.filter(email=EMAIL).delete()
        for model in (*PLACED, Topic, Area):
            model._default_manager.all().delete()


@pytest.fixture
def now() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def demo(kept: Path, now: Any, db: None) -> User:
    return User.objects.get(email=EMAIL)


@pytest.fixture
def plan(demo: User) -> Plan:
    return Plan.objects.get(owner=demo)


def test_the_learner_is_set_up(demo: User, plan: Plan) -> None:
    assert (demo.level, demo.time_zone) == ("senior", "UTC")
    assert demo.interview_on == TODAY + dt.timedelta(days=67)
    assert demo.onboarded_at == demo.joined_at == plan.created_at
    assert plan.starts_on == TODAY - dt.timedelta(days=15)
    assert (demo.is_staff, demo.is_superuser) == (False, False)
    address = EmailAddress.objects.get(user=demo)
    assert (address.email, address.verified, address.primary) == (EMAIL, True, True)


def test_the_kept_password_signs_in(demo: User, kept: Path) -> None:
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [entry.name for entry in kept.parent.iterdir()] == ["demo-password"]
    client = Client()
    password = kept.read_text(encoding="utf-8").strip()
    answer = client.post(reverse("account_login"), {"login": EMAIL, "password": password})
    assert (answer.status_code, answer["Location"]) == (302, "/today/")
    page = client.get("/today/").content.decode()
    assert "Reading and writing basic PyTorch" in page
    assert "Carried over" not in page
    assert "9 study days in a row" in page


def test_today_is_week_three_day_two(demo: User, plan: Plan) -> None:
    agenda = load_agenda(plan, TODAY)
    assert [group.name for group in agenda.groups] == ["study", "practice"]
    assert agenda.lead is not None
    assert agenda.lead.title == "Work through the PyTorch quickstart"
    assert {row.late_from for row in agenda.rows} == {None}
    assert (agenda.total.planned, agenda.total.done) == (90, 0)
    assert days_in_a_row(demo, TODAY) == 9


def test_the_first_two_weeks_are_done(plan: Plan) -> None:
    weeks = load_weeks(plan)
    assert [(week.finished, week.tasks, week.skipped) for week in weeks[:4]] == [
        (29, 29, 6),
        (40, 40, 0),
        (5, 36, 0),
        (0, 4, 0),
    ]
    assert not any(week.finished for week in weeks[3:])
    begun = Task.objects.filter(plan=plan, status=Task.Status.TODO)
    assert begun.filter(day__week__number__lte=2).count() == 0
    assert begun.order_by("position")[0].day.title == "Reading and writing basic PyTorch"
    last = Part.objects.filter(plan=plan).order_by("-day")[0].day
    assert plan.owner.interview_on is not None
    assert last <= plan.owner.interview_on


def test_past_days_hold_what_was_done_on_them(plan: Plan) -> None:
    parts = Part.objects.filter(plan=plan, day__lt=TODAY).exclude(task__status="skipped")
    assert parts.count() == 74
    for part in parts.select_related("task"):
        assert (part.task.status, part.task.done_on, part.minutes) == (
            "done",
            part.day,
            part.task.minutes,
        )
    assert not Part.objects.filter(plan=plan, day__gte=TODAY, task__status="done").exists()


def test_minutes_are_the_actual_ones(demo: User, plan: Plan) -> None:
    told = load_story(HISTORY)
    spent = sum(done.minutes for day in told.days for done in day.done)
    assert Work.objects.filter(user=demo).aggregate(Sum("minutes"))["minutes__sum"] == spent
    again = plan.tasks.get(key="w1-logistic-regression-again")
    assert again.minutes == 50
    assert [(row.minutes, row.origin) for row in again.work.all()] == [(15, "typed")]
    assert "60 -&gt; 15 minutes" in again.note_html


def test_the_ten_totals_are_on_their_days(demo: User, client: Client) -> None:
    checks = list(Check.objects.filter(user=demo).order_by("day"))
    assert [check.said_total for check in checks] == [Decimal(total) for total in TOTALS]
    back = [(TODAY - check.day).days for check in checks]
    assert back == [12, 11, 8, 7, 6, 5, 4, 3, 2, 1]
    assert Answer.objects.filter(check_taken__user=demo).count() == 65
    assert all(check.at.date() == check.day for check in checks)
    client.force_login(demo)
    page = client.get("/checks/").content.decode()
    assert all(f"reported {total} %" in page.replace("\n", " ") for total in TOTALS)


def test_the_four_assessments_say_their_figures(demo: User, client: Client) -> None:
    taken = list(Assessment.objects.filter(user=demo).order_by("day"))
    assert [(sitting.kind, (TODAY - sitting.day).days) for sitting in taken] == [
        ("questions", 9),
        ("coverage", 8),
        ("coverage", 4),
        ("coverage", 3),
    ]
    overall, *areas = [*result(taken[0].results.all()).lines]
    assert (overall.area_slug, overall.measured, len(areas)) == ("ml-fundamentals", 95, 8)
    shown = [result(sitting.results.all()).overall for sitting in taken]
    assert [line.marks.total for line in shown if line and line.marks] == [189, 76, 30, 43]
    assert shown[0] is not None
    assert (shown[0].readiness, shown[0].from_shares) == (Decimal("74.6"), 75)
    assert shown[3] is not None
    assert (shown[3].known_of_all, shown[3].known_of_marked) == (
        Decimal("18.6"),
        Decimal("19.5"),
    )
    assert Rating.objects.filter(assessment__user=demo).count() == 34
    client.force_login(demo)
    pages = [
        client.get(reverse("assessments:detail", args=[sitting.pk])).content.decode()
        for sitting in taken
    ]
    assert "74.6 %" in pages[0]
    assert "104" in pages[0]
    assert "83.3 %" in pages[2]
    assert "18.6 %" in pages[3]


def test_what_the_last_coverage_check_left_open_is_proposed(demo: User, client: Client) -> None:
    statistics = Assessment.objects.get(user=demo, title="Statistics")
    proposals = Proposal.objects.filter(user=demo).select_related("topic")
    asked_well = Memory.objects.filter(user=demo, score__gte=80).values_list("topic_id", flat=True)
    rated_low = statistics.ratings.filter(value__in=["unsure", "dunno"])
    assert {each.topic_id for each in proposals} == set(
        rated_low.exclude(topic__in=list(asked_well)).values_list("topic_id", flat=True)
    )
    assert {(each.kind, each.state, each.source_id) for each in proposals} == {
        ("study", "open", statistics.pk)
    }
    assert len({each.rank for each in proposals}) == len(proposals) > 1
    client.force_login(demo)
    page = client.get("/plan/proposals/").content.decode()
    assert all(each.topic.title in page for each in proposals)


def test_the_new_pages_have_something_to_show(demo: User, client: Client) -> None:
    client.force_login(demo)
    page = client.get("/readiness/calibration/").content.decode()
    felt = "In Statistics and probability, you rate yourself 46 points too high (n = 1)."
    assert felt in page
    assert set(Assessment.objects.filter(user=demo).values_list("origin", flat=True)) == {"told"}
    assert not Check.objects.filter(user=demo).exclude(kind="logged").exists()
    for address in ("/checks/start/", "/reviews/", "/assessments/questions/", "/settings/"):
        assert client.get(address).status_code == 200, address


def test_readiness_has_all_four_parts(demo: User) -> None:
    found = readiness(standings(demo, TODAY))
    assert found is not None
    assert (found.tested, sum(found.shares)) == (55, 100)
    assert min(found.proven, found.fading, found.not_yet, found.untested) > 0
    assert found.claimed > 0


def test_evidence_and_its_replay_agree(demo: User) -> None:
    def rows() -> list[Any]:
        memories = Memory.objects.filter(user=demo).order_by("topic")
        cards = Card.objects.filter(user=demo).order_by("topic")
        return [
            list(memories.values_list("topic", "last_day", "score", "stability", "claimed")),
            list(cards.values_list("topic", "easiness", "interval", "due")),
        ]

    before = rows()
    assert (len(before[0]), len(before[1])) == (55, 51)
    assert Evidence.objects.filter(user=demo).count() == 65 + 34
    Memory.objects.filter(user=demo).delete()
    Card.objects.filter(user=demo).delete()
    rebuild(demo)
    assert rows() == before


def test_what_was_learned_and_met(demo: User, plan: Plan) -> None:
    logs = DayLog.objects.filter(user=demo).order_by("day")
    assert len(logs) == 14
    assert all(log.learned_html and log.result for log in logs)
    assert TODAY - dt.timedelta(days=10) not in {log.day for log in logs}
    unmet = Criterion.objects.filter(plan=plan, day__week__number=2, day__position=1, met_on=None)
    assert unmet.count() == 1


def test_every_change_says_why(plan: Plan) -> None:
    revisions = list(Revision.objects.filter(plan=plan).order_by("version"))
    assert [revision.version for revision in revisions] == list(range(1, plan.version + 1))
    moments = [revision.at for revision in revisions]
    assert moments == sorted(moments)
    kinds = [revision.kind for revision in revisions]
    assert (kinds[0], kinds[-1]) == ("create", "reflow")
    assert {kind: kinds.count(kind) for kind in ("skip", "decision", "reflow")} == {
        "skip": 6,
        "decision": 11,
        "reflow": 3,
    }
    changes = [revision for revision in revisions if revision.kind in ("skip", "move", "reflow")]
    assert all(revision.reason for revision in changes)
    moves = [revision.day for revision in revisions if revision.kind == "move"]
    assert len(moves) == len(set(moves))


DATED = {
    Work: "user",
    DayLog: "user",
    Evidence: "user",
    Check: "user",
    Assessment: "user",
    Plan: "owner",
    Task: "plan__owner",
    Criterion: "plan__owner",
    Revision: "plan__owner",
}
MOMENTS = ("at", "day", "done_at", "done_on", "skipped_on", "met_at", "met_on", "created_at")


def dated(user: User) -> Iterator[dt.date]:
    """Every date that says when something was done."""
    for model, owner in DATED.items():
        names = [field.name for field in model._meta.fields if field.name in MOMENTS]
        if model in (Task, Criterion):
            names = [name for name in names if name != "day"]  # there it is the outline's
        for row in model._default_manager.filter(**{owner: user}).values_list(*names):
            for value in row:
                if value is not None:
                    yield value.date() if isinstance(value, dt.datetime) else value


@pytest.mark.parametrize(
    "now",
    [
        dt.datetime(2026, 12, 3, 0, 1, tzinfo=dt.UTC),  # across a month, just after midnight
        dt.datetime(2027, 1, 1, 23, 59, tzinfo=dt.UTC),
        dt.datetime(2028, 3, 1, 12, tzinfo=dt.UTC),  # ends on a leap day
        dt.datetime(2028, 3, 10, 12, tzinfo=dt.UTC),  # across a leap day
    ],
    ids=str,
)
def test_the_story_ends_yesterday_whatever_the_date(
    kept: Path, db: None, now: dt.datetime, tmp_path: Path
) -> None:
    with time_machine.travel(now, tick=False):
        create(tmp_path / "password", "--again")
    demo = User.objects.get(email=EMAIL)
    yesterday = now.date() - dt.timedelta(days=1)
    days = set(Work.objects.filter(user=demo).values_list("day", flat=True))
    assert (min(days), max(days)) == (yesterday - dt.timedelta(days=14), yesterday)
    found = list(dated(demo))
    assert (min(found), max(found)) == (min(days), now.date())
    assert Check.objects.filter(user=demo).latest("day").day == yesterday
    assert demo.joined_at.date() == min(days)
    agenda = load_agenda(Plan.objects.get(owner=demo), now.date())
    assert agenda.lead is not None
    assert agenda.lead.title == "Work through the PyTorch quickstart"
    assert {group.name for group in agenda.groups} <= {"study", "practice"}
    assert days_in_a_row(demo, now.date()) == 9


def test_once_more_changes_nothing(demo: User, plan: Plan, kept: Path) -> None:
    work = Work.objects.filter(user=demo)[0]
    work.delete()
    before = (kept.read_bytes(), kept.stat().st_mtime_ns, demo.password, plan.version)
    assert create(kept) == f"{EMAIL} exists; nothing was changed\n"
    demo.refresh_from_db()
    plan.refresh_from_db()
    assert (kept.read_bytes(), kept.stat().st_mtime_ns, demo.password, plan.version) == before
    assert not Work.objects.filter(pk=work.pk).exists()


def test_again_makes_the_learner_anew(demo: User, alice: Any, tmp_path: Path) -> None:
    other = Evidence.objects.create(
        user=alice, topic=Topic.objects.all()[0], source="check", score=50, day=TODAY
    )
    path = tmp_path / "password"
    path.write_text("short\n")
    path.chmod(0o644)
    create(path, "--again")
    anew = User.objects.get(email=EMAIL)
    assert anew.pk != demo.pk
    password = path.read_text().strip()
    assert len(password) >= 16
    assert anew.check_password(password)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Plan.objects.exclude(owner=alice).count() == 1
    assert Work.objects.filter(user=anew).count() == 74
    assert Evidence.objects.filter(pk=other.pk).exists()
    create(path, "--again")
    assert path.read_text().strip() == password


@pytest.mark.parametrize("model", [Roadmap, Topic])
def test_without_content_nothing_is_made_or_lost(
    demo: User, model: type[Roadmap | Topic], tmp_path: Path
) -> None:
    if model is Topic:
        Topic.objects.filter(slug="kv-cache").update(slug="kv-cache-renamed")
    else:
        Roadmap.objects.filter(slug="twelve-week-ml-engineer").update(slug="another")
    with pytest.raises(CommandError) as caught:
        create(tmp_path / "password", "--again")
    assert caught.value.returncode == 2
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("the library lacks ")
    assert str(caught.value).endswith("load the content first (load_content)")
    assert User.objects.get(email=EMAIL).pk == demo.pk
    assert not (tmp_path / "password").exists()


def test_a_password_that_cannot_be_kept_makes_no_learner(demo: User, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match="the password cannot be kept") as caught:
        create(tmp_path / "file" / "password", "--again")
    assert caught.value.returncode == 2
    assert User.objects.get(email=EMAIL).pk == demo.pk


def test_an_address_somebody_else_uses_is_said(demo: User, alice: Any, tmp_path: Path) -> None:
    demo.delete()
    EmailAddress.objects.create(user=alice, email=EMAIL, verified=True)
    with pytest.raises(CommandError, match="is an address of another learner"):
        create(tmp_path / "password")
    assert not User.objects.filter(email=EMAIL).exists()
