from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.mastery.bands import Band
from apps.mastery.readiness import Marks, credit, label, readiness
from apps.mastery.rounding import half_up


class Topic(NamedTuple):
    weight: int
    score: float | None = None
    claimed: bool = False
    retention: float = 1.0


def test_no_topics_is_no_readiness() -> None:
    assert readiness([]) is None


def test_nothing_tested() -> None:
    result = readiness([Topic(3), Topic(1)])
    assert result is not None
    assert result.shares == [0, 0, 0, 100]
    assert (result.of_tested, result.tested, result.topics) == (None, 0, 2)


def test_the_four_parts() -> None:
    result = readiness(
        [
            Topic(3, 90, retention=0.8),  # proven 2.4, fading 0.6
            Topic(2, 60, retention=0.5),  # half credit: proven 0.5, fading 0.5, not yet 1
            Topic(1, 20),  # not yet 1
            Topic(2, 100, claimed=True),  # half credit: proven 1, not yet 1
            Topic(2),  # untested 2
        ]
    )
    assert result is not None
    assert result.proven == pytest.approx(39)
    assert result.fading == pytest.approx(11)
    assert result.not_yet == pytest.approx(30)
    assert result.untested == pytest.approx(20)
    assert result.shares == [39, 11, 30, 20]
    assert result.of_tested == pytest.approx(62.5)
    assert (result.topics, result.tested, result.claimed) == (5, 4, 1)


@pytest.mark.parametrize(
    ("score", "claimed", "expected"),
    [(80, False, 1), (79.5, False, 1), (79, False, 0.5), (40, False, 0.5), (39, False, 0),
     (100, True, 0.5), (50, True, 0.5), (0, True, 0)],
)  # fmt: skip
def test_credit(score: float, claimed: bool, expected: float) -> None:
    assert credit(score, claimed) == expected


def test_labels_are_the_band_of_score_times_retention() -> None:
    assert label(None, 1) is None
    assert label(100, 0.79) is Band.RUSTY
    assert label(100, 0.795) is Band.STRONG
    assert label(50, 0.5) is Band.GAP


TOPICS = st.lists(
    st.builds(
        Topic,
        weight=st.integers(1, 3),
        score=st.none() | st.floats(0, 100),
        claimed=st.booleans(),
        retention=st.floats(0, 1),
    ),
    min_size=1,
    max_size=40,
)


@given(TOPICS)
def test_the_parts_add_to_100(topics: list[Topic]) -> None:
    result = readiness(topics)
    assert result is not None
    parts = (result.proven, result.fading, result.not_yet, result.untested)
    assert sum(parts) == pytest.approx(100)
    assert min(parts) >= -1e-9
    assert sum(result.shares) == 100


@given(TOPICS)
def test_claims_alone_prove_at_most_half(topics: list[Topic]) -> None:
    result = readiness([topic._replace(claimed=True, retention=1.0) for topic in topics])
    assert result is not None
    assert result.proven <= 50 + 1e-9
    assert result.of_tested is None or result.of_tested <= 50 + 1e-9


@given(TOPICS)
def test_forgetting_moves_proven_to_fading_and_nothing_else(topics: list[Topic]) -> None:
    now = readiness(topics)
    fresh = readiness([topic._replace(retention=1.0) for topic in topics])
    assert now is not None
    assert fresh is not None
    assert fresh.fading == pytest.approx(0)
    assert now.proven + now.fading == pytest.approx(fresh.proven)
    assert now.of_tested == fresh.of_tested


def test_the_assessment_of_189_questions() -> None:
    marks = Marks.of(104, 74, 11)
    assert marks.readiness is not None
    assert marks.from_shares is not None
    assert str(half_up(marks.readiness, 1)) == "74.6"
    assert marks.shares == [55, 39, 6]
    assert half_up(marks.from_shares) == 75


def test_the_statistics_coverage_check() -> None:
    marks = Marks.of(8, 25, 8, total=43)
    assert marks.unmarked == 2
    assert marks.high_of_all is not None
    assert marks.high_of_marked is not None
    assert str(half_up(marks.high_of_all, 1)) == "18.6"
    assert str(half_up(marks.high_of_marked, 1)) == "19.5"


def test_the_re_check_of_thirty() -> None:
    known = Marks.of(25, 0, 5).high_of_all
    assert known is not None
    assert half_up(known) == 83


def test_nothing_marked_is_unknown() -> None:
    marks = Marks.of(0, 0, 0, total=3)
    assert (marks.readiness, marks.from_shares, marks.high_of_marked) == (None, None, None)
    assert marks.high_of_all == 0
    assert marks.shares == [0, 0, 0]
    assert Marks.of(0, 0, 0).high_of_all is None


@pytest.mark.parametrize("counts", [(-1, 0, 0, 3), (2, 2, 2, 5)])
def test_counts_that_cannot_be_are_refused(counts: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="total"):
        Marks.of(*counts)
