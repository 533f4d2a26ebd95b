"""Proposals are placed by a page that shows the tasks and dates first, and can be undone."""

from __future__ import annotations

import datetime as dt
import html
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.library.models import Exercise, Question, Reference, Topic
from apps.plans import bending, changes
from apps.plans.models import Plan, PlanDay, PlanWeek, Proposal, Revision, Task
from apps.plans.placing_forms import joined
from apps.plans.placing_rows import gaps_of, own_proposals
from apps.plans.proposals import NewProposal, drop, open_proposals, propose
from apps.plans.revise import CannotUndo, undo
from tests.conftest import TODAY
from tests.mastery.factories import make_topic

PAGE = "/plan/proposals/place/"
LIST = "/plan/proposals/"
Offer = Callable[..., list[Proposal]]


@pytest.fixture
def offer(alice: Any, now: Any) -> Offer:
    """Propose topics, half an hour each, the first ones first."""

    def make(*topics: Topic, kind: str = "study", said: str = "Coverage check", **more: Any) -> Any:
        items = [NewProposal(topic.pk, 30, rank) for rank, topic in enumerate(topics, 1)]
        when: Any = {"at": timezone.now(), "day": TODAY, "source_id": uuid.uuid4()} | more
        made = propose(alice, items, kind=kind, prompted_by=said, **when)
        return sorted(made, key=lambda each: each.rank)

    return make


def text(answer: Any) -> str:
    return " ".join(html.unescape(answer.content.decode()).split())


def fields(answer: Any) -> dict[str, Any]:
    """What the form that changes the plan would send."""
    form = answer.content.decode().split('<form class="form card" method="post"')[1]
    found: dict[str, Any] = {"p": re.findall(r'name="p" value="([^"]+)"', form)}
    for name in ("how", "reason", "prompted_by", "version", "next"):
        if tag := re.search(rf'<input[^>]*name="{name}"[^>]*>', form):
            value = re.search(r'value="([^"]*)"', tag[0])
            found[name] = html.unescape(value[1]) if value else ""
    return found | {"apply": "1"}


def ids(*rows: Proposal) -> dict[str, list[str]]:
    return {"p": [str(row.pk) for row in rows]}


def test_a_preview_changes_nothing_and_says_what_comes_when(
    alice_client: Client, plan: Plan, offer: Offer
) -> None:
    anova = make_topic("anova", title="ANOVA")
    Reference.objects.create(slug="f", title="F table").topics.add(anova)
    rows = offer(anova, make_topic("odds", title="Odds"))
    before = list(Task.objects.values_list("pk", "position"))
    answer = alice_client.get(PAGE, ids(*rows))
    page = text(answer)
    assert answer.status_code == 200
    for said in ("Study ANOVA", "Explain ANOVA", "Study Odds", "New (4)", "Placed 2 topics"):
        assert said in page
    assert 'value="Closing gaps"' in page
    assert 'name="prompted_by" maxlength="300" list="prompts" value="Coverage check"' in page
    assert list(Task.objects.values_list("pk", "position")) == before
    assert {row.state for row in Proposal.objects.all()} == {"open"}


def test_placing_without_javascript_makes_tasks_and_one_revision(
    alice: Any, alice_client: Client, plan: Plan, offer: Offer
) -> None:
    anova = make_topic("anova", title="ANOVA", category="good-to-know")
    Reference.objects.create(slug="f", title="F table").topics.add(anova)
    Exercise.objects.create(slug="code-f", title="Code the F test", minutes=25).topics.add(anova)
    hard = Exercise.objects.create(slug="a", title="Too hard", minutes=9, level_rank=3)
    hard.topics.add(anova)
    rows = offer(anova, make_topic("odds", title="Odds"))
    data = fields(alice_client.get(PAGE, ids(*rows)))
    answer = alice_client.post(PAGE, data)
    assert (answer.status_code, answer["Location"]) == (303, LIST)
    revision = plan.revisions.get(kind="place")
    assert (revision.what, revision.reason, revision.prompted_by) == (
        "Placed 2 topics",
        *("Closing gaps", "Coverage check"),
    )
    assert {row.state for row in Proposal.objects.all()} == {"placed"}
    new = Task.objects.filter(day__title="Closing gaps").order_by("position")
    assert [each.title for each in new] == [
        *("Study ANOVA", "Exercise: Code the F test", "Study Odds", "Explain Odds"),
    ]
    study, exercise, _, check = new
    assert (study.minutes, study.kind, study.session, study.priority) == (
        *(30, "read", "study", "should"),
    )
    assert 'href="/library/references/f/"' in study.detail_html
    assert 'href="/library/exercises/code-f/"' in exercise.detail_html
    assert (exercise.minutes, exercise.session) == (25, "practice")
    assert [topic.slug for topic in study.topics.all()] == ["anova"]
    assert all(each.parts.exists() and each.first_planned_on for each in new)
    page = text(alice_client.get(LIST))
    assert "Placed 2 topics" in page
    assert "Nothing is proposed at the moment." in page
    # The check of the last task asks about its topic alone.
    Question.objects.create(slug="q", text="Odds?", topic=check.topics.get(), kind="conceptual")
    asked = text(alice_client.get("/checks/start/", {"task": str(check.pk)}))
    assert "2 questions" in asked
    alice_client.post("/checks/start/", {"task": check.pk})
    assert {each.topic.slug for each in check.checks.get().answers.all()} == {"odds"}


def test_undo_takes_the_tasks_away_and_opens_the_proposals(
    alice_client: Client, plan: Plan, offer: Offer
) -> None:
    parts = list(plan.parts.order_by("pk").values_list("task", "day", "minutes"))
    rows = offer(make_topic("anova"), make_topic("odds"))
    alice_client.post(PAGE, fields(alice_client.get(PAGE, ids(*rows))))
    revision = plan.revisions.get(kind="place")
    answer = alice_client.post(f"/plan/history/{revision.pk}/undo/", {"next": LIST}, follow=True)
    assert "Undone: Placed 2 topics." in text(answer)
    assert {(row.state, row.decided_at) for row in Proposal.objects.all()} == {("open", None)}
    assert not Task.objects.live().filter(title__startswith="Study").exists()
    assert not PlanDay.objects.filter(title="Closing gaps", deleted_at=None).exists()
    live = plan.parts.filter(task__deleted_at=None)
    assert sorted(live.values_list("task", "day", "minutes")) == sorted(parts)
    # And they can be placed again.
    alice_client.post(PAGE, fields(alice_client.get(PAGE, ids(*rows))))
    assert Task.objects.live().filter(title__startswith="Study").count() == 2


def test_undo_says_when_the_topic_is_proposed_again_by_now(
    alice: Any, alice_client: Client, plan: Plan, offer: Offer
) -> None:
    anova = make_topic("anova", title="ANOVA")
    rows = offer(anova)
    alice_client.post(PAGE, fields(alice_client.get(PAGE, ids(*rows))))
    (newer,) = offer(anova)
    revision = plan.revisions.get(kind="place")
    answer = alice_client.post(f"/plan/history/{revision.pk}/undo/", {"next": LIST}, follow=True)
    assert "“ANOVA” is proposed again by now. Drop that proposal first." in text(answer)
    assert Task.objects.live().filter(title="Study ANOVA").exists()
    Proposal.objects.filter(pk=newer.pk).update(state="dropped")
    undo(revision)
    assert open_proposals(alice).get() == rows[0]


@pytest.mark.parametrize(("how", "place"), [("next", 0), ("end", -2), ("mixed", 3)])
def test_where_they_go(
    alice_client: Client, plan: Plan, offer: Offer, how: str, place: int
) -> None:
    rows = offer(make_topic("anova", title="ANOVA"))
    data = fields(alice_client.get(PAGE, ids(*rows) | {"how": how}))
    assert data["how"] == how
    alice_client.post(PAGE, data)
    titles = list(plan.tasks.order_by("position").values_list("title", flat=True))
    assert titles.index("Study ANOVA") == place % len(titles)


def test_relearning_comes_first_and_a_single_one_stays_for_later(
    alice: Any, alice_client: Client, plan: Plan, offer: Offer
) -> None:
    first, second = offer(make_topic("odds", title="Odds"), make_topic("anova"))
    (leech,) = offer(make_topic("bias", title="Bias"), kind="relearn", said="Failed 4 times")
    Proposal.objects.filter(pk=leech.pk).update(rank=0)
    answer = alice_client.get(PAGE, ids(first, leech))
    assert "Coverage check" in text(answer)
    alice_client.post(PAGE, fields(answer))
    new = Task.objects.filter(day__title="Closing gaps").order_by("position")
    assert [each.title for each in new][::2] == ["Learn Bias again", "Study Odds"]
    assert open_proposals(alice).get() == second
    revision = plan.revisions.get(kind="place")
    assert revision.prompted_by == "Failed 4 times; Coverage check"


def test_leaving_out_what_is_known(
    alice: Any, alice_client: Client, plan: Plan, topic: Topic, offer: Offer
) -> None:
    other = make_topic("anova", title="ANOVA")
    plan.tasks.get(key="sheet").topics.add(other)
    plan.tasks.filter(key="check-1").update(kind="check")
    (row, useless) = offer(topic, make_topic("odds", title="Odds"), kind="leave_out")
    answer = alice_client.get(PAGE, ids(row, useless))
    page = text(answer)
    assert "Leave out what you know" in page
    assert "Where in the plan" not in page
    assert "Leaving out saves 3 h 20 min." in page
    assert "“Write a cheat sheet” stays. It also teaches other topics." in page
    assert "“Odds” stays proposed." in page
    data = fields(answer)
    assert data["reason"] == "Known already"
    alice_client.post(PAGE, data)
    skipped = plan.tasks.filter(status="skipped").order_by("position")
    assert [each.key for each in skipped] == ["read-adam", "code-knn", "kmeans", "zero"]
    assert {each.skip_reason for each in skipped} == {"Coverage check"}
    assert plan.revisions.get(kind="leave_out").what == "Left out 4 tasks"
    assert open_proposals(alice).get() == useless
    undo(plan.revisions.get(kind="leave_out"))
    assert open_proposals(alice).count() == 2
    assert not plan.tasks.filter(status="skipped").exists()


def test_nothing_to_leave_out_is_said_beside_the_form(
    alice_client: Client, plan: Plan, offer: Offer
) -> None:
    rows = offer(make_topic("odds"), kind="leave_out")
    answer = alice_client.get(PAGE, ids(*rows))
    assert answer.status_code == 422
    assert "there is nothing to leave out" in text(answer)


def test_both_at_once_are_one_revision(
    alice_client: Client, plan: Plan, topic: Topic, offer: Offer
) -> None:
    (out,) = offer(topic, kind="leave_out")
    (study,) = offer(make_topic("odds", title="Odds"))
    alice_client.post(PAGE, fields(alice_client.get(PAGE, ids(out, study))))
    revision = plan.revisions.exclude(kind="create").get()
    assert (revision.kind, revision.what) == ("place", "Placed “Odds” and left out 6 tasks")


def test_a_topic_that_is_proposed_twice_comes_once(
    alice: Any, alice_client: Client, plan: Plan, offer: Offer
) -> None:
    odds = make_topic("odds", title="Odds")
    (again,) = offer(odds, kind="relearn")
    Proposal.objects.update(rank=0)
    answer = alice_client.get(PAGE, ids(again, *offer(odds)))
    assert "“Odds” is proposed twice and comes once." in text(answer)
    alice_client.post(PAGE, fields(answer))
    assert not open_proposals(alice).exists()
    new = Task.objects.filter(day__title="Closing gaps").order_by("position")
    assert [each.title for each in new] == ["Learn Odds again", "Explain Odds"]


def test_a_topic_that_is_in_the_plan_comes_on_top(
    alice_client: Client, plan: Plan, topic: Topic, offer: Offer
) -> None:
    page = text(alice_client.get(PAGE, ids(*offer(topic))))
    assert "“K-nearest neighbours” is in your plan already. These tasks come on top." in page


def test_one_that_was_decided_meanwhile_is_said_and_the_rest_shown(
    alice: Any, alice_client: Client, plan: Plan, offer: Offer
) -> None:
    one, two, three = offer(*(make_topic(slug, title=slug.title()) for slug in ("a", "b", "c")))
    data = fields(alice_client.get(PAGE, ids(one, two, three)))
    Proposal.objects.filter(pk=one.pk).update(state="placed")
    Proposal.objects.filter(pk=two.pk).update(state="dropped")
    answer = alice_client.post(PAGE, data)
    assert answer.status_code == 303
    assert answer["Location"] == f"{PAGE}?p={three.pk}&how=mixed"
    page = text(alice_client.get(answer["Location"]))
    assert "“A” is in your plan already." in page
    assert "“B” is dropped. Take that back first." in page
    assert "Placed “C”" in page
    assert not plan.revisions.filter(kind="place").exists()
    again = alice_client.get(PAGE, ids(one))
    assert (again.status_code, again["Location"]) == (303, LIST)


def test_what_was_sent_twice_is_placed_once(alice_client: Client, plan: Plan, offer: Offer) -> None:
    data = fields(alice_client.get(PAGE, ids(*offer(make_topic("odds", title="Odds")))))
    for _ in range(2):
        assert alice_client.post(PAGE, data)["Location"] == LIST
    assert "“Odds” is in your plan already." in text(alice_client.get(LIST))
    assert Task.objects.filter(title="Study Odds").count() == 1


def test_one_that_is_dropped_at_the_same_moment_is_not_placed(
    alice: Any, plan: Plan, offer: Offer, alice_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dropping changes no plan, so that the plan's version does not tell."""
    rows = offer(make_topic("anova", title="ANOVA"), make_topic("odds", title="Odds"))
    data, load = fields(alice_client.get(PAGE, ids(*rows))), bending.load

    def dropped_meanwhile(*args: Any) -> Any:
        drop(alice, rows[0].pk)
        return load(*args)

    monkeypatch.setattr(bending, "load", dropped_meanwhile)
    answer = alice_client.post(PAGE, data)
    assert answer.status_code in (409, 422)
    assert "One of these proposals was decided meanwhile." in text(answer)
    assert not Task.objects.filter(day__title="Closing gaps").exists()
    assert {row.state for row in Proposal.objects.all()} == {"dropped", "open"}


def test_a_plan_that_changed_since_gives_a_new_preview(
    alice_client: Client, plan: Plan, task: Task, offer: Offer
) -> None:
    data = fields(alice_client.get(PAGE, ids(*offer(make_topic("odds")))))
    changes.move(task, TODAY + dt.timedelta(days=2), TODAY)
    answer = alice_client.post(PAGE, data)
    assert answer.status_code == 409
    assert "The plan has changed since this was shown." in text(answer)
    assert open_proposals(plan.owner).count() == 1
    assert alice_client.post(PAGE, fields(answer)).status_code == 303
    assert not open_proposals(plan.owner).exists()


def test_what_is_typed_wrong_is_said_and_kept(
    alice_client: Client, plan: Plan, offer: Offer
) -> None:
    rows = offer(make_topic("odds"))
    data = fields(alice_client.get(PAGE, ids(*rows)))
    answer = alice_client.post(PAGE, data | {"reason": " ", "prompted_by": "A friend"})
    assert answer.status_code == 422
    assert "Say in a few words why." in text(answer)
    assert 'value="A friend"' in text(answer)
    answer = alice_client.get(PAGE, ids(*rows) | {"how": "sideways"})
    assert answer.status_code == 422
    assert "Choose one of the three." in text(answer)
    assert not plan.revisions.filter(kind="place").exists()


def test_strangers_wrong_ids_and_methods(
    alice_client: Client, charlie_client: Client, charlie: Any, plan: Plan, offer: Offer
) -> None:
    mine, _ = offer(make_topic("odds"), make_topic("anova"))
    theirs = Proposal.objects.create(
        user=charlie, topic=make_topic("bias"), kind="study", minutes=30, source_id=uuid.uuid4(),
        prompted_by="x", day=TODAY,
    )  # fmt: skip
    data = fields(alice_client.get(PAGE, ids(mine)))
    for wrong in (str(theirs.pk), str(uuid.uuid4()), "nonsense"):
        sent = {"p": [str(mine.pk), wrong]}
        assert alice_client.get(PAGE, sent).status_code == 404
        assert alice_client.post(PAGE, data | sent).status_code == 404
    assert charlie_client.get(PAGE, ids(mine)).status_code == 404
    assert charlie_client.post(PAGE, data).status_code == 404
    assert alice_client.put(PAGE).status_code == 405
    assert {row.state for row in Proposal.objects.all()} == {"open"}


def test_nothing_chosen_too_many_and_no_plan(
    alice: Any, alice_client: Client, offer: Offer
) -> None:
    assert alice_client.get(PAGE)["Location"] == LIST
    assert "Choose at least one proposal first." in text(alice_client.get(LIST))
    rows = offer(*(make_topic(f"t-{number}") for number in range(61)))
    assert alice_client.get(PAGE, ids(*rows))["Location"] == LIST
    assert "at most 60 proposals" in text(alice_client.get(LIST))
    assert alice_client.get(PAGE, ids(rows[0]))["Location"] == "/plan/"
    assert "Make a plan first." in text(alice_client.get("/plan/"))


def test_a_plan_whose_weeks_are_gone_gets_another(
    alice: Any, alice_client: Client, offer: Offer
) -> None:
    plan = Plan.objects.create(owner=alice, title="Empty", starts_on=TODAY)
    rows = offer(make_topic("odds"))
    for number in (1, 2):
        alice_client.post(PAGE, fields(alice_client.get(PAGE, ids(*rows))))
        assert PlanWeek.objects.get(plan=plan, deleted_at=None).number == number
        undo(plan.revisions.get(kind="place", undone_at=None))


def test_two_revisions_in_a_week_are_undone_one_by_one(
    alice_client: Client, plan: Plan, offer: Offer
) -> None:
    one, two = offer(make_topic("odds", title="Odds"), make_topic("bias", title="Bias"))
    for row in (one, two):
        alice_client.post(PAGE, fields(alice_client.get(PAGE, ids(row))))
    first, second = plan.revisions.filter(kind="place").order_by("version")
    undo(second)
    undo(first)
    assert not Task.objects.live().filter(day__title="Closing gaps").exists()
    with pytest.raises(CannotUndo):
        undo(Revision.objects.get(pk=first.pk))


def test_the_preview_takes_as_many_queries_for_one_as_for_many(
    alice_client: Client, plan: Plan, offer: Offer
) -> None:
    topics = [make_topic(f"t-{number}") for number in range(30)]
    for each in topics:
        Reference.objects.create(slug=each.slug, title="Page").topics.add(each)
        Exercise.objects.create(slug=each.slug, title="Do", minutes=20).topics.add(each)
    rows = offer(*topics)
    found = []
    for chosen in (rows[:1], rows):
        with CaptureQueriesContext(connection) as captured:
            assert alice_client.get(PAGE, ids(*chosen)).status_code == 200
        found.append(len(captured))
    assert found[0] == found[1] <= 19
    sent = [fields(alice_client.get(PAGE, ids(*chosen))) for chosen in (rows[:2], rows[2:])]
    with CaptureQueriesContext(connection) as few:
        alice_client.post(PAGE, sent[0])
    many_fields = fields(alice_client.get(PAGE, ids(*rows[2:])))
    with CaptureQueriesContext(connection) as many:
        assert alice_client.post(PAGE, many_fields).status_code == 303
    assert len(many) <= len(few) + 3


def test_questions_above_the_level_are_not_counted(
    alice: Any, plan: Plan, topic: Topic, offer: Offer
) -> None:
    rows = offer(topic)
    for rank in (1, 3):
        Question.objects.create(slug=f"q{rank}", text="?", topic=topic, level_rank=rank)
    Question.objects.create(slug="gone", text="?", topic=topic, retired_at=timezone.now())
    alice.level = "mid"
    (gap,) = gaps_of(alice, own_proposals(alice, [rows[0].pk]))
    assert (gap.questions, gap.title, gap.is_relearn) == (1, topic.title, False)


def test_the_first_hours_are_ticked(
    alice_client: Client, plan: Plan, topic: Topic, offer: Offer
) -> None:
    topics = [make_topic(f"t-{number}") for number in range(12)]
    offer(topic, *topics)  # the first one is in the plan
    offer(topics[0], kind="relearn")
    offer(make_topic("known"), kind="leave_out")
    for hours, ticked in (("4", 8), ("8", 12), ("5", 0), ("x", 0), ("", 0)):
        page = alice_client.get(LIST, {"hours": hours}).content.decode()
        boxes = re.findall(r'<input type="checkbox" form="placing"[^>]*>', page)
        assert len(boxes) == 15
        assert sum("checked" in box for box in boxes) == ticked, hours


@pytest.mark.parametrize(
    ("texts", "one"),
    [
        ([], ""),
        (["", "a"], "a"),
        (["a", "b", "a"], "a; b"),
        (["a" * 200, "b" * 200, "c"], "a" * 200 + " and 2 more"),
        (["x" * 400], "x" * 300),
    ],
)
def test_what_prompted_several_in_one_line(texts: list[str], one: str) -> None:
    assert joined(texts) == one
