from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.assessments.models import Assessment
from apps.assessments.record import AreaTotals, record_assessment
from apps.checks.log import Answered, delete_check, log_result
from apps.checks.models import Check
from apps.dashboard.scope import Scope
from apps.library.models import Alias, Area, Topic
from apps.mastery.models import Source
from apps.mastery.readiness import readiness
from apps.mastery.record import record, snooze
from apps.plans.models import Part, Plan, PlanDay, PlanWeek, Task
from tests.mastery.factories import make_area, make_topic

PAGES = ["/readiness/", "/readiness/topics/", "/readiness/area/statistics/", "/readiness/topic/t-test/"]  # fmt: skip


def today() -> dt.date:
    return timezone.now().date()


def ago(days: int) -> dt.date:
    return today() - dt.timedelta(days=days)


def check(user: User, *scores: tuple[Topic, int], day: dt.date | None = None) -> Check:
    answers = [Answered(topic.pk, score) for topic, score in scores]
    return log_result(user, day=day or today(), at=timezone.now(), answers=answers)


def rate(user: User, topic: Topic, score: int, day: dt.date | None = None) -> None:
    record(
        user,
        [(topic.pk, score)],
        source=Source.RATING,
        source_id=None,
        at=timezone.now(),
        day=day or today(),
    )


def plan_over(user: User, topics: list[Topic], weeks: int = 3, starts: int = 10) -> Plan:
    """A plan whose tasks teach these topics, one task a week, begun so many days ago."""
    plan = Plan.objects.create(owner=user, title="Plan", starts_on=ago(starts))
    for number in range(1, weeks + 1):
        week = PlanWeek.objects.create(
            plan=plan, number=number, title="Week", readiness_gain=3 * (number - 1)
        )
        day = PlanDay.objects.create(week=week, position=1, title="Day")
        task = Task.objects.create(plan=plan, day=day, position=number, title="Read", minutes=60)
        task.topics.set(topics)
        for part, offset in ((1, 0), (2, 6)):
            date = ago(starts - 7 * (number - 1) - offset)
            Part.objects.create(plan=plan, task=task, day=date, minutes=30, number=part, of=2)
    return plan


def text(client: Client, address: str, **headers: Any) -> str:
    answer = client.get(address, **headers)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_without_topics_nothing_divides_by_zero(alice_client: Client) -> None:
    assert "nothing to be ready for yet" in text(alice_client, "/readiness/")
    card = text(alice_client, "/readiness/card/", headers={"hx-request": "true"})
    assert "no topics in scope" in card
    assert text(alice_client, "/readiness/topics/")


def test_without_evidence(alice_client: Client, topics: list[Topic]) -> None:
    page = text(alice_client, "/readiness/")
    assert "Nothing was tested yet" in page
    assert "untested 100" in page
    assert "0 percent proven, 0 fading, 0 not yet, 100 untested" in page


def test_the_bar_overall_and_by_area(
    alice_client: Client, alice: User, topics: list[Topic]
) -> None:
    check(alice, (topics[0], 95), (topics[1], 60))
    page = text(alice_client, "/readiness/")
    assert "50 % proven</h1>" in page
    assert "50 percent proven, 0 fading, 17 not yet, 33 untested" in page
    assert "75 percent proven, 0 fading, 25 not yet, 0 untested" in page
    assert "0 percent proven, 0 fading, 0 not yet, 100 untested" in page
    assert '75 %</a> <small class="soft">n = 2</small>' in page
    assert "Llm systems has the most of them (1)" in page
    assert '/readiness/topics/?part=fading"' in page
    assert '/readiness/area/statistics/?part=proven"' in page


def test_fading_grows_with_time(alice_client: Client, alice: User, topics: list[Topic]) -> None:
    check(alice, (topics[0], 95), day=ago(200))
    page = text(alice_client, "/readiness/")
    assert "points are fading" in page
    overall = Scope(alice, today()).overall
    assert overall is not None
    assert overall.fading > 3
    assert overall.of_tested == 100


def test_claims_are_named(alice_client: Client, alice: User, topics: list[Topic]) -> None:
    rate(alice, topics[0], 100)
    page = text(alice_client, "/readiness/")
    assert '/readiness/topics/?part=claimed">1</a>' in page
    assert "17 % proven" in page
    shown = text(alice_client, "/readiness/topics/?part=claimed")
    assert "T-test" in shown
    assert '<span class="tag">claimed</span>' in shown


def test_scope_is_level_live_and_own(alice: User, charlie: User, topics: list[Topic]) -> None:
    alice.level = "mid"
    make_topic("principal", level_rank=3)
    make_topic("gone", retired_at=timezone.now())
    make_topic("theirs", owner=charlie)
    make_topic("mine", owner=alice)
    found = {topic.slug for topic in Scope(alice, today()).topics}
    assert found == {"t-test", "anova", "kv-cache", "mine"}


def test_scope_is_the_active_plans_areas(alice: User, topics: list[Topic]) -> None:
    plan = plan_over(alice, [topics[2]])
    assert {t.slug for t in Scope(alice, today()).topics} == {"kv-cache"}
    Task.objects.update(deleted_at=timezone.now())
    assert len(Scope(alice, today()).topics) == 3
    Plan.objects.filter(pk=plan.pk).update(state="paused")
    assert len(Scope(alice, today()).topics) == 3


@pytest.mark.parametrize("planned", [False, True])
def test_the_bars_rest_on_the_topics_that_are_listed(
    alice: User, charlie: User, topics: list[Topic], planned: bool
) -> None:
    if planned:
        plan_over(alice, topics[1:])
    make_topic("mine", owner=alice, area=topics[2].area)
    check(alice, (topics[0], 95), (topics[2], 50), day=ago(9))
    rate(alice, topics[1], 90)
    check(charlie, (topics[1], 20))
    scope = Scope(alice, today())
    listed = [(t.area_slug, t.weight, t.score, t.claimed, t.retention) for t in scope.topics]
    drawn = [(f.area_slug, f.weight, f.score, f.claimed, f.retention) for f in scope.figures]
    assert sorted(listed, key=repr) == sorted(drawn, key=repr)
    assert scope.overall == readiness(scope.topics)


def test_areas_of_two_collections_are_two_bars(alice: User, topics: list[Topic]) -> None:
    other = Area.objects.create(slug="statistics", title="Statistics", collection="theirs")
    for number in range(3):
        make_topic(f"theirs-{number}", other, collection="theirs")
        make_topic(f"more-{number}", topics[0].area)
    counts = [
        area.tally.topics for area in Scope(alice, today()).by_area if area.slug == "statistics"
    ]
    ours = Topic.objects.filter(area=topics[0].area).count()
    assert sorted(counts) == sorted([ours, 3])


def test_the_chart_follows_the_plans_weeks(
    alice_client: Client, alice: User, topics: list[Topic]
) -> None:
    plan_over(alice, topics)
    record_assessment(
        alice,
        kind=Assessment.Kind.QUESTIONS,
        title="First",
        day=ago(12),
        at=timezone.now(),
        results=[AreaTotals(high=104, middle=74, low=11)],
    )
    check(alice, (topics[0], 95), (topics[1], 30), day=ago(5))
    check(alice, (topics[1], 90), day=today())
    chart = Scope(alice, today()).chart
    assert [(p.value, p.n, p.target) for p in chart.points] == [
        (50, 2, 75),
        (100, 2, 78),
        (None, 0, 81),
    ]
    page = text(alice_client, "/readiness/")
    assert "100 % of what was tested holds, 22 points above the target of week 2" in page
    assert 'role="img" tabindex="0"' in page
    assert "<summary>Table</summary>" in page


def test_the_chart_without_a_plan(alice_client: Client, alice: User, topics: list[Topic]) -> None:
    check(alice, (topics[0], 95), day=ago(14))
    chart = Scope(alice, today()).chart
    assert [point.value for point in chart.points] == [100, 100, 100]
    assert "Dashes" not in text(alice_client, "/readiness/")


def test_the_card_is_a_fragment(alice_client: Client, alice: User, topics: list[Topic]) -> None:
    check(alice, (topics[0], 95))
    card = text(alice_client, "/readiness/card/", headers={"hx-request": "true"})
    assert card.startswith("<section")
    assert "33<small> % proven" in card
    assert "n = 1 of 3 topics" in card
    assert alice_client.get("/readiness/card/")["Location"] == "/readiness/"


def test_an_area_shows_its_topics(alice_client: Client, alice: User, topics: list[Topic]) -> None:
    item = check(alice, (topics[0], 95))
    page = text(alice_client, "/readiness/area/statistics/")
    assert reverse("checks:detail", args=[item.pk]) in page
    assert "Never tested" in page
    assert "ANOVA" in page
    assert "KV cache" not in page
    tested = text(alice_client, "/readiness/area/statistics/?part=tested")
    assert "ANOVA" not in tested
    assert "1 of 2 topics: tested" in tested
    assert alice_client.get("/readiness/area/statistics/?part=nonsense").status_code == 404


def test_an_area_out_of_scope_says_so(alice_client: Client) -> None:
    make_area("empty")
    assert "No topic of this area is in scope" in text(alice_client, "/readiness/area/empty/")


def test_a_topic_shows_all_its_evidence(
    alice_client: Client, alice: User, topics: list[Topic]
) -> None:
    first = check(alice, (topics[0], 95), day=ago(3))
    taken_back = check(alice, (topics[0], 11), day=ago(2))
    delete_check(taken_back)
    rate(alice, topics[0], 100, day=ago(1))
    snooze(alice, topics[0].pk, today() + dt.timedelta(days=4))
    page = text(alice_client, "/readiness/topic/t-test/")
    assert reverse("checks:detail", args=[first.pk]) in page
    assert "taken back" in page
    assert "Self-rating" in page
    assert "Weight 3 (must) × credit 1 (strong)" in page
    assert "2 days overdue" in page
    assert "Put off until" in page
    assert "n = 2" in page


def test_an_untested_topic_offers_a_check(alice_client: Client, topics: list[Topic]) -> None:
    page = text(alice_client, "/readiness/topic/t-test/")
    assert "Never tested." in page
    assert "/checks/log/?topic=t-test" in page


def test_a_retired_topic_keeps_its_evidence(
    alice_client: Client, alice: User, topics: list[Topic]
) -> None:
    check(alice, (topics[0], 95))
    Topic.objects.update(retired_at=timezone.now())
    assert "retired" in text(alice_client, "/readiness/topic/t-test/")


@pytest.mark.parametrize("kind", ["area", "topic"])
def test_an_old_slug_leads_on(alice_client: Client, topics: list[Topic], kind: str) -> None:
    target = "statistics" if kind == "area" else "t-test"
    Alias.objects.create(kind=kind, slug="old", target_slug=target)
    answer = alice_client.get(f"/readiness/{kind}/old/")
    assert (answer.status_code, answer["Location"]) == (301, f"/readiness/{kind}/{target}/")


def test_strangers_methods_and_bad_slugs(
    alice_client: Client, charlie_client: Client, alice: User, topics: list[Topic]
) -> None:
    own = make_topic("mine", owner=alice)
    check(alice, (topics[0], 95), (own, 50))
    assert alice_client.get("/readiness/topic/mine/").status_code == 200
    assert charlie_client.get("/readiness/topic/mine/").status_code == 404
    assert "Nothing was tested yet" in text(charlie_client, "/readiness/")
    assert "Never tested." in text(charlie_client, "/readiness/topic/t-test/")
    for address in [*PAGES, "/readiness/card/"]:
        assert alice_client.post(address).status_code == 405
        assert "/accounts/login/" in Client().get(address)["Location"]
    for address in ("/readiness/area/none/", "/readiness/topic/none/"):
        assert alice_client.get(address).status_code == 404


def test_queries_do_not_grow(alice_client: Client, alice: User, topics: list[Topic]) -> None:
    plan_over(alice, topics)
    check(alice, (topics[0], 95))
    counts = []
    addresses = [(page, {}) for page in PAGES]
    addresses.append(("/readiness/card/", {"headers": {"hx-request": "true"}}))
    for step in range(2):
        for address, extra in addresses:
            with CaptureQueriesContext(connection) as queries:
                alice_client.get(address, **extra)
            counts.append(len(queries))
        for number in range(20):
            more = make_topic(f"more-{step}-{number}", f"area-{number}")
            check(alice, (more, 80), (topics[0], 90), day=ago(number))
            rate(alice, more, 50)
    assert counts[:5] == counts[5:]
    assert max(counts) <= 10


def test_a_source_without_a_page_is_named(
    alice_client: Client, alice: User, topics: list[Topic]
) -> None:
    record(
        alice,
        [(topics[0].pk, 80)],
        source=Source.EXERCISE,
        source_id=uuid.uuid4(),
        at=timezone.now(),
        day=today(),
    )
    assert "<td>Exercise</td>" in text(alice_client, "/readiness/topic/t-test/")


@pytest.mark.parametrize("part", ["proven", "fading"])
def test_a_part_says_what_adds_to_it_strongest_first(
    alice_client: Client, alice: User, topics: list[Topic], part: str
) -> None:
    check(alice, (topics[0], 100), (topics[2], 99), day=ago(1))
    check(alice, (topics[1], 41), day=ago(300))
    page = text(alice_client, f"/readiness/topics/?part={part}")
    assert f"3 topics add to {part}, of 3" in page
    assert page.index("Strong: 2") < page.index("Gap: 1")
    area = text(alice_client, f"/readiness/area/llm-systems/?part={part}")
    assert f"1 topic adds to {part}, of 1" in area


def test_no_chart_without_a_point(alice_client: Client, alice: User, topics: list[Topic]) -> None:
    plan_over(alice, topics, starts=-7)
    for _ in range(2):
        page = text(alice_client, "/readiness/")
        assert '<svg class="chart"' not in page
        assert "Line: readiness" not in page
        assert "By week: no point yet" in page
        assert "/checks/log/" in page
        check(alice, (topics[0], 95))  # the plan has not begun: still no week to draw
    Plan.objects.all().delete()
    assert '<svg class="chart"' in text(alice_client, "/readiness/")
