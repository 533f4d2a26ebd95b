"""What is found and in which order, as a reader sees it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.library.search import (
    MOST_CHARACTERS,
    MOST_TERMS,
    Found,
    correct,
    excerpt,
    mark,
    rank,
    read_query,
)
from apps.library.search_text import fold, fold_entry, initials, plain_text


def found(title: str, text: str = "", kind: str = "topic", key: str = "") -> Found:
    return Found(kind, key or title, f"/{title}/", title, "", text, fold(title), fold(text))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Durbin-Watson test", " durbin watson test"),
        ("Ünïcode  naïve", " unicode naive"),
        ("Straße", " strasse"),
        ("k-means, k=3", " k means k 3"),
        ("snake_case", " snake case"),
        ("R²", " r2"),
        ("  ", ""),
    ],
)
def test_words_are_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("made", "text"),
    [
        ("<p>One</p><p>two</p>", "One two"),
        ("<li>a &amp; b</li><li>c</li>", "a & b c"),
        ("x<math><mi>a</mi><mo>+</mo><mi>b</mi></math>y", "x a+b y"),
        ("<td>1</td><td>2</td>", "1 2"),
        ("so <em>much</em>.", "so much."),
    ],
)
def test_plain_text_keeps_words_apart(made: str, text: str) -> None:
    assert plain_text(made) == text


@pytest.mark.parametrize("text", ["", " ", "a", "a b", "'\"%_\\", "½"[:0], "🙂", "\x00"])
def test_nothing_to_look_for(text: str) -> None:
    assert read_query(text).terms == ()


def test_a_long_text_is_cut_and_said_to_be() -> None:
    query = read_query("word%d " * 5_000 % tuple(range(5_000)))
    assert len(query.text) <= MOST_CHARACTERS
    assert len(query.terms) == MOST_TERMS
    assert query.was_cut
    assert not read_query("durbin watson").was_cut


def test_single_letters_count_beside_words() -> None:
    assert read_query("k-means").terms == ("k", "means")


def test_titles_come_before_texts_and_exact_ones_first() -> None:
    rows = [
        found("Gradient checking", "Compare with backpropagation."),
        found("Backpropagation through time"),
        found("Implement backpropagation"),
        found("Backpropagation"),
    ]
    titles = [one.title for one in rank(read_query("backpropagation"), rows)]
    assert titles == [
        "Backpropagation",
        "Backpropagation through time",
        "Implement backpropagation",
        "Gradient checking",
    ]


def test_whole_words_come_before_beginnings() -> None:
    rows = [found("Normality"), found("Normal distribution"), found("Abnormal")]
    assert next(one.title for one in rank(read_query("normal"), rows)) == "Normal distribution"


def test_a_topic_comes_before_a_question_of_the_same_words() -> None:
    rows = [found("Adam", kind="question", key="1"), found("Adam", kind="topic", key="2")]
    assert [one.kind for one in rank(read_query("adam"), rows)] == ["topic", "question"]


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("Maximum likelihood estimation", {"mle"}),
        ("Law of large numbers", {"lln", "loln"}),
        ("k-nearest neighbours", {"knn"}),
        ("Retrieval-augmented generation (RAG)", {"rag"}),
        ("Random forests", set()),
        ("", set()),
    ],
)
def test_titles_are_also_said_for_short(title: str, short: set[str]) -> None:
    assert initials(title) == short


def test_hyphenated_words_are_also_found_as_one() -> None:
    made = fold_entry("TF-IDF", "The bias-variance trade-off of p-values")
    assert {"tfidf", "tradeoff", "biasvariance", "pvalues"} <= set(made.split())


def test_a_title_said_for_short_comes_first() -> None:
    rows = [found("Missing-data strategies", "knn imputation"), found("k-nearest neighbours")]
    for typed in ("knn", "k-NN"):
        assert rank(read_query(typed), rows)[0].title == "k-nearest neighbours"


def test_words_are_marked_where_they_begin() -> None:
    pieces = mark("The Durbin-Watson test, durable", read_query("dur"))
    assert [text for text, marked in pieces if marked] == ["Durbin", "durable"]
    assert "".join(text for text, _ in pieces) == "The Durbin-Watson test, durable"


def test_marks_see_through_accents() -> None:
    assert [p.text for p in mark("Der naïve Bayes", read_query("naive")) if p.marked] == ["naïve"]


def test_the_excerpt_shows_where_the_words_are() -> None:
    text = "Nothing here. " * 40 + "Then comes the Durbin-Watson statistic." + " And more." * 40
    pieces = excerpt(text, read_query("durbin watson"))
    shown = "".join(piece.text for piece in pieces)
    assert "Durbin-Watson statistic" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < 200


TITLES = [fold(t) for t in ("Backpropagation", "Gradient descent", "Attention", "K-means", "PCA")]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("backpropogation", "backpropagation"),
        ("bakcpropagation", "backpropagation"),
        ("backprpagation", "backpropagation"),
        ("backpropog", "backpropagation"),
        ("atention", "attention"),
        ("gradeint descent", "gradient descent"),
        ("attenntio", "attention"),
        ("gradientt", "gradient"),
    ],
)
def test_a_slip_in_a_title_is_mended(typed: str, meant: str) -> None:
    query = read_query(typed)
    known = {term for term in query.terms if any(f" {term}" in title for title in TITLES)}
    mended = correct(query, TITLES, known)
    assert mended
    assert mended.text == meant


@pytest.mark.parametrize("typed", ["pac", "zzzzzzzz", "attention zzzzzzz", "xgboost"])
def test_what_is_no_slip_is_left_alone(typed: str) -> None:
    query = read_query(typed)
    known = {term for term in query.terms if any(f" {term}" in title for title in TITLES)}
    assert correct(query, TITLES, known) is None


@given(st.text(max_size=300), st.text(max_size=40))
def test_marks_never_change_the_text(text: str, typed: str) -> None:
    query = read_query(typed)
    assert "".join(piece.text for piece in mark(text, query)) == text
    assert len("".join(piece.text for piece in excerpt(text, query))) <= max(len(text), 190)


@given(st.text(max_size=200))
def test_a_title_is_found_by_its_own_words(title: str) -> None:
    query = read_query(title)
    assert all(f" {term}" in fold(title) for term in query.terms)
