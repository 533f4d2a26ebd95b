"""The texts of items: Markdown with its links, formulas and code; programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from apps.library.source.check.common import Entry, walk
from apps.library.source.check.links import DeadLink, Links
from apps.library.source.items import BareQuestion, Target, Where
from apps.library.source.text import MOST_FAULTS, Found, faults_of_code, faults_of_text, inner_links

# The keys whose values, or the lists in them, are Markdown.
OUTLINE = {
    *("requirements", "data", "features", "model"),
    *("serving", "evaluation", "monitoring", "numbers"),
}
MARKDOWN = {
    "question": {"text", "answer", "situation", "task", "action", "result", *OUTLINE},
    "exercise": {"statement", "hints"},
    "project": {"brief", "problem", "data", "baselines", "deployment", "observability"},
    "roadmap": {"detail"},
}
PROGRAMS = {"exercise": {"starter", "solution", "check"}}


def markdown_of(entry: Entry) -> Iterator[tuple[Where | None, str]]:
    """Yield each Markdown text with its path; the body of a file has None."""
    if isinstance(entry.data, BareQuestion):
        return
    if entry.source.body and entry.kind in ("topic", "reference"):
        yield None, entry.source.body
    if entry.kind == "topic":
        for path, value in walk(entry.get("questions"), ("questions",)):
            if isinstance(value, str):
                yield path, value
    else:
        yield from _under(entry, MARKDOWN.get(entry.kind, set()))


def check_links(entry: Entry, links: Links) -> dict[str, Target]:
    """Return the targets of the links in an item's texts; note those that are dead. Those of a
    bare question are noted with its topic."""
    made: dict[str, Target] = {}
    dead = 0
    bare = [entry.data.text] if isinstance(entry.data, BareQuestion) else []
    for path, text in (*markdown_of(entry), *(((), text) for text in bare)):
        for line, column, address in inner_links(text):
            try:
                target = links.target(entry.source, address)
                if target:
                    made[address] = target
            except DeadLink as error:
                dead += 1
                if dead <= MOST_FAULTS and not bare:
                    _note(entry, path, text, (line, column, str(error)))
    return made


def check_texts(entry: Entry) -> None:
    """Note what is wrong with formulas, outside links, blocks of code and programs."""
    for path, text in markdown_of(entry):
        _all(entry, path, text, lambda text: faults_of_text(text, lambda _address: None))
    for path, text in _under(entry, PROGRAMS.get(entry.kind, set())):
        _all(entry, path, text, faults_of_code)


def _under(entry: Entry, keys: set[str]) -> Iterator[tuple[Where, str]]:
    if keys and isinstance(entry.raw, dict):
        for path, value in walk(entry.raw):
            named = next((step for step in reversed(path) if isinstance(step, str)), "")
            if named in keys and isinstance(value, str):
                yield path, value


def _all(
    entry: Entry, path: Where | None, text: str, faults: Callable[[str], Iterator[Found]]
) -> None:
    for found in faults(text):
        _note(entry, path, text, found)


def _note(entry: Entry, path: Where | None, text: str, found: Found) -> None:
    line, column, message = found
    if path is None:
        entry.fault_at(entry.source.body_line + line - 1, column, message)
    else:
        place = entry.document.place((*entry.where, *path), text, line, column)
        entry.fault_at(*place, message)
