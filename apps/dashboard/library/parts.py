"""Which of the four parts of readiness a topic stands for, as one word. Pure."""

from __future__ import annotations

from enum import StrEnum

from apps.mastery.bands import Band
from apps.mastery.readiness import credit, label


class Part(StrEnum):
    """The four parts, by their names in addresses."""

    PROVEN = "proven"
    FADING = "fading"
    NOT_YET = "not-yet"
    UNTESTED = "untested"

    @property
    def words(self) -> str:
        """What the pages call it."""
        return self.value.replace("-", " ")


def part_of(score: float | None, retention: float, *, claimed: bool) -> Part:
    """Return how a topic stands: its score from 0 to 100 (None without evidence), the chance of
    recall from 0 to 1, and whether only the learner's own word speaks for it.

    Proven is what counts in full and is recalled, fading what counts in full and is recalled no
    longer; what counts half or nothing is not yet proven, and a claim never counts in full.
    """
    if score is None:
        return Part.UNTESTED
    if credit(score, claimed) < 1:
        return Part.NOT_YET
    return Part.PROVEN if label(score, retention) is Band.STRONG else Part.FADING
