"""Searching the library: what SQL narrows down, search.py puts in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from apps.accounts.models import User
from apps.library.models import SearchEntry
from apps.library.search import Found, Query, correct, rank

MOST_CANDIDATES = 200
# Of more candidates than are put in order, these kinds are kept first.
FIRST = ("topic", "note", "reference", "exercise", "roadmap", "project")

Kept = Callable[[list[Found]], list[Found]]


@dataclass(frozen=True, slots=True)
class Results:
    """What was found, best first. `asked` is what was typed, `query` what was looked for: the
    same, or with its words mended. `more` says that there is more than was put in order."""

    asked: Query
    query: Query
    found: list[Found] = field(default_factory=list)
    more: bool = False

    @property
    def mended(self) -> bool:
        return self.query is not self.asked


def search(user: User, query: Query, kind: str = "", keep: Kept = list) -> Results:
    """Return what a learner finds among curated things and own ones. `keep` leaves out what
    cannot be shown any more.

    One query and those of `keep`; where nothing is found, two more, and the same once or twice
    again with mended words.
    """
    if not query.terms:
        return Results(query, query)
    made = _look(user, query, query, kind, keep)
    if made.found:
        return made
    titles = _titles(user)
    # First what is written nowhere; then what is in no title: "gradient decent".
    tried: list[set[str]] = []
    for known in (_known(user, query), {term for term in query.terms if _begins(term, titles)}):
        mended = correct(query, titles, known) if known not in tried else None
        tried.append(known)
        if mended and (made := _look(user, query, mended, kind, keep)).found:
            return made
    return made


def entries(user: User) -> QuerySet[SearchEntry]:
    """Return the query of what a learner may find. Does not query."""
    return SearchEntry.objects.filter(Q(owner=None) | Q(owner=user))


def _look(user: User, asked: Query, query: Query, kind: str, keep: Kept) -> Results:
    rows = entries(user).filter(kind=kind) if kind else entries(user)
    in_title = Q()
    for term in query.terms:
        in_title &= _holds("title_plain", term)
        rows = rows.filter(_holds("title_plain", term) | _holds("text_plain", term))
    nearest = Case(
        When(title_plain__startswith=query.phrase, then=Value(0)),
        When(in_title, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    kinds = [When(kind=kind, then=Value(number)) for number, kind in enumerate(FIRST)]
    first = Case(*kinds, default=Value(len(FIRST)), output_field=IntegerField())
    chosen = rows.order_by(nearest, first, "title", "key").values_list(
        *("kind", "key", "address", "title", "place", "text", "title_plain", "text_plain"),
        "owner_id",
    )
    found = [Found(*values) for values in chosen[: MOST_CANDIDATES + 1]]
    more = len(found) > MOST_CANDIDATES
    return Results(asked, query, rank(query, keep(found)), more)


def _holds(column: str, term: str) -> Q:
    """Whether a word begins with the term; a single letter is a word of its own."""
    if len(term) == 1:
        return Q(**{f"{column}__contains": f" {term} "}) | Q(**{f"{column}__endswith": f" {term}"})
    return Q(**{f"{column}__contains": f" {term}"})


def _titles(user: User) -> Sequence[str]:
    named = entries(user).exclude(kind=SearchEntry.Kind.QUESTION)
    return list(named.values_list("title_plain", flat=True))


def _begins(term: str, titles: Sequence[str]) -> bool:
    return any(f" {term}" in title for title in titles)


def _known(user: User, query: Query) -> set[str]:
    """The words that are somewhere, alone. One query; none for a single word, since it was just
    looked for."""
    if len(query.terms) == 1:
        return set()
    counts = {
        f"n{number}": Count("pk", filter=_holds("title_plain", term) | _holds("text_plain", term))
        for number, term in enumerate(query.terms)
    }
    found = entries(user).aggregate(**counts)
    return {term for number, term in enumerate(query.terms) if found[f"n{number}"]}
