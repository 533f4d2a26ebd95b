"""References, own pages, exercises, project ideas."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.dashboard.library.exercise_page import needs
from apps.library.models import Alias, Reference, SearchEntry, Topic
from tests.conftest import TODAY
from tests.dashboard.library.factories import (
    make_exercise,
    make_project,
    make_question,
    make_reference,
)
from tests.mastery.factories import make_topic

HTMX = {"HX-Request": "true"}
PAGES = "/library/pages/"
NEW = "/library/pages/new/"


# References --------------------------------------------------------------------------------------


def test_references_by_group(read: Any, alice: Any) -> None:
    assert "No reference is loaded yet." in read("/library/references/")
    make_reference("numpy", title="NumPy patterns", summary="Broadcasting.")
    make_reference("star", group="interview", title="STAR stories")
    make_reference("own", owner=alice, collection="", group="", title="My own")
    make_reference("gone", retired_at=timezone.now(), title="Gone")
    page = read("/library/references/")
    assert page.index("<h2>Code</h2>") < page.index("<h2>Interview</h2>")
    assert '/library/references/numpy/">NumPy patterns</a>' in page
    assert "<h2>Tables</h2>" not in page
    assert "Gone" not in page
    own = page.split(">Your pages</h2>")[1]
    assert ">My own</a>" in own
    assert "Your pages by day</a>" in own


def test_the_newest_own_pages_stand_with_the_references(
    read: Any, alice: Any, charlie: Any
) -> None:
    assert "You have written none yet." in read("/library/references/")
    now = timezone.now()
    for number in range(10):
        at = now - dt.timedelta(days=number)
        title = f"Page {number}"
        own = make_reference(f"own-{number}", owner=alice, collection="", title=title)
        Reference.objects.filter(pk=own.pk).update(created_at=at)
    make_reference("hers", owner=charlie, collection="", title="Of Charlie")
    page = read("/library/references/")
    shown = [f"Page {number}" for number in range(10) if f">Page {number}</a>" in page]
    assert shown == [f"Page {number}" for number in range(8)]
    assert page.index("Page 0") < page.index("Page 7")
    assert f'href="{PAGES}">All 10 of your pages</a>' in page
    assert "Of Charlie" not in page


def test_a_reference_with_its_contents(read: Any, charlie: Any, topics: list[Topic]) -> None:
    made = make_reference("numpy", topics[0], source="seed 002")
    made.topics.add(
        Topic.objects.create(slug="x", title="Hers", area=topics[0].area, owner=charlie)
    )
    page = read("/library/references/numpy/")
    assert page.count('href="#h-one"') == 2
    assert '<h2 id="h-one">One</h2>' in page
    assert "Source: an ML cheat sheet" in page
    assert 'For <a href="/library/topics/t-test/">T-test</a></p>' in page
    make_reference("short", contents=[])
    assert "Contents" not in read("/library/references/short/")


def test_addresses_of_references(alice_client: Client, charlie_client: Client, alice: Any) -> None:
    own = make_reference("own", owner=alice, collection="")
    make_reference("theirs", collection="acme")
    make_reference("gone", retired_at=timezone.now())
    make_reference("new")
    Alias.objects.create(kind="reference", slug="old", target_slug="new")
    base = "/library/references/"
    assert alice_client.get(f"{base}own/")["Location"] == f"{base}{own.pk}/"
    assert alice_client.get(f"{base}theirs/")["Location"] == f"{base}acme/theirs/"
    assert alice_client.get(f"{base}old/")["Location"] == f"{base}new/"
    for address in (f"{base}gone/", f"{base}none/", f"{base}{uuid.uuid4()}/"):
        assert alice_client.get(address).status_code == 404
    for address in (f"{base}own/", f"{base}{own.pk}/"):
        assert charlie_client.get(address).status_code == 404
    assert alice_client.post(f"{base}new/").status_code == 405


# Own pages ---------------------------------------------------------------------------------------


def form(**fields: Any) -> dict[str, Any]:
    return {
        "key": str(uuid.uuid4()),
        "version": "0",
        "title": "Tests at a glance",
        "day": "2026-11-18",
        "body": "## When\r\n\r\nSmall samples: `t`.",
        "topic_0": "t-test",
        "topic_1": "",
    } | fields


def test_a_page_is_written_once(alice_client: Client, alice: Any, topics: list[Topic]) -> None:
    data = form()
    for _ in range(2):
        answer = alice_client.post(NEW, data)
        assert answer.status_code == 303
    made = Reference.objects.get()
    assert answer["Location"] == made.get_absolute_url() == f"/library/references/{data['key']}/"
    assert (made.owner, made.day, made.version) == (alice, dt.date(2026, 11, 18), 1)
    assert list(made.topics.all()) == [topics[0]]
    assert [each["title"] for each in made.contents] == ["When"]
    page = alice_client.get(answer["Location"]).content.decode()
    assert "Wednesday, 18 November 2026" in page
    assert "<code>t</code>" in page
    assert "Edit" in page
    entry = SearchEntry.objects.get()
    assert (entry.kind, entry.address, entry.owner) == ("reference", answer["Location"], alice)
    assert (
        f"/library/references/{made.pk}/"
        in alice_client.get("/library/topics/t-test/").content.decode()
    )


def test_pages_by_day(read: Any, alice: Any, charlie: Any, topics: list[Topic]) -> None:
    assert "You have written none yet." in read(PAGES)
    for slug, day in (("none", None), ("early", 1), ("late", 18)):
        on = dt.date(2026, 11, day) if day else None
        make_reference(slug, topics[0], owner=alice, collection="", day=on, title=f"Page {slug}")
    make_reference("hers", owner=charlie, collection="", title="Of Charlie")
    page = read(PAGES)
    places = [page.index(f"Page {slug}") for slug in ("late", "early", "none")]
    assert places == sorted(places)
    assert "Of Charlie" not in page
    assert "Wed 18 Nov 2026" in page
    assert "no day" in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": ""}, "What is it called?"),
        ({"title": "x" * 201}, "At most 200 characters."),
        ({"day": "soon"}, "That is not a date of the calendar."),
        ({"day": "0001-01-01"}, "That is not a date of the calendar."),
        ({"body": "x" * 20_001}, "20,001 characters; at most 20,000"),
        ({"topic_1": "t-tets"}, "Did you mean T-test?"),
        ({"version": "x"}, "Enter a whole number."),
    ],
)
def test_a_bad_page(
    alice_client: Client, topics: list[Topic], fields: dict[str, str], said: str
) -> None:
    answer = alice_client.post(NEW, form(**fields))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert said in text
    assert 'value="t-test"' in text
    assert not Reference.objects.exists()


def test_preview_and_another_topic_store_nothing(alice_client: Client, topics: list[Topic]) -> None:
    for headers in ({}, HTMX):
        answer = alice_client.post(NEW, form(preview="1", title=""), headers=headers)
        text = answer.content.decode()
        assert answer.status_code == 200
        assert "When</h2>" in text
        assert "<code>t</code>" in text
        assert 'value="t-test"' in text
        assert text.startswith("<form") is bool(headers)
    text = alice_client.post(NEW, form(add="1"), headers=HTMX).content.decode()
    assert "Topic 3" in text
    many = {f"topic_{n}": "t-test" for n in range(12)}
    text = alice_client.post(NEW, form(add="1", **many), headers=HTMX).content.decode()
    assert "Topic 12" in text
    assert "Topic 13" not in text
    empty = alice_client.post(NEW, form(preview="1", body="")).content.decode()
    assert "There is no text yet." in empty
    assert not Reference.objects.exists()


def test_a_page_is_changed(alice_client: Client, topics: list[Topic]) -> None:
    alice_client.post(NEW, form())
    own = Reference.objects.get()
    address = f"{PAGES}{own.pk}/edit/"
    page = alice_client.get(address).content.decode()
    assert 'value="T-test"' in page
    assert 'name="version" value="1"' in page
    data = form(version="1", title="Other", topic_0="ANOVA", day="")
    assert alice_client.post(address, data)["Location"] == own.get_absolute_url()
    own.refresh_from_db()
    assert (own.title, own.version, own.day) == ("Other", 2, None)
    assert list(own.topics.all()) == [topics[1]]
    assert SearchEntry.objects.get().title == "Other"
    again = alice_client.post(address, form(version="1", title="Third", body="Third text"))
    text = again.content.decode()
    assert again.status_code == 409
    assert "Small samples" in text
    assert "Third text</textarea>" in text
    assert 'name="version" value="2"' in text
    assert Reference.objects.get().title == "Other"
    assert alice_client.post(address, form(version="2", title="")).status_code == 422
    preview = alice_client.post(address, form(version="2", preview="1"))
    assert preview.status_code == 200
    assert "<h1>Edit your page</h1>" in preview.content.decode()


def test_the_quick_reference_of_a_day(alice_client: Client, alice: Any, plan: Any) -> None:
    today = alice_client.get("/today/").content.decode()
    address = f"{PAGES}day/{TODAY}/"
    assert f'href="{address}"' in today
    assert alice_client.get(address)["Location"] == f"{NEW}?day={TODAY}"
    page = alice_client.get(f"{NEW}?day={TODAY}", follow=True).content.decode()
    assert 'value="Quick reference, 18 November 2026"' in page
    assert 'value="K-nearest neighbours"' in page
    assert f'value="{TODAY}"' in page
    own = make_reference("own", owner=alice, collection="", day=TODAY)
    assert alice_client.get(address)["Location"] == own.get_absolute_url()
    assert alice_client.get(f"{PAGES}day/someday/").status_code == 404
    assert alice_client.get(f"{NEW}?day=someday", follow=True).status_code == 200


def test_deleted_and_brought_back(alice_client: Client, topics: list[Topic]) -> None:
    alice_client.post(NEW, form())
    own = Reference.objects.get()
    answer = alice_client.post(f"{PAGES}{own.pk}/delete/", follow=True)
    assert answer.redirect_chain[-1][0] == PAGES
    assert f'action="{PAGES}{own.pk}/restore/"' in answer.content.decode()
    assert not SearchEntry.objects.exists()
    page = alice_client.get(own.get_absolute_url()).content.decode()
    assert "This page is deleted." in page
    edit = alice_client.get(f"{PAGES}{own.pk}/edit/")
    assert edit["Location"] == own.get_absolute_url()
    alice_client.post(f"{PAGES}{own.pk}/restore/")
    assert Reference.objects.get().retired_at is None
    assert SearchEntry.objects.count() == 1


def test_text_of_a_page_that_was_deleted_meanwhile_is_kept(
    alice_client: Client, topics: list[Topic]
) -> None:
    alice_client.post(NEW, form())
    own = Reference.objects.get()
    address = f"{PAGES}{own.pk}/edit/"
    alice_client.post(f"{PAGES}{own.pk}/delete/")
    typed = form(version="1", body="Typed", topic_0="ANOVA")
    answer = alice_client.post(address, typed)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "It was deleted meanwhile. Save to bring it back with your text." in text
    assert "Typed</textarea>" in text
    assert 'value="ANOVA"' in text
    assert Reference.objects.get().retired_at
    preview = alice_client.post(address, typed | {"preview": "1", "bring_back": "1"})
    assert 'name="bring_back" value="1"' in preview.content.decode()
    assert alice_client.post(address, typed | {"bring_back": "1"}).status_code == 303
    own.refresh_from_db()
    assert (own.retired_at, own.body, own.version) == (None, "Typed", 2)
    assert list(own.topics.all()) == [topics[1]]
    assert SearchEntry.objects.get().text == "Typed"


def test_back_and_save_again_changes_the_first(alice_client: Client, topics: list[Topic]) -> None:
    address = alice_client.get(NEW)["Location"]
    key = address.rpartition("key=")[2]
    assert f'name="key" value="{key}"' in alice_client.get(address).content.decode()
    assert alice_client.post(NEW, form(key=key)).status_code == 303
    assert alice_client.get(address)["Location"] == f"{PAGES}{key}/edit/"
    for fields in ({"body": "Other"}, {"topic_0": ""}, {"title": "Other"}, {"day": ""}):
        again = alice_client.post(NEW, form(key=key, **fields))
        assert again.status_code == 409, fields
        assert 'name="version" value="1"' in again.content.decode()
    assert alice_client.post(NEW, form(key=key, version="1", body="Other")).status_code == 303
    assert Reference.objects.get().body == "Other"


def test_what_was_deleted_is_listed(
    read: Any, alice_client: Client, alice: Any, charlie: Any, topics: list[Topic]
) -> None:
    assert "Deleted" not in read(PAGES)
    at = timezone.now()
    ago = [{"retired_at": at - dt.timedelta(days=days)} for days in range(4)]
    own = {"owner": alice, "collection": ""}
    page = make_reference("own", title="Old page", **own, **ago[2])
    topic = make_topic("own", title="Old topic", **own, **ago[0])
    asked = make_question(topics[0], "own", text="Old question?", **own, **ago[1])
    make_reference("hers", title="Of Charlie", owner=charlie, collection="", **ago[0])
    make_question(topics[0], "ours", text="Ours?", **ago[0])
    text = read(PAGES)
    assert "<summary>Deleted (3)</summary>" in text
    places = [text.index(title) for title in ("Old topic", "Old question?", "Old page")]
    assert places == sorted(places)
    assert "Of Charlie" not in text
    assert "Ours?" not in text
    for kind, row in (("topics", topic), ("questions", asked), ("pages", page)):
        address = f"/library/{kind}/{row.pk}/restore/"
        assert f'action="{address}"' in text
        assert alice_client.post(address)["Location"] == row.get_absolute_url()
    assert "Deleted" not in read(PAGES)


def test_pages_are_private(
    alice_client: Client, charlie_client: Client, client: Client, alice: Any
) -> None:
    own = make_reference("own", owner=alice, collection="")
    curated = make_reference("curated")
    for action in ("edit", "delete", "restore"):
        for row, who in ((own, charlie_client), (curated, alice_client)):
            assert who.post(f"{PAGES}{row.pk}/{action}/", form()).status_code == 404
        assert "/accounts/login/" in client.get(f"{PAGES}{own.pk}/{action}/")["Location"]
    taken = form(key=str(own.pk), topic_0="")
    assert charlie_client.post(NEW, taken).status_code == 404
    assert alice_client.get(f"{PAGES}{own.pk}/delete/").status_code == 405
    assert alice_client.post(PAGES).status_code == 405


# Exercises ---------------------------------------------------------------------------------------


def test_exercises(read: Any, topics: list[Topic]) -> None:
    assert "No exercise is loaded yet." in read("/library/exercises/")
    make_exercise("k-means", topics[0])
    make_exercise("adam", level="senior", level_rank=2)
    page = read("/library/exercises/")
    assert page.index("<h2>Mid</h2>") < page.index("K means") < page.index("<h2>Senior</h2>")
    assert "25 min" in page


def test_an_exercise_hides_hints_solution_and_check(read: Any, topics: list[Topic]) -> None:
    make_exercise("k-means", topics[0], source="seed 002")
    page = read("/library/exercises/k-means/")
    assert "mid · 25 min in an interview" in page
    assert "<summary>Hint 1 of 2</summary>" in page
    assert "<summary>Show the solution</summary>" in page
    assert "python check_k-means.py" in page
    assert "Needs Python alone." in page
    assert f'href="/library/topics/{topics[0].pk}/plan/">Add its topic to your plan</a>' in page
    make_exercise("mixed", *topics[:2])
    mixed = read("/library/exercises/mixed/")
    assert "Add its topic" not in mixed
    for topic in topics[:2]:
        named = f'aria-label="Add {topic.title} to your plan">{topic.title}</a>'
        assert f'href="/library/topics/{topic.pk}/plan/" {named}' in mixed
    assert 'href="check.py" download="check_k-means.py"' in page
    assert "Source: an ML cheat sheet" in page


@pytest.mark.parametrize("collection", ["studyplan", "acme"])
def test_the_check_is_a_file(alice_client: Client, collection: str) -> None:
    made = make_exercise("k-means", collection=collection)
    answer = alice_client.get(f"{made.get_absolute_url()}check.py")
    assert answer.content.decode() == made.check_code
    assert answer["Content-Type"] == "text/x-python; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="check_k-means.py"'


def test_project_ideas(read: Any, topics: list[Topic]) -> None:
    assert "No project idea is loaded yet." in read("/library/projects/")
    make_project("big", size="large", hours=[60, 60])
    make_project("churn", topics[0])
    page = read("/library/projects/")
    assert page.index("<h2>Small</h2>") < page.index("<h2>Large</h2>")
    assert "8 to 16 hours" in page
    assert "60 hours" in page
    one = read("/library/projects/churn/")
    assert "Small · 8 to 16 hours" in one
    for number, point in enumerate(("Problem", "Data", "Baselines"), 1):
        assert f"{number}. {point}" in one
        assert f"About {point}." in one


@pytest.mark.parametrize("kind", ["exercises", "projects"])
def test_addresses_of_exercises_and_projects(
    alice_client: Client, client: Client, kind: str
) -> None:
    make = make_exercise if kind == "exercises" else make_project
    base = f"/library/{kind}/"
    make("new")
    make("theirs", collection="acme")
    make("gone", retired_at=timezone.now())
    Alias.objects.create(kind=kind[:-1], slug="old", target_slug="new")
    assert alice_client.get(f"{base}old/")["Location"] == f"{base}new/"
    assert alice_client.get(f"{base}theirs/")["Location"] == f"{base}acme/theirs/"
    assert alice_client.get(f"{base}acme/theirs/").status_code == 200
    for slug in ("gone", "none"):
        assert alice_client.get(f"{base}{slug}/").status_code == 404
    for address in (base, f"{base}new/"):
        assert alice_client.post(address).status_code == 405
        assert "/accounts/login/" in client.get(address)["Location"]


@pytest.mark.parametrize(
    ("programs", "said"),
    [
        ((), "Needs Python alone."),
        (("import math\n",), "Needs Python alone."),
        (("import numpy as np\n", ""), "Needs Python and NumPy."),
        (
            ("", "def f():\n    from torch import nn\nimport numpy"),
            "Needs Python, NumPy and PyTorch.",
        ),
        (("# import numpy\nimported = 1",), "Needs Python alone."),
    ],
)
def test_what_an_exercise_needs(programs: tuple[str, ...], said: str) -> None:
    assert needs(*programs) == said
