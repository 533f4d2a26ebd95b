"""Proposals wait for the plan: at most one of a kind for a topic; dropping can be taken back."""

from __future__ import annotations

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
from apps.mastery.models import Source
from apps.mastery.record import record
from apps.plans.models import Plan, Proposal
from apps.plans.proposals import (
    NewProposal,
    drop,
    open_proposals,
    propose,
    take_back_drop,
    withdraw_of,
)
from tests.conftest import TODAY
from tests.mastery.factories import make_topic

SOURCE = uuid.UUID("7b0a3f80-2f0e-4c77-9f0e-6a2a3c1f6f01")
PAGE = "/plan/proposals/"


@pytest.fixture
def offer(alice: Any, now: Any) -> Callable[..., list[Proposal]]:
    """Propose topics as one source does, half an hour each."""

    def make(*topics: Topic, kind: str = "study", source: uuid.UUID = SOURCE, **more: Any) -> Any:
        items = [NewProposal(topic.pk, 30, rank) for rank, topic in enumerate(topics)]
        said = {"prompted_by": "Coverage check", "at": timezone.now(), "day": TODAY} | more
        return propose(alice, items, kind=kind, source_id=source, **said)

    return make


def states(user: Any) -> list[tuple[str, str]]:
    rows = Proposal.objects.filter(user=user).order_by("at", "rank", "pk")
    return [(row.kind, row.state) for row in rows]


def count(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def test_proposing_keeps_order_and_what_is_open_already(
    alice: Any, topic: Topic, offer: Callable[..., Any]
) -> None:
    other = make_topic("anova")
    first = offer(topic)[0]
    both = offer(other, topic, source=uuid.uuid4(), prompted_by="Another")
    assert {each.topic_id for each in both} == {topic.pk, other.pk}
    assert next(each for each in both if each.topic_id == topic.pk) == first
    assert open_proposals(alice).get(topic=topic).prompted_by == "Coverage check"
    assert open_proposals(alice).count() == 2


def test_one_open_of_each_kind(alice: Any, topic: Topic, offer: Callable[..., Any]) -> None:
    for _ in range(3):
        offer(topic)
        offer(topic, topic, kind="relearn")
    assert sorted(states(alice)) == [("relearn", "open"), ("study", "open")]


def test_what_is_too_long_or_too_much_is_cut(
    alice: Any, topic: Topic, offer: Callable[..., Any]
) -> None:
    offer(topic, prompted_by="x" * 999)
    item = NewProposal(make_topic("anova").pk, 10**6, -3)
    at = timezone.now()
    propose(alice, [item], kind="study", source_id=SOURCE, prompted_by="y", at=at, day=TODAY)
    assert len(open_proposals(alice).get(topic=topic).prompted_by) == 300
    cut = open_proposals(alice).get(topic__slug="anova")
    assert (cut.minutes, cut.rank) == (32_767, 0)


def test_nothing_is_proposed_of_nothing_and_a_wrong_kind_is_refused(
    topic: Topic, offer: Callable[..., Any]
) -> None:
    assert offer() == []
    with pytest.raises(ValueError, match="sing"):
        offer(topic, kind="sing")


def test_proposing_takes_as_many_queries_for_one_as_for_many(
    topic: Topic, offer: Callable[..., Any]
) -> None:
    many = [make_topic(f"t-{number}") for number in range(30)]
    assert count(lambda: offer(topic)) == count(lambda: offer(*many))


def test_a_source_takes_back_what_is_still_open_of_it(
    alice: Any, topic: Topic, offer: Callable[..., Any]
) -> None:
    (mine,) = offer(topic)
    placed = offer(make_topic("placed"))[0]
    Proposal.objects.filter(pk=placed.pk).update(state="placed")
    offer(make_topic("other"), source=uuid.uuid4())
    assert withdraw_of(alice, SOURCE) == 1
    assert withdraw_of(alice, SOURCE) == 0
    mine.refresh_from_db()
    assert mine.state == "dropped"
    assert mine.decided_at
    assert open_proposals(alice).count() == 1


def test_dropping_can_be_taken_back_unless_another_took_the_place(
    alice: Any, charlie: Any, topic: Topic, offer: Callable[..., Any]
) -> None:
    (first,) = offer(topic)
    assert not drop(charlie, first.pk)
    assert drop(alice, first.pk)
    assert not drop(alice, first.pk)
    assert not take_back_drop(charlie, first.pk)
    assert take_back_drop(alice, first.pk)
    first.refresh_from_db()
    assert (first.state, first.decided_at) == ("open", None)
    drop(alice, first.pk)
    offer(topic, source=uuid.uuid4())
    assert not take_back_drop(alice, first.pk)
    assert sorted(states(alice)) == [("study", "dropped"), ("study", "open")]


def test_the_page_says_what_is_proposed_and_why(
    alice_client: Client, plan: Plan, topic: Topic, offer: Callable[..., Any]
) -> None:
    again = make_topic("anova", title="ANOVA")
    asked = Question.objects.create(slug="why", text="Why **three** groups?", topic=again)
    Reference.objects.create(slug="f", title="F table").topics.add(again)
    made = Exercise.objects.create(slug="code-f", title="Code the F test", minutes=25)
    made.topics.add(again)
    offer(topic)
    offer(again, kind="relearn", source=uuid.uuid4(), prompted_by="Failed 4 times")
    Proposal.objects.filter(topic=again).update(question=asked)
    offer(make_topic("held", title="Held"), kind="leave_out")
    page = " ".join(alice_client.get(PAGE).content.decode().split())
    relearn, rest = page.split('id="kind-study"')
    study, out = rest.split('id="kind-leave_out"')
    assert "ANOVA" in relearn
    for said in ("F table", "Code the F test", "Failed 4 times", asked.get_absolute_url()):
        assert said in relearn
    assert f'href="/assessments/{SOURCE}/"' in study
    assert "in your plan" in study
    assert "1 topic, 30 min saved" in out
    assert "Nothing here changes your plan until you have seen the dates." in page
    assert f'href="/library/topics/{again.pk}/plan/"' in relearn
    assert f'href="/library/topics/{topic.pk}/plan/"' not in study
    assert "Choose a day yourself" not in out
    assert 'aria-label="Leave out: Held"' in out
    assert study.count('aria-label="Place: ') == relearn.count('aria-label="Place: ') == 1
    assert "Proposals (3)" in alice_client.get("/plan/").content.decode()


def test_the_empty_page_says_where_proposals_come_from(alice_client: Client, plan: Plan) -> None:
    assert "Where proposals come from" in alice_client.get(PAGE).content.decode()
    assert "Proposals</a>" in alice_client.get("/plan/").content.decode()


def test_dropping_without_javascript(
    alice: Any, alice_client: Client, topic: Topic, offer: Callable[..., Any]
) -> None:
    (row,) = offer(topic)
    answer = alice_client.post(f"{PAGE}{row.pk}/drop/", {"drop": "1"})
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    page = alice_client.get(PAGE).content.decode()
    undo = f"{PAGE}{row.pk}/drop/?drop=0"
    assert f'action="{undo}"' in page
    assert "Dropped (1)" in page
    alice_client.post(f"{PAGE}{row.pk}/drop/", {"drop": "1"})
    assert states(alice) == [("study", "dropped")]
    assert alice_client.post(undo).status_code == 303
    assert states(alice) == [("study", "open")]


def test_dropping_answers_the_row_and_the_totals(
    htmx: Any, topic: Topic, offer: Callable[..., Any]
) -> None:
    row, _ = offer(topic, make_topic("anova"))
    for wanted, words, total in (("1", "Undo", "1 topic, 30 min"), ("0", "Drop", "2 topics, 1 h")):
        answer = htmx(f"{PAGE}{row.pk}/drop/", {"drop": wanted})
        said = answer.content.decode()
        assert f'id="proposal-{row.pk}"' in said
        assert words in said
        assert total in said
        assert 'hx-swap-oob="true"' in said


def test_undo_says_when_something_newer_is_proposed(
    alice: Any, alice_client: Client, htmx: Any, topic: Topic, offer: Callable[..., Any]
) -> None:
    (row,) = offer(topic)
    drop(alice, row.pk)
    offer(topic, source=uuid.uuid4())
    answer = alice_client.post(f"{PAGE}{row.pk}/drop/", {"drop": "0"}, follow=True)
    assert "is proposed again already" in answer.content.decode()
    assert htmx(f"{PAGE}{row.pk}/drop/", {"drop": "0"}).status_code < 500


def test_wrong_words_methods_and_strangers(
    alice_client: Client, charlie_client: Client, topic: Topic, offer: Callable[..., Any]
) -> None:
    (row,) = offer(topic)
    address = f"{PAGE}{row.pk}/drop/"
    assert alice_client.get(address).status_code == 405
    assert alice_client.post(PAGE).status_code == 405
    for data in ({}, {"drop": "2"}):
        assert alice_client.post(address, data).status_code == 400
    assert charlie_client.post(address, {"drop": "1"}).status_code == 404
    assert alice_client.post(f"{PAGE}{uuid.uuid4()}/drop/", {"drop": "1"}).status_code == 404
    assert alice_client.post(f"{PAGE}nonsense/drop/", {"drop": "1"}).status_code == 404
    row.refresh_from_db()
    assert row.state == "open"
    assert topic.title not in charlie_client.get(PAGE).content.decode()


def test_the_page_takes_few_queries_however_many_proposals(
    alice_client: Client, htmx: Any, plan: Plan, topic: Topic, offer: Callable[..., Any]
) -> None:
    def more(first: int, last: int) -> None:
        for kind in ("study", "relearn", "leave_out"):
            topics = [
                make_topic(f"{kind}-{number}", f"a-{number}") for number in range(first, last)
            ]
            offer(*topics, kind=kind)
            for each in topics:
                Reference.objects.create(slug=each.slug, title="Page").topics.add(each)
        offer(make_topic(f"gone-{first}"), source=(gone := uuid.uuid4()))
        withdraw_of(plan.owner, gone)

    more(0, 1)
    alice_client.get(PAGE)
    few = count(lambda: alice_client.get(PAGE))
    row = open_proposals(plan.owner).first()
    assert row
    act = lambda: htmx(f"{PAGE}{row.pk}/drop/", {"drop": "1"})  # noqa: E731 - said once
    one = count(act)
    take_back_drop(plan.owner, row.pk)
    more(1, 12)
    assert count(lambda: alice_client.get(PAGE)) == few <= 10
    assert count(act) == one


def test_what_is_known_or_planned_by_now_is_marked_and_dropped_at_once(
    alice: Any,
    charlie: Any,
    alice_client: Client,
    plan: Plan,
    topic: Topic,
    offer: Callable[..., Any],
) -> None:
    known, weak, theirs, out = (make_topic(slug) for slug in ("known", "weak", "theirs", "out"))
    offer(topic, known, weak, theirs)  # the first is in the plan
    offer(out, kind="leave_out")
    for user, each, score in ((alice, known, 100), (alice, weak, 79), (charlie, theirs, 100)):
        scores = [(each.pk, score)]
        record(user, scores, source=Source.CHECK, source_id=SOURCE, at=timezone.now(), day=TODAY)
    record(
        alice, [(out.pk, 100)], source=Source.CHECK, source_id=SOURCE, at=timezone.now(), day=TODAY
    )
    page = alice_client.get(PAGE).content.decode()
    assert page.count("now 100 %") == 1
    assert "Drop the 2 that are in your plan or known by now" in page
    address = f"{PAGE}drop-settled/"
    for _ in range(2):
        assert alice_client.post(address)["Location"] == PAGE
        left = set(open_proposals(alice).values_list("topic", flat=True))
        assert left == {weak.pk, theirs.pk, out.pk}
    page = alice_client.get(PAGE).content.decode()
    assert "2 topics are dropped." in page
    found = re.search(r'action="([^"]+drop-settled/\?at=[^"]+)"', page)
    assert found
    back = html.unescape(found[1])
    offer(known, source=uuid.uuid4())  # something newer proposes it: that one stays
    for _ in range(2):
        assert alice_client.post(back).status_code == 303
        assert open_proposals(alice).filter(kind="study").count() == 4
    assert "1 topic is proposed again." in alice_client.get(PAGE).content.decode()


def test_dropping_what_is_settled_refuses_what_it_does_not_understand(
    alice: Any,
    alice_client: Client,
    charlie_client: Client,
    offer: Callable[..., Any],
    plan: Plan,
    topic: Topic,
) -> None:
    offer(topic)
    address = f"{PAGE}drop-settled/"
    assert alice_client.get(address).status_code == 405
    for at in ("nonsense", "2026-11-21", "2026-02-30T10:00:00Z", "2026-11-21T10:00:00"):
        assert alice_client.post(f"{address}?at={at}").status_code == 400, at
    assert charlie_client.post(address).status_code == 303
    assert open_proposals(alice).count() == 1
