"""The question bank, one question, own questions."""

from __future__ import annotations

import datetime as dt
import html
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.library.models import Alias, Question, SearchEntry, Topic
from apps.mastery.models import Card
from tests.dashboard.library.factories import make_question, score
from tests.mastery.factories import make_topic

BANK = "/library/questions/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def asked(topics: list[Topic]) -> dict[str, Question]:
    """Four questions on three topics, by slug."""
    t_test, anova, cache = topics
    return {
        "means": make_question(t_test, "means", text="Compare means?"),
        "code": make_question(
            anova, "code", kind="implementation", level="senior", text="Code it?"
        ),
        "cache": make_question(cache, "cache", kind="applied", text="Cache it?"),
        "bare": make_question(cache, "bare", kind="", answer="", text="Bare one?"),
    }


def slugs(read: Any, query: str) -> set[str]:
    page = read(f"{BANK}?{query}")
    return {
        slug for slug in ("means", "code", "cache", "bare") if f"/library/questions/{slug}/" in page
    }


def test_the_bank(read: Any, asked: dict[str, Question]) -> None:
    page = read(BANK)
    assert "4 questions" in page
    assert "Compare means?" in page
    assert "never asked" not in page
    assert re.search(r'/library/topics/t-test/">T-test</a>.{0,80}>untested</span>', page)
    assert "scores are kept by topic" in page


@pytest.mark.parametrize("address", [BANK, "/library/topics/kv-cache/"])
def test_a_question_that_is_a_link_has_none_inside(
    read: Any, asked: dict[str, Question], address: str
) -> None:
    link = '<a href="https://example.org/" title="a &gt; b > c" rel="noopener">a <em>page</em></a>'
    asked["bare"].text_html = f"<p>See {link}, why?</p>"
    asked["bare"].save()
    assert "See a <em>page</em>, why?</a>" in read(address)
    assert f"See {link}, why?</h1>" in read(asked["bare"].get_absolute_url())


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("area=statistics", {"means", "code"}),
        ("kind=implementation", {"code"}),
        ("kind=bare", {"bare"}),
        ("level=senior", {"code"}),
        ("category=must&area=llm-systems", {"cache", "bare"}),
        ("category=specialisation", set()),
        ("area=none&kind=x&level=%00&standing=y", {"means", "code", "cache", "bare"}),
    ],
)
def test_filters(read: Any, asked: dict[str, Question], query: str, found: set[str]) -> None:
    assert slugs(read, query) == found


def test_standings(read: Any, alice: Any, charlie: Any, asked: Any, topics: list[Topic]) -> None:
    day = timezone.now().date()
    score(alice, topics[0], 79)
    score(alice, topics[1], 80, day - dt.timedelta(days=30))
    score(charlie, topics[2], 10, day - dt.timedelta(days=30))
    assert slugs(read, "standing=untested") == {"cache", "bare"}
    assert slugs(read, "standing=not-yet") == {"means"}
    assert slugs(read, "standing=fading") == {"code"}
    assert slugs(read, "standing=due") == {"code"}
    assert read(BANK).count(">due</span>") == 1
    Card.objects.filter(user=alice).update(snoozed_until=day + dt.timedelta(days=1))
    assert slugs(read, "standing=due") == set()
    assert ">due</span>" not in read(BANK)
    assert "1 of 4 questions" in read(f"{BANK}?standing=not-yet")


def test_a_score_counts_as_it_is_rounded(
    read: Any, alice: Any, asked: Any, topics: list[Topic]
) -> None:
    for value in (79, 80):
        score(alice, topics[0], value)  # the mean is 79.5, shown as 80
    assert slugs(read, "standing=not-yet") == set()
    assert slugs(read, "standing=proven") == {"means"}
    assert ">proven</span>" in read(BANK)


def test_own_questions_are_among_them_and_marked(
    read: Any, alice: Any, charlie: Any, topics: list[Topic], mine: Topic
) -> None:
    own = make_question(mine, "own", text="Mine?", owner=alice, collection="")
    make_question(topics[0], "hers", text="Charlie’s?", owner=charlie, collection="")
    make_question(
        topics[0], "gone", text="Gone?", owner=alice, collection="", retired_at=timezone.now()
    )
    page = read(BANK)
    assert "1 question" in page
    assert f"/library/questions/{own.pk}/" in page
    assert ">yours</span>" in page


def test_fifty_a_page(read: Any, topics: list[Topic]) -> None:
    for number in range(51):
        make_question(topics[0], f"q-{number:03}", text=f"Question {number:03}?", position=number)
    first = read(f"{BANK}?area=statistics")
    assert "51 of 51 questions" in first
    assert "Question 049?" in first
    assert "Question 050?" not in first
    assert f"{BANK}?area=statistics&amp;page=2" in first
    assert "Question 050?" in read(f"{BANK}?area=statistics&page=2")


def test_htmx_gets_the_list_and_the_back_button_the_page(read: Any, asked: Any) -> None:
    assert read(f"{BANK}?kind=applied", **HTMX).startswith("<section")
    whole = read(BANK, **HTMX, **{"HX-History-Restore-Request": "true"})
    assert "<h1>Question bank</h1>" in whole


def test_one_question_with_its_neighbours(read: Any, alice: Any, topics: list[Topic]) -> None:
    make_question(topics[0], "first", source="A paper")
    make_question(topics[0], "second", kind="applied", is_standing=True)
    own = make_question(topics[0], "third", kind="design", owner=alice, collection="")
    page = read("/library/questions/second/")
    assert "<h1" in page
    assert '<span class="when-shut">Show the answer</span>' in page
    assert '<a href="/checks/log/?topic=t-test">Log a score</a>' in page
    assert "The answer to second." in page
    assert "Applied · mid · part of the standing gap assessment" in page
    assert "2 of 3 on T-test" in page
    assert 'rel="prev" href="/library/questions/first/"' in page
    assert f'rel="next" href="/library/questions/{own.pk}/"' in page
    first = read("/library/questions/first/")
    assert "Source: A paper" in first
    assert 'rel="prev"' not in first
    assert "Edit" not in first


def walk(read: Any, address: str) -> list[str]:
    """Return the slugs that "Next" leads to, from an address on."""
    found = []
    while address:
        found.append(address.split("/")[3])
        after = re.search(r'rel="next" href="([^"]*)"', read(address))
        address = html.unescape(after[1]) if after else ""
    return found


def test_next_goes_on_within_the_banks_filter(
    read: Any, alice: Any, asked: dict[str, Question], topics: list[Topic]
) -> None:
    extra = make_question(topics[0], "extra", kind="implementation", level="senior")
    other = make_topic("corr", title="Correlation", position=2)
    make_question(other, "corr", kind="implementation", level="senior", owner=alice, collection="")
    query = "?area=statistics&kind=implementation"
    bank = read(f"{BANK}{query}")
    first = html.unescape(re.findall(r'class="asked" href="([^"]*)"', bank)[0])
    assert first == f"{BANK}code/{query}"
    shown = [html.unescape(each) for each in re.findall(r'class="asked" href="([^"]*)"', bank)]
    assert walk(read, first) == [address.split("/")[3] for address in shown]
    page = read(shown[1])
    assert "2 of 3: Statistics, Implementation" in page
    assert f'rel="prev" href="{BANK}code/?area=statistics&amp;kind=implementation"' in page
    assert f'href="{BANK}?area=statistics&amp;kind=implementation">Questions: Statistics' in page
    assert "1 of 1 on" not in page
    assert 'aria-label="Questions of this topic"' in read(f"{BANK}{extra.slug}/")


def test_a_question_that_left_the_filter_stays_where_it_was(
    read: Any, alice: Any, asked: Any, topics: list[Topic]
) -> None:
    query = "?standing=untested"
    assert walk(read, f"{BANK}code/{query}") == ["code", "bare", "cache", "means"]
    score(alice, topics[2], 95)
    page = read(f"{BANK}cache/{query}")
    assert "No longer one of the 2: topic untested" in page
    assert f'rel="prev" href="{BANK}code/{query}"' in page
    assert walk(read, f"{BANK}cache/{query}") == ["cache", "means"]
    assert 'rel="next"' not in read(f"{BANK}cache/?standing=fading")


def test_the_way_back_to_the_bank_leads_to_its_page(read: Any, topics: list[Topic]) -> None:
    for number in range(52):
        make_question(topics[0], f"q-{number:03}", position=number)
    assert f'"{BANK}?level=mid&amp;page=2"' in read(f"{BANK}q-050/?level=mid")
    assert f'"{BANK}?level=mid"' in read(f"{BANK}q-049/?level=mid")
    assert f'"{BANK}"' in read(f"{BANK}q-050/?level=chief&page=3")


def test_an_old_address_keeps_the_filter(alice_client: Client, asked: Any) -> None:
    answer = alice_client.get(f"{BANK}studyplan/code/?level=senior&area=statistics&x=1")
    assert answer["Location"] == f"{BANK}code/?area=statistics&level=senior"


def test_a_bare_question_points_to_the_core_ideas(read: Any, asked: Any) -> None:
    page = read("/library/questions/bare/")
    assert "No model answer yet: the core ideas of" in page
    assert "/library/topics/kv-cache/" in page


def test_addresses_of_questions(
    alice_client: Client, charlie_client: Client, alice: Any, charlie: Any, topics: list[Topic]
) -> None:
    own = make_question(topics[0], "own", owner=alice, collection="")
    make_question(topics[0], "theirs", collection="acme")
    make_question(topics[0], "gone", retired_at=timezone.now())
    Alias.objects.create(kind="question", slug="old", target_slug="new")
    make_question(topics[0], "new")
    assert alice_client.get(f"{BANK}own/")["Location"] == f"{BANK}{own.pk}/"
    assert alice_client.get(f"{BANK}theirs/")["Location"] == f"{BANK}acme/theirs/"
    assert alice_client.get(f"{BANK}old/")["Location"] == f"{BANK}new/"
    assert alice_client.get(f"{BANK}gone/").status_code == 404
    assert alice_client.get(f"{BANK}none/").status_code == 404
    for address in (f"{BANK}own/", f"{BANK}{own.pk}/"):
        assert charlie_client.get(address).status_code == 404
    hers = make_topic("hers", owner=charlie, collection="")
    stray = make_question(hers, "stray")
    assert alice_client.get(f"{BANK}{stray.slug}/").status_code == 404


# Own ones ----------------------------------------------------------------------------------------


def form(**fields: Any) -> dict[str, Any]:
    return {
        "key": str(uuid.uuid4()),
        "seen": "",
        "text": "Why **n - 1**?",
        "kind": "applied",
        "level": "senior",
        "answer": "Because $n$ is biased.",
    } | fields


def new(topic: Topic) -> str:
    return f"{BANK}new/?topic={topic.pk}"


def test_a_question_is_added_once(alice_client: Client, alice: Any, topics: list[Topic]) -> None:
    assert (
        "A question of your own" in alice_client.get(new(topics[0]), follow=True).content.decode()
    )
    data = form()
    for _ in range(2):
        answer = alice_client.post(new(topics[0]), data)
        assert answer.status_code == 303
    made = Question.objects.get()
    assert answer["Location"] == made.get_absolute_url() == f"{BANK}{data['key']}/"
    assert (made.owner, made.topic, made.kind, made.level_rank) == (alice, topics[0], "applied", 2)
    assert "<strong>n - 1</strong>" in made.text_html
    assert "<math" in made.answer_html
    entry = SearchEntry.objects.get()
    assert (entry.kind, entry.address, entry.place) == ("question", answer["Location"], "T-test")
    page = alice_client.get(answer["Location"]).content.decode()
    assert "· yours" in page
    assert "Delete" in page


def test_slugs_differ_from_those_the_learner_sees(
    alice_client: Client, topics: list[Topic]
) -> None:
    make_question(topics[0], "why-n-1")
    for text in ("Why n - 1?", "Why n - 1!", "何故？", "何故？！"):
        assert alice_client.post(new(topics[0]), form(text=text)).status_code == 303
    own = set(Question.objects.exclude(owner=None).values_list("slug", flat=True))
    assert own == {"why-n-1-2", "why-n-1-3", "question", "question-2"}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": ""}, "What is the question?"),
        ({"text": "x" * 2_001}, "2,001 characters; at most 2,000"),
        ({"answer": "x" * 20_001}, "20,001 characters; at most 20,000"),
        ({"kind": "trick"}, "Select a valid choice"),
        ({"level": "chief"}, "Select a valid choice"),
        ({"key": "1"}, "Open this form again, please."),
    ],
)
def test_a_bad_question(
    alice_client: Client, topics: list[Topic], fields: dict[str, str], said: str
) -> None:
    answer = alice_client.post(new(topics[0]), form(**fields))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Question.objects.exists()


def test_an_own_question_is_changed(alice_client: Client, alice: Any, topics: list[Topic]) -> None:
    alice_client.post(new(topics[0]), form())
    own = Question.objects.get()
    address = f"{BANK}{own.pk}/edit/"
    page = alice_client.get(address).content.decode()
    assert "Because $n$ is biased." in page
    seen = own.digest
    assert seen in page
    answer = alice_client.post(address, form(seen=seen, text="Other?", kind="design"))
    assert answer["Location"] == own.get_absolute_url()
    own.refresh_from_db()
    assert (own.text, own.kind, own.slug) == ("Other?", "design", "why-n-1")
    assert SearchEntry.objects.get().title == "Other?"
    again = alice_client.post(address, form(seen=seen, text="Third?"))
    assert again.status_code == 409
    assert "Other?" in again.content.decode()
    assert "Third?</textarea>" in again.content.decode()
    assert own.digest in again.content.decode()
    assert alice_client.post(address, form(seen=seen, text="")).status_code == 422
    assert Question.objects.get().text == "Other?"


def test_deleted_and_brought_back(alice_client: Client, topics: list[Topic]) -> None:
    alice_client.post(new(topics[0]), form())
    own = Question.objects.get()
    answer = alice_client.post(f"{BANK}{own.pk}/delete/", follow=True)
    restore = f"{BANK}{own.pk}/restore/"
    assert answer.redirect_chain[-1][0] == "/library/topics/t-test/"
    assert f'action="{restore}"' in answer.content.decode()
    assert not SearchEntry.objects.exists()
    page = alice_client.get(own.get_absolute_url()).content.decode()
    assert "This question is deleted." in page
    edit = alice_client.get(f"{BANK}{own.pk}/edit/")
    assert edit["Location"] == own.get_absolute_url()
    assert alice_client.post(restore)["Location"] == own.get_absolute_url()
    assert Question.objects.get().retired_at is None
    assert SearchEntry.objects.count() == 1


def test_text_of_a_question_that_was_deleted_meanwhile_is_kept(
    alice_client: Client, topics: list[Topic]
) -> None:
    alice_client.post(new(topics[0]), form())
    own = Question.objects.get()
    address = f"{BANK}{own.pk}/edit/"
    alice_client.post(f"{BANK}{own.pk}/delete/")
    answer = alice_client.post(address, form(seen=own.digest, text="Typed?"))
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "It was deleted meanwhile. Save to bring it back with your text." in text
    assert "Typed?</textarea>" in text
    assert Question.objects.get().retired_at
    again = form(seen=own.digest, text="Typed?", bring_back="1")
    assert alice_client.post(address, again).status_code == 303
    own.refresh_from_db()
    assert (own.retired_at, own.text) == (None, "Typed?")
    assert SearchEntry.objects.get().title == "Typed?"


def test_back_and_add_again_changes_the_first(alice_client: Client, topics: list[Topic]) -> None:
    address = alice_client.get(new(topics[0]))["Location"]
    key = address.rpartition("key=")[2]
    assert f'name="key" value="{key}"' in alice_client.get(address).content.decode()
    assert alice_client.post(address, form(key=key)).status_code == 303
    assert alice_client.get(address)["Location"] == f"{BANK}{key}/edit/"
    again = alice_client.post(address, form(key=key, text="Other?"))
    assert again.status_code == 409
    assert "saving again replaces what is stored" in again.content.decode()
    seen = Question.objects.get().digest
    assert alice_client.post(address, form(key=key, text="Other?", seen=seen)).status_code == 303
    assert Question.objects.get().text == "Other?"


def test_an_own_question_has_no_source(read: Any, alice: Any, topics: list[Topic]) -> None:
    Topic.objects.filter(pk=topics[0].pk).update(source="seed 002")
    make_question(topics[0], "ours")
    own = make_question(topics[0], "own", owner=alice, collection="")
    assert "Source: an ML cheat sheet" in read(f"{BANK}ours/")
    assert "Source:" not in read(f"{BANK}{own.pk}/")


def test_strangers_and_methods(
    alice_client: Client, charlie_client: Client, alice: Any, mine: Topic, topics: list[Topic]
) -> None:
    own = make_question(mine, "own", owner=alice, collection="")
    curated = make_question(topics[0], "curated")
    for action in ("edit", "delete", "restore"):
        for row, client in ((own, charlie_client), (curated, alice_client)):
            assert client.post(f"{BANK}{row.pk}/{action}/", form()).status_code == 404
    assert charlie_client.post(new(mine), form()).status_code == 404
    assert charlie_client.post(new(topics[0]), form(key=str(own.pk))).status_code == 404
    assert alice_client.get(f"{BANK}new/").status_code == 404
    assert alice_client.get(f"{BANK}new/?topic=x").status_code == 404
    assert alice_client.get(f"{BANK}{own.pk}/delete/").status_code == 405
    Topic.objects.filter(pk=mine.pk).update(retired_at=timezone.now())
    assert alice_client.post(new(mine), form()).status_code == 404
    assert Question.objects.count() == 2
