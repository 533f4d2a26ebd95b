"""The library's home, an area, all topics."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.test import Client
from django.utils import timezone

from apps.library.models import Alias, Area, Star, Topic
from apps.mastery.models import Card
from tests.dashboard.library.factories import (
    make_exercise,
    make_project,
    make_question,
    make_reference,
    score,
)
from tests.mastery.factories import make_area, make_topic

HTMX = {"HX-Request": "true"}


def test_an_empty_library_says_so(read: Any) -> None:
    page = read("/library/")
    assert "Nothing is loaded yet" in page
    assert "0 topics" not in page.split("Starred")[0]


def test_areas_with_the_learners_standing(read: Any, alice: Any, topics: list[Topic]) -> None:
    make_topic("senior-only", title="Senior only", level_rank=3)
    score(alice, topics[0], 95)
    page = read("/library/")
    assert "4 topics in 2 areas" in page
    assert "You were tested on 1." in page
    assert '/library/areas/statistics/">Statistics</a>' in page
    assert "50 percent proven, 0 fading, 0 not yet, 50 untested" in page
    assert "3 topics · 1 tested · 50 % proven" in page
    assert "1 topic · 0 tested · 0 % proven" in page
    alice.level = "principal"
    alice.save()
    assert "3 topics · 1 tested · 33 % proven" in read("/library/")


def test_an_area_above_the_level_has_no_bar(read: Any, alice: Any, db: None) -> None:
    alice.level = "mid"
    alice.save()
    make_topic("hard", "deep", level_rank=3)
    assert "1 topic · 0 tested · none at your level" in read("/library/")


def test_the_ways_in_are_counted(
    read: Any, alice: Any, charlie: Any, topics: list[Topic], mine: Topic
) -> None:
    make_question(topics[0], "one")
    make_question(mine, "two", owner=alice, collection="")
    make_question(topics[0], "three", owner=charlie, collection="")
    make_exercise("k-means")
    make_project("churn")
    make_reference("sheet")
    make_reference("own", owner=alice, collection="")
    make_reference("gone", owner=alice, collection="", retired_at=timezone.now())
    Star.objects.create(user=alice, topic=topics[0])
    Star.objects.create(user=charlie, topic=topics[1])
    page = read("/library/")
    assert "<span>2 questions</span>" in page
    assert "<span>1 with a target time</span>" in page
    assert "<span>1 page to look things up</span>" in page
    assert "<span>1 written</span>" in page
    assert "<span>1 topic</span>" in page
    assert f'/library/topics/{mine.pk}/">My topic</a>' in page


def test_other_collections_come_after_ours(read: Any, topics: list[Topic]) -> None:
    area = Area.objects.create(collection="acme", slug="statistics", title="Acme statistics")
    make_topic("theirs", area, collection="acme", title="Theirs")
    page = read("/library/")
    assert page.index("Llm systems") < page.index("Acme statistics")
    assert "/library/areas/acme/statistics/" in page
    there = read("/library/areas/acme/statistics/")
    assert "Theirs" in there
    assert "T-test" not in there
    assert "Theirs" not in read("/library/areas/statistics/")
    assert "/library/topics/new/?area=acme/statistics" in there


def test_an_area_lists_its_topics(
    read: Any, alice: Any, charlie: Any, topics: list[Topic], mine: Topic
) -> None:
    make_topic("hers", owner=charlie, title="Of Charlie")
    make_topic("gone", retired_at=timezone.now(), title="Gone")
    make_topic("hard", level_rank=3, title="Hard one")
    score(alice, topics[0], 95)
    Star.objects.create(user=alice, topic=topics[1])
    page = read("/library/areas/statistics/")
    assert "4 topics" in page
    for title in ("T-test", "ANOVA", "My topic", "Hard one"):
        assert f">{title}</a>" in page
    for title in ("Of Charlie", "Gone", "KV cache"):
        assert title not in page
    assert "scored 95 % on" in page
    assert "· yours" in page
    assert page.count('aria-pressed="true"') == 1
    order = "In an order to learn them: must first, what others rest on before them."
    assert order in page
    assert order not in read("/library/topics/")


def test_filters_of_an_area(read: Any, alice: Any, topics: list[Topic]) -> None:
    score(alice, topics[0], 95)
    make_topic("extra", category="specialisation", levels=["principal"], level_rank=3)
    Star.objects.create(user=alice, topic=topics[1])

    def titles(query: str) -> set[str]:
        page = read(f"/library/areas/statistics/?{query}")
        return {title for title in ("T-test", "ANOVA", "Extra") if f">{title}</a></h3>" in page}

    assert titles("standing=proven") == {"T-test"}
    assert titles("standing=untested") == {"ANOVA", "Extra"}
    assert titles("category=specialisation") == {"Extra"}
    assert titles("level=principal") == {"Extra"}
    assert titles("starred=1") == {"ANOVA"}
    assert titles("starred=1&standing=proven") == set()
    assert titles("standing=nonsense&level=x&category=%00") == {"T-test", "ANOVA", "Extra"}
    Card.objects.update(due=timezone.now().date())
    assert titles("standing=due") == {"T-test"}
    Card.objects.update(snoozed_until=timezone.now().date() + dt.timedelta(days=2))
    assert titles("standing=due") == set()
    page = read("/library/areas/statistics/?standing=due")
    day = timezone.now().date() + dt.timedelta(days=2)
    assert (
        f'Nothing here is due. Next: <a href="/library/topics/t-test/">T-test</a>, {day.day}'
        in page
    )
    assert "Nothing fits these filters." in read("/library/areas/statistics/?standing=fading")


def test_what_is_due_is_counted_and_what_comes_next_is_named(
    read: Any, alice: Any, topics: list[Topic]
) -> None:
    assert "nothing to review today" in read("/library/")
    page = read("/library/topics/?standing=due")
    assert "Nothing is due. A topic comes back for review after its first score." in page
    today = timezone.now().date()
    score(alice, topics[0], 95)
    score(alice, topics[1], 95)
    Card.objects.update(due=today + dt.timedelta(days=9))
    Card.objects.filter(topic=topics[1]).update(due=today + dt.timedelta(days=2))
    page = read("/library/topics/?standing=due")
    assert 'Nothing is due. Next: <a href="/library/topics/anova/">ANOVA</a>' in page
    Card.objects.update(due=today)
    assert "<span>2 topics to review</span>" in read("/library/")


def test_htmx_gets_the_list_and_the_back_button_the_page(read: Any, topics: list[Topic]) -> None:
    fragment = read("/library/areas/statistics/?starred=1", **HTMX)
    assert fragment.startswith("<section")
    assert "0 of 2 topics" in fragment
    whole = read("/library/areas/statistics/", **HTMX, **{"HX-History-Restore-Request": "true"})
    assert "<h1>Statistics</h1>" in whole


def test_all_topics_and_the_starred_ones(read: Any, alice: Any, topics: list[Topic]) -> None:
    page = read("/library/topics/")
    assert page.index("<h2>Statistics</h2>") < page.index("T-test")
    assert "3 topics" in page
    assert "KV cache" not in read("/library/topics/?area=statistics")
    assert "The star beside a topic puts it here." in read("/library/topics/?starred=1")
    Star.objects.create(user=alice, topic=topics[2])
    page = read("/library/topics/?starred=1")
    assert "<h1>Starred topics</h1>" in page
    assert "KV cache" in page
    assert "T-test" not in page


def test_long_lists_have_pages(read: Any, db: None) -> None:
    for number in range(101):
        make_topic(f"t-{number:03}", title=f"Topic {number:03}")
    first = read("/library/topics/?category=must")
    assert "Topic 099" in first
    assert "Topic 100" not in first
    assert "/library/topics/?category=must&amp;page=2" in first
    assert "Topic 100" in read("/library/topics/?category=must&page=2")
    assert "Topic 100" in read("/library/topics/?page=99")


def test_old_and_unknown_areas(alice_client: Client, alice: Any, topics: list[Topic]) -> None:
    Alias.objects.create(kind="area", slug="stats", target_slug="statistics")
    answer = alice_client.get("/library/areas/stats/")
    assert answer["Location"] == "/library/areas/statistics/"
    make_area("empty", retired_at=timezone.now())
    assert alice_client.get("/library/areas/empty/").status_code == 404
    make_topic("mine", "empty", owner=alice, collection="")
    assert alice_client.get("/library/areas/empty/").status_code == 200
    assert alice_client.get("/library/areas/none/").status_code == 404


def test_methods_and_strangers(alice_client: Client, client: Client, topics: list[Topic]) -> None:
    for address in ("/library/", "/library/topics/", "/library/areas/statistics/"):
        assert alice_client.post(address).status_code == 405
        assert "/accounts/login/" in client.get(address)["Location"]
