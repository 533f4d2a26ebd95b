"""A checkpoint looked at, decided, and taken back; where it shows when it waits."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from apps.library.models import Roadmap, RoadmapDay, Topic
from apps.mastery.models import Source
from apps.plans import changes, work
from apps.plans.build import create_plan
from apps.plans.models import Criterion, Plan, PlanDay, PlanWeek
from tests.conftest import TODAY
from tests.mastery.factories import make_area, make_topic
from tests.plans.checkpoints import RULE, finish, tell, with_checkpoint

DAY = dt.timedelta(days=1)
REASON = "Statistics is not there yet."


@pytest.fixture
def roadmap(roadmap: Roadmap) -> Roadmap:
    return with_checkpoint(roadmap)


@pytest.fixture
def week(plan: Plan) -> PlanWeek:
    return plan.weeks.get(number=1)


@pytest.fixture
def where(week: PlanWeek) -> str:
    return f"/plan/checkpoints/{week.pk}/"


def read(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer
    return " ".join(answer.content.decode().split())


def decide(client: Client, where: str, plan: Plan, branch: str, **more: Any) -> Any:
    plan.refresh_from_db()
    data = {"branch": branch, "version": plan.version, "apply": "1", "reason": REASON}
    return client.post(where, data | more)


def test_figures_against_the_rule(
    alice: Any, alice_client: Client, plan: Plan, where: str, topic: Topic
) -> None:
    finish(plan)
    tell(alice, topic, 90)
    tell(alice, make_topic("anova", title="ANOVA", category="good-to-know"), 70)
    said = read(alice_client, where)
    assert "Are the critical gaps closed?" in said
    assert "Not met: 1 of 2 areas is below 80 %." in said
    assert "Recommended: Keep closing gaps" in said
    assert said.index("Recommended") < said.index("<table") < said.index("Or: Start the projects")
    assert '100 %</a><br><small class="soft nowrap">n = 1 of 1</small>' in said
    assert '50 %</a><br><small class="soft nowrap">n = 1 of 2</small>' in said
    assert "Chi-square test" in said
    assert "1 of 3 topics was never tested" in said
    assert "2 tasks, 55 min" in said
    assert "2 tasks, 1 h 15" in said
    assert "still open" not in said


def test_met_recommends_the_other_branch(
    alice: Any, alice_client: Client, plan: Plan, where: str, topic: Topic
) -> None:
    for each in Topic.objects.all():
        tell(alice, each, 85)
    said = read(alice_client, where)
    assert "Met: all 2 areas are at 80 % or more." in said
    assert "Recommended: Start the projects" in said
    assert "4 tasks of Week 1 are still open. You can decide now" in said


def test_a_claim_counts_half_and_is_said(
    alice: Any, alice_client: Client, plan: Plan, where: str, topic: Topic
) -> None:
    for each in Topic.objects.all():
        tell(alice, each, 100, source=Source.RATING)
    said = read(alice_client, where)
    assert "Not met: 2 of 2 areas are below 80 %." in said
    assert "2 tested topics are known only by your own rating" in said


def test_nothing_tested_counts_as_not_met(alice_client: Client, where: str) -> None:
    said = read(alice_client, where)
    assert "Nothing of it was tested yet, so it counts as not met." in said
    assert "Recommended: Keep closing gaps" in said
    assert "/assessments/coverage/" in said


def test_topics_above_the_level_do_not_count(
    alice: Any, alice_client: Client, where: str, topic: Topic
) -> None:
    alice.level = "mid"
    alice.save()
    tell(alice, topic, 90)
    Topic.objects.filter(slug="chi-square").update(level_rank=3)
    said = read(alice_client, where)
    assert "Met: Classical ML is at 80 % or more." in said
    assert "Statistics has no topic at your level and is left aside." in said


def test_a_branch_is_previewed_brought_in_and_taken_back(
    now: Any, alice_client: Client, plan: Plan, week: PlanWeek, where: str
) -> None:
    finish(plan)
    before = list(plan.tasks.order_by("position").values_list("title", flat=True))
    shown = read(alice_client, f"{where}?branch=gaps")
    assert "Checkpoint of Week 1: Keep closing gaps" in shown
    assert "New (2)" in shown
    assert "Practise chi-square" in shown
    assert plan.tasks.count() == len(before)
    answer = decide(alice_client, where, plan, "gaps", prompted_by="Statistics 50 % (n = 1)")
    assert answer.status_code == 303
    assert answer["Location"] == f"/plan/?week={week.pk}#week-{week.pk}"
    tasks = list(plan.tasks.filter(deleted_at=None).order_by("position"))
    assert [task.title for task in tasks][3:7] == [
        "Implement k-means",
        "Practise chi-square",
        "Study ANOVA",
        "Read the ZeRO paper",
    ]
    new = tasks[4]
    assert (new.session, new.kind, new.priority, new.key) == (
        "practice",
        "project",
        "should",
        "b-2",
    )
    assert new.detail_html
    assert new.links
    assert [topic.slug for topic in new.topics.all()] == ["chi-square"]
    assert new.parts.get().day == TODAY + 2 * DAY  # finished work uses up two days
    assert new.day.week == week
    assert list(new.day.criteria.values_list("text", flat=True)) == ["Can choose a test"]
    revision = plan.revisions.latest("version")
    assert (revision.kind, revision.reason) == ("checkpoint", REASON)
    assert revision.prompted_by == "Statistics 50 % (n = 1)"
    week.refresh_from_db()
    assert week.checkpoint
    assert week.checkpoint["applied"]["branch"] == "gaps"
    said = read(alice_client, where)
    assert "You chose “Keep closing gaps”" in said
    assert "See what moves" not in said
    now.shift(2 * DAY)
    assert "Can choose a test" in read(alice_client, "/today/")
    alice_client.post(f"/plan/history/{revision.pk}/undo/")
    week.refresh_from_db()
    assert week.checkpoint == RULE
    assert (
        list(
            plan.tasks.filter(deleted_at=None).order_by("position").values_list("title", flat=True)
        )
        == before
    )
    assert "Recommended: Keep closing gaps" in read(alice_client, where)
    assert "Can choose a test" not in read(alice_client, "/today/")
    assert decide(alice_client, where, plan, "projects").status_code == 303
    assert plan.tasks.filter(deleted_at=None, title="Write the README").count() == 1


def test_only_another_way_than_the_recommended_needs_a_reason(
    alice_client: Client, plan: Plan, where: str
) -> None:
    refused = decide(alice_client, where, plan, "projects", reason=" ")
    assert refused.status_code == 422
    assert "Say in a few words why." in refused.content.decode()
    assert "Fine-tune a model" in refused.content.decode()
    assert not plan.revisions.filter(kind="checkpoint").exists()
    assert decide(alice_client, where, plan, "gaps", reason="").status_code == 303


def test_no_such_branch(alice_client: Client, plan: Plan, where: str) -> None:
    for branch in ("none", ""):
        assert alice_client.get(f"{where}?branch={branch}").status_code == 422
    answer = decide(alice_client, where, plan, "none")
    assert answer.status_code == 422
    assert "no such way any more" in answer.content.decode()
    assert "Recommended: Keep closing gaps" in answer.content.decode()


def test_two_windows_decide_once(alice_client: Client, plan: Plan, where: str) -> None:
    plan.refresh_from_db()
    old = plan.version
    changes.skip(plan.tasks.get(key="sheet"), "Not now", TODAY)
    stale = alice_client.post(
        where, {"branch": "gaps", "version": old, "apply": "1", "reason": REASON}
    )
    assert stale.status_code == 409
    assert "The plan has changed since this was shown." in stale.content.decode()
    assert "Practise chi-square" in stale.content.decode()
    assert not plan.revisions.filter(kind="checkpoint").exists()
    assert decide(alice_client, where, plan, "gaps").status_code == 303
    second = decide(alice_client, where, plan, "gaps")
    assert second.status_code == 422
    assert "This checkpoint is settled." in second.content.decode()
    assert plan.tasks.filter(title="Study ANOVA").count() == 1
    assert Criterion.objects.filter(text="Can choose a test").count() == 1


def test_no_hours_left_is_said_and_nothing_is_done(
    alice: Any, alice_client: Client, plan: Plan, where: str
) -> None:
    alice.weekday_minutes = (0,) * 7
    alice.save()
    answer = decide(alice_client, where, plan, "gaps")
    assert answer.status_code == 422
    assert "No weekday has any minutes." in answer.content.decode()
    assert not PlanDay.objects.filter(title="More statistics").exists()


@pytest.mark.parametrize("gone", ["roadmap", "days"])
def test_a_branch_the_roadmap_has_no_more_is_said(
    alice_client: Client, plan: Plan, roadmap: Roadmap, where: str, gone: str
) -> None:
    RoadmapDay.objects.filter(branch="gaps").delete()
    if gone == "roadmap":
        roadmap.delete()
    said = read(alice_client, where)
    assert "Keep closing gaps" in said
    assert "has no tasks for this any more; there were 55 min of them" in said
    assert 'value="gaps"' not in said
    assert "has no tasks for this any more" in read(alice_client, f"{where}?branch=gaps", 422)


def test_a_retired_roadmap_still_gives_its_tasks(
    alice_client: Client, plan: Plan, roadmap: Roadmap, where: str
) -> None:
    Roadmap.objects.update(retired_at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    assert decide(alice_client, where, plan, "gaps").status_code == 303


def test_going_on_without(alice_client: Client, plan: Plan, week: PlanWeek, where: str) -> None:
    parts = list(plan.parts.order_by("pk").values())
    assert "no date moves" in read(alice_client, f"{where}settle/")
    refused = alice_client.post(f"{where}settle/", {"reason": "x" * 301})
    assert refused.status_code == 422
    assert "x" * 301 in refused.content.decode()
    assert alice_client.post(f"{where}settle/", {"reason": " "}).status_code == 422
    answer = alice_client.post(f"{where}settle/", {"reason": "Enough for now"})
    assert answer.status_code == 303
    again = alice_client.post(f"{where}settle/", {"reason": "Enough for now"})
    assert (again.status_code, again["Location"]) == (302, where)
    revision = plan.revisions.get(kind="checkpoint")
    assert revision.what == "Checkpoint of Week 1: going on without a branch"
    assert revision.prompted_by.startswith("Checkpoint of Week 1: Statistics untested")
    assert list(plan.parts.order_by("pk").values()) == parts
    assert "You went on without a branch." in read(alice_client, where)
    assert "went on without a branch" in read(alice_client, f"/plan/?week={week.pk}")
    alice_client.post(f"/plan/history/{revision.pk}/undo/")
    assert "Recommended" in read(alice_client, where)


def test_it_waits_from_the_weeks_last_task_on(
    alice: Any, alice_client: Client, htmx: Any, plan: Plan, week: PlanWeek, where: str
) -> None:
    def card() -> str:
        answer = alice_client.get("/plan/pace/", headers={"HX-Request": "true"})
        return answer.content.decode()

    of_week = f"/plan/?week={week.pk}"
    first, *rest = plan.tasks.filter(day__week=week).order_by("position")
    for task in rest:
        work.tick(alice, task.pk, TODAY)
    assert where not in card()
    assert "After the week’s last task: every one of" in read(alice_client, of_week)
    changes.skip(first, "Known", TODAY)
    assert "<strong>Week 1 is done.</strong>" in card()
    assert f'href="{where}">Look at its checkpoint: Are the critical gaps closed?' in card()
    assert f'href="{where}"' in read(alice_client, "/plan/adjust/")
    said = read(alice_client, of_week)
    assert "Nothing of it was tested yet, so it counts as not met." in said
    assert "Statistics untested, Classical ML untested." in said
    assert "Recommended: Keep closing gaps." in said
    assert f'href="{where}"' in said
    decide(alice_client, where, plan, "gaps")
    assert where not in card()
    assert "Settled on 18 Nov: “Keep closing gaps”." in read(alice_client, of_week)


def test_the_last_tick_of_a_week_shows_the_verdict(htmx: Any, plan: Plan, week: PlanWeek) -> None:
    tasks = list(plan.tasks.filter(day__week=week).order_by("position"))
    answers = [
        htmx(f"/tasks/{task.pk}/tick/", {"done": "1", "page": f"plan {week.pk}"}).content.decode()
        for task in tasks
    ]
    assert [f'id="checkpoint-{week.pk}" hx-swap-oob' in each for each in answers] == [
        *[False] * (len(tasks) - 1),
        True,
    ]
    assert "Recommended: Keep closing gaps" in answers[-1]
    last = f"/tasks/{tasks[-1].pk}/tick/"
    opened = htmx(last, {"done": "0", "page": f"plan {week.pk}"}).content.decode()
    assert "After the week’s last task" in opened
    assert "Recommended" not in opened


def test_strangers_methods_and_ids(
    charlie_client: Client, alice_client: Client, plan: Plan, week: PlanWeek, where: str
) -> None:
    edit = f"/plan/weeks/{week.pk}/checkpoint/"
    for address in (where, f"{where}settle/", edit):
        assert charlie_client.get(address).status_code == 404
        assert charlie_client.post(address, {"branch": "gaps", "apply": "1"}).status_code == 404
        assert alice_client.put(address).status_code == 405
    assert charlie_client.post(f"{edit}remove/").status_code == 404
    assert alice_client.get(f"{edit}remove/").status_code == 405
    assert alice_client.get("/plan/checkpoints/none/").status_code == 404
    other = plan.weeks.get(number=2)
    for end in ("", "settle/"):
        assert alice_client.get(f"/plan/checkpoints/{other.pk}/{end}").status_code == 302
    assert not plan.revisions.filter(kind="checkpoint").exists()


def test_queries_do_not_grow_with_topics_or_tasks(
    alice: Any, alice_client: Client, plan: Plan, where: str, django_assert_max_num_queries: Any
) -> None:
    area = make_area("statistics")
    for number in range(30):
        tell(alice, make_topic(f"t-{number}", area, title=f"Topic {number}"), 60)
    finish(plan)
    with django_assert_max_num_queries(21):
        alice_client.get(where)
    with django_assert_max_num_queries(21):
        alice_client.get(f"{where}?branch=gaps")


def test_other_learners_evidence_and_topics_do_not_count(
    charlie: Any, alice_client: Client, plan: Plan, where: str, topic: Topic
) -> None:
    tell(charlie, topic, 95)
    make_topic("secret", title="Secret thing", owner=charlie)
    said = read(alice_client, where)
    assert "Nothing of it was tested yet" in said
    assert "Secret thing" not in said


def test_plans_of_other_collections_find_their_areas(
    alice: Any, alice_client: Client, roadmap: Roadmap, topic: Topic
) -> None:
    theirs = make_area("statistics")
    theirs.pk, theirs.collection, theirs.title = None, "acme", "Their statistics"
    theirs.save()
    Roadmap.objects.update(collection="acme")
    roadmap.refresh_from_db()
    made = create_plan(alice, roadmap, TODAY, TODAY)
    said = read(alice_client, f"/plan/checkpoints/{made.weeks.get(number=1).pk}/")
    assert "Their statistics" in said
