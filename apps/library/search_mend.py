"""What a word may mean that is not in the library: a slip, a plural, words written as one. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from rapidfuzz import process
from rapidfuzz.distance import OSA

from apps.library.search import FILLERS, LONG_JOINED, Found, Query

SHORT_WORD = 4  # shorter words are not corrected
LONG_WORD = 8  # from here on two slips are forgiven, else one
FEWEST_BEGUN = 3  # letters of the last of joined words, while it is being typed
FEWEST_STEM = 3  # letters of a word without the ending of its plural
MOST_WORDS_READ = 15_000  # of a learner's own texts, for what a slip may mean
MOST_WORDS_COMPARED = 4_000  # of those


def with_readings(query: Query, ours: Sequence[str]) -> Query:
    """Return the query with what does as well as terms that begin no word of our folded titles:
    the words of a title that were written as one, or the singular."""
    text = "".join(ours)
    unknown = [term for term in query.terms if len(term) >= SHORT_WORD and f" {term}" not in text]
    also = {
        term: words
        for term in unknown
        if (words := _taken_apart(term, ours) or _singular(term, text))
    }
    return replace(query, also=also) if also else query


def _begin(text: str, words: str) -> bool:
    """Whether each of the words begins one of the folded text."""
    return all(f" {word}" in text for word in words.split())


def _singular(term: str, text: str) -> str:
    """The term without the ending of a plural, if it has one: what begins a word of the text, else
    what finds the most."""
    endings = [end for end in ("s", "es") if term.endswith(end) and not term.endswith("ss")]
    stems = [term.removesuffix(end) for end in endings]
    stems = [stem for stem in stems if len(stem) >= FEWEST_STEM and stem not in FILLERS]
    known = [stem for stem in stems if f" {stem}" in text]
    return next(iter(known or reversed(stems)), "")


def _taken_apart(term: str, titles: Sequence[str]) -> str:
    """The two or three words in a row of a title that the term is when written as one: whole words
    before a beginning of the last, few before many."""
    if len(term) < LONG_JOINED:
        return ""
    near = [title for title in titles if term in title.replace(" ", "")]
    parts = [each for title in near for each in _partings(term, title.split())]
    return min(parts)[2] if parts else ""


def _partings(term: str, words: Sequence[str]) -> Iterator[tuple[bool, int, str]]:
    """For each way to take the term apart: whether its last word is only begun, how many words,
    the words."""
    for start, first in enumerate(words):
        if first in FILLERS or not term.startswith(first):
            continue
        for count in (1, 2):
            head = words[start : start + count]
            rest = term.removeprefix("".join(head))
            last = "".join(words[start + count : start + count + 1])
            if not rest or rest == term or not last.startswith(rest):
                continue
            if rest == last or len(rest) >= FEWEST_BEGUN:
                yield rest != last, count, " ".join([*head, rest])


def can_be_mended(query: Query) -> bool:
    """Whether a term is long enough to be taken for a slip."""
    return any(len(term) >= SHORT_WORD for term in query.terms)


def mendings(query: Query, ours: Sequence[str], own: Sequence[str]) -> dict[str, str]:
    """Return, for terms that begin no word of our folded titles, the word of a title that may be
    meant: one of ours, else one of the learner's own.

    One slip (a letter wrong, missing, too many, or two exchanged) is forgiven from four letters
    on, two from eight on; also in the beginning of a longer word, for those still typing.
    """
    text = "".join(ours)
    unknown = [
        term
        for term in query.terms
        if len(term) >= SHORT_WORD and not any(_begin(text, each) for each in query.readings(term))
    ]
    meant: dict[str, str] = {}
    for titles in (ours, own):
        left = [term for term in unknown if term not in meant]
        words = sorted({word for title in titles for word in title.split()}) if left else []
        meant |= {term: word for term in left if (word := _mended(term, words))}
    return meant


def mendings_in_texts(query: Query, texts: Iterable[str]) -> dict[str, str]:
    """Return, for terms that begin no word of the folded texts, the word of one that may be meant;
    nothing if one of them means none. Of long texts the first words are read."""
    read = islice((word for text in texts for word in text.split()), MOST_WORDS_READ)
    once = dict.fromkeys(read)
    text = "".join(f" {word}" for word in once)
    words = sorted(islice((word for word in once if len(word) >= SHORT_WORD), MOST_WORDS_COMPARED))
    meant: dict[str, str] = {}
    for term in query.terms:
        if any(_begin(text, each) for each in query.readings(term)):
            continue
        word = _mended(term, words) if len(term) >= SHORT_WORD else None
        if word is None:
            return {}
        meant[term] = word
    return meant


def read_again(query: Query, meant: Mapping[str, str], found: Sequence[Found]) -> Query | None:
    """Return the query with as few words mended as lead to something, of ours if possible; None
    where nothing was found but what was typed. All that was found holds each term or what it may
    mean."""
    changed = [
        (one.is_own, len(changes), changes)
        for one in found
        if (changes := [term for term in meant if not one.has(term, query)])
    ]
    if not changed:
        return None
    _, _, mended = min(changed, key=lambda each: each[:2])
    return query.read_as({term: meant[term] for term in mended})


def _mended(term: str, words: Sequence[str]) -> str | None:
    slips = 2 if len(term) >= LONG_WORD else 1
    long_enough = [
        word for word in words if len(word) >= SHORT_WORD and (slips == 2 or word[0] == term[0])
    ]
    # A word that begins with the term is no other word.
    long_enough = [word for word in long_enough if not word.startswith(term)]
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
