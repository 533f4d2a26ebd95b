"""What is found and in which order, as a reader sees it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.library.search import MOST_CHARACTERS, MOST_TERMS, Found, rank, read_query
from apps.library.search_marks import excerpt, mark
from apps.library.search_mend import mendings, mendings_in_texts, read_again, with_readings
from apps.library.search_text import fold, fold_entry, initials, plain_text


def found(
    title: str, text: str = "", kind: str = "topic", key: str = "", owner: int | None = None
) -> Found:
    plain = fold_entry(title, text)
    return Found(kind, key or title, f"/{title}/", title, "", text, fold(title), plain, owner)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Durbin-Watson test", " durbin watson test"),
        ("Ünïcode  naïve", " unicode naive"),
        ("Straße", " strasse"),
        ("k-means, k=3", " k means k 3"),
        ("snake_case", " snake case"),
        ("R²", " r2"),
        ("𝔼 over ℝ", " e over r"),
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


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("how does dropout work", "dropout"),
        ("What is dropout?", "dropout"),
        ("what does dropout mean", "dropout"),
        ("explain the use of Adam", "adam"),
        ("law of large numbers", "law large numbers"),
        ("what is mean squared error", "mean squared error"),
        ("how do k-means work", "k means"),
        ("A/B testing", "a b testing"),
        ("what is R", "what is r"),
        ("how does it work", "how does it work"),
        ("the", "the"),
        ("wha", "wha"),
    ],
)
def test_fillers_are_left_out_beside_other_words(typed: str, terms: str) -> None:
    assert " ".join(read_query(typed).terms) == terms


def test_a_title_with_fillers_that_is_typed_as_it_is_comes_first() -> None:
    rows = [found("Large numbers, law and order"), found("Law of large numbers, weak or strong")]
    assert rank(read_query("law of large numbers"), rows)[0].title == rows[1].title


def test_fillers_are_not_marked() -> None:
    pieces = mark("How dropout works", read_query("how does dropout work"))
    assert [piece.text for piece in pieces if piece.marked] == ["dropout"]


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


@pytest.mark.parametrize(
    ("typed", "text", "marked"),
    [
        ("crossvalidation", "Use cross-validation, or cross validation.", ["cross-validation"] * 2),
        ("crossval", "Cross-validated; a cross valley", ["Cross-validated"]),
        ("cross-validation", "cross-validation", ["cross", "validation"]),
        ("cross validation", "crossvalidation", ["crossvalidation"]),
        ("crossvalidation", "crossvalidation", ["crossvalidation"]),
        ("knn", "a k-NN model, k nn", ["k-NN"]),
        ("leaveoneout", "Leave-one-out-of-bag is", ["Leave-one-out"]),
        ("crossvalidation validation", "cross-validation", ["cross-validation"]),
        ("into", "in to, in-to, in-toto", ["in-to", "in-toto"]),
        ("inst", "in statistics", []),
        ("cross", "a cross-validation", ["cross"]),
        ("crossx", "cross-", []),
    ],
)
def test_words_that_were_meant_as_one_are_marked(typed: str, text: str, marked: list[str]) -> None:
    shown = [piece.text for piece in mark(text, read_query(typed)) if piece.marked]
    assert [each.replace(" ", "-") for each in shown] == marked


def test_the_excerpt_shows_where_a_joined_word_is() -> None:
    text = "Nothing here. " * 40 + "Then comes cross-validation." + " And more." * 40
    pieces = excerpt(text, read_query("crossvalidation"))
    assert [piece.text for piece in pieces if piece.marked] == ["cross-validation"]


@pytest.mark.parametrize("rest", ["", "-and-on" * 40])
def test_the_excerpt_shows_a_word_within_a_long_name(rest: str) -> None:
    text = "Nothing here. " * 20 + f"load distilbert-base-uncased-finetuned-sst-2-english{rest} now"
    pieces = excerpt(text + " and more" * 30, read_query("english"))
    assert [piece.text for piece in pieces if piece.marked] == ["english"]


def test_a_title_that_is_typed_as_one_word_comes_first() -> None:
    rows = [found("Random forests", "By cross-validation."), found("Cross-validation")]
    assert rank(read_query("crossvalidation"), rows)[0].title == "Cross-validation"


def test_a_single_letter_marks_itself_alone() -> None:
    pieces = mark("Keep k-means, k = 3", read_query("k means"))
    assert [piece.text for piece in pieces if piece.marked] == ["k", "means", "k"]


@pytest.mark.parametrize(
    ("typed", "text", "marked"),
    [
        ("cafes", "Two cafe\u0301s", ["cafe\u0301s"]),
        ("שלום", "אמר שלום לך", ["שלום"]),
        ("file", "the \ufb01le", ["\ufb01le"]),
        ("loss", "🙂loss🙂 lossy", ["loss", "lossy"]),
    ],
)
def test_marks_in_other_scripts(typed: str, text: str, marked: list[str]) -> None:
    assert [p.text for p in mark(text, read_query(typed)) if p.marked] == marked


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
    meant_words = mendings(query, TITLES, [])
    assert " ".join(meant_words.get(term, term) for term in query.terms) == meant


@pytest.mark.parametrize("typed", ["pac", "zzzzzzzz", "attention zzzzzzz", "xgboost", "atten"])
def test_what_is_no_slip_is_left_alone(typed: str) -> None:
    assert mendings(read_query(typed), TITLES, []) == {}


LONGER = [
    fold(title)
    for title in (
        *("Gradient descent", "Support vector machines", "k-means clustering", "Random forests"),
        *("Decision trees", "Bias", "Policy and reward", "State of the art of theory"),
    )
]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("gradientdescent", "gradient descent"),
        ("supportvectormachine", "support vector machine"),
        ("supportvectormachines", "support vector machines"),
        ("supportvector", "support vector"),
        ("vectormach", "vector mach"),
        ("randomforest momentum", "random forest"),
        ("kmeans", "k means"),
        ("gradientde", ""),
        ("gradient", ""),
        ("andrew", ""),
        ("forestdecision", ""),
        ("descentgradient", ""),
    ],
)
def test_words_of_a_title_that_are_written_as_one_are_read_apart(typed: str, words: str) -> None:
    query = with_readings(read_query(typed), LONGER)
    assert query.also.get(query.terms[0], "") == words
    assert mendings(query, LONGER, []) == {} or not words


@pytest.mark.parametrize(
    ("typed", "stem"),
    [
        ("gans", "gan"),
        ("biases", "bias"),
        ("boxes", "box"),
        ("policys", "policy"),
        ("trees", ""),
        ("bus", ""),
        ("uses", ""),
        ("loss", ""),
        ("thes", ""),
    ],
)
def test_a_plural_is_read_as_its_singular_too(typed: str, stem: str) -> None:
    query = with_readings(read_query(typed), LONGER)
    assert query.also.get(typed, "") == stem


def test_a_slip_in_a_plural_is_still_mended() -> None:
    query = with_readings(read_query("machnes"), LONGER)
    assert mendings(query, LONGER, []) == {"machnes": "machines"}


def test_a_title_whose_words_are_written_as_one_comes_first() -> None:
    rows = [
        found("RandomForestClassifier"),
        found("Trees", "random forest"),
        found("Random forests"),
    ]
    query = with_readings(read_query("randomforest"), LONGER)
    assert all(one.fits(query) for one in rows)
    assert [one.title for one in rank(query, rows)][-1] == "Trees"
    assert not found("Random", "Forest of words").fits(with_readings(read_query("andrew"), LONGER))


def test_words_of_our_titles_are_meant_before_those_of_own_ones() -> None:
    own = [fold("Read the backpropogation paper"), fold("Kubeflow notes")]
    assert mendings(read_query("backpropogation"), TITLES, own) == {
        "backpropogation": "backpropagation"
    }
    assert mendings(read_query("kubeflwo"), TITLES, own) == {"kubeflwo": "kubeflow"}
    assert mendings(read_query("kubeflow"), TITLES, own) == {}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("mnemonc", {"mnemonc": "mnemonic"}),
        ("jacobian left", {"jacobian": "jacobean"}),
        ("left jac", {}),
        ("mnemonc zzzzzzz", {}),
        ("mnemonc zz", {}),
        ("lefts mnemonc", {"lefts": "left", "mnemonc": "mnemonic"}),
    ],
)
def test_slips_are_mended_towards_words_of_texts(typed: str, meant: dict[str, str]) -> None:
    texts = [" the jacobean on the left", " a mnemonic"]
    assert mendings_in_texts(read_query(typed), texts) == meant


def test_as_few_words_are_mended_as_lead_to_something() -> None:
    query = read_query("gradeint decent")
    meant = {"gradeint": "gradient", "decent": "descent"}
    both, one = found("Gradient descent"), found("Gradients", "A decent start.")
    slip = found("Mine", "gradeint descent", kind="note", owner=1)
    typed = found("Mine too", "gradeint decent", kind="note", owner=1)
    for rows, terms in (
        ([both, one], ("gradient", "decent")),
        ([both], ("gradient", "descent")),
        ([slip, both, typed], ("gradient", "descent")),
        ([slip, typed], ("gradeint", "descent")),
    ):
        again = read_again(query, meant, rows)
        assert again
        assert again.terms == terms
    assert read_again(query, meant, [typed]) is None
    plural = with_readings(read_query("kubeflws"), TITLES)
    own = found("Mine", "kubeflw", kind="note", owner=1)
    assert read_again(plural, {"kubeflws": "kubeflow"}, [own]) is None
    assert read_again(query, meant, []) is None


def test_what_has_the_words_as_typed_stands_between_titles_and_texts() -> None:
    rows = [
        found("Optimisers", "Weights move by backpropagation."),
        found("Day", "My backpropogation", kind="note", owner=1),
        found("Backpropagation"),
    ]
    ranked = rank(read_query("backpropagation"), rows, read_query("backpropogation"))
    assert [one.title for one in ranked] == ["Backpropagation", "Day", "Optimisers"]


@given(st.text(max_size=300), st.text(max_size=40))
def test_marks_never_change_the_text(text: str, typed: str) -> None:
    query = read_query(typed)
    assert "".join(piece.text for piece in mark(text, query)) == text
    assert len("".join(piece.text for piece in excerpt(text, query))) <= max(len(text), 190)


@given(st.text(max_size=200))
def test_a_title_is_found_by_its_own_words(title: str) -> None:
    query = read_query(title)
    assert all(f" {term}" in fold(title) for term in query.terms)
