"""One question at a time: answers, undo, the end."""

from __future__ import annotations

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connections
from django.test import Client

from apps.accounts.models import User
from apps.assessments.models import Assessment
from apps.library.models import Question
from apps.mastery.models import Evidence, Memory
from tests.assessments.asking import (
    DAY,
    HTMX,
    START,
    at,
    form,
    give,
    give_all,
    grade_at,
    make_bank,
    nth,
    queries,
    sit,
    words,
)

MOST_OF_AN_ANSWER = 12


def test_one_question_at_a_time(alice_client: Client, sitting: Assessment) -> None:
    page = words(alice_client.get(at("respond", sitting.pk)))
    first = nth(sitting, 1)
    assert "Question 1 of 9" in page
    assert first.question.text in page
    assert first.question.answer in page
    assert grade_at(first) in page
    assert "0 of 9 answered; about 23 min left" in page
    assert "Finish with" not in page


def test_without_javascript_an_answer_leads_to_the_next(
    alice_client: Client, sitting: Assessment
) -> None:
    data = {"score": "75", "text": "Written", "note": "Noted", "seconds": "61"}
    answer = alice_client.post(grade_at(nth(sitting, 1)), data)
    assert answer.status_code == 303
    assert answer["Location"] == at("respond", sitting.pk)
    page = words(alice_client.get(answer["Location"]))
    assert "Question 2 of 9" in page
    assert "<b>75 %</b>" in page
    assert "Finish with 1 answer<" in page
    first = nth(sitting, 1)
    assert (first.score, first.text, first.note, first.seconds) == (75, "Written", "Noted", 61)
    assert Memory.objects.get().score == 75


def test_htmx_gets_the_next_question_in_the_same_answer(
    alice_client: Client, sitting: Assessment
) -> None:
    answer = alice_client.post(grade_at(nth(sitting, 1)), {"typed": "64"}, headers=HTMX)
    page = words(answer)
    assert answer.status_code == 200
    assert page.startswith('<section id="asking"')
    assert "Question 2 of 9" in page
    assert "64 %" in page
    assert grade_at(nth(sitting, 2)) in page
    assert "Finish with 1 answer<" in page


def test_not_knowing_is_an_answer(alice_client: Client, sitting: Assessment) -> None:
    answer = alice_client.post(grade_at(nth(sitting, 1)), {"unknown": "1"}, headers=HTMX)
    first = nth(sitting, 1)
    assert (first.score, first.is_unknown) == (25, True)
    assert first.question.answer in words(answer)


@pytest.mark.parametrize("score", ["-1", "101", "50.5", "abc", "", "1e2", "٥"])
@pytest.mark.parametrize("htmx", [True, False])
def test_a_bad_score_is_said_and_what_was_typed_stays(
    alice_client: Client, sitting: Assessment, score: str, htmx: bool
) -> None:
    data = {"typed": score, "text": "My <b>answer", "note": "My note"}
    answer = alice_client.post(grade_at(nth(sitting, 1)), data, headers=HTMX if htmx else {})
    page = words(answer)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in page
    assert f'name="typed" inputmode="numeric" autocomplete="off" value="{score}"' in page
    assert "My &lt;b&gt;answer" in page
    assert "My note" in page
    assert ("<main" in page) is not htmx
    assert not Evidence.objects.exists()


def test_another_score_from_another_tab_is_a_conflict(
    alice_client: Client, sitting: Assessment
) -> None:
    alice_client.post(grade_at(nth(sitting, 1)), {"score": "75"})
    again = alice_client.post(grade_at(nth(sitting, 1)), {"score": "75"}, headers=HTMX)
    assert again.status_code == 200
    other = alice_client.post(grade_at(nth(sitting, 1)), {"score": "100"}, headers=HTMX)
    assert other.status_code == 409
    assert "with another score" in words(other)
    assert "Question 2 of 9" in words(other)
    assert alice_client.post(grade_at(nth(sitting, 1)), {"score": "0"}).status_code == 409
    assert Evidence.objects.get().score == 75


def test_strangers_methods_and_bad_ids(
    alice_client: Client, charlie_client: Client, alice: User, sitting: Assessment
) -> None:
    first, another = nth(sitting, 1), sit(alice)
    good = {"score": "75"}
    posts = [
        (grade_at(first), good),
        (grade_at(first), {"typed": "abc"}),
        (at("undo", sitting.pk), {}),
        (at("retest", sitting.pk), {"below": "80"}),
        (at("retest", sitting.pk), {"below": "abc"}),
        (at("keep_weak", sitting.pk), {}),
    ]
    for address, data in posts:
        assert charlie_client.post(address, data).status_code == 404, address
        assert alice_client.get(address).status_code == 405, address
    assert charlie_client.get(at("respond", sitting.pk)).status_code == 404
    assert alice_client.post(at("respond", sitting.pk)).status_code == 405
    for data in (good, {"typed": "abc"}):
        assert alice_client.post(at("answer", another.pk, first.pk), data).status_code == 404
        assert alice_client.post(at("answer", sitting.pk, uuid.uuid4()), data).status_code == 404
    for name in ("undo", "retest", "keep_weak"):
        assert alice_client.post(at(name, uuid.uuid4())).status_code == 404
    for said in ({}, {"response": "x"}, {"response": str(uuid.uuid4())}):
        assert alice_client.post(at("undo", sitting.pk), said).status_code == 404
    assert alice_client.get(at("respond", uuid.uuid4())).status_code == 404
    coverage = Assessment.objects.create(user=alice, kind="coverage", title="x", day=DAY)
    assert alice_client.get(at("respond", coverage.pk)).status_code == 404
    assert not Evidence.objects.exists()


def test_a_deleted_sitting_takes_no_answers(alice_client: Client, sitting: Assessment) -> None:
    alice_client.post(grade_at(nth(sitting, 1)), {"score": "75"})
    assert alice_client.post(at("delete", sitting.pk)).status_code == 303
    assert alice_client.post(grade_at(nth(sitting, 2)), {"score": "75"}).status_code == 404
    assert alice_client.get(at("respond", sitting.pk)).status_code == 404
    assert not Memory.objects.exists()
    alice_client.post(at("restore", sitting.pk))
    assert "Question 2 of 9" in words(alice_client.get(at("respond", sitting.pk)))
    assert Memory.objects.exists()


def test_the_last_answer_is_taken_back_with_what_was_written(
    alice_client: Client, sitting: Assessment
) -> None:
    first = nth(sitting, 1)
    alice_client.post(grade_at(first), {"score": "50", "text": "Half of it"})
    data = {"response": str(first.pk)}
    for _ in range(2):
        answer = alice_client.post(at("undo", sitting.pk), data, headers=HTMX)
        page = words(answer)
        assert answer.status_code == 200
        assert page.startswith('<section id="asking"')
        assert "Question 1 of 9" in page
        assert "Half of it" in page
    assert not Memory.objects.exists()
    plain = alice_client.post(at("undo", sitting.pk), data)
    assert (plain.status_code, plain["Location"]) == (303, at("respond", sitting.pk))


def test_an_undo_that_came_too_late(alice_client: Client, sitting: Assessment) -> None:
    first = nth(sitting, 1)
    for number in (1, 2):
        alice_client.post(grade_at(nth(sitting, number)), {"score": "50"})
    answer = alice_client.post(at("undo", sitting.pk), {"response": str(first.pk)}, headers=HTMX)
    assert answer.status_code == 409
    assert "Question 3 of 9" in words(answer)
    assert Evidence.objects.filter(retracted_at=None).count() == 2


def test_five_undos_on_the_result_take_one_answer_back(
    alice_client: Client, alice: User, sitting: Assessment
) -> None:
    give_all(alice, sitting, [90, 80, 70])
    last = nth(sitting, 3)
    page = words(alice_client.get(at("detail", sitting.pk)))
    assert f'name="response" value="{last.pk}"' in page
    for _ in range(5):
        assert (
            alice_client.post(at("undo", sitting.pk), {"response": str(last.pk)}).status_code == 303
        )
    assert sitting.responses.filter(score__isnull=False).count() == 2


def test_words_from_another_tab(alice_client: Client, sitting: Assessment) -> None:
    first = grade_at(nth(sitting, 1))
    alice_client.post(first, {"score": "75"})
    assert alice_client.post(first, {"score": "75", "text": "Long"}).status_code == 303
    assert nth(sitting, 1).text == "Long"
    assert alice_client.post(first, {"score": "75", "note": "Hm"}).status_code == 303
    for _ in range(2):
        other = alice_client.post(first, {"score": "75", "text": "Longer"})
        assert other.status_code == 409
        assert "in other words" in words(other)
    assert (nth(sitting, 1).text, nth(sitting, 1).note) == ("Long", "Hm")
    assert Evidence.objects.count() == 1


def test_the_end(alice_client: Client, sitting: Assessment) -> None:
    finish = at("finish", sitting.pk)
    nothing = alice_client.post(finish, follow=True)
    assert "Nothing is answered yet" in words(nothing)
    assert "Question 1 of 9" in words(nothing)
    for number in range(1, 10):
        answer = alice_client.post(grade_at(nth(sitting, number)), {"score": "100"}, headers=HTMX)
    assert "All 9 questions are answered" in words(answer)
    assert finish in words(answer)
    assert "All 9 questions" in words(alice_client.get(at("respond", sitting.pk)))
    for _ in range(2):
        done = alice_client.post(finish)
        assert (done.status_code, done["Location"]) == (303, at("detail", sitting.pk))
    gone = alice_client.get(at("respond", sitting.pk))
    assert gone["Location"] == at("detail", sitting.pk)


def test_an_answer_after_the_end_is_not_taken(alice_client: Client, sitting: Assessment) -> None:
    alice_client.post(grade_at(nth(sitting, 1)), {"score": "100"})
    alice_client.post(at("finish", sitting.pk))
    late = alice_client.post(grade_at(nth(sitting, 2)), {"score": "100"}, follow=True)
    assert "This sitting is finished" in words(late)
    assert Evidence.objects.count() == 1
    undone = alice_client.post(
        at("undo", sitting.pk), {"response": str(nth(sitting, 1).pk)}, follow=True
    )
    assert "Question 1 of 9" in words(undone)


def test_a_sitting_goes_on_after_midnight_over_there(
    alice_client: Client, alice: User, bank: list[Question]
) -> None:
    User.objects.filter(pk=alice.pk).update(time_zone="Asia/Tokyo")
    with time_machine.travel("2026-11-18T14:50:00Z", tick=False) as now:
        alice_client.force_login(alice)
        alice_client.post(START, form())
        sitting = Assessment.objects.get()
        alice_client.post(grade_at(nth(sitting, 1)), {"score": "90"})
        now.shift(dt.timedelta(minutes=20))
        alice_client.post(grade_at(nth(sitting, 2)), {"score": "90"})
    assert sitting.day == dt.date(2026, 11, 18)
    days = Evidence.objects.order_by("at").values_list("day", flat=True)
    assert list(days) == [dt.date(2026, 11, 18), dt.date(2026, 11, 19)]


def test_an_answer_takes_few_queries_however_many_questions(
    alice_client: Client, alice: User, bank: list[Question]
) -> None:
    counts = []
    for n in (9, 60):
        make_bank(n, start=100 + n)
        sitting = sit(alice)
        for number in (1, 2, 3):
            address = grade_at(nth(sitting, number))
            counts.append(
                len(queries(lambda: alice_client.post(address, {"score": "90"}, headers=HTMX)))  # noqa: B023 - called at once
            )
    assert len(set(counts)) == 1
    assert counts[0] <= MOST_OF_AN_ANSWER


def test_the_last_answer_takes_few_queries(alice_client: Client, sitting: Assessment) -> None:
    sitting.responses.filter(position__gt=1).update(score=90)
    address = grade_at(nth(sitting, 1))
    taken = queries(lambda: alice_client.post(address, {"score": "90"}, headers=HTMX))
    assert len(taken) <= MOST_OF_AN_ANSWER


def test_the_start_page_does_not_grow(alice_client: Client, alice: User) -> None:
    make_bank(9)
    sit(alice)
    few = queries(lambda: alice_client.get(START))
    make_bank(60, start=100)
    for _ in range(5):
        sit(alice)
    many = queries(lambda: alice_client.get(START))
    assert len(few) == len(many) <= 8


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["start", "answer", "undo", "finish", "retest"])
def test_five_posts_at_once_are_one(alice: User, what: str) -> None:
    make_bank()
    sitting = sit(alice)
    first = nth(sitting, 1)
    give(alice, first, 30)
    if what == "retest":
        give_all(alice, sitting, [30])
    address, data = {
        "start": (START, form()),
        "answer": (grade_at(nth(sitting, 2)), {"score": "75"}),
        "undo": (at("undo", sitting.pk), {"response": str(first.pk)}),
        "finish": (at("finish", sitting.pk), {}),
        "retest": (at("retest", sitting.pk), {"below": "80"}),
    }[what]

    def post(_: int) -> int:
        try:
            client = Client()
            client.force_login(alice)
            return client.post(address, data).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(post, range(5)))
    assert answers == [303] * 5
    made = Assessment.objects.count()
    counting = Evidence.objects.filter(retracted_at=None).count()
    assert (made, counting) == {
        "start": (2, 1),
        "answer": (1, 2),
        "undo": (1, 0),
        "finish": (1, 1),
        "retest": (2, 1),
    }[what]
