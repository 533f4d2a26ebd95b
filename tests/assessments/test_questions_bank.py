"""Which questions an assessment asks, and what it is called."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.assessments.questions_bank import Wanted, fits, fitting, title_of, topics_named
from apps.library.models import Question
from tests.assessments.asking import AT
from tests.dashboard.library.factories import make_question
from tests.mastery.factories import make_topic

LATER = AT + dt.timedelta(days=1)

# What is asked -----------------------------------------------------------------------------------


def slugs(user: User, **wanted: Any) -> set[str]:
    return set(fitting(user, Wanted(**wanted)).values_list("slug", flat=True))


def test_the_standing_questions_or_a_filter_of_the_bank(
    alice: User, charlie: User, bank: list[Question]
) -> None:
    other = make_topic("other", "statistics", category="specialisation")
    make_question(other, "hard", level="principal", kind="applied")
    make_question(other, "bare", kind="", answer="")
    make_question(other, "gone", retired_at=timezone.now())
    make_question(make_topic("dead", retired_at=timezone.now()), "of-dead")
    mine = make_topic("mine", owner=alice)
    make_question(mine, "mine", owner=alice)
    make_question(make_topic("theirs", owner=charlie), "theirs", owner=charlie)
    make_question(other, "theirs-too", owner=charlie)
    waits = make_topic("waits", owner=alice, in_scope=False)
    make_question(waits, "waits", owner=alice)

    standing = {f"question-{number}" for number in range(9)}
    assert slugs(alice, standing=True) == standing
    assert slugs(alice) == standing | {"hard", "bare", "mine"}
    assert slugs(alice, level="principal") == {"hard"}
    assert slugs(alice, kinds=("applied", "bare")) == {"hard", "bare"}
    assert slugs(alice, category="specialisation") == {"hard", "bare"}
    assert slugs(alice, areas=("nlp",)) == {"question-2", "question-5", "question-8"}
    assert slugs(alice, areas=("nlp", "llm-systems"), standing=True) == {
        f"question-{number}" for number in (1, 2, 4, 5, 7, 8)
    }
    assert slugs(alice, topics=("topic-3", str(mine.pk))) == {"question-3", "mine"}
    assert slugs(alice, topics=(str(waits.pk),)) == {"waits"}
    assert slugs(charlie, topics=(str(mine.pk),)) == set()
    assert [(each.title, each.n) for each in fits(alice, Wanted(standing=True))] == [
        ("Statistics", 3),
        ("Llm systems", 3),
        ("Nlp", 3),
    ]


def test_topics_are_named_by_slug_or_id(alice: User, charlie: User) -> None:
    ours, mine = make_topic("t-test"), make_topic("mine", owner=alice)
    theirs = make_topic("theirs", owner=charlie)
    keys = ["t-test", str(mine.pk), str(theirs.pk), "no such", "\x00", "x" * 300]
    assert {topic.pk for topic in topics_named(alice, keys)} == {ours.pk, mine.pk}
    assert topics_named(alice, []) == []


@pytest.mark.parametrize(
    ("wanted", "n", "areas", "title"),
    [
        (Wanted(standing=True), 189, [], "189 standing questions"),
        (Wanted(), 1, [], "1 question"),
        (Wanted(standing=True), 20, ["NLP", "RAG"], "20 standing questions: NLP, RAG"),
        (Wanted(), 20, list("abcd"), "20 questions: 4 areas"),
        (
            Wanted(kinds=("applied", "bare"), level="senior", category="must"),
            9,
            [],
            "9 questions: applied, no model answer, senior, must",
        ),
    ],
)
def test_what_it_is_called(wanted: Wanted, n: int, areas: list[str], title: str) -> None:
    assert title_of(wanted, n, areas, []) == title


def test_a_long_name_fits_its_column() -> None:
    assert len(title_of(Wanted(), 2, ["x" * 150, "y" * 150], [])) == 200
