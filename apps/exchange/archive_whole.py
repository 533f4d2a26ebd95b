"""Whether a file is one whole: what it refers to is in it, what belongs together stays together, and
no table's rule is broken. Does not query."""

from __future__ import annotations

import uuid
from collections import defaultdict
from typing import Any

from apps.accounts.models import User
from apps.exchange.archive_collect import Row, Rows
from apps.exchange.archive_kinds import KIND, KIND_OF, KINDS, Kind
from apps.exchange.archive_read import Refused
from apps.exchange.archive_refs import is_curated, ref_of
from apps.exchange.archive_revisions import strays
from apps.exchange.archive_rules import broken, doubled
from apps.library.models import Question, Topic

Key = tuple[Any, ...]
Unit = tuple[str, Key]  # the kind of its root, and the root's key
Member = tuple[Kind, Key, Row]
POINTERS = ("ratings", "responses", "answers")
SOURCES = ("assessments", "checks")


class Whole:
    """A file that hangs together. `unit_of` says of every row, by kind and key, what it is a part
    of; a row that stands alone is its own. Raises Refused."""

    def __init__(self, rows: Rows, content: Rows, settings: Row) -> None:
        self.rows = rows
        self.by_key: dict[str, dict[Key, Row]] = {}
        for kind in KINDS:
            self.by_key[kind.name] = {kind.key_of(row): row for row in self.rows[kind.name]}
            if len(self.by_key[kind.name]) < len(self.rows[kind.name]):
                raise Refused(f"This export names the same {kind.words[0]} twice.")
        self.own = {
            model: {str(row["id"]) for row in self.rows[name]}
            for model, name in ((Topic, "own_topics"), (Question, "own_questions"))
        }
        for kind in KINDS:
            for row in self.rows[kind.name]:
                self._check_refs(kind, row)
        self.unit_of: dict[str, dict[Key, Unit]] = {
            kind.name: {kind.key_of(row): self._unit(kind, row) for row in self.rows[kind.name]}
            for kind in KINDS
        }
        self._join_evidence()
        self._check_units()
        self._check_changes()
        self._check_rules(settings)
        _check_content(content)

    def _check_refs(self, kind: Kind, row: Row) -> None:
        for name, model in kind.refs.items():
            ref = row[name]
            if ref is None:
                continue
            if model in KIND_OF and model not in self.own:
                if (ref,) not in self._ids(KIND_OF[model]):
                    raise _lost(kind, name)
            elif model in self.own and not is_curated(ref) and ref not in self.own[model]:
                raise _lost(kind, name)
        for name in kind.many:
            if any(not is_curated(ref) and ref not in self.own[Topic] for ref in row[name]):
                raise _lost(kind, name)
            if len(set(row[name])) < len(row[name]):
                raise Refused(f"This export names one of the {name} of a {kind.words[0]} twice.")

    def _ids(self, kind: Kind) -> dict[Key, Row]:
        return self.by_key[kind.name]

    def _unit(self, kind: Kind, row: Row) -> Unit:
        """Follow a row to the root of its unit."""
        while kind.within:
            above = KIND_OF[kind.refs[kind.within]]
            row = self.by_key[above.name][(row[kind.within],)]
            kind = above
        return kind.name, kind.key_of(row)

    def _join_evidence(self) -> None:
        """A score is part of the check or assessment it was given in."""
        evidence = self.unit_of["evidence"]
        for name in POINTERS:
            for row in self.rows[name]:
                if row["evidence"] is not None:
                    unit = self.unit_of[name][KIND[name].key_of(row)]
                    evidence[(row["evidence"],)] = unit
        for row in self.rows["evidence"]:
            key, source = (row["id"],), (row["source_id"],)
            if evidence[key] == ("evidence", key):
                roots = (root for root in SOURCES if source in self.by_key[root])
                evidence[key] = next(((root, source) for root in roots), evidence[key])

    def _check_units(self) -> None:
        """What hangs on two rows of a plan hangs on one plan."""
        for kind in KINDS:
            inner = [
                (name, KIND_OF[model])
                for name, model in kind.refs.items()
                if kind.unit and model in KIND_OF and KIND_OF[model].unit == kind.unit
                if model is not kind.model and name != kind.within
            ]
            for row in self.rows[kind.name] if inner else ():
                unit = self.unit_of[kind.name][kind.key_of(row)]
                for name, other in inner:
                    if row[name] is not None and self.unit_of[other.name][(row[name],)] != unit:
                        raise Refused(
                            f"This export does not fit together: a {kind.words[0]} belongs to two "
                            f"{KIND[kind.unit].words[1]}."
                        )

    def _check_changes(self) -> None:
        """What a change of a plan keeps stands in that plan, and the plan has come as far."""
        days: dict[Unit, set[uuid.UUID]] = defaultdict(set)
        weeks: dict[Unit, set[uuid.UUID]] = defaultdict(set)
        for name, found in (("days", days), ("weeks", weeks)):
            for key, unit in self.unit_of[name].items():
                found[unit].add(key[0])
        for row in self.rows["revisions"]:
            unit = self.unit_of["revisions"][(row["id"],)]
            if any(strays(row[side], days[unit], weeks[unit]) for side in ("before", "after")):
                raise Refused(
                    "This export does not fit together: a change of a plan names an outline day or "
                    "week that is not in that plan."
                )
            if row["version"] > self.by_key["plans"][unit[1]]["version"]:
                raise Refused(
                    "This export does not fit together: a change of a plan is newer than the plan."
                )

    def _check_rules(self, settings: Row) -> None:
        for kind in KINDS:
            rows = self.rows[kind.name]
            if two := doubled(kind.model, rows):
                raise Refused(
                    f"This export does not fit together: two {kind.words[1]} have the same {two}."
                )
            for row in rows:
                if rule := broken(kind.model, row):
                    raise Refused(
                        f"This export cannot be read: a {kind.words[0]} breaks the rule “{rule}”."
                    )
        if rule := broken(User, settings):
            raise Refused(f"This export cannot be read: its settings break the rule “{rule}”.")

    def by_unit(self) -> dict[Unit, list[Member]]:
        """Return the rows of every unit, in the order of the file. Does not query."""
        found: dict[Unit, list[Member]] = defaultdict(list)
        for kind in KINDS:
            for key, row in self.by_key[kind.name].items():
                found[self.unit_of[kind.name][key]].append((kind, key, row))
        return found


def _check_content(content: Rows) -> None:
    for name, rows in content.items():
        refs = [ref_of(row["collection"], row["slug"]) for row in rows]
        if len(set(refs)) < len(refs):
            raise Refused(f"This export describes one of the {name} twice.")


def _lost(kind: Kind, name: str) -> Refused:
    return Refused(
        f"This export is not whole: the {name.replace('_', ' ')} of a {kind.words[0]} is not in it."
    )
