from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.assessments import questions
from apps.assessments.models import Assessment
from apps.assessments.questions_retest import Refused, retest
from apps.library.models import Question, Topic
from tests.assessments.asking import AT, DAY, give, give_all, make_bank, sit

LATER = AT + dt.timedelta(days=7)
WEEK = dt.timedelta(days=7)
WEEK_ON = DAY + WEEK


@pytest.fixture
def earlier(alice: User) -> Assessment:
    """Nine questions, scored 10, 20 to 90."""
    make_bank()
    sitting = sit(alice)
    give_all(alice, sitting, range(10, 100, 10))
    return sitting


def again(user: User, sitting: Assessment, below: int = 80) -> Assessment:
    return retest(user, sitting.pk, below, at=LATER, day=WEEK_ON).assessment


def at(name: str, sitting: Assessment) -> str:
    return reverse(f"assessments:{name}", args=[sitting.pk])


def words(answer: object) -> str:
    return " ".join(answer.content.decode().split())  # type: ignore[attr-defined] # a test's answer


@pytest.mark.parametrize(("below", "n"), [(1, 0), (10, 0), (11, 1), (80, 7), (81, 8), (100, 9)])
def test_exactly_what_scored_below(alice: User, earlier: Assessment, below: int, n: int) -> None:
    if not n:
        with pytest.raises(Refused, match=f"below {below}"):
            again(alice, earlier, below)
        assert Assessment.objects.count() == 1
        return
    made = again(alice, earlier, below)
    asked = earlier.responses.filter(score__lt=below).order_by("position")
    assert list(made.responses.values_list("question", "before")) == list(
        asked.values_list("question", "pk")
    )
    assert asked.count() == n
    assert (made.origin, made.before, made.below) == ("retest", earlier, below)
    assert (made.day, made.finished_at) == (WEEK_ON, None)
    assert made.title == f"Re-test of “Standing questions”, below {below}"
    assert made.results.get(area=None).total == n


def test_one_at_a_time(alice: User, earlier: Assessment) -> None:
    first = retest(alice, earlier.pk, 80, at=LATER, day=WEEK_ON)
    second = retest(alice, earlier.pk, 50, at=LATER, day=WEEK_ON)
    assert (first.is_new, second.is_new) == (True, False)
    assert first.assessment == second.assessment
    give_all(alice, first.assessment, [50] * 7, at=LATER)
    third = again(alice, earlier, 50)
    assert third != first.assessment
    assert third.responses.count() == 4


def test_a_deleted_one_is_not_gone_on_with(alice: User, earlier: Assessment) -> None:
    first = again(alice, earlier)
    Assessment.objects.filter(pk=first.pk).update(deleted_at=LATER)
    assert again(alice, earlier) != first


def test_a_retest_is_retested(alice: User, earlier: Assessment) -> None:
    first = again(alice, earlier)
    give_all(alice, first, [90, 90, 90, 90, 90, 30, 30], at=LATER)
    second = again(alice, first, 60)
    assert second.before == first
    assert second.title == "Re-test of “Standing questions”, below 60"
    assert second.responses.count() == 2


def test_retired_questions_are_left_out_and_named(
    alice: User, alice_client: Client, earlier: Assessment
) -> None:
    low = [each.question for each in earlier.responses.order_by("position")[:3]]
    Question.objects.filter(pk=low[0].pk).update(retired_at=timezone.now())
    Topic.objects.filter(pk=low[1].topic_id).update(retired_at=timezone.now())
    made = retest(alice, earlier.pk, 40, at=LATER, day=WEEK_ON)
    assert [each.question_id for each in made.assessment.responses.all()] == [low[2].pk]
    assert made.left_out == [low[0].text, low[1].text]
    give_all(alice, made.assessment, [90], at=LATER)
    page = words(alice_client.get(at("detail", made.assessment)))
    assert "Left out, since retired" in page
    assert low[0].text in page
    Question.objects.update(retired_at=timezone.now())
    with pytest.raises(Refused, match="retired"):
        again(alice, earlier)


def test_an_open_sitting_and_a_strangers_are_refused(alice: User, charlie: User) -> None:
    make_bank()
    sitting = sit(alice)
    with pytest.raises(Refused, match="Finish"):
        again(alice, sitting)
    with pytest.raises(Assessment.DoesNotExist):
        again(charlie, sitting)


def test_the_queries_do_not_grow(alice: User) -> None:
    counts = []
    for n in (6, 60):
        make_bank(n, start=n)
        sitting = sit(alice)
        give_all(alice, sitting, [30])
        sitting.responses.update(score=30)
        with CaptureQueriesContext(connection) as taken:
            again(alice, sitting)
        counts.append(len(taken))
    assert counts[0] == counts[1]


# The page ----------------------------------------------------------------------------------------


def test_from_the_result_to_the_first_question(
    alice_client: Client, alice: User, earlier: Assessment
) -> None:
    page = words(alice_client.get(at("detail", earlier)))
    assert "7 answers are below 80." in page
    for _ in range(2):
        answer = alice_client.post(at("retest", earlier), {"below": "80"})
        made = Assessment.objects.get(before=earlier)
        assert (answer.status_code, answer["Location"]) == (303, at("respond", made))
    page = words(alice_client.get(at("respond", made)))
    assert "Question 1 of 7" in page
    assert "open already" in page
    assert f"{made.title}</a>" in words(alice_client.get(at("detail", earlier)))


@pytest.mark.parametrize(
    ("below", "message"),
    [
        ("", "Below which score?"),
        ("0", "At least 1."),
        ("101", "At most 100."),
        ("50.5", "A whole number from 1 to 100."),
        ("low", "A whole number from 1 to 100."),
        ("10", "No answer of this sitting is below 10."),
    ],
)
def test_a_bad_mark_is_said_and_stays(
    alice_client: Client, earlier: Assessment, below: str, message: str
) -> None:
    answer = alice_client.post(at("retest", earlier), {"below": below})
    page = words(answer)
    assert answer.status_code == 422
    assert message in page
    assert f'name="below" value="{below}"' in page
    assert Assessment.objects.count() == 1


def test_25_of_30_are_now_strong(alice_client: Client, alice: User) -> None:
    make_bank(40)
    first = sit(alice)
    give_all(alice, first, [50] * 30 + [90] * 10)
    second = again(alice, first)
    scores = [90] * 25 + [75, 60, 50, 50, 20]
    give_all(alice, second, scores, at=LATER)
    page = words(alice_client.get(at("detail", second)))
    assert "25 of 30 are now strong: 83 %." in page
    assert "Before and now, the same 30 questions" in page
    assert "27 better</a>, 2 the same, 1 worse" in page
    mean = sum(scores) / 30
    assert f"{mean:.1f} %" in page
    assert "mean 50.0 % <small>same 10</small>" in page
    lines = page.split('id="answers"')[1]
    assert lines.count("50 <small>18 Nov</small>") == 30
    assert at("detail", first) in page
    worse = words(alice_client.get(at("detail", second), {"band": "not-better"}))
    assert worse.split("<tbody>")[-1].count("<tr>") == 3


def test_what_was_not_answered_again_is_named(
    alice_client: Client, alice: User, earlier: Assessment
) -> None:
    made = again(alice, earlier)
    give_all(alice, made, [90, 90], at=LATER)
    page = words(alice_client.get(at("detail", made)))
    assert "2 of 2 are now strong: 100 %." in page
    assert "2 of 7 answered; the other 5 do not count" in page
    assert "not answered" in page


def test_it_compares_with_the_sitting_it_repeats(
    alice_client: Client, alice: User, earlier: Assessment
) -> None:
    first = again(alice, earlier)
    # The same question in another sitting meanwhile does not count as before.
    between = sit(alice, at=AT + dt.timedelta(days=1))
    for response in between.responses.all():
        give(alice, response, 100, at=AT + dt.timedelta(days=1))
    questions.finish(alice, between, AT)
    give_all(alice, first, [15], at=LATER)
    page = words(alice_client.get(at("detail", first)))
    assert "1 better</a>, 0 the same, 0 worse" in page


def test_what_was_before_stays_as_it_was(
    alice_client: Client, alice: User, earlier: Assessment
) -> None:
    made = again(alice, earlier)
    give_all(alice, made, [90] * 7, at=LATER)
    last = questions.undo(alice, earlier.pk, questions.last_of(earlier).pk)  # type: ignore[union-attr] # answered
    assert last
    for each in earlier.responses.filter(score__lt=80):
        each.score, each.at, each.day = 100, LATER + WEEK, WEEK_ON + WEEK
        each.save()
    page = alice_client.get(at("detail", made)).context
    assert (page["change"].better, page["change"].n) == (7, 7)
    assert {row.earlier.day for row in page["rows"]} == {DAY}


def test_two_of_one_sitting_are_never_open(
    alice_client: Client, alice: User, earlier: Assessment
) -> None:
    first = again(alice, earlier)
    alice_client.post(at("delete", first))
    second = again(alice, earlier)
    page = words(alice_client.post(at("restore", first), follow=True))
    assert "Another re-test of that sitting is open." in page
    assert list(earlier.retests.filter(deleted_at=None)) == [second]
    give_all(alice, second, [50], at=LATER)
    assert "The assessment is back." in words(alice_client.post(at("restore", first), follow=True))
    last = questions.last_of(second)
    assert last
    refused = alice_client.post(at("undo", second), {"response": str(last.pk)}, follow=True)
    assert "Another re-test of that sitting is open." in words(refused)
    assert list(earlier.retests.filter(finished_at=None)) == [first]


def test_a_strangers_sitting(
    charlie_client: Client, alice_client: Client, earlier: Assessment
) -> None:
    for below in ("80", "x"):
        assert charlie_client.post(at("retest", earlier), {"below": below}).status_code == 404
    assert alice_client.get(at("retest", earlier)).status_code == 405
    missing = reverse("assessments:retest", args=[uuid.uuid4()])
    assert alice_client.post(missing, {"below": "80"}).status_code == 404
