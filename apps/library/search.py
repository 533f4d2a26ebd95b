"""What is found, in which order, with which words marked. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from apps.library.search_text import WORD, fold_words, initials

MOST_CHARACTERS = 200
MOST_TERMS = 8
FEWEST_LETTERS = 2
EXCERPT = 180
MOST_HITS = 1_000  # in one text; an excerpt is looked for among the first
SHORT_WORD = 4  # shorter words are not corrected
LONG_WORD = 8  # from here on two slips are forgiven, else one


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked: `terms` are folded words, each the beginning of one to be found."""

    text: str
    terms: tuple[str, ...]
    was_cut: bool = False

    @property
    def phrase(self) -> str:
        return "".join(f" {term}" for term in self.terms)


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that has every term in its title or its text. `key` is its primary key."""

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


class Piece(NamedTuple):
    """A piece of a text, and whether it is what was looked for."""

    text: str
    marked: bool


def read_query(text: str) -> Query:
    """Return what is asked: at most 200 characters and eight words. A query of single letters
    alone has no terms."""
    kept = " ".join(text[: 10 * MOST_CHARACTERS].split())
    cut = kept[:MOST_CHARACTERS]
    terms = list(dict.fromkeys(fold_words(cut)))
    if not any(len(term) >= FEWEST_LETTERS for term in terms):
        terms = []
    return Query(cut, tuple(terms[:MOST_TERMS]), len(text.strip()) > len(cut) + 50)


# Points for where the words are; a topic is what most searches are after.
EXACT, BEGINS, PHRASE, IN_TITLE, WHOLE_WORD, IN_TEXT = 100.0, 60.0, 40.0, 20.0, 4.0, 6.0
OF_KIND = {"topic": 9.0, "note": 6.0, "reference": 5.0, "exercise": 4.0, "roadmap": 2.0}


def points(query: Query, found: Found) -> float:
    """Return how well something fits: the title before the text, all words together before
    words apart, whole words before beginnings."""
    title, text = found.title_plain, found.text_plain
    made = OF_KIND.get(found.kind, 0.0)
    if title == query.phrase:
        made += EXACT
    elif title.startswith(query.phrase):
        made += BEGINS / 2 if found.kind == "question" else BEGINS
    elif query.phrase in title:
        made += PHRASE
    if "".join(query.terms) in initials(found.title):
        made += PHRASE
    words = set(title.split())
    hits = sum(f" {term}" in title for term in query.terms)
    made += IN_TITLE * hits / len(query.terms)
    made += sum(WHOLE_WORD for term in query.terms if term in words) / len(query.terms)
    if query.phrase in text:
        made += IN_TEXT
    often = sum(min(text.count(f" {term}"), 10) for term in query.terms)
    return made + often / (2 * len(query.terms))


def rank(query: Query, found: Iterable[Found]) -> list[Found]:
    """Return what was found, best first; equals by title and address."""
    return sorted(found, key=lambda one: (-points(query, one), len(one.title), one.address))


def mark(text: str, query: Query) -> list[Piece]:
    """Return the text in pieces; words that begin with a term are marked."""
    pieces: list[Piece] = []
    last = 0
    for start, end in _hits(text, query):
        if start > last:
            pieces.append(Piece(text[last:start], marked=False))
        pieces.append(Piece(text[start:end], marked=True))
        last = end
    if last < len(text):
        pieces.append(Piece(text[last:], marked=False))
    return pieces


def excerpt(text: str, query: Query) -> list[Piece]:
    """Return about 180 characters around where most of the terms stand close together."""
    begin = 0 if len(text) <= EXCERPT else max(0, _densest(text, query) - 40)
    if begin:
        begin = text.find(" ", begin) + 1 or begin
    end = min(len(text), begin + EXCERPT)
    if end < len(text):
        end = max(text.rfind(" ", begin, end), begin + 1)
    shown = ("… " if begin else "") + text[begin:end].strip() + (" …" if end < len(text) else "")
    return mark(shown, query)


def _densest(text: str, query: Query) -> int:
    """Where most of the words looked for stand within an excerpt; the first such place."""
    starts = [start for start, _ in islice(_hits(text, query), MOST_HITS)]
    best, most, last = 0, 0, 0
    for first, start in enumerate(starts):
        while last < len(starts) and starts[last] < start + EXCERPT:
            last += 1
        if last - first > most:
            best, most = start, last - first
    return best


def _hits(text: str, query: Query) -> Iterator[tuple[int, int]]:
    if not query.terms:
        return
    for word in WORD.finditer(text):
        folded = fold_words(word.group())
        if any(part.startswith(query.terms) for part in folded):
            yield word.start(), word.end()


def correct(query: Query, titles: Iterable[str], known: Collection[str]) -> Query | None:
    """Return the query with the words mended that are not `known`, to words of the folded titles;
    None where that is not possible or nothing was to be mended.

    One slip (a letter wrong, missing, too many, or two exchanged) is forgiven from four letters
    on, two from eight on; also in the beginning of a longer word, for those still typing.
    """
    words = sorted({word for title in titles for word in title.split()})
    terms = [term if term in known else _mended(term, words) for term in query.terms]
    if None in terms or terms == list(query.terms):
        return None
    made = tuple(term for term in terms if term)
    return Query(" ".join(made), made, query.was_cut)


def _mended(term: str, words: Sequence[str]) -> str | None:
    if len(term) < SHORT_WORD:
        return None
    slips = 2 if len(term) >= LONG_WORD else 1
    long_enough = [
        word for word in words if len(word) >= SHORT_WORD and (slips == 2 or word[0] == term[0])
    ]
    whole = process.extractOne(term, long_enough, scorer=OSA.distance, score_cutoff=slips)
    if whole:
        return str(whole[0])
    begun = {
        word[:size]: word
        for size in (len(term) + 1, len(term) - 1, len(term))
        for word in reversed(long_enough)
        if len(word) > size
    }
    part = process.extractOne(term, list(begun), scorer=OSA.distance, score_cutoff=slips)
    return begun[str(part[0])] if part else None
