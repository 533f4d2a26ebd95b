"""What is offered to a learner who is ahead, and the pages around an interview."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.library.models import Area, Topic
from apps.plans.models import Plan, Revision, Task
from tests.conftest import TODAY
from tests.plans.test_pace_pages import DAY, HX, apply, card, finish, interview, lesser, text

__all__ = ["apply", "card", "lesser"]


@pytest.fixture
def ahead(alice: Any, plan: Plan) -> Plan:
    """A plan whose first two days are done on the first."""
    finish(alice, plan, "read-adam", "code-knn", "check-1", "kmeans")
    return plan


@pytest.fixture
def good(plan: Plan) -> Topic:
    """A topic that is good to know and not in the plan."""
    area = Area.objects.all()[0]
    Topic.objects.create(slug="a", title="A must", area=area, category="must")
    Topic.objects.create(
        slug="b", title="Principals", area=area, category="good-to-know", level_rank=3
    )
    Topic.objects.create(
        slug="c", title="Outside", area=area, category="good-to-know", in_scope=False
    )
    return Topic.objects.create(
        slug="bagging", title="Bagging", area=area, category="good-to-know", minutes=25
    )


def test_ahead_offers_three_things(
    alice_client: Client, ahead: Plan, good: Topic, card: Callable[[], str]
) -> None:
    assert "1 day ahead: ends on 21 November." in card()
    page = alice_client.get("/plan/adjust/")
    said = text(page)
    assert "What to do with it" in said
    assert "1 task would come to today, beginning with “Read the ZeRO paper”." in said
    assert "good to know and not in this plan, such as Bagging." in said
    assert "1 study day, Thu 19 Nov." in said
    assert "first_day=2026-11-19&amp;last_day=2026-11-19" in page.content.decode()


def test_pulling_pins_the_next_tasks_to_today(
    alice_client: Client, ahead: Plan, apply: Any
) -> None:
    address, zero = "/plan/adjust/pull/", ahead.tasks.get(key="zero")
    shown = alice_client.get(address, {"looked": "suggest"})
    assert "Pinned “Read the ZeRO paper” to Wednesday, 18 November" in text(shown)
    assert apply(address, looked="1", chosen=[str(zero.pk)], reason="").status_code == 303
    zero.refresh_from_db()
    assert zero.pinned_on == TODAY
    assert [part.day for part in zero.parts.all()] == [TODAY]


def test_pulling_leaves_what_is_open_today_on_today(
    alice_client: Client, plan: Plan, apply: Any
) -> None:
    zero = plan.tasks.get(key="zero")
    today = plan.tasks.filter(parts__day=TODAY)
    keys = set(today.values_list("key", flat=True))
    assert keys == {"read-adam", "code-knn", "check-1"}
    answer = apply("/plan/adjust/pull/", looked="1", chosen=[str(zero.pk)], reason="")
    assert answer.status_code == 303
    assert set(today.values_list("key", flat=True)) == keys | {"zero"}


def test_another_interview_date_alone_moves_no_task(
    alice: Any, plan: Plan, apply: Any, now: Any
) -> None:
    """Not even what is overdue."""
    now.shift(7 * DAY)
    before = list(plan.parts.order_by("pk").values_list("pk", "day", "minutes"))
    day = TODAY + 40 * DAY
    assert apply("/plan/interview/", day=str(day), how="date").status_code == 303
    alice.refresh_from_db()
    assert alice.interview_on == day
    assert list(plan.parts.order_by("pk").values_list("pk", "day", "minutes")) == before
    assert plan.revisions.get(kind="target").what.startswith("Interview set to")


def test_topics_that_are_good_to_know_become_tasks_behind_the_last(
    alice_client: Client, ahead: Plan, good: Topic, apply: Any
) -> None:
    address = "/plan/adjust/topics/"
    page = text(alice_client.get(address))
    assert "Bagging Classical ML" in page
    assert "Principals" not in page
    assert "Outside" not in page
    assert "A must" not in page
    shown = alice_client.post(address, {"looked": "1", "chosen": [str(good.pk)]})
    assert "Added 1 topic that is good to know" in text(shown)
    assert apply(address, looked="1", chosen=[str(good.pk)]).status_code == 303
    task = ahead.tasks.get(title="Study: Bagging")
    assert (task.minutes, task.priority, list(task.topics.all())) == (25, "should", [good])
    assert task.position > ahead.tasks.get(key="sheet").position
    assert task.parts.exists()
    assert task.day.title == "Good to know"
    assert "Bagging" not in text(alice_client.get(address))  # it is in the plan now
    unchosen = alice_client.post(address, {"looked": "1", "chosen": [str(good.pk)]})
    assert unchosen.status_code == 422
    assert "Choose one topic at least." in text(unchosen)


def test_topics_come_back_to_a_plan_without_weeks(
    alice_client: Client, plan: Plan, good: Topic, apply: Any
) -> None:
    plan.weeks.all().delete()
    send = {"looked": "1", "chosen": [str(good.pk)]}
    assert apply("/plan/adjust/topics/", **send).status_code == 303
    added = Revision.objects.get(kind="add")
    alice_client.post(f"/plan/history/{added.pk}/undo/")
    assert apply("/plan/adjust/topics/", **send).status_code == 303
    assert plan.tasks.filter(title="Study: Bagging", deleted_at=None).count() == 1


def test_a_topic_of_somebody_else_is_a_404(
    alice_client: Client, charlie: Any, ahead: Plan, good: Topic
) -> None:
    theirs = Topic.objects.create(slug="x", title="Theirs", area=good.area, owner=charlie)
    data = {"looked": "1", "chosen": [str(theirs.pk)]}
    assert alice_client.post("/plan/adjust/topics/", data).status_code == 404


# An interview ----------------------------------------------------------------------------------


def test_an_early_interview_compresses_the_plan_in_one_revision(
    alice_client: Client, alice: Any, plan: Plan, lesser: Task, apply: Any
) -> None:
    address, day = "/plan/interview/", TODAY + DAY
    fresh = text(alice_client.get(address))
    assert "As it is, the plan ends on Saturday, 21 November 2026." in fresh
    assert "it leaves out 1 task and ends on Friday, 20 November 2026" in fresh
    shown = text(alice_client.get(address, {"day": str(day), "how": "compress"}))
    assert "Compressed for the interview on 19 November: 1 task left out" in shown
    assert "That is 1 day after 19 Nov" in shown
    too_late = "Even compressed, the plan ends on 20 November, 1 day after the interview."
    assert f"Interview on{too_late}" in shown  # right under the heading
    assert too_late not in text(alice_client.get(address, {"day": str(day), "how": "date"}))
    in_time = {"day": str(day + DAY), "how": "compress"}
    assert "Even compressed" not in text(alice_client.get(address, in_time))
    assert "The plan can be" not in text(alice_client.get("/plan/adjust/"))
    assert "can be compressed" in text(alice_client.get("/plan/adjust/"))
    assert apply(address, day=str(day), how="compress").status_code == 303
    alice.refresh_from_db()
    lesser.refresh_from_db()
    assert (alice.interview_on, lesser.status) == (day, "skipped")
    assert "compress" not in text(alice_client.get("/plan/adjust/"))  # there is nothing left to
    revision = Revision.objects.get(kind="compress")
    assert alice_client.post(f"/plan/history/{revision.pk}/undo/").status_code == 302
    alice.refresh_from_db()
    lesser.refresh_from_db()
    assert (alice.interview_on, lesser.status) == (None, "todo")


def test_checks_and_mocks_stay_when_compressed(plan: Plan, apply: Any) -> None:
    plan.tasks.update(priority="should")
    plan.tasks.filter(key="check-1").update(kind="check")
    plan.tasks.filter(key="sheet").update(kind="mock")
    assert apply("/plan/interview/", day=str(TODAY + DAY), how="compress").status_code == 303
    kept = plan.tasks.filter(status="todo").values_list("key", flat=True)
    assert set(kept) == {"check-1", "sheet"}


def test_compressing_takes_back_a_later_date_of_the_plans_own(
    alice: Any, plan: Plan, apply: Any
) -> None:
    Plan.objects.filter(pk=plan.pk).update(target_on=TODAY + 30 * DAY)
    assert apply("/plan/interview/", day=str(TODAY + 5 * DAY), how="compress").status_code == 303
    plan.refresh_from_db()
    assert plan.target_on is None


def test_only_the_date_changes_when_asked_so(
    alice: Any, plan: Plan, lesser: Task, apply: Any
) -> None:
    assert apply("/plan/interview/", day=str(TODAY + DAY), how="date").status_code == 303
    alice.refresh_from_db()
    lesser.refresh_from_db()
    assert (alice.interview_on, lesser.status) == (TODAY + DAY, "todo")
    assert Revision.objects.filter(kind="target").count() == 1
    assert apply("/plan/interview/", how="none").status_code == 303
    alice.refresh_from_db()
    assert alice.interview_on is None


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"day": "", "how": "compress"}, "When is the interview?"),
        ({"day": "soon", "how": "date"}, "That is not a date of the calendar."),
        ({"day": "2026-11-17", "how": "date"}, "That day is in the past."),
        ({"day": "2026-12-01", "how": ""}, "Choose one."),
        ({"day": "2026-11-20", "how": "date"}, "The interview is on 20 November already."),
        ({"day": "2026-11-20", "how": "compress"}, "holds only topics that are a must"),
    ],
)
def test_bad_input_is_told_and_kept(
    alice_client: Client, alice: Any, plan: Plan, data: dict[str, str], said: str
) -> None:
    interview(alice, dt.date(2026, 11, 20))
    answer = alice_client.get("/plan/interview/", data)
    assert answer.status_code == 422
    assert said in text(answer)
    assert f'value="{data["day"]}"' in answer.content.decode() or not data["day"]


def test_after_the_interview_it_is_asked_how_it_went(
    alice_client: Client, alice: Any, now: Any, plan: Plan, card: Callable[[], str]
) -> None:
    interview(alice, TODAY)
    assert "was on" not in card()
    now.shift(DAY)
    behind = "Your interview was on 18 November. Plan: 1 day behind"
    assert f"{behind}, ends on 22 November. Note how it went." in card()
    said = text(alice_client.get("/plan/adjust/"))
    assert f"{behind}." in said
    assert "Set the next date" in said
    assert "Three ways out" in said
    assert "where the plan was to end" in said
    address = "/plan/interview/debrief/"
    plan.refresh_from_db()
    told = {"asked": "ZeRO,\n stages", "thin": "Memory", "next_step": "Read it again"}
    data = {**told, "version": plan.version}
    answer = alice_client.post(address, data)
    assert (answer.status_code, answer["Location"]) == (303, "/plan/interview/")
    noted = Revision.objects.get(kind="decision")
    assert noted.what == "Interview on 18 November. Next step: Read it again"
    assert (noted.reason, noted.prompted_by) == ("Thin: Memory", "Asked: ZeRO, stages")
    assert noted.before == {}
    assert alice_client.post(address, data).status_code == 303  # sent twice, noted once
    assert Revision.objects.filter(kind="decision").count() == 1
    asks = f"{behind}, ends on 22 November. Set the next date. Ways out"
    assert asks in card()
    assert "Note how it went" not in text(alice_client.get("/plan/adjust/"))
    assert "Set the next date" in text(alice_client.get("/plan/adjust/"))
    interview(alice, TODAY + DAY)  # the next one is asked for anew
    assert "Note how it went" not in card()
    now.shift(DAY)
    assert "Note how it went" in card()


def test_a_debrief_says_what_is_missing_or_too_long_and_keeps_it(
    alice_client: Client, alice: Any, now: Any, plan: Plan
) -> None:
    interview(alice, TODAY)
    now.shift(DAY)
    address = "/plan/interview/debrief/"
    assert alice_client.get(address).status_code == 200
    for empty in ({}, {"asked": " ", "version": plan.version}):
        answer = alice_client.post(address, empty)
        assert answer.status_code == 422
        assert "Write at least one of the three." in text(answer)
    long = alice_client.post(address, {"thin": "x" * 251, "version": plan.version})
    assert long.status_code == 422
    assert "That is 251 characters; at most 250 fit here." in text(long)
    assert "x" * 251 in long.content.decode()
    stale = alice_client.post(address, {"thin": "Memory", "version": plan.version - 1})
    assert stale.status_code == 409
    assert "The plan has changed meanwhile" in text(stale)
    assert f'name="version" value="{plan.version}"' in stale.content.decode()
    assert not Revision.objects.filter(kind="decision").exists()


def test_there_is_no_debrief_before_the_interview(
    alice_client: Client, alice: Any, plan: Plan
) -> None:
    for day in (None, TODAY + DAY):
        interview(alice, day)
        answer = alice_client.get("/plan/interview/debrief/")
        assert (answer.status_code, answer["Location"]) == (303, "/plan/interview/")


def test_a_plan_with_a_later_date_of_its_own_goes_on_after_the_interview(
    alice_client: Client, alice: Any, now: Any, plan: Plan, card: Callable[[], str]
) -> None:
    interview(alice, TODAY - DAY)
    Plan.objects.filter(pk=plan.pk).update(target_on=TODAY + 9 * DAY)
    said = card()
    assert "Plan: on track, ends on 21 November, 6 days before your target." in said
    assert "Your interview was on 17 November." in said
    assert "Note how it went." in said
    assert alice_client.get("/plan/pace/?as=other", headers=HX).status_code == 200


def test_an_interview_that_is_far_ahead_may_stay_where_it_is(
    alice_client: Client, alice: Any, plan: Plan, lesser: Task
) -> None:
    day = TODAY + 900 * DAY  # the settings take it
    interview(alice, day)
    shown = alice_client.get("/plan/interview/", {"day": str(day), "how": "compress"})
    assert shown.status_code == 200
    assert "1 task left out" in text(shown)
    other = {"day": str(day + DAY), "how": "compress"}
    assert alice_client.get("/plan/interview/", other).status_code == 422
