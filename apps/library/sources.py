"""Where a fact came from, in words a reader knows. Pure."""

from __future__ import annotations

import re

# The documents that the curated content grew from; files name them by number.
SEEDS = {
    "000": "an ML engineer's interview lists and roadmaps",
    "001": "a preparation guide for senior engineers",
    "002": "an ML cheat sheet",
    "003": "a learner's twelve-week study log",
    "004": "an ML interview reference",
}
NAMED = re.compile(r"\bseeds? (?P<numbers>00[0-4](?:(?:, | and )00[0-4])*)")


def in_words(source: str) -> str:
    """Return a source with the documents' names in the place of their numbers."""
    return NAMED.sub(_names, source)


def _names(found: re.Match[str]) -> str:
    names = [SEEDS[number] for number in re.findall(r"00[0-4]", found["numbers"])]
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
