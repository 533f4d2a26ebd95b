"""Topics of the learner's own."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.checks.topics import TopicNames
from apps.library.models import SearchEntry, Topic
from apps.library.writing.notes import save_note
from apps.library.writing.topics import digest_of_topic
from tests.dashboard.library.factories import make_question, score
from tests.mastery.factories import make_area, make_topic

NEW = "/library/topics/new/"


def form(**fields: Any) -> dict[str, Any]:
    area = make_area("statistics")
    return {
        "key": str(uuid.uuid4()),
        "seen": "",
        "title": "Sign test",
        "area": str(area.pk),
        "category": "specialisation",
        "level": "senior",
        "minutes": "20",
        "summary": "Counts signs.",
        "body": "## Core ideas\r\n\r\n- $p = 1/2$",
    } | fields


def test_a_topic_is_added_once(alice_client: Client, alice: Any, topics: list[Topic]) -> None:
    page = alice_client.get(f"{NEW}?area=statistics", follow=True).content.decode()
    area = make_area("statistics")
    assert f'<option value="{area.pk}" selected>' in page
    data = form()
    for _ in range(2):
        answer = alice_client.post(NEW, data)
        assert answer.status_code == 303
    made = Topic.objects.get(owner=alice)
    assert answer["Location"] == made.get_absolute_url() == f"/library/topics/{data['key']}/"
    assert (made.slug, made.collection, made.level_rank) == ("sign-test", "", 2)
    assert made.levels == ["senior", "principal"]
    assert "<math" in made.body_html
    page = alice_client.get(answer["Location"]).content.decode()
    assert "Specialisation · senior, principal · 20 min · yours" in page
    entry = SearchEntry.objects.get(kind="topic")
    assert (entry.title, entry.address) == ("Sign test", answer["Location"])
    assert "Counts signs." in entry.text


def test_it_counts_like_any_other(alice_client: Client, alice: Any, topics: list[Topic]) -> None:
    alice_client.post(NEW, form())
    made = Topic.objects.get(owner=alice)
    assert TopicNames(alice).find("sign test").id == made.pk
    score(alice, made, 90)
    for address in (f"/readiness/topic/{made.pk}/", "/readiness/topic/sign-test/"):
        assert "Sign test" in alice_client.get(address).content.decode()
    assert f"/readiness/topic/{made.pk}/" in alice_client.get("/readiness/topics/").content.decode()
    log = alice_client.get(f"/checks/log/?topic={made.pk}").content.decode()
    assert 'value="Sign test"' in log


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": ""}, "What is the topic?"),
        ({"title": "x" * 201}, "At most 200 characters."),
        ({"area": "999999"}, "That area is not in the library."),
        ({"area": ""}, "Which area does it belong to?"),
        ({"category": "x"}, "not one of the available choices"),
        ({"level": "x"}, "not one of the available choices"),
        ({"minutes": "0"}, "Between 1 and 600 minutes."),
        ({"summary": "x" * 401}, "at most 400 characters"),
        ({"body": "x" * 20_001}, "20,001 characters; at most 20,000"),
        ({"key": "x"}, "Open this form again, please."),
    ],
)
def test_a_bad_topic(alice_client: Client, db: None, fields: dict[str, str], said: str) -> None:
    answer = alice_client.post(NEW, form(**fields))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert said in text
    assert "Core ideas" in text or "body" in fields
    assert not Topic.objects.exists()


def test_slugs_differ_from_those_the_learner_sees(
    alice_client: Client, alice: Any, charlie: Any, topics: list[Topic]
) -> None:
    make_topic("sign-test", owner=charlie, collection="")
    for title in ("T-test!", "Sign test", "Sign Test!", "符号"):
        assert alice_client.post(NEW, form(title=title)).status_code == 303
    slugs = set(Topic.objects.filter(owner=alice).values_list("slug", flat=True))
    assert slugs == {"t-test-2", "sign-test", "sign-test-2", "topic"}


def test_an_own_topic_is_changed(alice_client: Client, alice: Any, db: None) -> None:
    alice_client.post(NEW, form())
    own = Topic.objects.get()
    make_question(own, "own", owner=alice, collection="")
    save_note(alice, own, "A note", 0)
    address = f"/library/topics/{own.pk}/edit/"
    page = alice_client.get(address).content.decode()
    assert 'value="senior" selected' in page
    seen = own.digest
    assert seen in page
    answer = alice_client.post(address, form(seen=seen, title="Signs", level="mid"))
    assert answer["Location"] == own.get_absolute_url()
    own.refresh_from_db()
    assert (own.title, own.slug, own.level_rank) == ("Signs", "sign-test", 1)
    assert SearchEntry.objects.get(kind="topic").title == "Signs"
    assert SearchEntry.objects.get(kind="note").title == "Signs"
    again = alice_client.post(address, form(seen=seen, title="Third"))
    assert again.status_code == 409
    text = again.content.decode()
    assert "Signs" in text
    assert 'value="Third"' in text
    assert own.digest in text
    assert Topic.objects.get().title == "Signs"
    bad = alice_client.post(address, form(seen=own.digest, title=""))
    assert bad.status_code == 422
    assert "<h1>Edit your topic</h1>" in bad.content.decode()


def test_deleted_and_brought_back(alice_client: Client, alice: Any, topics: list[Topic]) -> None:
    alice_client.post(NEW, form())
    own = Topic.objects.get(owner=alice)
    alice_client.post(
        f"/library/questions/new/?topic={own.pk}",
        {"key": str(uuid.uuid4()), "text": "Own?", "kind": "applied", "level": "mid", "answer": ""},
    )
    assert SearchEntry.objects.count() == 2
    answer = alice_client.post(f"/library/topics/{own.pk}/delete/", follow=True)
    restore = f"/library/topics/{own.pk}/restore/"
    assert answer.redirect_chain[-1][0] == "/library/areas/statistics/"
    assert f'action="{restore}"' in answer.content.decode()
    assert not SearchEntry.objects.exists()
    page = alice_client.get(own.get_absolute_url()).content.decode()
    assert "This topic is deleted." in page
    assert "Own?" in page
    edit = alice_client.get(f"/library/topics/{own.pk}/edit/")
    assert edit["Location"] == own.get_absolute_url()
    alice_client.post(restore)
    assert Topic.objects.get(owner=alice).retired_at is None
    assert SearchEntry.objects.count() == 2


def test_text_of_a_topic_that_was_deleted_meanwhile_is_kept(
    alice_client: Client, alice: Any, db: None
) -> None:
    alice_client.post(NEW, form())
    own = Topic.objects.get()
    make_question(own, "own", owner=alice, collection="")
    address = f"/library/topics/{own.pk}/edit/"
    alice_client.post(f"/library/topics/{own.pk}/delete/")
    answer = alice_client.post(address, form(seen=own.digest, title="Signs", body="Typed"))
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "It was deleted meanwhile. Save to bring it back with your text." in text
    assert "Typed</textarea>" in text
    assert "saving again replaces" not in text
    assert "Delete this topic" not in text
    assert Topic.objects.get().retired_at
    bad = alice_client.post(address, form(seen=own.digest, title="", bring_back="1"))
    assert bad.status_code == 422
    assert 'name="bring_back" value="1"' in bad.content.decode()
    again = form(seen=own.digest, title="Signs", body="Typed", bring_back="1")
    assert alice_client.post(address, again).status_code == 303
    own.refresh_from_db()
    assert (own.retired_at, own.title, own.body) == (None, "Signs", "Typed")
    assert sorted(SearchEntry.objects.values_list("kind", flat=True)) == ["question", "topic"]
    assert SearchEntry.objects.get(kind="question").place == "Signs"


def test_changed_and_deleted_meanwhile_shows_both_texts(alice_client: Client, db: None) -> None:
    alice_client.post(NEW, form())
    own = Topic.objects.get()
    address = f"/library/topics/{own.pk}/edit/"
    alice_client.post(address, form(seen=own.digest, body="From the other tab"))
    alice_client.post(f"/library/topics/{own.pk}/delete/")
    text = alice_client.post(address, form(seen=own.digest, body="Typed")).content.decode()
    for said in ("It was deleted meanwhile.", "saving again replaces", "From the other tab"):
        assert said in text


@pytest.mark.parametrize("title", ["T-test", "t-TEST", " T - test "])
def test_a_title_that_is_there_already(
    alice_client: Client, charlie_client: Client, topics: list[Topic], title: str
) -> None:
    answer = alice_client.post(NEW, form(title=title))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "“T-test” is in your library already" in text
    assert '<a href="/library/topics/t-test/">open it</a>' in text
    assert "Core ideas" in text


def test_titles_that_may_be_the_same(
    alice_client: Client, alice: Any, charlie: Any, topics: list[Topic]
) -> None:
    make_topic("hers", owner=charlie, collection="", title="Sign test")
    make_topic("gone", title="Sign test", retired_at=timezone.now())
    assert alice_client.post(NEW, form()).status_code == 303
    twin = make_topic("twin", owner=alice, collection="", title="T-test")
    seen = {"seen": digest_of_topic(twin)}
    address = f"/library/topics/{twin.pk}/edit/"
    refused = alice_client.post(address, form(**seen, title="sign TEST"))
    assert refused.status_code == 422
    kept = alice_client.post(address, form(**seen, title="T-Test", body="More"))
    assert kept.status_code == 303


def test_back_and_add_again_changes_the_first(alice_client: Client, topics: list[Topic]) -> None:
    address = alice_client.get(f"{NEW}?area=statistics")["Location"]
    assert address.startswith(f"{NEW}?area=statistics&key=")
    key = address.rpartition("=")[2]
    assert f'name="key" value="{key}"' in alice_client.get(address).content.decode()
    assert alice_client.post(NEW, form(key=key)).status_code == 303
    own = Topic.objects.get(pk=key)
    assert alice_client.get(address)["Location"] == f"/library/topics/{key}/edit/"
    again = alice_client.post(NEW, form(key=key, title="Signs"))
    assert again.status_code == 409
    assert own.digest in again.content.decode()
    assert alice_client.post(NEW, form(key=key, title="Signs", seen=own.digest)).status_code == 303
    assert Topic.objects.get(slug="sign-test").title == "Signs"
    assert alice_client.get(f"{NEW}?key=x")["Location"].startswith(f"{NEW}?key=")


def test_an_area_that_was_retired_since_can_stay(alice_client: Client, mine: Topic) -> None:
    mine.area.retired_at = timezone.now()
    mine.area.save()
    address = f"/library/topics/{mine.pk}/edit/"
    page = alice_client.get(address).content.decode()
    seen = page.split('name="seen" value="')[1].split('"')[0]
    answer = alice_client.post(address, form(seen=seen, area=str(mine.area_id)))
    assert answer.status_code == 303


def test_strangers_and_methods(
    alice_client: Client, charlie_client: Client, client: Client, mine: Topic, topics: list[Topic]
) -> None:
    for action in ("edit", "delete", "restore"):
        for row, who in ((mine, charlie_client), (topics[0], alice_client)):
            assert who.post(f"/library/topics/{row.pk}/{action}/", form()).status_code == 404
        assert "/accounts/login/" in client.post(f"/library/topics/{mine.pk}/{action}/")["Location"]
    assert charlie_client.post(NEW, form(key=str(mine.pk))).status_code == 404
    assert alice_client.get(f"/library/topics/{mine.pk}/delete/").status_code == 405
    assert Topic.objects.get(pk=mine.pk).title == "My topic"
