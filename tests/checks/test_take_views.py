from __future__ import annotations

import datetime as dt
import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.checks.log import Answered, log_result
from apps.checks.models import Answer, Check
from apps.checks.pick import Item, Picked
from apps.checks.preview import missing_words
from apps.library.models import Topic
from apps.mastery.models import Card, Evidence, Memory
from apps.plans.models import PlanDay
from tests.checks.reviewing import learned
from tests.checks.taking import (
    HTMX,
    KINDS,
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
from tests.conftest import make_learner
from tests.mastery.factories import make_topic

__all__ = ["day"]

START = "/checks/start/"


# Start -------------------------------------------------------------------------------------------


def test_the_page_says_what_will_be_asked(
    alice: User, alice_client: Client, topics: list[Topic], day: PlanDay
) -> None:
    task_of(day, *topics[:2], on=today())
    yesterday = today() - dt.timedelta(days=1)
    weak = make_topic("weak", title="Weak one")
    log_result(alice, day=yesterday, at=timezone.now(), answers=[Answered(weak.pk, 55)])
    page = alice_client.get(START).content.decode()
    assert "T-test" in page
    assert "ANOVA" in page
    assert "KV cache" not in page
    assert "Weak yesterday, so asked again: Weak one (55&nbsp;%)" in page
    assert "Only 2 are on today’s topics." in page
    assert "Only 1 is due for review." in page
    assert "<dt>Reviews</dt><dd>1</dd>" in page
    assert "There is enough for 3 of 10 questions." in page


def test_one_side_fills_the_other_and_says_so(
    alice: User, alice_client: Client, day: PlanDay
) -> None:
    task_of(day, *[make_topic(f"t-{n}") for n in range(20)], on=today())
    page = alice_client.get(START).content.decode()
    assert "10 questions" in page
    assert "Nothing is due for review, so all 10 are on today’s topics." in page


def test_reviews_that_are_due_and_those_that_come_early(
    alice: User, alice_client: Client, topics: list[Topic], day: PlanDay
) -> None:
    task_of(day, *[make_topic(f"t-{n}") for n in range(20)], on=today())
    yesterday = today() - dt.timedelta(days=1)
    answers = [Answered(topic.pk, 40) for topic in topics]
    log_result(alice, day=yesterday, at=timezone.now(), answers=answers)
    Card.objects.filter(topic=topics[0]).update(due=today() + dt.timedelta(days=3))
    page = alice_client.get(START).content.decode()
    assert "<dd>3 <small>2 due, 1 early</small></dd>" in page
    Card.objects.update(due=today() + dt.timedelta(days=3))
    page = alice_client.get(START).content.decode()
    assert "<dd>3 <small>0 due, 3 early</small></dd>" in page


def test_what_is_missing_in_words() -> None:
    def words(new: int, reviews: int, size: int = 10, early: int = 0) -> list[str]:
        items = [Item(uuid.uuid4(), None, "", n < reviews, False) for n in range(new + reviews)]
        wanted = round(size * 0.7)
        picked = Picked(
            items, max(wanted - new, 0), max(size - wanted - reviews, 0), size - new - reviews
        )
        return missing_words(picked, is_today=True, early=early)

    assert words(7, 3) == []
    assert words(0, 0) == []
    assert words(10, 0) == ["Nothing is due for review, so all 10 are on today’s topics."]
    assert words(8, 2) == ["Only 2 are due for review, so 8 are on today’s topics."]
    assert words(8, 2, early=1) == ["Only 2 are due or weak, so 8 are on today’s topics."]
    assert words(1, 9) == ["Only 1 is on today’s topics, so 9 are reviews."]
    assert words(0, 10) == ["There is nothing to ask on today’s topics, so all 10 are reviews."]
    assert words(2, 1) == [
        "Only 2 are on today’s topics.",
        "Only 1 is due for review.",
        "There is enough for 3 of 10 questions.",
    ]


def test_topics_that_were_chosen_are_asked_alone(
    alice: User, alice_client: Client, topics: list[Topic]
) -> None:
    for topic in topics:
        for kind in KINDS:
            ask_about(topic, kind)
    learned(alice, *topics[1:])
    alice.check_size = 5
    alice.save()
    page = alice_client.get(f"{START}?topic=t-test").content.decode()
    assert "3 questions on T-test</h1>" in page
    assert "Reviews" not in page.split("<main")[1].split('class="form card"')[0]
    assert "A check with reviews instead" in page
    assert "fewer" not in page
    page = alice_client.get(f"{START}?topic=t-test&topic=anova").content.decode()
    assert "5 questions on 2 topics</h1>" in page
    alice_client.post(START, {"topic": "t-test"})
    check = Check.objects.get()
    assert set(check.answers.values_list("topic", "is_review")) == {(topics[0].pk, False)}
    assert check.answers.count() == check.size == 3


def test_a_check_without_an_answer_can_be_discarded(
    alice: User, alice_client: Client, topics: list[Topic]
) -> None:
    check = check_of(alice, topics)
    pages = ("/checks/", START, at("take", check))
    for address in pages:
        assert at("delete", check) in alice_client.get(address).content.decode()
    page = alice_client.post(at("delete", check), follow=True).content.decode()
    assert "The check is discarded." in page
    assert at("restore", check) in page
    assert "A check is open" not in page
    alice_client.post(at("restore", check))
    score(alice, check)
    for address in pages:
        assert at("delete", check) not in alice_client.get(address).content.decode()


def test_a_grade_from_another_tab_is_told(
    alice: User, alice_client: Client, topics: list[Topic]
) -> None:
    check = check_of(alice, topics)
    address = at("answer", check, next_answer(check).pk)
    alice_client.post(address, {"score": "100"}, headers=HTMX)
    words = "Already graded 100 in another tab; your 25 was not saved."
    assert words in alice_client.post(address, {"unknown": "1"}, headers=HTMX).content.decode()
    assert words in alice_client.post(address, {"score": "25"}, follow=True).content.decode()
    assert (
        "Already graded"
        not in alice_client.post(address, {"score": "100"}, headers=HTMX).content.decode()
    )


def test_starting(alice: User, alice_client: Client, topics: list[Topic], day: PlanDay) -> None:
    task_of(day, *topics, on=today())
    check_id = str(uuid.uuid4())
    answer = alice_client.post(START, {"id": check_id})
    check = Check.objects.get()
    assert answer.status_code == 303
    assert answer["Location"] == at("take", check)
    assert (str(check.pk), check.day, check.kind) == (check_id, today(), "taken")
    assert alice_client.post(START, {"id": check_id})["Location"] == answer["Location"]
    assert alice_client.post(START)["Location"] == answer["Location"]
    assert Check.objects.count() == 1
    page = alice_client.get(START).content.decode()
    assert "A check is open" in page
    assert at("take", check) in page


def test_starting_with_topics(alice: User, alice_client: Client, topics: list[Topic]) -> None:
    own = make_topic("own", owner=alice, title="My own")
    page = alice_client.get(f"{START}?topic=t-test&topic={own.pk}&topic=kv cache").content.decode()
    hidden = re.findall(r'type="hidden" name="topic" value="([^"]+)"', page)
    assert set(hidden) == {str(topics[0].pk), str(own.pk), str(topics[2].pk)}
    assert alice_client.post(START, {"topic": hidden}).status_code == 303
    asked = set(Check.objects.get().answers.values_list("topic", flat=True))
    assert asked == {topics[0].pk, topics[2].pk, own.pk}


def test_a_name_that_is_no_topic(alice_client: Client, topics: list[Topic]) -> None:
    page = alice_client.get(f"{START}?topic=<nonsense>&topic=t-test").content.decode()
    assert "“&lt;nonsense&gt;” is not a topic here" in page
    assert 'value="T-test"' in page


def test_a_strangers_topic_is_404(alice_client: Client, charlie: User) -> None:
    theirs = make_topic("theirs", owner=charlie, title="A secret")
    assert "A secret" not in alice_client.get(f"{START}?topic={theirs.pk}").content.decode()
    assert alice_client.post(START, {"topic": str(theirs.pk)}).status_code == 404
    assert not Check.objects.exists()


def test_starting_from_a_task(
    alice_client: Client, charlie_client: Client, topics: list[Topic], day: PlanDay
) -> None:
    task = task_of(day, topics[1], title="Knowledge check", kind="check")
    page = alice_client.get(f"{START}?task={task.pk}").content.decode()
    assert "Finishing it ticks “Knowledge check”" in page
    for data in ({"task": str(task.pk)}, {"task": "nonsense"}):
        assert charlie_client.get(START, data).status_code == 404
        assert charlie_client.post(START, data).status_code == 404
    assert alice_client.post(START, {"task": str(task.pk)}).status_code == 303
    check = Check.objects.get()
    assert check.task == task
    assert {answer.topic for answer in check.answers.all()} == {topics[1]}


def test_only_a_check_on_todays_topics_ticks_the_check_of_the_day(
    alice: User, alice_client: Client, topics: list[Topic], day: PlanDay
) -> None:
    """“Ask me about it” is no check of the day."""
    task = task_of(day, topics[1], title="Today’s check", kind="check", on=today())
    for data, ticked in (({"topic": "t-test"}, None), ({}, task)):
        page = alice_client.get(START, data).content.decode()
        assert ("Finishing it ticks “Today’s check”." in page) == bool(ticked)
        assert ("It ticks no task of your plan." in page) == (not ticked)
        alice_client.post(START, data)
        check = Check.objects.get(finished_at=None)
        score(alice, check)
        alice_client.post(at("finish", check))
        task.refresh_from_db()
        assert (task.status == "done") == bool(ticked)
    assert "Finishing it ticks" not in alice_client.get(f"{START}?task={task.pk}").content.decode()


def test_an_empty_pool_says_what_to_do(alice_client: Client) -> None:
    page = alice_client.get(START).content.decode()
    assert "Nothing to ask yet" in page
    assert "Study something first" in page
    assert "?choose=1" in page
    answer = alice_client.post(START, follow=True)
    assert "There is nothing to ask yet" in answer.content.decode()
    assert not Check.objects.exists()
    assert 'list="topics"' in alice_client.get(f"{START}?choose=1").content.decode()


def test_a_strangers_check_id_is_404(
    alice_client: Client, charlie: User, topics: list[Topic]
) -> None:
    theirs = check_of(charlie, topics)
    data = {"id": str(theirs.pk), "topic": "t-test"}
    assert alice_client.post(START, data).status_code == 404
    assert alice_client.post(START, data | {"id": "nonsense"}).status_code == 404


# One question after the other --------------------------------------------------------------------


def test_the_question_is_shown_with_its_model_answer(
    alice: User, alice_client: Client, topics: list[Topic]
) -> None:
    ask_about(topics[0], answer_html="<p>Because of <em>variance</em>.</p>")
    check = check_of(alice, topics[:1], size=1)
    page = alice_client.get(at("take", check)).content.decode()
    assert "<p>T-test, conceptual?</p>" in page
    assert "Because of <em>variance</em>." in page
    assert "Question 1 of 1" in page
    for value in (100, 75, 50, 25, 0):
        assert f'name="score" value="{value}"' in page


def test_a_grade_brings_the_next_question(
    alice: User, alice_client: Client, topics: list[Topic]
) -> None:
    check = check_of(alice, topics)
    asked = next_answer(check)
    said = {"score": "75", "text": "Hm", "note": "So", "seconds": "42"}
    answer = alice_client.post(at("answer", check, asked.pk), said, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.lstrip().startswith('<section id="asking"')
    assert "Question 2 of 3" in page
    assert f"{asked.topic.title}: <b>75 %</b>" in page
    assert at("undo", check) in page
    asked.refresh_from_db()
    assert (asked.score, asked.text, asked.note, asked.seconds) == (75, "Hm", "So", 42)
    assert (asked.day, asked.is_unknown) == (today(), False)


def test_a_grade_without_javascript(alice: User, alice_client: Client, topics: list[Topic]) -> None:
    check = check_of(alice, topics)
    answer = alice_client.post(at("answer", check, next_answer(check).pk), {"typed": "88"})
    assert answer.status_code == 303
    assert answer["Location"] == at("take", check)
    page = alice_client.get(at("take", check)).content.decode()
    assert "Question 2 of 3" in page
    assert "<b>88 %</b>" in page


def test_i_dont_know_shows_the_model_answer_beside_the_next_question(
    alice: User, alice_client: Client, topics: list[Topic]
) -> None:
    for topic in topics:
        ask_about(topic, answer_html=f"<p>All about {topic.title}.</p>")
    check = check_of(alice, topics)
    asked = next_answer(check)
    answer = alice_client.post(at("answer", check, asked.pk), {"unknown": "1"}, headers=HTMX)
    page = answer.content.decode()
    assert f"All about {asked.topic.title}." in page.split("Question 2 of")[1] or (
        f"All about {asked.topic.title}." in page
    )
    assert "“I don’t know”" in page
    asked.refresh_from_db()
    assert (asked.score, asked.is_unknown) == (25, True)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("-1", "whole number from 0 to 100"),
        ("101", "whole number from 0 to 100"),
        ("50.5", "whole number from 0 to 100"),
        ("abc", "whole number from 0 to 100"),
        ("٥٠", "whole number from 0 to 100"),
        ("9" * 5000, "whole number from 0 to 100"),
        ("", "Give a score"),
    ],
)
@pytest.mark.parametrize("name", ["typed", "score"])
@pytest.mark.parametrize("headers", [HTMX, {}], ids=["htmx", "plain"])
def test_a_bad_score_says_why_and_keeps_what_was_typed(
    alice: User,
    alice_client: Client,
    topics: list[Topic],
    name: str,
    typed: str,
    message: str,
    headers: dict[str, str],
) -> None:
    check = check_of(alice, topics)
    asked = next_answer(check)
    said = {name: typed, "text": "Long thought", "note": "Look <up>", "seconds": "31"}
    answer = alice_client.post(at("answer", check, asked.pk), said, headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert message in page
    assert "Long thought" in page
    assert "Look &lt;up&gt;" in page
    assert 'name="seconds" value="31"' in page
    assert "Question 1 of 3" in page
    assert not Evidence.objects.exists()


def test_a_text_that_is_too_long_is_kept(
    alice: User, alice_client: Client, topics: list[Topic]
) -> None:
    check = check_of(alice, topics)
    text = "x" * 10_001
    answer = alice_client.post(
        at("answer", check, next_answer(check).pk), {"score": "75", "text": text}
    )
    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    ("seconds", "stored"),
    [
        ("42", 42),
        ("abc", 0),
        ("1.5", 0),
        ("-5", 0),
        ("", 0),
        ("3601", 3600),
        ("99999999999999999999", 3600),
    ],
)
def test_seconds_that_make_no_sense_are_let_be(
    alice: User, alice_client: Client, topics: list[Topic], seconds: str, stored: int
) -> None:
    check = check_of(alice, topics)
    said = {"score": "75", "seconds": seconds}
    assert alice_client.post(at("answer", check, next_answer(check).pk), said).status_code == 303
    assert Answer.objects.get(score=75).seconds == stored


def test_an_answer_of_another_check_is_404(
    alice: User, alice_client: Client, charlie: User, topics: list[Topic]
) -> None:
    mine, theirs = check_of(alice, topics), check_of(charlie, topics)
    logged = log_result(alice, day=today(), at=timezone.now(), answers=[Answered(topics[0].pk, 50)])
    their_answer, logged_answer = next_answer(theirs), logged.answers.get()
    for check, answer in ((mine, their_answer), (theirs, their_answer), (logged, logged_answer)):
        for said in ({"score": "75"}, {"score": "nonsense"}):
            assert alice_client.post(at("answer", check, answer.pk), said).status_code == 404
    assert Evidence.objects.count() == 1


def test_a_check_finished_in_another_tab_keeps_the_text(
    alice: User, alice_client: Client, topics: list[Topic]
) -> None:
    check = check_of(alice, topics)
    score(alice, check)
    asked = next_answer(check)
    done(alice, check)
    said = {"score": "75", "text": "My long thought"}
    answer = alice_client.post(at("answer", check, asked.pk), said, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "this grade is not saved" in page
    assert "My long thought" in page
    assert Evidence.objects.count() == 1


def test_a_grade_sent_again_after_the_check_was_finished_is_saved(
    alice: User, alice_client: Client, topics: list[Topic]
) -> None:
    check = check_of(alice, topics)
    answer = score(alice, check, 75)
    done(alice, check)
    address = at("answer", check, answer.pk)
    again = alice_client.post(address, {"score": "10"})
    assert (again.status_code, again["Location"]) == (303, at("detail", check))
    again = alice_client.post(address, {"score": "10"}, headers=HTMX)
    assert (again.status_code, again["HX-Redirect"]) == (204, at("detail", check))
    assert Evidence.objects.get().score == 75


@pytest.mark.django_db(transaction=True)
def test_one_answer_posted_five_times_at_once_is_one_record() -> None:
    alice = make_learner("alice@example.com")
    check = check_of(alice, [make_topic(f"t-{n}") for n in range(5)])
    asked = next_answer(check)

    def post(number: int) -> int:
        try:
            client = Client()
            client.force_login(alice)
            said = {"score": str(number * 10)}
            return client.post(at("answer", check, asked.pk), said, headers=HTMX).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(post, range(5))) == [200] * 5
    asked.refresh_from_db()
    assert Evidence.objects.get().score == asked.score == Memory.objects.get().score
    assert Card.objects.count() == 1


@pytest.mark.parametrize("value", [100, 25])
def test_an_answer_takes_12_queries_at_most(alice: User, alice_client: Client, value: int) -> None:
    topics = [make_topic(f"t-{n}") for n in range(30)]
    for topic in topics:
        ask_about(topic)
    check = check_of(alice, topics, size=30)
    for place in range(3):
        address = at("answer", check, next_answer(check).pk)
        with CaptureQueriesContext(connection) as queries:
            answer = alice_client.post(address, {"score": str(value)}, headers=HTMX)
        assert answer.status_code == 200
        assert f"Question {place + 2} of 30" in answer.content.decode()
        assert len(queries) <= 12, "\n".join(query["sql"] for query in queries)


def test_a_retired_topic_is_marked(alice: User, alice_client: Client, topics: list[Topic]) -> None:
    check = check_of(alice, topics[:1])
    Topic.objects.update(retired_at=timezone.now())
    page = alice_client.get(at("take", check)).content.decode()
    assert "no longer in the library" in page
    address = at("answer", check, next_answer(check).pk)
    assert alice_client.post(address, {"score": "75"}, headers=HTMX).status_code == 200


def test_another_time_zone_meanwhile(
    alice: User, alice_client: Client, topics: list[Topic]
) -> None:
    """Kiritimati is a day ahead of Pago Pago at any moment."""
    User.objects.update(time_zone="Pacific/Kiritimati")
    check = check_of(alice, topics)
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        User.objects.update(time_zone=zone)
        alice_client.post(at("answer", check, next_answer(check).pk), {"score": "75"})
    first, second = Answer.objects.exclude(score=None)
    assert first.day
    assert second.day
    assert first.day - second.day == dt.timedelta(days=1)
    assert alice_client.post(at("finish", check)).status_code == 303
    assert alice_client.get(at("detail", check)).status_code == 200
