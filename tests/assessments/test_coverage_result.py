"""The result of a coverage check, the list of all, deletion."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.assessments import coverage
from apps.assessments.models import Assessment
from apps.library.models import Area, TaskKind, Topic
from apps.mastery.record import evidence_of
from apps.plans import work
from apps.plans.models import Plan, Proposal, Task
from tests.assessments.sitting import (
    AT,
    DAY,
    begin,
    delete,
    make_topics,
    post,
    queries,
    rate_address,
    result_address,
    row,
    say,
    take,
    text,
)
from tests.conftest import TODAY
from tests.mastery.factories import make_topic
from tests.plans.conftest import now, plan, roadmap, topic

__all__ = ["now", "plan", "roadmap", "topic"]


# The result ---------------------------------------------------------------------------------------


def test_the_seeds_figures(alice_client: Client, alice: User) -> None:
    make_topics("statistics", 43)
    done = take(alice, ["know"] * 8 + ["unsure"] * 25 + ["dunno"] * 8, felt=65)
    page = text(alice_client.get(result_address(done)))
    assert "18.6 % known: 8 of 43, 2 left unmarked (19.5 % of the 41 marked)" in page
    assert "Overall: felt 65 %, measured 18.6 %" in page
    assert "you felt 46 points above what was measured" in page
    assert "Unmarked (2)" in page
    names = page.split("Unmarked (2)")[1].split("</details>")[0]
    assert "Statistics 41" in names
    assert "Statistics 42" in names
    assert "band-gap" in page


def test_83_and_nothing_of_76(alice_client: Client, alice: User) -> None:
    make_topics("llm", 76)
    make_topics("statistics", 30)
    second = take(alice, ["know"] * 25 + ["dunno"] * 5, "statistics")
    first = take(alice, ["unsure"] * 14 + ["dunno"] * 62, "llm")
    assert "83.3 % known: 25 of 30" in text(alice_client.get(result_address(second)))
    page = text(alice_client.get(result_address(first)))
    assert "0.0 % known: 0 of 76" in page
    assert "0 know, 14 unsure, 62 don’t know" in page


def test_what_moved_since_the_last_sitting(
    alice_client: Client, alice: User, charlie: User
) -> None:
    make_topics("statistics", 5)
    week = dt.timedelta(days=7)
    take(alice, ["know", "know", "know"], at=AT - 2 * week)
    take(alice, ["dunno", "know", "unsure"], at=AT - week)
    deleted = take(alice, ["know"] * 5, at=AT - week / 2)
    delete(alice_client, deleted)
    take(charlie, ["know"] * 5, at=AT - week / 2)
    say(begin(alice, at=AT - week / 3), ["know"] * 5)
    now = take(alice, ["know", "dunno", "unsure", "know"])
    moves = alice_client.get(result_address(now)).context["found"].moves
    assert [(move.topic.title, move.before, move.topic.said) for move in moves.better] == [
        ("Statistics 0", "don’t know", "know")
    ]
    assert [(move.topic.title, move.before, move.topic.said) for move in moves.worse] == [
        ("Statistics 1", "know", "don’t know")
    ]
    assert [topic.title for topic in moves.same] == ["Statistics 2"]
    assert [topic.title for topic in moves.new] == ["Statistics 3"]
    page = text(alice_client.get(result_address(now)))
    assert "1 better, 1 worse, 1 the same" in page
    assert "don’t know → know" in page


def test_a_later_mark_is_no_before(alice_client: Client, alice: User) -> None:
    make_topics("statistics", 1)
    left = begin(alice)
    done = take(alice, ["know"], at=AT + dt.timedelta(days=2))
    later = AT + dt.timedelta(days=9)
    coverage.mark(alice, left.pk, 1, "dunno", at=later, day=later.date())
    coverage.finish(alice, left, later)
    assert not alice_client.get(result_address(done)).context["found"].moves.compared
    [worse] = alice_client.get(result_address(left)).context["found"].moves.worse
    assert worse.before == "know"


def test_an_area_without_a_mark_is_not_measured(alice_client: Client, alice: User) -> None:
    make_topics("nlp", 1)
    make_topics("statistics", 3)
    assessment = begin(alice)
    assessment.results.update(felt=65)
    say(assessment, ["know"])
    coverage.finish(alice, assessment, AT)
    page = text(alice_client.get(result_address(assessment)))
    assert "Statistics: felt 65 %, not measured" in page
    assert "measured 100.0 % <small>n = 1</small>" in page
    assert "measured 0.0 %" not in page


def test_only_what_is_seen_is_ticked_and_nothing_dropped_again(
    alice_client: Client, alice: User
) -> None:
    make_topics("statistics", 30)
    one = take(alice, ["dunno"] * 10)
    first = alice_client.get(result_address(one)).context["first"]
    keys = [str(offer.topic.id) for offer in first]
    keep = reverse("assessments:keep_proposals", args=[one.pk])
    alice_client.post(keep, {"kind": "study", "topic": keys})
    two = take(alice, ["dunno"] * 30, at=AT + dt.timedelta(days=1))
    page = alice_client.get(result_address(two)).context
    assert [offer.is_chosen for offer in page["first"]] == [False] * 10 + [True] * 14
    assert not any(offer.is_chosen for offer in page["rest"])
    for each in Proposal.objects.all():
        alice_client.post(reverse("plans:drop_proposal", args=[each.pk]), {"drop": "1"})
    page = alice_client.get(result_address(one))
    assert not any(offer.is_chosen for offer in page.context["first"])
    assert text(page).count("you dropped it") == 10
    assert alice_client.post(keep, {"kind": "study", "topic": keys}).status_code == 303
    assert Proposal.objects.filter(state="open").count() == 10


def test_the_first_24_are_ticked_and_kept(alice_client: Client, alice: User) -> None:
    make_topics("statistics", 30)
    done = take(alice, ["dunno"] * 30)
    page = alice_client.get(result_address(done))
    offers = [*page.context["first"], *page.context["rest"]]
    assert [offer.is_chosen for offer in offers] == [True] * 24 + [False] * 6
    keys = [str(offer.topic.id) for offer in offers]
    address = reverse("assessments:keep_proposals", args=[done.pk])
    many = alice_client.post(address, {"kind": "study", "topic": keys[2:27]})
    assert many.status_code == 422
    assert "At most 24 topics" in text(many)
    again = [*many.context["first"], *many.context["rest"]]
    assert [offer.is_chosen for offer in again] == [2 <= number < 27 for number in range(30)]
    assert not Proposal.objects.exists()
    for _ in range(2):
        answer = alice_client.post(address, {"kind": "study", "topic": keys[:20]})
        assert (answer.status_code, answer["Location"]) == (303, f"{result_address(done)}#study")
    kept = list(Proposal.objects.order_by("rank").values_list("topic_id", "kind", "source_id"))
    assert [str(key) for key, *_ in kept] == keys[:20]
    assert {(kind, source) for _, kind, source in kept} == {("study", done.pk)}
    page = alice_client.get(result_address(done))
    assert (
        '<b>20 topics are kept.</b> <a href="/plan/proposals/">See them under Proposals</a>'
        in text(page)
    )
    assert text(page).count(" checked") == 0
    assert alice_client.post(address, {"kind": "study", "topic": keys[20:25]}).status_code == 422
    assert alice_client.post(address, {"kind": "study", "topic": keys[20:24]}).status_code == 303
    assert Proposal.objects.count() == 24


def test_nothing_ticked_and_strange_topics(
    alice_client: Client, alice: User, charlie: User
) -> None:
    make_topics("statistics", 2)
    done = take(alice, ["dunno", "know"])
    theirs = make_topic("theirs", owner=charlie, collection="")
    address = reverse("assessments:keep_proposals", args=[done.pk])
    nothing = alice_client.post(address, {"kind": "study"})
    assert nothing.status_code == 422
    assert "Choose at least one topic." in text(nothing)
    for key in (str(theirs.pk), "nonsense", str(uuid.uuid4())):
        assert alice_client.post(address, {"topic": key}).status_code == 404
    known = str(row(done, 2).topic_id)
    gone = alice_client.post(address, {"kind": "study", "topic": known})
    assert gone.status_code == 409
    assert "None of these can be kept now" in text(gone)
    opened = begin(alice)
    closed = alice_client.post(reverse("assessments:keep_proposals", args=[opened.pk]), {})
    assert closed.status_code == 409


def test_a_retired_topic_and_one_out_of_scope_are_not_proposed(
    alice_client: Client, alice: User
) -> None:
    one, two, _ = make_topics("statistics", 3)
    done = take(alice, ["dunno"] * 3)
    Topic.objects.filter(pk=one.pk).update(retired_at=AT)
    Topic.objects.filter(pk=two.pk).update(in_scope=False)
    page = alice_client.get(result_address(done))
    assert [offer.topic.title for offer in page.context["first"]] == ["Statistics 2"]
    # One of the learner's own may be: it counts as soon as it is planned.
    Topic.objects.filter(pk=two.pk).update(owner=alice, collection="")
    page = alice_client.get(result_address(done))
    assert page.context["first"][0].topic.id == two.pk
    assert text(page).count("not counted yet") == 1


def test_two_areas_of_one_name_are_not_mixed_up(alice_client: Client, alice: User) -> None:
    make_topics("statistics", 1)
    others = Area.objects.create(slug="statistics", collection="others", title="Of others")
    make_topic("b", others, collection="others")
    page = text(alice_client.get(result_address(take(alice, ["know", "know"]))))
    assert page.count('href="/readiness/area/statistics/"') == 1
    assert '<th scope="row">Of others<' in page


def teach(plan: Plan, key: str, *topics: Topic, **fields: Any) -> Task:
    task = plan.tasks.get(key=key)
    Task.objects.filter(pk=task.pk).update(**{"kind": TaskKind.READ, **fields})
    task.topics.set(topics)
    return task


def test_what_the_plan_teaches_comes_later_and_may_be_left_out(
    alice_client: Client, alice: User, plan: Plan
) -> None:
    one, two, three, four, five = make_topics("statistics", 5)
    adam = teach(plan, "read-adam", one, two, minutes=20)
    teach(plan, "code-knn", one, minutes=30)
    teach(plan, "check-1", three, kind=TaskKind.CHECK)
    teach(plan, "kmeans", three, two, minutes=60)  # three is not known
    teach(plan, "zero", one, status=Task.Status.SKIPPED)
    teach(plan, "sheet", four, five)
    work.log_minutes(alice, adam.pk, 5, TODAY)
    done = take(alice, ["know", "know", "dunno", "dunno", "unsure"], "statistics")
    page = alice_client.get(result_address(done))
    leave_out = page.context["leave_out"]
    assert [(offer.topic.id, offer.minutes) for offer in leave_out] == [(one.pk, 45), (two.pk, 0)]
    assert page.context["saved"] == 45
    assert "What you might leave out: 45 min" in text(page)
    assert "you say you know it" in text(page)
    assert [(offer.topic.id, offer.is_planned) for offer in page.context["first"]] == [
        (three.pk, True),
        (four.pk, True),
        (five.pk, True),
    ]
    address = reverse("assessments:keep_proposals", args=[done.pk])
    answer = alice_client.post(address, {"kind": "leave_out", "topic": [str(one.pk)]})
    assert answer["Location"].endswith("#leave_out")
    # Without the other one only the task of its own may go.
    assert list(Proposal.objects.values_list("topic", "kind", "minutes")) == [
        (one.pk, "leave_out", 30)
    ]
    assert "<b>1 topic is kept.</b>" in text(alice_client.get(result_address(done)))
    # Kept later, the other one brings the task they share.
    alice_client.post(address, {"kind": "leave_out", "topic": [str(two.pk)]})
    assert sum(Proposal.objects.values_list("minutes", flat=True)) == 45


def test_what_is_not_kept_is_named(alice_client: Client, alice: User, plan: Plan) -> None:
    one, two, three = make_topics("statistics", 3)
    teach(plan, "read-adam", one, two, minutes=20)
    teach(plan, "code-knn", three, minutes=30)
    teach(plan, "check-1", two, kind=TaskKind.CHECK)
    done = take(alice, ["know"] * 3, "statistics")
    address = reverse("assessments:keep_proposals", args=[done.pk])
    data = {"kind": "leave_out", "topic": [str(one.pk), str(three.pk)]}
    page = text(alice_client.post(address, data, follow=True))
    assert "1 of 2 is kept" in page
    assert "“Statistics 0”: its tasks also teach topics that stay." in page
    assert [each.topic_id for each in Proposal.objects.all()] == [three.pk]
    alone = alice_client.post(address, {"kind": "leave_out", "topic": [str(two.pk)]})
    assert alone.status_code == 409
    assert "“Statistics 1”: its tasks also teach topics that stay." in text(alone)
    study = alice_client.post(address, {"kind": "study", "topic": [str(two.pk)]})
    assert "you did not say that it has a gap" in text(study)


def test_in_your_plan_means_the_same_on_both_pages(
    alice_client: Client, alice: User, plan: Plan
) -> None:
    one, two = make_topics("statistics", 2)
    teach(plan, "check-1", one, kind=TaskKind.CHECK)
    teach(plan, "read-adam", two)
    done = take(alice, ["dunno"] * 2, "statistics")
    offers = alice_client.get(result_address(done)).context["first"]
    keep = reverse("assessments:keep_proposals", args=[done.pk])
    alice_client.post(keep, {"kind": "study", "topic": [str(one.pk), str(two.pk)]})
    planned = alice_client.get("/plan/proposals/").context["planned"]
    assert {each.topic.id for each in offers if each.is_planned} == planned & {one.pk, two.pk}
    assert planned & {one.pk, two.pk} == {two.pk}


def test_what_the_plan_does_not_teach_comes_first(
    alice_client: Client, alice: User, plan: Plan
) -> None:
    one, two = make_topics("statistics", 2)
    teach(plan, "read-adam", one)
    Topic.objects.filter(pk=two.pk).update(category="specialisation")
    done = take(alice, ["dunno", "unsure"], "statistics")
    first = alice_client.get(result_address(done)).context["first"]
    assert [offer.topic.id for offer in first] == [two.pk, one.pk]
    Plan.objects.update(state="paused")
    first = alice_client.get(result_address(done)).context["first"]
    assert [offer.topic.id for offer in first] == [one.pk, two.pk]


def test_the_result_takes_ten_queries_however_many_rows(
    alice_client: Client, alice: User, plan: Plan
) -> None:
    topics = make_topics("statistics", 2)
    small = take(alice, ["know", "dunno"])
    make_topics("llm", 150)
    make_topics("nlp", 150)
    teach(plan, "read-adam", *topics)
    large = take(alice, ["know", "dunno", "unsure"] * 100)
    counts = [queries(lambda done=done: alice_client.get(result_address(done))) for done in (small, large)]  # fmt: skip
    assert counts[0] == counts[1] <= 10


# Index and deletion -------------------------------------------------------------------------------


def test_the_index_lists_open_ones_with_the_way_back(alice_client: Client, alice: User) -> None:
    make_topics("statistics", 3)
    assessment = begin(alice)
    say(assessment, ["know"])
    page = text(alice_client.get("/assessments/"))
    assert "1 of 3 marked" in page
    assert f'href="{rate_address(assessment)}#t2"' in page
    assert "No assessment is recorded yet" not in page
    coverage.finish(alice, assessment, AT)
    page = text(alice_client.get("/assessments/"))
    assert "Resume" not in page
    assert "100.0 % known <small>n = 1 of 3</small>" in page
    assert "/readiness/calibration/" not in page
    take(alice, ["know"], felt=50)
    assert "/readiness/calibration/" in text(alice_client.get("/assessments/"))


def test_the_index_does_not_grow(alice_client: Client, alice: User) -> None:
    make_topics("statistics", 3)
    counts = []
    for _ in range(2):
        for _ in range(3):
            take(alice, ["know"])
            say(begin(alice), ["know"])
        counts.append(queries(lambda: alice_client.get("/assessments/")))
    assert counts[0] == counts[1]


def test_delete_and_undo(alice_client: Client, alice: User) -> None:
    make_topics("statistics", 2)
    done = take(alice, ["know", "dunno"])
    key = str(row(done, 2).topic_id)
    keep = reverse("assessments:keep_proposals", args=[done.pk])
    alice_client.post(keep, {"kind": "study", "topic": key})
    restore = reverse("assessments:restore", args=[done.pk])
    for _ in range(2):
        answer = delete(alice_client, done)
        assert (answer.status_code, answer["Location"]) == (303, "/assessments/")
        assert not evidence_of(alice).exists()
        assert Proposal.objects.get().state == "dropped"
    page = text(alice_client.get("/assessments/"))
    assert f'action="{restore}"' in page
    assert f'href="{result_address(done)}"' not in page
    gone = text(alice_client.get(result_address(done)))
    assert "This assessment is deleted" in gone
    assert "Keep the chosen ones" not in gone
    assert alice_client.post(keep, {"kind": "study", "topic": key}).status_code == 409
    for _ in range(2):
        assert alice_client.post(restore).status_code == 303
        assert evidence_of(alice).count() == 2
        assert Proposal.objects.get().state == "open"
    assert result_address(done) in text(alice_client.get("/assessments/"))


def test_an_open_one_can_be_deleted_and_goes_on_after_undo(
    alice_client: Client, alice: User
) -> None:
    make_topics("statistics", 2)
    assessment = begin(alice)
    say(assessment, ["know"])
    delete(alice_client, assessment)
    assert "Resume" not in text(alice_client.get("/assessments/"))
    alice_client.post(reverse("assessments:restore", args=[assessment.pk]))
    assert post(alice_client, assessment, 1, "dunno").status_code == 303
    assert evidence_of(alice).get().score == 0


def test_told_totals_can_be_deleted_too(alice_client: Client, alice: User) -> None:
    told = Assessment.objects.create(user=alice, kind="questions", title="Told", day=DAY, finished_at=AT)  # fmt: skip
    assert "Delete this assessment" in text(alice_client.get(result_address(told)))
    delete(alice_client, told)
    assert "This assessment is deleted" in text(alice_client.get(result_address(told)))
