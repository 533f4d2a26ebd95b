"""What of an archive is new here, what is here already, and what is here but says something else.

Nothing here is ever written over. What is part of a plan, a check or an assessment comes in with all
of it or not at all, so that ticks, minutes, dates and scores stay in step.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from apps.accounts.models import User
from apps.exchange.archive_collect import Row, Rows, chunks, collect
from apps.exchange.archive_kinds import KIND, KINDS, Kind
from apps.exchange.archive_read import Refused
from apps.exchange.archive_refs import ids_in
from apps.exchange.archive_whole import Key, Member, Unit, Whole

FOREIGN = "This export holds records that belong to another learner here, so nothing of it was brought in."
MIXED = (
    "This export does not fit together with what you have here: records that stand in different "
    "places there and here have the same id. Nothing of it was brought in."
)
# What may have been changed when it came in, because something here was in its place.
ADJUSTED: dict[str, frozenset[str]] = {
    "plans": frozenset({"state"}),
    "own_topics": frozenset({"slug"}),
    "own_questions": frozenset({"slug"}),
    "pages": frozenset({"slug"}),
    "checks": frozenset({"kind", "number", "finished_at"}),
}
MOST_SAID = 30


@dataclass
class Found:
    """What becomes of the rows of an archive: those that are new, by kind; how many of each kind
    are here already and how many are here but differ, or are left out; and that in words."""

    new: Rows = field(default_factory=lambda: {kind.name: [] for kind in KINDS})
    same: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)

    def warn(self, words: str) -> None:
        """Say something about what does not come in as it is."""
        self.warnings.append(words)

    @property
    def said(self) -> list[str]:
        """The warnings, the first thirty of them."""
        more = len(self.warnings) - MOST_SAID
        rest = [f"And {more} more like these."] if more > 0 else []
        return [*self.warnings[:MOST_SAID], *rest]


class Here:
    """What the learner has here, by kind and key. `collect`'s queries."""

    def __init__(self, user: User) -> None:
        self.rows, self.names = collect(user)
        self.by_key: dict[str, dict[Key, Row]] = {
            kind.name: {kind.key_of(row): row for row in self.rows[kind.name]} for kind in KINDS
        }

    def has(self, kind: str, key: Key) -> bool:
        """Whether there is such a row."""
        return key in self.by_key[kind]


def refuse_foreign(whole: Whole, here: Here) -> None:
    """Raise Refused when an id of the file is somebody else's here. One query a kind."""
    own = {str(row["id"]) for rows in here.rows.values() for row in rows if "id" in row}
    named = {str(row["id"]) for rows in whole.rows.values() for row in rows if "id" in row}
    loose = _loose(whole) - own - named
    for kind in KINDS:
        if "id" not in kind.key:
            continue
        keys = {row["id"] for row in whole.rows[kind.name]}
        asked = {str(key) for key in keys} - own | loose
        rows = kind.model._default_manager.order_by()
        for some in chunks(sorted(asked)):
            taken = {str(pk) for pk in rows.filter(pk__in=some).values_list("pk", flat=True)}
            if taken & (named - own) or taken & _others(kind, taken & loose):
                raise Refused(FOREIGN)


def _loose(whole: Whole) -> set[str]:
    """The ids that rows name without a foreign key: in JSON, or as a source."""
    found: set[str] = set()
    for kind in KINDS:
        for row in whole.rows[kind.name] if kind.blobs else ():
            for name in kind.blobs:
                found.update(ids_in(row[name]))
        if kind.name in ("evidence", "proposals"):
            found |= {str(row["source_id"]) for row in whole.rows[kind.name] if row["source_id"]}
    return found


def _others(kind: Kind, keys: set[str]) -> set[str]:
    """Those of the rows that some learner owns: a curated item may be named by its id."""
    owned = kind.model._default_manager.filter(**{f"{kind.owner}__isnull": False}, pk__in=keys)
    return {str(pk) for pk in owned.values_list("pk", flat=True)} if keys else set()


def compare(whole: Whole, here: Here) -> Found:
    """Sort the rows of the file into new ones, those that are here, and those that differ here.
    Does not query. Raises Refused when it cannot be told."""
    found = Found()
    for unit, members in whole.by_unit().items():
        name, key = unit
        if not here.has(name, key):
            _take(found, here, members)
            continue
        differ = [each for each in members if not _is_same(here, *each)]
        if not differ:
            found.same.update(kind.name for kind, _, _ in members)
            continue
        found.kept.update(kind.name for kind, _, _ in differ)
        found.same.update(kind.name for kind, _, _ in members)
        found.same.subtract(kind.name for kind, _, _ in differ)
        found.warn(_differs(unit, here.by_key[name][key], differ))
    return found


def _take(found: Found, here: Here, members: list[Member]) -> None:
    for kind, key, row in members:
        if not here.has(kind.name, key):
            found.new[kind.name].append(dict(row))
        elif kind.name == "evidence" and _is_same(here, kind, key, row):
            found.same[kind.name] += 1
        else:
            raise Refused(MIXED)


def _is_same(here: Here, kind: Kind, key: Key, row: Row) -> bool:
    other = here.by_key[kind.name].get(key)
    if other is None:
        return False
    passed = ADJUSTED.get(kind.name, frozenset())
    return all(row[name] == value for name, value in other.items() if name not in passed)


def _differs(unit: Unit, row: Row, differ: list[Member]) -> str:
    kind = KIND[unit[0]]
    title = row.get("title") or row.get("label") or row.get("text") or row.get("day") or ""
    named = f" “{str(title)[:80]}”" if title else ""
    inner = Counter(each for each, _, _ in differ if each is not kind)
    count = sum(inner.values())
    more = ""
    if count:
        words = ", ".join(f"{n} {each.words[n != 1]}" for each, n in inner.most_common(4))
        more = f" In the file, this is different or only there: {words}."
    return f"The {kind.words[0]}{named} is not the same here and stays as it is here.{more}"
