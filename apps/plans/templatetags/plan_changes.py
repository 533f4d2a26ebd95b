"""Filters that part the tasks a change touches, as the history counts them."""

from __future__ import annotations

from collections.abc import Iterable

from django import template

from apps.plans.sketch import Shift

register = template.Library()


@register.filter
def moved(shifts: Iterable[Shift]) -> list[Shift]:
    """Return the tasks whose first or last day changes."""
    return [shift for shift in shifts if shift.now != shift.then]


@register.filter
def kept(shifts: Iterable[Shift]) -> list[Shift]:
    """Return the tasks that stay on their days and have other minutes there."""
    return [shift for shift in shifts if shift.now == shift.then]
