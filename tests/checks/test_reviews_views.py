"""The page of the review queue, and its card on Today."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Break, User
from apps.checks.models import Answer, Check
from apps.library.models import Topic
from tests.checks.reviewing import (
    LIST,
    NEXT,
    ONE_DAY,
    UNDO,
    answer_of,
    card_of,
    grade,
    hidden,
    learned,
    page_of,
    queries,
    today,
)
from tests.mastery.factories import make_topic

MOST_OF_AN_ANSWER = 12
CARD = "/reviews/card/"


# The page of the queue ----------------------------------------------------------------------------


def test_the_empty_page_says_what_to_do(alice: User, alice_client: Client) -> None:
    page = page_of(alice_client)
    assert "No topic is in review yet" in page
    assert "/checks/start/" in page
    assert "The next 30 days" not in page


def test_the_page_lists_what_is_due_today(alice_client: Client, due: list[Topic]) -> None:
    page = page_of(alice_client)
    assert "<h1>3 reviews today</h1>" in page
    assert 'href="/reviews/next/">Start</a>' in page
    for topic in due:
        assert topic.title in page
    assert "12 days ago · retention " in page
    assert "All that is due fits into today" in page
    assert 'aria-current="page">Reviews</a>' in page


def test_a_backlog_is_todays_share_and_the_day_all_are_reviewed(
    alice: User, alice_client: Client, due: list[Topic]
) -> None:
    alice.review_limit = 1
    alice.save()
    page = page_of(alice_client)
    assert "<h1>1 review today</h1>" in page
    assert "2 more are due. At 1 a day all of them are reviewed by" in page
    until = today() + 2 * ONE_DAY
    assert f"{until:%A}, {until.day} {until:%B}" in page
    assert re.search(r"Waiting costs each about \d+\.\d points of recall \(n = 2\)\.", page)
    assert "2 wait for another day" in page
    assert "The one that matters most: important and half forgotten." in page
    alice.review_limit = 2
    alice.save()
    assert "1 waits for another day" in page_of(alice_client)
    alice.review_limit = 3
    alice.save()
    page = page_of(alice_client)
    assert "Everything that is due, what matters most first" in page


def test_nothing_due_says_when_the_next_ones_come(
    alice: User, alice_client: Client, topics: list[Topic]
) -> None:
    learned(alice, topics[0], days_ago=0)
    page = page_of(alice_client)
    assert "Nothing is due today" in page
    tomorrow = today() + ONE_DAY
    assert f"{tomorrow:%A}, {tomorrow.day} {tomorrow:%B}" in page


def test_a_break_and_the_interview_are_told(
    alice: User, alice_client: Client, due: list[Topic]
) -> None:
    alice.interview_on = today() + 5 * ONE_DAY
    alice.review_limit = 1
    alice.save()
    Break.objects.create(user=alice, first_day=today() + ONE_DAY, last_day=today() + 3 * ONE_DAY)
    page = page_of(alice_client)
    assert "2 of your 3 topics come back once before it, must topics first" in page
    assert "1 does not fit</b> at 1 a day (2 would do); must topics among them: 1." in page
    assert re.search(r"<p>The break delays 2 reviews and costs each about \d+\.\d points of", page)
    Break.objects.create(user=alice, first_day=today(), last_day=today())
    page = page_of(alice_client)
    assert "You have a break" in page
    assert "3 topics wait until then" in page
    assert f"{NEXT}?extra=5" in page


def test_what_waits_until_after_the_interview_is_told(
    alice: User, alice_client: Client, due: list[Topic]
) -> None:
    learned(alice, *(make_topic(f"more-{number}") for number in range(20)))
    alice.interview_on = today() + 4 * ONE_DAY
    alice.review_limit = 2
    alice.save()
    page = page_of(alice_client)
    late = re.search(r"(\d+) of them come only after your interview on", page)
    assert late
    assert int(late[1]) > 0
    assert re.search(r"; with \d+ a day all would come before\.", page)
    alice.review_limit = 20
    alice.save()
    assert "only after your interview" not in page_of(alice_client)


def test_under_fsrs_the_classes_say_whose_easiness_it_is(
    alice: User, alice_client: Client, due: list[Topic]
) -> None:
    words = "by SM-2’s easiness; FSRS-6 does not use it."
    assert words not in page_of(alice_client)
    alice.scheduler = "fsrs"
    alice.save()
    assert words in page_of(alice_client)


def test_easiness_classes_add_up(alice: User, alice_client: Client, due: list[Topic]) -> None:
    for easiness, topic in zip((1.7, 2.2, 2.3), due, strict=True):
        card = card_of(topic)
        card.easiness = easiness
        card.save()
    learned(alice, make_topic("easy"), score=100)
    section = page_of(alice_client).split("How easy your topics are")[1]
    counts = re.findall(r"<b>(\d+)</b> ([a-z ]+)", section)
    assert counts == [("1", "struggling"), ("1", "moderate"), ("1", "in between"), ("1", "strong")]
    assert "4 topics in review" in section
    assert section.index("T-test") < section.index("ANOVA") < section.index("KV cache")


def test_the_forecast_is_a_drawing_and_a_table(alice_client: Client, due: list[Topic]) -> None:
    page = page_of(alice_client)
    assert page.count('<rect class="planned" x="') == 1
    assert "3 reviews are planned in the next 30 days, on 1 of them; the most on" in page
    table = page.split("Reviews by day")[1]
    assert table.count('<th scope="row" class="nowrap">') == 30
    assert "with what is overdue" in table


def test_the_forecast_shows_what_is_expected_back(
    alice: User, alice_client: Client, due: list[Topic]
) -> None:
    """All three come back six days after their review; what failed, each day from then on."""
    page = page_of(alice_client)
    assert len(re.findall(r'<rect class="back" fill="url\(#coming-back\)"[^>]*><title>', page)) >= 1
    assert page.count('id="coming-back"') == 1
    assert "Striped: what comes back if you answer as you did last time." in page
    assert re.search(r"3 reviews are planned.*\. \d+ reviews are expected to come back\.", page)
    assert "<title>" + f"{today() + 6 * ONE_DAY:%a} {(today() + 6 * ONE_DAY).day}" in page
    rows = _forecast_rows(page)
    assert [row[1:] for row in rows[:7]] == [
        ("3", "3", "0"),
        *[("0", "0", "0")] * 5,
        ("0", "0", "3"),
    ]

    learned(alice, due[0], days_ago=1, score=30)
    alice.review_limit = 2
    alice.save()
    rows = _forecast_rows(page_of(alice_client))
    assert [row[1:] for row in rows[:4]] == [
        ("3", "2", "0"),
        ("0", "1", "0"),
        ("0", "0", "1"),
        ("0", "0", "1"),
    ]
    assert "all of them are reviewed" not in page_of(alice_client).split("The next 30 days")[1]


def _forecast_rows(page: str) -> list[tuple[str, ...]]:
    """The table beside the drawing: day, become due, planned, expected back."""
    table = page.split("Reviews by day")[1].split("</table>")[0]
    numbers = r'<td class="number">(\d+)</td>' * 3
    return re.findall(rf'<tr><th scope="row" class="nowrap">([^<]+)</th>{numbers}', table)


def test_nothing_is_said_of_returns_where_there_are_none(
    alice: User, alice_client: Client, topics: list[Topic]
) -> None:
    for days in (120, 110, 80):
        learned(alice, topics[0], days_ago=days, score=100)
    page = page_of(alice_client)
    assert "Striped" not in page
    assert "expected to come back" not in page
    assert '<rect class="back"' not in page


def test_only_the_page_of_the_queue_looks_that_far(
    monkeypatch: pytest.MonkeyPatch, htmx: Any, alice_client: Client, due: list[Topic]
) -> None:
    asked = []
    monkeypatch.setattr(
        "apps.checks.reviews_page.load_ahead", lambda *given: asked.append(given) or []
    )
    for address in (NEXT, CARD):
        htmx(address)
    assert not asked
    page_of(alice_client)
    assert len(asked) == 1


def test_done_today_can_be_taken_back_on_the_page(
    alice: User, alice_client: Client, due: list[Topic]
) -> None:
    sent = grade(75)
    alice_client.post(answer_of(due[0]), sent)
    page = page_of(alice_client)
    assert "<h1>2 reviews left today</h1>" in page
    assert "Reviewed today" in page
    assert "75 %" in page
    answer = alice_client.post(UNDO, {"answer": sent["answer"], "next": LIST}, follow=True)
    assert answer.redirect_chain == [(LIST, 303)]
    assert "is taken back" in answer.content.decode()
    assert "<h1>3 reviews today</h1>" in answer.content.decode()


def test_todays_share_done_offers_five_more(
    alice: User, alice_client: Client, due: list[Topic]
) -> None:
    alice.review_limit = 1
    alice.save()
    alice_client.post(answer_of(due[0]), grade())
    page = page_of(alice_client)
    assert "Today’s reviews are done" in page
    assert f"{NEXT}?extra=5" in page
    assert "2 more are due and planned for the days to come" in page
    assert "Today’s reviews are done" in page_of(alice_client, NEXT)
    card = page_of(alice_client, f"{NEXT}?extra=5")
    assert "Question 2 of 3" in card
    assert hidden(card, "extra") == "5"


@pytest.mark.parametrize("extra", ["", "-5", "abc", "5.5", "²", "9" * 30])
def test_a_strange_number_of_extra_reviews_does_no_harm(
    alice_client: Client, due: list[Topic], extra: str
) -> None:
    assert "Question 1 of 3" in page_of(alice_client, f"{NEXT}?extra={extra}")


# Today's card -------------------------------------------------------------------------------------


def test_the_card_of_today_without_anything(htmx: Any, alice_client: Client) -> None:
    page = htmx(CARD).content.decode()
    assert "Start a knowledge check" in page
    assert "Nothing is due for review." in page
    answer = alice_client.get(CARD)
    assert (answer.status_code, answer["Location"]) == (302, LIST)


def test_the_card_of_today_names_what_is_due(htmx: Any, alice: User, due: list[Topic]) -> None:
    learned(alice, make_topic("fourth"))
    alice.review_limit = 3
    alice.save()
    page = htmx(CARD).content.decode()
    assert '<a href="/reviews/next/">3 reviews</a> today:' in page
    assert "and 1 more." in page
    assert re.search(r"1 waits and is reviewed by \d+ \w+\.", page)
    htmx(answer_of(due[0]), grade())
    assert '<a href="/reviews/next/">2 reviews</a> left today:' in htmx(CARD).content.decode()


def test_the_card_of_today_goes_on_with_the_open_check(
    htmx: Any, alice: User, topics: list[Topic]
) -> None:
    check = Check.objects.create(user=alice, day=today(), kind="taken", number=1, size=2)
    for position, score in enumerate((80, None)):
        Answer.objects.create(check_taken=check, topic=topics[0], position=position, score=score)
    page = htmx(CARD).content.decode()
    assert "1 of 2 answered" in page
    assert f"/checks/{check.pk}/take/" in page
    check.finished_at = timezone.now()
    check.save()
    assert "Today’s knowledge check</a> is done" in htmx(CARD).content.decode()


def test_the_card_of_today_takes_five_queries(htmx: Any, alice: User, due: list[Topic]) -> None:
    htmx(CARD)
    few = queries(lambda: htmx(CARD))
    learned(alice, *(make_topic(f"more-{number}") for number in range(20)))
    assert len(queries(lambda: htmx(CARD))) == len(few) <= 5
