"""The one way figures are rounded: halves go up (away from zero), as people expect."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor, isfinite
from typing import Literal, overload

Number = int | float | Decimal | Fraction

# Digits of a float that are kept before rounding: 0.285 * 100 is meant to be 28.5.
_DIGITS = 9


@overload
def half_up(value: Number, places: Literal[0] = 0) -> int: ...
@overload
def half_up(value: Number, places: int) -> int | Decimal: ...
def half_up(value: Number, places: int = 0) -> int | Decimal:
    """Return `value` with halves rounded away from zero: an int, or a Decimal with `places`.

    Floats are read by their decimal form, so 66.5 gives 67 and 2.675 to two places gives 2.68.
    Raises ValueError for infinity and not-a-number.
    """
    if isinstance(value, float | Decimal) and not isfinite(value):
        raise ValueError("There is no figure to round.")
    if not places:
        return _whole(value)
    exact = Fraction(repr(round(value, _DIGITS)) if isinstance(value, float) else value)
    return Decimal(_whole(exact * 10**places)).scaleb(-places)


def _whole(value: Number) -> int:
    if value < 0:
        return -_whole(-value)
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return floor(round(value, _DIGITS) + 0.5)
    if isinstance(value, Decimal):
        return floor(value + Decimal("0.5"))
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def shares(parts: Sequence[float]) -> list[int]:
    """Return whole per cents of the parts, in order, that add to exactly 100.

    What rounding down leaves over goes to the largest remainders, the earlier part first (Hare's
    method). All zeros when the parts add to nothing; ValueError for a part below zero.
    """
    if any(part < 0 for part in parts):
        raise ValueError("A part of a whole is never below zero.")
    total = sum(parts)
    if not total:
        return [0] * len(parts)
    exact = [part * 100 / total for part in parts]
    whole = [floor(share + 1e-9) for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: (round(whole[i] - exact[i], 9), i))
    for index in by_remainder[: 100 - sum(whole)]:
        whole[index] += 1
    return whole


def percent(part: Number, whole: Number) -> Fraction | None:
    """Return `part` of `whole` in per cent, exactly, or None when the whole is nothing."""
    if not whole:
        return None
    return Fraction(part) * 100 / Fraction(whole)
