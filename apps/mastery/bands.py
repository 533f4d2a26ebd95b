"""Bands, letter grades and advice: what a score is called. Always read from the rounded score."""

from __future__ import annotations

from enum import StrEnum

from apps.mastery.rounding import Number, half_up


class Band(StrEnum):
    STRONG = "strong"
    RUSTY = "rusty"
    GAP = "gap"


STRONG_FROM = 80
RUSTY_FROM = 40

LETTERS = (
    (97, "A+"),
    (93, "A"),
    (90, "A-"),
    (87, "B+"),
    (83, "B"),
    (80, "B-"),
    (77, "C+"),
    (73, "C"),
    (70, "C-"),
    (60, "D"),
)
ADVICE = (
    (90, "Move on to the next topics."),
    (80, "A minor review is enough."),
    (70, "Review the weak topics first."),
)


def band(score: Number) -> Band:
    """Return the band of a score from 0 to 100: strong from 80, rusty from 40, else gap."""
    whole = half_up(score)
    if whole >= STRONG_FROM:
        return Band.STRONG
    return Band.RUSTY if whole >= RUSTY_FROM else Band.GAP


def letter(score: Number) -> str:
    """Return the letter grade of a score from 0 to 100, from A+ (97) down to F (below 60)."""
    whole = half_up(score)
    return next((name for least, name in LETTERS if whole >= least), "F")


def advice(score: Number) -> str:
    """Return what the daily protocol says to do after a check with this overall score."""
    whole = half_up(score)
    return next(
        (text for least, text in ADVICE if whole >= least), "Review these topics before going on."
    )
