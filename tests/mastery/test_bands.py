from __future__ import annotations

import pytest

from apps.mastery.bands import Band, advice, band, letter


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (100, Band.STRONG),
        (80, Band.STRONG),
        (79.5, Band.STRONG),
        (79.4, Band.RUSTY),
        (40, Band.RUSTY),
        (39.5, Band.RUSTY),
        (39.49, Band.GAP),
        (0, Band.GAP),
    ],
)
def test_bands_read_the_rounded_score(score: float, expected: Band) -> None:
    assert band(score) is expected


@pytest.mark.parametrize(
    ("score", "grade"),
    [
        (100, "A+"),
        (97, "A+"),
        (96.4, "A"),
        (93, "A"),
        (92.0, "A-"),
        (90, "A-"),
        (86.5, "B+"),
        (83, "B"),
        (80, "B-"),
        (77, "C+"),
        (73, "C"),
        (70, "C-"),
        (60, "D"),
        (59.4, "F"),
        (0, "F"),
    ],
)
def test_letter_grades(score: float, grade: str) -> None:
    assert letter(score) == grade


@pytest.mark.parametrize(
    ("score", "start"),
    [(90, "Move on"), (89.5, "Move on"), (89, "A minor"), (80, "A minor"), (79, "Review the weak"),
     (70, "Review the weak"), (69, "Review these"), (0, "Review these")],
)  # fmt: skip
def test_advice_follows_the_protocol(score: float, start: str) -> None:
    assert advice(score).startswith(start)
