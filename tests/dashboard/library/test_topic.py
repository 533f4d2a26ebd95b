"""The page of one topic."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.checks.log import Answered, log_result
from apps.checks.models import Answer, Check
from apps.library.models import Alias, Star, Topic, TopicNote
from apps.mastery.models import Evidence
from tests.dashboard.library.factories import (
    make_exercise,
    make_project,
    make_question,
    make_reference,
    score,
)
from tests.mastery.factories import make_topic

PAGE = "/library/topics/t-test/"


def test_it_shows_what_the_topic_is(read: Any, topics: list[Topic]) -> None:
    Topic.objects.filter(slug="t-test").update(
        summary="Compares two means.", body_html="<h2>Core ideas</h2>", levels=["mid", "senior"]
    )
    page = read(PAGE)
    assert "<h1>T-test</h1>" in page
    assert "Compares two means." in page
    assert "Must · mid, senior · 30 min" in page
    assert "<h2>Core ideas</h2>" in page
    assert 'part-untested">untested' in page


def test_it_says_how_the_learner_stands(read: Any, alice: Any, topics: list[Topic]) -> None:
    score(alice, topics[0], 95)
    page = read(PAGE)
    assert 'part-proven">proven' in page
    assert "scored 95 %" in page
    assert "next review" in page
    assert "/readiness/topic/t-test/" in page


def test_what_it_needs_and_what_needs_it_with_their_standing(
    read: Any, alice: Any, charlie: Any, topics: list[Topic]
) -> None:
    t_test, anova, cache = topics
    t_test.prerequisites.add(anova)
    cache.prerequisites.add(t_test)
    hidden = make_topic("hidden", owner=charlie, title="Hidden from Alice")
    hidden.prerequisites.add(t_test)
    score(alice, anova, 10)
    page = read(PAGE)
    before, after = page.split("Know first")[1].split("Leads to")
    assert "ANOVA" in before
    assert 'part-not-yet">not yet' in before
    assert "KV cache" in after
    assert "untested" in after
    assert "Hidden from Alice" not in page


def test_questions_by_kind_and_level_with_hidden_answers(
    read: Any, alice: Any, charlie: Any, topics: list[Topic]
) -> None:
    make_question(topics[0], "late", kind="conceptual", level="senior", text="Late?")
    make_question(topics[0], "early", kind="conceptual", text="Early?")
    make_question(topics[0], "work", kind="applied", text="At work?")
    make_question(topics[0], "bare", kind="", answer="", text="Bare?")
    make_question(topics[0], "own", text="Mine?", owner=alice, collection="")
    make_question(topics[0], "other", text="Charlie’s?", owner=charlie, collection="")
    make_question(topics[0], "gone", text="Gone?", retired_at=timezone.now())
    page = read(PAGE)
    order = [page.index(text) for text in ("Early?", "Mine?", "Late?", "At work?", "Bare?")]
    assert order == sorted(order)
    assert "Charlie’s?" not in page
    assert "Gone?" not in page
    assert "<small>5</small>" in page
    assert page.count('<details class="qa"') == 4
    assert "The answer to early." in page
    assert "No model answer yet: the core ideas stand in its place." in page
    assert "· yours" in page


def test_a_question_is_printed_as_it_was_rendered_and_text_is_escaped(
    read: Any, topics: list[Topic]
) -> None:
    make_question(topics[0], "code", text_html="<p>Why <code>x</code>?</p>")
    make_question(topics[0], "two", text="<b>Two</b>", text_html="<p>One</p><p>Two</p>")
    page = read(PAGE)
    assert "<span>Why <code>x</code>?</span>" in page
    assert "<span>&lt;b&gt;Two&lt;/b&gt;</span>" in page


def test_exercises_references_and_projects(
    read: Any, alice: Any, charlie: Any, topics: list[Topic]
) -> None:
    make_exercise("k-means", topics[0])
    make_exercise("retired-one", topics[0], retired_at=timezone.now())
    make_project("churn", topics[0])
    make_reference("sheet", topics[0])
    own = make_reference("own", topics[0], owner=alice, collection="")
    make_reference("hers", topics[0], owner=charlie, collection="")
    page = read(PAGE)
    assert '/library/exercises/k-means/">K means</a>' in page
    assert "retired-one" not in page
    assert '/library/projects/churn/"' in page
    assert '/library/references/sheet/"' in page
    assert f"/library/references/{own.pk}/" in page
    assert "Hers" not in page


def test_it_says_where_the_topic_is_in_the_plan(read: Any, plan: Any) -> None:
    page = read("/library/topics/k-nearest-neighbours/")
    assert "<summary>6 tasks in your plan</summary>" in page
    assert "Read about Adam" in page
    assert "Week 1 · Wed 18 Nov · 20 min" in page
    plan.state = "paused"
    plan.save()
    page = read("/library/topics/k-nearest-neighbours/")
    assert "<summary>6 tasks in “Small roadmap”, paused</summary>" in page


def test_own_topics_by_id_and_their_slug_leads_there(
    alice_client: Client, charlie_client: Client, mine: Topic
) -> None:
    own = f"/library/topics/{mine.pk}/"
    assert alice_client.get(own).status_code == 200
    assert alice_client.get("/library/topics/mine/")["Location"] == own
    assert charlie_client.get(own).status_code == 404
    assert charlie_client.get("/library/topics/mine/").status_code == 404


def test_other_collections_have_their_name_in_the_address(
    alice_client: Client, topics: list[Topic]
) -> None:
    there = make_topic("only-there", collection="acme", title="Only there")
    make_topic("t-test", collection="acme", title="Their t-test")
    address = "/library/topics/acme/only-there/"
    assert there.get_absolute_url() == address
    assert "Only there" in alice_client.get(address).content.decode()
    assert alice_client.get("/library/topics/only-there/")["Location"] == address
    assert alice_client.get(f"/library/topics/{there.pk}/")["Location"] == address
    assert alice_client.get("/library/topics/studyplan/t-test/")["Location"] == PAGE
    assert "<h1>T-test</h1>" in alice_client.get(PAGE).content.decode()
    their = alice_client.get("/library/topics/acme/t-test/").content.decode()
    assert "<h1>Their t-test</h1>" in their
    assert alice_client.get("/library/topics/nowhere/t-test/").status_code == 404


def test_an_old_slug_leads_on(alice_client: Client, topics: list[Topic]) -> None:
    Alias.objects.create(kind="topic", slug="old", target_slug="t-test")
    Alias.objects.create(kind="topic", slug="round", target_slug="round")
    Alias.objects.create(kind="area", slug="other", target_slug="t-test")
    assert alice_client.get("/library/topics/old/")["Location"] == PAGE
    assert alice_client.get("/library/topics/studyplan/old/")["Location"] == PAGE
    for slug in ("round", "other"):
        assert alice_client.get(f"/library/topics/{slug}/").status_code == 404


def hang_evidence(user: Any, topic: Topic) -> None:
    score(user, topic, 80)
    Evidence.objects.update(retracted_at=timezone.now())


def hang_note(user: Any, topic: Topic) -> None:
    TopicNote.objects.create(user=user, topic=topic, text="Mine", html="<p>Mine</p>")


def hang_star(user: Any, topic: Topic) -> None:
    Star.objects.create(user=user, topic=topic)


def hang_question(user: Any, topic: Topic) -> None:
    make_question(topic, "own", owner=user, collection="")


def hang_answer(user: Any, topic: Topic) -> None:
    day = dt.date(2026, 11, 1)
    log_result(user, day=day, at=timezone.now(), answers=[Answered(topic.pk, 50)])
    Evidence.objects.filter(user=user).delete()
    assert Answer.objects.filter(check_taken__in=Check.objects.filter(user=user)).exists()


HANGING = [hang_evidence, hang_note, hang_star, hang_question, hang_answer]


@pytest.mark.parametrize("hang", HANGING)
def test_a_retired_topic_is_read_by_those_with_records(
    read: Any, charlie_client: Client, alice: Any, topics: list[Topic], hang: Any
) -> None:
    hang(alice, topics[0])
    Topic.objects.filter(pk=topics[0].pk).update(retired_at=timezone.now())
    page = read(PAGE)
    assert "This topic is retired" in page
    assert "Add to my plan" not in page
    assert charlie_client.get(PAGE).status_code == 404


def test_a_retired_topic_of_a_plan_is_read(read: Any, plan: Any, topic: Topic) -> None:
    Topic.objects.update(retired_at=timezone.now())
    assert "This topic is retired" in read("/library/topics/k-nearest-neighbours/")


def test_an_own_retired_topic_can_be_brought_back(read: Any, mine: Topic) -> None:
    Topic.objects.filter(pk=mine.pk).update(retired_at=timezone.now())
    page = read(f"/library/topics/{mine.pk}/")
    assert "Bring it back" in page
    assert "Edit" not in page


def test_methods_and_strangers(alice_client: Client, client: Client, topics: list[Topic]) -> None:
    assert alice_client.post(PAGE).status_code == 405
    assert "/accounts/login/" in client.get(PAGE)["Location"]
    assert alice_client.get("/library/topics/none/").status_code == 404
