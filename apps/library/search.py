"""What is asked, what is found, and in which order. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from apps.library.search_text import FEWEST_INITIALS, MOST_INITIALS, fold_words, initials

MOST_CHARACTERS = 200
MOST_TERMS = 8
FEWEST_LETTERS = 2
LONG_JOINED = 6  # "crossvalidation" is marked as "cross validation" too, "into" not as "in to"
# Words that say how something is asked, not what is asked for.
FILLERS = frozenset(
    fold_words(
        "a an the how what why when which who where do does did is are was were can should i you we "
        "me my it this in on of to for and or with by from work works use uses used meant explain"
    )
)
ASKING = frozenset(["do", "does", "did"])  # "what does it mean", but "mean squared error"
MEANING = frozenset(["mean", "means"])


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked: `terms` are folded words, each the beginning of one to be found. `said` are
    all words in order, fillers too. `also` has, for a term, the words that do as well as it."""

    text: str
    terms: tuple[str, ...]
    was_cut: bool = False
    said: tuple[str, ...] = ()
    also: Mapping[str, str] = field(default_factory=dict)

    @property
    def phrases(self) -> tuple[str, ...]:
        """The words in order, folded: as they were said, and without fillers."""
        made = ("".join(f" {word}" for word in words) for words in (self.said, self.terms))
        return tuple(dict.fromkeys(phrase for phrase in made if phrase))

    def readings(self, term: str) -> tuple[str, ...]:
        """Return what may stand for a term: itself, and one or more words that all must."""
        return (term, self.also[term]) if term in self.also else (term,)

    def with_terms(self, terms: Iterable[str]) -> Query:
        """Return the same query for other words, each of them once."""
        once = tuple(dict.fromkeys(terms))
        return Query(" ".join(once), once, self.was_cut, also=self.also)

    def read_as(self, changes: Mapping[str, str]) -> Query:
        """Return the query with some words replaced, each by one or more."""
        terms = dict.fromkeys(_replaced(self.terms, changes))
        said = tuple(_replaced(self.said, changes))
        return Query(" ".join(terms), tuple(terms), self.was_cut, said, self.also)


def _replaced(words: Iterable[str], changes: Mapping[str, str]) -> Iterator[str]:
    for word in words:
        yield from changes.get(word, word).split()


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that has every term, or what does as well, in its title or its text. `key` is its primary key."""

    kind: str
    key: str
    address: str
    title: str
    place: str
    text: str
    title_plain: str
    text_plain: str
    owner: int | None = None

    @property
    def is_own(self) -> bool:
        return self.owner is not None

    def holds(self, term: str) -> bool:
        """Whether a word of it begins with the term; a single letter is a word of its own."""
        if len(term) == 1:
            return f" {term} " in f"{self.title_plain} " or f" {term} " in f"{self.text_plain} "
        return f" {term}" in self.title_plain or f" {term}" in self.text_plain

    def fits(self, query: Query) -> bool:
        """Whether it holds each term, or the words that do as well."""
        return all(self.has(term, query) for term in query.terms)

    def has(self, term: str, query: Query) -> bool:
        """Whether it holds a term of the query, or the words that do as well."""
        return any(all(map(self.holds, each.split())) for each in query.readings(term))


def read_query(text: str) -> Query:
    """Return what is asked: at most 200 characters and eight words, without fillers where other
    words remain. A query of single letters alone has no terms."""
    kept = " ".join(text[: 10 * MOST_CHARACTERS].split())
    cut = kept[:MOST_CHARACTERS]
    said = fold_words(cut)
    terms = next(filter(_has_word, (_without_fillers(said), said)), [])
    once = tuple(dict.fromkeys(terms))[:MOST_TERMS]
    return Query(cut, once, len(text.strip()) > len(cut) + 50, tuple(said))


def _has_word(terms: Sequence[str]) -> bool:
    return any(len(term) >= FEWEST_LETTERS for term in terms)


def _without_fillers(words: Sequence[str]) -> list[str]:
    asks = words[-1:] and words[-1] in MEANING and not ASKING.isdisjoint(words)
    kept = words[:-1] if asks else words
    return [
        word
        for word, following in zip_longest(kept, kept[1:], fillvalue="")
        # The a of "A/B" is none.
        if word not in FILLERS or (word == "a" and len(following) == 1)
    ]


# Points for where the words are; a topic is what most searches are after.
EXACT, BEGINS, PHRASE, IN_TITLE, WHOLE_WORD, IN_TEXT = 100.0, 60.0, 40.0, 20.0, 4.0, 6.0
AS_TYPED = 15.0  # beside what has the mended words: after their titles, before their texts
OF_KIND = {"topic": 9.0, "note": 6.0, "reference": 5.0, "exercise": 4.0, "roadmap": 2.0}


def points(query: Query, found: Found) -> float:
    """Return how well something fits: the title before the text, all words together before
    words apart, whole words before beginnings."""
    title, text = found.title_plain, found.text_plain
    terms, phrases, said = query.terms, query.phrases, "".join(query.terms)
    made = OF_KIND.get(found.kind, 0.0)
    in_title = any(phrase in title for phrase in phrases)
    if title in phrases:
        made += EXACT
    elif title.startswith(phrases):
        made += BEGINS / 2 if found.kind == "question" else BEGINS
    elif in_title:
        made += PHRASE
    if FEWEST_INITIALS <= len(said) <= MOST_INITIALS and said in initials(found.title):
        made += PHRASE
    words = title.split()
    if len(terms) == 1 and len(said) >= LONG_JOINED and not in_title:
        made += _as_one_word(words, said)
    hits = sum(f" {term}" in title for term in terms)
    made += IN_TITLE * hits / len(terms)
    made += sum(WHOLE_WORD for term in terms if term in words) / len(terms)
    if any(phrase in text for phrase in phrases):
        made += IN_TEXT
    often = sum(min(text.count(f" {term}"), 10) for term in terms)
    return made + often / (2 * len(terms))


def _as_one_word(words: list[str], term: str) -> float:
    """Points for a title that has the term in several words: `crossvalidation`."""
    rests = ["".join(words[start:]) for start in range(len(words))]
    if rests and rests[0].startswith(term):
        return EXACT if rests[0] == term else BEGINS
    return PHRASE if any(rest.startswith(term) for rest in rests) else 0.0


def rank(query: Query, found: Iterable[Found], asked: Query | None = None) -> list[Found]:
    """Return what was found, best first; equals by title and address. `asked` is what was typed
    where `query` has it mended: what holds that is measured by it."""
    ways = [query, query.read_as(query.also)] if query.also else [query]

    def best(one: Found) -> float:
        made = max(points(way, one) for way in ways)
        if asked is not None and one.fits(asked):
            made = max(made, points(asked, one) + AS_TYPED)
        return made

    return sorted(found, key=lambda one: (-best(one), len(one.title), one.address))
