from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.checks import take
from apps.checks.log import Answered, delete_check, log_result
from apps.checks.models import Answer, Check
from apps.library.models import Question, Topic
from apps.mastery.models import Card, Evidence, Memory
from apps.plans.models import PlanDay
from tests.checks.taking import (
    HTMX,
    ask_about,
    at,
    check_of,
    day,
    done,
    next_answer,
    score,
    task_of,
    today,
)
from tests.mastery.factories import make_topic

__all__ = ["day"]

START = "/checks/start/"


# Undo --------------------------------------------------------------------------------------------


def test_undo_asks_the_question_again(
    alice: User, alice_client: Client, topics: list[Topic]
) -> None:
    check = check_of(alice, topics)
    last = score(alice, check, 50, text="My text", seconds=20)
    for _ in range(2):
        answer = alice_client.post(at("undo", check), {"answer": str(last.pk)}, headers=HTMX)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "Question 1 of 3" in page
        assert "My text" in page
        assert 'name="seconds" value="20"' in page
    assert not Memory.objects.exists()
    assert not Card.objects.exists()
    score(alice, check)
    assert alice_client.post(at("undo", check))["Location"] == at("take", check)
    assert not Memory.objects.exists()


def test_undo_of_the_last_answer_of_a_finished_check(
    alice: User, alice_client: Client, topics: list[Topic]
) -> None:
    check = check_of(alice, topics[:1])
    last = score(alice, check, 100)
    done(alice, check)
    page = alice_client.get(at("detail", check)).content.decode()
    assert at("undo", check) in page
    assert str(last.pk) in page
    answer = alice_client.post(at("undo", check), {"answer": str(last.pk)})
    assert answer["Location"] == at("take", check)
    check.refresh_from_db()
    assert check.finished_at is None


def test_undo_while_another_check_is_open(
    alice: User, alice_client: Client, topics: list[Topic]
) -> None:
    first = check_of(alice, topics)
    score(alice, first)
    done(alice, first)
    check_of(alice, topics)
    answer = alice_client.post(at("undo", first), follow=True)
    assert "Another check is open" in answer.content.decode()
    assert Memory.objects.exists()


@pytest.mark.parametrize("answer", ["nonsense", str(uuid.uuid4())])
def test_undo_of_what_is_not_there(
    alice: User, alice_client: Client, topics: list[Topic], answer: str
) -> None:
    check = check_of(alice, topics)
    score(alice, check)
    assert alice_client.post(at("undo", check), {"answer": answer}).status_code in (303, 404)
    assert Memory.objects.exists()


# A question of one's own -------------------------------------------------------------------------


def own(**fields: str) -> dict[str, str]:
    return {"id": str(uuid.uuid4()), "topic": "T-test", "text": "Why *so*?", "answer": ""} | fields


def test_adding_a_question(alice: User, alice_client: Client, topics: list[Topic]) -> None:
    check = check_of(alice, topics)
    form = alice_client.get(at("ask", check), headers=HTMX).content.decode()
    assert form.lstrip().startswith("<form")
    assert "A question of your own" in alice_client.get(at("ask", check)).content.decode()
    data = own()
    answer = alice_client.post(at("ask", check), data, headers=HTMX)
    page = answer.content.decode()
    assert "as question 4" in page
    assert "Question 1 of 4" in page
    assert alice_client.post(at("ask", check), data).status_code == 303
    assert check.answers.count() == 4
    assert Question.objects.get(owner=alice).topic == topics[0]


def test_a_question_added_at_the_end_is_asked_at_once(
    alice: User, alice_client: Client, topics: list[Topic]
) -> None:
    check = check_of(alice, topics[:1])
    score(alice, check)
    answer = alice_client.post(at("ask", check), own(), headers=HTMX)
    assert answer["HX-Retarget"] == "#asking"
    assert "Why <em>so</em>?" in answer.content.decode()
    assert "Question 2 of 2" in answer.content.decode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (own(topic=""), "Which topic does it belong to?"),
        (own(topic="T-tset"), "Did you mean T-test"),
        (own(text=""), "What do you want to be asked?"),
        (own(text="   "), "What do you want to be asked?"),
        (own(text="x" * 2_001), "at most 2,000 fit here"),
        (own(answer="x" * 20_001), "at most 20,000 fit here"),
        (own(id="nonsense"), "Open this form again"),
    ],
)
@pytest.mark.parametrize("headers", [HTMX, {}], ids=["htmx", "plain"])
def test_a_bad_question_is_kept(
    alice: User,
    alice_client: Client,
    topics: list[Topic],
    data: dict[str, str],
    message: str,
    headers: dict[str, str],
) -> None:
    check = check_of(alice, topics)
    answer = alice_client.post(at("ask", check), data, headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert message in page
    assert data["text"].strip() in page
    assert data["answer"] in page
    assert not Question.objects.exists()


def test_adding_to_a_full_or_finished_check(
    alice: User, alice_client: Client, topics: list[Topic]
) -> None:
    check = check_of(alice, topics)
    check.answers.filter(position=2).update(position=take.MOST_QUESTIONS - 1)
    answer = alice_client.post(at("ask", check), own())
    assert answer.status_code == 422
    assert "at most 60 questions" in answer.content.decode()
    score(alice, check)
    done(alice, check)
    assert alice_client.post(at("ask", check), own())["Location"] == at("detail", check)
    assert alice_client.get(at("ask", check)).status_code == 303
    assert not Question.objects.exists()


def test_a_strangers_topic_or_question(
    alice: User, alice_client: Client, charlie: User, topics: list[Topic]
) -> None:
    check = check_of(alice, topics)
    make_topic("theirs", owner=charlie, title="A secret")
    assert alice_client.post(at("ask", check), own(topic="A secret")).status_code == 422
    theirs = ask_about(topics[0], owner=charlie)
    assert alice_client.post(at("ask", check), own(id=str(theirs.pk))).status_code == 404
    assert check.answers.count() == 3


# The end -----------------------------------------------------------------------------------------


def test_finishing_shows_the_result(
    alice: User, alice_client: Client, topics: list[Topic], day: PlanDay
) -> None:
    yesterday = today() - dt.timedelta(days=1)
    weak = [make_topic(f"weak-{n}", title=f"Weak {n}") for n in range(3)]
    log_result(
        alice,
        day=yesterday,
        at=timezone.now(),
        answers=[Answered(topic.pk, 40) for topic in weak],
    )
    task_of(day, on=today(), kind="check", title="The day’s check")
    check = check_of(alice, topics, size=10)
    check.answers.exclude(topic__in=[*topics, *weak[:2]]).delete()
    given = {"t-test": 100, "anova": 56, "weak-0": 80, "weak-1": 79}
    for answer in check.answers.select_related("topic").order_by("position"):
        if answer.topic.slug in given and answer.question_id is None:
            said = take.Graded(given.pop(answer.topic.slug), text="Mine <b>", seconds=61)
            take.grade(alice, check.pk, answer.pk, said, at=timezone.now(), day=today())
    answer = alice_client.post(at("finish", check))
    assert answer.status_code == 303
    assert answer["Location"] == at("detail", check)
    page = alice_client.get(at("detail", check)).content.decode()
    assert "78.8 %, C+" in page
    assert "Review the weak topics first." in page
    assert "78.0 % <small>n = 2</small>" in page  # new
    assert "79.5 % <small>n = 2</small>" in page  # review
    again = page.split("Weak yesterday")[1].split("</section>")[0]
    assert re.search(r"Weak 0 <small>40 % → 80 %.*?resolved", again)
    assert re.search(r"Weak 1 <small>40 % → 79 %.*?still weak", again)
    assert re.search(r"Weak 2 <small>40 %.*?not asked", again)
    assert "“The day’s check” is ticked, with 5 minutes." in page
    assert "KV cache" in page.split("Not asked")[1]
    assert "Mine &lt;b&gt;" in page
    assert "1 min 1 s" in page
    index = alice_client.get("/checks/").content.decode()
    assert "78.8 %" in index
    assert "n = 4" in index
    assert alice_client.post(at("finish", check))["Location"] == at("detail", check)


def test_finishing_early(
    alice: User, alice_client: Client, topics: list[Topic], day: PlanDay
) -> None:
    topics += [make_topic(f"more-{n}", title=f"More {n}") for n in range(2)]
    task_of(day, on=today(), kind="check", title="Week 1")
    check = check_of(alice, topics)
    score(alice, check, 100)
    score(alice, check, 70)
    assert "Finish with 2 of 5" in alice_client.get(at("take", check)).content.decode()
    page = alice_client.post(at("finish", check), follow=True).content.decode()
    assert "<h1>85.0 % on 2 of 5 questions; 3 were not asked.</h1>" in page
    assert "“Week 1” is not ticked: 2 of 5 were answered." in page
    assert "A minor review is enough." not in page
    index = alice_client.get("/checks/").content.decode()
    assert '<td>– <small class="nowrap">2 of 5</small></td>' in index
    assert "A minor review is enough." not in index
    # The third answer makes it more than half.
    alice_client.post(at("undo", check))
    score(alice, check, 70)
    score(alice, check, 88)
    page = alice_client.post(at("finish", check), follow=True).content.decode()
    assert "<h1>86.0 %, B on 3 of 5 questions; 2 were not asked.</h1>" in page
    assert "A minor review is enough." in page
    assert "“Week 1” is ticked" in page
    page = alice_client.post(at("delete", check), follow=True).content.decode()
    assert "“Week 1” is no longer ticked." in page
    page = alice_client.post(at("restore", check), follow=True).content.decode()
    assert "“Week 1” is ticked again." in page


def test_a_result_has_ways_on(alice: User, alice_client: Client, topics: list[Topic]) -> None:
    assert "Start today’s check" in alice_client.get("/checks/").content.decode()
    check = check_of(alice, topics[:1])
    score(alice, check, 50)
    done(alice, check)
    page = alice_client.get(at("detail", check)).content.decode()
    lede = page.split('<p class="lede">')[1].split("</p>")[0]
    assert 'topic/t-test/">T-test</a>' in lede
    assert '<a class="button" href="/today/">Back to Today</a>' in page
    index = alice_client.get("/checks/").content.decode()
    assert "Start another check" in index
    assert "Start today’s check" not in index


def test_reviews_have_no_letter(alice: User, alice_client: Client, topics: list[Topic]) -> None:
    reviews = Check.objects.create(user=alice, day=today(), kind="reviews")
    Answer.objects.create(check_taken=reviews, topic=topics[0], score=86, is_review=True)
    for address in ("/checks/", at("detail", reviews)):
        page = alice_client.get(address).content.decode()
        assert "86.0 %" in page
        assert "A minor review is enough." not in page
        assert "86.0 %, B" not in page
    assert "<td>–</td>" in alice_client.get("/checks/").content.decode()


def test_the_form_for_a_question_starts_with_the_topic_that_is_asked(
    alice: User, alice_client: Client, topics: list[Topic]
) -> None:
    check = check_of(alice, topics[2:])
    page = alice_client.get(at("ask", check), headers=HTMX).content.decode()
    assert 'name="topic" value="KV cache"' in page
    assert "autofocus" in page.split('name="topic"')[1].split(">")[0]


def test_finishing_with_nothing_answered(
    alice: User, alice_client: Client, topics: list[Topic]
) -> None:
    check = check_of(alice, topics)
    answer = alice_client.post(at("finish", check), follow=True)
    assert "Nothing is answered yet" in answer.content.decode()
    assert take.open_check(alice) == check


def test_when_all_is_answered_the_page_says_so(
    alice: User, alice_client: Client, topics: list[Topic]
) -> None:
    check = check_of(alice, topics[:1])
    asked = next_answer(check)
    answer = alice_client.post(at("answer", check, asked.pk), {"score": "75"}, headers=HTMX)
    for page in (answer.content.decode(), alice_client.get(at("take", check)).content.decode()):
        assert "That was the last question" in page
        assert at("finish", check) in page
        assert at("undo", check) in page


def test_an_open_check_is_offered_first(
    alice: User, alice_client: Client, topics: list[Topic]
) -> None:
    log_result(alice, day=today(), at=timezone.now(), answers=[Answered(topics[0].pk, 50)])
    check = check_of(alice, topics)
    score(alice, check)
    page = alice_client.get("/checks/").content.decode()
    assert "1 of 3 answered" in page
    assert page.index(at("take", check)) < page.index("50.0 %")
    assert START not in page
    answer = alice_client.get(at("detail", check))
    assert (answer.status_code, answer["Location"]) == (302, at("take", check))
    done(alice, check)
    assert alice_client.get(at("take", check))["Location"] == at("detail", check)
    assert START in alice_client.get("/checks/").content.decode()


def test_a_deleted_open_check(alice: User, alice_client: Client, topics: list[Topic]) -> None:
    check = check_of(alice, topics)
    delete_check(check)
    assert "This check is deleted" in alice_client.get(at("detail", check)).content.decode()
    assert alice_client.get(at("take", check)).status_code == 302
    answer = alice_client.post(at("restore", check))
    assert answer.status_code == 303
    assert alice_client.get(at("take", check)).status_code == 200


def test_one_that_comes_back_beside_an_open_one_says_that_it_is_finished(
    alice: User, alice_client: Client, topics: list[Topic]
) -> None:
    first = check_of(alice, topics)
    delete_check(first)
    check_of(alice, topics)
    page = alice_client.post(at("restore", first), follow=True).content.decode()
    assert "Another one is open, so this one is finished." in page


def test_reviews_do_not_come_back_beside_others_of_that_day(
    alice: User, alice_client: Client, topics: list[Topic]
) -> None:
    first = Check.objects.create(user=alice, day=today(), kind="reviews")
    delete_check(first)
    Check.objects.create(user=alice, day=today(), kind="reviews")
    second = Check.objects.get(deleted_at=None)
    answered = {"check_taken": second, "topic": topics[0]}
    answer = Answer.objects.create(**answered, score=50)
    page = alice_client.post(at("restore", first), follow=True).content.decode()
    assert "There are other reviews of that day" in page
    first.refresh_from_db()
    assert first.deleted_at
    # What was taken back is nothing to keep them away for.
    answer.delete()
    Answer.objects.create(**answered, text="Kept")
    page = alice_client.post(at("restore", first), follow=True).content.decode()
    assert "The check is back." in page
    assert Check.objects.get(deleted_at=None) == first


# Doors -------------------------------------------------------------------------------------------


def test_strangers_methods_and_bad_ids(
    alice: User, alice_client: Client, charlie_client: Client, topics: list[Topic]
) -> None:
    check = check_of(alice, topics)
    asked = next_answer(check)
    doors = {"take": "get", "undo": "post", "ask": "post", "finish": "post", "answer": "post"}
    for name, method in doors.items():
        more = [asked.pk] if name == "answer" else []
        address = at(name, check, *more)
        assert getattr(charlie_client, method)(address).status_code == 404
        assert alice_client.put(address).status_code == 405
        if name != "ask":
            wrong = "post" if method == "get" else "get"
            assert getattr(alice_client, wrong)(address).status_code == 405
        missing = reverse(f"checks:{name}", args=[uuid.uuid4(), *more])
        assert getattr(alice_client, method)(missing).status_code == 404
        nobody = getattr(Client(), method)(address)
        assert (nobody.status_code, "/accounts/login/" in nobody["Location"]) == (302, True)
    assert alice_client.put(START).status_code == 405
    assert alice_client.get("/checks/nonsense/take/").status_code == 404
    assert not Evidence.objects.exists()


def test_queries_do_not_grow(alice: User, alice_client: Client) -> None:
    def counts(size: int) -> list[int]:
        topics = [make_topic(f"t-{size}-{n}", title=f"T {size} {n}") for n in range(size)]
        for topic in topics:
            ask_about(topic, owner=alice)
        check = check_of(alice, topics, size=size)
        score(alice, check, text="Mine", note="Hm")
        found = []

        def visit(address: str) -> None:
            with CaptureQueriesContext(connection) as queries:
                assert alice_client.get(address).status_code == 200
            found.append(len(queries))

        visit(START)
        visit(at("take", check))
        while check.answers.filter(score=None).count() > 1:
            score(alice, check, text="Mine", note="Hm")
        done(alice, check)
        visit(START + f"?topic={topics[0].pk}&topic={topics[1].pk}")
        visit(at("detail", check))
        visit("/checks/")
        return found

    few, many = counts(5), counts(30)
    assert few == many
    assert max(many) <= 10
