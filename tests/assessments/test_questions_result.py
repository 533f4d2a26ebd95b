"""The result of a question assessment, and what is kept of it for the plan."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.assessments.models import Assessment
from apps.assessments.questions import start
from apps.assessments.questions_bank import Wanted
from apps.assessments.questions_page import weak_topics
from apps.assessments.removal import delete_assessment
from apps.assessments.views import questions as views
from apps.library.models import Area, Question, Topic
from apps.mastery.models import Source
from apps.mastery.record import record
from apps.plans.models import Proposal
from tests.assessments.asking import (
    AT,
    DAY,
    at,
    give,
    give_all,
    grade_at,
    make_bank,
    nth,
    queries,
    sit,
    words,
)
from tests.mastery.factories import make_area

MOST_OF_A_RESULT = 10
DAYS = dt.timedelta


@pytest.fixture
def done(alice: User) -> Assessment:
    """189 questions: 104 strong, 74 rusty, 11 gaps of which one is unknown."""
    make_bank(189)
    Question.objects.filter(slug__endswith="0").update(kind="implementation")
    sitting = sit(alice, felt={None: 65, make_area("nlp").pk: 90})
    scores = [90] * 104 + [60] * 74 + [20] * 10 + [25]
    for response, score in zip(sitting.responses.all(), scores, strict=True):
        response.score, response.seconds, response.at = score, 60, AT
        response.is_unknown, response.day = score == 25, DAY
        response.text, response.note = f"Text {response.position}", f"Note {response.position}"
        response.save()
    record(
        alice,
        list(sitting.responses.values_list("topic_id", "score")),  # type: ignore[arg-type] # all answered
        source=Source.QUESTION,
        source_id=sitting.pk,
        at=AT,
        day=DAY,
    )
    give_all(alice, sitting, [])
    return sitting


def test_the_result_of_189_answers(alice_client: Client, done: Assessment) -> None:
    page = words(alice_client.get(at("detail", done.pk)))
    assert "Of 189 answered, 104 strong, 74 rusty, 11 gap" in page
    assert "strong 104 (55 %)" in page
    assert "rusty 74 (39 %)" in page
    assert "gap 11 (6 %)" in page
    mean = (104 * 90 + 74 * 60 + 10 * 20 + 25) / 189
    assert f"{mean:.1f} % <small>n = 189</small>" in page
    assert "74.6 % <small>n = 189</small>" in page
    assert "55 + 39 / 2" not in page  # the rounded shares are for counts that were told
    assert '<a href="?band=unknown#answers">1</a> <small>of 189</small>' in page
    assert "1 min <small>a question</small>" in page
    assert "Overall: felt 65 %, measured 74.6 %" in page
    assert "Nlp: felt 90 %" in page
    assert "Implementation" in page
    assert "the first 24 of 85" in page
    assert page.count("What I wrote") == 189
    assert "Note 77" in page
    assert "Text 77" in page
    assert f'{nth(done, 180).topic.get_absolute_url()}">Read it</a>' in page
    assert "Before and now" not in page
    assert "None" not in page


def test_areas_and_kinds_show_their_n(
    alice_client: Client, alice: User, bank: list[Question]
) -> None:
    sitting = sit(alice)
    for response in sitting.responses.filter(topic__area__slug="nlp"):
        give(alice, response, 85)
    give_all(alice, sitting, [])
    page = words(alice_client.get(at("detail", sitting.pk)))
    assert "85.0 % <small>n = 3</small>" in page
    assert "– <small>n = 0 of 3</small>" in page
    assert "85.0 % <small>n = 3 of 9</small>" in page.split('id="kinds"')[1]
    assert "3 of 9 answered; the other 6 do not count" in page
    assert "not answered 6 of 9" in page


@pytest.mark.parametrize(
    ("chosen", "n"),
    [("", 189), ("strong", 104), ("rusty", 74), ("gap", 11), ("unknown", 1), ("nonsense", 189)],
)
def test_the_answers_are_filtered_by_band(
    alice_client: Client, done: Assessment, chosen: str, n: int
) -> None:
    page = words(alice_client.get(at("detail", done.pk), {"band": chosen}))
    assert page.count("What I wrote") == n
    assert "Of 189 answered" in page


def test_the_result_takes_few_queries(alice_client: Client, alice: User, done: Assessment) -> None:
    before = len(queries(lambda: alice_client.get(at("detail", done.pk))))
    assert before <= MOST_OF_A_RESULT
    again = sit(alice, at=AT + dt.timedelta(days=2))
    for response in again.responses.all()[:100]:
        response.score, response.at, response.day = 70, AT, DAY
        response.save()
    give_all(alice, again, [])
    after = queries(lambda: alice_client.get(at("detail", again.pk)))
    assert len(after) <= MOST_OF_A_RESULT


def test_what_was_written_is_escaped(alice_client: Client, alice: User, bank: list[Any]) -> None:
    sitting = sit(alice)
    give(alice, nth(sitting, 1), 50, text="<script>1</script>", note="<i>2</i>")
    give_all(alice, sitting, [])
    page = words(alice_client.get(at("detail", sitting.pk)))
    assert "&lt;script&gt;1" in page
    assert "&lt;i&gt;2" in page
    assert "<script>1" not in page


def test_the_same_questions_earlier_stand_beside(
    alice_client: Client, alice: User, bank: list[Question]
) -> None:
    first = sit(alice)
    give_all(alice, first, [20, 60, 90])
    later = AT + dt.timedelta(days=9)
    second = sit(alice, at=later)
    by_question = {each.question_id: each for each in second.responses.all()}
    scores = (95, 60, 40)
    for old, score in zip(first.responses.all()[:3], scores, strict=True):
        give(alice, by_question[old.question_id], score, at=later)
    give_all(alice, second, [], at=later)
    page = words(alice_client.get(at("detail", second.pk)))
    assert "Before and now, the same 3 questions" in page
    assert "1 better</a>, 1 the same, 1 worse" in page
    assert "56.7 %" in page
    assert "65.0 %" in page
    better = words(alice_client.get(at("detail", second.pk), {"band": "better"}))
    assert better.split('id="answers"')[1].count("<tr>") == 2  # the head, and one row
    # The earlier sitting knows nothing of the later one.
    assert "Before and now" not in words(alice_client.get(at("detail", first.pk)))


def test_an_area_that_was_told_earlier_stands_beside(
    alice_client: Client, alice: User, bank: list[Question]
) -> None:
    nlp = make_area("nlp")
    told = Assessment.objects.create(
        user=alice, kind="questions", title="By hand", day=DAY, at=AT, finished_at=AT
    )
    told.results.create(area=nlp, high=1, middle=1, low=0, total=2)
    told.results.create(area=make_area("statistics"), score=65)
    gone = Assessment.objects.create(
        user=alice, kind="questions", title="x", day=DAY, at=AT, finished_at=AT, deleted_at=AT
    )
    gone.results.create(area=nlp, high=0, middle=0, low=9, total=9)
    # A sitting that asked the area and got no answer says nothing of it.
    idle = sit(alice, at=AT + dt.timedelta(days=5))
    give(alice, idle.responses.filter(topic__area__slug="llm-systems")[0], 90)
    give_all(alice, idle, [])
    later = AT + dt.timedelta(days=9)
    sitting = sit(alice, at=later)
    give_all(alice, sitting, [90], at=later)
    page = words(alice_client.get(at("detail", sitting.pk)))
    assert "75.0 % ready <small>n = 2, 18 Nov 2026</small>" in page
    assert "65.0 % <small>18 Nov 2026</small>" in page


# Weak ones for the plan --------------------------------------------------------------------------


def test_weak_topics_are_kept_with_the_question_that_prompted_them(
    alice_client: Client, alice: User, bank: list[Question]
) -> None:
    sitting = sit(alice)
    give_all(alice, sitting, [10, 90, 45])
    weak = [nth(sitting, 1), nth(sitting, 3)]
    address = at("keep_weak", sitting.pk)
    page = words(alice_client.get(at("detail", sitting.pk)))
    assert f'value="{weak[0].topic_id}" checked' in page
    assert f'value="{weak[1].topic_id}">' in page
    for _ in range(2):
        answer = alice_client.post(address, {"topic": [str(each.topic_id) for each in weak]})
        assert answer.status_code == 303
        assert answer["Location"] == f"{at('detail', sitting.pk)}#weak"
    kept = Proposal.objects.order_by("rank")
    assert [(each.topic_id, each.question_id) for each in kept] == [
        (each.topic_id, each.question_id) for each in weak
    ]
    first = kept[0]
    assert (first.kind, first.state, first.source_id) == ("study", "open", sitting.pk)
    assert (first.minutes, first.prompted_by) == (
        weak[0].topic.minutes,
        "Standing questions, 18 November 2026",
    )
    page = words(alice_client.get(at("detail", sitting.pk)))
    assert page.count('<span class="tag">proposed</span>') == 2
    assert "Propose for the plan" not in page


def test_only_weak_topics_of_this_sitting_are_kept(
    alice_client: Client, alice: User, bank: list[Question]
) -> None:
    sitting = sit(alice)
    give_all(alice, sitting, [10, 90])
    address = at("keep_weak", sitting.pk)
    strong, unasked = nth(sitting, 2).topic_id, nth(sitting, 3).topic_id
    for topic in (strong, unasked, uuid.uuid4(), "x"):
        data = {"topic": [str(nth(sitting, 1).topic_id), str(topic)]}
        assert alice_client.post(address, data).status_code == 404
    nothing = alice_client.post(address)
    assert nothing.status_code == 422
    assert "Tick at least one topic." in words(nothing)
    Topic.objects.filter(pk=nth(sitting, 1).topic_id).update(retired_at=timezone.now())
    data = {"topic": str(nth(sitting, 1).topic_id)}
    assert alice_client.post(address, data).status_code == 404
    assert not Proposal.objects.exists()


def test_an_open_sitting_proposes_nothing(alice_client: Client, sitting: Assessment) -> None:
    alice_client.post(grade_at(nth(sitting, 1)), {"score": "0"})
    data = {"topic": str(nth(sitting, 1).topic_id)}
    answer = alice_client.post(at("keep_weak", sitting.pk), data)
    assert answer["Location"] == at("respond", sitting.pk)
    assert not Proposal.objects.exists()


def test_a_sitting_starts_from_python_too(alice: User, bank: list[Question]) -> None:
    made = start(
        alice,
        Wanted(standing=True),
        title="All",
        felt={},
        assessment_id=uuid.uuid4(),
        at=AT,
        day=DAY,
    )
    assert made
    assert made.responses.count() == 9


def test_a_later_answer_is_no_before(
    alice_client: Client, alice: User, bank: list[Question]
) -> None:
    first, second = sit(alice), sit(alice, at=AT + DAYS(2))
    give_all(alice, second, [90] * 9, at=AT + DAYS(2), day=DAY + DAYS(2))
    give_all(alice, first, [10] * 9, at=AT + DAYS(9), day=DAY + DAYS(9))
    page = alice_client.get(at("detail", second.pk)).context
    assert (page["change"], page["has_before"]) == (None, False)
    page = alice_client.get(at("detail", first.pk)).context
    assert (page["change"].n, page["change"].worse) == (9, 9)


def test_felt_worse_is_said_with_its_points(
    alice_client: Client, alice: User, bank: list[Question]
) -> None:
    sitting = sit(alice, felt={None: 60})
    give_all(alice, sitting, [90] * 9)
    page = words(alice_client.get(at("detail", sitting.pk)))
    assert "measured 100.0 % <small>n = 9</small>" in page
    assert "you felt 40 points below what was measured" in page


def test_own_topics_that_wait_are_kept_too_and_say_so(
    alice_client: Client, alice: User, bank: list[Question]
) -> None:
    sitting = sit(alice)
    give_all(alice, sitting, [10, 20])
    mine, ours = nth(sitting, 1).topic, nth(sitting, 2).topic
    Topic.objects.filter(pk=mine.pk).update(in_scope=False, owner=alice, collection="")
    Topic.objects.filter(pk=ours.pk).update(in_scope=False)
    page = words(alice_client.get(at("detail", sitting.pk)))
    assert page.count("not counted yet") == 1
    keep = at("keep_weak", sitting.pk)
    assert alice_client.post(keep, {"topic": str(ours.pk)}).status_code == 404
    assert alice_client.post(keep, {"topic": str(mine.pk)}).status_code == 303
    assert Proposal.objects.get().topic_id == mine.pk
    drop = reverse("plans:drop_proposal", args=[Proposal.objects.get().pk])
    alice_client.post(drop, {"drop": "1"})
    page = words(alice_client.get(at("detail", sitting.pk)))
    assert f'value="{mine.pk}">' in page
    assert "you dropped it" in page


def test_a_deletion_between_reading_and_keeping(
    alice_client: Client, alice: User, bank: list[Question], monkeypatch: pytest.MonkeyPatch
) -> None:
    sitting = sit(alice)
    give_all(alice, sitting, [10])

    def late(user: User, assessment: Assessment) -> Any:
        found = weak_topics(user, assessment)
        delete_assessment(Assessment.objects.get(pk=assessment.pk))
        return found

    monkeypatch.setattr(views, "weak_topics", late)
    data = {"topic": str(nth(sitting, 1).topic_id)}
    answer = alice_client.post(at("keep_weak", sitting.pk), data)
    assert answer.status_code == 409
    assert "deleted in the meantime" in words(answer)
    assert not Proposal.objects.exists()


def test_only_areas_of_ours_are_links(
    alice_client: Client, alice: User, bank: list[Question]
) -> None:
    Area.objects.filter(slug="nlp").update(collection="others")
    sitting = sit(alice)
    give_all(alice, sitting, [10] * 9)
    page = words(alice_client.get(at("detail", sitting.pk)))
    assert "/readiness/area/statistics/" in page
    assert "/readiness/area/nlp/" not in page
