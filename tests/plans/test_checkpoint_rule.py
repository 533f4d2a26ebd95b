"""A learner's own checkpoint: added, changed, removed, each undone in one click."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from apps.library.models import Alias, Area, Roadmap, RoadmapDay
from apps.plans.models import Plan, PlanWeek, Task
from tests.mastery.factories import make_area
from tests.plans.checkpoints import RULE, with_checkpoint

OWN = {
    "title": "Ready for more?",
    "threshold": "70",
    "areas": ["studyplan/classical-ml"],
    "met_title": "More of it",
    "met_summary": "",
    "met_tasks": "Read on | 40\nWrite a note",
    "not_met_title": "",
    "not_met_summary": "",
    "not_met_tasks": "",
    "reason": "Before the projects",
}


@pytest.fixture
def roadmap(roadmap: Roadmap) -> Roadmap:
    return with_checkpoint(roadmap)


@pytest.fixture
def second(plan: Plan) -> PlanWeek:
    """A week without a checkpoint."""
    return plan.weeks.get(number=2)


@pytest.fixture
def first(plan: Plan) -> PlanWeek:
    return plan.weeks.get(number=1)


def address(week: PlanWeek) -> str:
    return f"/plan/weeks/{week.pk}/checkpoint/"


def shown(client: Client, week: PlanWeek, status: int = 200) -> str:
    answer = client.get(address(week))
    assert answer.status_code == status
    return answer.content.decode()


def save(client: Client, week: PlanWeek, seen: str = "", **typed: Any) -> Any:
    """Post the form as it is shown, with these fields changed."""
    page = shown(client, week)
    held = re.search(r'name="seen" value="(\w+)"', page)
    assert held
    data = {**OWN, "seen": seen or held[1]} | typed
    return client.post(address(week), data)


def held(week: PlanWeek) -> Any:
    week.refresh_from_db()
    return week.checkpoint


def test_adding_one_to_any_week(alice_client: Client, plan: Plan, second: PlanWeek) -> None:
    make_area("physics", 9)
    page = shown(alice_client, second)
    assert "Add a checkpoint" in page
    assert 'value="80"' in page
    inside, others = page.split("Areas that are not in your plan")
    assert "Classical ML" in inside
    assert "Physics" in others
    assert "Classical ML" not in others
    answer = save(alice_client, second)
    assert answer.status_code == 303
    assert answer["Location"] == f"/plan/?week={second.pk}#week-{second.pk}"
    assert held(second) == {
        "title": "Ready for more?",
        "areas": ["studyplan/classical-ml"],
        "threshold": 70,
        "branches": [
            {
                "id": "if-met",
                "title": "More of it",
                "when": "met",
                "summary": "",
                "minutes": 70,
                "tasks": [
                    {"title": "Read on", "minutes": 40},
                    {"title": "Write a note", "minutes": 30},
                ],
            }
        ],
    }
    revision = plan.revisions.latest("version")
    assert (revision.kind, revision.reason) == ("checkpoint", "Before the projects")
    assert revision.what == "Checkpoint of Week 2 added: Ready for more?"
    week_page = alice_client.get(f"/plan/?week={second.pk}").content.decode()
    assert "Checkpoint: Ready for more?" in week_page
    assert "task: Classical ML at 70 % or more?" in week_page
    alice_client.post(f"/plan/history/{revision.pk}/undo/")
    assert held(second) is None
    assert "Add a checkpoint" in alice_client.get(f"/plan/?week={second.pk}").content.decode()


def test_its_own_tasks_come_in(alice_client: Client, plan: Plan, second: PlanWeek) -> None:
    save(alice_client, second)
    plan.refresh_from_db()
    where = f"/plan/checkpoints/{second.pk}/"
    assert "Recommended: go on with the plan" in alice_client.get(where).content.decode()
    data = {"branch": "if-met", "version": plan.version, "apply": "1", "reason": "I am early"}
    assert alice_client.post(where, data).status_code == 303
    new = Task.objects.filter(plan=plan, day__title="More of it").order_by("position")
    assert list(new.values_list("title", "minutes", "day__week")) == [
        ("Read on", 40, second.pk),
        ("Write a note", 30, second.pk),
    ]
    assert new[0].parts.exists()


def test_a_way_without_tasks_settles_and_adds_nothing(
    alice_client: Client, plan: Plan, second: PlanWeek
) -> None:
    assert save(alice_client, second, met_title="Carry on", met_tasks="").status_code == 303
    plan.refresh_from_db()
    where = f"/plan/checkpoints/{second.pk}/"
    page = alice_client.get(where, {"branch": "if-met"}).content.decode()
    assert "No task is added and no date moves." in page
    assert "No date would move." in page
    before = list(plan.tasks.values_list("pk", "parts__day").order_by("pk", "parts__day"))
    data = {"branch": "if-met", "version": plan.version, "apply": "1", "reason": "Far enough"}
    assert alice_client.post(where, data).status_code == 303
    after = list(plan.tasks.values_list("pk", "parts__day").order_by("pk", "parts__day"))
    assert before == after
    settled = held(second)
    assert settled is not None
    assert settled["applied"]["branch"] == "if-met"
    page = alice_client.get(where).content.decode()
    assert "You chose “Carry on”. It adds no tasks." in page
    revision = plan.revisions.latest("version")
    assert revision.what == "Checkpoint of Week 2: Carry on"
    alice_client.post(f"/plan/history/{revision.pk}/undo/")
    again = held(second)
    assert again is not None
    assert not again.get("applied")


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"title": " "}, "What is it called?"),
        ({"title": "x" * 201}, "At most 200 characters; this has 201."),
        ({"threshold": "0"}, "From 1 to 100 per cent."),
        ({"threshold": "101"}, "From 1 to 100 per cent."),
        ({"threshold": "all"}, "A whole number of per cent, from 1 to 100."),
        ({"threshold": ""}, "From what per cent on?"),
        ({"areas": []}, "Choose one area or more."),
        ({"areas": ["studyplan/none"]}, "that the library does not have."),
        ({"met_tasks": "Fine | 5\n| 5"}, "Line 2: the title before the bar is missing."),
        ({"met_title": ""}, "What is it called?"),
        ({"met_title": "", "met_tasks": "", "met_summary": "For"}, "What is it called?"),
        (
            {"met_title": "", "met_tasks": "", "met_summary": ""},
            "Write down one of the two ways, or both.",
        ),
        ({"reason": "x" * 301}, "At most 300 characters; this has 301."),
    ],
)
def test_what_does_not_do_is_said_and_kept(
    alice_client: Client, plan: Plan, second: PlanWeek, typed: Any, message: str
) -> None:
    answer = save(
        alice_client,
        second,
        met_summary=typed.get("met_summary", "Kept"),
        **{name: value for name, value in typed.items() if name != "met_summary"},
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert message in page
    assert ("Kept" in page) == ("met_summary" not in typed)
    assert held(second) is None
    assert not plan.revisions.filter(kind="checkpoint").exists()


def test_changing_the_rule_keeps_the_roadmaps_tasks(
    alice_client: Client, plan: Plan, first: PlanWeek
) -> None:
    page = shown(alice_client, first)
    assert "Fine-tune a model | 45\nWrite the README | 30</textarea>" in page
    tasks: dict[str, Any] = {
        "met_title": "Start the projects",
        "met_summary": "One image classifier.",
        "met_tasks": "Fine-tune a model | 45\r\nWrite the README | 30",
        "not_met_title": "Keep closing gaps",
        "not_met_summary": "Whatever is below the mark.",
        "not_met_tasks": "Study ANOVA | 60\r\nAsk a friend | 15",
        "areas": ["studyplan/statistics"],
        "threshold": "90",
    }
    assert save(alice_client, first, **tasks).status_code == 303
    met, not_met = held(first)["branches"]
    assert met == RULE["branches"][0]  # type: ignore[index] # a list of dicts
    assert not_met["id"] == "gaps"
    assert not_met["minutes"] == 75
    plan.refresh_from_db()
    data = {"branch": "gaps", "version": plan.version, "apply": "1", "reason": ""}
    assert alice_client.post(f"/plan/checkpoints/{first.pk}/", data).status_code == 303
    known = plan.tasks.get(title="Study ANOVA")
    assert (known.minutes, known.key, known.day.title) == (60, "b-3", "More statistics")
    assert plan.tasks.get(title="Ask a friend").day == known.day


def test_saving_what_is_there_makes_no_revision(
    alice_client: Client, plan: Plan, second: PlanWeek
) -> None:
    save(alice_client, second)
    count = plan.revisions.count()
    assert save(alice_client, second).status_code == 303
    assert plan.revisions.count() == count


def test_a_change_in_another_window_is_shown_with_both(
    alice_client: Client, plan: Plan, second: PlanWeek
) -> None:
    page = shown(alice_client, second)
    old = re.search(r'name="seen" value="(\w+)"', page)
    assert old
    save(alice_client, second, title="The other")
    answer = save(alice_client, second, old[1], title="Mine")
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "It says now: “The other”" in text
    assert 'value="Mine"' in text
    assert held(second)["title"] == "The other"
    seen = re.search(r'name="seen" value="(\w+)"', text)
    assert seen
    assert save(alice_client, second, seen[1], title="Mine").status_code == 303
    assert held(second)["title"] == "Mine"


def test_removing_and_undo(alice_client: Client, plan: Plan, first: PlanWeek) -> None:
    seen = re.search(r'name="seen" value="(\w+)"', shown(alice_client, first))
    assert seen
    where = f"{address(first)}remove/"
    assert alice_client.post(where, {"seen": "old"}).status_code == 302
    assert held(first) == RULE
    assert alice_client.post(where, {"seen": seen[1]}).status_code == 303
    assert held(first) is None
    assert alice_client.post(where, {"seen": seen[1]}).status_code == 303
    revision = plan.revisions.get(kind="checkpoint")
    assert revision.what == f"Checkpoint of Week 1 removed: {RULE['title']}"
    alice_client.post(f"/plan/history/{revision.pk}/undo/")
    assert held(first) == RULE


def test_changing_a_settled_one_opens_it_again(
    alice_client: Client, plan: Plan, first: PlanWeek
) -> None:
    where = f"/plan/checkpoints/{first.pk}/"
    alice_client.post(f"{where}settle/", {"reason": "Enough"})
    assert "This checkpoint is settled. Saving opens it again" in shown(alice_client, first)
    assert save(alice_client, first).status_code == 303
    assert "applied" not in held(first)
    settled = plan.revisions.get(what__contains="going on without")
    alice_client.post(f"/plan/history/{settled.pk}/undo/")
    settled.refresh_from_db()
    assert settled.undone_at is None  # a later change depends on it


def test_areas_that_were_renamed_are_found_and_kept(
    alice_client: Client, plan: Plan, first: PlanWeek
) -> None:
    Area.objects.filter(slug="statistics").update(slug="stats", title="Stats")
    Alias.objects.create(kind="area", slug="statistics", target_slug="stats")
    box = re.search(r'<input[^>]*value="studyplan/stats"[^>]*>', shown(alice_client, first))
    assert box
    assert "checked" in box[0]
    page = alice_client.get(f"/plan/checkpoints/{first.pk}/").content.decode()
    assert 'href="/readiness/area/stats/">Stats</a>' in page


def test_further_branches_are_kept(alice_client: Client, plan: Plan, first: PlanWeek) -> None:
    third = {"id": "third", "title": "A third way", "when": "met", "summary": "", "minutes": 5}
    first.checkpoint = {**RULE, "branches": [*RULE["branches"], third]}  # type: ignore[misc] # a list of dicts
    first.save()
    assert "Kept as they are: “A third way”." in shown(alice_client, first)
    save(alice_client, first)
    assert held(first)["branches"][-1] == third


def test_a_branch_whose_tasks_are_gone_may_stay_as_it_is(
    alice_client: Client, plan: Plan, first: PlanWeek
) -> None:
    RoadmapDay.objects.exclude(branch="").delete()
    typed = {"met_title": "Start the projects", "met_summary": "", "met_tasks": ""}
    assert save(alice_client, first, **typed).status_code == 303
    (branch,) = held(first)["branches"]
    assert (branch["id"], branch["minutes"], "tasks" in branch) == ("projects", 75, False)


def test_queries_of_the_form(
    alice_client: Client, plan: Plan, first: PlanWeek, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(14):
        shown(alice_client, first)
