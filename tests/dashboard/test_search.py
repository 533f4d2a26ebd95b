"""The search page and the box, on the database."""

from __future__ import annotations

import time
import uuid
from typing import Any

import pytest
from django.test import Client
from model_bakery import baker

from apps.accounts.models import User
from apps.library.find import search
from apps.library.models import Area, SearchEntry, Topic
from apps.library.own import put_entry, remove_entry
from apps.library.search import read_query
from apps.library.search_text import fold
from apps.plans import changes, work
from apps.plans.models import Plan
from apps.plans.own_tasks import edit, form_for
from tests.conftest import TODAY
from tests.plans.conftest import now, plan, roadmap, topic

__all__ = ["now", "plan", "roadmap", "topic"]

ADDRESS = "/library/search/"


def entry(title: str, text: str = "", kind: str = "topic", **more: Any) -> SearchEntry:
    return SearchEntry(
        kind=kind,
        key=more.pop("key", title[:40]),
        address=more.pop("address", f"/library/{kind}s/{fold(title).strip().replace(' ', '-')}/"),
        title=title,
        title_plain=fold(title),
        text=text,
        text_plain=fold(text),
        **more,
    )


@pytest.fixture
def library(db: None) -> None:
    SearchEntry.objects.bulk_create(
        [
            entry("Durbin-Watson test", "Tests residuals for autocorrelation.", place="Statistics"),
            entry("Backpropagation", "The chain rule from the loss to every weight."),
            entry("Gradient checking", "Compare numbers with backpropagation."),
            entry("Naïve Bayes", "Counts words."),
            entry("What does 50 % off mean?", "under_score and back\\slash", kind="question"),
        ]
    )


def titles(page: str) -> list[str]:
    return [part.split("</a>")[0] for part in page.split("<h2><a href=")[1:]]


def test_words_are_found_ranked_and_marked(client: Client, alice: User, library: None) -> None:
    client.force_login(alice)
    page = client.get(ADDRESS, {"q": "durbin watson"}).content.decode()
    assert "<mark>Durbin</mark>-<mark>Watson</mark> test" in page
    assert "1 found." in page
    assert "Topic · Statistics" in page
    page = client.get(ADDRESS, {"q": "backprop"}).content.decode()
    assert page.index("/library/topics/backpropagation/") < page.index("gradient-checking")


def test_a_slip_is_mended_and_said(client: Client, alice: User, library: None) -> None:
    client.force_login(alice)
    page = client.get(ADDRESS, {"q": "backpropogation"}).content.decode()
    assert "Shown for <b>backpropagation</b>" in page
    assert "/library/topics/backpropagation/" in page


def test_a_slip_that_is_a_word_elsewhere_is_mended_too(alice: User) -> None:
    SearchEntry.objects.bulk_create(
        [entry("Gradient descent"), entry("Baselines", "A decent model first.")]
    )
    made = search(alice, read_query("gradient decent"))
    assert made.mended
    assert [one.title for one in made.found] == ["Gradient descent"]


def test_excerpts_of_own_texts_show_words_not_marks(client: Client, alice: User) -> None:
    work.save_day_log(
        alice, TODAY, "## Momentum\n\n| a | b |\n|---|---|\n| $x^2$ | **bold** |", "", None
    )
    client.force_login(alice)
    page = client.get(ADDRESS, {"q": "momentum"}).content.decode()
    assert "<mark>Momentum</mark> a b" in page
    assert "|" not in page.split('id="results"')[1].split("</ul>")[0]


def test_topics_are_not_crowded_out_by_questions(alice: User) -> None:
    rows = [entry(f"Which model is it {n}?", key=str(n), kind="question") for n in range(250)]
    SearchEntry.objects.bulk_create([*rows, entry("The roofline model")])
    assert search(alice, read_query("model")).found[0].title == "The roofline model"


@pytest.mark.parametrize("typed", ["optimizers", "optimiz", "Optimiser"])
def test_american_spelling_finds_the_same(alice: User, typed: str) -> None:
    SearchEntry.objects.bulk_create(
        [entry("Optimisers: momentum, Adam"), entry("Code", "optimizer")]
    )
    assert search(alice, read_query(typed)).found[0].title == "Optimisers: momentum, Adam"


def test_a_single_letter_is_a_word(alice: User) -> None:
    SearchEntry.objects.bulk_create([entry("P-values"), entry("Pooling", "some value")])
    assert [one.title for one in search(alice, read_query("p value")).found] == ["P-values"]


def test_long_notes_full_of_the_word_are_no_burden(client: Client, alice: User) -> None:
    rows = [entry(f"n{n}", "ab " * 6_600, key=str(n), kind="note", owner=alice) for n in range(20)]
    SearchEntry.objects.bulk_create(rows)
    client.force_login(alice)
    begin = time.perf_counter()
    assert client.get(ADDRESS, {"q": "ab"}).status_code == 200
    assert time.perf_counter() - begin < 2


def test_a_renamed_task_is_found_by_its_new_title(alice: User, plan: Plan) -> None:
    task = plan.tasks.get(key="read-adam")
    work.save_note(alice, task.pk, "bias correction", "")
    task.refresh_from_db()
    blank = form_for(alice, TODAY, task, None)
    data = {name: blank[name].value() or "" for name in blank.fields}
    form = form_for(alice, TODAY, task, data | {"title": "Read about Lion"})
    assert form.is_valid(), form.errors
    edit(task, form, TODAY)
    assert SearchEntry.objects.get(owner=alice).title == "Read about Lion"


def test_accents_do_not_matter(alice: User, library: None) -> None:
    assert [one.title for one in search(alice, read_query("naive")).found] == ["Naïve Bayes"]
    assert [one.title for one in search(alice, read_query("NAÏVE")).found] == ["Naïve Bayes"]


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("", "Topics, questions, references"),
        ("a", "Type two letters or more"),
        ("'\"%_\\", "Type two letters or more"),
        ("zzzzqqqq", "Nothing found"),
        ("x" * 10_000, "Only the beginning"),
        ("durbin " * 1_500, "Only the beginning"),
        ("\x00durbin", "1 found"),
        ("<script>alert(1)</script>", "&lt;script&gt;"),
        ("100%", "Nothing found"),
        ("under_score", "1 found"),
    ],
)
def test_odd_queries_get_a_clear_answer(
    client: Client, alice: User, library: None, typed: str, answer: str
) -> None:
    client.force_login(alice)
    for extra in ({}, {"quick": "1"}):
        response = client.get(ADDRESS, {"q": typed, **extra})
        assert response.status_code == 200
        assert "<script>alert" not in response.content.decode()
    assert answer in client.get(ADDRESS, {"q": typed}).content.decode()


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", "9" * 40])
def test_pages_are_bounded(client: Client, alice: User, library: None, page: str) -> None:
    client.force_login(alice)
    assert client.get(ADDRESS, {"q": "durbin", "page": page}).status_code == 200


def test_kinds_narrow_and_unknown_ones_do_not(client: Client, alice: User, library: None) -> None:
    client.force_login(alice)
    page = client.get(ADDRESS, {"q": "mean", "kind": "question"}).content.decode()
    assert "1 found." in page
    assert "Nothing found" in client.get(ADDRESS, {"q": "mean", "kind": "topic"}).content.decode()
    assert "1 found." in client.get(ADDRESS, {"q": "mean", "kind": "%"}).content.decode()


def test_the_fragments_are_what_the_page_holds(client: Client, alice: User, library: None) -> None:
    client.force_login(alice)
    htmx = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "results"}
    part = client.get(ADDRESS, {"q": "durbin"}, **htmx).content.decode()
    assert part.strip().startswith('<div class="stack" id="results">')
    assert part.strip() in client.get(ADDRESS, {"q": "durbin"}).content.decode()


def test_notes_are_found_by_their_owner_alone(
    client: Client, alice: User, charlie: User, plan: Plan
) -> None:
    task = plan.tasks.get(key="read-adam")
    work.save_note(alice, task.pk, "Remember the *bias correction*", "")
    work.save_day_log(alice, TODAY, "Café talk about momentum", "", None)
    client.force_login(alice)
    assert "<mark>correction</mark>" in client.get(ADDRESS, {"q": "correction"}).content.decode()
    assert "What you learned" in client.get(ADDRESS, {"q": "cafe momentum"}).content.decode()
    client.force_login(charlie)
    assert "Nothing found" in client.get(ADDRESS, {"q": "correction"}).content.decode()
    assert "Nothing found" in client.get(ADDRESS, {"q": "cafe momentum"}).content.decode()


def test_an_emptied_note_and_a_deleted_task_are_not_found(
    alice: User, client: Client, plan: Plan
) -> None:
    client.force_login(alice)
    task = plan.tasks.get(key="read-adam")
    work.save_note(alice, task.pk, "bias correction", "")
    work.save_day_log(alice, TODAY, "momentum", "", None)
    revision = changes.delete(task, TODAY)
    assert "Nothing found" in client.get(ADDRESS, {"q": "correction"}).content.decode()
    assert revision
    client.post(f"/plan/history/{revision.pk}/undo/")
    assert "1 found" in client.get(ADDRESS, {"q": "correction"}).content.decode()
    work.save_note(alice, task.pk, "", "bias correction")
    work.save_day_log(alice, TODAY, "", "", None)
    assert not SearchEntry.objects.filter(owner=alice).exists()


def test_entries_follow_what_they_lead_to(alice: User) -> None:
    area = baker.make(Area)
    own = baker.make(Topic, owner=alice, area=area, title="My own trick", slug="my-own-trick")
    for title in ("My own trick", "Another trick"):
        put_entry(alice, SearchEntry.Kind.TOPIC, own.pk, title=title, address="/x/", text="")
    assert [one.title for one in search(alice, read_query("trick")).found] == ["Another trick"]
    remove_entry(SearchEntry.Kind.TOPIC, own.pk)
    assert not search(alice, read_query("trick")).found


def test_two_queries_whatever_is_found(
    client: Client, alice: User, django_assert_max_num_queries: Any
) -> None:
    client.force_login(alice)
    SearchEntry.objects.bulk_create(
        [entry(f"Gradient {n}", "descent", key=str(n)) for n in range(400)]
    )
    with django_assert_max_num_queries(4):
        page = client.get(ADDRESS, {"q": "gradient"}).content.decode()
    assert "201 and more found" in page or "200 and more found" in page


WORDS = [
    "gradient",
    "descent",
    "attention",
    "model",
    "loss",
    "weight",
    "token",
    "batch",
    "layer",
    "data",
    "test",
    "sample",
    "variance",
    "feature",
    "query",
    "key",
    "value",
    "cache",
    "memory",
    "cluster",
    "tree",
    "forest",
    "margin",
]


@pytest.mark.parametrize(
    "typed", ["durbin", "gradient", "attenti loss", "backpropogation", "zzzzz"]
)
def test_two_thousand_items_take_less_than_fifty_milliseconds(
    client: Client, alice: User, typed: str
) -> None:
    client.force_login(alice)
    texts = [
        " ".join(WORDS[(n * 7 + at * at) % len(WORDS)] for at in range(250)) for n in range(2_000)
    ]
    rows = [entry(f"{WORDS[n % 22]} item {n}", text, key=str(n)) for n, text in enumerate(texts)]
    rows += [entry("Backpropagation", key="b"), entry("Durbin-Watson test", key="d")]
    SearchEntry.objects.bulk_create(rows, batch_size=500)
    client.get(ADDRESS, {"q": "warm", "quick": "1"})
    times = []
    for _ in range(15):  # the best of them: other work on the machine is not the server's
        begin = time.perf_counter()
        assert client.get(ADDRESS, {"q": typed, "quick": "1"}).status_code == 200
        times.append(time.perf_counter() - begin)
    assert min(times) < 0.05, times


def test_strangers_sign_in_first_and_posts_are_refused(client: Client, alice: User) -> None:
    assert client.get(ADDRESS, {"q": "durbin"}).status_code == 302
    client.force_login(alice)
    assert client.post(ADDRESS, {"q": "durbin"}).status_code == 405


def test_a_deleted_account_takes_its_entries_along(alice: User) -> None:
    put_entry(alice, SearchEntry.Kind.NOTE, uuid.uuid4(), title="x", address="/x/", text="y")
    alice.delete()
    assert not SearchEntry.objects.exists()
