"""In which order the topics of an area are learned. Pure."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from apps.dashboard.library.filters import CATEGORIES

CATEGORY_ORDER = {category: number for number, (category, _) in enumerate(CATEGORIES)}


class Learnable(Protocol):
    """A topic, as far as the order looks at it. `needs` are the ids of its prerequisites."""

    @property
    def pk(self) -> Hashable: ...
    @property
    def area(self) -> int: ...
    @property
    def category(self) -> str: ...
    @property
    def level_rank(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def needs(self) -> Collection[Hashable]: ...


Item = TypeVar("Item", bound=Learnable)


def by_area(topics: Iterable[Item]) -> list[Item]:
    """Return the topics area by area, as the areas came, each area's in learning order."""
    areas: dict[int, list[Item]] = {}
    for topic in topics:
        areas.setdefault(topic.area, []).append(topic)
    return [topic for rows in areas.values() for topic in learning_order(rows)]


def learning_order(topics: Iterable[Item]) -> list[Item]:
    """Return the topics by category (must first), level, how many of the same area rest on them
    (more first) and title, but before each those of them that it needs and that have not come
    yet: so what a must needs comes with the musts.

    Needs that go round in a circle hold nobody up; all others are kept.
    """
    by_pk = {topic.pk: topic for topic in topics}
    resting = resting_counts(by_pk)
    places = {pk: (*_rank(topic, resting[pk]), str(pk)) for pk, topic in by_pk.items()}
    ranked = sorted(by_pk, key=places.__getitem__)
    needs = {
        pk: sorted((need for need in by_pk[pk].needs if need in by_pk), key=places.__getitem__)
        for pk in ranked
    }
    return [by_pk[pk] for pk in _needs_first(ranked, needs)]


def resting_counts(by_pk: Mapping[Hashable, Learnable]) -> dict[Hashable, int]:
    """Return how many of these topics need each, directly or through others, all of one area. What
    needs itself, in a circle, is not counted as resting on itself."""
    needs = {
        pk: [need for need in topic.needs if need in by_pk and by_pk[need].area == topic.area]
        for pk, topic in by_pk.items()
    }
    bits = {pk: 1 << number for number, pk in enumerate(by_pk)}
    resting = dict.fromkeys(by_pk, 0)  # as sets: one bit a topic
    upwards = _needs_first(list(by_pk), needs)[::-1]
    before = None
    while before != resting:  # one round is all where no needs go in a circle
        before = dict(resting)
        for pk in upwards:
            for need in needs[pk]:
                resting[need] |= resting[pk] | bits[pk]
    return {pk: (found & ~bits[pk]).bit_count() for pk, found in resting.items()}


def _needs_first(
    pks: Iterable[Hashable], needs: Mapping[Hashable, Sequence[Hashable]]
) -> list[Hashable]:
    """Return the ids, but before each those it needs that have not come yet."""
    found: list[Hashable] = []
    begun: set[Hashable] = set()
    for pk in pks:
        waiting = [] if pk in begun else [pk]
        while waiting:
            begun.add(waiting[-1])
            first = next((need for need in needs[waiting[-1]] if need not in begun), None)
            if first is None:
                found.append(waiting.pop())
            else:
                waiting.append(first)
    return found


def _rank(topic: Learnable, resting: int) -> tuple[int, int, int, str]:
    category = CATEGORY_ORDER.get(topic.category, len(CATEGORY_ORDER))
    return category, topic.level_rank, -resting, topic.title.casefold()
