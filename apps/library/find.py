"""Searching the library: what SQL narrows down, search.py puts in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, Case, Func, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Substr

from apps.accounts.models import User
from apps.library.models import SearchEntry
from apps.library.search import Found, Query, rank
from apps.library.search_mend import (
    can_be_mended,
    mendings,
    mendings_in_texts,
    read_again,
    with_readings,
)

MOST_CANDIDATES = 200
# Of the learner's own texts, what is read for words that a slip may mean.
MOST_OWN = 200
MOST_OWN_SIGNS = 2_000  # in each
# Of more candidates than are put in order, these kinds are kept first.
FIRST = ("topic", "note", "reference", "exercise", "roadmap", "project")

Rows = QuerySet[SearchEntry]
Narrow = Callable[[Rows], Rows]
Words = Sequence[Sequence[str]]  # for each word looked for, what may stand for it: words


@dataclass(frozen=True, slots=True)
class Results:
    """What was found, best first. `asked` is what was typed, `query` what was looked for: the
    same, or with its words mended. `as_typed` says that, beside what was found for the mended
    words, something of the learner's own has what was typed. `more` says that there is more than
    was put in order."""

    asked: Query
    query: Query
    found: list[Found] = field(default_factory=list)
    more: bool = False
    as_typed: bool = False

    @property
    def mended(self) -> bool:
        return self.query is not self.asked

    @property
    def marked(self) -> Query:
        """What is to be marked in what was found."""
        if not self.as_typed and not self.query.also:
            return self.query
        terms = (*(self.asked.terms if self.as_typed else ()), *self.query.terms)
        readings = [each for term in terms for each in self.query.readings(term)]
        return self.query.with_terms(" ".join(readings).split())

    @property
    def count(self) -> str:
        """How many were found, in words: `12`, `more than 200`."""
        if self.more and len(self.found) > MOST_CANDIDATES:
            return f"more than {MOST_CANDIDATES}"
        return f"{len(self.found)} or more" if self.more else str(len(self.found))


def search(user: User, query: Query, kind: str = "", narrow: Narrow | None = None) -> Results:
    """Return what a learner finds among curated things and own ones. `narrow` leaves out rows of
    what cannot be shown any more.

    Two queries: the words of titles, and what has the words or what they may mean. Where own
    things alone have what was typed, one for whether ours of other kinds have it, if a kind was
    asked for; and where own things fill the candidates, one more for ours. Where nothing was
    found, one for the words of own texts, and one for what has those that may be meant.
    """
    if not query.terms:
        return Results(query, query)
    rows = narrow(entries(user)) if narrow else entries(user)
    of_kind = _of_kind(rows, kind)
    meant: dict[str, str] = {}
    if can_be_mended(query):
        ours, own = _titles(rows)
        query = with_readings(query, ours)
        meant = mendings(query, ours, own)
    found = _look(of_kind, query, meant)
    typed = [one for one in found if one.fits(query)] if meant else found
    more = len(typed) > MOST_CANDIDATES
    # A slip in what the learner wrote must not hide what they meant; a word of ours is none.
    is_right = any(not one.is_own for one in typed)
    if meant and typed and not is_right and (kind or more):
        is_right = _is_ours(rows, query)
    if meant and more and not is_right:
        found += _look(of_kind.filter(owner=None), query, meant)
    again = None if is_right else read_again(query, meant, found)
    if again is None and not typed:
        return _in_own_words(of_kind, query)
    if again is None:
        return Results(query, query, rank(query, typed), more)
    fitting = [one for one in found if one.is_own or one.fits(again)]
    ranked = rank(again, fitting, query)
    return Results(query, again, ranked, len(found) > MOST_CANDIDATES, as_typed=bool(typed))


def entries(user: User) -> Rows:
    """Return the query of what a learner may find. Does not query."""
    return SearchEntry.objects.filter(Q(owner=None) | Q(owner=user))


def _of_kind(rows: Rows, kind: str) -> Rows:
    """The rows of a kind, or all; a learner's own pages are their notes too. Does not query."""
    if kind == SearchEntry.Kind.NOTE:
        own_page = Q(kind=SearchEntry.Kind.REFERENCE, owner__isnull=False)
        return rows.filter(Q(kind=kind) | own_page)
    return rows.filter(kind=kind) if kind else rows


def _in_own_words(rows: Rows, query: Query) -> Results:
    """What is found, where nothing else is, when slips are mended towards words of what the
    learner wrote. Two queries at most."""
    if not can_be_mended(query):
        return Results(query, query)
    texts = rows.exclude(owner=None).order_by("pk")
    beginnings = texts.values_list(Substr("text_plain", 1, MOST_OWN_SIGNS), flat=True)
    meant = mendings_in_texts(query, beginnings[:MOST_OWN])
    found = _look(rows, query, meant) if meant else []
    again = read_again(query, meant, found)
    if again is None:
        return Results(query, query)
    fitting = [one for one in found if one.fits(again)]
    return Results(query, again, rank(again, fitting), len(found) > MOST_CANDIDATES)


def _is_ours(rows: Rows, query: Query) -> bool:
    """Whether something of ours has what was typed, of whatever kind. One query."""
    ours = rows.filter(owner=None)
    return ours.filter(Holding("title_plain", "text_plain", words=_typed(query))).exists()


def _look(rows: Rows, query: Query, meant: dict[str, str]) -> list[Found]:
    """The rows to be put in order, the nearest first, and one more if there are more: what has
    the terms, and after it what has what they may mean. One query."""
    words = [(*readings, *_meaning(readings, meant)) for readings in _typed(query)]
    changed = query.read_as({**query.also, **meant})
    begins = Q()
    for phrase in dict.fromkeys(query.phrases + changed.phrases):
        begins |= Q(title_plain__startswith=phrase)
    has_typed = Holding("title_plain", "text_plain", words=_typed(query))
    in_title = Holding("title_plain", words=words)
    order = [_place_of(has_typed)] if meant else []
    order += [_place_of(begins, in_title), _place_of(*(Q(kind=kind) for kind in FIRST))]
    chosen = rows.filter(Holding("title_plain", "text_plain", words=words)).order_by(
        *order, "title", "key"
    )
    columns = ("kind", "key", "address", "title", "place", "text", "title_plain", "text_plain")
    values = chosen.values_list(*columns, "owner_id")
    return [Found(*each) for each in values[: MOST_CANDIDATES + 1]]


def _typed(query: Query) -> Words:
    return [query.readings(term) for term in query.terms]


def _meaning(readings: Sequence[str], meant: dict[str, str]) -> list[str]:
    return [meant[readings[0]]] if readings[0] in meant else []


def _place_of(*conditions: Q | Holding) -> Case:
    """The number of the first condition that holds; their count if none does."""
    whens = [When(condition, then=Value(number)) for number, condition in enumerate(conditions)]
    return Case(*whens, default=Value(len(conditions)), output_field=IntegerField())


class Holding(Func):
    """Whether the columns together hold each of the words, as Found.fits says it: of what may
    stand for a word, all words of one.

    One expression, since Django takes longer to put many small ones together than to do all the
    rest; and no LIKE, which takes the databases twice as long. Folded words hold no sign that
    GLOB would read as another.
    """

    output_field = BooleanField()

    def __init__(self, *columns: str, words: Words = ()) -> None:
        super().__init__(*columns)
        # Rare words first, as far as length tells, so that most rows are read once.
        self.words = sorted(words, key=lambda each: (len(each), -len(each[0])))

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[str]]:  # type: ignore[override] # Expression's wider signature
        """Return the condition. A single letter is a word of its own."""
        stands = _stands_on_sqlite if connection.vendor == "sqlite" else _stands
        columns = [compiler.compile(each)[0] for each in self.source_expressions]
        tests, params = [], []
        for readings in self.words:
            either = []
            for reading in readings:
                held = []
                for term in reading.split():
                    made = [stands(column, term) for column in columns]
                    held.append(f"({' OR '.join(sql for sql, _ in made)})")
                    params += [each for _, given in made for each in given]
                either.append(" AND ".join(held))
            tests.append(f"({' OR '.join(either)})")
        return " AND ".join(tests), params


def _stands(column: str, term: str) -> tuple[str, list[str]]:
    if len(term) == 1:
        return f"STRPOS({column} || ' ', %s) > 0", [f" {term} "]
    return f"STRPOS({column}, %s) > 0", [f" {term}"]


def _stands_on_sqlite(column: str, term: str) -> tuple[str, list[str]]:
    """GLOB stops at each first sign of what it looks for, and spaces are everywhere: it looks for
    the letters alone first."""
    text, whole = (f"{column} || ' '", f"{term} ") if len(term) == 1 else (column, term)
    return f"({column} GLOB %s AND {text} GLOB %s)", [f"*{term}*", f"* {whole}*"]


def _titles(rows: Rows) -> tuple[list[str], list[str]]:
    """Folded titles: ours, and the learner's own. One query."""
    named = rows.exclude(kind=SearchEntry.Kind.QUESTION).values_list("title_plain", "owner_id")
    found: list[tuple[str, object]] = list(named)
    return (
        [title for title, owner in found if owner is None],
        [title for title, owner in found if owner is not None],
    )
