"""What is found, in which order, with which words marked. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, zip_longest
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from apps.library.search_text import FEWEST_INITIALS, MOST_INITIALS, fold_words, initials

MOST_CHARACTERS = 200
MOST_TERMS = 8
FEWEST_LETTERS = 2
EXCERPT = 180
BEFORE = 40  # of an excerpt, before what was looked for
MOST_HITS = 1_000  # in one text; an excerpt is looked for among the first
SHORT_WORD = 4  # shorter words are not corrected
LONG_WORD = 8  # from here on two slips are forgiven, else one
LONG_JOINED = 6  # "crossvalidation" is marked as "cross validation" too, "into" not as "in to"
FEWEST_BEGUN = 3  # letters of the last of joined words, while it is being typed
FEWEST_STEM = 3  # letters of a word without the ending of its plural
MOST_WORDS_READ = 15_000  # of a learner's own texts, for what a slip may mean
MOST_WORDS_COMPARED = 4_000  # of those
# Words that say how something is asked, not what is asked for.
FILLERS = frozenset(
    fold_words(
        "a an the how what why when which who where do does did is are was were can should i you we "
        "me my it this in on of to for and or with by from work works use uses used meant explain"
    )
)
ASKING = frozenset(["do", "does", "did"])  # "what does it mean", but "mean squared error"
MEANING = frozenset(["mean", "means"])
# A word as it was written: an accent may be a sign of its own after its letter.
REST = r"[^\W_]*(?:[\u0300-\u036f]+[^\W_]*)*"
WRITTEN = re.compile(r"[^\W_]" + REST)
BEGINNING = r"(?<=[^\W_])(?<![^\W_].)(?<![\u0300-\u036f].)"  # after the first letter of a word


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


class Piece(NamedTuple):
    """A piece of a text, and whether it is what was looked for."""

    text: str
    marked: bool


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
