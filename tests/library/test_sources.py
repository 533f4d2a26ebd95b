"""Sources are said in words, not in the numbers of files."""

from __future__ import annotations

import pytest

from apps.library.sources import in_words


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("seed 003", "a learner's twelve-week study log"),
        (
            "seed 003 (week 2 day 6); Durbin & Watson 1950",
            "a learner's twelve-week study log (week 2 day 6); Durbin & Watson 1950",
        ),
        ("seeds 001, 002", "a preparation guide for senior engineers and an ML cheat sheet"),
        (
            "seeds 000, 002 and 004",
            "an ML engineer's interview lists and roadmaps, an ML cheat sheet "
            "and an ML interview reference",
        ),
        ("Vaswani et al. 2017", "Vaswani et al. 2017"),
        ("random seed 42", "random seed 42"),
        ("seed 009", "seed 009"),
        ("", ""),
    ],
)
def test_documents_have_names(source: str, words: str) -> None:
    assert in_words(source) == words
