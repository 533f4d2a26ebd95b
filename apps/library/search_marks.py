"""The words that were looked for, marked in a text and in an excerpt of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from apps.library.search import LONG_JOINED, Query
from apps.library.search_text import fold_words

EXCERPT = 180
BEFORE = 40  # of an excerpt, before what was looked for
MOST_HITS = 1_000  # in one text; an excerpt is looked for among the first
# A word as it was written: an accent may be a sign of its own after its letter.
REST = r"[^\W_]*(?:[\u0300-\u036f]+[^\W_]*)*"
WRITTEN = re.compile(r"[^\W_]" + REST)
BEGINNING = r"(?<=[^\W_])(?<![^\W_].)(?<![\u0300-\u036f].)"  # after the first letter of a word


class Piece(NamedTuple):
    """A piece of a text, and whether it is what was looked for."""

    text: str
    marked: bool


def mark(text: str, query: Query) -> list[Piece]:
    """Return the text in pieces; words that begin with a term are marked (that are it, for a
    single letter), and words that do so when written as one: `cross-validation` for
    `crossvalidation`."""
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
    at = 0 if len(text) <= EXCERPT else _densest(text, query)
    begin = max(0, at - BEFORE)
    if begin:
        begin = text.find(" ", begin, at) + 1 or begin
    end = min(len(text), begin + EXCERPT)
    if end < len(text):
        last_space = text.rfind(" ", at + 1, end)
        end = last_space if last_space > 0 else end
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
    long = tuple(term for term in query.terms if len(term) > 1)
    done = 0
    for word in _written(query).finditer(text) if query.terms else ():
        if word.start() < done:
            continue
        folded = _folded(word.group())
        if any(part.startswith(long) or part in query.terms for part in folded):
            done = word.end()
        else:
            done = _end_of_joined(text, word.end(), "".join(folded), long)
        if done:
            yield word.start(), done


def _written(query: Query) -> re.Pattern[str]:
    """What finds the words that may begin with a term: by their first letter, since most others
    are passed over quickly then. Letters beyond ASCII may fold to any other."""
    letters = {term[0] + term[0].upper() for term in query.terms if term[0].isascii()}
    first = "".join(sorted(letters))
    return re.compile(rf"[{first}\x80-\U0010ffff]{BEGINNING}{REST}")


def _folded(word: str) -> list[str]:
    """The same as fold_words for a word, sooner for most."""
    lower = word.lower()
    return [lower] if lower.isascii() and "z" not in lower else fold_words(word)


def _end_of_joined(text: str, end: int, joined: str, terms: tuple[str, ...]) -> int:
    """Where the words end that begin with a term when written as one; 0 if they do not."""
    hyphens_only = True
    while joined and any(term.startswith(joined) for term in terms):
        word = WRITTEN.match(text, end + 1) if text[end : end + 1] in ("-", " ") else None
        if not word:
            return 0
        hyphens_only = hyphens_only and text[end] == "-"
        end = word.end()
        joined += "".join(_folded(word.group()))
        if hyphens_only and joined.startswith(terms):
            return end
        if joined in terms and len(joined) >= LONG_JOINED:
            return end
    return 0
